//! Steps of start-up between the messages: what the client asked of web servers before and around its REGISTER. In: stages with their
//! proof. Out: [`Step`]s in time order. The log tells no host of theirs, so they are rows, not arrows.

use std::collections::BTreeSet;

use super::Subject;
use crate::base::{LogTime, Segment, SourceRef, Text, Tone};
use crate::session::startup::{StageId, StageState};
use crate::session::{Facts, RunId};

/// One line of the log that tells of a stage.
pub struct Step {
    pub at: Option<LogTime>,
    pub text: Text,
    pub tone: Tone,
    pub source: SourceRef,
}

/// The steps of the runs whose registrations or whole are shown.
pub fn of(facts: &Facts, subjects: &[Subject]) -> Vec<Step> {
    let runs: BTreeSet<RunId> = subjects
        .iter()
        .filter_map(|subject| match subject {
            Subject::Run(run) => Some(*run),
            Subject::Registration(id) => facts.registrations.get(*id as usize).map(|r| r.run),
            Subject::Call(_) | Subject::KeepAlive(_) => None,
        })
        .collect();
    let mut steps = Vec::new();
    for run in runs {
        let stages = facts.runs.get(run.0 as usize).map_or(&[][..], |r| &r.stages);
        for stage in stages.iter().filter(|s| is_web(s.id) && !matches!(s.state, StageState::Implied)) {
            // SIP that proves a stage stands in the ladder itself.
            let Some(proof) = stage.evidence.iter().find(|e| e.message.is_none() && e.source.is_some()) else { continue };
            let Some(source) = proof.source else { continue };
            let mut text = vec![Segment::key(name(stage.id))];
            if !stage.text.0.is_empty() {
                text.push(Segment::Word(": ".to_owned()));
                text.extend(stage.text.0.iter().cloned());
            }
            steps.push(Step { at: proof.at.or(stage.at), text: Text(text), tone: stage.state.tone(), source });
        }
    }
    steps.sort_by_key(|step| (step.at, step.source));
    steps
}

/// Stages before SIP.
fn is_web(id: StageId) -> bool {
    !matches!(id, StageId::Register | StageId::KeepAlive | StageId::Call)
}

fn name(id: StageId) -> &'static str {
    match id {
        StageId::AppStart => "stage.app-start",
        StageId::Entitlement => "stage.entitlement",
        StageId::LibraryInit => "stage.library-init",
        StageId::UserProfile => "stage.user-profile",
        StageId::Token => "stage.token",
        StageId::DeviceList => "stage.device-list",
        StageId::DeviceConfig => "stage.device-config",
        StageId::ConfigParse => "stage.config-parse",
        StageId::SbcDiscovery => "stage.sbc-discovery",
        StageId::Register => "stage.register",
        StageId::KeepAlive => "stage.keepalive",
        StageId::Call => "stage.call",
    }
}
