//! Whom to write, call or visit: the part that several sections share.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    plain::{is_unseen, unfit},
    values::WebUrl,
};

const LONGEST_NAME: usize = 60;
const LONGEST_PHONE: usize = 60;
const LONGEST_MAIL: usize = 100;

/// Ways to reach somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Contact {
    /// Who answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mail: Option<String>,
    /// Telephone as it is to be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// A page with a form, or with more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
}

impl Contact {
    /// Whether there is no way at all.
    pub fn is_empty(&self) -> bool {
        self.mail.is_none() && self.phone.is_none() && self.url.is_none()
    }

    /// Whether somebody can write there, by mail or on a page.
    pub(super) fn takes_writing(&self) -> bool {
        self.mail.is_some() || self.url.is_some()
    }

    pub(super) fn is_unset(&self) -> bool {
        *self == Contact::default()
    }

    /// What is wrong, as `key: what to do`.
    pub(super) fn problems(&self, key: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |part: &str, why: Option<String>| {
            problems.extend(why.map(|why| format!("{key}.{part}: {why}")));
        };
        say("name", self.name.as_ref().and_then(|name| unfit(name, LONGEST_NAME)));
        say("mail", self.mail.as_deref().and_then(unfit_mail));
        say("phone", self.phone.as_deref().and_then(unfit_phone));
        say("url", self.url.as_ref().and_then(unfit_url));
        if self.is_empty() && !self.is_unset() {
            problems.push(format!("{key}: give a mail, a phone or a url"));
        }
        problems
    }
}

/// Why a telephone number can't be shown.
pub(super) fn unfit_phone(phone: &str) -> Option<String> {
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let wrong = (digits < 3).then(|| format!("{phone:?} is not a telephone number"));
    unfit(phone, LONGEST_PHONE).or(wrong)
}

/// Why a mail address can't be shown.
pub(super) fn unfit_mail(mail: &str) -> Option<String> {
    let wrong = (!is_mail_address(mail)).then(|| format!("{mail:?} is not a mail address"));
    unfit(mail, LONGEST_MAIL).or(wrong)
}

/// Why an address of a page can't be shown.
pub(super) fn unfit_url(url: &WebUrl) -> Option<String> {
    let unseen = url.as_str().chars().find(|c| is_unseen(*c))?;
    Some(format!("U+{:04X} is a character that nobody sees; take it out", u32::from(unseen)))
}

/// `name@host`, of characters that need no quotes (RFC 5321, 4.1.2), and of these none that means something in a link, or
/// that an SMS can't show.
pub(super) fn is_mail_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!$'*+-/=^_{|}~".contains(c))
    };
    name.split('.').all(word) && host.contains('.') && host.parse::<super::HostName>().is_ok()
}
