//! Everything in a text that may name somebody, by meaning first, then what is known from elsewhere, then by pattern. In: text. Out: places.

use super::spans::Spans;
use super::{Kind, Step, fields, names, patterns, sip, uri};
use crate::base::{Private, PrivateKind};

/// Log text. `known` adds what is known from elsewhere.
pub(super) fn text(text: &str, skip: Option<Step>, known: impl FnOnce(&mut Spans)) -> Spans {
    let mut spans = Spans::default();
    if text.len() < 2 {
        return spans;
    }
    if skip != Some(Step::Meaning) {
        sip::scan(text, &mut spans);
        uri::scan(text, &mut spans);
        fields::scan(text, &mut spans);
    }
    known(&mut spans);
    if skip != Some(Step::Patterns) {
        patterns::scan(text, &mut spans);
    }
    spans
}

/// A value whose kind is known.
pub(super) fn private(value: &Private) -> Spans {
    let mut spans = Spans::default();
    let text = value.original();
    let all = text.len();
    match value.kind {
        PrivateKind::Path => names::scan(text, &mut spans),
        PrivateKind::Name => spans.add(0, all, uri::kind_of_name(text)),
        PrivateKind::CallId => sip::call_ids(text, 0, text, &mut spans),
        PrivateKind::Device => {
            let bare = text.trim_start_matches(['<', '"']);
            let urn = bare.rfind(':').filter(|_| bare.starts_with("urn:")).map_or(0, |n| n + 1);
            let start = all - bare.len() + urn;
            spans.add(start, text.trim_end_matches(['>', '"']).len(), Kind::Device);
        }
        PrivateKind::Token if text.contains(';') => sip::tracking(0, text, &mut spans),
        PrivateKind::Token if text.contains([' ', '"']) => {
            spans = self::text(text, None, |_| {});
            if spans.list().is_empty() {
                spans.add(0, all, Kind::Token);
            }
        }
        PrivateKind::Token => spans.add(0, all, if patterns::is_tracking(text) { Kind::Tracking } else { Kind::Token }),
        PrivateKind::Uri
        | PrivateKind::User
        | PrivateKind::Number
        | PrivateKind::Mail
        | PrivateKind::Host
        | PrivateKind::Address => {
            uri::scan(text, &mut spans);
            if spans.list().is_empty() {
                match value.kind {
                    _ if text.contains('@') || text.contains("%40") => uri::target(text, 0, &mut spans),
                    PrivateKind::Host | PrivateKind::Address => drop(uri::host_at(text, 0, &mut spans)),
                    PrivateKind::Uri => uri::target(text, 0, &mut spans),
                    _ => uri::user_at(text, 0, all, &mut spans),
                }
            }
            patterns::scan(text, &mut spans);
        }
    }
    spans
}
