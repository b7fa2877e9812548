//! Whether an account is to be spoken of today, and if not, why not.

use chrono::{NaiveDate, TimeDelta};

use crate::{
    calendar,
    expiry::{self, Expiry},
    reminder::{Lifetime, Mark, Schedule},
    staff::StaffAccount,
    tenant::ReminderSettings,
    time::Instant,
};

/// What is to be said of an account's password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// When the password was last set: with it a new count begins.
    pub period: Instant,
    /// The last day, by the tenant's clocks.
    pub ends: NaiveDate,
    /// Whole days until then; below 0 after it.
    pub days_left: i64,
    /// What is due, whether or not it was dealt with already. Never empty.
    pub marks: Vec<Mark>,
}

/// Why an account is not spoken of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotDue {
    /// It is not its day.
    NotToday {
        /// Whole days until the end.
        days_left: i64,
    },
    /// The password never ends.
    Never,
    /// It has ended.
    Ended,
    /// It has to be changed at the next sign-in.
    MustChange,
    /// An administrator disabled the account.
    Disabled,
    /// The account itself has ended.
    AccountExpired,
    /// The service account may not read when it ends.
    Unknown,
}

impl NotDue {
    /// A stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            NotDue::NotToday { .. } => "not_today",
            NotDue::Never => "never_expires",
            NotDue::Ended => "has_expired",
            NotDue::MustChange => "must_change",
            NotDue::Disabled => "disabled",
            NotDue::AccountExpired => "account_expired",
            NotDue::Unknown => "unknown",
        }
    }
}

/// A tenant's day of reminders.
#[derive(Debug, Clone, Copy)]
pub struct Today<'a> {
    /// What the tenant decided.
    pub settings: &'a ReminderSettings,
    /// The day, by the tenant's clocks.
    pub day: NaiveDate,
    /// How far an earlier run reached.
    pub covered: Option<NaiveDate>,
}

impl<'a> Today<'a> {
    /// The last local day of an account's password, as its directory or the tenant's rule for shared accounts says.
    ///
    /// # Errors
    /// Why there is none to speak of.
    pub fn last_day(&self, staff: &StaffAccount) -> Result<NaiveDate, NotDue> {
        if staff.disabled {
            return Err(NotDue::Disabled);
        }
        if staff.account_expired {
            return Err(NotDue::AccountExpired);
        }
        let own_age = self.settings.functional_age_days;
        let expiry = match staff.functional && own_age > 0 {
            true => staff.expiry.within(TimeDelta::days(own_age.into()), staff.password_set_at),
            false => staff.expiry,
        };
        match expiry {
            Expiry::At(at) => Ok(expiry::last_day(at, self.settings.time_zone.tz())),
            Expiry::Never => Err(NotDue::Never),
            Expiry::MustChange => Err(NotDue::MustChange),
            Expiry::Unknown => Err(NotDue::Unknown),
        }
    }

    /// From which day to which an account's password lives, by the tenant's clocks.
    ///
    /// # Errors
    /// Why there is none to speak of.
    pub fn lifetime(&self, staff: &StaffAccount) -> Result<Lifetime, NotDue> {
        let ends = self.last_day(staff)?;
        // What has an end was set at some time.
        let set = staff.password_set_at.ok_or(NotDue::Unknown)?;
        Ok(Lifetime { set: calendar::local_day(set, self.settings.time_zone.tz()), ends })
    }

    /// Whether an account is to be spoken of.
    ///
    /// # Errors
    /// Why it is not.
    pub fn judge(&self, staff: &StaffAccount) -> Result<Due, NotDue> {
        self.judge_by(staff, |schedule, password| schedule.due(self.day, self.covered, password))
    }

    /// The same for a day on which everything was dealt with in time: for days to come, as if every run until then took
    /// place.
    ///
    /// # Errors
    /// Why it is not.
    pub fn judge_planned(&self, staff: &StaffAccount) -> Result<Due, NotDue> {
        self.judge_by(staff, |schedule, password| {
            let planned = schedule.planned(password).into_iter();
            planned.filter(|(_, on)| *on == self.day).map(|(mark, _)| mark).collect()
        })
    }

    fn judge_by(
        &self,
        staff: &StaffAccount,
        marks: impl Fn(&Schedule<'_>, Lifetime) -> Vec<Mark>,
    ) -> Result<Due, NotDue> {
        let password = self.lifetime(staff)?;
        let Lifetime { ends, .. } = password;
        let period = staff.password_set_at.ok_or(NotDue::Unknown)?;
        let days_left = expiry::days_left(ends, self.day);
        let marks = marks(&Schedule::of(self.settings), password);
        if marks.is_empty() {
            return Err(if days_left < 0 { NotDue::Ended } else { NotDue::NotToday { days_left } });
        }
        Ok(Due { period, ends, days_left, marks })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::AccountKey;
    use uuid::Uuid;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    fn staff(expiry: Expiry) -> StaffAccount {
        StaffAccount {
            key: AccountKey(Uuid::nil()),
            username: "lovstlin32".to_owned(),
            first_name: "Stefan".to_owned(),
            last_name: "Lind".to_owned(),
            display_name: String::new(),
            mail: None,
            disabled: false,
            account_expired: false,
            functional: false,
            expiry,
            password_set_at: Some("2026-09-01T08:00:00Z".parse().expect("a moment")),
            unit: None,
        }
    }

    fn ending(at: &str) -> StaffAccount {
        staff(Expiry::At(at.parse().expect("a moment")))
    }

    fn judged(staff: StaffAccount, settings: &ReminderSettings) -> Result<(i64, Vec<Mark>), &'static str> {
        let today = Today { settings, day: day("2026-11-23"), covered: Some(day("2026-11-22")) };
        today.judge(&staff).map(|due| (due.days_left, due.marks)).map_err(NotDue::as_str)
    }

    #[test]
    fn each_account_is_spoken_of_or_has_its_reason() {
        let settings = ReminderSettings::default();
        let judged = |staff| judged(staff, &settings);
        assert_eq!(
            judged(ending("2026-11-30T08:00:00Z")),
            Ok((7, vec![Mark::Days(30), Mark::Days(15), Mark::Days(7)]))
        );
        assert_eq!(judged(ending("2026-12-24T08:00:00Z")), Err("not_today"), "31 days left");
        assert_eq!(judged(ending("2026-11-22T08:00:00Z")), Err("has_expired"));
        assert_eq!(judged(staff(Expiry::Never)), Err("never_expires"));
        assert_eq!(judged(staff(Expiry::MustChange)), Err("must_change"));
        assert_eq!(judged(staff(Expiry::Unknown)), Err("unknown"));
        let today = "2026-11-23T20:00:00Z";
        assert_eq!(judged(StaffAccount { disabled: true, ..ending(today) }), Err("disabled"));
        assert_eq!(judged(StaffAccount { account_expired: true, ..ending(today) }), Err("account_expired"));
        assert_eq!(judged(StaffAccount { password_set_at: None, ..ending(today) }), Err("unknown"));
        assert!(judged(ending(today)).is_ok_and(|(days_left, _)| days_left == 0));
    }

    #[test]
    fn a_shared_account_has_the_age_that_the_tenant_gives_it() {
        let shared = StaffAccount { functional: true, ..staff(Expiry::Never) };
        let settings = ReminderSettings { functional_age_days: 90, ..ReminderSettings::default() };
        // 90 days after 1 September are 30 November.
        assert_eq!(judged(shared.clone(), &settings).map(|(days_left, _)| days_left), Ok(7));
        assert_eq!(judged(staff(Expiry::Never), &settings), Err("never_expires"), "a person's own");
        assert_eq!(judged(shared, &ReminderSettings::default()), Err("never_expires"), "no age was given");
    }
}
