//! The members of one input, archives inside archives opened. In: a [`Candidate`] for the input. Out: [`Gathered`].
//! Must not know how inputs belong together, nor what members say beyond their role.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use super::limits::{MAX_ARCHIVES, MAX_DEPTH, MAX_HELD_BYTES, MAX_LOOSE_HELD_BYTES, MAX_MEMBERS, Pool};
use super::magic::{Container, container, is_text};
use super::names::{is_system_file, promises_archive, shown, without_gz};
use super::reader::{Packing, Place, Raw, plain};
use super::span::{Backing, Span, Window, le32, read_full};
use super::{Member, Role, RoleBasis, Trouble, sniff, tar, text, zip};
use crate::base::{MemberId, Note, NoteKind, Progress};

/// What is read of each member to tell what it is.
const SNIFF_BYTES: usize = 64 << 10;
/// What is unpacked between two looks at the cancel flag.
const HOLD_BYTES: usize = 256 << 10;

/// Something that may be a member or hold members.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    /// Where it is, as shown.
    pub(crate) path: String,
    /// The input itself: what is inside has paths without its name.
    pub(crate) root: bool,
    /// How many archives it is in, itself counted.
    pub(crate) depth: usize,
    /// Its packed bytes.
    pub(crate) span: Span,
    /// How they are packed.
    pub(crate) packing: Packing,
    /// Checksum and length, where told.
    pub(crate) crc: Option<u32>,
    /// Unpacked length, where told.
    pub(crate) declared: Option<u64>,
    /// See [`Member::modified_s`].
    pub(crate) modified_s: Option<i64>,
    /// Bytes of the input for one packed byte, at most 1.
    pub(crate) worth: f64,
    /// Why it can't be read.
    pub(crate) trouble: Option<Trouble>,
}

impl Candidate {
    /// A file as it is, not inside anything.
    pub(crate) fn plain(path: String, root: bool, span: Span, modified_s: Option<i64>) -> Self {
        let declared = Some(span.len());
        let packing = Packing::Stored;
        Self { path, root, depth: 1, span, packing, crc: None, declared, modified_s, worth: 1.0, trouble: None }
    }

    fn inside(&self, name: &str) -> String {
        if self.root { name.to_owned() } else { format!("{}!/{name}", self.path) }
    }
}

/// What was found in one input.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    /// Members; ids count from 0.
    pub(crate) members: Vec<Member>,
    /// Where their bytes are, one for each member; `None` where nothing can be read.
    pub(crate) places: Vec<Option<Place>>,
    /// Notes with those ids.
    pub(crate) notes: Vec<Note>,
    /// Archives that were opened, the input itself counted.
    pub(crate) archives: usize,
}

/// Collects the members of one input.
pub(crate) struct Gather<'p> {
    progress: &'p Progress,
    out: Gathered,
    names: BTreeSet<String>,
    pool: Pool,
    held_left: u64,
    loose_left: u64,
    full: bool,
    backslashes: u64,
}

impl<'p> Gather<'p> {
    pub(crate) fn new(progress: &'p Progress) -> Self {
        let out = Gathered::default();
        Self {
            progress,
            out,
            names: BTreeSet::new(),
            pool: Pool::default(),
            held_left: MAX_HELD_BYTES,
            loose_left: MAX_LOOSE_HELD_BYTES,
            full: false,
            backslashes: 0,
        }
    }

    /// Everything found.
    pub(crate) fn finish(mut self) -> Gathered {
        if self.backslashes > 0 {
            let text = format!("{} names have backslashes between folders; they are shown with slashes", self.backslashes);
            self.note(NoteKind::UnsafeName, None, text);
        }
        self.out
    }

    /// A note about the input as a whole.
    pub(crate) fn note_whole(&mut self, kind: NoteKind, text: impl Into<String>) {
        self.note(kind, None, text);
    }

    fn note(&mut self, kind: NoteKind, member: Option<MemberId>, text: impl Into<String>) {
        self.out.notes.push(Note { kind, member, line: 0, text: text.into() });
    }

    /// A note about an archive: by its path when it is not the input itself.
    fn note_archive(&mut self, of: &Candidate, kind: NoteKind, text: String) {
        let text = if of.root { text } else { format!("{text}: {}", of.path) };
        self.note(kind, None, text);
    }

    /// Takes a candidate: opens it when it is an archive, else makes it a member.
    pub(crate) fn add(&mut self, of: Candidate) {
        if self.progress.is_cancelled() || is_system_file(&of.path) {
            return;
        }
        if self.out.members.len() >= MAX_MEMBERS {
            if !std::mem::replace(&mut self.full, true) {
                self.note(NoteKind::Limit, None, format!("There are more files than are read; the first {MAX_MEMBERS} were"));
            }
            return;
        }
        if let Some((kind, text)) = of.trouble.clone() {
            self.unread(&of, kind, text);
            return;
        }
        let declared = if of.packing == Packing::Stored { 0 } else { of.declared.unwrap_or(u64::MAX) };
        let cap = self.pool.cap(of.span.len(), declared, of.worth);
        let place = Place { span: of.span.clone(), packing: of.packing, crc: of.crc, declared: of.declared, cap };
        let mut prefix = vec![0; SNIFF_BYTES];
        let opened = Raw::open(&place).and_then(|mut raw| read_full(&mut raw, &mut prefix).map(|got| (raw, got)));
        let (raw, got) = match opened {
            Ok(opened) => opened,
            Err(e) => {
                self.unread(&of, NoteKind::Unreadable, format!("The file could not be read: {}", plain(&e)));
                return;
            }
        };
        prefix.truncate(got);
        match container(&prefix) {
            Some(Container::Unread(name)) => {
                let text = format!("A {name} archive, which is not read here; unpack it and open the folder");
                self.unread(&of, NoteKind::UnsupportedMethod, text);
            }
            Some(kind) => self.open_archive(&of, &place, raw, prefix, kind),
            None if of.path.to_ascii_lowercase().ends_with(".zip") || of.root => match zip::has_directory(&of.span) {
                // Something stands before the archive: a self-extractor, a mail header.
                Ok(true) if of.packing == Packing::Stored => {
                    self.note_archive(&of, NoteKind::Other, "Bytes before the archive were passed over".to_owned());
                    self.open_archive(&of, &place, raw, prefix, Container::Zip);
                }
                _ => self.member(&of, place, &raw, &prefix),
            },
            None => self.member(&of, place, &raw, &prefix),
        }
    }

    fn open_archive(&mut self, of: &Candidate, place: &Place, raw: Raw, prefix: Vec<u8>, kind: Container) {
        if of.depth > MAX_DEPTH {
            self.unread(of, NoteKind::Limit, format!("Archives inside archives are opened {MAX_DEPTH} deep; this one is deeper"));
            return;
        }
        if self.out.archives >= MAX_ARCHIVES {
            self.unread(of, NoteKind::Limit, format!("At most {MAX_ARCHIVES} archives are opened; this one was left closed"));
            return;
        }
        self.out.archives += 1;
        self.progress.set_what(&of.path);
        // Bytes that lie as they are in the input are read in place; others must be unpacked and held.
        let (span, worth) = match place.packing {
            Packing::Stored => (place.span.clone(), of.worth),
            Packing::Deflate | Packing::Gzip => self.hold(of, raw, prefix),
        };
        let opened = match kind {
            Container::Zip => self.open_zip(of, &span, worth),
            Container::Tar => self.open_tar(of, &span, worth),
            Container::Gzip | Container::Unread(_) => self.open_gzip(of, span, worth),
        };
        if let Err(e) = opened {
            self.unread(of, NoteKind::Unreadable, format!("The archive could not be read: {}", plain(&e)));
        }
    }

    /// Unpacks an archive as a whole, as far as there is room; the bytes and what each is worth.
    fn hold(&mut self, of: &Candidate, mut raw: Raw, mut bytes: Vec<u8>) -> (Span, f64) {
        let mut chunk = vec![0; HOLD_BYTES];
        loop {
            let got = raw.next(&mut chunk);
            if got == 0 || self.progress.is_cancelled() {
                break;
            }
            if bytes.len() as u64 + got as u64 > self.held_left || raw.loose() > self.loose_left {
                let text = format!(
                    "Only the first {} bytes of the packed archive were taken into memory; unpack it and open the folder",
                    bytes.len()
                );
                self.note_archive(of, NoteKind::Limit, text);
                break;
            }
            bytes.extend_from_slice(chunk.get(..got).unwrap_or_default());
            self.progress.add_total(got as u64);
            self.progress.advance(got as u64);
        }
        for (kind, text) in raw.troubles() {
            self.note_archive(of, *kind, text.clone());
        }
        bytes.shrink_to_fit();
        self.held_left = self.held_left.saturating_sub(bytes.len() as u64);
        self.loose_left = self.loose_left.saturating_sub(raw.loose());
        #[expect(clippy::cast_precision_loss, reason = "a ratio of sizes")]
        let worth = (of.span.len() as f64 * of.worth / (bytes.len().max(1) as f64)).min(1.0);
        (Span::of_memory(Backing::Unpacked(Arc::new(bytes))), worth)
    }

    fn open_zip(&mut self, of: &Candidate, span: &Span, worth: f64) -> io::Result<()> {
        let walked = zip::walk(span, MAX_MEMBERS.saturating_sub(self.out.members.len()), self.progress)?;
        for (kind, text) in walked.notes {
            self.note_archive(of, kind, text);
        }
        if walked.entries.is_empty() {
            self.note_archive(of, NoteKind::Empty, "The archive holds no file".to_owned());
        }
        for entry in walked.entries {
            let path = self.name(of, &entry.header.name);
            self.add(Candidate {
                path,
                root: false,
                depth: of.depth + 1,
                packing: entry.packing(),
                crc: entry.checked.then_some(entry.header.crc),
                declared: entry.checked.then_some(entry.header.unpacked),
                span: entry.data,
                modified_s: entry.header.modified_s,
                worth,
                trouble: entry.trouble,
            });
        }
        Ok(())
    }

    fn open_tar(&mut self, of: &Candidate, span: &Span, worth: f64) -> io::Result<()> {
        let (entries, notes) = tar::walk(span, MAX_MEMBERS.saturating_sub(self.out.members.len()), self.progress)?;
        for (kind, text) in notes {
            self.note_archive(of, kind, text);
        }
        if entries.is_empty() {
            self.note_archive(of, NoteKind::Empty, "The archive holds no file".to_owned());
        }
        for entry in entries {
            let path = self.name(of, &entry.name);
            let (depth, declared) = (of.depth + 1, Some(entry.bytes));
            let plain = Candidate::plain(path, false, entry.data, entry.modified_s);
            self.add(Candidate { depth, declared, worth, trouble: entry.trouble, ..plain });
        }
        Ok(())
    }

    /// A gzip file holds one file, which may be a tar; it has the archive's name without `.gz`.
    fn open_gzip(&mut self, of: &Candidate, span: Span, worth: f64) -> io::Result<()> {
        let mut window = Window::new(&span)?;
        // RFC 1952: the last four bytes are the length modulo 2^32, of the last stream; only used to share out the pool and for progress.
        let told = window.bytes(window.len().saturating_sub(4), 4)?.map_or(0, |b| u64::from(le32(b, 0)));
        let declared = told.min(span.len().saturating_mul(1_100));
        let inner = Candidate {
            path: without_gz(&of.path),
            depth: of.depth + 1,
            span,
            packing: Packing::Gzip,
            crc: None,
            declared: Some(declared),
            worth,
            ..of.clone()
        };
        self.out.archives -= 1;
        self.add(inner);
        Ok(())
    }

    /// The path of a file inside an archive, with notes on names that are not what they should be.
    fn name(&mut self, of: &Candidate, name: &str) -> String {
        let id = Some(MemberId(u32::try_from(self.out.members.len()).unwrap_or(u32::MAX)));
        let shown = shown(name.trim_end_matches(['/', '\\']));
        let path = shown.as_ref().map_or("unnamed", |s| s.path.as_str());
        if !is_system_file(path) && self.out.members.len() < MAX_MEMBERS {
            self.backslashes += u64::from(shown.as_ref().is_some_and(|s| s.backslashes));
            if shown.as_ref().is_none_or(|s| s.unsafe_name) {
                let text = "Its name in the archive points elsewhere or holds misleading characters; it is shown without them";
                self.note(NoteKind::UnsafeName, id, text);
            }
        }
        of.inside(path)
    }

    /// A member that can be read.
    fn member(&mut self, of: &Candidate, place: Place, raw: &Raw, prefix: &[u8]) {
        let decoded = text::decode_prefix(prefix);
        let (role, basis) = sniff::role(&of.path, &decoded);
        let readable = is_text(&decoded);
        let id = self.push(of, role, basis, readable, Some(place));
        if promises_archive(&of.path) && !prefix.is_empty() {
            let text = "Its name is that of an archive, but it is none: perhaps a page that was saved instead of the download";
            self.note(NoteKind::Damaged, Some(id), text);
        }
        if prefix.is_empty() && raw.troubles().is_empty() {
            self.note(NoteKind::Empty, Some(id), "The file is empty");
        } else if !readable && role != Role::Environment {
            self.note(NoteKind::NotText, Some(id), "Not text; only its name is listed");
        }
        if readable {
            self.progress.add_total(of.declared.unwrap_or(of.span.len()));
        }
    }

    /// A member of which nothing can be read, and why.
    fn unread(&mut self, of: &Candidate, kind: NoteKind, text: String) {
        let role = sniff::by_path(&of.path);
        let basis = if role.is_some() { RoleBasis::Path } else { RoleBasis::Content };
        let id = self.push(of, role.unwrap_or(Role::Other), basis, false, None);
        self.note(kind, Some(id), text);
    }

    fn push(&mut self, of: &Candidate, role: Role, role_basis: RoleBasis, is_text: bool, place: Option<Place>) -> MemberId {
        let id = MemberId(u32::try_from(self.out.members.len()).unwrap_or(u32::MAX));
        if !self.names.insert(of.path.clone()) {
            self.note(NoteKind::DuplicateName, Some(id), "Another file of the archive has the same name; both were kept");
        }
        let declared_bytes = of.declared.unwrap_or(of.span.len());
        let modified_s = of.modified_s;
        self.out.members.push(Member {
            id,
            path: of.path.clone(),
            declared_bytes,
            role,
            role_basis,
            is_text,
            input: None,
            modified_s,
        });
        self.out.places.push(place);
        id
    }
}
