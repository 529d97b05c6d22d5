//! Files that are still being written: a download that has not ended. In: inputs as they were opened. Out: a word when one grows, and
//! the inputs again once all have stood still, so that they are read anew. Looks at names, sizes and times only, on a thread that ends.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::time::{Duration, SystemTime};

use eframe::egui::Context;

use super::{App, Content, Tab, again};
use crate::base::words::word;
use crate::bundle::{Input, is_unfinished};

/// Between two looks.
const INTERVAL: Duration = Duration::from_millis(300);
/// Looks without a change after which a file counts as complete.
const STILL: u32 = 5;
/// Looks at a file that has not changed yet: one that was written just now.
const PATIENCE: u32 = 20;
/// Looks in all: an hour.
const MOST_LOOKS: u32 = 12_000;
/// A file younger than this may still be growing.
const YOUNG: Duration = Duration::from_secs(5);

enum Told {
    Growing,
    Complete(Vec<Input>),
}

/// One opening that is looked after.
pub struct Watch {
    inputs: Arc<Vec<Input>>,
    told: Receiver<Told>,
}

impl Watch {
    /// Looks after the files of an opening until they are complete or its tab is closed.
    pub fn begin(inputs: &Arc<Vec<Input>>, ctx: &Context) -> Option<Self> {
        let (sender, told) = sync_channel(2);
        let (weak, ctx) = (Arc::downgrade(inputs), ctx.clone());
        let copy = Arc::clone(inputs);
        let work = move || {
            let mut places = places(&copy);
            drop(copy);
            look_after(&mut places, || weak.strong_count() > 0, &sender, &ctx);
        };
        std::thread::Builder::new().name("watch".to_owned()).spawn(work).ok()?;
        Some(Self { inputs: Arc::clone(inputs), told })
    }
}

/// Size and time of change; none where there is no such file.
type Seen = Option<(u64, Option<SystemTime>)>;

fn seen(path: &Path) -> Seen {
    let data = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file)?;
    Some((data.len(), data.modified().ok()))
}

fn places(inputs: &[Input]) -> Vec<PathBuf> {
    let path = |input: &Input| match input {
        Input::Path(path) => Some(path.clone()),
        _ => None,
    };
    inputs.iter().filter_map(path).collect()
}

/// The name without a browser's ending for what is not finished.
fn finished(path: &Path) -> Option<PathBuf> {
    is_unfinished(path).then(|| path.with_extension(""))
}

fn look_after(places: &mut [PathBuf], wanted: impl Fn() -> bool, sender: &SyncSender<Told>, ctx: &Context) {
    let mut last: Vec<Seen> = places.iter().map(|path| seen(path)).collect();
    let young = |seen: &Seen| seen.and_then(|(_, at)| at?.elapsed().ok()).is_some_and(|age| age < YOUNG);
    let partial = places.iter().any(|path| finished(path).is_some());
    if !partial && !last.iter().any(young) {
        return;
    }
    let tell = |told: Told| {
        let sent = sender.try_send(told).is_ok();
        ctx.request_repaint();
        sent
    };
    let (mut changed, mut still) = (false, 0);
    if partial {
        tell(Told::Growing);
    }
    for look in 0..MOST_LOOKS {
        std::thread::sleep(INTERVAL);
        if !wanted() {
            return;
        }
        for path in places.iter_mut() {
            // The browser gave it its own name.
            if let Some(whole) = finished(path).filter(|whole| !path.exists() && whole.exists()) {
                *path = whole;
            }
        }
        let now: Vec<Seen> = places.iter().map(|path| seen(path)).collect();
        if now != last {
            if !changed && !partial {
                tell(Told::Growing);
            }
            (last, changed, still) = (now, true, 0);
            continue;
        }
        still += 1;
        let unfinished = places.iter().any(|path| finished(path).is_some());
        if changed && still >= STILL && !unfinished {
            tell(Told::Complete(places.iter().cloned().map(Input::Path).collect()));
            return;
        }
        if !changed && !unfinished && look >= PATIENCE {
            return;
        }
    }
}

/// Says what grows, and reads again what is complete.
pub fn tend(app: &mut App, ctx: &Context) {
    let mut place = 0;
    while let Some(watch) = app.watches.get(place) {
        match watch.told.try_recv() {
            Ok(Told::Growing) => app.say(ctx, word("window.still_growing").to_owned()),
            Ok(Told::Complete(inputs)) => {
                let old = app.watches.remove(place).inputs;
                read_again(app, ctx, &old, inputs);
            }
            Err(TryRecvError::Empty) => place += 1,
            Err(TryRecvError::Disconnected) => {
                app.watches.remove(place);
            }
        }
    }
    // A tab that was closed needs no thread: its own handle and this one are all that is left.
    app.watches.retain(|watch| app.tabs.iter().any(|tab| tab.inputs.as_ref().is_some_and(|i| Arc::ptr_eq(i, &watch.inputs))));
}

/// Reads inputs anew in the place of the tabs that came of an opening.
fn read_again(app: &mut App, ctx: &Context, old: &Arc<Vec<Input>>, inputs: Vec<Input>) {
    let of_old = |tab: &Tab| tab.inputs.as_ref().is_some_and(|inputs| Arc::ptr_eq(inputs, old));
    let Some(first) = app.tabs.iter().position(of_old) else { return };
    let mut number = 0;
    app.tabs.retain(|tab| {
        let keep = !of_old(tab) || number == first;
        number += 1;
        keep
    });
    app.active = app.active.map(|active| active.min(app.tabs.len().saturating_sub(1)));
    let inputs = Arc::new(inputs);
    let content: Content = app.job(ctx, &inputs);
    if let Some(tab) = app.tabs.get_mut(first) {
        *tab = Tab { name: super::jobs::name(&inputs), inputs: again(inputs), content };
    }
    app.say(ctx, word("window.complete_now").to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_browsers_for_what_is_not_finished() {
        for (name, whole) in [("logs.zip.part", Some("logs.zip")), ("ced.dat.CRDOWNLOAD", Some("ced.dat")), ("logs.zip", None)] {
            assert_eq!(finished(Path::new(name)), whole.map(PathBuf::from));
        }
    }
}
