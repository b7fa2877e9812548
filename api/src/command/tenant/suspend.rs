//! `portvakt tenant suspend|resume`: a tenant is not served for a while.

use std::process::ExitCode;

use portvakt_flows::suspend_tenant;
use portvakt_storage::operator::{self, TenantRow};

use super::{CommandError, ConfigArgument, Opened, author::AuthorArgument, say};
use crate::system::{SystemClock, SystemRandom};

/// `portvakt tenant suspend`, `portvakt tenant resume` and `portvakt tenant restore`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct SuspendArguments {
    /// The tenant's short name.
    pub(super) slug: String,
    #[command(flatten)]
    pub(super) author: AuthorArgument,
    #[command(flatten)]
    pub(super) config: ConfigArgument,
}

pub(super) async fn suspend(arguments: SuspendArguments) -> Result<ExitCode, CommandError> {
    let SuspendArguments { slug, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?;
    let author = author.name();
    let done = suspend_tenant::suspend(&opened.store, &SystemClock, &SystemRandom, tenant.id, &author).await;
    if done.map_err(CommandError::failed)? {
        say(&format!("{slug}: suspended; nobody is served, nothing is sent or written, all data is kept"));
    } else {
        say(&format!("{slug}: is suspended already"));
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn resume(arguments: SuspendArguments) -> Result<ExitCode, CommandError> {
    let SuspendArguments { slug, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?;
    if tenant.delete_due_at.is_some() {
        return Err(CommandError::Told(format!(
            "{slug} is to be deleted; take that back: portvakt tenant restore {slug}"
        )));
    }
    let author = author.name();
    let done = suspend_tenant::resume(&opened.store, &SystemClock, &SystemRandom, tenant.id, &author).await;
    if done.map_err(CommandError::failed)? {
        say(&format!("{slug}: is served again"));
    } else {
        say(&format!("{slug}: is not suspended"));
    }
    Ok(ExitCode::SUCCESS)
}

/// A tenant, with settings in force or without.
pub(in crate::command) async fn find(opened: &Opened, slug: &str) -> Result<TenantRow, CommandError> {
    let found = operator::find_tenant(&opened.store, slug.to_owned()).await.map_err(CommandError::failed)?;
    found.ok_or_else(|| CommandError::Told(format!("there is no tenant {slug:?}")))
}
