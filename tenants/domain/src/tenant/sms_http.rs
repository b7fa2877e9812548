//! How a gateway that has no file of its own is asked: a request by template, and how its answer reads.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::sms_report::HttpReport;

/// A gateway by HTTP, in its own words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SmsHttp {
    /// The method.
    #[serde(default)]
    pub method: HttpMethod,
    /// How the request says whose it is.
    pub authentication: HttpAuthentication,
    /// The header that holds the password, where `authentication` is `"header"`.
    #[serde(default)]
    pub password_header: Option<String>,
    /// Further headers.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// What the request holds, which is how values are escaped.
    pub content: HttpContent,
    /// The request's body: `{{to}}`, `{{from}}`, `{{text}}`, `{{reference}}`, `{{callback_url}}`, `{{username}}` and
    /// `{{password}}` stand for their values.
    pub template: String,
    /// The charset of the request.
    #[serde(default)]
    pub charset: HttpCharset,
    /// How numbers are written.
    #[serde(default)]
    pub number_format: HttpNumberFormat,
    /// The statuses of a request that was taken, among those of success.
    #[serde(default = "usual_success")]
    pub success_codes: Vec<u16>,
    /// What the answer says with such a status; without it, the status is enough.
    #[serde(default)]
    pub verdict: Option<HttpVerdict>,
    /// Where the SMS's id stands, as a JSON pointer.
    #[serde(default)]
    pub id_pointer: Option<String>,
    /// How it reports what became of an SMS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<HttpReport>,
}

/// What an answer of success says.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpVerdict {
    /// Where the verdict stands, as a JSON pointer; without it, the answer is a text that begins with it.
    #[serde(default)]
    pub pointer: Option<String>,
    /// What says that it was taken.
    pub taken: Vec<String>,
    /// What says that it was refused. At a pointer, whatever is not `taken` says so too.
    #[serde(default)]
    pub refused: Vec<String>,
}

/// A method. GET is not among them: the number and the code would stand in the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum HttpMethod {
    /// POST.
    #[default]
    Post,
    /// PUT.
    Put,
}

/// How a request says whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HttpAuthentication {
    /// By the address it comes from.
    None,
    /// User name and password, by HTTP's Basic.
    Basic,
    /// The password as a bearer token.
    Bearer,
    /// The password in a header of its own.
    Header,
    /// The password in the template.
    Template,
}

/// What a request holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HttpContent {
    /// A form.
    Form,
    /// JSON.
    Json,
    /// XML.
    Xml,
}

/// A charset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub enum HttpCharset {
    /// UTF-8.
    #[default]
    #[serde(rename = "utf-8")]
    Utf8,
    /// ISO-8859-1.
    #[serde(rename = "iso-8859-1")]
    Latin1,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum HttpNumberFormat {
    /// +46701740605
    #[default]
    Plus,
    /// 46701740605
    Digits,
    /// 0046701740605
    Zeros,
    /// 0701740605, for Swedish numbers alone.
    National,
}

fn usual_success() -> Vec<u16> {
    vec![200, 201, 202]
}
