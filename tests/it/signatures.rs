//! The catalogue of failures: every example against every signature, and what the files promise about themselves.
//! In: `assets/signatures`. What disagrees is printed with its file.

use std::collections::BTreeSet;

use bundlescope::base::{Language, LogTime, MemberId, Notes, SourceRef};
use bundlescope::bundle::Observer;
use bundlescope::findings::catalogue::Trial;
use bundlescope::findings::evaluate::is_place;
use bundlescope::findings::signature::{Signature, Texts};
use bundlescope::findings::{BundleView, Catalogue, Finding, Severity, evaluate};
use bundlescope::session::environment::Environment;
use bundlescope::session::tables::Tables;
use bundlescope::session::{Facts, LoggedMessage, RunId, assemble};
use bundlescope::sip::{Direction, Message, Observed};

use crate::captured_direct;

pub fn catalogue() -> &'static Catalogue {
    static CATALOGUE: std::sync::OnceLock<Catalogue> = std::sync::OnceLock::new();
    CATALOGUE.get_or_init(load)
}

pub fn load() -> Catalogue {
    let mut notes = Notes::new();
    let catalogue = Catalogue::load(None, &mut notes);
    let notes: Vec<String> = notes.all().into_iter().map(|n| n.text).collect();
    assert!(notes.is_empty(), "{}", notes.join("\n"));
    catalogue
}

#[test]
fn every_example_hits_what_it_says_and_nothing_else() {
    let trial = Trial::new(load());
    let mut wrong = Vec::new();
    for signature in &trial.catalogue().signatures {
        for (place, example) in signature.examples.iter().enumerate() {
            let Some(log) = &example.log else { continue };
            let found: BTreeSet<&str> = trial.ids(log).into_iter().collect();
            let own = example.hits.then_some(signature.id.as_str());
            let expected: BTreeSet<&str> = own.into_iter().chain(example.also.iter().map(String::as_str)).collect();
            if found != expected {
                wrong.push(format!("{} example {}: found {found:?}, expected {expected:?}", signature.id, place + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_in_the_files_lead_somewhere() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for signature in &catalogue.signatures {
        for id in signature.explains.iter().chain(&signature.excludes) {
            if catalogue.get(id).is_none() {
                wrong.push(format!("{} names {id}, which does not exist", signature.id));
            }
        }
        if signature.sources.is_empty() {
            wrong.push(format!("{} has no source", signature.id));
        }
    }
    for (id, _) in bundlescope::findings::checks::CHECKS {
        if !catalogue.signatures.iter().any(|s| s.check.as_deref() == Some(id)) {
            wrong.push(format!("no signature uses the check {id}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn places(texts: &Texts) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for text in texts.all() {
        for piece in text.split('{').skip(1) {
            if let Some((name, _)) = piece.split_once('}').filter(|(name, _)| is_place(name)) {
                out.insert(name.to_owned());
            }
        }
    }
    out
}

fn lengths(texts: &Texts) -> [usize; 4] {
    [texts.causes.len(), texts.checks.len(), texts.steps.len(), texts.not_when.len()]
}

fn complete(signature: &Signature, wrong: &mut Vec<String>) {
    let english = signature.texts(Language::English);
    let full =
        |t: &Texts| !t.title.is_empty() && !t.meaning.is_empty() && !t.impact.is_empty() && lengths(t).iter().all(|l| *l > 0);
    for language in Language::ALL {
        let code = language.code();
        let Some(texts) = signature.texts.get(&language) else {
            wrong.push(format!("{}: nothing in {code}", signature.id));
            continue;
        };
        if !full(texts) {
            wrong.push(format!("{}: something is empty in {code}", signature.id));
        }
        if lengths(texts) != lengths(english) {
            wrong.push(format!("{}: lists of {code} are not as long as the English ones", signature.id));
        }
        if places(texts) != places(english) {
            wrong.push(format!("{}: places of {code} {:?}, of English {:?}", signature.id, places(texts), places(english)));
        }
        for (number, texts) in &signature.codes {
            if !texts.get(&language).is_some_and(|t| !t.meaning.is_empty() && !t.action.is_empty()) {
                wrong.push(format!("{}: code {number} lacks words in {code}", signature.id));
            }
        }
    }
}

#[test]
fn every_language_says_everything() {
    let mut wrong = Vec::new();
    for signature in &catalogue().signatures {
        complete(signature, &mut wrong);
    }
    assert!(wrong.is_empty(), "{} gaps\n{}", wrong.len(), wrong.join("\n"));
}

fn view(facts: &Facts, environment: &Environment) -> Vec<Finding> {
    let view = BundleView {
        members: Vec::new(),
        missing: Vec::new(),
        environment,
        busy: None,
        emergency: &Tables::embedded().emergency,
    };
    evaluate(catalogue(), &[], facts, &view).findings
}

/// Recordings whose network did something that a finding tells of, though nothing was made to fail.
const TOLD: &[(&str, &str)] = &[
    // The far end's BYE carries Q.850 cause 102, a timer that ran out.
    ("call-released-with-reason", "call-released-abnormally"),
];

#[test]
fn recordings_of_what_works_accuse_nobody() {
    let mut wrong = Vec::new();
    for folder in captured_direct::folders() {
        let truth: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
        let scenario = folder.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        let name = format!("{scenario}/{}", folder.file_name().unwrap().to_string_lossy());
        let findings = view(&captured_direct::facts_of(&folder), &Environment::default());
        let told = |f: &&Finding| TOLD.contains(&(scenario.as_str(), f.id.as_str()));
        let bad: Vec<&str> =
            findings.iter().filter(|f| f.severity < Severity::Note).filter(|f| !told(f)).map(|f| f.id.as_str()).collect();
        println!(
            "{name} [{}]: {:?}",
            truth["cause"],
            findings.iter().map(|f| (f.id.as_str(), f.severity.word(), f.count)).collect::<Vec<_>>()
        );
        if truth["cause"].is_null() && !bad.is_empty() {
            wrong.push(format!("{name}: {bad:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn recordings_named_as_examples_hit_as_said() {
    let mut wrong = Vec::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured");
    for signature in &catalogue().signatures {
        for example in &signature.examples {
            let Some(scenario) = &example.scenario else { continue };
            let findings = view(&captured_direct::facts_of(&root.join(scenario)), &Environment::default());
            let ids: Vec<&str> = findings.iter().map(|f| f.id.as_str()).collect();
            if ids.contains(&signature.id.as_str()) != example.hits {
                wrong.push(format!("{} on {scenario}: {ids:?}", signature.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The good recordings with every message's text changed; what is accused then, by recording.
fn accused(change: impl Fn(&[LoggedMessage]) -> Vec<String>) -> Vec<String> {
    let mut wrong = Vec::new();
    for folder in captured_direct::folders() {
        let truth: serde_json::Value =
            serde_json::from_str(&std::fs::read_to_string(folder.join("facts.json")).unwrap()).unwrap();
        let scenario = folder.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
        if !truth["cause"].is_null() || TOLD.iter().any(|(told, _)| *told == scenario) {
            continue;
        }
        let mut messages = captured_direct::messages(&folder);
        let texts = change(&messages);
        for (message, text) in messages.iter_mut().zip(texts) {
            message.seen.message = Message::parse(text).unwrap();
        }
        let findings = view(&assemble::facts(messages, &[]), &Environment::default());
        let bad: Vec<&str> = findings.iter().filter(|f| f.severity < Severity::Note).map(|f| f.id.as_str()).collect();
        if !bad.is_empty() {
            wrong.push(format!("{scenario}/{}: {bad:?}", folder.file_name().unwrap().to_string_lossy()));
        }
    }
    wrong
}

/// The client behind a NAT: its Contact and its descriptions name a private address, `received` the public one.
#[test]
fn private_addresses_behind_a_public_one_accuse_nobody() {
    let change = |text: &str| -> String {
        let mut body = false;
        let line = |line: &str| {
            body |= line.trim().is_empty();
            let contact = line.to_ascii_lowercase().starts_with("contact:") || line.starts_with("m:");
            if contact || body { line.replace("192.0.2.10", "10.20.30.40") } else { line.to_owned() }
        };
        text.split_inclusive('\n').map(line).collect()
    };
    let wrong = accused(|messages| messages.iter().map(|m| change(&m.seen.message.text)).collect());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Tags as a BroadWorks application server writes them.
#[test]
fn tags_of_an_application_server_accuse_nobody() {
    let wrong = accused(|messages| {
        let mut tags: Vec<String> = Vec::new();
        for message in messages.iter().filter(|m| m.seen.direction == Direction::Received) {
            let of = if message.seen.message.is_request() { message.seen.message.from() } else { message.seen.message.to() };
            tags.extend(of.and_then(|a| a.tag().map(str::to_owned)).filter(|t| t.len() > 5));
        }
        tags.sort();
        tags.dedup();
        let shaped = |text: &str| {
            tags.iter()
                .enumerate()
                .fold(text.to_owned(), |t, (n, tag)| t.replace(tag.as_str(), &format!("{}-16747483{n:05}", 749_498_253 + n)))
        };
        messages.iter().map(|m| shaped(&m.seen.message.text)).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Messages of a made dialogue: seconds, then `>` sent or `<` received and the text with `|` for line ends.
fn made(lines: &[(f64, &str)]) -> Vec<LoggedMessage> {
    let template = |text: &str| text.replace('|', "\r\n") + "\r\nContent-Length: 0\r\n\r\n";
    let one = |(number, (at, text)): (usize, &(f64, &str))| {
        let (way, text) = text.split_at(1);
        let sent = way == ">";
        let text = template(text);
        LoggedMessage {
            seen: Observed {
                message: Message::parse(text).unwrap(),
                at: Some(LogTime((*at * 1e6) as i64)),
                direction: if sent { Direction::Sent } else { Direction::Received },
                remote: Some("198.51.100.20:5060".into()),
                local: Some("192.0.2.10:5060".into()),
            },
            direction_basis: None,
            source: SourceRef { member: MemberId(0), line: number as u64 + 1, offset: 0, bytes: 0 },
            lines: 1,
            run: RunId(0),
            observer: Observer::Client,
            sent_before: 0,
        }
    };
    lines.iter().enumerate().map(one).collect()
}

fn ids_of(lines: &[(f64, String)]) -> Vec<String> {
    let lines: Vec<(f64, &str)> = lines.iter().map(|(t, s)| (*t, s.as_str())).collect();
    let found = view(&assemble::facts(made(&lines), &[]), &Environment::default());
    found.into_iter().map(|f| f.id).collect()
}

fn head(method: &str, call: &str, cseq: u32, transport: &str, more: &str) -> String {
    format!(
        "{method} sip:example.com SIP/2.0|Via: SIP/2.0/{transport} 192.0.2.10:5060;branch=z9hG4bK{call}{cseq}|From: <sip:anna@example.com>;tag=a{call}|\
         To: <sip:anna@example.com>|Call-ID: {call}|CSeq: {cseq} {method}|Contact: <sip:anna@192.0.2.10:5060>{more}"
    )
}

fn answer(status: &str, method: &str, call: &str, cseq: u32, seen_as: &str, more: &str) -> String {
    format!(
        "SIP/2.0 {status}|Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK{call}{cseq}{seen_as}|From: <sip:anna@example.com>;tag=a{call}|\
         To: <sip:anna@example.com>;tag=b{call}|Call-ID: {call}|CSeq: {cseq} {method}{more}"
    )
}

#[test]
fn the_place_behind_a_nat_changes() {
    let register = |cseq, at, place: &str| {
        [
            (at, format!(">{}", head("REGISTER", "r", cseq, "UDP", "|Expires: 300"))),
            (
                at + 0.1,
                format!(
                    "<{}",
                    answer("200 OK", "REGISTER", "r", cseq, place, "|Contact: <sip:anna@192.0.2.10:5060>;expires=300")
                ),
            ),
        ]
    };
    let same =
        [register(1, 0.0, ";received=203.0.113.9;rport=4000"), register(2, 60.0, ";received=203.0.113.9;rport=4000")].concat();
    assert_eq!(ids_of(&same), Vec::<String>::new());
    let moved =
        [register(1, 0.0, ";received=203.0.113.9;rport=4000"), register(2, 60.0, ";received=203.0.113.9;rport=4711")].concat();
    assert_eq!(ids_of(&moved), ["nat-binding-lost"]);
}

#[test]
fn a_large_invite_dies_where_a_small_request_lives() {
    let invite = |bytes: usize| format!(">{}", head("INVITE", "c", 1, "UDP", &format!("|X-Long: {}", "x".repeat(bytes))));
    let lines = |bytes: usize| {
        let sends = [1.0, 1.5, 2.5, 4.5, 8.5, 16.5, 32.5].map(|at| (at, invite(bytes)));
        let options = [
            (40.0, format!(">{}", head("OPTIONS", "o", 1, "UDP", ""))),
            (40.1, format!("<{}", answer("200 OK", "OPTIONS", "o", 1, "", ""))),
        ];
        [sends.to_vec(), options.to_vec()].concat()
    };
    assert_eq!(ids_of(&lines(1_300)), ["message-too-large-for-udp", "call-no-response"]);
    assert_eq!(ids_of(&lines(200)), ["call-no-response"]);
}

#[test]
fn an_emergency_call_leads_and_what_was_given_up_does_not_count() {
    let call = |uri: &str, status: &str| {
        let invite = head("INVITE", "e", 1, "UDP", "").replace("INVITE sip:example.com", &format!("INVITE {uri}"));
        vec![
            (1.0, format!(">{invite}")),
            (2.0, format!("<{}", answer(status, "INVITE", "e", 1, "", ""))),
            (40.0, format!(">{}", head("OPTIONS", "o", 1, "UDP", ""))),
        ]
    };
    assert_eq!(ids_of(&call("sip:112@example.com", "403 Forbidden"))[0], "emergency-call-failed");
    assert_eq!(ids_of(&call("urn:service:sos.fire", "503 Service Unavailable"))[0], "emergency-call-failed");
    assert_eq!(ids_of(&call("sip:1125@example.com", "403 Forbidden")), ["call-forbidden"]);
    assert_eq!(ids_of(&call("sip:112@example.com", "487 Request Terminated")), Vec::<String>::new());
}

#[test]
fn a_challenge_is_not_a_wrong_password() {
    let challenge = "|WWW-Authenticate: Digest realm=\"x\", nonce=\"n\"";
    let register = |cseq, at, credentials: bool, status: &str, more: &str| {
        let header = if credentials {
            "|Authorization: Digest username=\"anna\", realm=\"x\", nonce=\"n\", uri=\"sip:x\", response=\"r\""
        } else {
            ""
        };
        [
            (at, format!(">{}", head("REGISTER", "r", cseq, "UDP", &format!("|Expires: 300{header}")))),
            (at + 0.1, format!("<{}", answer(status, "REGISTER", "r", cseq, "", more))),
        ]
    };
    let wrong =
        [register(1, 0.0, false, "401 Unauthorized", challenge), register(2, 1.0, true, "401 Unauthorized", challenge)].concat();
    assert_eq!(ids_of(&wrong), ["register-unauthorised"]);
    let stale = format!("{challenge}, stale=true");
    let old = [register(1, 0.0, true, "401 Unauthorized", &stale)].concat();
    assert_eq!(ids_of(&old), Vec::<String>::new());
    let granted = "|Contact: <sip:anna@192.0.2.10:5060>;expires=300";
    let renewed = [
        register(1, 0.0, true, "200 OK", granted),
        register(2, 200.0, true, "401 Unauthorized", challenge),
        register(3, 200.5, true, "200 OK", granted),
    ]
    .concat();
    assert_eq!(ids_of(&renewed), Vec::<String>::new());
}
