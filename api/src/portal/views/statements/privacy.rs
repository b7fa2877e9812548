//! The page on personal data (GDPR, art. 13). Its periods are those that the sweep goes by.

use askama::Template;
use portvakt_domain::{
    breaker::PROVEN_DAYS,
    tenant::{LegalBasis, SmsAccount, SmsProvider, TenantSettings, Whereabouts},
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
    /// The board and its municipality, or the municipality.
    fn controller(&self) -> String {
        match &self.settings.privacy.controller.name {
            None => self.page.tenant.to_owned(),
            Some(name) if name.contains(self.page.tenant) => name.clone(),
            Some(name) => {
                let arguments = [("board", name.into()), ("tenant", self.page.tenant.into())];
                self.page.texts.text(self.page.language, "privacy-board", &arguments)
            }
        }
    }

    /// A text with who answers for the data.
    fn of_controller(&self, key: &str) -> String {
        self.page.text_with(key, "controller", &self.controller())
    }

    /// How to reach it: through the help desk where nothing else is known.
    fn controller_ways(&self) -> Ways<'_> {
        let controller = &self.settings.privacy.controller;
        if controller.is_empty() {
            return Ways::of_help_desk(self.page.help_desk, self.page.language);
        }
        Ways { name: None, ..Ways::of(controller) }
    }

    /// What can be done against the processing: it follows from the ground (GDPR, art. 21.1).
    fn objection(&self) -> Option<String> {
        let objects = self.settings.privacy.legal_basis == LegalBasis::PublicInterest;
        objects.then(|| self.of_controller("privacy-object"))
    }

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
            reminders,
            reminder_contents: _,
            reminder_marks,
            rejections: _,
            sms_log: _,
            code_counts: _,
            trips: _,
            reconciliations: _,
        } = self.ages;
        let mut periods = vec![
            self.page.text_with("privacy-long-flow", "hours", flows.num_hours()),
            self.page.text_with("privacy-long-messages", "days", messages.num_days()),
            self.page.text_with("privacy-long-changes", "days", number_changes.num_days()),
            self.page.text_with("privacy-long-guards", "days", guards.num_days()),
            self.page.text_with("privacy-long-networks", "days", PROVEN_DAYS),
            self.page.text_with("privacy-long-feedback", "days", feedback.num_days()),
        ];
        if self.settings.reminders.send {
            periods.push(self.page.text_with("privacy-long-reminders", "days", reminders.num_days()));
            periods.push(self.page.text_with("privacy-long-reminded", "days", reminder_marks.num_days()));
        }
        periods
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

    /// What is known of suppliers outside the EU and EEA, then what the tenant says of them.
    fn transfers(&self) -> Vec<String> {
        let (accounts, own) = (&self.settings.sms.accounts, &self.settings.privacy.transfers);
        let are = |whereabouts| accounts.iter().filter(move |account| account.whereabouts() == whereabouts);
        let by_sms = are(Whereabouts::UnitedStates).map(|account| supplier(&self.page, account));
        let by_mail = self.settings.mail.american_supplier().map(str::to_owned);
        let american: Vec<String> = by_sms.chain(by_mail).collect();
        let unknown = are(Whereabouts::Unknown).next().is_some();

        let of_tenant = |key| self.page.text_with(key, "tenant", self.page.tenant);
        let mut said = Vec::new();
        if !american.is_empty() {
            let names = listed(&american, &self.page.text("word-and"));
            said.push(self.page.text_with("privacy-abroad-usa", "suppliers", &names));
        }
        if !own.is_empty() {
            said.push(self.page.own_words(own).to_owned());
            return said;
        }
        if !american.is_empty() {
            said.push(of_tenant("privacy-abroad-unguarded"));
        }
        if unknown {
            said.push(of_tenant("privacy-abroad-unknown"));
        }
        if said.is_empty() {
            said.push(of_tenant("privacy-abroad-none"));
        }
        said
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
