//! A message as logged, with its line numbers, and what was read off it. In: a message. Out: text, facts.
//!
//! ```text
//! re-INVITE   As logged                     bwc/current_log.txt:4551
//! 4551  INVITE sip:user@192.0.2.10 SIP/2.0 | Direction  received, by marker
//! 4552  Via: SIP/2.0/TLS …                 | Dialog     call 1, CSeq 2
//! ```

use eframe::egui::{Align, Rect, Role, ScrollArea, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::excerpt;
use crate::base::words::{self, Words, word};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::lanes::call;
use crate::ui::widgets::{self, cut_left, cut_right, cut_top};
use crate::ui::{Cx, Document, Type, ViewState, text, zone};

const LINE: f32 = 17.0;
/// Characters of a line that are laid out; a longer one goes on in the log.
const MOST_LINE: usize = 4_000;
/// Below this width the facts beside the text give way.
const WIDE: f32 = 560.0;

/// The panel.
pub fn show(ui: &mut Ui, cx: &mut Cx<'_>, document: &Document, state: &ViewState, rect: Rect) {
    let palette = cx.palette;
    if let Some(lines) = state.selection.lines {
        excerpt::show(ui, cx, document, state, lines, rect);
        return;
    }
    let chosen = state.selection.message.and_then(|id| Some((id, document.analysis.facts.message(id)?)));
    let Some((id, logged)) = chosen else {
        let body = widgets::head(ui, palette, rect, word("window.message"), "", "");
        widgets::empty(ui, palette, body, word("window.no_message"));
        return;
    };
    let member = document.member_path(logged.source.member);
    let reference = format!("{}:{}", text::visible(member), logged.source.line);
    let title = crate::timeline::ladder::title(&logged.seen.message);
    let mut body = widgets::head(ui, palette, rect, &text::visible(&title), word("window.as_logged"), &reference);
    if body.width() > WIDE {
        let width = (body.width() * 0.36).min(340.0);
        let side = cut_right(&mut body, width);
        widgets::area(ui, "message-facts", side, palette.panel, |ui| facts(ui, cx, document, id, logged, side));
        ui.painter().vline(side.left(), side.y_range(), (1.0, palette.hair));
    }
    widgets::area(ui, "message-text", body, palette.base, |ui| raw(ui, cx, state, logged));
}

/// The text line by line; only lines on screen are laid out.
fn raw(ui: &mut Ui, cx: &Cx<'_>, state: &ViewState, logged: &LoggedMessage) {
    let palette = cx.palette;
    let message = &logged.seen.message;
    let lines: Vec<&str> = message.text.split_inclusive('\n').collect();
    let body_at = message.body.start;
    let most = lines.iter().map(|l| l.chars().take(MOST_LINE).count()).max().unwrap_or(0);
    // A message escaped onto one line of the log has one number; else each line has its own.
    let numbered = logged.lines as usize >= lines.len();
    let salt = ("message", state.selection.message.map(|id| id.0));
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0'));
    ScrollArea::both().id_salt(salt).auto_shrink([false, false]).show_viewport(ui, |ui, viewport| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let size = vec2((most as f32 * glyph + 90.0).max(ui.available_width()), lines.len() as f32 * LINE + 12.0);
        let (all, _) = ui.allocate_exact_size(size, Sense::hover());
        let first = (viewport.top() / LINE).floor().max(0.0) as usize;
        let count = (viewport.height() / LINE).ceil() as usize + 2;
        let mut offset: usize = lines.iter().take(first).map(|l| l.len()).sum();
        for (place, line) in lines.iter().enumerate().skip(first).take(count) {
            let top = all.top() + 6.0 + place as f32 * LINE;
            let mut rect = Rect::from_min_size(eframe::egui::pos2(all.left(), top), vec2(size.x, LINE));
            let number =
                if numbered { Some(logged.source.line + place as u64) } else { (place == 0).then_some(logged.source.line) };
            let gutter = cut_left(&mut rect, 62.0);
            let number = number.map_or_else(String::new, |n| n.to_string());
            text::paint(ui, gutter.shrink2(vec2(8.0, 0.0)), Align::Max, &number, Type::Mono, palette.t3);
            let line = text::visible(line.trim_end_matches(['\r', '\n']));
            let in_body = body_at > 0 && offset >= body_at && !message.body.is_empty();
            let (name, value) = split(&line, place, in_body);
            let pieces: &[_] = match place {
                0 => &[(name, Type::MonoBold, palette.t1), (value, Type::Mono, palette.t1)],
                _ => &[(name, Type::Mono, palette.accent), (value, Type::Mono, palette.t1)],
            };
            let galley = text::pieces_up_to(ui, pieces, f32::INFINITY, MOST_LINE);
            text::place(ui, rect, Align::Min, galley);
            let response = ui.interact(rect, ui.scope_id().with(("line", place)), Sense::hover());
            response
                .widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{number} {}", text::short(&line, MOST_LINE))));
            offset += lines.get(place).map_or(0, |l| l.len());
        }
    });
}

/// Where the accent ends: method or status, header name, `x=` of a session description.
fn split(line: &str, place: usize, in_body: bool) -> (&str, &str) {
    let at = if place == 0 {
        let first = line.find(' ').unwrap_or(line.len());
        // Of a status line the number belongs to the bold part.
        if line.starts_with("SIP/") {
            line.get(first + 1..).and_then(|r| r.find(' ')).map_or(line.len(), |n| first + 1 + n)
        } else {
            first
        }
    } else if in_body {
        if line.as_bytes().get(1) == Some(&b'=') { 2 } else { 0 }
    } else if line.starts_with([' ', '\t']) {
        0
    } else {
        line.find(':').map_or(0, |at| at + 1)
    };
    line.split_at_checked(at).unwrap_or(("", line))
}

fn facts(ui: &mut Ui, cx: &Cx<'_>, document: &Document, id: MessageId, logged: &LoggedMessage, rect: Rect) {
    let mut body = rect.shrink2(vec2(12.0, 8.0));
    for (name, value) in told(document, id, logged) {
        let mut row = cut_top(&mut body, 20.0);
        let label = cut_left(&mut row, 86.0);
        text::line(ui, label, Align::Min, name, Type::Small, cx.palette.t3);
        text::line(ui, row, Align::Min, &value, Type::Mono, cx.palette.t1);
    }
}

fn told(document: &Document, id: MessageId, logged: &LoggedMessage) -> Vec<(&'static str, String)> {
    let facts = &document.analysis.facts;
    let words = Words::current();
    let mut out = Vec::new();
    let mut add = |key: &'static str, value: String| {
        if !value.is_empty() {
            out.push((word(key), value));
        }
    };
    let way = word(match logged.seen.direction {
        Direction::Sent => "window.sent",
        Direction::Received => "window.received",
        Direction::Unknown => "window.way_unknown",
    });
    let basis = logged
        .direction_basis
        .map_or_else(String::new, |b| words.fill("window.by_basis", &[("basis", &text::term("direction_basis", b.word()))]));
    add("window.direction", format!("{way}{basis}"));
    add(
        "window.time",
        logged.seen.at.map_or_else(|| word("window.none").to_owned(), |at| format!("{} {}", zone::clock(at), zone::name())),
    );
    add("window.remote", logged.seen.remote.clone().unwrap_or_default());
    add("window.local", logged.seen.local.clone().unwrap_or_default());
    let calls = facts.calls.iter().filter(|c| c.messages.contains(&id)).map(call::name).collect::<Vec<_>>();
    add("window.belongs", calls.join(", "));
    add("window.cseq", crate::timeline::ladder::cseq(&logged.seen.message));
    if logged.sent_before > 0 {
        add("window.copy", words.fill("window.copy_of", &[("n", &logged.sent_before.to_string())]));
    }
    for attempt in facts.registrations.iter().flat_map(|r| &r.attempts).filter(|a| a.request == id || a.answer == Some(id)) {
        add(
            "window.answered",
            attempt.status.map_or_else(
                || word("timeline.no_answer").to_owned(),
                |s| format!("{s} {}", attempt.duration_us.map_or_else(String::new, duration)),
            ),
        );
        add("window.expiry", attempt.expires_s.map_or_else(String::new, |s| format!("{s} s")));
    }
    for (owner, segment) in facts
        .calls
        .iter()
        .flat_map(|c| c.media.iter().map(move |s| (c, s)))
        .filter(|(_, s)| s.offer == id || s.answer == Some(id))
    {
        let _ = owner;
        let formats = if segment.offer == id { &segment.offered } else { &segment.answered };
        let names = crate::timeline::lanes::media::names(formats);
        add("window.codecs", format!("{}: {}", segment.kind, names.join(" ")));
        let end =
            if (segment.offer == id) == (logged.seen.direction == Direction::Sent) { &segment.local } else { &segment.remote };
        let address = end.address.as_ref().map(text::private).unwrap_or_default();
        add("window.media_to", end.port.map_or_else(|| address.clone(), |port| format!("{address} :{port}")));
        add("window.flow", crate::timeline::lanes::media::flow_word(segment.flow).to_owned());
    }
    for problem in logged.seen.message.problems.iter().take(5) {
        add("window.problem", text::visible(&words::sentence(problem)).into_owned());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn accents_end_where_the_grammar_says() {
        assert_eq!(split("INVITE sip:a@b SIP/2.0", 0, false), ("INVITE", " sip:a@b SIP/2.0"));
        assert_eq!(split("SIP/2.0 488 Not Acceptable Here", 0, false), ("SIP/2.0 488", " Not Acceptable Here"));
        assert_eq!(split("Via: SIP/2.0/TLS x", 1, false), ("Via:", " SIP/2.0/TLS x"));
        assert_eq!(split("\tcontinued: here", 2, false), ("", "\tcontinued: here"));
        assert_eq!(split("m=audio 9 RTP/AVP 0", 9, true), ("m=", "audio 9 RTP/AVP 0"));
        assert_eq!(split("", 3, false), ("", ""));
    }
}
