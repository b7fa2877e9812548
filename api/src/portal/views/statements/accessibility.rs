//! The accessibility statement, with all that the law (2018:1937) and Digg's rules want in it.

use askama::Template;
use portvakt_domain::{
    shortcoming::{KnownShortcoming, ShortcomingText},
    tenant::{AccessibilitySettings, Assessment, Conformance, plain::Words},
};

use super::{Layout, Page, Ways, readable};

/// GET `/accessibility`.
#[derive(Template)]
#[template(path = "statements/accessibility.html")]
pub struct AccessibilityView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The page of a flow that is going on.
    pub back: Option<&'a str>,
    /// What the tenant says.
    pub said: &'a AccessibilitySettings,
    /// What is known of the platform.
    pub platform: &'a [KnownShortcoming],
    /// The service's own address, without a slash at the end.
    pub url: &'a str,
}

/// A shortcoming as it is listed.
struct Known<'a> {
    text: ShortcomingText<'a>,
    criterion: Option<&'a str>,
    mended_by: Option<&'a str>,
}

impl Layout for AccessibilityView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("accessibility-heading")
    }
}

impl AccessibilityView<'_> {
    fn who(&self) -> String {
        let service = self.page.service_name();
        let arguments = [
            ("tenant", self.page.tenant.into()),
            ("service", (&service).into()),
            ("address", readable(self.url).into()),
        ];
        self.page.texts.text(self.page.language, "accessibility-who", &arguments)
    }

    fn state(&self) -> String {
        self.page.text(match self.said.conformance(self.platform) {
            Conformance::Fully => "accessibility-fully",
            Conformance::Partially => "accessibility-partially",
            Conformance::Not => "accessibility-not",
        })
    }

    /// What the tenant wrote, in the reader's language.
    fn own<'w>(&self, words: &'w Words) -> &'w str {
        self.page.own_words(words)
    }

    /// The platform's shortcomings, then the tenant's.
    fn known(&self) -> Vec<Known<'_>> {
        let platform = self.platform.iter().map(|known| Known {
            text: known.text(self.page.language),
            criterion: Some(known.criterion),
            mended_by: known.mended_by,
        });
        let own = self.said.shortcomings.iter().map(|own| Known {
            text: ShortcomingText { what: self.own(&own.what), who: self.own(&own.who), why: self.own(&own.why) },
            criterion: None,
            mended_by: own.mended_by.as_ref().map(|day| day.as_str()),
        });
        platform.chain(own).collect()
    }

    fn tested(&self) -> String {
        let tenant = ("tenant", self.page.tenant.into());
        let say = |key: &str, day: &str| self.page.texts.text(self.page.language, key, &[tenant, ("day", day.into())]);
        match (&self.said.assessed, self.said.method) {
            (Some(day), Some(Assessment::Own)) => say("accessibility-test-own", day.as_str()),
            (Some(day), Some(Assessment::External)) => say("accessibility-test-external", day.as_str()),
            _ => self.page.text_with("accessibility-test-none", "tenant", self.page.tenant),
        }
    }

    fn updated(&self) -> String {
        match &self.said.updated {
            Some(day) => self.page.text_with("accessibility-updated", "day", day.as_str()),
            None => self.page.text_with("accessibility-updated-none", "tenant", self.page.tenant),
        }
    }

    fn contact(&self) -> Ways<'_> {
        if self.said.contact.is_empty() {
            Ways::of_help_desk(self.page.help_desk, self.page.language)
        } else {
            Ways::of(&self.said.contact)
        }
    }
}
