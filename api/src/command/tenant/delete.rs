//! `portvakt tenant delete|restore`: a tenant with all its data is gone when a grace period is over, or is not.

use std::process::ExitCode;

use chrono::TimeDelta;
use portvakt_flows::delete_tenant;
use portvakt_storage::operator;

use super::{
    CommandError, ConfigArgument, Opened,
    author::AuthorArgument,
    moment, say,
    suspend::{SuspendArguments, find},
};
use crate::system::{SystemClock, SystemRandom};

/// `portvakt tenant delete`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct DeleteArguments {
    /// The tenant's short name.
    slug: String,
    /// For how many days it may be restored.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=365))]
    grace: u16,
    #[command(flatten)]
    author: AuthorArgument,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn delete(arguments: DeleteArguments) -> Result<ExitCode, CommandError> {
    let DeleteArguments { slug, grace, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?;
    let (author, grace) = (author.name(), TimeDelta::days(i64::from(grace)));
    let asked = delete_tenant::ask(&opened.store, &SystemClock, &SystemRandom, tenant.id, grace, &author).await;
    match (asked.map_err(CommandError::failed)?, tenant.delete_due_at) {
        (Some(due), _) => {
            say(&format!("{slug}: suspended; deleted for good, with all its data, after {}", moment(due)));
            say(&format!("  until then: portvakt tenant restore {slug}"));
        }
        (None, due) => say(&format!("{slug}: is deleted already after {}", due.map(moment).unwrap_or_default())),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(arguments: SuspendArguments) -> Result<ExitCode, CommandError> {
    let SuspendArguments { slug, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?;
    let author = author.name();
    let restored = delete_tenant::restore(&opened.store, &SystemClock, &SystemRandom, &tenant, &author).await;
    if !restored.map_err(CommandError::failed)? {
        say(&format!("{slug}: is not to be deleted"));
    } else if find(&opened, &slug).await?.suspended_at.is_some() {
        say(&format!("{slug}: is not deleted, and suspended as it was before"));
    } else {
        say(&format!("{slug}: is not deleted, and served again"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints the tenants that were deleted.
pub(super) async fn list(config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    for tenant in operator::list_deleted(&opened.store).await.map_err(CommandError::failed)? {
        let [asked, deleted] = [tenant.asked_at, tenant.deleted_at].map(moment);
        say(&format!("{:<20} deleted {deleted}, asked for {asked} by {}", tenant.slug, tenant.asked_by));
    }
    Ok(ExitCode::SUCCESS)
}
