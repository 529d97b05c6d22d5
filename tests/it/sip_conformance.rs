//! The messages of RFC 4475 (torture tests) and RFC 5118 (IPv6), each judged as `manifest.toml` says from the RFC's text: what is valid is
//! read fully and called clean, what is invalid is kept, used and called by its fault. Examples of RFC 3261 and RFC 3665 against what a
//! packet tool read (`reference.jsonl`). Each is read with CR LF and with LF alone, as logs have them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use bundlescope::base::LogTime;
use bundlescope::sip::key::Keys;
use bundlescope::sip::transaction::Transactions;
use bundlescope::sip::{Direction, Message, Method, Observed, StartLine, Uri};

fn fixture(path: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rfc").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Read with LF and with CR LF; both must say the same.
fn read(name: &str) -> Message {
    let text = fixture(&format!("{name}.sip"));
    let wire = Message::parse(text.replace('\n', "\r\n")).unwrap_or_else(|| panic!("{name} dropped"));
    let logged = Message::parse(text).unwrap_or_else(|| panic!("{name} dropped with LF"));
    assert_eq!(wire.headers.len(), logged.headers.len(), "{name}");
    // Three bodies of RFC 5118 have, as printed, the length that their header tells, or one more, when counted with LF.
    let told = |m: &Message| {
        m.problems
            .iter()
            .map(|p| without_numbers(p))
            .filter(|p| !name.starts_with("5118") || !p.contains("Content-Length is"))
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&wire), told(&logged), "{name}");
    assert_eq!(wire.body_text().replace("\r\n", "\n"), logged.body_text(), "{name}");
    wire
}

/// Without the numbers, which differ with the line ends.
fn without_numbers(problem: &str) -> String {
    problem.replace(|c: char| c.is_ascii_digit(), "")
}

/// One fact of a message by the manifest's name for it; `-` when there is none.
fn fact(m: &Message, name: &str) -> String {
    let none = || "-".to_owned();
    let text = |value: Option<&str>| value.map_or_else(none, str::to_owned);
    let number = |value: Option<u64>| value.map_or_else(none, |n| n.to_string());
    if let Some(header) = name.strip_prefix("header:") {
        return m.header(header).map_or_else(none, |v| v.split_ascii_whitespace().collect::<Vec<_>>().join(" "));
    }
    if let Some(header) = name.strip_prefix("count:") {
        return m.list(header).len().to_string();
    }
    let parts: Vec<&str> = name.splitn(3, '.').collect();
    let nth = || parts[1].parse::<usize>().unwrap();
    let uri = || m.request_uri().and_then(Uri::parse);
    match parts.as_slice() {
        ["method"] => text(m.method().as_ref().map(Method::as_str)),
        ["status"] => number(m.status().map(u64::from)),
        ["reason"] => m.reason().to_owned(),
        ["uri"] => text(m.request_uri()),
        ["uri", "scheme"] => text(uri().map(|u| u.scheme)),
        ["uri", "user"] => text(uri().and_then(|u| u.user)),
        ["uri", "host"] => text(uri().map(|u| u.host)),
        ["uri", "port"] => number(uri().and_then(|u| u.port).map(u64::from)),
        ["call-id"] => text(m.call_id()),
        ["cseq"] => number(m.cseq().map(|c| u64::from(c.number))),
        ["cseq", "method"] => text(m.cseq().as_ref().map(|c| c.method.as_str())),
        ["max-forwards"] => number(m.header("Max-Forwards").and_then(|v| v.parse().ok())),
        ["from" | "to", of] => {
            let address = if parts[0] == "from" { m.from() } else { m.to() };
            match *of {
                "tag" => text(address.as_ref().and_then(|a| a.tag())),
                "display" => text(address.as_ref().and_then(|a| a.display.as_deref())),
                "uri" => text(address.as_ref().map(|a| a.uri)),
                other => panic!("no fact {other}"),
            }
        }
        ["via", _, of] => {
            let vias = m.vias();
            let via = vias.get(nth());
            match *of {
                "transport" => text(via.map(|v| v.transport)),
                "host" => text(via.map(|v| v.host)),
                "port" => number(via.and_then(|v| v.port).map(u64::from)),
                "branch" => text(via.and_then(|v| v.branch())),
                "received" => text(via.and_then(|v| v.received())),
                other => panic!("no fact {other}"),
            }
        }
        ["contact", _, of] => {
            let contacts = m.contacts();
            let contact = contacts.get(nth());
            match of.split_once(':') {
                None => text(contact.map(|c| c.uri)),
                Some(("param", param)) => text(contact.and_then(|c| c.param(param))),
                Some((_, param)) => if contact.is_some_and(|c| c.params.find(param).is_some()) { "yes" } else { "no" }.to_owned(),
            }
        }
        ["sdp", "count"] => number(m.sdp().map(|sdp| sdp.media.len() as u64)),
        ["sdp", _, "address"] => text(m.sdp().unwrap().media[nth()].address.as_deref()),
        ["sdp", _, "format"] => m.sdp().unwrap().media[nth()].formats[0].name.clone(),
        ["parts"] => m.parts().len().to_string(),
        ["part", _, "type"] => text(m.parts()[nth()].media_type()),
        ["body", "bytes"] => m.body_text().len().to_string(),
        ["credentials", _, "scheme"] => text(m.credentials().get(nth()).map(|c| c.scheme)),
        _ => panic!("no fact {name}"),
    }
}

/// RFC 4475 §3 and RFC 5118 §4: 61 messages, and the second one in the datagram of `dblreq`.
#[test]
fn each_message_is_judged_as_its_rfc_says() {
    let manifest: toml::Value = toml::from_str(&fixture("manifest.toml")).unwrap();
    let messages = manifest["message"].as_array().unwrap();
    let (mut facts, mut wrong) = (0, Vec::new());
    for entry in messages {
        let file = entry["file"].as_str().unwrap();
        let message = read(file);
        let flags: Vec<&str> =
            entry.get("flags").map_or_else(Vec::new, |f| f.as_array().unwrap().iter().map(|f| f.as_str().unwrap()).collect());
        let missing = flags.iter().filter(|flag| !message.problems.iter().any(|p| p.contains(**flag)));
        wrong.extend(missing.map(|flag| format!("{file}: no \u{201c}{flag}\u{201d} in {:?}", message.problems)));
        if message.problems.len() != flags.len() {
            wrong.push(format!("{file}: flagged {:?}, the RFC says {flags:?}", message.problems));
        }
        match entry["verdict"].as_str().unwrap() {
            "valid" => assert!(flags.is_empty(), "{file}"),
            "invalid" | "odd" => assert!(!flags.is_empty(), "{file}"),
            other => panic!("{file}: {other}"),
        }
        // Whatever is wrong with a message, it is not dropped, and what is readable is read.
        assert!(message.top_via().is_some(), "{file}");
        for (name, told) in entry["facts"].as_table().unwrap() {
            let (ours, told) = (fact(&message, name), told.as_str().unwrap());
            facts += 1;
            if ours != told {
                wrong.push(format!("{file}: {name} is {ours:?}, the RFC says {told:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {facts}:\n{}", wrong.len(), wrong.join("\n"));
    // Every file is judged.
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/rfc");
    for (folder, count) in [("4475", 49), ("5118", 12)] {
        let files = std::fs::read_dir(root.join(folder)).unwrap().count();
        let judged = messages.iter().filter(|m| m["file"].as_str().unwrap().starts_with(folder)).count();
        assert_eq!((files, judged), (count, count), "{folder}");
    }
}

/// RFC 3261 §11 and §24, RFC 3665 §2.1, §3.1, §3.2 and §3.8: method or status, Call-ID, CSeq, tags and branches as a packet tool reads them. Of
/// the torture messages what that tool can read.
#[test]
fn examples_equal_the_reference() {
    let flows = ["3261", "3665"].map(|rfc| (rfc, fixture(&format!("{rfc}.txt"))));
    let text_of = |name: &str| -> String {
        let Some((_, flow)) = flows.iter().find(|(rfc, _)| name.starts_with(&format!("{rfc} "))) else {
            return fixture(&format!("{name}.sip"));
        };
        let mut parts = flow.split("=== ").skip(1).filter_map(|part| part.split_once('\n'));
        parts.find(|(label, _)| *label == &name[5..]).unwrap_or_else(|| panic!("no message {name}")).1.to_owned()
    };
    let (mut strict, mut compared) = (0, 0);
    for line in fixture("reference.jsonl").lines() {
        let reference: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = reference["message"].as_str().unwrap();
        let example = name.starts_with('3');
        let text = text_of(name);
        for text in [text.replace('\n', "\r\n"), text] {
            let m = Message::parse(text).unwrap_or_else(|| panic!("{name} dropped"));
            let cseq = m.cseq();
            let branches: Vec<String> = m.vias().iter().filter_map(|v| v.branch()).map(str::to_owned).collect();
            let one = |value: Option<String>| value.into_iter().collect::<Vec<String>>();
            for (field, ours) in [
                ("Method", one(m.is_request().then(|| m.method().unwrap().as_str().to_owned()))),
                ("Status-Code", one(m.status().map(|s| s.to_string()))),
                ("Call-ID", one(m.call_id().map(str::to_owned))),
                ("CSeq.seq", one(cseq.as_ref().map(|c| c.number.to_string()))),
                ("CSeq.method", one(cseq.as_ref().map(|c| c.method.as_str().to_owned()))),
                ("from.tag", one(m.from().and_then(|f| f.tag()).map(str::to_owned))),
                ("to.tag", one(m.to().and_then(|t| t.tag()).map(str::to_owned))),
                ("Via.branch", branches),
            ] {
                // The tool keeps the line end of a folded value.
                let told: Vec<String> =
                    reference[field].as_array().unwrap().iter().map(|v| v.as_str().unwrap().trim().to_owned()).collect();
                // Values that the message writes wrongly are no reference.
                let torture = !example && (told.is_empty() || told != ours && !m.problems.is_empty());
                if !torture {
                    assert_eq!(ours, told, "{name}: {field}");
                    compared += 1;
                }
                strict += usize::from(example);
            }
            if example {
                let cut = m.problems.iter().all(|p| p.starts_with("Cut off or changed: Content-Length"));
                assert!(cut && m.sdp().is_none_or(|sdp| sdp.problems.is_empty()), "{name}: {:?}", m.problems);
            }
        }
    }
    assert_eq!(strict, 2 * 8 * 45);
    assert!(compared > strict + 600, "{compared}");
}

#[test]
fn tortuous_invite() {
    let m = read("4475/wsinv");
    assert_eq!(m.request_uri(), Some("sip:vivekg@chair-dnrc.example.com;unknownparam"));
    let to = m.to().unwrap();
    assert_eq!((to.uri, to.tag()), ("sip:vivekg@chair-dnrc.example.com", Some("1918181833n")));
    let from = m.from().unwrap();
    assert_eq!(
        (from.display.as_deref(), from.uri, from.tag()),
        (Some("J Rosenberg \\\""), "sip:jdrosen@example.com", Some("98asjd8"))
    );
    assert_eq!(m.header("Max-Forwards"), Some("0068"));
    assert_eq!(m.cseq().map(|c| (c.number, c.method)), Some((9, Method::Invite)));
    assert_eq!(m.header("Subject"), Some(""));
    assert_eq!(m.header("UnknownHeaderWithUnusualValue"), Some(";;,,;;,;"));
    assert_eq!(m.header("newfangledheader"), Some("newfangled value\r\n continued newfangled value"));
    let vias: Vec<_> = m.vias().iter().map(|v| (v.transport, v.host, v.branch())).collect();
    assert_eq!(
        vias,
        [
            ("UDP", "192.0.2.2", Some("390skdjuw")),
            ("TCP", "spindle.example.com", Some("z9hG4bK9ikj8")),
            ("UDP", "192.168.255.111", Some("z9hG4bK30239")),
        ]
    );
    let contact = &m.contacts()[0];
    assert_eq!(contact.display.as_deref(), Some("Quoted string \"\""));
    assert_eq!((contact.param("newparam"), contact.param("q")), (Some("newvalue"), Some("0.33")));
    assert_eq!(contact.params.find("secondparam"), Some(None));
    assert_eq!(m.routes()[0].parsed_uri().unwrap().params.find("lr"), Some(None));
    let sdp = m.sdp().unwrap();
    assert_eq!(sdp.address.as_deref(), Some("192.0.2.4"));
    assert_eq!(sdp.media[0].formats.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["PCMU/8000", "QCELP/8000"]);
    assert_eq!((sdp.media[1].kind.as_str(), sdp.media[1].port), ("video", 3227));
}

#[test]
fn wide_range_of_characters() {
    let m = read("4475/intmeth");
    assert_eq!(m.method(), Some(Method::Other("!interesting-Method0123456789_*+`.%indeed'~".to_owned())));
    let uri = m.request_uri().unwrap();
    assert!(uri.starts_with("sip:1_unusual.URI~") && uri.ends_with("(doesn't-it)@example.com"));
    assert_eq!(m.to().unwrap().display.as_deref(), Some("BEL:\u{7} NUL:\0 DEL:\u{7f}"));
    let from = m.from().unwrap();
    assert_eq!((from.display.as_deref(), from.tag()), (Some("token1~` token2'+_ token3*%!.-"), Some("_token~1'+`*%!-.")));
    assert_eq!(from.param("fromParam''~+*_!.-%"), Some("работающий"));
    assert_eq!(m.call_id(), Some("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"));
    assert_eq!(m.header("extensionHeader-!.%*+_`'~"), Some("\u{feff}大停電"));
}

#[test]
fn escapes_and_other_uris() {
    let m = read("4475/esc01");
    assert_eq!(m.contacts()[0].uri, "sip:cal%6Cer@host5.example.net;%6C%72;n%61me=v%61lue%25%34%31");
    let to = m.to().unwrap();
    assert!(to.parsed_uri().unwrap().same_as(&Uri::parse("sip:user@example.com").unwrap()));
    assert_eq!(read("4475/escnull").contacts().len(), 2);
    // `%` is no escape in a method or a header name: this is no REGISTER, and `C%6Fntact` no Contact.
    let m = read("4475/esc02");
    assert_eq!(m.method(), Some(Method::Other("RE%47IST%45R".to_owned())));
    assert_eq!(m.contacts().len(), 2);
    assert_eq!(read("4475/longreq").vias().len(), 34);
    assert_eq!(read("4475/longreq").top_via().unwrap().host, "sip33.example.com");
    let transports: Vec<String> = read("4475/transports").vias().iter().map(|v| v.transport.to_owned()).collect();
    assert_eq!(transports, ["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"]);
    assert_eq!(read("4475/semiuri").list("Accept").len(), 6);
    let m = read("4475/novelsc");
    let uri = Uri::parse(m.request_uri().unwrap()).unwrap();
    assert_eq!(uri.scheme, "soap.beep");
    assert_eq!(read("4475/unksm2").from().unwrap().uri, "http://www.example.com");
    assert_eq!(read("4475/regaut01").credentials()[0].scheme, "NoOneKnowsThisScheme");
    // Without brackets the parameter is the header's, with them the URI's (RFC 3261 §20.10).
    assert!(read("4475/cparam01").contacts()[0].params.find("unknownparam").is_some());
    assert!(read("4475/cparam02").contacts()[0].params.find("unknownparam").is_none());
    assert_eq!(read("4475/regescrt").contacts()[0].parsed_uri().unwrap().headers, "Route=%3Csip:sip.example.com%3E");
}

#[test]
fn responses() {
    let m = read("4475/unreason");
    assert_eq!((m.status(), m.reason()), (Some(200), "= 2**3 * 5**2 но сто девяносто девять - простое"));
    assert_eq!(m.method(), Some(Method::Invite));
    let m = read("4475/noreason");
    assert_eq!((m.status(), m.reason()), (Some(100), ""));
    let m = read("4475/bigcode");
    assert!(matches!(m.start, StartLine::Response { code: u16::MAX, .. }));
    assert_eq!(m.reason(), "better not break the receiver");
}

#[test]
fn two_requests_in_one_datagram() {
    let m = read("4475/dblreq");
    assert_eq!((m.method(), m.body_text()), (Some(Method::Register), ""));
    assert_eq!(m.problems.len(), 1);
    assert!(m.problems[0].ends_with("bytes follow the end of the body"), "{:?}", m.problems);
    let text = fixture("4475/dblreq.sip");
    let second = Message::parse(text[text.find("INVITE").unwrap()..].to_owned()).unwrap();
    assert_eq!(second.request_uri(), Some("sip:joe@example.com"));
    // The RFC's body has 153 bytes, and writes `m =video`: that line ends the description, which keeps the media line before it.
    assert_eq!(second.problems, ["Content-Length is 150, the body has 153 bytes"]);
    assert_eq!(second.sdp().unwrap().media[0].port, 49217);
}

#[test]
fn multipart() {
    let m = read("4475/mpart01");
    let types: Vec<_> = m.parts().iter().map(|p| p.content_type.unwrap().to_owned()).collect();
    assert_eq!(types, ["text/plain", "application/octet-stream"]);
    assert_eq!(m.parts()[0].text.trim_end(), "Hello");
    assert!(m.sdp().is_none());
}

/// The flows of RFC 3665 that Alice's client sees, put into transactions: the ACK of a refusal and of a 2xx, credentials in a new request, a CANCEL
/// and what it ends.
#[test]
fn flows_of_rfc_3665_as_transactions() {
    let text = fixture("3665.txt");
    let flow = |section: &str| -> Transactions {
        let parts = text.split("=== ").filter_map(|part| part.split_once('\n')).filter(|(label, _)| label.starts_with(section));
        let seen: Vec<Seen> = parts
            .enumerate()
            .map(|(at, (_, text))| {
                let message = Message::parse(text.replace('\n', "\r\n")).unwrap();
                let alice = message.top_via().unwrap().host.contains("client.atlanta") || section == "2.1 ";
                let sent = message.is_request() == alice;
                let direction = if sent { Direction::Sent } else { Direction::Received };
                Seen(Observed { message, at: Some(LogTime(at as i64 * 1000)), direction, remote: None, local: None })
            })
            .collect();
        let keys = Keys::read(&seen, |_| Some(0));
        Transactions::build(&keys)
    };
    let told = |t: &Transactions| -> Vec<(String, usize, usize, usize)> {
        t.list.iter().map(|t| (t.method.as_str().to_owned(), t.requests.len(), t.responses.len(), t.acks.len())).collect()
    };
    let line = |method: &str, requests, responses, acks| (method.to_owned(), requests, responses, acks);
    assert_eq!(told(&flow("2.1 ")), [line("REGISTER", 1, 1, 0), line("REGISTER", 1, 1, 0)]);
    assert_eq!(told(&flow("3.1 ")), [line("INVITE", 1, 2, 1), line("BYE", 1, 1, 0)]);
    assert_eq!(told(&flow("3.2 ")), [line("INVITE", 1, 1, 1), line("INVITE", 1, 3, 1), line("BYE", 1, 1, 0)]);
    let cancelled = flow("3.8 ");
    assert_eq!(told(&cancelled), [line("INVITE", 1, 3, 1), line("CANCEL", 1, 1, 0)]);
    assert_eq!((cancelled.list[0].cancelled_by, cancelled.list[1].cancels), (Some(1), Some(0)));
    assert!(cancelled.repeats.iter().all(|n| *n == 0));
}

/// An observed message for the readers that take any holder of one.
struct Seen(Observed);

impl AsRef<Observed> for Seen {
    fn as_ref(&self) -> &Observed {
        &self.0
    }
}

/// Messages of real stacks are well-formed: a problem called there is a false alarm, unless the recording made it.
#[test]
fn recorded_messages_are_clean() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured");
    let mut read = 0;
    let mut problems = std::collections::BTreeMap::new();
    for scenario in std::fs::read_dir(root).unwrap().flatten().filter(|e| e.path().is_dir()) {
        for stack in std::fs::read_dir(scenario.path()).unwrap().flatten() {
            let text = std::fs::read_to_string(stack.path().join("messages.jsonl")).unwrap();
            for line in text.lines() {
                let json: serde_json::Value = serde_json::from_str(line).unwrap();
                let raw = json["raw"].as_str().unwrap();
                let Some(message) = Message::parse(raw.to_owned()) else { panic!("{}: {raw}", stack.path().display()) };
                let first = raw.lines().next().unwrap();
                assert_eq!(bundlescope::sip::grammar::start_line_at(first.as_bytes()), Some(0), "{first}");
                read += 1;
                // A log that keeps LF only, and leaves out the blank line where no body follows, changes nothing that is told.
                let logged = Message::parse(raw.replace("\r\n", "\n").trim_end().to_owned()).unwrap();
                let told = |m: &Message| (m.headers.len(), m.problems.clone(), m.sdp(), m.cseq(), m.call_id().map(str::to_owned));
                assert_eq!(told(&logged), told(&message), "{raw}");
                for problem in message.problems.iter().chain(message.sdp().iter().flat_map(|sdp| &sdp.problems)) {
                    problems.entry(problem.clone()).or_insert_with(|| format!("{}: {raw}", stack.path().display()));
                }
            }
        }
    }
    assert!(read > 1_000, "{read}");
    assert!(problems.is_empty(), "{problems:#?}");
}
