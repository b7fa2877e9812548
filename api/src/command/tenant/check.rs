//! `portvakt tenant check`: a table of checks of a tenant's directory, each failure with its mend.

use std::{
    process::ExitCode,
    sync::{Arc, Mutex, PoisonError},
};

use portvakt_domain::{
    check::{Check, CheckKind, Verdict},
    connect::ConnectKind,
    number_attribute::NumberAttribute,
    tenant::{DirectoryKind, SecretName},
};
use portvakt_flows::check_canary::CheckCanary;

use super::{CommandError, ConfigArgument, Opened, reach, say};
use crate::{
    adapters::Adapters as _,
    registry,
    system::{SystemClock, SystemRandom},
};

/// `portvakt tenant check`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct CheckArguments {
    /// The tenant's short name.
    slug: String,
    /// Really reset this account: its username or display name must hold "canary" or "kanarie". It keeps a password that
    /// nobody knows.
    #[arg(long, value_name = "USERNAME")]
    canary: Option<String>,
    /// The attribute of the directory that is to hold numbers (mobile, otherMobile, homePhone, pager); without it, the
    /// tenant's own, if it has one.
    #[arg(long, value_name = "NAME")]
    number_attribute: Option<NumberAttribute>,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn run(arguments: CheckArguments) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(&arguments.config).await?;
    let tenant = opened.tenant(&arguments.slug).await?;
    let settings = &tenant.settings;
    let name = SecretName::DirectoryPassword;
    let password = registry::open_secret(&opened.keys, tenant.id, name, &tenant.secrets)
        .and_then(|password| password.ok_or_else(|| format!("its secret {} is missing", name.as_str())))
        .map_err(|problem| CommandError::Told(format!("{}: {problem}", arguments.slug)))?;
    let adapters = reach::adapters(&opened.connect);
    let inspection = portvakt_directory::self_check(
        &settings.directory,
        password.clone(),
        adapters.egress(settings),
        Arc::new(SystemClock),
    )
    .map_err(CommandError::failed)?;
    let table = Table::new(settings.directory.kind);
    let report = |check| table.line(check);
    let numbers = arguments.number_attribute.or(settings.directory.number_attribute);
    inspection.check(numbers, settings.reminders.units_by, &report).await;
    // Directories are told of above, controller by controller.
    let elsewhere = reach::refusals(settings, &opened.connect).await;
    for (kind, problem) in elsewhere.into_iter().filter(|(kind, _)| *kind != ConnectKind::Ldap) {
        let subject = kind.as_str().to_owned();
        report(Check { kind: CheckKind::Allowed, subject, verdict: Verdict::Failed(problem) });
    }

    if let Some(canary) = &arguments.canary {
        let directory = adapters.directory(settings, password).map_err(CommandError::Told)?;
        let check = CheckCanary {
            store: &opened.store,
            clock: &SystemClock,
            random: &SystemRandom,
            tenant: tenant.id,
            directory: directory.as_ref(),
            inspection: inspection.as_ref(),
            settings: &settings.directory,
            numbers,
        };
        check.run(canary, &report).await.map_err(CommandError::failed)?;
    }
    Ok(table.end())
}

/// The table, printed as it grows.
struct Table {
    kind: DirectoryKind,
    counts: Mutex<Counts>,
}

#[derive(Default)]
struct Counts {
    ok: usize,
    warnings: usize,
    failed: usize,
    skipped: usize,
}

impl Table {
    fn new(kind: DirectoryKind) -> Self {
        Self { kind, counts: Mutex::default() }
    }

    fn line(&self, check: Check) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (word, count, detail, mended) = match &check.verdict {
            Verdict::Passed(detail) => ("ok", &mut counts.ok, detail, false),
            Verdict::Warning(detail) => ("warn", &mut counts.warnings, detail, true),
            Verdict::Failed(detail) => ("FAIL", &mut counts.failed, detail, true),
            Verdict::Skipped(detail) => ("skip", &mut counts.skipped, detail, false),
        };
        *count += 1;
        let subject = if check.subject.is_empty() { String::new() } else { format!("{}: ", check.subject) };
        say(&format!("{word:<5} {:<18} {subject}{detail}", check.kind.as_str()));
        if mended {
            say(&format!("{:<24} → {}", "", check.kind.mend(self.kind)));
        }
    }

    fn end(&self) -> ExitCode {
        let Counts { ok, warnings, failed, skipped } = &*self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let checks = ok + warnings + failed + skipped;
        say(&format!("{checks} checks: {ok} ok, {warnings} warnings, {failed} failed, {skipped} skipped"));
        if *failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
    }
}
