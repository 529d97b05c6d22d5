//! Values that may name a person or a place, typed where they are made. In: the readers. Out: [`Private`], [`Text`].
//!
//! [`Private`] has no `Display`: text leaves only through `export::outlet`, which decides on pseudonyms.

/// What a private value is, so that its pseudonym can be of the same kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrivateKind {
    /// A display name.
    Name,
    /// A user part or account.
    User,
    /// A telephone number.
    Number,
    /// A host name.
    Host,
    /// An address, with or without a port.
    Address,
    /// A SIP, SIPS or TEL URI as a whole.
    Uri,
    /// A Call-ID: often holds the host.
    CallId,
    /// A token, digest value, key or tracking ID.
    Token,
    /// A device or instance identifier.
    Device,
    /// An e-mail address.
    Mail,
    /// The name or path of a file.
    Path,
}

/// A private value as the log had it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Private {
    /// What it is.
    pub kind: PrivateKind,
    value: String,
}

impl Private {
    /// Wraps a value.
    pub fn new(kind: PrivateKind, value: impl Into<String>) -> Self {
        Self { kind, value: value.into() }
    }

    /// The value itself, for comparing and for `export::outlet` only.
    pub fn original(&self) -> &str {
        &self.value
    }
}

/// A piece of a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Segment {
    /// The program's own words.
    Word(String),
    /// A private value.
    Private(Private),
    /// Text of the log as it stood: may hold anything.
    Log(String),
}

/// A sentence with its private parts still known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text(pub Vec<Segment>);

impl Text {
    /// The program's own words only.
    pub fn word(text: impl Into<String>) -> Self {
        Self(vec![Segment::Word(text.into())])
    }

    /// Fills `{name}` places of a template from `assets/words` with segments; an unknown place stays as it is.
    pub fn fill(template: &str, values: &[(&str, Segment)]) -> Self {
        let mut out = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, tail)) = after.split_once('}') else {
                break;
            };
            if !before.is_empty() {
                out.push(Segment::Word(before.to_owned()));
            }
            match values.iter().find(|(key, _)| *key == name) {
                Some((_, value)) => out.push(value.clone()),
                None => out.push(Segment::Word(format!("{{{name}}}"))),
            }
            rest = tail;
        }
        if !rest.is_empty() {
            out.push(Segment::Word(rest.to_owned()));
        }
        Self(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fill_keeps_private_parts_apart() {
        let who = Private::new(PrivateKind::User, "anna");
        let text = Text::fill("call to {who}, {what}", &[("who", Segment::Private(who.clone()))]);
        assert_eq!(
            text.0,
            vec![
                Segment::Word("call to ".into()),
                Segment::Private(who),
                Segment::Word(", ".into()),
                Segment::Word("{what}".into())
            ]
        );
    }
}
