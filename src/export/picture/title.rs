//! What stands around a picture: what it is, of which bundle and when, by which program, redacted or not. In: a drawing. Out: the same
//! with margins, a head and a foot.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::look::{Palette, Rgb};
use super::{Ink, PictureOptions, signs};
use crate::analyse::Analysis;
use crate::base::words::{Words, word};
use crate::base::{LogTime, Tone};

/// Left and right of everything.
const MARGIN: f64 = 28.0;
const TOP: f64 = 24.0;
const HEAD: f64 = 62.0;
const FOOT: f64 = 44.0;
/// Width for what is drawn when the whole is `width` wide.
pub fn inner_width(options: &PictureOptions, usual: f64) -> f64 {
    let width = options.width.unwrap_or(usual);
    (if options.titled { width - 2.0 * MARGIN } else { width }).max(420.0)
}

/// Puts the title block above a drawing and the foot below it. `about` names bundles, times and versions, one line each.
pub fn framed(options: &PictureOptions, title: &str, about: &[String], page: Option<(usize, usize)>, body: Drawing) -> Drawing {
    let ink = Ink::new(options);
    if !options.titled {
        return Drawing { title: title.to_owned(), ..body };
    }
    let palette = ink.palette;
    let lines = about.len().max(1) as f64;
    let head = HEAD + (lines - 1.0) * 18.0;
    let width = body.width + 2.0 * MARGIN;
    let height = TOP + head + body.height + FOOT;
    let mut out = Drawing::new(width, height, palette.panel);
    title.clone_into(&mut out.title);
    let mut rest = Area::new(MARGIN, TOP, width - MARGIN, height);
    let mut first = rest.cut_top(22.0);
    let redacted = options.outlet.redacted();
    badge(&mut out, palette, redacted, word(if redacted { "picture.redacted" } else { "picture.originals" }), &mut first);
    out.text(first, Align::Start, title, Type::Title, palette.t1);
    rest.cut_top(3.0);
    for line in about {
        out.text(rest.cut_top(18.0), Align::Start, line, Type::Small, palette.t2);
    }
    out.level(MARGIN, width - MARGIN, TOP + head - 13.0, Pen::new(1.0, palette.t1));
    out.inset((MARGIN, TOP + head - 12.0), &body);

    let mut foot = Area::new(MARGIN, height - FOOT + 8.0, width - MARGIN, height - 14.0);
    out.level(MARGIN, width - MARGIN, foot.top, Pen::new(1.0, palette.hair));
    foot.top += 4.0;
    let made = [("app", word("app.name")), ("version", env!("CARGO_PKG_VERSION"))];
    let made = Words::current().fill("picture.made", &made);
    let end = out.text(foot, Align::Start, &made, Type::Tiny, palette.t3);
    out.text(Area { left: end + 20.0, ..foot }, Align::End, &same_bytes(page), Type::Tiny, palette.t3);
    out
}

/// That nothing but bundle and options makes this picture, and which page it is where there are several.
pub fn same_bytes(page: Option<(usize, usize)>) -> String {
    let told = word("picture.same_bytes");
    match page.filter(|(_, all)| *all > 1) {
        Some((number, all)) => {
            let page = Words::current().fill("picture.page", &[("n", &number.to_string()), ("all", &all.to_string())]);
            format!("{told} · {page}")
        }
        None => told.to_owned(),
    }
}

/// Whether values of the log are shown: in words at the right of the title, marked where they are.
pub fn badge(out: &mut Drawing, palette: &Palette<Rgb>, redacted: bool, said: &str, line: &mut Area) {
    let (colour, tone, fill) =
        if redacted { (palette.ok, Tone::Ok, palette.ok_tint) } else { (palette.warn, Tone::Warn, palette.warn_tint) };
    let width = Type::Label.width(said) + 34.0;
    let area = line.cut_right(width);
    out.frame(area, 4.0, Some(fill), Pen::new(1.0, colour));
    signs::tone(out, palette, (area.left + 14.0, area.middle()), 11.0, tone);
    out.text(Area { left: area.left + 26.0, ..area }, Align::Start, said, Type::Label, palette.t1);
    line.right -= 16.0;
}

/// Bundle, time range and zone, client: the line below the title.
pub(super) fn of_bundle(ink: Ink<'_>, analysis: &Analysis, range: Option<(LogTime, LogTime)>) -> String {
    let mut parts = vec![ink.path(&analysis.bundle.name)];
    if let Some((from, to)) = range {
        parts.push(format!("{} {}", from.range(to, ink.options.zone_s), ink.zone()));
    }
    let client = &analysis.facts.client;
    let platform = client.platform.map(|p| word(&format!("platform.{}", p.word())).to_owned());
    let version = client.version.as_deref().or(client.user_agent.as_deref());
    parts.extend(version.map(|v| Words::current().fill("picture.client", &[("version", &ink.log(v))])));
    parts.extend(platform);
    parts.join(" · ")
}
