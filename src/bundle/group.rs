//! Which inputs belong together (report-v1, "Exit status"). In: opened inputs. Out: [`Bundle`]s. Must not know how inputs are opened.
//!
//! A `ced.dat`, device configuration or server log beside exactly one client bundle joins it. Two or more client bundles stay apart in the
//! order given; then only `--with` joins a companion to one of them, and one that nobody claimed stands alone with a note.

use std::path::PathBuf;

use super::gather::Gathered;
use super::names::file_name;
use super::open::OpenError;
use super::{Bundle, Input, Observer, Role};
use crate::base::{MemberId, Note, NoteKind};

/// How the user wants inputs grouped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grouping {
    /// Every input stands alone (`--separate`).
    pub separate: bool,
    /// `--with BUNDLE=FILE`: a further input that joins the bundle given by the path or file name before the `=`.
    pub with: Vec<(String, PathBuf)>,
}

/// One input, opened.
#[derive(Debug)]
pub(crate) struct Opened {
    pub(crate) name: String,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) gathered: Gathered,
}

impl Opened {
    /// Does it hold only what belongs beside a client's logs?
    fn is_companion(&self) -> bool {
        let client = |role: Role| matches!(role, Role::Startup | Role::Bwc | Role::Media | Role::Uclogin | Role::Vdi);
        let beside = |role: Role| {
            matches!(role, Role::Environment | Role::DeviceConfig | Role::Diagnostics) || role.observer() == Observer::Server
        };
        let members = &self.gathered.members;
        members.iter().any(|m| beside(m.role)) && !members.iter().any(|m| client(m.role))
    }
}

/// Joins what belongs together. `more` opens the files that only `--with` names.
pub(crate) fn group(
    inputs: &[Input],
    opened: Vec<Opened>,
    grouping: &Grouping,
    more: impl Fn(&Input) -> Result<Opened, OpenError>,
) -> Result<Vec<Bundle>, OpenError> {
    let mut slots: Vec<Option<Opened>> = opened.into_iter().map(Some).collect();
    let mut joined: Vec<Vec<Opened>> = slots.iter().map(|_| Vec::new()).collect();
    for (bundle, file) in &grouping.with {
        let own = |input: &Input, told: &str| match input {
            Input::Path(path) => path.to_string_lossy() == told || path.file_name().is_some_and(|n| n.to_string_lossy() == told),
            Input::Memory { name, .. } => name == told || file_name(name) == told,
            Input::Stdin => told == "-",
        };
        let target = inputs.iter().position(|input| own(input, bundle));
        let Some(list) = target.and_then(|index| joined.get_mut(index)) else {
            return Err(OpenError::NoSuchBundle { path: bundle.clone() });
        };
        // A file that was given as an input too is moved, not read twice.
        let given = inputs
            .iter()
            .position(|input| matches!(input, Input::Path(path) if path == file))
            .filter(|index| Some(*index) != target);
        let taken = given.and_then(|index| slots.get_mut(index)).and_then(Option::take);
        list.push(match taken {
            Some(taken) => taken,
            None => more(&Input::Path(file.clone()))?,
        });
    }
    let clients = slots.iter().flatten().filter(|o| !o.is_companion()).count();
    let beside = !grouping.separate && clients == 1;
    if beside && let Some(main) = slots.iter().position(|o| o.as_ref().is_some_and(|o| !o.is_companion())) {
        for (index, slot) in slots.iter_mut().enumerate() {
            if index != main
                && let (Some(companion), Some(list)) = (slot.take(), joined.get_mut(main))
            {
                list.push(companion);
            }
        }
    }
    let unclaimed = !grouping.separate && clients > 1;
    let mut bundles = Vec::new();
    for (main, companions) in slots.into_iter().zip(joined) {
        // A bundle that was itself moved to another takes what joined it along.
        if main.is_none() && companions.is_empty() {
            continue;
        }
        let alone = unclaimed && main.as_ref().is_some_and(Opened::is_companion) && companions.is_empty();
        let mut bundle = join(main.into_iter().chain(companions).collect());
        if alone {
            let text =
                "It stands alone because several client bundles were given; say with --with BUNDLE=FILE which one it belongs to";
            bundle.notes.push(NoteKind::Other, None, 0, text);
        }
        bundles.push(bundle);
    }
    Ok(bundles)
}

/// One bundle of one or more inputs, the first giving its name.
fn join(inputs: Vec<Opened>) -> Bundle {
    let several = inputs.len() > 1;
    let mut bundle = Bundle::default();
    for input in inputs {
        let shift = u32::try_from(bundle.members.len()).unwrap_or(u32::MAX);
        let moved = |id: MemberId| MemberId(id.0.saturating_add(shift));
        if bundle.name.is_empty() {
            bundle.name.clone_from(&input.name);
            bundle.sha256 = if several { String::new() } else { input.sha256 };
        }
        bundle.bytes += input.bytes;
        for mut member in input.gathered.members {
            member.id = moved(member.id);
            member.input = several.then(|| input.name.clone());
            bundle.members.push(member);
        }
        bundle.places.extend(input.gathered.places);
        for Note { kind, member, line, text } in input.gathered.notes {
            let text = if several && member.is_none() { format!("{text}: {}", input.name) } else { text };
            bundle.notes.push(kind, member.map(moved), line, text);
        }
    }
    bundle
}
