//! What holds of every message and every log, whatever the writer chose: recorded messages printed in ways drawn by chance. In: recordings.
//! A property that fails is shown with the smallest way of printing that breaks it.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::string_slice)]

use std::collections::BTreeMap;

use bundlescope::session::{Facts, LoggedMessage, assemble};
use bundlescope::sip::Message;
use proptest::prelude::*;

use super::captured_direct::folders;
use super::framing::{Wire, wires};
use super::sip_hostile::entry;

/// How a log begins its records. The last two are printed before every line.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Style {
    Client,
    Logcat,
    Times,
}

/// How one log prints its messages.
#[derive(Clone, Copy, Debug)]
struct Print {
    /// How its records begin.
    style: Style,
    /// What ends a line in the file, besides LF.
    end: &'static str,
    /// What stands before every line of a message.
    prefix: &'static str,
    /// For each line of a message by its number: it begins a record of its own.
    heads: u64,
    /// For each line: a record of another thread stands before it.
    strangers: u64,
}

/// Line ends.
const ENDS: [&str; 8] = ["", "\r", "^M", "\\r\\n", "\\n", "#015#012", "<CR><LF>", ".."];
/// What stands before each line.
const PREFIXES: [&str; 6] = ["", "    ", "> ", "[SIP] ", "| ", "sip/tls: "];

fn any_print(records: impl Strategy<Value = (Style, u64, u64)>) -> impl Strategy<Value = Print> {
    (prop::sample::select(&ENDS[..]), prop::sample::select(&PREFIXES[..]), records)
        .prop_map(|(end, prefix, (style, heads, strangers))| Print { style, end, prefix, heads, strangers })
}

fn head(style: Style, at: usize, thread: &str) -> String {
    match style {
        Style::Client => {}
        // `adb logcat -v threadtime`
        Style::Logcat => {
            let number = u32::from_str_radix(thread.trim_start_matches("0x"), 16).unwrap();
            return format!("01-30 07:{:02}:{:02}.{:03}  4321 {number:>5} D SipStack: ", at / 60 % 60, at % 60, at % 1000);
        }
        Style::Times => {
            return format!(
                "07:{:02}:{:02}.{:03} {}",
                at / 60 % 60,
                at % 60,
                at % 1000,
                if thread == "0x777" { "app: " } else { "" }
            );
        }
    }
    format!(
        "2024-01-30T07:{:02}:{:02}.{:03}Z <Info> [{thread}] SipTransport.cpp:412 log:BWC:SIP: ",
        at / 60 % 60,
        at % 60,
        at % 1000
    )
}

fn print(wires: &[Wire], how: Print) -> Vec<u8> {
    let mut out = String::new();
    for (at, wire) in wires.iter().enumerate() {
        out += &format!("{}{}\n", head(how.style, at, "0x390"), if wire.sent { "Sending:" } else { "Received:" });
        for (nth, line) in wire.raw.split_terminator("\r\n").enumerate() {
            let bit = |bits: u64| bits >> (nth % 64) & 1 == 1;
            // A stranger's record before a line that begins none of its own would make the line the stranger's.
            let own = bit(how.heads) || bit(how.strangers);
            if bit(how.strangers) && nth > 0 {
                out += &format!("{}heartbeat\n", head(how.style, at, "0x777"));
            }
            if own && nth > 0 {
                out += &head(how.style, at, "0x390");
            }
            out += &format!("{}{line}{}\n", how.prefix, how.end);
        }
        out += &format!("{}timer fired\n", head(how.style, at, "0x390"));
    }
    out.into_bytes()
}

/// What a message says, in words that its printing must not change.
fn told(m: &Message) -> (String, Vec<(String, String)>, String) {
    let fields = m.fields().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    (m.text.lines().next().unwrap_or_default().to_owned(), fields, m.body_text().trim_end().to_owned())
}

/// Recordings of few enough messages that a case stays quick.
fn recordings() -> Vec<Vec<Wire>> {
    folders().iter().map(|folder| wires(folder)).filter(|wires| wires.len() <= 30).collect()
}

/// A message in one record, or each of its lines in one of its own, with records of other threads between them.
fn whole_or_lines() -> impl Strategy<Value = (Style, u64, u64)> {
    let lines = |style: Style| any::<u64>().prop_map(move |strangers| (style, u64::MAX, strangers));
    prop_oneof![Just((Style::Client, 0, 0)), lines(Style::Client), lines(Style::Logcat), Just((Style::Times, u64::MAX, 0)),]
}

/// Cut into records at will: some lines begin one, some do not.
fn at_will() -> impl Strategy<Value = (Style, u64, u64)> {
    (Just(Style::Client), any::<u64>(), prop_oneof![Just(0), any::<u64>()])
}

/// The messages found are those recorded.
fn same(which: prop::sample::Index, how: Print) -> Result<(), TestCaseError> {
    let recordings = recordings();
    reads_the_same(&recordings[which.index(recordings.len())], how).map_err(TestCaseError::fail)
}

fn reads_the_same(wires: &[Wire], how: Print) -> Result<(), String> {
    let found = entry::log(&print(wires, how));
    let ours: Vec<_> = found.iter().map(|m| told(&m.seen.message)).collect();
    let truth: Vec<_> = wires.iter().map(|w| told(&Message::parse(w.raw.clone()).unwrap())).collect();
    let differs = ours.iter().zip(&truth).enumerate().find(|(_, (ours, truth))| ours != truth);
    match differs {
        Some((at, (ours, truth))) => Err(format!("message {at}\n {ours:?}\n {truth:?}")),
        None if ours.len() != truth.len() => Err(format!("{} messages of {}", ours.len(), truth.len())),
        None => Ok(()),
    }
}

/// The lines of the longest message begin records up to one of them, and go on in the last of these from there.
#[test]
fn a_message_whose_rest_is_in_one_record_reads_the_same() {
    let recordings = recordings();
    let most = |wires: &Vec<Wire>| wires.iter().map(|w| w.raw.lines().count()).max();
    let wires = recordings.iter().max_by_key(|wires| most(wires)).unwrap();
    assert!(most(wires) > Some(64));
    for prefix in PREFIXES {
        for heads in [u64::MAX >> 1, u64::MAX >> 40, u64::MAX << 32, 0b1111_0000] {
            let how = Print { style: Style::Client, end: "", prefix, heads, strangers: 0 };
            assert_eq!(reads_the_same(wires, how), Ok(()), "{how:?}");
        }
    }
}

/// Every recording in ways of printing that follow from a number: the same in every run.
#[test]
fn every_recording_reads_the_same_in_drawn_printings() {
    let mut number = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        // Vigna's splitmix64.
        number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut faults = Vec::new();
    for (at, wires) in recordings().iter().enumerate() {
        for prefix in PREFIXES {
            let end = ENDS[next() as usize % ENDS.len()];
            let (style, heads, strangers) = match next() % 6 {
                0 => (Style::Client, u64::MAX, next()),
                1 => (Style::Client, u64::MAX, 0),
                2 => (Style::Client, next(), 0),
                3 => (Style::Client, next(), next() & next()),
                4 => (Style::Logcat, u64::MAX, next()),
                _ => (Style::Times, u64::MAX, 0),
            };
            let how = Print { style, end, prefix, heads, strangers };
            if let Err(fault) = reads_the_same(wires, how) {
                faults.push(format!("recording {at}, {how:?}: {}", fault.chars().take(3_000).collect::<String>()));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    /// The same messages come out however their lines are ended and prefixed, in one record or in one for each line.
    #[test]
    fn any_printing_reads_the_same(which in any::<prop::sample::Index>(), how in any_print(whole_or_lines())) {
        same(which, how)?;
    }

    /// As above, cut into records at will.
    #[test]
    fn any_cut_into_records_reads_the_same(which in any::<prop::sample::Index>(), how in any_print(at_will())) {
        same(which, how)?;
    }

    /// Of a log that is cut anywhere, the messages are those of the whole log up to the cut, but for the last, which may be shorter.
    #[test]
    fn a_cut_log_gives_a_beginning_of_the_messages(which in any::<prop::sample::Index>(), how in any_print(whole_or_lines()), cut in 0.0..1.0_f64) {
        let recordings = recordings();
        let log = print(&recordings[which.index(recordings.len())], how);
        let end = (log.len() as f64 * cut) as usize;
        let (part, whole) = (entry::log(&log[..end]), entry::log(&log));
        prop_assert!(part.len() <= whole.len());
        for (at, (ours, all)) in part.iter().zip(&whole).enumerate() {
            prop_assert_eq!(ours.source.offset, all.source.offset);
            if at + 1 < part.len() {
                prop_assert_eq!(&ours.seen.message.text, &all.seen.message.text, "message {}", at);
            } else {
                prop_assert_eq!(&ours.seen.message.start, &all.seen.message.start);
                let names = |m: &LoggedMessage| m.seen.message.fields().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
                // The last line may be cut within its name.
                let (ours, all) = (names(ours), names(all));
                let whole = ours.len().saturating_sub(1);
                prop_assert!(ours.len() <= all.len() && ours[..whole] == all[..whole], "{:?} {:?}", ours, all);
            }
        }
    }

    /// What is told of a call by the first messages stands, whatever follows: its times, and what happened in it until then.
    #[test]
    fn the_first_messages_give_a_beginning_of_the_facts(which in any::<prop::sample::Index>(), keep in any::<prop::sample::Index>()) {
        let folders = folders();
        let messages = super::captured_direct::messages(&folders[which.index(folders.len())]);
        let keep = keep.index(messages.len()) + 1;
        let (part, whole) = (assemble::facts(messages[..keep].to_vec(), &[]), assemble::facts(messages, &[]));
        let calls = |facts: &Facts| -> Vec<String> { facts.calls.iter().map(|c| c.call_ids[0].original().to_owned()).collect() };
        let (ours, all) = (calls(&part), calls(&whole));
        prop_assert!(all.starts_with(&ours), "{:?} {:?}", ours, all);
        for (ours, all) in part.calls.iter().zip(&whole.calls) {
            prop_assert_eq!(ours.direction, all.direction);
            prop_assert_eq!(ours.started, all.started);
            prop_assert!(ours.ringing.is_none() || ours.ringing == all.ringing);
            prop_assert!(ours.answered.is_none() || ours.answered == all.answered);
            prop_assert!(all.messages.starts_with(&ours.messages));
            prop_assert!(ours.retransmissions <= all.retransmissions);
        }
        prop_assert!(part.registrations.len() <= whole.registrations.len());
    }

    /// Compact names, other case, blanks around the colon, folds, lists on one line or on several: the same message.
    #[test]
    fn any_legal_writing_says_the_same(which in any::<prop::sample::Index>(), dice in prop::collection::vec(0_u8..6, 40), nth in any::<prop::sample::Index>()) {
        let recordings = recordings();
        let wires = &recordings[which.index(recordings.len())];
        let wire = &wires[nth.index(wires.len())];
        let other = rewritten(&wire.raw, &dice);
        let (ours, truth) = (Message::parse(other.clone()).unwrap(), Message::parse(wire.raw.clone()).unwrap());
        prop_assert_eq!(facts(&ours), facts(&truth), "{}", other);
        prop_assert_eq!(&ours.problems, &truth.problems, "{}", other);
    }
}

/// The same message in other writing, drawn by `dice` for each header line.
fn rewritten(raw: &str, dice: &[u8]) -> String {
    const COMPACT: [(&str, &str); 9] = [
        ("Via", "v"),
        ("From", "f"),
        ("To", "t"),
        ("Call-ID", "i"),
        ("Contact", "m"),
        ("Content-Type", "c"),
        ("Content-Length", "l"),
        ("Supported", "k"),
        ("Event", "o"),
    ];
    let (head, body) = raw.split_once("\r\n\r\n").unwrap_or((raw, ""));
    let mut lines = head.split("\r\n");
    let mut out = format!("{}\r\n", lines.next().unwrap_or_default());
    for (at, line) in lines.enumerate() {
        let (name, value) = line.split_once(':').unwrap();
        let value = value.trim();
        let short = COMPACT.iter().find(|(long, _)| long.eq_ignore_ascii_case(name)).map_or(name, |(_, short)| short);
        out += &match dice[at % dice.len()] {
            0 => format!("{short}: {value}"),
            1 => format!("{}:{value}", name.to_ascii_uppercase()),
            2 => format!("{} \t: {value}", name.to_ascii_lowercase()),
            3 => format!("{name}:\r\n   {value}"),
            4 if name.eq_ignore_ascii_case("Route") || name.eq_ignore_ascii_case("Via") => {
                // A list on lines of its own where it has more than one element, else an empty fold.
                format!("{short} :  {value}  ")
            }
            _ => line.to_owned(),
        };
        out += "\r\n";
    }
    format!("{out}\r\n{body}")
}

fn facts(m: &Message) -> BTreeMap<&'static str, String> {
    let address =
        |a: Option<bundlescope::sip::NameAddr<'_>>| format!("{:?}", a.as_ref().map(|a| (a.display.clone(), a.uri, a.tag())));
    BTreeMap::from([
        ("start", m.text.lines().next().unwrap_or_default().to_owned()),
        ("call-id", format!("{:?}", m.call_id())),
        ("cseq", format!("{:?}", m.cseq())),
        ("from", address(m.from())),
        ("to", address(m.to())),
        (
            "vias",
            format!(
                "{:?}",
                m.vias().iter().map(|v| (v.transport, v.sent_by(), v.branch(), v.received(), v.rport())).collect::<Vec<_>>()
            ),
        ),
        ("contacts", format!("{:?}", m.contacts().iter().map(|c| (c.uri, c.param("expires"))).collect::<Vec<_>>())),
        ("routes", format!("{:?}", m.routes().iter().map(|r| r.uri).collect::<Vec<_>>())),
        ("expires", format!("{:?}", m.expires())),
        ("event", format!("{:?}", m.header("Event"))),
        ("supported", format!("{:?}", m.list("Supported"))),
        ("digest", format!("{:?}", m.credentials().iter().map(|d| (d.param("nonce"), d.param("response"))).collect::<Vec<_>>())),
        ("body", m.body_text().to_owned()),
        ("sdp", format!("{:?}", m.sdp())),
    ])
}
