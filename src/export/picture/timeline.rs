//! The timeline as a picture: ruler, heads, lanes. In: a scene as laid out by `timeline`. Out: a drawing.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::plots::Legend;
use super::{Ink, PictureOptions, lane, title};
use crate::analyse::Analysis;
use crate::base::LogTime;
use crate::base::words::{self, Words, word};
use crate::session::CallId;
use crate::timeline::figures::{duration, elapsed};
use crate::timeline::ladder::linked;
use crate::timeline::lanes::{Source, call};
use crate::timeline::scene::Lane;
use crate::timeline::{Axis, Gap, GapKind, Scene, Subject, Survey, Target, Window};

/// Width of the heads of lanes.
const HEADS: f64 = 228.0;
const RULER: f64 = 24.0;
/// Where gaps have their names.
const GAPS: f64 = 22.0;
/// Width where none is asked for.
const USUAL: f64 = 1_200.0;
/// Narrower gaps are a tint, without lines.
const HATCH: f64 = 8.0;

/// The timeline of a run, or of the call chosen.
pub fn timeline(analysis: &Analysis, options: &PictureOptions) -> Drawing {
    timeline_within(analysis, options, f64::INFINITY).0
}

/// The same with as many lanes as fit into `most` points of height, and how many do not.
pub fn timeline_within(analysis: &Analysis, options: &PictureOptions, most: f64) -> (Drawing, usize) {
    let _spoken = words::speak(options.words.language());
    let ink = Ink::new(options);
    let survey = Survey::new(&analysis.facts, &analysis.index);
    let source = Source::new(&analysis.facts, &survey, options.run_of(analysis)).with_findings(&analysis.findings);
    let scene = Scene::new(&source);
    let width = title::inner_width(options, USUAL);
    let mut title = word("window.timeline").to_owned();
    let chosen = options.call().and_then(|id| analysis.facts.calls.get(id.0 as usize));
    if let Some(call) = chosen {
        title = format!("{title}: {}", ink.about(call));
    }
    let Some(extent) = scene.extent else {
        let mut out = Drawing::new(width, 32.0, ink.palette.panel);
        out.text(Area::sized(0.0, 4.0, width, 24.0), Align::Start, word("window.no_timeline"), Type::Body, ink.palette.t2);
        return (title::framed(options, &title, &[title::of_bundle(ink, analysis, None)], None, out), 0);
    };
    let of_subject = options.subject.and_then(|subject| scene.stretch(target(subject)?));
    let window = options.window.or_else(|| of_subject.map(|(from, to)| Window::around(from, to, extent)));
    let window = window.unwrap_or(Window::all(extent)).inside(extent);
    let head = match chosen.and_then(|c| Some((c, c.started?))) {
        Some((chosen, at)) => {
            let values = [("call", call::name(chosen)), ("time", ink.clock(Some(at)))];
            (at.0, Words::current().fill("timeline.since_call", &values.each_ref().map(|(k, v)| (*k, v.as_str()))))
        }
        None => {
            let at = LogTime(extent.start_us);
            let zone_s = options.zone_s;
            (at.0, format!("{} {} {}", at.date(zone_s), at.clock(zone_s), ink.zone()))
        }
    };
    // A picture of one call leaves other calls out, but for its own legs.
    let legs: Option<Vec<CallId>> = options.call().map(|id| [vec![id], linked(&analysis.facts, id)].concat());
    let belongs = |lane: &&Lane| match (&legs, lane.leads().or(lane.detail_of)) {
        (Some(legs), Some(call)) => legs.contains(&call),
        _ => true,
    };
    let lanes: Vec<&Lane> = scene.shown(options.call()).into_iter().filter_map(|n| scene.lanes.get(n)).filter(belongs).collect();
    let axis = Axis { window, left_px: HEADS, width_px: (width - HEADS).max(1.0) };
    let mut left = most - RULER - GAPS;
    let fits = |lane: &&Lane| {
        left -= f64::from(lane.height_px) + Legend::of(ink, lane, &axis, width - HEADS - 20.0).height();
        left >= 0.0
    };
    let fitting: Vec<&Lane> = lanes.iter().copied().take_while(fits).collect();
    let body = lanes_on(ink, &scene, &fitting, window, head.0, &head.1, width);
    let shown = (LogTime(extent.start_us.max(window.start_us as i64)), LogTime(extent.end_us.min(window.end_us as i64)));
    let drawn = title::framed(options, &title, &[title::of_bundle(ink, analysis, Some(shown))], None, body);
    (drawn, lanes.len() - fitting.len())
}

fn target(subject: Subject) -> Option<Target> {
    match subject {
        Subject::Call(id) => Some(Target::Call(id)),
        Subject::Registration(id) => Some(Target::Registration(id)),
        Subject::KeepAlive(id) => Some(Target::KeepAlive(id)),
        Subject::Run(_) => None,
    }
}

/// Lanes on one axis under a ruler that counts from `origin_us`.
pub(super) fn lanes_on(
    ink: Ink<'_>,
    scene: &Scene,
    lanes: &[&Lane],
    window: Window,
    origin_us: i64,
    head: &str,
    width: f64,
) -> Drawing {
    let palette = ink.palette;
    let axis = Axis { window, left_px: HEADS, width_px: (width - HEADS).max(1.0) };
    let legends: Vec<Legend> = lanes.iter().map(|lane| Legend::of(ink, lane, &axis, width - HEADS - 20.0)).collect();
    let height = |lane: &Lane, legend: &Legend| f64::from(lane.height_px) + legend.height();
    let lanes_height: f64 = lanes.iter().zip(&legends).map(|(lane, legend)| height(lane, legend)).sum();
    let gaps: Vec<&Gap> =
        scene.gaps.iter().filter(|g| (g.to_us as f64) >= window.start_us && (g.from_us as f64) <= window.end_us).collect();
    let foot = if gaps.is_empty() { 0.0 } else { GAPS };
    let mut out = Drawing::new(width, RULER + lanes_height + foot + 4.0, palette.panel);
    let plot = Area::new(HEADS, RULER, width, RULER + lanes_height);
    ruler(&mut out, ink, &axis, origin_us, head, plot);
    let mut top = plot.top;
    for (lane, legend) in lanes.iter().zip(&legends) {
        let bottom = top + height(lane, legend);
        let row = Area { top, bottom: bottom - legend.height(), ..plot };
        out.clipped(row, |out| lane::body(out, ink, lane, &axis, row, &|out| hatch(out, ink, &gaps, &axis, row)));
        legend.draw(&mut out, ink, Area { left: HEADS + 12.0, top: row.bottom - 1.0, ..row });
        lane::head(&mut out, ink, lane, Area { left: 0.0, right: HEADS, top, bottom });
        out.level(0.0, width, bottom - 0.5, Pen::new(1.0, palette.hair));
        top = bottom;
    }
    out.upright(HEADS - 0.5, 0.0, plot.bottom, Pen::new(1.0, palette.hair));
    gap_names(&mut out, ink, &gaps, &axis, Area { top: plot.bottom, bottom: plot.bottom + foot, ..plot });
    out
}

fn ruler(out: &mut Drawing, ink: Ink<'_>, axis: &Axis, origin_us: i64, head: &str, plot: Area) {
    let palette = ink.palette;
    let row = Area { left: 0.0, right: HEADS - 8.0, top: 0.0, bottom: RULER };
    out.text(row, Align::Start, head, Type::TinyMono, palette.t2);
    let (_, step) = axis.ticks(origin_us, 70.0);
    let ends = [axis.window.start_us, axis.window.end_us].map(|us| Type::Mono.width(&elapsed(us as i64 - origin_us, step)));
    let gap = ends.into_iter().fold(0.0, f64::max) + 14.0;
    let (ticks, step) = axis.ticks(origin_us, gap.max(70.0));
    let (mut grid, mut long, mut short) = (Vec::new(), Vec::new(), Vec::new());
    for tick in ticks.iter().filter(|t| t.x_px >= plot.left) {
        let x = tick.x_px;
        if !tick.labelled {
            short.push(((x, RULER - 3.0), (x, RULER)));
            continue;
        }
        grid.push(((x, RULER), (x, plot.bottom)));
        long.push(((x, RULER - 7.0), (x, RULER)));
        let label = elapsed(tick.since_us, step);
        if x + 4.0 + Type::Mono.width(&label) < plot.right {
            out.text(Area::new(x + 4.0, 0.0, plot.right, RULER), Align::Start, &label, Type::Mono, palette.t2);
        }
    }
    out.lines(grid, Pen::new(1.0, palette.hair));
    out.lines(long, Pen::new(1.0, palette.strong));
    out.lines(short, Pen::new(1.0, palette.strong));
    out.level(0.0, plot.right, RULER - 0.5, Pen::new(1.0, palette.hair));
}

/// Stretches in which no log says anything.
fn hatch(out: &mut Drawing, ink: Ink<'_>, gaps: &[&Gap], axis: &Axis, row: Area) {
    let strong = ink.palette.strong;
    for gap in gaps {
        let left = axis.x_px(gap.from_us).max(row.left);
        let right = axis.x_px(gap.to_us).min(row.right).max(left + 1.0);
        let area = Area { left, right, ..row };
        if area.width() < HATCH {
            out.fill(area, 0.0, strong.over(0.5, ink.palette.panel));
        } else {
            out.hatch(area, (true, false), strong.over(0.6, ink.palette.panel));
        }
    }
}

/// Their names below the lanes, as many as there is room for.
fn gap_names(out: &mut Drawing, ink: Ink<'_>, gaps: &[&Gap], axis: &Axis, row: Area) {
    let mut free_from = row.left;
    for gap in gaps {
        let said = gap_name(gap);
        let width = Type::Small.width(&said);
        let middle = (axis.x_px(gap.from_us).max(row.left) + axis.x_px(gap.to_us).min(row.right)) / 2.0;
        let left = (middle - width / 2.0).min(row.right - width).max(row.left + 4.0);
        if left < free_from || left + width > row.right {
            continue;
        }
        out.text(Area { left, right: left + width + 1.0, ..row }, Align::Start, &said, Type::Small, ink.palette.t2);
        free_from = left + width + 12.0;
    }
}

/// What a gap is called: sleep only where keep-alives tell, and said to be inferred.
fn gap_name(gap: &Gap) -> String {
    let length = duration(gap.to_us - gap.from_us);
    match gap.kind {
        GapKind::Silent => Words::current().fill("window.no_log_for", &[("time", &length)]),
        GapKind::BetweenRuns => Words::current().fill("timeline.gap_between", &[("time", &length)]),
        GapKind::Asleep { missed } => {
            Words::current().fill("timeline.gap_asleep", &[("time", &length), ("n", &missed.to_string())])
        }
    }
}
