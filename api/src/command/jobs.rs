//! `portvakt jobs`: what waits, what was laid aside and why, and another try for it.

use std::{collections::HashMap, process::ExitCode};

use chrono::SecondsFormat;
use clap::Subcommand;
use portvakt_domain::{
    id::{JobId, TenantId},
    time::{Clock as _, Instant},
};
use portvakt_flows::retry_job;
use portvakt_storage::operator;
use uuid::Uuid;

use super::{CommandError, ConfigArgument, Opened, say, tenant::author::AuthorArgument};
use crate::system::{SystemClock, SystemRandom};

/// Waiting jobs that are listed.
const SHOWN: i64 = 200;

#[derive(Debug, Subcommand)]
pub(super) enum JobsAction {
    /// List the jobs that were laid aside after all their tries, and those that wait or are under way.
    List {
        /// Only this tenant's.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
        /// Print JSON.
        #[arg(long)]
        json: bool,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Try jobs again that were laid aside: one by its id, or all of a tenant's.
    Retry {
        /// The job's id, as the list shows it.
        #[arg(required_unless_present = "tenant", conflicts_with = "tenant")]
        id: Option<Uuid>,
        /// All of this tenant's.
        #[arg(long, value_name = "SLUG")]
        tenant: Option<String>,
        #[command(flatten)]
        author: AuthorArgument,
        #[command(flatten)]
        config: ConfigArgument,
    },
}

pub(super) async fn run(action: JobsAction) -> Result<ExitCode, CommandError> {
    match action {
        JobsAction::List { tenant, json, config } => list(tenant.as_deref(), json, &config).await,
        JobsAction::Retry { id, tenant, author, config } => retry(id, tenant.as_deref(), &author.name(), &config).await,
    }
}

async fn list(tenant: Option<&str>, json: bool, config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let slugs = slugs(&opened).await?;
    let only = tenant.map(|slug| id_of(&slugs, slug)).transpose()?;
    let name = |tenant: TenantId| slugs.get(&tenant).cloned().unwrap_or_else(|| tenant.to_string());
    let dead = operator::list_dead_jobs(&opened.store, only).await.map_err(CommandError::failed)?;
    let waiting = operator::list_waiting_jobs(&opened.store, only, SHOWN).await.map_err(CommandError::failed)?;
    let dead = dead.into_iter().map(|job| {
        serde_json::json!({
            "id": job.id.to_string(), "tenant": name(job.tenant), "kind": job.kind, "state": "laid_aside",
            "attempts": job.attempts, "at": time(job.dead_at), "error": job.last_error,
        })
    });
    let now = SystemClock.now();
    let waiting = waiting.into_iter().map(|job| {
        let state = if job.leased_until.is_some_and(|until| until > now) { "under_way" } else { "waiting" };
        serde_json::json!({
            "id": job.id.to_string(), "tenant": name(job.tenant), "kind": job.kind, "state": state,
            "attempts": job.attempts, "at": time(job.due_at), "error": job.last_error,
        })
    });
    let all: Vec<serde_json::Value> = dead.chain(waiting).collect();
    if json {
        say(&serde_json::to_string_pretty(&all).map_err(CommandError::failed)?);
        return Ok(ExitCode::SUCCESS);
    }
    let text = |job: &serde_json::Value, key: &str| job[key].as_str().unwrap_or_default().to_owned();
    for job in &all {
        say(&format!(
            "{}  {:<10} {:<16} {:<15} {}  {} attempts  {}",
            text(job, "id"),
            text(job, "state"),
            text(job, "tenant"),
            text(job, "kind"),
            text(job, "at"),
            job["attempts"],
            text(job, "error"),
        ));
    }
    let aside = all.iter().filter(|job| job["state"] == "laid_aside").count();
    say(&format!("{aside} laid aside, {} waiting or under way", all.len() - aside));
    Ok(ExitCode::SUCCESS)
}

async fn retry(
    id: Option<Uuid>,
    tenant: Option<&str>,
    author: &str,
    config: &ConfigArgument,
) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let slugs = slugs(&opened).await?;
    let only = tenant.map(|slug| id_of(&slugs, slug)).transpose()?;
    let mut jobs = operator::list_dead_jobs(&opened.store, only).await.map_err(CommandError::failed)?;
    if let Some(id) = id {
        jobs.retain(|job| job.id == JobId(id));
        if jobs.is_empty() {
            return Err(CommandError::Told(format!("{id}: no such job is laid aside")));
        }
    }
    let mut revived = 0;
    for job in &jobs {
        let again = retry_job::run(&opened.store, &SystemClock, &SystemRandom, job, author).await;
        if again.map_err(CommandError::failed)? {
            revived += 1;
        } else {
            say(&format!("{}: it is not laid aside any more, or one like it waits already", job.id));
        }
    }
    say(&format!("{revived} of {} are tried again now", jobs.len()));
    Ok(if revived == jobs.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn slugs(opened: &Opened) -> Result<HashMap<TenantId, String>, CommandError> {
    let tenants = operator::list_tenants(&opened.store).await.map_err(CommandError::failed)?;
    Ok(tenants.into_iter().map(|tenant| (tenant.id, tenant.slug)).collect())
}

fn id_of(slugs: &HashMap<TenantId, String>, slug: &str) -> Result<TenantId, CommandError> {
    let found = slugs.iter().find(|(_, name)| *name == slug).map(|(id, _)| *id);
    found.ok_or_else(|| CommandError::Told(format!("there is no tenant {slug:?}")))
}

fn time(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}
