//! Meaning of a state, without colour. In: every layer that judges. Out: [`Tone`]. Only `ui` and `export` know how a tone looks.

/// How a fact stands. Shown as shape, word and colour together, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tone {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Info,
    /// Not right, or changed.
    Warn,
    /// Failed.
    Fail,
    /// Not seen, not applicable, less important.
    Muted,
    /// One of eight series, 1 to 8: codecs and engine values.
    Series(u8),
}
