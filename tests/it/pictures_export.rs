//! Pictures that leave the program: each view of the samples against its golden SVG (looked at as PNG before it was kept), one layout for
//! SVG and PNG, the same bytes everywhere, whole and well-formed whatever a log holds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::base::{Language, Private, PrivateKind, Segment, Text};
use bundlescope::bundle::Input;
use bundlescope::compare::{Anchor, Pair, Side, compare};
use bundlescope::export::picture::draw::{Align, Shape};
use bundlescope::export::picture::{self, Drawing, Form, PictureOptions, PngError, Refused, Scheme};
use bundlescope::export::redact::{Vault, Wishes};
use bundlescope::export::{Outlet, card};
use bundlescope::session::CallId;
use bundlescope::timeline::Subject;
use resvg::usvg::roxmltree;

use super::made::full;

fn sample(name: &str, bytes: &'static [u8]) -> Arc<Analysis> {
    let input = Input::Memory { name: name.into(), bytes: bytes.into() };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

fn good() -> Arc<Analysis> {
    sample("good.zip", include_bytes!("../../assets/samples/good.zip"))
}

fn failing() -> Arc<Analysis> {
    sample("failing.zip", include_bytes!("../../assets/samples/failing.zip"))
}

fn compared(left: &Analysis, right: &Analysis, options: &PictureOptions) -> Drawing {
    let comparison = compare(Side::of(left), Side::of(right), Anchor::default());
    picture::compare(&comparison, Pair::new(left, right), options)
}

fn card_of(analysis: &Arc<Analysis>, options: &PictureOptions) -> Drawing {
    card::pictures(&[Arc::clone(analysis)], options, &[]).remove(0)
}

/// Every view of the samples by name.
fn views(options: &PictureOptions) -> Vec<(&'static str, Drawing)> {
    let (good, failing) = (good(), failing());
    let call = PictureOptions { subject: Some(Subject::Call(CallId(1))), ..options.clone() };
    vec![
        ("timeline-good", picture::timeline(&good, options)),
        ("timeline-failing", picture::timeline(&failing, options)),
        ("timeline-call", picture::timeline(&good, &call)),
        ("ladder-run", picture::ladder(&failing, options)),
        ("ladder-call", picture::ladder(&good, &call)),
        ("findings", picture::findings(&failing, options)),
        ("compare", compared(&good, &failing, options)),
        ("media", picture::media(&good, options)),
        ("card", card_of(&failing, options)),
        ("card-good", card_of(&good, options)),
    ]
}

/// `PICTURE_GOLDEN=write` writes them instead; draw them with the command and look at them before they are kept.
#[test]
fn each_view_is_the_one_that_was_looked_at() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/pictures");
    for (name, drawing) in views(&PictureOptions::default()) {
        let path = folder.join(format!("{name}.svg"));
        let svg = drawing.svg().replace(env!("CARGO_PKG_VERSION"), "VERSION");
        // How wide the version is does not matter.
        let svg: String = svg.lines().filter(|line| !line.contains("VERSION")).map(|line| format!("{line}\n")).collect();
        if std::env::var_os("PICTURE_GOLDEN").is_some() {
            fs::create_dir_all(&folder).unwrap();
            fs::write(&path, &svg).unwrap();
        }
        let kept = fs::read_to_string(&path).unwrap_or_default().replace("\r\n", "\n");
        let other = svg.lines().zip(kept.lines()).find(|(a, b)| a != b);
        assert!(svg == kept, "{name} differs from its golden picture, first: {other:?}");
    }
}

/// Text and place of every text of a drawing, as an SVG has them.
fn drawn(drawing: &Drawing) -> Vec<(f64, f64, String)> {
    let text = |shape: &Shape| match shape {
        Shape::Text { at, text, .. } => Some((at.0, at.1, text.clone())),
        _ => None,
    };
    drawing.shapes.iter().filter_map(text).collect()
}

#[track_caller]
fn told_alike(name: &str, drawing: &Drawing) -> usize {
    let svg = drawing.svg();
    let tree = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{name}: {e}"));
    let number = |node: &roxmltree::Node<'_, '_>, key: &str| node.attribute(key).unwrap().parse::<f64>().unwrap();
    let read: Vec<(f64, f64, String)> = tree
        .descendants()
        .filter(|n| n.has_tag_name("text"))
        .map(|n| (number(&n, "x"), number(&n, "y"), n.text().unwrap_or_default().to_owned()))
        .collect();
    let wanted = drawn(drawing);
    assert_eq!(read.len(), wanted.len(), "{name}");
    for (a, b) in read.iter().zip(&wanted) {
        assert!(a.2 == b.2 && (a.0 - b.0).abs() < 0.0051 && (a.1 - b.1).abs() < 0.0051, "{name}: {a:?} for {b:?}");
    }
    let names = tree.descendants().filter(|n| n.is_element());
    let known = ["svg", "title", "rect", "polyline", "polygon", "path", "circle", "text"];
    for node in names {
        assert!(known.contains(&node.tag_name().name()), "{name}: element {}", node.tag_name().name());
        let no_reference = |a: &roxmltree::Attribute<'_, '_>| a.name() != "href" && !a.name().starts_with("on");
        assert!(node.attributes().all(|a| no_reference(&a)), "{name}: nothing is loaded, nothing runs");
    }
    read.len()
}

#[test]
fn the_svg_holds_every_text_of_the_draw_list_in_its_place() {
    for theme in [Scheme::Light, Scheme::Dark] {
        for (name, drawing) in views(&PictureOptions { scheme: theme, ..PictureOptions::default() }) {
            assert!(told_alike(name, &drawing) > 15, "{name}");
        }
    }
}

/// Left, top, right, bottom of every text.
fn boxes(drawing: &Drawing) -> Vec<(String, [f64; 4])> {
    let one = |shape: &Shape| match shape {
        Shape::Text { at: (x, y), align, text, kind, width, .. } => {
            let left = match align {
                Align::Start => *x,
                Align::Middle => x - width / 2.0,
                Align::End => x - width,
            };
            let size = kind.size();
            Some((text.clone(), [left, y - size * 0.72, left + width, y + size * 0.1]))
        }
        _ => None,
    };
    drawing.shapes.iter().filter_map(one).collect()
}

#[test]
fn no_text_lies_over_another_or_beyond_the_edge() {
    for language in [Language::English, Language::Czech, Language::Dutch] {
        for width in [None, Some(640.0)] {
            let options = PictureOptions { words: Words::of(language), width, ..PictureOptions::default() };
            for (name, drawing) in views(&options) {
                let texts = boxes(&drawing);
                for (number, (text, [left, top, right, bottom])) in texts.iter().enumerate() {
                    let inside = *left >= 0.0 && *top >= 0.0 && *right <= drawing.width && *bottom <= drawing.height;
                    assert!(inside, "{name} {width:?}: {text} at {left} {top}");
                    for (other, [l, t, r, b]) in texts.iter().skip(number + 1) {
                        let apart = *l >= right - 0.5 || *left >= r - 0.5 || *t >= *bottom || *top >= *b;
                        assert!(apart, "{name} {width:?} {language:?}: “{text}” and “{other}” at {left} {top}");
                    }
                }
            }
        }
    }
}

/// Width and height in the header of a PNG (ISO 15948, 11.2.2).
fn header(png: &[u8]) -> (u64, u64) {
    assert_eq!(&png[..8], b"\x89PNG\r\n\x1a\n");
    let number = |at: usize| u64::from(u32::from_be_bytes(png[at..at + 4].try_into().unwrap()));
    (number(16), number(20))
}

#[test]
fn a_png_has_the_size_asked_for_and_letters_where_the_list_says() {
    let few = ["timeline-call", "ladder-call", "findings", "media", "card"];
    for (name, drawing) in views(&PictureOptions::default()).into_iter().filter(|(n, _)| few.contains(n)) {
        for scale in if name == "media" { [1_u32, 2].as_slice() } else { &[1] } {
            let scale = *scale;
            let png = drawing.png(f64::from(scale)).unwrap();
            assert_eq!(header(&png), drawing.pixels(f64::from(scale)), "{name}");
            let pixels = image::load_from_memory(&png).unwrap().to_rgba8();
            for (text, [left, top, right, bottom]) in boxes(&drawing) {
                let area = |v: f64| (v * f64::from(scale)) as u32;
                let (xs, ys) = (area(left)..area(right).max(area(left) + 1), area(top)..area(bottom));
                let seen: std::collections::HashSet<[u8; 4]> = ys
                    .flat_map(|y| xs.clone().map(move |x| (x, y)))
                    .filter_map(|(x, y)| pixels.get_pixel_checked(x, y).map(|p| p.0))
                    .collect();
                assert!(seen.len() > 1 || text.trim().is_empty(), "{name} ×{scale}: nothing is written where “{text}” should be");
            }
        }
    }
}

#[test]
fn names_cannot_become_markup_or_turn_a_line_around() {
    let names = [
        "<script>alert(1)</script>",
        "\"'><image href=\"http://x/\"/>&amp;&#0;",
        "]]><!--",
        "\u{202e}gnp.exe\u{200f}\u{0}\u{7}\r\n\t",
        "\u{fffe}\u{ffff}\u{feff}",
        "שלום مرحبا 你好 👩‍👩‍👧 e\u{301}\u{301}\u{301}",
        "",
        " ",
        &"w".repeat(5_000),
    ];
    for name in names {
        let mut analysis = full();
        let bundle = Arc::get_mut(&mut analysis.bundle).unwrap();
        name.clone_into(&mut bundle.name);
        bundle.members.iter_mut().for_each(|m| name.clone_into(&mut m.path));
        let private = || Private::new(PrivateKind::Uri, name);
        for call in &mut analysis.facts.calls {
            (call.to, call.from) = (Some(private()), Some(private()));
            call.media.iter_mut().for_each(|m| name.clone_into(&mut m.kind));
        }
        analysis.facts.registrations.iter_mut().for_each(|r| (r.aor, r.registrar) = (private(), private()));
        analysis.facts.keepalives.iter_mut().for_each(|k| k.peer = private());
        analysis.facts.client.version = Some(name.to_owned());
        for finding in &mut analysis.findings {
            finding.title = Text(vec![Segment::Log(name.to_owned())]);
            finding.evidence.iter_mut().for_each(|e| e.text = Text(vec![Segment::Log(name.to_owned())]));
        }
        let options = PictureOptions { subject: Some(Subject::Call(CallId(0))), ..PictureOptions::default() };
        let all = PictureOptions::default();
        let analysis = Arc::new(analysis);
        for (view, drawing) in [
            ("timeline", picture::timeline(&analysis, &options)),
            ("ladder", picture::ladder(&analysis, &options)),
            ("run", picture::ladder(&analysis, &all)),
            ("findings", picture::findings(&analysis, &all)),
            ("media", picture::media(&analysis, &options)),
            ("compare", compared(&analysis, &analysis, &all)),
            ("card", card_of(&analysis, &all)),
        ] {
            told_alike(&format!("{view} of {name:.20}"), &drawing);
            let hidden = |c: char| c.is_control() || matches!(c, '\u{200f}' | '\u{202e}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}');
            let texts = drawing.svg().lines().map(str::to_owned).collect::<String>();
            assert!(!texts.contains(hidden), "{view} of {name:.20}");
            if view == "findings" {
                drawing.png(1.0).unwrap();
            }
        }
    }
}

/// A log of so many messages that no view folds.
fn many(messages: usize) -> String {
    let mut log = String::new();
    for number in 0..messages {
        let (exchange, answer) = (number / 2, number % 2 == 1);
        let at = format!(
            "2024-01-30T{:02}:{:02}:{:02}.{:03}Z",
            7 + exchange / 3_600,
            exchange / 60 % 60,
            exchange % 60,
            number % 2 * 20
        );
        let first = if answer { "SIP/2.0 200 OK" } else { "MESSAGE sip:b@as.example.com SIP/2.0" };
        let way = if answer { "Received message from" } else { "Sending message to" };
        log.push_str(&format!(
            "{at} <Debug> [0x45c] SipTransport.cpp:214 x:BWC:SCF: {way} 198.51.100.20:5060 over TCP\n{first}\nVia: SIP/2.0/TCP 192.0.2.10:5062;branch=z9hG4bK{exchange}\n\
             From: <sip:a@example.com>;tag=f1\nTo: <sip:b@example.com>\nCall-ID: m{exchange}@host\nCSeq: {} MESSAGE\n\
             Content-Length: 0\n\n",
            exchange + 1
        ));
    }
    log
}

#[test]
fn a_ladder_of_a_thousand_messages_is_one_whole_picture() {
    let input = Input::Memory { name: "many.txt".into(), bytes: many(1_000).into_bytes().into() };
    let analysis = analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0);
    let drawing = picture::ladder(&analysis, &PictureOptions::default());
    told_alike("many", &drawing);
    let count = |drawing: &Drawing, text: &str| drawing.texts().filter(|t| *t == text).count();
    assert_eq!((count(&drawing, "MESSAGE"), count(&drawing, "200 OK")), (500, 500));
    let heads = drawing.shapes.iter().filter(|s| matches!(s, Shape::Polygon { .. })).count();
    assert_eq!(heads, 1_001, "an arrow head each, and the sign of the badge");
    assert!(drawing.height > 1_000.0 * 23.0);
    // As PNG only in a size that viewers take.
    let (width, height) = drawing.pixels(4.0);
    assert_eq!(drawing.png(4.0), Err(PngError::TooLarge { width, height }));
    let pages = picture::ladder_pages(&analysis, &PictureOptions::default(), 300);
    let rows: usize = pages.iter().map(|p| count(p, "MESSAGE") + count(p, "200 OK")).sum();
    assert!(pages.len() >= 4 && rows == 1_000, "{} pages with {rows} rows", pages.len());
}

#[test]
fn a_picture_with_an_original_is_refused_in_both_forms() {
    let outlet = Outlet::pseudonyms(Arc::new(Vault::of(&[good(), failing()], &Wishes::default())));
    let originals: Vec<(&str, Drawing)> = views(&PictureOptions::default());
    for (name, drawing) in &originals {
        for form in [Form::Svg, Form::Png(1)] {
            assert!(matches!(picture::bytes(drawing, form, &outlet), Err(Refused::Leak(_))), "{name} as {form:?}");
        }
    }
    for (name, drawing) in views(&PictureOptions { outlet: outlet.clone(), ..PictureOptions::default() }) {
        let svg = String::from_utf8(picture::bytes(&drawing, Form::Svg, &outlet).unwrap()).unwrap();
        // The users, the domain and the names of the bundles, as the samples have them.
        for original in ["alice", "bob", "example.com", "good.zip", "failing.zip"] {
            assert!(!svg.contains(original), "{name}: {original}");
        }
        let marks =
            if name.starts_with("card") { [">Redacted, ", "Not redacted: personal"] } else { [">Redacted<", "Originals shown"] };
        assert!(svg.contains(marks[0]) && !svg.contains(marks[1]), "{name}");
        let original = &originals.iter().find(|(other, _)| *other == name).unwrap().1;
        assert!(original.svg().contains(marks[1]), "{name}: what shows originals says so");
    }
}

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("bundlescope-picture-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Runs the command in this folder without a display; gives code and standard error.
    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bundlescope"));
        for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
            command.env_remove(name);
        }
        command.env("BUNDLESCOPE_RULES", "/nonexistent").current_dir(&self.0).arg("picture").args(arguments);
        let output = command.envs(environment.iter().copied()).output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stderr).unwrap())
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<String> =
            fs::read_dir(&self.0).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn sample_path(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples").join(name).display().to_string()
}

#[test]
fn the_same_bytes_in_any_zone_locale_and_folder() {
    let (good, failing) = (sample_path("good.zip"), sample_path("failing.zip"));
    for view in ["timeline", "ladder", "findings", "media", "compare", "card"] {
        for ending in ["svg", "png"] {
            let mut made = Vec::new();
            for (zone, locale) in [("Asia/Kathmandu", "cs_CZ.UTF-8"), ("America/St_Johns", "C")] {
                let folder = Folder::new(&format!("{view}-{ending}-{locale}"));
                let name = format!("x.{ending}");
                let mut arguments = vec![good.as_str(), "--no-redact", "--view", view, "--output", &name, "--scale", "1"];
                if view == "compare" {
                    arguments.insert(1, &failing);
                }
                let (code, said) = folder.run(&arguments, &[("TZ", zone), ("LC_ALL", locale), ("LANG", locale)]);
                assert_eq!((code, said.as_str()), (0, ""), "{view}");
                made.push(fs::read(folder.0.join(&name)).unwrap());
            }
            assert!(made[0] == made[1] && !made[0].is_empty(), "{view} as {ending}");
        }
    }
}

#[test]
fn a_picture_is_whole_or_not_there() {
    let folder = Folder::new("whole");
    let good = sample_path("good.zip");
    let fails = |arguments: &[&str], code: i32, word: &str| {
        let (found, said) = folder.run(arguments, &[]);
        assert!(found == code && said.contains(word) && said.lines().count() == 1, "{arguments:?}: {found} {said}");
        assert_eq!(folder.files(), Vec::<String>::new(), "{arguments:?}");
    };
    fails(&[&good, "--output", "x.gif"], 2, ".png or .svg");
    fails(&[&good, "--output", "nowhere/x.png"], 1, "no such folder");
    fails(&[&good, "--call", "7", "--output", "x.png"], 2, "2");
    fails(&["/no/such.zip", "--output", "x.png"], 1, "/no/such.zip");
    fails(&[&good, &good, &good, "--view", "compare", "--output", "x.png"], 2, "two bundles");
    // A ladder that is too long for a PNG.
    let log = folder.0.with_extension("txt");
    fs::write(&log, many(2_000)).unwrap();
    fails(&[log.to_str().unwrap(), "--view", "ladder", "--scale", "3", "--output", "x.png"], 1, "--page");
    let (code, said) = folder.run(&[log.to_str().unwrap(), "--view", "ladder", "--page", "1500", "--output", "x.svg"], &[]);
    fs::remove_file(&log).unwrap();
    assert_eq!((code, said.as_str()), (0, ""));
    assert!(folder.files().len() > 1 && folder.files()[0] == "x-1.svg", "{:?}", folder.files());
}
