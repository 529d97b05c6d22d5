//! Challenges and credentials (RFC 3261 §20.7, §20.27, §20.28, §20.44; RFC 8760). In: the value of one such header. Out: [`Digest`].
//! Computes and checks nothing.

use super::header::{BLANKS, Pieces, trim, unquote};

/// `Digest realm="…", nonce="…"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Digest<'a> {
    /// `Digest` or another scheme as written.
    pub scheme: &'a str,
    /// From or to a proxy.
    pub proxy: bool,
    /// Parameters as written, comma between them.
    pub text: &'a str,
}

impl<'a> Digest<'a> {
    /// Reads the value of one header.
    pub fn parse(text: &'a str, proxy: bool) -> Self {
        let text = trim(text);
        let end = text.find(BLANKS).unwrap_or(text.len());
        Self { scheme: text.get(..end).unwrap_or(""), proxy, text: trim(text.get(end..).unwrap_or("")) }
    }

    /// Names and values, quotes left aside.
    pub fn params(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        Pieces::new(self.text, b',')
            .filter_map(|piece| piece.split_once('='))
            .map(|(name, value)| (trim(name), unquote(trim(value))))
    }

    /// The value of a parameter, name case-insensitive.
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.params().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// `stale=true`: the credentials were right, the nonce too old (RFC 7616 §3.3).
    pub fn is_stale(&self) -> bool {
        self.param("stale").is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters() {
        let digest =
            Digest::parse("Digest realm=\"a, \\\"b\\\"\",nonce = \"84a4cc6f\" ,\r\n stale=TRUE, qop=\"auth,auth-int\"", true);
        assert_eq!(digest.scheme, "Digest");
        assert_eq!(digest.param("Nonce"), Some("84a4cc6f"));
        assert_eq!(digest.param("qop"), Some("auth,auth-int"));
        assert_eq!(digest.param("realm"), Some("a, \\\"b\\\""));
        assert!(digest.is_stale());
        assert_eq!(Digest::parse("[Redacted]", false).param("realm"), None);
    }
}
