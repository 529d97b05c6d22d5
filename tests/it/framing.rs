//! Ways in which a log may print SIP. In: messages with time and direction. Out: the bytes of a log. A list of named functions, so that every
//! test of reading goes through all of them.

use std::path::Path;

use serde_json::Value;

/// A message as it was on the wire.
#[derive(Clone, Debug)]
pub struct Wire {
    /// Microseconds since 1970, UTC.
    pub t_us: i64,
    /// The client sent it.
    pub sent: bool,
    /// The client's address.
    pub local: String,
    /// The other's.
    pub remote: String,
    /// The text, line ends as on the wire.
    pub raw: String,
}

/// A way to print messages.
pub struct Framing {
    /// Its name.
    pub name: &'static str,
    /// The log, its messages printed in order.
    pub write: fn(&[Wire]) -> Vec<u8>,
    /// The text of a message as it can be read back from the log: masks and compact names stay.
    pub text: fn(&str) -> String,
    /// Seconds east of UTC of the printed times.
    pub zone_s: i32,
    /// The log prints times.
    pub has_times: bool,
}

/// The messages of a recording.
pub fn wires(folder: &Path) -> Vec<Wire> {
    let text = std::fs::read_to_string(folder.join("messages.jsonl")).unwrap();
    let wire = |json: &str| {
        let json: Value = serde_json::from_str(json).unwrap();
        let sent = json["direction"] == "sent";
        let text = |key: &str| json[key].as_str().unwrap().to_owned();
        let (local, remote) = if sent { ("from", "to") } else { ("to", "from") };
        Wire { t_us: json["t_us"].as_i64().unwrap(), sent, local: text(local), remote: text(remote), raw: text("raw") }
    };
    text.lines().map(wire).collect()
}

fn same(raw: &str) -> String {
    raw.to_owned()
}

const fn framing(name: &'static str, write: fn(&[Wire]) -> Vec<u8>) -> Framing {
    Framing { name, write, text: same, zone_s: 0, has_times: true }
}

/// Every way.
pub const FRAMINGS: [Framing; 51] = [
    framing("native, start line on the record's line", |m| log(m, native, |w| format!("{}{}", arrow(w), w.raw))),
    framing("native, start line on the next line", |m| log(m, native, |w| format!("{}\n{}", words(w), w.raw))),
    framing("native, line ends LF", |m| log(m, native, |w| format!("{}\n{}", words(w), lf(&w.raw)))),
    framing("native, no direction words", |m| log(m, native, |w| format!("SIP message:\n{}", lf(&w.raw)))),
    framing("native, no words at all, same line", |m| log(m, native, |w| lf(&w.raw))),
    framing("native, reversed words", |m| log(m, native, |w| format!("{}\n{}", reversed(w), lf(&w.raw)))),
    framing("native, reversed arrows", |m| log(m, native, |w| format!("{}{}", arrow(&turned(w)), lf(&w.raw)))),
    framing("native, word in the record before", |m| {
        log(m, native, |w| format!("{}\n{}{}", words(w), native(w, "0x390"), lf(&w.raw)))
    }),
    framing("native, empty line before the message", |m| log(m, native, |w| format!("{}\n\n{}\n", words(w), lf(&w.raw)))),
    framing("native, source place only", |m| {
        log(m, |w, t| head(w, t, if w.sent { "Transport.cpp:17" } else { "Transport.cpp:99" }), |w| lf(&w.raw))
    }),
    framing("native, address pair", |m| log(m, native, |w| format!("TLS {}\n{}", pair(w), lf(&w.raw)))),
    framing("native, address after from and to", |m| {
        log(m, native, |w| format!("{} {}\n{}", if w.sent { "to" } else { "from" }, w.remote, lf(&w.raw)))
    }),
    framing("escaped on one line", |m| log(m, native, |w| format!("{} {}", words(w), w.raw.replace("\r\n", "\\r\\n")))),
    framing("escaped on one line, reversed words", |m| {
        log(m, native, |w| format!("{} {}", reversed(w), w.raw.replace("\r\n", "\\r\\n")))
    }),
    framing("json string", |m| log(m, native, |w| format!("{{\"raw\":{},\"n\":1}}", json(&w.raw)))),
    framing("json string in a json string", |m| {
        log(m, native, |w| format!("{{\"event\":{}}}", json(&format!("{{\"raw\":{},\"n\":1}}", json(&w.raw)))))
    }),
    framing("octal escapes", |m| log(m, native, |w| format!("{} {}", words(w), w.raw.replace("\r\n", "#015#012")))),
    framing("line ends as words", |m| log(m, native, |w| format!("{} {}", words(w), w.raw.replace("\r\n", "<CR><LF>")))),
    framing("dots for line ends", |m| log(m, native, |w| format!("{}: {}", words(w), w.raw.replace("\r\n", "..")))),
    framing("bars for line ends", |m| log(m, native, |w| format!("{}: {}", words(w), w.raw.replace("\r\n", " | ")))),
    framing("literal ^M", |m| log(m, native, |w| format!("{}\n{}", words(w), w.raw.replace("\r\n", "^M\n")))),
    framing("literal \\r\\n and a line end", |m| {
        log(m, native, |w| format!("{}\n{}", words(w), w.raw.replace("\r\n", "\\r\\n\n")))
    }),
    framing("head on every line, other threads between", |m| each_line(m, |w, t| format!("{}SIP: ", native(w, t)))),
    framing("head on every line, no words", |m| each_line(m, native)),
    framing("head on every line, unknown dialect", |m| {
        each_line(m, |w, t| format!("{} | worker {t} | sip | ", stamp(w, 0, "%Y/%m/%d %H:%M:%S%.3f")))
    }),
    framing("a function called send in every head, true words", |m| log(m, native, |w| constant(w, "send"))),
    framing("a function called receive in every head, true words", |m| log(m, native, |w| constant(w, "receive"))),
    framing("onSipMessageReceived in every head, the same words again", |m| {
        log(m, native, |w| format!("onSipMessageReceived: {}{}", plain(w), lf(&w.raw)))
    }),
    framing("sent in every head, no other words", |m| log(m, native, |w| format!("sent:\n{}", lf(&w.raw)))),
    framing("indent", |m| log(m, native, |w| format!("{}\n{}", words(w), prefixed(&w.raw, "      ")))),
    framing("column of >", |m| log(m, native, |w| format!("{}\n{}", words(w), prefixed(&w.raw, "> ")))),
    framing("fixed prefix", |m| log(m, native, |w| format!("{}\n{}", words(w), prefixed(&w.raw, "[SIP] ")))),
    framing("line numbers", |m| log(m, native, |w| format!("{}\n{}", words(w), numbered(&w.raw)))),
    framing("cut by records of another thread", cut),
    framing("a list of strings", |m| log(m, native, |w| format!("{}\n[\n{}\n]", words(w), list(&w.raw)))),
    framing("empty line after each line", |m| log(m, native, |w| format!("{}\n{}", words(w), w.raw.replace("\r\n", "\n\n")))),
    framing("no empty line at the end", |m| log(m, native, |w| format!("{}\n{}", words(w), lf(&w.raw).trim_end()))),
    framing("messages glued together in one record", glued),
    Framing {
        zone_s: 20_700,
        ..framing("android in +05:45", |m| log(m, |w, _| android(w), |w| format!("{}\n{}", words(w), lf(&w.raw))))
    },
    Framing { zone_s: 20_700, ..framing("android, head on every line", |m| each_line(m, |w, _| android(w))) },
    Framing { zone_s: 7_200, ..framing("csf in +02:00", |m| log(m, |w, _| csf(w), |w| format!("{}{}", arrow(w), lf(&w.raw)))) },
    Framing {
        has_times: false,
        ..framing("no times", |m| log(m, |_, _| String::new(), |w| format!("#\nUDP {}\n{}\n#", pair(w), w.raw)))
    },
    Framing {
        text: masked_users,
        ..framing("masked users, reversed words", |m| {
            log(m, native, |w| format!("{}\n{}", reversed(w), lf(&masked_users(&w.raw))))
        })
    },
    Framing {
        text: masked_all,
        ..framing("masked users and hosts", |m| log(m, native, |w| format!("{}\n{}", arrow(w), lf(&masked_all(&w.raw)))))
    },
    Framing {
        text: masked_all,
        ..framing("masked users and hosts, reversed words", |m| {
            log(m, native, |w| format!("{} {}", reversed(w), json(&masked_all(&w.raw))))
        })
    },
    framing("pasted, each record on one line", |m| {
        log(m, native, |w| format!("{} {}", words(w), lf(&w.raw).trim_end().replace('\n', " ")))
    }),
    Framing {
        has_times: false,
        ..framing("pasted, the whole log on one line", |m| {
            let lines = log(m, native, |w| format!("{} {}", words(w), lf(&w.raw).trim_end().to_owned()));
            String::from_utf8(lines).unwrap().replace('\n', " ").into_bytes()
        })
    },
    framing("colours", |m| log(m, native, |w| format!("{}\n\u{1b}[36;1m{}\u{1b}[0m", words(w), lf(&w.raw)))),
    Framing {
        text: no_spaces,
        ..framing("no blank after the colon, no words", |m| {
            log(m, native, |w| format!("\n\t{}\n{}", "udp SIP", lf(&no_spaces(&w.raw))))
        })
    },
    Framing {
        text: compact,
        ..framing("compact names", |m| log(m, native, |w| format!("{}\n{}", words(w), lf(&compact(&w.raw)))))
    },
    Framing {
        text: folded,
        ..framing("folded headers", |m| log(m, native, |w| format!("{}\n{}", words(w), lf(&folded(&w.raw)))))
    },
];

fn lf(text: &str) -> String {
    text.replace("\r\n", "\n")
}

fn turned(wire: &Wire) -> Wire {
    Wire { sent: !wire.sent, ..wire.clone() }
}

/// A log in which each message is one record, with records of other threads between.
fn log(wires: &[Wire], head: fn(&Wire, &str) -> String, text: fn(&Wire) -> String) -> Vec<u8> {
    let mut out = String::new();
    for wire in wires {
        out += &head(wire, "0x44c");
        out += "timer wheel turned, nothing to do\n";
        out += &head(wire, "0x390");
        out += &text(wire);
        out += "\n";
        out += &head(wire, "0x45c");
        out += "BroadWorksCallControl::poll: state Registered, REGISTER sip refresh not due\n";
    }
    out.into_bytes()
}

fn stamp(wire: &Wire, zone_s: i64, format: &str) -> String {
    let time = chrono::DateTime::<chrono::Utc>::from_timestamp_micros(wire.t_us + zone_s * 1_000_000).unwrap();
    time.format(format).to_string()
}

fn head(wire: &Wire, thread: &str, place: &str) -> String {
    format!("{} <Info> [{thread}] {place} SipTransport::log:BWC:SIP: ", stamp(wire, 0, "%Y-%m-%dT%H:%M:%S%.3fZ"))
}

fn native(wire: &Wire, thread: &str) -> String {
    head(wire, thread, "SipTransport.cpp:412")
}

fn android(wire: &Wire) -> String {
    let time = stamp(wire, 20_700, "%Y-%m-%d %H:%M:%S%.3f");
    format!("{time} 9619 9771 D WBX_TEAMS-ucf: tid[0x261f] SipTransport.cpp::412 log:BWC:SIP: ")
}

fn csf(wire: &Wire) -> String {
    let time = stamp(wire, 7_200, "%Y-%m-%d %H:%M:%S,%3f");
    format!(
        "{time} DEBUG [0x00000e2c] [\\sipcc\\core\\sipstack\\ccsip_debug.c(1041)] [csf.sip-call-control] [platform_print_sip_msg] - "
    )
}

fn arrow(wire: &Wire) -> &'static str {
    if wire.sent { "sipio-sent---> " } else { "sipio-recv<--- " }
}

fn words(wire: &Wire) -> String {
    match wire.sent {
        true => format!("Message sent to {}", wire.remote),
        false => format!("Message received from {}", wire.remote),
    }
}

fn reversed(wire: &Wire) -> &'static str {
    if wire.sent { "incoming message" } else { "outgoing message" }
}

/// Behind a function's name that stands in every head, the true word on the same line.
fn constant(wire: &Wire, function: &str) -> String {
    format!("SipTransport::{function}:BWC:SIP: {} {}", if wire.sent { "sent" } else { "received" }, lf(&wire.raw))
}

fn plain(wire: &Wire) -> &'static str {
    if wire.sent { "sent " } else { "received " }
}

fn pair(wire: &Wire) -> String {
    let (from, to) = if wire.sent { (&wire.local, &wire.remote) } else { (&wire.remote, &wire.local) };
    format!("{from} -> {to}")
}

fn json(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

fn prefixed(raw: &str, prefix: &str) -> String {
    raw.split_terminator("\r\n").map(|line| format!("{prefix}{line}\n")).collect()
}

fn numbered(raw: &str) -> String {
    raw.split_terminator("\r\n").enumerate().map(|(at, line)| format!("{:3}: {line}\n", at + 1)).collect()
}

fn list(raw: &str) -> String {
    raw.split_terminator("\r\n").map(|line| format!("  {}", json(line))).collect::<Vec<_>>().join(",\n")
}

/// Each line of a message is a record; messages of up to two threads run through each other, with records of a third between.
fn each_line(wires: &[Wire], head: fn(&Wire, &str) -> String) -> Vec<u8> {
    let threads = head(&wires[0], "a") != head(&wires[0], "b");
    let mut out = String::new();
    for two in wires.chunks(if threads { 2 } else { 1 }) {
        let lines: Vec<Vec<&str>> = two.iter().map(|w| w.raw.split_terminator("\r\n").collect()).collect();
        for at in 0..lines.iter().map(Vec::len).max().unwrap_or(0) {
            for ((wire, lines), thread) in two.iter().zip(&lines).zip(["0x390", "0x391"]) {
                if let Some(line) = lines.get(at) {
                    out += &format!("{}{line}\n", head(wire, thread));
                }
            }
            if threads {
                out += &format!("{}idle: nothing\n", head(&two[0], "0x777"));
            }
        }
    }
    out.into_bytes()
}

/// A record of another thread in the middle of each header and body.
fn cut(wires: &[Wire]) -> Vec<u8> {
    let mut out = String::new();
    for wire in wires {
        out += &format!("{}{}\n", native(wire, "0x390"), words(wire));
        let lines: Vec<&str> = wire.raw.split_terminator("\r\n").collect();
        for (at, line) in lines.iter().enumerate() {
            // Before headers and lines of a description, never where the message could be over.
            if (at == 3 || (at + 2 == lines.len() && line.starts_with("a="))) && !line.is_empty() {
                out += &format!("{}MediaEngine.cpp heartbeat\n", native(wire, "0x778"));
            }
            out += &format!("{line}\n");
        }
    }
    out.into_bytes()
}

/// All messages of a second in one record, one behind the other.
fn glued(wires: &[Wire]) -> Vec<u8> {
    let mut out = String::new();
    let mut last: Option<&Wire> = None;
    for wire in wires {
        if last.is_none_or(|l| l.t_us / 1000 != wire.t_us / 1000 || l.sent != wire.sent) {
            out += &format!("{}{}\n", native(wire, "0x390"), words(wire));
        }
        out += &wire.raw;
        if !wire.raw.ends_with('\n') {
            out += "\n";
        }
        last = Some(wire);
    }
    out.into_bytes()
}

/// Users become a mask, wherever a URI has one.
fn masked_users(raw: &str) -> String {
    let mut out = String::new();
    let mut rest = raw;
    while let Some(at) = rest.find("sip:") {
        out += &rest[..at + 4];
        rest = &rest[at + 4..];
        let end = rest.find([';', '>', ' ', '\r', ',', '"', '\'']).unwrap_or(rest.len());
        if let Some(user) = rest[..end].find('@') {
            out += "[Redacted]";
            rest = &rest[user..];
        }
    }
    out + rest
}

/// Users and hosts become masks, all the same.
fn masked_all(raw: &str) -> String {
    let mut out = masked_users(raw);
    for net in ["192.0.2.", "198.51.100.", "203.0.113."] {
        for host in (0..256).rev() {
            out = out.replace(&format!("{net}{host}"), "***");
        }
    }
    out.replace("example.com", "***")
}

fn headers(raw: &str, change: fn(&str, &str) -> String) -> String {
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
    let mut out = String::new();
    for (at, line) in head.split("\r\n").enumerate() {
        match line.split_once(": ") {
            Some((name, value)) if at > 0 => out += &change(name, value),
            _ => out += line,
        }
        out += "\r\n";
    }
    out + "\r\n" + body
}

fn no_spaces(raw: &str) -> String {
    headers(raw, |name, value| format!("{name}:{value}"))
}

fn compact(raw: &str) -> String {
    headers(raw, |name, value| {
        let short = [
            ("Via", "v"),
            ("From", "f"),
            ("To", "t"),
            ("Call-ID", "i"),
            ("Contact", "m"),
            ("Content-Length", "l"),
            ("Content-Type", "c"),
            ("Supported", "k"),
            ("Event", "o"),
            ("Subject", "s"),
            ("Refer-To", "r"),
        ];
        format!("{}: {value}", short.iter().find(|(long, _)| *long == name).map_or(name, |(_, short)| short))
    })
}

fn folded(raw: &str) -> String {
    headers(raw, |name, value| match value.find(';') {
        Some(at) if ["Via", "From", "To", "Contact"].contains(&name) => format!("{name}: {}\r\n {}", &value[..at], &value[at..]),
        _ => format!("{name}: {value}"),
    })
}
