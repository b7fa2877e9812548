//! What the demo promises of its accounts.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};

use super::*;
use crate::practice::Domain;

fn built(tenant: &SampleTenant) -> Domain {
    let now: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
    tenant.builder.clone().build(Arc::new(move || now)).expect("the sample builds")
}

#[test]
fn every_state_is_there_often_enough() {
    for slug in SLUGS {
        let tenant = sample(slug).expect("a tenant");
        let mut count: BTreeMap<String, usize> = BTreeMap::new();
        for account in &tenant.accounts {
            *count.entry(format!("{:?}", account.state)).or_default() += 1;
        }
        assert_eq!(count.len(), 8, "{slug}");
        assert!(count["Normal"] >= 8 && count.values().all(|count| *count >= 2), "{slug}: {count:?}");
    }
    assert!(sample("falun").is_none());
}

#[test]
fn the_named_accounts_are_there() {
    let find = |slug: &str, login: &str| {
        let accounts = sample(slug).expect("a tenant").accounts;
        accounts.into_iter().find(|account| account.username == login).expect("an account")
    };
    assert_eq!(find("orebro", "lovstlin32").state, SampleState::Normal);
    assert_eq!(find("orebro", "hemvardsgruppen").state, SampleState::Functional);
    assert_eq!(find("mjolby", "jesrab01").state, SampleState::Normal);
    assert_eq!(find("mjolby", "jesrab01").netbios_login, "MJOLBY\\jesrab01");
}

#[test]
fn numbers_are_fictional_and_nobody_shares_one() {
    let mut seen = BTreeSet::new();
    for account in SLUGS.into_iter().filter_map(sample).flat_map(|tenant| tenant.accounts) {
        assert_eq!(account.number.is_none(), account.state == SampleState::Unregistered, "{}", account.username);
        assert_eq!(account.numbers.is_empty(), account.state != SampleState::Functional, "{}", account.username);
        if let Some(first) = account.numbers.first() {
            assert_eq!(account.number.as_ref(), Some(&first.number));
        }
        let mine: BTreeSet<String> =
            account.number.into_iter().chain(account.numbers.into_iter().map(|held| held.number)).collect();
        for number in mine {
            let last: u32 = number.strip_prefix("+46701740").and_then(|last| last.parse().ok()).expect("in the range");
            assert!((605..=699).contains(&last), "{number}");
            assert!(seen.insert(number.clone()), "{number} twice");
        }
    }
}

#[test]
fn passwords_differ_and_satisfy_every_rule_known() {
    let mut seen = BTreeSet::new();
    for account in SLUGS.into_iter().filter_map(sample).flat_map(|tenant| tenant.accounts) {
        let password = account.password.clone();
        assert!(password.len() >= 12 && password.chars().all(|c| c.is_ascii_alphanumeric()), "{}", account.username);
        assert!(seen.insert(password), "{} twice", account.username);
    }
}

#[test]
fn the_directory_takes_every_password_and_shows_every_state() {
    for tenant in SLUGS.into_iter().filter_map(sample) {
        let domain = built(&tenant);
        for sample in &tenant.accounts {
            let account = domain.account(&sample.username).expect("an account");
            assert!(account.password_is(&sample.password));
            assert_eq!(account.text("userPrincipalName").as_deref(), Some(sample.upn.as_str()));
            assert_eq!(account.text("mail").as_deref(), Some(sample.mail.as_str()));
            assert!(account.dn().ends_with(&tenant.staff_dn), "{}", account.dn());
            let display = account.text("displayName").expect("a display name");
            assert!(crate::practice::is_complex(&sample.password, &sample.username, &display), "{}", sample.username);
            let flags = account.number("userAccountControl").expect("flags");
            let computed = account.number("msDS-User-Account-Control-Computed").expect("computed flags");
            assert_eq!(flags & user_flags::DISABLED != 0, sample.state == SampleState::Disabled);
            assert_eq!(computed & user_flags::LOCKOUT != 0, sample.state == SampleState::Locked);
            let stale = matches!(sample.state, SampleState::Expired | SampleState::MustChange);
            assert_eq!(computed & user_flags::PASSWORD_EXPIRED != 0, stale, "{}", sample.username);
            assert_eq!(account.number("adminCount") == Some(1), sample.state == SampleState::Protected);
            assert_eq!(account.number("pwdLastSet") == Some(0), sample.state == SampleState::MustChange);
        }
        let service = domain.account(SERVICE_LOGIN).expect("the service account");
        assert!(service.password_is(tenant.service_password));
        assert_eq!(service.dn(), tenant.service_dn);
        assert!(domain.account(OUTSIDE_LOGIN).is_some_and(|outside| outside.dn().contains(OTHER_UNIT)));
        assert_eq!(domain.base_dn(), tenant.base_dn);
    }
}

#[test]
fn one_account_of_mjolby_has_a_stricter_policy() {
    let tenant = sample("mjolby").expect("a tenant");
    let domain = built(&tenant);
    let strict: Vec<&str> = tenant
        .accounts
        .iter()
        .filter(|sample| domain.account(&sample.username).is_some_and(|a| a.text("msDS-ResultantPSO").is_some()))
        .map(|sample| sample.username.as_str())
        .collect();
    assert_eq!(strict, ["linbac02"]);
}

#[test]
fn the_json_has_exactly_the_promised_fields() {
    let accounts = sample("orebro").expect("a tenant").accounts;
    let json = serde_json::to_value(&accounts).expect("json");
    for (account, value) in accounts.iter().zip(json.as_array().expect("a list")) {
        let mut expected = vec![
            "expires_at",
            "mail",
            "netbios_login",
            "number",
            "password",
            "state",
            "tenant",
            "unit",
            "upn",
            "username",
        ];
        if account.state == SampleState::Functional {
            expected.push("numbers");
        }
        let found: BTreeSet<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(found, expected.into_iter().collect());
    }
    let text = json.to_string();
    assert!(text.contains("\"state\":\"must_change\"") && text.contains("\"number\":null"));
}

#[test]
fn each_mark_of_the_reminders_has_somebody() {
    for mut tenant in SLUGS.into_iter().filter_map(sample) {
        let domain = built(&tenant);
        tenant.note_ends(&domain);
        let now = DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        let zone = portvakt_domain::tenant::TimeZone::STOCKHOLM.tz();
        let today = portvakt_domain::calendar::local_day(now, zone);
        let left = |account: &SampleAccount| {
            Some((portvakt_domain::calendar::local_day(account.expires_at?, zone) - today).num_days())
        };
        let valid = [SampleState::Normal, SampleState::Unregistered];
        let days: BTreeSet<i64> =
            tenant.accounts.iter().filter(|account| valid.contains(&account.state)).filter_map(left).collect();
        assert!([30, 15, 7, 5, 3, 1, 0].iter().all(|mark| days.contains(mark)), "{}: {days:?}", tenant.slug);
        for account in &tenant.accounts {
            assert_eq!(account.expires_at.is_none(), account.state == SampleState::MustChange, "{}", account.username);
            assert_eq!(left(account).is_some_and(|left| left < 0), account.state == SampleState::Expired);
        }
    }
}

#[test]
fn nothing_prints_a_password() {
    let tenant = sample("orebro").expect("a tenant");
    let printed = format!("{tenant:?} {:?} {:?}", tenant.builder, tenant.accounts);
    assert!(tenant.accounts.iter().all(|account| !printed.contains(&account.password)));
    assert!(!printed.contains(tenant.service_password));
}
