//! Telenor SMS Pro: XML in ISO-8859-1, two passwords, and refusals with 200.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::{
    Dialect, Http, Received, ReportRequest, Reporting,
    request::{Request, basic, is_e164, is_sender},
    xml::Element,
};

const USERNAME: &str = "telenor-user";
const PASSWORD: &str = "gateway-password-0123456789";
const CUSTOMER: &str = "orebrokommun";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>";
const HEADER: [&str; 6] = ["customer_id", "password", "request_id", "valid_until", "from_alphanumeric", "from_msisdn"];

/// The double of Telenor SMS Pro. The customer's password is the same as the account's here.
#[derive(Debug, Clone, Copy)]
pub struct Telenor;

impl Dialect for Telenor {
    fn target(&self) -> String {
        format!("/services/{CUSTOMER}/sendsms")
    }

    fn account(&self) -> Value {
        json!({
            "provider": "telenor",
            "sender": "Orebro",
            "username": USERNAME,
            "customer_id": CUSTOMER,
            "short_number": "71700",
        })
    }

    fn password(&self) -> &'static str {
        PASSWORD
    }

    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)> {
        request.posted_to(&self.target())?;
        request.authorized(&basic(USERNAME, PASSWORD))?;
        if !request.is_of_type("application/xml") && !request.is_of_type("text/xml") {
            return Err((415, "Unsupported Media Type"));
        }
        // Whatever bytes come are read as the declaration says.
        let document: String = request.body.iter().copied().map(char::from).collect();
        let document = Element::parse(&document, DECLARATION).ok_or((200, "no XML in ISO-8859-1"))?;
        let [header, payload] = document.children.as_slice() else { return Err((200, "header and payload")) };
        let names = (document.name.as_str(), header.name.as_str(), payload.name.as_str());
        if names != ("mobilectrl_sms", "header", "payload") {
            return Err((200, "header and payload"));
        }
        let header = header.texts(&HEADER).ok_or((200, "the header"))?;
        let of = |texts: &[(&str, &str)], wanted: &str| {
            texts.iter().find(|(name, text)| *name == wanted && !text.is_empty()).map(|(_, text)| (*text).to_owned())
        };
        if of(&header, "customer_id").as_deref() != Some(CUSTOMER)
            || of(&header, "password").as_deref() != Some(PASSWORD)
        {
            return Err((200, "customer or password"));
        }
        let [sms] = payload.children.as_slice() else { return Err((200, "one SMS")) };
        if sms.name != "sms" || sms.attributes.iter().any(|(name, value)| name != "account" || value != "71700") {
            return Err((200, "the account"));
        }
        let texts = sms.texts(&["message", "to_msisdn"]).ok_or((200, "the SMS"))?;
        let is_minute = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        if of(&header, "valid_until").is_some_and(|text| !is_minute(&text)) {
            return Err((200, "valid_until"));
        }
        Ok(Received {
            to: of(&texts, "to_msisdn").filter(|to| is_e164(to)).ok_or((200, "to_msisdn"))?,
            from: of(&header, "from_alphanumeric").filter(|from| is_sender(from)).ok_or((200, "from"))?,
            message: of(&texts, "message").ok_or((200, "message"))?,
            unkept: false,
            reference: of(&header, "request_id"),
            at: SystemTime::now(),
            callback: None,
            expires: of(&header, "valid_until"),
        })
    }

    fn id(&self, number: usize) -> String {
        format!("5aa434:eac0a56a0b:-{number}")
    }

    fn report(&self, _: Reporting<'_>) -> Option<ReportRequest> {
        None
    }

    fn taken(&self, _: &Received, number: usize) -> Http {
        response(200, &format!("<mobilectrl_id>{}</mobilectrl_id><status>0</status>", self.id(number)), "på gång")
    }

    fn refused_though_200(&self, _: &Received) -> Option<Http> {
        Some(response(200, "<mobilectrl_id></mobilectrl_id><status>1</status>", "felaktigt nummer"))
    }

    fn refusal(&self, status: u16, text: &str) -> Http {
        response(status, "<mobilectrl_id></mobilectrl_id><status>1</status>", text)
    }
}

fn response(status: u16, result: &str, message: &str) -> Http {
    let document = format!(
        "{DECLARATION}<mobilectrl_response><customer_id>{CUSTOMER}</customer_id>{result}\
         <message><![CDATA[{message}]]></message></mobilectrl_response>"
    );
    let bytes = document.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect::<Vec<u8>>();
    Http::new(status, "text/xml; charset=ISO-8859-1", bytes)
}
