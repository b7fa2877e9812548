//! Single values of a tenant's settings that can only be made from a text that is right.

use serde::{Deserialize, Serialize};

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $parse:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                $parse(&text).map(Self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                $parse(text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.0
            }
        }
    };
}

text_value!(
    /// A tenant's short name: 2 to 30 lower-case letters, digits and hyphens, a letter first.
    Slug, slug
);
text_value!(
    /// A DNS host name, lower case, without a trailing dot.
    HostName, host_name
);
text_value!(
    /// The address of a directory server: `ldaps://host[:port]`, or `ldap://host[:port]` for one that StartTLS is asked
    /// for. Unprotected connections have no spelling here.
    LdapUrl, ldap_url
);
text_value!(
    /// The address of an HTTP service, `https://…`.
    WebUrl, web_url
);
text_value!(
    /// The name an SMS comes from: 3 to 11 letters and digits without å ä ö, a letter first (46elks, LINK).
    SenderName, sender_name
);

fn slug(text: &str) -> Result<String, String> {
    let fits = (2..=30).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("{text:?} is not a short name: 2 to 30 of a-z, 0-9 and '-', a letter first"))
}

fn host_name(text: &str) -> Result<String, String> {
    let host = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && !l.starts_with('-')
            && !l.ends_with('-')
            && l.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    let fits = host.len() <= 253 && host.split('.').all(label);
    fits.then_some(host)
        .ok_or_else(|| format!("{text:?} is not a host name: write it without https:// and without a path"))
}

fn ldap_url(text: &str) -> Result<String, String> {
    let wrong =
        || format!("{text:?} is not an address of a directory: write \"ldaps://host\" or \"ldaps://host:port\"");
    let text_without_slash = text.trim_end_matches('/');
    let (_, rest) = text_without_slash
        .split_once("://")
        .filter(|(scheme, _)| ["ldaps", "ldap"].contains(scheme))
        .ok_or_else(wrong)?;
    let (host, port) = rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    host_name(host).map_err(|_| wrong())?;
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(wrong());
    }
    Ok(text_without_slash.to_owned())
}

impl LdapUrl {
    /// Whether the connection begins unprotected and is turned into a protected one before anything else is said.
    pub fn is_starttls(&self) -> bool {
        self.0.starts_with("ldap://")
    }

    /// The host's name or address.
    pub fn host(&self) -> &str {
        self.authority().rsplit_once(':').map_or(self.authority(), |(host, _)| host)
    }

    /// The port; 636, or 389 for StartTLS, where the address names none.
    pub fn port(&self) -> u16 {
        let usual = if self.is_starttls() { 389 } else { 636 };
        self.authority().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(usual)
    }

    fn authority(&self) -> &str {
        self.0.split_once("://").map_or(&self.0, |(_, authority)| authority)
    }
}

fn web_url(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not an address: write \"https://host/path\"");
    let rest = text.strip_prefix("https://").ok_or_else(wrong)?;
    let authority = rest.split(['/', '?']).next().unwrap_or_default();
    // A user name has no place here: it would be shown wherever the address is.
    let (host, port) = authority.rsplit_once(':').map_or((authority, "443"), |pair| pair);
    let fits = host_name(host).is_ok()
        && port.parse::<u16>().is_ok()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_owned()).ok_or_else(wrong)
}

fn sender_name(text: &str) -> Result<String, String> {
    let fits = (3..=11).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("{text:?} is not a sender name: 3 to 11 of A-Z, a-z, 0-9, a letter first"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_compared_in_one_spelling() {
        assert_eq!("PwReset.Orebro.SE.".parse::<HostName>().expect("a host").as_str(), "pwreset.orebro.se");
        for wrong in ["", ".", "a..b", "https://a.se", "a.se/x", "-a.se", "a b", "å.se", &"a".repeat(64)] {
            assert!(wrong.parse::<HostName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_protected_addresses_can_be_written() {
        let cases = [
            ("ldaps://dc1.orebro.se", "dc1.orebro.se", 636, false),
            ("ldaps://127.0.0.1:10636", "127.0.0.1", 10636, false),
            ("ldaps://dc1/", "dc1", 636, false),
            ("ldap://dc1.orebro.se", "dc1.orebro.se", 389, true),
            ("ldap://dc1:1389", "dc1", 1389, true),
        ];
        for (right, host, port, starttls) in cases {
            let url: LdapUrl = right.parse().expect(right);
            assert_eq!((url.host(), url.port(), url.is_starttls()), (host, port, starttls));
        }
        for wrong in ["http://dc1.orebro.se", "dc1.orebro.se", "ldaps://", "ldaps://dc1:x", "ldaps://dc1/x"] {
            assert!(wrong.parse::<LdapUrl>().is_err(), "{wrong}");
        }
        assert!("https://api.46elks.com/a1/sms".parse::<WebUrl>().is_ok());
        for wrong in
            ["http://api.46elks.com", "https://", "https://a b", "https:///x", "https://u:p@host/", "https://host:x/"]
        {
            assert!(wrong.parse::<WebUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_that_gateways_mangle_are_refused() {
        assert!("Orebro".parse::<SenderName>().is_ok());
        for wrong in ["Örebro", "1abc", "ab", "OrebroKommun", "a b c"] {
            assert!(wrong.parse::<SenderName>().is_err(), "{wrong}");
        }
        for wrong in ["a", "Orebro", "orebro_", "1orebro"] {
            assert!(wrong.parse::<Slug>().is_err(), "{wrong}");
        }
    }
}
