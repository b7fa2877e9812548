use super::*;

fn read(text: &str) -> ReminderSettings {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn problems(text: &str) -> Vec<String> {
    read(text).problems()
}

const UNITS: &str = r#"
send = true
fallback = ["it-helpdesk@orebro.se"]
units_by = "company"
[[units]]
value = "Hemvård Norr AB"
recipients = ["anna@hemvardnorr.se", "bo@hemvardnorr.se"]
[[units]]
value = "Vardaga"
name = "Vardaga i Örebro"
recipients = ["chef@vardaga.se"]
"#;

#[test]
fn what_a_municipality_writes_is_taken() {
    for right in [
        "",
        UNITS,
        "days = [14, 1]\nat = \"06:30\"\ntime_zone = \"Europe/Helsinki\"\nsending_days = \"working_days\"\ndays_off = \"after\"",
        "periods = [{ from = \"06-20\", until = \"08-15\", days_before = 14 }]",
        "to_person = [\"mail\", \"sms\"]\nfunctional_age_days = 92\nreply_to = \"it@orebro.se\"\nlanguage = \"en\"",
    ] {
        assert_eq!(problems(right), Vec::<String>::new(), "{right}");
    }
}

#[test]
fn what_can_t_be_is_refused_with_the_reason() {
    for (wrong, reason) in [
        ("days = [1, 3, 30]", "reminders.days: write each once, most days first"),
        ("days = [7, 7]", "reminders.days: write each once"),
        ("days = []", "reminders.days: name at least one"),
        ("days = [400]", "reminders.days: at most 366 days"),
        ("at = \"22:01\"", "reminders.at: at the latest 22:00"),
        (
            "units_by = \"group\"\nunits = [{ value = \"Chefer\", recipients = [\"a@b.se\"] }]",
            "reminders.units[0].value: write a distinguished name",
        ),
        ("send = true", "reminders.fallback: give one or two mail addresses"),
        ("fallback = [\"a@b.se\", \"c@b.se\", \"d@b.se\"]", "reminders.fallback: at most 2 mail addresses"),
        ("fallback = [\"a@b.se\", \"A@b.se\"]", "reminders.fallback: the same address twice"),
        ("fallback = [\"helpdesk\"]", "reminders.fallback: \"helpdesk\" is not a mail address"),
        ("reply_to = \"helpdesk\"", "reminders.reply_to: \"helpdesk\" is not a mail address"),
        ("functional_age_days = 731", "reminders.functional_age_days: at most 730"),
        ("to_person = [\"sms\", \"sms\"]", "reminders.to_person: name each way once"),
        ("units = [{ value = \"A\", recipients = [\"a@b.se\"] }]", "reminders.units_by: say what tells"),
        (
            "units_by = \"company\"\nunits = [{ value = \"A\", recipients = [\"a@b.se\", \"b@b.se\", \"c@b.se\"] }]",
            "reminders.units[0].recipients: at most 2 mail addresses",
        ),
        (
            "units_by = \"company\"\nunits = [{ value = \"A\", recipients = [] }]",
            "reminders.units[0].recipients: give one",
        ),
        (
            "units_by = \"company\"\nunits = [{ value = \" \", recipients = [\"a@b.se\"] }]",
            "reminders.units[0].value: write",
        ),
        (
            "units_by = \"company\"\nunits = [{ value = \"A\", recipients = [\"a@b.se\"] }, { value = \"a\", recipients = [\"a@b.se\"] }]",
            "reminders.units[1].value: \"a\" is another unit's already",
        ),
        (
            "periods = [{ from = \"06-20\", until = \"08-15\", days_before = 0 }]",
            "reminders.periods[0].days_before: 1 to 60",
        ),
    ] {
        let found = problems(wrong);
        assert_eq!(found.len(), 1, "{wrong}: {found:?}");
        assert!(found[0].starts_with(reason), "{wrong}: {found:?}");
    }
    for (wrong, reason) in [
        ("time_zone = \"Stockholm\"", "is not a time zone"),
        ("at = \"7\"", "is not a time of day"),
        ("units_by = \"compny\"", "tells no unit"),
        ("periods = [{ from = \"06-31\", until = \"08-15\", days_before = 14 }]", "is not a day of the year"),
        ("threshold = [1]", "unknown field"),
    ] {
        let error = toml::from_str::<ReminderSettings>(wrong).expect_err(wrong).to_string();
        assert!(error.contains(reason), "{wrong}: {error}");
    }
}

#[test]
fn a_section_that_nobody_wrote_is_not_stored() {
    assert!(read("").is_unset());
    assert!(!read("send = true").is_unset());
    let stored = toml::to_string(&read(UNITS)).expect("text");
    assert_eq!(read(&stored), read(UNITS));
}

#[test]
fn periods_lie_in_a_year_or_across_its_end() {
    let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
    let period = |from: &str, until: &str| Period {
        from: from.parse().expect("a day"),
        until: until.parse().expect("a day"),
        days_before: 14,
    };
    let summer = period("06-20", "08-15");
    assert_eq!(summer.begins_for(day("2027-06-20")), Some(day("2027-06-20")));
    assert_eq!(summer.begins_for(day("2027-08-15")), Some(day("2027-06-20")));
    assert_eq!(summer.begins_for(day("2027-08-16")), None);
    let christmas = period("12-21", "01-07");
    assert_eq!(christmas.begins_for(day("2026-12-21")), Some(day("2026-12-21")));
    assert_eq!(christmas.begins_for(day("2027-01-07")), Some(day("2026-12-21")));
    assert_eq!(christmas.begins_for(day("2027-01-08")), None);
}
