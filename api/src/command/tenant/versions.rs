//! `portvakt tenant history|diff|rollback`: the versions of a tenant's settings. Secrets are told by name alone.

use std::{collections::BTreeMap, path::PathBuf, process::ExitCode};

use chrono::SecondsFormat;
use portvakt_domain::tenant::{Difference, HostPurpose, TenantSettings};
use portvakt_flows::{
    apply_settings::{self, Applied, ApplyError},
    compare_settings, roll_back_settings,
};
use portvakt_storage::settings::{self, StoredSettings};

use super::{
    CommandError, ConfigArgument, InForce, Opened,
    author::AuthorArgument,
    file::{TenantFile, unusable, wrong_texts},
    say,
};
use crate::system::{SystemClock, SystemRandom};

/// `portvakt tenant diff`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct DiffArguments {
    /// The tenant's short name.
    slug: String,
    /// What to compare with the settings in force: a file, or the number of a version. The version before the one in
    /// force where it is left out.
    #[arg(value_name = "FILE|VERSION")]
    with: Option<String>,
    /// Compare version with version instead.
    #[arg(value_name = "VERSION")]
    to: Option<i64>,
    #[command(flatten)]
    config: ConfigArgument,
}

/// `portvakt tenant rollback`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct RollbackArguments {
    /// The tenant's short name.
    slug: String,
    /// The version whose settings are put in force again.
    version: i64,
    /// Tell what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    author: AuthorArgument,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn history(slug: &str, config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let tenant = opened.in_force(slug).await?;
    let versions = settings::history(&opened.store, tenant.id).await.map_err(CommandError::failed)?;
    let mut lines = Vec::new();
    let mut before: Option<&StoredSettings> = None;
    for version in &versions {
        let changed = match before.map(|before| compare_settings::between(&opened.keys, tenant.id, before, version)) {
            None => "the first".to_owned(),
            Some(Ok(found)) => found.sections().join(", "),
            Some(Err(_)) => "not to be compared".to_owned(),
        };
        let readable = compare_settings::is_readable(version);
        let note = if readable { "" } else { " (can't be read by this release)" };
        let mark = if version.version == tenant.stored.version { "*" } else { " " };
        let at = version.created_at.to_rfc3339_opts(SecondsFormat::Secs, true);
        lines.push(format!("{mark} {:>7}  {at}  {:<16}  {changed}{note}", version.version, version.author));
        before = Some(version);
    }
    say(&format!("  version  {:<20}  {:<16}  changed", "when", "author"));
    for line in lines.iter().rev() {
        say(line);
    }
    say("* in force");
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn diff(arguments: DiffArguments) -> Result<ExitCode, CommandError> {
    let DiffArguments { slug, with, to, config } = arguments;
    let number = with.as_deref().map(str::parse::<i64>);
    let difference = match (&with, number, to) {
        (Some(file), Some(Err(_)), None) => {
            let file = PathBuf::from(file);
            let read = TenantFile::open(&file)?;
            if read.settings.slug.as_str() != slug {
                return Err(CommandError::Told(format!("{}: its slug is {}", file.display(), read.settings.slug)));
            }
            let opened = Opened::open(&config).await?;
            opened.in_force(&slug).await?;
            let proposed = apply_settings::propose(&opened.store, &opened.keys, &read.settings, &read.secrets).await;
            proposed.map_err(|error| match error {
                ApplyError::Problems(problems) => read.refused(&file, problems),
                other => CommandError::failed(other),
            })?
        }
        (Some(text), Some(Err(_)), Some(_)) => {
            return Err(CommandError::Told(format!("{text:?} is not the number of a version")));
        }
        (_, number, to) => {
            let opened = Opened::open(&config).await?;
            let tenant = opened.in_force(&slug).await?;
            let from = number.and_then(Result::ok).unwrap_or(tenant.stored.version - 1);
            between(&opened, &tenant, from, to.unwrap_or(tenant.stored.version)).await?
        }
    };
    tell(&slug, &difference);
    Ok(ExitCode::SUCCESS)
}

async fn between(opened: &Opened, tenant: &InForce, from: i64, to: i64) -> Result<Difference, CommandError> {
    let slug = &tenant.slug;
    let version = async |version| {
        let found = settings::at_version(&opened.store, tenant.id, version).await.map_err(CommandError::failed)?;
        found.ok_or_else(|| no_such_version(slug, version))
    };
    let (before, after) = (version(from).await?, version(to).await?);
    compare_settings::between(&opened.keys, tenant.id, &before, &after)
        .map_err(|why| CommandError::Told(format!("versions {from} and {to} of {slug} can't be compared: {why}")))
}

pub(super) async fn roll_back(arguments: RollbackArguments) -> Result<ExitCode, CommandError> {
    // 1. The settings of then, looked at as any others are.
    let RollbackArguments { slug, version, dry_run, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = opened.in_force(&slug).await?;
    let (store, keys) = (&opened.store, &opened.keys);
    let refused = |problems: Vec<String>| {
        CommandError::Told(format!("version {version} of {slug} is not applied:\n{}", problems.join("\n")))
    };
    let found = roll_back_settings::find(store, tenant.id, version).await.map_err(|error| match error {
        ApplyError::Document(why) => refused(vec![format!("it can't be read by this release: {why}")]),
        other => CommandError::failed(other),
    })?;
    let wanted = found.ok_or_else(|| no_such_version(&slug, version))?;
    let mut problems = unusable(&wanted, &BTreeMap::new(), &tenant.stored.secrets.keys().cloned().collect());
    problems.extend(wrong_texts(&wanted));
    if !problems.is_empty() {
        return Err(refused(problems));
    }
    let failed = |error| match error {
        ApplyError::Problems(problems) => refused(problems),
        other => CommandError::failed(other),
    };

    // 2. What would change.
    let difference = apply_settings::propose(store, keys, &wanted, &BTreeMap::new()).await.map_err(failed)?;
    if let Err(why) = tenant.settings() {
        say(&format!("{slug}: version {} is in force and can't be read by this release: {why}", tenant.stored.version));
    }
    tell(&slug, &difference);
    if dry_run {
        return Ok(ExitCode::SUCCESS);
    }

    // 3. In force again.
    let author = author.name();
    let applied = roll_back_settings::run(store, keys, &SystemClock, &SystemRandom, &wanted, version, &author).await;
    tell_in_force(&wanted, &applied.map_err(failed)?);
    Ok(ExitCode::SUCCESS)
}

fn no_such_version(slug: &str, version: i64) -> CommandError {
    CommandError::Told(format!("{slug} has no version {version}"))
}

/// Prints what differs, a line a key.
pub(super) fn tell(slug: &str, difference: &Difference) {
    if difference.is_empty() {
        return say(&format!("{slug}: nothing differs"));
    }
    let changed = difference.changes.len() + difference.changed_secrets().count();
    say(&format!("{slug}: {changed} {}", if changed == 1 { "change" } else { "changes" }));
    for change in &difference.changes {
        say(&format!("  {change}"));
    }
    for (name, change) in &difference.secrets {
        say(&format!("  secret {}: {}", name.as_str(), change.as_str()));
    }
}

/// Prints what is in force now.
pub(super) fn tell_in_force(settings: &TenantSettings, applied: &Applied) {
    let slug = &settings.slug;
    if !applied.is_new {
        return say(&format!("{slug}: version {} stays in force", applied.version));
    }
    say(&format!("{slug}: version {} is in force", applied.version));
    say(&format!("  pwreset: {}", settings.hosts.base(HostPurpose::Reset)));
    say(&format!("  pwreg:   {}", settings.hosts.base(HostPurpose::Register)));
}
