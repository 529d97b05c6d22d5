//! Media of calls as a picture: what was agreed segment by segment, and what the media engine measured. In: an analysis. Out: a drawing.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::look::Rgb;
use super::{Ink, PictureOptions, chart, title};
use crate::analyse::Analysis;
use crate::base::visible;
use crate::base::words::{self, word};
use crate::session::call::Call;
use crate::session::media::{MediaOutcome, MediaSegment};
use crate::session::media_log::Series;
use crate::timeline::lanes::media::{codec_number, flow_word, names};
use crate::timeline::told::{addresses, agreed, cause, dtmf, measured, security, sentence, since, used};

/// Width where none is asked for.
const USUAL: f64 = 1_200.0;
const ROW: f64 = 23.0;
/// From line to line of a cell.
const LEADING: f64 = 15.0;
/// Lines of a cell; a hostile log may offer thousands of codecs.
const MOST_LINES: usize = 4;
const CHART: f64 = 130.0;
/// Plots shown of a call; the rest is said.
const MOST_PLOTS: usize = 12;

/// Columns with their share of the width.
const COLUMNS: [(&str, f64); 9] = [
    ("window.col_from", 0.06),
    ("window.col_cause", 0.12),
    ("window.col_offered", 0.15),
    ("window.col_agreed", 0.09),
    ("media-view.col_used", 0.06),
    ("window.col_direction", 0.09),
    ("window.col_security", 0.06),
    ("media-view.col_addresses", 0.31),
    ("window.col_dtmf", 0.06),
];

/// The media of the call chosen, else of every call of the run.
pub fn media(analysis: &Analysis, options: &PictureOptions) -> Drawing {
    let _spoken = words::speak(options.words.language());
    let ink = Ink::new(options);
    let palette = ink.palette;
    let facts = &analysis.facts;
    let (run, chosen) = (options.run_of(analysis), options.call());
    let of_run = |call: &&Call| chosen.map_or(run.is_none_or(|run| call.run == run), |id| call.id == id);
    let calls: Vec<&Call> = facts.calls.iter().filter(of_run).filter(|c| !c.media.is_empty()).collect();
    let mut out = Drawing::new(title::inner_width(options, USUAL), 0.0, palette.panel);
    let mut top = 8.0;
    if calls.is_empty() {
        let said = word(if chosen.is_some() { "window.no_media" } else { "media-view.none" });
        out.text(Area::sized(0.0, top, out.width, 24.0), Align::Start, said, Type::Body, palette.t2);
        top += 32.0;
    }
    for call in &calls {
        top = of_call(&mut out, ink, analysis, call, top) + 18.0;
    }
    out.height = top;
    let mut title = word("window.media").to_owned();
    let call = chosen.and_then(|id| facts.calls.get(id.0 as usize));
    if let Some(call) = call {
        title = format!("{title}: {}", ink.about(call));
    }
    let of_run = || run.and_then(|id| facts.runs.get(id.0 as usize)).and_then(|r| r.start.zip(r.end));
    let range = call.and_then(|c| c.started.zip(c.ended)).or_else(of_run);
    title::framed(options, &title, &[title::of_bundle(ink, analysis, range)], None, out)
}

/// Head, table and plots of one call; gives where they end.
fn of_call(out: &mut Drawing, ink: Ink<'_>, analysis: &Analysis, call: &Call, mut top: f64) -> f64 {
    let palette = ink.palette;
    let head = Area::sized(0.0, top, out.width, 30.0);
    out.fill(head, 0.0, palette.raised);
    let told = ink.log(&sentence(call, ink.options.zone_s));
    let about = ink.about(call);
    out.pieces(head.shrunk(12.0, 0.0), 14.0, &[(&about, Type::Head, palette.t1), (&told, Type::Small, palette.t2)]);
    top += 30.0;
    let mut heads = Area::sized(12.0, top, out.width - 24.0, 22.0);
    out.text(heads.cut_right(56.0), Align::End, word("window.col_proof"), Type::Label, palette.t3);
    let width = heads.width();
    for (key, share) in COLUMNS {
        out.text(heads.cut_left(width * share), Align::Start, word(key), Type::Label, palette.t3);
    }
    top += 22.0;
    for segment in &call.media {
        top = segment_row(out, ink, analysis, call, segment, top);
        out.level(0.0, out.width, top - 0.5, Pen::new(1.0, palette.hair));
    }
    let all: Vec<&Series> = analysis.facts.series.iter().filter(|s| s.call == Some(call.id) && s.points.len() > 1).collect();
    let columns = if out.width >= 900.0 { 2 } else { 1 };
    let width = (out.width - 24.0 * (columns - 1) as f64) / columns as f64;
    for (number, series) in all.iter().take(MOST_PLOTS).enumerate() {
        let (row, column) = (number / columns, number % columns);
        let left = column as f64 * (width + 24.0);
        let cell = Area::sized(left, top + 10.0 + row as f64 * (CHART + 22.0), width, CHART + 16.0);
        let colour = palette.series(u8::try_from(number % 3).unwrap_or(0) + 6);
        plot(out, ink, call, series, colour, cell);
    }
    let shown = all.len().min(MOST_PLOTS);
    top += shown.div_ceil(columns) as f64 * (CHART + 22.0);
    if shown < all.len() {
        let more = words::Words::current().fill("picture.more_series", &[("n", &(all.len() - shown).to_string())]);
        out.text(Area::sized(12.0, top + 8.0, out.width, 18.0), Align::Start, &more, Type::Small, palette.t3);
        top += 26.0;
    }
    top
}

fn plot(out: &mut Drawing, ink: Ink<'_>, call: &Call, series: &Series, colour: Rgb, mut cell: Area) {
    let title = cell.cut_top(16.0);
    out.level(title.left + 2.0, title.left + 12.0, title.middle(), Pen::new(2.0, colour));
    let said = ink.log(&measured(series));
    out.text(Area { left: title.left + 18.0, ..title }, Align::Start, &said, Type::Label, ink.palette.t2);
    chart::chart(out, ink, series, call.started, colour, cell);
}

/// One segment, as high as its longest cell; gives where it ends.
fn segment_row(out: &mut Drawing, ink: Ink<'_>, analysis: &Analysis, call: &Call, segment: &MediaSegment, top: f64) -> f64 {
    let palette = ink.palette;
    let facts = &analysis.facts;
    let mut inner = Area::sized(12.0, top, out.width - 24.0, ROW);
    let middle = inner.middle();
    let proof = segment.answer.unwrap_or(segment.offer);
    let line = facts.message(proof).map_or_else(String::new, |m| m.source.line.to_string());
    out.text(inner.cut_right(56.0), Align::End, &line, Type::Mono, palette.t3);
    let width = inner.width();
    let mut most = 1;
    for (key, share) in COLUMNS {
        let mut cell = inner.cut_left(width * share);
        cell.right -= 8.0;
        let (said, kind, colour) = match key {
            "window.col_from" => (since(segment.at, call.started, ink.options.zone_s), Type::Mono, palette.t1),
            "window.col_cause" => (cause(segment), Type::Table, palette.t1),
            "window.col_offered" => (names(&segment.offered).join(" "), Type::Mono, palette.t2),
            "window.col_agreed" => {
                if let Some(codec) = segment.codec.as_deref() {
                    let square = cell.cut_left(14.0);
                    let place = Area::around((square.left + 4.0, middle), 8.0, 8.0);
                    out.fill(place, 1.0, palette.codec(codec_number(call, codec)));
                }
                let failed = segment.outcome != MediaOutcome::Agreed;
                (agreed(segment), Type::Name, if failed { palette.fail } else { palette.t1 })
            }
            "media-view.col_used" => (used(facts, call, segment), Type::Mono, palette.t2),
            "media-view.col_addresses" => (addresses(facts, segment, &|value| ink.private(value)), Type::Mono, palette.t2),
            "window.col_direction" => (flow_word(segment.flow).to_owned(), Type::Table, palette.t1),
            "window.col_security" => (security(segment).to_owned(), Type::Table, palette.t2),
            _ => (dtmf(segment), Type::Table, palette.t2),
        };
        // Names of codecs and kinds are the log's.
        let said = if key == "media-view.col_addresses" { said } else { ink.log(&said) };
        let lines = kind.wrap(&visible(&said), cell.width(), MOST_LINES);
        most = most.max(lines.len());
        out.cell(cell, LEADING, middle, &lines, kind, colour);
    }
    top + ROW + (most - 1) as f64 * LEADING
}
