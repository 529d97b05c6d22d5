//! Columns as the user arranged them: the same in every document, and at the next start. In: settings, the document shown. Out: its
//! lists laid out; changed settings. Sorting and filters stay with their document.

use super::settings::Settings;
use super::{App, Content};
use crate::ui::lists::List;
use crate::ui::table::Layout;

/// The log among the names of lists.
const LOG: &str = "log";

/// Every list of the document shown with its layout.
fn each(app: &mut App, change: impl Fn(&'static str, &mut Layout, &mut Settings)) {
    let Some(Content::Ready(shown)) = app.active.and_then(|n| app.tabs.get_mut(n)).map(|tab| &mut tab.content) else { return };
    let settings = &mut app.store.settings;
    for list in List::ALL {
        change(list.name(), &mut shown.view.lists.of_mut(list).layout, settings);
    }
    change(LOG, &mut shown.view.log.layout, settings);
}

/// Before a frame: lists are laid out as the settings say.
pub fn put(app: &mut App) {
    each(app, |name, layout, settings| {
        let kept = settings.columns.get(name).map_or(&[][..], Vec::as_slice);
        if layout.columns != kept {
            layout.columns = kept.to_vec();
        }
    });
}

/// After a frame: what the user changed in it is kept.
pub fn keep(app: &mut App) {
    each(app, |name, layout, settings| {
        if layout.columns.is_empty() {
            settings.columns.remove(name);
        } else if settings.columns.get(name) != Some(&layout.columns) {
            settings.columns.insert(name.to_owned(), layout.columns.clone());
        }
    });
}
