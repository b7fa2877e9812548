//! The page on personal data (GDPR, art. 13). Its periods are those that the sweep goes by.

use askama::Template;
use portvakt_domain::{
    breaker::PROVEN_DAYS,
    tenant::{LegalBasis, SmsAccount, SmsProvider, TenantSettings},
};
use portvakt_storage::sweep::SweepAges;

use super::{super::listed, Layout, Page, Ways};

/// GET `/privacy`.
#[derive(Template)]
#[template(path = "statements/privacy.html")]
pub struct PrivacyView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The page of a flow that is going on.
    pub back: Option<&'a str>,
    /// The tenant's settings.
    pub settings: &'a TenantSettings,
    /// How long things are kept.
    pub ages: SweepAges,
    /// pwreg's address, without a slash at the end.
    pub register_url: &'a str,
}

impl Layout for PrivacyView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("privacy-heading")
    }
}

impl PrivacyView<'_> {
    fn basis(&self) -> String {
        self.page.text(match self.settings.privacy.legal_basis {
            LegalBasis::PublicInterest => "privacy-basis-public",
            LegalBasis::LegalObligation => "privacy-basis-obligation",
        })
    }

    /// Whether people's first numbers live in the directory.
    fn in_directory(&self) -> bool {
        self.settings.directory.number_attribute.is_some()
    }

    /// How long each kind of row is kept.
    fn periods(&self) -> Vec<String> {
        // All of them are named here, so that a new one is thought of; the last ones are counts without persons, or shorter.
        let SweepAges {
            flows,
            messages,
            number_changes,
            guards,
            feedback,
            rejections: _,
            sms_log: _,
            code_counts: _,
            trips: _,
        } = self.ages;
        vec![
            self.page.text_with("privacy-long-flow", "hours", flows.num_hours()),
            self.page.text_with("privacy-long-messages", "days", messages.num_days()),
            self.page.text_with("privacy-long-changes", "days", number_changes.num_days()),
            self.page.text_with("privacy-long-guards", "days", guards.num_days()),
            self.page.text_with("privacy-long-networks", "days", PROVEN_DAYS),
            self.page.text_with("privacy-long-feedback", "days", feedback.num_days()),
        ]
    }

    fn processor(&self) -> String {
        let tenant = ("tenant", self.page.tenant.into());
        match &self.settings.privacy.processor {
            Some(name) => {
                let arguments = [("processor", name.into()), tenant];
                self.page.texts.text(self.page.language, "privacy-who-processor", &arguments)
            }
            None => self.page.text_with("privacy-who-unnamed", "tenant", self.page.tenant),
        }
    }

    /// Who sends SMS: the first, or those after it where it fails.
    fn suppliers(&self) -> String {
        let names: Vec<String> =
            self.settings.sms.accounts.iter().map(|account| supplier(&self.page, account)).collect();
        let names = listed(&names, &self.page.text("word-or"));
        let arguments = [("suppliers", (&names).into()), ("tenant", self.page.tenant.into())];
        self.page.texts.text(self.page.language, "privacy-who-sms", &arguments)
    }

    fn transfers(&self) -> Option<&str> {
        let transfers = &self.settings.privacy.transfers;
        (!transfers.is_empty()).then(|| self.page.own_words(transfers))
    }

    fn more(&self) -> Option<&str> {
        self.settings.privacy.url.as_ref().map(|url| url.as_str())
    }

    fn officer(&self) -> Option<Ways<'_>> {
        let officer = &self.settings.privacy.data_protection_officer;
        (!officer.is_empty()).then(|| Ways::of(officer))
    }
}

/// A supplier as people know it. The address of a gateway of the municipality's own is nobody's business.
fn supplier(page: &Page<'_>, account: &SmsAccount) -> String {
    let name = match account.provider {
        SmsProvider::FortySixElks => "46elks",
        SmsProvider::GatewayApi => "GatewayAPI",
        SmsProvider::Sinch => "Sinch",
        SmsProvider::Twilio => "Twilio",
        SmsProvider::HelloSms => "HelloSMS",
        SmsProvider::Link => "LINK Mobility",
        SmsProvider::Telenor => "Telenor",
        SmsProvider::Http => return page.text("privacy-who-gateway"),
    };
    name.to_owned()
}
