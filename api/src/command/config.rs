//! `portvakt config`: the operator's settings, checked and described.

mod reference;

use std::process::ExitCode;

use clap::Subcommand;
use portvakt_storage::{DatabaseSettings, Store};
use tokio::runtime::Handle;

use super::{CommandError, ConfigArgument, keys, say, tenant};
use crate::settings::{Settings, SettingsError};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigAction {
    /// Read the settings and say everything that is wrong with them.
    Check(ConfigArgument),
    /// Print the JSON Schema of the operator's settings, or of a tenant's file.
    Schema {
        /// Of a tenant's file.
        #[arg(long)]
        tenant: bool,
    },
    /// Print what every key of both files means, as Markdown: `api/docs/configuration.md`.
    Reference,
}

pub(super) async fn run(action: &ConfigAction) -> Result<ExitCode, CommandError> {
    match action {
        ConfigAction::Check(argument) => {
            let settings = argument.load()?;
            if let Some(store) = database(&settings).await? {
                let ring = settings.keys.ring().map_err(CommandError::Told)?;
                let lacking = keys::missing(&store, &ring).await?;
                for (tenant, values) in &lacking.damaged {
                    say(&format!("{tenant}: {values} values begin with no key's name: see `portvakt keys status`"));
                }
                keys::refuse_missing(&lacking)?;
                let unreadable = tenant::unreadable(&store).await?;
                if !unreadable.is_empty() {
                    return Err(CommandError::Told(unreadable.join("\n")));
                }
            }
            say("the settings are in order");
        }
        ConfigAction::Schema { tenant } => {
            let schema = if *tenant { reference::tenant_schema() } else { Settings::schema() };
            say(&serde_json::to_string_pretty(&schema).map_err(CommandError::failed)?);
        }
        ConfigAction::Reference => say(reference::markdown().trim_end()),
    }
    Ok(ExitCode::SUCCESS)
}

/// The database, as far as it is there: settings are checked before it is made as well.
async fn database(settings: &Settings) -> Result<Option<Store>, CommandError> {
    let database = settings.database.resolve().map_err(SettingsError)?;
    if matches!(&database, DatabaseSettings::Sqlite { path } if !path.exists()) {
        return Ok(None);
    }
    match Store::open(database, Handle::current()).await {
        Ok(store) => Ok(Some(store)),
        Err(error) => {
            say(&format!("the keys that are in use were not looked at: {error}"));
            Ok(None)
        }
    }
}
