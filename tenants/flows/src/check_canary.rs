//! A canary is really reset: what no look at rights can show. It keeps a password that nobody knows.

use std::collections::BTreeMap;

use portvakt_domain::{
    account::Account,
    audit::{AuditKind, NewEvent},
    check::{Check, CheckKind, Report, SelfCheck, Verdict, unknown_password, why_no_canary},
    directory::{Authentication, Directory, DirectoryError, Refusal},
    id::{EventId, TenantId},
    login::DirectoryName,
    number_attribute::NumberAttribute,
    password::Password,
    random::Random,
    tenant::DirectorySettings,
    time::Clock,
};
use portvakt_storage::{Store, audit};

use crate::FlowError;

/// What it takes.
pub struct CheckCanary<'a> {
    /// The database, for the audit trail.
    pub store: &'a Store,
    /// Now.
    pub clock: &'a dyn Clock,
    /// Chance, for the passwords.
    pub random: &'a dyn Random,
    /// Whose canary it is.
    pub tenant: TenantId,
    /// The tenant's directory, as people are served by it.
    pub directory: &'a dyn Directory,
    /// The same directory, for what people are not served with.
    pub inspection: &'a dyn SelfCheck,
    /// Its settings.
    pub settings: &'a DirectorySettings,
    /// The attribute that holds numbers, where one does.
    pub numbers: Option<NumberAttribute>,
}

impl CheckCanary<'_> {
    /// Resets the account of this name, if it is a canary, and tells of each step.
    ///
    /// # Errors
    /// The database: without an event before it nothing is written.
    pub async fn run(&self, name: &str, report: &Report<'_>) -> Result<(), FlowError> {
        // 1. The account, and whether it is one that nobody misses.
        let found = self.directory.find(DirectoryName { text: name, account_name_only: false }).await;
        let canary = match found {
            Ok(Some(account)) => why_no_canary(&account).map_or(Ok(account), |why| Err(why.to_owned())),
            Ok(None) => Err("the directory has nobody of that name, or more than one".to_owned()),
            Err(error) => Err(error.to_string()),
        };
        let canary = match canary {
            Ok(canary) => canary,
            Err(why) => {
                tell(report, CheckKind::Canary, Verdict::Failed(why));
                return Ok(());
            }
        };
        let (Some(first), Some(second)) = (unknown_password(self.random), unknown_password(self.random)) else {
            return Err(FlowError::Corrupt("a password without characters"));
        };
        tell(report, CheckKind::Canary, Verdict::Passed("an account made for this".to_owned()));

        // 2. The intent, the writes, their outcome.
        self.record(AuditKind::CanaryIntended, &canary, None).await?;
        let verdicts = self.act(&canary, &first, &second).await;
        let failed = verdicts.iter().any(|(_, verdict)| matches!(verdict, Verdict::Failed(_)));
        self.record(AuditKind::CanaryOutcome, &canary, Some(if failed { "failed" } else { "ok" })).await?;
        verdicts.into_iter().for_each(|(kind, verdict)| tell(report, kind, verdict));
        Ok(())
    }

    async fn act(&self, canary: &Account, first: &Password, second: &Password) -> Vec<(CheckKind, Verdict)> {
        let mut verdicts = Vec::new();
        let reset = self.directory.set_password(canary, first).await;
        let was_reset = reset.is_ok();
        verdicts.push((CheckKind::CanaryReset, verdict(reset, "done")));
        if was_reset {
            verdicts.push((CheckKind::CanarySignIn, self.sign_in(canary, first).await));
            verdicts.push((CheckKind::CanaryHistory, self.history(canary, first, second).await));
        } else {
            let skipped = || Verdict::Skipped("the password was not reset".to_owned());
            verdicts.extend([(CheckKind::CanarySignIn, skipped()), (CheckKind::CanaryHistory, skipped())]);
        }
        verdicts.push((CheckKind::CanaryUnlock, verdict(self.directory.unlock(canary).await, "done")));
        verdicts.push(match self.numbers {
            Some(attribute) => {
                let rewritten = self.inspection.rewrite(canary, attribute).await;
                (CheckKind::CanaryNumber, verdict(rewritten, "written, and put back"))
            }
            None => {
                let kept = "numbers are kept by Portvakt, not in the directory".to_owned();
                (CheckKind::CanaryNumber, Verdict::Skipped(kept))
            }
        });
        verdicts
    }

    /// The new password opens the account, and is not one that must be changed at once.
    async fn sign_in(&self, canary: &Account, password: &Password) -> Verdict {
        match self.directory.authenticate(canary, password).await {
            Ok(Authentication::Accepted) => Verdict::Passed("the new password opens the account".to_owned()),
            Ok(Authentication::Refused(Refusal::MustChange | Refusal::PasswordExpired)) => {
                Verdict::Failed("the new password is expired from the start (pwdLastSet 0, or pwdReset)".to_owned())
            }
            Ok(Authentication::Refused(_)) => Verdict::Failed("the new password was refused".to_owned()),
            Err(error) => Verdict::Failed(error.to_string()),
        }
    }

    /// Another password, then the first one again.
    async fn history(&self, canary: &Account, first: &Password, second: &Password) -> Verdict {
        if !self.settings.counts_history() {
            return Verdict::Skipped("directory.history = \"none\": earlier passwords are not looked at".to_owned());
        }
        match self.directory.set_password(canary, second).await {
            Ok(()) => {}
            Err(DirectoryError::Rejected(_)) => {
                let what = "a second reset right after the first was refused: there is a minimum age";
                return Verdict::Warning(what.to_owned());
            }
            Err(error) => return Verdict::Failed(error.to_string()),
        }
        match self.directory.set_password(canary, first).await {
            Err(DirectoryError::Rejected(_)) => Verdict::Passed("an earlier password is refused".to_owned()),
            Ok(()) => Verdict::Failed("an earlier password was taken again".to_owned()),
            Err(error) => Verdict::Failed(error.to_string()),
        }
    }

    async fn record(&self, kind: AuditKind, canary: &Account, outcome: Option<&str>) -> Result<(), FlowError> {
        let at = self.clock.now();
        let event = NewEvent {
            id: EventId::new(at, self.random),
            at,
            kind,
            account: Some(canary.key),
            flow: None,
            network: None,
            actor: Some("tenant check".to_owned()),
            details: outcome
                .map(|outcome| ("outcome".to_owned(), outcome.to_owned()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
        };
        Ok(audit::record(self.store, self.tenant, vec![event]).await?)
    }
}

fn tell(report: &Report<'_>, kind: CheckKind, verdict: Verdict) {
    report(Check { kind, subject: String::new(), verdict });
}

fn verdict(result: Result<(), DirectoryError>, done: &str) -> Verdict {
    result.map_or_else(|error| Verdict::Failed(error.to_string()), |()| Verdict::Passed(done.to_owned()))
}
