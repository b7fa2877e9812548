//! `portvakt tenant statistics`: why new passwords were not taken, by reason. Counts only; they name nobody.

use std::{collections::BTreeMap, process::ExitCode};

use chrono::Days;
use portvakt_domain::time::Clock as _;
use portvakt_storage::{operator, rejections};

use crate::{
    command::{CommandError, ConfigArgument, Opened, say},
    system::SystemClock,
};

pub(super) async fn run(slug: &str, days: u16, config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let tenant = operator::find_tenant(&opened.store, slug.to_owned()).await.map_err(CommandError::failed)?;
    let tenant = tenant.ok_or_else(|| CommandError::Told(format!("there is no tenant {slug:?}")))?;
    let today = SystemClock.now().date_naive();
    let first = today.checked_sub_days(Days::new(u64::from(days) - 1)).unwrap_or(today);
    let counted = rejections::since(&opened.store, tenant.id, first).await.map_err(CommandError::failed)?;

    let mut by_reason: BTreeMap<String, i64> = BTreeMap::new();
    for row in counted {
        *by_reason.entry(row.reason).or_default() += row.count;
    }
    let mut lines: Vec<(String, i64)> = by_reason.into_iter().collect();
    lines.sort_by_key(|(reason, count)| (-count, reason.clone()));

    say(&format!("{slug}: new passwords that were not taken, {first} to {today} (UTC)"));
    for (reason, count) in &lines {
        say(&format!("  {reason:<24} {count:>8}"));
    }
    say(&format!("  {:<24} {:>8}", "in all", lines.iter().map(|(_, count)| count).sum::<i64>()));
    Ok(ExitCode::SUCCESS)
}
