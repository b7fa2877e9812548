//! `portvakt practice-directory`: a practice directory as a process of its own, for benchmarks and trials.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::Args;
use portvakt_demo::{
    accounts::sample,
    practice::{PracticeDirectory, system_clock},
};

use super::{CommandError, say, stopped};

/// `portvakt practice-directory`.
#[derive(Debug, Args)]
pub(super) struct PracticeDirectoryArguments {
    /// Where to listen (LDAPS); port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:10636")]
    listen: SocketAddr,
    /// The sample tenant whose domain it is: orebro or mjolby.
    #[arg(long, default_value = "orebro")]
    tenant: String,
    /// The seed that accounts and passwords are computed from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many accounts are computed, besides the sample ones.
    #[arg(long, default_value_t = 1000)]
    accounts: usize,
    /// Where to write the certificate authority's PEM.
    #[arg(long)]
    ca_file: PathBuf,
}

pub(super) async fn run(arguments: PracticeDirectoryArguments) -> Result<ExitCode, CommandError> {
    let sample = sample(&arguments.tenant)
        .ok_or_else(|| CommandError::Told(format!("there is no sample tenant {:?}", arguments.tenant)))?;
    let builder = sample.builder.generated(portvakt_demo::accounts::STAFF_UNIT, arguments.seed, arguments.accounts);
    let domain = builder.build(system_clock()).map_err(CommandError::failed)?;
    let directory = PracticeDirectory::start(domain, arguments.listen).await.map_err(CommandError::failed)?;
    std::fs::write(&arguments.ca_file, directory.ca_pem())
        .map_err(|error| CommandError::Told(format!("{}: {error}", arguments.ca_file.display())))?;
    say(&format!("url              {}", directory.url()));
    say(&format!("base             {}", sample.base_dn));
    say(&format!("unit             {}", sample.staff_dn));
    say(&format!("service account  {} {}", sample.service_upn, sample.service_password));
    stopped().await;
    directory.shutdown().await;
    Ok(ExitCode::SUCCESS)
}
