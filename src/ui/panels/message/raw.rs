//! The text as it stands in the log, line by line with its numbers. In: a message. Out: coloured lines that can be selected; only lines
//! on screen are laid out. Lines that differ from the offer before are tinted.

use std::collections::BTreeSet;

use eframe::egui::{Align, CornerRadius, Rect, ScrollArea, Sense, Ui, Vec2, pos2, vec2};

use super::{LINE, MOST_LINE, selectable};
use crate::base::Tone;
use crate::session::{LoggedMessage, MessageId};
use crate::ui::widgets::cut_left;
use crate::ui::{Cx, Document, Type, ViewState, text};

pub fn show(ui: &mut Ui, cx: &Cx<'_>, document: &Document, state: &mut ViewState, id: MessageId, logged: &LoggedMessage) {
    let palette = cx.palette;
    let facts = &document.analysis.facts;
    let changed = changed(facts, state, id);
    let message = &logged.seen.message;
    let lines: Vec<&str> = message.text.split_inclusive('\n').collect();
    let body_at = message.body.start;
    let most = lines.iter().map(|l| l.chars().take(MOST_LINE).count()).max().unwrap_or(0);
    // A message escaped onto one line of the log has one number; else each line has its own.
    let numbered = logged.lines as usize >= lines.len();
    let glyph = ui.fonts_mut(|fonts| fonts.glyph_width(&Type::Mono.id(), '0'));
    ScrollArea::both().id_salt(("message", id.0)).auto_shrink([false, false]).show_viewport(ui, |ui, viewport| {
        ui.spacing_mut().item_spacing = Vec2::ZERO;
        let size = vec2((most as f32 * glyph + 90.0).max(ui.available_width()), lines.len() as f32 * LINE + 12.0);
        let (all, _) = ui.allocate_exact_size(size, Sense::hover());
        let first = (viewport.top() / LINE).floor().max(0.0) as usize;
        let count = (viewport.height() / LINE).ceil() as usize + 2;
        let mut offset: usize = lines.iter().take(first).map(|l| l.len()).sum();
        for (place, line) in lines.iter().enumerate().skip(first).take(count) {
            let top = all.top() + 6.0 + place as f32 * LINE;
            let mut rect = Rect::from_min_size(pos2(all.left(), top), vec2(size.x, LINE));
            if changed.contains(&place) {
                ui.painter().rect_filled(rect, CornerRadius::ZERO, palette.tint(Tone::Warn));
            }
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
            selectable(ui, rect, ("line", place), pieces, &format!("{number} {line}"));
            offset += lines.get(place).map_or(0, |l| l.len());
        }
    });
}

/// Lines of an offer's description that are not as in the offer before it.
fn changed(facts: &crate::session::Facts, state: &mut ViewState, id: MessageId) -> BTreeSet<usize> {
    use crate::sip::diff::Place;
    let Some(before) = state.ladder.offer_before(facts, id) else { return BTreeSet::new() };
    let Some(diff) = state.ladder.diff(facts, before, id) else { return BTreeSet::new() };
    let rows = diff.differences(false).filter(|row| matches!(row.place, Place::Session | Place::Media(..)));
    rows.filter_map(|row| row.right.as_ref()).map(|value| value.line.saturating_sub(1) as usize).collect()
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
