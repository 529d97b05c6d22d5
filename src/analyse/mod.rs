//! Layer 7: the whole way in one function, with progress and cancel. In: inputs. Out: [`Analysis`], never changed after.
//!
//! Each member is read once, by one worker, with every probe looking on; then the members are joined in member order, zones are
//! decided, and what needs several messages or members is told.

use std::path::Path;
use std::sync::{Arc, OnceLock};

pub use crate::base::progress::Progress;
use crate::base::rules::{self, Fault, RuleFile, RuleKind};
use crate::base::{LogTime, MemberId, Note, Notes, Zone};
use crate::bundle::{self, Bundle, Input, Role};
use crate::findings::case::Case;
use crate::findings::{Catalogue, Finding, NotRaised};
use crate::records::dialect::Dialects;
use crate::records::index::Index;
use crate::records::lines::LineSet;
use crate::session::case;
use crate::session::environment::Environment;
use crate::session::media_log_probe::MediaSearch;
use crate::session::milestone::{self, Milestone};
use crate::session::tables::Tables;
use crate::session::{Facts, RunId};

mod configs;
mod environment;
mod join;
mod media;
mod read;

/// What the user may set.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Zone of logs that print none, in seconds east of UTC; `None`: find out.
    pub zone_s: Option<i32>,
    /// Folder with the user's own dialects, milestones and signatures.
    pub rules: Option<std::path::PathBuf>,
    /// A signature at hand, tried together with all others.
    pub signature: Option<RuleFile>,
}

/// What reading one member gave.
#[derive(Clone, Debug)]
pub struct MemberReport {
    /// The member.
    pub id: MemberId,
    /// Name of the dialect most of its records are in.
    pub dialect: Option<String>,
    /// Bytes really read.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// Records.
    pub records: u64,
    /// Lines before the first head, or in no known form.
    pub unrecognised_lines: u64,
    /// First time.
    pub first: Option<LogTime>,
    /// Last time.
    pub last: Option<LogTime>,
    /// Its zone.
    pub zone: Zone,
    /// SIP messages found in it.
    pub sip_messages: u64,
    /// What could not be read.
    pub notes: Vec<Note>,
}

/// Everything known about one bundle.
#[derive(Debug)]
pub struct Analysis {
    /// The members and where their bytes are.
    pub bundle: Arc<Bundle>,
    /// What reading gave, in member order.
    pub members: Vec<MemberReport>,
    /// The index of every member, in member order: where each record is.
    pub index: Vec<Index>,
    /// What the records were read with: heads are read again when their texts are shown.
    pub dialects: Arc<Dialects>,
    /// What happened.
    pub facts: Facts,
    /// The run whose verdict is the bundle's: the newest that reached any stage.
    pub verdict_run: Option<RunId>,
    /// `ced.dat`.
    pub environment: Environment,
    /// What is wrong, worst first.
    pub findings: Vec<Finding>,
    /// What a support case needs, and what of it is here.
    pub case: Case,
    /// Signatures that could not be tried, because nothing they need is in the bundle: ID and what it needs.
    pub not_tried: Vec<(String, Vec<&'static str>)>,
    /// Every signature that is no finding, and which of its conditions failed.
    pub not_raised: Vec<NotRaised>,
    /// Roles that a good bundle has and this one has not.
    pub missing: Vec<Role>,
    /// Notes about the bundle as a whole.
    pub notes: Notes,
    /// For the report that a user can send when a log looks new: masked shapes of lines that no dialect took, with counts.
    pub shapes: Vec<(MemberId, String, u64)>,
}

impl Analysis {
    /// Of an input that could not be opened: nothing is known of it but its name.
    pub fn unread(name: &str) -> Self {
        let bundle = Bundle { name: name.to_owned(), ..Bundle::default() };
        Self {
            bundle: Arc::new(bundle),
            members: Vec::new(),
            index: Vec::new(),
            dialects: Arc::default(),
            facts: Facts::default(),
            verdict_run: None,
            environment: Environment::default(),
            findings: Vec::new(),
            case: Case::default(),
            not_tried: Vec::new(),
            not_raised: Vec::new(),
            missing: Vec::new(),
            notes: Notes::new(),
            shapes: Vec::new(),
        }
    }
}

/// Why nothing could be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// An input can't be opened.
    #[error(transparent)]
    Input(#[from] bundle::OpenError),
    /// The user cancelled.
    #[error("Opening was cancelled")]
    Cancelled,
}

/// The data files, loaded once for all bundles.
struct Rules {
    dialects: Arc<Dialects>,
    milestones: Vec<Milestone>,
    catalogue: Arc<Catalogue>,
    /// Rows of the milestones first, then those of the catalogue, then those of identifiers for the case: one search for all.
    lines: Arc<LineSet>,
    /// The first row of the identifiers.
    case_from: usize,
    tables: Tables,
    media: Arc<MediaSearch>,
    notes: Notes,
    book: Arc<RuleBook>,
}

/// What the rules in force are: for the look-up and for those who write their own.
#[derive(Debug)]
pub struct RuleBook {
    /// Every signature.
    pub catalogue: Arc<Catalogue>,
    /// Files of the user's that were read: kind and path.
    pub own: Vec<(RuleKind, String)>,
    /// What is wrong with files.
    pub faults: Vec<Fault>,
}

/// Reads the rules: those of the program and of the user's folder, if it is there.
pub fn rule_book(folder: Option<&Path>) -> Arc<RuleBook> {
    let options = Options { rules: folder.map(Path::to_path_buf), ..Options::default() };
    Arc::clone(&Rules::of(&options).book)
}

impl Rules {
    /// Those of the program alone are made once; with a folder of the user's everything is read again, so that an edit counts at once.
    fn of(options: &Options) -> Arc<Self> {
        static EMBEDDED: OnceLock<Arc<Rules>> = OnceLock::new();
        let folder = options.rules.as_deref().filter(|folder| folder.is_dir());
        if folder.is_none() && options.signature.is_none() {
            return Arc::clone(EMBEDDED.get_or_init(|| Arc::new(Self::load(None, None))));
        }
        Arc::new(Self::load(folder, options.signature.as_ref()))
    }

    fn load(folder: Option<&Path>, extra: Option<&RuleFile>) -> Self {
        let mut faults = Vec::new();
        let mut own = Vec::new();
        let mut files = |kind: RuleKind, faults: &mut Vec<Fault>| {
            let files = rules::read(kind, folder, faults);
            own.extend(files.iter().filter(|f| !f.embedded).map(|f| (kind, f.path.clone())));
            files
        };
        let dialects = Arc::new(Dialects::read(&files(RuleKind::Dialect, &mut faults), &mut faults));
        let (milestones, mut lines) = milestone::read(&files(RuleKind::Milestone, &mut faults), &mut faults);
        let tables = Tables::read(&files(RuleKind::Code, &mut faults), &mut faults);
        let mut signatures = files(RuleKind::Signature, &mut faults);
        if let Some(extra) = extra {
            // The one at hand stands in the place of a file of its name.
            signatures.retain(|f| f.embedded || f.path.rsplit('/').next() != extra.path.rsplit('/').next());
            signatures.push(extra.clone());
        }
        let mut catalogue = Catalogue::read(&signatures, &mut faults);
        lines.append(&mut catalogue.take_rules());
        let case_from = lines.len();
        lines.append(&mut case::rules());
        let catalogue = Arc::new(catalogue);
        let mut notes = Notes::new();
        rules::tell(&faults, &mut notes);
        let book = Arc::new(RuleBook { catalogue: Arc::clone(&catalogue), own, faults });
        let (lines, media) = (Arc::new(LineSet::new(lines)), Arc::new(MediaSearch::new(&tables)));
        Self { dialects, milestones, catalogue, lines, case_from, tables, media, notes, book }
    }
}

/// Opens and reads inputs: one analysis for each client bundle, companions joined to it (report-v1, "Exit status").
///
/// # Errors
/// When an input can't be opened at all, or on cancel. What is inside and can't be read becomes a note instead.
pub fn analyse(inputs: &[Input], options: &Options, progress: &Progress) -> Result<Vec<Arc<Analysis>>, OpenError> {
    let rules = Rules::of(options);
    let bundles = bundle::open(inputs, progress)?;
    let mut all = Vec::with_capacity(bundles.len());
    for bundle in bundles {
        all.push(Arc::new(analyse_bundle(bundle, options, &rules, progress)?));
    }
    Ok(all)
}

fn analyse_bundle(bundle: Bundle, options: &Options, rules: &Rules, progress: &Progress) -> Result<Analysis, OpenError> {
    let parts = read::read_members(&bundle, rules, progress);
    if progress.is_cancelled() {
        return Err(OpenError::Cancelled);
    }
    let mut notes = bundle.notes.clone();
    notes.append(rules.notes.clone());
    Ok(join::join(bundle, parts, options, rules, notes))
}
