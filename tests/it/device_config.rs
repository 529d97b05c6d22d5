//! Device configurations as files and inside logs: what is wrong with them, where, and what follows; and XML made to do harm.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bundlescope::analyse::{Analysis, Options, Progress, analyse};
use bundlescope::base::words::Words;
use bundlescope::base::{MemberId, Piece, Text};
use bundlescope::bundle::Input;
use bundlescope::export::{self, Format};
use bundlescope::session::RunId;
use bundlescope::session::device_config::{DeviceConfig, MAX_BYTES, Origin, Sbc};
use serde_json::Value;

use crate::archive::zip;

const LOG: &str = "2024-01-30T07:19:10.077Z <Info> [0x45c] a.cpp:1 f:BWC:SCF: ConfigDownload - started\n";

/// By the element names of the older configuration (log-formats §8): all filled.
const GOOD: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<config version="20.1">
  <protocols>
    <sip>
      <credentials><username>anna.nova</username><password>s3cr3t-pass</password></credentials>
      <proxy address="sbc.example.net" port="5075"/>
      <domain>example.net</domain>
      <preferred-port>5075</preferred-port>
      <registration-refresh-interval-sec>3600</registration-refresh-interval-sec>
      <transports>
        <keepalive enabled="true" timeout-sec="30"/>
        <tcp-size-threshold-bytes>1300</tcp-size-threshold-bytes>
      </transports>
    </sip>
  </protocols>
</config>
"#;

fn bundle(files: &[(&str, &[u8])]) -> Arc<Analysis> {
    let input = Input::Memory { name: "logs.zip".into(), bytes: Arc::from(zip(files)) };
    analyse(&[input], &Options::default(), &Progress::new()).unwrap().remove(0)
}

/// A bundle with this configuration beside a log.
fn with(config: &[u8]) -> Arc<Analysis> {
    bundle(&[("bwc/current_log.txt", LOG.as_bytes()), ("config-wxt.xml", config)])
}

fn of(xml: &str) -> DeviceConfig {
    DeviceConfig::of_member(MemberId(0), xml.as_bytes(), RunId(0))
}

fn plain(text: &Text) -> String {
    let mut out = String::new();
    text.pieces(Words::english(), &mut |piece| match piece {
        Piece::Word(text) | Piece::Log(text) => out.push_str(text),
        Piece::Private(_) => out.push_str("***"),
    });
    out
}

/// `kind line:column` of every problem.
fn problems(config: &DeviceConfig) -> Vec<String> {
    config.problems.iter().map(|p| format!("{} {}:{}", p.kind.word(), p.source.line, p.column)).collect()
}

/// `tag line used`.
fn tags(config: &DeviceConfig) -> Vec<String> {
    let used = |u: bool| if u { "used" } else { "unused" };
    config.tags.iter().map(|t| format!("{} {} {}", t.name, t.source.line, used(t.used))).collect()
}

/// `severity confidence` of the finding of that ID.
fn finding(analysis: &Analysis, id: &str) -> Option<String> {
    let found = analysis.findings.iter().find(|f| f.id == id)?;
    Some(format!("{} {}", found.severity.word(), found.confidence.word()))
}

fn json(analysis: Arc<Analysis>) -> Value {
    serde_json::from_str(&export::render(&[analysis], Format::Json, &export::Options::default())).unwrap()
}

#[test]
fn a_good_one_accuses_nobody() {
    let analysis = with(GOOD.as_bytes());
    let config = &analysis.facts.device_configs[0];
    assert_eq!((config.from, config.sbc, config.elements), (Origin::Member, Sbc::Filled, 13));
    assert!(config.problems.is_empty() && config.tags.is_empty());
    assert_eq!(finding(&analysis, "sbc-tag-misconfigured"), None);
    assert_eq!(finding(&analysis, "config-parse-failure"), None);
    let value = |path: &str| config.settings.iter().find(|s| s.path == path).map(|s| plain(&s.value));
    assert_eq!(value("config/protocols/sip/preferred-port").as_deref(), Some("5075"));
    assert_eq!(value("config/protocols/sip/transports/keepalive/@timeout-sec").as_deref(), Some("30"));
    assert_eq!(value("config/protocols/sip/proxy/@address").as_deref(), Some("***"), "an address is private");
    let v = json(analysis.clone());
    let v = &v["device_configs"][0];
    assert_eq!((v["member"].as_str(), v["line"].as_u64(), v["from"].as_str()), (Some("config-wxt.xml"), Some(1), Some("member")));
    assert_eq!((v["encoding_declared"].as_str(), v["encoding_seen"].as_str()), (Some("UTF-8"), Some("us-ascii")));
    let port = v["sip"].as_array().unwrap().iter().find(|s| s["path"] == "config/protocols/sip/preferred-port").unwrap();
    assert_eq!((port["line"].as_u64(), port["meaning_basis"].as_str()), (Some(8), Some("inferred")));
    let text = export::render(&[analysis], Format::Text, &export::Options::default());
    assert!(text.contains("Device configuration\n---") && text.contains("keep-alive (inferred)"), "{text}");
}

#[test]
fn no_secret_stands_in_the_open_in_what_is_kept() {
    let config = of(GOOD);
    let shown: String =
        config.pretty.iter().map(|l| plain(&l.text)).chain(config.settings.iter().map(|s| plain(&s.value))).collect();
    assert!(!shown.contains("s3cr3t") && !shown.contains("anna") && !shown.contains("sbc.example.net"), "{shown}");
    assert!(shown.contains("<password>***</password>"), "{shown}");
}

#[test]
fn a_tag_that_is_left_is_found_with_its_line_and_its_use() {
    let xml = GOOD.replace("sbc.example.net", "%SBC_ADDRESS_WXT%").replace(
        "<domain>",
        "<!-- %OLD_TAG% -->\n      <extra enabled=\"false\"><url>%SELF_CARE_WXT%</url></extra>\n      <domain>",
    );
    let analysis = with(xml.as_bytes());
    let config = &analysis.facts.device_configs[0];
    assert_eq!(tags(config), ["%SBC_ADDRESS_WXT% 6 used", "%OLD_TAG% 7 unused", "%SELF_CARE_WXT% 8 unused"]);
    assert_eq!(config.tags[0].path, "config/protocols/sip/proxy/@address");
    assert_eq!(config.sbc, Sbc::Tag);
    assert_eq!(finding(&analysis, "sbc-tag-misconfigured").as_deref(), Some("error likely"));
    let found = analysis.findings.iter().find(|f| f.id == "sbc-tag-misconfigured").unwrap();
    assert!(plain(&found.title).contains("%SBC_ADDRESS_WXT%"), "{}", plain(&found.title));
    let lines: Vec<u64> = found.evidence.iter().map(|e| e.source.unwrap().line).collect();
    assert_eq!(lines, [6], "only the tag that is used");
    let flagged: Vec<u64> = config.pretty.iter().filter(|l| l.flagged).map(|l| l.source.line).collect();
    assert_eq!(flagged, [6, 7, 8]);
}

#[test]
fn tags_that_do_not_count_accuse_nobody() {
    for xml in [
        GOOD.replace("<domain>", "<!-- <proxy address=\"%SBC_ADDRESS_WXT%\"/> --><domain>"),
        GOOD.replace("<domain>", "<proxy enabled=\"false\" address=\"%SBC_ADDRESS_WXT%\"/><domain>"),
        GOOD.replace("<domain>", "<help>https://h.example/?q=%C3%A9%2F50%25</help><domain>"),
    ] {
        let analysis = with(xml.as_bytes());
        assert_eq!(finding(&analysis, "sbc-tag-misconfigured"), None, "{xml}");
    }
    // A tag outside of SIP is worth a warning, but registration does not hang on it.
    let analysis = with(GOOD.replace("</protocols>", "</protocols><url>%WEB_CALL_SETTINGS_URL_WXT%</url>").as_bytes());
    assert_eq!(finding(&analysis, "sbc-tag-misconfigured").as_deref(), Some("warning likely"));
    // Where BroadWorks' own tags are left, it is the template.
    let template = GOOD
        .replace("sbc.example.net", "%SBC_ADDRESS_WXT%")
        .replace("example.net", "%BWHOST-1%")
        .replace("anna.nova", "%BWAUTHUSER-1%");
    let analysis = with(template.as_bytes());
    assert!(analysis.facts.device_configs[0].template);
    assert_eq!(finding(&analysis, "sbc-tag-misconfigured").as_deref(), Some("error possible"));
}

#[test]
fn an_empty_address_is_told_from_a_missing_one() {
    let proxy = "<proxy address=\"sbc.example.net\" port=\"5075\"/>";
    let sbc = |instead: &str| {
        let analysis = with(GOOD.replace(proxy, instead).as_bytes());
        (analysis.facts.device_configs[0].sbc, finding(&analysis, "sbc-tag-misconfigured").is_some())
    };
    assert_eq!(sbc("<proxy address=\"\" port=\"5075\"/>"), (Sbc::Empty, true));
    assert_eq!(sbc("<proxy/>"), (Sbc::Empty, true));
    assert_eq!(sbc("<proxy>  </proxy>"), (Sbc::Empty, true));
    assert_eq!(sbc("<proxy>sbc.example.net</proxy>"), (Sbc::Filled, false));
    // The names of the elements are inferred: that none is there accuses nobody.
    let analysis = with(GOOD.replace(proxy, "").replace("<domain>example.net</domain>", "").as_bytes());
    assert_eq!(analysis.facts.device_configs[0].sbc, Sbc::Missing);
    assert_eq!(finding(&analysis, "sbc-tag-misconfigured"), None);
    assert_eq!(of("<config><a/></config>").sbc, Sbc::Unknown);
}

#[test]
fn bytes_that_are_not_what_the_file_says_explain_a_failed_parse() {
    // Tech note 221699: an accent in ISO-8859-1 in a file that says UTF-8; the client's 1507 comes 18 minutes later.
    let bytes: Vec<u8> = GOOD.replace("anna.nova", "José").chars().map(|c| c as u8).collect();
    let log = "2024-01-30T07:01:25.213Z <Info> [0x390] BroadWorksCallControl.cpp:493 BroadWorksCallControl::createConfig:BWC:SCF: failed to parse the configuration ... ...\n\
        2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksManager.cpp:781 f:BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1507\n";
    let alone = with(&bytes);
    let config = &alone.facts.device_configs[0];
    assert_eq!(config.encoding_seen.word(), "single-byte");
    assert_eq!(problems(config), ["encoding 5:33"]);
    assert_eq!(finding(&alone, "config-parse-failure").as_deref(), Some("error likely"));
    let both = bundle(&[("bwc/current_log.txt", log.as_bytes()), ("config-wxt.xml", &bytes)]);
    assert_eq!(finding(&both, "config-parse-failure").as_deref(), Some("error certain"));
    let found = both.findings.iter().find(|f| f.id == "config-parse-failure").unwrap();
    assert_eq!(found.evidence.len(), 2, "the client's line and the file's own");
    let effect = both.findings.iter().find(|f| f.id == "config-download-failure").unwrap();
    assert_eq!(effect.effect_of.as_deref(), Some("config-parse-failure"));
    // The other way round is told, and breaks nothing.
    let other = GOOD.replace("UTF-8", "ISO-8859-1").replace("anna.nova", "José");
    let analysis = with(other.as_bytes());
    assert_eq!(problems(&analysis.facts.device_configs[0]), ["encoding 5:33"]);
    assert_eq!(finding(&analysis, "config-parse-failure"), None);
}

#[test]
fn what_is_not_well_formed_is_told_with_line_and_column() {
    for (xml, want) in [
        ("<config>\n <a>\n </b>\n</config>", "not-well-formed 3:2"),
        ("<config>\n</config>\n</config>", "not-well-formed 3:1"),
        ("<config>\n <a b=c/>\n</config>", "not-well-formed 2:2"),
        ("<config>\n <a b=\"1\" b=\"2\"/>\n</config>", "not-well-formed 2:2"),
        ("<config>\n a & b\n</config>", "not-well-formed 2:4"),
        ("<config/>\n<config/>", "not-well-formed 2:1"),
        ("<config>\n é &eacute;</config>", "unknown-entity 2:4"),
        ("<config>\n a\u{1}b</config>", "bad-character 2:3"),
        ("<config>\n <a>", "cut-off 2:5"),
        ("<config>\n <proxy addr", "cut-off 2:2"),
        ("", "not-well-formed 1:1"),
    ] {
        assert_eq!(problems(&of(xml)), [want], "{xml}");
    }
    let broken = with(b"<config>\n <a>\n </b>\n</config>");
    assert_eq!(finding(&broken, "config-parse-failure").as_deref(), Some("error likely"));
    // It may have been cut by whoever collected it; and other XML is nobody's configuration.
    assert_eq!(finding(&with(b"<config>\n <a>"), "config-parse-failure"), None);
    assert_eq!(finding(&with(b"<theme>\n <a>\n </b>\n</theme>"), "config-parse-failure"), None);
}

#[test]
fn inside_a_record_over_several_lines_on_one_line_and_cut_off() {
    let head = "2024-01-30T07:19:11.077Z <Debug> [0x45c] a.cpp:9 g:BWC:SCF: ";
    let tagged = GOOD.replace("sbc.example.net", "%SBC_ADDRESS_WXT%");
    let escaped = tagged.replace('"', "\\\"").replace('\n', "\\n");
    let one_line = tagged.replace('\n', " ");
    let cut: String = tagged.chars().take(tagged.find("<domain>").unwrap() + 5).collect();
    let per_line: String = tagged.lines().map(|l| format!("{head}{l}\n")).collect();
    // The line of the log that holds the tag: the first record has one line of its own before it.
    for (name, body, line, whole) in [
        ("over several lines", format!("{head}got configuration:\n{tagged}"), 8, true),
        ("on the record's own line", format!("{head}{tagged}"), 7, true),
        ("one line", format!("{head}config {one_line} end of it\n"), 2, true),
        ("escaped", format!("{head}{{\"xml\":\"{escaped}\"}}\n"), 2, true),
        ("cut off", format!("{head}{cut}\n"), 7, false),
        ("a record a line", per_line, 7, true),
    ] {
        let log = format!("{LOG}{body}{LOG}");
        let analysis = bundle(&[("bwc/current_log.txt", log.as_bytes())]);
        let configs = &analysis.facts.device_configs;
        assert_eq!(configs.len(), 1, "{name}");
        let config = &configs[0];
        assert_eq!(config.from, Origin::Record, "{name}");
        assert_eq!(tags(config), [format!("%SBC_ADDRESS_WXT% {line} used")], "{name}");
        assert_eq!(problems(config).is_empty(), whole, "{name}: {:?}", problems(config));
        assert_eq!(config.at.map(|t| t.rfc3339()).as_deref(), Some("2024-01-30T07:19:11.077000Z"), "{name}");
        assert_eq!(finding(&analysis, "sbc-tag-misconfigured").as_deref(), Some("error likely"), "{name}");
        // A log cuts as it likes: that accuses nobody.
        assert_eq!(finding(&analysis, "config-parse-failure"), None, "{name}");
        let found = analysis.findings.iter().find(|f| f.id == "sbc-tag-misconfigured").unwrap();
        let all: String = found.evidence.iter().map(|e| plain(&e.text)).collect();
        assert!(!all.contains("s3cr3t"), "{name}: evidence shows no secret: {all}");
        let text = &log.as_bytes()[config.tags[0].source.offset as usize..];
        let shown = String::from_utf8_lossy(&text[..(config.tags[0].source.bytes as usize).min(text.len())]);
        assert!(shown.contains("%SBC_ADDRESS_WXT%"), "{name}: the place leads to the tag: {shown}");
    }
}

#[test]
fn other_xml_in_a_log_is_not_taken_for_a_configuration() {
    let head = "2024-01-30T07:19:11.077Z <Debug> [0x45c] a.cpp:9 g:";
    let log = format!(
        "{LOG}{head}<?xml version=\"1.0\"?><presence><config>%A_TAG%</config></presence>\n{head}<configuration>%A_TAG%</configuration>\n\
         {head}read <configs>\n{head}a </x><config/>\n"
    );
    let analysis = bundle(&[("bwc/current_log.txt", log.as_bytes())]);
    assert_eq!(analysis.facts.device_configs.len(), 0);
    // The same twice is one, counted.
    let log = format!("{LOG}{head}<config>\n<a>%A_TAG%</a></config>\n{head}<config>\n<a>%A_TAG%</a></config>\n");
    let analysis = bundle(&[("bwc/current_log.txt", log.as_bytes())]);
    assert_eq!(analysis.facts.device_configs.iter().map(|c| c.copies).collect::<Vec<_>>(), [2]);
}

#[test]
fn utf16_is_read_and_said() {
    let text = GOOD.replace("UTF-8", "UTF-16").replace("sbc.example.net", "%SBC_ADDRESS_WXT%");
    let bytes: Vec<u8> = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let analysis = with(&bytes);
    let config = &analysis.facts.device_configs[0];
    assert_eq!((config.encoding_seen.word(), config.problems.len()), ("utf-16le", 0));
    assert_eq!(tags(config), ["%SBC_ADDRESS_WXT% 6 used"]);
}

#[test]
fn a_bomb_of_entities_stays_unexpanded() {
    let mut xml = String::from("<?xml version=\"1.0\"?>\n<!DOCTYPE config [\n<!ENTITY a \"aaaaaaaaaa\">\n");
    for (one, before) in "bcdefghijk".chars().zip("abcdefghij".chars()) {
        xml.push_str(&format!("<!ENTITY {one} \"{}\">\n", format!("&{before};").repeat(10)));
    }
    xml.push_str("<!ENTITY file SYSTEM \"file:///etc/passwd\">\n]>\n<config><x>&k;</x><y>&file;</y></config>");
    let config = of(&xml);
    assert_eq!(problems(&config), ["doctype 2:1", "unknown-entity 16:12", "unknown-entity 16:22"]);
    let kept: String = config.pretty.iter().map(|l| plain(&l.text)).collect();
    assert!(kept.contains("<x>&k;</x>") && kept.len() < 200, "{kept}");
}

#[test]
fn two_hundred_thousand_tags_deep_and_wide() {
    let deep = format!("{}{}", "<config>".repeat(200_000), "</config>".repeat(200_000));
    let started = Instant::now();
    let analysis = with(deep.as_bytes());
    let config = &analysis.facts.device_configs[0];
    assert_eq!(problems(config), ["limit 1:801"], "100 open elements of 8 characters");
    let note = analysis.notes.of(Some(MemberId(1)));
    assert!(note.iter().any(|n| n.text.contains("nest deeper than 100")), "{note:?}");
    assert_eq!(finding(&analysis, "config-parse-failure"), None, "a limit of ours accuses nobody");
    let log = format!("{LOG}2024-01-30T07:19:11.077Z <Debug> [0x45c] a.cpp:9 g:{deep}\n");
    assert_eq!(
        problems(&bundle(&[("bwc/current_log.txt", log.as_bytes())]).facts.device_configs[0]),
        ["limit 2:852"],
        "behind a head of 51"
    );
    let wide = format!("<config>{}</config>", "<a b=\"%TAG_X%\"/>".repeat(200_000));
    let config = of(&wide);
    assert!(problems(&config).iter().all(|p| p.starts_with("limit")), "{:?}", problems(&config));
    assert!(config.tags.len() <= 200 && config.pretty.len() <= 4_000);
    let attributes: String = (0..200_000).map(|n| format!(" a{n}=\"1\"")).collect();
    assert!(problems(&of(&format!("<config><x{attributes}/></config>")))[0].starts_with("limit 1:"));
    let value = "x".repeat(3 << 20);
    let config = of(&format!("<config><a>{value}</a><b c=\"{value}\"/></config>"));
    let kept: usize = config.pretty.iter().map(|l| plain(&l.text).len()).sum();
    assert!(kept < 10_000, "{kept}");
    assert!(started.elapsed() < Duration::from_secs(60), "{:?}", started.elapsed());
}

#[test]
fn a_hundred_megabytes_are_read_in_part_only() {
    let mut xml = b"<config>\n<proxy address=\"%SBC_ADDRESS_WXT%\"/>\n".to_vec();
    let filler = format!("{}\n", "<a>some filling text of a line</a>".repeat(30_000));
    while xml.len() < 100 << 20 {
        xml.extend_from_slice(filler.as_bytes());
    }
    let config = DeviceConfig::of_member(MemberId(0), &xml[..MAX_BYTES], RunId(0));
    assert_eq!(tags(&config), ["%SBC_ADDRESS_WXT% 2 used"]);
    assert!(problems(&config).iter().all(|p| p.starts_with("limit")), "{:?}", problems(&config));
    let analysis = with(&xml);
    let config = &analysis.facts.device_configs[0];
    assert_eq!((config.bytes as usize, tags(config).len()), (MAX_BYTES, 1));
    assert!(analysis.notes.of(Some(MemberId(1))).iter().any(|n| n.kind.word() == "limit"));
}

#[test]
fn cut_anywhere_nothing_breaks() {
    let xml = GOOD.replace("example.net", "přílišně.example").replace("anna.nova", "&amp;%BWX%");
    for end in 0..xml.len() {
        let config = DeviceConfig::of_member(MemberId(0), &xml.as_bytes()[..end], RunId(0));
        assert!(
            !config.is_broken() || end < 40 || std::str::from_utf8(&xml.as_bytes()[..end]).is_err(),
            "{end}: {:?}",
            problems(&config)
        );
        let mut nulled = xml.clone().into_bytes();
        nulled[end] = 0;
        DeviceConfig::of_member(MemberId(0), &nulled, RunId(0));
    }
}
