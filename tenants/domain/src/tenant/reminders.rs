//! The section that says who is reminded before passwords end, and when.

use chrono::NaiveDate;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    contact::{is_mail_address, unfit_mail},
    plain::unfit,
    times::{MonthDay, TimeOfDay, TimeZone},
};
use crate::language::Language;

mod unit;
pub use unit::{UnitAttribute, UnitRule, UnitSettings};

/// Recipients of one unit, or of what belongs to none: the municipalities' rule.
const MOST_RECIPIENTS: usize = 2;
/// A year: longer than any password lives.
const MOST_DAYS: u32 = 366;
/// Marks of one schedule.
const MOST_MARKS: usize = 20;
/// Periods a year.
const MOST_PERIODS: usize = 10;
/// Units of one tenant.
const MOST_UNITS: usize = 2_000;
/// How long before a period begins its people hear of it.
const MOST_DAYS_BEFORE: u32 = 60;
const LONGEST_NAME: usize = 100;
/// Shared accounts' own age: at most two years.
const LONGEST_AGE: u32 = 730;

/// On which days something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum SendingDays {
    /// On all of them.
    #[default]
    EveryDay,
    /// Monday to Friday, but not on Swedish public holidays, nor on the eves of Midsummer, Christmas and New Year.
    WorkingDays,
}

/// When that is sent which falls on a day on which nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "snake_case")]
pub enum DayOff {
    /// On the last sending day before it.
    #[default]
    Before,
    /// On the next one after it.
    After,
}

/// How the person whose password ends is told, beside the unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PersonalWay {
    /// By mail, to the address in the directory.
    Mail,
    /// By SMS, to the number that is registered.
    Sms,
}

/// Part of the year that people hear of before it begins, since nobody is there while it lasts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// Its first day, such as `06-20`, in every year.
    pub from: MonthDay,
    /// Its last day, such as `08-15`; in the year after where it comes earlier in the year than `from`.
    pub until: MonthDay,
    /// How many days before its first day those hear of it whose passwords end in it.
    pub days_before: u32,
}

impl Period {
    /// The first day of the period in which this day lies, if it lies in one.
    pub fn begins_for(&self, day: NaiveDate) -> Option<NaiveDate> {
        use chrono::Datelike as _;
        let wraps = self.until < self.from;
        [day.year() - 1, day.year()].into_iter().find_map(|year| {
            let (from, until) = (self.from.in_year(year), self.until.in_year(year + i32::from(wraps)));
            (from..=until).contains(&day).then_some(from)
        })
    }
}

/// Reminders before passwords end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReminderSettings {
    /// Whether anything is sent. `portvakt expiry preview` tells beforehand what that would be.
    pub send: bool,
    /// So many days before the end, most first.
    pub days: Vec<u32>,
    /// At this time of day, or within ten minutes of it: not all municipalities at once.
    pub at: TimeOfDay,
    /// In this time zone, by its name in the IANA database.
    pub time_zone: TimeZone,
    /// On which days something is sent.
    pub sending_days: SendingDays,
    /// When that is sent which falls on a day on which nothing is.
    pub days_off: DayOff,
    /// Parts of the year that people hear of before they begin.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub periods: Vec<Period>,
    /// The language of mails to units; the tenant's `default_language` where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// One or two mail addresses for accounts that belong to no unit.
    pub fallback: Vec<String>,
    /// Where answers go; nowhere else than to the sender where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<String>,
    /// What tells an account's unit; everything goes to `fallback` where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub units_by: Option<UnitRule>,
    /// The units and their recipients.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<UnitSettings>,
    /// How persons are told beside their unit.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub to_person: Vec<PersonalWay>,
    /// After how many days a password of a functional account ends, even where the directory says never; 0: when the
    /// directory says.
    pub functional_age_days: u32,
}

impl Default for ReminderSettings {
    fn default() -> Self {
        Self {
            send: false,
            days: vec![30, 15, 7, 5, 3, 1, 0],
            at: TimeOfDay::SEVEN,
            time_zone: TimeZone::STOCKHOLM,
            sending_days: SendingDays::default(),
            days_off: DayOff::default(),
            periods: Vec::new(),
            language: None,
            fallback: Vec::new(),
            reply_to: None,
            units_by: None,
            units: Vec::new(),
            to_person: Vec::new(),
            functional_age_days: 0,
        }
    }
}

impl ReminderSettings {
    pub(super) fn is_unset(&self) -> bool {
        *self == ReminderSettings::default()
    }

    /// Everything that is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = self.schedule_problems();
        if self.send && self.fallback.is_empty() {
            problems.push(
                "reminders.fallback: give one or two mail addresses for accounts that belong to no unit".to_owned(),
            );
        }
        problems.extend(recipient_problems("reminders.fallback", &self.fallback));
        problems.extend(self.reply_to.as_deref().and_then(unfit_mail).map(|why| format!("reminders.reply_to: {why}")));
        problems.extend(self.unit_problems());
        if self.functional_age_days > LONGEST_AGE {
            problems.push(format!(
                "reminders.functional_age_days: at most {LONGEST_AGE}, or 0 for the directory's own age"
            ));
        }
        let twice = self.to_person.iter().enumerate().any(|(index, way)| self.to_person[..index].contains(way));
        if twice {
            problems.push("reminders.to_person: name each way once".to_owned());
        }
        problems
    }

    fn schedule_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut demand = |holds: bool, problem: String| {
            if !holds {
                problems.push(problem);
            }
        };
        let falling = self.days.windows(2).all(|pair| pair[0] > pair[1]);
        demand(falling, "reminders.days: write each once, most days first, such as [30, 15, 7, 5, 3, 1, 0]".to_owned());
        demand(
            self.at <= TimeOfDay::TEN_IN_THE_EVENING,
            "reminders.at: at the latest 22:00, so that the day's run ends on its day".to_owned(),
        );
        demand(!self.days.is_empty(), "reminders.days: name at least one".to_owned());
        demand(self.days.len() <= MOST_MARKS, format!("reminders.days: at most {MOST_MARKS}"));
        demand(self.days.iter().all(|days| *days <= MOST_DAYS), format!("reminders.days: at most {MOST_DAYS} days"));
        demand(self.periods.len() <= MOST_PERIODS, format!("reminders.periods: at most {MOST_PERIODS}"));
        for (index, period) in self.periods.iter().enumerate() {
            demand(
                (1..=MOST_DAYS_BEFORE).contains(&period.days_before),
                format!("reminders.periods[{index}].days_before: 1 to {MOST_DAYS_BEFORE}"),
            );
            let twice = self.periods[..index].iter().any(|other| other.from == period.from);
            demand(!twice, format!("reminders.periods[{index}].from: two periods can't begin on the same day"));
        }
        problems
    }

    fn unit_problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.units.len() > MOST_UNITS {
            problems.push(format!("reminders.units: at most {MOST_UNITS}"));
        }
        if self.units_by.is_none() && !self.units.is_empty() {
            problems.push("reminders.units_by: say what tells an account's unit, such as \"department\"".to_owned());
        }
        for (index, unit) in self.units.iter().enumerate() {
            let key = format!("reminders.units[{index}]");
            problems.extend(
                unit.name.as_ref().and_then(|name| unfit(name, LONGEST_NAME)).map(|why| format!("{key}.name: {why}")),
            );
            if unit.value.trim().is_empty() {
                problems.push(format!("{key}.value: write what accounts of this unit have in the directory"));
            }
            let by_name = matches!(self.units_by, Some(UnitRule::OrganisationalUnit | UnitRule::Group));
            if by_name && !unit.value.split(',').all(|part| part.contains('=')) {
                let such = "such as \"OU=Hemvård,DC=orebro,DC=se\"";
                problems.push(format!("{key}.value: write a distinguished name, {such}"));
            }
            let value = unit.value.trim().to_lowercase();
            if self.units[..index].iter().any(|other| other.value.trim().to_lowercase() == value) {
                problems.push(format!("{key}.value: {:?} is another unit's already", unit.value));
            }
            if unit.recipients.is_empty() {
                problems.push(format!("{key}.recipients: give one or two mail addresses"));
            }
            problems.extend(recipient_problems(&format!("{key}.recipients"), &unit.recipients));
        }
        problems
    }
}

/// What is wrong with a list of recipients.
fn recipient_problems(key: &str, recipients: &[String]) -> Vec<String> {
    let mut problems: Vec<String> =
        recipients.iter().filter_map(|mail| unfit_mail(mail)).map(|why| format!("{key}: {why}")).collect();
    if recipients.len() > MOST_RECIPIENTS {
        problems.push(format!("{key}: at most {MOST_RECIPIENTS} mail addresses; use a shared mailbox for more people"));
    }
    let twice = |(index, mail): (usize, &String)| {
        is_mail_address(mail) && recipients[..index].iter().any(|other| other.eq_ignore_ascii_case(mail))
    };
    if recipients.iter().enumerate().any(twice) {
        problems.push(format!("{key}: the same address twice"));
    }
    problems
}

#[cfg(test)]
mod tests;
