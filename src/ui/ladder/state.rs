//! What the ladder and the message view look like at the moment, and what they may ask for. In: commands and views change it. Out: plain
//! data, and memos of what was derived for one full key.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::session::call::Call;
use crate::session::{CallId, Facts, LoggedMessage, MessageId};
use crate::sip::{Diff, Method, Sdp};
use crate::timeline::Subject;
use crate::timeline::ladder::{Ladder, Place};

/// How a message is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// As it stands in the log.
    #[default]
    Logged,
    /// Header fields taken apart.
    Headers,
    /// The session description as a table.
    Sdp,
    /// Beside another message.
    Diff,
}

impl Tab {
    /// Every one in its order.
    pub const ALL: [Self; 4] = [Self::Logged, Self::Headers, Self::Sdp, Self::Diff];

    /// Key of its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Logged => "window.as_logged",
            Self::Headers => "message.headers",
            Self::Sdp => "message.sdp",
            Self::Diff => "message.diff",
        }
    }
}

/// What a message is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// The message chosen as base.
    Base,
    /// The offer before it, or the one it answers.
    Offer,
    /// The request it answers.
    Request,
    /// The message of its kind before it.
    Before,
}

impl Against {
    /// Key of its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Base => "message.with_base",
            Self::Offer => "message.with_offer",
            Self::Request => "message.with_request",
            Self::Before => "message.with_before",
        }
    }
}

/// A wish about ladder or message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LadderCommand {
    /// Show the message like this.
    ShowTab(Tab),
    /// Show the message in the next way.
    NextTab,
    /// The chosen message becomes the one that others are compared with; once more: no longer.
    MarkBase,
    /// Compare the chosen message with this one.
    CompareWith(MessageId),
    /// Compare the chosen message with another one of its kin.
    Against(Against),
    /// Show or hide what differs by nature.
    ToggleVolatile,
    /// Show or hide what is the same.
    ToggleSame,
    /// Add a call to the ladder, or take it out.
    AddCall(CallId),
    /// Put the ladder on the clipboard as text.
    CopyText,
    /// Put the ladder on the clipboard as a Mermaid diagram.
    CopyMermaid,
}

/// State of ladder and message.
#[derive(Clone, Debug, Default)]
pub struct LadderState {
    /// Calls added to the one chosen, and that one.
    beside: (Option<Subject>, BTreeSet<CallId>),
    /// How the message is shown.
    pub tab: Tab,
    /// What it is compared with; `None`: whatever says most.
    pub against: Option<Against>,
    /// The message that others are compared with.
    pub base: Option<MessageId>,
    /// What differs by nature is shown.
    pub volatile: bool,
    /// What is the same is shown.
    pub same: bool,
    diff: Option<((MessageId, MessageId), Arc<Diff>)>,
    sdp: Option<(MessageId, Option<Arc<Sdp>>)>,
    kin: Option<(MessageId, Kin)>,
    layout: Option<(Arc<Ladder>, [u32; 2], Arc<Place>)>,
}

/// The messages that one may be compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kin {
    offer: Option<MessageId>,
    request: Option<MessageId>,
    before: Option<MessageId>,
}

impl LadderState {
    /// Calls added to a ladder.
    pub fn beside(&self, subject: Subject) -> BTreeSet<CallId> {
        if self.beside.0 == Some(subject) { self.beside.1.clone() } else { BTreeSet::new() }
    }

    /// Adds a call to a ladder, or takes it out.
    pub fn add(&mut self, subject: Subject, call: CallId) {
        if self.beside.0 != Some(subject) {
            self.beside = (Some(subject), BTreeSet::new());
        }
        if !self.beside.1.remove(&call) {
            self.beside.1.insert(call);
        }
    }

    /// Two messages compared.
    pub fn diff(&mut self, facts: &Facts, left: MessageId, right: MessageId) -> Option<Arc<Diff>> {
        if self.diff.as_ref().is_none_or(|(key, _)| *key != (left, right)) {
            let diff = Diff::of(&facts.message(left)?.seen.message, &facts.message(right)?.seen.message);
            self.diff = Some(((left, right), Arc::new(diff)));
        }
        self.diff.as_ref().map(|(_, diff)| Arc::clone(diff))
    }

    /// The session description of a message.
    pub fn sdp(&mut self, id: MessageId, logged: &LoggedMessage) -> Option<Arc<Sdp>> {
        if self.sdp.as_ref().is_none_or(|(key, _)| *key != id) {
            self.sdp = Some((id, logged.seen.message.sdp().map(Arc::new)));
        }
        self.sdp.as_ref().and_then(|(_, sdp)| sdp.clone())
    }

    /// Where the parts of a ladder stand; `make` lays it out when it is another one, or has another width or scale.
    pub fn layout(&mut self, ladder: &Arc<Ladder>, width: f32, scale: f32, make: impl FnOnce() -> Place) -> Arc<Place> {
        let size = [width.to_bits(), scale.to_bits()];
        match &self.layout {
            Some((known, of, place)) if Arc::ptr_eq(known, ladder) && *of == size => Arc::clone(place),
            _ => {
                let place = Arc::new(make());
                self.layout = Some((Arc::clone(ladder), size, Arc::clone(&place)));
                place
            }
        }
    }

    /// What a message can be compared with, best first.
    pub fn choices(&mut self, facts: &Facts, id: MessageId) -> Vec<(Against, MessageId)> {
        if self.kin.as_ref().is_none_or(|(key, _)| *key != id) {
            self.kin = Some((id, kin(facts, id)));
        }
        let kin = self.kin.map(|(_, kin)| kin).unwrap_or_default();
        let base = self.base.filter(|base| *base != id);
        [(Against::Base, base), (Against::Offer, kin.offer), (Against::Before, kin.before), (Against::Request, kin.request)]
            .into_iter()
            .filter_map(|(against, id)| Some((against, id?)))
            .collect()
    }

    /// The message that one is compared with.
    pub fn compared(&mut self, facts: &Facts, id: MessageId) -> Option<(Against, MessageId)> {
        let choices = self.choices(facts, id);
        let wanted = choices.iter().find(|(against, _)| Some(*against) == self.against);
        wanted.or_else(|| choices.first()).copied()
    }

    /// The offer before a message that is an offer.
    pub fn offer_before(&mut self, facts: &Facts, id: MessageId) -> Option<MessageId> {
        self.choices(facts, id).into_iter().find(|(against, _)| *against == Against::Offer).map(|(_, id)| id)
    }
}

/// Messages before this one that it is of use to compare it with.
fn kin(facts: &Facts, id: MessageId) -> Kin {
    let Some(logged) = facts.message(id) else { return Kin::default() };
    let message = &logged.seen.message;
    let earlier = || (0..id.0).rev().map(MessageId).filter_map(|m| Some((m, facts.message(m)?)));
    let mut kin = Kin { offer: offer(&facts.calls, id), ..Kin::default() };
    let (method, call_id, cseq) = (message.method(), message.call_id(), message.cseq());
    if !message.is_request() {
        kin.request = earlier()
            .find(|(_, m)| {
                let other = &m.seen.message;
                other.is_request() && other.call_id() == call_id && other.cseq() == cseq && other.method() == method
            })
            .map(|(m, _)| m);
    }
    // Outside a dialog the next request may have a Call-ID of its own.
    let loose = matches!(method, Some(Method::Register | Method::Options | Method::Subscribe | Method::Publish));
    let like = |m: &LoggedMessage| {
        let other = &m.seen.message;
        m.run == logged.run
            && m.sent_before == 0
            && other.is_request() == message.is_request()
            && other.method() == method
            && (loose || other.call_id() == call_id)
    };
    let alike = || earlier().filter(|(_, m)| like(m));
    kin.before = alike().find(|(_, m)| m.seen.message.status() == message.status()).or_else(|| alike().next()).map(|(m, _)| m);
    kin
}

/// The offer that a message answers, or the one before it when it is an offer itself.
fn offer(calls: &[Call], id: MessageId) -> Option<MessageId> {
    let segments = || calls.iter().filter(|c| c.messages.binary_search(&id).is_ok()).flat_map(|c| &c.media);
    if let Some(segment) = segments().find(|s| s.answer == Some(id)) {
        return Some(segment.offer);
    }
    if !segments().any(|s| s.offer == id) {
        return None;
    }
    segments().map(|s| s.offer).filter(|offer| *offer < id).max()
}
