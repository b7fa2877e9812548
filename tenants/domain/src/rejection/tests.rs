//! Every answer of a directory has its reason, and what is known decides between those that it does not tell apart.

use super::*;
use crate::account;

const HOUR: i64 = 3_600;

fn now() -> Instant {
    Instant::from_timestamp(1_800_000_000, 0).expect("a time")
}

fn account(password_set_hours_ago: Option<i64>) -> Account {
    Account {
        password_set_at: password_set_hours_ago.map(|hours| now() - TimeDelta::hours(hours)),
        ..account::tests::account()
    }
}

#[test]
fn a_refusal_without_a_name_is_narrowed_by_what_is_known() {
    use RejectionReason::{Earlier, EarlierOrTooYoung, TooYoung, Unnamed};
    // History, minimum age in hours, hours since the password was set, whether the directory looks back.
    let cases = [
        (25, 24, None, true, EarlierOrTooYoung),
        (25, 24, Some(1), true, TooYoung),
        (25, 24, Some(23), true, TooYoung),
        (25, 24, Some(24), true, Earlier),
        (25, 0, Some(1), true, Earlier),
        (25, 0, None, true, Earlier),
        (0, 24, None, true, TooYoung),
        (0, 24, Some(1), true, TooYoung),
        (0, 0, Some(1), true, Unnamed),
        // A reset without policy hints looks at neither.
        (25, 24, Some(1), false, Unnamed),
        (25, 24, None, false, Unnamed),
    ];
    for (history, hours, set, looks_back, expected) in cases {
        let policy = EffectivePolicy { history, min_age_seconds: hours * HOUR, ..EffectivePolicy::default() };
        let account = account(set);
        let known = Circumstances { policy: &policy, account: &account, looks_back, now: now() };
        let found = reason(&DirectoryError::Rejected(Rejection::Policy), &known);
        assert_eq!(found, Some(expected), "history {history}, age {hours}, set {set:?}, looks back: {looks_back}");
    }
}

#[test]
fn a_password_that_must_be_changed_is_never_too_young() {
    let policy = EffectivePolicy { history: 25, min_age_seconds: 24 * HOUR, ..EffectivePolicy::default() };
    let account = Account { must_change: true, ..account(Some(1)) };
    let known = Circumstances { policy: &policy, account: &account, looks_back: true, now: now() };
    assert_eq!(known.wait(), None);
    assert_eq!(reason(&DirectoryError::Rejected(Rejection::Policy), &known), Some(RejectionReason::Earlier));
}

#[test]
fn the_wait_is_what_is_left_of_the_minimum_age() {
    let policy = EffectivePolicy { min_age_seconds: 24 * HOUR, ..EffectivePolicy::default() };
    for (set, looks_back, expected) in
        [(Some(1), true, Some(23)), (Some(24), true, None), (None, true, None), (Some(1), false, None)]
    {
        let account = account(set);
        let known = Circumstances { policy: &policy, account: &account, looks_back, now: now() };
        assert_eq!(known.wait(), expected.map(TimeDelta::hours), "{set:?}, {looks_back}");
    }
}

#[test]
fn every_answer_has_its_reason() {
    use RejectionReason as R;
    let told = String::new;
    let (policy, account) = (EffectivePolicy::default(), account(None));
    let known = Circumstances { policy: &policy, account: &account, looks_back: true, now: now() };
    let cases = [
        (DirectoryError::Rejected(Rejection::TooShort), Some(R::TooShort)),
        (DirectoryError::Rejected(Rejection::TooSimple), Some(R::TooSimple)),
        (DirectoryError::Rejected(Rejection::InHistory), Some(R::Earlier)),
        (DirectoryError::Rejected(Rejection::TooYoung), Some(R::TooYoung)),
        (DirectoryError::Rejected(Rejection::IllFormed), Some(R::Characters)),
        (DirectoryError::NoRight(told()), Some(R::NoRight)),
        (DirectoryError::NotFound, Some(R::NoRight)),
        (DirectoryError::Unavailable(told()), Some(R::Unavailable)),
        (DirectoryError::Misconfigured(told()), Some(R::NotTaken)),
        (DirectoryError::OutcomeUnknown(told()), None),
    ];
    for (error, expected) in cases {
        assert_eq!(reason(&error, &known), expected, "{error:?}");
    }
}

#[test]
fn names_are_read_back_and_differ() {
    let names: std::collections::BTreeSet<_> = RejectionReason::ALL.iter().map(|reason| reason.as_str()).collect();
    assert_eq!(names.len(), RejectionReason::ALL.len());
    for reason in RejectionReason::ALL {
        assert_eq!(RejectionReason::from_stored(reason.as_str()), Some(*reason));
    }
    assert_eq!(RejectionReason::from_stored("weather"), None);
}
