//! `portvakt keys`: which keys are needed, and values sealed anew with the active one.

use std::{collections::BTreeSet, process::ExitCode, time::Duration};

use clap::Subcommand;
use portvakt_domain::keys::KeyRing;
use portvakt_flows::{
    key_usage::{self, Usage},
    rotate_keys::Rotation,
};
use portvakt_storage::{Store, operator};

use super::{CommandError, ConfigArgument, Opened, say};
use crate::{
    system::{SystemClock, SystemRandom},
    worker::chain,
};

#[derive(Debug, Subcommand)]
pub(super) enum KeysAction {
    /// Seal every stored value anew with the active key. May be stopped and run again, also while tenants are served.
    Rotate(ConfigArgument),
    /// Say per tenant and key how many values need it, and which keys may go.
    Status(ConfigArgument),
}

pub(super) async fn run(action: KeysAction) -> Result<ExitCode, CommandError> {
    match action {
        KeysAction::Rotate(config) => rotate(&Opened::open(&config).await?).await,
        KeysAction::Status(config) => {
            let opened = Opened::open(&config).await?;
            status(&opened.store, &opened.keys).await
        }
    }
}

async fn rotate(opened: &Opened) -> Result<ExitCode, CommandError> {
    let author = "portvakt keys rotate";
    let (store, keys) = (&opened.store, opened.keys.as_ref());
    let rotation = Rotation { store, keys, clock: &SystemClock, random: &SystemRandom, author };
    let mut whole = true;
    for tenant in operator::list_tenants(store).await.map_err(CommandError::failed)? {
        let slug = &tenant.slug;
        let told =
            |done: portvakt_flows::rotate_keys::Rotated| say(&format!("{slug}: {} values sealed anew", done.values));
        // Another tenant's trouble is no reason to leave the rest under a key that may have been seen.
        let done = match rotation.run(tenant.id, Duration::MAX, &told).await {
            Ok(done) => done,
            Err(error) => {
                whole = false;
                say(&format!("{slug}: not all is sealed anew: {}", chain(&error)));
                continue;
            }
        };
        if done.rejected > 0 {
            whole = false;
            say(&format!("{slug}: {} values do not open where they stand and were left as they are", done.rejected));
        }
    }
    let ended = status(store, keys).await?;
    Ok(if whole { ended } else { ExitCode::FAILURE })
}

async fn status(store: &Store, keys: &KeyRing) -> Result<ExitCode, CommandError> {
    let active = keys.active();
    let mut needed = BTreeSet::from([active.to_owned()]);
    let mut unnamed = 0;
    for tenant in operator::list_tenants(store).await.map_err(CommandError::failed)? {
        let usage = Usage::of(store, tenant.id).await.map_err(CommandError::failed)?;
        for (key, values) in usage.by_key() {
            let passing = usage.passing.get(key).copied().unwrap_or(0);
            let note = match (key == active, passing) {
                (true, _) => " (active)".to_owned(),
                (false, 0) => String::new(),
                (false, passing) => format!(" ({passing} of them in flows, which are gone within a day)"),
            };
            say(&format!("{:<20} key {key}: {values} values{note}", tenant.slug));
            needed.insert(key.to_owned());
        }
        if usage.unnamed_links > 0 {
            let links = usage.unnamed_links;
            say(&format!("{:<20} {links} links of the audit trail from before keys were noted", tenant.slug));
            unnamed += links;
        }
    }
    for key in keys.names().filter(|key| *key != active) {
        let verdict = match (needed.contains(key), unnamed) {
            (true, _) => "still needed",
            (false, 0) => "needed by nothing: it may be taken out of keys.files",
            (false, _) => "perhaps needed by the audit trail: run `portvakt keys rotate`",
        };
        say(&format!("key {key}: {verdict}"));
    }
    tell_missing(store, keys).await.map(|()| ExitCode::SUCCESS)
}

/// Refuses a ring that lacks a key which stored values need.
///
/// # Errors
/// Names the keys and the tenants.
pub(super) async fn tell_missing(store: &Store, keys: &KeyRing) -> Result<(), CommandError> {
    let missing = key_usage::missing(store, keys).await.map_err(CommandError::failed)?;
    let told = |(key, tenants): (String, BTreeSet<String>)| {
        let tenants = tenants.into_iter().collect::<Vec<_>>().join(", ");
        format!(
            "keys.files: the key {key:?} is missing, and values of {tenants} need it; put it back, then `portvakt keys rotate`"
        )
    };
    let lines: Vec<String> = missing.into_iter().map(told).collect();
    if lines.is_empty() { Ok(()) } else { Err(CommandError::Told(lines.join("\n"))) }
}
