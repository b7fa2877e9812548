//! `portvakt tenant show`: a tenant at a glance: what it is, what of its budgets is used, which limits acted. It names no
//! person, and no client's network.

use std::{collections::BTreeMap, process::ExitCode};

use portvakt_domain::{
    tenant::{DirectoryKind, HostPurpose, TenantSettings},
    time::{Clock as _, swedish},
};
use portvakt_storage::{
    breakers::{self, Breaker},
    operator::{self, JobsOverview, TenantRow},
    reconciliations, trips,
};
use serde::Serialize;

use super::{CommandError, InForce, LookArguments, Opened, moment, say, suspend::find, way_back};
use crate::{command::numbers, system::SystemClock};

/// All that is shown.
#[derive(Debug, Serialize)]
struct Shown {
    slug: String,
    id: String,
    state: &'static str,
    suspended_at: Option<String>,
    delete_due_at: Option<String>,
    version: Option<i64>,
    /// Why this release can't read the version in force, where it can't.
    unreadable: Option<String>,
    settings: Option<Settings>,
    /// What the tenant's pages on accessibility and personal data lack.
    lacking: Vec<String>,
    sms_budget: Vec<Budget>,
    breaker: BreakerShown,
    /// The last look at who of those with numbers is still in the directory.
    reconciliation: Option<serde_json::Value>,
    #[serde(skip)]
    reconciled: Option<String>,
    limits_last_24_hours: BTreeMap<String, i64>,
    jobs: Jobs,
}

/// The settings in brief.
#[derive(Debug, Serialize)]
struct Settings {
    name: String,
    reset_host: String,
    register_host: String,
    guides: String,
    directory: &'static str,
    controllers: usize,
    sms_providers: Vec<&'static str>,
    mail_host: String,
    /// How many; the settings name them.
    trusted_networks: usize,
    new_numbers_per_range: i64,
}

/// What of a budget is used.
#[derive(Debug, Serialize)]
struct Budget {
    span: &'static str,
    used: i64,
    allowed: Option<i64>,
}

#[derive(Debug, Serialize)]
struct BreakerShown {
    open_since: Option<String>,
    codes_sent_last_hour: i64,
    codes_used_last_hour: i64,
}

#[derive(Debug, Serialize)]
struct Jobs {
    waiting: i64,
    due: i64,
    dead: i64,
}

pub(super) async fn run(arguments: LookArguments) -> Result<ExitCode, CommandError> {
    let LookArguments { slug, json, config } = arguments;
    let opened = Opened::open(&config).await?;
    let row = find(&opened, &slug).await?;
    let shown = look(&opened, &row).await?;
    if json {
        say(&serde_json::to_string_pretty(&shown).map_err(CommandError::failed)?);
    } else {
        shown.lines().iter().for_each(|line| say(line));
    }
    Ok(ExitCode::SUCCESS)
}

async fn look(opened: &Opened, row: &TenantRow) -> Result<Shown, CommandError> {
    let (store, now) = (&opened.store, SystemClock.now());
    let in_force = match row.version {
        Some(_) => Some(opened.in_force(&row.slug).await?),
        None => None,
    };
    let (settings, unreadable) = match in_force.as_ref().map(InForce::settings).transpose() {
        Ok(settings) => (settings, None),
        Err(why) => (None, Some(why.to_string())),
    };
    let (hour, day) = operator::sms_sent(store, row.id, now).await.map_err(CommandError::failed)?;
    let breaker = breakers::find(store, row.id, now).await.map_err(CommandError::failed)?;
    let trips = trips::last_day(store, row.id, now).await.map_err(CommandError::failed)?;
    let newest = reconciliations::list(store, row.id, 1).await.map_err(CommandError::failed)?.pop();
    let jobs = operator::jobs_of(store, row.id, now).await.map_err(CommandError::failed)?;
    let allowed = |pick: fn(&TenantSettings) -> i64| settings.as_ref().map(pick);
    Ok(Shown {
        slug: row.slug.clone(),
        id: row.id.to_string(),
        state: match (row.delete_due_at, row.suspended_at) {
            (Some(_), _) => "to be deleted",
            (None, Some(_)) => "suspended",
            (None, None) => "served",
        },
        suspended_at: row.suspended_at.map(moment),
        delete_due_at: row.delete_due_at.map(moment),
        version: row.version,
        unreadable,
        sms_budget: vec![
            Budget { span: "hour", used: hour, allowed: allowed(|it| it.limits.sms_per_hour) },
            Budget { span: "day", used: day, allowed: allowed(|it| it.limits.sms_per_day) },
        ],
        breaker: BreakerShown::new(breaker),
        reconciliation: newest.as_ref().map(numbers::shown),
        reconciled: newest.as_ref().map(|newest| format!("{} {}", moment(newest.started_at), numbers::line(newest))),
        limits_last_24_hours: trips.into_iter().collect(),
        jobs: Jobs::new(jobs),
        settings: settings.as_ref().map(Settings::new),
        lacking: settings.as_ref().map_or_else(Vec::new, |settings| settings.shortfalls(swedish(now).date())),
    })
}

impl Settings {
    fn new(settings: &TenantSettings) -> Self {
        Self {
            name: settings.name.clone(),
            reset_host: settings.hosts.reset.to_string(),
            register_host: settings.hosts.register.to_string(),
            guides: format!("{}/guides", settings.hosts.base(HostPurpose::Reset)),
            directory: match settings.directory.kind {
                DirectoryKind::ActiveDirectory => "active_directory",
                DirectoryKind::OpenLdap => "openldap",
            },
            controllers: settings.directory.controllers.len(),
            sms_providers: settings.sms.accounts.iter().map(|account| account.provider.as_str()).collect(),
            mail_host: settings.mail.host.to_string(),
            trusted_networks: settings.limits.trusted_networks.len(),
            new_numbers_per_range: settings.limits.new_numbers_per_range,
        }
    }
}

impl BreakerShown {
    fn new(breaker: Breaker) -> Self {
        Self {
            open_since: breaker.open_since.map(moment),
            codes_sent_last_hour: breaker.codes.sent,
            codes_used_last_hour: breaker.codes.used,
        }
    }
}

impl Jobs {
    fn new(jobs: JobsOverview) -> Self {
        Self { waiting: jobs.waiting, due: jobs.due, dead: jobs.dead }
    }
}

impl Shown {
    fn lines(&self) -> Vec<String> {
        let line = |name: &str, text: String| format!("  {name:<18} {text}");
        let state = match (&self.delete_due_at, &self.suspended_at) {
            (Some(due), _) => format!("deleted after {due}"),
            (None, Some(since)) => format!("suspended since {since}"),
            (None, None) => "served".to_owned(),
        };
        let version = self.version.map_or_else(|| "none in force".to_owned(), |version| format!("version {version}"));
        let mut lines = vec![self.slug.clone(), line("id", self.id.clone()), line("state", state)];
        lines.push(line("settings", version));
        if let Some(why) = &self.unreadable {
            lines.push(line("", format!("can't be read by this release: {why}")));
            lines.push(line(
                "",
                "who serves this tenant goes on with what it has; a replica that starts does not".to_owned(),
            ));
            lines.push(line("", way_back(&self.slug)));
        }
        if let Some(settings) = &self.settings {
            lines.push(line("name", settings.name.clone()));
            lines.push(line("hosts", format!("{} {}", settings.reset_host, settings.register_host)));
            lines.push(line("guides", settings.guides.clone()));
            lines.push(line("directory", format!("{}, {} controllers", settings.directory, settings.controllers)));
            lines.push(line("SMS", settings.sms_providers.join(", ")));
            lines.push(line("mail", settings.mail_host.clone()));
            lines.push(line("trusted networks", settings.trusted_networks.to_string()));
        }
        lines.extend(self.lacking.iter().map(|lack| line("lacking", lack.clone())));
        for Budget { span, used, allowed } in &self.sms_budget {
            let allowed = allowed.map_or_else(|| "–".to_owned(), |allowed| allowed.to_string());
            lines.push(line(&format!("SMS this {span}"), format!("{used} of {allowed}")));
        }
        let BreakerShown { open_since, codes_sent_last_hour: sent, codes_used_last_hour: used } = &self.breaker;
        let breaker = open_since.as_ref().map_or_else(|| "closed".to_owned(), |since| format!("open since {since}"));
        lines.push(line("breaker", format!("{breaker}; codes in the last hour: {sent} sent, {used} used")));
        lines.push(line("reconciliation", self.reconciled.clone().unwrap_or_else(|| "none yet".to_owned())));
        let Jobs { waiting, due, dead } = &self.jobs;
        lines.push(line("jobs", format!("{waiting} waiting, of these {due} due; {dead} dead")));
        lines.push("  limits that acted in the last 24 hours".to_owned());
        if self.limits_last_24_hours.is_empty() {
            lines.push("    none".to_owned());
        }
        lines.extend(self.limits_last_24_hours.iter().map(|(name, count)| format!("    {name:<36} {count:>8}")));
        lines
    }
}
