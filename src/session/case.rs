//! Identifiers that a support case asks for, as the client's log prints them: user, organisation, tracking IDs, case number.
//! In: records of one member, in the one pass. Out: [`Identifier`]s. Must not know what a case is made of.
//!
//! A value counts only behind words that name it: a bare UUID or address may be anybody's. No public source prints most of these
//! lines, so those are *inferred*; a masked value (`[REDACTED]`, `PII_…`, `***`) is kept as what it is.

use super::RunId;
use crate::base::{LogTime, Private, PrivateKind, SourceRef};
use crate::records::lines::{LineRule, LineSink, line_source};
use crate::records::{Record, Stamp};

/// What an identifier names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IdentifierKind {
    /// The user's e-mail in Common Identity.
    Mail,
    /// The user's UUID in Common Identity.
    UserUuid,
    /// The user's ID in BroadWorks.
    BroadworksUser,
    /// The organisation's UUID.
    Organisation,
    /// A tracking ID of a request (`CLIENT_…`).
    Tracking,
    /// Number of a feedback or support case.
    CaseNumber,
}

impl IdentifierKind {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::UserUuid => "user-uuid",
            Self::BroadworksUser => "broadworks-user",
            Self::Organisation => "organisation",
            Self::Tracking => "tracking-id",
            Self::CaseNumber => "case-number",
        }
    }

    fn private(self) -> PrivateKind {
        match self {
            Self::Mail => PrivateKind::Mail,
            Self::UserUuid | Self::BroadworksUser => PrivateKind::User,
            Self::Organisation => PrivateKind::Device,
            Self::Tracking | Self::CaseNumber => PrivateKind::Token,
        }
    }
}

/// A value that a log line names, or names and hides.
#[derive(Clone, Debug)]
pub struct Identifier {
    /// What it names.
    pub kind: IdentifierKind,
    /// The value; `None` when the log has it masked.
    pub value: Option<Private>,
    /// No public source prints such a line: taken from the words before the value.
    pub inferred: bool,
    /// First line with it.
    pub source: SourceRef,
    /// When that was.
    pub at: Option<LogTime>,
    /// The run of the client.
    pub run: RunId,
    /// That line, at most 500 characters.
    pub line: String,
    /// How many lines have it.
    pub count: u32,
}

/// A hit of the pass: as [`Identifier`], its time not yet in UTC.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// What it names.
    pub kind: IdentifierKind,
    /// The value; `None` when masked.
    pub value: Option<Private>,
    /// Inferred from the words before it.
    pub inferred: bool,
    /// First line with it.
    pub source: SourceRef,
    /// Stamp of its record.
    pub stamp: Option<Stamp>,
    /// That line, at most 500 characters.
    pub line: String,
    /// How many lines have it.
    pub count: u32,
}

const UUID: &str = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}";
const MAIL: &str = r"[A-Za-z0-9._+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+";
/// Seen forms of masked values (`[Redacted]`, `PII_CED_…{…}`, `***`), and two obvious ones.
const MASKED: &str = r"\[?<?(?:redacted|masked|removed)\b>?\]?|PII_[A-Za-z_]+(?:\{[^}]*\})?|\*{3,}|x{6,}";
/// What may stand between a name and its value, XML and JSON included.
const BETWEEN: &str = r#"["']?\s{0,3}(?:[:=>]|is\b)?\s{0,3}["'\[<{(]{0,2}"#;

/// Where a value stands: its kind, literal of the line, words before it, form of the value, and whether that is inferred.
type Row = (IdentifierKind, &'static str, &'static str, &'static str, bool);

/// Case of the expressions does not matter; of the literals it does, so each common spelling has a row of its own.
const ROWS: [Row; 24] = [
    // Guide §6 (`trackingid: CLIENT…`), log-formats §2 (`Tracking ID=`, `"trackingId":"CLIENT_…"`).
    (
        IdentifierKind::Tracking,
        "racking",
        r"tracking[ _-]?id",
        r"CLIENT_?[0-9A-Za-z_-]+|[0-9A-Za-z]+_[0-9a-f]{8}-[0-9A-Za-z_-]+",
        false,
    ),
    (IdentifierKind::Tracking, "CORRELATION-ID", "X-BROADSOFT-CORRELATION-ID", r"CLIENT_?[0-9A-Za-z_-]+", false),
    // Guide §6, steps 2.1 and 6: the first has the Webex user, the second (…/device) the BroadWorks user.
    (IdentifierKind::Mail, "/v2.0/user/", "/v2\\.0/user/", "MAIL_PROFILE", false),
    (IdentifierKind::BroadworksUser, "/v2.0/user/", "/v2\\.0/user/", "ID_DEVICE", false),
    (IdentifierKind::BroadworksUser, "orksUser", r"broadworksuser[ _-]?id", "ID", true),
    (IdentifierKind::BroadworksUser, "orks user", r"broadworks user[ _-]?id", "ID", true),
    (IdentifierKind::BroadworksUser, "bwuserid", r"bwuserid", "ID", true),
    (IdentifierKind::BroadworksUser, "bwUserId", r"bwuserid", "ID", true),
    (IdentifierKind::BroadworksUser, "bw_userid", r"bw_userid", "ID", false),
    (IdentifierKind::UserUuid, "serId", r"\buserid", "UUID", true),
    (IdentifierKind::UserUuid, "serID", r"\buserid", "UUID", true),
    (IdentifierKind::UserUuid, "ser_id", r"\buser_id", "UUID", true),
    (IdentifierKind::UserUuid, "ser ID", r"\buser id", "UUID", true),
    (IdentifierKind::UserUuid, "ser uuid", r"\buser uuid", "UUID", true),
    (IdentifierKind::UserUuid, "ser UUID", r"\buser uuid", "UUID", true),
    (IdentifierKind::UserUuid, "serUuid", r"\buseruuid", "UUID", true),
    (IdentifierKind::Mail, "mail", r"\b(?:user|login|account|own|self|ci)[ _-]?e?-?mail(?:[ _-]?(?:address|id))?", "MAIL", true),
    (IdentifierKind::Mail, "Mail", r"\b(?:user|login|account|own|self|ci)[ _-]?e?-?mail(?:[ _-]?(?:address|id))?", "MAIL", true),
    (IdentifierKind::Organisation, "rgId", r"\borgid", "UUID", true),
    (IdentifierKind::Organisation, "rgID", r"\borgid", "UUID", true),
    (IdentifierKind::Organisation, "rganiz", r"\borganization[ _-]?(?:uu)?id", "UUID", true),
    (IdentifierKind::Organisation, "rg_id", r"\borg_id", "UUID", true),
    // Guide §1: `Case Number - 00601970`.
    (IdentifierKind::CaseNumber, "ase Number", r"\bcase number", "NUMBER", false),
    (IdentifierKind::CaseNumber, "ase number", r"\bcase number", "NUMBER", false),
];

fn expression((_, _, name, form, _): Row) -> String {
    let value = match form {
        "UUID" => UUID,
        "MAIL" => MAIL,
        "ID" => r#"[^\s"',;<>\[\](){}*]{2,160}"#,
        // The path goes on behind the value.
        "MAIL_PROFILE" => return format!("(?i){name}(?:(?P<masked>{MASKED})|(?P<value>{MAIL}))/profile(?:[^/]|$)"),
        "ID_DEVICE" => return format!(r#"(?i){name}(?:(?P<masked>{MASKED})|(?P<value>[^/\s"']{{2,160}}))/profile/device"#),
        "NUMBER" => r"[0-9]{6,10}",
        other => other,
    };
    let between = if form == "NUMBER" { r"\s{0,3}[:=-]\s{0,3}" } else { BETWEEN };
    format!(r"(?i){name}{between}(?:(?P<masked>{MASKED})|(?P<value>{value}))")
}

/// The lines to look for, at the places of [`ROWS`].
pub fn rules() -> Vec<LineRule> {
    ROWS.iter().filter_map(|row| LineRule::trusted(row.1, Some(&expression(*row))).ok()).collect()
}

/// Different values of one kind kept for a member: the first half, and the latest, because a fault is looked for at the end too.
const MOST_VALUES: usize = 128;
const MOST_LINE: usize = 500;

/// Keeps the identifiers of one member.
#[derive(Debug, Default)]
pub struct CaseProbe {
    found: Vec<Sighting>,
    /// Values seen and no longer kept.
    beyond: u64,
}

impl CaseProbe {
    /// What was found, in line order, and how many values are not kept.
    pub fn finish(mut self) -> (Vec<Sighting>, u64) {
        self.found.sort_by_key(|s| (s.source.line, s.kind));
        (self.found, self.beyond)
    }
}

impl LineSink for CaseProbe {
    fn line(&mut self, record: &Record<'_>, row: usize, start: usize, line: &str, captures: Vec<(String, String)>) {
        let found = &mut self.found;
        let Some((kind, _, _, _, inferred)) = ROWS.get(row) else { return };
        let value = captures.iter().find(|(name, text)| name == "value" && !text.is_empty()).map(|(_, text)| text);
        let value = value.map(|text| Private::new(kind.private(), text.replace("%40", "@")));
        // Bounds stand here and not in the expressions: counted repetitions make searching a line many times as slow.
        let odd = |text: &str| *kind == IdentifierKind::Tracking && !(12..=160).contains(&text.len());
        if value.as_ref().is_some_and(|v| is_nothing(v.original()) || odd(v.original())) {
            return;
        }
        if let Some(same) = found.iter_mut().find(|s| s.kind == *kind && s.value == value) {
            // One line may name a value twice, by two rows.
            if same.source.offset != record.source.offset + start as u64 {
                same.count = same.count.saturating_add(1);
            }
            same.inferred &= inferred;
            return;
        }
        let mut own = found.iter().enumerate().filter(|(_, s)| s.kind == *kind).map(|(place, _)| place);
        if let Some(middle) = own.nth(MOST_VALUES / 2)
            && own.count() + MOST_VALUES / 2 + 1 >= MOST_VALUES
        {
            found.remove(middle);
            self.beyond += 1;
        }
        let source = line_source(record, start, line);
        let line = line.chars().take(MOST_LINE).collect();
        found.push(Sighting { kind: *kind, value, inferred: *inferred, source, stamp: record.stamp, line, count: 1 });
    }
}

/// Words for "none", and the UUID of zeros.
fn is_nothing(value: &str) -> bool {
    let words = ["null", "nil", "none", "unknown", "undefined", "empty", "true", "false", "is", "not"];
    words.iter().any(|word| value.eq_ignore_ascii_case(word)) || value.bytes().all(|b| matches!(b, b'0' | b'-'))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::base::MemberId;

    use crate::records::lines::{LineProbe, LineSet};
    use crate::records::{Level, Probe};

    fn probe(lines: &[&str]) -> Vec<Sighting> {
        let mut case = CaseProbe::default();
        let mut probe = LineProbe::new(Arc::new(LineSet::new(rules()))).with_sink(0, &mut case);
        for (number, line) in (1_u64..).zip(lines) {
            let source = SourceRef { member: MemberId(0), line: number, offset: number * 1_000, bytes: line.len() as u32 };
            probe.record(&Record {
                source,
                stamp: None,
                level: Level::Info,
                pid: b"",
                thread: b"",
                code: b"",
                dialect: None,
                headed: true,
                text: line.as_bytes(),
                message_at: 0,
                lines: 1,
                continues: false,
                continued: false,
            });
        }
        case.finish().0
    }

    fn values(lines: &[&str]) -> Vec<(IdentifierKind, String)> {
        let value = |s: &Sighting| s.value.as_ref().map_or("-".to_owned(), |v| v.original().to_owned());
        probe(lines).iter().map(|s| (s.kind, value(s))).collect()
    }

    #[test]
    fn every_row_compiles() {
        for row in ROWS {
            LineRule::new(row.1, Some(&expression(row))).unwrap();
        }
        assert_eq!(rules().len(), ROWS.len());
    }

    #[test]
    fn what_the_guide_and_the_public_lines_print() {
        use IdentifierKind::{BroadworksUser, CaseNumber, Mail, Tracking};
        let uuid = "7d41c2be-90aa-4f0e-8a55-0123456789ab";
        let expected = [
            // log-formats §2, Android and native.
            (
                "tid[0x261f] operator():BWC:SCF: Created BWC token request with ID: [Redacted]. Tracking ID=[Redacted]",
                Tracking,
                "-",
            ),
            (&format!(r#"arrived: {{"data":1,"trackingId":"CLIENT_{uuid}"}}"#), Tracking, &format!("CLIENT_{uuid}")),
            // Guide §6: the header, the two paths, the header of the authentication service.
            (&format!("trackingid: CLIENT_{uuid}"), Tracking, &format!("CLIENT_{uuid}")),
            (
                "GET /com.broadsoft.xsi-actions/v2.0/user/webexuserid@example.com/profile HTTP/1.1",
                Mail,
                "webexuserid@example.com",
            ),
            (
                "GET /com.broadsoft.xsi-actions/v2.0/user/bwksUserId%40example.com/profile/device",
                BroadworksUser,
                "bwksUserId@example.com",
            ),
            ("http_bw_userid: bwksUserId@example.com", BroadworksUser, "bwksUserId@example.com"),
            ("feedback was sent, Case Number - 00601970", CaseNumber, "00601970"),
        ];
        for (line, kind, value) in expected {
            assert_eq!(values(&[line]), [(kind, value.to_owned())], "{line}");
        }
    }

    #[test]
    fn names_before_the_value_count_and_bare_values_do_not() {
        use IdentifierKind::{Mail, Organisation, UserUuid};
        let uuid = "51c0aaaa-1111-2222-3333-44445555e7b2";
        let found = |line: String| values(&[&line]);
        for line in [format!(r#""userId":"{uuid}""#), format!("user UUID is {uuid}"), format!("user_id = {uuid}")] {
            assert_eq!(found(line.clone()), [(UserUuid, uuid.to_owned())], "{line}");
        }
        for line in [format!("orgId={uuid}"), format!(r#"'organizationId': '{uuid}'"#), format!("Organization ID: {uuid}")] {
            assert_eq!(found(line.clone()), [(Organisation, uuid.to_owned())], "{line}");
        }
        assert_eq!(found("userEmail=anna.k@example.com, x".into()), [(Mail, "anna.k@example.com".to_owned())]);
        for hidden in ["[REDACTED]", "PII_CED_User{17}", "***", "<redacted>"] {
            assert_eq!(found(format!("userId: {hidden}")), [(UserUuid, "-".to_owned())], "{hidden}");
        }
        // A conversation, a contact's address, a word, and "nobody".
        for other in [
            format!("Conversation ID = [{uuid}]"),
            "contact email=bob@example.com".into(),
            "orgId is not known".into(),
            "userId=00000000-0000-0000-0000-000000000000".into(),
            format!("abusersId {uuid}"),
        ] {
            assert!(found(other.clone()).is_empty(), "{other}");
        }
    }

    #[test]
    fn many_values_are_bounded_and_the_first_and_last_stay() {
        let lines: Vec<String> = (0..1_000).map(|n| format!("Tracking ID=CLIENT_{n:08}")).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let found = values(&lines);
        assert_eq!(found.len(), MOST_VALUES);
        assert_eq!(found.first().unwrap().1, "CLIENT_00000000");
        assert_eq!(found.last().unwrap().1, "CLIENT_00000999");
        let found = probe(&["orgId=51c0aaaa-1111-2222-3333-44445555e7b2"; 5]);
        assert_eq!((found.len(), found[0].count, found[0].source.line), (1, 5, 1));
    }
}
