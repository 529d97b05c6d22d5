//! What could not be read, and where. In: the reading layers. Out: the coverage of report and window.
//!
//! Reading never fails as a whole: it returns what it got and a [`Notes`]. Every cap leaves a note.

use super::source::MemberId;

/// What kind of loss a note tells of. The words are those of the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// The checksum of a member does not fit its bytes.
    CrcMismatch,
    /// The bytes end before the member does.
    Truncated,
    /// The member is encrypted.
    Encrypted,
    /// Packed by a method that is not read here.
    UnsupportedMethod,
    /// Something damaged that was passed over.
    Damaged,
    /// A cap was reached.
    Limit,
    /// Bytes that are not text in the member's encoding.
    BadEncoding,
    /// Two members of one name; both kept.
    DuplicateName,
    /// A name that points outside the archive; read, never written.
    UnsafeName,
    /// A member without content.
    Empty,
    /// The file or folder could not be opened.
    Unreadable,
    /// Not a log or not text; kept as a name only.
    NotText,
    /// The clock of the log went back or jumped.
    ClockJump,
    /// Direction words in the log contradict the messages.
    DirectionMarker,
    /// SIP text that is malformed or cut off.
    Malformed,
    /// A data file (dialect, milestone, signature) with a fault.
    BadRule,
    /// Anything else worth telling.
    Other,
}

impl NoteKind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::CrcMismatch => "crc-mismatch",
            Self::Truncated => "truncated",
            Self::Encrypted => "encrypted",
            Self::UnsupportedMethod => "unsupported-method",
            Self::Damaged => "damaged",
            Self::Limit => "limit",
            Self::BadEncoding => "bad-encoding",
            Self::DuplicateName => "duplicate-name",
            Self::UnsafeName => "unsafe-name",
            Self::Empty => "empty",
            Self::Unreadable => "unreadable",
            Self::NotText => "not-text",
            Self::ClockJump => "clock-jump",
            Self::DirectionMarker => "direction-marker",
            Self::Malformed => "malformed",
            Self::BadRule => "bad-rule",
            Self::Other => "other",
        }
    }
}

/// One thing the reader should know about what was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What kind of loss.
    pub kind: NoteKind,
    /// The member; `None` for the bundle as a whole.
    pub member: Option<MemberId>,
    /// Line from 1, 0 when the note is about the member as a whole.
    pub line: u64,
    /// One short human sentence without a full stop, private data last.
    pub text: String,
}

/// At most this many notes of one kind are kept for a member; the rest is counted.
pub const NOTES_PER_KIND: usize = 20;

/// A list of notes that cannot grow without bound: per member and kind, the first [`NOTES_PER_KIND`] and a count of the rest.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    list: Vec<Note>,
    beyond: std::collections::BTreeMap<(Option<MemberId>, NoteKind), u64>,
}

impl Notes {
    /// No note yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a note, or counts it when there are many of its kind for its member.
    pub fn push(&mut self, kind: NoteKind, member: Option<MemberId>, line: u64, text: impl Into<String>) {
        let same = self.list.iter().filter(|n| n.kind == kind && n.member == member).take(NOTES_PER_KIND).count();
        if same >= NOTES_PER_KIND {
            *self.beyond.entry((member, kind)).or_default() += 1;
        } else {
            self.list.push(Note { kind, member, line, text: text.into() });
        }
    }

    /// Takes over the notes of `other`.
    pub fn append(&mut self, other: Self) {
        for note in other.list {
            self.push(note.kind, note.member, note.line, note.text);
        }
        for (key, count) in other.beyond {
            *self.beyond.entry(key).or_default() += count;
        }
    }

    /// Every note kept, then one line for each kind of which more were seen.
    pub fn all(&self) -> Vec<Note> {
        let more = self.beyond.iter().map(|((member, kind), count)| Note {
            kind: *kind,
            member: *member,
            line: 0,
            text: format!("{count} more of the kind {}", kind.word()),
        });
        self.list.iter().cloned().chain(more).collect()
    }

    /// The notes about one member, or about the bundle (`None`).
    pub fn of(&self, member: Option<MemberId>) -> Vec<Note> {
        self.all().into_iter().filter(|n| n.member == member).collect()
    }

    /// Is there nothing to tell?
    pub fn is_empty(&self) -> bool {
        self.list.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_notes_are_counted_not_lost() {
        let mut notes = Notes::new();
        for line in 0..50 {
            notes.push(NoteKind::BadEncoding, Some(MemberId(1)), line, "stray byte");
        }
        let all = notes.all();
        assert_eq!(all.len(), NOTES_PER_KIND + 1);
        assert!(all.last().unwrap().text.starts_with("30 more"));
    }
}
