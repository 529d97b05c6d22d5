//! The look-up box, over everything: codes, names of findings, plain words; and for the bundle shown why a known failure is no finding.
//! In: a query, the catalogue, the document shown. Out: a panel that Esc or a click beside it closes.
//!
//! ```text
//! Look up                                        Rules of your own: …  Open folder  Read again
//! [ 1507                                                              ]
//! (i) Code of the app's phone services  1507
//! title, meaning, causes, steps …
//! Not a finding of this bundle: None of its texts stands in …
//! ```

use eframe::egui::{
    Align, Align2, Area, Color32, CornerRadius, Id, Order, Rect, Role, Sense, Stroke, StrokeKind, TextEdit, Ui, WidgetInfo, pos2,
    vec2,
};

use super::widgets::{self, Row, cut_bottom, cut_right, cut_top};
use super::{Command, Cx, Document, Type, text};
use crate::analyse::RuleBook;
use crate::base::Language;
use crate::base::words::{Words, word};
use crate::findings::explain::{self, Explanation};

const MOST_WIDTH: f32 = 760.0;
const MARGIN: f32 = 22.0;
/// Faults of rule files named; all stand among the notes of the bundle.
const MOST_FAULTS: usize = 20;

/// What is asked, and what was found for it.
#[derive(Debug, Default)]
pub struct Lookup {
    /// What the user typed.
    pub query: String,
    /// The box wants the cursor.
    pub focus: bool,
    /// Query, language and catalogue that the answers are for.
    asked: Option<(String, Language, usize)>,
    answers: Vec<Explanation>,
    near: Vec<(String, String)>,
}

impl Lookup {
    /// An empty box with the cursor in it.
    pub fn new() -> Self {
        Self { focus: true, ..Self::default() }
    }

    fn ask(&mut self, book: &RuleBook, language: Language) {
        let asked = (self.query.clone(), language, std::ptr::from_ref(book) as usize);
        if self.asked.as_ref() == Some(&asked) {
            return;
        }
        self.answers = explain::explain(&book.catalogue, &self.query, language);
        self.near = if self.answers.is_empty() { explain::near(&book.catalogue, &self.query, language) } else { Vec::new() };
        self.asked = Some(asked);
    }
}

/// What the box is shown with.
pub struct Beside<'a> {
    /// The rules; `None` while they are read.
    pub book: Option<&'a RuleBook>,
    /// The bundle behind the box.
    pub document: Option<&'a Document>,
    /// The user's folder of rules.
    pub folder: Option<String>,
    /// Of the window.
    pub language: Language,
}

/// Shows the box over `screen`.
pub fn show(ui: &Ui, cx: &mut Cx<'_>, screen: Rect, state: &mut Lookup, beside: &Beside<'_>) {
    let palette = cx.palette;
    let size = vec2(MOST_WIDTH.min(screen.width() - 24.0), (screen.height() - 120.0).max(240.0));
    let rect = Rect::from_min_size(pos2(screen.center().x - size.x / 2.0, screen.top() + 70.0), size);
    Area::new(Id::unique("lookup")).order(Order::Foreground).fixed_pos(screen.min).constrain(false).show(ui.ctx(), |ui| {
        let ground = ui.interact(screen, Id::unique("lookup-ground"), Sense::click());
        ground.widget_info(|| WidgetInfo::labeled(Role::Button, true, word("lookup.close")));
        // The panel itself is no way out.
        ui.interact(rect, Id::unique("lookup-panel"), Sense::click());
        if ground.clicked() {
            cx.send(Command::ToggleLookup);
        }
        ui.painter().rect(rect, CornerRadius::same(8), palette.raised, Stroke::new(1.0, palette.strong), StrokeKind::Inside);
        let mut inner = rect.shrink2(vec2(0.0, 14.0));
        let head = cut_top(&mut inner, 28.0).shrink2(vec2(MARGIN, 0.0));
        text::line(ui, head, Align::Min, word("lookup.title"), Type::Title, palette.t1);
        let field = cut_top(&mut inner, 40.0).shrink2(vec2(MARGIN, 5.0));
        let edit = TextEdit::singleline(&mut state.query)
            .hint_text(word("lookup.hint"))
            .font(Type::Mono.id())
            .align(Align2::LEFT_CENTER);
        let response = ui.put(field, edit.desired_width(field.width() - 8.0)).accessible_name(word("lookup.title"));
        if std::mem::take(&mut state.focus) {
            response.request_focus();
        }
        let foot = cut_bottom(&mut inner, 30.0);
        let inner = inner.shrink2(vec2(1.0, 4.0));
        widgets::area(ui, "lookup-answers", inner, palette.panel, |ui| match beside.book {
            None => widgets::empty(ui, palette, inner, word("lookup.reading")),
            Some(book) => {
                state.ask(book, beside.language);
                widgets::rows(ui, "lookup-rows", |ui| answers(ui, cx, state, book, beside.document));
            }
        });
        rules(ui, cx, beside, foot.shrink2(vec2(MARGIN, 0.0)));
    });
}

/// The folder of the user's rules, at the foot.
fn rules(ui: &mut Ui, cx: &mut Cx<'_>, beside: &Beside<'_>, mut rect: Rect) {
    let palette = cx.palette;
    for (key, command) in [("lookup.reload", Command::ReloadRules), ("lookup.open_folder", Command::OpenRules)] {
        let width = text::galley(ui, word(key), Type::Small, palette.accent, 200.0).size().x + 18.0;
        if widgets::link(ui, palette, cut_right(&mut rect, width), Align::Max, word(key)).clicked() {
            cx.send(command);
        }
    }
    let folder = beside.folder.as_deref().unwrap_or_else(|| word("lookup.no_folder"));
    let own = beside.book.map_or(0, |book| book.own.len()).to_string();
    let said = Words::current().fill("lookup.folder", &[("folder", folder), ("n", &own)]);
    text::line(ui, rect, Align::Min, &said, Type::Small, palette.t3);
}

fn answers(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut Lookup, book: &RuleBook, document: Option<&Document>) {
    let palette = cx.palette;
    widgets::reserve(ui, 8.0);
    if state.query.trim().is_empty() {
        faults(ui, cx, book);
        not_raised(ui, cx, state, document);
        return;
    }
    if state.answers.is_empty() {
        paragraph(ui, &Words::current().fill("explain.not_found", &[("query", state.query.trim())]), Type::Body, palette.t2);
        for (id, title) in &state.near {
            paragraph(ui, &Words::current().fill("explain.near", &[("id", id), ("title", title)]), Type::Body, palette.t2);
        }
    }
    for answer in &state.answers {
        let over = format!("{}  {}", word(answer.key()), answer.code);
        paragraph(ui, &over, Type::Label, palette.t3);
        paragraph(ui, &answer.title, Type::Head, palette.t1);
        for (part, sentences) in &answer.parts {
            widgets::reserve(ui, 6.0);
            paragraph(ui, word(part.key()), Type::Label, palette.t2);
            for (number, sentence) in (1..).zip(sentences) {
                let said = if *part == explain::Part::Steps { format!("{number}. {sentence}") } else { sentence.clone() };
                paragraph(ui, &said, Type::Body, palette.t1);
            }
        }
        why(ui, cx, document, &answer.code);
        if !answer.sources.is_empty() {
            paragraph(ui, &answer.sources.join("; "), Type::Small, palette.t3);
        }
        widgets::reserve(ui, 12.0);
    }
}

/// Why the finding is none of this bundle, or that it is one.
fn why(ui: &mut Ui, cx: &Cx<'_>, document: Option<&Document>, id: &str) {
    let Some(document) = document else { return };
    let palette = cx.palette;
    if document.analysis.findings.iter().any(|f| f.id == id) {
        paragraph(ui, word("lookup.raised"), Type::Strong, palette.warn);
    }
    let Some(not) = document.analysis.not_raised.iter().find(|n| n.id == id) else { return };
    paragraph(ui, word("lookup.why_not"), Type::Label, palette.t2);
    for reason in &not.reasons {
        paragraph(ui, &text::shown(&reason.text), Type::Body, palette.t1);
        if let Some((source, line)) = &reason.line {
            let place = format!("{}:{}  {}", document.member_path(source.member), source.line, text::short(line, 300));
            paragraph(ui, &text::visible(&place), Type::Mono, palette.t2);
        }
    }
}

/// What is wrong with the user's files.
fn faults(ui: &mut Ui, cx: &Cx<'_>, book: &RuleBook) {
    for fault in book.faults.iter().take(MOST_FAULTS) {
        paragraph(ui, &text::visible(&fault.sentence()), Type::Body, cx.palette.fail);
    }
    if book.faults.len() > MOST_FAULTS {
        let more = (book.faults.len() - MOST_FAULTS).to_string();
        paragraph(ui, &Words::current().fill("lookup.more_faults", &[("n", &more)]), Type::Body, cx.palette.fail);
    }
}

/// Every known failure that is no finding of the bundle, each with its nearest reason; a click asks for the rest.
fn not_raised(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut Lookup, document: Option<&Document>) {
    let palette = cx.palette;
    let Some(document) = document else {
        paragraph(ui, word("lookup.try"), Type::Body, palette.t2);
        return;
    };
    let all = &document.analysis.not_raised;
    paragraph(ui, &Words::current().fill("lookup.not_raised", &[("n", &all.len().to_string())]), Type::Head, palette.t1);
    for (place, not) in (0_u64..).zip(all) {
        let rect = widgets::reserve(ui, 40.0);
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let reason = not.reasons.first().map_or_else(String::new, |r| text::shown(&r.text));
        let name = format!("{} {reason}", not.id);
        let row = Row { rect, key: ("not-raised", place), name: &name, selected: false };
        if widgets::row(ui, palette, &row).on_hover_text(&reason).clicked() {
            state.query.clone_from(&not.id);
        }
        let mut inner = rect.shrink2(vec2(MARGIN, 3.0));
        let first = cut_top(&mut inner, 17.0);
        text::paint(ui, first, Align::Min, &not.id, Type::Mono, palette.t1);
        text::paint(ui, inner, Align::Min, &reason, Type::Small, palette.t3);
    }
}

/// Text of several lines.
fn paragraph(ui: &mut Ui, said: &str, kind: Type, ink: Color32) {
    let width = ui.available_width() - 2.0 * MARGIN;
    let galley = ui.painter().layout(said.to_owned(), kind.id(), ink, width);
    let rect = widgets::reserve(ui, galley.size().y + 6.0);
    let place = Rect::from_min_size(rect.min + vec2(MARGIN, 0.0), vec2(width, galley.size().y));
    text::wrapped(ui, place, usize::MAX, said, kind, ink);
}
