//! The order of all records and what stands out in it. In: a document, on a job's thread. Out: [`LogBook`], never changed after, and
//! [`Rows`]: the records that pass a filter, as rows.

use std::sync::Arc;

use super::state::Spot;
use crate::base::{LogTime, MemberId, SourceRef};
use crate::export::Outlet;
use crate::records::merge::Merged;
use crate::records::search::places::Filling;
use crate::records::search::{CallParts, Fault, Filter, Names, Places, Plan};
use crate::records::{Entry, Level};
use crate::session::MessageId;
use crate::ui::Document;

/// The order of all records of a document.
#[derive(Debug)]
pub struct LogBook {
    /// The document.
    pub document: Arc<Document>,
    /// The order.
    pub merged: Merged,
    /// One member after the other instead of by time.
    pub by_member: bool,
    /// Records of the level error.
    pub errors: Places,
    /// Records that prove a finding: place, and the finding's.
    pub findings: Vec<(usize, usize)>,
    /// Records that hold a SIP message.
    pub messages: Vec<(usize, MessageId)>,
    /// The first place at or after each edge of the overview's columns.
    pub edges: Vec<usize>,
    /// Short names of members, and the series colour of each.
    labels: Vec<(String, u8)>,
}

impl LogBook {
    /// Puts the records in order. Takes time on large bundles: for job threads.
    pub fn new(document: Arc<Document>, by_member: bool) -> Self {
        let index: Vec<_> = document.analysis.index.iter().collect();
        let merged = if by_member { Merged::by_member(&index) } else { Merged::new(&index) };
        let errors = Filling::new(merged.len());
        for (member, index) in index.iter().enumerate() {
            for (first, place, count) in merged.parts_of(member) {
                let bad = index.from(first).take(count).enumerate().filter(|(_, (entry, _))| entry.level == Level::Error);
                bad.for_each(|(n, _)| errors.add(place + n));
            }
        }
        let labels = labels(&document);
        let mut book = Self {
            merged,
            by_member,
            errors: errors.places(),
            findings: Vec::new(),
            messages: Vec::new(),
            edges: Vec::new(),
            labels,
            document,
        };
        let facts = &book.document.analysis.facts;
        let place = |source: SourceRef| book.place(book.spot_of(source)?);
        let mut messages: Vec<_> =
            (0u32..).map(MessageId).zip(&facts.messages).filter_map(|(id, m)| Some((place(m.source)?, id))).collect();
        messages.sort_unstable();
        let all = book.document.analysis.findings.iter().enumerate();
        let mut findings: Vec<_> = all
            .flat_map(|(number, f)| f.evidence.iter().filter_map(|e| e.source).map(move |s| (s, number)))
            .filter_map(|(source, number)| Some((place(source)?, number)))
            .collect();
        findings.sort_unstable();
        findings.dedup();
        let density = &book.document.survey;
        let edges = density.extent.filter(|_| !by_member).map(|extent| {
            let count = density.columns.len().max(1);
            let edge = |n: usize| extent.start_us + (extent.length_us() as f64 * n as f64 / count as f64) as i64;
            (0..=count).map(|n| if n == count { book.merged.len() } else { book.at_or_after(LogTime(edge(n))) }).collect()
        });
        let edges = edges.unwrap_or_default();
        (book.messages, book.findings, book.edges) = (messages, findings, edges);
        book
    }

    /// The record that holds a line.
    pub fn spot_of(&self, source: SourceRef) -> Option<Spot> {
        let member = source.member.index();
        Spot::new((member, self.document.analysis.index.get(member)?.of_line(source.line)?))
    }

    /// The record at a place.
    pub fn spot(&self, place: usize) -> Option<Spot> {
        Spot::new(self.merged.get(place)?)
    }

    /// Where a record stands.
    pub fn place(&self, spot: Spot) -> Option<usize> {
        let (member, number) = spot.places();
        self.merged.place(member, number)
    }

    /// What the index knows of a record.
    pub fn entry(&self, spot: Spot) -> Option<Entry> {
        let (member, number) = spot.places();
        self.document.analysis.index.get(member)?.get(number)
    }

    /// The time that puts a record in order.
    pub fn time(&self, spot: Spot) -> Option<LogTime> {
        let (member, number) = spot.places();
        self.document.analysis.index.get(member)?.order_time(number)
    }

    /// The first place at or after a time; where a clock ran backwards, one near it.
    pub fn at_or_after(&self, time: LogTime) -> usize {
        let before = |place: usize| self.spot(place).and_then(|spot| self.time(spot)).is_none_or(|t| t < time);
        let (mut low, mut high) = (0, self.merged.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if before(middle) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// Where the text of a record begins, and how long it is in bytes.
    pub fn extent(&self, spot: Spot) -> Option<(u64, u64)> {
        let (member, number) = spot.places();
        let index = self.document.analysis.index.get(member)?;
        let from = index.get(number)?.offset;
        let report = self.document.analysis.members.iter().find(|r| r.id.index() == member);
        let to = index.get(number + 1).map(|next| next.offset).or(report.map(|r| r.bytes));
        Some((from, to.unwrap_or(from).saturating_sub(from)))
    }

    /// `member:line` as other programs understand it.
    pub fn reference(&self, spot: Spot) -> String {
        let line = self.entry(spot).map_or(0, |e| e.line);
        format!("{}:{line}", self.document.member_path(MemberId(spot.member)))
    }

    /// A record as the proof of something.
    pub fn source(&self, spot: Spot) -> Option<SourceRef> {
        let (offset, bytes) = self.extent(spot)?;
        let line = self.entry(spot)?.line;
        Some(SourceRef { member: MemberId(spot.member), line, offset, bytes: u32::try_from(bytes).unwrap_or(u32::MAX) })
    }

    /// The findings that a record proves.
    pub fn findings_at(&self, place: usize) -> impl Iterator<Item = usize> + '_ {
        let from = self.findings.partition_point(|(p, _)| *p < place);
        self.findings.get(from..).unwrap_or_default().iter().take_while(move |(p, _)| *p == place).map(|(_, finding)| *finding)
    }

    /// The first SIP message in a record.
    pub fn message_at(&self, place: usize) -> Option<MessageId> {
        let from = self.messages.partition_point(|(p, _)| *p < place);
        self.messages.get(from).filter(|(p, _)| *p == place).map(|(_, id)| *id)
    }

    /// Short name of a member, as values are shown now, and the number of its colour.
    pub fn label(&self, member: u32) -> (String, u8) {
        let label = self.labels.get(member as usize);
        label.map_or((String::new(), 1), |(name, colour)| (crate::ui::safe::outlet().path(name).into_owned(), *colour))
    }

    /// A filter made ready for this bundle.
    ///
    /// # Errors
    /// As [`Plan::new`].
    pub fn plan(&self, filter: &Filter) -> Result<Plan, Fault> {
        let paths = self.document.analysis.bundle.members.iter().map(|m| m.path.as_str()).collect();
        Plan::new(filter, &Names { paths, call: &|number| self.call(number) })
    }

    /// The records of a call, and the texts that name it elsewhere; by its number from 1.
    pub fn call(&self, number: u32) -> Option<CallParts> {
        let facts = &self.document.analysis.facts;
        let call = facts.calls.iter().find(|c| c.id.0.checked_add(1) == Some(number))?;
        let sources = call.messages.iter().filter_map(|id| facts.message(*id)).map(|m| m.source);
        let records = sources.filter_map(|s| self.spot_of(s)).map(Spot::places).collect();
        let outlet = Outlet::originals();
        let texts = call.call_ids.iter().map(|id| outlet.private(id).to_string()).collect();
        Some(CallParts { records, texts })
    }
}

/// The folder where it tells members apart, else the file's name; a colour for each that has records.
fn labels(document: &Document) -> Vec<(String, u8)> {
    let members = &document.analysis.bundle.members;
    let read = |place: usize| document.analysis.index.get(place).is_some_and(|index| !index.is_empty());
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.rsplit('/').next().unwrap_or("").to_owned());
    let mut series = 0u8;
    let label = |(place, member): (usize, &crate::bundle::Member)| {
        if read(place) {
            series = series % 8 + 1;
        }
        let own = folder(&member.path);
        let alone = members.iter().enumerate().filter(|(n, m)| read(*n) && folder(&m.path) == own).count() < 2;
        let file = member.path.rsplit('/').next().unwrap_or(&member.path);
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let label = match own.filter(|folder| !folder.is_empty()) {
            None => stem.to_owned(),
            Some(folder) if alone || stem == "current_log" => folder,
            // `last_run_current_log` is told from `current_log` by its first words.
            Some(folder) => format!("{folder} {}", stem.strip_suffix("_current_log").unwrap_or(stem)),
        };
        (label, series.max(1))
    };
    members.iter().enumerate().map(label).collect()
}

/// The records that pass, as rows from 0.
#[derive(Clone, Debug)]
pub struct Rows {
    /// The order.
    pub book: Arc<LogBook>,
    /// The places that pass; `None`: all.
    pub passing: Option<Arc<Places>>,
}

impl Rows {
    /// How many.
    pub fn count(&self) -> usize {
        self.passing.as_ref().map_or(self.book.merged.len(), |p| p.count())
    }

    /// The place of a row.
    pub fn place(&self, row: usize) -> Option<usize> {
        match &self.passing {
            Some(passing) => passing.nth(row),
            None => Some(row).filter(|row| *row < self.book.merged.len()),
        }
    }

    /// The record of a row.
    pub fn spot(&self, row: usize) -> Option<Spot> {
        self.book.spot(self.place(row)?)
    }

    /// The row at a place, or the first behind it.
    pub fn row_at(&self, place: usize) -> usize {
        self.passing.as_ref().map_or(place, |p| p.before(place))
    }

    /// The row of a record; `None` when the filter hides it.
    pub fn row_of(&self, spot: Spot) -> Option<usize> {
        let place = self.book.place(spot)?;
        self.passing.as_ref().is_none_or(|p| p.contains(place)).then(|| self.row_at(place))
    }
}
