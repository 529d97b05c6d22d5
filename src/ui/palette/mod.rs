//! The command palette: everything the user can do or go to, by name. In: entries, a query. Out: a list that the keyboard alone can
//! use; the chosen entry's command.
//!
//! ```text
//! [ fold                                               ]
//! Open a [fold]er            Everywhere   [Ctrl Shift O]
//! ```

use eframe::egui::{
    Align, Area, CornerRadius, Event, Id, Key, Order, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::command::WindowCommand;
use super::widgets::{cut_bottom, cut_left, cut_right, cut_top, key_cap};
use super::{Command, Cx, Document, Palette as Colours, Type, text};
use crate::base::words::{Words, word};

pub mod entries;
mod matching;

pub use entries::Entry;

const WIDTH: f32 = 560.0;
const TOP: f32 = 80.0;
const ROW: f32 = 30.0;
const FIELD: f32 = 44.0;
const FOOT: f32 = 28.0;
const MOST_ROWS: usize = 14;
/// Entries listed for a query; more are told by number.
const MOST_FOUND: usize = 200;

/// What is typed and what was found for it.
#[derive(Debug, Default)]
pub struct Palette {
    query: String,
    entries: Vec<Entry>,
    asked: Option<String>,
    found: Vec<(Entry, Vec<usize>)>,
    /// Found, but not listed.
    more: usize,
    chosen: usize,
    first: usize,
    opened: bool,
}

impl Palette {
    /// An empty query over these entries.
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries, ..Self::default() }
    }

    fn search(&mut self, document: Option<&Document>) {
        if self.asked.as_ref() == Some(&self.query) {
            return;
        }
        let mut direct = entries::of_path(&self.query);
        direct.extend(document.map(|document| entries::of_query(document, &self.query)).unwrap_or_default());
        let mut fits: Vec<(i32, usize, Vec<usize>)> = Vec::new();
        for (place, entry) in self.entries.iter().enumerate() {
            if let Some(found) = matching::matched(&self.query, &entry.action) {
                fits.push((found.score, place, found.places));
            }
        }
        if !self.query.trim().is_empty() {
            fits.sort_by_key(|(score, place, _)| (-score, *place));
        }
        self.more = fits.len().saturating_sub(MOST_FOUND);
        let listed = fits.into_iter().take(MOST_FOUND);
        let listed = listed.filter_map(|(_, place, letters)| Some((self.entries.get(place)?.clone(), letters)));
        self.found = direct.into_iter().map(|entry| (entry, Vec::new())).chain(listed).collect();
        (self.chosen, self.first) = (0, 0);
        self.asked = Some(self.query.clone());
    }
}

/// Takes the keys that the list wants before the field sees them: so many rows on, and whether to do the chosen entry.
fn keys(ui: &Ui) -> (isize, bool) {
    let (mut rows, mut act) = (0, false);
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, pressed: true, modifiers, .. } = event else { return true };
            match key {
                Key::ArrowDown if !modifiers.any() => rows += 1,
                Key::ArrowUp if !modifiers.any() => rows -= 1,
                Key::PageDown => rows += MOST_ROWS as isize,
                Key::PageUp => rows -= MOST_ROWS as isize,
                Key::Enter => act = true,
                // The field is the only stop.
                Key::Tab => {}
                _ => return true,
            }
            false
        });
    });
    (rows, act)
}

/// Shows the palette over `screen`.
pub fn show(ui: &Ui, cx: &mut Cx<'_>, screen: Rect, state: &mut Palette, document: Option<&Document>) {
    let colours = cx.palette;
    let (step, mut act) = keys(ui);
    state.search(document);
    let rows = (((screen.height() - TOP - FIELD - FOOT - 24.0) / ROW).max(3.0) as usize).min(MOST_ROWS);
    let shown = state.found.len().clamp(1, rows);
    let size = vec2(WIDTH.min(screen.width() - 24.0), FIELD + shown as f32 * ROW + FOOT);
    let rect = Rect::from_min_size(pos2(screen.center().x - size.x / 2.0, screen.top() + TOP), size);
    Area::new(Id::unique("palette")).order(Order::Foreground).fixed_pos(screen.min).constrain(false).show(ui.ctx(), |ui| {
        ui.ctx().memory_mut(|memory| memory.set_modal_layer(ui.layer_id()));
        let ground = ui.interact(screen, Id::unique("palette-ground"), Sense::CLICK);
        ground.widget_info(|| WidgetInfo::labeled(Role::Button, true, word("palette.close")));
        ui.interact(rect, Id::unique("palette-panel"), Sense::CLICK)
            .widget_info(|| WidgetInfo::labeled(Role::Dialog, true, word("palette.title")));
        if ground.clicked() {
            cx.send(Command::Window(WindowCommand::TogglePalette));
        }
        ui.painter().rect(rect, CornerRadius::same(8), colours.raised, Stroke::new(1.0, colours.strong), StrokeKind::Inside);
        let mut inner = rect;
        field(ui, state, cut_top(&mut inner, FIELD));
        state.search(document);
        foot(ui, colours, state, cut_bottom(&mut inner, FOOT));
        let last = state.found.len().saturating_sub(1);
        if state.found.is_empty() {
            text::line(ui, inner.shrink2(vec2(16.0, 0.0)), Align::Min, word("palette.nothing"), Type::Table, colours.t2);
            return;
        }
        let shown = shown.min(state.found.len());
        state.chosen = state.chosen.saturating_add_signed(step).min(last);
        let wheel = ui.input(|input| input.smooth_scroll_delta().y);
        if wheel.abs() > 0.0 {
            state.first = state.first.saturating_add_signed(if wheel < 0.0 { 1 } else { -1 });
        } else if step != 0 {
            state.first = state.first.clamp((state.chosen + 1).saturating_sub(shown), state.chosen);
        }
        state.first = state.first.min(state.found.len() - shown);
        for place in state.first..state.first + shown {
            let line = cut_top(&mut inner, ROW);
            if let Some((entry, letters)) = state.found.get(place)
                && row(ui, colours, entry, letters, place, place == state.chosen, line)
            {
                state.chosen = place;
                act = true;
            }
        }
        if act && let Some((entry, _)) = state.found.get(state.chosen) {
            cx.send(Command::Window(WindowCommand::TogglePalette));
            cx.send(entry.command.clone());
        }
    });
}

fn field(ui: &mut Ui, state: &mut Palette, rect: Rect) {
    let place = rect.shrink2(vec2(12.0, 8.0));
    let edit = TextEdit::singleline(&mut state.query)
        .hint_text(word("palette.hint"))
        .font(Type::Body.id())
        .align(eframe::egui::Align2::LEFT_CENTER)
        .desired_width(place.width() - 8.0);
    let response = ui.put(place, edit).accessible_name(word("palette.title"));
    if !std::mem::replace(&mut state.opened, true) || !response.has_focus() {
        response.request_focus();
    }
}

fn row(ui: &mut Ui, colours: &Colours, entry: &Entry, letters: &[usize], place: usize, chosen: bool, rect: Rect) -> bool {
    let response = ui.interact(rect, ui.scope_id().with(("entry", place)), Sense::CLICK);
    let name = [entry.action.as_str(), &entry.place, entry.key].iter().filter(|s| !s.is_empty()).copied().collect::<Vec<_>>();
    response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, chosen, name.join(", ")));
    if chosen {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), CornerRadius::ZERO, colours.sel);
        let bar = Rect::from_min_size(rect.min + vec2(1.0, 0.0), vec2(3.0, rect.height()));
        ui.painter().rect_filled(bar, CornerRadius::ZERO, colours.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect.shrink2(vec2(1.0, 0.0)), CornerRadius::ZERO, colours.hover);
    }
    let mut inner = rect.shrink2(vec2(16.0, 0.0));
    if !entry.key.is_empty() {
        let width = text::galley(ui, entry.key, Type::TinyMono, colours.t2, 120.0).size().x + 18.0;
        let cap = cut_right(&mut inner, width);
        key_cap(ui, colours, cap.left_center() + vec2(8.0, 0.0), entry.key);
    }
    let faint = if chosen { colours.t2 } else { colours.t3 };
    let where_it_is = text::galley(ui, &entry.place, Type::Small, faint, 160.0);
    let right = cut_right(&mut inner, where_it_is.size().x + 14.0);
    text::place(ui, right, Align::Max, where_it_is);
    // Matched letters are heavier.
    let mut pieces: Vec<(String, bool)> = Vec::new();
    for (at, letter) in entry.action.chars().enumerate() {
        let matched = letters.binary_search(&at).is_ok();
        match pieces.last_mut() {
            Some((text, same)) if *same == matched => text.push(letter),
            _ => pieces.push((letter.to_string(), matched)),
        }
    }
    let ink = |matched: bool| if matched || letters.is_empty() { colours.t1 } else { colours.t2 };
    let kind = |matched: bool| if matched { Type::BodyBold } else { Type::Body };
    let shown: Vec<_> = pieces.iter().map(|(text, matched)| (text.as_str(), kind(*matched), ink(*matched))).collect();
    let galley = text::rich(ui, &shown, inner.width());
    let cut = galley.elided;
    text::place(ui, inner, Align::Min, galley);
    let response = if cut { response.on_hover_text(&entry.action) } else { response };
    response.clicked()
}

fn foot(ui: &mut Ui, colours: &Colours, state: &Palette, rect: Rect) {
    ui.painter().hline(rect.x_range().shrink(1.0), rect.top(), Stroke::new(1.0, colours.hair));
    let mut inner = rect.shrink2(vec2(16.0, 0.0));
    if state.more > 0 {
        let said = Words::current().fill("palette.more", &[("n", &state.more.to_string())]);
        text::line(ui, cut_right(&mut inner, 200.0), Align::Max, &said, Type::Small, colours.t3);
    }
    for (caps, words) in [("Up Down", "palette.choose"), ("Enter", "palette.act"), ("Esc", "palette.close_short")] {
        let cap = key_cap(ui, colours, inner.left_center(), caps);
        inner.min.x = cap.right() + 6.0;
        let width = text::galley(ui, word(words), Type::Small, colours.t3, 160.0).size().x;
        let place = cut_left(&mut inner, width + 14.0);
        text::line(ui, place, Align::Min, word(words), Type::Small, colours.t3);
    }
}
