//! Walks a device configuration with a pull parser: no recursion, no entity is ever expanded, everything is bounded. In: its text.
//! Out: values, tags, problems and the tidy form of [`DeviceConfig`]. Must not know files or logs beyond [`Places`].

use quick_xml::Reader;
use quick_xml::errors::{Error, IllFormedError};
use quick_xml::events::{BytesStart, Event};

use super::device_config::{
    Decoded, DeviceConfig, MAX_ATTRIBUTES, MAX_DEPTH, MAX_ELEMENTS, MAX_LINES, MAX_LIST, MAX_VALUE_BYTES, Meaning, Origin,
    PrettyLine, Problem, ProblemKind, Sbc, Setting, Tag,
};
use super::device_config_names as names;
use crate::base::{MemberId, Segment, SourceRef, Text};

/// A part of the text that begins somewhere in a line of the log.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Piece {
    /// Line of the text, from 0.
    pub row: usize,
    /// Line of the log.
    pub line: u64,
    /// Where that line starts in the log.
    pub offset: u64,
    /// Bytes of that line before the piece.
    pub before: usize,
}

/// From bytes of the text to lines of the log or file.
#[derive(Clone, Debug)]
pub(super) struct Places {
    /// The member.
    pub member: MemberId,
    /// Where pieces of the text stand; the first is for line 0.
    pub pieces: Vec<Piece>,
    /// The text was written on one line of the log, its line ends as `\n`.
    pub one_line: bool,
    starts: Vec<usize>,
    views: Vec<u64>,
    end: u64,
}

impl Places {
    pub fn new(member: MemberId, pieces: Vec<Piece>, one_line: bool, decoded: &Decoded) -> Self {
        let text = decoded.text.as_bytes();
        let starts = std::iter::once(0).chain(memchr::memchr_iter(b'\n', text).map(|at| at + 1)).collect();
        Self { member, pieces, one_line, starts, views: decoded.line_offsets.clone(), end: decoded.viewed_bytes }
    }

    /// The line of a byte of the text, which byte of the text's line it is, and how many characters of the log's line stand before.
    fn at(&self, byte: usize) -> (SourceRef, usize, usize) {
        let row = self.starts.partition_point(|s| *s <= byte).saturating_sub(1);
        let column = byte - self.starts.get(row).copied().unwrap_or(0).min(byte);
        let first = Piece { line: 1, ..Piece::default() };
        let piece = self.pieces.iter().rev().find(|p| p.row <= row).copied().unwrap_or(first);
        let view = |row: usize| self.views.get(row).copied().unwrap_or(self.end);
        let (row, next) = if self.one_line { (piece.row, usize::MAX) } else { (row, row + 1) };
        // The head stands before the piece in its own line only.
        let before = if row == piece.row { piece.before } else { 0 };
        let after_head = if row == piece.row { 0 } else { piece.before as u64 };
        let source = SourceRef {
            member: self.member,
            line: piece.line + (row - piece.row) as u64,
            offset: piece.offset + after_head + view(row).saturating_sub(view(piece.row)),
            bytes: u32::try_from(view(next).saturating_sub(view(row)) + before as u64).unwrap_or(u32::MAX),
        };
        (source, column, before)
    }
}

/// An element that is open.
struct Open {
    name: String,
    used: bool,
    /// Byte where it begins.
    at: usize,
    text: String,
    has_children: bool,
}

struct Walk<'a> {
    text: &'a str,
    places: Places,
    open: Vec<Open>,
    out: DeviceConfig,
    root_ended: bool,
    has_sip: bool,
    stopped: bool,
    /// Our own limit cut the text.
    limited: bool,
}

/// Reads the text into `out`, whose place and encoding are filled already. Returns the byte behind the root element.
pub(super) fn walk(decoded: &Decoded, places: Places, out: DeviceConfig, limited: bool) -> (DeviceConfig, usize) {
    let mut walk =
        Walk { text: &decoded.text, places, open: Vec::new(), out, root_ended: false, has_sip: false, stopped: false, limited };
    for (kind, at) in &decoded.problems {
        walk.problem(kind.clone(), *at);
    }
    let mut reader = Reader::from_str(&decoded.text);
    let mut end = decoded.text.len();
    while !walk.stopped {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Eof) => break,
            Ok(event) => walk.event(&event, before),
            Err(fault) => {
                let at = usize::try_from(reader.error_position()).unwrap_or(before);
                walk.fault(&fault, at);
                break;
            }
        }
        if walk.root_ended && walk.open.is_empty() && walk.out.from == Origin::Record {
            end = usize::try_from(reader.buffer_position()).unwrap_or(end);
            break;
        }
    }
    walk.finish();
    (walk.out, end)
}

impl Walk<'_> {
    fn problem(&mut self, kind: ProblemKind, at: usize) {
        let ours = self.limited && matches!(kind, ProblemKind::CutOff(_));
        let kind = if ours { ProblemKind::TooLong } else { kind };
        let known = self.out.problems.iter().any(|p| p.kind == kind);
        if known || self.out.problems.len() >= MAX_LIST {
            return;
        }
        let (source, column, before) = self.places.at(at);
        let line = self.text.get(at.saturating_sub(column)..at).unwrap_or_default();
        // Of XML that was written out on one line it is not known where in that line.
        let column = if self.places.one_line { 0 } else { line.chars().count() };
        let column = u32::try_from(before + column + 1).unwrap_or(u32::MAX);
        self.out.problems.push(Problem { kind, source, column });
    }

    fn fault(&mut self, fault: &Error, at: usize) {
        let kind = match fault {
            Error::IllFormed(IllFormedError::MismatchedEndTag { expected, found }) => {
                ProblemKind::Mismatched(short(expected), short(found))
            }
            Error::IllFormed(IllFormedError::UnmatchedEndTag(found)) => ProblemKind::Unmatched(short(found)),
            // All of these mean that the end came inside a tag, comment or declaration.
            Error::Syntax(_) | Error::IllFormed(IllFormedError::UnclosedReference) if self.tail_is_cut(at) => {
                let inner = self.open.last().map(|o| o.name.clone());
                ProblemKind::CutOff(inner.unwrap_or_else(|| short(self.text.get(at..).unwrap_or_default())))
            }
            other => ProblemKind::Syntax(short(&other.to_string())),
        };
        self.problem(kind, at);
        self.stopped = true;
    }

    /// Is what was begun at `at` the last thing in the text? Else something was forgotten in the middle.
    fn tail_is_cut(&self, at: usize) -> bool {
        let tail = self.text.get(at + 1..).unwrap_or_default();
        !tail.contains('<')
    }

    fn event(&mut self, event: &Event<'_>, at: usize) {
        match event {
            Event::Start(tag) => self.start(tag, at, false),
            Event::Empty(tag) => self.start(tag, at, true),
            Event::End(_) => self.end(),
            Event::Text(text) => {
                let text = text.decode().unwrap_or_default();
                self.add_text(&text, at);
            }
            Event::CData(text) => {
                let text = text.decode().unwrap_or_default();
                self.add_text(&text, at);
            }
            Event::GeneralRef(name) => {
                let known = match name.decode().unwrap_or_default().as_ref() {
                    "amp" => Some('&'),
                    "lt" => Some('<'),
                    "gt" => Some('>'),
                    "apos" => Some('\''),
                    "quot" => Some('"'),
                    _ => name.resolve_char_ref().ok().flatten(),
                };
                match known {
                    Some(character) => self.add_text(character.encode_utf8(&mut [0; 4]), at),
                    None => {
                        let name = short(&name.decode().unwrap_or_default());
                        self.add_text(&format!("&{name};"), at);
                        self.problem(ProblemKind::UnknownEntity(name), at);
                    }
                }
            }
            Event::Comment(text) => {
                let text = text.decode().unwrap_or_default();
                self.tags(&text, &format!("{}/#comment", self.path()), at, false);
                let flagged = names::tags(&text).next().is_some();
                let line =
                    vec![Segment::Word("<!-- ".into()), Segment::Log(short_to(text.trim(), 300)), Segment::Word(" -->".into())];
                self.line(line, at, flagged);
            }
            Event::DocType(_) => self.problem(ProblemKind::Doctype, at),
            Event::Decl(_) | Event::PI(_) | Event::Eof => {}
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, at: usize, empty: bool) {
        let name = short(&String::from_utf8_lossy(tag.name().as_ref()));
        self.out.elements += 1;
        if self.out.elements > MAX_ELEMENTS {
            self.problem(ProblemKind::TooMany, at);
            self.stopped = true;
            return;
        }
        if self.open.len() >= MAX_DEPTH {
            self.problem(ProblemKind::TooDeep, at);
            self.stopped = true;
            return;
        }
        if self.open.is_empty() && self.root_ended {
            self.problem(ProblemKind::SecondRoot(name.clone()), at);
        }
        if self.out.root.is_none() {
            self.out.root = Some(name.clone());
        }
        let parent_used = self.open.last().is_none_or(|o| o.used);
        if let Some(parent) = self.open.last_mut() {
            parent.has_children = true;
        }
        self.has_sip |= name.eq_ignore_ascii_case("sip");
        self.open.push(Open { name: name.clone(), used: parent_used, at, text: String::new(), has_children: false });
        let mut shown = vec![Segment::Log(format!("<{name}"))];
        let attributes = self.attributes(tag, at);
        let off = attributes.iter().any(|(name, value, _)| names::switches_off(name, value));
        if let Some(open) = self.open.last_mut() {
            open.used &= !off;
        }
        let mut flagged = false;
        for (key, value, place) in attributes {
            let path = format!("{}/@{key}", self.path());
            flagged |= self.value(&path, &key, &value, place);
            shown.push(Segment::Log(format!(" {key}=\"")));
            shown.push(self.segment(&key, &value));
            shown.push(Segment::Word("\"".into()));
        }
        shown.push(Segment::Word(if empty { "/>".into() } else { ">".into() }));
        self.line(shown, at, flagged);
        if empty {
            self.end();
        }
    }

    /// Name, value and place of each attribute.
    fn attributes(&mut self, tag: &BytesStart<'_>, at: usize) -> Vec<(String, String, usize)> {
        let mut out = Vec::new();
        for attribute in tag.attributes() {
            if out.len() >= MAX_ATTRIBUTES {
                self.problem(ProblemKind::TooMany, at);
                break;
            }
            let attribute = match attribute {
                Ok(attribute) => attribute,
                Err(fault) => {
                    self.problem(ProblemKind::Syntax(short(&fault.to_string())), at);
                    break;
                }
            };
            let raw = String::from_utf8_lossy(&attribute.value);
            let value = match quick_xml::escape::unescape(&raw) {
                Ok(value) => value.into_owned(),
                Err(fault) => {
                    self.problem(ProblemKind::Syntax(short(&fault.to_string())), at);
                    raw.clone().into_owned()
                }
            };
            let element = self.text.get(at..at + tag.len() + 2).unwrap_or_default();
            let place = at + element.find(raw.as_ref()).unwrap_or(0);
            let value = self.bounded(&value, place);
            out.push((short(&String::from_utf8_lossy(attribute.key.as_ref())), value, place));
        }
        out
    }

    fn bounded(&mut self, value: &str, at: usize) -> String {
        if value.len() > MAX_VALUE_BYTES {
            self.problem(ProblemKind::LongValue, at);
        }
        short_to(value, MAX_VALUE_BYTES)
    }

    fn add_text(&mut self, text: &str, at: usize) {
        let Some(open) = self.open.last_mut() else { return };
        if open.text.trim().is_empty() {
            open.text.clear();
            if !text.trim().is_empty() && !open.has_children {
                // The value begins behind the blanks before it.
                open.at = at + (text.len() - text.trim_start().len());
            }
        }
        let room = (MAX_VALUE_BYTES + 4).saturating_sub(open.text.len());
        open.text.push_str(&short_to(text, room));
        if open.text.len() > MAX_VALUE_BYTES {
            self.problem(ProblemKind::LongValue, at);
        }
    }

    fn end(&mut self) {
        let path = self.path();
        let Some(open) = self.open.last() else { return };
        let (value, at, children, name) = (open.text.trim().to_owned(), open.at, open.has_children, open.name.clone());
        let mut flagged = false;
        if !children || !value.is_empty() {
            flagged = self.value(&path, &name, &value, at);
        }
        let closing = Segment::Log(format!("</{name}>"));
        let segment = self.segment(&name, &value);
        if !children && let Some(line) = self.out.pretty.last_mut().filter(|l| l.depth + 1 == self.open.len()) {
            let is_empty_tag = matches!(line.text.0.last(), Some(Segment::Word(end)) if end == "/>");
            if !is_empty_tag {
                line.text.0.extend([segment, closing]);
            }
            line.flagged |= flagged;
        } else if children {
            let mut shown = Vec::new();
            if !value.is_empty() {
                shown.push(segment);
            }
            shown.push(closing);
            self.line(shown, at, flagged);
        }
        self.open.pop();
        self.root_ended |= self.open.is_empty();
    }

    /// Notes a value: its tags, and what it says of SIP. True when something is wrong with it.
    fn value(&mut self, path: &str, key: &str, value: &str, at: usize) -> bool {
        let used = self.open.last().is_none_or(|o| o.used);
        let tagged = self.tags(value, path, at, used);
        let elements: Vec<&str> = self.open.iter().map(|o| o.name.as_str()).collect();
        let below_sip = elements.iter().any(|e| e.eq_ignore_ascii_case("sip"));
        let meaning = Meaning::of(&elements);
        let holds_address = meaning.is_some_and(|m| names::holds_address(m, elements.last().copied().unwrap_or_default(), path));
        if !below_sip && !holds_address {
            return tagged;
        }
        let setting = Setting {
            path: path.to_owned(),
            value: Text(vec![self.segment(key, value)]),
            source: self.places.at(at).0,
            filled: !value.is_empty() && !tagged,
            used,
            meaning,
        };
        let empty = value.is_empty() && holds_address && used;
        let list = &mut self.out.settings;
        if list.len() < MAX_LIST {
            list.push(setting.clone());
        } else {
            self.problem(ProblemKind::LongList, at);
        }
        if holds_address && self.out.addresses.len() < MAX_LIST {
            self.out.addresses.push(setting);
        }
        tagged || empty
    }

    fn tags(&mut self, value: &str, path: &str, at: usize, used: bool) -> bool {
        let source = self.places.at(at).0;
        let below_sip = self.open.iter().any(|o| o.name.eq_ignore_ascii_case("sip"));
        let mut any = false;
        for name in names::tags(value) {
            any = true;
            if self.out.tags.len() >= MAX_LIST {
                self.problem(ProblemKind::LongList, at);
                break;
            }
            let for_sip = below_sip || names::is_sip_tag(name);
            self.out.tags.push(Tag { name: name.to_owned(), path: path.to_owned(), source, used, for_sip });
        }
        any
    }

    /// A value as its name says: private where it may be a secret, a person or a place.
    fn segment(&self, key: &str, value: &str) -> Segment {
        let element = self.open.last().map_or("", |o| o.name.as_str());
        let secret = self.open.iter().any(|o| names::is_secret(&o.name));
        names::segment(element, key, secret, value)
    }

    fn path(&self) -> String {
        let names: Vec<&str> = self.open.iter().map(|o| o.name.as_str()).collect();
        names.join("/")
    }

    fn line(&mut self, shown: Vec<Segment>, at: usize, flagged: bool) {
        if self.out.pretty.len() >= MAX_LINES {
            self.problem(ProblemKind::LongList, at);
            return;
        }
        let depth = self.open.len().saturating_sub(1);
        let source = self.places.at(at).0;
        self.out.pretty.push(PrettyLine { depth, text: Text(shown), source, flagged });
    }

    fn finish(&mut self) {
        let end = self.text.len();
        if !self.stopped {
            if let Some(open) = self.open.last() {
                let kind = ProblemKind::CutOff(open.name.clone());
                self.problem(kind, end);
            } else if self.out.elements == 0 {
                self.problem(ProblemKind::NoElement, 0);
            }
        }
        if self.limited {
            self.problem(ProblemKind::TooLong, end);
        }
        let own = |t: &&Tag| names::is_broadworks_own(&t.name);
        self.out.template = self.out.used_tags().filter(own).count() >= 2;
        let whole = !self.out.problems.iter().any(|p| p.kind.is_fatal() || p.kind.is_limit() || p.kind.word() == "cut-off");
        self.out.sbc = sbc(&self.out, self.has_sip && whole);
        self.out.problems.sort_by_key(|p| (p.source.line, p.column));
    }
}

/// How the SBC's address stands: that of the proxy where there is one, else of the other elements that may hold it.
fn sbc(config: &DeviceConfig, missing_counts: bool) -> Sbc {
    let used: Vec<&Setting> = config.addresses.iter().filter(|a| a.used).collect();
    let proxies: Vec<&&Setting> =
        used.iter().filter(|a| matches!(a.meaning, Some(Meaning::Proxy | Meaning::Discovery))).collect();
    let of: Vec<&Setting> = if proxies.is_empty() { used.clone() } else { proxies.into_iter().copied().collect() };
    let is_tag = |s: &&Setting| config.tags.iter().any(|t| t.used && t.path == s.path && t.source == s.source);
    if of.iter().any(|s| s.filled) {
        Sbc::Filled
    } else if of.iter().copied().any(|s| is_tag(&s)) {
        Sbc::Tag
    } else if !of.is_empty() {
        Sbc::Empty
    } else if missing_counts {
        Sbc::Missing
    } else {
        Sbc::Unknown
    }
}

fn short(text: &str) -> String {
    short_to(text, 120)
}

fn short_to(text: &str, bytes: usize) -> String {
    let mut end = text.len().min(bytes);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().to_owned()
}
