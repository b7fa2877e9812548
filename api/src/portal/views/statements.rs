//! The pages about the service, one file each: whom to turn to, how accessible it is, personal data, cookies. Everything
//! that they say follows from the tenant's settings and from what the platform does.

use portvakt_domain::{
    language::Language,
    tenant::{Contact, HelpDesk},
};

use super::{Layout, Page, shown, telephone_link};

mod accessibility;
mod cookies;
mod help;
mod privacy;
pub use accessibility::AccessibilityView;
pub use cookies::CookiesView;
pub use help::HelpView;
pub use privacy::PrivacyView;

/// Where people report to who supervises the law on accessibility.
pub const SUPERVISION: &str = "https://www.digg.se/tdosanmalan";
/// Where people complain of how personal data are processed.
pub const COMPLAINTS: &str = "https://www.imy.se";

/// Ways to reach somebody, as a list on a page.
struct Ways<'a> {
    name: Option<&'a str>,
    phone: Option<&'a str>,
    mail: Option<&'a str>,
    hours: Option<&'a str>,
    address: Option<&'a str>,
}

impl<'a> Ways<'a> {
    fn of(contact: &'a Contact) -> Self {
        Self {
            name: contact.name.as_deref(),
            phone: contact.phone.as_deref(),
            mail: contact.mail.as_deref(),
            hours: None,
            address: contact.url.as_ref().map(|url| url.as_str()),
        }
    }

    fn of_help_desk(help_desk: &'a HelpDesk, language: Language) -> Self {
        Self {
            name: Some(&help_desk.name),
            phone: help_desk.phone.as_deref(),
            mail: help_desk.mail.as_deref(),
            hours: help_desk.hours.get(&language).map(String::as_str),
            address: help_desk.url.as_ref().map(|url| url.as_str()),
        }
    }
}

/// An address as people read it: without its scheme, and without a slash at the end.
fn readable(url: &str) -> &str {
    shown(url).trim_end_matches('/')
}
