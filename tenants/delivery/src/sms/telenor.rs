//! Telenor SMS Pro: XML in ISO-8859-1 both ways, and a status inside a 200.

use chrono::{DateTime, Datelike as _, NaiveDate, TimeDelta, Utc, Weekday};
use portvakt_domain::{
    delivery::Sms,
    report::{DeliveryReport, Posted, ReportRefusal},
    tenant::SenderName,
};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    account::Account,
    charset::{from_latin1, latin1},
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::{DeliverySetupError, wrong};

/// A tenant's account at Telenor SMS Pro.
pub(crate) struct Telenor {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    customer: String,
    customer_password: SecretString,
    account: Option<String>,
}

impl Telenor {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        account.has_keys(&["username", "customer_id", "customer_password", "short_number"])?;
        if account.settings.reports {
            return Err(wrong("sms.reports", "reports of this provider can't be received yet; leave it out"));
        }
        let customer = account.identifier("sms.customer_id", &account.settings.customer_id)?;
        let usual = format!("https://sms-pro.net:44343/services/{customer}/sendsms");
        let short_number = &account.settings.short_number;
        let short_number = short_number.is_some().then(|| account.identifier("sms.short_number", short_number));
        Ok(Self {
            url: account.address(&usual)?,
            sender: account.sender(),
            username: account.username()?,
            password: account.password()?,
            customer,
            customer_password: account.customer_password()?,
            account: short_number.transpose()?,
        })
    }
}

impl Provider for Telenor {
    fn name(&self) -> &'static str {
        "telenor"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let account = self.account.as_ref().map(|number| format!(" account=\"{number}\"")).unwrap_or_default();
        let document = format!(
            "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>\n\
             <mobilectrl_sms>\
             <header><customer_id>{customer}</customer_id><password>{password}</password>\
             <request_id>{reference}</request_id>{valid_until}<from_alphanumeric>{sender}</from_alphanumeric></header>\
             <payload><sms{account}><message>{text}</message><to_msisdn>{to}</to_msisdn></sms></payload>\
             </mobilectrl_sms>\n",
            customer = self.customer,
            password = cdata(self.customer_password.expose_secret()),
            reference = cdata(&sms.reference),
            valid_until = sms.validity.map(|validity| valid_until(validity.until)).unwrap_or_default(),
            sender = self.sender,
            text = cdata(&sms.text.0),
            to = sms.to.e164(),
        );
        let body = latin1(&document).ok_or("its text has a character that ISO-8859-1 has not")?;
        let authorization = Authorization::Basic(&self.username, &self.password);
        Ok(Request::post(&self.url, authorization, "application/xml", body))
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        let text = from_latin1(answer.body);
        let Some(response) = element(&text, "mobilectrl_response") else {
            return Reading::Unclear("not in its own format");
        };
        match (element(response, "status"), element(response, "mobilectrl_id")) {
            (Some("0"), Some(id)) if !id.is_empty() => Reading::taken(id),
            (Some("0") | None, _) => Reading::Unclear("without an id or a status"),
            (Some(status), _) if status.parse::<i32>().is_ok() => Reading::Refused("it says that it failed"),
            _ => Reading::Unclear("with a status that is not known"),
        }
    }

    fn report(&self, _: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        // What it pushes is not known; it can be asked.
        Err(ReportRefusal::Unreadable)
    }
}

/// The minute after which it is not tried any more, in Swedish time. Whoever reads it as UTC tries an hour or two longer,
/// which does no harm; UTC that is read as Swedish time would be over before it began.
fn valid_until(until: DateTime<Utc>) -> String {
    let minute = until + TimeDelta::seconds(59);
    let local = minute.naive_utc() + TimeDelta::hours(if is_summer(minute) { 2 } else { 1 });
    format!("<valid_until>{}</valid_until>", local.format("%Y%m%d%H%M"))
}

/// Summer time: from the last Sunday of March to the last one of October, 01:00 UTC (Directive 2000/84/EC).
fn is_summer(at: DateTime<Utc>) -> bool {
    let turn = |month: u32| {
        let last = NaiveDate::from_ymd_opt(at.year(), month, 31)?;
        let back = last.weekday().days_since(Weekday::Sun);
        (last - TimeDelta::days(i64::from(back))).and_hms_opt(1, 0, 0)
    };
    let now = at.naive_utc();
    turn(3).is_some_and(|begin| begin <= now) && turn(10).is_some_and(|end| now < end)
}

/// A text that XML takes as it is.
fn cdata(text: &str) -> String {
    format!("<![CDATA[{}]]>", text.replace("]]>", "]]]]><![CDATA[>"))
}

/// What stands in the first element of this name, which the provider writes without attributes.
fn element<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    let (inside, _) = rest.split_once(&format!("</{name}>"))?;
    Some(inside.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_minute_is_written_in_swedish_time() {
        for (until, written) in [
            ("2026-11-22T16:20:00Z", "202611221720"),
            ("2026-11-22T16:20:01Z", "202611221721"),
            ("2026-12-31T23:30:00Z", "202701010030"),
            ("2026-03-29T00:59:00Z", "202603290159"),
            ("2026-03-29T01:00:00Z", "202603290300"),
            ("2026-10-25T00:59:00Z", "202610250259"),
            ("2026-10-25T01:00:00Z", "202610250200"),
        ] {
            let until: DateTime<Utc> = until.parse().expect("a time");
            assert_eq!(valid_until(until), format!("<valid_until>{written}</valid_until>"));
        }
    }
}
