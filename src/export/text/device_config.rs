//! Device configurations in the text report: what is wrong first, then what they say of SIP. In: facts. Out: lines of the page.

use super::page::Page;
use super::{View, grouped};
use crate::session::device_config::{DeviceConfig, Origin, Setting};

/// Settings listed for one configuration; all of them are in the JSON report.
const MOST_SETTINGS: usize = 30;

pub fn device_configs(view: &View<'_>, page: &mut Page) {
    let configs = &view.analysis.facts.device_configs;
    if configs.is_empty() {
        return;
    }
    page.heading(view.word("device_config.heading"));
    for config in configs {
        one(view, page, config);
    }
}

fn one(view: &View<'_>, page: &mut Page, config: &DeviceConfig) {
    let outlet = &view.options.outlet;
    let (bytes, elements) = (grouped(config.bytes), grouped(config.elements));
    let at = view.time(config.at);
    let values = [("bytes", bytes.as_str()), ("elements", &elements), ("time", &at)];
    let from = match config.from {
        Origin::Member => view.fill("device_config.from_member", &values),
        Origin::Record => view.fill("device_config.from_record", &values),
    };
    page.line(0, &format!("{}  {from}", view.place(config.source)));
    if config.copies > 1 {
        page.line(2, &view.fill("device_config.copies", &[("n", &config.copies.to_string())]));
    }
    let none = view.word("device_config.encoding_none");
    let declared = config.encoding_declared.as_deref().map_or_else(|| none.to_owned(), |d| outlet.log(d).into_owned());
    page.line(2, &view.fill("device_config.encoding", &[("declared", &declared), ("seen", config.encoding_seen.word())]));
    if config.template {
        page.line(2, view.word("device_config.template"));
    }
    if let Some(text) = config.sbc.text() {
        let places = view.join(config.addresses.iter().map(|a| a.source));
        page.line(2, &format!("{text}  {places}"));
    }
    for problem in &config.problems {
        let text = outlet.text(&problem.kind.text());
        page.line(2, &format!("{}:{}  {text}", view.place(problem.source), problem.column));
    }
    for tag in &config.tags {
        let key = if tag.used { "device_config.tag_used" } else { "device_config.tag_unused" };
        let text = view.fill(key, &[("tag", &outlet.log(&tag.name)), ("path", &outlet.log(&tag.path))]);
        page.line(2, &format!("{}  {text}", view.place(tag.source)));
    }
    if config.problems.is_empty() && config.tags.is_empty() && config.elements > 0 {
        page.line(2, view.word("device_config.clean"));
    }
    for setting in config.settings.iter().take(MOST_SETTINGS) {
        page.line(4, &setting_line(view, setting));
    }
    if config.settings.len() > MOST_SETTINGS {
        let more = (config.settings.len() - MOST_SETTINGS).to_string();
        page.line(4, &view.fill("device_config.more_lines", &[("n", &more)]));
    }
}

fn setting_line(view: &View<'_>, setting: &Setting) -> String {
    let outlet = &view.options.outlet;
    let value = outlet.text(&setting.value);
    let value = if value.is_empty() { view.word("device_config.empty_value").to_owned() } else { value };
    let path = outlet.log(&setting.path);
    match setting.meaning {
        Some(meaning) => {
            let values = [("path", &*path), ("value", &value), ("meaning", meaning.text())];
            view.fill("device_config.setting_meaning", &values)
        }
        None => view.fill("device_config.setting", &[("path", &path), ("value", &value)]),
    }
}
