//! `portvakt tenant apply`: what would change is told, then it is put in force.

use std::{path::PathBuf, process::ExitCode};

use portvakt_domain::time::{Clock as _, swedish};
use portvakt_flows::apply_settings::{self, ApplyError};

use super::{
    CommandError, ConfigArgument, Opened,
    author::AuthorArgument,
    file::{TenantFile, stored_secrets, unusable},
    note, reach, units, versions,
};
use crate::system::{SystemClock, SystemRandom};

/// `portvakt tenant apply`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct ApplyArguments {
    /// The settings, a TOML file; see tenants/presets for complete ones.
    file: PathBuf,
    /// Tell what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    author: AuthorArgument,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn run(arguments: ApplyArguments) -> Result<ExitCode, CommandError> {
    // 1. Everything that is wrong is told at once, before anything else.
    let ApplyArguments { file, dry_run, author, config } = arguments;
    let read = TenantFile::open(&file)?;
    let opened = Opened::open(&config).await?;
    let Opened { store, keys, connect } = &opened;
    let (settings, secrets) = (&read.settings, &read.secrets);
    let mut problems = unusable(settings, secrets, &stored_secrets(store, settings.slug.as_str()).await?);
    problems.extend(reach::refusals(settings, connect).await.into_iter().map(|(_, problem)| problem));
    if problems.is_empty() {
        problems.extend(units::problem(&opened, settings, secrets).await);
    }
    if !problems.is_empty() {
        return Err(read.refused(&file, problems));
    }
    let refused = |error| match error {
        ApplyError::Problems(problems) => read.refused(&file, problems),
        other => CommandError::failed(other),
    };

    // 2. What would change.
    let difference = apply_settings::propose(store, keys, settings, secrets).await.map_err(refused)?;
    versions::tell(settings.slug.as_str(), &difference);
    for lack in settings.shortfalls(swedish(SystemClock.now()).date()) {
        note(&lack);
    }
    if dry_run {
        return Ok(ExitCode::SUCCESS);
    }

    // 3. In force.
    let author = author.name();
    let applied = apply_settings::run(store, keys, &SystemClock, &SystemRandom, settings, secrets, &author)
        .await
        .map_err(refused)?;
    versions::tell_in_force(settings, &applied);
    Ok(ExitCode::SUCCESS)
}
