//! What is said before the rows: where the two part, and what makes the comparison less than it looks. In: sides and rows. Out: sentences.

use crate::base::{Segment, Text};
use crate::findings::Finding;
use crate::session::startup::StageState;

use super::anchors::Zero;
use super::matching::Matched;
use super::messages::StrandRows;
use super::rows::{Area, Group, Kind, Row};
use super::{Counts, Pair, Place, Side, number};

/// Where they part, and what was alike up to there.
pub fn sentence(groups: &[Group], differences: &[Place], counts: &Counts, readable: Pair<bool>) -> (Text, Text) {
    match (readable.left, readable.right) {
        (false, false) => return (Text::key("compare.none_read"), Text::default()),
        (false, true) => return (unread("compare.side_a"), Text::default()),
        (true, false) => return (unread("compare.side_b"), Text::default()),
        (true, true) => {}
    }
    let rows = |place: &Place| Some((groups.get(place.group)?, groups.get(place.group)?.rows.get(place.row)?));
    let Some((group, first)) = differences.first().and_then(rows) else {
        let key = if counts.spread + counts.other == 0 { "compare.all_same" } else { "compare.nothing_matters" };
        let what = if counts.same == 0 { "compare.nothing_compared" } else { key };
        return (Text::key(what), Text::default());
    };
    // A stage says where; what was answered otherwise there says it better.
    let closer = |place: &&Place| {
        rows(place).is_some_and(|(g, row)| {
            matches!(g.area, Area::Registration | Area::Call)
                && row.rank == first.rank + 1
                && matches!(row.kind, Kind::Changed)
                && !matches!(row.what.0.first(), Some(Segment::Phrase { key, .. }) if key == "compare.at_the_end")
        })
    };
    let nearer = (group.area == Area::Stages).then(|| differences.iter().find(closer)).flatten().and_then(rows);
    let told = match nearer {
        Some((_, row)) => {
            let what = Text::phrase_of("compare.at_stage", &[("stage", first.what.clone()), ("what", row.what.clone())]);
            parted(&what, row)
        }
        None => parted(&first.what, first),
    };
    (told, alike_before(groups, first))
}

fn unread(side: &'static str) -> Text {
    Text::phrase("compare.side_unread", &[("side", Segment::key(side))])
}

fn parted(what: &Text, row: &Row) -> Text {
    let text = |cell: &Option<super::Cell>| cell.as_ref().map(|c| c.text.clone());
    let what = ("what", what.clone());
    match (text(&row.cells.left), text(&row.cells.right)) {
        (Some(left), Some(right)) => {
            // Times that differ say so by themselves: the words of both sides may be the same.
            let (left, right) = match (&row.cells.left, &row.cells.right) {
                (Some(a), Some(b)) if left == right => (with_time(a), with_time(b)),
                _ => (left, right),
            };
            Text::phrase_of("compare.part", &[what, ("left", left), ("right", right)])
        }
        (Some(left), None) => Text::phrase_of("compare.part_only_left", &[what, ("left", left)]),
        (None, Some(right)) => Text::phrase_of("compare.part_only_right", &[what, ("right", right)]),
        (None, None) => Text::default(),
    }
}

fn with_time(cell: &super::Cell) -> Text {
    match cell.took_us.or(cell.elapsed_us) {
        Some(us) => {
            let time = Text(vec![Segment::number(crate::timeline::figures::duration(us))]);
            Text::phrase_of("compare.took", &[("what", cell.text.clone()), ("time", time)])
        }
        None => cell.text.clone(),
    }
}

/// How many stages both passed before the first difference.
fn alike_before(groups: &[Group], first: &Row) -> Text {
    let stages = groups.iter().filter(|g| g.area == Area::Stages).flat_map(|g| &g.rows);
    let passed =
        stages.filter(|r| r.rank < first.rank && !r.matters && r.cells.left.is_some() && r.cells.right.is_some()).count();
    if passed == 0 { Text::default() } else { Text::phrase("compare.alike_before", &[("n", number(passed))]) }
}

/// What must be known before reading on.
pub fn remarks(sides: &Pair<Side<'_>>, zero: &Zero, groups: &[Group], strands: &[StrandRows], matched: &Matched) -> Vec<Text> {
    let mut out = Vec::new();
    let readable = sides.map(|side| side.is_readable());
    let products = sides.map(|side| is_unified_cm(&side));
    if readable.left && readable.right {
        if products.left != products.right {
            let side = if products.left { "compare.side_a" } else { "compare.side_b" };
            out.push(Text::phrase("compare.other_product", &[("side", Segment::key(side))]));
        }
        let both = |row: &Row| row.cells.left.is_some() && row.cells.right.is_some();
        let stage = groups.iter().any(|g| g.area == Area::Stages && g.rows.iter().any(both));
        let sip = strands.iter().any(|s| s.kinds.left.is_some() && s.kinds.right.is_some());
        if !stage && !sip {
            out.push(Text::key("compare.nothing_common"));
        }
        for (side, key) in [(&sides.left, "compare.side_a"), (&sides.right, "compare.side_b")] {
            let run = side.run();
            if !side.analysis.facts.messages.iter().any(|m| m.run == run) {
                out.push(Text::phrase("compare.no_sip", &[("side", Segment::key(key))]));
            }
        }
    }
    if zero.replaced {
        out.push(Text::phrase_of("compare.anchor_missing", &[("anchor", zero.anchor.text())]));
    }
    if readable.left && readable.right && (zero.at.left.is_none() || zero.at.right.is_none()) {
        out.push(Text::key("compare.no_times"));
    }
    for (count, key) in [
        (matched.ambiguous_calls, "compare.ambiguous_calls"),
        (matched.ambiguous_registrations, "compare.ambiguous_registrations"),
    ] {
        if count.left + count.right > 0 {
            out.push(Text::phrase(key, &[("left", number(count.left)), ("right", number(count.right))]));
        }
    }
    out
}

/// A client of Unified CM, by the dialect of its logs or by its errors: its start-up has other steps.
fn is_unified_cm(side: &Side<'_>) -> bool {
    let records = |csf: bool| -> u64 {
        let own = side.analysis.members.iter().filter(|m| m.dialect.as_deref().is_some_and(|d| (d == "csf") == csf));
        own.map(|m| m.records).sum()
    };
    let says = |f: &Finding| matches!(f.id.as_str(), "unified-cm-code" | "calling-behavior-wrong");
    let passed = |side: &Side<'_>| {
        let run = side.analysis.facts.runs.get(side.run().0 as usize);
        run.is_some_and(|r| r.stages.iter().any(|s| s.state == StageState::Ok))
    };
    records(true) > records(false) || (side.analysis.findings.iter().any(says) && !passed(side))
}
