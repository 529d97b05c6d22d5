//! What an offer and its answer agree (RFC 3264 §6, §8), media line by media line. In: two descriptions. Out: [`Agreement`], seen from
//! who offered. Must not know messages, nor which of the two is the client.

use super::fmtp::{self, Difference};
use super::sdp::{Flow, Sdp, SdpFormat, SdpMedia, Security, is_comfort_noise, is_repair, is_telephone_event};

/// What became of one media line of the offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineState {
    /// A common format, no port 0.
    Agreed,
    /// Port 0 in the answer.
    Rejected,
    /// Port 0 in the offer: its writer took the line away, or keeps the place of one that was refused (RFC 3264 §8.2).
    Withdrawn,
    /// Answered, but with no format of the offer.
    NoCommonFormat,
    /// The answer has no such line (RFC 3264 §6 demands one).
    Missing,
}

/// Who takes no media for a while (RFC 3264 §8.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// Who offered says `sendonly`, `inactive` or an unspecified address.
    pub by_offerer: bool,
    /// Who answered takes less than the offer would send.
    pub by_answerer: bool,
}

/// One format of both.
#[derive(Clone, Copy, Debug)]
pub struct AgreedFormat<'a> {
    /// As offered.
    pub offered: &'a SdpFormat,
    /// As answered; its payload type may be another (RFC 3264 §6.1).
    pub answered: &'a SdpFormat,
}

impl AgreedFormat<'_> {
    /// Where the parameters of both differ in a way that matters.
    pub fn differences(&self) -> Vec<Difference> {
        fmtp::differences(&self.answered.name, self.offered.fmtp.as_deref(), self.answered.fmtp.as_deref())
    }
}

/// What was agreed about one media line.
#[derive(Clone, Debug)]
pub struct AgreedLine<'a> {
    /// As offered.
    pub offered: &'a SdpMedia,
    /// As answered.
    pub answered: Option<&'a SdpMedia>,
    /// What became of it.
    pub state: LineState,
    /// Formats of both, in the order of the answer: the preference of who will send first (RFC 3264 §6.1).
    pub formats: Vec<AgreedFormat<'a>>,
    /// What flows, seen from who offered; inactive where nothing was agreed.
    pub flow: Flow,
    /// Who holds.
    pub held: Held,
}

impl<'a> AgreedLine<'a> {
    /// The first agreed format that carries speech, pictures or data by itself.
    pub fn codec(&self) -> Option<AgreedFormat<'a>> {
        self.formats.iter().copied().find(|format| !is_aside(format.answered))
    }

    /// Digits as telephone-event are agreed.
    pub fn has_telephone_event(&self) -> bool {
        self.formats.iter().any(|format| is_telephone_event(&format.answered.name))
    }

    /// How the media is secured, as answered.
    pub fn security(&self) -> Security {
        self.answered.map_or(Security::None, SdpMedia::security)
    }
}

/// What two descriptions agree.
#[derive(Clone, Debug)]
pub struct Agreement<'a> {
    /// One for each media line of the offer, in order.
    pub lines: Vec<AgreedLine<'a>>,
    /// Media lines of the answer that the offer does not have, which RFC 3264 §6 forbids.
    pub surplus: usize,
}

/// What changed about a media line from one agreement to the next (RFC 3264 §8.1, §8.2).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LineChange {
    /// First agreement, or as before.
    #[default]
    None,
    /// It is new, or open again.
    Added,
    /// It was open and is no more.
    Removed,
}

impl LineChange {
    /// From whether a line was agreed before (`None`: there was no agreement before) and is now.
    pub fn between(before: Option<bool>, now: bool) -> Self {
        match (before, now) {
            (Some(false), true) => Self::Added,
            (Some(true), false) => Self::Removed,
            _ => Self::None,
        }
    }
}

/// Compares an offer with its answer.
pub fn negotiate<'a>(offer: &'a Sdp, answer: &'a Sdp) -> Agreement<'a> {
    let lines = offer.media.iter().enumerate().map(|(index, offered)| line(offered, answer.media.get(index))).collect();
    Agreement { lines, surplus: answer.media.len().saturating_sub(offer.media.len()) }
}

fn line<'a>(offered: &'a SdpMedia, answered: Option<&'a SdpMedia>) -> AgreedLine<'a> {
    let formats = answered.filter(|line| !line.is_rejected()).map(|line| common(offered, line)).unwrap_or_default();
    let state = match answered {
        _ if offered.is_rejected() => LineState::Withdrawn,
        None => LineState::Missing,
        Some(line) if line.is_rejected() => LineState::Rejected,
        Some(_) if formats.is_empty() => LineState::NoCommonFormat,
        Some(_) => LineState::Agreed,
    };
    let flows = answered.filter(|_| matches!(state, LineState::Agreed | LineState::NoCommonFormat));
    let (flow, held) = match flows {
        Some(answered) => {
            let (offered, answered) = (stated(offered), stated(answered));
            // A line for digits alone goes one way by nature.
            let digits = formats.iter().all(|format| is_telephone_event(&format.answered.name)) && !formats.is_empty();
            (together(offered, answered), if digits { Held::default() } else { held(offered, answered) })
        }
        None => (Flow::Inactive, Held::default()),
    };
    AgreedLine { offered, answered, state, formats, flow, held }
}

/// Formats of the answer that the offer has too. Of several alike (H264 in two packings) the one whose parameters fit.
fn common<'a>(offered: &'a SdpMedia, answered: &'a SdpMedia) -> Vec<AgreedFormat<'a>> {
    let partner = |format: &SdpFormat| {
        let alike = || offered.formats.iter().filter(|o| same_codec(&o.name, &format.name));
        let fits = |o: &&SdpFormat| !fmtp::conflict(&format.name, o.fmtp.as_deref(), format.fmtp.as_deref());
        let same_payload = alike().find(|o| o.payload == format.payload && fits(o));
        same_payload.or_else(|| alike().find(fits)).or_else(|| alike().next())
    };
    answered.formats.iter().filter_map(|format| Some(AgreedFormat { offered: partner(format)?, answered: format })).collect()
}

/// The direction a media line states; the old way to hold, an unspecified address, says that its writer takes nothing (RFC 3264 §8.4).
pub fn stated(line: &SdpMedia) -> Flow {
    let nowhere = line.address.as_deref().is_some_and(|a| a == "0.0.0.0" || a == "::");
    match line.flow {
        Flow::SendRecv if nowhere => Flow::SendOnly,
        Flow::RecvOnly if nowhere => Flow::Inactive,
        stated => stated,
    }
}

/// What flows when both directions are taken together, seen from who offered (RFC 3264 §6.1).
pub fn together(offered: Flow, answered: Flow) -> Flow {
    match (offered.sends() && answered.takes(), offered.takes() && answered.sends()) {
        (true, true) => Flow::SendRecv,
        (true, false) => Flow::SendOnly,
        (false, true) => Flow::RecvOnly,
        (false, false) => Flow::Inactive,
    }
}

fn held(offered: Flow, answered: Flow) -> Held {
    Held { by_offerer: !offered.takes(), by_answerer: offered.sends() && !answered.takes() }
}

/// Encoding names are case-insensitive (RFC 4855 §3), one channel is the default (RFC 8866 §6.6).
pub fn same_codec(a: &str, b: &str) -> bool {
    let bare = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let mono = lower.strip_suffix("/1").filter(|rest| rest.contains('/')).map(str::to_owned);
        mono.unwrap_or(lower)
    };
    bare(a) == bare(b)
}

/// Not what a call is heard or seen by: digits, noise between words, repair and retransmission.
pub fn is_aside(format: &SdpFormat) -> bool {
    is_telephone_event(&format.name) || is_comfort_noise(&format.name) || is_repair(&format.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sdp(media: &str) -> Sdp {
        Sdp::parse(&format!("v=0\no=- 1 1 IN IP4 192.0.2.1\ns=-\nc=IN IP4 192.0.2.1\nt=0 0\n{media}")).unwrap()
    }

    #[test]
    fn directions_and_holds() {
        let agreed = |offered: &str, answered: &str| {
            let (offer, answer) =
                (sdp(&format!("m=audio 4000 RTP/AVP 0\n{offered}")), sdp(&format!("m=audio 4 RTP/AVP 0\n{answered}")));
            let agreement = negotiate(&offer, &answer);
            let line = &agreement.lines[0];
            (line.flow.word(), line.held.by_offerer, line.held.by_answerer)
        };
        assert_eq!(agreed("", ""), ("sendrecv", false, false));
        assert_eq!(agreed("a=sendonly\n", "a=recvonly\n"), ("sendonly", true, false));
        assert_eq!(agreed("a=inactive\n", "a=inactive\n"), ("inactive", true, false));
        assert_eq!(agreed("", "a=sendonly\n"), ("recvonly", false, true));
        assert_eq!(agreed("a=recvonly\n", "a=sendonly\n"), ("recvonly", false, false));
        assert_eq!(agreed("c=IN IP4 0.0.0.0\n", ""), ("sendonly", true, false));
        assert_eq!(agreed("", "c=IN IP4 0.0.0.0\n"), ("recvonly", false, true));
        // An answer that states more than the offer allows widens nothing.
        assert_eq!(agreed("a=sendonly\n", "a=sendrecv\n"), ("sendonly", true, false));
    }

    #[test]
    fn every_line_ends_somehow() {
        let offer = sdp(
            "m=audio 4000 RTP/AVP 96 0 101 13\na=rtpmap:96 opus/48000/2\na=rtpmap:101 telephone-event/8000\nm=video 4002 RTP/AVP 97\na=rtpmap:97 H264/90000\nm=application 4004 TCP/BFCP *\na=floorctrl:c-only\nm=audio 0 RTP/AVP 0\nm=image 4006 udptl t38\n",
        );
        let answer = sdp(
            "m=audio 4000 RTP/AVP 111 100\na=rtpmap:111 OPUS/48000/2\na=rtpmap:100 telephone-event/8000\nm=video 0 RTP/AVP 97\nm=application 5000 TCP/BFCP *\nm=audio 0 RTP/AVP 0\n",
        );
        let agreement = negotiate(&offer, &answer);
        let states: Vec<LineState> = agreement.lines.iter().map(|l| l.state).collect();
        assert_eq!(states, [LineState::Agreed, LineState::Rejected, LineState::Agreed, LineState::Withdrawn, LineState::Missing]);
        let audio = &agreement.lines[0];
        assert_eq!(audio.codec().map(|c| (c.offered.payload.as_str(), c.answered.payload.as_str())), Some(("96", "111")));
        assert!(audio.has_telephone_event());
        assert_eq!(agreement.lines[2].codec().map(|c| c.answered.name.as_str()), Some("*"));
        assert_eq!((agreement.surplus, negotiate(&answer, &offer).surplus), (0, 1));
        let other = sdp("m=audio 4000 RTP/AVP 9\n");
        assert_eq!(negotiate(&offer, &other).lines[0].state, LineState::NoCommonFormat);
    }

    #[test]
    fn of_two_packings_the_one_that_fits() {
        let offer = sdp(
            "m=video 4 RTP/AVP 97 98\na=rtpmap:97 H264/90000\na=fmtp:97 profile-level-id=42e01f;packetization-mode=1\na=rtpmap:98 H264/90000\na=fmtp:98 profile-level-id=42e01f\n",
        );
        let answer =
            sdp("m=video 4 RTP/AVP 120\na=rtpmap:120 H264/90000\na=fmtp:120 profile-level-id=42e01f;packetization-mode=0\n");
        let agreement = negotiate(&offer, &answer);
        assert_eq!(agreement.lines[0].codec().map(|c| c.offered.payload.as_str()), Some("98"));
        assert!(agreement.lines[0].codec().unwrap().differences().is_empty());
    }
}
