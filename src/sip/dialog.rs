//! Dialogs (RFC 3261 §12): whose tag is whose, and headers that point at another dialog (Replaces, Refer-To, Join). In: keys and
//! header texts. Out: tags of both ends, [`DialogRef`]. Must not know calls or logs.

use super::key::{Key, Sym};
use super::transaction::Role;

/// The two tags of a dialog from one end, [`Sym::NONE`] where not given yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tags {
    /// Of the observer's end.
    pub local: Sym,
    /// Of the other end.
    pub remote: Sym,
}

impl Tags {
    /// The tags of a message in a transaction: who sent the request owns the From tag (RFC 3261 §12.1). An unknown part counts as
    /// the client's.
    pub fn of(key: &Key, role: Role) -> Self {
        match role {
            Role::Client | Role::Unknown => Self { local: key.from_tag, remote: key.to_tag },
            Role::Server => Self { local: key.to_tag, remote: key.from_tag },
        }
    }
}

/// A dialog named in a header of a message of another one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DialogRef {
    /// Its Call-ID.
    pub call_id: String,
    /// Its tags, as the receiver of the header sees them: `to-tag` is the receiver's own (RFC 3891 §3).
    pub to_tag: Option<String>,
    /// The tag of the receiver's peer.
    pub from_tag: Option<String>,
}

impl DialogRef {
    /// Reads a Replaces (RFC 3891 §6.1), Join (RFC 3911 §7.1) or Target-Dialog (RFC 4538 §7) value; `None` without a Call-ID.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let mut found = Self { call_id: parts.next()?.to_owned(), ..Self::default() };
        for part in parts {
            let Some((name, value)) = part.split_once('=') else { continue };
            let value = Some(value.trim().to_owned());
            match name.trim().to_ascii_lowercase().as_str() {
                "to-tag" | "remote-tag" => found.to_tag = value,
                "from-tag" | "local-tag" => found.from_tag = value,
                _ => {}
            }
        }
        (!found.call_id.is_empty()).then_some(found)
    }

    /// The Replaces header inside the URI of a Refer-To (RFC 3891 §4): `<sip:a@b?Replaces=…>` with escapes.
    pub fn in_uri(uri: &str) -> Option<Self> {
        let (_, headers) = uri.split_once('?')?;
        let headers = headers.split('>').next()?;
        headers.split('&').find_map(|header| {
            let (name, value) = header.split_once('=')?;
            if name.trim().eq_ignore_ascii_case("replaces") { Self::parse(&unescape(value)) } else { None }
        })
    }
}

/// Undoes `%41` escapes (RFC 3261 §19.1.2); what is no escape stays.
pub fn unescape(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex =
            bytes.get(at + 1..at + 3).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex {
            Some(value) if *byte == b'%' => {
                out.push(value);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_of_rfc_3891() {
        // RFC 3891 §6.1, the example header.
        let found = DialogRef::parse("98732@sip.example.com ;from-tag=r33th4x0r ;to-tag=ff87ff").unwrap();
        assert_eq!(found.call_id, "98732@sip.example.com");
        assert_eq!(found.from_tag.as_deref(), Some("r33th4x0r"));
        assert_eq!(found.to_tag.as_deref(), Some("ff87ff"));
    }

    #[test]
    fn replaces_inside_refer_to() {
        // RFC 5589 §7.1: Refer-To with escaped Replaces.
        let uri =
            "sips:482n4z24kdg@chicago.example.com;gr=8594958?Replaces=090459243588173445%3Bto-tag%3D9m2n3wq%3Bfrom-tag%3D763231";
        let found = DialogRef::in_uri(uri).unwrap();
        assert_eq!(found.call_id, "090459243588173445");
        assert_eq!(found.to_tag.as_deref(), Some("9m2n3wq"));
        assert_eq!(found.from_tag.as_deref(), Some("763231"));
        assert!(DialogRef::in_uri("sip:carol@example.com").is_none());
        assert_eq!(unescape("100%25%zz%4"), "100%%zz%4");
    }
}
