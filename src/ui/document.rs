//! An analysis ready to be shown. In: an analysis, on the job's thread. Out: scenes and counts, never changed after.

use std::collections::HashSet;
use std::sync::Arc;

use crate::analyse::Analysis;
use crate::base::{Note, Tone};
use crate::bundle::Observer;
use crate::findings::Severity;
use crate::session::call::CallState;
use crate::session::{LoggedMessage, MessageId, RunId};
use crate::timeline::lanes::Source;
use crate::timeline::{Scene, Subject, Survey};

/// One opened bundle.
#[derive(Debug)]
pub struct Document {
    /// Everything known about it.
    pub analysis: Arc<Analysis>,
    /// One scene for each run; one for everything when there is no run.
    pub scenes: Vec<Scene>,
    /// How much is when, where errors and gaps are: of the whole bundle.
    pub survey: Survey,
    /// Records read in all members.
    pub records: u64,
    /// What could not be read: of the bundle as a whole first, then by member.
    pub notes: Vec<Note>,
    /// Messages of each run, counted once.
    messages: Vec<usize>,
}

impl Document {
    /// Lays out what an analysis found. Takes time on large bundles: for job threads.
    pub fn new(analysis: Arc<Analysis>) -> Self {
        let facts = &analysis.facts;
        let survey = Survey::new(facts, &analysis.index);
        let runs = u32::try_from(facts.runs.len()).unwrap_or(u32::MAX);
        let scene = |run| Scene::new(&Source::new(facts, &survey, run).with_findings(&analysis.findings));
        let scenes = if runs == 0 { vec![scene(None)] } else { (0..runs).map(|run| scene(Some(RunId(run)))).collect() };
        let records = analysis.members.iter().map(|m| m.records).sum();
        let notes = all_notes(&analysis);
        let messages = (0..runs).map(|run| count_of_run(&analysis, RunId(run))).collect();
        Self { scenes, survey, records, notes, messages, analysis }
    }

    /// Name of the file or folder.
    pub fn name(&self) -> &str {
        &self.analysis.bundle.name
    }

    /// The run whose verdict is the bundle's.
    pub fn first_run(&self) -> usize {
        self.analysis.verdict_run.map_or(0, |run| run.0 as usize)
    }

    /// How the bundle stands: the tone of its tab.
    pub fn tone(&self) -> Tone {
        self.analysis.facts.runs.get(self.first_run()).map_or(Tone::Muted, |run| run.verdict.state.tone())
    }

    /// Lanes of a run.
    pub fn scene(&self, run: usize) -> Option<&Scene> {
        self.scenes.get(run)
    }

    /// The finding to open a run with: its worst, when that is an error.
    pub fn first_finding(&self, run: RunId) -> Option<usize> {
        self.analysis.findings.iter().position(|f| f.run == run && f.severity == Severity::Error)
    }

    /// What to show first of a run: a call that failed, else the first call, else a registration.
    pub fn first_subject(&self, run: usize) -> Option<Subject> {
        let facts = &self.analysis.facts;
        let here = |id: RunId| id.0 as usize == run;
        let calls = || facts.calls.iter().filter(|c| here(c.run));
        let bad = calls().find(|c| matches!(c.state, CallState::Failed | CallState::Rejected | CallState::NoResponse));
        let call = bad.or_else(|| calls().find(|c| c.state == CallState::Answered)).or_else(|| calls().next());
        let registration =
            || (0_u32..).zip(&facts.registrations).find(|(_, r)| here(r.run)).map(|(n, _)| Subject::Registration(n));
        call.map(|c| Subject::Call(c.id)).or_else(registration)
    }

    /// The first message of a run.
    pub fn first_message(&self, run: RunId) -> Option<MessageId> {
        let mut all = (0_u32..).map(MessageId).zip(&self.analysis.facts.messages);
        all.find(|(_, m)| of_run(m, run)).map(|(id, _)| id)
    }

    /// How many messages a run has.
    pub fn messages_of_run(&self, run: RunId) -> usize {
        self.messages.get(run.0 as usize).copied().unwrap_or_else(|| count_of_run(&self.analysis, run))
    }

    /// Path of a member, for references, as values are shown now: it may hold the name of a user.
    pub fn member_path(&self, id: crate::base::MemberId) -> String {
        let path = self.analysis.bundle.members.get(id.index()).map_or("", |m| m.path.as_str());
        super::safe::outlet().path(path).into_owned()
    }
}

fn of_run(message: &LoggedMessage, run: RunId) -> bool {
    message.run == run || message.observer == Observer::Server
}

fn count_of_run(analysis: &Analysis, run: RunId) -> usize {
    analysis.facts.messages.iter().filter(|m| of_run(m, run)).count()
}

/// Every note once.
fn all_notes(analysis: &Analysis) -> Vec<Note> {
    let whole = analysis.notes.all().into_iter().chain(analysis.bundle.notes.all());
    let mut seen = HashSet::new();
    let mut out: Vec<Note> = whole.chain(analysis.members.iter().flat_map(|m| m.notes.iter().cloned())).collect();
    out.retain(|note| seen.insert((note.kind, note.member, note.line, note.text.clone())));
    out.sort_by_key(|note| note.member);
    out
}
