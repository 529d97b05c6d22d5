//! Session descriptions (RFC 8866, payload types RFC 3551). In: the text of a body. Out: [`Sdp`], always as much as could be read; what
//! is odd is listed. Must not know messages, nor who offers and who answers.
//!
//! Facts are read line by line by a tolerant reader of our own, so that one odd line never costs the body; the strict reader of
//! the `sdp-types` crate judges whether the description is well-formed.

/// Lines of one description that are read.
const MAX_LINES: usize = 20_000;
/// Media lines of one description that are kept.
const MAX_MEDIA: usize = 256;
/// Formats of one media line that are kept.
const MAX_FORMATS: usize = 256;
/// Attributes of one description that are kept.
const MAX_ATTRIBUTES: usize = 5_000;

/// Which way media flows, as a direction attribute says it (RFC 8866 §6.7), from its writer's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Flow {
    /// Both ways.
    SendRecv,
    /// Only sent.
    SendOnly,
    /// Only received.
    RecvOnly,
    /// Neither.
    Inactive,
}

impl Flow {
    /// The attribute's name, the word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::SendRecv => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::RecvOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// The same flow seen from the other end.
    pub fn reversed(self) -> Self {
        match self {
            Self::SendOnly => Self::RecvOnly,
            Self::RecvOnly => Self::SendOnly,
            same => same,
        }
    }

    /// Its writer sends.
    pub fn sends(self) -> bool {
        matches!(self, Self::SendRecv | Self::SendOnly)
    }

    /// Its writer takes what the other end sends.
    pub fn takes(self) -> bool {
        matches!(self, Self::SendRecv | Self::RecvOnly)
    }

    /// From an attribute's name.
    pub fn from_attribute(name: &str) -> Option<Self> {
        [Self::SendRecv, Self::SendOnly, Self::RecvOnly, Self::Inactive]
            .into_iter()
            .find(|flow| flow.word().eq_ignore_ascii_case(name))
    }
}

/// How media is secured.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Security {
    /// In the clear.
    #[default]
    None,
    /// SRTP with keys in the description (RFC 4568).
    Sdes,
    /// SRTP with keys of a DTLS handshake (RFC 5764).
    Dtls,
    /// A secure profile without keys.
    Profile,
}

impl Security {
    /// A word without language: the name of the way.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Sdes => "SDES",
            Self::Dtls => "DTLS",
            Self::Profile => "SAVP",
        }
    }
}

/// `a=name` or `a=name:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpAttribute {
    /// As written.
    pub name: String,
    /// As written, blanks around it left aside; `None` without a colon.
    pub value: Option<String>,
}

/// One format of a media line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpFormat {
    /// As written in the `m=` line.
    pub payload: String,
    /// The payload type when it is a number.
    pub number: Option<u8>,
    /// `name/rate[/channels]` as its `a=rtpmap` writes it, else the static type of RFC 3551, else the payload itself.
    pub name: String,
    /// Its `a=fmtp` parameters.
    pub fmtp: Option<String>,
}

/// One media line and what belongs to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SdpMedia {
    /// `audio`, `video`, `image`, `application` … as written.
    pub kind: String,
    /// Port; 0 means rejected or unused, but also that none could be read: see [`SdpMedia::is_rejected`].
    pub port: u16,
    /// The port was readable (not masked, not beyond 65,535).
    pub port_known: bool,
    /// `RTP/AVP`, `RTP/SAVP` …
    pub protocol: String,
    /// Formats in the order of preference.
    pub formats: Vec<SdpFormat>,
    /// Direction: of the media, else of the session, else `sendrecv`.
    pub flow: Flow,
    /// A direction attribute said so.
    pub flow_stated: bool,
    /// Connection address without TTL: the media's first `c=`, else the session's.
    pub address: Option<String>,
    /// Packet time in ms.
    pub ptime: Option<u32>,
    /// Values of `a=crypto` (RFC 4568).
    pub crypto: Vec<String>,
    /// A certificate fingerprint (DTLS-SRTP) at the media or the session.
    pub fingerprint: bool,
    /// All attributes of the media in order.
    pub attributes: Vec<SdpAttribute>,
}

impl SdpMedia {
    /// Port 0 as written, not merely unreadable (RFC 3264 §6).
    pub fn is_rejected(&self) -> bool {
        self.port_known && self.port == 0
    }

    /// Encrypted media: a secure profile, or keys given for it.
    pub fn is_secure(&self) -> bool {
        self.protocol.to_ascii_uppercase().contains("SAVP") || !self.crypto.is_empty() || self.fingerprint
    }

    /// How the media is secured. Where both ways are written, the profile tells which is meant.
    pub fn security(&self) -> Security {
        let profile = self.protocol.to_ascii_uppercase();
        match (self.fingerprint, self.crypto.is_empty()) {
            (true, false) if profile.contains("TLS/") => Security::Dtls,
            (_, false) => Security::Sdes,
            (true, true) if profile.contains("RTP/") || profile.contains("DTLS/") => Security::Dtls,
            _ if profile.contains("SAVP") => Security::Profile,
            _ => Security::None,
        }
    }

    /// The first crypto suite (RFC 4568 §9.1): in an answer the one taken.
    pub fn crypto_suite(&self) -> Option<&str> {
        self.crypto.first()?.split_ascii_whitespace().nth(1)
    }

    /// The value of the media's first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        find(&self.attributes, name)
    }

    /// The values of all its attributes of that name.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.attributes.iter().filter(move |a| a.name.eq_ignore_ascii_case(name)).filter_map(|a| a.value.as_deref())
    }
}

/// A session description.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Sdp {
    /// User of `o=`; empty when missing.
    pub origin_user: String,
    /// Session id of `o=`.
    pub origin_session_id: String,
    /// Version of `o=` as written: it may exceed 64 bits.
    pub origin_version: String,
    /// Address of `o=`.
    pub origin_address: String,
    /// `s=`.
    pub session_name: String,
    /// The session's own `c=`, without TTL.
    pub address: Option<String>,
    /// The session's own direction attribute.
    pub flow: Option<Flow>,
    /// Media lines in order.
    pub media: Vec<SdpMedia>,
    /// Attributes of the session in order.
    pub attributes: Vec<SdpAttribute>,
    /// What is malformed or was left aside.
    pub problems: Vec<String>,
}

impl Sdp {
    /// The value of the session's first attribute of that name.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        find(&self.attributes, name)
    }

    /// Reads a description. Reading ends at the first line that is not `x=…` (blank lines aside): what follows is no part of it. `None`
    /// when not even one line is.
    pub fn parse(text: &str) -> Option<Self> {
        // As in the header: a text without any LF has CR alone at its line ends.
        let end = if text.contains('\n') { '\n' } else { '\r' };
        let mut reader = Reader::default();
        // What the strict reader judges: the same lines without what a log does to them (indent, blank lines, blanks at the end).
        let mut clean = String::with_capacity(text.len());
        for (count, line) in
            text.trim_start_matches('\u{feff}').split(end).map(str::trim).filter(|line| !line.is_empty()).enumerate()
        {
            let Some((key, value)) = split_line(line) else {
                break;
            };
            if count >= MAX_LINES {
                reader.sdp.problems.push(format!("Session description cut after {MAX_LINES} lines"));
                break;
            }
            clean.push_str(line);
            clean.push('\n');
            reader.line(key, value);
        }
        if clean.is_empty() {
            return None;
        }
        let mut sdp = reader.finish();
        if let Err(why) = sdp_types::Session::parse(clean.as_bytes()) {
            sdp.problems.push(format!("Session description is malformed: {why}"));
        }
        Some(sdp)
    }
}

fn find<'a>(attributes: &'a [SdpAttribute], name: &str) -> Option<&'a str> {
    attributes.iter().find(|a| a.name.eq_ignore_ascii_case(name)).and_then(|a| a.value.as_deref())
}

/// `type=value` (RFC 8866 §5): one letter, then `=`.
pub(super) fn split_line(line: &str) -> Option<(u8, &str)> {
    let (key, value) = line.split_once('=')?;
    match key.as_bytes() {
        [letter] if letter.is_ascii_alphabetic() => Some((letter.to_ascii_lowercase(), value.trim())),
        _ => None,
    }
}

#[derive(Default)]
struct Reader {
    sdp: Sdp,
    attributes: usize,
    media_left_aside: usize,
    attributes_left_aside: usize,
    formats_left_aside: usize,
    session_fingerprint: bool,
}

impl Reader {
    fn line(&mut self, key: u8, value: &str) {
        // Lines below a media line beyond the cap belong to that one, not to the last kept.
        if self.media_left_aside > 0 && key != b'm' {
            return;
        }
        match key {
            b'o' => self.origin(value),
            b's' if self.sdp.session_name.is_empty() => self.sdp.session_name = value.to_owned(),
            b'c' => self.connection(value),
            b'm' => self.media(value),
            b'a' => self.attribute(value),
            _ => {}
        }
    }

    /// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>`
    fn origin(&mut self, value: &str) {
        if !self.sdp.origin_user.is_empty() {
            return;
        }
        let mut words = value.split_ascii_whitespace().map(str::to_owned);
        self.sdp.origin_user = words.next().unwrap_or_default();
        self.sdp.origin_session_id = words.next().unwrap_or_default();
        self.sdp.origin_version = words.next().unwrap_or_default();
        self.sdp.origin_address = words.nth(2).unwrap_or_default();
    }

    /// `c=<nettype> <addrtype> <connection-address>`, the address with `/ttl` or `/ttl/number` for multicast. Of several at one
    /// media line the first counts.
    fn connection(&mut self, value: &str) {
        let Some(word) = value.split_ascii_whitespace().nth(2).or_else(|| value.split_ascii_whitespace().last()) else {
            return;
        };
        let address = word.split('/').next().filter(|a| !a.is_empty()).map(str::to_owned);
        let place = match self.sdp.media.last_mut() {
            Some(media) => &mut media.address,
            None => &mut self.sdp.address,
        };
        if place.is_none() {
            *place = address;
        }
    }

    /// `m=<media> <port>[/<number of ports>] <proto> <fmt> …`
    fn media(&mut self, value: &str) {
        if self.sdp.media.len() >= MAX_MEDIA {
            self.media_left_aside += 1;
            return;
        }
        let mut words = value.split_ascii_whitespace();
        let kind = words.next().unwrap_or_default().to_owned();
        let port: Option<u16> = words.next().and_then(|word| word.split('/').next()).and_then(|digits| digits.parse().ok());
        let protocol = words.next().unwrap_or_default().to_owned();
        let rtp = protocol.to_ascii_uppercase().contains("RTP/");
        let mut formats = Vec::new();
        for payload in words {
            if formats.len() >= MAX_FORMATS {
                self.formats_left_aside += 1;
                continue;
            }
            let number: Option<u8> = payload.parse().ok();
            let name = number.filter(|_| rtp).and_then(static_format).unwrap_or(payload).to_owned();
            formats.push(SdpFormat { payload: payload.to_owned(), number, name, fmtp: None });
        }
        self.sdp.media.push(SdpMedia {
            kind,
            port: port.unwrap_or(0),
            port_known: port.is_some(),
            protocol,
            formats,
            flow: Flow::SendRecv,
            flow_stated: false,
            address: None,
            ptime: None,
            crypto: Vec::new(),
            fingerprint: false,
            attributes: Vec::new(),
        });
    }

    fn attribute(&mut self, text: &str) {
        if self.attributes >= MAX_ATTRIBUTES {
            self.attributes_left_aside += 1;
            return;
        }
        self.attributes += 1;
        let (name, value) = match text.split_once(':') {
            Some((name, value)) => (name.trim(), Some(value.trim())),
            None => (text, None),
        };
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted);
        let attribute = SdpAttribute { name: name.to_owned(), value: value.map(str::to_owned) };
        let Some(media) = self.sdp.media.last_mut() else {
            self.sdp.flow = self.sdp.flow.or(Flow::from_attribute(name));
            self.session_fingerprint |= is("fingerprint");
            self.sdp.attributes.push(attribute);
            return;
        };
        if let Some(flow) = Flow::from_attribute(name)
            && !media.flow_stated
        {
            (media.flow, media.flow_stated) = (flow, true);
        } else if let Some(value) = value {
            match () {
                () if is("rtpmap") => media.describe(value, |format, encoding| {
                    encoding.split_ascii_whitespace().next().unwrap_or(encoding).clone_into(&mut format.name);
                }),
                () if is("fmtp") => media.describe(value, |format, parameters| match &mut format.fmtp {
                    Some(earlier) => *earlier = format!("{earlier}; {parameters}"),
                    None => format.fmtp = Some(parameters.to_owned()),
                }),
                () if is("ptime") => {
                    let digits = value.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
                    media.ptime = media.ptime.or(digits.parse().ok());
                }
                () if is("crypto") => media.crypto.push(value.to_owned()),
                () if is("fingerprint") => media.fingerprint = true,
                () => {}
            }
        }
        media.attributes.push(attribute);
    }

    /// What the session says holds for each media line that says nothing itself.
    fn finish(mut self) -> Sdp {
        for media in &mut self.sdp.media {
            if media.address.is_none() {
                media.address.clone_from(&self.sdp.address);
            }
            if let (false, Some(flow)) = (media.flow_stated, self.sdp.flow) {
                (media.flow, media.flow_stated) = (flow, true);
            }
            media.fingerprint |= self.session_fingerprint;
            if !media.port_known {
                self.sdp.problems.push(format!("Port of media line {} could not be read", media.kind));
            }
        }
        for (count, what) in [
            (self.media_left_aside, "media lines"),
            (self.formats_left_aside, "formats"),
            (self.attributes_left_aside, "attributes"),
        ] {
            if count > 0 {
                self.sdp.problems.push(format!("{count} more {what} in the session description were not read"));
            }
        }
        self.sdp
    }
}

impl SdpMedia {
    /// `payload text`: hands the text to every format with that payload.
    fn describe(&mut self, value: &str, mut set: impl FnMut(&mut SdpFormat, &str)) {
        let (payload, text) = value.split_once([' ', '\t']).unwrap_or((value, ""));
        let text = text.trim();
        if !text.is_empty() {
            self.formats.iter_mut().filter(|format| format.payload == payload).for_each(|format| set(format, text));
        }
    }
}

/// Static payload types (RFC 3551 §6, tables 4 and 5).
fn static_format(number: u8) -> Option<&'static str> {
    Some(match number {
        0 => "PCMU/8000",
        3 => "GSM/8000",
        4 => "G723/8000",
        5 => "DVI4/8000",
        6 => "DVI4/16000",
        7 => "LPC/8000",
        8 => "PCMA/8000",
        9 => "G722/8000",
        10 => "L16/44100/2",
        11 => "L16/44100",
        12 => "QCELP/8000",
        13 => "CN/8000",
        14 => "MPA/90000",
        15 => "G728/8000",
        16 => "DVI4/11025",
        17 => "DVI4/22050",
        18 => "G729/8000",
        25 => "CelB/90000",
        26 => "JPEG/90000",
        28 => "nv/90000",
        31 => "H261/90000",
        32 => "MPV/90000",
        33 => "MP2T/90000",
        34 => "H263/90000",
        _ => return None,
    })
}

/// `telephone-event/8000` (RFC 4733): digits, not a codec of speech.
pub fn is_telephone_event(name: &str) -> bool {
    encoding(name).eq_ignore_ascii_case("telephone-event")
}

/// `CN/8000` (RFC 3389): noise between words, not a codec of speech.
pub fn is_comfort_noise(name: &str) -> bool {
    encoding(name).eq_ignore_ascii_case("CN")
}

/// Repair and retransmission of other formats (RFC 2198, 4588, 5109, 8627): not a codec by itself.
pub fn is_repair(name: &str) -> bool {
    ["red", "rtx", "ulpfec", "parityfec", "flexfec"].iter().any(|repair| encoding(name).eq_ignore_ascii_case(repair))
}

/// `opus` of `opus/48000/2`.
pub fn encoding(name: &str) -> &str {
    name.split('/').next().unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(media: &SdpMedia) -> Vec<&str> {
        media.formats.iter().map(|f| f.name.as_str()).collect()
    }

    #[test]
    fn full_offer() {
        let sdp = Sdp::parse(
            "v=0\r\no=BroadWorks 137917405 99999999999999 IN IP4 192.0.2.9\r\ns=-\r\nc=IN IP4 192.0.2.1/127\r\nt=0 0\r\na=sendonly\r\n\
             m=audio 49170/2 RTP/SAVP 9 0 8 18 96 101 13\r\na=rtpmap:96 opus/48000/2\r\na=RTPMAP:101  telephone-event/8000\r\n\
             a=fmtp:101 0-15\r\na=fmtp:18 annexb=no\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:x\r\na=ptime:20\r\n\
             m=video 0 RTP/AVP 97\r\nc=IN IP6 2001:db8::1\r\nc=IN IP6 2001:db8::2\r\na=inactive\r\na=rtpmap:97 H264/90000\r\n\
             m=image 5000 udptl t38\r\n",
        )
        .unwrap();
        assert_eq!(sdp.problems, Vec::<String>::new());
        assert_eq!((sdp.origin_user.as_str(), sdp.origin_session_id.as_str()), ("BroadWorks", "137917405"));
        assert_eq!(sdp.origin_version, "99999999999999");
        let [audio, video, image] = sdp.media.as_slice() else { panic!("three media lines") };
        assert_eq!(
            names(audio),
            ["G722/8000", "PCMU/8000", "PCMA/8000", "G729/8000", "opus/48000/2", "telephone-event/8000", "CN/8000"]
        );
        assert_eq!((audio.port, audio.flow, audio.ptime), (49170, Flow::SendOnly, Some(20)));
        assert_eq!(audio.address.as_deref(), Some("192.0.2.1"));
        assert_eq!(audio.formats[3].fmtp.as_deref(), Some("annexb=no"));
        assert!(audio.is_secure() && !audio.is_rejected() && audio.crypto.len() == 1);
        assert!(is_telephone_event(&audio.formats[5].name) && is_comfort_noise(&audio.formats[6].name));
        assert!(video.is_rejected() && !video.is_secure());
        assert_eq!((video.flow, video.address.as_deref()), (Flow::Inactive, Some("2001:db8::1")));
        assert_eq!((image.formats[0].name.as_str(), image.formats[0].number), ("t38", None));
    }

    #[test]
    fn an_odd_line_never_costs_the_body() {
        for odd in ["b=AS:many", "t=now", "o=x", "k=", "z=1", "r=7d 1h", "v=1"] {
            let sdp =
                Sdp::parse(&format!("v=0\no=- 1 2 IN IP4 192.0.2.1\ns= \n{odd}\nm=audio 4000 RTP/AVP 0\na=recvonly\n")).unwrap();
            assert_eq!((sdp.media.len(), sdp.media[0].flow), (1, Flow::RecvOnly), "{odd}");
        }
        let sdp = Sdp::parse("v=0\nb=AS:many\nm=audio 4000 RTP/AVP 0\n").unwrap();
        assert_eq!(sdp.problems.len(), 1);
    }

    #[test]
    fn masked_values() {
        let sdp = Sdp::parse("v=0\no=[Redacted]\ns=-\nc=IN IP4 [Redacted]\nt=0 0\nm=audio *** RTP/AVP 0\n").unwrap();
        assert_eq!(sdp.media[0].address.as_deref(), Some("[Redacted]"));
        assert!(!sdp.media[0].port_known && !sdp.media[0].is_rejected());
        assert_eq!(Sdp::parse("v=0\nc=***\nm=audio 70000 RTP/AVP 0").unwrap().address.as_deref(), Some("***"));
    }

    #[test]
    fn text_after_the_description_is_no_part_of_it() {
        let sdp = Sdp::parse("v=0\nm=audio 4000 RTP/AVP 0\n2024-01-30 the log goes on\na=inactive\n").unwrap();
        assert_eq!((sdp.media.len(), sdp.media[0].flow), (1, Flow::SendRecv));
        for text in [
            "  v=0\n\n  m=audio 4000 RTP/AVP 0  \n",
            "v=0\rm=audio 4000 RTP/AVP 0",
            "\u{feff}v=0\r\r\nm=audio 4000 RTP/AVP 0\r\r\n",
        ] {
            let sdp = Sdp::parse(text).unwrap();
            assert_eq!((sdp.media.len(), sdp.problems.len()), (1, 0), "{text:?}");
        }
        assert!(Sdp::parse("").is_none());
        assert!(Sdp::parse("\r\n\r\nno description").is_none());
    }

    #[test]
    fn floods_are_capped_and_told() {
        let sdp = Sdp::parse(&format!("v=0\n{}", "m=audio 4000 RTP/AVP 0\na=inactive\n".repeat(9_000))).unwrap();
        assert_eq!(sdp.media.len(), MAX_MEDIA);
        assert!(sdp.problems.iter().any(|p| p.ends_with("media lines in the session description were not read")));
        let sdp =
            Sdp::parse(&format!("v=0\nm=audio 4000 RTP/AVP{}\n{}", " 96".repeat(50_000), "a=rtpmap:96 X/8000\n".repeat(30_000)))
                .unwrap();
        assert_eq!(sdp.media[0].formats.len(), MAX_FORMATS);
        assert!(sdp.problems.len() >= 2, "{:?}", sdp.problems);
    }
}
