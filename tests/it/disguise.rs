//! A session in disguise: later, of other users, through another SBC. In: the wires of a recording. Out: others of the same sense.

use regex::{Captures, Regex};

use super::framing::Wire;

/// What a session looks like in disguise: each message changed, its body's length set right.
pub fn disguised(wires: &[Wire], later_us: i64, change: &dyn Fn(&str) -> String) -> Vec<Wire> {
    let length = Regex::new(r"(?i)(\r\n(?:Content-Length|l)[ \t]*:[ \t]*)\d+").unwrap();
    let one = |wire: &Wire| {
        let raw = change(&wire.raw);
        let (head, body) = raw.split_once("\r\n\r\n").unwrap();
        let head = length.replace(head, |c: &Captures<'_>| format!("{}{}", &c[1], body.len())).into_owned();
        let ends = |address: &str| change(address);
        Wire {
            t_us: wire.t_us + later_us,
            sent: wire.sent,
            local: ends(&wire.local),
            remote: ends(&wire.remote),
            raw: format!("{head}\r\n\r\n{body}"),
        }
    };
    wires.iter().map(one).collect()
}

/// The same session through another SBC: Call-IDs, hosts, addresses, ports, tags, branches and `o=` ids are others.
pub fn through_another_sbc(wires: &[Wire]) -> Vec<Wire> {
    let number = |text: &str| text.bytes().fold(7_u64, |sum, b| sum.wrapping_mul(131).wrapping_add(u64::from(b)));
    let call_ids: Vec<String> = {
        let line = Regex::new(r"(?im)^(?:Call-ID|i)[ \t]*:[ \t]*([^\r\n]+)").unwrap();
        let mut all: Vec<String> =
            wires.iter().flat_map(|w| line.captures_iter(&w.raw).map(|c| c[1].trim().to_owned()).collect::<Vec<_>>()).collect();
        all.sort_by_key(|id| std::cmp::Reverse(id.len()));
        all.dedup();
        all
    };
    let tag = Regex::new(r"(tag=)([^;,>\s?&%]+)").unwrap();
    let branch = Regex::new(r"(branch=z9hG4bK)([^;,>\s]+)").unwrap();
    let address = Regex::new(r"\b(192\.0\.2|198\.51\.100|203\.0\.113)\.(\d+)(?::(\d+))?").unwrap();
    let media = Regex::new(r"(?m)^(m=\w+ )(\d+)").unwrap();
    let origin = Regex::new(r"(?m)^(o=\S+ )(\d+) (\d+)").unwrap();
    let rport = Regex::new(r"(rport=)(\d+)").unwrap();
    let change = move |raw: &str| {
        let mut raw = raw.to_owned();
        for id in &call_ids {
            raw = raw.replace(id.as_str(), &format!("sbc-{}@core", number(id)));
        }
        let raw = tag.replace_all(&raw, |c: &Captures<'_>| format!("{}t{}", &c[1], number(&c[2])));
        let raw = branch.replace_all(&raw, |c: &Captures<'_>| format!("{}{}", &c[1], number(&c[2])));
        let raw = address.replace_all(&raw, |c: &Captures<'_>| {
            let net = match &c[1] {
                "192.0.2" => "198.18.7",
                "198.51.100" => "198.18.8",
                _ => "198.18.9",
            };
            let port = c.get(3).map(|p| format!(":{}", p.as_str().parse::<u32>().unwrap() % 50_000 + 10_000));
            format!("{net}.{}{}", &c[2], port.unwrap_or_default())
        });
        let raw =
            rport.replace_all(&raw, |c: &Captures<'_>| format!("{}{}", &c[1], c[2].parse::<u32>().unwrap() % 50_000 + 10_000));
        let raw = media.replace_all(&raw, |c: &Captures<'_>| {
            let port: u32 = c[2].parse().unwrap();
            format!("{}{}", &c[1], if port == 0 { 0 } else { port % 40_000 + 20_000 })
        });
        let up = |text: &str| text.parse::<u64>().unwrap().wrapping_add(77_000);
        let raw = origin.replace_all(&raw, |c: &Captures<'_>| format!("{}{} {}", &c[1], up(&c[2]), up(&c[3])));
        raw.replace("example.com", "voice.example.net")
    };
    disguised(wires, 0, &change)
}

/// Three hours later, with other names of users.
pub fn later_and_renamed(wires: &[Wire]) -> Vec<Wire> {
    let users = Regex::new(r"(?i)\b(alice|bob|carol)\b").unwrap();
    let change = move |raw: &str| {
        let name = |c: &Captures<'_>| match c[1].to_ascii_lowercase().as_str() {
            "alice" => "dagmar",
            "bob" => "emil",
            _ => "frida",
        };
        users.replace_all(raw, name).into_owned()
    };
    disguised(wires, 3 * 3_600 * 1_000_000, &change)
}
