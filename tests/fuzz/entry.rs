//! The entry points that any bytes may come to: one for each fuzz target. The smoke test (`tests/it/sip_hostile.rs`) runs the same ones.
//! In: bytes. Out: what was read, after every reader has come back and every span has held. Must not know where the bytes come from.

use std::sync::OnceLock;

use bundlescope::base::{MemberId, Notes, Progress, Zone, ZoneBasis};
use bundlescope::bundle::Observer;
use bundlescope::records::{Dialects, read};
use bundlescope::session::LoggedMessage;
use bundlescope::session::extract::{MemberSip, SipProbe, directions};
use bundlescope::sip::key::Keys;
use bundlescope::sip::negotiate::negotiate;
use bundlescope::sip::offer_answer::exchanges;
use bundlescope::sip::transaction::Transactions;
use bundlescope::sip::{Message, Observed, Sdp, StartLine, grammar};

/// One message as text: parsed, and every question that can be asked of it.
pub fn message(bytes: &[u8]) -> Option<Message> {
    for line in bytes.split(|b| *b == b'\n').take(3) {
        if let Some(at) = grammar::start_line_at(line) {
            assert!(at < line.len());
        }
        let _ = (grammar::is_header_line(line), grammar::is_known_header(line));
    }
    let message = Message::parse(String::from_utf8_lossy(bytes).into_owned())?;
    hold(&message);
    Some(message)
}

/// What must hold of every message, and every reader must come back.
pub fn hold(message: &Message) {
    let text = &message.text;
    let mut last = 0;
    let mut ordered = |span: &std::ops::Range<usize>| {
        assert!(span.start <= span.end && text.get(span.clone()).is_some(), "{span:?} in {text:?}");
        assert!(last <= span.start, "{span:?} goes back in {text:?}");
        last = span.end;
    };
    match &message.start {
        StartLine::Request { uri, .. } => ordered(uri),
        StartLine::Response { reason, .. } => ordered(reason),
    }
    for header in &message.headers {
        ordered(&header.name);
        ordered(&header.value);
    }
    ordered(&message.body);
    assert!(message.problems.len() <= 21);
    let (vias, contacts) = (message.vias(), message.contacts());
    vias.iter().for_each(|v| drop((v.branch(), v.received(), v.rport(), v.sent_by())));
    let _ = message.top_via();
    let uris: Vec<_> = contacts.iter().chain(&message.from()).chain(&message.to()).filter_map(|a| a.parsed_uri()).collect();
    for uri in &uris {
        assert!(uri.same_as(uri), "{uri:?}");
    }
    let _ = (message.cseq(), message.expires(), message.method(), message.routes(), message.record_routes());
    message
        .challenges()
        .iter()
        .chain(&message.credentials())
        .for_each(|d| assert!(d.param("nonce").is_none() || d.text.contains('=')));
    if let Some(sdp) = message.sdp() {
        description(&sdp);
    }
}

/// A session description, and what comes of offering it to itself.
pub fn description(sdp: &Sdp) {
    assert!(sdp.media.len() <= 256 && sdp.problems.len() <= 600);
    let agreement = negotiate(sdp, sdp);
    assert_eq!(agreement.lines.len(), sdp.media.len());
}

/// A log file: its records, its messages, and which way they went.
pub fn log(bytes: &[u8]) -> Vec<LoggedMessage> {
    static DIALECTS: OnceLock<Dialects> = OnceLock::new();
    let dialects = DIALECTS.get_or_init(|| Dialects::load(None, &mut Notes::new()));
    let mut probe = SipProbe::new(MemberId(0));
    read(MemberId(0), bytes, dialects, &mut [&mut probe], &Progress::new());
    let zone = Zone { offset_s: 0, basis: ZoneBasis::Given };
    directions(vec![MemberSip { extracted: probe.finish(), observer: Observer::Client, zone }]).0
}

/// Messages of one scope: keys, transactions, offers and answers.
pub fn conversation<M: AsRef<Observed>>(messages: &[M]) -> usize {
    let keys = Keys::read(messages, |_| Some(0));
    let transactions = Transactions::build(&keys);
    assert_eq!(transactions.of.len(), messages.len());
    let places: Vec<u32> = (0..u32::try_from(transactions.list.len()).unwrap_or(0)).collect();
    let found = exchanges(messages, &keys, &transactions, &places, |_| false);
    for exchange in &found {
        let sdp = |at: u32| messages.get(at as usize).and_then(|m| m.as_ref().message.sdp());
        if let (Some(offer), Some(answer)) = (sdp(exchange.offer), exchange.answer.and_then(sdp)) {
            let agreement = negotiate(&offer, &answer);
            assert_eq!(agreement.lines.len(), offer.media.len());
        }
    }
    found.len()
}
