//! The filter language and the search over a bundle: what is found is what a plain search over the texts finds. In: bundles made in
//! memory. Out: places of records.

use std::sync::Arc;

use bundlescope::analyse::Analysis;
use bundlescope::base::{LogTime, Progress};
use bundlescope::records::merge::Merged;
use bundlescope::records::search::filter::{Term, What};
use bundlescope::records::search::{CallParts, Filter, Found, Input, Names, Needle, Plan, scan};
use proptest::prelude::*;

use crate::bundles::read as text_of;
use crate::signatures_matrix::read;

fn order(analysis: &Analysis) -> Merged {
    Merged::new(&analysis.index.iter().collect::<Vec<_>>())
}

fn pass(analysis: &Analysis, merged: &Merged, plan: &Plan, progress: &Progress) -> Found {
    let input = Input { bundle: &analysis.bundle, index: &analysis.index, merged, dialects: &analysis.dialects };
    scan(&input, plan, progress, &|_| {})
}

/// Member and line of the records that pass a filter, in their order.
fn passing(analysis: &Analysis, filter: &str) -> Vec<(usize, u64)> {
    let merged = order(analysis);
    let paths = analysis.bundle.members.iter().map(|m| m.path.as_str()).collect();
    let call = |n: u32| (n == 1).then(|| CallParts { records: vec![(0, 0)], texts: vec!["call-7@host".to_owned()] });
    let plan = Plan::new(&Filter::read(filter).unwrap(), &Names { paths, call: &call }).unwrap();
    let found = pass(analysis, &merged, &plan, &Progress::new());
    assert!(!found.cancelled && found.notes.is_empty(), "{:?}", found.notes.all());
    let spots = (0..found.places.count()).map(|n| merged.get(found.places.nth(n).unwrap()).unwrap());
    spots.map(|(member, number)| (member, analysis.index[member].get(number).unwrap().line)).collect()
}

/// 08:14:00 in a zone 5 h 45 min east of UTC is 02:29:00 UTC; a day there begins at 18:15 UTC of the day before.
#[test]
fn times_of_a_filter_are_those_of_the_zone_shown() {
    let holds = |filter: &str, offset_s: i32, at: (u32, u32, u32)| {
        let filter = Filter::read(filter).unwrap().in_zone(offset_s);
        let at = LogTime::from_civil(2026, 3, at.0, at.1, at.2, 0, 0).unwrap();
        filter.chips.iter().all(|chip| matches!(&chip.term, Term::Time(range) if range.holds(at)))
    };
    assert!(holds("time:08:14", 20_700, (11, 2, 29)) && !holds("time:08:14", 20_700, (11, 8, 14)));
    assert!(holds("time:08:14", 0, (11, 8, 14)) && !holds("time:08:14", 0, (11, 2, 29)));
    assert!(holds("time:2026-03-11", 20_700, (10, 18, 15)) && !holds("time:2026-03-11", 20_700, (10, 18, 14)));
    assert!(holds("time:2026-03-11T00:00..2026-03-11T00:01", -3_600, (11, 1, 0)));
    assert!(holds("time:23:30..00:30", 3_600, (11, 22, 45)) && !holds("time:23:30..00:30", 3_600, (11, 23, 45)));
}

/// Records that hold a text, found by a plain search over the whole text of each member. Counted where the text begins.
fn grep(analysis: &Analysis, needle: &str, case: bool) -> Vec<(usize, usize)> {
    let fold = |text: &str| if case { text.to_owned() } else { text.chars().flat_map(char::to_lowercase).collect() };
    let mut out = Vec::new();
    for (member, index) in analysis.index.iter().enumerate().filter(|(_, index)| !index.is_empty()) {
        let text = String::from_utf8(text_of(&analysis.bundle, member).0).unwrap();
        for number in 0..index.len() {
            let (from, to) = (index.get(number).unwrap().offset, index.get(number + 1).map_or(text.len() as u64, |e| e.offset));
            // A record longer than the cap is in pieces: a text may begin in one and end in the next.
            let over = if index.get(number + 1).is_some_and(|next| next.continued) { needle.len() - 1 } else { 0 };
            let to = (text.len().min(to as usize + over)..=text.len()).find(|to| text.is_char_boundary(*to)).unwrap();
            if fold(&text[from as usize..to]).contains(&fold(needle)) {
                out.push((member, number));
            }
        }
    }
    out
}

fn searched(analysis: &Analysis, needle: &Needle) -> Vec<(usize, usize)> {
    let merged = order(analysis);
    let found = pass(analysis, &merged, &Plan::of(needle).unwrap(), &Progress::new());
    let mut out: Vec<_> = (0..found.places.count()).map(|n| merged.get(found.places.nth(n).unwrap()).unwrap()).collect();
    out.sort_unstable();
    out
}

fn line(second: u64, level: &str, thread: &str, code: &str, text: &str) -> String {
    format!("2026-03-11T08:{:02}:{:02}.000Z <{level}> [{thread}] {code} {text}\n", 14 + second / 60, second % 60)
}

fn small() -> Arc<Analysis> {
    let bwc = [
        line(0, "Info", "0x390", "BroadWorksManager.cpp:212", "registerClient:BWC:SCF: start"),
        line(5, "Error", "0x390", "BroadWorksTokenManager.cpp:214", "operator():BWC:SCF: token refused"),
        "{\n  \"error\": \"access_denied\",\n  \"für\": \"Ärger\"\n}\n".to_owned(),
        line(70, "Debug", "0x2a14", "HttpClient.cpp:604", "sendRequest:NET: Call-ID: call-7@host"),
    ]
    .concat();
    let startup = [
        line(2, "Warn", "0x390", "DeviceList.cpp:190", "list:DEV: kein Standardgerät\r"),
        line(400, "Info", "0x1f8", "WindowState.cpp:55", "focus:UI: a/b and \"quoted\" text"),
    ]
    .concat();
    read(&[("bwc/current_log.txt", bwc.as_bytes()), ("startup/current_log.txt", startup.as_bytes())])
}

#[test]
fn each_term_says_what_it_means() {
    let analysis = small();
    let all = [(0, 1), (1, 1), (0, 2), (0, 7), (1, 2)];
    for (filter, want) in [
        ("", &all[..]),
        ("member:bwc", &[(0, 1), (0, 2), (0, 7)]),
        ("member:startup,bwc", &all),
        ("not:member:bwc", &[(1, 1), (1, 2)]),
        ("level>=warn", &[(1, 1), (0, 2)]),
        ("level:debug,error", &[(0, 2), (0, 7)]),
        ("level<=info", &[(0, 1), (0, 7), (1, 2)]),
        ("thread:0x390", &[(0, 1), (1, 1), (0, 2)]),
        ("thread:0x390 not:level:warn", &[(0, 1), (0, 2)]),
        ("source:broadworks", &[(0, 1), (0, 2)]),
        ("source:httpclient.cpp:604", &[(0, 7)]),
        ("call:1", &[(0, 1), (0, 7)]),
        ("time:08:14..08:14", &[(0, 1), (1, 1), (0, 2)]),
        ("time:08:14:05..08:15", &[(0, 2), (0, 7)]),
        ("time:08:15..", &[(0, 7), (1, 2)]),
        ("time:..08:14:02.000", &[(0, 1), (1, 1)]),
        ("time:2026-03-11T08:20..", &[(1, 2)]),
        ("time:2026-03-10", &[]),
        ("time:08:20..08:14:00", &[(0, 1), (1, 2)]),
        ("ÄRGER", &[(0, 2)]),
        ("standardgerät", &[(1, 1)]),
        ("\"token refused\"", &[(0, 2)]),
        ("text:refused", &[(0, 2)]),
        ("\"\\\"quoted\\\" text\"", &[(1, 2)]),
        ("/call-[0-9]@/", &[(0, 7)]),
        ("/BWC:SCF: (start|stop)$/", &[(0, 1)]),
        ("/^}$/", &[(0, 2)]),
        ("/a\\/b/", &[(1, 2)]),
        ("/bwc:scf/", &[]),
        ("/bwc:scf/i not:/refused/", &[(0, 1)]),
        ("not:not:start level:info", &[(0, 1)]),
        ("BWC:SCF:", &[(0, 1), (0, 2)]),
    ] {
        assert_eq!(passing(&analysis, filter), want, "{filter}");
        let again = Filter::read(&Filter::read(filter).unwrap().written()).unwrap();
        assert_eq!(again.chips.len(), Filter::read(filter).unwrap().chips.len(), "written again: {filter}");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    for (filter, at, want) in [
        ("level>=loud", 7, What::Level("loud".into())),
        ("member:bwc levle:warn", 11, What::Nearly("levle".into(), "level")),
        ("time:25:00", 5, What::Time("25:00".into())),
        ("time:08:14..2026-03-11T08:20", 5, What::Time("08:14..2026-03-11T08:20".into())),
        ("time:2026-02-30", 5, What::Time("2026-02-30".into())),
        ("call:two", 5, What::Number("two".into())),
        ("ä \"open", 2, What::Open),
        ("/open", 0, What::Open),
        ("member:", 7, What::Empty("member".into())),
        ("a not:", 2, What::Nothing),
        ("/x/g", 3, What::Behind("g".into())),
        ("member>=bwc", 0, What::Compared("member".into())),
    ] {
        let fault = Filter::read(filter).unwrap_err();
        assert_eq!((fault.at, &fault.what), (at, &want), "{filter}");
        let said = fault.sentence();
        assert!(said.contains(&format!("character {}", at + 1)) && !said.ends_with('.') && said.len() < 120, "{said}");
    }
    assert!(matches!(Filter::read("x /(/").unwrap_err(), f if f.at == 2 && matches!(f.what, What::Expression(_))));
    assert!(matches!(Filter::read("/(\\w{1000}){1000}/").unwrap_err().what, What::Large));
    let analysis = small();
    let paths: Vec<&str> = analysis.bundle.members.iter().map(|m| m.path.as_str()).collect();
    for (filter, what) in [("x member:media", What::Member("media".into())), ("x call:9", What::Call(9))] {
        let names = Names { paths: paths.clone(), call: &|_| None };
        let fault = Plan::new(&Filter::read(filter).unwrap(), &names).unwrap_err();
        assert_eq!((fault.at, fault.what), (2, what));
    }
}

/// A log of several members in several encodings, longer than any window: texts at the borders of portions and pieces.
fn long() -> Arc<Analysis> {
    let mut bwc = String::new();
    for n in 0..30_000u64 {
        bwc +=
            &line(n / 50, if n % 97 == 0 { "Error" } else { "Info" }, "0x390", "A.cpp:1", &format!("f:T: straße {n} žluťoučký"));
        if n % 1_000 == 7 {
            bwc += "  body of\r\n  several lines Ünïcode\r\n";
        }
    }
    // One line of 3 MiB with words over the cap of a record, at several shifts.
    let mut huge = line(1_000, "Warn", "0x1", "B.cpp:2", "f:T: ");
    huge.pop();
    while huge.len() < 3 << 20 {
        huge += "needle→nadel ";
        if huge.len().is_multiple_of(7) {
            huge += "x";
        }
    }
    let utf16: Vec<u8> = std::iter::once(0xfeffu16)
        .chain(line(9, "Info", "0x7", "C.cpp:3", "f:T: STRASSE straße 12 Ünïcode\r").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    read(&[("bwc/current_log.txt", bwc.as_bytes()), ("media/huge.log", huge.as_bytes()), ("startup/current_log.txt", &utf16)])
}

#[test]
fn a_search_finds_what_a_plain_search_finds() {
    let analysis = long();
    assert!(analysis.index[1].len() > 2, "the long line is in pieces");
    for (text, case) in [
        ("straße 12", true),
        ("STRASSE", false),
        ("ünïcode", false),
        ("Ünïcode", true),
        ("needle→nadel", true),
        ("edle→", true),
        ("lines", true),
        ("\u{17e}luťoučký", false),
        ("<Error>", true),
        ("of\r\n  several", true),
        ("nowhere", false),
    ] {
        let needle = Needle { text: text.to_owned(), expression: false, case };
        let (got, want) = (searched(&analysis, &needle), grep(&analysis, text, case));
        assert_eq!(got, want, "{text}");
        assert_eq!(text == "nowhere", got.is_empty(), "{text}");
        // The way record by record gives the same as the way through many at once.
        let (merged, names) = (order(&analysis), Names { paths: Vec::new(), call: &|_| None });
        let none = if case { format!("/{}/", text.replace("\r\n", "\\r\\n")) } else { format!("\"{text}\"") };
        let plan = Plan::new(&Filter::read(&format!("not:{none}")).unwrap(), &names).unwrap();
        let others = pass(&analysis, &merged, &plan, &Progress::new());
        assert_eq!(others.places.count() + got.len(), merged.len(), "not {text}");
    }
    // An expression may not reach from one record into the next.
    let over = Needle { text: "žluťoučký\\s+2026".into(), expression: true, case: true };
    assert!(searched(&analysis, &over).is_empty());
    let over = Needle { text: "(?s)straße 12.*".into(), expression: true, case: true };
    assert_eq!(searched(&analysis, &over), grep(&analysis, "straße 12", true));
}

#[test]
fn a_search_can_be_stopped_and_tells_on_the_way() {
    let analysis = long();
    let merged = order(&analysis);
    let plan = Plan::of(&Needle { text: "straße".into(), ..Needle::default() }).unwrap();
    let progress = Progress::new();
    let input = Input { bundle: &analysis.bundle, index: &analysis.index, merged: &merged, dialects: &analysis.dialects };
    let whole = scan(&input, &plan, &progress, &|_| {});
    assert_eq!((whole.members, whole.of_members), (3, 3));
    let (done, total) = progress.bytes();
    assert!(done > 0 && total > 0 && done >= total / 2);
    progress.cancel();
    let stopped = scan(&input, &plan, &progress, &|_| {});
    assert!(stopped.cancelled && stopped.places.count() < whole.places.count());
}

#[test]
fn odd_members_are_searched_as_they_are() {
    let control = "2026-03-11T08:14:02.000Z <Info> [0x1] a.cpp:1 f:T: x\u{1b}[31m\u{202e}red\0 end\n";
    let mut stray = line(1, "Info", "0x1", "a.cpp:1", "f:T: before").into_bytes();
    stray.extend(b"caf\xe9 \xff\xfe latin\n");
    let analysis = read(&[("bwc/current_log.txt", control.as_bytes()), ("startup/current_log.txt", &stray)]);
    let find = |text: &str, expression| searched(&analysis, &Needle { text: text.into(), expression, case: true });
    assert_eq!(find("\u{202e}red", false), [(0, 0)]);
    assert_eq!(find("\\x1b\\[31m", true), [(0, 0)]);
    assert_eq!(find("latin", false), [(1, 0)]);
    assert_eq!(find("(?-u)caf\\xe9", true), [(1, 0)]);
    // Nothing to be read at all.
    assert!(searched(&crate::made::empty(), &Needle { text: "x".into(), ..Needle::default() }).is_empty());
}

proptest! {
    #[test]
    fn no_filter_is_read_with_a_panic(text in "\\PC{0,60}") {
        let _ = Filter::read(&text);
    }

    #[test]
    fn what_was_read_can_be_written_and_read_again(
        text in "(not:)?(member:[a-z]{1,4}|level>=warn|time:0[0-9]:1[0-9]\\.\\.|\"[a-z \\\\\"]{1,5}\"|/[a-z/]{1,5}/|[a-z:]{1,8}| ){0,6}"
    ) {
        if let Ok(filter) = Filter::read(&text) {
            let again = Filter::read(&filter.written()).unwrap();
            let plain = |f: &Filter| f.chips.iter().map(|c| (c.not, c.term.clone())).collect::<Vec<_>>();
            prop_assert_eq!(plain(&again), plain(&filter));
        }
    }
}
