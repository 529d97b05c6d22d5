//! What stands beside the arrows: summaries, folds, waiting, offer–answer brackets. In: facts. Out: short text.

use std::collections::{BTreeMap, HashMap};

use super::choose::{Class, has};
use super::{Bracket, Subject};
use crate::base::words::{Words, word};
use crate::base::{LogTime, Private, PrivateKind, Segment, Text};
use crate::session::call::Call;
use crate::session::media::{MediaOutcome, MediaSegment};
use crate::session::registration::{Attempt, AttemptKind};
use crate::session::{Facts, MessageId};
use crate::sip::{Message, Method, StartLine};
use crate::timeline::figures::duration;
use crate::timeline::lanes::call::held;
use crate::timeline::lanes::media::{codec_name, codec_number, flow_word, names};
use crate::timeline::scene::Look;
use crate::timeline::wire;

/// Codecs named in a summary; more are an ellipsis.
const MOST_CODECS: usize = 4;

/// The words of one ladder.
pub struct Notes<'a> {
    facts: &'a Facts,
    calls: Vec<&'a Call>,
    attempts: HashMap<MessageId, &'a Attempt>,
    /// By message: the call, the segment, and whether the message is its offer.
    media: BTreeMap<MessageId, Vec<(&'a Call, &'a MediaSegment, bool)>>,
}

impl<'a> Notes<'a> {
    pub fn new(facts: &'a Facts, subjects: &[Subject]) -> Self {
        let calls: Vec<&Call> = facts.calls.iter().filter(|c| subjects.iter().any(|s| has(*s, c))).collect();
        let mut attempts = HashMap::new();
        for attempt in facts.registrations.iter().flat_map(|r| &r.attempts) {
            attempts.insert(attempt.request, attempt);
            attempts.extend(attempt.answer.map(|id| (id, attempt)));
        }
        let mut media: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for call in &calls {
            for segment in &call.media {
                media.entry(segment.offer).or_default().push((*call, segment, true));
                if let Some(answer) = segment.answer {
                    media.entry(answer).or_default().push((*call, segment, false));
                }
            }
        }
        Self { facts, calls, attempts, media }
    }

    /// What matters of a message's content.
    pub fn summary(&self, id: MessageId, message: &Message) -> Text {
        if let Some(media) = self.media.get(&id) {
            return Text::word(sdp(media));
        }
        let value = |name: &str, compact: &str| wire::header(message, name, compact).map(str::to_owned);
        match (&message.start, self.attempts.get(&id)) {
            (_, Some(attempt)) => Text::word(register(attempt, message)),
            (StartLine::Request { method: Method::Bye | Method::Cancel, .. }, _) => {
                value("Reason", "Reason").map_or_else(Text::default, |reason| Text(vec![Segment::Log(reason)]))
            }
            (StartLine::Request { method: Method::Refer, .. }, _) => {
                let Some(to) = value("Refer-To", "r") else { return Text::default() };
                Text(vec![Segment::Word(word("ladder.to").to_owned()), Segment::Private(Private::new(PrivateKind::Uri, to))])
            }
            (StartLine::Request { method: Method::Subscribe | Method::Notify, .. }, _) => {
                value("Event", "o").map_or_else(Text::default, |event| Text(vec![Segment::Log(event)]))
            }
            _ => Text::default(),
        }
    }

    /// One line for routine that is folded.
    pub fn fold(&self, class: Class, messages: &[MessageId]) -> Text {
        let requests = messages.iter().filter_map(|id| self.facts.message(*id));
        let requests: Vec<_> = requests.filter(|m| wire::status(&m.seen.message).is_none() && m.sent_before == 0).collect();
        let every = requests.first().zip(requests.last()).and_then(|(a, b)| {
            let steps = i64::try_from(requests.len()).ok()?.checked_sub(1)?;
            b.seen.at?.since_us(a.seen.at?).checked_div(steps)
        });
        let last = messages.iter().rev().filter_map(|id| self.facts.message(*id)).find_map(|m| wire::status(&m.seen.message));
        // A refresh that was challenged is one refresh with two requests.
        let count = match class {
            Class::Refresh => {
                messages.iter().filter(|id| self.attempts.get(*id).is_some_and(|a| a.answer == Some(**id) && passed(a))).count()
            }
            _ => requests.len(),
        };
        let key = if class == Class::Refresh { "ladder.refreshes" } else { "ladder.keepalives" };
        let mut text = Words::current().fill(key, &[("n", &count.max(1).to_string())]);
        if let Some(every_us) = every.filter(|_| count > 1) {
            let every_us =
                if class == Class::Refresh { every_us * requests.len() as i64 / count.max(1) as i64 } else { every_us };
            text += &Words::current().fill("ladder.every", &[("time", &duration(every_us))]);
        }
        if let Some(status) = last {
            text += &Words::current().fill("ladder.last", &[("status", &status.to_string())]);
        }
        Text::word(text)
    }

    /// What a silence was, as far as the facts tell.
    pub fn waiting(&self, since: LogTime, us: i64) -> Text {
        let middle = since.plus_us(us / 2);
        let in_call = self
            .calls
            .iter()
            .find(|call| call.answered.is_some_and(|at| at <= middle) && call.ended.is_none_or(|end| end >= middle));
        let key = match in_call {
            Some(call) => {
                let hold = call.holds.iter().find(|h| h.from.is_some_and(|f| f <= middle) && h.to.is_none_or(|to| to >= middle));
                hold.map_or("timeline.talking", |h| held(h.by).1)
            }
            None => "ladder.waiting",
        };
        Text::word(format!("{} {}", word(key), duration(us)))
    }

    /// Offer and answer of each negotiation, once, where both stand in a row.
    pub fn brackets(&self, row_of: &HashMap<MessageId, usize>) -> Vec<Bracket> {
        let mut out: Vec<Bracket> = Vec::new();
        for call in &self.calls {
            let mut codec: Option<&str> = None;
            for segment in &call.media {
                let main = segment.kind == "audio" || !call.media.iter().any(|s| s.offer == segment.offer && s.kind == "audio");
                if !main {
                    continue;
                }
                let (word, look) = outcome(call, segment, codec);
                codec = segment.codec.as_deref().or(codec);
                let Some(answer) = segment.answer else { continue };
                let Some((from_row, to_row)) = row_of.get(&segment.offer).zip(row_of.get(&answer)) else { continue };
                if from_row < to_row && !out.iter().any(|b| b.from_row == *from_row && b.to_row == *to_row) {
                    out.push(Bracket { from_row: *from_row, to_row: *to_row, word, look, call: None });
                }
            }
        }
        out.sort_by_key(|b| (b.from_row, b.to_row));
        out
    }
}

fn passed(attempt: &Attempt) -> bool {
    matches!(attempt.status, Some(200..=299))
}

fn register(attempt: &Attempt, message: &Message) -> String {
    let words = Words::current();
    match wire::status(message) {
        None => {
            let kind = word(match attempt.kind {
                AttemptKind::Register => "ladder.register",
                AttemptKind::Refresh => "ladder.refresh",
                AttemptKind::Unregister => "ladder.unregister",
            });
            if attempt.authorised { format!("{kind}, {}", word("ladder.credentials")) } else { kind.to_owned() }
        }
        Some(200..=299) => {
            attempt.expires_s.map_or_else(String::new, |s| words.fill("timeline.expires", &[("s", &s.to_string())]))
        }
        Some(423) => {
            attempt.min_expires_s.map_or_else(String::new, |s| words.fill("ladder.min_expires", &[("s", &s.to_string())]))
        }
        Some(_) => attempt.retry_after_s.map_or_else(String::new, |s| words.fill("ladder.retry_after", &[("s", &s.to_string())])),
    }
}

/// The audio line of a body, else its first.
fn sdp(media: &[(&Call, &MediaSegment, bool)]) -> String {
    let Some((call, segment, offer)) = media.iter().find(|(_, s, _)| s.kind == "audio").or(media.first()) else {
        return String::new();
    };
    let mut text = if *offer {
        let names = names(&segment.offered);
        let mut list = names.iter().take(MOST_CODECS).copied().collect::<Vec<_>>().join(" ");
        if names.len() > MOST_CODECS {
            list.push_str(" …");
        }
        let offers = Words::current().fill("ladder.offers", &[("codecs", &list)]);
        match change(call, segment) {
            Some(what) => format!("{}: {offers}", word(what)),
            None => offers,
        }
    } else {
        match (&segment.codec, segment.outcome) {
            (Some(codec), MediaOutcome::Agreed) => format!("{}, {}", codec_name(codec).0, flow_word(segment.flow)),
            (_, MediaOutcome::NoCommonCodec) => word("timeline.media_no_codec").to_owned(),
            (_, MediaOutcome::Rejected) => word("timeline.media_rejected").to_owned(),
            _ => flow_word(segment.flow).to_owned(),
        }
    };
    let others: Vec<&str> =
        media.iter().filter(|(_, s, o)| o == offer && s.kind != segment.kind).map(|(_, s, _)| s.kind.as_str()).collect();
    for kind in others.iter().take(2) {
        text += &format!(", {kind}");
    }
    text
}

/// Did this negotiation begin or lift a hold?
fn change(call: &Call, segment: &MediaSegment) -> Option<&'static str> {
    let answer = segment.answer?;
    if call.holds.iter().any(|h| h.message == answer) {
        return Some("ladder.hold");
    }
    call.holds.iter().any(|h| h.lifted == Some(answer)).then_some("ladder.resume")
}

fn outcome(call: &Call, segment: &MediaSegment, before: Option<&str>) -> (String, Look) {
    match segment.outcome {
        MediaOutcome::Agreed => {}
        MediaOutcome::Rejected | MediaOutcome::Unanswered => return (word("ladder.refused").to_owned(), Look::Failed),
        MediaOutcome::NoCommonCodec => return (word("ladder.no_codec").to_owned(), Look::Failed),
    }
    let hold = call.holds.iter().find(|h| Some(h.message) == segment.answer);
    if let Some(hold) = hold {
        return (word("ladder.hold").to_owned(), held(hold.by).0);
    }
    let codec = segment.codec.as_deref().unwrap_or("");
    let look = Look::Codec { number: codec_number(call, codec), one_way: false };
    let name = codec_name(codec).0;
    if change(call, segment).is_some() {
        let resume = word("ladder.resume");
        let changed = before.is_some_and(|before| before != codec);
        return (if changed { format!("{resume}, {name}") } else { resume.to_owned() }, look);
    }
    match before {
        Some(before) if before != codec => (Words::current().fill("ladder.codec", &[("name", name)]), look),
        _ => (name.to_owned(), look),
    }
}
