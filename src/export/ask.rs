//! "What to ask the server team" as text to paste: for the report, the clipboard and the window alike. In: an analysis, what is asked
//! about. Out: label and value of each line, or the whole block. Every value of the log leaves through the outlet.

use super::Outlet;
use crate::analyse::Analysis;
use crate::base::words::Words;
use crate::base::{LogTime, Zone, ZoneBasis};
use crate::findings::ask::{About, Ask, Asker};

/// Does something with the asker of an analysis.
pub fn with<R>(analysis: &Analysis, work: impl FnOnce(&Asker<'_>) -> R) -> R {
    let zone_of = |id| super::shared::report(analysis, id).map(|r| r.zone);
    work(&Asker { facts: &analysis.facts, identifiers: &analysis.case.identifiers, zone_of: &zone_of })
}

/// The whole block, ending with a line end; `None` when there is no such thing.
pub fn block(analysis: &Analysis, about: About, words: &Words, outlet: &Outlet) -> Option<String> {
    let ask = with(analysis, |asker| asker.ask(about))?;
    let mut out = format!("{}\n", title(&ask, words, outlet));
    for (label, value) in lines(analysis, &ask, words, outlet) {
        out.push_str(&format!("{label}: {value}\n"));
    }
    Some(out)
}

/// What it is about, in words.
pub fn title(ask: &Ask, words: &Words, outlet: &Outlet) -> String {
    match ask.about {
        About::Call(id) => {
            let party = |p: &Option<crate::base::Private>| {
                p.as_ref().map_or_else(|| words.get("report.someone").to_owned(), |p| outlet.private(p).into_owned())
            };
            let (from, to) = ask.parties.as_ref().map_or_else(Default::default, |(from, to)| (party(from), party(to)));
            words.fill("ask.call", &[("n", &id.number().to_string()), ("from", &from), ("to", &to)])
        }
        About::Registration(_) => {
            let aor = ask.aor.as_ref().map(|a| outlet.private(a).into_owned()).unwrap_or_default();
            words.fill("ask.registration", &[("aor", &aor)])
        }
        About::Stage(_, stage) => words.fill("ask.stage", &[("stage", words.get(&format!("stage.{}", stage.word())))]),
    }
}

/// Label and value of each line. What the log did not tell is said where it would be looked for.
pub fn lines(analysis: &Analysis, ask: &Ask, words: &Words, outlet: &Outlet) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = Vec::new();
    let mut put = |key: &str, value: String| {
        if !value.is_empty() {
            out.push((words.get(key).to_owned(), value));
        }
    };
    let not_in_log = || words.get("ask.not_in_log").to_owned();
    let private =
        |value: &Option<crate::base::Private>| value.as_ref().map(|v| outlet.private(v).into_owned()).unwrap_or_default();
    put("ask.utc", ask.at.map_or_else(not_in_log, |at| moment(at, 0)));
    if let (Some(at), Some(zone)) = (ask.at, ask.zone) {
        put("ask.client_time", client_time(at, zone, words));
    }
    put("ask.server_time", server_time(ask, words).unwrap_or_else(not_in_log));
    put("ask.aor", private(&ask.aor));
    if let Some((from, to)) = &ask.parties {
        put("ask.from", private(from));
        put("ask.to", private(to));
    }
    if !matches!(ask.about, About::Stage(..)) {
        put("ask.contact", private(&ask.contact));
        put("ask.next_hop", private(&ask.next_hop));
        let mut ids: Vec<_> = ask.call_ids.iter().map(|id| outlet.private(id)).collect();
        if ask.more_call_ids > 0 {
            ids.push(words.fill("ask.more_call_ids", &[("n", &ask.more_call_ids.to_string())]).into());
        }
        put("ask.call_ids", ids.join(", "));
        put("ask.correlation", Some(private(&ask.correlation)).filter(|c| !c.is_empty()).unwrap_or_else(not_in_log));
        put("ask.server_tag", private(&ask.server_tag));
    }
    let tracking: Vec<_> = ask.tracking.iter().map(|id| outlet.private(id)).collect();
    put("ask.tracking", if tracking.is_empty() { not_in_log() } else { tracking.join(", ") });
    put("ask.status", status(ask, words, outlet));
    if let Some(released) = &ask.released {
        let cause = released.cause.map(|c| format!(" {c}")).unwrap_or_default();
        let text = released.text.as_deref().map(|t| format!(" {}", outlet.log(t))).unwrap_or_default();
        put("ask.released", format!("{}{cause}{text}", outlet.log(&released.protocol)));
    }
    for log in ask.logs {
        put("ask.look_in", words.get(&format!("ask-log.{log}")).to_owned());
    }
    let place = |e: &crate::session::Evidence| {
        let source = e.source?;
        let path = super::shared::member(analysis, source.member).map_or("?", |m| m.path.as_str());
        Some(format!("{}:{}", outlet.path(path), source.line))
    };
    put("ask.evidence", ask.evidence.iter().filter_map(place).collect::<Vec<_>>().join(", "));
    out
}

fn moment(at: LogTime, offset_s: i32) -> String {
    format!("{} {}", at.date(offset_s), at.clock(offset_s))
}

/// The same moment by the log's own zone, when that is another than UTC.
fn client_time(at: LogTime, zone: Zone, words: &Words) -> String {
    if zone.basis == ZoneBasis::Assumed {
        return words.get("ask.zone_assumed").to_owned();
    }
    if zone.offset_s == 0 {
        return String::new();
    }
    let key = format!("zone.{}", zone.basis.word());
    let how = words.get(&key);
    format!("{} {} ({how})", moment(at, zone.offset_s), zone.text())
}

/// By the server's clock, in its zone where that is known.
fn server_time(ask: &Ask, words: &Words) -> Option<String> {
    let (at, clock) = (ask.at?, ask.clock?);
    let there = at.plus_us(-clock.offset_us);
    let ahead = format!("{:+.3} s", clock.offset_us as f64 / 1e6);
    let values = [("offset", ahead.as_str()), ("samples", &clock.samples.to_string())];
    let how = words.fill("ask.offset", &values);
    Some(match clock.zone_s {
        Some(offset_s) => {
            let zone = Zone { offset_s, basis: ZoneBasis::PeerTag }.text();
            format!("{} {zone} = {} UTC ({how})", moment(there, offset_s), moment(there, 0))
        }
        None => format!("{} UTC ({how}); {}", moment(there, 0), words.get("ask.server_zone_unknown")),
    })
}

/// `488 Not Acceptable Here, after 35 ms`
fn status(ask: &Ask, words: &Words, outlet: &Outlet) -> String {
    let Some((status, reason)) = &ask.status else {
        return if ask.unanswered { words.get("ask.unanswered").to_owned() } else { String::new() };
    };
    let text = format!("{status} {}", outlet.log(reason));
    match ask.took_us.filter(|us| *us >= 0) {
        Some(us) => words.fill("ask.status_after", &[("status", text.trim_end()), ("ms", &format!("{:.0}", us as f64 / 1e3))]),
        None => text.trim_end().to_owned(),
    }
}
