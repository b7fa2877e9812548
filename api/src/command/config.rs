//! `portvakt config`: the operator's settings, checked and described.

use std::process::ExitCode;

use clap::Subcommand;

use super::{CommandError, ConfigArgument, say};
use crate::settings::Settings;

#[derive(Debug, Subcommand)]
pub(super) enum ConfigAction {
    /// Read the settings and say everything that is wrong with them.
    Check(ConfigArgument),
    /// Print the settings' JSON Schema.
    Schema,
}

pub(super) fn run(action: &ConfigAction) -> Result<ExitCode, CommandError> {
    match action {
        ConfigAction::Check(argument) => {
            argument.load()?;
            say("the settings are in order");
        }
        ConfigAction::Schema => {
            say(&serde_json::to_string_pretty(&Settings::schema()).map_err(CommandError::failed)?);
        }
    }
    Ok(ExitCode::SUCCESS)
}
