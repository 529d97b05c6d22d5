//! Registrations with their attempts. In: facts of the run. Out: rows; choosing one shows its ladder or message.

use eframe::egui::{Align, Ui, vec2};

use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::session::registration::{Attempt, AttemptKind, Registration, RegistrationState};
use crate::session::{MessageId, RunId};
use crate::timeline::Subject;
use crate::timeline::figures::duration;
use crate::timeline::lanes::registration::{is_challenge, tone};
use crate::ui::shapes::{self, Sign};
use crate::ui::state::Selection;
use crate::ui::table::{Cell, Column, Order, Rows};
use crate::ui::widgets::{self, Row, cut_left, cut_right, cut_top, line_below};
use crate::ui::{Command, Cx, Document, Type, ViewState, text};

/// Attempts listed one by one; the ladder has them all.
const MOST_ATTEMPTS: usize = 6;

/// Every registration of the run.
pub fn list(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState) {
    let facts = &document.analysis.facts;
    let mut any = false;
    for (id, registration) in (0_u32..).zip(&facts.registrations) {
        if registration.run == state.run_id() || facts.runs.is_empty() {
            any = true;
            one(ui, cx, document, state, id, registration);
        }
    }
    if !any {
        let rect = widgets::reserve(ui, 40.0);
        widgets::empty(ui, cx.palette, rect, word("window.no_registration"));
    }
}

fn one(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, id: u32, registration: &Registration) {
    let palette = cx.palette;
    let rect = widgets::reserve(ui, 46.0);
    let how = text::term("word", registration.state.word());
    let aor = text::private(&registration.aor);
    let name = format!("{} {aor}, {how}", word("timeline.registration"));
    let selected = state.selection.subject == Some(Subject::Registration(id));
    let response = widgets::row(ui, palette, &Row { rect, key: ("registration", u64::from(id)), name: &name, selected });
    if response.clicked() {
        cx.send(Command::ShowSubject(Subject::Registration(id)));
    }
    let mut inner = rect.shrink2(vec2(12.0, 5.0));
    let icon = cut_left(&mut inner, 24.0);
    let tone = tone(registration.state);
    shapes::sign(ui.painter(), palette, icon.left_top() + vec2(9.0, 10.0), 14.0, Sign::Tone(tone));
    let mut first = cut_top(&mut inner, 19.0);
    let right = cut_right(&mut first, 150.0);
    text::paint(ui, right, Align::Max, &how, Type::Strong, palette.tone(tone));
    text::paint(ui, first, Align::Min, &aor, Type::Strong, palette.t1);
    let right = cut_right(&mut inner, 120.0);
    let granted = registration.expires_s.filter(|_| registration.state != RegistrationState::Unregistered);
    let expires = granted.map_or_else(String::new, |s| Words::current().fill("timeline.expires", &[("s", &s.to_string())]));
    text::paint(ui, right, Align::Max, &expires, Type::Small, palette.t2);
    text::paint(ui, inner, Align::Min, &second_line(registration), Type::Small, palette.t2);
    line_below(ui, palette, rect);

    // What failed is always listed; then the latest, so that the end of the story is on screen.
    let mut shown: Vec<usize> = (0..registration.attempts.len()).collect();
    if shown.len() > MOST_ATTEMPTS {
        let bad = |n: &usize| registration.attempts.get(*n).is_some_and(|a| !passed(a) && !is_challenge(a));
        let latest = shown.len() - MOST_ATTEMPTS / 2;
        let mut kept: Vec<usize> = shown.iter().copied().filter(bad).take(MOST_ATTEMPTS / 2).collect();
        kept.extend(latest..shown.len());
        kept.sort_unstable();
        kept.dedup();
        shown = kept;
    }
    let hidden = registration.attempts.len() - shown.len();
    for place in shown {
        if let Some(attempt) = registration.attempts.get(place) {
            attempt_row(ui, cx, document, state, (id, place), attempt);
        }
    }
    if hidden > 0 {
        let rect = widgets::reserve(ui, 22.0).shrink2(vec2(36.0, 0.0));
        let label = Words::current().fill("window.more_attempts", &[("n", &hidden.to_string())]);
        if widgets::link(ui, palette, rect, Align::Min, &label).clicked() {
            cx.send(Command::ShowSubject(Subject::Registration(id)));
        }
    }
}

fn passed(attempt: &Attempt) -> bool {
    matches!(attempt.status, Some(200..=299))
}

fn second_line(registration: &Registration) -> String {
    let hop = registration.next_hops.last().unwrap_or(&registration.registrar);
    let refused = registration.attempts.iter().filter(|a| a.status.is_some() && !passed(a) && !is_challenge(a)).count();
    let silent = registration.attempts.iter().filter(|a| a.status.is_none()).count();
    let mut parts = vec![text::private(hop)];
    parts.push(Words::current().fill("window.attempts", &[("n", &registration.attempts.len().to_string())]));
    if refused > 0 {
        parts.push(Words::current().fill("window.refused", &[("n", &refused.to_string())]));
    }
    if silent > 0 {
        parts.push(Words::current().fill("window.unanswered", &[("n", &silent.to_string())]));
    }
    if let Some(nat) = registration.nat.as_ref().filter(|nat| nat.sent_by != nat.seen_as) {
        parts.push(Words::current().fill("window.nat", &[("seen", &text::private(&nat.seen_as))]));
    }
    parts.join(", ")
}

fn attempt_row(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, place: (u32, usize), attempt: &Attempt) {
    let palette = cx.palette;
    let rect = widgets::reserve(ui, 22.0);
    if !ui.is_rect_visible(rect) {
        return;
    }
    let (tone, said) = outcome(attempt);
    let kind = kind(attempt);
    let line = document.analysis.facts.message(attempt.request).map_or(0, |m| m.source.line);
    let name = format!("REGISTER {kind} {} {said}", text::clock(attempt.at));
    let key = (u64::from(place.0) << 32) | place.1 as u64;
    let selected = state.selection.message == Some(attempt.request)
        || (attempt.answer.is_some() && state.selection.message == attempt.answer);
    let response = widgets::row(ui, palette, &Row { rect, key: ("attempt", key), name: &name, selected });
    if response.clicked() {
        cx.send(Command::ShowSubject(Subject::Registration(place.0)));
        cx.send(Command::ShowMessage(attempt.answer.unwrap_or(attempt.request)));
    }
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    cut_left(&mut inner, 24.0);
    text::paint(ui, cut_left(&mut inner, 92.0), Align::Min, &text::clock(attempt.at), Type::Mono, palette.t2);
    let number = if line > 0 { line.to_string() } else { String::new() };
    text::paint(ui, cut_right(&mut inner, 56.0), Align::Max, &number, Type::Mono, if selected { palette.t2 } else { palette.t3 });
    let took = attempt.duration_us.map_or_else(String::new, duration);
    text::paint(ui, cut_right(&mut inner, 70.0), Align::Max, &took, Type::Mono, palette.t2);
    text::paint(ui, cut_left(&mut inner, 86.0), Align::Min, kind, Type::Table, palette.t1);
    let icon = cut_left(&mut inner, 18.0);
    shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, Sign::Tone(tone));
    let ink = if tone == Tone::Fail { palette.fail } else { palette.t1 };
    let sends = if attempt.sends > 1 {
        Words::current().fill("window.sent_times", &[("n", &attempt.sends.to_string())])
    } else {
        String::new()
    };
    text::paint(ui, inner, Align::Min, &format!("{said} {sends}"), Type::Table, ink);
    line_below(ui, palette, rect);
}

/// Attempts to register as rows of a table, of all registrations in order.
pub struct Attempts<'a> {
    document: &'a Document,
    run: RunId,
    selection: Selection,
    places: Vec<(u32, usize)>,
}

const COLUMNS: &[Column] = &[
    Column::mono("time", "window.col_time", 118.0),
    Column::text("aor", "list.col_address", 200.0).main().grows(),
    Column::text("kind", "list.col_kind", 96.0),
    Column::text("answer", "list.col_answer", 200.0).main(),
    Column::time("took", "list.col_took", 76.0),
    Column::number("expires", "list.col_expires", 76.0),
    Column::number("sent", "list.col_sends", 64.0),
    Column::mono("peer", "window.col_peer", 160.0),
    Column::number("retry-after", "list.col_retry", 84.0).hidden(),
    Column::mono("call-id", "window.col_call_id", 220.0).faint().hidden(),
    Column::number("line", "window.col_line", 64.0).faint(),
];

/// Registration and attempt of a row.
fn places(document: &Document) -> impl Iterator<Item = (u32, usize)> + '_ {
    (0_u32..).zip(&document.analysis.facts.registrations).flat_map(|(id, r)| (0..r.attempts.len()).map(move |place| (id, place)))
}

/// What a row leads to.
pub fn place(document: &Document, row: usize) -> Option<(Subject, MessageId)> {
    let (id, place) = places(document).nth(row)?;
    let attempt = document.analysis.facts.registrations.get(id as usize)?.attempts.get(place)?;
    Some((Subject::Registration(id), attempt.answer.unwrap_or(attempt.request)))
}

/// How an attempt ended, and what to say of it.
fn outcome(attempt: &Attempt) -> (Tone, String) {
    let (tone, said) = match attempt.status {
        Some(status) if passed(attempt) => (Tone::Ok, format!("{status} {}", attempt.reason.as_deref().unwrap_or(""))),
        Some(status) if is_challenge(attempt) => (Tone::Muted, format!("{status} {}", word("window.challenge"))),
        Some(status) => (Tone::Fail, format!("{status} {}", attempt.reason.as_deref().unwrap_or(""))),
        None => (Tone::Fail, word("timeline.no_answer").to_owned()),
    };
    (tone, text::visible(&said).into_owned())
}

fn kind(attempt: &Attempt) -> &'static str {
    word(match attempt.kind {
        AttemptKind::Register => "ladder.register",
        AttemptKind::Refresh => "ladder.refresh",
        AttemptKind::Unregister => "ladder.unregister",
    })
}

impl<'a> Attempts<'a> {
    /// Attempts of a run.
    pub fn new(document: &'a Document, run: RunId, selection: Selection) -> Self {
        Self { document, run, selection, places: places(document).collect() }
    }

    fn attempt(&self, row: usize) -> Option<(&'a Registration, &'a Attempt)> {
        let (id, place) = self.places.get(row)?;
        let registration = self.document.analysis.facts.registrations.get(*id as usize)?;
        Some((registration, registration.attempts.get(*place)?))
    }
}

impl Rows for Attempts<'_> {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.places.len()
    }

    fn within(&self, row: usize) -> bool {
        self.attempt(row).is_some_and(|(r, _)| r.run == self.run || self.document.analysis.facts.runs.is_empty())
    }

    fn key(&self) -> u64 {
        u64::from(self.run.0)
    }

    fn cell(&self, row: usize, column: &'static str, _before: Option<usize>) -> Cell {
        let Some((registration, attempt)) = self.attempt(row) else { return Cell::default() };
        let number = |value: Option<u64>| value.map_or_else(String::new, |value| value.to_string());
        let text = match column {
            "time" => text::clock(attempt.at),
            "aor" => text::private(&registration.aor),
            "kind" => kind(attempt).to_owned(),
            "answer" => {
                let (tone, said) = outcome(attempt);
                return Cell::toned(said, tone);
            }
            "took" => attempt.duration_us.map_or_else(String::new, duration),
            "expires" => attempt.expires_s.map_or_else(String::new, |s| format!("{s} s")),
            "sent" => attempt.sends.to_string(),
            "peer" => attempt.remote.as_ref().map_or_else(String::new, text::private),
            "retry-after" => attempt.retry_after_s.map_or_else(String::new, |s| format!("{s} s")),
            "call-id" => text::private(&attempt.call_id),
            _ => number(self.document.analysis.facts.message(attempt.request).map(|m| m.source.line)),
        };
        text.into()
    }

    fn order(&self, row: usize, column: &'static str) -> Order {
        let Some((_, attempt)) = self.attempt(row) else { return Order::None };
        let count = |value: Option<u64>| value.map_or(Order::None, Order::count);
        match column {
            "time" => Order::number(attempt.at.map(|at| at.0)),
            "took" => Order::number(attempt.duration_us),
            "expires" => count(attempt.expires_s),
            "sent" => Order::count(u64::from(attempt.sends)),
            "retry-after" => count(attempt.retry_after_s),
            "line" => count(self.document.analysis.facts.message(attempt.request).map(|m| m.source.line)),
            _ => {
                let text = self.cell(row, column, None).text;
                if text.is_empty() { Order::None } else { Order::Text(text.to_lowercase()) }
            }
        }
    }

    fn numbers(&self, row: usize) -> Vec<String> {
        self.attempt(row).map(|(registration, _)| text::private(&registration.aor)).into_iter().collect()
    }

    fn chosen(&self, row: usize) -> bool {
        let message = self.selection.message;
        message.is_some() && self.attempt(row).is_some_and(|(_, a)| message == Some(a.request) || message == a.answer)
    }

    fn spoken(&self, row: usize) -> String {
        let Some((_, attempt)) = self.attempt(row) else { return String::new() };
        format!("REGISTER {} {} {}", kind(attempt), text::clock(attempt.at), outcome(attempt).1)
    }

    fn none(&self) -> &'static str {
        word("window.no_registration")
    }
}
