//! The section that says under which addresses a tenant is found.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    HostPurpose,
    values::{BaseUrl, HostName},
};

/// The longest host that still leaves room for a code's sentence in one SMS.
const LONGEST_HOST: usize = 40;

/// The two addresses.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hosts {
    /// Where people get back in, such as `pwreset.orebro.se`.
    pub reset: HostName,
    /// Where people register their number, such as `pwreg.orebro.se`.
    pub register: HostName,
    /// What links to pwreset begin with, where it is another than `https://` and the host: with a port, say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reset_url: Option<BaseUrl>,
    /// What links to pwreg begin with, where it is another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_url: Option<BaseUrl>,
}

impl Hosts {
    /// What links begin with: scheme, host and, where it has one, a port; no slash at the end.
    pub fn base(&self, purpose: HostPurpose) -> String {
        let (host, url) = match purpose {
            HostPurpose::Reset => (&self.reset, &self.reset_url),
            HostPurpose::Register => (&self.register, &self.register_url),
        };
        url.as_ref().map_or_else(|| format!("https://{host}"), ToString::to_string)
    }

    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.reset == self.register {
            problems.push("hosts: reset and register must be two addresses".to_owned());
        }
        for (key, host, url) in
            [("reset", &self.reset, &self.reset_url), ("register", &self.register, &self.register_url)]
        {
            if host.as_str().len() > LONGEST_HOST {
                problems.push(format!(
                    "hosts: {host} is longer than {LONGEST_HOST} characters, a code with it would need two SMS"
                ));
            }
            if let Some(url) = url.as_ref().filter(|url| url.host() != *host) {
                problems.push(format!(
                    "hosts.{key}_url: {url} is not at {host}; only the scheme and the port may be others"
                ));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(text: &str) -> Hosts {
        let text = format!("reset = \"pwreset.orebro.se\"\nregister = \"pwreg.orebro.se\"\n{text}");
        toml::from_str(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn links_begin_with_the_host_or_with_what_is_written() {
        let plain = hosts("");
        assert_eq!(plain.base(HostPurpose::Reset), "https://pwreset.orebro.se");
        assert_eq!(plain.base(HostPurpose::Register), "https://pwreg.orebro.se");
        assert!(!serde_json::to_string(&plain).expect("JSON").contains("url"));
        let other = hosts("reset_url = \"https://PWRESET.orebro.se:8443/\"");
        assert_eq!(other.base(HostPurpose::Reset), "https://pwreset.orebro.se:8443");
        assert_eq!(other.base(HostPurpose::Register), "https://pwreg.orebro.se");
        assert_eq!(other.problems(), Vec::<String>::new());
    }

    #[test]
    fn two_pages_have_two_hosts_however_they_are_spelled() {
        for register in ["pwreset.orebro.se", "PWRESET.Orebro.se."] {
            let text = format!("reset = \"pwreset.orebro.se\"\nregister = \"{register}\"");
            let found = toml::from_str::<Hosts>(&text).expect("a section").problems();
            assert_eq!(found, ["hosts: reset and register must be two addresses"], "{register}");
        }
        let of_length = |length: usize| {
            let reset = format!("{}.orebro.se", "a".repeat(length - ".orebro.se".len()));
            let text = format!("reset = \"{reset}\"\nregister = \"pwreg.orebro.se\"");
            toml::from_str::<Hosts>(&text).expect("a section").problems()
        };
        assert_eq!(of_length(40), Vec::<String>::new());
        assert!(matches!(&of_length(41)[..], [one] if one.contains("longer than 40")));
    }

    #[test]
    fn an_address_of_another_host_is_refused() {
        for (text, key) in [
            ("reset_url = \"https://pwreg.orebro.se\"", "hosts.reset_url: "),
            ("register_url = \"https://pwreg.orebro.se.evil.example\"", "hosts.register_url: "),
            ("reset_url = \"https://orebro.se\"", "hosts.reset_url: "),
        ] {
            let found = hosts(text).problems();
            assert!(matches!(&found[..], [one] if one.starts_with(key)), "{text}: {found:?}");
        }
    }
}
