//! Which reminders are due on which day.
//!
//! A mark is a point on the way to a password's end at which its people hear of it: so many days left, or a period named by
//! the tenant that is about to begin. Each mark of a password counts once. Several that are due at once make one reminder,
//! which says how many days are truly left.

use chrono::{Days, NaiveDate};

use crate::{
    calendar,
    tenant::{DayOff, ReminderSettings, SendingDays},
};

/// A point on the way to a password's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Mark {
    /// So many days left.
    Days(u32),
    /// It ends in a period that begins on this day.
    Period(NaiveDate),
}

impl Mark {
    /// The stored name: `30`, or `2027-06-21`.
    pub fn stored(self) -> String {
        match self {
            Mark::Days(days) => days.to_string(),
            Mark::Period(begins) => begins.to_string(),
        }
    }

    /// The mark of a stored name.
    pub fn from_stored(name: &str) -> Option<Self> {
        let days = name.parse().ok().map(Mark::Days);
        days.or_else(|| name.parse().ok().map(Mark::Period))
    }

    /// The first day of the period that it is about.
    pub fn period_begins(&self) -> Option<NaiveDate> {
        if let Mark::Period(begins) = self { Some(*begins) } else { None }
    }
}

/// How long a password lives, by the tenant's calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// The day on which it was set.
    pub set: NaiveDate,
    /// Its last day.
    pub ends: NaiveDate,
}

/// A tenant's days of sending, and what is due on them.
#[derive(Debug, Clone, Copy)]
pub struct Schedule<'a> {
    settings: &'a ReminderSettings,
}

impl<'a> Schedule<'a> {
    /// The schedule that these settings ask for.
    pub fn of(settings: &'a ReminderSettings) -> Self {
        Self { settings }
    }

    /// Whether anything is sent on this day.
    pub fn sends_on(&self, day: NaiveDate) -> bool {
        match self.settings.sending_days {
            SendingDays::EveryDay => true,
            SendingDays::WorkingDays => calendar::is_working_day(day),
        }
    }

    /// This day, or the next one on which something is sent.
    pub fn next_sending_day(&self, from: NaiveDate) -> NaiveDate {
        let mut day = from;
        while !self.sends_on(day) {
            day = calendar::next(day);
        }
        day
    }

    /// The last day whose marks are due on this sending day: the day itself, or the last day off that follows it, where
    /// such days are served beforehand.
    pub fn reach(&self, day: NaiveDate) -> NaiveDate {
        match self.settings.days_off {
            DayOff::Before => calendar::previous(self.next_sending_day(calendar::next(day))),
            DayOff::After => day,
        }
    }

    /// The marks of a password that are due on `today`, whether or not they were dealt with already,
    /// most days first. `covered` is how far an earlier run reached: what has fallen due since then is not lost, even when
    /// the password has ended meanwhile.
    pub fn due(&self, today: NaiveDate, covered: Option<NaiveDate>, password: Lifetime) -> Vec<Mark> {
        let ends = password.ends;
        let reach = self.reach(today);
        let wanted =
            |falls: NaiveDate| falls <= reach && (ends >= today || covered.is_some_and(|covered| falls > covered));
        self.marks(password).filter(|(_, falls)| wanted(*falls)).map(|(mark, _)| mark).collect()
    }

    /// Every mark of a password, with the day on which it is sent if every run takes place.
    pub fn planned(&self, password: Lifetime) -> Vec<(Mark, NaiveDate)> {
        self.marks(password).map(|(mark, falls)| (mark, self.served_on(falls))).collect()
    }

    /// The marks of a password, with the days on which they fall: those after the day on which it was set. Of a password
    /// that lives for 30 days nobody wants to hear on the day of its change that it ends in 30, nor of a period that began
    /// before it was set.
    fn marks(&self, password: Lifetime) -> impl Iterator<Item = (Mark, NaiveDate)> {
        let Lifetime { set, ends } = password;
        let days = self.settings.days.iter().map(move |days| (Mark::Days(*days), before(ends, *days)));
        let periods = self.settings.periods.iter().filter_map(move |period| {
            let begins = period.begins_for(ends).filter(|begins| set < *begins)?;
            Some((Mark::Period(begins), before(begins, period.days_before)))
        });
        let is_of_a_period = |mark: &Mark| matches!(mark, Mark::Period(_));
        days.chain(periods).filter(move |(mark, falls)| is_of_a_period(mark) || set < *falls)
    }

    /// The sending day on which that is sent which falls on this day.
    fn served_on(&self, falls: NaiveDate) -> NaiveDate {
        match self.settings.days_off {
            DayOff::After => self.next_sending_day(falls),
            DayOff::Before => {
                let mut day = falls;
                while !self.sends_on(day) {
                    day = calendar::previous(day);
                }
                day
            }
        }
    }
}

fn before(day: NaiveDate, days: u32) -> NaiveDate {
    day.checked_sub_days(Days::new(days.into())).unwrap_or(day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tenant::{Period, ReminderSettings};

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// Set long before any mark.
    fn long(ends: NaiveDate) -> Lifetime {
        Lifetime { set: before(ends, 400), ends }
    }

    #[test]
    fn a_mark_that_fell_before_the_password_was_set_is_none() {
        let mut settings = settings(SendingDays::EveryDay, DayOff::Before);
        let due = |settings: &ReminderSettings, today: &str, set: &str, ends: &str| {
            Schedule::of(settings).due(day(today), Some(day("2026-11-01")), Lifetime { set: day(set), ends: day(ends) })
        };
        // A policy of 30 days: changed on Monday, nothing is said on Tuesday.
        assert_eq!(due(&settings, "2026-11-24", "2026-11-23", "2026-12-23"), []);
        assert_eq!(due(&settings, "2026-12-08", "2026-11-23", "2026-12-23"), [Mark::Days(15)]);
        // One of 14 days.
        assert_eq!(due(&settings, "2026-11-30", "2026-11-23", "2026-12-07"), [Mark::Days(7)]);
        // Set while the period lasts, in which it ends: nobody can do it before.
        let (from, until) = ("06-20".parse().expect("a day"), "08-15".parse().expect("a day"));
        settings.periods = vec![Period { from, until, days_before: 14 }];
        assert_eq!(due(&settings, "2027-06-26", "2027-06-25", "2027-07-25"), []);
        assert_eq!(due(&settings, "2027-06-19", "2027-06-18", "2027-07-18"), [Mark::Period(day("2027-06-20"))]);
    }

    fn settings(sending_days: SendingDays, days_off: DayOff) -> ReminderSettings {
        ReminderSettings { sending_days, days_off, ..ReminderSettings::default() }
    }

    fn days(marks: &[Mark]) -> Vec<u32> {
        marks.iter().filter_map(|mark| if let Mark::Days(days) = mark { Some(*days) } else { None }).collect()
    }

    /// Runs a schedule day by day as the platform does, and tells on which day which marks were dealt with.
    fn lived(settings: &ReminderSettings, first: &str, last: &str, ends: &str) -> Vec<(String, Vec<u32>)> {
        let (schedule, ends) = (Schedule::of(settings), day(ends));
        let (mut covered, mut done, mut told) = (None, Vec::new(), Vec::new());
        let mut today = day(first);
        while today <= day(last) {
            if schedule.sends_on(today) {
                let mut due = schedule.due(today, covered, long(ends));
                due.retain(|mark| !done.contains(mark));
                if !due.is_empty() {
                    told.push((today.to_string(), days(&due)));
                }
                done.extend(due);
                covered = Some(schedule.reach(today));
            }
            today = calendar::next(today);
        }
        told
    }

    fn told(expected: &[(&str, &[u32])]) -> Vec<(String, Vec<u32>)> {
        expected.iter().map(|(day, marks)| ((*day).to_owned(), marks.to_vec())).collect()
    }

    #[test]
    fn every_mark_has_its_day() {
        let every_day = settings(SendingDays::EveryDay, DayOff::Before);
        let seen = lived(&every_day, "2026-10-01", "2026-12-31", "2026-12-06");
        let expected: [(&str, &[u32]); 7] = [
            ("2026-11-06", &[30]),
            ("2026-11-21", &[15]),
            ("2026-11-29", &[7]),
            ("2026-12-01", &[5]),
            ("2026-12-03", &[3]),
            ("2026-12-05", &[1]),
            ("2026-12-06", &[0]),
        ];
        assert_eq!(seen, told(&expected));
    }

    #[test]
    fn days_off_are_served_before_or_after_and_nothing_is_dropped() {
        // Ends on Sunday 6 December 2026: 15 days before is a Saturday, 7 days a Sunday, 1 and 0 the last week-end.
        let before = settings(SendingDays::WorkingDays, DayOff::Before);
        let expected: [(&str, &[u32]); 6] = [
            ("2026-11-06", &[30]),
            ("2026-11-20", &[15]),
            ("2026-11-27", &[7]),
            ("2026-12-01", &[5]),
            ("2026-12-03", &[3]),
            ("2026-12-04", &[1, 0]),
        ];
        assert_eq!(lived(&before, "2026-10-01", "2026-12-31", "2026-12-06"), told(&expected));
        let after = settings(SendingDays::WorkingDays, DayOff::After);
        let expected: [(&str, &[u32]); 6] = [
            ("2026-11-06", &[30]),
            ("2026-11-23", &[15]),
            ("2026-11-30", &[7]),
            ("2026-12-01", &[5]),
            ("2026-12-03", &[3]),
            ("2026-12-07", &[1, 0]),
        ];
        assert_eq!(lived(&after, "2026-10-01", "2026-12-31", "2026-12-06"), told(&expected), "two are a day late");
    }

    #[test]
    fn christmas_is_served_on_the_last_working_day_before_it() {
        let before = settings(SendingDays::WorkingDays, DayOff::Before);
        // 24 and 25 December 2026 are a Thursday and a Friday; then comes a week-end.
        let seen = lived(&before, "2026-12-20", "2027-01-10", "2026-12-27");
        assert_eq!(seen, told(&[("2026-12-21", &[30, 15, 7]), ("2026-12-22", &[5]), ("2026-12-23", &[3, 1, 0])]));
    }

    #[test]
    fn plans_are_kept_on_every_day_of_three_years() {
        for settings in [
            settings(SendingDays::EveryDay, DayOff::Before),
            settings(SendingDays::WorkingDays, DayOff::Before),
            settings(SendingDays::WorkingDays, DayOff::After),
        ] {
            let schedule = Schedule::of(&settings);
            for ends in day("2026-01-01").iter_days().take(3 * 365) {
                let mut planned: Vec<(String, Vec<u32>)> = Vec::new();
                for (mark, on) in schedule.planned(long(ends)) {
                    assert!(schedule.sends_on(on), "{ends}: {on}");
                    match planned.last_mut().filter(|(last, _)| *last == on.to_string()) {
                        Some((_, marks)) => marks.extend(days(&[mark])),
                        None => planned.push((on.to_string(), days(&[mark]))),
                    }
                }
                let first = before(ends, 60).to_string();
                let last = ends.checked_add_days(Days::new(20)).expect("a day").to_string();
                assert_eq!(lived(&settings, &first, &last, &ends.to_string()), planned, "{ends}");
            }
        }
    }

    #[test]
    fn a_late_start_tells_once_and_truly() {
        let every_day = settings(SendingDays::EveryDay, DayOff::Before);
        let seen = lived(&every_day, "2026-11-25", "2026-12-31", "2026-12-06");
        assert_eq!(seen[0], ("2026-11-25".to_owned(), vec![30, 15]), "eleven days left");
        assert_eq!(seen.len(), 6);
        assert_eq!(lived(&every_day, "2026-12-07", "2026-12-31", "2026-12-06"), [], "it ended before the first run");
    }

    #[test]
    fn what_fell_due_while_nothing_ran_is_told_even_when_it_has_ended() {
        let every_day = settings(SendingDays::EveryDay, DayOff::Before);
        let schedule = Schedule::of(&every_day);
        let due = |covered: &str| schedule.due(day("2026-12-08"), Some(day(covered)), long(day("2026-12-06")));
        assert_eq!(days(&due("2026-12-04")), [1, 0]);
        assert_eq!(days(&due("2026-12-06")), Vec::<u32>::new(), "all of it was dealt with in time");
    }

    #[test]
    fn a_period_is_told_of_before_it_begins() {
        let summer =
            Period { from: "06-20".parse().expect("a day"), until: "08-15".parse().expect("a day"), days_before: 14 };
        let settings = ReminderSettings { periods: vec![summer], ..settings(SendingDays::WorkingDays, DayOff::Before) };
        let schedule = Schedule::of(&settings);
        let due = |today: &str, ends: &str| schedule.due(day(today), None, long(day(ends)));
        // 6 June 2027 is a Sunday, so that what falls on it is told on Friday the 4th.
        let mark = Mark::Period(day("2027-06-20"));
        assert_eq!(due("2027-06-03", "2027-07-20"), []);
        assert_eq!(due("2027-06-04", "2027-07-20"), [mark]);
        assert_eq!(due("2027-06-04", "2027-06-22"), [Mark::Days(30), mark]);
        assert_eq!(due("2027-06-04", "2027-08-15"), [mark]);
        assert_eq!(due("2027-06-04", "2027-08-16"), []);
        assert_eq!(due("2027-06-04", "2028-07-20"), [], "another summer");
    }

    #[test]
    fn stored_names_come_back() {
        for mark in [Mark::Days(0), Mark::Days(30), Mark::Period(day("2027-06-21"))] {
            assert_eq!(Mark::from_stored(&mark.stored()), Some(mark));
        }
        assert_eq!(Mark::from_stored("soon"), None);
    }
}
