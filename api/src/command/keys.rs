//! `portvakt keys`: which keys are needed, and values sealed anew with the active one.

use std::{collections::BTreeSet, process::ExitCode, time::Duration};

use clap::Subcommand;
use portvakt_domain::keys::KeyRing;
use portvakt_flows::{
    key_usage::{self, Lacking, Usage},
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
    let (mut links, mut hashes, mut damaged) = (0, 0, 0);
    for tenant in operator::list_tenants(store).await.map_err(CommandError::failed)? {
        let usage = Usage::of(store, tenant.id, active).await.map_err(CommandError::failed)?;
        say_usage(&tenant.slug, &usage, active);
        needed.extend(usage.by_key().into_keys().map(str::to_owned));
        links += usage.unnamed_links;
        hashes += usage.unnamed_hashes;
        damaged += usage.damaged.values().sum::<i64>();
    }
    for key in keys.names().filter(|key| *key != active) {
        let verdict = match (needed.contains(key), links, hashes, damaged) {
            (true, ..) => "still needed",
            (false, 0, 0, 0) => "needed by nothing: it may be taken out of keys.files",
            (false, 0, 0, _) => "perhaps needed by what was damaged, should it come back from a backup",
            (false, 0, ..) => "perhaps needed by hashes of numbers in directories, until these are next compared",
            (false, ..) => "perhaps needed by the audit trail: run `portvakt keys rotate`",
        };
        say(&format!("key {key}: {verdict}"));
    }
    let missing = missing(store, keys).await?;
    refuse_missing(&missing).map(|()| ExitCode::SUCCESS)
}

fn say_usage(slug: &str, usage: &Usage, active: &str) {
    for (key, values) in usage.by_key() {
        let passing = usage.passing.get(key).copied().unwrap_or(0);
        let note = match (key == active, passing) {
            (true, _) => " (active)".to_owned(),
            (false, 0) => String::new(),
            (false, passing) => format!(" ({passing} of them in flows, which are gone within a day)"),
        };
        say(&format!("{slug:<20} key {key}: {values} values{note}"));
    }
    if usage.unnamed_links > 0 {
        say(&format!("{slug:<20} {} links of the audit trail from before keys were noted", usage.unnamed_links));
    }
    if usage.unnamed_hashes > 0 {
        say(&format!("{slug:<20} {} hashes of numbers in the directory, not compared since", usage.unnamed_hashes));
    }
    for (place, values) in &usage.damaged {
        say(&format!("{slug:<20} {place}: {values} values begin with no key's name: they are damaged"));
    }
}

/// Compares a ring with what stored values need.
///
/// # Errors
/// The database.
pub(super) async fn missing(store: &Store, keys: &KeyRing) -> Result<Lacking, CommandError> {
    key_usage::missing(store, keys).await.map_err(CommandError::failed)
}

/// Refuses a ring that lacks a key which stored values need. Damaged values are no reason: no ring opens them, and other
/// tenants have nothing to do with them.
///
/// # Errors
/// Names the keys and the tenants.
pub(super) fn refuse_missing(lacking: &Lacking) -> Result<(), CommandError> {
    let told = |(key, tenants): (&String, &BTreeSet<String>)| {
        let tenants = tenants.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        format!(
            "keys.files: the key {key:?} is missing, and values of {tenants} need it; put it back, then `portvakt keys rotate`"
        )
    };
    let lines: Vec<String> = lacking.keys.iter().map(told).collect();
    if lines.is_empty() { Ok(()) } else { Err(CommandError::Told(lines.join("\n"))) }
}
