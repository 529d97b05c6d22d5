//! What a case needs, and what to ask the server team. In: the checklist, asks. Out: lines.

use super::View;
use super::page::Page;
use crate::export::{ask, shared};
use crate::findings::case::{Found, Item, ItemId, ItemState, Value};

/// The checklist: found with its proof, or how to get it.
pub fn checklist(view: &View<'_>, page: &mut Page) {
    let case = &view.analysis.case;
    if case.items.is_empty() {
        return;
    }
    let (found, all) = case.count();
    let count = view.fill("case.count", &[("n", &found.to_string()), ("all", &all.to_string())]);
    page.heading(&format!("{}: {count}", view.word("case.title")));
    for item in &case.items {
        page.pair(0, &view.named("case", item.id.word()), &text(view, item));
    }
}

/// What stands beside an item's name: its values with their proof, or how to get it.
pub fn text(view: &View<'_>, item: &Item) -> String {
    let mut parts: Vec<String> = item.found.iter().map(|found| value(view, item.id, found)).collect();
    if item.more > 0 {
        parts.push(view.fill("case.more", &[("n", &item.more.to_string())]));
    }
    let how = format!("case.how-{}", item.id.word());
    match item.state {
        ItemState::Found => {}
        ItemState::Redacted => {
            let places = view.places(&item.masked);
            parts.push(format!("{}  {places} – {}", view.named("case-state", item.state.word()), view.words.get(&how)));
        }
        ItemState::Missing => {
            parts.push(format!("{} – {}", view.named("case-state", item.state.word()), view.words.get(&how)));
        }
    }
    parts.join("; ")
}

fn value(view: &View<'_>, id: ItemId, found: &Found) -> String {
    let outlet = &view.options.outlet;
    let mut out = match &found.value {
        Value::Identifier(kind, value) if id == ItemId::User => {
            format!("{} {}", view.named("case", kind.word()), outlet.private(value))
        }
        Value::Identifier(_, value) => outlet.private(value).into_owned(),
        Value::Time(at) => view.time(Some(*at)),
        Value::Client(platform, version) => {
            let platform = platform.map(|p| view.named("platform", p.word()));
            let parts: Vec<String> = platform.into_iter().chain(version.as_deref().map(|v| outlet.log(v).into_owned())).collect();
            parts.join(" ")
        }
        Value::Member(member) => {
            let path = shared::member(view.analysis, *member).map_or("?", |m| m.path.as_str());
            outlet.path(path).into_owned()
        }
    };
    if found.inferred {
        out.push_str(&format!(" ({})", view.word("case.inferred")));
    }
    let places = view.places(&found.evidence);
    if !places.is_empty() {
        out.push_str(&format!("  {places}"));
    }
    out
}

/// One block for each call, registration and start-up stage that failed.
pub fn asks(view: &View<'_>, page: &mut Page) {
    let asks = ask::with(view.analysis, |asker| asker.all());
    if asks.is_empty() {
        return;
    }
    page.heading(view.word("ask.title"));
    for (number, one) in asks.iter().enumerate() {
        if number > 0 {
            page.gap();
        }
        page.line(0, &ask::title(one, view.words, &view.options.outlet));
        for (label, value) in ask::lines(view.analysis, one, view.words, &view.options.outlet) {
            page.pair(2, &label, &value);
        }
    }
}
