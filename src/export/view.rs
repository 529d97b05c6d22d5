//! What the text report and the case card say alike: times, places, words, lengths. In: an [`Analysis`] and how to write it.
//! Out: short texts. Must not know a page.

use super::{Options, shared};
use crate::analyse::Analysis;
use crate::base::words::Words;
use crate::base::{LogTime, SourceRef, Zone, ZoneBasis};
use crate::session::{Evidence, MessageId};

/// An analysis, how to write it, and whether its times need their dates.
pub(super) struct View<'a> {
    pub(super) analysis: &'a Analysis,
    pub(super) options: &'a Options,
    pub(super) words: &'static Words,
    /// All times lie on one day: it stands in the head, and lines have the time of day only.
    pub(super) one_day: Option<String>,
}

impl<'a> View<'a> {
    pub(super) fn new(analysis: &'a Analysis, options: &'a Options) -> Self {
        let facts = &analysis.facts;
        let members = analysis.members.iter().flat_map(|m| [m.first, m.last]);
        let times =
            members.chain(facts.runs.iter().flat_map(|r| [r.start, r.end])).chain(facts.messages.iter().map(|m| m.seen.at));
        let mut days = times.flatten().map(|t| t.date(options.zone_s));
        let one_day = days.next().filter(|first| days.all(|day| day == *first));
        Self { analysis, options, words: options.words, one_day }
    }

    /// A word of the report.
    pub(super) fn word(&self, key: &'static str) -> &'static str {
        self.words.get(key)
    }

    pub(super) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(key, values)
    }

    /// The words for a word of the contract, `no-answer`, of a topic.
    pub(super) fn named(&self, topic: &str, name: &str) -> String {
        self.words.get(&format!("{topic}.{name}")).to_owned()
    }

    pub(super) fn time(&self, at: Option<LogTime>) -> String {
        match (at, &self.one_day) {
            (None, _) => self.word("report.no_time").to_owned(),
            (Some(at), Some(_)) => at.clock(self.options.zone_s),
            (Some(at), None) => format!("{} {}", at.date(self.options.zone_s), at.clock(self.options.zone_s)),
        }
    }

    pub(super) fn span(&self, from: Option<LogTime>, to: Option<LogTime>) -> String {
        self.fill("report.span", &[("from", &self.time(from)), ("to", &self.time(to))])
    }

    /// Which program made this, what the times are, and whether originals stand in it.
    pub(super) fn made(&self) -> String {
        let zone = match self.options.zone_s {
            0 => self.word("report.utc").to_owned(),
            offset_s => self.fill("report.utc_plus", &[("offset", &Zone { offset_s, basis: ZoneBasis::Given }.text())]),
        };
        let zone = match &self.one_day {
            Some(day) => format!("{day}, {zone}"),
            None => zone,
        };
        let privacy = self.word(if self.options.outlet.redacted() { "report.redacted" } else { "report.not_redacted" });
        let version = env!("CARGO_PKG_VERSION");
        let values = [("app", self.word("app.name")), ("version", version), ("zone", &zone), ("privacy", privacy)];
        self.fill("report.made", &values)
    }

    /// Place, time and line of a proof; without the time where the line begins with its own.
    pub(super) fn evidence(&self, one: &Evidence) -> [String; 3] {
        let place = one.source.map(|s| self.place(s)).unwrap_or_default();
        let text = self.options.outlet.text(&one.text);
        let stamped = text.starts_with(|c: char| c.is_ascii_digit());
        let time = one.at.filter(|_| !stamped).map(|at| self.time(Some(at))).unwrap_or_default();
        [place, time, text]
    }

    /// `member:line`.
    pub(super) fn place(&self, source: SourceRef) -> String {
        let path = shared::member(self.analysis, source.member).map_or("?", |m| m.path.as_str());
        format!("{}:{}", self.options.outlet.path(path), source.line)
    }

    pub(super) fn message_place(&self, id: MessageId) -> String {
        self.analysis.facts.message(id).map(|m| self.place(m.source)).unwrap_or_default()
    }

    /// Places of several messages, each once, in order.
    pub(super) fn message_places(&self, ids: impl IntoIterator<Item = MessageId>) -> String {
        self.join(ids.into_iter().filter_map(|id| self.analysis.facts.message(id)).map(|m| m.source))
    }

    /// The places of evidence only.
    pub(super) fn places(&self, list: &[Evidence]) -> String {
        self.join(list.iter().filter_map(|e| e.source))
    }

    /// `member:3, 12, other:7`: each line once; the member stands again only where it changes.
    pub(super) fn join(&self, sources: impl Iterator<Item = SourceRef>) -> String {
        let mut out = String::new();
        let mut before: Vec<SourceRef> = Vec::new();
        for source in sources {
            if before.iter().any(|b| (b.member, b.line) == (source.member, source.line)) {
                continue;
            }
            if !out.is_empty() {
                out.push_str(", ");
            }
            match before.last() {
                Some(last) if last.member == source.member => out.push_str(&source.line.to_string()),
                _ => out.push_str(&self.place(source)),
            }
            before.push(source);
        }
        out
    }
}

/// `0.26 ms`, `1 ms`, `12 ms`, `2.39 s`, `1:19.3 min`, `2:01:05 h`; negative when a clock went back.
pub(super) fn duration(us: i64) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let abs = us.unsigned_abs();
    let whole = abs / 1_000_000;
    match abs {
        // Most logs have no more than milliseconds: no digits that were not there.
        1..10_000 if !abs.is_multiple_of(1_000) => format!("{sign}{:.2} ms", abs as f64 / 1e3),
        0..1_000_000 => format!("{sign}{:.0} ms", abs as f64 / 1e3),
        1_000_000..60_000_000 => format!("{sign}{:.2} s", abs as f64 / 1e6),
        60_000_000..3_600_000_000 => format!("{sign}{}:{:02}.{} min", whole / 60, whole % 60, abs / 100_000 % 10),
        _ => format!("{sign}{}:{:02}:{:02} h", whole / 3600, whole / 60 % 60, whole % 60),
    }
}

/// `12,345,678`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_numbers() {
        let told: Vec<String> =
            [260, 12_400, 2_390_000, 79_300_000, 7_265_000_000, -5_000, 0].into_iter().map(duration).collect();
        assert_eq!(told, ["0.26 ms", "12 ms", "2.39 s", "1:19.3 min", "2:01:05 h", "-5 ms", "0 ms"]);
        assert_eq!((grouped(0), grouped(999), grouped(1_234_567)), ("0".into(), "999".into(), "1,234,567".into()));
    }
}
