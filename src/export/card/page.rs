//! The case card as a picture: one page, as long as it must be. In: a [`Card`]. Out: a drawing. Must not know an analysis.
//!
//! ```text
//! Case card  bundle                         [Redacted, checked …]
//! (x) Verdict
//! o---o---o---x...o...o    stages
//! Finding, evidence, what to do
//! Timeline
//! Ladder
//! Server team | Checklist
//! Also found  | Versions
//! Coverage
//! made by, digest                          same bytes, page
//! ```

use super::{Card, Drawn, Row, Stage, Told};
use crate::base::Tone;
use crate::export::picture::draw::{Align, Area, Drawing, Pen};
use crate::export::picture::fonts::Type;
use crate::export::picture::look::{Palette, Rgb};
use crate::export::picture::{Scheme, signs, title};

/// Left and right of everything: what is between is as wide as the pictures on the card.
const MARGIN: f64 = 54.0;
const TOP: f64 = 40.0;
/// A page is at least so high; what says who made it stands at its end.
const LEAST: f64 = 1_400.0;
const FOOT: f64 = 56.0;
const LEADING: f64 = 17.0;
/// Between two sections, below each other and beside each other.
const GAP: f64 = 26.0;
const GUTTER: f64 = 32.0;
/// Rows that one line of proof, one cell of a table, one step may take: none of them is the place for a whole log.
const MOST_ROWS: usize = 5;

/// The page with its number and how many there are.
pub fn draw(card: &Card, scheme: Scheme, page: (usize, usize)) -> Drawing {
    let palette = Palette::<Rgb>::of(scheme);
    let pictures = [&card.timeline, &card.ladder].into_iter().flatten();
    let width = pictures.map(|drawn| drawn.picture.width).fold(super::WIDTH, f64::max);
    let mut out = Drawing::new(width + 2.0 * MARGIN, 0.0, palette.panel);
    out.title = format!("{}: {}", card.heads.card, card.verdict);
    let mut page_of = Page { out, palette, card, left: MARGIN, right: MARGIN + width, top: TOP };
    page_of.everything();
    page_of.foot(page);
    page_of.out
}

/// A column that is being filled from its top.
struct Page<'a> {
    out: Drawing,
    palette: &'static Palette<Rgb>,
    card: &'a Card,
    left: f64,
    right: f64,
    top: f64,
}

impl Page<'_> {
    fn everything(&mut self) {
        let (card, heads) = (self.card, &self.card.heads);
        self.head();
        self.verdict();
        self.stages(&card.stages);
        if card.findings.is_empty() && card.also.is_empty() {
            self.section(heads.findings, "");
            self.paragraph(card.no_findings, Type::Body, self.palette.t2);
        }
        for finding in &card.findings {
            self.finding(finding);
        }
        for (drawn, beside) in [(&card.timeline, ""), (&card.ladder, heads.ladder)] {
            if let Some(drawn) = drawn {
                self.drawn(drawn, beside);
            }
        }
        let items = |page: &mut Self| {
            page.section(heads.items, &card.found);
            page.rows(&card.items, 0.38);
        };
        if card.asks.is_empty() {
            items(self);
        } else {
            self.beside(Self::asks, items);
        }
        let versions = |page: &mut Self| {
            page.section(heads.versions, "");
            page.pairs(&card.versions);
        };
        if card.also.is_empty() {
            versions(self);
        } else {
            let also = |page: &mut Self| {
                page.section(heads.also, "");
                page.rows(&card.also, 0.62);
            };
            self.beside(also, versions);
        }
        self.section(heads.coverage, heads.coverage_why);
        self.rows(&card.coverage, 0.3);
        self.top += 4.0;
        for line in &card.beyond {
            self.paragraph(line, Type::Small, self.palette.t2);
        }
    }

    /// A strip across the column.
    fn row(&mut self, height: f64) -> Area {
        let area = Area::new(self.left, self.top, self.right, self.top + height);
        self.top += height;
        area
    }

    fn paragraph(&mut self, said: &str, kind: Type, colour: Rgb) {
        self.indented(0.0, said, kind, colour);
    }

    fn indented(&mut self, by: f64, said: &str, kind: Type, colour: Rgb) {
        let area = Area::new(self.left + by, self.top, self.right, self.top);
        let end = self.out.wrapped(area, LEADING, MOST_ROWS * 2, said, kind, colour);
        if end > self.top {
            self.top = end + 4.0;
        }
    }

    fn head(&mut self) {
        let mut row = self.row(24.0);
        title::badge(&mut self.out, self.palette, self.card.redacted, &self.card.privacy, &mut row);
        let name = (self.card.heads.card, Type::Head, self.palette.t1);
        self.out.pieces(row, 14.0, &[name, (&self.card.name, Type::Small, self.palette.t2)]);
        self.top += 18.0;
    }

    fn verdict(&mut self) {
        let (card, palette) = (self.card, self.palette);
        let centre = (self.left + 15.0, self.top + 15.0);
        signs::tone(&mut self.out, palette, centre, 28.0, card.tone);
        let area = Area::new(self.left + 46.0, self.top, self.right, self.top);
        self.top = self.out.wrapped(area, 30.0, 4, &card.verdict, Type::Verdict, palette.t1);
        self.top = self.top.max(centre.1 + 15.0);
        self.indented(46.0, &card.detail, Type::Body, palette.t2);
        self.indented(46.0, &card.at, Type::Mono, palette.t3);
        self.top += 12.0;
    }

    fn stages(&mut self, stages: &[Stage]) {
        if stages.is_empty() {
            return;
        }
        let palette = self.palette;
        let width = (self.right - self.left) / stages.len() as f64;
        let room = width - 5.0;
        let lines = |stage: &Stage| {
            let told = if stage.told.is_empty() { &stage.state } else { &stage.told };
            (Type::Label.wrap(&stage.name, room, 2), Type::Tiny.wrap(told, room, 4))
        };
        let all: Vec<_> = stages.iter().map(lines).collect();
        let names = all.iter().map(|(name, _)| name.len()).max().unwrap_or_default() as f64 * 14.0;
        let height = 34.0 + names + all.iter().map(|(_, told)| told.len()).max().unwrap_or_default() as f64 * 13.0 + 6.0;
        let row = self.row(height);
        let middle = row.top + 17.0;
        for (number, (stage, (name, told))) in stages.iter().zip(&all).enumerate() {
            let left = row.left + number as f64 * width;
            let failed = stage.tone == Tone::Fail;
            if failed {
                self.out.fill(Area { left, right: left + width, ..row }, 4.0, palette.fail_tint);
            }
            if let Some(next) = stages.get(number + 1) {
                let pen = match next.tone {
                    Tone::Muted => Pen::new(1.0, palette.t3).dashed(2.0, 4.0),
                    tone => Pen::new(2.0, palette.tone(tone)),
                };
                let end = left + width + if next.tone == Tone::Fail { 2.0 } else { 4.0 };
                self.out.level(left + 26.0, end, middle, pen);
            }
            signs::tone(&mut self.out, palette, (left + 13.0, middle), if failed { 20.0 } else { 16.0 }, stage.tone);
            let area = |top: f64| Area::new(left + 5.0, top, left + 5.0 + room, top);
            let ink = if stage.tone == Tone::Muted { palette.t2 } else { palette.t1 };
            let names_top = row.top + 32.0;
            self.out.cell(area(names_top), 14.0, names_top + 7.0, name, Type::Label, ink);
            let told_top = names_top + names + 1.0;
            let ink = if failed { palette.fail } else { palette.t3 };
            self.out.cell(area(told_top), 13.0, told_top + 6.5, told, Type::Tiny, ink);
        }
    }

    /// A heading over a line; what stands beside it goes below it where there is no room.
    fn section(&mut self, title: &str, beside: &str) {
        let palette = self.palette;
        self.top += GAP;
        let width = self.right - self.left;
        let fits = Type::Strip.width(title) + Type::Small.width(beside) + 24.0 <= width;
        if fits {
            let row = Area::new(self.left, self.top, self.right, self.top + 20.0);
            self.out.text(row, Align::End, beside, Type::Small, palette.t2);
        }
        let area = Area::new(self.left, self.top, self.right, self.top);
        self.top = self.out.wrapped(area, 20.0, 3, title, Type::Strip, palette.t1);
        if !fits {
            self.paragraph(beside, Type::Small, palette.t2);
        }
        self.top += 3.0;
        self.out.level(self.left, self.right, self.top, Pen::new(1.0, palette.t1));
        self.top += 8.0;
    }

    fn finding(&mut self, finding: &Told) {
        let palette = self.palette;
        self.section(&finding.title, &finding.about);
        self.paragraph(&finding.meaning, Type::Body, palette.t1);
        self.label(self.card.heads.evidence);
        self.proof(&finding.evidence);
        self.paragraph(&finding.more, Type::Small, palette.t2);
        if finding.steps.is_empty() {
            return;
        }
        self.label(self.card.heads.steps);
        for (number, step) in (1..).zip(&finding.steps) {
            self.top += 2.0;
            let middle = (self.left + 9.0, self.top + LEADING / 2.0);
            self.out.ring(middle, 8.5, Pen::new(1.0, palette.strong));
            self.out.text(Area::around(middle, 16.0, 16.0), Align::Middle, &number.to_string(), Type::Label, palette.t1);
            self.indented(28.0, step, Type::Body, palette.t1);
        }
    }

    fn label(&mut self, said: &str) {
        self.top += 4.0;
        let row = self.row(20.0);
        self.out.text(row, Align::Start, said, Type::Label, self.palette.t2);
    }

    /// Lines of the log on ground of their own: place, time, line.
    fn proof(&mut self, lines: &[[String; 3]]) {
        let palette = self.palette;
        let widest = |column: usize, most: f64| {
            let widths = lines.iter().filter_map(|line| line.get(column)).map(|text| Type::Mono.width(text));
            widths.fold(0.0, f64::max).min(most)
        };
        let (place, time) = (widest(0, 260.0), widest(1, 170.0));
        let after = |width: f64| if width > 0.0 { width + 14.0 } else { 0.0 };
        let left = self.left + 10.0 + after(place) + after(time);
        let wrapped: Vec<Vec<String>> =
            lines.iter().map(|[.., text]| Type::Mono.wrap(text, self.right - 10.0 - left, MOST_ROWS)).collect();
        let rows: usize = wrapped.iter().map(|text| text.len().max(1)).sum();
        let ground = self.row(rows as f64 * LEADING + 10.0);
        self.out.fill(ground, 4.0, palette.base);
        let mut top = ground.top + 5.0;
        for ([at, when, _], text) in lines.iter().zip(&wrapped) {
            let mut row = Area::new(ground.left + 10.0, top, left, top + LEADING);
            // A path is told by its end.
            self.out.text(row.cut_left(place + 1.0), Align::Start, &from_end(at, place), Type::Mono, palette.t3);
            row.left += 13.0;
            self.out.text(Area { right: left - 13.0, ..row }, Align::Start, when, Type::Mono, palette.t3);
            for line in text {
                self.out.text(
                    Area::new(left, top, ground.right - 9.0, top + LEADING),
                    Align::Start,
                    line,
                    Type::Mono,
                    palette.t1,
                );
                top += LEADING;
            }
            if text.is_empty() {
                top += LEADING;
            }
        }
        self.top += 6.0;
    }

    fn drawn(&mut self, drawn: &Drawn, beside: &str) {
        self.section(&drawn.title, beside);
        let area = Area::sized(self.left, self.top, drawn.picture.width, drawn.picture.height);
        self.out.inset((area.left, area.top), &drawn.picture);
        self.top = area.bottom + 4.0;
        self.paragraph(&drawn.beyond, Type::Small, self.palette.t2);
    }

    /// Two columns; what follows begins below both.
    fn beside(&mut self, left: impl FnOnce(&mut Self), right: impl FnOnce(&mut Self)) {
        let (edges, top) = ((self.left, self.right), self.top);
        let half = (edges.1 - edges.0 - GUTTER) / 2.0;
        self.right = edges.0 + half;
        left(self);
        let end = self.top;
        (self.left, self.right, self.top) = (edges.1 - half, edges.1, top);
        right(self);
        (self.left, self.right, self.top) = (edges.0, edges.1, self.top.max(end));
    }

    fn asks(&mut self) {
        let card = self.card;
        self.section(card.heads.asks, "");
        for (title, lines) in &card.asks {
            self.paragraph(title, Type::Label, self.palette.t2);
            self.pairs(lines);
            self.top += 6.0;
        }
        self.paragraph(&card.more_asks, Type::Small, self.palette.t2);
    }

    fn rows(&mut self, rows: &[Row], part: f64) {
        for row in rows {
            self.cells(Some(row.tone), &row.label, &row.text, part);
        }
    }

    fn pairs(&mut self, pairs: &[(String, String)]) {
        for (label, value) in pairs {
            self.cells(None, label, value, 0.3);
        }
    }

    /// One row of a table: a sign, what it is about in `part` of the width, and what is so.
    fn cells(&mut self, tone: Option<Tone>, label: &str, value: &str, part: f64) {
        let palette = self.palette;
        let left = self.left + if tone.is_some() { 24.0 } else { 0.0 };
        let middle = self.left + (self.right - self.left) * part;
        let label = Type::Small.wrap(label, middle - left - 10.0, MOST_ROWS);
        // What is missing is told in a sentence, what is there in values.
        let kind = if tone == Some(Tone::Muted) { Type::Small } else { Type::Mono };
        let value = kind.wrap(value, self.right - middle, MOST_ROWS);
        let lines = label.len().max(value.len()).max(1);
        let row = self.row(lines as f64 * 16.0 + 8.0);
        let first = row.top + 12.0;
        if let Some(tone) = tone {
            signs::tone(&mut self.out, palette, (row.left + 7.0, first), 12.0, tone);
        }
        self.out.cell(Area { left, right: middle - 9.0, ..row }, 16.0, first, &label, Type::Small, palette.t2);
        self.out.cell(Area { left: middle, right: row.right + 1.0, ..row }, 16.0, first, &value, kind, palette.t1);
        self.out.level(row.left, row.right, row.bottom - 0.5, Pen::new(1.0, palette.hair));
    }

    fn foot(&mut self, page: (usize, usize)) {
        let palette = self.palette;
        self.top = (self.top + GAP).max(LEAST - FOOT);
        self.out.level(self.left, self.right, self.top, Pen::new(1.0, palette.hair));
        self.top += 8.0;
        let same = title::same_bytes(Some(page));
        let mut row = Area::new(self.left, self.top, self.right, self.top + 14.0);
        let end = row.cut_right(Type::Tiny.width(&same) + 20.0);
        self.out.text(end, Align::End, &same, Type::Tiny, palette.t3);
        self.top = self.out.wrapped(row, 14.0, 2, &self.card.made, Type::Tiny, palette.t3);
        let digest = Area::new(self.left, self.top, self.right, self.top);
        self.top = self.out.wrapped(digest, 14.0, 2, &self.card.digest, Type::TinyMono, palette.t3);
        self.out.height = (self.top + 12.0).max(LEAST);
    }
}

/// The end of a text, as much of it as fits into `width` points.
fn from_end(text: &str, width: f64) -> String {
    if Type::Mono.width(text) <= width {
        return text.to_owned();
    }
    let mut left = width - Type::Mono.width("…");
    let fits = |c: &char| {
        left -= Type::Mono.width(c.encode_utf8(&mut [0; 4]));
        left >= 0.0
    };
    let kept: Vec<char> = text.chars().rev().take_while(fits).collect();
    format!("…{}", kept.iter().rev().collect::<String>())
}
