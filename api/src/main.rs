//! The binary: one command line, flat subcommands.

use std::process::ExitCode;

use clap::Parser as _;
use portvakt::command::Command;

#[tokio::main]
async fn main() -> ExitCode {
    // One TLS provider for every library in the process.
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider is installed already");
    }
    match Command::parse().run().await {
        Ok(code) => code,
        Err(error) => {
            error.print();
            ExitCode::FAILURE
        }
    }
}
