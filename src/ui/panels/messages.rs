//! Every SIP message, and the chosen one as logged. In: messages of the run. Out: a table and a message.

use eframe::egui::{Rect, Ui};

use super::message;
use crate::base::Tone;
use crate::base::words::word;
use crate::base::{Private, PrivateKind};
use crate::bundle::Observer;
use crate::session::{LoggedMessage, MessageId, RunId};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::ladder;
use crate::ui::lists::{self, List};
use crate::ui::state::Selection;
use crate::ui::table::filter::contains;
use crate::ui::table::{Cell, Column, Draw, Order, Rows};
use crate::ui::widgets::{area, cut_left, line_right};
use crate::ui::{Cx, Document, ViewState, text};

/// The messages view.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &mut ViewState, mut rect: Rect) {
    let palette = cx.palette;
    let width = (rect.width() * 0.54).max(480.0);
    let left = cut_left(&mut rect, width);
    area(ui, "messages", left, palette.panel, |ui| {
        lists::show(ui, cx, document, state, List::Messages, left);
        line_right(ui, palette, left);
    });
    area(ui, "message", rect, palette.panel, |ui| message::show(ui, cx, document, state, rect));
}

/// The message of a row.
pub fn id(row: usize) -> Option<MessageId> {
    u32::try_from(row).ok().map(MessageId)
}

/// Messages as rows of a table: a row is a place in the facts.
pub struct Messages<'a> {
    document: &'a Document,
    run: RunId,
    selection: Selection,
}

const COLUMNS: &[Column] = &[
    Column::mono("time", "window.col_time", 112.0),
    Column::time("since", "window.col_since", 76.0).faint(),
    Column::text("way", "window.col_way", 36.0),
    Column::text("message", "window.col_title", 180.0).main(),
    Column::mono("peer", "window.col_peer", 148.0),
    Column::mono("call-id", "window.col_call_id", 90.0).faint().grows(),
    Column::mono("method", "list.col_method", 90.0).hidden(),
    Column::number("cseq", "window.cseq", 56.0).hidden(),
    Column::number("copy", "list.col_repeated", 64.0).hidden(),
    Column::mono("file", "window.col_path", 180.0).faint().hidden(),
    Column::number("line", "window.col_line", 64.0).faint(),
];

impl<'a> Messages<'a> {
    /// Messages of a run.
    pub fn new(document: &'a Document, run: RunId, selection: Selection) -> Self {
        Self { document, run, selection }
    }

    fn message(&self, row: usize) -> Option<&'a LoggedMessage> {
        self.document.analysis.facts.messages.get(row)
    }

    fn since(&self, row: usize, before: Option<usize>) -> Option<i64> {
        let at = |row: usize| self.message(row).and_then(|m| m.seen.at);
        Some(at(row)?.since_us(at(before?)?))
    }
}

fn way(direction: Direction) -> &'static str {
    word(match direction {
        Direction::Sent => "window.sent",
        Direction::Received => "window.received",
        Direction::Unknown => "window.way_unknown",
    })
}

fn title(logged: &LoggedMessage) -> String {
    text::visible(&ladder::title(&logged.seen.message)).into_owned()
}

impl Rows for Messages<'_> {
    fn columns(&self) -> &'static [Column] {
        COLUMNS
    }

    fn len(&self) -> usize {
        self.document.analysis.facts.messages.len()
    }

    fn within(&self, row: usize) -> bool {
        self.message(row).is_some_and(|m| m.run == self.run || m.observer == Observer::Server)
    }

    fn key(&self) -> u64 {
        u64::from(self.run.0)
    }

    fn cell(&self, row: usize, column: &'static str, before: Option<usize>) -> Cell {
        let Some(logged) = self.message(row) else { return Cell::default() };
        let message = &logged.seen.message;
        let text = match column {
            "time" => text::clock(logged.seen.at),
            "since" => self.since(row, before).map_or_else(String::new, duration),
            "way" => {
                let direction = logged.seen.direction;
                return Cell { text: way(direction).to_owned(), draw: Draw::Arrow(direction) };
            }
            "message" => {
                let tone = ladder::message_tone(message);
                let said = title(logged);
                return if tone == Tone::Fail { Cell::toned(said, tone) } else { said.into() };
            }
            "peer" => text::private(&Private::new(PrivateKind::Address, logged.seen.remote.as_deref().unwrap_or(""))),
            "call-id" => text::private(&Private::new(PrivateKind::CallId, ladder::call_id(message))),
            "method" => text::visible(message.cseq().as_ref().map_or("", |cseq| cseq.method.as_str())).into_owned(),
            "cseq" => message.cseq().map_or_else(String::new, |cseq| cseq.number.to_string()),
            "copy" => logged.sent_before.to_string(),
            "file" => text::visible(&self.document.member_path(logged.source.member)).into_owned(),
            _ => logged.source.line.to_string(),
        };
        text.into()
    }

    fn order(&self, row: usize, column: &'static str) -> Order {
        let Some(logged) = self.message(row) else { return Order::None };
        match column {
            "time" => Order::number(logged.seen.at.map(|at| at.0)),
            "since" => Order::number(self.since(row, row.checked_sub(1))),
            "cseq" => logged.seen.message.cseq().map_or(Order::None, |cseq| Order::count(u64::from(cseq.number))),
            "copy" => Order::count(u64::from(logged.sent_before)),
            "line" => Order::count(logged.source.line),
            _ => {
                let text = self.cell(row, column, None).text;
                if text.is_empty() { Order::None } else { Order::Text(text.to_lowercase()) }
            }
        }
    }

    fn holds(&self, row: usize, wish: &str) -> bool {
        self.message(row).is_some_and(|m| contains(&m.seen.message.text, wish))
    }

    fn chosen(&self, row: usize) -> bool {
        self.selection.message.is_some() && self.selection.message == id(row)
    }

    fn spoken(&self, row: usize) -> String {
        let Some(m) = self.message(row) else { return String::new() };
        let line = format!("{} {}", word("window.col_line"), m.source.line);
        format!("{} {} {}, {line}", text::clock(m.seen.at), way(m.seen.direction), title(m))
    }

    fn none(&self) -> &'static str {
        word("window.no_messages")
    }
}
