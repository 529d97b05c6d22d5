//! What kind of client a run is of, said in its verdict: a phone or tablet, which registers for each call, or a client of Unified CM.
//! In: runs, the client, findings. Out: sentences of verdicts; no state becomes worse or better here.

use super::Finding;
use crate::base::{Segment, Text};
use crate::session::registration::{AttemptKind, Registration};
use crate::session::run::{Client, Platform, Run};
use crate::session::startup::VerdictState;
use crate::session::{Facts, RunId};

/// Says it where it explains what the verdict alone would leave open.
pub fn say_kind(facts: &mut Facts, findings: &[Finding]) {
    let Facts { runs, registrations, calls, client, .. } = facts;
    for (id, run) in (0_u32..).map(RunId).zip(runs) {
        let own = || registrations.iter().filter(move |r| r.run == id);
        let unified = findings.iter().any(|f| f.run == id && f.id == "unified-cm-code");
        let sip = own().next().is_some() || calls.iter().any(|c| c.run == id);
        if unified && !sip && run.verdict.state == VerdictState::Unknown {
            run.verdict.text = Text::key("verdict.unified-cm");
        }
        if is_mobile(client) {
            mobile(run, own());
        }
    }
}

fn is_mobile(client: &Client) -> bool {
    matches!(client.platform, Some(Platform::Ios | Platform::Android))
}

/// A mobile client registers on demand: REGISTER, call, sign-off are one episode, and no REGISTER at all is no fault.
fn mobile<'a>(run: &mut Run, registrations: impl Iterator<Item = &'a Registration>) {
    if !matches!(run.verdict.state, VerdictState::Ok | VerdictState::Unknown) {
        return;
    }
    let granted = |s: Option<u16>| s.is_some_and(|s| (200..300).contains(&s));
    let attempts = registrations.flat_map(|r| &r.attempts);
    let episodes = attempts.filter(|a| a.kind == AttemptKind::Register && granted(a.status)).count();
    run.verdict.detail = match episodes {
        0 => Text::key("verdict-detail.mobile-none"),
        _ => Text::phrase("verdict-detail.mobile", &[("n", Segment::number(episodes))]),
    };
}
