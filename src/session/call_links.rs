//! Calls that belong together: by Replaces, Refer-To, Join and correlation headers, never by time (words of `report-v1`). In: legs
//! and their calls. Out: `related` and the event `replaced` filled in. Must not know media.

use std::collections::HashMap;

use super::call::{Call, CallEvent, EventResult, Related, RelatedKind};
use super::call_events::event;
use super::call_legs::Legs;
use super::call_transfer::refer_to;
use super::traffic::{Traffic, id, is_masked, requester, resource};
use super::{CallId, Evidence};
use crate::base::{Segment, Text};
use crate::sip::Method;
use crate::sip::dialog::DialogRef;
use crate::sip::transaction::{Role, Transaction};

/// Links one call may have: beyond it only the first are kept, since a masked log can make everything look alike.
const LINKS: usize = 32;

/// Fills in what ties calls together.
pub fn link(traffic: &Traffic<'_>, legs: &Legs, calls: &mut [Call]) {
    let mut linker = Linker { traffic, legs, by_dialog: HashMap::new(), referred: HashMap::new(), calls };
    linker.index();
    for place in 0..legs.list.len() {
        linker.of_leg(place);
    }
    linker.correlations();
}

struct Linker<'t, 'm, 'c> {
    traffic: &'t Traffic<'m>,
    legs: &'t Legs,
    /// Calls by Call-ID, in order.
    by_dialog: HashMap<(u32, String), Vec<usize>>,
    /// Targets that a REFER to this client named: call and message.
    referred: HashMap<(u32, String), (usize, u32)>,
    calls: &'c mut [Call],
}

impl Linker<'_, '_, '_> {
    fn index(&mut self) {
        for (place, leg) in self.legs.list.iter().enumerate() {
            for call_id in &leg.call_ids {
                let text = self.traffic.keys.symbols.text(*call_id);
                if !is_masked(text) {
                    self.by_dialog.entry((leg.scope, text.to_owned())).or_default().push(place);
                }
            }
        }
    }

    fn transactions(&self, place: usize) -> Vec<Transaction> {
        let leg = self.legs.list.get(place);
        leg.into_iter().flat_map(|l| &l.transactions).filter_map(|t| self.traffic.transactions.get(*t)).cloned().collect()
    }

    fn of_leg(&mut self, place: usize) {
        let relevant = |t: &Transaction| matches!(t.method, Method::Invite | Method::Refer);
        let transactions = self.transactions(place);
        for transaction in transactions.iter().filter(|t| relevant(t)) {
            let Some(request) = transaction.request() else { continue };
            if transaction.method == Method::Refer {
                self.refer(place, transaction, request);
            } else {
                self.invite(place, transaction, request);
            }
        }
    }

    /// RFC 3891, RFC 3911: an INVITE that replaces or joins another dialog; an INVITE that a REFER brought about.
    fn invite(&mut self, place: usize, transaction: &Transaction, request: u32) {
        let traffic = self.traffic;
        let Some(message) = traffic.message(request) else { return };
        if let Some(other) = message.header("Replaces").and_then(DialogRef::parse).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Replaces, request, "Replaces");
            self.relate(other, place, RelatedKind::ReplacedBy, request, "Replaces");
            let accepted = traffic.status(transaction).is_some_and(|s| s < 300);
            let result = if accepted { EventResult::Ok } else { EventResult::Failed };
            let replaced = event(traffic.at(request), "replaced", requester(transaction.role), &[request]);
            if let Some(call) = self.calls.get_mut(other) {
                call.events.push(CallEvent { result: Some(result), status: traffic.status(transaction), ..replaced });
            }
        }
        if let Some(other) = message.header("Join").and_then(DialogRef::parse).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Conference, request, "Join");
            self.relate(other, place, RelatedKind::Conference, request, "Join");
        }
        if transaction.role == Role::Server || transaction.request_to_tag(&traffic.keys).is_some() {
            return;
        }
        let scope = transaction.scope;
        let target = message.request_uri().map(resource).unwrap_or_default();
        if let Some((other, refer)) = self.referred.get(&(scope, target)).copied().filter(|(other, _)| *other != place) {
            self.relate(other, place, RelatedKind::TransferTarget, refer, "Refer-To");
            self.relate(place, other, RelatedKind::TransferTarget, refer, "Refer-To");
        }
    }

    fn refer(&mut self, place: usize, transaction: &Transaction, request: u32) {
        let traffic = self.traffic;
        let Some(target) = traffic.message(request).and_then(refer_to) else { return };
        if let Some(other) = DialogRef::in_uri(target).and_then(|r| self.find(place, &r)) {
            self.relate(place, other, RelatedKind::Consultation, request, "Refer-To");
            self.relate(other, place, RelatedKind::Consultation, request, "Refer-To");
        }
        let refused = traffic.status(transaction).is_some_and(|s| s >= 300);
        let bare = target.split('?').next().unwrap_or(target);
        if transaction.role != Role::Client && !refused && !is_masked(bare) {
            self.referred.insert((transaction.scope, resource(bare)), (place, request));
        }
    }

    /// The call of a dialog named in a header: same Call-ID; among several the one that has one of its tags.
    fn find(&self, place: usize, named: &DialogRef) -> Option<usize> {
        let scope = self.legs.list.get(place)?.scope;
        let found = self.by_dialog.get(&(scope, named.call_id.clone()))?;
        let symbols = &self.traffic.keys.symbols;
        let tags = [&named.to_tag, &named.from_tag].map(|t| symbols.known(t.as_deref().unwrap_or_default()));
        let has_tag = |other: &&usize| {
            let list = self.legs.list.get(**other).map(|l| &l.transactions);
            let mut own = list.into_iter().flatten().filter_map(|t| self.traffic.transactions.get(*t));
            own.any(|t| tags.iter().any(|tag| tag.same(t.from_tag)))
        };
        let others: Vec<usize> = found.iter().copied().filter(|other| *other != place).take(16).collect();
        others.iter().find(has_tag).or(others.first()).copied()
    }

    fn correlations(&mut self) {
        let mut last: HashMap<(u32, String), usize> = HashMap::new();
        for place in 0..self.calls.len() {
            let Some(call) = self.calls.get(place) else { continue };
            let Some(value) = call.correlation.as_ref().map(|c| c.original().to_owned()).filter(|v| !is_masked(v)) else {
                continue;
            };
            if let Some(other) = last.insert((call.run.0, value), place) {
                let message = |calls: &[Call], at: usize| calls.get(at).and_then(|c| c.messages.first()).map(|m| m.0);
                if let Some(shown) = message(self.calls, place) {
                    self.relate(place, other, RelatedKind::SameCorrelation, shown, "X-BroadWorks-Correlation-Info");
                }
                if let Some(shown) = message(self.calls, other) {
                    self.relate(other, place, RelatedKind::SameCorrelation, shown, "X-BroadWorks-Correlation-Info");
                }
            }
        }
    }

    fn relate(&mut self, place: usize, other: usize, kind: RelatedKind, message: u32, header: &str) {
        let value = self.traffic.message(message).and_then(|m| m.header(header)).unwrap_or_default();
        let line: String = format!("{header}: {value}").chars().take(500).collect();
        let logged = self.traffic.messages.get(message as usize);
        let evidence = Evidence {
            source: logged.map(|m| m.source),
            at: logged.and_then(|m| m.seen.at),
            text: Text(vec![Segment::Log(line)]),
            message: Some(id(message)),
        };
        let other = CallId(u32::try_from(other).unwrap_or(u32::MAX));
        let Some(call) = self.calls.get_mut(place) else { return };
        if let Some(known) = call.related.iter_mut().find(|r| r.call == other && r.kind == kind) {
            if known.evidence.len() < LINKS && !known.evidence.contains(&evidence) {
                known.evidence.push(evidence);
            }
        } else if call.related.len() < LINKS {
            call.related.push(Related { call: other, kind, evidence: vec![evidence] });
        }
    }
}
