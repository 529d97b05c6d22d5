//! How two session descriptions differ (RFC 8866, RFC 3264). In: two bodies. Out: rows of [`super::diff`]: lines of the session, then the
//! media sections aligned by kind and order, in each its codecs by name (not by payload number), direction, address and attributes.

use super::diff::{Change, Groups, Name, Place, Row, Text, either, moved, pair_by, pairs_of, row};
use super::diff_values::{Atom, Item, host_key, unfold};
use super::sdp::{Flow, Sdp, SdpFormat, SdpMedia, split_line};

/// One line `x=value`.
struct Line<'a> {
    key: u8,
    value: &'a str,
    line: u32,
}

impl Line<'_> {
    /// Name of an attribute in lower case, and its value.
    fn attribute(&self) -> Option<(String, &str)> {
        let (name, value) = self.value.split_once(':').unwrap_or((self.value, ""));
        (self.key == b'a').then(|| (name.trim().to_ascii_lowercase(), value.trim()))
    }
}

/// A media section: its lines, the first of which is `m=`, and what was read off them.
struct Section<'a> {
    lines: Vec<Line<'a>>,
    media: Option<SdpMedia>,
}

struct Side<'a> {
    session: Vec<Line<'a>>,
    sections: Vec<Section<'a>>,
    /// The other message has the same Call-ID, so that the session's number should stay (RFC 3264 §8).
    same_call: bool,
}

impl<'a> Side<'a> {
    fn read(text: &Text<'a>, body: &'a str, same_call: bool) -> Self {
        let mut side = Self { session: Vec::new(), sections: Vec::new(), same_call };
        let media = Sdp::parse(body).map(|sdp| sdp.media).unwrap_or_default();
        let mut media = media.into_iter();
        let end = if body.contains('\n') { '\n' } else { '\r' };
        for written in body.split(end) {
            let trimmed = written.trim_start_matches('\u{feff}').trim();
            if trimmed.is_empty() {
                continue;
            }
            let Some((key, value)) = split_line(trimmed) else { break };
            let line = Line { key, value, line: text.line_of(trimmed) };
            if key == b'm' {
                side.sections.push(Section { lines: vec![line], media: media.next() });
            } else {
                match side.sections.last_mut() {
                    Some(section) => section.lines.push(line),
                    None => side.session.push(line),
                }
            }
        }
        side
    }

    /// Kind of each section in lower case, by which they are aligned.
    fn kinds(&self) -> Vec<String> {
        self.sections.iter().map(|s| kind(s).to_ascii_lowercase()).collect()
    }

    /// Rows that lines of the session, or a section's own, make by their names.
    fn group(&self, lines: &[Line<'_>], formats: &[SdpFormat], groups: &mut Groups, is_left: bool) {
        for line in lines {
            let Some((name, item)) = self.item(line, formats) else { continue };
            groups.add(&name, vec![item], is_left);
        }
    }

    /// `None` for lines that have rows of their own: media, codecs, direction, and within a section the address.
    fn item(&self, line: &Line<'_>, formats: &[SdpFormat]) -> Option<(String, Item)> {
        let mut item = Item::new(line.value, line.line);
        let Some((name, value)) = line.attribute() else {
            match line.key {
                b'm' => return None,
                b'o' => self.origin(&mut item, line.value),
                b'c' => item.part("address", line.value, address_key(line.value)),
                _ => item.part("value", line.value, unfold(line.value)),
            }
            if line.key == b'b' {
                item.handle = line.value.split(':').next().unwrap_or("").to_ascii_uppercase();
            }
            return Some((format!("{}=", char::from(line.key)), item));
        };
        if Flow::from_attribute(&name).is_some() {
            return None;
        }
        if !value.is_empty() {
            item.text = unfold(value);
        }
        // What names a payload number is compared by the codec behind it.
        let payload = value.split([' ', '\t']).next().unwrap_or("");
        let codec = formats.iter().find(|f| f.payload == payload).map(|f| codec_key(&f.name));
        match name.as_str() {
            "rtpmap" | "fmtp" if codec.is_some() => return None,
            "rtcp-fb" => {
                let rest = unfold(value.get(payload.len()..).unwrap_or(""));
                item.part("value", value, format!("{} {rest}", codec.unwrap_or_else(|| payload.to_owned())));
            }
            "crypto" => crypto(&mut item, value),
            "fingerprint" => {
                let (hash, print) = value.split_once(' ').unwrap_or((value, ""));
                item.part("hash", hash, hash.to_ascii_lowercase());
                item.volatile("fingerprint", print);
            }
            "ssrc" | "ssrc-group" | "candidate" | "ice-ufrag" | "ice-pwd" | "msid" | "remote-candidates" | "tls-id" => {
                item.volatile("value", value);
            }
            _ => item.part("value", value, unfold(value)),
        }
        Some((format!("a={name}"), item))
    }

    /// `o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>`
    fn origin(&self, item: &mut Item, value: &str) {
        let mut words = value.split_ascii_whitespace();
        let user = words.next().unwrap_or("");
        item.part("user", user, user.to_owned());
        let session = words.next().unwrap_or("");
        if self.same_call {
            item.part("session", session, session.to_owned());
        } else {
            item.volatile("session", session);
        }
        item.volatile("version", words.next().unwrap_or(""));
        let address = words.collect::<Vec<_>>().join(" ");
        item.part("address", &address, address_key(&address));
    }

    /// The address that holds for a section: its own `c=`, else the session's.
    fn address(&self, section: &Section<'_>) -> Option<Item> {
        let own = section.lines.iter().find(|l| l.key == b'c');
        let line = own.or_else(|| self.session.iter().find(|l| l.key == b'c'))?;
        let mut item = Item::new(line.value, line.line);
        item.part("address", line.value, address_key(line.value));
        Some(item)
    }

    /// The direction that holds for a section: its own, else the session's, else both ways.
    fn direction(&self, section: &Section<'_>) -> Item {
        let stated = |lines: &[Line<'_>]| {
            lines.iter().find_map(|l| Some((l.line, l.attribute().and_then(|(name, _)| Flow::from_attribute(&name))?)))
        };
        let first = section.lines.first().map_or(0, |l| l.line);
        let (line, flow) = stated(&section.lines).or_else(|| stated(&self.session)).unwrap_or((first, Flow::SendRecv));
        Item::plain(flow.word(), line)
    }
}

fn kind<'a>(section: &Section<'a>) -> &'a str {
    section.lines.first().and_then(|l| l.value.split_ascii_whitespace().next()).unwrap_or("")
}

/// Adds the rows of two descriptions, either of which may be missing (empty).
pub(super) fn rows(left: (&Text<'_>, &str), right: (&Text<'_>, &str), out: &mut Vec<Row>) {
    let same_call = left.0.message.call_id().is_some() && left.0.message.call_id() == right.0.message.call_id();
    let left = Side::read(left.0, left.1, same_call);
    let right = Side::read(right.0, right.1, same_call);
    let mut groups = Groups::default();
    left.group(&left.session, &[], &mut groups, true);
    right.group(&right.session, &[], &mut groups, false);
    groups.rows(&Place::Session, |_| true, out);
    let pairs = pair_by(&[left.kinds(), right.kinds()]);
    let moved = moved(&pairs);
    let mut seen: Vec<String> = Vec::new();
    for ((l, r), is_moved) in pairs.into_iter().zip(moved) {
        let (l, r) = (l.and_then(|n| left.sections.get(n)), r.and_then(|n| right.sections.get(n)));
        let kind = l.or(r).map_or("", kind).to_ascii_lowercase();
        let place = Place::Media(kind.clone(), seen.iter().filter(|k| **k == kind).count());
        seen.push(kind);
        section((&left, l), (&right, r), &place, is_moved, out);
    }
}

fn section(
    left: (&Side<'_>, Option<&Section<'_>>),
    right: (&Side<'_>, Option<&Section<'_>>),
    place: &Place,
    is_moved: bool,
    out: &mut Vec<Row>,
) {
    let lines: [Option<Item>; 2] = [left.1.map(media_line), right.1.map(media_line)];
    let [l, r] = &lines;
    let mut head = row(place, "m=", l.as_ref(), r.as_ref());
    if is_moved && head.change == Change::Same {
        (head.change, head.volatile) = (Change::Moved, false);
    }
    out.push(head);
    codecs(left.1, right.1, place, out);
    let direction = [left.1.map(|s| left.0.direction(s)), right.1.map(|s| right.0.direction(s))];
    let address = [left.1.and_then(|s| left.0.address(s)), right.1.and_then(|s| right.0.address(s))];
    for (name, [l, r]) in [("direction", direction), ("c=", address)] {
        if l.is_some() || r.is_some() {
            out.push(row(place, name, l.as_ref(), r.as_ref()));
        }
    }
    let mut groups = Groups::default();
    for ((side, section), is_left) in [(left, true), (right, false)] {
        let Some(section) = section else { continue };
        let own: Vec<Line<'_>> =
            section.lines.iter().filter(|l| l.key != b'c').map(|l| Line { key: l.key, value: l.value, line: l.line }).collect();
        side.group(&own, section.media.as_ref().map_or(&[], |m| &m.formats), &mut groups, is_left);
    }
    groups.rows(place, |_| true, out);
}

/// `m=<media> <port>[/<number>] <proto> <fmt> …`, the formats by name and in order.
fn media_line(section: &Section<'_>) -> Item {
    let (value, line) = section.lines.first().map_or(("", 0), |l| (l.value, l.line));
    let mut item = Item::new(value, line);
    let mut words = value.split_ascii_whitespace().skip(1);
    let port = words.next().unwrap_or("");
    item.part("port", port, port.to_owned());
    let protocol = words.next().unwrap_or("");
    item.part("protocol", protocol, protocol.to_ascii_uppercase());
    let names: Vec<&str> = section.media.iter().flat_map(|m| &m.formats).map(|f| f.name.as_str()).collect();
    let key = names.iter().map(|name| codec_key(name)).collect::<Vec<_>>().join(" ");
    item.part("formats", &names.join(" "), key);
    item
}

/// A row a codec: payload number and format parameters are its parts, and its place among the others counts (RFC 3264 §5.1).
fn codecs(left: Option<&Section<'_>>, right: Option<&Section<'_>>, place: &Place, out: &mut Vec<Row>) {
    let items = |section: Option<&Section<'_>>| -> Vec<(String, Item)> {
        let formats = section.and_then(|s| s.media.as_ref()).map_or(&[][..], |m| &m.formats);
        formats.iter().filter_map(|f| Some((f.name.clone(), codec(section?, f)))).collect()
    };
    let (left, right) = (items(left), items(right));
    let keys = |items: &[(String, Item)]| items.iter().map(|(name, _)| codec_key(name)).collect::<Vec<_>>();
    let [left_keys, right_keys] = [keys(&left), keys(&right)];
    // Several of one name (H264 with other parameters) are paired by meaning, as header fields are.
    let mut groups: Vec<&String> = left_keys.iter().chain(&right_keys).collect();
    groups.sort();
    groups.dedup();
    let mut pairs: Vec<(Option<usize>, Option<usize>)> = Vec::new();
    for key in groups {
        let places = |keys: &[String]| (0..keys.len()).filter(|n| keys.get(*n) == Some(key)).collect::<Vec<_>>();
        let (l, r) = (places(&left_keys), places(&right_keys));
        let own = |items: &[(String, Item)], places: &[usize]| -> Vec<Item> {
            places.iter().filter_map(|n| items.get(*n)).map(|(_, item)| item.clone()).collect()
        };
        let back = |places: &[usize], n: Option<usize>| n.and_then(|n| places.get(n)).copied();
        let found = pairs_of(&own(&left, &l), &own(&right, &r));
        pairs.extend(found.into_iter().map(|(a, b)| (back(&l, a), back(&r, b))));
    }
    let at = |items: &'_ [(String, Item)], n: Option<usize>| n.and_then(|n| items.get(n)).cloned();
    let name = |l: Option<usize>, r: Option<usize>| {
        let names = [at(&left, l), at(&right, r)].into_iter().flatten().map(|(name, _)| name);
        names.min().unwrap_or_default()
    };
    pairs.sort_by_key(|(l, r)| (either(*l, *r), name(*l, *r)));
    let moved = moved(&pairs);
    for ((l, r), moved) in pairs.into_iter().zip(moved) {
        let of = |items: &[(String, Item)], n: Option<usize>| at(items, n).map(|(_, item)| item);
        let mut row = row(place, &name(l, r), of(&left, l).as_ref(), of(&right, r).as_ref());
        if moved && row.change == Change::Same {
            (row.change, row.volatile) = (Change::Moved, false);
        }
        out.push(row);
    }
}

fn codec(section: &Section<'_>, format: &SdpFormat) -> Item {
    let described = section.lines.iter().find(|l| {
        l.attribute().is_some_and(|(name, value)| name == "rtpmap" && value.split([' ', '\t']).next() == Some(&format.payload))
    });
    let line = described.or_else(|| section.lines.first()).map_or(0, |l| l.line);
    let fmtp = format.fmtp.as_deref().unwrap_or("");
    let mut item = Item::new(&format!("{} {fmtp}", format.payload), line);
    item.part("payload", &format.payload, format.payload.clone());
    item.handle = format.payload.clone();
    for piece in fmtp.split(';').map(str::trim).filter(|piece| !piece.is_empty()) {
        match piece.split_once('=') {
            Some((name, value)) => item.param(name.trim().to_ascii_lowercase(), value.trim(), false),
            None => item.part("format parameters", piece, piece.to_ascii_lowercase()),
        }
    }
    item
}

/// `tag suite inline:key [session parameters]` (RFC 4568 §9.1): keys are new in each offer.
fn crypto(item: &mut Item, value: &str) {
    let mut words = value.split_ascii_whitespace();
    let tag = words.next().unwrap_or("");
    item.part("number", tag, tag.to_owned());
    let suite = words.next().unwrap_or("");
    item.part("suite", suite, suite.to_ascii_uppercase());
    item.volatile("key", words.next().unwrap_or(""));
    for word in words {
        item.push(Atom {
            name: Name::Token(word.to_ascii_lowercase()),
            value: word.to_owned(),
            key: word.to_owned(),
            volatile: false,
        });
    }
    item.handle = suite.to_ascii_uppercase();
}

/// A codec without regard to case; one channel is what none says (RFC 8866 §6.6).
fn codec_key(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_suffix("/1") {
        Some(bare) if bare.contains('/') => bare.to_owned(),
        _ => name,
    }
}

/// Words of an address line without regard to case; the last is the host.
fn address_key(value: &str) -> String {
    value.split_ascii_whitespace().map(host_key).collect::<Vec<_>>().join(" ")
}
