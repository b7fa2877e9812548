//! The section that says how SMS leave: one provider, or several in the order in which they are tried.

use std::{borrow::Cow, fmt, path::PathBuf};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, DeserializeSeed, IntoDeserializer as _, MapAccess, Visitor, value::MapAccessDeserializer},
    ser::SerializeMap as _,
};

use super::{
    SecretName,
    sms_http::SmsHttp,
    sms_report::is_not_wanted,
    values::{SenderName, WebUrl},
};

/// Each may take its whole deadline, and together they stay within the lease of the job that sends.
const MOST_PROVIDERS: usize = 3;
const SEVERAL: &str = "providers";

/// The tenant's accounts at SMS providers, in order. One alone is written as the section's own keys, as it was before
/// there could be several; several are written as `[[sms.providers]]`.
#[derive(Debug, Clone)]
pub struct SmsSettings {
    /// The accounts.
    pub accounts: Vec<SmsAccount>,
}

/// An account at an SMS provider.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsAccount {
    /// The provider.
    pub provider: SmsProvider,
    /// The name that the SMS comes from.
    pub sender: SenderName,
    /// User name at the provider, where it has such.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// File that holds the password or token; read when applied.
    #[serde(default, skip_serializing)]
    pub password_file: Option<PathBuf>,
    /// Environment variable that holds the password or token; read when applied.
    #[serde(default, skip_serializing)]
    pub password_env: Option<String>,
    /// Sinch's id of the service plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_plan_id: Option<String>,
    /// Sinch's region: the European one where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<SmsRegion>,
    /// Twilio's id of the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_sid: Option<String>,
    /// LINK's id of the platform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_id: Option<String>,
    /// LINK's id of the tenant on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform_partner_id: Option<String>,
    /// Telenor's id of the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<String>,
    /// Telenor's short number that the SMS is charged to, where it gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short_number: Option<String>,
    /// File that holds the customer's password at Telenor; read when applied.
    #[serde(default, skip_serializing)]
    pub customer_password_file: Option<PathBuf>,
    /// Environment variable that holds the customer's password at Telenor; read when applied.
    #[serde(default, skip_serializing)]
    pub customer_password_env: Option<String>,
    /// Whether the provider is asked to report what became of each SMS; it is not where this is left out.
    #[serde(default, skip_serializing_if = "is_not_wanted")]
    pub reports: bool,
    /// LINK's id of the gate that reports go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report_gate: Option<String>,
    /// File that holds the secret which proves reports; read when applied.
    #[serde(default, skip_serializing)]
    pub report_secret_file: Option<PathBuf>,
    /// Environment variable that holds the secret which proves reports; read when applied.
    #[serde(default, skip_serializing)]
    pub report_secret_env: Option<String>,
    /// How a gateway that is described by template is asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub http: Option<SmsHttp>,
    /// The provider's address, where it is not the usual one.
    #[serde(default)]
    pub url: Option<WebUrl>,
    /// PEM of the only certificate authority to trust there, where it is not a public one.
    #[serde(default)]
    pub ca_pem: Option<String>,
}

/// As one account is written; several are the same keys under `[[sms.providers]]`.
impl JsonSchema for SmsSettings {
    fn schema_name() -> Cow<'static, str> {
        SmsAccount::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        SmsAccount::json_schema(generator)
    }
}

/// Where a provider keeps what it is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SmsRegion {
    /// The European Union.
    Eu,
    /// The United States.
    Us,
}

/// An SMS provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub enum SmsProvider {
    /// 46elks, <https://46elks.se/docs>.
    #[serde(rename = "46elks")]
    FortySixElks,
    /// GatewayAPI, <https://gatewayapi.com/docs>.
    #[serde(rename = "gatewayapi")]
    GatewayApi,
    /// Sinch, <https://developers.sinch.com/docs/sms>.
    #[serde(rename = "sinch")]
    Sinch,
    /// Twilio, <https://www.twilio.com/docs/messaging/api>.
    #[serde(rename = "twilio")]
    Twilio,
    /// HelloSMS, <https://docs.hellosms.se>.
    #[serde(rename = "hellosms")]
    HelloSms,
    /// LINK Mobility, its Common API.
    #[serde(rename = "link")]
    Link,
    /// Telenor SMS Pro.
    #[serde(rename = "telenor")]
    Telenor,
    /// A gateway that is described by template.
    #[serde(rename = "http")]
    Http,
}

impl SmsProvider {
    /// The name, as in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            SmsProvider::FortySixElks => "46elks",
            SmsProvider::GatewayApi => "gatewayapi",
            SmsProvider::Sinch => "sinch",
            SmsProvider::Twilio => "twilio",
            SmsProvider::HelloSms => "hellosms",
            SmsProvider::Link => "link",
            SmsProvider::Telenor => "telenor",
            SmsProvider::Http => "http",
        }
    }

    /// How short the name of a sender may be; eleven characters are what the network has room for.
    fn shortest_sender(self) -> usize {
        if self == SmsProvider::Link { 2 } else { 3 }
    }

    /// The name that the account's password or token is stored under. Each provider has its own, so that a change of
    /// providers never hands one the password at another.
    pub(super) fn password_name(self) -> &'static str {
        match self {
            // From before there were others.
            SmsProvider::FortySixElks => "sms_password",
            SmsProvider::GatewayApi => "sms_password_gatewayapi",
            SmsProvider::Sinch => "sms_password_sinch",
            SmsProvider::Twilio => "sms_password_twilio",
            SmsProvider::HelloSms => "sms_password_hellosms",
            SmsProvider::Link => "sms_password_link",
            SmsProvider::Telenor => "sms_password_telenor",
            SmsProvider::Http => "sms_password_http",
        }
    }
}

impl SmsProvider {
    /// All of them.
    pub const ALL: [SmsProvider; 8] = [
        SmsProvider::FortySixElks,
        SmsProvider::GatewayApi,
        SmsProvider::Sinch,
        SmsProvider::Twilio,
        SmsProvider::HelloSms,
        SmsProvider::Link,
        SmsProvider::Telenor,
        SmsProvider::Http,
    ];
}

impl SmsAccount {
    /// The keys that are given beyond those that every provider has.
    pub fn own_keys(&self) -> Vec<&'static str> {
        let keys = [
            ("username", self.username.is_some()),
            ("service_plan_id", self.service_plan_id.is_some()),
            ("region", self.region.is_some()),
            ("account_sid", self.account_sid.is_some()),
            ("platform_id", self.platform_id.is_some()),
            ("platform_partner_id", self.platform_partner_id.is_some()),
            ("customer_id", self.customer_id.is_some()),
            ("customer_password", self.customer_password_file.is_some() || self.customer_password_env.is_some()),
            ("short_number", self.short_number.is_some()),
            ("report_gate", self.report_gate.is_some()),
            ("report_secret", self.report_secret_file.is_some() || self.report_secret_env.is_some()),
            ("http", self.http.is_some()),
        ];
        keys.into_iter().filter(|(_, given)| *given).map(|(key, _)| key).collect()
    }

    /// The secrets of the account: the name, the key without its ending, and where it is read when applied.
    pub fn secrets(&self) -> Vec<SmsSecret<'_>> {
        let password = SmsSecret {
            name: SecretName::SmsPassword(self.provider),
            key: "password",
            file: &self.password_file,
            variable: &self.password_env,
        };
        let customer = SmsSecret {
            name: SecretName::SmsCustomerPassword,
            key: "customer_password",
            file: &self.customer_password_file,
            variable: &self.customer_password_env,
        };
        let customer = (self.provider == SmsProvider::Telenor).then_some(customer);
        [password].into_iter().chain(customer).chain(self.report_secrets()).collect()
    }
}

/// A secret of an account, and where it is read.
#[derive(Debug, Clone, Copy)]
pub struct SmsSecret<'a> {
    /// Its name.
    pub name: SecretName,
    /// The key, to which `_file` or `_env` is added.
    pub key: &'static str,
    /// The file that holds it.
    pub file: &'a Option<PathBuf>,
    /// The environment variable that holds it.
    pub variable: &'a Option<String>,
}

impl SmsSettings {
    /// The accounts, each with the place of its keys: `sms`, or `sms.providers.2` for the second of several.
    pub fn placed(&self) -> impl Iterator<Item = (String, &SmsAccount)> {
        let several = self.accounts.len() > 1;
        self.accounts.iter().enumerate().map(move |(index, account)| {
            (if several { format!("sms.{SEVERAL}.{}", index + 1) } else { "sms".to_owned() }, account)
        })
    }

    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.accounts.is_empty() {
            problems.push("sms.providers: name at least one provider".to_owned());
        }
        if self.accounts.len() > MOST_PROVIDERS {
            problems
                .push(format!("sms.providers: name at most {MOST_PROVIDERS}, or a code would be waited for too long"));
        }
        for (index, (place, account)) in self.placed().enumerate() {
            let provider = account.provider;
            if self.accounts.iter().take(index).any(|earlier| earlier.provider == provider) {
                let name = provider.as_str();
                problems.push(format!("{place}.provider: {name} is there already; name each provider once"));
            }
            if !account.reports && account.own_keys().iter().any(|key| key.starts_with("report_")) {
                problems.push(format!("{place}.reports: write true, or leave out what says how reports are made"));
            }
            let (length, shortest) = (account.sender.as_str().len(), provider.shortest_sender());
            if length < shortest {
                let (name, sender) = (provider.as_str(), &account.sender);
                problems
                    .push(format!("{place}.sender: {sender} has {length} characters; {name} takes {shortest} to 11"));
            }
        }
        problems
    }
}

impl Serialize for SmsSettings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.accounts.as_slice() {
            // The release before reads it too.
            [one] => one.serialize(serializer),
            several => {
                let mut map = serializer.serialize_map(Some(1))?;
                map.serialize_entry(SEVERAL, several)?;
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for SmsSettings {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Section)
    }
}

/// Reads the section as one provider's, until it turns out to be a list. Keys and values are read where they stand, so
/// that errors keep their lines.
struct Section;

impl<'de> Visitor<'de> for Section {
    type Value = SmsSettings;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an SMS provider, or several as [[sms.providers]]")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<SmsSettings, A::Error> {
        let mut keys = OneAlone { map: &mut map, read: 0, several: false };
        match SmsAccount::deserialize(MapAccessDeserializer::new(&mut keys)) {
            Ok(one) => return Ok(SmsSettings { accounts: vec![one] }),
            Err(_) if keys.several && keys.read == 1 => {}
            Err(error) => return Err(error),
        }
        let accounts = map.next_value()?;
        match map.next_key::<String>()? {
            None => Ok(SmsSettings { accounts }),
            Some(_) => Err(both_ways()),
        }
    }
}

fn both_ways<E: de::Error>() -> E {
    E::custom("write one provider in [sms] itself, or each of several in an [[sms.providers]] of its own, not both")
}

/// The keys of one provider alone, as long as none of them begins a list.
struct OneAlone<'a, A> {
    map: &'a mut A,
    read: usize,
    several: bool,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for OneAlone<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, A::Error> {
        self.read += 1;
        self.map.next_key_seed(KeyOfOne { seed, several: &mut self.several })
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, A::Error> {
        self.map.next_value_seed(seed)
    }
}

/// A key of one provider alone.
struct KeyOfOne<'a, K> {
    seed: K,
    several: &'a mut bool,
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for KeyOfOne<'_, K> {
    type Value = K::Value;

    fn deserialize<D: Deserializer<'de>>(self, key: D) -> Result<K::Value, D::Error> {
        key.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for KeyOfOne<'_, K> {
    type Value = K::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<K::Value, E> {
        if key == SEVERAL {
            *self.several = true;
            return Err(both_ways());
        }
        self.seed.deserialize(key.into_deserializer())
    }
}

#[cfg(test)]
mod tests;
