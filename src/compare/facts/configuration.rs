//! Device configurations and calling environments side by side. In: those of both sides. Out: rows by the path of each value.

use std::collections::BTreeMap;

use crate::base::words::Words;
use crate::base::{Piece, PrivateKind, Segment, Text};
use crate::session::Evidence;
use crate::session::device_config::{DeviceConfig, Sbc, Setting};
use crate::session::environment::Belongs;

use super::super::rows::{Area, Cell, Group, Row};
use super::super::{Pair, Side};
use super::{Context, rank};

/// Values told one by one.
const MOST_VALUES: usize = 100;

pub fn group(context: &Context<'_>) -> Group {
    let configs = context.sides.map(|side| newest(&side));
    let mut rows = Vec::new();
    if configs.left.is_some() && configs.right.is_some() {
        rows.extend(sbc(&configs));
        rows.extend(values(&configs));
    }
    rows.extend(environment(&context.sides));
    let rows = rows.into_iter().map(|row| row.ranked(rank::CONFIGURATION)).collect();
    Group { area: Area::Configuration, subject: Text::default(), rows }
}

/// The last configuration that a client of this run got; else the last of a file.
fn newest<'a>(side: &Side<'a>) -> Option<&'a DeviceConfig> {
    let run = side.run();
    let all = || side.analysis.facts.device_configs.iter();
    all().rfind(|c| c.run == run && !c.template).or_else(|| all().rfind(|c| !c.template)).or_else(|| all().next_back())
}

fn sbc(configs: &Pair<Option<&DeviceConfig>>) -> Option<Row> {
    let states = configs.map(|c| c.map(|c| c.sbc).filter(|s| *s != Sbc::Unknown));
    if states.left.is_none() && states.right.is_none() {
        return None;
    }
    let cell = |sbc: Sbc| {
        Cell::new(Text::key(match sbc {
            Sbc::Filled | Sbc::Unknown => "compare.sbc_filled",
            Sbc::Tag => "device_config.sbc_tag",
            Sbc::Empty => "device_config.sbc_empty",
            Sbc::Missing => "device_config.sbc_missing",
        }))
    };
    Some(Row::new(Text::key("compare.sbc_address"), states.map(|s| s.map(cell)), states.left == states.right, 0.9))
}

/// Values of the same path; of several, the nth.
fn values(configs: &Pair<Option<&DeviceConfig>>) -> Vec<Row> {
    let mut all: BTreeMap<(&str, usize), Pair<Option<&Setting>>> = BTreeMap::new();
    let mut counts: Pair<BTreeMap<&str, usize>> = Pair::default();
    for setting in configs.left.iter().flat_map(|c| &c.settings).filter(|s| s.used) {
        let n = counts.left.entry(&setting.path).or_default();
        all.entry((&setting.path, *n)).or_default().left = Some(setting);
        *n += 1;
    }
    for setting in configs.right.iter().flat_map(|c| &c.settings).filter(|s| s.used) {
        let n = counts.right.entry(&setting.path).or_default();
        all.entry((&setting.path, *n)).or_default().right = Some(setting);
        *n += 1;
    }
    let mut rows: Vec<Row> = all.into_iter().map(|((path, _), both)| value(path, &both)).collect();
    // What differs is never the part left out.
    rows.sort_by_key(|row| !row.matters);
    let beyond = rows.len().saturating_sub(MOST_VALUES);
    rows.truncate(MOST_VALUES);
    if beyond > 0 {
        let cell = || Some(Cell::new(Text::phrase("compare.more", &[("n", Segment::number(beyond))])));
        rows.push(Row::new(Text::key("compare.values_more"), Pair::new(cell(), cell()), true, 0.0));
    }
    rows
}

fn value(path: &str, both: &Pair<Option<&Setting>>) -> Row {
    let cell = |s: &Setting| {
        let proof = Evidence { source: Some(s.source), at: None, text: s.value.clone(), message: None };
        Cell::new(if s.value.is_empty() { Text::key("report.none") } else { s.value.clone() }).with(&[proof])
    };
    let same = both.left.map(|s| plain(&s.value)) == both.right.map(|s| plain(&s.value));
    let name = path.strip_prefix("config/").unwrap_or(path).to_owned();
    let row = Row::new(Text(vec![Segment::Log(name)]), both.map(|s| s.map(cell)), same, 0.5);
    // Another user, host or key is another person or network; that one side has none at all is not.
    let personal = |s: Option<&Setting>| s.is_some_and(|s| s.filled && s.value.0.iter().any(is_personal));
    row.harmless_if(personal(both.left) && personal(both.right))
}

fn is_personal(segment: &Segment) -> bool {
    // A name of a file or path is the same for everybody.
    matches!(segment, Segment::Private(value) if value.kind != PrivateKind::Path)
}

/// The value itself.
fn plain(text: &Text) -> String {
    let mut out = String::new();
    text.pieces(Words::english(), &mut |piece| match piece {
        Piece::Word(text) | Piece::Log(text) => out.push_str(text),
        Piece::Private(value) => out.push_str(value.original()),
    });
    out
}

fn environment(sides: &Pair<Side<'_>>) -> Option<Row> {
    let environments = sides.map(|side| Some(&side.analysis.environment).filter(|e| e.member.is_some()));
    if environments.left.is_none() && environments.right.is_none() {
        return None;
    }
    let belongs = environments.map(|e| e.map(|e| e.belongs));
    let cell = |belongs: Belongs| {
        Cell::new(Text::key(match belongs {
            Belongs::Yes => "compare.belongs_yes",
            Belongs::No => "compare.belongs_no",
            Belongs::Unknown => "compare.belongs_unknown",
        }))
    };
    let row = Row::new(Text::key("role.environment"), belongs.map(|b| b.map(cell)), belongs.left == belongs.right, 0.4);
    // That one side lacks it is told by what was read.
    Some(row.harmless_if(belongs.left.is_none() || belongs.right.is_none()))
}
