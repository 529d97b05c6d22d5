//! The report for scripts and checks, exactly by the contract `bundlescope.report/1`. In: an [`Analysis`]. Out: JSON text.
//!
//! Keys stand in the contract's order. A value the log did not give is `null`. Times are RFC 3339 UTC with microseconds.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::Options;
use super::outlet::Outlet;
use super::shared;
use crate::analyse::Analysis;
use crate::base::words::{self, word};
use crate::base::{Language, LogTime, MemberId, Private, Text};
use crate::findings::Finding;
use crate::session::run::{Run, Which};
use crate::session::startup::{Stage, StageId, Verdict};
use crate::session::{Evidence, MessageId, RunId};

mod calls;
mod case;
mod coverage;
mod device_config;
mod media_log;
mod sip;

/// The name of the form; the number changes when a field changes its name or meaning.
pub const SCHEMA: &str = "bundlescope.report/1";

/// One object, or an array in the order given when there are several bundles.
pub fn render(analyses: &[Arc<Analysis>], options: &Options) -> String {
    let value = match analyses {
        [one] => report(one, options),
        many => Value::Array(many.iter().map(|analysis| report(analysis, options)).collect()),
    };
    let mut text = serde_json::to_string_pretty(&value).unwrap_or_else(|_| "null".to_owned());
    text.push('\n');
    text
}

/// The report about one bundle.
pub fn report(analysis: &Analysis, options: &Options) -> Value {
    let view = View { analysis, outlet: &options.outlet };
    let facts = &analysis.facts;
    let mut out = Map::new();
    let mut put = |key: &str, value: Value| {
        out.insert(key.to_owned(), value);
    };
    put("schema", json!(SCHEMA));
    put("program", json!({"name": env!("CARGO_PKG_NAME"), "version": env!("CARGO_PKG_VERSION")}));
    put("source", source(&view));
    put("redacted", json!(options.outlet.redacted()));
    put("coverage", coverage::coverage(&view, &options.unopened));
    put("client", client(&view));
    put("verdict", bundle_verdict(&view));
    put("clocks", Value::Array(facts.clocks.iter().map(|clock| clock_of(&view, clock)).collect()));
    put("sessions", Value::Array(facts.runs.iter().enumerate().map(|(id, run)| session(&view, id, run)).collect()));
    put("sip", sip::counts(&view));
    put("registrations", Value::Array(facts.registrations.iter().map(|r| sip::registration(&view, r)).collect()));
    put("keepalives", Value::Array(facts.keepalives.iter().map(|k| sip::keepalive(&view, k)).collect()));
    put("calls", Value::Array(facts.calls.iter().map(|c| calls::call(&view, c)).collect()));
    put("subscriptions", Value::Array(facts.subscriptions.iter().map(|s| sip::subscription(&view, s)).collect()));
    put("environment", environment(&view));
    if options.messages {
        put("messages", Value::Array(facts.messages.iter().map(|m| sip::message(&view, m)).collect()));
    }
    put("findings", Value::Array(analysis.findings.iter().map(|f| finding(&view, f)).collect()));
    put("case", case::checklist(&view));
    put("ask", case::asks(&view));
    let configs = facts.device_configs.iter().map(|c| device_config::device_config(&view, c));
    put("device_configs", Value::Array(configs.collect()));
    put("stories", Value::Array(facts.stories.iter().map(|s| calls::story(&view, s)).collect()));
    put("features", Value::Array(facts.features.iter().map(|f| sip::features(&view, f)).collect()));
    put("connections", media_log::connections(&view));
    put("media_log", media_log::media_log(&view));
    Value::Object(out)
}

/// Findings of the report, by themselves.
pub(super) fn findings(analysis: &Analysis, outlet: &Outlet) -> Vec<Value> {
    let view = View { analysis, outlet };
    analysis.findings.iter().map(|f| finding(&view, f)).collect()
}

/// Calls of the report, by themselves.
pub(super) fn calls(analysis: &Analysis, outlet: &Outlet) -> Vec<Value> {
    let view = View { analysis, outlet };
    analysis.facts.calls.iter().map(|c| calls::call(&view, c)).collect()
}

/// SIP messages of the report, by themselves.
pub(super) fn messages(analysis: &Analysis, outlet: &Outlet) -> Vec<Value> {
    let view = View { analysis, outlet };
    analysis.facts.messages.iter().map(|m| sip::message(&view, m)).collect()
}

/// An analysis and the way out for its values.
struct View<'a> {
    analysis: &'a Analysis,
    outlet: &'a Outlet,
}

impl View<'_> {
    fn private(&self, value: &Private) -> Value {
        json!(self.outlet.private(value))
    }

    fn maybe(&self, value: Option<&Private>) -> Value {
        value.map_or(Value::Null, |v| self.private(v))
    }

    fn list(&self, values: &[Private]) -> Value {
        Value::Array(values.iter().map(|v| self.private(v)).collect())
    }

    /// Text of the log; `null` when there was none.
    fn log(&self, text: Option<&str>) -> Value {
        text.map_or(Value::Null, |t| json!(self.outlet.log(t)))
    }

    fn text(&self, text: &Text) -> Value {
        json!(self.outlet.text(text))
    }

    fn texts(&self, texts: &[Text]) -> Value {
        Value::Array(texts.iter().map(|t| self.text(t)).collect())
    }

    fn member(&self, id: MemberId) -> Value {
        shared::member(self.analysis, id).map_or(Value::Null, |m| json!(self.outlet.path(&m.path)))
    }

    fn evidence(&self, list: &[Evidence]) -> Value {
        let one = |e: &Evidence| {
            json!({
                "member": e.source.map_or(Value::Null, |s| self.member(s.member)),
                "line": e.source.map(|s| s.line),
                "time": time(e.at),
                "text": self.text(&e.text),
            })
        };
        Value::Array(list.iter().map(one).collect())
    }

    /// Messages as evidence: their place, time and start line.
    fn messages(&self, ids: &[MessageId]) -> Value {
        let one = |m: &crate::session::LoggedMessage| {
            json!({
                "member": self.member(m.source.member),
                "line": m.source.line,
                "time": time(m.seen.at),
                "text": self.outlet.log(shared::start_line(m)),
            })
        };
        Value::Array(ids.iter().filter_map(|id| self.analysis.facts.message(*id)).map(one).collect())
    }
}

fn time(at: Option<LogTime>) -> Value {
    at.map_or(Value::Null, |t| json!(t.rfc3339()))
}

/// Microseconds as milliseconds.
fn ms(us: Option<i64>) -> Value {
    us.map_or(Value::Null, |us| json!(us as f64 / 1e3))
}

/// Microseconds as seconds.
fn seconds(us: Option<i64>) -> Value {
    us.map_or(Value::Null, |us| json!(us as f64 / 1e6))
}

fn session_number(run: RunId) -> u32 {
    run.0
}

fn source(view: &View<'_>) -> Value {
    let bundle = &view.analysis.bundle;
    let digest = (!bundle.sha256.is_empty()).then_some(bundle.sha256.as_str());
    json!({"name": view.outlet.path(&bundle.name), "bytes": bundle.bytes, "sha256": digest})
}

fn client(view: &View<'_>) -> Value {
    let client = &view.analysis.facts.client;
    json!({
        "platform": client.platform.map(|p| p.word()),
        "version": view.log(client.version.as_deref()),
        "user_agent": view.log(client.user_agent.as_deref()),
        "device_type": view.log(client.device_type.as_deref()),
    })
}

/// The verdict of the bundle is that of one run; without a run nothing can be concluded, and that is said.
fn bundle_verdict(view: &View<'_>) -> Value {
    let found = view.analysis.verdict_run.and_then(|id| Some((id, view.analysis.facts.runs.get(id.0 as usize)?)));
    match found {
        Some((id, run)) => json!({
            "state": run.verdict.state.word(),
            "session": session_number(id),
            "stage": run.verdict.stage.map(StageId::word),
            "text": view.text(&run.verdict.text),
        }),
        None => {
            let read = shared::anything_read(view.analysis);
            let text = if read { word("report.verdict_nothing") } else { word("report.verdict_unreadable") };
            json!({"state": "unknown", "session": null, "stage": null, "text": text})
        }
    }
}

fn clock_of(view: &View<'_>, clock: &crate::session::run::PeerClock) -> Value {
    json!({
        "peer": view.private(&clock.peer),
        "offset_ms": ms(Some(clock.offset_us)),
        "basis": clock.basis,
        "samples": clock.samples,
    })
}

fn session(view: &View<'_>, id: usize, run: &Run) -> Value {
    let which = run.which.map(|w| match w {
        Which::Current => "current",
        Which::Last => "last",
    });
    json!({
        "id": id,
        "run": which,
        "start": time(run.start),
        "end": time(run.end),
        "stages": run.stages.iter().map(|s| stage(view, s)).collect::<Vec<_>>(),
        "verdict": verdict(view, &run.verdict),
    })
}

fn stage(view: &View<'_>, stage: &Stage) -> Value {
    json!({
        "id": stage.id.word(),
        "state": stage.state.word(),
        "at": time(stage.at),
        "text": view.text(&stage.text),
        "evidence": view.evidence(&stage.evidence),
    })
}

fn verdict(view: &View<'_>, verdict: &Verdict) -> Value {
    json!({
        "state": verdict.state.word(),
        "stage": verdict.stage.map(StageId::word),
        "text": view.text(&verdict.text),
        "detail": view.text(&verdict.detail),
        "evidence": view.evidence(&verdict.evidence),
    })
}

fn environment(view: &View<'_>) -> Value {
    let environment = &view.analysis.environment;
    json!({
        "present": environment.member.is_some(),
        "format": environment.format,
        "entries": environment.entries,
        "belongs": environment.belongs.word(),
        "belongs_text": view.text(&environment.belongs_text),
        "exported": time(environment.exported),
        "member": environment.member.map_or(Value::Null, |id| view.member(id)),
    })
}

fn finding(view: &View<'_>, finding: &Finding) -> Value {
    let captures: Map<String, Value> = {
        // For scripts: the same whatever language people read.
        let _spoken = words::speak(Language::English);
        finding.captures.iter().map(|(k, v)| (k.clone(), view.text(v))).collect()
    };
    json!({
        "id": finding.id,
        "severity": finding.severity.word(),
        "confidence": finding.confidence.word(),
        "title": view.text(&finding.title),
        "meaning": view.text(&finding.meaning),
        "impact": view.text(&finding.impact),
        "causes": view.texts(&finding.causes),
        "checks": view.texts(&finding.checks),
        "steps": view.texts(&finding.steps),
        "sources": finding.sources,
        "stage": finding.stage.map(StageId::word),
        "session": session_number(finding.run),
        "call": finding.call.map(|c| c.0),
        "effect_of": finding.effect_of,
        "count": finding.count,
        "first": time(finding.first),
        "last": time(finding.last),
        "captures": captures,
        "evidence": view.evidence(&finding.evidence),
        "not_when": view.texts(&finding.not_when),
    })
}
