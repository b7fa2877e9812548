//! `portvakt audit`: the trail is verified.

use std::process::ExitCode;

use clap::Subcommand;
use portvakt_domain::{audit::Head, time::Clock as _};
use portvakt_flows::verify_audit;
use portvakt_storage::operator;

use super::{CommandError, ConfigArgument, Opened, say};
use crate::system::SystemClock;

#[derive(Debug, Subcommand)]
pub(super) enum AuditAction {
    /// Walk a tenant's chain of seals from its first link to its head.
    Verify {
        /// The tenant's short name.
        slug: String,
        /// A head that was kept elsewhere, as the log writes it: NUMBER:SEAL. Shows whether the chain was cut since.
        #[arg(long, value_parser = parse_head)]
        head: Option<Head>,
        #[command(flatten)]
        config: ConfigArgument,
    },
}

pub(super) async fn run(action: AuditAction) -> Result<ExitCode, CommandError> {
    let AuditAction::Verify { slug, head, config } = action;
    let opened = Opened::open(&config).await?;
    let tenant = operator::find_tenant(&opened.store, slug.clone()).await.map_err(CommandError::failed)?;
    let tenant = tenant.ok_or_else(|| CommandError::Told(format!("there is no tenant {slug:?}")))?;
    let now = SystemClock.now();
    let verified =
        verify_audit::run(&opened.store, &opened.keys, tenant.id, head, now).await.map_err(CommandError::failed)?;
    match verified {
        Ok(verified) => {
            say(&format!("{slug}: the chain holds, {} links, head {}", verified.head.seq, shown(&verified.head)));
            if verified.late > 0 {
                say(&format!("{slug}: {} events should have been sealed by now and are not", verified.late));
                return Ok(ExitCode::FAILURE);
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(&format!("{slug}: THE CHAIN IS BROKEN: {error}"));
            Ok(ExitCode::FAILURE)
        }
    }
}

fn shown(head: &Head) -> String {
    let seal: String = head.seal.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}:{seal}", head.seq)
}

fn parse_head(text: &str) -> Result<Head, String> {
    let wrong = || "write NUMBER:SEAL, as the log does".to_owned();
    let (seq, seal) = text.split_once(':').ok_or_else(wrong)?;
    let bytes: Option<Vec<u8>> = (0..seal.len())
        .step_by(2)
        .map(|at| seal.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok()))
        .collect();
    let seal = bytes.and_then(|bytes| bytes.try_into().ok()).ok_or_else(wrong)?;
    Ok(Head { seq: seq.parse().map_err(|_| wrong())?, seal })
}
