//! The section that says where the directory is and whom of it the platform serves.

use std::{fmt, path::PathBuf};

use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize,
    de::{self, SeqAccess, Visitor},
};

use super::values::LdapUrl;
use crate::number_attribute::NumberAttribute;

/// Fewest connections to a controller: two of the service account (the kept one, and the one before it while its last
/// answers are awaited) and one on which people's passwords are presented.
const LEAST_CONNECTIONS: u32 = 3;

/// The kind of directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum DirectoryKind {
    /// Active Directory: Windows or Samba.
    ActiveDirectory,
    /// OpenLDAP with the ppolicy overlay.
    #[serde(rename = "openldap")]
    OpenLdap,
}

/// How a reset makes Active Directory look at earlier passwords.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum HistoryRule {
    /// By the policy-hints control (MS-ADTS 3.1.1.3.4.1.27). A controller that lacks it takes no resets.
    #[default]
    PolicyHints,
    /// Not at all; every reset's audit event says so.
    None,
}

/// The directory.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DirectorySettings {
    /// The kind of directory.
    pub kind: DirectoryKind,
    /// The controllers, the preferred one first: `ldaps://host[:port]`, or `ldap://host[:port]` with `starttls`. A single
    /// one may be written as `url`.
    #[serde(alias = "url", deserialize_with = "one_or_several")]
    pub controllers: Vec<LdapUrl>,
    /// The `ldap://` addresses are asked for StartTLS before anything else is said. Said twice, here and in the address,
    /// because `ldap://` alone means no protection everywhere else.
    #[serde(default)]
    pub starttls: bool,
    /// Most connections that one replica has to one controller.
    #[serde(default = "ten")]
    pub connections_per_controller: u32,
    /// PEM file with the certificate authority that signs the controllers' certificates; read when applied.
    #[serde(default, skip_serializing)]
    pub ca_file: Option<PathBuf>,
    /// The authority itself, as PEM. Nothing else is trusted.
    #[serde(default)]
    #[schemars(skip)]
    pub ca_pem: String,
    /// The naming context, such as `DC=orebro,DC=se`.
    pub base: String,
    /// Active Directory: the domain's short name, such as `OREBRO`, as in `OREBRO\name`.
    #[serde(default)]
    pub netbios: String,
    /// The account that the platform signs in with: for Active Directory its user principal name, for OpenLDAP its
    /// distinguished name.
    pub service_account: String,
    /// File that holds the service account's password; read when applied.
    #[serde(default, skip_serializing)]
    pub service_password_file: Option<PathBuf>,
    /// Environment variable that holds the service account's password; read when applied.
    #[serde(default, skip_serializing)]
    pub service_password_env: Option<String>,
    /// Organisational units whose accounts are served, with everything below them.
    pub units: Vec<String>,
    /// Organisational units whose accounts are functional, with everything below them: shared by the staff of a unit,
    /// several of whom hold numbers.
    #[serde(default)]
    pub functional_units: Vec<String>,
    /// Groups whose members, also through other groups, are functional accounts too, wherever in the units they lie.
    #[serde(default)]
    pub functional_groups: Vec<String>,
    /// Groups whose members, also through other groups, are served; without any, everybody in the units is.
    #[serde(default)]
    pub allowed_groups: Vec<String>,
    /// Groups whose members, also through other groups, are never served. They win over `allowed_groups`.
    #[serde(default)]
    pub denied_groups: Vec<String>,
    /// The attribute in which people's numbers live: `mobile`, `otherMobile`, `homePhone` or `pager`. Without one they
    /// live in Portvakt alone.
    #[serde(default)]
    pub number_attribute: Option<NumberAttribute>,
    /// Active Directory: how earlier passwords are looked at in a reset. OpenLDAP does so by itself.
    #[serde(default)]
    pub history: HistoryRule,
    /// OpenLDAP: the policy of those whose entry names none (`ppolicy_default` in the server's configuration, which the
    /// service account can't read).
    #[serde(default)]
    pub default_policy: Option<String>,
    /// Longest wait for one operation, in seconds, all controllers together.
    #[serde(default = "five")]
    pub deadline_seconds: u32,
}

fn five() -> u32 {
    5
}

fn ten() -> u32 {
    10
}

impl DirectorySettings {
    /// Whether there are accounts that units share.
    pub fn has_functional(&self) -> bool {
        !self.functional_units.is_empty() || !self.functional_groups.is_empty()
    }

    /// Every group that is named, with the key that it stands under. None of them is ever skipped: while one can't be
    /// found, nobody can be judged, and nobody is served.
    pub fn groups(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let named = [
            ("functional_groups", &self.functional_groups),
            ("allowed_groups", &self.allowed_groups),
            ("denied_groups", &self.denied_groups),
        ];
        named.into_iter().flat_map(|(key, groups)| groups.iter().map(move |group| (key, group.as_str())))
    }

    /// Whether the directory looks at earlier passwords in a reset.
    pub fn counts_history(&self) -> bool {
        match self.kind {
            DirectoryKind::ActiveDirectory => self.history == HistoryRule::PolicyHints,
            DirectoryKind::OpenLdap => true,
        }
    }

    /// Everything that is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut demand = |holds: bool, problem: &str| {
            if !holds {
                problems.push(format!("directory.{problem}"));
            }
        };
        demand(!self.controllers.is_empty(), "controllers: name at least one, such as \"ldaps://dc1.orebro.se\"");
        for url in &self.controllers {
            demand(
                url.is_starttls() == self.starttls,
                &if self.starttls {
                    format!("starttls: {url} is protected already; leave starttls out, or write \"ldap://\"")
                } else {
                    format!("controllers: {url} is not protected; write \"ldaps://\", or set starttls = true")
                },
            );
        }
        demand(
            (LEAST_CONNECTIONS..=100).contains(&self.connections_per_controller),
            "connections_per_controller: 3 to 100",
        );
        demand(
            self.base.to_ascii_uppercase().starts_with("DC=") || self.kind == DirectoryKind::OpenLdap,
            "base: write the domain's naming context, such as \"DC=orebro,DC=se\"",
        );
        self.demand_by_kind(&mut demand);
        demand(!self.units.is_empty(), "units: name at least one organisational unit");
        let base = format!(",{}", self.base.to_lowercase());
        let units = self.units.iter().map(|unit| ("units", unit.as_str()));
        let functional = self.functional_units.iter().map(|unit| ("functional_units", unit.as_str()));
        // Members of a group elsewhere would never be found, those of a denied one let through.
        for (key, name) in units.chain(functional).chain(self.groups()) {
            demand(name.to_lowercase().ends_with(&base), &format!("{key}: {name:?} is not below directory.base"));
        }
        demand((1..=30).contains(&self.deadline_seconds), "deadline_seconds: 1 to 30 seconds");
        problems
    }

    fn demand_by_kind(&self, demand: &mut impl FnMut(bool, &str)) {
        match self.kind {
            DirectoryKind::ActiveDirectory => {
                demand(
                    self.service_account.contains('@'),
                    "service_account: write the user principal name, such as \"svc-portvakt@orebro.se\"",
                );
                demand(
                    (1..=15).contains(&self.netbios.len()) && !self.netbios.contains(['\\', '@', ' ']),
                    "netbios: write the domain's short name, such as \"OREBRO\"",
                );
                demand(self.default_policy.is_none(), "default_policy: Active Directory has its own; leave it out");
            }
            DirectoryKind::OpenLdap => {
                demand(
                    self.service_account.contains('='),
                    "service_account: write the distinguished name, such as \"cn=portvakt,ou=services,dc=orebro,dc=se\"",
                );
                demand(self.netbios.is_empty(), "netbios: OpenLDAP has none; leave it out");
                demand(
                    self.history == HistoryRule::default(),
                    "history: OpenLDAP looks at earlier passwords by itself; leave it out",
                );
                demand(
                    self.default_policy.is_some(),
                    "default_policy: write the name of the server's ppolicy_default entry",
                );
            }
        }
    }
}

/// A list of addresses, or one alone.
fn one_or_several<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<LdapUrl>, D::Error> {
    struct Addresses;

    impl<'de> Visitor<'de> for Addresses {
        type Value = Vec<LdapUrl>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("an address such as \"ldaps://dc1.orebro.se\", or a list of them")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
            text.parse().map(|url| vec![url]).map_err(E::custom)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut urls = Vec::new();
            while let Some(url) = sequence.next_element()? {
                urls.push(url);
            }
            Ok(urls)
        }
    }

    deserializer.deserialize_any(Addresses)
}
