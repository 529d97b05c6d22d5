//! Calls: the list on the overview and the table of the calls view. In: calls of the run. Out: rows; choosing one shows its ladder.

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Stroke, Ui, Vec2, WidgetInfo, pos2, vec2};

use crate::base::words::{Words, word};
use crate::session::RunId;
use crate::session::call::{Call, CallDirection};
use crate::timeline::Subject;
use crate::timeline::figures::duration;
use crate::timeline::lanes::call::{ending, name, tone};
use crate::timeline::lanes::media::{codec_name, codec_number};
use crate::ui::lists::{List, ListCommand};
use crate::ui::shapes::{self, Sign};
use crate::ui::state::Selection;
use crate::ui::table::filter::contains;
use crate::ui::table::{Cell, Column, Draw, Order, Rows};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Palette, Type, ViewState, text};

/// Calls of the run shown.
pub fn of_run<'a>(document: &'a Document, state: &ViewState) -> Vec<&'a Call> {
    let facts = &document.analysis.facts;
    facts.calls.iter().filter(|c| c.run == state.run_id() || facts.runs.is_empty()).collect()
}

/// Who is at the other end.
pub fn party(call: &Call) -> String {
    let other = if call.direction == CallDirection::Incoming { &call.from } else { &call.to };
    other.as_ref().map_or_else(|| word("window.unknown_party").to_owned(), text::private)
}

/// Codecs agreed for audio in order, each once.
pub fn codecs(call: &Call) -> Vec<&str> {
    let mut out: Vec<&str> = Vec::new();
    for segment in &call.media {
        if let Some(codec) = segment.codec.as_deref()
            && !out.contains(&codec)
        {
            out.push(codec);
        }
    }
    out
}

/// `held 2 ×, 34.5 s`; empty without a hold.
pub fn holds(call: &Call) -> String {
    if call.holds.is_empty() {
        return String::new();
    }
    let end = call.ended;
    let length: i64 = call.holds.iter().filter_map(|h| Some(h.to.or(end)?.since_us(h.from?))).sum();
    Words::current().fill("window.held", &[("n", &call.holds.len().to_string()), ("time", &duration(length))])
}

/// The list of the overview.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState) {
    let calls = of_run(document, state);
    if calls.is_empty() {
        let rect = widgets::reserve(ui, 40.0);
        widgets::empty(ui, cx.palette, rect, word("window.no_call"));
    }
    for call in calls {
        let rect = widgets::reserve(ui, 46.0);
        // Thousands of calls stay cheap: what is not on screen is not laid out.
        if ui.is_rect_visible(rect) {
            item(ui, cx, state, call, rect);
        }
    }
}

fn item(ui: &mut Ui, cx: &mut Cx<'_>, state: &ViewState, call: &Call, rect: Rect) {
    let palette = cx.palette;
    let how = text::term("word", call.state.word());
    let party = party(call);
    let length = call
        .talk_us
        .map_or_else(|| text::shown(&ending(call)), |us| Words::current().fill("window.talked", &[("time", &duration(us))]));
    let full = spoken(call, &[&how, &length]);
    let selected = state.selection.subject == Some(Subject::Call(call.id));
    let response = widgets::row(ui, palette, &Row { rect, key: ("call", u64::from(call.id.0)), name: &full, selected });
    if response.clicked() {
        cx.send(Command::ShowSubject(Subject::Call(call.id)));
    }
    let mut inner = rect.shrink2(vec2(12.0, 5.0));
    let icon = cut_left(&mut inner, 24.0);
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 14.0, Sign::Tone(tone(call.state)));
    let mut first = cut_top(&mut inner, 19.0);
    let right = cut_right(&mut first, 150.0);
    text::paint(ui, right, Align::Max, &how, Type::Strong, palette.tone(tone(call.state)));
    let title = text::rich(
        ui,
        &[(&name(call), Type::Strong, palette.t1), (&format!("  {} {party}", way(call)), Type::Body, palette.t2)],
        first.width(),
    );
    text::place(ui, first, Align::Min, title);
    let right = cut_right(&mut inner, 170.0);
    text::paint(ui, right, Align::Max, &length, Type::Small, palette.t2);
    let start = cut_left(&mut inner, 92.0);
    text::paint(ui, start, Align::Min, &text::clock(call.started), Type::Mono, palette.t2);
    let used = swatches(ui, palette, call, inner);
    inner.min.x = used;
    text::paint(ui, inner, Align::Min, &holds(call), Type::Small, palette.t2);
    line_below(ui, palette, rect);
}

/// All that a row says, for screen readers.
fn spoken(call: &Call, more: &[&str]) -> String {
    let names: Vec<&str> = codecs(call).into_iter().map(|c| codec_name(c).0).collect();
    let first = format!("{}, {} {}", name(call), way(call), party(call));
    let rest = more.iter().map(|s| (*s).to_owned()).chain([names.join(" "), holds(call)]);
    std::iter::once(first).chain(rest.filter(|s| !s.is_empty())).collect::<Vec<_>>().join(", ")
}

fn way(call: &Call) -> &'static str {
    word(match call.direction {
        CallDirection::Outgoing => "window.outgoing",
        CallDirection::Incoming => "window.incoming",
        CallDirection::Unknown => "window.way_unknown",
    })
}

/// Codecs with the colour they have everywhere; gives the right end.
pub fn swatches(ui: &mut Ui, palette: &Palette, call: &Call, rect: Rect) -> f32 {
    let mut x = rect.left();
    for codec in codecs(call) {
        let room = Rect::from_min_max(pos2(x + 13.0, rect.top()), rect.max);
        if room.width() < 24.0 {
            break;
        }
        let square = Rect::from_center_size(pos2(x + 4.5, rect.center().y), Vec2::splat(8.0));
        ui.painter().rect_filled(square, CornerRadius::same(1), palette.codec(codec_number(call, codec)));
        x = text::paint(ui, room, Align::Min, codec_name(codec).0, Type::Small, palette.t2).right() + 12.0;
    }
    x
}

/// The calls view's list: calls, registrations or findings.
pub fn lists(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let bar = cut_top(&mut rect, widgets::HEAD);
    ui.painter().rect_filled(bar, CornerRadius::ZERO, palette.raised);
    line_below(ui, palette, bar);
    let mut inner = bar.shrink2(vec2(4.0, 0.0));
    let shown = state.lists.beside;
    for list in [List::Calls, List::Registrations, List::Findings] {
        let name = word(list.title());
        let active = shown == list;
        let (kind, ink) = if active { (Type::Head, palette.t1) } else { (Type::Table, palette.t2) };
        let galley = text::galley(ui, name, kind, ink, 200.0);
        let cell = cut_left(&mut inner, galley.size().x + 16.0);
        let response = ui.interact(cell, ui.scope_id().with(("list", list.name())), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, active, name));
        if response.hovered() && !active {
            ui.painter().rect_filled(cell.shrink2(vec2(2.0, 4.0)), CornerRadius::same(4), palette.hover);
        }
        text::place(ui, cell, Align::Center, galley);
        if active {
            ui.painter().hline(cell.x_range().shrink(8.0), cell.bottom() - 1.0, Stroke::new(2.0, palette.accent));
        }
        widgets::focus_ring(ui, palette, cell, &response);
        if response.clicked() {
            cx.send(Command::List(ListCommand::Show(list)));
        }
    }
    crate::ui::lists::show(ui, cx, document, state, shown, rect);
}

/// Calls as rows of a table: a row is a place in the facts.
pub struct Calls<'a> {
    document: &'a Document,
    run: RunId,
    selection: Selection,
}

const COLUMNS: &[Column] = &[
    Column::text("call", "window.col_call", 68.0).main(),
    Column::mono("started", "window.col_started", 100.0),
    Column::text("way", "window.col_way", 60.0),
    Column::text("party", "window.col_party", 200.0).main().grows(),
    Column::text("state", "window.col_state", 130.0).main(),
    Column::time("setup", "window.col_setup", 72.0),
    Column::time("talk", "window.col_talk", 72.0),
    Column::text("codecs", "window.col_codecs", 132.0),
    Column::text("holds", "window.col_holds", 112.0),
    Column::text("ending", "window.col_ending", 118.0),
    Column::text("findings", "window.findings", 130.0),
    Column::number("line", "window.col_line", 64.0).faint(),
    Column::number("messages", "window.messages", 72.0).hidden(),
    Column::number("repeated", "list.col_repeated", 72.0).hidden(),
    Column::mono("ended", "list.col_end", 100.0).hidden(),
    Column::mono("call-id", "window.col_call_id", 220.0).faint().hidden(),
];

impl<'a> Calls<'a> {
    /// Calls of a run.
    pub fn new(document: &'a Document, run: RunId, selection: Selection) -> Self {
        Self { document, run, selection }
    }

    fn call(&self, row: usize) -> Option<&'a Call> {
        self.document.analysis.facts.calls.get(row)
    }

    fn line(&self, call: &Call) -> Option<u64> {
        call.messages.first().and_then(|id| self.document.analysis.facts.message(*id)).map(|m| m.source.line)
    }

    fn findings(&self, call: &Call) -> String {
        let all = self.document.analysis.findings.iter().filter(|f| f.call == Some(call.id));
        all.map(|f| f.id.as_str()).collect::<Vec<_>>().join(" ")
    }
}

impl Rows for Calls<'_> {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.document.analysis.facts.calls.len()
    }

    fn within(&self, row: usize) -> bool {
        self.call(row).is_some_and(|c| c.run == self.run || self.document.analysis.facts.runs.is_empty())
    }

    fn key(&self) -> u64 {
        u64::from(self.run.0)
    }

    fn cell(&self, row: usize, column: &'static str, _before: Option<usize>) -> Cell {
        let Some(call) = self.call(row) else { return Cell::default() };
        let time = |us: Option<i64>| us.map_or_else(String::new, duration);
        let text = match column {
            "call" => name(call),
            "started" => text::clock(call.started),
            "ended" => text::clock(call.ended),
            "way" => way(call).to_owned(),
            "party" => party(call),
            "state" => text::term("word", call.state.word()),
            "setup" => time(call.setup_us),
            "talk" => time(call.talk_us),
            "holds" => holds(call),
            "ending" => text::shown(&ending(call)),
            "findings" => self.findings(call),
            "line" => self.line(call).map_or_else(String::new, |line| line.to_string()),
            "messages" => call.messages.len().to_string(),
            "repeated" => call.retransmissions.to_string(),
            "call-id" => call.call_ids.iter().map(text::private).collect::<Vec<_>>().join(" "),
            _ => {
                let all: Vec<(u8, String)> = codecs(call)
                    .into_iter()
                    .map(|c| (codec_number(call, c), text::visible(codec_name(c).0).into_owned()))
                    .collect();
                let text = all.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(" ");
                return Cell { text, draw: Draw::Codecs(all) };
            }
        };
        text.into()
    }

    fn order(&self, row: usize, column: &'static str) -> Order {
        let Some(call) = self.call(row) else { return Order::None };
        match column {
            "call" => Order::Number(i64::from(call.id.0) + 1),
            "started" => Order::number(call.started.map(|at| at.0)),
            "ended" => Order::number(call.ended.map(|at| at.0)),
            "setup" => Order::number(call.setup_us),
            "talk" => Order::number(call.talk_us),
            "line" => self.line(call).map_or(Order::None, Order::count),
            "messages" => Order::count(call.messages.len() as u64),
            "repeated" => Order::count(u64::from(call.retransmissions)),
            _ => {
                let text = self.cell(row, column, None).text;
                if text.is_empty() { Order::None } else { Order::Text(text.to_lowercase()) }
            }
        }
    }

    fn holds(&self, row: usize, wish: &str) -> bool {
        self.call(row).is_some_and(|call| call.call_ids.iter().any(|id| contains(&text::private(id), wish)))
    }

    fn numbers(&self, row: usize) -> Vec<String> {
        let Some(call) = self.call(row) else { return Vec::new() };
        [&call.from, &call.to, &call.identity].into_iter().flatten().chain(&call.diversion).map(text::private).collect()
    }

    fn sign(&self, row: usize) -> Option<Sign> {
        self.call(row).map(|call| Sign::Tone(tone(call.state)))
    }

    fn chosen(&self, row: usize) -> bool {
        self.call(row).is_some_and(|call| self.selection.subject == Some(Subject::Call(call.id)))
    }

    fn spoken(&self, row: usize) -> String {
        self.call(row)
            .map(|call| spoken(call, &[&text::term("word", call.state.word()), &text::shown(&ending(call))]))
            .unwrap_or_default()
    }

    fn none(&self) -> &'static str {
        word("window.no_call")
    }
}
