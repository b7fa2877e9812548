//! Telenor SMS Pro: XML in ISO-8859-1 both ways, and a status inside a 200.

use portvakt_domain::{delivery::Sms, tenant::SenderName};
use reqwest::Url;
use secrecy::{ExposeSecret as _, SecretString};

use super::{
    account::Account,
    charset::{from_latin1, latin1},
    provider::{Answer, Authorization, Provider, Reading, Request},
};
use crate::setup::DeliverySetupError;

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
             <request_id>{reference}</request_id><from_alphanumeric>{sender}</from_alphanumeric></header>\
             <payload><sms{account}><message>{text}</message><to_msisdn>{to}</to_msisdn></sms></payload>\
             </mobilectrl_sms>\n",
            customer = self.customer,
            password = cdata(self.customer_password.expose_secret()),
            reference = cdata(&sms.reference),
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
