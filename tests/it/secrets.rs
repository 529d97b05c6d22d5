//! Secrets of every kind in every place and spelling, in logs written for the leak tests, and the list of what was planted.

use std::fmt::Write as _;

use base64::Engine;

/// What was planted, and whether it may be looked for within longer words.
#[derive(Default)]
pub struct Secrets {
    pub list: Vec<(&'static str, String)>,
    pub state: u64,
}

impl Secrets {
    pub fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.state >> 33
    }

    pub fn letters(&mut self, length: usize) -> String {
        (0..length)
            .map(|n| {
                char::from(if n % 2 == 0 {
                    b"bdfgklmnprstvz"[self.random() as usize % 14]
                } else {
                    b"aeiou"[self.random() as usize % 5]
                })
            })
            .collect()
    }

    pub fn hex(&mut self, length: usize) -> String {
        let digits: String = (0..length).map(|_| char::from(b"0123456789abcdef"[self.random() as usize % 16])).collect();
        // Never a number by chance.
        format!("a7{}", &digits[2..])
    }

    pub fn digits(&mut self, length: usize) -> String {
        (0..length).map(|_| char::from(b"123456789"[self.random() as usize % 9])).collect()
    }

    pub fn plant(&mut self, kind: &'static str, value: impl Into<String>) -> String {
        let value = value.into();
        self.list.push((kind, value.clone()));
        value
    }

    pub fn word(&mut self, kind: &'static str, length: usize) -> String {
        let word = self.letters(length);
        self.plant(kind, word)
    }

    /// A name with letters that are not ASCII.
    pub fn name(&mut self) -> String {
        let mut word = format!("Ž{}ü{}", self.letters(3), self.letters(3));
        word.push('č');
        self.plant("name", word)
    }

    pub fn uuid(&mut self, kind: &'static str) -> String {
        let (a, b, c) = (self.hex(8), self.hex(12), self.digits(3));
        self.plant(kind, format!("{a}-1{c}-4{c}-8{c}-{b}"))
    }
}

pub fn percent(text: &str) -> String {
    text.bytes()
        .map(|b| if b.is_ascii_alphanumeric() || b == b'.' { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect()
}

pub fn json_escaped(text: &str) -> String {
    text.encode_utf16().map(|u| if u < 128 { char::from(u as u8).to_string() } else { format!("\\u{u:04x}") }).collect()
}

pub fn html_escaped(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("&#{};", u32::from(c)) }).collect()
}

pub fn base64(text: &str) -> String {
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// A session of one user: registration, call, and the lines that clients write around them.
pub fn round(secrets: &mut Secrets, second: u32) -> String {
    let (first, last, user, domain) = (secrets.name(), secrets.name(), secrets.word("user", 8), secrets.word("host", 9));
    let (domain, sbc) = (format!("{domain}.net"), secrets.word("host", 9));
    let sbc = format!("{sbc}.{domain}");
    let digits = secrets.digits(9);
    let number = format!("+420{}", secrets.plant("number", digits));
    let called = secrets.digits(9);
    let called = format!("+49{}", secrets.plant("number", called));
    let extension = format!("7{}", secrets.digits(5));
    let extension = secrets.plant("extension", extension);
    let (x, y) = (secrets.random() % 200 + 20, secrets.random() % 200 + 20);
    let local = secrets.plant("address", format!("10.77.{x}.{y}"));
    let (x, y) = (secrets.random() % 200 + 20, secrets.random() % 200 + 20);
    let public = secrets.plant("address", format!("88.99.{x}.{y}"));
    let six = secrets.random() % 60_000 + 4_096;
    let six = secrets.plant("address", format!("2a02:8308:{six:x}::17"));
    let (call_id, correlation, tag, branch) = (secrets.hex(20), secrets.uuid("tracking"), secrets.hex(10), secrets.hex(16));
    let call_id = secrets.plant("call-id", call_id);
    let tag = secrets.plant("tag", tag);
    let branch = secrets.plant("branch", branch);
    let (nonce, response, cnonce) = (secrets.hex(32), secrets.hex(32), secrets.hex(12));
    let nonce = secrets.plant("nonce", nonce);
    let response = secrets.plant("response", response);
    let cnonce = secrets.plant("cnonce", cnonce);
    let (instance, password, organisation, mac) =
        (secrets.uuid("device"), secrets.word("password", 10), secrets.word("organisation", 10), secrets.hex(12));
    let mac = secrets.plant("device", mac);
    let (ufrag, pwd, key, print) = (secrets.hex(8), secrets.hex(24), secrets.hex(40), secrets.hex(40));
    let ufrag = secrets.plant("ice", ufrag);
    let pwd = secrets.plant("ice", pwd);
    let key = secrets.plant("key", key);
    let print = secrets.plant("fingerprint", print);
    let (mac_user, windows_user, token) = (secrets.word("user", 9), secrets.word("user", 9), secrets.hex(40));
    let token = secrets.plant("token", token);
    let (mail, login) = (secrets.word("mail", 9), secrets.word("user", 9));
    let tracking = secrets.uuid("tracking");
    let org_id = secrets.uuid("organisation");

    let mut log = String::new();
    let mut at = 0;
    let mut line = |text: &str| {
        at += 40;
        let _ = writeln!(
            log,
            "2024-01-30T07:{:02}:{:02}.{:03}Z <Info> [0x45c] BroadWorksManager.cpp:781 x:BWC:SCF: {text}",
            second,
            at / 1_000 % 60,
            at % 1_000
        );
    };
    let name = format!("{first} {last}");
    line(&format!(
        r#"profile {{"displayName":"{name}","userId":"{user}","email":"{mail}@{domain}","phoneNumbers":["{number}","{extension}"],"orgName":"{organisation}","accessToken":"{token}"}}"#
    ));
    line(&format!(r#"body="{{\"displayName\":\"{}\",\"userName\":\"{login}\",\"orgId\":\"{org_id}\"}}""#, json_escaped(&name)));
    line(&format!("<user><firstName>{first}</firstName><phone>{number}</phone><password>{password}</password></user>"));
    line(&format!("&lt;lastName&gt;{}&lt;/lastName&gt;&lt;userId&gt;{login}&lt;/userId&gt;", html_escaped(&last)));
    line(&format!(
        "GET https://{sbc}/com.broadsoft.xsi-actions/v2.0/user/{user}%40{domain}/profile?display={}&number={}",
        percent(&name),
        percent(&number)
    ));
    line(&format!("header Authorization: Basic {}", base64(&format!("{user}:{password}"))));
    for shift in ["", "x", "xy"] {
        line(&format!("blob {}", base64(&format!("{shift} {name} {number} {user}"))));
    }
    line(&format!("opened /Users/{mac_user}/Library/Logs/x.txt and C:\\Users\\{windows_user}\\AppData\\Local"));
    line(&format!("calling {extension} now, peer [{six}]:5061, resolved {sbc} to {public}"));
    line(&format!(
        "device SEP{} and {}",
        mac.to_uppercase(),
        mac.as_bytes().chunks(2).map(|c| String::from_utf8_lossy(c).into_owned()).collect::<Vec<_>>().join(":")
    ));
    line(&format!("Created BWC token request with ID: 1. Tracking ID=CLIENT_{tracking}"));
    line(&format!("Bearer {token} sent, mail {mail}@{domain}"));
    line(&format!("Incoming call from {name}"));
    line(&format!("userEmail={mail}@{domain}"));
    line(&format!("Http error when trying to get BWC Token from Broad Cloud, httpStatusCode: 403 for {user}"));
    let via = format!("Via: SIP/2.0/TLS {local}:5062;branch=z9hG4bK{branch};received={public};rport=40123");
    let from = format!("From: \"{first}\r\n {last}\"\r\n <sip:{user}@{domain}>;tag={tag}");
    let authorization = format!(
        "Authorization: Digest username=\"{login}@{domain}\", realm=\"{domain}\", nonce=\"{nonce}\", uri=\"sip:{domain}\",\r\n response=\"{response}\", cnonce=\"{cnonce}\", qop=auth, nc=00000001"
    );
    let contact = format!("Contact: <sip:{user}@{local}:5062;transport=tls>;+sip.instance=\"<urn:uuid:{instance}>\";expires=120");
    line(&format!(
        "sending\r\nREGISTER sip:{domain} SIP/2.0\r\n{via}\r\n{from}\r\nTo: <sip:{user}@{domain}>\r\nCall-ID: {call_id}@{local}\r\nCSeq: 20 REGISTER\r\n{authorization}\r\n{contact}\r\nUser-Agent: Webex/44.1 (SEP{mac})\r\nContent-Length: 0\r\n"
    ));
    line(&format!(
        "received\r\nSIP/2.0 403 Forbidden\r\n{via}\r\n{from}\r\nTo: <sip:{user}@{domain}>;tag=t{tag}\r\nCall-ID: {call_id}@{local}\r\nCSeq: 20 REGISTER\r\nWarning: 399 {sbc} \"user {login} at {public}\"\r\nContent-Length: 0\r\n"
    ));
    let sdp = format!(
        "v=0\r\no={user} 1706600466 1 IN IP4 {local}\r\ns=-\r\nc=IN IP4 {local}\r\nt=0 0\r\nm=audio 5004 RTP/SAVP 0\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{key}\r\na=ice-ufrag:{ufrag}\r\na=ice-pwd:{pwd}\r\na=fingerprint:sha-256 {print}\r\na=candidate:1 1 UDP 2130706431 {six} 5004 typ host\r\na=candidate:2 1 UDP 1694498815 {public} 5004 typ srflx raddr {local} rport 5004\r\n"
    );
    let invite = format!(
        "{via}i\r\nFrom: {first} <sip:{user}@{domain}>;tag={tag}\r\nTo: <sip:{called}@{domain};user=phone>\r\nCall-ID: c{call_id}@{local}\r\nCSeq: 1 INVITE\r\n"
    );
    line(&format!(
        "sending\r\nINVITE sip:{called}@{domain};user=phone SIP/2.0\r\n{invite}{contact}\r\nP-Asserted-Identity: \"{last}\" <tel:{number}>\r\nDiversion: <sip:{extension}@{domain}>;reason=unconditional\r\nX-BroadWorks-Correlation-Info: {correlation}\r\nRoute: <sip:{sbc}:5061;lr>\r\nOrganization: {organisation}\r\nReferred-By: <sip:{login}@{domain}>\r\nContent-Type: application/sdp\r\nContent-Length: {}\r\n\r\n{sdp}",
        sdp.len()
    ));
    line(&format!("received\r\nSIP/2.0 486 Busy Here\r\n{invite}Content-Length: 0\r\n"));
    log
}
