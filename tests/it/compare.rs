//! Two sessions side by side: pairs of the recordings against goldens and against what must stand in them, a session against itself and
//! against itself in disguise, swapped sides, sizes, bad input. In: `tests/fixtures/captured`, `tests/fixtures/compare`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::base::{LogTime, Text, Tone};
use bundlescope::bundle::Input;
use bundlescope::compare::{Anchor, Comparison, Kind, Pair, Row, Scope, Side, compare, two_runs};
use bundlescope::export::Outlet;
use bundlescope::export::compare::{Format, Options as FormOptions, render};
use bundlescope::session::judge::judge;
use bundlescope::session::run::Run;
use bundlescope::session::{CallId, RunId};
use regex::{Captures, Regex};
use serde_json::Value;

use super::captured_direct::{facts_of, folders};
use super::disguise::{disguised, later_and_renamed, through_another_sbc};
use super::framing::{FRAMINGS, Wire, wires};
use super::made;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/captured").join(name)
}

fn bundle(name: &str, log: Vec<u8>) -> Arc<Analysis> {
    let input = Input::Memory { name: name.to_owned(), bytes: log.into() };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

/// The log of a recording in the native form.
fn log(wires: &[Wire]) -> Vec<u8> {
    let native = FRAMINGS.iter().find(|f| f.name == "native, start line on the next line").unwrap();
    (native.write)(wires)
}

fn recorded(name: &str) -> Arc<Analysis> {
    bundle(&format!("{}.log", name.replace('/', "-")), log(&wires(&folder(name))))
}

fn compared(left: &Analysis, right: &Analysis) -> Comparison {
    compare(Side::of(left), Side::of(right), Anchor::Auto)
}

fn text(comparison: &Comparison, left: &Analysis, right: &Analysis, format: Format) -> String {
    render(comparison, Pair::new(left, right), format, &FormOptions::default())
}

fn plain(text: &Text) -> String {
    let _ = Words::english();
    Outlet::originals().text(text)
}

/// What differs and matters, as `what: left | right`.
fn told(comparison: &Comparison) -> Vec<String> {
    let cell = |cell: &Option<bundlescope::compare::Cell>| cell.as_ref().map_or("–".to_owned(), |c| plain(&c.text));
    let row = |row: &Row| format!("{}: {} | {}", plain(&row.what), cell(&row.cells.left), cell(&row.cells.right));
    comparison.differences.iter().map(|place| row(comparison.row(*place).unwrap().1)).collect()
}

/// A pair of recordings: name, left, right, how the sentence begins, what else must be told. Written from the recordings' own packets.
const PAIRS: [(&str, &str, &str, &str, &[&str]); 9] = [
    (
        "wrong-password",
        "register-ok/baresip",
        "register-wrong-password/baresip",
        "They part at Register, REGISTER with credentials: A 200 OK; B 401 Unauthorized",
        &["Register: reached | failed: 401 Unauthorized", "At the end: unregistered | failed", "register-unauthorised: –"],
    ),
    (
        "unreachable",
        "register-ok/baresip",
        "register-unreachable/baresip",
        "They part at Register, REGISTER: A 401 Unauthorized; B no answer, sent 11 times",
        &["Register: reached | –", "REGISTER with credentials: 200 OK | –", "At the end: unregistered | unknown"],
    ),
    (
        "interval-too-brief",
        "register-ok/baresip",
        "register-interval-too-brief/baresip",
        "They part at REGISTER: A 401 Unauthorized; B 423 Interval Too Brief",
        &["REGISTER: 401 Unauthorized | 423 Interval Too Brief"],
    ),
    (
        "not-acceptable",
        "call-basic/linphonec",
        "call-rejected-488/linphonec",
        "They part at Call, Outcome: A answered; B rejected: 488 Not Acceptable Here",
        &["Call: reached | failed: 488"],
    ),
    ("ack-lost", "call-basic/linphonec", "call-ack-lost/linphonec", "They part at ", &["Retransmissions: "]),
    (
        "ack-missing",
        "call-incoming/linphonec",
        "call-ack-missing/linphonec",
        "They part at ",
        &["ACK missing: –", "ack-missing: –"],
    ),
    (
        "held",
        "call-basic/linphonec",
        "hold-by-client/linphonec",
        "They part at ",
        &["hold: – | by the client", "resume: – | by the client"],
    ),
    ("two-stacks", "call-basic/baresip", "call-basic/linphonec", "They part at ", &["User-Agent: baresip"]),
    (
        "busy",
        "call-basic/twinkle",
        "call-busy/twinkle",
        "They part at Outcome: A answered; B busy: 486",
        &["Outcome: answered | busy: 486"],
    ),
];

/// Holds a text against its golden; `COMPARE_GOLDEN=write` writes it instead, to be read before it is kept.
fn golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/compare").join(format!("{name}.txt"));
    let text = text.replace(&format!("Bundlescope {}", env!("CARGO_PKG_VERSION")), "Bundlescope VERSION");
    if std::env::var_os("COMPARE_GOLDEN").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
    assert!(text == kept, "{name} differs from its golden text:\n{text}");
}

#[test]
fn pairs_of_recordings_part_where_their_packets_say() {
    let mut faults = Vec::new();
    for (name, left, right, sentence, rows) in PAIRS {
        let (left, right) = (recorded(left), recorded(right));
        let comparison = compared(&left, &right);
        let said = plain(&comparison.sentence);
        if !said.starts_with(sentence) {
            faults.push(format!("{name}: {said}"));
        }
        let told = told(&comparison);
        for row in rows.iter().filter(|row| !told.iter().any(|t| t.starts_with(**row))) {
            faults.push(format!("{name}: {row} is not among {told:#?}"));
        }
        golden(name, &text(&comparison, &left, &right, Format::Text));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_session_is_no_other_than_itself() {
    for folder in folders() {
        let analysis = quick(&folder);
        let comparison = compared(&analysis, &analysis);
        let other = comparison.groups.iter().flat_map(|g| &g.rows).find(|r| r.kind != Kind::Same);
        assert_eq!(other, None, "{}", folder.display());
        let rows = comparison.strands.iter().flat_map(|s| &s.rows);
        assert!(rows.clone().all(|r| r.kind == Kind::Same && !r.moved), "{}", folder.display());
        assert!(rows.clone().all(|r| r.messages.left == r.messages.right), "{}", folder.display());
        assert_eq!(rows.count(), analysis.facts.messages.len(), "{}", folder.display());
        assert_eq!(plain(&comparison.sentence), "No difference at all", "{}", folder.display());
    }
}

/// Recordings in which an SBC cannot but change what happens: two registrars become one, or times are few.
fn nothing_matters(name: &str, disguise: &dyn Fn(&[Wire]) -> Vec<Wire>) -> Vec<String> {
    let wires = wires(&folder(name));
    let (left, right) = (bundle("first.log", log(&wires)), bundle("second.log", log(&disguise(&wires))));
    let comparison = compared(&left, &right);
    let mut faults = told(&comparison);
    for strand in &comparison.strands {
        let differing = strand.rows.iter().filter(|r| r.kind != Kind::Same).count();
        if differing > 0 {
            faults.push(format!("{differing} of {} messages of {}", strand.rows.len(), plain(&strand.name())));
        }
    }
    faults.into_iter().map(|fault| format!("{name}: {fault}")).collect()
}

/// One recording of each scenario: each stack in turn.
fn names() -> Vec<String> {
    let name = |f: &PathBuf| {
        let parts: Vec<_> = f.iter().rev().take(2).map(|p| p.to_string_lossy().into_owned()).collect();
        format!("{}/{}", parts[1], parts[0])
    };
    let mut all: Vec<String> = folders().iter().map(name).collect();
    let scenario = |name: &str| name.split('/').next().unwrap().to_owned();
    all.dedup_by(|next, kept| scenario(next) == scenario(kept) && scenario(next).len() % 3 != 0);
    all
}

#[test]
fn a_session_through_another_sbc_is_the_same() {
    let faults: Vec<String> = names().iter().flat_map(|name| nothing_matters(name, &through_another_sbc)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn a_session_later_and_of_other_users_is_the_same() {
    let faults: Vec<String> = names().iter().flat_map(|name| nothing_matters(name, &later_and_renamed)).collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// The call that is compared with itself in the goldens: registration, call, hold.
const ITSELF: &str = "hold-by-client/linphonec";

#[test]
fn itself_and_itself_later_and_renamed_as_text() {
    let wires = wires(&folder(ITSELF));
    let (left, right) = (bundle("first.log", log(&wires)), bundle("second.log", log(&later_and_renamed(&wires))));
    let itself = compared(&left, &left);
    assert_eq!(plain(&itself.sentence), "No difference at all");
    assert_eq!(itself.tone(), Tone::Ok);
    golden("itself", &text(&itself, &left, &left, Format::Text));
    let renamed = compared(&left, &right);
    assert_eq!(told(&renamed), Vec::<String>::new());
    golden("later-and-renamed", &text(&renamed, &left, &right, Format::Text));
}

#[test]
fn what_a_disguise_leaves_is_told_without_weight() {
    let wires = wires(&folder("register-and-call/sipp"));
    let (left, right) = (bundle("first.log", log(&wires)), bundle("second.log", log(&through_another_sbc(&wires))));
    let comparison = compared(&left, &right);
    golden("another-sbc", &text(&comparison, &left, &right, Format::Text));
    let other: Vec<&Row> =
        comparison.groups.iter().flat_map(|g| &g.rows).filter(|r| !r.matters && r.kind == Kind::Changed).collect();
    assert!(other.iter().any(|r| plain(&r.what) == "Next hop"), "{other:#?}");
    assert!(other.iter().all(|r| r.weight < 0.2));
    assert_eq!(plain(&comparison.sentence), "No difference that matters");
}

/// An analysis made of a recording's facts alone: quick.
fn quick(folder: &Path) -> Analysis {
    let mut analysis = made::empty();
    let mut facts = facts_of(folder);
    let (stages, verdict) = judge(&facts, RunId(0), &[]);
    let times = facts.messages.iter().filter_map(|m| m.seen.at);
    facts.runs.push(Run { which: None, start: times.clone().min(), end: times.max(), stages, verdict });
    analysis.facts = facts;
    analysis
}

/// A row with left and right exchanged, as text.
fn row_text(row: &Row, swapped: bool) -> String {
    let (left, right) = if swapped { (&row.cells.right, &row.cells.left) } else { (&row.cells.left, &row.cells.right) };
    let kind = if swapped { row.kind.swapped() } else { row.kind };
    let amount = if swapped { row.amount.swapped() } else { row.amount };
    format!("{:?} {left:?} {right:?} {kind:?} {amount:?} {} {} {}", row.what, row.matters, row.weight, row.rank)
}

fn as_text(comparison: &Comparison, swapped: bool) -> (Vec<String>, Vec<String>) {
    let rows = comparison.groups.iter().flat_map(|g| g.rows.iter().map(|r| format!("{:?} {}", g.area, row_text(r, swapped))));
    let mut rows: Vec<String> = rows.collect();
    rows.sort();
    let strands = comparison.strands.iter().map(|strand| {
        let rows = strand.rows.iter().map(|r| {
            let (messages, kind) = if swapped { (r.messages.swapped(), r.kind.swapped()) } else { (r.messages, r.kind) };
            format!("{messages:?} {kind:?}")
        });
        rows.collect::<Vec<_>>().join("\n")
    });
    let mut strands: Vec<String> = strands.collect();
    strands.sort();
    (rows, strands)
}

#[test]
fn swapping_the_sides_swaps_left_and_right() {
    let all: Vec<Analysis> = folders().iter().map(|f| quick(f)).collect();
    let mut held = 0;
    for (n, left) in all.iter().enumerate() {
        for step in [1, 41] {
            let right = &all[(n + step) % all.len()];
            let (there, back) = (compared(left, right), compared(right, left));
            assert_eq!(as_text(&there, false), as_text(&back, true), "{n} with {step} further");
            assert_eq!(there.counts, back.counts);
            assert_eq!(there.differences.len(), back.differences.len());
            held += 1;
        }
    }
    assert!(held > 200, "{held}");
}

#[test]
fn every_pair_is_ordered_on_both_sides_and_loses_no_message() {
    let all: Vec<Analysis> = folders().iter().map(|f| quick(f)).collect();
    for (n, left) in all.iter().enumerate() {
        let right = &all[(n + 3) % all.len()];
        let comparison = compared(left, right);
        for (analysis, pick) in [(left, 0), (right, 1)] {
            let mut ids = Vec::new();
            for strand in &comparison.strands {
                let of = |r: &bundlescope::compare::MessageRow| [r.messages.left, r.messages.right][pick];
                let still: Vec<_> = strand.rows.iter().filter(|r| !r.moved).filter_map(of).collect();
                assert!(still.windows(2).all(|w| w[0] < w[1]), "{n}: {still:?}");
                ids.extend(strand.rows.iter().filter_map(of));
            }
            ids.sort();
            assert_eq!(ids.len(), analysis.facts.messages.len(), "{n}");
            assert!(ids.windows(2).all(|w| w[0] != w[1]));
        }
        let proved = |r: &Row| [&r.cells.left, &r.cells.right].into_iter().flatten().all(|c| !c.evidence.is_empty());
        assert!(comparison.groups.iter().flat_map(|g| &g.rows).all(proved), "{n}");
    }
}

/// The same call again and again, as a client that goes on would make it.
fn repeated(name: &str, times: usize) -> Vec<Wire> {
    let once = wires(&folder(name));
    let id = Regex::new(r"(?im)^((?:Call-ID|i)[ \t]*:[ \t]*)([^\r\n]+)").unwrap();
    let branch = Regex::new(r"(branch=z9hG4bK)").unwrap();
    let mut out = Vec::new();
    for n in 0..times {
        let change = |raw: &str| {
            let raw = id.replace_all(raw, |c: &Captures<'_>| format!("{}{n}-{}", &c[1], &c[2]));
            branch.replace_all(&raw, |c: &Captures<'_>| format!("{}{n}x", &c[1])).into_owned()
        };
        out.extend(disguised(&once, n as i64 * 600_000_000, &change));
    }
    out
}

#[test]
fn a_hundred_times_the_size_works_and_what_is_ambiguous_stays_unmatched() {
    let one = bundle("one.log", log(&wires(&folder("call-basic/baresip"))));
    let many = bundle("many.log", log(&repeated("call-basic/baresip", 100)));
    assert_eq!(many.facts.calls.len(), 100);
    let comparison = compared(&one, &many);
    let said: Vec<String> = comparison.remarks.iter().map(plain).collect();
    assert!(said.iter().any(|r| r.starts_with("1 call of A and 100 of B could belong to several")), "{said:?}");
    let calls = comparison.strands.iter().filter(|s| plain(&s.name()) == "Call");
    assert_eq!(calls.flat_map(|s| &s.rows).filter(|r| r.messages.both().is_some()).count(), 0);
    // A hundred against a hundred: the nth is the nth.
    let comparison = compared(&many, &many);
    let other: Vec<&Row> = comparison.groups.iter().flat_map(|g| &g.rows).filter(|r| r.kind != Kind::Same).collect();
    assert!(other.is_empty(), "{other:#?}");
    assert!(text(&comparison, &many, &many, Format::Text).len() < 200_000);
}

#[test]
#[ignore = "a figure, not a test: 200,000 messages against 200,000, run with --release --nocapture"]
fn two_hundred_thousand_messages_in_time() {
    let side = |of: &str| {
        let mut analysis = made::empty();
        analysis.facts = big(200_000, of);
        analysis
    };
    let (left, right) = (side("a"), side("b"));
    for (name, right) in [("itself", &left), ("through another SBC", &right)] {
        let begun = std::time::Instant::now();
        let comparison = compared(&left, right);
        println!("{} messages against {} ({name}): {:?}", left.facts.messages.len(), right.facts.messages.len(), begun.elapsed());
        assert_eq!(comparison.counts.matter, 0);
        assert!(comparison.strands.iter().all(|s| s.counts().1 == 0));
    }
}

/// The same call again and again; another `side` has other Call-IDs, tags, branches and `o=` ids.
fn big(messages: usize, side: &str) -> bundlescope::session::Facts {
    let once = super::captured_direct::messages(&folder("call-basic/baresip"));
    let id = Regex::new(r"(?im)^((?:Call-ID|i)[ \t]*:[ \t]*)([^\r\n]+)").unwrap();
    let made_up = Regex::new(r"(tag=|branch=z9hG4bK)").unwrap();
    let origin = Regex::new(r"(?m)^(o=\S+ )(\d)").unwrap();
    let mut all = Vec::with_capacity(messages);
    for n in 0..messages / once.len() {
        for message in &once {
            let mut message = message.clone();
            let raw =
                id.replace(&message.seen.message.text, |c: &Captures<'_>| format!("{}{n}-{side}{}", &c[1], &c[2])).into_owned();
            let raw = made_up.replace_all(&raw, |c: &Captures<'_>| format!("{}{side}", &c[1]));
            let digit = if side == "a" { "1" } else { "2" };
            let raw = origin.replace_all(&raw, |c: &Captures<'_>| format!("{}{digit}", &c[1])).into_owned();
            message.seen.message = bundlescope::sip::Message::parse(raw).unwrap();
            message.seen.at = message.seen.at.map(|at| at.plus_us(n as i64 * 60_000_000));
            all.push(message);
        }
    }
    bundlescope::session::assemble::facts(all, &[])
}

#[test]
fn two_calls_two_registrations_and_two_runs_are_chosen() {
    let held = recorded("hold-by-client/baresip");
    let basic = recorded("call-basic/baresip");
    let side = |analysis, scope| Side { analysis, scope };
    let calls = compare(side(&basic, Scope::Call(CallId(0))), side(&held, Scope::Call(CallId(0))), Anchor::Auto);
    assert_eq!(calls.zero.anchor, Anchor::Invite);
    assert!(told(&calls).iter().any(|t| t.starts_with("hold: –")), "{:?}", told(&calls));
    assert!(calls.groups.iter().all(|g| g.area.word() != "stages" && g.area.word() != "registration"));
    let registrations = compare(side(&basic, Scope::Registration(0)), side(&held, Scope::Registration(0)), Anchor::Auto);
    assert!(registrations.groups.iter().any(|g| g.area.word() == "registration"));
    assert!(registrations.groups.iter().all(|g| g.area.word() != "call"));
    let sample = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples/failing.zip")).unwrap();
    let failing = bundle("failing.zip", sample);
    let pair = two_runs(&failing).unwrap();
    let runs = compare(pair.left, pair.right, Anchor::Auto);
    assert!(plain(&runs.sentence).contains("A 200 OK; B 401 Unauthorized"), "{}", plain(&runs.sentence));
    golden("two-runs", &text(&runs, &failing, &failing, Format::Text));
}

#[test]
fn zero_is_where_it_was_asked_for_or_that_is_said() {
    let (left, right) = (recorded("register-and-call/sipp"), recorded("register-ok/baresip"));
    let zero = |anchor| compare(Side::of(&left), Side::of(&right), anchor);
    let invite = zero(Anchor::Invite);
    assert!(invite.zero.replaced && invite.zero.anchor == Anchor::Register);
    assert!(invite.remarks.iter().map(plain).any(|r| r.contains("lacks the anchor asked for")));
    let register = zero(Anchor::Register);
    assert_eq!(register.zero.at.left, left.facts.registrations[0].first);
    let moment = Pair::new(LogTime(5), LogTime(6));
    assert_eq!(zero(Anchor::Event(moment)).zero.at, moment.map(Some));
}

#[test]
fn a_side_that_cannot_be_read_is_said_and_makes_no_difference() {
    let good = recorded("register-ok/baresip");
    let empty = Analysis::unread("gone.zip");
    let comparison = compared(&good, &empty);
    assert!(plain(&comparison.sentence).starts_with("Nothing could be read of B"), "{}", plain(&comparison.sentence));
    assert!(comparison.groups.iter().any(|g| g.area.word() == "registration"), "the other side is still shown");
    assert!(told(&comparison).iter().all(|t| t.contains("log")), "{:?}", told(&comparison));
    // Nothing compared is nothing alike.
    assert_eq!(comparison.tone(), Tone::Warn);
    let comparison = compared(&empty, &empty);
    assert_eq!(comparison.tone(), Tone::Warn);
    assert!(plain(&comparison.sentence).starts_with("Nothing could be read on either side"));
    let page = text(&compared(&good, &empty), &good, &empty, Format::Text);
    assert!(page.contains("Nothing could be read of B"));
}

#[test]
fn nothing_in_common_and_another_product_are_said() {
    let wires = wires(&folder("register-ok/baresip"));
    let csf = FRAMINGS.iter().find(|f| f.name == "csf in +02:00").unwrap();
    let (left, right) = (bundle("a.log", log(&wires)), bundle("b.log", (csf.write)(&wires)));
    let comparison = compared(&left, &right);
    let said: Vec<String> = comparison.remarks.iter().map(plain).collect();
    assert!(said.iter().any(|r| r.starts_with("B looks like a client of Unified CM")), "{said:?}");
    let lines = b"2024-01-30T07:19:10.077Z <Info> [0x45c] Other.cpp:1 x: nothing of note\n".repeat(5);
    let comparison = compared(&left, &bundle("quiet.log", lines));
    let said: Vec<String> = comparison.remarks.iter().map(plain).collect();
    assert!(said.iter().any(|r| r.starts_with("They have no stage and no SIP conversation in common")), "{said:?}");
    assert!(said.iter().any(|r| r.starts_with("B has no SIP message")), "{said:?}");
}

#[test]
fn json_keeps_to_its_schema_and_every_form_is_the_same_twice() {
    let (left, right) = (recorded("register-ok/baresip"), recorded("register-wrong-password/baresip"));
    let comparison = compared(&left, &right);
    for format in Format::ALL {
        let (once, twice) = (text(&comparison, &left, &right, format), text(&compared(&left, &right), &left, &right, format));
        assert_eq!(once, twice, "{}", format.word());
        assert!(once.ends_with('\n'));
        assert_eq!(Format::from_word(format.word()), Some(format));
    }
    let json: Value = serde_json::from_str(&text(&comparison, &left, &right, Format::Json)).unwrap();
    assert_eq!(json["schema"], "bundlescope.compare/1");
    let differences = json["differences"].as_array().unwrap();
    assert_eq!(json["differences_count"], differences.len());
    assert_eq!(json["counts"]["matter"], differences.len());
    for difference in differences {
        for key in ["area", "subject", "key", "what", "kind", "left", "right", "amount", "weight", "evidence"] {
            assert!(difference.get(key).is_some(), "{key} is missing in {difference}");
        }
        let evidence = difference["evidence"].as_array().unwrap();
        assert!(!evidence.is_empty(), "{difference}");
        assert!(evidence.iter().all(|e| e["side"] == "left" || e["side"] == "right"));
    }
    assert_eq!(differences[0]["key"], "stage.register");
    // Every key of the schema's text is written, and none that it does not name.
    let schema = include_str!("../../assets/schema/compare-1.md");
    fn keys(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::Object(map) => map.iter().for_each(|(k, v)| {
                out.push(k.clone());
                keys(v, out);
            }),
            Value::Array(list) => list.iter().for_each(|v| keys(v, out)),
            _ => {}
        }
    }
    let options = FormOptions { messages: true, ..FormOptions::default() };
    let all = render(&comparison, Pair::new(&left, &right), Format::Json, &options);
    let mut written = Vec::new();
    keys(&serde_json::from_str(&all).unwrap(), &mut written);
    written.sort();
    written.dedup();
    let undocumented: Vec<&String> = written.iter().filter(|k| !schema.contains(&format!("\"{k}\"")) && *k != "right").collect();
    assert!(undocumented.is_empty(), "{undocumented:?}");
}

#[test]
fn a_hostile_log_writes_no_markup() {
    let wires = wires(&folder("call-rejected-488/baresip"));
    let evil: Vec<Wire> = disguised(&wires, 0, &|raw: &str| {
        raw.replace("Not Acceptable Here", "<script>alert(1)</script>|**x**\u{202e}").replace("bob", "<b>bob")
    });
    let (left, right) = (bundle("a<i>.log", log(&wires)), bundle("b|`.log", log(&evil)));
    let comparison = compared(&left, &right);
    let html = text(&comparison, &left, &right, Format::Html);
    assert!(!html.contains("<script") && !html.contains("<b>bob") && !html.contains("a<i>"), "{html}");
    assert!(html.contains("default-src 'none'"));
    let markdown = text(&comparison, &left, &right, Format::Markdown);
    assert!(!markdown.contains("<script") && !markdown.contains('\u{202e}'), "{markdown}");
    assert!(!text(&comparison, &left, &right, Format::Text).contains('\u{202e}'));
}

#[test]
fn every_language_says_it() {
    let (left, right) = (recorded("register-ok/baresip"), recorded("register-wrong-password/baresip"));
    let comparison = compared(&left, &right);
    for language in bundlescope::base::Language::ALL {
        let options = FormOptions { words: Words::of(language), ..FormOptions::default() };
        let said = render(&comparison, Pair::new(&left, &right), Format::Text, &options);
        assert!(!said.contains("compare.") && !said.contains('{'), "{said}");
    }
}
