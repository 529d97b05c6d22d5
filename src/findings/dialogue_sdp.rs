//! Bodies of the short form. In: `sdp m=audio 4000 RTP/AVP 8 ; a=sendonly`, or any other text. Out: the whole body. Must not know SIP.

use std::collections::BTreeMap;

/// What each side said last, by call and side: a description that changes has a higher version (RFC 3264 §8).
#[derive(Default)]
pub struct Descriptions(BTreeMap<(String, bool), (u32, String)>);

impl Descriptions {
    /// The body of a message, and whether it is a description of the session.
    pub fn body(&mut self, call: &str, client: bool, remote: &str, text: &str) -> (String, bool) {
        let Some(lines) = text.strip_prefix("sdp").filter(|rest| rest.is_empty() || rest.starts_with(' ')) else {
            return (text.to_owned(), false);
        };
        let lines: Vec<&str> = lines.split(" ; ").map(str::trim).filter(|l| !l.is_empty()).collect();
        let rest = rest(client, remote, &lines);
        let slot = self.0.entry((call.to_owned(), client)).or_insert_with(|| (1, rest.clone()));
        if slot.1 != rest {
            *slot = (slot.0.saturating_add(1), rest.clone());
        }
        let host = if client { "192.0.2.10" } else { remote };
        let user = if client { "anna" } else { "bob" };
        let usual = format!("o={user} 1 {} IN IP4 {host}", slot.0);
        let origin = lines.iter().find(|l| l.starts_with("o=")).map_or(usual, |l| (*l).to_owned());
        (format!("v=0\r\n{origin}\r\n{rest}"), true)
    }
}

/// Everything behind the `o=` line.
fn rest(client: bool, remote: &str, lines: &[&str]) -> String {
    let (host, port) = if client { ("192.0.2.10", 4_000) } else { (remote, 6_000) };
    let media = lines.iter().position(|l| l.starts_with("m="));
    let head: Vec<&str> = lines.iter().take(media.unwrap_or(lines.len())).copied().collect();
    let own = |key: &str| head.iter().find(|l| l.starts_with(key)).map(|l| (*l).to_owned());
    let mut out = vec![
        own("s=").unwrap_or_else(|| "s=-".to_owned()),
        own("c=").unwrap_or_else(|| format!("c=IN IP{} {host}", if host.contains(':') { 6 } else { 4 })),
        "t=0 0".to_owned(),
    ];
    match media {
        Some(place) => out.extend(lines.iter().skip(place).filter(|l| !l.starts_with("o=")).map(|l| (*l).to_owned())),
        None => {
            out.push(format!("m=audio {port} RTP/AVP 8 101"));
            out.extend(["a=rtpmap:8 PCMA/8000", "a=rtpmap:101 telephone-event/8000"].map(str::to_owned));
        }
    }
    out.extend(head.iter().filter(|l| l.starts_with("a=") || l.starts_with("b=")).map(|l| (*l).to_owned()));
    out.join("\r\n") + "\r\n"
}
