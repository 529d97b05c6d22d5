//! What a [`Message`] says, asked by name. In: a split message. Out: its header fields and body, typed where SIP gives them a type; all
//! borrow the message. Must not judge: what is malformed stands in `problems`.

use std::ops::Range;

use super::body::{self, Part};
use super::digest::Digest;
use super::header::{CSeq, NameAddr, Pieces, Via, compact_form, trim};
use super::message::{Message, StartLine};
use super::method::Method;
use super::sdp::Sdp;

impl Message {
    /// The text of a span; empty when it is out of range.
    pub fn slice(&self, span: &Range<usize>) -> &str {
        self.text.get(span.clone()).unwrap_or("")
    }

    /// A request, not a response.
    pub fn is_request(&self) -> bool {
        matches!(self.start, StartLine::Request { .. })
    }

    /// Status code of a response as written; beyond 65,535 that number. Legal are 100 to 699.
    pub fn status(&self) -> Option<u16> {
        match self.start {
            StartLine::Response { code, .. } => Some(code),
            StartLine::Request { .. } => None,
        }
    }

    /// Reason phrase of a response; empty for a request.
    pub fn reason(&self) -> &str {
        match &self.start {
            StartLine::Response { reason, .. } => self.slice(reason),
            StartLine::Request { .. } => "",
        }
    }

    /// Request-URI as written.
    pub fn request_uri(&self) -> Option<&str> {
        match &self.start {
            StartLine::Request { uri, .. } => Some(self.slice(uri)),
            StartLine::Response { .. } => None,
        }
    }

    /// A request's method; for a response the one its CSeq names, also when the number there is masked.
    pub fn method(&self) -> Option<Method> {
        match &self.start {
            StartLine::Request { method, .. } => Some(method.clone()),
            StartLine::Response { .. } => self.header("CSeq").and_then(|v| CSeq::split(v).1).map(Method::from_token),
        }
    }

    /// Name as written and value of every header field, in order.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.headers.iter().map(|header| (self.slice(&header.name), self.slice(&header.value)))
    }

    /// Value of the first field of that name, as written with its folds. `name` is the long form; the compact form is found too, and case
    /// does not matter.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.matching(name).next()
    }

    /// Value of every field of that name, as written.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.matching(name)
    }

    /// Elements of all fields of that name, split at commas outside quotes and `<>`; empty elements are left out.
    pub fn list<'a>(&'a self, name: &str) -> Vec<&'a str> {
        self.elements(name).collect()
    }

    /// Via elements, the top one first.
    pub fn vias(&self) -> Vec<Via<'_>> {
        self.elements("Via").map(Via::parse).collect()
    }

    /// The Via of who sent this message last.
    pub fn top_via(&self) -> Option<Via<'_>> {
        self.elements("Via").next().map(Via::parse)
    }

    /// From.
    pub fn from(&self) -> Option<NameAddr<'_>> {
        self.header("From").map(NameAddr::parse)
    }

    /// To.
    pub fn to(&self) -> Option<NameAddr<'_>> {
        self.header("To").map(NameAddr::parse)
    }

    /// Contact elements; `*` is one with that URI.
    pub fn contacts(&self) -> Vec<NameAddr<'_>> {
        self.addresses("Contact")
    }

    /// Route elements.
    pub fn routes(&self) -> Vec<NameAddr<'_>> {
        self.addresses("Route")
    }

    /// Record-Route elements.
    pub fn record_routes(&self) -> Vec<NameAddr<'_>> {
        self.addresses("Record-Route")
    }

    /// All elements of a header of addresses: Path, Service-Route, P-Asserted-Identity, Diversion …
    pub fn addresses(&self, name: &str) -> Vec<NameAddr<'_>> {
        self.elements(name).map(NameAddr::parse).collect()
    }

    /// Call-ID, case-sensitive; `None` when missing or empty.
    pub fn call_id(&self) -> Option<&str> {
        self.header("Call-ID").filter(|id| !id.is_empty())
    }

    /// CSeq; `None` when it cannot be read.
    pub fn cseq(&self) -> Option<CSeq> {
        self.header("CSeq").and_then(CSeq::parse)
    }

    /// Expires header in seconds.
    pub fn expires(&self) -> Option<u64> {
        self.header("Expires").and_then(|value| value.parse().ok())
    }

    /// Content-Type without its parameters.
    pub fn content_type(&self) -> Option<&str> {
        self.header("Content-Type").map(body::media_type)
    }

    /// The body, empty when there is none.
    pub fn body_text(&self) -> &str {
        self.slice(&self.body)
    }

    /// Parts of the body; a plain body is one part.
    pub fn parts(&self) -> Vec<Part<'_>> {
        if self.body.is_empty() { Vec::new() } else { body::parts(self.header("Content-Type"), self.body_text()) }
    }

    /// The session description: the body, or the part of it, of type `application/sdp`; or a body of untold (or masked) type that begins
    /// `v=0`.
    pub fn sdp(&self) -> Option<Sdp> {
        self.parts().into_iter().find(Part::is_sdp).and_then(|part| Sdp::parse(part.text))
    }

    /// WWW-Authenticate and Proxy-Authenticate.
    pub fn challenges(&self) -> Vec<Digest<'_>> {
        self.digests("WWW-Authenticate", "Proxy-Authenticate")
    }

    /// Authorization and Proxy-Authorization.
    pub fn credentials(&self) -> Vec<Digest<'_>> {
        self.digests("Authorization", "Proxy-Authorization")
    }

    fn digests(&self, server: &str, proxy: &str) -> Vec<Digest<'_>> {
        let of = |name, is_proxy| self.matching(name).map(move |value| Digest::parse(value, is_proxy));
        of(server, false).chain(of(proxy, true)).collect()
    }

    fn matching<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        let compact = compact_form(name);
        self.fields().filter(move |(written, _)| is_named(written, name, compact)).map(|(_, value)| value)
    }

    fn elements<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.matching(name).flat_map(|value| Pieces::new(value, b',')).map(trim).filter(|element| !element.is_empty())
    }
}

/// The name as written is this one, or its compact form.
pub(crate) fn is_named(written: &str, name: &str, compact: Option<u8>) -> bool {
    match (written.as_bytes(), compact) {
        ([letter], Some(compact)) => letter.to_ascii_lowercase() == compact,
        _ => written.eq_ignore_ascii_case(name),
    }
}
