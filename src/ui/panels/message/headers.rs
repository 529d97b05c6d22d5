//! Header fields taken apart. In: a message compared with itself. Out: a row for each value and for each of its parts, and what the
//! field is for.

use eframe::egui::{Align, Rect, ScrollArea, Ui, Vec2, vec2};

use super::{LINE, log_line, selectable};
use crate::base::words::word;
use crate::base::{Private, PrivateKind};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::diff::{Diff, Name, Place, Row};
use crate::ui::widgets::{self, cut_left, cut_right};
use crate::ui::{Cx, Document, Type, ViewState, text};

/// One line of the view.
struct Line {
    /// Line of the log, if it has one of its own.
    number: Option<u64>,
    name: String,
    value: String,
    meaning: &'static str,
    part: bool,
}

pub fn show(
    ui: &mut Ui,
    cx: &Cx<'_>,
    document: &Document,
    state: &mut ViewState,
    id: MessageId,
    logged: &LoggedMessage,
    rect: Rect,
) {
    let palette = cx.palette;
    let Some(diff) = state.ladder.diff(&document.analysis.facts, id, id) else { return };
    let lines = lines(&diff, logged);
    let wide = rect.width() > 560.0;
    ScrollArea::vertical().id_salt(("headers", id.0)).auto_shrink([false, false]).show_rows(
        ui,
        LINE,
        lines.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            let first = range.start;
            for (n, line) in lines.iter().enumerate().take(range.end).skip(first) {
                let mut row = widgets::reserve(ui, LINE);
                let gutter = cut_left(&mut row, 62.0);
                let number = line.number.map_or_else(String::new, |n| n.to_string());
                text::paint(ui, gutter.shrink2(vec2(8.0, 0.0)), Align::Max, &number, Type::Mono, palette.t3);
                if wide && !line.meaning.is_empty() {
                    let meaning = cut_right(&mut row, (rect.width() * 0.34).min(320.0));
                    text::line(ui, meaning.shrink2(vec2(8.0, 0.0)), Align::Min, line.meaning, Type::Small, palette.t3);
                }
                let mut name = cut_left(&mut row, 168.0);
                let (ink, value) = if line.part { (palette.t3, palette.t2) } else { (palette.accent, palette.t1) };
                if line.part {
                    name.min.x += 16.0;
                }
                text::paint(ui, name, Align::Min, &line.name, Type::Mono, ink);
                let shown = if line.part { line.value.as_str().into() } else { text::visible(&line.value) };
                let clip = ui.painter().clip_rect();
                ui.set_clip_rect(clip.intersect(row));
                selectable(ui, row, ("header", n), &[(&shown, Type::Mono, value)], &format!("{} {shown}", line.name));
                ui.set_clip_rect(clip);
            }
        },
    );
}

fn lines(diff: &Diff, logged: &LoggedMessage) -> Vec<Line> {
    let mut out = Vec::new();
    let mut rows: Vec<&Row> = diff.rows.iter().filter(|r| matches!(r.place, Place::Start | Place::Header)).collect();
    rows.sort_by_key(|row| row.left.as_ref().map(|v| v.line));
    for row in rows {
        let Some(value) = &row.left else { continue };
        let start = row.place == Place::Start;
        let name = if start { word("message.start_line").to_owned() } else { row.name.clone() };
        let meaning = meaning(&row.name).unwrap_or("");
        out.push(Line { number: log_line(logged, value.line), name, value: value.text.clone(), meaning, part: false });
        let listed = row.parts.iter().all(|part| matches!(part.name, Name::Token(_)));
        for part in row.parts.iter().filter(|_| !listed) {
            let text = part_value(&part.name, part.left.as_deref().unwrap_or_default());
            let meaning = parameter(&part.name).unwrap_or("");
            out.push(Line { number: None, name: part_name(&part.name), value: text, meaning, part: true });
        }
    }
    out
}

/// The value of a part as it is shown: a user or host stands alone here, and what it is, is known.
fn part_value(name: &Name, value: &str) -> String {
    let kind = match name {
        Name::Part("display name") => PrivateKind::Name,
        Name::Part("user") => PrivateKind::User,
        Name::Part("host") => PrivateKind::Host,
        Name::Part("number") => PrivateKind::Number,
        Name::Part("address") => PrivateKind::Address,
        Name::Part("key" | "hash") => PrivateKind::Token,
        _ => return text::visible(value).into_owned(),
    };
    text::private(&Private::new(kind, value))
}

/// A part by its name in the language spoken, a parameter by its own.
pub fn part_name(name: &Name) -> String {
    let Name::Part(part) = name else { return text::visible(&name.text()).into_owned() };
    let key = match *part {
        "display name" => "message.part_display",
        "scheme" => "message.part_scheme",
        "user" => "message.part_user",
        "host" => "message.part_host",
        "port" => "message.part_port",
        "method" => "message.part_method",
        "status" => "message.part_status",
        "reason phrase" => "message.part_reason",
        "transport" => "message.part_transport",
        "number" => "message.part_number",
        "address" => "message.part_address",
        "protocol" => "message.part_protocol",
        "formats" => "message.part_formats",
        "payload" => "message.part_payload",
        "session" => "message.part_session",
        "version" => "message.part_version",
        "suite" => "message.part_suite",
        "key" => "message.part_key",
        "hash" => "message.part_hash",
        "fingerprint" => "message.part_fingerprint",
        _ => "message.part_value",
    };
    word(key).to_owned()
}

/// What a header field is for.
fn meaning(name: &str) -> Option<&'static str> {
    Some(word(match name.to_ascii_lowercase().as_str() {
        "via" => "message.is_via",
        "from" => "message.is_from",
        "to" => "message.is_to",
        "call-id" => "message.is_call_id",
        "cseq" => "message.is_cseq",
        "contact" => "message.is_contact",
        "route" => "message.is_route",
        "record-route" => "message.is_record_route",
        "path" | "service-route" => "message.is_path",
        "max-forwards" => "message.is_max_forwards",
        "expires" => "message.is_expires",
        "session-expires" => "message.is_session_expires",
        "min-se" | "min-expires" => "message.is_least",
        "www-authenticate" | "proxy-authenticate" => "message.is_challenge",
        "authorization" | "proxy-authorization" => "message.is_credentials",
        "allow" => "message.is_allow",
        "supported" => "message.is_supported",
        "require" | "proxy-require" => "message.is_require",
        "user-agent" | "server" => "message.is_product",
        "p-asserted-identity" | "remote-party-id" => "message.is_identity",
        "diversion" | "history-info" => "message.is_diversion",
        "reason" => "message.is_reason",
        "refer-to" => "message.is_refer_to",
        "replaces" => "message.is_replaces",
        "event" => "message.is_event",
        "subscription-state" => "message.is_subscription",
        "retry-after" => "message.is_retry",
        "content-type" => "message.is_content",
        "session-id" | "x-broadworks-correlation-info" => "message.is_correlation",
        _ => return None,
    }))
}

/// What a parameter is for.
fn parameter(name: &Name) -> Option<&'static str> {
    let (Name::Param(name) | Name::UriParam(name)) = name else { return None };
    Some(word(match name.as_str() {
        "branch" => "message.is_branch",
        "tag" => "message.is_tag",
        "received" => "message.is_received",
        "rport" => "message.is_rport",
        "realm" => "message.is_realm",
        "username" => "message.is_username",
        "nonce" => "message.is_nonce",
        "stale" => "message.is_stale",
        "response" => "message.is_response",
        "qop" => "message.is_qop",
        "refresher" => "message.is_refresher",
        "expires" => "message.is_binding",
        "lr" => "message.is_lr",
        "transport" => "message.is_transport",
        "+sip.instance" => "message.is_instance",
        "reg-id" => "message.is_reg_id",
        _ => return None,
    }))
}
