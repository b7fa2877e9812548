//! The self-check of a directory: every check seen passing and failing, where a directory can show it.
//!
//! | check | practice | Samba | slapd |
//! | --- | --- | --- | --- |
//! | reachable, certificate | both | passing | passing |
//! | bind, base, unit, group | both | passing | both |
//! | unit attribute | both | – | both |
//! | policy hints, clock, service account, service password | both | passing | – |
//! | reset password, unlock, pwdLastSet, number attribute, unexpire password, fine-grained | both | both | by the canary |
//! | no more rights, rights outside | both | both | hashes of passwords: both |
//! | self and number | failing | both | – |
//! | password policy | passing | both | both |
//! | minimum age, lockout | both | passing | both |
//! | ppolicy, account facts, safe modify | – | – | both |
//! | canary and its steps | both | passing | both |

#[path = "checks/commands.rs"]
mod commands;
#[path = "checks/practice.rs"]
mod practice;
#[path = "checks/samba.rs"]
mod samba;
#[path = "checks/slapd.rs"]
mod slapd;

use std::sync::{Arc, Mutex};

use harness::settings::egress;
use portvakt::system::SystemClock;
use portvakt_directory::self_check;
use portvakt_domain::{
    check::{Check, CheckKind, Verdict},
    number_attribute::NumberAttribute,
    tenant::{DirectorySettings, UnitRule},
    time::Clock,
};

const MOBILE: Option<NumberAttribute> = Some(NumberAttribute::Mobile);

/// What a look at a directory found.
struct Looked(Vec<Check>);

impl Looked {
    async fn at(settings: &DirectorySettings, password: &str, numbers: Option<NumberAttribute>) -> Self {
        Self::then(settings, password, numbers, Arc::new(SystemClock)).await
    }

    async fn then(
        settings: &DirectorySettings,
        password: &str,
        numbers: Option<NumberAttribute>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self::all(settings, password, numbers, None, clock).await
    }

    /// At a directory in which this attribute tells units.
    async fn where_units_are_told_by(settings: &DirectorySettings, password: &str, attribute: &str) -> Self {
        let rule = attribute.parse().expect("an attribute");
        Self::all(settings, password, None, Some(rule), Arc::new(SystemClock)).await
    }

    async fn all(
        settings: &DirectorySettings,
        password: &str,
        numbers: Option<NumberAttribute>,
        units_by: Option<UnitRule>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let inspection = self_check(settings, password.to_owned().into(), egress(), clock).expect("settings that hold");
        let told = Mutex::new(Vec::new());
        inspection.check(numbers, units_by, &|check| told.lock().expect("told").push(check)).await;
        Self(told.into_inner().expect("told"))
    }

    /// The worst verdict of a kind: failed, warning, skipped, passed; `-` when it was not looked at.
    fn worst(&self, kind: CheckKind) -> char {
        let letters = self.0.iter().filter(|check| check.kind == kind).map(letter);
        letters.min_by_key(|letter| "fwsp".find(*letter)).unwrap_or('-')
    }

    /// The kinds that are not as they should be, with their letter.
    fn complaints(&self) -> Vec<(CheckKind, char)> {
        let mut kinds: Vec<CheckKind> = self.0.iter().map(|check| check.kind).collect();
        kinds.sort_unstable();
        kinds.dedup();
        let worst = kinds.into_iter().map(|kind| (kind, self.worst(kind)));
        worst.filter(|(_, letter)| matches!(letter, 'f' | 'w')).collect()
    }
}

fn letter(check: &Check) -> char {
    match check.verdict {
        Verdict::Passed(_) => 'p',
        Verdict::Warning(_) => 'w',
        Verdict::Failed(_) => 'f',
        Verdict::Skipped(_) => 's',
    }
}
