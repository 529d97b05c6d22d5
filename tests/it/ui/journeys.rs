//! Ways through the window. In: the samples that are in the program. Out: what a user finds at each stop.

use super::*;

fn failing(size: (f32, f32)) -> Harness<'static, App> {
    let bytes = include_bytes!("../../../assets/samples/failing.zip").to_vec();
    opened(vec![input("failing.zip", bytes)], size)
}

/// 1280x800 at 150 % are 853 x 533 points: the first finding is whole between the verdict and the status, and nothing covers it.
#[test]
fn the_first_finding_is_seen_at_150_percent() {
    let harness = failing((853.0, 533.0));
    let title = "The registrar does not accept the password";
    let rows = harness.get_all_by_role(Role::ListItem).filter_map(|n| {
        let node = n.accesskit_node();
        Some((node.label()?, node.bounding_box()?))
    });
    let row = rows.into_iter().find(|(label, _)| label.starts_with(title)).expect("the first finding").1;
    assert!(row.y0 >= 226.0 && row.y1 <= 533.0 - 24.0, "{row:?}");
    assert!(row.y1 - row.y0 >= 58.0, "cut: {row:?}");
    let why = harness.query_all_by_label("Why is something not in this list?").filter_map(|n| n.accesskit_node().bounding_box());
    assert!(why.into_iter().all(|link| link.y0 >= row.y1 || link.y1 <= row.y0), "the foot covers the finding");
}
