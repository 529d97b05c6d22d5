//! Lines of media logs, looked at in the one pass: literals first, then the name around one and the number behind it. In: records.
//! Out: [`RawSeries`] and [`RawSign`]s, their times not yet in UTC. Must not know calls.
//!
//! A number counts behind a name and `=` or `:`, or behind a name alone when a unit follows; a word of prose is no value.

use std::collections::HashMap;
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};

use super::media_log::{MAX_POINTS, SignKind, Stream};
use super::media_log_words::{codec_after, line_at, name_around, named_unit, number, number_after, stream};
use super::tables::{ConnectionRow, Measure, Tables};
use crate::base::{MemberId, NoteKind, Notes, SourceRef};
use crate::records::lines::line_source;
use crate::records::{Probe, Record, Stamp};

/// Different series kept of one member.
const MAX_SERIES: usize = 128;
/// Signs of one kind kept of one member.
const MAX_SIGNS: usize = 1_000;
/// Characters of a line that is kept.
const MAX_LINE: usize = 300;
/// Bytes before a name that tell what its number is of.
const LOOK_BACK: usize = 200;

/// What stands in the lines of signs. `onFirstBufferReceived:Cost 0.31s …` is seen, and so are `[CheckPoint]` and `[MediaState]`.
const SIGNS: [&str; 3] = ["[CheckPoint]", "[MediaState]", "onFirstBufferReceived:Cost "];
const CODEC: [&str; 3] = ["codec", "Codec", "CODEC"];
/// A value with its line, or the worst of several that follow each other.
#[derive(Clone, Copy, Debug)]
pub struct RawValue {
    /// Stamp of its record.
    pub stamp: Stamp,
    /// The number.
    pub value: f64,
    /// The least bad of those it stands for.
    pub best: f64,
    /// Its line.
    pub source: SourceRef,
    /// How many it stands for.
    pub count: u64,
}

/// Values of one name, unit and stream of one member, in the order of lines.
#[derive(Clone, Debug)]
pub struct RawSeries {
    /// Word of the table.
    pub measure: String,
    /// The name as printed.
    pub name: String,
    /// What the lines say it is of.
    pub stream: Stream,
    /// As printed.
    pub unit: Option<String>,
    /// Low values are the bad ones.
    pub low_is_worse: bool,
    /// The values.
    pub values: Vec<RawValue>,
}

/// A line that tells of the media engine.
#[derive(Clone, Debug)]
pub struct RawSign {
    /// What it tells.
    pub kind: SignKind,
    /// Stamp of its record.
    pub stamp: Option<Stamp>,
    /// Its place.
    pub source: SourceRef,
    /// The line, cut.
    pub line: String,
}

/// What to look for, made ready once for all members.
#[derive(Debug)]
pub struct MediaSearch {
    measures: Vec<Measure>,
    /// Measure of each part of a name, in the order of the patterns behind signs and codecs.
    parts: Vec<usize>,
    connections: Vec<ConnectionRow>,
    /// How many texts those have.
    texts: usize,
    media: Option<AhoCorasick>,
    others: Option<AhoCorasick>,
}

impl MediaSearch {
    /// From the tables.
    pub fn new(tables: &Tables) -> Self {
        let mut parts: Vec<(&str, usize)> = Vec::new();
        for (place, measure) in tables.measures.iter().enumerate() {
            parts.extend(measure.parts.iter().map(|part| (part.as_str(), place)));
        }
        // Of two that begin at one place the longer is meant.
        parts.sort_by_key(|(part, _)| std::cmp::Reverse(part.len()));
        let make = |patterns: Vec<&str>| AhoCorasick::builder().match_kind(MatchKind::LeftmostFirst).build(patterns).ok();
        let names = parts.iter().map(|(part, _)| *part);
        // Behind the signs, one pattern for each text of a connection.
        let mut texts: Vec<&str> = tables.connections.iter().map(|c| c.contains.as_str()).collect();
        texts.sort_unstable();
        texts.dedup();
        Self {
            media: make(SIGNS.into_iter().chain(texts.iter().copied()).chain(CODEC).chain(names).collect()),
            others: make(SIGNS.into_iter().chain(texts.iter().copied()).collect()),
            texts: texts.len(),
            connections: tables.connections.clone(),
            parts: parts.iter().map(|(_, place)| *place).collect(),
            measures: tables.measures.clone(),
        }
    }
}

/// Looks at the records of one member.
pub struct MediaProbe {
    member: MemberId,
    search: Arc<MediaSearch>,
    /// A media log: numbers count.
    is_media: bool,
    series: Vec<Kept>,
    places: HashMap<(Vec<u8>, Stream, Option<&'static str>), usize>,
    signs: Vec<RawSign>,
    /// Signs seen of each kind.
    seen: [usize; 5],
    /// The last codec named, of audio and of video.
    codecs: [Option<&'static str>; 2],
    beyond: u64,
    timeless: u64,
}

/// A series that thins itself out.
struct Kept {
    raw: RawSeries,
    /// How many values each kept one stands for.
    every: u64,
}

impl MediaProbe {
    /// Nothing seen yet. Numbers and codecs count in a media log only.
    pub fn new(member: MemberId, search: Arc<MediaSearch>, is_media: bool) -> Self {
        Self {
            member,
            search,
            is_media,
            series: Vec::new(),
            places: HashMap::new(),
            signs: Vec::new(),
            seen: [0; 5],
            codecs: [None; 2],
            beyond: 0,
            timeless: 0,
        }
    }

    /// What was found, and what was not kept.
    pub fn finish(self) -> (Vec<RawSeries>, Vec<RawSign>, Notes) {
        let mut notes = Notes::new();
        if self.beyond > 0 {
            let text = format!("{} more values and lines about media than are kept", self.beyond);
            notes.push(NoteKind::Limit, Some(self.member), 0, text);
        }
        if self.timeless > 0 {
            let text = format!("{} values of the media log have no time and are not shown", self.timeless);
            notes.push(NoteKind::Other, Some(self.member), 0, text);
        }
        (self.series.into_iter().map(|k| k.raw).collect(), self.signs, notes)
    }

    fn sign(&mut self, record: &Record<'_>, kind: SignKind, at: usize) {
        let (start, line) = line_at(record.text, at);
        let offset = record.source.offset + start as u64;
        // Two texts of one line are one sign.
        if self.signs.last().is_some_and(|s| s.source.offset == offset && s.kind == kind) {
            return;
        }
        let place = match kind {
            SignKind::CheckPoint => 0,
            SignKind::State => 1,
            SignKind::FirstAudio(_) => 2,
            SignKind::Codec(_) => 3,
            SignKind::Connection(_) => 4,
        };
        let Some(seen) = self.seen.get_mut(place) else { return };
        *seen += 1;
        if *seen > MAX_SIGNS {
            self.beyond += 1;
            return;
        }
        let source = line_source(record, start, &String::from_utf8_lossy(line));
        let line = String::from_utf8_lossy(line).trim_end().chars().take(MAX_LINE).collect();
        self.signs.push(RawSign { kind, stamp: record.stamp, source, line });
    }

    /// The first row whose texts stand in the line.
    fn connection(&mut self, record: &Record<'_>, at: usize) {
        let line = String::from_utf8_lossy(line_at(record.text, at).1);
        let fits =
            |row: &&ConnectionRow| line.contains(&row.contains) && row.with.as_ref().is_none_or(|with| line.contains(with));
        if let Some(says) = self.search.connections.iter().find(fits).map(|row| row.says) {
            self.sign(record, SignKind::Connection(says), at);
        }
    }

    fn codec(&mut self, record: &Record<'_>, at: usize, name_end: usize) {
        let Some((codec, video)) = record.text.get(name_end..).and_then(codec_after) else { return };
        let Some(last) = self.codecs.get_mut(usize::from(video)) else { return };
        if last.replace(codec) != Some(codec) {
            self.sign(record, SignKind::Codec(codec), at);
        }
    }

    /// A number behind a name: gives where reading may go on.
    fn number(&mut self, record: &Record<'_>, measure: usize, from: usize, part_end: usize) -> Option<usize> {
        let text = record.text;
        let (start, end) = name_around(text, from, part_end)?;
        let name = text.get(start..end)?;
        let value = number_after(text.get(end..)?)?;
        let Some(stamp) = record.stamp else {
            self.timeless += 1;
            return Some(end);
        };
        let unit = value.unit.or_else(|| named_unit(name));
        let stream = stream(text.get(start.saturating_sub(LOOK_BACK)..start).unwrap_or_default(), name);
        let key = (name.to_vec(), stream, unit);
        let place = match self.places.get(&key) {
            Some(place) => *place,
            None if self.series.len() >= MAX_SERIES => {
                self.beyond += 1;
                return Some(end);
            }
            None => {
                let measure = self.search.measures.get(measure)?;
                let raw = RawSeries {
                    measure: measure.name.clone(),
                    name: String::from_utf8_lossy(name).into_owned(),
                    stream,
                    unit: unit.map(str::to_owned),
                    low_is_worse: measure.low_is_worse,
                    values: Vec::new(),
                };
                self.series.push(Kept { raw, every: 1 });
                self.places.insert(key, self.series.len() - 1);
                self.series.len() - 1
            }
        };
        let (line_start, line) = line_at(text, start);
        let before = text.get(..line_start).unwrap_or_default();
        let source = SourceRef {
            member: record.source.member,
            line: record.source.line + memchr::memchr_iter(b'\n', before).count() as u64,
            offset: record.source.offset + line_start as u64,
            bytes: u32::try_from(line.len()).unwrap_or(u32::MAX),
        };
        self.series.get_mut(place)?.push(RawValue { stamp, value: value.number, best: value.number, source, count: 1 });
        Some(end)
    }
}

impl Kept {
    fn push(&mut self, value: RawValue) {
        let low = self.raw.low_is_worse;
        match self.raw.values.last_mut() {
            Some(last) if last.count < self.every => *last = worse(*last, value, low),
            _ => self.raw.values.push(value),
        }
        if self.raw.values.len() > MAX_POINTS {
            let pair = |pair: &[RawValue]| pair.iter().copied().reduce(|a, b| worse(a, b, low));
            self.raw.values = self.raw.values.chunks(2).filter_map(pair).collect();
            self.every *= 2;
        }
    }
}

fn worse(a: RawValue, b: RawValue, low: bool) -> RawValue {
    let second = if low { b.value < a.value } else { b.value > a.value };
    let best = if low { a.best.max(b.best) } else { a.best.min(b.best) };
    RawValue { count: a.count + b.count, best, ..if second { b } else { a } }
}

impl Probe for MediaProbe {
    fn record(&mut self, record: &Record<'_>) {
        let search = Arc::clone(&self.search);
        let ready = if self.is_media { &search.media } else { &search.others };
        let Some(ready) = ready else { return };
        // The head holds file names and line numbers: `JitterBuffer.cpp:88` is no jitter.
        let message_at = if record.continued { 0 } else { record.message_at };
        let message = record.text.get(message_at..).unwrap_or_default();
        let mut read_to = 0;
        for found in ready.find_iter(message) {
            let (from, end) = (found.start() + message_at, found.end() + message_at);
            let pattern = found.pattern().as_usize();
            let codecs_from = SIGNS.len() + search.texts;
            if (SIGNS.len()..codecs_from).contains(&pattern) {
                self.connection(record, from);
                continue;
            }
            match pattern.checked_sub(codecs_from).map(|rest| rest.checked_sub(CODEC.len())) {
                None if pattern == 0 => self.sign(record, SignKind::CheckPoint, from),
                None if pattern == 1 => self.sign(record, SignKind::State, from),
                None => {
                    if let Some(value) = record.text.get(end..).and_then(number) {
                        self.sign(record, SignKind::FirstAudio(value.number), from);
                    }
                }
                Some(None) => self.codec(record, from, end),
                Some(Some(part)) if from >= read_to => {
                    let measure = search.parts.get(part).copied();
                    if let Some(to) = measure.and_then(|measure| self.number(record, measure, from, end)) {
                        read_to = to;
                    }
                }
                Some(Some(_)) => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::records::Level;
    use crate::session::tables::ConnectionState;

    fn probe(lines: &[&str], is_media: bool) -> (Vec<RawSeries>, Vec<RawSign>, Notes) {
        let search = Arc::new(MediaSearch::new(&Tables::read(&[], &mut Vec::new())));
        let mut probe = MediaProbe::new(MemberId(0), search, is_media);
        for (number, line) in (1_u64..).zip(lines) {
            let source = SourceRef { member: MemberId(0), line: number, offset: number * 1_000, bytes: line.len() as u32 };
            let message_at = line.find("|").map_or(0, |at| at + 1);
            probe.record(&Record {
                source,
                stamp: (!line.starts_with("no time")).then_some(Stamp { us: number as i64, zoned: true }),
                level: Level::Info,
                pid: b"",
                thread: b"",
                code: b"",
                dialect: None,
                headed: true,
                text: line.as_bytes(),
                message_at,
                lines: 1,
                continues: false,
                continued: false,
            });
        }
        probe.finish()
    }

    /// Measure, name, unit, stream and value of every value found in one line.
    fn values(line: &str) -> Vec<String> {
        let (series, ..) = probe(&[line], true);
        let told = |s: &RawSeries| {
            let stream = [s.stream.kind, s.stream.way].into_iter().flatten().collect::<Vec<_>>().join(" ");
            format!("{} {} {} {} [{stream}]", s.measure, s.name, s.values[0].value, s.unit.as_deref().unwrap_or("-"))
        };
        series.iter().map(told).collect()
    }

    #[test]
    fn numbers_by_name_unit_and_stream() {
        for (line, expected) in [
            ("seq=7 bytes=1200 lost=3 jitter=44", vec!["loss lost 3 - []", "jitter jitter 44 - []"]),
            (
                "audio rx: jitter=12ms loss=0.5 % rtt=40 ms",
                vec![
                    "jitter jitter 12 ms [audio received]",
                    "loss loss 0.5 % [audio received]",
                    "round-trip rtt 40 ms [audio received]",
                ],
            ),
            (
                r#"{"videoTx":{"packetLoss":1.25,"bitrateKbps": "512"}}"#,
                vec!["loss packetLoss 1.25 - [video sent]", "bitrate bitrateKbps 512 kbps [video sent]"],
            ),
            ("rxAudioJitterMs: 9", vec!["jitter rxAudioJitterMs 9 ms [audio received]"]),
            (
                "round_trip_ms = 80, share sender bitrate 900 kbps",
                vec!["round-trip round_trip_ms 80 ms []", "bitrate bitrate 900 kbps [share sent]"],
            ),
            ("packet loss 3%", vec!["loss loss 3 % []"]),
            // A temperature below zero is a number too; and the head is not the message.
            ("JitterBuffer.cpp:88 |adapt:jitter=-1", vec!["jitter jitter -1 - []"]),
        ] {
            assert_eq!(values(line), expected, "{line}");
        }
        for nothing in [
            "JitterBuffer.cpp:88 adapt",
            "loss 3 packets of paper",
            "colossal=5 almost=4 clost=1",
            "jitter=12abc rtt=unknown loss=",
            "bitrate=1.2.3.4",
            "lost 12",
        ] {
            let found = values(nothing);
            let harmless = nothing.starts_with("loss 3") && found == ["loss loss 3 packets []"];
            assert!(found.is_empty() || harmless, "{nothing}: {found:?}");
        }
    }

    #[test]
    fn signs_and_codecs() {
        let lines = [
            "[AudioEngine]info:: [CheckPoint][Playback]Start Playback, freq=16000,chan=4,enc=2,stream=0,",
            "State transition [MediaState].MediaConnected --> [MediaState].DisconnectMedia : [disconnectMedia] . Call Id = [5aa160cf]",
            "EccMediaConnectionManager::onFirstBufferReceived:Cost 0.31s to Recv first playback buffer after call connected",
            "stats codec=opus lost=0",
            "stats codec=opus lost=0",
            "selected codecName: \"G722/8000\"",
            "video codec H264 720p",
            "codecs are good, codec=unknown, transcoder=opus",
        ];
        let (_, signs, notes) = probe(&lines, true);
        let kinds: Vec<SignKind> = signs.iter().map(|s| s.kind.clone()).collect();
        let expected = [
            SignKind::CheckPoint,
            SignKind::State,
            SignKind::FirstAudio(0.31),
            SignKind::Codec("opus"),
            SignKind::Codec("G722"),
            SignKind::Codec("H264"),
        ];
        assert_eq!(kinds, expected);
        assert_eq!((signs[1].source.line, signs[5].source.line), (2, 7));
        assert!(notes.is_empty());
        // The main log: its signs count, its numbers and codecs do not.
        let (series, signs, _) = probe(&lines, false);
        assert_eq!((series.len(), signs.len()), (0, 3));
    }

    /// Jabber's SIP stack, as seen in public (log-formats §3), and what its words would be when it ends.
    #[test]
    fn connections() {
        let lines = [
            "[SIP][CONN][0] create TLS connection 192.0.2.10:5061-----192.0.2.1:5090.",
            "[SIP][CONN][0] close connection",
            "[SIP][CONN][0] connection failed, error 110",
            "[SIP][CONN][0] is fine",
            "create TLS connection to somewhere else",
        ];
        let (_, signs, _) = probe(&lines, false);
        let told: Vec<(u64, &SignKind)> = signs.iter().map(|s| (s.source.line, &s.kind)).collect();
        let state = |state| SignKind::Connection(state);
        let expected = [state(ConnectionState::Opened), state(ConnectionState::Closed), state(ConnectionState::Failed)];
        assert_eq!(told, (1..).zip(&expected).collect::<Vec<_>>());
    }

    #[test]
    fn caps_and_values_without_a_time_are_told() {
        let lines: Vec<String> = (0..200).map(|n| format!("x{n}Jitter=1")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).chain(["no time jitter=1"]).collect();
        let (series, _, notes) = probe(&lines, true);
        assert_eq!(series.len(), MAX_SERIES);
        let notes: Vec<String> = notes.all().into_iter().map(|n| n.text).collect();
        assert_eq!(
            notes,
            ["72 more values and lines about media than are kept", "1 values of the media log have no time and are not shown",]
        );
        let many = vec!["rtt=5"; 10_000];
        let (series, ..) = probe(&many, true);
        assert!(series[0].values.len() <= MAX_POINTS);
        assert_eq!(series[0].values.iter().map(|v| v.count).sum::<u64>(), 10_000);
    }
}
