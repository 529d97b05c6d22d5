//! Work off the UI thread. In: inputs. Out: documents through a channel, progress on the way. Never touches a view.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};

use eframe::egui::Context;

use crate::analyse::{OpenError, Options, analyse};
use crate::base::words::{self, word};
use crate::base::{Language, Progress};
use crate::bundle::Input;
use crate::ui::Document;

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
