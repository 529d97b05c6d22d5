//! Device configurations: what is wrong with them first, then their tidy form. In: an analysis. Out: a panel of the files view.
//!
//! ```text
//! Device configuration  config-wxt.xml:1      file, 2,345 bytes, 61 elements
//!  ✕   12  %SBC_ADDRESS_WXT% was not replaced, its value is used: config/…
//!      11    <sip>
//!  ✕   12      <proxy address="%SBC_ADDRESS_WXT%"/>
//! ```

use eframe::egui::{Align, Rect, Ui, vec2};

use crate::base::Tone;
use crate::base::words::{Words, word};
use crate::session::device_config::{DeviceConfig, Origin};
use crate::timeline::figures::count;
use crate::ui::shapes::{self, Sign};
use crate::ui::widgets::{self, cut_left};
use crate::ui::{Cx, Document, Type, text};

/// Rows of one configuration; a longer one is for an editor.
const MOST_ROWS: usize = 1_500;
const ROW: f32 = 20.0;
/// Points that one level of the tidy form is set in.
const STEP: f32 = 14.0;

/// The panel; only where there is a configuration.
pub fn show(ui: &mut Ui, cx: &Cx<'_>, document: &Document, rect: Rect) {
    let palette = cx.palette;
    let configs = &document.analysis.facts.device_configs;
    let number = configs.len().to_string();
    let body = widgets::head(ui, palette, rect, word("device_config.heading"), &number, word("device_config.flagged_first"));
    widgets::area(ui, "device-config-rows", body, palette.panel, |ui| {
        widgets::rows(ui, "device-configs", |ui| {
            for config in configs {
                title(ui, cx, document, config);
                for (sign, line, said) in flags(config) {
                    row(ui, cx, Some(sign), line, 0.0, &said, Type::Table);
                }
                for line in config.pretty.iter().take(MOST_ROWS) {
                    let sign = line.flagged.then_some(Sign::Tone(Tone::Warn));
                    let set_in = STEP * line.depth.min(20) as f32;
                    row(ui, cx, sign, line.source.line, set_in, &text::shown(&line.text), Type::Mono);
                }
                let more = config.pretty.len().saturating_sub(MOST_ROWS);
                if more > 0 {
                    let said = Words::current().fill("device_config.more_lines", &[("n", &count(more as u64))]);
                    row(ui, cx, None, config.source.line, 0.0, &said, Type::Table);
                }
            }
        });
    });
}

fn title(ui: &mut Ui, cx: &Cx<'_>, document: &Document, config: &DeviceConfig) {
    let rect = widgets::reserve(ui, 24.0);
    let place = format!("{}:{}", document.member_path(config.source.member), config.source.line);
    let (size, elements, at) = (count(config.bytes), count(config.elements), text::clock(config.at));
    let values = [("bytes", size.as_str()), ("elements", &elements), ("time", &at)];
    let key = match config.from {
        Origin::Member => "device_config.from_member",
        Origin::Record => "device_config.from_record",
    };
    let said = format!("{}  {}", text::visible(&place), Words::current().fill(key, &values));
    text::line(ui, rect.shrink2(vec2(12.0, 0.0)), Align::Min, &said, Type::Label, cx.palette.t2);
    widgets::line_below(ui, cx.palette, rect);
}

/// What is wrong, in words, with the line.
fn flags(config: &DeviceConfig) -> Vec<(Sign, u64, String)> {
    let words = Words::current();
    let mut out = Vec::new();
    if config.template {
        out.push((Sign::Tone(Tone::Info), config.source.line, word("device_config.template").to_owned()));
    }
    if let Some(said) = config.sbc.text() {
        let line = config.addresses.first().map_or(config.source.line, |a| a.source.line);
        out.push((Sign::Tone(Tone::Warn), line, said.to_owned()));
    }
    for problem in &config.problems {
        let tone = if problem.kind.is_fatal() { Tone::Fail } else { Tone::Warn };
        out.push((Sign::Tone(tone), problem.source.line, text::shown(&problem.kind.text())));
    }
    for tag in &config.tags {
        let key = if tag.used { "device_config.tag_used" } else { "device_config.tag_unused" };
        let tone = if tag.used { Tone::Warn } else { Tone::Info };
        let said = words.fill(key, &[("tag", &text::visible(&tag.name)), ("path", &text::visible(&tag.path))]);
        out.push((Sign::Tone(tone), tag.source.line, said));
    }
    if out.is_empty() && config.elements > 0 {
        out.push((Sign::Tone(Tone::Ok), config.source.line, word("device_config.clean").to_owned()));
    }
    out
}

fn row(ui: &mut Ui, cx: &Cx<'_>, sign: Option<Sign>, line: u64, set_in: f32, said: &str, kind: Type) {
    let rect = widgets::reserve(ui, ROW);
    if !ui.is_rect_visible(rect) {
        return;
    }
    let palette = cx.palette;
    let mut inner = rect.shrink2(vec2(12.0, 0.0));
    let icon = cut_left(&mut inner, 20.0);
    if let Some(sign) = sign {
        shapes::sign(ui.painter(), palette, icon.left_center() + vec2(6.0, 0.0), 11.0, sign);
    }
    text::paint(ui, cut_left(&mut inner, 44.0), Align::Max, &line.to_string(), Type::Mono, palette.t3);
    cut_left(&mut inner, 10.0 + set_in);
    let ink = if sign.is_some() { palette.t1 } else { palette.t2 };
    text::line(ui, inner, Align::Min, said, kind, ink);
}
