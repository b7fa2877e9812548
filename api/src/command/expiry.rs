//! `portvakt expiry`: what reminders would do, reminders at once, and what earlier runs did. On a served installation, or on a
//! demo that is running.

mod practice;
mod table;

use std::{
    io::Read as _,
    process::ExitCode,
    sync::{Arc, Mutex},
    time::Duration,
};

use chrono::NaiveDate;
use clap::Subcommand;
use portvakt_delivery::mail::bounce;
use portvakt_domain::reminder_run::RunState;
use portvakt_flows::{Platform, Tenant, bounce_reminder, preview_reminders, remind, send_reminder, subjects::Subjects};
use portvakt_storage::{
    StorageError, operator,
    reminders::{self, StoredRun},
};
use portvakt_texts::Texts;

use super::{
    CommandError, ConfigArgument, Opened, note, say,
    tenant::{adapters, author::AuthorArgument},
};
use crate::{
    metrics::Metrics,
    registry::Registry,
    rest::reminders::{Preview, Run},
    system::{SystemClock, SystemRandom},
};

/// How long a run by hand is waited for.
const PATIENCE: Duration = Duration::from_secs(600);
/// How often it is looked at meanwhile.
const LOOK: Duration = Duration::from_millis(500);
/// A report is read so far: what is asked for stands before the mail that came back.
const LONGEST_REPORT: u64 = 10_000_000;
/// Runs that the history shows.
const SHOWN_RUNS: i64 = 30;

#[derive(Debug, Subcommand)]
pub(super) enum ExpiryAction {
    /// Tell who would get which reminders on a day, who would not and why, and how many mails the next 60 days bring.
    /// Sends nothing.
    Preview {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        demo: DemoArgument,
        /// Another day than today, such as 2027-06-04: as if every run until then took place.
        #[arg(long)]
        date: Option<NaiveDate>,
        /// Tell of this account alone.
        #[arg(long, value_name = "USERNAME")]
        account: Option<String>,
    },
    /// Send what is due now, without waiting for the time of day. Whoever was told already is not told again.
    Run {
        #[command(flatten)]
        whose: Whose,
        #[command(flatten)]
        demo: DemoArgument,
        #[command(flatten)]
        author: AuthorArgument,
    },
    /// Note a mail that came back: reads the report of the mail server (RFC 3464) from the standard input. For a mail server
    /// that hands the sender's mail to a program.
    Bounced {
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// List the last runs: when, how long, how many accounts, mails and failures; and what was refused.
    History {
        #[command(flatten)]
        whose: Whose,
    },
}

/// A tenant of a served installation, and whether a program reads what is said of it.
#[derive(Debug, clap::Args)]
pub(super) struct Whose {
    /// The tenant's short name.
    slug: String,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    config: ConfigArgument,
}

/// A demo in the place of an installation.
#[derive(Debug, clap::Args)]
pub(super) struct DemoArgument {
    /// Ask a demo that is running, here or at this address, and not a served installation.
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = practice::USUAL)]
    demo: Option<String>,
}

impl DemoArgument {
    /// The demo that is meant: the one that is named, or the usual one where nothing tells of an installation.
    fn or_usual(&self, config: &ConfigArgument) -> Option<String> {
        let mut variables = std::env::vars_os();
        let configured =
            config.config.is_some() || variables.any(|(name, _)| name.to_string_lossy().starts_with("PORTVAKT__"));
        self.demo.clone().or_else(|| (!configured).then(|| practice::USUAL.to_owned()))
    }
}

pub(super) async fn run(action: ExpiryAction) -> Result<ExitCode, CommandError> {
    match action {
        ExpiryAction::Preview { whose, demo, date, account } => {
            preview(&whose, demo.or_usual(&whose.config), date, account.as_deref()).await
        }
        ExpiryAction::Run { whose, demo, author } => {
            run_now(&whose, demo.or_usual(&whose.config), &author.name()).await
        }
        ExpiryAction::Bounced { config } => bounced(&config).await,
        ExpiryAction::History { whose } => history(&whose).await,
    }
}

async fn preview(
    whose: &Whose,
    demo: Option<String>,
    date: Option<NaiveDate>,
    account: Option<&str>,
) -> Result<ExitCode, CommandError> {
    let mut shown = match demo {
        Some(demo) => practice::preview(&demo, &whose.slug, date).await?,
        None => {
            let (platform, tenant) = installation(whose).await?;
            let preview = preview_reminders::run(&platform, &tenant, date).await.map_err(CommandError::failed)?;
            serde_json::to_value(Preview::from(preview)).map_err(CommandError::failed)?
        }
    };
    if let Some(account) = account {
        table::keep_account(&mut shown, account);
    }
    if whose.json {
        say(&serde_json::to_string_pretty(&shown).map_err(CommandError::failed)?);
    } else {
        table::preview(&shown);
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_now(whose: &Whose, demo: Option<String>, author: &str) -> Result<ExitCode, CommandError> {
    if let Some(demo) = demo {
        let run = practice::run(&demo, &whose.slug).await?;
        return Ok(told(whose, &run));
    }
    let (platform, tenant) = installation(whose).await?;
    if !tenant.settings.reminders.send {
        return Err(CommandError::Told(format!("{}: reminders.send is false: nothing is sent", whose.slug)));
    }
    let asked = remind::ask(&platform, &tenant, author).await.map_err(CommandError::failed)?;
    if !asked.is_new {
        note("a run is asked for already");
    }
    match tokio::time::timeout(PATIENCE, ended(&asked, &platform, LOOK)).await {
        Ok(run) => Ok(told(whose, &shown_run(&run.map_err(CommandError::failed)?)?)),
        Err(_) => Err(CommandError::Told(format!(
            "{}: no end was seen within {} minutes: does a worker run? `portvakt jobs list` tells what waits",
            whose.slug,
            PATIENCE.as_secs() / 60
        ))),
    }
}

/// Says how a run ended.
fn told(whose: &Whose, run: &serde_json::Value) -> ExitCode {
    if whose.json {
        say(&run.to_string());
    } else {
        table::run(run);
    }
    if run["state"] == RunState::Done.as_str() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

async fn history(whose: &Whose) -> Result<ExitCode, CommandError> {
    let (platform, tenant) = installation(whose).await?;
    let runs = reminders::runs(&platform.store, tenant.id, SHOWN_RUNS).await.map_err(CommandError::failed)?;
    let mut shown = Vec::new();
    for run in &runs {
        let refused = reminders::refused(&platform.store, tenant.id, run.id).await.map_err(CommandError::failed)?;
        let refused = refused.iter().map(|mail| {
            let to = send_reminder::shown_recipient(&platform, &tenant, mail);
            serde_json::json!({
                "reminder": mail.id.to_string(), "channel": mail.channel.as_str(), "part": mail.part,
                "to": to, "accounts": mail.rows,
                "state": mail.state.as_str(), "reason": mail.reason, "attempts": mail.attempts,
                "unanswered": mail.unknown_sends,
            })
        });
        let mut line = shown_run(run)?;
        line["refused"] = refused.collect();
        shown.push(line);
    }
    if whose.json {
        say(&serde_json::to_string_pretty(&shown).map_err(CommandError::failed)?);
    } else {
        shown.iter().for_each(table::run);
    }
    Ok(ExitCode::SUCCESS)
}

async fn bounced(config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let mut report = Vec::new();
    std::io::stdin().lock().take(LONGEST_REPORT).read_to_end(&mut report).map_err(CommandError::failed)?;
    // Answers out of office come to the same address, and reports of what is only late: nothing is wrong with them.
    let Some(bounce) = bounce::read(&report) else {
        say("it is no report of a mail that was given up");
        return Ok(ExitCode::SUCCESS);
    };
    let opened = Opened::open(config).await?;
    let (message_id, status) = (&bounce.message_id, &bounce.status);
    let noted = bounce_reminder::run(&opened.store, &SystemClock, &SystemRandom, message_id, status).await;
    let what = if noted.map_err(CommandError::failed)? { "noted" } else { "no reminder, or noted already" };
    say(&format!("{what}: {message_id}, {status}"));
    Ok(ExitCode::SUCCESS)
}

/// Waits until a run that was asked for has ended.
///
/// # Errors
/// The database.
pub(crate) async fn ended(
    asked: &remind::Asked,
    platform: &Platform,
    look_every: Duration,
) -> Result<StoredRun, StorageError> {
    loop {
        if let Some(run) = asked.ended(platform).await? {
            return Ok(run);
        }
        tokio::time::sleep(look_every).await;
    }
}

fn shown_run(run: &StoredRun) -> Result<serde_json::Value, CommandError> {
    serde_json::to_value(Run::from(run)).map_err(CommandError::failed)
}

/// The platform and one of its tenants, as a server would have them.
async fn installation(whose: &Whose) -> Result<(Platform, Arc<Tenant>), CommandError> {
    let opened = Opened::open(&whose.config).await?;
    let found = operator::find_tenant(&opened.store, whose.slug.clone()).await.map_err(CommandError::failed)?;
    let found = found.ok_or_else(|| CommandError::Told(format!("there is no tenant {:?}", whose.slug)))?;
    let texts = Arc::new(Texts::new().map_err(CommandError::failed)?);
    let adapters = Arc::new(adapters(&opened.connect));
    let registry = Registry::new(opened.store.clone(), opened.keys.clone(), adapters, texts);
    registry.refresh().await.map_err(CommandError::failed)?;
    let tenant = registry
        .tenant(found.id)
        .ok_or_else(|| CommandError::Told(format!("{}: it is suspended, or its settings can't be used", whose.slug)))?;
    let platform = Platform {
        store: opened.store,
        keys: opened.keys.clone(),
        subjects: Subjects::new(opened.keys),
        tally: Mutex::default(),
        clock: Arc::new(SystemClock),
        random: Arc::new(SystemRandom),
        meter: Arc::new(Metrics::new().map_err(CommandError::failed)?),
        wake: Arc::new(|| {}),
        network_limit_factor: 1,
    };
    Ok((platform, tenant))
}
