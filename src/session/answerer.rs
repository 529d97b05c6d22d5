//! Who gave a final response: the application server, the SBC, or the far end; likely only, by a mark that is its proof. In: a response that
//! came in. Out: who, and the mark. Must not know what was asked.

use std::collections::HashSet;

use super::call_facts::is_server_tag;
use super::traffic::{Traffic, is_masked};
use crate::sip::{Direction, Message};

/// Who, and the name of the mark that says so.
pub type Answerer = (&'static str, String);

/// Products by words of their Server or User-Agent headers. A proxy in front of the server counts as SBC.
const SERVERS: [&str; 2] = ["broadworks", "broadsoft"];
const BORDERS: [&str; 12] = [
    "oracle",
    "acme",
    "ribbon",
    "sonus",
    "genband",
    "audiocodes",
    "metaswitch",
    "perimeta",
    "kamailio",
    "opensips",
    "sbc",
    "session border",
];

/// Runs in whose answers tags of the application server are seen.
pub fn runs_with_server_tags(traffic: &Traffic<'_>) -> HashSet<u32> {
    let answers = traffic.messages.iter().filter(|m| m.seen.direction == Direction::Received && !m.seen.message.is_request());
    let tagged = answers.filter(|m| m.seen.message.to().and_then(|to| to.tag()).is_some_and(is_server_tag));
    tagged.map(|m| m.run.0).collect()
}

/// Who answered. `server_tags`: tags of the application server come through to this client, so a refusal with a tag of another form was
/// made on the way. Where none is seen an SBC may rewrite them, and nothing follows from their absence.
pub fn answerer(answer: &Message, server_tags: bool) -> Option<Answerer> {
    let status = answer.status().filter(|s| *s >= 200)?;
    let told = |who: &'static str, mark: &str| Some((who, mark.to_owned()));
    let tag = answer.to().and_then(|to| to.tag().map(str::to_owned));
    if tag.as_deref().is_some_and(is_server_tag) {
        return told("as", "to-tag");
    }
    let body = answer.body_text();
    // What the media server says of itself, and descriptions that the server relays.
    if body.contains("\no=BroadWks ") || body.contains("\ns=Media Server SDP") {
        return told("as", "media-server");
    }
    if body.contains("\no=BroadWorks ") {
        return told("as", "sdp-origin");
    }
    let product = answer.header("Server").or_else(|| answer.header("User-Agent")).map(str::to_ascii_lowercase);
    if let Some(product) = product.filter(|p| !p.trim().is_empty() && !is_masked(p)) {
        let names = |list: &[&str]| list.iter().any(|name| product.contains(name));
        if names(&SERVERS) {
            return told("as", "server-header");
        }
        return told(if names(&BORDERS) { "sbc" } else { "far-end" }, "server-header");
    }
    let other = server_tags && status >= 400 && tag.is_some_and(|tag| !is_masked(&tag));
    if other { told("sbc", "other-to-tag") } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_who_answered() {
        let answer = |status: u16, tag: &str, more: &str, body: &str| {
            let text = format!(
                "SIP/2.0 {status} X\r\nTo: <sip:b@c>;tag={tag}\r\nCSeq: 1 INVITE\r\n{more}Content-Length: {}\r\n\r\n{body}",
                body.len()
            );
            Message::parse(text).unwrap()
        };
        let who = |message: &Message, tags: bool| answerer(message, tags).map(|(who, mark)| format!("{who} by {mark}"));
        let sdp = |origin: &str, name: &str| format!("v=0\r\no={origin} 1 1 IN IP4 192.0.2.1\r\ns={name}\r\n");
        let told = |text: &str| Some(text.to_owned());
        assert_eq!(who(&answer(486, "749498253-1674748301131", "", ""), false), told("as by to-tag"));
        assert_eq!(who(&answer(200, "x", "", &sdp("BroadWks", "-")), false), told("as by media-server"));
        assert_eq!(who(&answer(200, "x", "", &sdp("-", "Media Server SDP")), false), told("as by media-server"));
        assert_eq!(who(&answer(200, "x", "", &sdp("BroadWorks", "-")), false), told("as by sdp-origin"));
        assert_eq!(who(&answer(503, "x", "Server: Acme Packet 4.1\r\n", ""), false), told("sbc by server-header"));
        assert_eq!(who(&answer(486, "x", "User-Agent: Poly/8.1\r\n", ""), true), told("far-end by server-header"));
        assert_eq!(who(&answer(503, "x", "", ""), true), told("sbc by other-to-tag"));
        assert_eq!(who(&answer(503, "x", "", ""), false), None);
        assert_eq!(who(&answer(200, "x", "", &sdp("-", "-")), true), None, "a far end may answer with any tag");
        assert_eq!(who(&answer(180, "749498253-1674748301131", "", ""), true), None, "not final");
    }
}
