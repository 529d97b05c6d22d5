//! One message while it is being found. In: the lines after its start line, one by one. Out: does each belong to it? At the end its text.
//! Must not know other messages.

use super::body::{Body, Kind, Length, Take, is_surely_sdp};
use super::oneline::unescape;
use super::prefix::{header_name, is_bare, learn, strip, without_cr};
use crate::base::{NoteKind, SourceRef};
use crate::records::Stamp;
use crate::sip::grammar::{is_header_line, is_known_header, start_line_at};

use super::hints::Hints;

/// Longest message kept; what is beyond is counted in a note.
pub const MAX_MESSAGE: usize = 256 * 1024;
/// Lines inside a header that are no header lines and are held until a header line follows.
const MAX_HELD: usize = 3;

/// Headers that tell a SIP message from a log's own `Name: text`.
const CORE: [(&[u8], u8); 14] = [
    (b"via", 1),
    (b"v", 1),
    (b"from", 2),
    (b"f", 2),
    (b"to", 4),
    (b"t", 4),
    (b"call-id", 8),
    (b"i", 8),
    (b"cseq", 16),
    (b"contact", 32),
    (b"m", 32),
    (b"max-forwards", 32),
    (b"route", 32),
    (b"record-route", 32),
];
/// Via, From, To, Call-ID and CSeq.
const MANDATORY: u8 = 31;

/// A line as the log has it, behind the record's head.
#[derive(Clone, Copy, Debug)]
pub struct Line<'a> {
    /// Its bytes without LF; a CR may be left.
    pub content: &'a [u8],
    /// It is the first of a record with a head.
    pub headed: bool,
    /// Counts the lines of its record from 0.
    pub ordinal: u32,
    /// Number of its record in the member.
    pub record: u64,
    /// Thread of its record.
    pub thread: &'a [u8],
    /// Line in the member, from 1.
    pub number: u64,
    /// Where the line starts.
    pub offset: u64,
    /// Its length with line end.
    pub bytes: u64,
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It belongs to the message.
    Mine,
    /// It belongs to it and ends it.
    MineAndDone,
    /// It does not, and the message goes on perhaps.
    NotMine,
    /// It does not, and the message ended before it.
    Done,
    /// The message ended inside the line: the next begins at this place of its content.
    DoneAt(usize),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Header,
    Body,
}

/// A message that is not finished.
#[derive(Clone, Debug)]
pub struct Open {
    /// Thread of the record it began in.
    pub thread: Vec<u8>,
    /// Each of its lines is a record of its own.
    pub each_headed: bool,
    /// Record that its last line was in.
    pub last_record: u64,
    /// Records that followed and were not its own.
    pub strangers: u32,
    /// Where its start line is.
    pub source: SourceRef,
    /// Stamp of the record of its start line.
    pub stamp: Option<Stamp>,
    /// What the log says around its start line.
    pub hints: Hints,
    /// What each line begins with.
    prefix: Vec<u8>,
    /// The same of its lines of the other kind (first of a record, or not), where a log cut the message into records at will.
    other_prefix: Option<Vec<u8>>,
    /// What its record begins with: pieces in records of their own may begin likewise.
    lead: Vec<u8>,
    /// What each line ends with besides its line end.
    trailer: Vec<u8>,
    phase: Phase,
    header: Vec<u8>,
    held: Vec<Vec<u8>>,
    seen: u8,
    length: Length,
    kind: Kind,
    body: Body,
    last_line: u64,
    end: u64,
    doubled: bool,
    padded: bool,
    closed: bool,
    truncated: bool,
    exact_lines: u32,
    other_lines: u32,
}

/// What is known when a start line turns out to begin a message.
#[derive(Clone, Debug)]
pub struct Beginning {
    /// The start line, without what stood around it.
    pub start: Vec<u8>,
    /// Thread of its record.
    pub thread: Vec<u8>,
    /// Its record.
    pub record: u64,
    /// Where it is.
    pub source: SourceRef,
    /// Stamp of its record.
    pub stamp: Option<Stamp>,
    /// What stands around it.
    pub hints: Hints,
    /// What ends its line besides the line end.
    pub trailer: Vec<u8>,
    /// The beginning of its record, behind the head.
    pub lead: Vec<u8>,
}

impl Open {
    /// A message begins: its first header line has been seen at `prefix` bytes into `line`, but not taken yet.
    pub fn new(beginning: Beginning, prefix: &[u8], each_headed: bool, doubled: bool) -> Self {
        let mut header = beginning.start;
        header.extend_from_slice(b"\r\n");
        let source = beginning.source;
        Self {
            thread: beginning.thread,
            each_headed,
            last_record: beginning.record,
            strangers: 0,
            stamp: beginning.stamp,
            hints: beginning.hints,
            prefix: prefix.to_vec(),
            other_prefix: None,
            lead: beginning.lead,
            trailer: beginning.trailer,
            phase: Phase::Header,
            header,
            held: Vec::new(),
            seen: 0,
            length: Length::Missing,
            kind: Kind::None,
            body: Body::default(),
            last_line: source.line,
            end: source.offset + u64::from(source.bytes),
            source,
            doubled,
            padded: false,
            closed: false,
            truncated: false,
            exact_lines: 0,
            other_lines: 0,
        }
    }

    /// What its lines of the other kind begin with: those in the middle of a record where each had one of its own so far.
    pub fn print_others_behind(&mut self, prefix: Vec<u8>) {
        self.other_prefix = Some(prefix);
    }

    /// Is there more to come, as far as is known?
    pub fn is_unfinished(&self) -> bool {
        match self.phase {
            Phase::Header => !(self.seen & MANDATORY == MANDATORY && self.length == Length::Told(0)),
            Phase::Body => self.body.is_due(),
        }
    }

    /// May the next record of its thread go on with its header? Stacks write headers behind `Content-Length: 0`, too.
    pub fn may_go_on(&self) -> bool {
        self.is_unfinished() || (self.phase == Phase::Header && !self.thread.is_empty())
    }

    /// Does the line begin exactly as this message's lines do? Tells messages apart whose threads the log does not name in its head.
    pub fn has_prefix(&self, content: &[u8]) -> bool {
        content.starts_with(&self.prefix)
    }

    /// Have its lines begun with the same bytes so far, more than once? Then a line that begins otherwise is of another thread.
    pub fn has_fixed_prefix(&self) -> bool {
        self.exact_lines > 1 && self.other_lines == 0 && !self.prefix.is_empty()
    }

    /// What each of its lines begins with.
    pub fn prefix(&self) -> &[u8] {
        &self.prefix
    }

    /// Looks at the next line and takes it if it belongs to this message. `own`: the line stands in the record that the message was last
    /// seen in, so it may be anything that a message has; else only what is surely of a message is taken.
    pub fn offer(&mut self, line: &Line<'_>, own: bool) -> Answer {
        let (content, cr) = without_cr(line.content);
        let unquoted;
        let mut trimmed = self.trim_end(content);
        if self.trailer.starts_with(b"\"") && trimmed.contains(&b'\\') {
            // Each line is a string of its own.
            unquoted = unescape(trimmed);
            trimmed = &unquoted;
        }
        let other = line.headed != self.each_headed;
        // Without a prefix of its own anything would do: what the other kind of line begins with is looked at first.
        let found = match self.behind_prefix(trimmed) {
            Some(found) if !(other && self.prefix.is_empty()) => Some(found),
            found if other => self.behind_other_prefix(trimmed, line.headed).or(found),
            found => found,
        };
        let Some((rest, at)) = found else {
            return Answer::NotMine;
        };
        if self.doubled && self.padded {
            self.padded = false;
            if rest.is_empty() && own {
                return Answer::Mine;
            }
            self.doubled = false;
        }
        let answer = match self.phase {
            Phase::Header => self.offer_header(rest, cr, own, line.headed),
            Phase::Body => self.offer_body(rest, cr, own, line.headed),
        };
        match answer {
            Answer::Mine | Answer::MineAndDone => {
                let exact = self.has_prefix(line.content);
                *(if exact { &mut self.exact_lines } else { &mut self.other_lines }) += 1;
                self.taken(line);
            }
            Answer::DoneAt(within) => {
                self.taken(line);
                return Answer::DoneAt(at + within);
            }
            Answer::NotMine | Answer::Done => {}
        }
        answer
    }

    fn taken(&mut self, line: &Line<'_>) {
        self.padded = self.doubled;
        self.last_record = line.record;
        self.strangers = 0;
        self.last_line = line.number;
        self.end = self.end.max(line.offset + line.bytes);
    }

    fn trim_end<'a>(&self, content: &'a [u8]) -> &'a [u8] {
        match content.strip_suffix(self.trailer.as_slice()) {
            Some(rest) if !self.trailer.is_empty() => without_cr(rest).0,
            // The last of a list of strings has no comma.
            None if self.trailer == b"\"," => content.strip_suffix(b"\"").unwrap_or(content),
            _ => content,
        }
    }

    fn behind_prefix<'a>(&self, content: &'a [u8]) -> Option<(&'a [u8], usize)> {
        if self.prefix.is_empty() {
            let blank = content.trim_ascii().is_empty();
            return Some((if blank { b"" } else { content }, 0));
        }
        if is_bare(&self.prefix, content) {
            return Some((b"", content.len()));
        }
        let at = strip(&self.prefix, content)?;
        let rest = content.get(at..)?;
        Some((if rest.trim_ascii().is_empty() { b"" } else { rest }, at))
    }

    /// A message in records cut at will: its lines that begin a record have another prefix than those that do not.
    fn behind_other_prefix<'a>(&mut self, content: &'a [u8], headed: bool) -> Option<(&'a [u8], usize)> {
        if !self.may_go_on() {
            return None;
        }
        let known = self.other_prefix.as_ref().and_then(|prefix| strip(prefix, content));
        let at = match (known, self.learn_other(content, headed)) {
            (Some(at), _) => at,
            (None, Some(at)) => {
                self.other_prefix = content.get(..at).map(<[u8]>::to_vec);
                at
            }
            // A line behind the one that began the record: as it stands.
            (None, None) if !headed => 0,
            (None, None) => return None,
        };
        Some((content.get(at..)?, at))
    }

    /// At the beginning of a record behind nothing, or behind what the message's own record begins with too and what its other lines begin
    /// with: a known header, or a line of a description. Elsewhere behind anything: a known header.
    fn learn_other(&self, content: &[u8], headed: bool) -> Option<usize> {
        if !headed {
            return learn(b"", content).filter(|_| self.phase == Phase::Header);
        }
        let same = content.iter().zip(&self.lead).take_while(|(a, b)| a == b).count();
        // Behind what both records begin with, up to the end of a word, and what the other lines begin with.
        let at = content.get(..same)?.iter().rposition(|b| !b.is_ascii_alphanumeric()).map_or(0, |last| last + 1);
        let rest = content.get(at..)?;
        if is_bare(&self.prefix, rest) {
            return Some(content.len());
        }
        let printed = at + rest.strip_prefix(self.prefix.as_slice()).map_or(0, |_| self.prefix.len());
        match self.phase {
            Phase::Header => learn(&self.lead, content).filter(|at| {
                let printed = content.get(..*at).is_some_and(|before| before.ends_with(&self.prefix));
                *at <= same || (printed && at.saturating_sub(self.prefix.len()) <= same)
            }),
            Phase::Body => {
                let sdp = [at, printed].into_iter().find(|at| content.get(*at..).is_some_and(is_surely_sdp));
                let due = content.get(printed..).is_some_and(|rest| self.awaits_body() && self.body.has_room(rest));
                sdp.or_else(|| due.then_some(printed))
            }
        }
    }

    fn offer_header(&mut self, rest: &[u8], cr: bool, own: bool, headed: bool) -> Answer {
        if rest.is_empty() {
            // A blank line of a stranger's record says nothing.
            return if own || self.each_headed || (headed && self.awaits_body()) { self.close_header() } else { Answer::NotMine };
        }
        let known = header_name(rest).is_some_and(|name| is_known_header(name) || name.contains(&b'-'));
        let starts = !known && start_line_at(rest).is_some();
        let folded = rest.starts_with(b" ") || rest.starts_with(b"\t");
        if known || (!starts && folded && own) || (!starts && is_header_line(rest) && own && !headed) {
            for held in std::mem::take(&mut self.held) {
                self.push_header(&held);
            }
            self.note_header(rest);
            self.push_header(rest);
            return Answer::Mine;
        }
        let begins_body = rest == b"v=0"
            || (rest.starts_with(b"--") && matches!(self.kind, Kind::Multipart(_)))
            || (rest.starts_with(b"<?xml") && self.kind == Kind::Other);
        if begins_body && self.length != Length::Told(0) {
            self.close_header();
            return self.offer_body(rest, cr, own, headed);
        }
        if starts {
            return Answer::Done;
        }
        if own && !headed && self.held.len() < MAX_HELD {
            self.held.push(rest.to_vec());
            return Answer::NotMine;
        }
        Answer::NotMine
    }

    /// Has all that a header must have, and told how long its body is; nothing else came on its thread.
    fn awaits_body(&self) -> bool {
        let told = matches!(self.length, Length::Told(bytes) if bytes > 0);
        told && self.seen & MANDATORY == MANDATORY && self.strangers == 0 && !self.thread.is_empty()
    }

    fn note_header(&mut self, line: &[u8]) {
        let Some(name) = header_name(line) else { return };
        let name = name.to_ascii_lowercase();
        if let Some((_, bit)) = CORE.iter().find(|(known, _)| *known == name.as_slice()) {
            self.seen |= bit;
        }
        let colon = line.iter().position(|b| *b == b':').unwrap_or(line.len());
        let value = line.get(colon + 1..).unwrap_or_default().trim_ascii();
        match name.as_slice() {
            b"content-length" | b"l" => self.length = Length::read(value, MAX_MESSAGE * 4),
            b"content-type" | b"c" => self.kind = Kind::read(value),
            _ => {}
        }
    }

    fn push_header(&mut self, line: &[u8]) {
        if self.header.len() + line.len() > MAX_MESSAGE {
            self.truncated = true;
            return;
        }
        self.header.extend_from_slice(line);
        self.header.extend_from_slice(b"\r\n");
    }

    fn close_header(&mut self) -> Answer {
        self.held.clear();
        self.closed = true;
        self.phase = Phase::Body;
        self.body = Body::new(self.length, self.kind.clone());
        if self.body.is_possible() { Answer::Mine } else { Answer::MineAndDone }
    }

    fn offer_body(&mut self, rest: &[u8], cr: bool, own: bool, headed: bool) -> Answer {
        let sure = own || self.each_headed || is_surely_sdp(rest) || (headed && self.awaits_body() && self.body.has_room(rest));
        if !sure {
            return Answer::NotMine;
        }
        if self.header.len() + self.body.on_wire() + rest.len() > MAX_MESSAGE {
            self.truncated = true;
            return if self.body.is_due() { Answer::Mine } else { Answer::Done };
        }
        match self.body.offer(rest, cr, own && !self.each_headed) {
            Take::Yes => Answer::Mine,
            Take::Last => Answer::MineAndDone,
            // The line may be the log's own: it is looked at as such, too.
            Take::Held => Answer::NotMine,
            Take::No if self.each_headed || !own => Answer::NotMine,
            Take::No => Answer::Done,
            Take::Split(at) => Answer::DoneAt(at),
        }
    }

    /// The text as on the wire, its lines in the log, and what is wrong about it; `None` when it has no header that only SIP has.
    pub fn finish(self) -> Option<Finished> {
        if self.seen == 0 {
            return None;
        }
        let mut text = self.header;
        let mut problem = None;
        // Many logs drop the empty line at the end of a message: with nothing due after it, nothing is missing.
        let complete = self.seen & MANDATORY == MANDATORY
            && (self.length == Length::Told(0) || (self.length == Length::Missing && self.kind == Kind::None));
        if self.closed || complete {
            text.extend_from_slice(b"\r\n");
            text.extend(self.body.text());
        }
        if self.truncated {
            problem =
                Some((NoteKind::Limit, format!("A message is longer than {MAX_MESSAGE} bytes; the rest of it was not kept")));
        }
        let bytes = u32::try_from(self.end.saturating_sub(self.source.offset)).unwrap_or(u32::MAX);
        let lines = u32::try_from(self.last_line.saturating_sub(self.source.line) + 1).unwrap_or(u32::MAX);
        Some(Finished {
            text: String::from_utf8_lossy(&text).into_owned(),
            source: SourceRef { bytes, ..self.source },
            lines,
            stamp: self.stamp,
            hints: self.hints,
            problem,
        })
    }
}

/// A message as far as the log had it.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Its text with the line ends of the wire.
    pub text: String,
    /// From its start line to its last.
    pub source: SourceRef,
    /// Lines of the log from its first to its last.
    pub lines: u32,
    /// Stamp of its first line's record.
    pub stamp: Option<Stamp>,
    /// What stands around its start line.
    pub hints: Hints,
    /// A cap that was reached.
    pub problem: Option<(NoteKind, String)>,
}
