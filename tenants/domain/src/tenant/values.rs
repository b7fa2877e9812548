//! Single values of a tenant's settings that can only be made from a text that is right.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $parse:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
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
    /// What links begin with: `https://host` or `https://host:port`, lower case, without a slash at the end. Names below
    /// `localhost` may do without TLS.
    BaseUrl, base_url
);
text_value!(
    /// The name an SMS comes from: 2 to 11 letters and digits without å ä ö, a letter first. Most providers want 3.
    SenderName, sender_name
);

text_value!(
    /// A day, `2027-03-31`. Days compare as they follow each other.
    Day, day
);

fn day(text: &str) -> Result<String, String> {
    let exact = text.parse::<chrono::NaiveDate>().is_ok_and(|day| day.to_string() == text);
    exact.then(|| text.to_owned()).ok_or_else(|| format!("{text:?} is not a day: write it as \"2027-03-31\""))
}

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
    if port.is_some_and(|text| port_number(text).is_none()) {
        return Err(wrong());
    }
    Ok(text_without_slash.to_owned())
}

/// A port that can be connected to, in digits: `parse` alone takes a sign, which no address has.
fn port_number(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port > 0)
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
        && port_number(port).is_some()
        && !text.contains(|c: char| c.is_whitespace() || c.is_control());
    fits.then(|| text.to_owned()).ok_or_else(wrong)
}

fn base_url(text: &str) -> Result<String, String> {
    let wrong = || format!("{text:?} is not what links begin with: write \"https://host\" or \"https://host:port\"");
    let (scheme, rest) = text.split_once("://").ok_or_else(wrong)?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (host, port) = rest.split_once(':').map_or((rest, None), |(host, port)| (host, Some(port)));
    let host = host_name(host).map_err(|_| wrong())?;
    // A port with a sign or with zeros before it would be another text than the browser's `Origin`.
    let port = match port {
        Some(port) => Some(port_number(port).filter(|number| number.to_string() == port).ok_or_else(wrong)?),
        None => None,
    };
    let usual = match scheme {
        "https" => 443,
        "http" if host == "localhost" || host.ends_with(".localhost") => 80,
        "http" => return Err(format!("{text:?}: without TLS only names below localhost; write https://")),
        _ => return Err(wrong()),
    };
    Ok(match port.filter(|port| *port != usual) {
        Some(port) => format!("{scheme}://{host}:{port}"),
        None => format!("{scheme}://{host}"),
    })
}

impl BaseUrl {
    /// The host.
    pub fn host(&self) -> HostName {
        let rest = self.0.split_once("://").map_or(self.0.as_str(), |(_, rest)| rest);
        // Made lower case and looked at when it was read.
        HostName(rest.split(':').next().unwrap_or(rest).to_owned())
    }
}

impl WebUrl {
    /// The host's name or address.
    pub fn host(&self) -> &str {
        self.authority().rsplit_once(':').map_or(self.authority(), |(host, _)| host)
    }

    /// The port; 443 where the address names none.
    pub fn port(&self) -> u16 {
        self.authority().rsplit_once(':').and_then(|(_, port)| port.parse().ok()).unwrap_or(443)
    }

    fn authority(&self) -> &str {
        let rest = self.0.strip_prefix("https://").unwrap_or(&self.0);
        rest.split(['/', '?']).next().unwrap_or_default()
    }
}

fn sender_name(text: &str) -> Result<String, String> {
    let fits = (2..=11).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric());
    fits.then(|| text.to_owned())
        .ok_or_else(|| format!("{text:?} is not a sender name: write 3 to 11 of A-Z, a-z, 0-9, a letter first"))
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
        for wrong in [
            "http://dc1.orebro.se",
            "dc1.orebro.se",
            "ldaps://",
            "ldaps://dc1:x",
            "ldaps://dc1/x",
            "ldaps://dc1:0",
            "ldaps://dc1:+636",
            "ldaps://dc1:65536",
            "ldaps://u@dc1",
            "ldaps://[::1]",
            "ldaps://[::ffff:127.0.0.1]:636",
        ] {
            assert!(wrong.parse::<LdapUrl>().is_err(), "{wrong}");
        }
        assert!("https://api.46elks.com/a1/sms".parse::<WebUrl>().is_ok());
        for wrong in [
            "http://api.46elks.com",
            "https://",
            "https://a b",
            "https:///x",
            "https://u:p@host/",
            "https://u@host",
            "https://host:x/",
            "https://host:0/",
            "https://host:+443/",
            "https://host:",
            "https://host#@evil.example/",
            "https://host\\@evil.example/",
            "https://[::1]/",
        ] {
            assert!(wrong.parse::<WebUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn links_begin_as_browsers_write_them() {
        for (written, read, host) in [
            ("https://pwreset.orebro.se", "https://pwreset.orebro.se", "pwreset.orebro.se"),
            ("https://PwReset.Orebro.se.:8443/", "https://pwreset.orebro.se:8443", "pwreset.orebro.se"),
            ("https://a.se:443", "https://a.se", "a.se"),
            ("http://a.localhost:80", "http://a.localhost", "a.localhost"),
            ("http://localhost:8080", "http://localhost:8080", "localhost"),
        ] {
            let url: BaseUrl = written.parse().expect(written);
            assert_eq!((url.as_str(), url.host().as_str()), (read, host));
        }
        for wrong in [
            "pwreset.orebro.se",
            "http://pwreset.orebro.se",
            "http://localhost.evil.example",
            "http://evillocalhost",
            "ftp://a.se",
            "HTTPS://a.se",
            "https://",
            "https://a.se/reset",
            "https://a.se//",
            "https://a.se?x",
            "https://a.se#x",
            "https://u@a.se",
            "https://u:p@a.se",
            "https://a.se:",
            "https://a.se:0",
            "https://a.se:+443",
            "https://a.se:0443",
            "https://a.se:65536",
            "https://a.se:1:2",
            "https://[::1]",
            "https://a b.se",
        ] {
            assert!(wrong.parse::<BaseUrl>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_that_gateways_mangle_are_refused() {
        assert!("Orebro".parse::<SenderName>().is_ok());
        for wrong in ["Örebro", "1abc", "a", "OrebroKommun", "a b c", "+46701740605", ""] {
            assert!(wrong.parse::<SenderName>().is_err(), "{wrong}");
        }
        for wrong in ["a", "Orebro", "orebro_", "1orebro"] {
            assert!(wrong.parse::<Slug>().is_err(), "{wrong}");
        }
    }
}
