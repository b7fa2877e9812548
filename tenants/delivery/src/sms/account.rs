//! An account as the settings describe it, read by the provider that it is at.

use std::collections::BTreeMap;

use portvakt_domain::tenant::{SecretName, SenderName, SmsAccount};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use super::report::ReportAddress;
use crate::setup::{DeliverySetupError, wrong};

/// An account's settings and its secrets.
#[derive(Clone, Copy)]
pub(crate) struct Account<'a> {
    pub(crate) settings: &'a SmsAccount,
    pub(crate) secrets: &'a BTreeMap<SecretName, SecretString>,
}

impl Account<'_> {
    /// Says that the provider has these keys of its own, and no other.
    pub(crate) fn has_keys(&self, keys: &[&'static str]) -> Result<(), DeliverySetupError> {
        match self.settings.own_keys().into_iter().find(|given| !keys.contains(given)) {
            Some(key) => Err(wrong(format!("sms.{key}"), "this provider has no such setting; leave it out")),
            None => Ok(()),
        }
    }

    pub(crate) fn sender(&self) -> SenderName {
        self.settings.sender.clone()
    }

    /// The user name, for HTTP's Basic.
    pub(crate) fn username(&self) -> Result<String, DeliverySetupError> {
        let username = self.settings.username.as_deref().unwrap_or_default();
        if username.is_empty() || username.contains([':', '\r', '\n']) {
            return Err(wrong("sms.username", "write the API username, without a colon"));
        }
        Ok(username.to_owned())
    }

    /// The password.
    pub(crate) fn password(&self) -> Result<SecretString, DeliverySetupError> {
        let Some(password) = self.secrets.get(&SecretName::SmsPassword(self.settings.provider)) else {
            return Err(wrong("sms.password", "missing; write password_file or password_env"));
        };
        if password.expose_secret().is_empty() {
            return Err(wrong("sms.password", "write the API password"));
        }
        Ok(password.clone())
    }

    /// The customer's password, beside that of the user.
    pub(crate) fn customer_password(&self) -> Result<SecretString, DeliverySetupError> {
        let given = self.secrets.get(&SecretName::SmsCustomerPassword);
        match given.filter(|password| !password.expose_secret().is_empty()) {
            Some(password) => Ok(password.clone()),
            None => {
                Err(wrong("sms.customer_password", "missing; write customer_password_file or customer_password_env"))
            }
        }
    }

    /// The password, where it is a token that stands in a header as it is.
    pub(crate) fn token(&self) -> Result<SecretString, DeliverySetupError> {
        let token = self.password()?;
        if !token.expose_secret().bytes().all(|b| b.is_ascii_graphic()) {
            return Err(wrong("sms.password", "write the API token as it is, without spaces"));
        }
        Ok(token)
    }

    /// Where reports are to be posted, if they are asked for. The secret part is made when settings are applied; until
    /// then nothing is asked for.
    pub(crate) fn reports(&self) -> Option<ReportAddress> {
        let provider = self.settings.provider;
        let path = self.secrets.get(&SecretName::SmsReportPath(provider)).filter(|_| self.settings.reports)?;
        Some(ReportAddress::new(provider, path.clone()))
    }

    /// The secret that proves reports, if they are asked for and there is one.
    pub(crate) fn report_secret(&self) -> Option<SecretString> {
        let secret = self.secrets.get(&SecretName::SmsReportSecret(self.settings.provider));
        secret.filter(|secret| self.settings.reports && !secret.expose_secret().is_empty()).cloned()
    }

    /// The same, for a provider whose reports are worth nothing without it.
    pub(crate) fn demanded_report_secret(&self) -> Result<Option<SecretString>, DeliverySetupError> {
        match (self.settings.reports, self.report_secret()) {
            (true, None) => Err(wrong(
                "sms.report_secret",
                "missing; write report_secret_file or report_secret_env, it signs reports",
            )),
            (_, secret) => Ok(secret),
        }
    }

    /// What the provider calls the tenant's account: it becomes part of an address or a document.
    pub(crate) fn identifier(
        &self,
        setting: &'static str,
        written: &Option<String>,
    ) -> Result<String, DeliverySetupError> {
        let written = written.as_deref().unwrap_or_default();
        let plain = !written.is_empty() && written.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if plain { Ok(written.to_owned()) } else { Err(wrong(setting, "write it as the provider gave it")) }
    }

    /// The provider's usual address, or the one that the settings name.
    pub(crate) fn address(&self, usual: &str) -> Result<Url, DeliverySetupError> {
        let url = self.settings.url.as_ref().map_or(usual, |url| url.as_str());
        let url = Url::parse(url).map_err(|_| wrong("sms.url", "this is not an address"))?;
        if url.scheme() != "https" || !url.username().is_empty() || url.password().is_some() {
            let problem = "write https://host/path; the user and the password have settings of their own";
            return Err(wrong("sms.url", problem));
        }
        Ok(url)
    }
}
