//! A comparison in words, the same for every form that people read. In: a [`Comparison`]. Out: [`Sheet`]: cleaned strings in one language.
//! Must not know a form.

use crate::analyse::Analysis;
use crate::base::{LogTime, SourceRef, Text, Zone, ZoneBasis};
use crate::compare::{Amount, Cell, Comparison, Group, Kind, MessageRow, Pair, Row, Scope, StrandRows, Which};
use crate::export::shared;
use crate::export::text::page::clean;
use crate::session::run::Which as RunName;
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Direction;
use crate::timeline::figures;

use super::Options;

/// Rows of messages shown of one conversation, unless all are asked for.
const MOST_ROWS: usize = 60;
/// Places of proof shown for one side of a row.
const MOST_PLACES: usize = 3;

/// The whole, in words.
pub struct Sheet {
    pub title: String,
    pub made: String,
    /// Name of the side, what it is.
    pub sides: [(String, String); 2],
    pub sentence: String,
    pub detail: String,
    pub remarks: Vec<String>,
    pub counts: String,
    pub aligned: String,
    pub differences: Vec<Line>,
    pub groups: Vec<(String, Vec<Line>)>,
    pub strands: Vec<Strand>,
    /// Heads and column names.
    pub heads: Heads,
}

/// Words of heads and columns.
pub struct Heads {
    pub part: &'static str,
    pub differences: &'static str,
    pub no_differences: &'static str,
    pub facts: &'static str,
    pub messages: &'static str,
    pub what: &'static str,
    pub amount: &'static str,
    pub proof: &'static str,
    pub a: &'static str,
    pub b: &'static str,
}

/// A row in words.
pub struct Line {
    /// Of which group, where it stands outside of it.
    pub area: String,
    pub what: String,
    pub left: Option<String>,
    pub right: Option<String>,
    /// `same`, `only A`, `+0.31 s`, `differs`.
    pub amount: String,
    pub kind: Kind,
    pub matters: bool,
    pub proof: [String; 2],
}

/// A conversation in words.
pub struct Strand {
    pub title: String,
    pub summary: String,
    pub rows: Vec<Message>,
    /// Place of the first of them among all of its rows.
    pub from: usize,
    /// How many more there are.
    pub beyond: String,
}

/// A row of messages in words.
pub struct Message {
    pub left: String,
    pub right: String,
    pub mark: String,
    pub kind: Kind,
}

struct Writer<'a> {
    comparison: &'a Comparison,
    sides: Pair<&'a Analysis>,
    options: &'a Options,
}

/// Says a comparison in words.
pub fn sheet(comparison: &Comparison, sides: Pair<&Analysis>, options: &Options) -> Sheet {
    let w = Writer { comparison, sides, options };
    let words = options.words;
    let names = sides.map(|a| clean(&options.outlet.path(&a.bundle.name)));
    let zone = match options.zone_s {
        0 => words.get("report.utc").to_owned(),
        offset_s => words.fill("report.utc_plus", &[("offset", &Zone { offset_s, basis: ZoneBasis::Given }.text())]),
    };
    let privacy = words.get(if options.outlet.redacted() { "report.redacted" } else { "report.not_redacted" });
    let made = [("app", words.get("app.name")), ("version", env!("CARGO_PKG_VERSION")), ("zone", &zone), ("privacy", privacy)];
    let counts = comparison.counts;
    let [matter, spread, other, same] =
        [counts.matter, counts.spread, counts.other, counts.same].map(|n| figures::count(n as u64));
    let count_values = [("matter", matter.as_str()), ("spread", &spread), ("other", &other), ("same", &same)];
    Sheet {
        title: words.fill("compare.title", &[("left", &names.left), ("right", &names.right)]),
        made: words.fill("report.made", &made),
        sides: [
            (words.get("compare.side_a").to_owned(), w.side(Which::Left, &names.left)),
            (words.get("compare.side_b").to_owned(), w.side(Which::Right, &names.right)),
        ],
        sentence: w.text(&comparison.sentence),
        detail: w.text(&comparison.detail),
        remarks: comparison.remarks.iter().map(|r| w.text(r)).collect(),
        counts: words.fill("compare.counts", &count_values),
        aligned: words.fill("compare.aligned", &[("anchor", &w.text(&comparison.zero.anchor.text()))]),
        differences: comparison.differences.iter().filter_map(|p| comparison.row(*p)).map(|(g, r)| w.line(g, r)).collect(),
        groups: comparison.groups.iter().map(|g| (w.group_name(g), g.rows.iter().map(|r| w.line(g, r)).collect())).collect(),
        strands: comparison.strands.iter().map(|s| w.strand(s)).collect(),
        heads: Heads {
            part: words.get("compare.head_part"),
            differences: words.get("compare.head_differences"),
            no_differences: words.get("compare.head_no_differences"),
            facts: words.get("compare.head_facts"),
            messages: words.get("compare.head_messages"),
            what: words.get("compare.head_what"),
            amount: words.get("compare.head_amount"),
            proof: words.get("report.where"),
            a: words.get("compare.side_a"),
            b: words.get("compare.side_b"),
        },
    }
}

impl Writer<'_> {
    fn text(&self, text: &Text) -> String {
        clean(&self.options.outlet.text(text))
    }

    fn get(&self, key: &'static str) -> String {
        self.options.words.get(key).to_owned()
    }

    /// `good.zip, run 1 (current), from … to …; 0 s is …`
    fn side(&self, which: Which, name: &str) -> String {
        let words = self.options.words;
        let facts = &self.sides.get(which).facts;
        let scope = *self.comparison.scopes.get(which);
        let scope = match scope {
            Scope::Run(run) => {
                let number = run.number().to_string();
                let which = match facts.runs.get(run.0 as usize).and_then(|r| r.which) {
                    Some(RunName::Current) => words.get("report.run_current"),
                    Some(RunName::Last) => words.get("report.run_last"),
                    None => "",
                };
                words.fill("compare.scope_run", &[("number", &number), ("which", which)])
            }
            Scope::Call(call) => words.fill("compare.scope_call", &[("number", &call.number().to_string())]),
            Scope::Registration(n) => words.fill("compare.scope_registration", &[("number", &n.saturating_add(1).to_string())]),
        };
        let zero = self.time(*self.comparison.zero.at.get(which));
        let values = [("name", name), ("scope", scope.trim_end()), ("zero", &zero)];
        words.fill("compare.side", &values)
    }

    fn time(&self, at: Option<LogTime>) -> String {
        let zone_s = self.options.zone_s;
        at.map_or_else(|| self.get("report.no_time"), |at| format!("{} {}", at.date(zone_s), at.clock(zone_s)))
    }

    fn group_name(&self, group: &Group) -> String {
        let area = self.options.words.get(group.area.key()).to_owned();
        let subject = self.text(&group.subject);
        if subject.is_empty() { area } else { format!("{area}: {subject}") }
    }

    fn line(&self, group: &Group, row: &Row) -> Line {
        Line {
            area: self.group_name(group),
            what: self.text(&row.what),
            left: row.cells.left.as_ref().map(|c| self.cell(c)),
            right: row.cells.right.as_ref().map(|c| self.cell(c)),
            amount: self.amount(row),
            kind: row.kind,
            matters: row.matters,
            proof: [
                row.cells.left.as_ref().map(|c| self.proof(Which::Left, c)).unwrap_or_default(),
                row.cells.right.as_ref().map(|c| self.proof(Which::Right, c)).unwrap_or_default(),
            ],
        }
    }

    /// The words, with the moment or the length where the row is about time.
    fn cell(&self, cell: &Cell) -> String {
        let text = self.text(&cell.text);
        match (cell.took_us, cell.elapsed_us) {
            (Some(us), None) => {
                let values = [("what", text.as_str()), ("time", &figures::duration(us))];
                self.options.words.fill("compare.took", &values)
            }
            (None, Some(us)) => self.options.words.fill("compare.at_time", &[("what", &text), ("time", &figures::duration(us))]),
            _ => text,
        }
    }

    fn amount(&self, row: &Row) -> String {
        let only = |key| self.get(key);
        match (row.kind, row.amount) {
            (Kind::OnlyLeft, _) => only("compare.only_a"),
            (Kind::OnlyRight, _) => only("compare.only_b"),
            (Kind::Same, _) => only("compare.same"),
            (_, Amount::Time(us)) if us > 0 => format!("+{}", figures::duration(us)),
            (_, Amount::Time(us)) => figures::duration(us),
            (_, Amount::Count(n)) if n > 0 => format!("+{n}"),
            (_, Amount::Count(n)) => n.to_string().replace('-', "−"),
            (_, Amount::None) => only("compare.differs"),
        }
    }

    fn proof(&self, which: Which, cell: &Cell) -> String {
        let mut seen: Vec<SourceRef> = Vec::new();
        for source in cell.evidence.iter().filter_map(|e| e.source) {
            if !seen.iter().any(|s| (s.member, s.line) == (source.member, source.line)) {
                seen.push(source);
            }
        }
        let mut parts: Vec<String> = Vec::new();
        for (number, source) in seen.iter().take(MOST_PLACES).enumerate() {
            // The member stands again only where it changes.
            let before = number.checked_sub(1).and_then(|n| seen.get(n));
            let same = before.is_some_and(|b| b.member == source.member);
            parts.push(if same { source.line.to_string() } else { self.place(which, *source) });
        }
        if seen.len() > MOST_PLACES {
            let more = (seen.len() - MOST_PLACES).to_string();
            parts.push(self.options.words.fill("compare.more_places", &[("n", &more)]));
        }
        if parts.is_empty() {
            parts.extend(cell.evidence.first().map(|e| self.text(&e.text)));
        }
        parts.join(", ")
    }

    fn place(&self, which: Which, source: SourceRef) -> String {
        let path = shared::member(self.sides.get(which), source.member).map_or("?", |m| m.path.as_str());
        clean(&format!("{}:{}", self.options.outlet.path(path), source.line))
    }

    fn strand(&self, strand: &StrandRows) -> Strand {
        let words = self.options.words;
        let (same, different) = strand.counts();
        let summary = match (&strand.kinds.left, &strand.kinds.right) {
            (Some(_), None) => words.fill("compare.strand_only_a", &[("n", &strand.rows.len().to_string())]),
            (None, Some(_)) => words.fill("compare.strand_only_b", &[("n", &strand.rows.len().to_string())]),
            _ => words.fill("compare.strand", &[("same", &same.to_string()), ("different", &different.to_string())]),
        };
        let both = strand.kinds.left.is_some() && strand.kinds.right.is_some();
        let wanted = self.options.messages || (both && different > 0);
        let most = if self.options.messages { usize::MAX } else { MOST_ROWS };
        // The first difference is always among those shown.
        let first = strand.rows.iter().position(|r| r.kind != Kind::Same).unwrap_or(0);
        let from = if self.options.messages || first < most / 2 { 0 } else { first - most / 2 };
        let shown = if wanted { strand.rows.iter().skip(from).take(most).collect() } else { Vec::new() };
        let beyond = if wanted { strand.rows.len() - shown.len() } else { 0 };
        let beyond = match beyond {
            0 => String::new(),
            n => words.fill("compare.more", &[("n", &n.saturating_add(1).to_string())]),
        };
        let rows = shown.into_iter().map(|row| self.message_row(row)).collect();
        Strand { title: self.text(&strand.name()), summary, rows, from, beyond }
    }

    fn message_row(&self, row: &MessageRow) -> Message {
        let side = |which: Which| row.messages.get(which).map(|id| self.message(which, id)).unwrap_or_default();
        let mark = match row.kind {
            Kind::OnlyLeft => self.get("compare.only_a"),
            Kind::OnlyRight => self.get("compare.only_b"),
            Kind::Same | Kind::Spread => "=".to_owned(),
            Kind::Changed => "≠".to_owned(),
        };
        let mark = if row.moved { self.options.words.fill("compare.moved", &[("mark", &mark)]) } else { mark };
        Message { left: side(Which::Left), right: side(Which::Right), mark, kind: row.kind }
    }

    /// `→ REGISTER with credentials`, `← 401 Unauthorized`.
    fn message(&self, which: Which, id: MessageId) -> String {
        let Some(logged) = self.sides.get(which).facts.message(id) else { return String::new() };
        let arrow = match logged.seen.direction {
            Direction::Sent => "→",
            Direction::Received => "←",
            Direction::Unknown => "?",
        };
        let what = clean(&self.options.outlet.log(&name(logged)));
        let mut out = format!("{arrow} {what}");
        if !logged.seen.message.credentials().is_empty() {
            out = self.options.words.fill("compare.authorised", &[("what", &out)]);
        }
        if logged.sent_before > 0 {
            out = self.options.words.fill("compare.again", &[("what", &out), ("n", &logged.sent_before.to_string())]);
        }
        out
    }
}

/// Method, or status and reason phrase.
fn name(logged: &LoggedMessage) -> String {
    let message = &logged.seen.message;
    let method = message.method().map(|m| m.as_str().to_owned()).unwrap_or_default();
    match message.status() {
        Some(status) => format!("{status} {} ({method})", message.reason()),
        None => method,
    }
}
