//! How far the body of a message goes in a log (RFC 3261 §7.4, §20.14). In: Content-Length and Content-Type as logged, then line after
//! line. Out: does the line belong to it? Lengths are counted both as logged and as on the wire, because a log that prints LF has
//! lost a byte a line; masked values may make a body shorter or longer than it was told.

use memchr::memmem;

use crate::sip::Method;
use crate::sip::grammar::{is_header_line, start_line_at};

/// Lines that are held back inside a session description until one of its lines follows.
const MAX_HELD: usize = 2;

/// Content-Length as logged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Length {
    /// No such header.
    #[default]
    Missing,
    /// Masked, or no number that a message could have.
    Nonsense,
    /// Bytes on the wire.
    Told(usize),
}

impl Length {
    /// Reads the value; above `cap` it can't be meant.
    pub fn read(value: &[u8], cap: usize) -> Self {
        let text = std::str::from_utf8(value).unwrap_or_default().trim();
        match text.parse::<usize>() {
            Ok(bytes) if bytes <= cap => Self::Told(bytes),
            _ => Self::Nonsense,
        }
    }
}

/// What Content-Type says about where a body can end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// No Content-Type: a session description if it begins like one.
    #[default]
    None,
    /// Lines of one letter and `=`.
    Sdp,
    /// `message/*`: a start line in it is part of the body.
    Message,
    /// Up to the closing boundary; a start line in it is part of the body.
    Multipart(Vec<u8>),
    /// Anything else.
    Other,
}

impl Kind {
    /// Reads a Content-Type.
    pub fn read(value: &[u8]) -> Self {
        let lower = value.to_ascii_lowercase();
        let has = |word: &[u8]| memmem::find(&lower, word).is_some();
        if lower.starts_with(b"multipart/") {
            let boundary = memmem::find(&lower, b"boundary=").and_then(|at| value.get(at + 9..)).unwrap_or_default();
            let end = boundary.iter().position(|b| *b == b';').unwrap_or(boundary.len());
            let boundary = boundary.get(..end).unwrap_or_default().trim_ascii();
            Self::Multipart(boundary.strip_prefix(b"\"").and_then(|b| b.strip_suffix(b"\"")).unwrap_or(boundary).to_vec())
        } else if lower.starts_with(b"message/") || has(b"sipfrag") {
            Self::Message
        } else if has(b"application/sdp") {
            Self::Sdp
        } else {
            Self::Other
        }
    }
}

/// What to do with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// It belongs to the body.
    Yes,
    /// It belongs to it and is its last.
    Last,
    /// It may belong to it: kept until the next line tells.
    Held,
    /// The body ended before it.
    No,
    /// Only the first bytes belong to it: a message begins at this place.
    Split(usize),
}

/// The body so far.
#[derive(Clone, Debug, Default)]
pub struct Body {
    length: Length,
    kind: Kind,
    lines: Vec<(Vec<u8>, bool)>,
    held: Vec<(Vec<u8>, bool)>,
    bytes: usize,
}

impl Body {
    /// A body is due after a header that told this.
    pub fn new(length: Length, kind: Kind) -> Self {
        Self { length, kind, ..Self::default() }
    }

    /// Can there be one at all?
    pub fn is_possible(&self) -> bool {
        self.length != Length::Told(0)
    }

    /// Is there more to come, as far as is known?
    pub fn is_due(&self) -> bool {
        match self.length {
            Length::Told(bytes) => self.bytes < bytes,
            _ => self.lines.is_empty() && self.kind != Kind::None,
        }
    }

    /// Would the line still be within its length?
    pub fn has_room(&self, line: &[u8]) -> bool {
        matches!(self.length, Length::Told(bytes) if self.on_wire() + line.len() <= bytes)
    }

    /// Bytes as on the wire.
    pub fn on_wire(&self) -> usize {
        self.bytes + self.lines.len()
    }

    fn is_sdp(&self) -> bool {
        self.kind == Kind::Sdp || self.lines.first().is_some_and(|(line, _)| line.starts_with(b"v=0"))
    }

    /// Looks at the next line (`cr`: it ended in CR LF; `own`: it stands in the message's own record, so anything may be in it) and takes
    /// it if it belongs to the body.
    pub fn offer(&mut self, line: &[u8], cr: bool, own: bool) -> Take {
        let take = self.judge(line, own);
        match take {
            Take::Yes | Take::Last => {
                for (held, cr) in std::mem::take(&mut self.held) {
                    self.push(&held, cr);
                }
                self.push(line, cr);
            }
            Take::Held => self.held.push((line.to_vec(), cr)),
            Take::Split(at) => self.push(line.get(..at).unwrap_or_default(), cr),
            Take::No => {}
        }
        take
    }

    fn push(&mut self, line: &[u8], cr: bool) {
        self.bytes += line.len() + 1;
        self.lines.push((line.to_vec(), cr));
    }

    fn judge(&self, line: &[u8], own: bool) -> Take {
        if let Some(at) = self.glued(line) {
            return Take::Split(at);
        }
        let starts = start_line_at(line) == Some(0);
        let sdp_like = is_sdp_line(line);
        match &self.kind {
            Kind::None if self.length == Length::Missing || self.length == Length::Nonsense => {
                match (self.is_sdp(), self.lines.is_empty()) {
                    (false, true) if line.starts_with(b"v=0") => Take::Yes,
                    (true, _) => self.judge_sdp(line, sdp_like, starts, own),
                    _ => Take::No,
                }
            }
            Kind::Message => self.judge_fragment(line, starts),
            Kind::Multipart(boundary) => self.judge_multipart(line, boundary),
            Kind::None | Kind::Sdp if self.is_sdp() || self.lines.is_empty() && sdp_like => {
                self.judge_sdp(line, sdp_like, starts, own)
            }
            Kind::Sdp => self.judge_sdp(line, sdp_like, starts, own),
            Kind::None | Kind::Other => self.judge_other(line, starts),
        }
    }

    /// Lines of one letter and `=`, whatever the length says; others only between such lines.
    fn judge_sdp(&self, line: &[u8], sdp_like: bool, starts: bool, own: bool) -> Take {
        let again = line.starts_with(b"v=") && !self.lines.is_empty();
        if starts || again {
            Take::No
        } else if sdp_like {
            Take::Yes
        } else if own && self.held.len() < MAX_HELD && (self.is_due() || self.lines.is_empty()) {
            Take::Held
        } else {
            Take::No
        }
    }

    /// `message/sipfrag` and its like: within its length everything, else up to the first blank line after it began.
    fn judge_fragment(&self, line: &[u8], starts: bool) -> Take {
        match self.length {
            Length::Told(bytes) => self.judge_told(line, bytes),
            _ if self.lines.is_empty() => Take::Yes,
            _ if starts || line.is_empty() => Take::No,
            _ if is_header_line(line) || line.starts_with(b" ") => Take::Yes,
            _ => Take::No,
        }
    }

    fn judge_multipart(&self, line: &[u8], boundary: &[u8]) -> Take {
        let opening = self.lines.iter().find_map(|(first, _)| first.strip_prefix(b"--"));
        let boundary = opening.unwrap_or(boundary).trim_ascii_end();
        let closes = line.strip_prefix(b"--").and_then(|l| l.strip_prefix(boundary)).is_some_and(|l| l.starts_with(b"--"));
        if closes {
            return Take::Last;
        }
        match self.length {
            Length::Told(bytes) => self.judge_told(line, bytes),
            _ => Take::Yes,
        }
    }

    fn judge_other(&self, line: &[u8], starts: bool) -> Take {
        match self.length {
            // Within its length anything is body, a start line too.
            Length::Told(bytes) => self.judge_told(line, bytes),
            _ if starts => Take::No,
            _ if line.is_empty() && !self.lines.is_empty() => Take::No,
            _ => Take::Yes,
        }
    }

    /// Counts as on the wire; where the log's own count has not reached the length yet, lines that go on like the last are taken too.
    fn judge_told(&self, line: &[u8], bytes: usize) -> Take {
        if self.on_wire() < bytes {
            return if self.on_wire() + line.len() >= bytes && self.bytes + line.len() >= bytes { Take::Last } else { Take::Yes };
        }
        let goes_on = matches!(line.first(), Some(b'<' | b' ' | b'\t' | b'-')) || is_header_line(line);
        if self.bytes + line.len() <= bytes && goes_on { Take::Yes } else { Take::No }
    }

    /// Where another message begins on this line: exactly where the length says, or apart from a line of a session description.
    fn glued(&self, line: &[u8]) -> Option<usize> {
        let whole = start_line_at(line) == Some(0) && self.kind != Kind::Message;
        if let Length::Told(bytes) = self.length
            && !whole
        {
            for counted in [self.on_wire(), self.bytes] {
                let rest = bytes.saturating_sub(counted);
                if rest > 0 && line.get(rest..).is_some_and(|tail| start_line_at(tail) == Some(0) && has_known_method(tail)) {
                    return Some(rest);
                }
            }
        }
        (self.is_sdp() && is_sdp_line(line)).then(|| start_line_at(line)).flatten().filter(|at| *at > 0)
    }

    /// The bytes of the body as on the wire, as far as they can be told.
    pub fn text(&self) -> Vec<u8> {
        let told = match self.length {
            Length::Told(bytes) => Some(bytes),
            _ => None,
        };
        let sum: usize = self.lines.iter().map(|(line, _)| line.len()).sum();
        let mut ends = self.lines.len();
        let crs = self.lines.iter().filter(|(_, cr)| *cr).count();
        let fits = |told: usize| {
            let lengths = [sum + 2 * ends, sum + 2 * ends + 2, sum + ends, sum + ends + crs];
            lengths.contains(&told) || told + 2 == sum + 2 * ends || told + 1 == sum + ends || told + 1 == sum + ends + crs
        };
        if told.is_some_and(|told| !fits(told)) {
            // Masks made it shorter, so its length ran on into the empty lines behind it.
            ends -= self.lines.iter().rev().take_while(|(line, _)| line.is_empty()).count();
        }
        // Line end of all lines, and whether the last has one.
        let known = self.lines.iter().any(|(_, cr)| *cr);
        let (end, last): (&[u8], bool) = match told {
            _ if ends == 0 => (b"\r\n", false),
            Some(told) if told == sum + 2 * ends => (b"\r\n", true),
            Some(told) if told == sum + 2 * (ends - 1) => (b"\r\n", false),
            // Logs drop empty lines at the end.
            Some(told) if told == sum + 2 * ends + 2 => (b"\r\n", true),
            Some(told) if !known && told == sum + ends => (b"\n", true),
            Some(told) if !known && told + 1 == sum + ends => (b"\n", false),
            _ => (b"\r\n", true),
        };
        let dropped = told == Some(sum + 2 * ends + 2);
        let mixed = known && !dropped && told.is_some_and(|told| told != sum + 2 * ends && told + 2 != sum + 2 * ends);
        let mut out = Vec::with_capacity(sum + 2 * ends);
        for (at, (line, cr)) in self.lines.iter().take(ends).enumerate() {
            out.extend_from_slice(line);
            if at + 1 < ends || last {
                out.extend_from_slice(if mixed && !cr { b"\n" } else { end });
            }
        }
        if dropped {
            out.extend_from_slice(end);
        }
        out
    }
}

/// Not the rest of a method that was split in two.
fn has_known_method(line: &[u8]) -> bool {
    let word = line.split(|b| *b == b' ').next().unwrap_or_default();
    let method = std::str::from_utf8(word).map(Method::from_token);
    word.starts_with(b"SIP/") || method.is_ok_and(|m| !matches!(m, Method::Other(_)))
}

/// `x=…` (RFC 8866 §5).
pub fn is_sdp_line(line: &[u8]) -> bool {
    line.first().is_some_and(u8::is_ascii_lowercase) && line.get(1) == Some(&b'=')
}

/// A line that only a session description has, for places where a log's own `x=1` may stand as well.
pub fn is_surely_sdp(line: &[u8]) -> bool {
    let value = line.get(2..).unwrap_or_default();
    let media: [&[u8]; 6] = [b"audio ", b"video ", b"text ", b"application ", b"message ", b"image "];
    is_sdp_line(line)
        && match line.first() {
            Some(b'm') => media.iter().any(|m| value.starts_with(m)),
            Some(b'c') => value.starts_with(b"IN "),
            // There is no other version (RFC 8866 §5.1).
            Some(b'v') => value == b"0",
            Some(b't') => value.first().is_some_and(u8::is_ascii_digit),
            Some(b'a' | b'o' | b's' | b'b') => value.len() > 1 || value == b"-",
            Some(letter) => b"iuepkrz".contains(letter) && value.len() > 1,
            None => false,
        }
}
