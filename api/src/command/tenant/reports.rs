//! `portvakt tenant reports`: where SMS providers are to report, and what they reported of the last day's SMS.

use std::{collections::BTreeMap, process::ExitCode};

use chrono::TimeDelta;
use portvakt_delivery::sms_reports;
use portvakt_domain::{
    report::Report,
    tenant::{HostPurpose, SmsAccount, SmsProvider, TenantSettings},
    time::Clock as _,
};
use portvakt_storage::reports;

use super::{CommandError, ConfigArgument, InForce, Opened, say};
use crate::{adapters::Secrets, registry::open_secret, system::SystemClock};

pub(super) async fn run(slug: &str, config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let tenant = opened.in_force(slug).await?;
    match tenant.settings() {
        Ok(settings) => tell_addresses(&opened, &tenant, &settings)?,
        Err(why) => say(&tenant.unreadable(&why)),
    }

    let from = SystemClock.now() - TimeDelta::hours(24);
    let counted = reports::since(&opened.store, tenant.id, from).await.map_err(CommandError::failed)?;
    let mut rows: BTreeMap<String, BTreeMap<Option<&str>, i64>> = BTreeMap::new();
    for row in counted {
        let provider = row.provider.unwrap_or_else(|| "not noted".to_owned());
        *rows.entry(provider).or_default().entry(row.report.map(Report::as_str)).or_default() += row.count;
    }
    say(&format!("{slug}: SMS of the last 24 hours, and what was reported of them last"));
    let columns = [Report::Delivered, Report::Sent, Report::Failed, Report::Expired, Report::Unknown];
    let titles: String = columns.map(|report| format!("{:>11}", report.as_str())).concat();
    say(&format!("  {:<12}{:>8}{titles}{:>12}", "provider", "sms", "unreported"));
    for (provider, counts) in &rows {
        let count = |report: Option<&str>| counts.get(&report).copied().unwrap_or_default();
        let reported: String = columns.map(|report| format!("{:>11}", count(Some(report.as_str())))).concat();
        say(&format!("  {provider:<12}{:>8}{reported}{:>12}", counts.values().sum::<i64>(), count(None)));
    }
    Ok(ExitCode::SUCCESS)
}

/// Prints each provider's address, where somebody has to enter it there. It is a secret of the two.
fn tell_addresses(opened: &Opened, tenant: &InForce, settings: &TenantSettings) -> Result<(), CommandError> {
    let InForce { id, slug, stored } = tenant;
    let mut secrets = Secrets::new();
    for name in settings.sms.accounts.iter().flat_map(SmsAccount::secrets).map(|secret| secret.name) {
        let secret = open_secret(&opened.keys, *id, name, &stored.secrets).map_err(CommandError::Told)?;
        secrets.extend(secret.map(|secret| (name, secret)));
    }
    let doors = sms_reports(&settings.sms, &secrets).map_err(CommandError::failed)?;
    let paths: BTreeMap<SmsProvider, &str> = doors.paths().into_iter().collect();
    say(&format!("{slug}: where SMS providers report"));
    for account in &settings.sms.accounts {
        let name = account.provider.as_str();
        let told = match paths.get(&account.provider) {
            None => "not asked for; write reports = true in its settings".to_owned(),
            Some(_) if is_told_with_each_sms(account) => "told with each SMS".to_owned(),
            Some(path) => format!("{}/reports/{name}/{path}", settings.hosts.base(HostPurpose::Register)),
        };
        say(&format!("  {name:<12}{told}"));
    }
    Ok(())
}

/// Whether the provider learns the address from each request; at the others somebody enters it.
fn is_told_with_each_sms(account: &SmsAccount) -> bool {
    match account.provider {
        SmsProvider::FortySixElks | SmsProvider::Sinch | SmsProvider::Twilio => true,
        SmsProvider::GatewayApi | SmsProvider::HelloSms | SmsProvider::Link | SmsProvider::Telenor => false,
        SmsProvider::Http => account.http.as_ref().is_some_and(|http| http.template.contains("callback_url")),
    }
}
