//! What a log says around a start line about the way of the message. In: the text before it. Out: words and arrows, addresses and how
//! they stand to each other. Nothing is believed here: that is learned per member in `marker`.

use crate::sip::Direction;

/// Bytes of one piece of text that are looked at, from its end.
const MAX_TEXT: usize = 1024;
/// Words kept for a message.
const MAX_WORDS: usize = 24;

/// How much a mark says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// The source place of the record: says nothing until it is learned.
    Place,
    /// `in`, `out`, `from`, `to`: also ordinary words.
    Weak,
    /// Part of a longer name (`onReceive`).
    Part,
    /// A whole word or an arrow.
    Whole,
}

/// A word, an arrow or a source place that may tell directions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mark {
    /// How much it says.
    pub weight: Weight,
    /// The word in small letters, the arrow, or the place; where it stands again its number follows.
    pub key: String,
    /// What it commonly means.
    pub means: Direction,
    /// How near to the start line it stands: the higher, the nearer.
    pub near: u8,
}

/// How two addresses stand on a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Where the message comes from, as the line says.
    pub source: String,
    /// Where it goes.
    pub target: String,
}

/// Everything around one start line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// Marks in order of text: the last stands nearest to the start line, but for the source place.
    pub marks: Vec<Mark>,
    /// `a:p -> b:q`, `a:p to b:q`, `from a:p to b:q`, `b:q from a:p`.
    pub pair: Option<Pair>,
    /// Single address after `from` or `to`, or any other.
    pub address: Option<String>,
}

const SENT: [&str; 12] = [
    "sent",
    "send",
    "sending",
    "sends",
    "outgoing",
    "outbound",
    "tx",
    "transmit",
    "transmitted",
    "transmitting",
    "writing",
    "egress",
];
const RECEIVED: [&str; 12] = [
    "recv",
    "received",
    "receive",
    "receiving",
    "receives",
    "rcvd",
    "incoming",
    "inbound",
    "rx",
    "reading",
    "arrived",
    "ingress",
];
/// Arrows, the longer first.
const ARROWS: [(&str, Direction); 20] = [
    ("---->", Direction::Sent),
    ("<----", Direction::Received),
    ("--->", Direction::Sent),
    ("<---", Direction::Received),
    ("-->", Direction::Sent),
    ("<--", Direction::Received),
    (">>>", Direction::Sent),
    ("<<<", Direction::Received),
    ("==>", Direction::Sent),
    ("<==", Direction::Received),
    (">>", Direction::Sent),
    ("<<", Direction::Received),
    ("->", Direction::Sent),
    ("<-", Direction::Received),
    ("=>", Direction::Sent),
    ("<=", Direction::Received),
    ("\u{2192}", Direction::Sent),
    ("\u{2190}", Direction::Received),
    ("\u{2191}", Direction::Sent),
    ("\u{2193}", Direction::Received),
];

impl Hints {
    /// Reads pieces of text that stand before a start line, and the source place of its record.
    pub fn read(pieces: &[&[u8]], place: &[u8]) -> Self {
        let mut hints = Self::default();
        for (near, piece) in (0_u8..).zip(pieces) {
            let tail = piece.get(piece.len().saturating_sub(MAX_TEXT)..).unwrap_or_default();
            hints.piece(&String::from_utf8_lossy(tail), near);
        }
        if !place.is_empty() {
            let key = String::from_utf8_lossy(place.get(..place.len().min(200)).unwrap_or_default()).into_owned();
            hints.add(Weight::Place, key, Direction::Unknown, 0);
        }
        hints
    }

    fn add(&mut self, weight: Weight, key: String, means: Direction, near: u8) {
        // A word again is a mark of its own: the first may stand in every head, and only the second tell anything.
        let again = self.marks.iter().filter(|m| m.key.split(' ').next() == Some(&key)).count();
        let key = if again == 0 { key } else { format!("{key} {}", again + 1) };
        if self.marks.len() >= MAX_WORDS {
            self.marks.remove(0);
        }
        self.marks.push(Mark { weight, key, means, near });
    }

    fn piece(&mut self, text: &str, near: u8) {
        let tokens = tokens(text);
        for (at, token) in tokens.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|b| tokens.get(b));
            let after = tokens.get(at + 1);
            match token {
                Token::Arrow(arrow, means) => {
                    let between = matches!((before, after), (Some(Token::Address(_)), Some(Token::Address(_))));
                    if !between {
                        self.add(Weight::Whole, (*arrow).to_owned(), *means, near);
                    }
                }
                Token::Word(word) => self.word(word, matches!(after, Some(Token::Address(_))), near),
                Token::Address(_) | Token::Other => {}
            }
        }
        if let Some(pair) = pair(&tokens) {
            self.pair = Some(pair);
        }
        if tokens.iter().any(|t| matches!(t, Token::Address(_))) {
            self.address = tokens.iter().rev().find_map(|t| match t {
                Token::Address(address) => Some(address.clone()),
                _ => None,
            });
        }
    }

    fn word(&mut self, word: &str, before_address: bool, near: u8) {
        let lower = word.to_ascii_lowercase();
        let direction = |word: &str| {
            if SENT.contains(&word) {
                Some(Direction::Sent)
            } else if RECEIVED.contains(&word) {
                Some(Direction::Received)
            } else {
                None
            }
        };
        if let Some(means) = direction(&lower) {
            return self.add(Weight::Whole, lower, means, near);
        }
        match lower.as_str() {
            "out" => return self.add(Weight::Weak, lower, Direction::Sent, near),
            "in" => return self.add(Weight::Weak, lower, Direction::Received, near),
            "to" if before_address => return self.add(Weight::Weak, lower, Direction::Sent, near),
            "from" if before_address => return self.add(Weight::Weak, lower, Direction::Received, near),
            _ => {}
        }
        for part in parts(word) {
            let part = part.to_ascii_lowercase();
            if let Some(means) = direction(&part) {
                self.add(Weight::Part, part, means, near);
            }
        }
    }
}

/// The words inside `onReceive`, `sip_send_msg`.
fn parts(word: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut lower = false;
    let mut fresh = true;
    for c in word.chars() {
        if c == '_' {
            fresh = true;
            continue;
        }
        if fresh || (c.is_ascii_uppercase() && lower) {
            out.push(String::new());
            fresh = false;
        }
        lower = !c.is_ascii_uppercase();
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Word(String),
    Arrow(&'static str, Direction),
    Address(String),
    /// Marks that part words; several count once.
    Other,
}

fn tokens(text: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let mut rest = text;
    let mut previous = ' ';
    while let Some(c) = rest.chars().next() {
        if let Some((arrow, means)) = ARROWS.iter().find(|(arrow, _)| rest.starts_with(arrow)) {
            let tail = rest.get(arrow.len()..).unwrap_or_default();
            // `this->send()`, `operator<<`, `Foo<Bar>>`: marks of a programming language, with no blank around them.
            let glued = previous.is_alphanumeric() && tail.starts_with(|c: char| c.is_alphanumeric() || c == '(' || c == ':');
            if !(glued && arrow.len() == 2) {
                out.push(Token::Arrow(arrow, *means));
            }
            previous = '>';
            rest = tail;
            continue;
        }
        if let Some(length) = address(rest).filter(|_| !previous.is_alphanumeric()) {
            out.push(Token::Address(rest.get(..length).unwrap_or_default().to_owned()));
            rest = rest.get(length..).unwrap_or_default();
            previous = '0';
            continue;
        }
        if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(rest.len());
            out.push(Token::Word(rest.get(..end).unwrap_or_default().to_owned()));
            rest = rest.get(end..).unwrap_or_default();
            previous = 'a';
            continue;
        }
        // Blanks, brackets, `udp:` and the like stand between words and addresses without parting them.
        if !" \t[]()\"',".contains(c) && out.last() != Some(&Token::Other) && c != '/' && c != ':' && c != '=' {
            out.push(Token::Other);
        }
        previous = c;
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
    // The transport in front of an address is no word of the sentence: `to udp/192.0.2.1:5060`.
    let mut clean: Vec<Token> = Vec::with_capacity(out.len());
    for token in out {
        if matches!(token, Token::Address(_))
            && let Some(Token::Word(word)) = clean.last()
            && ["udp", "tcp", "tls", "ws", "wss", "sip", "sips", "dtls", "host", "ip", "addr"]
                .contains(&word.to_ascii_lowercase().as_str())
        {
            clean.pop();
        }
        clean.push(token);
    }
    clean
}

/// Length of `192.0.2.1:5060`, `[2001:db8::1]:5060` or `host.example:5060` at the head of `text`. A name needs a dot and letters, and
/// must not be a source place (`SipTransport.cpp:412`).
fn address(text: &str) -> Option<usize> {
    let host = if text.starts_with('[') {
        let end = text.find(']')?;
        let inner = text.get(1..end)?;
        if !inner.contains(':') || !inner.chars().all(|c| c.is_ascii_hexdigit() || c == ':' || c == '.' || c == '%') {
            return None;
        }
        end + 1
    } else {
        let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '-')).unwrap_or(text.len());
        let name = text.get(..end)?;
        let last = name.rsplit_once('.')?.1;
        let numeric = name.split('.').count() == 4 && name.split('.').all(|p| p.parse::<u8>().is_ok());
        let source = ["c", "cc", "cpp", "cxx", "h", "hpp", "m", "mm", "java", "kt", "swift", "rs", "go", "py", "js", "ts", "cs"];
        let named = last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic()) && !source.contains(&last);
        if !numeric && !named {
            return None;
        }
        end
    };
    let port = text.get(host..)?.strip_prefix([':', '.'])?;
    let digits = port.find(|c: char| !c.is_ascii_digit()).unwrap_or(port.len());
    let number: u32 = port.get(..digits)?.parse().ok()?;
    (digits > 0 && (1..=65_535).contains(&number)).then_some(host + 1 + digits)
}

/// Two addresses that an arrow or word relates.
fn pair(tokens: &[Token]) -> Option<Pair> {
    let places: Vec<(usize, &String)> = tokens
        .iter()
        .enumerate()
        .filter_map(|(at, t)| match t {
            Token::Address(address) => Some((at, address)),
            _ => None,
        })
        .collect();
    let [(first_at, first), (second_at, second), ..] = places.as_slice() else {
        return None;
    };
    let forward = Some(Pair { source: (*first).clone(), target: (*second).clone() });
    let back = Some(Pair { source: (*second).clone(), target: (*first).clone() });
    let between = tokens.get(first_at + 1..*second_at)?;
    for token in between {
        match token {
            Token::Arrow(_, Direction::Sent) => return forward,
            Token::Arrow(_, Direction::Received) => return back,
            Token::Word(word) if word.eq_ignore_ascii_case("to") => return forward,
            Token::Word(word) if word.eq_ignore_ascii_case("from") => return back,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marks(text: &str) -> Vec<(String, Direction)> {
        Hints::read(&[text.as_bytes()], b"").marks.into_iter().map(|m| (m.key, m.means)).collect()
    }

    #[test]
    fn words_and_arrows() {
        assert_eq!(marks("sipio-sent---> "), vec![("sent".into(), Direction::Sent), ("--->".into(), Direction::Sent)]);
        assert_eq!(
            marks("onReceive:BWC:SIP: <-- TLS"),
            vec![("receive".into(), Direction::Received), ("<--".into(), Direction::Received)]
        );
        assert_eq!(marks("udp 1111 SIP Bytes IN from 192.0.2.1:5060").len(), 2);
        assert_eq!(marks("this->transport resend"), vec![]);
        assert_eq!(marks("UDP 192.0.2.10:5062 -> 198.51.100.20:5060"), vec![]);
    }

    #[test]
    fn pairs() {
        let read = |text: &str| Hints::read(&[text.as_bytes()], b"").pair.map(|p| (p.source, p.target));
        let told = Some(("192.0.2.10:5062".to_owned(), "198.51.100.20:5060".to_owned()));
        assert_eq!(read("UDP 192.0.2.10:5062 -> 198.51.100.20:5060"), told);
        assert_eq!(read("--> TLS 192.0.2.10:5062 to tls/198.51.100.20:5060 (5 bytes)"), told);
        assert_eq!(read("TLS 198.51.100.20:5060 from 192.0.2.10:5062"), told);
        assert_eq!(read("from [udp:192.0.2.10:5062] to [udp:198.51.100.20:5060]"), told);
        assert_eq!(read("SipTransport.cpp:412 send 12:01:02"), None);
    }
}
