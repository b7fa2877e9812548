//! Accounts computed from a seed, for benchmarks.

use chrono::TimeDelta;

use super::specs::{PasswordAge, UserSpec};

/// Names whose letters are not all hexadecimal digits, so that none can turn up in a generated password.
const GIVEN: &[&str] =
    &["Åsa", "Börje", "Cilla", "Doris", "Elsa", "Göran", "Håkan", "Inger", "Jörgen", "Karin", "Lovisa", "Östen"];
const SURNAMES: &[&str] =
    &["Ahlgren", "Björk", "Dahlström", "Ekqvist", "Hägg", "Lindqvist", "Nyström", "Sjöberg", "Åkerlund", "Öhman"];

/// Who they work for, and as what.
const COMPANIES: &[&str] = &[
    "Örebro kommun",
    "Björkens omsorg AB",
    "Ringvägens hemtjänst AB",
    "Stiftelsen Solgården",
    "Måltid i Mälardalen AB",
];
const DEPARTMENTS: &[&str] = &["Förskola", "Hemvård", "Kultur och fritid", "Skola", "Socialtjänst", "Teknik"];
/// How many have the same manager, the first of them.
const TEAM: usize = 50;
/// The oldest password, in days, and a part of a day: under a policy of ninety none has ended when the domain is built,
/// and some end on every day from the next one on.
const OLDEST: usize = 89;

/// The login of the n-th generated account, counted from 1: `user00001`.
#[must_use]
pub fn generated_login(n: usize) -> String {
    format!("user{n:05}")
}

/// The password of the n-th generated account: `Prov-` and 16 hexadecimal digits, which are the n-th value of the
/// SplitMix64 sequence that starts at the seed.
#[must_use]
pub fn generated_password(seed: u64, n: usize) -> String {
    format!("Prov-{:016x}", mixed(seed, n))
}

/// SplitMix64 at step `n`.
fn mixed(seed: u64, n: usize) -> u64 {
    let step = u64::try_from(n).unwrap_or(u64::MAX);
    let mut z = seed.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The n-th generated account.
pub(crate) fn user(dns_name: &str, unit: &str, seed: u64, n: usize) -> UserSpec {
    let login = generated_login(n);
    let pick = |names: &[&'static str], turn: usize| names.get(turn % names.len()).copied().unwrap_or_default();
    let (given, surname) = (pick(GIVEN, n), pick(SURNAMES, n / GIVEN.len()));
    // Drawn anew for what is no secret, so that it tells nothing of the password.
    let drawn = mixed(!seed, n);
    let draw = |names: &[&'static str], bits: u32| {
        let turn = usize::try_from(drawn >> bits & 0xffff).unwrap_or_default();
        pick(names, turn)
    };
    let days = i64::try_from(n % OLDEST).unwrap_or_default();
    let minutes = i64::try_from(drawn % (24 * 60)).unwrap_or_default();
    let user = UserSpec::new(&login, &generated_password(seed, n))
        .unit(unit)
        .person(given, surname)
        .common_name(&format!("{given} {surname} {n:05}"))
        .mail(&format!("{login}@{dns_name}"))
        .attribute("company", draw(COMPANIES, 16))
        .attribute("department", draw(DEPARTMENTS, 32))
        .password_age(PasswordAge::Ago(TimeDelta::days(days) + TimeDelta::minutes(minutes)));
    match (n - 1) / TEAM * TEAM + 1 {
        manager if manager != n => user.manager(&generated_login(manager)),
        _ => user,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::password, *};

    #[test]
    fn passwords_are_stable_distinct_and_complex() {
        assert_eq!(generated_password(7, 1), generated_password(7, 1));
        let all: std::collections::BTreeSet<String> = (1..=2000).map(|n| generated_password(7, n)).collect();
        assert_eq!(all.len(), 2000);
        for given in GIVEN {
            for surname in SURNAMES {
                let password = generated_password(7, 1);
                // A password without any digit is possible in theory, and would still have three classes.
                assert!(password::is_complex(&password, "user00001", &format!("{given} {surname}")));
            }
        }
        assert_eq!(generated_login(42), "user00042");
    }

    #[test]
    fn on_every_day_some_passwords_end_and_none_has_ended() {
        let age = |n| match user("x.test", "Personal", 7, n).age {
            PasswordAge::Ago(age) => age,
            other => panic!("nobody's password is {other:?}"),
        };
        let left: Vec<i64> = (1..=1000).map(|n| (TimeDelta::days(90) - age(n)).num_days()).collect();
        for day in 1..90 {
            assert!(left.contains(&day), "{day}");
        }
        assert!(left.iter().all(|left| *left >= 1));
        assert_eq!(age(17), age(17), "computed, not drawn");
        assert_ne!(user("x.test", "Personal", 8, 17).age, user("x.test", "Personal", 7, 17).age);
    }
}
