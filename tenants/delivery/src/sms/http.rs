//! A gateway that has no file of its own, as the tenant's settings describe it.

use portvakt_domain::{
    delivery::Sms,
    number::MobileNumber,
    report::{DeliveryReport, Posted, ReportRefusal},
    tenant::{
        HttpAuthentication, HttpCharset, HttpContent, HttpMethod, HttpNumberFormat, HttpVerdict, SenderName, SmsHttp,
    },
};
use reqwest::{
    Method, Url,
    header::{HeaderName, HeaderValue},
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::Value;

use super::{
    account::Account,
    http_report,
    provider::{Answer, Authorization, Provider, Reading, Request},
    report::ReportAddress,
    template::{Template, Values},
};
use crate::setup::{DeliverySetupError, wrong};

/// Headers that the request has from elsewhere.
const TAKEN_HEADERS: [&str; 6] =
    ["authorization", "connection", "content-length", "content-type", "host", "transfer-encoding"];

/// A tenant's account at a gateway by HTTP.
pub(crate) struct HttpGateway {
    url: Url,
    sender: SenderName,
    username: String,
    password: SecretString,
    template: Template,
    settings: SmsHttp,
    reports: Option<ReportAddress>,
}

impl HttpGateway {
    pub(crate) fn new(account: Account<'_>) -> Result<Self, DeliverySetupError> {
        use HttpAuthentication::{Basic, Bearer, Header, None, Template as InTemplate};
        account.has_keys(&["username", "http"])?;
        let missing = || wrong("sms.http", "write how the gateway is asked, at least content and template");
        let settings = account.settings.http.clone().ok_or_else(missing)?;
        if account.settings.url.is_none() {
            return Err(wrong("sms.url", "write the gateway's address"));
        }
        check(&settings)?;
        let template = Template::new(&settings.template, settings.content, settings.charset)
            .map_err(|problem| wrong("sms.http.template", problem))?;
        if template.has_password() != (settings.authentication == InTemplate) {
            let problem = "write {{password}} in the template where authentication is \"template\", and only there";
            return Err(wrong("sms.http.template", problem));
        }
        http_report::check(account.settings.reports, template.has_callback_url(), settings.report.as_ref())?;
        let named = settings.authentication == Basic || template.has_username();
        Ok(Self {
            url: account.address("")?,
            sender: account.sender(),
            username: if named { account.username()? } else { String::new() },
            password: match settings.authentication {
                None => SecretString::default(),
                Basic | InTemplate => account.password()?,
                Bearer | Header => account.token()?,
            },
            template,
            settings,
            reports: account.reports(),
        })
    }
}

/// What can be told before anything is sent.
fn check(settings: &SmsHttp) -> Result<(), DeliverySetupError> {
    let demand = |holds: bool, key: &str, problem| {
        if holds { Ok(()) } else { Err(wrong(format!("sms.http.{key}"), problem)) }
    };
    let is_header =
        |name: &str| HeaderName::from_bytes(name.as_bytes()).is_ok_and(|name| !TAKEN_HEADERS.contains(&name.as_str()));
    let own = settings.headers.iter();
    let headers = own.clone().all(|(name, value)| is_header(name) && HeaderValue::from_str(value).is_ok());
    demand(
        headers,
        "headers",
        "write names and values as HTTP has them; the type and the password are not among them",
    )?;
    let named = settings.password_header.as_deref();
    let fits = match settings.authentication {
        HttpAuthentication::Header => named.is_some_and(is_header),
        _ => named.is_none(),
    };
    demand(fits, "password_header", "name a header where authentication is \"header\", and only there")?;
    let success = !settings.success_codes.is_empty() && settings.success_codes.iter().all(|c| (200..300).contains(c));
    demand(success, "success_codes", "write statuses from 200 to 299")?;
    let is_pointer = |pointer: &Option<String>| pointer.as_ref().is_none_or(|pointer| pointer.starts_with('/'));
    demand(is_pointer(&settings.id_pointer), "id_pointer", "write a JSON pointer, such as /messages/0/id")?;
    let Some(verdict) = &settings.verdict else { return Ok(()) };
    demand(is_pointer(&verdict.pointer), "verdict", "write its pointer as a JSON pointer, such as /status")?;
    let says = !verdict.taken.is_empty() && verdict.taken.iter().chain(&verdict.refused).all(|text| !text.is_empty());
    demand(says, "verdict", "write what says that an SMS was taken")
}

impl Provider for HttpGateway {
    fn name(&self) -> &'static str {
        "http"
    }

    fn request(&self, sms: &Sms) -> Result<Request<'_>, &'static str> {
        let settings = &self.settings;
        let callback_url = self.reports.as_ref().map(|address| address.of(sms)).unwrap_or_default();
        let values = Values {
            to: &written(&sms.to, settings.number_format)?,
            from: self.sender.as_str(),
            text: &sms.text.0,
            reference: &sms.reference,
            callback_url: &callback_url,
            username: &self.username,
            password: self.password.expose_secret(),
        };
        let filled = self.template.filled(&values).ok_or("its text has a character that the charset has not")?;
        let content_type = match (settings.content, settings.charset) {
            (HttpContent::Form, HttpCharset::Utf8) => "application/x-www-form-urlencoded",
            (HttpContent::Form, HttpCharset::Latin1) => "application/x-www-form-urlencoded; charset=ISO-8859-1",
            (HttpContent::Json, _) => "application/json",
            (HttpContent::Xml, HttpCharset::Utf8) => "application/xml; charset=UTF-8",
            (HttpContent::Xml, HttpCharset::Latin1) => "application/xml; charset=ISO-8859-1",
        };
        let authorization = match settings.authentication {
            HttpAuthentication::None | HttpAuthentication::Template => Authorization::None,
            HttpAuthentication::Basic => Authorization::Basic(&self.username, &self.password),
            HttpAuthentication::Bearer => Authorization::Token { scheme: "Bearer", token: &self.password },
            HttpAuthentication::Header => {
                let name = settings.password_header.as_deref().unwrap_or_default();
                Authorization::Header { name, value: &self.password }
            }
        };
        let mut request = Request::post(&self.url, authorization, content_type, filled);
        request.headers = settings.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        request.method = match settings.method {
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
        };
        Ok(request)
    }

    fn read(&self, answer: &Answer<'_>) -> Reading {
        if !self.settings.success_codes.contains(&answer.status) {
            return Reading::Unclear("a success that is not among the success_codes");
        }
        let json = answer.json();
        match self.settings.verdict.as_ref().map_or(Verdict::Taken, |rule| verdict(rule, json.as_ref(), answer.body)) {
            Verdict::Taken => {}
            Verdict::Refused => return Reading::Refused("it says that it failed"),
            Verdict::None => return Reading::Unclear("without a verdict"),
        }
        let pointer = self.settings.id_pointer.as_deref();
        let id = pointer.and_then(|pointer| json.as_ref()?.pointer(pointer)).and_then(scalar);
        id.map_or(Reading::Taken(None), |id| Reading::taken(&id))
    }

    fn report(&self, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
        let described = self.settings.report.as_ref().ok_or(ReportRefusal::Unreadable)?;
        http_report::read(described, posted)
    }
}

enum Verdict {
    Taken,
    Refused,
    None,
}

fn verdict(rule: &HttpVerdict, json: Option<&Value>, body: &[u8]) -> Verdict {
    let Some(pointer) = &rule.pointer else {
        let text = body.trim_ascii_start();
        let begins = |texts: &[String]| texts.iter().any(|begin| text.starts_with(begin.as_bytes()));
        return match (begins(&rule.refused), begins(&rule.taken)) {
            (true, _) => Verdict::Refused,
            (false, true) => Verdict::Taken,
            (false, false) => Verdict::None,
        };
    };
    match json.and_then(|json| json.pointer(pointer)).and_then(scalar) {
        Some(found) if rule.taken.contains(&found) => Verdict::Taken,
        Some(_) => Verdict::Refused,
        None => Verdict::None,
    }
}

/// A text, a number or a truth value, as text.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn written(number: &MobileNumber, format: HttpNumberFormat) -> Result<String, &'static str> {
    let digits = number.e164().trim_start_matches('+');
    Ok(match format {
        HttpNumberFormat::Plus => format!("+{digits}"),
        HttpNumberFormat::Digits => digits.to_owned(),
        HttpNumberFormat::Zeros => format!("00{digits}"),
        HttpNumberFormat::National => {
            format!("0{}", digits.strip_prefix("46").ok_or("a number of another country has no national form here")?)
        }
    })
}
