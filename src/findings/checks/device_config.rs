//! What a device configuration itself shows: tags that were not replaced, no address of the SBC, XML that no parser takes. In:
//! [`Scene`]. Out: [`Found`]s by signature. The lines that the client logs about it are conditions of the same signatures.

use super::{Found, Scene};
use crate::base::{NoteKind, Segment, SourceRef, Text};
use crate::findings::{Confidence, Severity};
use crate::session::Evidence;
use crate::session::device_config::{DeviceConfig, Origin, Problem, Sbc, Setting, Tag};

/// Is it known to be a configuration of this client: by its root, or by a tag of the product? Others' XML is nobody's fault here.
fn is_of_client(config: &DeviceConfig) -> bool {
    config.root.as_deref().is_some_and(|r| r.eq_ignore_ascii_case("config"))
        || config.tags.iter().any(|t| t.name.contains("_WXT"))
}

fn proof(config: &DeviceConfig, source: SourceRef, text: Text) -> Evidence {
    Evidence { source: Some(source), at: config.at, text, message: None }
}

/// What the file says at that place, and nothing of what stands beside it: a line may hold the whole file with its passwords.
fn of_tag(config: &DeviceConfig, tag: &Tag) -> Evidence {
    proof(config, tag.source, Text(vec![Segment::Log(format!("{} = {}", tag.path, tag.name))]))
}

fn of_setting(config: &DeviceConfig, setting: &Setting) -> Evidence {
    proof(config, setting.source, Text(vec![Segment::Log(format!("{} = \"\"", setting.path))]))
}

/// Tags left in values that count, and an empty address of the SBC.
pub fn tag_or_address(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for config in scene.facts.device_configs.iter().filter(|c| is_of_client(c)) {
        let tags: Vec<&Tag> = config.used_tags().collect();
        let for_sip = tags.iter().any(|t| t.for_sip);
        let mut evidence: Vec<Evidence> = tags.iter().filter(|t| t.for_sip).map(|t| of_tag(config, t)).collect();
        evidence.extend(tags.iter().filter(|t| !t.for_sip).map(|t| of_tag(config, t)));
        let empty = config.sbc == Sbc::Empty;
        if empty {
            evidence.extend(config.addresses.iter().filter(|a| a.used && !a.filled).map(|a| of_setting(config, a)));
        }
        let named = tags.iter().find(|t| t.for_sip).or(tags.first()).map(|t| t.name.clone());
        let named = named.or_else(|| config.addresses.first().filter(|_| empty).map(|a| format!("{} = \"\"", a.path)));
        let Some(named) = named else { continue };
        evidence.truncate(super::MAX_EVIDENCE);
        let mut one = Found::at(config.run, config.at, evidence).with_log("tag", named);
        // The names of the elements are known from an older configuration; the template itself is nobody's fault.
        one = one.sure(if config.template { Confidence::Possible } else { Confidence::Likely });
        if !for_sip && !empty {
            one = one.graded(Severity::Warning);
        }
        out.push(one);
    }
    out
}

/// A configuration file that no XML parser takes. What stands in a log may have been cut by the log, and a file that merely ends too
/// early by whoever collected it: both are shown, neither accuses.
pub fn unparsable(scene: &Scene<'_>) -> Vec<Found> {
    let mut out = Vec::new();
    for config in scene.facts.device_configs.iter().filter(|c| c.from == Origin::Member && is_of_client(c)) {
        let member = scene.bundle.member(config.source.member);
        let damage = [NoteKind::Truncated, NoteKind::CrcMismatch, NoteKind::Damaged];
        let damaged = member.is_some_and(|m| m.notes.iter().any(|(kind, ..)| damage.contains(kind)));
        let fatal: Vec<&Problem> = config.problems.iter().filter(|p| p.kind.is_fatal()).collect();
        if damaged || fatal.is_empty() {
            continue;
        }
        let evidence = fatal.iter().take(super::MAX_EVIDENCE).map(|p| proof(config, p.source, p.kind.text())).collect();
        out.push(Found::at(config.run, None, evidence).sure(Confidence::Likely));
    }
    out
}
