//! The one way out for text that may name a person or a place. In: private values, sentences, log text. Out: what a reader of
//! the report may see. Nothing else in `export` looks at an original but `redact`, which this asks.

use std::borrow::Cow;
use std::sync::{Arc, Mutex, PoisonError};

use super::redact::{Collector, Leak, Vault};
use crate::base::words::Words;
use crate::base::{Piece, Private, Text};

/// Decides how a value leaves the program. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Outlet {
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Originals,
    Pseudonyms(Arc<Vault>),
    /// Originals, and each is told: how a vault learns them.
    Collecting(Arc<Mutex<Collector>>),
}

impl Outlet {
    /// Passes every value as the log had it.
    pub fn originals() -> Self {
        Self { way: Way::Originals }
    }

    /// Replaces every value by its pseudonym.
    pub fn pseudonyms(vault: Arc<Vault>) -> Self {
        Self { way: Way::Pseudonyms(vault) }
    }

    /// Are values replaced by pseudonyms?
    pub fn redacted(&self) -> bool {
        self.vault().is_some()
    }

    /// The originals and pseudonyms, when values are replaced.
    pub fn vault(&self) -> Option<&Arc<Vault>> {
        match &self.way {
            Way::Pseudonyms(vault) => Some(vault),
            Way::Originals | Way::Collecting(_) => None,
        }
    }

    /// Passes originals and tells each to a collector.
    pub(super) fn collecting(collector: Arc<Mutex<Collector>>) -> Self {
        Self { way: Way::Collecting(collector) }
    }

    fn tell(&self, told: impl FnOnce(&mut Collector)) {
        if let Way::Collecting(collector) = &self.way {
            told(&mut collector.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// A value whose kind is known.
    pub fn private<'a>(&self, value: &'a Private) -> Cow<'a, str> {
        self.tell(|met| met.private(value));
        match self.vault() {
            Some(vault) => Cow::Owned(vault.private(value)),
            None => Cow::Borrowed(value.original()),
        }
    }

    /// A sentence with private parts, in the language spoken.
    pub fn text(&self, text: &Text) -> String {
        let mut out = String::new();
        text.pieces(Words::current(), &mut |piece| match piece {
            Piece::Word(word) => {
                self.tell(|met| met.word(word));
                out.push_str(word);
            }
            Piece::Private(value) => out.push_str(&self.private(value)),
            Piece::Log(log) => out.push_str(&self.log(log)),
        });
        out
    }

    /// Text of the log as it stood: may hold anything.
    pub fn log<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.tell(|met| met.log(text));
        self.vault().map_or(Cow::Borrowed(text), |vault| vault.log(text))
    }

    /// The name of a file or member: may hold the name of a user.
    pub fn path<'a>(&self, path: &'a str) -> Cow<'a, str> {
        self.tell(|met| met.path(path));
        self.vault().map_or(Cow::Borrowed(path), |vault| vault.path(path))
    }

    /// May this finished output (for a picture: all text drawn) leave? Always, when originals are shown by choice.
    ///
    /// # Errors
    /// The first original that stands in it, in any spelling.
    pub fn prove(&self, output: &str) -> Result<(), Leak> {
        self.vault().map_or(Ok(()), |vault| vault.prove(output))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{PrivateKind, Segment};

    #[test]
    fn a_sentence_keeps_its_order() {
        let who = Private::new(PrivateKind::User, "anna");
        let text = Text(vec![Segment::Word("call to ".into()), Segment::Private(who), Segment::Log(" (486 Busy)".into())]);
        assert_eq!(Outlet::originals().text(&text), "call to anna (486 Busy)");
        assert!(!Outlet::originals().redacted());
        assert!(Outlet::originals().prove("anna").is_ok());
    }
}
