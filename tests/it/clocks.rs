//! A log without a zone whose client's clock is wrong: the tags of the application server tell both. In: recordings with such tags, shifted.
//! The truth: a tag's digits are the packet's time of the first message that carries it, the shift is what the test made.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::collections::BTreeMap;

use bundlescope::analyse::Options;
use bundlescope::sip::Message;

use crate::captured::{facts, report_with};
use crate::captured_direct::folders;
use crate::framing::{FRAMINGS, Wire, wires};

/// The client's clock goes this much before the server's.
const AHEAD_US: i64 = 3_400_000;

/// The tags that the other side made, each with the time of the packet that first carried it.
fn tags(wires: &[Wire]) -> BTreeMap<String, i64> {
    let mut tags = BTreeMap::new();
    let mut own = std::collections::BTreeSet::new();
    for wire in wires {
        let message = Message::parse(wire.raw.clone()).unwrap();
        for tag in [message.from(), message.to()].into_iter().flatten().filter_map(|a| a.tag().map(str::to_owned)) {
            if wire.sent && !tags.contains_key(&tag) {
                own.insert(tag);
            } else if !own.contains(&tag) && tag.len() > 4 {
                tags.entry(tag).or_insert(wire.t_us);
            }
        }
    }
    tags
}

#[test]
fn tags_of_the_server_tell_zone_and_clock() {
    // Its times are printed in +02:00 and no zone with them.
    let csf = FRAMINGS.iter().find(|f| f.zone_s == 7_200).unwrap();
    let (mut wrong, mut count) = (Vec::new(), 0);
    for folder in folders().into_iter().filter(|f| facts(f)["cause"].is_null()) {
        let mut wires = wires(&folder);
        let tags = tags(&wires);
        if tags.is_empty() {
            continue;
        }
        for wire in &mut wires {
            for (number, (tag, t_us)) in tags.iter().enumerate() {
                wire.raw = wire.raw.replace(&format!("tag={tag}"), &format!("tag={}-{}", 749_498_253 + number, t_us / 1_000));
            }
            wire.t_us += AHEAD_US;
        }
        let report = report_with((csf.write)(&wires), &Options::default());
        let member = &report["coverage"]["members"][0];
        let offsets: Vec<f64> = report["clocks"].as_array().unwrap().iter().filter_map(|c| c["offset_ms"].as_f64()).collect();
        count += 1;
        let near = !offsets.is_empty() && offsets.iter().all(|o| (o - AHEAD_US as f64 / 1e3).abs() <= 20.0);
        if member["zone"] != "+02:00" || member["zone_basis"] != "peer-tag" || !near {
            wrong.push(format!(
                "{}: {} by {}, {offsets:?}",
                folder.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap().display(),
                member["zone"],
                member["zone_basis"]
            ));
        }
    }
    println!("{count} recordings");
    assert!(count >= 10 && wrong.is_empty(), "{count}\n{}", wrong.join("\n"));
}
