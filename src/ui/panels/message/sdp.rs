//! The session description as a table. In: what was read of it. Out: a row a media line, below it one a codec.

use eframe::egui::{Align, Rect, ScrollArea, Ui, Vec2, vec2};

use super::{LINE, selectable};
use crate::base::words::{Words, word};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::{Flow, Sdp, SdpMedia};
use crate::ui::widgets::{self, cut_left};
use crate::ui::{Cx, Type, ViewState, text};

/// Columns: key of the name, share of the width.
const COLUMNS: [(&str, f32); 6] = [
    ("message.sdp_media", 0.15),
    ("message.sdp_address", 0.25),
    ("message.sdp_profile", 0.16),
    ("message.sdp_direction", 0.13),
    ("message.sdp_security", 0.23),
    ("message.sdp_ice", 0.08),
];

enum Line {
    /// Names of columns.
    Heads,
    Media(usize),
    /// A line of text: name, value.
    Said(String, String),
}

pub fn show(ui: &mut Ui, cx: &Cx<'_>, state: &mut ViewState, id: MessageId, logged: &LoggedMessage, rect: Rect) {
    let palette = cx.palette;
    let Some(sdp) = state.ladder.sdp(id, logged) else {
        widgets::empty(ui, palette, rect, word("message.no_sdp"));
        return;
    };
    let lines = lines(&sdp);
    ScrollArea::vertical().id_salt(("sdp", id.0)).auto_shrink([false, false]).show_rows(
        ui,
        LINE + 2.0,
        lines.len(),
        |ui, range| {
            ui.spacing_mut().item_spacing = Vec2::ZERO;
            for (n, line) in lines.iter().enumerate().take(range.end).skip(range.start) {
                let mut row = widgets::reserve(ui, LINE + 2.0).shrink2(vec2(12.0, 0.0));
                match line {
                    Line::Heads => {
                        let width = row.width();
                        for (key, share) in COLUMNS {
                            text::line(ui, cut_left(&mut row, width * share), Align::Min, word(key), Type::Label, palette.t3);
                        }
                    }
                    Line::Media(place) => {
                        let Some(media) = sdp.media.get(*place) else { continue };
                        let width = row.width();
                        let cells = cells(media);
                        let name = cells.join(", ");
                        for ((_, share), (n, cell)) in COLUMNS.iter().zip(cells.iter().enumerate()) {
                            let place = cut_left(&mut row, width * share);
                            let kind = if n == 0 { Type::MonoBold } else { Type::Mono };
                            let galley = text::galley(ui, &text::visible(cell), kind, palette.t1, place.width() - 6.0);
                            text::place(ui, place, Align::Min, galley);
                        }
                        let whole = Rect::from_min_max(vec2(rect.left(), row.top()).to_pos2(), row.max);
                        let response = ui.interact(whole, ui.scope_id().with(("media", n)), eframe::egui::Sense::hover());
                        response.widget_info(|| eframe::egui::WidgetInfo::labeled(eframe::egui::Role::Label, true, &name));
                        response.on_hover_text(name.clone());
                    }
                    Line::Said(name, value) => {
                        let label = cut_left(&mut row, 150.0);
                        text::paint(ui, label, Align::Min, name, Type::Small, palette.t3);
                        let shown = text::visible(value);
                        selectable(ui, row, ("sdp", n), &[(&shown, Type::Mono, palette.t2)], &format!("{name} {shown}"));
                    }
                }
            }
        },
    );
}

fn lines(sdp: &Sdp) -> Vec<Line> {
    let mut out = Vec::new();
    let said = |out: &mut Vec<Line>, key: &'static str, value: String| {
        if !value.is_empty() {
            out.push(Line::Said(word(key).to_owned(), value));
        }
    };
    let origin = [&sdp.origin_user, &sdp.origin_session_id, &sdp.origin_version, &sdp.origin_address];
    let origin: Vec<&str> = origin.into_iter().map(String::as_str).filter(|part| !part.is_empty()).collect();
    said(&mut out, "message.sdp_origin", origin.join(" "));
    said(&mut out, "message.sdp_name", sdp.session_name.clone());
    for problem in &sdp.problems {
        said(&mut out, "window.problem", problem.clone());
    }
    for (place, media) in sdp.media.iter().enumerate() {
        out.push(Line::Heads);
        out.push(Line::Media(place));
        for format in &media.formats {
            let fmtp = format.fmtp.as_deref().map_or_else(String::new, |fmtp| format!("  {fmtp}"));
            out.push(Line::Said(format!("  {}", format.payload), format!("{}{fmtp}", format.name)));
        }
        said(&mut out, "message.sdp_ptime", media.ptime.map_or_else(String::new, |ms| format!("{ms} ms")));
        for attribute in media.attributes.iter().filter(|a| !known(&a.name)) {
            out.push(Line::Said(format!("  a={}", attribute.name), attribute.value.clone().unwrap_or_default()));
        }
    }
    out
}

/// Attributes that stand in a column or a row of their own.
fn known(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    Flow::from_attribute(&name).is_some()
        || matches!(name.as_str(), "rtpmap" | "fmtp" | "ptime" | "crypto" | "fingerprint" | "candidate" | "ice-pwd" | "ice-ufrag")
}

fn cells(media: &SdpMedia) -> [String; 6] {
    let port = if !media.port_known {
        "?".to_owned()
    } else if media.is_rejected() {
        format!("0 ({})", word("timeline.media_rejected"))
    } else {
        media.port.to_string()
    };
    let suites: Vec<&str> = media.crypto.iter().filter_map(|c| c.split_ascii_whitespace().nth(1)).collect();
    let security = if !suites.is_empty() {
        suites.join(" ")
    } else if media.fingerprint {
        "DTLS".to_owned()
    } else if media.is_secure() {
        word("message.sdp_no_key").to_owned()
    } else {
        word("window.plain_rtp").to_owned()
    };
    let flow = crate::timeline::lanes::media::flow_word(media.flow);
    let flow = if media.flow_stated { flow.to_owned() } else { Words::current().fill("message.sdp_unstated", &[("flow", flow)]) };
    let candidates = media.attributes.iter().filter(|a| a.name.eq_ignore_ascii_case("candidate")).count();
    let ice = if candidates == 0 { "–".to_owned() } else { candidates.to_string() };
    let address = media.address.clone().unwrap_or_else(|| "–".to_owned());
    [media.kind.clone(), format!("{address} :{port}"), media.protocol.clone(), flow, security, ice]
}
