//! A ladder for others: as text for a ticket, as Mermaid for a wiki. In: a ladder as laid out by `timeline`. Out: text that ends with a line
//! end; every value of the log leaves through the outlet. Times are UTC.

use super::outlet::Outlet;
use crate::base::words::{Words, word};
use crate::base::{LogTime, Text};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::ladder::{Arrow, Kind, Ladder};

/// Characters from one lane to the next.
const STEP: usize = 42;

/// Fixed columns: time, since the last row, lanes, line of the log.
pub fn text(ladder: &Ladder, title: &str, outlet: &Outlet) -> String {
    let lanes = ladder.hosts.len().max(1);
    let width = lanes * STEP + 1;
    let mut out = format!("{title}\n\n");
    let heads = heads(ladder, outlet);
    let mut line = format!("{:<12}  {:>9}  ", "UTC", word("window.since_last"));
    for (place, head) in heads.iter().enumerate() {
        let room = if place + 1 == heads.len() { usize::MAX } else { STEP - 2 };
        let shown = cut(head, room);
        line.push_str(&shown);
        line.extend(std::iter::repeat_n(' ', STEP.saturating_sub(shown.chars().count())));
    }
    out.push_str(line.trim_end());
    out.push('\n');
    for (place, row) in ladder.rows.iter().enumerate() {
        let call = row.call.map_or_else(String::new, |id| format!("#{}", id.number()));
        let drawn = match &row.kind {
            Kind::Arrow(arrow) => drawn(arrow, lanes, &said(arrow, outlet)),
            Kind::Waiting { text, .. } => middle(&format!("· {} ·", one_line(text, outlet)), width, ':', lanes),
            Kind::Folded { text, .. } => middle(&format!("[ {} ]", one_line(text, outlet)), width, '|', lanes),
            Kind::Step { text, .. } => middle(&one_line(text, outlet), width, '|', lanes),
        };
        let bracket = ladder.brackets_in(place..place + 1).find(|b| b.to_row == place);
        let word = bracket.map_or_else(String::new, |b| format!("  = {}", b.word));
        let number = if row.line > 0 { format!("  {}", row.line) } else { String::new() };
        let at = clock(row.at);
        let delta = row.delta_us.map_or_else(String::new, duration);
        let line = format!("{at:<12}  {delta:>9}  {drawn}{word}{number}  {call}");
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

/// A sequence diagram (mermaid.js.org). Folds and silences are notes over the lanes.
pub fn mermaid(ladder: &Ladder, title: &str, outlet: &Outlet) -> String {
    let mut out = format!("---\ntitle: {}\n---\nsequenceDiagram\n", quoted(title));
    for (place, head) in heads(ladder, outlet).iter().enumerate() {
        out.push_str(&format!("    participant L{place} as {}\n", escaped(head)));
    }
    let last = ladder.hosts.len().max(1);
    for row in &ladder.rows {
        match &row.kind {
            Kind::Arrow(arrow) => {
                let line = match arrow.direction {
                    Direction::Unknown => "-->",
                    _ if arrow.title.starts_with(|c: char| c.is_ascii_digit()) => "-->>",
                    _ => "->>",
                };
                let (from, to) = match arrow.direction {
                    Direction::Received => (arrow.host, 0),
                    Direction::Sent | Direction::Unknown => (0, arrow.host),
                };
                let call = row.call.map_or_else(String::new, |id| format!("[{}] ", id.number()));
                let told = format!("{call}{} {}", clock(row.at), said(arrow, outlet));
                out.push_str(&format!("    L{from}{line}L{to}: {}\n", escaped(told.trim())));
            }
            Kind::Waiting { text, .. } | Kind::Folded { text, .. } | Kind::Step { text, .. } => {
                out.push_str(&format!("    Note over L0,L{last}: {}\n", escaped(&one_line(text, outlet))));
            }
        }
    }
    out
}

fn heads(ladder: &Ladder, outlet: &Outlet) -> Vec<String> {
    let client = format!("{} {}", word("ladder.client"), outlet.text(&ladder.client));
    let others = ladder.hosts.iter().map(|h| format!("{} {}", outlet.text(&h.name), outlet.text(&h.detail)));
    let mut heads: Vec<String> = std::iter::once(client).chain(others).map(|head| clean(head.trim())).collect();
    if heads.len() < 2 {
        heads.push(word("ladder.network").to_owned());
    }
    heads
}

/// What stands on an arrow.
fn said(arrow: &Arrow, outlet: &Outlet) -> String {
    let summary = outlet.text(&arrow.summary);
    let again = arrow.again.map_or_else(String::new, |again| {
        Words::current().fill("window.sent_again", &[("n", &again.count.to_string()), ("time", &duration(again.span_us))])
    });
    clean(&format!("{}  {summary}{again}", outlet.log(&arrow.title))).trim_end().to_owned()
}

/// `|--- INVITE  offers PCMU -------->|`, over all lanes.
fn drawn(arrow: &Arrow, lanes: usize, said: &str) -> String {
    let mut line: Vec<char> = (0..=lanes * STEP).map(|n| if n % STEP == 0 { '|' } else { ' ' }).collect();
    let end = arrow.host.clamp(1, lanes) * STEP;
    for slot in line.iter_mut().take(end).skip(1) {
        *slot = '-';
    }
    let shown = cut(said, STEP * arrow.host.clamp(1, lanes) - 8);
    for (slot, c) in line.iter_mut().skip(4).zip(format!(" {shown} ").chars()) {
        *slot = c;
    }
    let head = match arrow.direction {
        Direction::Sent => line.get_mut(end - 1).map(|slot| (slot, '>')),
        Direction::Received => line.get_mut(1).map(|slot| (slot, '<')),
        Direction::Unknown => None,
    };
    if let Some((slot, mark)) = head {
        *slot = mark;
    }
    line.into_iter().collect()
}

fn middle(said: &str, width: usize, lane: char, lanes: usize) -> String {
    let mut line: Vec<char> = (0..=lanes * STEP).map(|n| if n % STEP == 0 { lane } else { ' ' }).collect();
    let shown = cut(said, width.min(STEP * lanes) - 6);
    for (slot, c) in line.iter_mut().skip(3).zip(shown.chars()) {
        *slot = c;
    }
    line.into_iter().collect()
}

fn one_line(text: &Text, outlet: &Outlet) -> String {
    clean(&outlet.text(text))
}

fn clock(at: Option<LogTime>) -> String {
    at.map_or_else(String::new, |at| at.clock(0))
}

/// Control and direction characters out: a name of the log must not draw lines of its own.
fn clean(text: &str) -> String {
    let hidden =
        |c: char| c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if hidden(c) { ' ' } else { c }).collect()
}

fn cut(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some(_) => text.chars().take(most.saturating_sub(1)).chain(['…']).collect(),
        None => text.to_owned(),
    }
}

/// Characters that end or change a line of Mermaid as their numbers.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '#' | ';' | '<' | '>' | '&' | '%' | '"' | '`' => out.push_str(&format!("#{};", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", clean(text).replace('\\', "\\\\").replace('"', "\\\""))
}
