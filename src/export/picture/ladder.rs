//! The ladder as a picture, any length. In: a ladder as laid out by `timeline::ladder`. Out: a drawing, or one for every so many rows.

use std::collections::BTreeSet;
use std::ops::Range;

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::{FontWidth, Type};
use super::{Ink, PictureOptions, signs, title};
use crate::analyse::Analysis;
use crate::base::words::{self, Words, word};
use crate::base::{LogTime, Tone};
use crate::session::RunId;
use crate::sip::Direction;
use crate::timeline::Subject;
use crate::timeline::figures::duration;
use crate::timeline::ladder::place::ROW_PX;
use crate::timeline::ladder::{Arrow, Kind, Ladder, Place, Row, linked, place};

const HOSTS: f64 = 44.0;
/// Width where none is asked for.
const USUAL: f64 = 900.0;

/// The ladder of the subject chosen, else of the run, in one picture.
pub fn ladder(analysis: &Analysis, options: &PictureOptions) -> Drawing {
    ladder_pages(analysis, options, usize::MAX).pop().unwrap_or_else(|| Drawing::new(1.0, 1.0, Ink::new(options).palette.panel))
}

/// The same in pictures of at most `rows` rows each; at least one. Linked legs of a call are there unasked, as on screen.
pub fn ladder_pages(analysis: &Analysis, options: &PictureOptions, rows: usize) -> Vec<Drawing> {
    let subject = options.subject.unwrap_or_else(|| Subject::Run(options.run_of(analysis).unwrap_or(RunId(0))));
    let mut subjects = vec![subject];
    if let Subject::Call(id) = subject {
        subjects.extend(linked(&analysis.facts, id).into_iter().map(Subject::Call));
    }
    let _spoken = words::speak(options.words.language());
    let ladder = Ladder::of(&analysis.facts, &subjects, &BTreeSet::new());
    ladder_of(analysis, options, subject, &ladder, rows)
}

/// A ladder that is laid out already, with what is added to it and unfolded.
pub fn ladder_of(analysis: &Analysis, options: &PictureOptions, subject: Subject, ladder: &Ladder, rows: usize) -> Vec<Drawing> {
    let _spoken = words::speak(options.words.language());
    let ink = Ink::new(options);
    let title = format!("{}: {}", word("window.ladder"), about(ink, analysis, subject, ladder));
    let width = title::inner_width(options, USUAL);
    let layout = place(ladder, width, &FontWidth);
    let times = || ladder.rows.iter().filter_map(|row| row.at);
    let count = Words::current().fill("window.n_messages", &[("n", &ladder.messages.to_string())]);
    let below = format!("{} · {count}", title::of_bundle(ink, analysis, times().min().zip(times().max())));
    let rows = rows.max(1);
    let pages = ladder.rows.len().div_ceil(rows).max(1);
    let page = |number: usize| {
        let from = number.saturating_mul(rows);
        let body = body(ink, ladder, &layout, from..from.saturating_add(rows).min(ladder.rows.len()));
        title::framed(options, &title, std::slice::from_ref(&below), Some((number + 1, pages)), body)
    };
    (0..pages).map(page).collect()
}

/// What the ladder shows, in words.
fn about(ink: Ink<'_>, analysis: &Analysis, subject: Subject, ladder: &Ladder) -> String {
    let facts = &analysis.facts;
    let named = |key: &str, value| format!("{} {}", word(key), ink.private(value));
    match subject {
        Subject::Call(id) => facts.calls.get(id.0 as usize).map_or_else(String::new, |call| {
            let others = ladder.calls.iter().filter(|other| **other != id).filter_map(|id| facts.calls.get(id.0 as usize));
            let others: String = others.map(|call| format!(" + {}", crate::timeline::lanes::call::name(call))).collect();
            format!("{}{others}", ink.about(call))
        }),
        Subject::Registration(id) => {
            facts.registrations.get(id as usize).map_or_else(String::new, |r| named("timeline.registration", &r.aor))
        }
        Subject::KeepAlive(id) => {
            facts.keepalives.get(id as usize).map_or_else(String::new, |k| named("timeline.keepalive", &k.peer))
        }
        Subject::Run(_) => word("window.whole_run").to_owned(),
    }
}

fn body(ink: Ink<'_>, ladder: &Ladder, layout: &Place, rows: Range<usize>) -> Drawing {
    let palette = ink.palette;
    let height = HOSTS + ROW_PX * rows.len().max(1) as f64 + 8.0;
    let mut out = Drawing::new(layout.width_px, height, palette.panel);
    if ladder.rows.is_empty() {
        out.text(Area::sized(0.0, 8.0, layout.width_px, 24.0), Align::Start, word("window.no_rows"), Type::Body, palette.t2);
        return out;
    }
    hosts(&mut out, ink, ladder, layout);
    let top = |row: usize| HOSTS + (row.saturating_sub(rows.start)) as f64 * ROW_PX;
    lanes(&mut out, ink, ladder, layout, rows.clone());
    for number in rows.clone() {
        let Some(row) = ladder.rows.get(number) else { break };
        show_row(&mut out, ink, layout, row, Area::sized(0.0, top(number), layout.width_px, ROW_PX));
    }
    for bracket in ladder.brackets_in(rows.clone()) {
        // A bracket that goes over the edge of a page is open there.
        let line = |row: usize| top(row) + ROW_PX - 4.5;
        let (left, foot) = (layout.bracket_px, HOSTS + rows.len() as f64 * ROW_PX);
        let starts = bracket.from_row >= rows.start;
        let ends = bracket.to_row < rows.end;
        let from = if starts { line(bracket.from_row) } else { HOSTS };
        let to = if ends { line(bracket.to_row) } else { foot };
        let mut points = vec![(left + 8.0, from), (left + 8.0, to)];
        if starts {
            points.insert(0, (left, from));
        }
        if ends {
            points.push((left, to));
        }
        out.line(points, Pen::new(1.4, palette.span(bracket.look).edge));
        let room = Area::new(left + 13.0, (from + to) / 2.0 - 9.0, layout.line_px - 50.0, (from + to) / 2.0 + 9.0);
        out.text(room, Align::Start, &ink.log(&bracket.word), Type::Small, palette.t2);
    }
    out
}

fn x_of(layout: &Place, lane: usize) -> f64 {
    layout.lanes_px.get(lane).copied().unwrap_or(layout.bracket_px)
}

fn last_x(layout: &Place) -> f64 {
    layout.lanes_px.last().copied().unwrap_or(layout.bracket_px)
}

fn hosts(out: &mut Drawing, ink: Ink<'_>, ladder: &Ladder, layout: &Place) {
    let palette = ink.palette;
    let row = Area::sized(0.0, 0.0, layout.width_px, HOSTS);
    let label = |out: &mut Drawing, left: f64, right: f64, align: Align, text: &str| {
        out.text(Area { left, right, ..row }, align, text, Type::Label, palette.t3);
    };
    label(out, layout.time_px, layout.time_px + 90.0, Align::Start, &ink.zone());
    label(out, layout.time_px + 40.0, layout.delta_px, Align::End, word("window.since_last"));
    label(out, layout.line_px - 60.0, layout.line_px, Align::End, word("window.col_line"));
    let step = layout.lanes_px.get(1).zip(layout.lanes_px.first()).map_or(150.0, |(b, a)| b - a);
    let client = (word("ladder.client").to_owned(), ink.said(&ladder.client));
    let mut others: Vec<(String, String)> = ladder.hosts.iter().map(|h| (ink.said(&h.name), ink.said(&h.detail))).collect();
    if others.is_empty() {
        others.push((word("ladder.network").to_owned(), String::new()));
    }
    let mut free_from = layout.delta_px + 8.0;
    for (lane, (name, detail)) in std::iter::once(client).chain(others).enumerate() {
        let middle = x_of(layout, lane);
        let wide = Type::Bold.width(&name).max(Type::TinyMono.width(&detail)).min(step - 24.0);
        let width = (wide + 16.0).max(64.0);
        let bound = layout.line_px - 40.0;
        let left = if lane == 0 { middle - 22.0 } else { middle - width / 2.0 };
        let left = left.min(bound - width).max(free_from);
        free_from = left + width + 6.0;
        let area = Area::sized(left, 5.0, width, HOSTS - 10.0);
        out.frame(area, 4.0, Some(palette.raised), Pen::new(1.0, palette.strong));
        let mut inner = area.shrunk(8.0, 2.0);
        if detail.is_empty() {
            out.text(inner, Align::Start, &name, Type::Bold, palette.t1);
        } else {
            out.text(inner.cut_top(16.0), Align::Start, &name, Type::Bold, palette.t1);
            out.text(inner, Align::Start, &detail, Type::TinyMono, palette.t2);
        }
    }
}

/// The lanes, dotted where nothing happens for a while: one line for every stretch.
fn lanes(out: &mut Drawing, ink: Ink<'_>, ladder: &Ladder, layout: &Place, rows: Range<usize>) {
    let waits = |row: usize| matches!(ladder.rows.get(row).map(|r| &r.kind), Some(Kind::Waiting { .. }));
    let mut from = rows.start;
    while from < rows.end {
        let waiting = waits(from);
        let to = (from..rows.end).find(|row| waits(*row) != waiting).unwrap_or(rows.end);
        let y = |row: usize| HOSTS + (row - rows.start) as f64 * ROW_PX;
        let pen = Pen::new(1.2, ink.palette.strong);
        let pen = if waiting { pen.dashed(1.6, 3.0) } else { pen };
        let ends = layout.lanes_px.iter().map(|x| ((*x, y(from)), (*x, y(to)))).collect();
        out.lines(ends, pen);
        from = to;
    }
}

fn show_row(out: &mut Drawing, ink: Ink<'_>, layout: &Place, row: &Row, area: Area) {
    let palette = ink.palette;
    let (first, last) = (x_of(layout, 0), last_x(layout));
    match &row.kind {
        Kind::Waiting { text, .. } => {
            let room = Area { left: first + 6.0, right: last - 6.0, ..area };
            out.text(room, Align::Middle, &ink.said(text), Type::Small, palette.t3);
        }
        Kind::Folded { text, open, .. } => {
            gutter(out, ink, layout, row, area);
            let pill = Area::new(first + 8.0, area.top + 2.0, last - 8.0, area.bottom - 2.0);
            out.frame(pill, 4.0, Some(palette.raised), Pen::new(1.0, palette.hair));
            signs::chevron(out, (pill.left + 11.0, pill.middle()), 3.5, *open, palette.t2);
            let room = Area { left: pill.left + 22.0, right: pill.right - 6.0, ..pill };
            out.text(room, Align::Start, &ink.said(text), Type::Small, palette.t2);
        }
        Kind::Step { text, tone, .. } => {
            gutter(out, ink, layout, row, area);
            let mut room = Area { left: first + 10.0, right: layout.line_px - 60.0, ..area };
            let icon = room.cut_left(16.0);
            let said = ink.said(text);
            // Lanes do not run through the words.
            let width = Type::Small.width(&said).min(room.width());
            out.fill(Area { right: room.left + width + 4.0, ..icon }.shrunk(0.0, 2.0), 0.0, palette.panel);
            signs::tone(out, palette, (icon.left + 5.5, icon.middle()), 11.0, *tone);
            let colour = if *tone == Tone::Fail { palette.fail } else { palette.t3 };
            out.text(room, Align::Start, &said, Type::Small, colour);
        }
        Kind::Arrow(arrow) => {
            gutter(out, ink, layout, row, area);
            show_arrow(out, ink, layout, arrow, area);
        }
    }
}

fn gutter(out: &mut Drawing, ink: Ink<'_>, layout: &Place, row: &Row, area: Area) {
    let palette = ink.palette;
    let at: Option<LogTime> = row.at;
    out.text(
        Area { left: layout.time_px, right: layout.time_px + 84.0, ..area },
        Align::Start,
        &ink.clock(at),
        Type::Mono,
        palette.t2,
    );
    let delta = row.delta_us.map_or_else(String::new, duration);
    let colour = if row.delta_us.is_some_and(|us| us >= 1_000_000) { palette.t2 } else { palette.t3 };
    out.text(Area { left: layout.time_px + 84.0, right: layout.delta_px, ..area }, Align::End, &delta, Type::Mono, colour);
    if let Some(call) = row.call {
        // The same number as in the name of the call, on the call's own colour.
        let tag = Area::around((layout.delta_px + 16.0, area.middle()), 18.0, 15.0);
        let colour = palette.series(u8::try_from(call.0 % 8 + 1).unwrap_or(1));
        out.frame(tag, 3.0, None, Pen::new(1.2, colour));
        out.text(tag, Align::Middle, &call.number().to_string(), Type::TinyMono, palette.t2);
        out.fill(Area::sized(layout.delta_px + 29.0, area.top, 2.0, area.height()), 0.0, colour);
    }
    if row.line > 0 {
        let room = Area { left: layout.line_px - 70.0, right: layout.line_px, ..area };
        out.text(room, Align::End, &row.line.to_string(), Type::Mono, palette.t3);
    }
}

fn show_arrow(out: &mut Drawing, ink: Ink<'_>, layout: &Place, arrow: &Arrow, area: Area) {
    let palette = ink.palette;
    let (client, host) = (x_of(layout, 0), x_of(layout, arrow.host));
    let (left, right) = (client.min(host), client.max(host));
    let colour = match arrow.tone {
        Tone::Fail => palette.fail,
        Tone::Ok => palette.ok,
        Tone::Muted => palette.t3,
        _ => palette.t1,
    };
    let y = area.bottom - 4.5;
    let (from, to) = match arrow.direction {
        Direction::Received => ((right, y), (left, y)),
        Direction::Sent | Direction::Unknown => ((left, y), (right, y)),
    };
    signs::arrow(out, from, to, arrow.direction != Direction::Unknown, colour);
    let mut room = Area::new(left + 10.0, area.top, right - 8.0, area.bottom - 6.0);
    let title = ink.log(&arrow.title);
    let summary = ink.said(&arrow.summary);
    let again = arrow.again.map_or_else(String::new, |again| {
        Words::current().fill("window.sent_again", &[("n", &again.count.to_string()), ("time", &duration(again.span_us))])
    });
    if arrow.host > 1 {
        // Lanes of other hosts do not run through the words.
        let words = Type::Bold.width(&title) + Type::Small.width(&summary) + Type::Label.width(&again) + 36.0;
        let covered = Area { right: room.left + words.min(room.width()), ..room };
        for x in layout.lanes_px.iter().filter(|x| **x > covered.left && **x < covered.right) {
            out.fill(Area::new(x - 1.5, area.top + 1.0, x + 1.5, area.bottom - 6.5), 0.0, palette.panel);
        }
    }
    if arrow.tone == Tone::Fail {
        let icon = room.cut_left(16.0);
        signs::tone(out, palette, (icon.left + 5.5, icon.middle() + 0.5), 11.0, Tone::Fail);
    }
    let strong = arrow.strong || arrow.tone == Tone::Ok;
    let title_ink = match arrow.tone {
        Tone::Fail => palette.fail,
        _ if strong => palette.t1,
        _ => palette.t2,
    };
    let kind = if arrow.tone == Tone::Muted { Type::Table } else { Type::Bold };
    let pieces =
        [(title.as_str(), kind, title_ink), (&summary, Type::Small, palette.t2), (again.trim_start(), Type::Label, palette.warn)];
    out.pieces(room, 8.0, &pieces);
}
