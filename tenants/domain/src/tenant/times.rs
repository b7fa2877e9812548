//! Single values of a tenant's settings that say when.

use chrono::{Datelike as _, NaiveDate, NaiveTime, Timelike as _};
use chrono_tz::Tz;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

macro_rules! parsed_value {
    ($name:ident) => {
        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(text: String) -> Result<Self, String> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.to_string()
            }
        }
    };
}

/// A time of day, `07:00`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TimeOfDay(NaiveTime);

impl TimeOfDay {
    /// Seven in the morning.
    pub const SEVEN: TimeOfDay = TimeOfDay::hour(7);
    /// Ten in the evening.
    pub const TEN_IN_THE_EVENING: TimeOfDay = TimeOfDay::hour(22);

    const fn hour(hour: u32) -> Self {
        match NaiveTime::from_hms_opt(hour, 0, 0) {
            Some(time) => TimeOfDay(time),
            None => TimeOfDay(NaiveTime::MIN),
        }
    }

    /// The time.
    pub fn time(self) -> NaiveTime {
        self.0
    }
}

impl std::str::FromStr for TimeOfDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let time = NaiveTime::parse_from_str(text, "%H:%M").ok().map(Self);
        time.filter(|time| time.to_string() == text)
            .ok_or_else(|| format!("{text:?} is not a time of day: write it as \"07:00\""))
    }
}

impl std::fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}:{:02}", self.0.hour(), self.0.minute())
    }
}

parsed_value!(TimeOfDay);

/// A time zone by its name in the IANA database, `Europe/Stockholm`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TimeZone(Tz);

impl TimeZone {
    /// Sweden's.
    pub const STOCKHOLM: TimeZone = TimeZone(chrono_tz::Europe::Stockholm);

    /// The zone.
    pub fn tz(self) -> Tz {
        self.0
    }
}

impl std::str::FromStr for TimeZone {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        text.parse().map(Self).map_err(|_| format!("{text:?} is not a time zone: write \"Europe/Stockholm\""))
    }
}

impl std::fmt::Display for TimeZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0.name())
    }
}

parsed_value!(TimeZone);

/// A day that comes every year, `06-20`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct MonthDay {
    month: u32,
    day: u32,
}

impl MonthDay {
    /// The day in this year. The last of February where it is the 29th and there is none.
    pub fn in_year(self, year: i32) -> NaiveDate {
        let day = |day| NaiveDate::from_ymd_opt(year, self.month, day);
        day(self.day).or_else(|| day(28)).unwrap_or_default()
    }
}

impl std::str::FromStr for MonthDay {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        // Of a leap year, so that every day there is has a spelling.
        let day = format!("2028-{text}").parse::<NaiveDate>().ok();
        day.map(|day| Self { month: day.month(), day: day.day() })
            .filter(|day| day.to_string() == text)
            .ok_or_else(|| format!("{text:?} is not a day of the year: write the 20th of June as \"06-20\""))
    }
}

impl std::fmt::Display for MonthDay {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

parsed_value!(MonthDay);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_come_back_and_others_are_refused() {
        for time in ["00:00", "07:00", "23:59"] {
            assert_eq!(time.parse::<TimeOfDay>().map(String::from).as_deref(), Ok(time));
        }
        for wrong in ["7:00", "07.00", "24:00", "07:60", "07:00:00", "", "07:00 "] {
            assert!(wrong.parse::<TimeOfDay>().is_err(), "{wrong}");
        }
        assert_eq!(TimeOfDay::SEVEN.to_string(), "07:00");
        for zone in ["Europe/Stockholm", "Europe/Helsinki", "UTC"] {
            assert_eq!(zone.parse::<TimeZone>().map(String::from).as_deref(), Ok(zone));
        }
        for wrong in ["Stockholm", "CEST+1", "europe/stockholm", ""] {
            assert!(wrong.parse::<TimeZone>().is_err(), "{wrong}");
        }
        for day in ["01-01", "02-29", "12-31"] {
            assert_eq!(day.parse::<MonthDay>().map(String::from).as_deref(), Ok(day));
        }
        for wrong in ["6-20", "02-30", "13-01", "0620", "2027-06-20", ""] {
            assert!(wrong.parse::<MonthDay>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_twenty_ninth_of_february_is_in_every_year() {
        let day: MonthDay = "02-29".parse().expect("a day");
        assert_eq!(day.in_year(2028).to_string(), "2028-02-29");
        assert_eq!(day.in_year(2027).to_string(), "2027-02-28");
    }
}
