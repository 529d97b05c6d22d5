//! Bodies of several parts (RFC 2046 §5.1, RFC 3261 §7.4). In: a Content-Type and a body. Out: the parts that are found. Must not know
//! what a part means.

use super::header::{Params, trim};

/// Parts within parts that are looked at.
const MAX_DEPTH: usize = 4;
/// Parts of one body that are looked at, all levels together.
const MAX_PARTS: usize = 64;

/// One part of a body; a body that is not multipart is its own only part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part<'a> {
    /// Content-Type as written, with its parameters; `None` when the part tells none.
    pub content_type: Option<&'a str>,
    /// Content.
    pub text: &'a str,
}

impl<'a> Part<'a> {
    /// `application/sdp`, without parameters.
    pub fn media_type(&self) -> Option<&'a str> {
        self.content_type.map(media_type)
    }

    /// A session description by its type, or, where the type is untold or masked, by its first line.
    pub fn is_sdp(&self) -> bool {
        match self.media_type() {
            Some(media_type) if media_type.eq_ignore_ascii_case("application/sdp") => true,
            Some(media_type) if media_type.contains('/') => false,
            _ => self.text.trim_start().starts_with("v=0"),
        }
    }
}

/// A Content-Type without its parameters.
pub(crate) fn media_type(content_type: &str) -> &str {
    trim(content_type.split(';').next().unwrap_or(content_type))
}

/// The leaves of a body in order; parts of multipart within multipart are found too, up to a few levels and 64 parts.
pub fn parts<'a>(content_type: Option<&'a str>, text: &'a str) -> Vec<Part<'a>> {
    let mut out = Vec::new();
    collect(Part { content_type, text }, 0, &mut out);
    out
}

/// A body of so many parts, or of parts so deep in parts, that [`parts`] left some aside.
pub(crate) fn is_beyond_reach(content_type: &str, text: &str) -> bool {
    is_multipart(content_type) && {
        let found = parts(Some(content_type), text);
        found.len() >= MAX_PARTS || found.iter().any(|part| part.content_type.is_some_and(is_multipart))
    }
}

fn is_multipart(content_type: &str) -> bool {
    media_type(content_type).get(..10).is_some_and(|t| t.eq_ignore_ascii_case("multipart/"))
}

fn collect<'a>(part: Part<'a>, depth: usize, out: &mut Vec<Part<'a>>) {
    if out.len() >= MAX_PARTS {
        return;
    }
    let multipart = part.content_type.is_some_and(is_multipart);
    let boundary = part.content_type.filter(|_| multipart && depth < MAX_DEPTH).and_then(|t| boundary(t, part.text));
    let Some(boundary) = boundary else {
        out.push(part);
        return;
    };
    for inner in split(part.text, boundary) {
        let (content_type, text) = split_part(inner);
        collect(Part { content_type, text }, depth + 1, out);
    }
}

/// The boundary parameter; where it is missing or masked, the body's first line tells it.
fn boundary<'a>(content_type: &'a str, body: &'a str) -> Option<&'a str> {
    let from = content_type.find(';').unwrap_or(content_type.len());
    let told = Params { text: content_type.get(from..)? }.value("boundary").filter(|b| !b.is_empty());
    let seen = || trim(body).lines().next()?.trim_end().strip_prefix("--").filter(|b| !b.is_empty());
    told.filter(|b| body.contains(*b)).or_else(seen)
}

/// Text between delimiter lines `--boundary`; the last one has `--` after it. A body that is cut gives its last part as far as it goes.
fn split<'a>(body: &'a str, boundary: &str) -> Vec<&'a str> {
    let mut out = Vec::new();
    let (mut start, mut at) = (None, 0);
    for line in body.split_inclusive('\n') {
        let delimiter = line.trim_start().strip_prefix("--").and_then(|rest| rest.strip_prefix(boundary)).map(trim);
        if let Some(after @ ("" | "--")) = delimiter {
            if let Some(start) = start.take() {
                out.push(body.get(start..at).unwrap_or(""));
            }
            if after == "--" || out.len() >= MAX_PARTS {
                return out;
            }
            start = Some(at + line.len());
        }
        at += line.len();
    }
    if let Some(start) = start {
        out.push(body.get(start..).unwrap_or(""));
    }
    out
}

/// A part's own header lines up to a blank line, of which only Content-Type matters, and its content.
fn split_part(part: &str) -> (Option<&str>, &str) {
    let (mut content_type, mut at) = (None, 0);
    for line in part.split_inclusive('\n') {
        let content = trim(line);
        if content.is_empty() {
            return (content_type, part.get(at + line.len()..).unwrap_or(""));
        }
        match content.split_once(':') {
            Some((name, value))
                if name.trim_end().eq_ignore_ascii_case("Content-Type") || name.trim_end().eq_ignore_ascii_case("c") =>
            {
                content_type = Some(trim(value));
            }
            Some(_) => {}
            // No blank line between header and content: the first line that is no header begins the content.
            None if !line.starts_with([' ', '\t']) => return (content_type, part.get(at..).unwrap_or("")),
            None => {}
        }
        at += line.len();
    }
    (content_type, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SDP: &str = "v=0\r\nm=audio 4000 RTP/AVP 0\r\n";

    #[test]
    fn sdp_among_other_parts() {
        let body = format!(
            "preamble\r\n--a b\r\nContent-Type: text/plain\r\n\r\n--a bc\r\n--a b \r\nc: application/sdp\r\n\r\n{SDP}\r\n--a b--\r\nepilogue"
        );
        let found = parts(Some("multipart/mixed; boundary=\"a b\""), &body);
        assert_eq!(found.iter().map(|p| p.media_type().unwrap()).collect::<Vec<_>>(), ["text/plain", "application/sdp"]);
        assert_eq!(found[1].text.trim_end(), SDP.trim_end());
        assert_eq!(found[0].text, "--a bc\r\n");
    }

    #[test]
    fn boundary_missing_cut_and_nested() {
        let body = format!(
            "--x\r\nContent-Type: multipart/alternative;boundary=y\r\n\r\n--y\r\nContent-Type: application/sdp\r\n\r\n{SDP}"
        );
        for content_type in ["multipart/mixed", "Multipart/Mixed;boundary=[Redacted]", "multipart/related;boundary=\"x\";type=a"]
        {
            let found = parts(Some(content_type), &body);
            assert_eq!((found.len(), found[0].media_type(), found[0].text), (1, Some("application/sdp"), SDP), "{content_type}");
        }
    }

    #[test]
    fn bounded() {
        assert!(parts(Some("multipart/mixed;boundary=x"), &"--x\n\nhi\n".repeat(100_000)).len() <= MAX_PARTS);
        let deep = "--x\nContent-Type: multipart/mixed;boundary=x\n\n".repeat(100);
        assert!(parts(Some("multipart/mixed;boundary=x"), &deep).len() <= MAX_PARTS);
        assert_eq!(parts(None, "text").len(), 1);
        assert!(is_beyond_reach("multipart/mixed;boundary=x", &deep));
        assert!(is_beyond_reach("multipart/mixed;boundary=x", &"--x\n\nhi\n".repeat(100)));
        assert!(!is_beyond_reach("multipart/mixed;boundary=x", &"--x\n\nhi\n".repeat(10)));
    }
}
