//! Format parameters that change what two ends can say to each other (`a=fmtp`). In: a codec's name and the parameters of offer and
//! answer. Out: [`Difference`]s. Must not know descriptions or messages.

/// How much a difference matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Each end tells what it likes to receive; both may be right.
    Declared,
    /// The call works with the smaller of both.
    Narrower,
    /// The two ends mean different formats under one name.
    Conflict,
}

/// One parameter that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Its name.
    pub parameter: &'static str,
    /// As offered; the codec's default where it was not written, `None` where it has none.
    pub offered: Option<String>,
    /// As answered, likewise.
    pub answered: Option<String>,
    /// How much it matters.
    pub effect: Effect,
}

/// Codec, parameter, its default, what a difference does. Sources: RFC 6184 §8.1 and §8.2.2 (H264), RFC 4856 §2.1.9 (G729), RFC 4867 §8.1
/// and §8.3.1 (AMR), RFC 7587 §6.1 and §7 (opus), RFC 3952 §5 (iLBC), RFC 4733 §2.4.1 (telephone-event), RFC 5577 §5.1 (G7221),
/// RFC 4856 §2.1.8 (G723), RFC 9628 §6 (VP9).
const RULES: [(&str, &str, Option<&str>, Effect); 22] = [
    ("H264", "profile-level-id", Some("42000a"), Effect::Conflict),
    ("H264", "packetization-mode", Some("0"), Effect::Conflict),
    ("G729", "annexb", Some("yes"), Effect::Narrower),
    ("G723", "annexa", Some("yes"), Effect::Narrower),
    ("AMR", "octet-align", Some("0"), Effect::Conflict),
    ("AMR", "crc", Some("0"), Effect::Conflict),
    ("AMR", "robust-sorting", Some("0"), Effect::Conflict),
    ("AMR", "interleaving", None, Effect::Conflict),
    ("AMR", "mode-set", None, Effect::Narrower),
    ("AMR-WB", "octet-align", Some("0"), Effect::Conflict),
    ("AMR-WB", "crc", Some("0"), Effect::Conflict),
    ("AMR-WB", "robust-sorting", Some("0"), Effect::Conflict),
    ("AMR-WB", "interleaving", None, Effect::Conflict),
    ("AMR-WB", "mode-set", None, Effect::Narrower),
    ("opus", "stereo", Some("0"), Effect::Declared),
    ("opus", "useinbandfec", Some("0"), Effect::Declared),
    ("opus", "maxaveragebitrate", None, Effect::Declared),
    ("opus", "maxplaybackrate", Some("48000"), Effect::Declared),
    ("iLBC", "mode", Some("30"), Effect::Narrower),
    ("telephone-event", "events", Some("0-15"), Effect::Narrower),
    ("G7221", "bitrate", None, Effect::Conflict),
    ("VP9", "profile-id", Some("0"), Effect::Conflict),
];

/// Where both differ, in the order of the rules. `codec` is `name/rate[/channels]`.
pub fn differences(codec: &str, offered: Option<&str>, answered: Option<&str>) -> Vec<Difference> {
    if offered == answered {
        return Vec::new();
    }
    let name = codec.split('/').next().unwrap_or(codec);
    let rules = RULES.iter().filter(|(of, ..)| of.eq_ignore_ascii_case(name));
    rules
        .filter_map(|(_, parameter, default, effect)| {
            let read = |text: Option<&str>| {
                let written = text.and_then(|text| value(text, parameter));
                written.or(default.filter(|_| text.is_some() || *parameter != "events")).map(str::to_owned)
            };
            let (offered, answered) = (read(offered), read(answered));
            let effect = compare(parameter, offered.as_deref(), answered.as_deref(), *effect)?;
            Some(Difference { parameter, offered, answered, effect })
        })
        .collect()
}

/// Do both mean different formats?
pub fn conflict(codec: &str, offered: Option<&str>, answered: Option<&str>) -> bool {
    differences(codec, offered, answered).iter().any(|difference| difference.effect == Effect::Conflict)
}

/// `None`: they are alike.
fn compare(parameter: &str, offered: Option<&str>, answered: Option<&str>, effect: Effect) -> Option<Effect> {
    match (parameter, offered, answered) {
        (_, None, None) => None,
        // A range that one end does not tell says nothing.
        ("events" | "maxaveragebitrate", None, _) | ("events" | "maxaveragebitrate", _, None) => None,
        (_, Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => None,
        ("profile-level-id", Some(a), Some(b)) => Some(if profile(a) == profile(b) { Effect::Narrower } else { effect }),
        _ => Some(effect),
    }
}

/// What of `profile-level-id` must be alike: profile_idc, and for Baseline whether it is the constrained one (RFC 6184 §8.1, table 5). The
/// level may differ.
fn profile(value: &str) -> (String, bool) {
    let idc = value.get(..2).unwrap_or(value).to_ascii_lowercase();
    let flags = value.get(2..4).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    let constrained = flags & 0x40 != 0;
    // Main or Extended with constraint_set0 and constraint_set1 are Constrained Baseline by other numbers.
    match idc.as_str() {
        "42" => ("42".to_owned(), constrained),
        "4d" if flags & 0x80 != 0 => ("42".to_owned(), true),
        "58" if flags & 0xc0 == 0xc0 => ("42".to_owned(), true),
        _ => (idc, false),
    }
}

/// The value of a parameter in `a=1;b=2`; a text without any `=` is the list of events of telephone-event (RFC 4733 §2.4.1).
pub fn value<'a>(text: &'a str, parameter: &str) -> Option<&'a str> {
    if parameter == "events" {
        return text.split(';').map(str::trim).find(|part| part.starts_with(|c: char| c.is_ascii_digit()));
    }
    text.split(';').find_map(|part| {
        let (name, value) = part.split_once('=')?;
        name.trim().eq_ignore_ascii_case(parameter).then(|| value.trim())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn effects(codec: &str, offered: &str, answered: &str) -> Vec<(&'static str, Effect)> {
        let told = |text: &'static str| (!text.is_empty()).then_some(text);
        let (offered, answered): (&'static str, &'static str) = (offered.to_owned().leak(), answered.to_owned().leak());
        differences(codec, told(offered), told(answered)).into_iter().map(|d| (d.parameter, d.effect)).collect()
    }

    #[test]
    fn what_matters() {
        assert_eq!(effects("G729/8000", "annexb=no", ""), [("annexb", Effect::Narrower)]);
        assert_eq!(effects("G729/8000", "annexb=yes", ""), []);
        assert_eq!(
            effects("AMR/8000", "octet-align=1;mode-set=7", "octet-align=0; mode-set=7"),
            [("octet-align", Effect::Conflict)]
        );
        assert_eq!(effects("AMR-WB/16000", "octet-align=1", ""), [("octet-align", Effect::Conflict)]);
        assert_eq!(effects("opus/48000/2", "useinbandfec=1;stereo=1", "useinbandfec=1"), [("stereo", Effect::Declared)]);
        assert_eq!(effects("opus/48000/2", "minptime=10;useinbandfec=1", "useinbandfec=1"), []);
        assert_eq!(effects("telephone-event/8000", "0-16", "0-15"), [("events", Effect::Narrower)]);
        assert_eq!(effects("telephone-event/8000", "0-16", ""), []);
        assert_eq!(effects("PCMU/8000", "x=1", ""), []);
    }

    #[test]
    fn profiles_of_h264() {
        let h264 = |a: &str, b: &str| effects("H264/90000", &format!("profile-level-id={a}"), &format!("profile-level-id={b}"));
        assert_eq!(h264("42e01f", "42E01F"), []);
        assert_eq!(h264("42e01f", "42e00d"), [("profile-level-id", Effect::Narrower)]);
        assert_eq!(h264("42801f", "640028"), [("profile-level-id", Effect::Conflict)]);
        assert_eq!(h264("42e01f", "4dc01f"), [("profile-level-id", Effect::Narrower)]);
        assert_eq!(h264("42801f", "42e01f"), [("profile-level-id", Effect::Conflict)]);
        let modes = effects("H264/90000", "profile-level-id=42e01f;packetization-mode=1", "profile-level-id=42e01f");
        assert_eq!(modes, [("packetization-mode", Effect::Conflict)]);
    }
}
