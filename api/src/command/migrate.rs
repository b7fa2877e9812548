//! `portvakt migrate`: the database's tables, brought up to this release by the role that owns them.

use std::process::ExitCode;

use portvakt_storage::{DatabaseSettings, MigrateSettings, migrate};
use tokio::runtime::Handle;

use super::{CommandError, ConfigArgument, say};
use crate::settings::SettingsError;

pub(super) async fn run(argument: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let settings = argument.load()?;
    let target = match settings.database.resolve().map_err(SettingsError)? {
        DatabaseSettings::Sqlite { path } => MigrateSettings::Sqlite { path },
        DatabaseSettings::Postgres { ca_pem, .. } => {
            let owner_url = settings.database.owner_url().map_err(CommandError::Told)?;
            MigrateSettings::Postgres { owner_url, ca_pem }
        }
    };
    let applied = migrate(target, Handle::current()).await.map_err(CommandError::failed)?;
    for name in &applied {
        say(&format!("applied {name}"));
    }
    say(if applied.is_empty() { "nothing to apply: the database is up to date" } else { "the database is up to date" });
    Ok(ExitCode::SUCCESS)
}
