//! What the case needs, and what to ask the server team. In: the checklist, an ask. Out: rows with their proof, a block to copy.
//!
//! ```text
//! (v) User ID          51c0…e7b2
//! [ ] ced.dat            missing
//! ```

use eframe::egui::{Align, CornerRadius, Rect, Role, Sense, Ui, WidgetInfo, vec2};

use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::export::{Outlet, ask};
use crate::findings::ask::About;
use crate::findings::case::{Found, Item, ItemState, Value};
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, Look, Row, cut_left, cut_right};
use crate::ui::{Command, Cx, Document, Type, text, zone};

const ROW: f32 = 21.0;
/// Width of the labels of a block to copy.
const LABELS: f32 = 104.0;

/// Height of the head and one line of what is missing.
pub const FOLDED: f32 = widgets::HEAD + 24.0;

/// Height of the whole checklist.
pub fn wanted_height(document: &Document) -> f32 {
    match document.analysis.case.items.len() {
        0 => 0.0,
        items => widgets::HEAD + 12.0 + ROW * items as f32,
    }
}

/// The checklist, inside a scroll area.
pub fn checklist(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document) {
    if document.analysis.case.items.is_empty() {
        return;
    }
    let rect = widgets::reserve(ui, widgets::HEAD);
    head(ui, cx, document, rect);
    items(ui, cx, document);
}

/// The checklist where there is no room for it: a head with its count that opens and closes it, and what is missing in one line.
pub fn folding(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, open: &mut bool, rect: Rect) {
    let palette = cx.palette;
    let case = &document.analysis.case;
    let mut body = head(ui, cx, document, rect);
    let mut bar = rect;
    bar.set_height(widgets::HEAD);
    let label = word(if *open { "list.case_close" } else { "list.case_open" });
    let response = ui.interact(bar, ui.scope_id().with("case-head"), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, label));
    // The word stands right after the title, with the sign that things open by.
    let title = text::galley(ui, word("case.title"), Type::Head, palette.t1, 220.0).size().x;
    let at = bar.left_center() + vec2(title + 26.0, 0.0);
    shapes::chevron(ui.painter(), at, 3.5, *open, palette.accent);
    widgets::focus_ring(ui, palette, bar, &response);
    if response.clicked() {
        *open = !*open;
    }
    if *open {
        widgets::area(ui, "case-items", body, palette.panel, |ui| {
            widgets::rows(ui, "case-rows", |ui| items(ui, cx, document));
        });
        return;
    }
    let missing: Vec<String> =
        case.items.iter().filter(|i| i.state == ItemState::Missing).map(|i| text::term("case", i.id.word())).collect();
    body = body.shrink2(vec2(12.0, 0.0));
    let said = if missing.is_empty() {
        word("list.case_whole").to_owned()
    } else {
        Words::current().fill("list.case_missing", &[("what", &missing.join(", "))])
    };
    text::line(ui, body, Align::Min, &said, Type::Small, palette.t2);
}

fn head(ui: &mut Ui, cx: &Cx<'_>, document: &Document, rect: Rect) -> Rect {
    let (found, all) = document.analysis.case.count();
    let right = Words::current().fill("case.count", &[("n", &found.to_string()), ("all", &all.to_string())]);
    let body = widgets::head(ui, cx.palette, rect, word("case.title"), "", &right);
    ui.painter().hline(rect.x_range(), rect.top(), (1.0, cx.palette.hair));
    body
}

fn items(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document) {
    widgets::reserve(ui, 4.0);
    for (place, item) in document.analysis.case.items.iter().enumerate() {
        row(ui, cx, document, item, place);
    }
    widgets::reserve(ui, 8.0);
}

fn row(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, item: &Item, place: usize) {
    let palette = cx.palette;
    let rect = widgets::reserve(ui, ROW);
    let name = text::term("case", item.id.word());
    let (value, kind, ink) = match (item.state, item.found.first()) {
        (ItemState::Found, Some(found)) => (value(document, found), Type::Mono, palette.t2),
        (state, _) => (text::term("case-state", state.word()), Type::Small, palette.t3),
    };
    let told = told(document, item);
    let spoken = format!("{name}: {value}. {told}");
    let row = Row { rect, key: ("case", place as u64), name: &spoken, selected: false };
    let response = widgets::row(ui, palette, &row);
    let proof = item.found.iter().flat_map(|f| &f.evidence).chain(&item.masked).find(|e| e.source.is_some());
    if response.clicked()
        && let Some(proof) = proof
    {
        match (proof.message, proof.source) {
            (Some(message), _) => cx.send(Command::ShowMessage(message)),
            (None, Some(source)) => cx.send(Command::ShowLines(source)),
            (None, None) => {}
        }
    }
    response.on_hover_text(format!("{name}: {told}"));
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let icon = cut_left(&mut inner, 20.0);
    let sign = match item.state {
        ItemState::Found => Sign::Tone(Tone::Ok),
        ItemState::Redacted => Sign::Tone(Tone::Info),
        ItemState::Missing => Sign::Missing,
    };
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, sign);
    let width = text::galley(ui, &name, Type::Table, palette.t1, inner.width()).size().x + 12.0;
    let label = cut_left(&mut inner, width);
    let plain = if item.state == ItemState::Found { palette.t1 } else { palette.t2 };
    text::paint(ui, label, Align::Min, &name, Type::Table, plain);
    text::paint(ui, inner, Align::Max, &value, kind, ink);
}

/// All values with how they are known, or how to get one.
fn told(document: &Document, item: &Item) -> String {
    let mut parts = Vec::new();
    for found in &item.found {
        let place = found.evidence.iter().find_map(|e| e.source);
        let place = place.map_or_else(String::new, |s| format!(", {}:{}", document.member_path(s.member), s.line));
        let how = if found.inferred { format!(" ({})", word("case.inferred")) } else { String::new() };
        parts.push(format!("{}{how}{}", value(document, found), text::visible(&place)));
    }
    if item.more > 0 {
        parts.push(Words::current().fill("case.more", &[("n", &item.more.to_string())]));
    }
    if item.state != ItemState::Found {
        parts.push(text::term("case-state", item.state.word()));
        parts.push(text::term("case", &format!("how-{}", item.id.word())));
    }
    parts.join("\n")
}

fn value(document: &Document, found: &Found) -> String {
    match &found.value {
        Value::Identifier(_, value) => text::private(value),
        Value::Time(at) => format!("{} {} {}", zone::date(*at), zone::short(*at), zone::name()),
        Value::Client(platform, version) => {
            let platform = platform.map(|p| text::term("platform", p.word()));
            let version = version.as_deref().map(|v| text::visible(v).into_owned());
            platform.into_iter().chain(version).collect::<Vec<_>>().join(" ")
        }
        Value::Member(member) => text::visible(&document.member_path(*member)).into_owned(),
    }
}

/// What to ask the server team about one thing, to be copied; nothing when there is nothing to ask.
pub fn ask(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, about: About) {
    let palette = cx.palette;
    let analysis = &document.analysis;
    let Some(facts) = ask::with(analysis, |asker| asker.ask(about)) else { return };
    let (words, outlet) = (Words::current(), Outlet::originals());
    let mut head = widgets::reserve(ui, 34.0).shrink2(vec2(20.0, 0.0));
    let label = word("window.copy_ask");
    let width = text::galley(ui, label, Type::Name, palette.t1, 320.0).size().x + 24.0;
    let at = cut_right(&mut head, width).left_top() + vec2(0.0, 2.0);
    text::line(ui, head, Align::Min, word("ask.title"), Type::Label, palette.t2);
    if widgets::button(ui, palette, at, label, "", Look::Plain).clicked() {
        cx.send(Command::CopyAsk(about));
    }
    let title = ask::title(&facts, words, &outlet);
    line(ui, cx, "", &text::visible(&title));
    for (label, value) in ask::lines(analysis, &facts, words, &outlet) {
        line(ui, cx, &label, &text::visible(&value));
    }
    widgets::reserve(ui, 10.0);
}

fn line(ui: &mut Ui, cx: &Cx<'_>, label: &str, value: &str) {
    let palette = cx.palette;
    let width = (ui.available_width() - 56.0 - if label.is_empty() { 0.0 } else { LABELS }).max(80.0);
    let height = ui.painter().layout(value.to_owned(), Type::Mono.id(), palette.t1, width).size().y.min(48.0);
    let rect = widgets::reserve(ui, height + 4.0).shrink2(vec2(20.0, 0.0));
    ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.base);
    let mut inner = rect.shrink2(vec2(8.0, 2.0));
    if !label.is_empty() {
        let mut left = cut_left(&mut inner, LABELS);
        left.set_height(14.0);
        text::paint(ui, left, Align::Min, label, Type::Small, palette.t3);
    }
    let room = Rect::from_min_size(inner.min, vec2(width, height));
    text::wrapped(ui, room, 3, value, Type::Mono, palette.t1);
}
