//! Work off the UI thread. In: inputs. Out: documents through a channel, progress on the way. Never touches a view.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use eframe::egui::Context;

use crate::analyse::{OpenError, Options, analyse};
use crate::base::words::{self, word};
use crate::base::{Language, Progress, SourceRef};
use crate::bundle::Input;
use crate::bundle::store::Store;
use crate::ui::Document;
use crate::ui::panels::excerpt::{AROUND, Excerpt};

pub mod log;

/// Why a job gave no document.
pub enum Ended {
    /// The user stopped it.
    Cancelled,
    /// It could not; the sentence.
    Failed(String),
}

type Outcome = Result<Vec<Arc<Document>>, Ended>;

/// A bundle being read.
pub struct Job {
    progress: Progress,
    outcome: Receiver<Outcome>,
}

impl Job {
    /// Starts reading.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn open(inputs: Vec<Input>, options: Options, language: Language, ctx: &Context) -> Result<Self, String> {
        let progress = Progress::new();
        let waker = ctx.clone();
        progress.set_waker(move || waker.request_repaint());
        let (sender, outcome) = sync_channel(1);
        let (told, ctx) = (progress.clone(), ctx.clone());
        let work = move || {
            let _spoken = words::speak(language);
            let result = analyse(&inputs, &options, &told);
            let result = match result {
                Ok(found) if found.is_empty() => Err(Ended::Failed(word("window.nothing_found").to_owned())),
                Ok(found) => Ok(found.into_iter().map(|a| Arc::new(Document::new(a))).collect()),
                Err(OpenError::Cancelled) => Err(Ended::Cancelled),
                Err(why) => Err(Ended::Failed(why.to_string())),
            };
            // Nobody listens any more when the tab was closed.
            let _ = sender.send(result);
            ctx.request_repaint();
        };
        std::thread::Builder::new()
            .name("open".to_owned())
            .spawn(work)
            .map_err(|e| format!("{}: {e}", word("window.no_thread")))?;
        Ok(Self { progress, outcome })
    }

    /// How far it is.
    pub fn progress(&self) -> &Progress {
        &self.progress
    }

    /// What it gave, once.
    pub fn poll(&self) -> Option<Outcome> {
        match self.outcome.try_recv() {
            Ok(outcome) => Some(outcome),
            Err(TryRecvError::Empty) => None,
            // The thread died without a word: a fault of the program, said as such.
            Err(TryRecvError::Disconnected) => Some(Err(Ended::Failed(word("window.job_died").to_owned()))),
        }
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        self.progress.cancel();
    }
}

/// Text read before and after a line, to find its neighbours in.
const NEAR_BYTES: u64 = 32 << 10;
/// Characters kept of one line.
const MOST_LINE: usize = 4_000;

/// Reads the lines around one, on a thread of its own; the receiver gets them once.
pub fn lines_around(store: &Arc<Store>, source: SourceRef, language: Language, ctx: &Context) -> Receiver<Excerpt> {
    let (sender, receiver) = sync_channel(1);
    let (store, ctx, refused) = (Arc::clone(store), ctx.clone(), sender.clone());
    let work = move || {
        let _spoken = words::speak(language);
        let progress = Progress::new();
        let from = source.offset.saturating_sub(NEAR_BYTES);
        let lines = store.lines(source.member, from..source.offset, &progress).and_then(|before| {
            let after = store.lines(source.member, source.offset..source.offset.saturating_add(NEAR_BYTES), &progress)?;
            Ok(numbered(&before, from > 0, &after, source.line))
        });
        let _ = sender.send(Excerpt { source, lines: lines.map_err(|note| note.text) });
        ctx.request_repaint();
    };
    if let Err(why) = std::thread::Builder::new().name("lines".to_owned()).spawn(work) {
        let _ = refused.send(Excerpt { source, lines: Err(format!("{}: {why}", word("window.no_thread"))) });
    }
    receiver
}

/// The last lines of `before` and the first of `after`, with their numbers; `line` is the first of `after`. The first line of a text
/// that begins inside the log may be cut.
fn numbered(before: &str, cut: bool, after: &str, line: u64) -> Vec<(u64, String)> {
    let kept = |text: &str| text.chars().take(MOST_LINE).collect::<String>();
    let lines: Vec<&str> = before.lines().skip(usize::from(cut)).collect();
    let first = lines.len().saturating_sub(AROUND);
    let shown = lines.iter().skip(first);
    let count = u64::try_from(lines.len() - first).unwrap_or(0);
    let mut out: Vec<(u64, String)> =
        (line.saturating_sub(count)..).zip(shown).map(|(number, text)| (number, kept(text))).collect();
    out.extend((line..).zip(after.lines().take(AROUND + 1)).map(|(number, text)| (number, kept(text))));
    out
}

/// The name of a tab for these inputs.
pub fn name(inputs: &[Input]) -> String {
    let first = match inputs.first() {
        Some(Input::Path(path)) => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
        Some(Input::Stdin) => word("window.stdin").to_owned(),
        Some(Input::Memory { name, .. }) => name.clone(),
        None => String::new(),
    };
    match inputs.len() {
        0 | 1 => first,
        more => format!("{first} +{}", more - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::numbered;

    #[test]
    fn neighbours_keep_their_numbers() {
        let log: Vec<String> = (1..=40).map(|n| format!("line {n}\n")).collect();
        let (before, after) = (log[..20].concat(), log[20..].concat());
        let shown = numbered(&before, false, &after, 21);
        assert_eq!(shown.first().unwrap(), &(11, "line 11".to_owned()));
        assert_eq!(shown.last().unwrap(), &(31, "line 31".to_owned()));
        assert!(shown.iter().all(|(n, text)| text == &format!("line {n}")));
        // The beginning and the end of a log, and a text that begins in the middle of a line.
        let shown = numbered("line 1\nline 2\n", false, "line 3", 3);
        assert_eq!(shown.iter().map(|(n, _)| *n).collect::<Vec<_>>(), [1, 2, 3]);
        let shown = numbered("e 1\nline 2\n", true, "line 3\n", 3);
        assert_eq!(shown, [(2, "line 2".to_owned()), (3, "line 3".to_owned())]);
    }
}
