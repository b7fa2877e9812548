//! `portvakt tenant delegate`: the commands that give the service account its rights.

use std::process::ExitCode;

use clap::ValueEnum;
use portvakt_directory::delegation::{self, Target};
use portvakt_domain::{number_attribute::NumberAttribute, tenant::DirectoryKind};

use super::{CommandError, ConfigArgument, Opened, say};

/// `portvakt tenant delegate`.
#[derive(Debug, clap::Args)]
pub(in crate::command) struct DelegateArguments {
    /// The tenant's short name.
    slug: String,
    /// Whose tools; without it, Windows for Active Directory.
    #[arg(long = "for", value_name = "TOOLS")]
    tools: Option<Tools>,
    /// The attribute of the directory that is to hold numbers (mobile, otherMobile, homePhone, pager); without it, the
    /// tenant's own, if it has one.
    #[arg(long, value_name = "NAME")]
    number_attribute: Option<NumberAttribute>,
    #[command(flatten)]
    config: ConfigArgument,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Tools {
    /// PowerShell, and dsacls.
    Windows,
    /// samba-tool.
    Samba,
    /// slapd.conf and cn=config.
    Openldap,
}

pub(super) async fn run(arguments: DelegateArguments) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(&arguments.config).await?;
    let directory = opened.tenant(&arguments.slug).await?.settings.directory;
    let target = match arguments.tools {
        None => Target::of(directory.kind),
        Some(Tools::Windows) => Target::Windows,
        Some(Tools::Samba) => Target::Samba,
        Some(Tools::Openldap) => Target::OpenLdap,
    };
    if !target.fits(directory.kind) {
        let kind = match directory.kind {
            DirectoryKind::ActiveDirectory => "an Active Directory: --for windows or --for samba",
            DirectoryKind::OpenLdap => "an OpenLDAP: --for openldap",
        };
        return Err(CommandError::Told(format!("{}: its directory is {kind}", arguments.slug)));
    }
    let numbers = arguments.number_attribute.or(directory.number_attribute);
    say(delegation::commands(&directory, numbers, target).trim_end());
    Ok(ExitCode::SUCCESS)
}
