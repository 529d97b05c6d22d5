//! Media of matched calls side by side: what each offer/answer agreed on. In: media segments. Out: rows. Must not know signalling.

use crate::base::{Segment, Text, Tone};
use crate::session::call::Call;
use crate::session::media::{MediaOutcome, MediaSegment};
use crate::session::{Facts, Side as Who};

use super::super::Pair;
use super::super::align::align_twice;
use super::super::rows::{Cell, Row};

/// Rows of one call: the nth offer/answer of its cause and sender against the same of the other side, line by line.
pub fn rows(facts: &Pair<&Facts>, calls: &Pair<&Call>) -> Vec<Row> {
    let mut keys: Vec<(String, u32, &'static str, Who)> = Vec::new();
    let mut numbers = |media: &[MediaSegment]| -> (Vec<u32>, Vec<u32>) {
        let of = |m: &MediaSegment| {
            let key = (m.kind.to_ascii_lowercase(), m.index, m.cause.word(), m.offered_by);
            let at = keys.iter().position(|k| *k == key).unwrap_or_else(|| {
                keys.push(key.clone());
                keys.len() - 1
            });
            let loose = keys.iter().position(|k| (&k.0, k.1, k.2) == (&key.0, key.1, key.2)).unwrap_or(at);
            (u32::try_from(at).unwrap_or(0), u32::try_from(loose).unwrap_or(0))
        };
        media.iter().map(of).unzip()
    };
    let (left, right) = (numbers(&calls.left.media), numbers(&calls.right.media));
    let pairs = align_twice((&left.0, &left.1), (&right.0, &right.1));
    let mut rows = Vec::new();
    let (mut next_left, mut next_right) = (0, 0);
    for (to_left, to_right) in pairs.into_iter().chain([(calls.left.media.len(), calls.right.media.len())]) {
        for segment in calls.left.media.iter().take(to_left).skip(next_left) {
            rows.push(row(facts, Pair::new(Some(segment), None)));
        }
        for segment in calls.right.media.iter().take(to_right).skip(next_right) {
            rows.push(row(facts, Pair::new(None, Some(segment))));
        }
        if let (Some(left), Some(right)) = (calls.left.media.get(to_left), calls.right.media.get(to_right)) {
            rows.push(row(facts, Pair::new(Some(left), Some(right))));
            rows.extend(offered(facts, left, right));
        }
        (next_left, next_right) = (to_left + 1, to_right + 1);
    }
    rows
}

/// `Audio, first`: outcome, codec, direction, security, DTMF.
fn row(facts: &Pair<&Facts>, both: Pair<Option<&MediaSegment>>) -> Row {
    let sense =
        |m: &MediaSegment| (m.outcome, m.codec.as_ref().map(|c| c.to_ascii_lowercase()), m.flow, m.secure, m.dtmf, m.early);
    let same = both.left.map(sense) == both.right.map(sense);
    let cells = Pair::new(both.left.map(|m| cell(facts.left, m)), both.right.map(|m| cell(facts.right, m)));
    let broken = |m: Option<&MediaSegment>| m.is_some_and(|m| m.outcome != MediaOutcome::Agreed);
    let weight = if broken(both.left) != broken(both.right) { 0.9 } else { 0.6 };
    Row::new(name(both.left.or(both.right)), cells, same, weight)
}

fn name(segment: Option<&MediaSegment>) -> Text {
    let Some(segment) = segment else { return Text::default() };
    let cause = Segment::key(match segment.cause.word() {
        "reinvite" => "cause.reinvite",
        "update" => "cause.update",
        "prack" => "cause.prack",
        _ => "cause.initial",
    });
    Text::phrase("compare.media", &[("kind", Segment::Log(segment.kind.clone())), ("cause", cause)])
}

fn cell(facts: &Facts, segment: &MediaSegment) -> Cell {
    let state = match (segment.outcome, &segment.codec) {
        (MediaOutcome::Agreed, Some(codec)) => Segment::Log(codec.clone()),
        (MediaOutcome::Agreed, None) => Segment::key("word.agreed"),
        (MediaOutcome::Rejected, _) => Segment::key("word.rejected"),
        (MediaOutcome::Unanswered, _) => Segment::key("word.unanswered"),
        (MediaOutcome::NoCommonCodec, _) => Segment::key("word.no-common-codec"),
    };
    let mut parts = vec![Text(vec![state])];
    if segment.outcome == MediaOutcome::Agreed {
        parts.push(Text::word(segment.flow.word()));
        if segment.early {
            parts.push(Text::key("report.early"));
        }
        if segment.secure {
            parts.push(Text::key("report.secure"));
        }
        if let Some(dtmf) = segment.dtmf {
            parts.push(Text::word(format!("DTMF {dtmf}")));
        }
    }
    let tone = match segment.outcome {
        MediaOutcome::Agreed => Tone::Ok,
        MediaOutcome::Unanswered => Tone::Muted,
        _ => Tone::Fail,
    };
    let proof = [Some(segment.offer), segment.answer].into_iter().flatten();
    Cell::new(Text::join(parts, ", ")).toned(tone).proved(facts, proof)
}

/// The formats offered, where they differ: another stack, or another setting.
fn offered(facts: &Pair<&Facts>, left: &MediaSegment, right: &MediaSegment) -> Option<Row> {
    let lower = |m: &MediaSegment| m.offered.iter().map(|f| f.to_ascii_lowercase()).collect::<Vec<_>>();
    if lower(left) == lower(right) {
        return None;
    }
    let cell =
        |facts: &Facts, m: &MediaSegment| Some(Cell::new(Text(vec![Segment::Log(m.offered.join(" "))])).proved(facts, [m.offer]));
    let kind = Segment::Log(left.kind.clone());
    let what = Text::phrase("compare.offered", &[("kind", kind)]);
    Some(Row::new(what, Pair::new(cell(facts.left, left), cell(facts.right, right)), false, 0.3))
}
