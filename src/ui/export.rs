//! What leaves the program: what, in which form, with pseudonyms unless originals are chosen; and the list of pseudonyms to be looked at
//! first. In: the bundle's list of pseudonyms. Out: wishes. Must not write a file, nor decide on a pseudonym.
//!
//! ```text
//! Export                                                              Close
//! (o) Case card   HTML  Markdown          [x] Show originals
//! ( ) Findings    CSV   JSON              [ ] Keep what a server team searches for
//! ...                                     Hide these words, too [            ]
//! 214 private values                      filter [        ]
//! name   Anna Svobodova    name-1   12    Keep
//! [ Save… ]  [ Copy ]
//! ```

use eframe::egui::{
    Align, Area, Button, Checkbox, CornerRadius, Id, Layout, Order, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind,
    TextEdit, Ui, UiBuilder, Widget, WidgetInfo, pos2, vec2,
};

use super::widgets::{self, cut_bottom, cut_left, cut_right, cut_top};
use super::{Command, Cx, Palette, Type, safe, text};
use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::export::redact::{Correction, Keep, Review, Wishes};

/// A wish about what leaves the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExportCommand {
    /// Show or leave the export.
    Toggle,
    /// Screenshot-safe mode on or off.
    ToggleSafe,
    /// Ask for a file and write what is chosen.
    Save,
    /// Put what is chosen on the clipboard.
    Copy,
    /// Put a picture of the view on the clipboard.
    CopyPicture,
}

/// What can be exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Thing {
    /// The case card.
    Card,
    /// The whole report.
    Report,
    /// A picture of the view.
    Picture,
    /// The ladder.
    Ladder,
    /// Findings.
    Findings,
    /// Calls.
    Calls,
    /// What SIP messages say.
    Messages,
    /// Records of the log: those that pass its filter, in the order shown.
    Records,
    /// SIP messages themselves.
    Sip,
}

impl Thing {
    /// Every one, in the order of the list.
    pub const ALL: [Self; 9] = [
        Self::Card,
        Self::Report,
        Self::Picture,
        Self::Ladder,
        Self::Findings,
        Self::Calls,
        Self::Messages,
        Self::Records,
        Self::Sip,
    ];

    /// Key of its name.
    pub fn words(self) -> &'static str {
        match self {
            Self::Card => "export.card",
            Self::Report => "export.report",
            Self::Picture => "export.picture",
            Self::Ladder => "export.ladder",
            Self::Findings => "export.findings",
            Self::Calls => "export.calls",
            Self::Messages => "export.messages",
            Self::Records => "export.records",
            Self::Sip => "export.sip",
        }
    }

    /// Beginning of its file's name.
    pub fn stem(self) -> &'static str {
        match self {
            Self::Card => "case-card",
            Self::Report => "report",
            Self::Picture => "picture",
            Self::Ladder => "ladder",
            Self::Findings => "findings",
            Self::Calls => "calls",
            Self::Messages => "messages",
            Self::Records => "records",
            Self::Sip => "sip-synthetic-transport",
        }
    }

    /// Its forms, the default first.
    pub fn forms(self) -> &'static [Form] {
        match self {
            Self::Card => &[Form::Html, Form::Markdown, Form::Png, Form::Svg],
            Self::Report => &[Form::Text, Form::Json],
            Self::Picture => &[Form::Png, Form::Svg],
            Self::Ladder => &[Form::Text, Form::Mermaid],
            Self::Findings | Self::Calls | Self::Messages => &[Form::Csv, Form::Json],
            Self::Records => &[Form::Text, Form::Csv, Form::Json],
            Self::Sip => &[Form::Pcap, Form::Text],
        }
    }
}

/// The form of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// A page for a browser or printer.
    Html,
    /// For a ticket.
    Markdown,
    /// Plain text.
    Text,
    /// For scripts.
    Json,
    /// For a spreadsheet.
    Csv,
    /// A diagram as text.
    Mermaid,
    /// A capture for Wireshark.
    Pcap,
    /// Pixels.
    Png,
    /// Lines and text.
    Svg,
}

impl Form {
    /// As it is called.
    pub fn name(self) -> &'static str {
        match self {
            Self::Html => "HTML",
            Self::Markdown => "Markdown",
            Self::Text => word("export.text"),
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Mermaid => "Mermaid",
            Self::Pcap => "pcapng",
            Self::Png => "PNG",
            Self::Svg => "SVG",
        }
    }

    /// Ending of the file's name.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Markdown | Self::Mermaid => "md",
            Self::Text => "txt",
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Pcap => "pcapng",
            Self::Png => "png",
            Self::Svg => "svg",
        }
    }

    /// Can it be put on the clipboard?
    pub fn is_copied(self) -> bool {
        self != Self::Pcap
    }
}

/// What is chosen.
#[derive(Clone, Debug)]
pub struct ExportView {
    /// What.
    pub thing: Thing,
    /// In which form.
    pub form: Form,
    /// With values as logged.
    pub originals: bool,
    filter: String,
    terms: String,
}

impl Default for ExportView {
    fn default() -> Self {
        Self { thing: Thing::Card, form: Form::Html, originals: false, filter: String::new(), terms: String::new() }
    }
}

impl ExportView {
    /// As it stands for these wishes.
    pub fn new(wishes: &Wishes) -> Self {
        Self { terms: wishes.terms.join(", "), ..Self::default() }
    }
}

const WIDTH: f32 = 860.0;
const MARGIN: f32 = 22.0;
const ROW: f32 = 26.0;

/// Shows the choice over `screen`. `wishes` are changed in place; `review` is `None` while pseudonyms are made.
pub fn show(ui: &Ui, cx: &mut Cx<'_>, screen: Rect, state: &mut ExportView, wishes: &mut Wishes, review: Option<&[Review]>) {
    let palette = cx.palette;
    let size = vec2(WIDTH.min(screen.width() - 24.0), (screen.height() - 100.0).clamp(240.0, 720.0));
    let rect = Rect::from_min_size(pos2(screen.center().x - size.x / 2.0, screen.top() + 60.0), size);
    Area::new(Id::unique("export")).order(Order::Foreground).fixed_pos(screen.min).constrain(false).show(ui.ctx(), |ui| {
        let ground = ui.interact(screen, Id::unique("export-ground"), Sense::click());
        ground.widget_info(|| WidgetInfo::labeled(Role::Button, true, word("export.close")));
        ui.interact(rect, Id::unique("export-panel"), Sense::click());
        if ground.clicked() {
            cx.send(Command::Export(ExportCommand::Toggle));
        }
        ui.painter().rect(rect, CornerRadius::same(8), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(MARGIN, 14.0));
        text::line(ui, cut_top(&mut inner, 30.0), Align::Min, word("export.title"), Type::Title, palette.t1);
        buttons(ui, cx, state, cut_bottom(&mut inner, 34.0));
        let mut choices = cut_top(&mut inner, ROW * Thing::ALL.len() as f32 + 6.0);
        let left = cut_left(&mut choices, size.x * 0.56);
        things(ui, palette, state, left);
        privacy(ui, palette, state, wishes, choices);
        list(ui, palette, state, wishes, review, inner);
    });
}

fn things(ui: &mut Ui, palette: &Palette, state: &mut ExportView, mut rect: Rect) {
    for thing in Thing::ALL {
        let mut row = cut_top(&mut rect, ROW);
        let name = cut_left(&mut row, 190.0);
        let chosen = state.thing == thing;
        text::line(ui, name, Align::Min, word(thing.words()), Type::Body, if chosen { palette.t1 } else { palette.t2 });
        for form in thing.forms() {
            let place = cut_left(&mut row, 84.0).shrink2(vec2(2.0, 2.0));
            let chosen = chosen && state.form == *form;
            let response = ui.put(place, Button::selectable(chosen, form.name()));
            response.widget_info(|| {
                WidgetInfo::selected(Role::RadioButton, true, chosen, format!("{} {}", word(thing.words()), form.name()))
            });
            if response.clicked() {
                (state.thing, state.form) = (thing, *form);
            }
        }
    }
}

/// A widget at the left of its place: `put` would centre it.
fn at_left(ui: &mut Ui, rect: Rect, widget: impl Widget) -> Response {
    let place = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(place, |ui| ui.add(widget)).inner
}

/// Pseudonyms are what leaves unless originals are chosen, and then that is marked.
fn privacy(ui: &mut Ui, palette: &Palette, state: &mut ExportView, wishes: &mut Wishes, mut rect: Rect) {
    at_left(ui, cut_top(&mut rect, ROW), Checkbox::new(&mut state.originals, word("export.originals")));
    if state.originals {
        let mark = cut_top(&mut rect, ROW * 2.0);
        ui.painter().rect_filled(mark, CornerRadius::same(4), palette.tint(Tone::Warn));
        text::wrapped(ui, mark.shrink2(vec2(8.0, 4.0)), 3, word("export.originals_mark"), Type::Small, palette.warn);
        return;
    }
    let mut keep = wishes.keep == Keep::Correlation;
    if at_left(ui, cut_top(&mut rect, ROW), Checkbox::new(&mut keep, word("export.keep"))).changed() {
        wishes.keep = if keep { Keep::Correlation } else { Keep::None };
    }
    text::line(ui, cut_top(&mut rect, ROW), Align::Min, word("export.terms"), Type::Small, palette.t2);
    let edit = TextEdit::singleline(&mut state.terms).hint_text(word("export.terms_hint")).font(Type::Mono.id());
    let response = ui.put(cut_top(&mut rect, ROW), edit).accessible_name(word("export.terms"));
    if response.lost_focus() {
        wishes.terms = state.terms.split(',').map(|term| term.trim().to_owned()).filter(|term| !term.is_empty()).collect();
    }
}

fn list(ui: &mut Ui, palette: &Palette, state: &mut ExportView, wishes: &mut Wishes, review: Option<&[Review]>, mut rect: Rect) {
    let mut head = cut_top(&mut rect, ROW);
    let field = cut_right(&mut head, 220.0);
    let edit = TextEdit::singleline(&mut state.filter).hint_text(word("export.filter")).font(Type::Table.id());
    ui.put(field, edit).accessible_name(word("export.filter"));
    let Some(review) = review else {
        text::line(ui, head, Align::Min, word("export.making"), Type::Small, palette.t2);
        return;
    };
    let said = Words::current().fill("export.values", &[("n", &review.len().to_string())]);
    text::line(ui, head, Align::Min, &said, Type::Small, palette.t2);
    let wanted = state.filter.to_lowercase();
    let has = |one: &&Review| one.original.to_lowercase().contains(&wanted) || one.pseudonym.to_lowercase().contains(&wanted);
    let rows: Vec<&Review> = review.iter().filter(has).collect();
    let inner = rect.shrink2(vec2(0.0, 4.0));
    widgets::area(ui, "export-review", inner, palette.panel, |ui| {
        ScrollArea::vertical().id_salt("export-review").auto_shrink([false, false]).show_rows(
            ui,
            20.0,
            rows.len(),
            |ui, range| {
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                for one in rows.get(range).unwrap_or_default() {
                    review_row(ui, palette, one, wishes);
                }
            },
        );
    });
}

/// An original, what stands for it, how often; and whether it may stay.
fn review_row(ui: &mut Ui, palette: &Palette, one: &Review, wishes: &mut Wishes) {
    let mut row = widgets::reserve(ui, 20.0).shrink2(vec2(8.0, 0.0));
    let keep = Correction::Keep(one.original.clone());
    let kept = wishes.corrections.contains(&keep);
    let button = cut_right(&mut row, 90.0);
    // The list itself must not tell in screenshot-safe mode.
    let original = if safe::on() { word("export.hidden").into() } else { crate::base::visible(&one.original) };
    let label = word(if kept { "export.hide" } else { "export.keep_one" });
    let response = ui.put(button, Button::new(label).small());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{label} {original}")));
    if response.clicked() {
        if kept {
            wishes.corrections.retain(|c| *c != keep);
        } else {
            wishes.corrections.push(keep);
        }
    }
    let kind = text::term("redact-kind", one.kind.word());
    text::paint(ui, cut_left(&mut row, 120.0), Align::Min, &kind, Type::Small, palette.t3);
    let count = cut_right(&mut row, 60.0);
    text::paint(ui, count.shrink2(vec2(8.0, 0.0)), Align::Max, &one.count.to_string(), Type::Mono, palette.t3);
    let half = row.width() / 2.0;
    let from = cut_left(&mut row, half);
    text::line(ui, from.shrink2(vec2(2.0, 0.0)), Align::Min, &original, Type::Mono, palette.t1);
    if kept {
        text::line(ui, row, Align::Min, word("export.kept"), Type::Mono, palette.warn);
    } else {
        pseudonym(ui, one, &original, wishes, row);
    }
}

/// The pseudonym, to be overwritten by one of the user's own; an empty one gives the program's own back.
fn pseudonym(ui: &mut Ui, one: &Review, original: &str, wishes: &mut Wishes, rect: Rect) {
    let id = ui.scope_id().with(("pseudonym", &one.original));
    let mut wished = ui.data(|data| data.get_temp::<String>(id)).unwrap_or_else(|| one.pseudonym.clone());
    let field = TextEdit::singleline(&mut wished)
        .id(id.with("field"))
        .font(Type::Mono.id())
        .frame(eframe::egui::Frame::NONE)
        .char_limit(80);
    let name = Words::current().fill("export.pseudonym_of", &[("value", original)]);
    let response = ui.put(rect, field).accessible_name(name);
    if response.lost_focus() {
        ui.data_mut(|data| data.remove::<String>(id));
        let wished = wished.trim().to_owned();
        if wished != one.pseudonym {
            wishes.corrections.retain(|c| !matches!(c, Correction::As(of, _) if *of == one.original));
            if !wished.is_empty() {
                wishes.corrections.push(Correction::As(one.original.clone(), wished));
            }
        }
    } else if response.changed() {
        ui.data_mut(|data| data.insert_temp(id, wished));
    }
}

fn buttons(ui: &mut Ui, cx: &mut Cx<'_>, state: &ExportView, mut rect: Rect) {
    let save = cut_left(&mut rect, 130.0).shrink2(vec2(0.0, 4.0));
    if ui.put(save, Button::new(word("export.save"))).clicked() {
        cx.send(Command::Export(ExportCommand::Save));
    }
    let copy = cut_left(&mut rect, 130.0).shrink2(vec2(4.0, 4.0));
    let possible = state.form.is_copied();
    if ui.put(copy, copy_button(possible)).clicked() && possible {
        cx.send(Command::Export(ExportCommand::Copy));
    }
    let close = cut_right(&mut rect, 110.0).shrink2(vec2(0.0, 4.0));
    if ui.put(close, Button::new(word("export.leave"))).clicked() {
        cx.send(Command::Export(ExportCommand::Toggle));
    }
}

/// The copy button, faint where the form is no text or picture.
fn copy_button(possible: bool) -> Button<'static> {
    let button = Button::new(word("export.copy"));
    if possible { button } else { button.frame(false) }
}
