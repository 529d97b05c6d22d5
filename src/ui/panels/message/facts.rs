//! What was read off a message, beside its text. In: a message and the facts. Out: names and values.

use eframe::egui::{Align, Rect, Ui, vec2};

use crate::base::words::{self, Words, word};
use crate::base::{Private, PrivateKind};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Direction;
use crate::timeline::figures::duration;
use crate::timeline::lanes::call;
use crate::ui::widgets::{cut_left, cut_top};
use crate::ui::{Cx, Document, Type, text, zone};

/// Names and values.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, document: &Document, id: MessageId, logged: &LoggedMessage, rect: Rect) {
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
    add("window.remote", address(logged.seen.remote.as_deref()));
    add("window.local", address(logged.seen.local.as_deref()));
    let calls = facts.calls.iter().filter(|c| c.messages.binary_search(&id).is_ok()).map(call::name).collect::<Vec<_>>();
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
    for segment in facts.calls.iter().flat_map(|c| &c.media).filter(|s| s.offer == id || s.answer == Some(id)) {
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

/// A transport address as it is shown; empty where the log told none.
fn address(told: Option<&str>) -> String {
    told.map_or_else(String::new, |told| text::private(&Private::new(PrivateKind::Address, told)))
}
