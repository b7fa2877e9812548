//! Where those are who send a tenant's messages: whether personal data leave the EU and the EEA with them (GDPR, chapter V).

use super::{MailSettings, SmsAccount, SmsProvider, SmsRegion};

/// Where somebody who is handed personal data keeps them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whereabouts {
    /// In the European Union, or in Norway, which is in the EEA.
    EuropeanEconomicArea,
    /// In the United States, or with a company of that country.
    UnitedStates,
    /// Nobody told.
    Unknown,
}

/// What American companies' mail servers are called, and whose they are.
const AMERICAN_MAIL: [(&str, &str); 7] = [
    ("office365.com", "Microsoft"),
    ("outlook.com", "Microsoft"),
    ("gmail.com", "Google"),
    ("google.com", "Google"),
    ("amazonaws.com", "Amazon"),
    ("sendgrid.net", "Twilio SendGrid"),
    ("mandrillapp.com", "Mailchimp"),
];

impl SmsAccount {
    /// Where the provider is.
    pub fn whereabouts(&self) -> Whereabouts {
        match self.provider {
            SmsProvider::Sinch if self.region == Some(SmsRegion::Us) => Whereabouts::UnitedStates,
            SmsProvider::FortySixElks
            | SmsProvider::GatewayApi
            | SmsProvider::Sinch
            | SmsProvider::HelloSms
            | SmsProvider::Link
            | SmsProvider::Telenor => Whereabouts::EuropeanEconomicArea,
            SmsProvider::Twilio => Whereabouts::UnitedStates,
            SmsProvider::Http => Whereabouts::Unknown,
        }
    }
}

impl MailSettings {
    /// The American company that the server belongs to. Where any other server is, its name does not tell.
    pub fn american_supplier(&self) -> Option<&'static str> {
        let host = self.host.as_str();
        let within =
            |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
        AMERICAN_MAIL.into_iter().find(|(domain, _)| within(domain)).map(|(_, name)| name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_known_by_its_whole_domain() {
        for (host, supplier) in [
            ("smtp.office365.com", Some("Microsoft")),
            ("orebro-se.mail.protection.outlook.com", Some("Microsoft")),
            ("email-smtp.eu-north-1.amazonaws.com", Some("Amazon")),
            ("sendgrid.net", Some("Twilio SendGrid")),
            ("smtp.orebro.se", None),
            ("notoutlook.com", None),
            ("outlook.com.orebro.se", None),
        ] {
            let settings =
                format!("host = \"{host}\"\nsecurity = \"tls\"\nfrom = \"a@orebro.se\"\nfrom_name = \"Örebro\"");
            let settings: MailSettings = toml::from_str(&settings).expect("a mail server");
            assert_eq!(settings.american_supplier(), supplier, "{host}");
        }
    }
}
