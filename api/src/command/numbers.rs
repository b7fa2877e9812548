//! `portvakt numbers`: a look at once at who of those with registered numbers is still there, and the word of an operator
//! that those who are missing really are gone.

use std::{process::ExitCode, time::Duration};

use chrono::SecondsFormat;
use clap::Subcommand;
use portvakt_domain::{
    id::TenantId,
    reconciliation::{Occasion, ReconciliationState},
    time::{Clock as _, Instant},
};
use portvakt_flows::reconcile;
use portvakt_storage::{
    Store,
    reconciliations::{self, StoredReconciliation},
};

use super::{
    CommandError, ConfigArgument, Opened, note, say,
    tenant::{author::AuthorArgument, suspend::find},
};
use crate::system::{SystemClock, SystemRandom};

/// How long a reconciliation is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(500);
/// Of the newest so many, one is that which was asked for.
const NEWEST: i64 = 10;

#[derive(Debug, Subcommand)]
pub(super) enum NumbersAction {
    /// Look at once who of those with registered numbers is still in the directory, as the night does: numbers of accounts
    /// that have been missing, disabled or expired for long enough go.
    Reconcile(ReconcileArguments),
}

#[derive(Debug, clap::Args)]
pub(super) struct ReconcileArguments {
    /// The tenant's short name.
    slug: String,
    /// The accounts that are missing now really are gone: they raise no alarm, and their numbers go when their days are
    /// over.
    #[arg(long)]
    accept_missing: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    author: AuthorArgument,
    #[command(flatten)]
    config: ConfigArgument,
}

pub(super) async fn run(action: NumbersAction) -> Result<ExitCode, CommandError> {
    match action {
        NumbersAction::Reconcile(arguments) => reconcile(arguments).await,
    }
}

async fn reconcile(arguments: ReconcileArguments) -> Result<ExitCode, CommandError> {
    let ReconcileArguments { slug, accept_missing, json, author, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?;
    if tenant.suspended_at.is_some() || tenant.version.is_none() {
        return Err(CommandError::Told(format!("{slug}: it is suspended, or has no settings: nobody is looked at")));
    }
    let (store, asked_at, author) = (&opened.store, SystemClock.now(), author.name());
    let asked = reconcile::ask(store, &SystemClock, &SystemRandom, tenant.id, accept_missing, &author).await;
    if !asked.map_err(CommandError::failed)? {
        note("a look is asked for already");
    }
    let occasion = if accept_missing { Occasion::Accepting } else { Occasion::ByHand };
    let waited = tokio::time::timeout(PATIENCE, ended(store, tenant.id, occasion, asked_at)).await;
    let Ok(ended) = waited else {
        return Err(CommandError::Told(format!(
            "{slug}: no end was seen within {} minutes: does a worker run, does the directory answer? `portvakt jobs list` \
             tells what waits",
            PATIENCE.as_secs() / 60
        )));
    };
    let ended = ended?;
    if json {
        say(&shown(&ended).to_string());
    } else {
        say(&format!("{slug}: {}", line(&ended)));
    }
    if ended.state == ReconciliationState::Stopped {
        note("nothing was removed; are [directory] base and units as they should be?");
        note(&format!("if those accounts really are gone: portvakt numbers reconcile {slug} --accept-missing"));
    }
    Ok(if ended.state == ReconciliationState::Done { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The reconciliation that was asked for, when it has ended.
async fn ended(
    store: &Store,
    tenant: TenantId,
    occasion: Occasion,
    since: Instant,
) -> Result<StoredReconciliation, CommandError> {
    loop {
        let newest = reconciliations::list(store, tenant, NEWEST).await.map_err(CommandError::failed)?;
        let mine = |it: &StoredReconciliation| {
            it.occasion == occasion && it.started_at >= since && it.state != ReconciliationState::Running
        };
        if let Some(ended) = newest.into_iter().find(mine) {
            return Ok(ended);
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// A reconciliation as people read it.
pub(super) fn line(it: &StoredReconciliation) -> String {
    let f = it.figures;
    let state = match &it.problem {
        Some(problem) => format!("{}: {problem}", it.state.as_str()),
        None => it.state.as_str().to_owned(),
    };
    format!(
        "{state}; {} accounts with numbers, of these {} missing, {} disabled, {} expired; numbers of {} removed",
        f.registered, f.missing, f.disabled, f.expired, f.removed
    )
}

/// A reconciliation as programs read it.
pub(super) fn shown(it: &StoredReconciliation) -> serde_json::Value {
    let time = |at: Instant| at.to_rfc3339_opts(SecondsFormat::Secs, true);
    let f = it.figures;
    serde_json::json!({
        "day": it.day, "asked_by": it.occasion.as_str(), "state": it.state.as_str(), "problem": it.problem,
        "started_at": time(it.started_at), "finished_at": it.finished_at.map(time),
        "registered": f.registered, "missing": f.missing, "disabled": f.disabled, "expired": f.expired,
        "removed": f.removed,
    })
}
