//! Two sessions beside each other: where they part, the facts, both timelines on one axis, SIP row by row. In: a comparison. Out: a
//! drawing. The words are those of the comparison report; this only places them.

use super::draw::{Align, Area, Drawing, Pen};
use super::fonts::Type;
use super::{Ink, PictureOptions, signs, timeline, title};
use crate::analyse::Analysis;
use crate::base::words::{self, word};
use crate::base::{LogTime, Tone, visible};
use crate::compare::{Cell, Comparison, Kind, MessageRow, Pair, Row, Side, Which};
use crate::export::compare::Options as SheetOptions;
use crate::export::compare::sheet::{self, Line, Sheet, Strand};
use crate::session::RunId;
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::ladder::{message_tone, title as titled};
use crate::timeline::lanes::Source;
use crate::timeline::scene::Lane;
use crate::timeline::{Scene, Survey, Window};

/// Width where none is asked for.
const USUAL: f64 = 1_100.0;
const ROW: f64 = 22.0;
/// From line to line of a cell.
const LEADING: f64 = 15.0;
/// Lines of a cell.
const MOST_LINES: usize = 4;
const HEAD: f64 = 26.0;
const BAR: f64 = 46.0;
/// Room of the sign between two messages.
const MIDDLE: f64 = 84.0;

/// How two sessions differ.
pub fn compare(comparison: &Comparison, sides: Pair<&Analysis>, options: &PictureOptions) -> Drawing {
    let _spoken = words::speak(options.words.language());
    let ink = Ink::new(options);
    let forms = SheetOptions { messages: false, zone_s: options.zone_s, outlet: options.outlet.clone(), words: options.words };
    let sheet = sheet::sheet(comparison, sides, &forms);
    let out = Drawing::new(title::inner_width(options, USUAL), 0.0, ink.palette.panel);
    let mut page = Page { out, ink, comparison, sides, sheet: &sheet, top: 8.0 };
    page.sentence();
    page.facts();
    page.lanes();
    page.strands();
    let Page { mut out, top, .. } = page;
    out.height = top;
    let about: Vec<String> = sides_about(ink, comparison, sides).into();
    title::framed(options, &sheet.title, &about, None, out)
}

/// `A good.zip · 2026-… · client …`, and B.
fn sides_about(ink: Ink<'_>, comparison: &Comparison, sides: Pair<&Analysis>) -> [String; 2] {
    [(Which::Left, "compare.side_a"), (Which::Right, "compare.side_b")].map(|(which, key)| {
        let analysis = *sides.get(which);
        let run = Side { analysis, scope: *comparison.scopes.get(which) }.run();
        let run = analysis.facts.runs.get(run.0 as usize);
        format!("{}  {}", word(key), title::of_bundle(ink, analysis, run.and_then(|r| r.start.zip(r.end))))
    })
}

struct Page<'a> {
    out: Drawing,
    ink: Ink<'a>,
    comparison: &'a Comparison,
    sides: Pair<&'a Analysis>,
    sheet: &'a Sheet,
    top: f64,
}

impl Page<'_> {
    fn row(&mut self, height: f64) -> Area {
        let area = Area::sized(0.0, self.top, self.out.width, height);
        self.top += height;
        area
    }

    fn line_below(&mut self, row: Area) {
        self.out.level(row.left, row.right, row.bottom - 0.5, Pen::new(1.0, self.ink.palette.hair));
    }

    /// A head with a rule, as all sections have.
    fn section(&mut self, name: &str, more: &str) {
        let palette = self.ink.palette;
        self.top += 14.0;
        let row = self.row(24.0);
        let end = self.out.text(row, Align::Start, name, Type::Head, palette.t1);
        self.out.text(Area { left: end + 20.0, ..row }, Align::End, more, Type::Small, palette.t3);
        self.out.level(row.left, row.right, row.bottom, Pen::new(1.0, palette.t1));
        self.top += 2.0;
    }

    fn sentence(&mut self) {
        let palette = self.ink.palette;
        let tone = self.comparison.tone();
        let left = 32.0;
        signs::tone(&mut self.out, palette, (10.0, self.top + 13.0), 20.0, tone);
        let width = self.out.width;
        let wide = |top: f64| Area::new(left, top, width, top);
        self.top = self.out.wrapped(wide(self.top + 2.0), 22.0, 3, &self.sheet.sentence, Type::Title, palette.t1) + 2.0;
        for (said, colour) in
            [(&self.sheet.detail, palette.t2), (&self.sheet.counts, palette.t2), (&self.sheet.aligned, palette.t3)]
        {
            self.top = self.out.wrapped(wide(self.top), 18.0, 3, said, Type::Small, colour);
        }
        for remark in &self.sheet.remarks {
            signs::tone(&mut self.out, palette, (10.0, self.top + 9.0), 11.0, Tone::Warn);
            self.top = self.out.wrapped(wide(self.top), 18.0, 3, remark, Type::Small, palette.t1);
        }
    }

    fn facts(&mut self) {
        let palette = self.ink.palette;
        if self.sheet.groups.is_empty() {
            return;
        }
        let head = &self.sheet.heads;
        self.section(word("picture.facts"), "");
        let row = self.row(HEAD);
        let [what, left, right, amount, _] = columns(row);
        for (cell, align, said) in [
            (what, Align::Start, head.what),
            (left, Align::Start, head.a),
            (right, Align::Start, head.b),
            (amount, Align::End, head.amount),
        ] {
            self.out.text(cell, align, said, Type::Label, palette.t3);
        }
        self.line_below(row);
        let groups = self.comparison.groups.iter().zip(&self.sheet.groups);
        for (group, (name, lines)) in groups {
            let row = self.row(HEAD);
            self.out.fill(row, 0.0, palette.raised);
            self.out.text(row.shrunk(8.0, 0.0), Align::Start, name, Type::Head, palette.t1);
            self.line_below(row);
            for (fact, line) in group.rows.iter().zip(lines) {
                self.fact(fact, line);
            }
        }
    }

    fn fact(&mut self, fact: &Row, line: &Line) {
        let palette = self.ink.palette;
        let colour = if line.matters { palette.t1 } else { palette.t3 };
        let [what, left, right, ..] = columns(Area::sized(0.0, self.top, self.out.width, ROW));
        let name = if line.matters { Type::Name } else { Type::Table };
        let sign = |found: &Option<Cell>| {
            found.as_ref().and_then(|c| c.tone).filter(|t| matches!(t, Tone::Ok | Tone::Warn | Tone::Fail))
        };
        let wrapped = |kind: Type, said: &str, width: f64| kind.wrap(&visible(said), width, MOST_LINES);
        let names = wrapped(name, &line.what, what.width());
        let sides = [(left, &line.left, sign(&fact.cells.left)), (right, &line.right, sign(&fact.cells.right))];
        let sides = sides.map(|(mut cell, said, tone)| {
            let icon = tone.map(|tone| (cell.cut_left(16.0), tone));
            (cell, icon, said.as_ref().map(|said| wrapped(Type::Table, said, cell.width())))
        });
        let lines = sides.iter().filter_map(|(_, _, lines)| lines.as_ref()).map(Vec::len).chain([names.len()]).max().unwrap_or(1);
        let row = self.row(ROW + lines.saturating_sub(1) as f64 * LEADING);
        let middle = row.top + ROW / 2.0;
        let first = Area { bottom: row.top + ROW, ..row };
        let [_, _, _, amount, bar] = columns(first);
        self.out.cell(what, LEADING, middle, &names, name, colour);
        for (cell, icon, lines) in sides {
            let Some(lines) = lines else {
                let pen = Pen::new(1.0, palette.t3).dashed(3.0, 3.0);
                self.out.level(cell.left, (cell.left + 60.0).min(cell.right), middle + 4.0, pen);
                continue;
            };
            if let Some((icon, tone)) = icon {
                signs::tone(&mut self.out, palette, (icon.left + 6.0, middle), 11.0, tone);
            }
            if line.matters && line.kind == Kind::Changed {
                let tint = if fact.weight >= 0.8 { palette.fail_tint } else { palette.warn_tint };
                let width = lines.iter().map(|l| Type::Table.width(l)).fold(0.0, f64::max);
                let height = ROW - 4.0 + lines.len().saturating_sub(1) as f64 * LEADING;
                self.out.fill(Area::sized(cell.left - 3.0, row.top + 2.0, width + 6.0, height), 2.0, tint);
            }
            self.out.cell(cell, LEADING, middle, &lines, Type::Table, colour);
        }
        self.out.text(amount, Align::End, &line.amount, Type::Small, colour);
        let fill = match line.kind {
            Kind::Same => palette.hair,
            _ if !line.matters => palette.t3,
            _ if fact.weight >= 0.8 => palette.fail,
            _ => palette.warn,
        };
        let width = (BAR * f64::from(fact.weight)).max(if line.kind == Kind::Same { 1.0 } else { 3.0 });
        self.out.fill(Area::around((bar.left + width / 2.0, bar.middle()), width, 6.0), 0.0, fill);
        self.line_below(row);
    }

    /// Both timelines, the same length of time, laid upon each other at their zeros.
    fn lanes(&mut self) {
        let side = |which: Which| {
            let analysis = *self.sides.get(which);
            let survey = Survey::new(&analysis.facts, &analysis.index);
            let run: RunId = Side { analysis, scope: *self.comparison.scopes.get(which) }.run();
            let scene = Scene::new(&Source::new(&analysis.facts, &survey, Some(run)).with_findings(&analysis.findings));
            let zero = (*self.comparison.zero.at.get(which))?;
            let extent = scene.extent?;
            Some((scene, zero, extent.start_us - zero.0, extent.end_us - zero.0))
        };
        let (Some(left), Some(right)) = (side(Which::Left), side(Which::Right)) else { return };
        let (from, to) = (left.2.min(right.2), left.3.max(right.3));
        let air = (to - from).max(1_000) / 50;
        self.section(word("window.timeline"), &self.sheet.aligned);
        for (which, (scene, zero, ..)) in [(Which::Left, &left), (Which::Right, &right)] {
            let palette = self.ink.palette;
            let key = if which == Which::Left { "compare.side_a" } else { "compare.side_b" };
            let name = self.ink.path(&self.sides.get(which).bundle.name);
            let row = self.row(HEAD);
            self.out.fill(row, 0.0, palette.raised);
            let badge = Area::around((16.0, row.middle()), 16.0, 16.0);
            let inner = badge_of(&mut self.out, self.ink, badge, which);
            self.out.text(badge, Align::Middle, word(key), Type::Label, inner);
            let zone_s = self.ink.options.zone_s;
            let said = format!("{name}   0 s = {} {} {}", zero.date(zone_s), zero.clock(zone_s), self.ink.zone());
            self.out.text(Area { left: 32.0, ..row }, Align::Start, &said, Type::Label, palette.t2);
            let lanes: Vec<&Lane> = scene.shown(None).into_iter().filter_map(|n| scene.lanes.get(n)).collect();
            let window = Window { start_us: (zero.0 + from - air) as f64, end_us: (zero.0 + to + air) as f64 };
            let drawn = timeline::lanes_on(self.ink, scene, &lanes, window, zero.0, "", self.out.width);
            self.out.inset((0.0, self.top), &drawn);
            self.top += drawn.height;
        }
    }

    fn strands(&mut self) {
        let strands: Vec<_> = self.comparison.strands.iter().zip(&self.sheet.strands).collect();
        if strands.is_empty() {
            return;
        }
        self.section(self.sheet.heads.messages, word("compare_view.matched_by"));
        for (rows, strand) in strands {
            self.strand_head(strand);
            let shown = rows.rows.iter().skip(strand.from).zip(&strand.rows);
            for (row, said) in shown {
                self.pair(row, &said.mark);
            }
            if !strand.beyond.is_empty() {
                let row = self.row(ROW);
                self.out.text(row.shrunk(8.0, 0.0), Align::Start, &strand.beyond, Type::Small, self.ink.palette.t3);
            }
        }
    }

    fn strand_head(&mut self, strand: &Strand) {
        let palette = self.ink.palette;
        let row = self.row(ROW);
        self.out.fill(row, 0.0, palette.raised);
        let inner = row.shrunk(8.0, 0.0);
        let pieces = [(strand.title.as_str(), Type::Name, palette.t1), (strand.summary.as_str(), Type::Small, palette.t2)];
        self.out.pieces(inner, 10.0, &pieces);
        self.line_below(row);
    }

    fn pair(&mut self, found: &MessageRow, mark: &str) {
        let palette = self.ink.palette;
        let row = self.row(ROW + 1.0);
        if found.kind == Kind::Changed {
            self.out.fill(row, 0.0, palette.warn_tint);
        }
        let mut inner = row.shrunk(8.0, 0.0);
        let half = (inner.width() - MIDDLE) / 2.0;
        let (a, b) = (inner.cut_left(half), inner.cut_right(half));
        self.message(Which::Left, found, a);
        self.message(Which::Right, found, b);
        let colour = if found.kind == Kind::Same { palette.t3 } else { palette.t1 };
        let kind = if found.kind == Kind::Changed { Type::Bold } else { Type::Small };
        self.out.text(inner, Align::Middle, mark, kind, colour);
        self.line_below(row);
    }

    /// Elapsed time, an arrow, what it says.
    fn message(&mut self, which: Which, found: &MessageRow, mut cell: Area) {
        let palette = self.ink.palette;
        let facts = &self.sides.get(which).facts;
        let Some(logged) = found.messages.get(which).and_then(|id| facts.message(id)) else { return };
        let zero: Option<LogTime> = *self.comparison.zero.at.get(which);
        let since = logged.seen.at.zip(zero).map(|(at, zero)| duration(at.since_us(zero))).unwrap_or_default();
        let mut time = cell.cut_left(66.0);
        time.right -= 8.0;
        self.out.text(time, Align::End, &since, Type::Mono, palette.t3);
        let arrow = cell.cut_left(34.0);
        let (a, b) = ((arrow.left + 2.0, arrow.middle()), (arrow.right - 6.0, arrow.middle()));
        let (from, to) = if logged.seen.direction == Direction::Received { (b, a) } else { (a, b) };
        let tone = message_tone(&logged.seen.message);
        let colour = match tone {
            Tone::Fail => palette.fail,
            Tone::Ok => palette.ok,
            _ => palette.t1,
        };
        signs::arrow(&mut self.out, from, to, logged.seen.direction != Direction::Unknown, colour);
        if tone == Tone::Fail {
            let icon = cell.cut_left(16.0);
            signs::tone(&mut self.out, palette, (icon.left + 6.0, icon.middle()), 11.0, Tone::Fail);
        }
        let colour = if tone == Tone::Fail { palette.fail } else { palette.t1 };
        let said = self.ink.log(&titled(&logged.seen.message));
        self.out.text(cell, Align::Start, &said, Type::Name, colour);
    }
}

/// A is solid, B outlined; gives the colour of its letter.
fn badge_of(out: &mut Drawing, ink: Ink<'_>, area: Area, which: Which) -> super::look::Rgb {
    let palette = ink.palette;
    match which {
        Which::Left => {
            out.fill(area, 3.0, palette.t1);
            palette.panel
        }
        Which::Right => {
            out.frame(area, 3.0, None, Pen::new(1.2, palette.t1));
            palette.t1
        }
    }
}

/// Name, A, B, amount, bar.
fn columns(row: Area) -> [Area; 5] {
    let mut inner = row.shrunk(8.0, 0.0);
    let bar = inner.cut_right(BAR);
    let amount = inner.cut_right(96.0);
    let (names, values) = (inner.width() * 0.30, inner.width() * 0.35);
    let what = inner.cut_left(names);
    let left = inner.cut_left(values);
    let close = |area: Area| Area { right: area.right - 8.0, ..area };
    [close(what), close(left), close(inner), close(amount), bar]
}
