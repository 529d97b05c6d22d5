//! What a member is, from its first text and its path. In: both. Out: [`Role`] and how it was decided.
//! Must not know records or SIP beyond the shapes that tell one log from another.
//!
//! Content decides; the path does where content leaves a choice (the log formats share one grammar, and newer clients write BroadWorks
//! lines into the start-up log too).

use memchr::memmem::{Finder, find};

use super::role::{Role, RoleBasis};

/// SIP methods (RFC 3261 and its extensions).
const METHODS: [&[u8]; 14] = [
    b"INVITE",
    b"ACK",
    b"BYE",
    b"CANCEL",
    b"OPTIONS",
    b"REGISTER",
    b"PRACK",
    b"UPDATE",
    b"INFO",
    b"SUBSCRIBE",
    b"NOTIFY",
    b"REFER",
    b"MESSAGE",
    b"PUBLISH",
];

/// What the lines at a member's start look like: counts of lines.
#[derive(Clone, Copy, Debug, Default)]
struct Signs {
    /// Heads of the native client logs and of Android's.
    native: usize,
    /// Heads of the Jabber-derived logs.
    csf: usize,
    /// … that name a logger of theirs.
    csf_named: usize,
    /// BroadWorks' own record head.
    server: usize,
    /// Apache common or combined format.
    access: usize,
    /// Heads with `:BWC:`.
    bwc: usize,
    /// Heads or lines of the media engine.
    media: usize,
    /// Heads of the thin-client channel.
    vdi: usize,
    /// SIP start lines.
    sip: usize,
    /// Lines that are not empty.
    lines: usize,
}

/// The role of the member at `path` that starts with `text` (decoded).
pub(crate) fn role(path: &str, text: &[u8]) -> (Role, RoleBasis) {
    let hint = by_path(path);
    match by_content(text, hint) {
        Some(role) if hint == Some(role) => (role, RoleBasis::Both),
        Some(role) => (role, RoleBasis::Content),
        None => match hint {
            Some(role) => (role, RoleBasis::Path),
            None => (Role::Other, RoleBasis::Content),
        },
    }
}

/// The role that a path alone tells: the file's own name first, then the folders and archives around it, innermost first.
pub(crate) fn by_path(path: &str) -> Option<Role> {
    let lower = path.to_lowercase();
    let mut parts = lower.rsplit(['/', '\\']);
    let name = parts.next().unwrap_or_default();
    let has = |word: &str| name.contains(word);
    if name.starts_with("ced") && name.trim_end_matches('!').ends_with(".dat") {
        return Some(Role::Environment);
    }
    if has("config-wxt") || (name.starts_with("config") && name.ends_with(".xml")) {
        return Some(Role::DeviceConfig);
    }
    let named = [
        ("virtualchannel", Role::Vdi),
        ("uclogin", Role::Uclogin),
        ("access_log", Role::AccessLog),
        ("access-log", Role::AccessLog),
        ("localhost_access", Role::AccessLog),
        ("xsiactions", Role::XsiActions),
        ("xsi-actions", Role::XsiActions),
        ("authenticationservice", Role::AuthenticationService),
        ("authservice", Role::AuthenticationService),
        ("pslog", Role::Pslog),
        ("xslog", Role::Xslog),
    ];
    if let Some((_, role)) = named.iter().find(|(word, _)| has(word)) {
        return Some(*role);
    }
    if name.starts_with("bwc") {
        return Some(Role::Bwc);
    }
    if name.starts_with("media") || name.starts_with("wme") {
        return Some(Role::Media);
    }
    for part in parts {
        match part.trim_end_matches('!') {
            "bwc" => return Some(Role::Bwc),
            "media" | "wme" => return Some(Role::Media),
            "uclogin" => return Some(Role::Uclogin),
            "vdi" => return Some(Role::Vdi),
            archive if archive.starts_with("ced") && archive.ends_with(".dat") => return Some(Role::Environment),
            _ => {}
        }
    }
    if name.ends_with(".html") || name.ends_with(".htm") {
        return Some(Role::Diagnostics);
    }
    let startup = ["current_log", "last_run_current_log", "startup", "start-up", "webexhost"];
    startup.iter().any(|word| name.starts_with(word)).then_some(Role::Startup)
}

fn by_content(text: &[u8], hint: Option<Role>) -> Option<Role> {
    if let Some(root) = root_element(text) {
        return match root.to_ascii_lowercase().as_slice() {
            b"config" => Some(Role::DeviceConfig),
            b"html" => Some(Role::Diagnostics),
            _ if find(text, b"_WXT%").is_some() => Some(Role::DeviceConfig),
            _ => None,
        };
    }
    let signs = signs(text);
    let heads = signs.native + signs.csf + signs.server + signs.access;
    let most = |count: usize| count > 0 && count * 2 >= heads;
    if signs.server > 0 && most(signs.server) {
        return Some(server_role(text, hint));
    }
    if signs.access > 0 && most(signs.access) {
        return Some(Role::AccessLog);
    }
    if hint == Some(Role::Environment) && heads * 2 < signs.lines {
        return None;
    }
    client_role(&signs, hint).or_else(|| {
        let says_so = heads == 0
            && [&b"Calling Environment"[..], b"CallingEnvironment", b"callingEnvironment"]
                .iter()
                .any(|w| find(text, w).is_some());
        says_so.then_some(Role::Environment)
    })
}

/// One of the client's logs: they share a grammar, so it is the share of tags that tells, and the path where they are mixed.
fn client_role(signs: &Signs, hint: Option<Role>) -> Option<Role> {
    let calling = signs.bwc > 0 || signs.sip > 0;
    let client = signs.native + signs.csf;
    if client == 0 {
        // SIP, or the engine's own lines, in a framing that is not known. A server's file stays one.
        let server_file = hint.is_some_and(|role| role.observer() == super::Observer::Server);
        return match () {
            () if signs.sip > 0 && !server_file => Some(Role::Bwc),
            () if signs.bwc > 0 => Some(Role::Bwc),
            () if signs.media > 0 => Some(Role::Media),
            () => None,
        };
    }
    let most = |count: usize| count * 2 >= client;
    if most(signs.media) && signs.sip == 0 {
        return Some(Role::Media);
    }
    if most(signs.vdi) {
        return Some(Role::Vdi);
    }
    if signs.csf > signs.native {
        return match (calling, hint) {
            (_, Some(Role::Uclogin)) => hint,
            (true, _) => Some(Role::Bwc),
            // The shape of the heads alone does not speak against the path.
            (false, Some(Role::Bwc)) if signs.csf_named == 0 => None,
            (false, _) => Some(Role::Uclogin),
        };
    }
    let others = client.saturating_sub(signs.bwc);
    match hint {
        _ if calling && others * 10 <= client => Some(Role::Bwc),
        Some(Role::Bwc | Role::Startup) if calling => hint,
        _ if calling && (most(signs.bwc) || signs.sip > 0) => Some(Role::Bwc),
        Some(Role::Bwc | Role::Media | Role::Uclogin | Role::Vdi) => None,
        _ => Some(Role::Startup),
    }
}

/// Which of BroadWorks' servers wrote it: by what the guide quotes from each (guide §6 and §7).
fn server_role(text: &[u8], hint: Option<Role>) -> Role {
    let has = |words: &[&[u8]]| words.iter().any(|w| find(text, w).is_some());
    let xslog = has(&[b"SIP Bytes IN", b"SIP Bytes OUT", b"callhalf-"]);
    let pslog = has(&[b"subscriberProfile", b"bwuserid", b"ProvisioningBridge", b"provisioning"]);
    let xsi = has(&[b"com.broadsoft.xsi-actions", b"AccessDevices", b"UserPrimaryAndSCADeviceGetList", b"XsiActions"]);
    let auth = has(&[b"LongLivedTokenManager", b"/authService/token", b"UserGetLoginInfoRequest"]);
    // What the path says holds when the content has it too; alone it holds only when the content tells nothing.
    let fits = match hint {
        Some(Role::Xslog) => xslog,
        Some(Role::Pslog) => pslog,
        Some(Role::XsiActions) => xsi,
        Some(Role::AuthenticationService) => auth,
        _ => false,
    };
    match hint {
        Some(role) if fits => role,
        _ if xslog => Role::Xslog,
        _ if xsi => Role::XsiActions,
        _ if auth => Role::AuthenticationService,
        _ if pslog => Role::Pslog,
        Some(role) if role.observer() == super::Observer::Server => role,
        _ => Role::Xslog,
    }
}

/// The name of the first element of an XML or HTML text; `None` when it is neither.
fn root_element(text: &[u8]) -> Option<&[u8]> {
    let mut rest = text.trim_ascii_start();
    loop {
        let skip = if rest.starts_with(b"<?") {
            find(rest, b"?>")? + 2
        } else if rest.starts_with(b"<!--") {
            find(rest, b"-->")? + 3
        } else if rest.starts_with(b"<!") {
            find(rest, b">")? + 1
        } else {
            break;
        };
        rest = rest.get(skip..)?.trim_ascii_start();
    }
    let name = rest.strip_prefix(b"<")?;
    let end = name.iter().position(|b| !b.is_ascii_alphanumeric() && !matches!(b, b'-' | b'_' | b':' | b'.'))?;
    // `<Info> [0x390]` is a log line without its time.
    let element = name.get(..end).filter(|n| !n.is_empty())?;
    let behind = name.get(end..)?;
    (!behind.starts_with(b"> [") && !behind.starts_with(b">[")).then_some(element)
}

/// Words looked for in every line, prepared once for a member.
struct Words {
    calling: Finder<'static>,
    engine: [Finder<'static>; 6],
    engine_thread: Finder<'static>,
    channel: Finder<'static>,
    version: Finder<'static>,
}

impl Words {
    fn new() -> Self {
        let engine: [&[u8]; 6] = [b":WME", b"WmeMediaSession", b"[AudioEngine]", b"[VideoEngine]", b"[CheckPoint]", b"wme::"];
        Self {
            calling: Finder::new(b":BWC:"),
            engine: engine.map(Finder::new),
            engine_thread: Finder::new(b"]TID["),
            channel: Finder::new(b"VirtualChannel"),
            version: Finder::new(b"SIP/2.0"),
        }
    }
}

fn signs(text: &[u8]) -> Signs {
    let words = Words::new();
    let mut signs = Signs::default();
    for line in text.split(|b| *b == b'\n').map(<[u8]>::trim_ascii) {
        if line.is_empty() {
            continue;
        }
        signs.lines += 1;
        // Further records may be pasted onto a long line; the first kilobytes tell enough.
        let line = line.get(..line.len().min(4_096)).unwrap_or(line);
        let has = |word: &Finder<'_>| word.find(line).is_some();
        let native = is_native(line) || is_android(line);
        let csf = !native && is_csf(line);
        signs.native += usize::from(native);
        signs.csf += usize::from(csf);
        signs.csf_named += usize::from(csf && (find(line, b"[csf.").is_some() || find(line, b"[service-discovery]").is_some()));
        signs.server += usize::from(is_server(line));
        signs.access += usize::from(is_access(line));
        signs.bwc += usize::from(has(&words.calling));
        signs.media += usize::from(words.engine.iter().any(has) || (line.starts_with(b"PID[") && has(&words.engine_thread)));
        signs.vdi += usize::from(has(&words.channel));
        signs.sip += usize::from(has(&words.version) && has_start_line(line));
    }
    signs
}

/// `2024-01-30T07:01:25.213Z <Info> [0x390] `, the time perhaps missing, a process perhaps before the thread.
fn is_native(line: &[u8]) -> bool {
    let rest = if line.first().is_some_and(u8::is_ascii_digit) {
        let Some(space) = memchr::memchr(b' ', line) else {
            return false;
        };
        line.get(space + 1..).unwrap_or_default()
    } else {
        line
    };
    let Some(rest) = rest.strip_prefix(b"<") else {
        return false;
    };
    let letters = rest.iter().take_while(|b| b.is_ascii_alphabetic()).count();
    let Some(rest) = rest.get(letters..).and_then(|r| r.strip_prefix(b">")) else {
        return false;
    };
    let rest = rest.strip_prefix(b" ").unwrap_or(rest);
    let Some(rest) = rest.strip_prefix(b"[").filter(|_| letters > 0) else {
        return false;
    };
    let process = rest.iter().take_while(|b| b.is_ascii_digit()).count();
    let after = rest.get(process..).and_then(|r| r.strip_prefix(b":")).unwrap_or(rest);
    after.starts_with(b"0x")
}

/// `2024-02-02 12:02:22.498 9619 9771 D WBX_TEAMS-ucf: `: logcat's columns.
fn is_android(line: &[u8]) -> bool {
    let mut words = line.split(|b| *b == b' ').filter(|w| !w.is_empty());
    let (Some(date), Some(time), Some(pid), Some(tid), Some(level)) =
        (words.next(), words.next(), words.next(), words.next(), words.next())
    else {
        return false;
    };
    let digits = |w: &[u8]| w.iter().all(u8::is_ascii_digit);
    date.len() == 10
        && time.contains(&b':')
        && digits(pid)
        && digits(tid)
        && level.len() == 1
        && b"VDIWEFA".contains(level.first().unwrap_or(&0))
}

/// `2024-02-01 05:48:33,461 ERROR [0x6d4ab000] [file.cpp(189)] [logger] [function] - `, date and time perhaps missing.
fn is_csf(line: &[u8]) -> bool {
    let levels: [&[u8]; 6] = [b"TRACE", b"DEBUG", b"INFO", b"WARN", b"ERROR", b"FATAL"];
    let head = line.get(..line.len().min(48)).unwrap_or(line);
    let Some(thread) = find(head, b"[0x") else {
        return false;
    };
    let before = head.get(..thread).unwrap_or_default().trim_ascii_end();
    levels.iter().any(|level| before.ends_with(level)) && find(line, b")] [").is_some()
}

/// `2024.01.30 07:19:10:077 CET | Info       | Sip | …`: BroadWorks' own record head.
fn is_server(line: &[u8]) -> bool {
    let shape = line.first_chunk::<23>().is_some_and(|head| {
        head.iter().enumerate().all(|(i, b)| match i {
            4 | 7 => *b == b'.',
            10 => *b == b' ',
            13 | 16 | 19 => *b == b':',
            _ => b.is_ascii_digit(),
        })
    });
    shape && find(line, b" | ").is_some()
}

/// `host ident user [30/Jan/2024:07:19:10 +0000] "GET /path HTTP/1.1" 200 5`: Apache's common log format and what extends it.
fn is_access(line: &[u8]) -> bool {
    let Some(open) = memchr::memchr(b'[', line) else {
        return false;
    };
    let stamp = line.get(open + 1..open + 13).unwrap_or_default();
    stamp.get(2) == Some(&b'/') && stamp.get(6) == Some(&b'/') && stamp.get(11) == Some(&b':') && find(line, b"] \"").is_some()
}

/// A SIP start line anywhere in the line (RFC 3261 §7.1, §7.2): `METHOD target SIP/2.0` or `SIP/2.0 code `.
fn has_start_line(line: &[u8]) -> bool {
    memchr::memmem::find_iter(line, b"SIP/2.0").any(|at| {
        let behind = line.get(at + 7..).unwrap_or_default();
        if let Some(code) = behind.strip_prefix(b" ") {
            let digits = code.iter().take(4).take_while(|b| b.is_ascii_digit()).count();
            if digits == 3 {
                return true;
            }
        }
        // The target before it has a scheme (or was masked), and before that stands a method in capitals.
        let Some(before) = line.get(..at).and_then(|b| b.strip_suffix(b" ")) else {
            return false;
        };
        let mut words = before.rsplit(|b| *b == b' ');
        let (target, method) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let capitals = method.iter().rev().take_while(|b| b.is_ascii_uppercase()).count();
        let method = method.get(method.len() - capitals..).unwrap_or_default();
        capitals >= 3 && (target.contains(&b':') || METHODS.contains(&method))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const BWC: &str = "2024-01-30T07:19:10.077Z <Error> [0x45c] BroadWorksManager.cpp:781 BroadWorksManager::registerClient::<lambda_3>::operator ():BWC:SCF: BroadWorks Calling - failed to register client. errorCode=1507\n";
    const MAIN: &str =
        "2024-11-13T09:31:20.935Z <Debug> [0x5b40][]HealthCheckManager.cpp:133 onHeartBeatReceived::onHeartBeatReceived: 1\n";
    const CSF: &str = "2024-02-01 05:48:33,461 INFO  [0x6d4ab000] [mmon/PlatformVerificationHandler.cpp(38)] [csf.cert] [handle] - Verification result : FAILURE reason : [CN_NO_MATCH UNKNOWN]\n";
    const ANDROID: &str = "2024-02-02 12:02:22.498 9619 9771 D WBX_TEAMS-ucf: tid[0x261f] BroadWorksTokenManager.cpp::130 operator():BWC:SCF: Get a BWC token using the teams token endpoint\n";
    const SIP: &str = "2024-01-30T07:19:10.100Z <Info> [0x45c] a.cpp:1 f: REGISTER sip:as.example.net SIP/2.0\nVia: SIP/2.0/TLS 192.0.2.1;branch=z9hG4bK1\n";

    fn of(path: &str, text: &str) -> (&'static str, &'static str) {
        let (role, basis) = role(path, text.as_bytes());
        (role.word(), basis.word())
    }

    #[test]
    fn content_decides_and_the_path_where_logs_are_mixed() {
        assert_eq!(of("bwc/current_log.txt", BWC), ("bwc", "both"));
        assert_eq!(of("x.txt", BWC), ("bwc", "content"));
        assert_eq!(of("x.txt", ANDROID), ("bwc", "content"));
        assert_eq!(of("current_log.txt", MAIN), ("startup", "both"));
        assert_eq!(of("foo.log", MAIN), ("startup", "content"));
        assert_eq!(of("bwc/current_log.txt", MAIN), ("bwc", "path"));
        let mixed = format!("{MAIN}{MAIN}{BWC}{MAIN}");
        assert_eq!(of("current_log.txt", &mixed), ("startup", "both"));
        assert_eq!(of("bwc/current_log.txt", &mixed), ("bwc", "both"));
        assert_eq!(of("any.txt", &mixed), ("startup", "content"));
        assert_eq!(of("any.txt", &format!("{MAIN}{SIP}")), ("bwc", "content"));
        assert_eq!(of("any.txt", "12:00 out\nINVITE sip:a@b SIP/2.0\nTo: x\n"), ("bwc", "content"));
        assert_eq!(of("uclogin/current_log.txt", CSF), ("uclogin", "both"));
        assert_eq!(of("other.txt", CSF), ("uclogin", "content"));
        assert_eq!(of("bwc/current_log.txt", &format!("{CSF}{SIP}")), ("bwc", "both"));
        assert_eq!(
            of("media/a.log", "[AudioEngine]info:: [CheckPoint][Playback]Start Playback, freq=16000\n"),
            ("media", "both")
        );
        assert_eq!(of("ced.dat", "{\"a\": 1}"), ("environment", "path"));
        assert_eq!(of("notes.txt", "call me back\n"), ("other", "content"));
        assert_eq!(of("a/last_run_current_log.txt", "nothing known\n"), ("startup", "path"));
    }

    #[test]
    fn servers_and_documents() {
        let head = "2024.01.30 07:19:10:077 CET | Info       | Sip | MIO-0 | 1 | user | callhalf-12:0 | \n\tudp 1111 SIP Bytes IN from 192.0.2.1:5060\n";
        assert_eq!(of("XSLog2024.txt", head), ("xslog", "both"));
        let auth = "2024.01.30 07:19:10:077 CET | Info | Auth | t | 1 | \nLongLivedTokenManager - Token generated, subject: a\n";
        assert_eq!(of("log.txt", auth), ("authentication-service", "content"));
        let xsi = "2024.01.30 07:19:10:077 CET | Info | Xsi | t | 1 | \nGET /com.broadsoft.xsi-actions/v2.0/user/a/profile\nPOST http://127.0.0.1:80/authService/token\n";
        assert_eq!(of("log.txt", xsi), ("xsi-actions", "content"));
        assert_eq!(of("PSLog.txt", "2024.01.30 07:19:10:077 CET | Info | x | t |\n"), ("pslog", "both"));
        assert_eq!(
            of("x", "192.0.2.1 - - [30/Jan/2024:07:19:10 +0000] \"GET /authService/token HTTP/1.1\" 200 5\n"),
            ("access-log", "content")
        );
        assert_eq!(of("x.xml", "<?xml version=\"1.0\"?>\n<!-- c -->\n<config>\n"), ("device-config", "content"));
        assert_eq!(of("config-wxt.xml", "<config>"), ("device-config", "both"));
        assert_eq!(of("x", "<!DOCTYPE html>\n<html><body>"), ("diagnostics", "content"));
        assert_eq!(
            of("x", "<Error> [0x70000476b000] BroadWorksConfigDownloader.cpp:106 f:BWC:SCF: not found\n"),
            ("bwc", "content")
        );
    }

    #[test]
    fn via_is_no_start_line() {
        assert!(!has_start_line(b"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1"));
        assert!(has_start_line(b"sipio-recv<--- SIP/2.0 407 Proxy Authentication Required"));
        assert!(has_start_line(b"x OPTIONS sip:[2001:db8::1] SIP/2.0\\r\\nVia: y"));
        assert!(has_start_line(b"REGISTER [Redacted]:x SIP/2.0"));
        assert!(has_start_line(b"INVITE [Redacted] SIP/2.0"));
        assert!(!has_start_line(b"supports SIP/2.0 only"));
    }
}
