//! Nothing private leaves: secrets of every kind, planted in every place and spelling, looked for by a search written here and nowhere
//! else; and what must stay the same, stays.

use std::collections::BTreeSet;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::compare::{Anchor, Pair, Side, compare};
use bundlescope::export::picture::{self, PictureOptions};
use bundlescope::export::redact::{Correction, Keep, Step, Vault, Wishes};
use bundlescope::export::{
    self, Format, Outlet, capture, card, compare as forms, csv, ladder as ladder_export, records, rows, wire,
};
use bundlescope::session::{MessageId, RunId};
use bundlescope::timeline::ladder::{Ladder, Subject};
use bundlescope::ui::state::Selection;
use bundlescope::ui::table::Layout;
use bundlescope::ui::{Document, lists};
use serde_json::Value;

use super::archive::zip;
use super::captured_direct::folders;
use super::framing::{FRAMINGS, wires};
use super::secrets::{Secrets, base64, html_escaped, json_escaped, percent, round};
use super::ui::input;

/// A bundle with secrets, and the secrets.
fn seeded(name: &str, seed: u64, rounds: u32) -> (Arc<Analysis>, Secrets, String) {
    let mut secrets = Secrets { state: seed, ..Secrets::default() };
    let log: String = (0..rounds).map(|n| round(&mut secrets, n + 1)).collect();
    let folder = secrets.word("path", 10);
    let path = format!("bwc/{folder}/current_log.txt");
    let bytes = zip(&[(path.as_str(), log.as_bytes())]);
    let analysis = analyse(&[input(name, bytes)], &Options::default(), &Progress::new()).unwrap().remove(0);
    (analysis, secrets, log)
}

fn outlet(analyses: &[&Arc<Analysis>], wishes: &Wishes) -> Outlet {
    let all: Vec<Arc<Analysis>> = analyses.iter().map(|a| Arc::clone(a)).collect();
    Outlet::pseudonyms(Arc::new(Vault::of(&all, wishes)))
}

/// The same, for exports of the log's own lines, too.
fn outlet_of_log(analysis: &Arc<Analysis>, log: &str, wishes: &Wishes) -> Outlet {
    let vault = Vault::of(&[Arc::clone(analysis)], wishes).extended([log]);
    Outlet::pseudonyms(Arc::new(vault))
}

/// Every export there is of one bundle, and its log as the outlet passes it.
fn exports(analysis: &Arc<Analysis>, log: &str, outlet: &Outlet) -> Vec<(String, String)> {
    let mut out = Vec::new();
    for format in Format::ALL {
        for messages in [false, true] {
            let options = export::Options { messages, outlet: outlet.clone(), ..export::Options::default() };
            out.push((format!("{} {messages}", format.word()), export::render(&[Arc::clone(analysis)], format, &options)));
        }
    }
    let comparison = compare(Side::of(analysis), Side::of(analysis), Anchor::Auto);
    for format in forms::Format::ALL {
        let options = forms::Options { messages: true, outlet: outlet.clone(), ..forms::Options::default() };
        out.push((
            format!("compare {}", format.word()),
            forms::render(&comparison, Pair::new(analysis, analysis), format, &options),
        ));
    }
    let subjects: Vec<Subject> = analysis.facts.calls.iter().map(|c| Subject::Call(c.id)).collect();
    let ladder = Ladder::of(&analysis.facts, &subjects, &BTreeSet::new());
    out.push(("ladder text".into(), ladder_export::text(&ladder, "calls", outlet)));
    out.push(("ladder mermaid".into(), ladder_export::mermaid(&ladder, "calls", outlet)));
    let options = PictureOptions { outlet: outlet.clone(), ..PictureOptions::default() };
    let subject = subjects.first().copied();
    let of_call = PictureOptions { subject, ..options.clone() };
    for (what, drawing) in [
        ("timeline", picture::timeline(analysis, &options)),
        ("timeline of a call", picture::timeline(analysis, &of_call)),
        ("ladder", picture::ladder(analysis, &options)),
        ("ladder of a call", picture::ladder(analysis, &of_call)),
        ("findings", picture::findings(analysis, &options)),
        ("media", picture::media(analysis, &options)),
        ("case card", card::pictures(&[Arc::clone(analysis)], &options, &[]).remove(0)),
        ("comparison", picture::compare(&comparison, Pair::new(analysis, analysis), &options)),
    ] {
        out.push((format!("picture of {what}"), drawing.texts().map(|t| format!("{t}\n")).collect()));
    }
    out.push((
        "messages".into(),
        analysis.facts.messages.iter().map(|m| outlet.log(&m.seen.message.text).into_owned() + "\n").collect(),
    ));
    for what in rows::What::ALL {
        out.push((format!("rows {} json", what.word()), rows::json(&[Arc::clone(analysis)], what, outlet)));
        let objects = rows::rows(&[Arc::clone(analysis)], what, outlet);
        out.push((format!("rows {} csv", what.word()), csv::objects(&objects)));
    }
    let document = Document::new(Arc::clone(analysis));
    for list in lists::List::ALL {
        let all: Vec<u32> = (0..lists::rows(list, &document, RunId(0), Selection::default()).len() as u32).collect();
        // As below: it proves itself.
        if let Ok(text) = lists::csv(list, &document, (RunId(0), Selection::default()), &Layout::default(), &all, outlet) {
            out.push((format!("list {}", list.name()), text));
        }
    }
    for form in [records::Form::Csv, records::Form::Json, records::Form::Text] {
        let mut text = String::new();
        let mut put = |piece: &str| {
            text.push_str(piece);
            Ok::<(), String>(())
        };
        let written = records::write(analysis, records::all(analysis), form, outlet, &Progress::new(), &mut put);
        if written.is_ok() {
            out.push((format!("records {form:?}"), text));
        }
    }
    let ids: Vec<MessageId> = (0..analysis.facts.messages.len() as u32).map(MessageId).collect();
    out.push(("sip text".into(), wire::text(analysis, &ids, outlet)));
    // Each packet is a message's bytes; its comments are text, too.
    // It proves itself: with a rule left out there is none.
    if let Ok(packets) = capture::capture(analysis, &ids, outlet) {
        out.push(("packets".into(), String::from_utf8_lossy(&packets).into_owned()));
    }
    out.push(("log lines".into(), log.lines().map(|l| outlet.log(l).into_owned() + "\n").collect()));
    out
}

/// Where a secret stands in an output, by a plain search over its spellings.
fn leaks(output: &str, secrets: &Secrets) -> Vec<String> {
    let lower = output.to_lowercase();
    let mut found = Vec::new();
    for (kind, secret) in &secrets.list {
        let mut spellings = vec![
            secret.to_lowercase(),
            percent(secret).to_lowercase(),
            json_escaped(secret).to_lowercase(),
            html_escaped(secret).to_lowercase(),
        ];
        spellings.push(
            secret
                .chars()
                .map(|c| match c {
                    'Ž' => 'z',
                    'ü' => 'u',
                    'č' => 'c',
                    c => c,
                })
                .collect(),
        );
        spellings.push(
            secret
                .chars()
                .flat_map(|c| match c {
                    'Ž' => vec!['z', '\u{30c}'],
                    'ü' => vec!['u', '\u{308}'],
                    'č' => vec!['c', '\u{30c}'],
                    c => vec![c],
                })
                .collect(),
        );
        let digits = secret.bytes().all(|b| b.is_ascii_digit() || b == b'.');
        for spelling in &spellings {
            let hit = lower.match_indices(spelling.as_str()).any(|(at, _)| {
                let around = [lower[..at].bytes().next_back(), lower[at + spelling.len()..].bytes().next()];
                !digits || !around.into_iter().flatten().any(|b| b.is_ascii_digit())
            });
            if hit {
                found.push(format!("{kind} {secret} as {spelling}"));
            }
        }
        for shift in 0..3 {
            let padded = format!("{}{secret}", &"   "[..shift]);
            let code = base64(&padded);
            // The characters at both ends hang on what stands beside the secret.
            let inner = &code[[0, 2, 3][shift]..code.trim_end_matches('=').len() - usize::from(code.ends_with('='))];
            if inner.len() >= 6 && output.contains(inner) {
                found.push(format!("{kind} {secret} in base64"));
            }
        }
    }
    found
}

#[test]
fn five_hundred_secrets_in_every_place_and_not_one_leaves() {
    let (analysis, secrets, log) = seeded("acme-anna-logs.zip", 7, 16);
    assert!(secrets.list.len() >= 500, "{}", secrets.list.len());
    let missing: Vec<_> =
        secrets.list.iter().filter(|(kind, s)| *kind != "path" && !log.to_lowercase().contains(&s.to_lowercase())).collect();
    assert!(missing.iter().all(|(kind, _)| *kind == "password" || *kind == "user"), "{missing:?}");
    assert!(analysis.facts.messages.len() >= 50 && !analysis.facts.calls.is_empty() && !analysis.findings.is_empty());
    // The search finds them where they stand.
    assert!(leaks(&log, &secrets).len() >= 450);
    let outlet = outlet_of_log(&analysis, &log, &Wishes::default());
    let mut told = Vec::new();
    let all = exports(&analysis, &log, &outlet);
    // Those that prove themselves were not refused.
    let own =
        ["packets", "list calls", "list findings", "list messages", "list files", "records Csv", "records Json", "records Text"];
    for name in own {
        assert!(all.iter().any(|(what, text)| what == name && text.len() > 100), "{name}");
    }
    for (what, output) in all {
        for leak in leaks(&output, &secrets) {
            told.push(format!("{what}: {leak}"));
        }
        assert!(!output.contains("acme-anna"), "{what}");
        if let Err(leak) = outlet.prove(&output) {
            let line = output.lines().nth(leak.line - 1).unwrap_or_default();
            told.push(format!("{what}: refused, {leak:?}: {line}"));
        }
    }
    assert!(told.is_empty(), "{} leaks\n{}", told.len(), told[..told.len().min(30)].join("\n"));
}

#[test]
fn a_step_left_out_and_the_export_is_refused() {
    let (analysis, secrets, log) = seeded("logs.zip", 11, 2);
    for step in [Step::Meaning, Step::Known, Step::Patterns] {
        let outlet = outlet_of_log(&analysis, &log, &Wishes { skip: Some(step), ..Wishes::default() });
        let refused: Vec<_> = exports(&analysis, &log, &outlet)
            .into_iter()
            .filter_map(|(what, text)| Some((what, outlet.prove(&text).err()?)))
            .collect();
        // What one step misses the next may find: no field and no pattern is needed where a value is known from elsewhere.
        assert!(!refused.is_empty() || step != Step::Known, "{step:?}");
        for (what, leak) in refused {
            let sentence = leak.sentence(Words::english());
            assert!(leaks(&sentence, &secrets).is_empty(), "{what}: {sentence}");
            assert!(sentence.contains(&format!("line {}", leak.line)) && sentence.contains(&leak.pseudonym), "{sentence}");
        }
    }
}

#[test]
fn each_secret_in_each_spelling_is_refused() {
    let (analysis, secrets, log) = seeded("logs.zip", 13, 2);
    let outlet = outlet_of_log(&analysis, &log, &Wishes::default());
    let mut passed = Vec::new();
    for (kind, secret) in secrets.list.iter().filter(|(kind, _)| *kind != "path") {
        let secret = if *kind == "extension" { format!("sip:{secret}@host-1") } else { secret.clone() };
        let number = if *kind == "number" { format!("+420{secret} +49{secret}") } else { secret.clone() };
        let shape = if *kind == "branch" || *kind == "tag" { format!("tag={number}") } else { number };
        for (form, text) in [
            ("plain", shape.clone()),
            ("json", json_escaped(&shape)),
            ("html", html_escaped(&shape)),
            ("percent", percent(&shape)),
            ("base64", base64(&shape)),
            ("base64", base64(&format!("x {shape}"))),
            ("base64", base64(&format!("xy {shape} z"))),
        ] {
            if outlet.prove(&format!("a report\nwith {text} in it\n")).is_ok() {
                passed.push(format!("{kind} {shape} as {form}: {text}"));
            }
        }
    }
    assert!(passed.is_empty(), "{}\n{}", passed.len(), passed[..passed.len().min(30)].join("\n"));
}

#[test]
fn the_same_bytes_twice_and_the_same_pseudonyms_on_both_sides() {
    let (left, _, log) = seeded("a.zip", 17, 2);
    let (right, secrets, _) = seeded("b.zip", 17, 3);
    let first = exports(&left, &log, &outlet(&[&left], &Wishes::default()));
    assert!(first == exports(&left, &log, &outlet(&[&left], &Wishes::default())));
    // One vault for both: what is equal on both sides reads equal.
    let both = outlet(&[&left, &right], &Wishes::default());
    for (l, r) in left.facts.calls.iter().zip(&right.facts.calls) {
        assert_eq!(both.private(l.from.as_ref().unwrap()), both.private(r.from.as_ref().unwrap()));
        assert_eq!(both.private(&l.call_ids[0]), both.private(&r.call_ids[0]));
    }
    let ends: Vec<_> = right.facts.calls.iter().map(|c| both.private(c.to.as_ref().unwrap()).into_owned()).collect();
    assert!(ends.iter().enumerate().all(|(n, end)| !ends[..n].contains(end)), "{ends:?}");
    let comparison = compare(Side::of(&left), Side::of(&right), Anchor::Auto);
    for format in forms::Format::ALL {
        let options = forms::Options { messages: true, outlet: both.clone(), ..forms::Options::default() };
        let text = forms::render(&comparison, Pair::new(&left, &right), format, &options);
        assert!(leaks(&text, &secrets).is_empty() && both.prove(&text).is_ok());
    }
}

/// Equal in everything but the words of strings; a list of what differs.
fn same_shape(path: &str, a: &Value, b: &Value, changed: &mut usize) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{path}");
            for (key, value) in a.iter().filter(|(key, _)| *key != "redacted") {
                same_shape(&format!("{path}.{key}"), value, &b[key], changed);
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            for (a, b) in a.iter().zip(b) {
                same_shape(path, a, b, changed);
            }
        }
        (Value::String(a), Value::String(b)) => {
            // Codecs, states, times, words of the schema.
            let facts = [
                "codec",
                "state",
                "id",
                "kind",
                "at",
                "started",
                "ended",
                "answered",
                "first",
                "last",
                "method",
                "direction",
                "role",
                "fmtp",
                "platform",
                "severity",
                "reason",
            ];
            let last = path.rsplit('.').next().unwrap();
            let warning = last == "reason" && a.contains('"');
            assert!(a == b || warning || !facts.contains(&last), "{path}: {a} became {b}");
            *changed += usize::from(a != b);
        }
        _ => assert_eq!(a, b, "{path}"),
    }
}

#[test]
fn recordings_keep_every_fact_and_lose_every_name() {
    let native = FRAMINGS.iter().find(|f| f.name == "native, start line on the next line").unwrap();
    let address = regex::Regex::new(r"\d+\.\d+\.\d+\.\d+").unwrap();
    let mut read = 0;
    for folder in folders() {
        let log = (native.write)(&wires(&folder));
        let analyses = analyse(&[input("current_log.txt", log.clone())], &Options::default(), &Progress::new()).unwrap();
        let render = |outlet: Outlet| {
            export::render(&analyses, Format::Json, &export::Options { messages: true, outlet, ..export::Options::default() })
        };
        let plain = render(Outlet::originals());
        let hidden = outlet(&[&analyses[0]], &Wishes::default());
        let redacted = render(hidden.clone());
        hidden
            .prove(&redacted)
            .unwrap_or_else(|leak| panic!("{}: {leak:?}: {}", folder.display(), redacted.lines().nth(leak.line - 1).unwrap()));
        let mut changed = 0;
        same_shape("", &serde_json::from_str(&plain).unwrap(), &serde_json::from_str(&redacted).unwrap(), &mut changed);
        assert!(changed > 10, "{}", folder.display());
        for name in ["alice", "bob@", "carol", "example.com", "sip:service"] {
            assert!(!redacted.to_lowercase().contains(name), "{}: {name}", folder.display());
        }
        let logged = String::from_utf8_lossy(&log).into_owned();
        let own: Vec<&str> =
            address.find_iter(&logged).map(|m| m.as_str()).filter(|a| !a.starts_with("127.") && *a != "0.0.0.0").collect();
        let left = address.find_iter(&redacted).find(|m| own.contains(&m.as_str()));
        assert!(left.is_none(), "{}: {left:?}", folder.display());
        read += 1;
    }
    assert!(read > 100, "{read}");
}

fn call(from: &str, body: &str) -> String {
    format!(
        "2024-01-30T07:19:10.078Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: INVITE sip:4711@as.quux.net SIP/2.0\n\
         Via: SIP/2.0/TCP 10.1.2.3:5062;branch=z9hG4bK7\n\
         From: {from};tag=f1\n\
         To: <sip:4711@as.quux.net>\n\
         Call-ID: 1-4711@10.1.2.3\n\
         CSeq: 20 INVITE\n\
         Content-Length: 0\n\
         \n\
         2024-01-30T07:19:11.078Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: {body}\n"
    )
}

fn one(log: &str) -> Arc<Analysis> {
    analyse(&[input("current_log.txt", log.as_bytes().to_vec())], &Options::default(), &Progress::new()).unwrap().remove(0)
}

#[test]
fn hard_names_neither_wreck_the_text_nor_leak() {
    let body = "Call from port 4711 to line 4711: 94711 47110 a call, To: be or not";
    for (from, gone) in [
        ("\"Call\" <sip:to@as.quux.net>", "\"Call\" <"),
        ("\"To\" <sip:a@as.quux.net>", "sip:a@"),
        ("\"A\" <sip:b@as.quux.net>", "\"A\" <"),
        ("\"שרה לוי\" <sip:sara.levi@as.quux.net>", "לוי"),
        ("\"<b>&Ben=1+1\" <sip:ben.markup@as.quux.net>", "Ben=1"),
        ("\"=HYPERLINK(x)\" <sip:form.ula@as.quux.net>", "HYPERLINK"),
        ("\"王伟\" <sip:wang@as.quux.net>", "王伟"),
    ] {
        let log = call(from, body);
        let analysis = one(&log);
        let outlet = outlet(&[&analysis], &Wishes::default());
        assert_eq!(outlet.log(body), body, "{from}");
        for (what, output) in exports(&analysis, &log, &outlet) {
            assert!(!output.contains(gone), "{from}: {what}: {output}");
            outlet
                .prove(&output)
                .unwrap_or_else(|leak| panic!("{from}: {what}: {leak:?}: {}", output.lines().nth(leak.line - 1).unwrap()));
        }
        assert!(outlet.prove("x <sip:4711@host-1>").is_err() && outlet.prove("4711 bytes").is_ok());
    }
}

#[test]
fn structure_that_matters_stays() {
    let analysis = one(&call("\"Anna Maier\" <sip:+420123456789@as.quux.net>", "dial 123456789, 0123456789 or 00420123456789"));
    let outlet = outlet(&[&analysis], &Wishes::default());
    let said = |text: &str| outlet.log(text).into_owned();
    assert_eq!(
        said("From: <sip:+420123456789@as.quux.net:5061;user=phone>;tag=f1"),
        "From: <sip:+420000000001@host-1:5061;user=phone>;tag=token-2"
    );
    assert_eq!(said("dial 123456789, 0123456789 or 00420123456789"), "dial 000000001, 0000000001 or 00420000000001");
    assert_eq!(said("To: <sip:4711@AS.quux.net>"), "To: <sip:0001@host-1>");
    assert_eq!(
        said("from 10.1.2.3:5062 to 127.0.0.1, 0.0.0.0, 255.255.255.255 and [::1]:5060"),
        "from 192.0.2.1:5062 to 127.0.0.1, 0.0.0.0, 255.255.255.255 and [::1]:5060"
    );
    assert_eq!(said("Anna Maier, anna maier, ANNA  MAIER"), "name-1, name-1, name-1");
    assert_eq!(said("CSeq: 4711 INVITE"), "CSeq: 4711 INVITE");
    assert_eq!(
        said("token=[Redacted] user=*** id 00000000-0000-0000-0000-000000000000 <sip:anonymous@anonymous.invalid>"),
        "token=[Redacted] user=*** id 00000000-0000-0000-0000-000000000000 <sip:anonymous@anonymous.invalid>"
    );
}

#[test]
fn wishes_terms_kept_ids_and_corrections() {
    let log = call(
        "\"Anna Maier\" <sip:anna@as.quux.net>",
        "project Bluebird, superbluebird2, CLIENT_a7d41c2b-90aa-4f0e-8a55-0123456789ab",
    );
    let log = log.replace("1-4711@10.1.2.3", "a7c0ffee00112233@10.1.2.3");
    let analysis = one(&log);
    let with = |wishes: Wishes| outlet(&[&analysis], &wishes);
    let terms = with(Wishes { terms: vec!["bluebird".into()], ..Wishes::default() });
    assert!(terms.log("project Bluebird, superbluebird2").to_lowercase().find("bluebird").is_none());
    assert!(terms.prove("super-%62luebird").is_err());
    let kept = with(Wishes { keep: Keep::Correlation, ..Wishes::default() });
    assert_eq!(kept.private(&analysis.facts.calls[0].call_ids[0]), "a7c0ffee00112233@192.0.2.1");
    assert!(kept.log("id CLIENT_a7d41c2b-90aa-4f0e-8a55-0123456789ab").contains("CLIENT_a7d41c2b-90aa-4f0e-8a55-0123456789ab"));
    assert!(kept.prove("a7c0ffee00112233").is_ok() && with(Wishes::default()).prove("a7c0ffee00112233").is_err());
    let corrections = vec![Correction::Keep("as.quux.net".into()), Correction::As("Anna Maier".into(), "the caller".into())];
    let corrected = with(Wishes { corrections, ..Wishes::default() });
    assert_eq!(corrected.log("Anna Maier at as.quux.net"), "the caller at as.quux.net");
    let review = terms.vault().unwrap().review();
    let line = review.iter().find(|r| r.original == "Anna Maier").unwrap();
    assert!(line.pseudonym == "name-1" && line.count >= 1);
    assert!(review.iter().all(|r| r.original != r.pseudonym));
}
