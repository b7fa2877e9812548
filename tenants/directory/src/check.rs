//! The self-check of a tenant's directory: every controller on its own, then what all of them hold. Nothing of this goes
//! through the connections that people are served by.

pub(crate) mod door;

use std::sync::Arc;

use async_trait::async_trait;
use portvakt_domain::{
    account::Account,
    check::{Check, CheckKind, Report, SelfCheck, Verdict},
    connect::Egress,
    directory::DirectoryError,
    number_attribute::NumberAttribute,
    tenant::{DirectoryKind, DirectorySettings, UnitRule},
    time::Clock,
};
use secrecy::SecretString;

use self::door::{Asked, Visit};
use crate::{active_directory, dn::Dn, error_map, error_map::Failure, open_ldap, setup, staff, value::Value};

/// Our clock may differ so much from a controller's, in seconds, before it is worth a warning, and before it is wrong:
/// Kerberos allows five minutes.
const SKEW: (i64, i64) = (60, 300);
/// What is written into a canary's attribute for a moment: a number of those that are kept for fiction.
const FICTION: &str = "+46701740699";

/// A directory that can look at itself. Nothing is connected yet.
///
/// # Errors
/// `Misconfigured`: the certificate authority or a distinguished name in the settings can't be read.
pub fn self_check(
    settings: &DirectorySettings,
    service_password: SecretString,
    egress: Egress,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn SelfCheck>, DirectoryError> {
    let units = setup::units(settings)?.served;
    crate::tls::roots(&settings.ca_pem)?;
    Ok(Arc::new(Inspection { settings: settings.clone(), password: service_password, egress, units, clock }))
}

/// One directory to be looked at.
pub(crate) struct Inspection {
    pub(crate) settings: DirectorySettings,
    pub(crate) password: SecretString,
    pub(crate) egress: Egress,
    /// The served units, read.
    pub(crate) units: Vec<Dn>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Where the checks of one subject go.
pub(crate) struct Told<'a> {
    report: &'a Report<'a>,
    subject: String,
}

impl<'a> Told<'a> {
    /// Tells of this subject.
    pub(crate) fn of(report: &'a Report<'a>, subject: impl Into<String>) -> Self {
        Self { report, subject: subject.into() }
    }

    /// The same report, of another subject.
    pub(crate) fn about(&self, subject: impl Into<String>) -> Self {
        Self { report: self.report, subject: subject.into() }
    }

    pub(crate) fn tell(&self, kind: CheckKind, verdict: Verdict) {
        (self.report)(Check { kind, subject: self.subject.clone(), verdict });
    }

    pub(crate) fn passed(&self, kind: CheckKind, detail: impl Into<String>) {
        self.tell(kind, Verdict::Passed(detail.into()));
    }

    pub(crate) fn warning(&self, kind: CheckKind, detail: impl Into<String>) {
        self.tell(kind, Verdict::Warning(detail.into()));
    }

    pub(crate) fn failed(&self, kind: CheckKind, detail: impl Into<String>) {
        self.tell(kind, Verdict::Failed(detail.into()));
    }

    pub(crate) fn skipped(&self, kind: CheckKind, detail: impl Into<String>) {
        self.tell(kind, Verdict::Skipped(detail.into()));
    }
}

#[async_trait]
impl SelfCheck for Inspection {
    async fn check(&self, numbers: Option<NumberAttribute>, units_by: Option<UnitRule>, report: &Report<'_>) {
        let mut refused = None;
        let mut first: Option<Visit> = None;
        for url in &self.settings.controllers {
            let told = Told::of(report, url.to_string());
            let Some(visit) = self.enter(url, &mut refused, &told).await else { continue };
            match self.settings.kind {
                DirectoryKind::ActiveDirectory => active_directory::check::controller(self, &visit, &told).await,
                DirectoryKind::OpenLdap => open_ldap::check::controller(self, &visit, &told).await,
            }
            first.get_or_insert(visit);
        }
        let told = Told::of(report, self.settings.base.clone());
        let Some(visit) = first else {
            return told.skipped(CheckKind::Base, "no controller let the service account in; nothing more was asked");
        };
        if let Some(name) = units_by.and_then(staff::attribute_of) {
            self.unit_attribute(name, &visit, &told.about(name)).await;
        }
        match self.settings.kind {
            DirectoryKind::ActiveDirectory => {
                active_directory::check::domain(self, &visit, numbers, &told).await;
            }
            DirectoryKind::OpenLdap => open_ldap::check::tree(self, &visit, numbers, &told).await,
        }
    }

    async fn rewrite(&self, account: &Account, attribute: NumberAttribute) -> Result<(), DirectoryError> {
        let nobody: &Report<'_> = &|_| {};
        let (mut refused, told) = (None, Told::of(nobody, ""));
        for url in &self.settings.controllers {
            if let Some(visit) = self.enter(url, &mut refused, &told).await {
                return visit.rewrite(&account.dn, attribute).await;
            }
        }
        Err(DirectoryError::Unavailable("no controller let the service account in".to_owned()))
    }
}

impl Inspection {
    /// Whether anybody can have the attribute that tells units.
    async fn unit_attribute(&self, name: &str, visit: &Visit, told: &Told<'_>) {
        let known = match self.settings.kind {
            DirectoryKind::ActiveDirectory => {
                visit.within(active_directory::schema::has(visit.connection(), name)).await
            }
            DirectoryKind::OpenLdap => visit.within(open_ldap::schema::has(visit.connection(), name)).await,
        };
        match known {
            Ok(Some(true)) => told.passed(CheckKind::UnitAttribute, "accounts can have it"),
            Ok(Some(false)) => told.failed(CheckKind::UnitAttribute, "it is not an attribute of this directory"),
            Ok(None) => told.warning(CheckKind::UnitAttribute, "the service account may not read the schema"),
            Err(why) => told.failed(CheckKind::UnitAttribute, why),
        }
    }
}

impl Visit {
    /// Writes the attribute and puts its values back, whatever came of the first write.
    async fn rewrite(&self, name: &str, attribute: NumberAttribute) -> Result<(), DirectoryError> {
        let attribute = attribute.as_str();
        let before = self.entry(name, &[attribute]).await.map_err(DirectoryError::Unavailable)?;
        let before: Vec<String> = before.iter().flat_map(|entry| entry.texts(attribute)).map(str::to_owned).collect();
        if before.len() > 1 {
            return Err(DirectoryError::Misconfigured(format!("{attribute} has several values; leave it one")));
        }
        let writing = |failure| match failure {
            Failure::Answered(answer) => error_map::writing(answer),
            Failure::Settled(error) => error,
            Failure::NotSent | Failure::Lost => DirectoryError::OutcomeUnknown("the connection was lost".to_owned()),
        };
        let connection = self.connection();
        connection.put(name, attribute, Some(Value::text(FICTION))).await.map_err(writing)?;
        let restored = connection.put(name, attribute, before.first().map(|number| Value::text(number))).await;
        restored.map_err(writing)
    }
}

/// What a difference of clocks means.
pub(crate) fn skew(seconds: i64) -> Verdict {
    let (warn, wrong) = SKEW;
    let detail = format!("{} s apart", seconds.abs());
    match seconds.abs() {
        apart if apart > wrong => Verdict::Failed(detail),
        apart if apart > warn => Verdict::Warning(detail),
        _ => Verdict::Passed(detail),
    }
}

/// What the minimum age and the lockout threshold of some policies mean for people who are locked out.
pub(crate) fn rules(policies: &[portvakt_domain::directory::EffectivePolicy], history_counts: bool, told: &Told<'_>) {
    let oldest = policies.iter().map(|policy| policy.min_age_seconds).max().unwrap_or(0);
    match (oldest, history_counts) {
        (0, _) => told.passed(CheckKind::MinimumAge, "none"),
        (seconds, true) => told.warning(
            CheckKind::MinimumAge,
            format!("{} h: whoever changed the password within that time can't reset it", (seconds + 3599) / 3600),
        ),
        (seconds, false) => {
            told.passed(
                CheckKind::MinimumAge,
                format!("{} h, which a reset does not look at", (seconds + 3599) / 3600),
            );
        }
    }
    let tight = policies.iter().map(|policy| policy.lockout_threshold).filter(|threshold| *threshold > 0).min();
    match tight {
        None => told.passed(CheckKind::Lockout, "nobody is ever locked out"),
        Some(threshold @ 1..=2) => {
            told.warning(CheckKind::Lockout, format!("{threshold} wrong passwords lock: no sign-in is passed on"));
        }
        Some(threshold) => told.passed(CheckKind::Lockout, format!("{threshold} wrong passwords lock")),
    }
}

/// What came of the look at one named entry, in words; `None` when it is there.
pub(crate) fn missing<T>(asked: &Asked<Option<T>>) -> Option<String> {
    match asked {
        Ok(Some(_)) => None,
        Ok(None) => Some("it is not in the directory, or hidden from the service account".to_owned()),
        Err(what) => Some(what.clone()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use portvakt_domain::directory::EffectivePolicy;
    use std::sync::Mutex;

    #[test]
    fn clocks_may_differ_a_little() {
        for (seconds, expected) in [(0, "p"), (-60, "p"), (61, "w"), (-300, "w"), (301, "f")] {
            let found = match skew(seconds) {
                Verdict::Passed(_) => "p",
                Verdict::Warning(_) => "w",
                _ => "f",
            };
            assert_eq!(found, expected, "{seconds}");
        }
    }

    #[test]
    fn the_strictest_policy_decides() {
        let verdicts = |policies: &[EffectivePolicy], history: bool| {
            let told = Mutex::new(Vec::new());
            rules(policies, history, &Told::of(&|check: Check| told.lock().expect("told").push(check.verdict), "x"));
            let told = told.into_inner().expect("told");
            told.iter().map(|verdict| matches!(verdict, Verdict::Passed(_))).collect::<Vec<_>>()
        };
        let rule = |age, threshold| EffectivePolicy {
            min_age_seconds: age,
            lockout_threshold: threshold,
            ..EffectivePolicy::default()
        };
        assert_eq!(verdicts(&[rule(0, 5)], true), [true, true]);
        assert_eq!(verdicts(&[rule(0, 0)], true), [true, true], "no lockout at all");
        assert_eq!(verdicts(&[rule(0, 5), rule(60, 2)], true), [false, false]);
        assert_eq!(verdicts(&[rule(60, 3)], false), [true, true], "a reset does not look at the age");
    }
}
