//! What a member is, by content first and path second. In: path and first bytes. Out: [`Role`].

/// The roles of the JSON report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Start-up / main log of the client.
    Startup,
    /// BroadWorks calling log.
    Bwc,
    /// Media engine log.
    Media,
    /// `ced.dat`.
    Environment,
    /// Jabber-derived login log.
    Uclogin,
    /// Thin-client channel log.
    Vdi,
    /// BroadWorks provisioning log.
    Pslog,
    /// Tomcat access log.
    AccessLog,
    /// XSI actions log.
    XsiActions,
    /// Authentication service log.
    AuthenticationService,
    /// Application server's SIP log.
    Xslog,
    /// `config-wxt.xml` and its like.
    DeviceConfig,
    /// Health Checker's page.
    Diagnostics,
    /// Anything else.
    Other,
}

impl Role {
    /// Every role, in the order above.
    pub const ALL: [Self; 14] = [
        Self::Startup,
        Self::Bwc,
        Self::Media,
        Self::Environment,
        Self::Uclogin,
        Self::Vdi,
        Self::Pslog,
        Self::AccessLog,
        Self::XsiActions,
        Self::AuthenticationService,
        Self::Xslog,
        Self::DeviceConfig,
        Self::Diagnostics,
        Self::Other,
    ];

    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Startup => "startup",
            Self::Bwc => "bwc",
            Self::Media => "media",
            Self::Environment => "environment",
            Self::Uclogin => "uclogin",
            Self::Vdi => "vdi",
            Self::Pslog => "pslog",
            Self::AccessLog => "access-log",
            Self::XsiActions => "xsi-actions",
            Self::AuthenticationService => "authentication-service",
            Self::Xslog => "xslog",
            Self::DeviceConfig => "device-config",
            Self::Diagnostics => "diagnostics",
            Self::Other => "other",
        }
    }

    /// Whose view a member of this role has.
    pub fn observer(self) -> Observer {
        match self {
            Self::Pslog | Self::AccessLog | Self::XsiActions | Self::AuthenticationService | Self::Xslog => Observer::Server,
            _ => Observer::Client,
        }
    }
}

/// Whose view the SIP of a member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Observer {
    /// The client's.
    Client,
    /// The server's: direction words are the server's.
    Server,
}

impl Observer {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Server => "server",
        }
    }
}

/// How a role was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RoleBasis {
    /// By what stands in the member.
    Content,
    /// By its name.
    Path,
    /// Both say the same.
    Both,
}

impl RoleBasis {
    /// The word of the JSON report.
    pub fn word(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Path => "path",
            Self::Both => "both",
        }
    }
}
