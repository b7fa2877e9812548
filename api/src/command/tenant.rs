//! `portvakt tenant`: settings and their versions, tenants listed and shown, their directories checked, refused passwords and
//! delivery reports counted, what readers thought of the guides.

mod apply;
pub(super) mod author;
mod check;
mod delegate;
mod delete;
mod feedback;
mod file;
mod reach;
mod reports;
mod show;
mod statistics;
pub(super) mod suspend;
mod units;
mod versions;

use std::{collections::BTreeMap, process::ExitCode};

use chrono::SecondsFormat;
use clap::Subcommand;
use portvakt_delivery::sms::AttemptObserver;
use portvakt_directory::OperationObserver;
use portvakt_domain::{
    connect::{ConnectKind, Refusal, RefusalObserver},
    id::TenantId,
    keys::Sealed,
    tenant::TenantSettings,
    time::Instant,
};
use portvakt_storage::{
    Store, operator,
    settings::{self as stored_settings, StoredSettings},
};

use super::{CommandError, ConfigArgument, Opened, note, say};
pub(super) use reach::adapters;

#[derive(Debug, Subcommand)]
pub(super) enum TenantAction {
    /// Put a tenant's settings in force. Running replicas see them within seconds.
    Apply(apply::ApplyArguments),
    /// List the versions of a tenant's settings: when, by whom, which sections changed, which one is in force.
    History {
        /// The tenant's short name.
        slug: String,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Tell what differs between a tenant's settings in force and a file, or between versions.
    Diff(versions::DiffArguments),
    /// Put an earlier version of a tenant's settings in force again, as a new version. Secrets stay as they are.
    Rollback(versions::RollbackArguments),
    /// List the tenants.
    List {
        /// List those that were deleted instead.
        #[arg(long)]
        deleted: bool,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Show a tenant at a glance: settings in brief, budgets, breaker, which limits acted, jobs.
    Show(LookArguments),
    /// Serve a tenant no more for now: its hosts say that they are paused, nothing is sent or written, all data is kept.
    Suspend(suspend::SuspendArguments),
    /// Serve a suspended tenant again.
    Resume(suspend::SuspendArguments),
    /// Delete a tenant with all its data when a grace period is over. It is suspended at once, and may be restored until then.
    Delete(delete::DeleteArguments),
    /// Take the deletion of a tenant back.
    Restore(suspend::SuspendArguments),
    /// Tell why new passwords were not taken, by reason, over the last days.
    Statistics {
        /// The tenant's short name.
        slug: String,
        /// How many days, today included; kept for 396.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=396))]
        days: u16,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Print where SMS providers report what became of each SMS, and what they reported over the last 24 hours.
    Reports {
        /// The tenant's short name.
        slug: String,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// List what readers thought of the guides, over the last 12 months.
    Feedback(LookArguments),
    /// Check a tenant's directory: every controller, right and policy, each failure with its mend.
    Check(check::CheckArguments),
    /// Print the commands that give the tenant's service account its rights.
    Delegate(delegate::DelegateArguments),
}

/// A tenant that is looked at, and whether a program reads what is said of it.
#[derive(Debug, clap::Args)]
pub(super) struct LookArguments {
    /// The tenant's short name.
    slug: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn run(action: TenantAction) -> Result<ExitCode, CommandError> {
    match action {
        TenantAction::Apply(arguments) => apply::run(arguments).await,
        TenantAction::History { slug, config } => versions::history(&slug, &config).await,
        TenantAction::Diff(arguments) => versions::diff(arguments).await,
        TenantAction::Rollback(arguments) => versions::roll_back(arguments).await,
        TenantAction::List { deleted: false, config } => list(&config).await,
        TenantAction::List { deleted: true, config } => delete::list(&config).await,
        TenantAction::Show(arguments) => show::run(arguments).await,
        TenantAction::Suspend(arguments) => suspend::suspend(arguments).await,
        TenantAction::Resume(arguments) => suspend::resume(arguments).await,
        TenantAction::Delete(arguments) => delete::delete(arguments).await,
        TenantAction::Restore(arguments) => delete::restore(arguments).await,
        TenantAction::Statistics { slug, days, config } => statistics::run(&slug, days, &config).await,
        TenantAction::Reports { slug, config } => reports::run(&slug, &config).await,
        TenantAction::Feedback(arguments) => feedback::run(arguments).await,
        TenantAction::Check(arguments) => check::run(arguments).await,
        TenantAction::Delegate(arguments) => delegate::run(arguments).await,
    }
}

async fn list(config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let tenants = operator::list_tenants(&opened.store).await.map_err(CommandError::failed)?;
    let hosts = operator::list_hosts(&opened.store).await.map_err(CommandError::failed)?;
    for tenant in &tenants {
        let version = tenant.version.map_or_else(|| "not in force".to_owned(), |version| format!("version {version}"));
        let own: Vec<&str> =
            hosts.iter().filter(|host| host.tenant == tenant.id).map(|host| host.host.as_str()).collect();
        let state = match (tenant.delete_due_at, tenant.suspended_at) {
            (Some(due), _) => format!(", deleted after {}", moment(due)),
            (None, Some(_)) => ", suspended".to_owned(),
            (None, None) => String::new(),
        };
        say(&format!("{:<20} {version}{state}  {}", tenant.slug, own.join(" ")));
    }
    if tenants.is_empty() {
        say("there are no tenants yet: apply one with `portvakt tenant apply FILE`");
    }
    Ok(ExitCode::SUCCESS)
}

/// A time as tables have it.
fn moment(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A tenant as its settings in force say.
struct Stored {
    id: TenantId,
    settings: TenantSettings,
    secrets: BTreeMap<String, Sealed>,
}

/// What is in force of a tenant, whether or not this release can read it: a newer one may have written it.
struct InForce {
    id: TenantId,
    slug: String,
    stored: StoredSettings,
}

impl InForce {
    fn settings(&self) -> Result<TenantSettings, serde_json::Error> {
        serde_json::from_str(&self.stored.document)
    }

    /// That its settings can't be read, and the way back.
    fn unreadable(&self, why: &serde_json::Error) -> String {
        let Self { slug, stored, .. } = self;
        format!(
            "version {} of {slug} is in force and can't be read by this release: {why}\n{}",
            stored.version,
            way_back(slug)
        )
    }
}

/// The tenants whose settings in force can't be read by this release, each with its reason and the way back: whoever
/// changes releases wants to know before.
///
/// # Errors
/// The database.
pub(super) async fn unreadable(store: &Store) -> Result<Vec<String>, CommandError> {
    let mut told = Vec::new();
    for row in operator::list_tenants(store).await.map_err(CommandError::failed)? {
        let Some(version) = row.version else { continue };
        let stored = stored_settings::at_version(store, row.id, version).await.map_err(CommandError::failed)?;
        if let Some(stored) = stored {
            let in_force = InForce { id: row.id, slug: row.slug, stored };
            told.extend(in_force.settings().err().map(|why| in_force.unreadable(&why)));
        }
    }
    Ok(told)
}

/// How a tenant gets out of settings that can't be read.
fn way_back(slug: &str) -> String {
    format!(
        "go back to an earlier version: `portvakt tenant history {slug}`, then `portvakt tenant rollback {slug} VERSION`; \
         or put a file that is right in its place: `portvakt tenant apply FILE`"
    )
}

impl Opened {
    async fn in_force(&self, slug: &str) -> Result<InForce, CommandError> {
        let row = operator::find_tenant(&self.store, slug.to_owned()).await.map_err(CommandError::failed)?;
        let nobody = || CommandError::Told(format!("there is no tenant {slug:?} with settings in force"));
        let (id, version) = row.and_then(|row| Some((row.id, row.version?))).ok_or_else(nobody)?;
        let stored = stored_settings::at_version(&self.store, id, version).await.map_err(CommandError::failed)?;
        Ok(InForce { id, slug: slug.to_owned(), stored: stored.ok_or_else(nobody)? })
    }

    async fn tenant(&self, slug: &str) -> Result<Stored, CommandError> {
        let in_force = self.in_force(slug).await?;
        let settings = in_force.settings().map_err(|why| CommandError::Told(in_force.unreadable(&why)))?;
        Ok(Stored { id: in_force.id, settings, secrets: in_force.stored.secrets })
    }
}

/// Where nobody measures.
struct Unobserved;

impl OperationObserver for Unobserved {
    fn observed(&self, _: &'static str, _: &'static str, _: f64) {}
}

impl RefusalObserver for Unobserved {
    fn refused(&self, _: &str, _: ConnectKind, _: &Refusal, _: &str) {}
}

impl AttemptObserver for Unobserved {
    fn attempted(&self, _: &'static str, _: &'static str) {}
}
