//! Candidates of ICE (RFC 8839 §5.1, §5.2). In: attributes of a media line. Out: [`Candidate`]s, and the pair that is known to be chosen. Must
//! not know offers and answers, nor whether media flows.

use super::sdp::SdpMedia;

/// Candidates of one media line that are read.
const MAX_CANDIDATES: usize = 64;

/// One way to reach an end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// 1 is RTP, 2 RTCP.
    pub component: u32,
    /// `UDP`, `TCP` as written.
    pub transport: String,
    /// The higher, the sooner it is tried.
    pub priority: u64,
    /// Where to send to.
    pub address: String,
    /// Port.
    pub port: u16,
    /// `host`, `srflx` (seen by a STUN server), `prflx`, `relay` (of a TURN server).
    pub kind: String,
}

impl Candidate {
    /// Reads the value of `a=candidate`; `None` when it is not of the form.
    pub fn parse(value: &str) -> Option<Self> {
        let mut words = value.split_ascii_whitespace();
        let _foundation = words.next()?;
        let component = words.next()?.parse().ok()?;
        let transport = words.next()?.to_owned();
        let priority = words.next()?.parse().ok()?;
        let address = words.next()?.to_owned();
        let port = words.next()?.parse().ok()?;
        let kind = (words.next()? == "typ").then(|| words.next())??.to_owned();
        Some(Self { component, transport, priority, address, port, kind })
    }
}

impl SdpMedia {
    /// Its candidates in order.
    pub fn candidates(&self) -> Vec<Candidate> {
        self.values("candidate").filter_map(Candidate::parse).take(MAX_CANDIDATES).collect()
    }

    /// Its end is to use ICE: it names candidates or credentials.
    pub fn has_ice(&self) -> bool {
        self.values("candidate").next().is_some() || self.attribute("ice-ufrag").is_some()
    }

    /// The other end's address and port that this end chose for RTP: `a=remote-candidates`, which only the controlling end writes, and only
    /// when ICE is done (RFC 8839 §4.4.1.2.2). Its own half is the default address of the same line.
    pub fn chosen_remote(&self) -> Option<(String, u16)> {
        let mut words = self.attribute("remote-candidates")?.split_ascii_whitespace();
        loop {
            let (component, address, port) = (words.next()?, words.next()?, words.next()?);
            if component == "1" {
                return Some((address.to_owned(), port.parse().ok()?));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::sdp::Sdp;

    #[test]
    fn candidates_and_the_pair_chosen() {
        let sdp = Sdp::parse(
            "v=0\nc=IN IP4 192.0.2.3\nm=audio 45664 RTP/AVP 0\na=ice-ufrag:8hhY\na=candidate:1 1 UDP 2130706431 203.0.113.141 8998 typ host\n\
             a=candidate:2 1 UDP 1694498815 192.0.2.3 45664 typ srflx raddr 203.0.113.141 rport 8998\na=candidate:3 1 UDP\n\
             a=remote-candidates:1 192.0.2.1 3478 2 192.0.2.1 3479\n",
        )
        .unwrap();
        let line = &sdp.media[0];
        let kinds: Vec<_> = line.candidates().into_iter().map(|c| (c.kind, c.port)).collect();
        assert_eq!(kinds, [("host".to_owned(), 8998), ("srflx".to_owned(), 45664)]);
        assert!(line.has_ice());
        assert_eq!(line.chosen_remote(), Some(("192.0.2.1".to_owned(), 3478)));
    }
}
