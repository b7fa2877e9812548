//! The command line.

mod audit;
mod config;
mod demo;
mod expiry;
mod jobs;
mod keys;
mod migrate;
mod numbers;
mod practice_directory;
mod serve;
mod tenant;

use std::{path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use portvakt_domain::keys::KeyRing;
use portvakt_storage::Store;
use tokio::{
    runtime::Handle,
    signal::unix::{SignalKind, signal},
};

use crate::{
    rest::document,
    settings::{ConnectSection, Settings, SettingsError},
    telemetry,
    worker::chain,
};

pub use demo::DemoArguments;
pub(crate) use expiry::ended;

/// Gives municipal staff a way back into a locked or forgotten account.
#[derive(Debug, Parser)]
#[command(name = "portvakt", version)]
pub struct Command {
    #[command(subcommand)]
    action: Action,
}

/// The operator's settings file, for every command that needs the database.
#[derive(Debug, clap::Args)]
struct ConfigArgument {
    /// The operator's settings, a TOML file. Without it, the environment alone (`PORTVAKT__SECTION__KEY`).
    #[arg(long, short, env = "PORTVAKT_CONFIG")]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Run the whole platform for practice: two municipalities, their directories, phones and mailboxes.
    Demo(DemoArguments),
    /// Serve tenants.
    Serve(ConfigArgument),
    /// Bring the database's tables up to this release.
    Migrate(ConfigArgument),
    /// The operator's settings.
    #[command(subcommand)]
    Config(config::ConfigAction),
    /// Tenants.
    #[command(subcommand)]
    Tenant(tenant::TenantAction),
    /// Reminders before passwords end.
    #[command(subcommand)]
    Expiry(expiry::ExpiryAction),
    /// Registered numbers: whether those whom they belong to are still there.
    #[command(subcommand)]
    Numbers(numbers::NumbersAction),
    /// Work behind the replies: what waits, and what was laid aside.
    #[command(subcommand)]
    Jobs(jobs::JobsAction),
    /// Print the document of the API (OpenAPI 3.1).
    Openapi,
    /// The key ring.
    #[command(subcommand)]
    Keys(keys::KeysAction),
    /// The audit trail.
    #[command(subcommand)]
    Audit(audit::AuditAction),
    /// Run a practice directory alone: a domain controller in memory, with accounts computed from a seed.
    PracticeDirectory(practice_directory::PracticeDirectoryArguments),
}

/// What a command failed with.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The operator's settings.
    #[error("the settings can't be used:\n{0}")]
    Settings(#[from] SettingsError),
    /// Something that is told in one line.
    #[error("{0}")]
    Told(String),
    /// Anything with causes.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

impl CommandError {
    fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Box::new(error))
    }

    /// Prints it for the person at the command line.
    #[expect(clippy::print_stderr, reason = "a command line speaks to its terminal")]
    pub fn print(&self) {
        match self {
            CommandError::Failed(error) => eprintln!("portvakt: {}", chain(error.as_ref())),
            told => eprintln!("portvakt: {told}"),
        }
    }
}

impl Command {
    /// Runs the command.
    ///
    /// # Errors
    /// What went wrong, to be printed.
    pub async fn run(self) -> Result<ExitCode, CommandError> {
        match self.action {
            Action::Demo(arguments) => demo::run(arguments).await,
            Action::Serve(argument) => serve::run(&argument).await,
            Action::Migrate(argument) => migrate::run(&argument).await,
            Action::Config(action) => config::run(&action).await,
            Action::Expiry(action) => expiry::run(action).await,
            Action::Numbers(action) => numbers::run(action).await,
            Action::Jobs(action) => jobs::run(action).await,
            Action::Openapi => {
                say(document::json().map_err(CommandError::failed)?.trim_end());
                Ok(ExitCode::SUCCESS)
            }
            Action::Keys(action) => keys::run(action).await,
            Action::Tenant(action) => tenant::run(action).await,
            Action::Audit(action) => audit::run(action).await,
            Action::PracticeDirectory(arguments) => practice_directory::run(arguments).await,
        }
    }
}

impl ConfigArgument {
    fn load(&self) -> Result<Settings, CommandError> {
        Ok(Settings::load(self.config.as_deref())?)
    }
}

/// What commands on the database need.
struct Opened {
    store: Store,
    keys: Arc<KeyRing>,
    connect: ConnectSection,
}

impl Opened {
    async fn open(argument: &ConfigArgument) -> Result<Self, CommandError> {
        let settings = argument.load()?;
        telemetry::start(&settings.log).map_err(CommandError::Told)?;
        let keys = Arc::new(settings.keys.ring().map_err(CommandError::Told)?);
        let database = settings.database.resolve().map_err(SettingsError)?;
        let store = Store::open(database, Handle::current()).await.map_err(CommandError::failed)?;
        Ok(Self { store, keys, connect: settings.connect })
    }
}

/// Prints something to look after, beside a command's result.
fn note(line: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "note: {line}");
}

/// Prints a line of a command's result.
fn say(line: &str) {
    use std::io::Write as _;
    // A closed pipe (`portvakt … | head`) is no fault of ours.
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Ready when the process is asked to stop (SIGTERM, SIGINT).
async fn stopped() {
    let (Ok(mut terminate), Ok(mut interrupt)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_sound() {
        super::Command::command().debug_assert();
    }
}
