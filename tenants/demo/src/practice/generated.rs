//! Accounts computed from a seed, for benchmarks.

use chrono::TimeDelta;

use super::specs::{PasswordAge, UserSpec};

/// Names whose letters are not all hexadecimal digits, so that none can turn up in a generated password.
const GIVEN: &[&str] =
    &["Åsa", "Börje", "Cilla", "Doris", "Elsa", "Göran", "Håkan", "Inger", "Jörgen", "Karin", "Lovisa", "Östen"];
const SURNAMES: &[&str] =
    &["Ahlgren", "Björk", "Dahlström", "Ekqvist", "Hägg", "Lindqvist", "Nyström", "Sjöberg", "Åkerlund", "Öhman"];

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

/// The n-th generated account. Passwords are 0 to 79 days old, by turns.
pub(crate) fn user(dns_name: &str, unit: &str, seed: u64, n: usize) -> UserSpec {
    let login = generated_login(n);
    let pick = |names: &[&'static str], turn: usize| names.get(turn % names.len()).copied().unwrap_or_default();
    let (given, surname) = (pick(GIVEN, n), pick(SURNAMES, n / GIVEN.len()));
    let days = i64::try_from(n % 80).unwrap_or_default();
    UserSpec::new(&login, &generated_password(seed, n))
        .unit(unit)
        .person(given, surname)
        .common_name(&format!("{given} {surname} {n:05}"))
        .mail(&format!("{login}@{dns_name}"))
        .password_age(PasswordAge::Ago(TimeDelta::days(days)))
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
}
