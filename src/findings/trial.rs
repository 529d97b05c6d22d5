//! An example as facts, without any bundle. In: a [`Dialogue`]. Out: facts, hits and the view of one member: the calling log of one run.

use super::dialogue::{CLIENT, Dialogue, Event};
use super::view::{MemberView, ResolvedHit};
use crate::base::{LogTime, MemberId, SourceRef, Text};
use crate::bundle::{Observer, Role};
use crate::records::lines::LineSet;
use crate::session::run::{self, Run};
use crate::session::startup::{Verdict, VerdictState};
use crate::session::{DirectionBasis, Facts, LoggedMessage, RunId, assemble};
use crate::sip::{Direction, Message, Observed};

/// What a dialogue tells.
pub(super) struct Told {
    pub facts: Facts,
    pub hits: Vec<ResolvedHit>,
    pub member: MemberView,
    pub moments: Vec<LogTime>,
}

/// Puts a dialogue into the forms that findings look at.
pub(super) fn told(dialogue: &Dialogue, set: &LineSet) -> Result<Told, String> {
    let (mut messages, mut hits, mut moments) = (Vec::new(), Vec::new(), Vec::new());
    for (at, number, event) in &dialogue.events {
        let at = LogTime(*at);
        let source = SourceRef { member: MemberId(0), line: *number, offset: *number, bytes: 0 };
        moments.push(at);
        match event {
            Event::Message { sent, remote, text } => {
                let message = Message::parse(text.clone()).ok_or_else(|| format!("line {number} makes no SIP message"))?;
                messages.push(logged(message, at, *sent, remote, source));
            }
            Event::Line(text) => set.each_hit(text.as_bytes(), |row, _, line, captures| {
                let text = line.to_owned();
                hits.push(ResolvedHit { row, source, at: Some(at), run: RunId(0), text, captures });
            }),
        }
    }
    let (first, last) = (moments.first().copied(), moments.last().copied());
    let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let member = MemberView {
        id: MemberId(0),
        path: "bwc/current_log.txt".to_owned(),
        role: Role::Bwc,
        runs: vec![RunId(0)],
        records: count(moments.len()),
        lines: count(moments.len()),
        unrecognised_lines: 0,
        sip_messages: count(messages.len()),
        first,
        last,
        notes: Vec::new(),
    };
    let mut facts = assemble::facts(messages, &[last]);
    facts.client = run::client(dialogue.user_agent.clone(), None, false, &[], "");
    let verdict = Verdict {
        state: VerdictState::Unknown,
        stage: None,
        text: Text::default(),
        detail: Text::default(),
        evidence: Vec::new(),
    };
    facts.runs = vec![Run { which: None, start: first, end: last, stages: Vec::new(), verdict }];
    Ok(Told { facts, hits, member, moments })
}

fn logged(message: Message, at: LogTime, sent: bool, remote: &str, source: SourceRef) -> LoggedMessage {
    let direction = if sent { Direction::Sent } else { Direction::Received };
    LoggedMessage {
        seen: Observed { message, at: Some(at), direction, remote: Some(remote.to_owned()), local: Some(CLIENT.to_owned()) },
        direction_basis: Some(DirectionBasis::Marker),
        source,
        lines: 1,
        run: RunId(0),
        observer: Observer::Client,
        sent_before: 0,
    }
}
