//! The messages of RFC 4475 (torture tests), RFC 5118 (IPv6) and RFC 3261 §24: what is valid is read fully and called clean, what is
//! invalid is kept, used and called by its fault. Each is read with CR LF and with LF alone, as logs have them.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use bundlescope::sip::{Flow, Message, Method, StartLine};

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
    let bytes = |m: &Message| m.problems.iter().map(|p| p.replace(|c: char| c.is_ascii_digit(), "")).collect::<Vec<_>>();
    assert_eq!(bytes(&wire), bytes(&logged), "{name}");
    assert_eq!(wire.body_text().replace("\r\n", "\n"), logged.body_text(), "{name}");
    wire
}

/// RFC 4475 §3.1.1 (valid), §3.2 to §3.4 where the syntax is right and only the meaning is odd.
const VALID: [&str; 25] = [
    "wsinv",
    "intmeth",
    "esc01",
    "escnull",
    "esc02",
    "lwsdisp",
    "longreq",
    "semiuri",
    "transports",
    "mpart01",
    "unreason",
    "noreason",
    "unkscm",
    "novelsc",
    "unksm2",
    "bext01",
    "invut",
    "regaut01",
    "bcast",
    "zeromf",
    "cparam01",
    "cparam02",
    "regescrt",
    "sdp01",
    "inv2543",
];

/// RFC 4475 §3.1.2 (invalid), §3.2.1, §3.3.1, §3.3.8, §3.3.9: a word of each fault that must be named.
const INVALID: [(&str, &[&str]); 23] = [
    (
        "badinv01",
        &["Via has an empty element", "Via has an empty parameter", "Via has no sent-by", "Contact has an empty parameter"],
    ),
    ("clerr", &["Content-Length is 9999"]),
    ("ncl", &["Content-Length is not a number"]),
    ("scalar02", &["CSeq number", "Max-Forwards", "Expires is not", "Contact expires"]),
    ("scalarlg", &["CSeq number", "Retry-After", "Warning"]),
    ("quotbal", &["To has a quoted string that never closes"]),
    ("ltgtruri", &["Request-URI is in angle brackets"]),
    ("lwsruri", &["Request-URI has a blank"]),
    ("lwsstart", &["more blanks than one"]),
    ("trws", &["at its end"]),
    ("escruri", &["Request-URI has header fields"]),
    ("baddate", &["Date is not in GMT"]),
    ("regbadct", &["Contact has a URI with ?"]),
    ("badaspec", &["To has blanks around its URI"]),
    ("baddn", &["From has a display name that needs quotes", "To has a display name that needs quotes"]),
    ("badvers", &["SIP version is not 2.0"]),
    ("mismatch01", &["CSeq names another method"]),
    ("mismatch02", &["CSeq names another method"]),
    ("bigcode", &["Status code"]),
    ("badbranch", &["branch has nothing after its cookie"]),
    ("insuf", &["No To", "No From", "No Call-ID"]),
    ("multi01", &["CSeq stands more than once", "Call-ID stands", "To stands", "From stands", "Max-Forwards stands"]),
    ("mcl01", &["Content-Length stands more than once", "Content-Length is 13"]),
];

#[test]
fn rfc_4475_valid_messages_are_clean() {
    for name in VALID {
        let message = read(&format!("4475/{name}"));
        assert_eq!(message.problems, Vec::<String>::new(), "{name}");
        assert!(message.call_id().unwrap().starts_with(name) || name == "mpart01", "{name}");
        assert!(
            message.cseq().is_some() && message.from().is_some() && message.to().is_some() && message.top_via().is_some(),
            "{name}"
        );
    }
}

#[test]
fn rfc_4475_invalid_messages_are_kept_and_called_by_their_fault() {
    for (name, faults) in INVALID {
        let message = read(&format!("4475/{name}"));
        for fault in faults {
            assert!(
                message.problems.iter().any(|p| p.contains(fault)),
                "{name}: no \u{201c}{fault}\u{201d} in {:?}",
                message.problems
            );
        }
        assert_eq!(message.problems.len(), faults.len(), "{name} has more: {:?}", message.problems);
        assert!(message.top_via().is_some(), "{name}");
        // Nothing is lost for being malformed.
        if message.content_type() == Some("application/sdp") {
            assert_eq!(message.sdp().unwrap().media.len(), 2, "{name}");
        }
    }
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
    assert!(to.parsed_uri().unwrap().same_as(&bundlescope::sip::Uri::parse("sip:user@example.com").unwrap()));
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
    let uri = bundlescope::sip::Uri::parse(m.request_uri().unwrap()).unwrap();
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

#[test]
fn rfc_5118_addresses_of_version_six() {
    let valid = [
        "ipv6-good",
        "port-ambiguous",
        "port-unambiguous",
        "via-received-param-with-delim",
        "via-received-param-no-delim",
        "ipv6-in-sdp",
        "mult-ip-in-header",
        "mult-ip-in-sdp",
        "ipv4-mapped-ipv6",
    ];
    for name in valid {
        assert_eq!(read(&format!("5118/{name}")).problems, Vec::<String>::new(), "{name}");
    }
    assert_eq!(read("5118/ipv6-bad").problems, ["Request-URI has an IPv6 address without brackets"]);
    let host_and_port = |name: &str| {
        let m = read(name);
        let uri = bundlescope::sip::Uri::parse(m.request_uri().unwrap()).unwrap();
        (uri.host.to_owned(), uri.port)
    };
    assert_eq!(host_and_port("5118/port-ambiguous"), ("[2001:db8::10:5070]".to_owned(), None));
    assert_eq!(host_and_port("5118/port-unambiguous"), ("[2001:db8::10]".to_owned(), Some(5070)));
    assert_eq!(read("5118/via-received-param-with-delim").top_via().unwrap().received(), Some("[2001:db8::9:255]"));
    assert_eq!(read("5118/via-received-param-no-delim").top_via().unwrap().received(), Some("2001:db8::9:255"));
    let sdp = read("5118/ipv6-in-sdp").sdp().unwrap();
    assert_eq!(sdp.media[0].address.as_deref(), Some("2001:db8::20"));
    assert_eq!(sdp.media[0].formats[0].name, "G726-32/8000");
    assert_eq!((sdp.origin_session_id.as_str(), sdp.origin_version.as_str()), ("971731711378798081", "0"));
    let sdp = read("5118/mult-ip-in-sdp").sdp().unwrap();
    let addresses: Vec<_> = sdp.media.iter().map(|m| m.address.as_deref().unwrap()).collect();
    assert_eq!(addresses, ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(sdp.media[0].flow, Flow::SendRecv);
    let m = read("5118/ipv4-mapped-ipv6");
    assert_eq!(m.vias()[1].sent_by(), "[::ffff:192.0.2.10]:19823");
}

#[test]
fn rfc_3261_section_24() {
    let register = "REGISTER sip:registrar.biloxi.com SIP/2.0\r\nVia: SIP/2.0/UDP bobspc.biloxi.com:5060;branch=z9hG4bKnashds7\r\n\
        Max-Forwards: 70\r\nTo: Bob <sip:bob@biloxi.com>\r\nFrom: Bob <sip:bob@biloxi.com>;tag=456248\r\n\
        Call-ID: 843817637684230@998sdasdh09\r\nCSeq: 1826 REGISTER\r\nContact: <sip:bob@192.0.2.4>\r\nExpires: 7200\r\n\
        Content-Length: 0\r\n\r\n";
    let m = Message::parse(register.to_owned()).unwrap();
    assert_eq!((m.problems.len(), m.expires(), m.contacts()[0].uri), (0, Some(7200), "sip:bob@192.0.2.4"));
    let ringing = "SIP/2.0 180 Ringing\r\nVia: SIP/2.0/UDP bigbox3.site3.atlanta.com;branch=z9hG4bK77ef4c2312983.1\r\n ;received=192.0.2.2\r\n\
        Via: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds8\r\n ;received=192.0.2.1\r\nTo: Bob <sip:bob@biloxi.com>;tag=a6c85cf\r\n\
        From: Alice <sip:alice@atlanta.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710\r\nContact: <sip:bob@192.0.2.4>\r\n\
        CSeq: 314159 INVITE\r\nContent-Length: 0\r\n\r\n";
    let m = Message::parse(ringing.to_owned()).unwrap();
    assert_eq!((m.problems.len(), m.status(), m.method()), (0, Some(180), Some(Method::Invite)));
    assert_eq!(m.vias().iter().map(|v| v.received().unwrap()).collect::<Vec<_>>(), ["192.0.2.2", "192.0.2.1"]);
    assert_eq!(m.to().unwrap().display.as_deref(), Some("Bob"));
    let ack = "ACK sip:bob@192.0.2.4 SIP/2.0\r\nVia: SIP/2.0/UDP pc33.atlanta.com;branch=z9hG4bKnashds9\r\nMax-Forwards: 70\r\n\
        To: Bob <sip:bob@biloxi.com>;tag=a6c85cf\r\nFrom: Alice <sip:alice@atlanta.com>;tag=1928301774\r\nCall-ID: a84b4c76e66710\r\n\
        CSeq: 314159 ACK\r\nContent-Length: 0\r\n\r\n";
    let m = Message::parse(ack.to_owned()).unwrap();
    assert_eq!((m.problems.len(), m.method(), m.top_via().unwrap().rport()), (0, Some(Method::Ack), None));
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
