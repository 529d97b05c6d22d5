//! A SIP message, split but not interpreted (RFC 3261 §7, §25.1). In: its text, free of any log prefix. Out: [`Message`] with
//! every header kept as written and its byte span; what is malformed is listed, never dropped.

use std::ops::Range;

use super::check;
use super::header::{BLANKS, is_token_byte, trim};
pub use super::method::Method;

/// Header fields of one message that are kept.
const MAX_HEADERS: usize = 2_000;
/// Problems of one message that are listed.
const MAX_PROBLEMS: usize = 20;

/// The first line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StartLine {
    /// `INVITE sip:a@b SIP/2.0`
    Request {
        /// The method.
        method: Method,
        /// Request-URI as written.
        uri: Range<usize>,
    },
    /// `SIP/2.0 200 OK`
    Response {
        /// 100–699 when well-formed; any number as written.
        code: u16,
        /// Reason phrase as written.
        reason: Range<usize>,
    },
}

/// One header field as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// Span of the name in [`Message::text`], as written (compact names stay compact).
    pub name: Range<usize>,
    /// Span of the value, outer blanks left aside, folds inside it.
    pub value: Range<usize>,
}

/// A SIP message: its text and where everything stands in it. All spans are byte ranges of `text` on character borders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message without any log prefix; line ends as recovered.
    pub text: String,
    /// The first line.
    pub start: StartLine,
    /// Header fields in order, every one.
    pub headers: Vec<Header>,
    /// The body, empty when there is none.
    pub body: Range<usize>,
    /// What is malformed or cut off, in the program's own short words; empty when clean.
    pub problems: Vec<String>,
}

/// Collects problems: each once, up to a cap that is itself told.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    list: Vec<String>,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: impl Into<String>) {
        let problem = problem.into();
        if self.list.len() < MAX_PROBLEMS && !self.list.contains(&problem) {
            self.list.push(problem);
            if self.list.len() == MAX_PROBLEMS {
                self.list.push("More problems are not listed".to_owned());
            }
        }
    }
}

impl Message {
    /// Splits the text of one message. `None` only when its first line (blank lines before it aside) is no SIP start line; anything
    /// else that is wrong is listed in [`Message::problems`] and the rest is used as far as it goes.
    pub fn parse(text: String) -> Option<Self> {
        let mut problems = Problems::default();
        let lines = Lines::new(&text);
        // Blank lines before the start line are allowed (RFC 3261 §7.5).
        let first = lines.from(text.len() - text.trim_start_matches(BLANKS).len());
        let start = start_line(&text, &first.content, &mut problems)?;
        let head = Head::read(&text, &lines, first.next, &mut problems);
        let mut message = Self { start, headers: head.headers, body: head.body..text.len(), problems: Vec::new(), text };
        message.body = check::body(&message, head.closed, &mut problems);
        check::headers(&message, head.closed, &mut problems);
        message.problems = problems.list;
        Some(message)
    }
}

/// One line: its content without line end, and where the next begins.
struct Line {
    content: Range<usize>,
    next: usize,
}

/// Lines end with LF, with or without CR before it; in a text without any LF, a CR alone ends them.
struct Lines<'a> {
    text: &'a str,
    end: char,
}

impl<'a> Lines<'a> {
    fn new(text: &'a str) -> Self {
        Self { text, end: if text.contains('\n') { '\n' } else { '\r' } }
    }

    fn from(&self, at: usize) -> Line {
        let rest = self.text.get(at..).unwrap_or("");
        let (length, step) = match rest.find(self.end) {
            Some(length) => (length, length + 1),
            None => (rest.len(), rest.len()),
        };
        let content = rest.get(..length).unwrap_or("").trim_end_matches('\r').len();
        Line { content: at..at + content, next: at + step }
    }
}

/// The span of `part`, which is a piece of `text`: by address, so that readers can hand pieces around.
pub(super) fn span_within(text: &str, part: &str) -> Range<usize> {
    let start = (part.as_ptr() as usize).wrapping_sub(text.as_ptr() as usize);
    match start.checked_add(part.len()) {
        Some(end) if end <= text.len() => start..end,
        _ => text.len()..text.len(),
    }
}

/// `Request-Line = Method SP Request-URI SP SIP-Version`, `Status-Line = SIP-Version SP Status-Code SP Reason-Phrase` (RFC 3261 §25.1).
/// More blanks than one, other versions and odd targets are read and told.
fn start_line(text: &str, span: &Range<usize>, problems: &mut Problems) -> Option<StartLine> {
    let line = text.get(span.clone())?;
    let (first, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
    if is_version(first) {
        let rest = rest.trim_start_matches([' ', '\t']);
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (code, reason) = (rest.get(..digits)?, rest.get(digits..)?);
        if code.is_empty() || !(reason.is_empty() || reason.starts_with([' ', '\t'])) {
            return None;
        }
        check_version(first, problems);
        let number = code.parse().unwrap_or(u16::MAX);
        if code.len() != 3 || !(100..=699).contains(&number) {
            problems.push("Status code is not one of 100 to 699");
        }
        return Some(StartLine::Response { code: number, reason: span_within(text, trim(reason)) });
    }
    let line = line.trim_end_matches([' ', '\t']);
    let at = line.rfind([' ', '\t'])?;
    let version = line.get(at + 1..)?;
    let target = line.get(first.len()..at).map(trim).filter(|target| !target.is_empty())?;
    if !is_version(version) || first.is_empty() || !first.bytes().all(is_token_byte) {
        return None;
    }
    check_version(version, problems);
    check::request_uri(target, problems);
    if span.len() != first.len() + target.len() + version.len() + 2 {
        problems.push("Request line has more blanks than one between its parts, or at its end");
    }
    Some(StartLine::Request { method: Method::from_token(first), uri: span_within(text, target) })
}

/// `SIP/2.0` or another version; case does not matter (RFC 3261 §7.1).
fn is_version(word: &str) -> bool {
    let (name, number) = word.split_at_checked(4).unwrap_or((word, ""));
    let (major, minor) = number.split_once('.').unwrap_or((number, ""));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    name.eq_ignore_ascii_case("SIP/") && digits(major) && digits(minor)
}

fn check_version(version: &str, problems: &mut Problems) {
    if !version.eq_ignore_ascii_case("SIP/2.0") {
        problems.push("SIP version is not 2.0");
    }
}

/// Header fields and where they end.
struct Head {
    headers: Vec<Header>,
    /// Where the body begins.
    body: usize,
    /// A blank line closed the header.
    closed: bool,
}

impl Head {
    /// Reads lines up to the blank one that ends the header (RFC 3261 §7.3.1).
    fn read(text: &str, lines: &Lines<'_>, mut at: usize, problems: &mut Problems) -> Self {
        let mut headers: Vec<Header> = Vec::with_capacity(24);
        let mut left_aside = 0_usize;
        let mut closed = false;
        // A log that indents the whole message: what the first header field is indented by is no fold.
        let indent = indent(text.get(lines.from(at).content).unwrap_or(""));
        while at < text.len() {
            let line = lines.from(at);
            let content = text.get(line.content.clone()).unwrap_or("");
            let content = content.get(indent.min(self::indent(content))..).unwrap_or("");
            if content.is_empty() || (trim(content).is_empty() && !fold_goes_on(text, lines, line.next)) {
                at = line.next;
                closed = true;
                break;
            }
            if begins_body(content) {
                problems.push("No blank line between header and body");
                closed = true;
                break;
            }
            at = line.next;
            let indented = content.starts_with([' ', '\t']);
            match (indented, headers.last_mut()) {
                (true, Some(_)) if left_aside > 0 => {}
                (true, Some(last)) => last.value = join(text, &last.value, trim(content)),
                _ => match field(text, content) {
                    Some(_) if headers.len() >= MAX_HEADERS => left_aside += 1,
                    Some(header) => headers.push(header),
                    None => problems.push("A line of the header is no header field"),
                },
            }
        }
        if left_aside > 0 {
            problems.push(format!("{left_aside} more header fields than {MAX_HEADERS} were not read"));
        }
        Self { headers, body: at, closed }
    }
}

/// Blanks that a line begins with, in bytes.
fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches([' ', '\t']).len()
}

/// `header-name *( SP / HTAB ) ":" value`. A name that is not a token (masked, or cut by a log) is kept as long as it is one word.
fn field(text: &str, line: &str) -> Option<Header> {
    let (name, value) = line.split_once(':')?;
    let name = trim(name);
    if name.is_empty() || name.bytes().any(|b| b.is_ascii_whitespace()) {
        return None;
    }
    Some(Header { name: span_within(text, name), value: span_within(text, trim(value)) })
}

/// A value with one more folded line; an empty value begins with that line.
fn join(text: &str, value: &Range<usize>, more: &str) -> Range<usize> {
    let more = span_within(text, more);
    if more.is_empty() {
        value.clone()
    } else if value.is_empty() {
        more
    } else {
        value.start..more.end
    }
}

/// A line of blanks only ends the header, as logs print an empty line, unless a known header field or a fold follows.
fn fold_goes_on(text: &str, lines: &Lines<'_>, next: usize) -> bool {
    let content = lines.from(next).content;
    let after = text.get(content).unwrap_or("");
    let name = after.split(':').next().map_or("", str::trim_end);
    after.contains(':') && super::grammar::is_known_header(name.as_bytes())
}

/// The first line of a session description or of a multipart body, where a log left the blank line out.
fn begins_body(line: &str) -> bool {
    line.trim_end() == "v=0" || (line.starts_with("--") && !line.contains(": "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "Via: SIP/2.0/TLS [Redacted];branch=z9hG4bK1;rport\nFrom:<sip:***@example.com>;tag=1\nTo: \"[Redacted]\" <sip:[Redacted]>\n\
        Call-ID: ***\nCSeq: 7 INVITE\n";

    fn parse(start: &str, rest: &str) -> Message {
        Message::parse(format!("{start}\n{HEAD}{rest}")).unwrap()
    }

    #[test]
    fn masked_values_are_kept_and_not_called_malformed() {
        for start in [
            "INVITE [Redacted] SIP/2.0",
            "INVITE sip:<hidden>@x SIP/2.0",
            "INVITE *** SIP/2.0",
            "SIP/2.0 200 OK",
            "sip/2.0 200 OK",
        ] {
            let m = parse(start, "Supported:\nContent-Length: 0\n\n");
            assert_eq!(m.problems, Vec::<String>::new(), "{start}");
            assert_eq!((m.call_id(), m.header("supported")), (Some("***"), Some("")));
            assert_eq!(m.top_via().unwrap().host, "[Redacted]");
            assert_eq!(m.from().unwrap().uri, "sip:***@example.com");
            assert_eq!(m.method(), Some(Method::Invite));
        }
        let m = Message::parse("SIP/2.0 200 OK\nCSeq: *** BYE\n".to_owned()).unwrap();
        assert_eq!((m.method(), m.cseq()), (Some(Method::Bye), None));
    }

    #[test]
    fn no_start_line_no_message() {
        for line in [
            "",
            "\r\n\r\n",
            "HTTP/1.1 200 OK",
            "GET / HTTP/1.1",
            "Via: SIP/2.0/UDP x",
            "INVITE sip:a@b",
            "INVITE SIP/2.0",
            "SIP/2.0 OK",
        ] {
            assert!(Message::parse(format!("{line}\nTo: a\n\n")).is_none(), "{line}");
        }
        assert!(Message::parse("\r\n\r\nACK sip:a@b SIP/2.0\r\n\r\n".to_owned()).is_some());
    }

    #[test]
    fn line_ends() {
        let text = "BYE sip:a@b SIP/2.0\nVia: SIP/2.0/UDP h;branch=z9hG4bK1\nf: <sip:a@b>;tag=1\nt: <sip:c@d>;tag=2\ni: 1\nCSeq: 1 BYE\nl: 2\n\nhi";
        for end in ["\n", "\r\n", "\r\r\n", "\r"] {
            let m = Message::parse(text.replace('\n', end)).unwrap();
            assert_eq!((m.problems.as_slice(), m.body_text(), m.headers.len()), ([].as_slice(), "hi", 6), "{end:?}");
            assert_eq!((m.from().unwrap().tag(), m.call_id()), (Some("1"), Some("1")));
        }
    }

    #[test]
    fn folds() {
        let m = parse("INVITE sip:a@b SIP/2.0", "Subject: one\n \t two\n\tthree\nX-Empty:\n   late\n \nContent-Length: 0\n\n");
        assert_eq!(m.header("Subject"), Some("one\n \t two\n\tthree"));
        assert_eq!(m.header("x-empty"), Some("late"));
        // A line of blanks is a fold only where the header goes on.
        assert_eq!((m.header("Content-Length"), m.body_text()), (Some("0"), ""));
        let m = parse("INVITE sip:a@b SIP/2.0", "Content-Length: 5\n \t\nhello");
        assert_eq!((m.body_text(), m.problems.len()), ("hello", 0));
    }

    #[test]
    fn indented_as_a_whole() {
        let text = "  BYE sip:a@b SIP/2.0\n  Via: SIP/2.0/UDP h;branch=z9hG4bK1\n  From: <sip:a@b>\n    ;tag=1\n  To: <sip:c@d>;tag=2\n  Call-ID: 1\n  CSeq: 1 BYE\n  Content-Length: 0\n\n";
        let m = Message::parse(text.to_owned()).unwrap();
        assert_eq!((m.problems.as_slice(), m.headers.len(), m.from().unwrap().tag()), ([].as_slice(), 6, Some("1")));
    }

    #[test]
    fn cut_messages_say_so() {
        let whole = format!(
            "INVITE sip:a@b SIP/2.0\n{HEAD}Content-Type: application/sdp\nContent-Length: 39\n\nv=0\nc=IN IP4 192.0.2.1\nm=audio 4 X 0\n"
        );
        assert_eq!(Message::parse(whole.clone()).unwrap().problems, Vec::<String>::new());
        for end in 30..whole.len() - 3 {
            let m = Message::parse(whole.get(..end).unwrap().to_owned()).unwrap();
            assert!(
                m.problems.iter().any(|p| p.to_lowercase().contains("cut off") || p.starts_with("Content-Length is ")),
                "{end}: {:?}",
                m.problems
            );
        }
    }

    #[test]
    fn content_length_never_costs_a_line_of_the_body() {
        let body = "v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\na=sendonly\n";
        for length in ["0", "4", "20", "57", "61", "9999", "-1", "99999999999999999999999", "***", ""] {
            let m =
                parse("INVITE sip:a@b SIP/2.0", &format!("Content-Type: application/sdp\nContent-Length: {length}\n\n{body}"));
            assert_eq!(m.body_text(), body, "{length}");
            // 57 bytes as written, 61 on the wire.
            assert_eq!(m.problems.is_empty(), matches!(length, "57" | "61" | "***"), "{length}: {:?}", m.problems);
        }
        let m = parse("INVITE sip:a@b SIP/2.0", &format!("Content-Type: application/sdp\n\n{body}"));
        assert_eq!((m.body_text(), m.problems.len()), (body, 0));
        let m = parse(
            "INVITE sip:a@b SIP/2.0",
            &format!("Content-Type: application/sdp\nContent-Length: 61\n\n{body}some text of the log\n"),
        );
        assert_eq!((m.body_text(), m.problems.as_slice()), (body, ["21 bytes follow the end of the body".to_owned()].as_slice()));
    }

    #[test]
    fn body_without_blank_line() {
        let m = parse("INVITE sip:a@b SIP/2.0", "Content-Type: application/sdp\nv=0\nm=audio 4000 RTP/AVP 0\n");
        assert_eq!(m.problems, ["No blank line between header and body"]);
        assert_eq!(m.sdp().unwrap().media.len(), 1);
    }

    #[test]
    fn floods_are_capped_and_told() {
        let many = "X: 1\n".repeat(MAX_HEADERS + 10);
        let m = parse("INVITE sip:a@b SIP/2.0", &format!("{many}Content-Length: 0\n\nbody"));
        assert_eq!(m.headers.len(), MAX_HEADERS);
        assert!(m.problems.iter().any(|p| p.starts_with("16 more header fields")), "{:?}", m.problems);
        assert_eq!(m.body_text(), "body");
        let m = parse("INVITE sip:a@b SIP/2.0", &format!("Subject: a\n{}\nContent-Length: 0\n\n", " b\n".repeat(400_000)));
        assert_eq!(m.header("Subject").map(str::len), Some(1 + 3 * 400_000));
    }

    #[test]
    fn stray_lines_are_told() {
        let m = parse("INVITE sip:a@b SIP/2.0", "[Redacted]\nMax-Forwards: 70\nContent-Length: 0\n\n");
        assert_eq!(m.problems, ["A line of the header is no header field"]);
        assert_eq!(m.header("Max-Forwards"), Some("70"));
    }
}
