//! SIP messages as a capture for Wireshark (pcapng, draft-ietf-opsawg-pcapng). In: messages of an analysis. Out: bytes, proven. The
//! messages and their times are the log's; IP, UDP and TCP around them are made here, and the file says so.
//!
//! Addresses are those the log told. Where it told none or a name, an address of the benchmark ranges stands in (RFC 2544, RFC 5180),
//! named in the file's comment.

use std::collections::{BTreeMap, HashMap};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use etherparse::PacketBuilder;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{InterfaceDescriptionBlock, InterfaceDescriptionOption};
use pcap_file::pcapng::blocks::section_header::{SectionHeaderBlock, SectionHeaderOption};
use pcap_file::pcapng::{Block, PcapNgBlock};
use pcap_file::{DataLink, Endianness};

use super::redact::Leak;
use super::{Outlet, wire};
use crate::analyse::Analysis;
use crate::base::words::{Words, word};
use crate::base::{Private, PrivateKind};
use crate::session::{LoggedMessage, MessageId};
use crate::sip::Direction;

const SIP_PORT: u16 = 5060;
/// Of a message over TCP in one segment.
const SEGMENT: usize = 32_000;
const WINDOW: u16 = 64_240;
const HOPS: u8 = 64;
/// Stand-ins named in the comment.
const MOST_NAMED: usize = 40;

/// The capture as bytes.
///
/// # Errors
/// An original that stands in a message, an address or a comment.
pub fn capture(analysis: &Analysis, ids: &[MessageId], outlet: &Outlet) -> Result<Vec<u8>, Leak> {
    let mut ends = Ends::new(outlet);
    let mut flows = Flows::default();
    let mut packets = Vec::new();
    let mut texts = String::new();
    let mut last = Duration::ZERO;
    for logged in ids.iter().filter_map(|id| analysis.facts.message(*id)) {
        let wire = wire::of(logged, outlet);
        let (own, peer) = ends.of(logged);
        let (from, to) = if logged.seen.direction == Direction::Received { (peer, own) } else { (own, peer) };
        // A message without a time stands at that of the one before.
        last = logged.seen.at.map_or(last, |at| Duration::from_micros(u64::try_from(at.0).unwrap_or(0)));
        let mut comment = wire::about(analysis, logged, outlet);
        for note in wire.notes.iter().map(String::as_str).chain(ends.note(logged)) {
            comment.push_str("; ");
            comment.push_str(note);
        }
        texts.push_str(&format!("{comment}\n{from} {to}\n{}\n", wire.text));
        let stream = is_stream(logged);
        let parts: Vec<&[u8]> = wire.text.as_bytes().chunks(if stream { SEGMENT } else { usize::MAX }).collect();
        for (number, part) in parts.iter().enumerate() {
            let bytes = if stream { flows.segment(from, to, part) } else { datagram(from, to, part) };
            let comment = (number == 0).then(|| comment.clone());
            packets.push((last, bytes, comment));
        }
    }
    let about = about(&ends, outlet);
    texts.push_str(&about);
    outlet.prove(&texts)?;
    Ok(written(&about, packets))
}

fn about(ends: &Ends<'_>, outlet: &Outlet) -> String {
    let privacy = word(if outlet.redacted() { "report.redacted" } else { "report.not_redacted" });
    let values = [("version", env!("CARGO_PKG_VERSION")), ("privacy", privacy)];
    let mut out = Words::current().fill("sip-export.synthetic", &values);
    for (name, address) in ends.stand_ins.iter().take(MOST_NAMED) {
        let name = if name.is_empty() { word("sip-export.unknown_peer") } else { name };
        out.push_str(&format!("\n{address} = {}", super::text::page::clean(name)));
    }
    out
}

/// The file. Writing to memory cannot fail, and the one interface is there.
fn written(about: &str, packets: Vec<(Duration, Vec<u8>, Option<String>)>) -> Vec<u8> {
    let header = SectionHeaderBlock {
        endianness: Endianness::Little,
        options: vec![
            SectionHeaderOption::Comment(about.to_owned().into()),
            SectionHeaderOption::UserApplication(format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")).into()),
        ],
        ..SectionHeaderBlock::default()
    };
    let Ok(mut writer) = PcapNgWriter::with_section_header(Vec::new(), header) else { return Vec::new() };
    let interface = InterfaceDescriptionBlock {
        linktype: DataLink::RAW,
        snaplen: 0,
        options: vec![
            InterfaceDescriptionOption::IfName("synthetic".into()),
            // The writer counts nanoseconds.
            InterfaceDescriptionOption::IfTsResol(9),
        ],
    };
    let mut put = |block: Block<'_>| drop(writer.write_block(&block));
    put(interface.into_block());
    for (timestamp, data, comment) in packets {
        let options = comment.map(|text| EnhancedPacketOption::Comment(text.into())).into_iter().collect();
        let original_len = u32::try_from(data.len()).unwrap_or(u32::MAX);
        put(EnhancedPacketBlock { interface_id: 0, timestamp, original_len, data: data.into(), options }.into_block());
    }
    writer.into_inner()
}

/// Transport of the top Via (RFC 3261 §18); without one UDP, the default of SIP.
fn transport(logged: &LoggedMessage) -> String {
    logged.seen.message.top_via().map(|via| via.transport.to_ascii_uppercase()).unwrap_or_default()
}

fn is_stream(logged: &LoggedMessage) -> bool {
    !matches!(transport(logged).as_str(), "UDP" | "")
}

fn datagram(from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
    match (from.ip(), to.ip()) {
        (IpAddr::V4(a), IpAddr::V4(b)) => {
            let packet = PacketBuilder::ipv4(a.octets(), b.octets(), HOPS).udp(from.port(), to.port());
            filled(packet.size(payload.len()), |out| packet.write_to_slice(out, payload).is_ok())
        }
        (a, b) => {
            let packet = PacketBuilder::ipv6(six(a), six(b), HOPS).udp(from.port(), to.port());
            filled(packet.size(payload.len()), |out| packet.write_to_slice(out, payload).is_ok())
        }
    }
}

/// A packet of so many bytes. Writing fails only beyond 64 KiB, and a message was cut before.
fn filled(size: usize, write: impl FnOnce(&mut [u8]) -> bool) -> Vec<u8> {
    let mut out = vec![0; size];
    if write(&mut out) { out } else { Vec::new() }
}

fn six(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(four) => four.to_ipv6_mapped().octets(),
        IpAddr::V6(six) => six.octets(),
    }
}

/// Sequence numbers of each way of a TCP connection, so that nothing looks lost.
#[derive(Default)]
struct Flows {
    next: HashMap<(SocketAddr, SocketAddr), u32>,
}

impl Flows {
    fn segment(&mut self, from: SocketAddr, to: SocketAddr, payload: &[u8]) -> Vec<u8> {
        let acknowledged = self.next.get(&(to, from)).copied().unwrap_or(1);
        let next = self.next.entry((from, to)).or_insert(1);
        let sequence = *next;
        *next = next.wrapping_add(u32::try_from(payload.len()).unwrap_or(0));
        match (from.ip(), to.ip()) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let packet = PacketBuilder::ipv4(a.octets(), b.octets(), HOPS);
                let packet = packet.tcp(from.port(), to.port(), sequence, WINDOW).ack(acknowledged).psh();
                filled(packet.size(payload.len()), |out| packet.write_to_slice(out, payload).is_ok())
            }
            (a, b) => {
                let packet = PacketBuilder::ipv6(six(a), six(b), HOPS);
                let packet = packet.tcp(from.port(), to.port(), sequence, WINDOW).ack(acknowledged).psh();
                filled(packet.size(payload.len()), |out| packet.write_to_slice(out, payload).is_ok())
            }
        }
    }
}

/// Who sent what to whom, as addresses.
struct Ends<'a> {
    outlet: &'a Outlet,
    /// The client's own address by its transport, as last told.
    own: HashMap<bool, SocketAddr>,
    /// The peer of each Call-ID: an answer goes where its request came from.
    by_call: HashMap<String, SocketAddr>,
    /// Names and the address that stands for each.
    stand_ins: BTreeMap<String, IpAddr>,
}

impl<'a> Ends<'a> {
    fn new(outlet: &'a Outlet) -> Self {
        Self { outlet, own: HashMap::new(), by_call: HashMap::new(), stand_ins: BTreeMap::new() }
    }

    /// The client's end and the other.
    fn of(&mut self, logged: &LoggedMessage) -> (SocketAddr, SocketAddr) {
        let message = &logged.seen.message;
        let stream = is_stream(logged);
        let call = message.call_id().unwrap_or_default().to_owned();
        let sent_request = logged.seen.direction == Direction::Sent && message.is_request();
        let via = || message.top_via().filter(|_| sent_request).map(|via| via.sent_by());
        let own = logged.seen.local.clone().or_else(via).and_then(|told| self.literal(&told));
        let own = own.or_else(|| self.own.get(&stream).copied());
        let host = || sent_request.then(|| message.request_uri().and_then(host_of)).flatten();
        let peer = match logged.seen.remote.clone() {
            Some(told) => self.resolved(&told),
            None => match (self.by_call.get(&call), host()) {
                (Some(known), _) => *known,
                (None, Some(host)) => self.resolved(&host),
                (None, None) => self.resolved(""),
            },
        };
        // The log tells a name where it has no address: both ends must be of one family.
        let own = own.filter(|own| own.is_ipv4() == peer.is_ipv4()).unwrap_or_else(|| match peer {
            SocketAddr::V4(_) => SocketAddr::from((Ipv4Addr::new(198, 18, 0, 1), SIP_PORT)),
            SocketAddr::V6(_) => SocketAddr::from((Ipv6Addr::new(0x2001, 2, 0, 0, 0, 0, 0, 1), SIP_PORT)),
        });
        self.own.insert(stream, own);
        self.by_call.insert(call, peer);
        // Readable text on a port of TLS or HTTP would not be taken for SIP.
        if encrypted(logged) { (own, SocketAddr::new(peer.ip(), SIP_PORT)) } else { (own, peer) }
    }

    fn note(&self, logged: &LoggedMessage) -> Option<&'static str> {
        if encrypted(logged) {
            return Some(word("sip-export.was_tls"));
        }
        (logged.seen.direction == Direction::Unknown).then(|| word("sip-export.way_unknown"))
    }

    /// An address as it may leave; `None` for a name.
    fn literal(&self, told: &str) -> Option<SocketAddr> {
        address(told)?;
        address(&self.outlet.private(&Private::new(PrivateKind::Address, told)))
    }

    fn resolved(&mut self, told: &str) -> SocketAddr {
        if let Some(address) = self.literal(told) {
            return address;
        }
        let (host, port) = told.rsplit_once(':').and_then(|(h, p)| Some((h, p.parse().ok()?))).unwrap_or((told, SIP_PORT));
        let name = if host.is_empty() {
            String::new()
        } else {
            self.outlet.private(&Private::new(PrivateKind::Host, host)).into_owned()
        };
        let number = self.stand_ins.len() + 1;
        let [.., high, low] = u32::try_from(number).unwrap_or(u32::MAX).to_be_bytes();
        let stand_in = self.stand_ins.entry(name).or_insert(IpAddr::V4(Ipv4Addr::new(198, 19, high, low)));
        SocketAddr::new(*stand_in, port)
    }
}

fn encrypted(logged: &LoggedMessage) -> bool {
    matches!(transport(logged).as_str(), "TLS" | "WS" | "WSS")
}

/// `192.0.2.1:5060`, `[2001:db8::1]:5060` or an address without a port.
fn address(text: &str) -> Option<SocketAddr> {
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().ok();
    text.parse().ok().or_else(|| bare().map(|ip| SocketAddr::new(ip, SIP_PORT)))
}

/// Host and port of a SIP URI.
fn host_of(uri: &str) -> Option<String> {
    let (_, rest) = uri.split_once(':')?;
    let host = rest.split(['?', ';', '>']).next()?.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_hosts() {
        assert_eq!(address("192.0.2.1"), Some(SocketAddr::from(([192, 0, 2, 1], 5060))));
        assert_eq!(address("[2001:db8::1]:5070").map(|a| a.port()), Some(5070));
        assert_eq!(address("[2001:db8::1]").map(|a| a.port()), Some(5060));
        assert_eq!(address("sbc.example.com:5061"), None);
        assert_eq!(host_of("sip:anna@example.com:5062;transport=tcp").as_deref(), Some("example.com:5062"));
        assert_eq!(host_of("tel:+1202"), Some("+1202".to_owned()));
    }

    #[test]
    fn a_segment_follows_the_one_before() {
        let (a, b) = (SocketAddr::from(([192, 0, 2, 1], 1)), SocketAddr::from(([192, 0, 2, 2], 2)));
        let mut flows = Flows::default();
        flows.segment(a, b, b"12345");
        let second = flows.segment(a, b, b"x");
        // Sequence number: bytes 4 to 7 of the TCP header behind 20 bytes of IPv4.
        assert_eq!(second.get(24..28), Some(&6_u32.to_be_bytes()[..]));
        let back = flows.segment(b, a, b"y");
        assert_eq!(back.get(28..32), Some(&7_u32.to_be_bytes()[..]), "acknowledges both");
    }
}
