//! The section for the accessibility statement (the law 2018:1937 and Digg's rules): what the tenant knows beside what is
//! known of the platform, when that was assessed and how, and whom to tell of more.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    HelpDesk,
    contact::Contact,
    plain::{Words, unfit_words},
    values::Day,
};
use crate::{
    language::Language,
    shortcoming::{KnownShortcoming, OF_THE_PLATFORM},
};

const LONGEST: usize = 600;
const MOST: usize = 30;
/// The law is of that year: no assessment is older.
const FIRST_DAY: &str = "2018-01-01";

/// What the tenant says of accessibility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct AccessibilitySettings {
    /// The day of the last assessment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assessed: Option<Day>,
    /// Who assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<Assessment>,
    /// The day on which the statement was last gone through.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated: Option<Day>,
    /// A lower conformance than what is known comes to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conformance: Option<Conformance>,
    /// Whom to tell of more, by mail or on a page; the help desk where there is nobody else.
    #[serde(skip_serializing_if = "Contact::is_unset")]
    pub contact: Contact,
    /// Within how many days an answer comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer_days: Option<u32>,
    /// What is not accessible, beside what is known of the platform.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shortcomings: Vec<Shortcoming>,
    /// What would be a disproportionate burden (12 §).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disproportionate: Vec<Exemption>,
    /// What the law does not cover (9 §).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub exempt: Vec<Exemption>,
}

/// Something that not everybody can use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shortcoming {
    /// What it is.
    pub what: Words,
    /// For whom.
    pub who: Words,
    /// Why it is so.
    pub why: Words,
    /// The day by which it is to be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mended_by: Option<Day>,
}

/// Something that is left out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exemption {
    /// What it is.
    pub what: Words,
    /// On which ground.
    pub why: Words,
}

/// Who assessed how accessible the service is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Assessment {
    /// The municipality itself ("självskattning").
    #[serde(rename = "self")]
    Own,
    /// Somebody else.
    External,
}

/// How far a service conforms to the law. The best comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Conformance {
    /// "Helt förenlig".
    Fully,
    /// "Delvis förenlig".
    Partially,
    /// "Inte förenlig".
    Not,
}

impl AccessibilitySettings {
    pub(super) fn is_unset(&self) -> bool {
        *self == Self::default()
    }

    /// How far the service conforms: what is known decides, and the tenant may say that it is worse.
    pub fn conformance(&self, of_the_platform: &[KnownShortcoming]) -> Conformance {
        let nothing = of_the_platform.is_empty() && self.shortcomings.is_empty() && self.disproportionate.is_empty();
        let known = if nothing { Conformance::Fully } else { Conformance::Partially };
        self.conformance.map_or(known, |own| own.max(known))
    }

    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self, languages: &[Language], help_desk: &HelpDesk) -> Vec<String> {
        let mut problems = self.contact.problems("accessibility.contact");
        problems.extend(self.unwritable(help_desk).map(|why| format!("accessibility.contact: {why}")));
        let known = self.conformance(OF_THE_PLATFORM);
        if self.conformance.is_some_and(|own| own < known) {
            problems.push(
                "accessibility.conformance: shortcomings are known, so it can't be better; leave it out, or lower it"
                    .to_owned(),
            );
        }
        match (&self.assessed, self.method) {
            (Some(_), None) => {
                problems.push("accessibility.method: say who assessed, \"self\" or \"external\"".to_owned());
            }
            (None, Some(_)) => problems.push("accessibility.assessed: say on which day".to_owned()),
            _ => {}
        }
        for (key, day) in [("assessed", &self.assessed), ("updated", &self.updated)] {
            if day.as_ref().is_some_and(|day| day.as_str() < FIRST_DAY) {
                problems.push(format!("accessibility.{key}: no statement is older than the law, of 2018"));
            }
        }
        if let (Some(assessed), Some(updated)) = (&self.assessed, &self.updated)
            && updated < assessed
        {
            problems.push(format!("accessibility.updated: the assessment is of {assessed}, after it"));
        }
        if self.answer_days.is_some_and(|days| !(1..=60).contains(&days)) {
            problems.push("accessibility.answer_days: 1 to 60 days".to_owned());
        }
        let shortcomings =
            self.shortcomings.iter().map(|one| vec![("what", &one.what), ("who", &one.who), ("why", &one.why)]);
        problems.extend(unfit_list("shortcomings", shortcomings.collect(), languages));
        for (key, list) in [("disproportionate", &self.disproportionate), ("exempt", &self.exempt)] {
            let parts = list.iter().map(|one| vec![("what", &one.what), ("why", &one.why)]);
            problems.extend(unfit_list(key, parts.collect(), languages));
        }
        problems
    }

    /// Why nobody could write of a shortcoming. Digg's rules want a way to send a message: not everybody can call.
    fn unwritable(&self, help_desk: &HelpDesk) -> Option<&'static str> {
        if self.contact.is_empty() {
            return (!self.is_unset() && !help_desk.takes_writing())
                .then_some("the help desk has a phone alone, and the law wants a way to write; give a mail or a url");
        }
        (!self.contact.takes_writing())
            .then_some("a phone alone does not do, since the law wants a way to write; give a mail or a url")
    }

    /// What the statement lacks, and days that can't be right or are over.
    pub(super) fn shortfalls(&self, today: NaiveDate) -> Vec<String> {
        let mut lacks = Vec::new();
        let mut say = |holds: bool, what: &str| {
            if !holds {
                lacks.push(format!("accessibility.{what}"));
            }
        };
        say(self.assessed.is_some(), "assessed: the statement says no day of assessment");
        say(self.updated.is_some(), "updated: the statement says no day on which it was last gone through");
        say(!self.contact.is_empty(), "contact: the statement names nobody to tell of shortcomings but the help desk");
        say(self.answer_days.is_some(), "answer_days: the statement does not say when an answer comes");
        let today = today.to_string();
        for (key, day) in [("assessed", &self.assessed), ("updated", &self.updated)] {
            let past = day.as_ref().is_none_or(|day| day.as_str() <= today.as_str());
            say(past, &format!("{key}: the day is yet to come"));
        }
        for (place, one) in self.shortcomings.iter().enumerate() {
            let ahead = one.mended_by.as_ref().is_none_or(|day| day.as_str() >= today.as_str());
            say(
                ahead,
                &format!("shortcomings.{}.mended_by: the day is over; take it out where it is mended", place + 1),
            );
        }
        lacks
    }
}

/// What is wrong with the words of a list's entries; places count from 1, as in a file.
fn unfit_list(key: &str, entries: Vec<Vec<(&str, &Words)>>, languages: &[Language]) -> Vec<String> {
    let mut problems = Vec::new();
    if entries.len() > MOST {
        problems.push(format!("accessibility.{key}: {} entries; write at most {MOST}", entries.len()));
    }
    for (place, parts) in entries.into_iter().enumerate() {
        for (part, words) in parts {
            let key = format!("accessibility.{key}.{}.{part}", place + 1);
            problems.extend(unfit_words(&key, words, languages, LONGEST));
        }
    }
    problems
}

#[cfg(test)]
mod tests;
