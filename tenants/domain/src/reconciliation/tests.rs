use super::*;

fn count(named: usize, registered: usize, missing: usize, accepted: usize) -> Count {
    Count { named, registered, missing, accepted }
}

#[test]
fn names_come_back() {
    for state in ReconciliationState::ALL {
        assert_eq!(ReconciliationState::from_stored(state.as_str()), Some(state));
    }
    for occasion in Occasion::ALL {
        assert_eq!(Occasion::from_stored(occasion.as_str()), Some(occasion));
        let json = serde_json::to_value(occasion).expect("JSON");
        assert_eq!(json, occasion.as_str(), "a job says it as a row does");
    }
    for absence in Absence::ALL {
        assert_eq!(Absence::from_stored(absence.as_str()), Some(absence));
    }
    assert_eq!(Absence::from_stored("gone"), None);
}

#[test]
fn more_than_five_percent_are_doubted() {
    for (registered, believed) in
        [(20, 1), (39, 1), (40, 2), (59, 2), (60, 3), (100, 5), (119, 5), (1_000, 50), (20_000, 1_000)]
    {
        assert_eq!(count(30_000, registered, believed, 0).doubt(false), None, "{believed} of {registered}");
        let doubt = count(30_000, registered, believed + 1, 0).doubt(false);
        assert_eq!(doubt, Some(Doubt::TooManyMissing), "{} of {registered}", believed + 1);
        assert_eq!(count(30_000, registered, believed + 1, 0).doubt(true), None, "accepted");
    }
}

#[test]
fn one_alone_is_believed_where_few_are_registered() {
    for registered in 1..=20 {
        assert_eq!(count(9, registered, 1, 0).doubt(false), None, "1 of {registered}");
    }
    for registered in 2..=20 {
        assert_eq!(count(9, registered, 2, 0).doubt(false), Some(Doubt::TooManyMissing), "2 of {registered}");
    }
}

#[test]
fn a_directory_that_names_nobody_is_never_believed() {
    for accepting in [false, true] {
        assert_eq!(count(0, 500, 500, 0).doubt(accepting), Some(Doubt::NobodyNamed));
        assert_eq!(count(0, 1, 1, 1).doubt(accepting), Some(Doubt::NobodyNamed));
        assert_eq!(count(0, 0, 0, 0).doubt(accepting), None, "there is nothing to lose");
    }
}

#[test]
fn who_was_accepted_counts_neither_as_missing_nor_as_registered() {
    assert_eq!(count(9_000, 1_000, 500, 500).doubt(false), None);
    assert_eq!(count(9_000, 1_000, 525, 500).doubt(false), None, "25 of the other 500");
    assert_eq!(count(9_000, 1_000, 526, 500).doubt(false), Some(Doubt::TooManyMissing), "26 of the other 500");
}

#[test]
fn days_are_those_of_the_calendar() {
    let zone = TimeZone::STOCKHOLM;
    let lasted = |since: &str, day: &str, days| {
        has_lasted(since.parse().expect("a time"), day.parse().expect("a day"), days, zone)
    };
    // 2026-11-30 at 00:30 by Swedish clocks.
    assert!(!lasted("2026-11-29T23:30:00Z", "2026-12-29", 30));
    assert!(lasted("2026-11-29T23:30:00Z", "2026-12-30", 30));
    // The day before, an hour earlier.
    assert!(lasted("2026-11-29T22:30:00Z", "2026-12-29", 30));
    assert!(lasted("2026-11-29T22:30:00Z", "2026-11-30", 1));
    assert!(!lasted("2026-11-29T22:30:00Z", "2026-11-29", 1));
}
