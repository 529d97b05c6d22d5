//! What an original is. In: nothing. Out: [`Kind`], with the word that its pseudonyms begin with.

/// What an original is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A display name.
    Name,
    /// A user part or account.
    User,
    /// A telephone number or extension.
    Number,
    /// A host name.
    Host,
    /// An address.
    Address,
    /// The part of a Call-ID before its host.
    Call,
    /// A correlation or tracking ID: what a server team searches for.
    Tracking,
    /// A token, digest value, tag or key.
    Token,
    /// A device or instance identifier.
    Device,
    /// The name of a file or folder.
    Path,
    /// An organisation.
    Organisation,
    /// A word that the user named.
    Term,
}

impl Kind {
    /// Its word, in the list and at the begin of its pseudonyms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::User => "user",
            Self::Number => "number",
            Self::Host => "host",
            Self::Address => "address",
            Self::Call => "call",
            Self::Tracking => "tracking",
            Self::Token => "token",
            Self::Device => "device",
            Self::Path => "file",
            Self::Organisation => "organisation",
            Self::Term => "term",
        }
    }

    /// Made by machines: any spelling of it is random, so that short ones are no finding.
    pub(super) fn is_machine_made(self) -> bool {
        matches!(self, Self::Call | Self::Tracking | Self::Token | Self::Device | Self::Path)
    }
}
