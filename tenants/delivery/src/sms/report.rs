//! Delivery reports: where they are asked to be posted, who may post them, and what all providers' have in common.

use std::{collections::BTreeMap, sync::Arc};

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use portvakt_domain::{
    delivery::Sms,
    id::MessageId,
    report::{DeliveryReport, Posted, Report, ReportRefusal, SmsReports},
    tenant::{SecretName, SmsAccount, SmsProvider, SmsSettings},
};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;
use uuid::Uuid;

use super::{
    account::Account,
    provider::{Provider, plain_id},
};
use crate::setup::DeliverySetupError;

/// The field of the address that holds our reference, for providers whose reports have no room for it.
const REFERENCE: &str = "ref";

/// Where an account's provider posts its reports.
pub(crate) struct ReportAddress {
    provider: SmsProvider,
    path: SecretString,
}

impl ReportAddress {
    pub(crate) fn new(provider: SmsProvider, path: SecretString) -> Self {
        Self { provider, path }
    }

    /// The address for one SMS. Its reference is no secret; neither the number nor the text stands in it.
    pub(crate) fn of(&self, sms: &Sms) -> String {
        let (home, provider, path) = (&sms.reports_to, self.provider.as_str(), self.path.expose_secret());
        format!("{home}/reports/{provider}/{path}?{REFERENCE}={}", sms.reference)
    }
}

/// A tenant's addresses for reports, each with the language of its provider.
struct Doors(Vec<Door>);

struct Door {
    provider: SmsProvider,
    path: SecretString,
    language: Box<dyn Provider>,
}

/// The addresses of those accounts that ask for reports. An account whose part of the address was not made yet has none.
///
/// # Errors
/// A setting can't be used, or a secret is missing.
pub(crate) fn reports(
    settings: &SmsSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Result<Arc<dyn SmsReports>, DeliverySetupError> {
    let asked = settings.placed().filter(|(_, account)| account.reports);
    let doors = asked.filter_map(|(place, account)| {
        let path = secrets.get(&SecretName::SmsReportPath(account.provider))?.clone();
        Some(door(account, path, secrets).map_err(|error| error.within("sms", &place)))
    });
    Ok(Arc::new(Doors(doors.collect::<Result<_, _>>()?)))
}

fn door(
    settings: &SmsAccount,
    path: SecretString,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Result<Door, DeliverySetupError> {
    Ok(Door { provider: settings.provider, path, language: super::provider(Account { settings, secrets })? })
}

impl SmsReports for Doors {
    fn paths(&self) -> Vec<(SmsProvider, &str)> {
        self.0.iter().map(|door| (door.provider, door.path.expose_secret())).collect()
    }

    fn admitted(&self, provider: &str, path: &str) -> Option<SmsProvider> {
        let door = self.0.iter().find(|door| door.provider.as_str() == provider)?;
        same(door.path.expose_secret().as_bytes(), path.as_bytes()).then_some(door.provider)
    }

    fn read(&self, provider: SmsProvider, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let door = self.0.iter().find(|door| door.provider == provider).ok_or(ReportRefusal::Forged)?;
        door.language.report(posted)
    }
}

/// Whether two texts are the same, in a time that does not tell where they differ.
pub(crate) fn same(one: &[u8], other: &[u8]) -> bool {
    verify_slices_are_equal(one, other).is_ok()
}

/// Whether a signature is the one of this text, in a time that does not tell where it differs.
pub(crate) fn signed(
    algorithm: hmac::Algorithm,
    key: &SecretString,
    text: &[u8],
    signature: Option<Vec<u8>>,
) -> Result<(), ReportRefusal> {
    let key = hmac::Key::new(algorithm, key.expose_secret().as_bytes());
    let signature = signature.ok_or(ReportRefusal::Forged)?;
    hmac::verify(&key, text, &signature).map_err(|_| ReportRefusal::Forged)
}

/// A header of a report.
pub(crate) fn header<'a>(posted: &'a Posted<'_>, name: &str) -> Option<&'a str> {
    posted.headers.get(name).map(String::as_str)
}

/// A report in JSON.
pub(crate) fn json(posted: &Posted<'_>) -> Result<Value, ReportRefusal> {
    is_of_type(posted, "application/json")?;
    serde_json::from_slice(posted.body).map_err(|_| ReportRefusal::Unreadable)
}

/// A report that is a form, each of its fields there once.
pub(crate) fn form(posted: &Posted<'_>) -> Result<BTreeMap<String, String>, ReportRefusal> {
    is_of_type(posted, "application/x-www-form-urlencoded")?;
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(posted.body).into_owned() {
        if fields.insert(name, value).is_some() {
            return Err(ReportRefusal::Unreadable);
        }
    }
    Ok(fields)
}

fn is_of_type(posted: &Posted<'_>, expected: &str) -> Result<(), ReportRefusal> {
    let written = header(posted, "content-type").and_then(|written| written.split(';').next()).unwrap_or_default();
    if written.trim().eq_ignore_ascii_case(expected) { Ok(()) } else { Err(ReportRefusal::Unreadable) }
}

/// A report of the SMS with this id, or this reference of ours; where the report has none, the address may.
pub(crate) fn report(
    posted: &Posted<'_>,
    id: Option<&str>,
    reference: Option<&str>,
    report: Report,
) -> Result<Option<DeliveryReport>, ReportRefusal> {
    let in_address = Url::parse(&posted.url)
        .ok()
        .and_then(|url| url.query_pairs().find(|(name, _)| name == REFERENCE).map(|(_, value)| value.into_owned()));
    let reference = reference.map(str::to_owned).or(in_address);
    let reference = reference.and_then(|text| Uuid::try_parse(&text).ok()).map(MessageId);
    let provider_id = id.and_then(plain_id);
    if provider_id.is_none() && reference.is_none() {
        return Err(ReportRefusal::Unreadable);
    }
    Ok(Some(DeliveryReport { provider_id, reference, report }))
}
