//! `portvakt tenant`: settings applied from a file, tenants listed, their directories checked, refused passwords counted.

mod check;
mod delegate;
mod statistics;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::Subcommand;
use portvakt_directory::OperationObserver;
use portvakt_domain::{
    id::TenantId,
    keys::Sealed,
    tenant::{SecretName, TenantSettings},
};
use portvakt_flows::apply_settings::{self, ApplyError};
use portvakt_storage::{Store, operator, settings as stored_settings};
use secrecy::SecretString;
use tokio::runtime::Handle;

use super::{CommandError, ConfigArgument, Opened, say};
use crate::{
    adapters::{Adapters as _, RealAdapters},
    settings::{read_secret, toml_problem},
    system::{SystemClock, SystemRandom},
};

#[derive(Debug, Subcommand)]
pub(super) enum TenantAction {
    /// Put a tenant's settings in force. Running replicas see them within seconds.
    Apply {
        /// The settings, a TOML file; see tenants/presets for complete ones.
        file: PathBuf,
        /// Who applies them, for the history.
        #[arg(long, default_value = "operator")]
        author: String,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// List the tenants.
    List(ConfigArgument),
    /// Tell why new passwords were not taken, by reason, over the last days.
    Statistics {
        /// The tenant's short name.
        slug: String,
        /// How many days, today included; kept for 396.
        #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=396))]
        days: u16,
        #[command(flatten)]
        config: ConfigArgument,
    },
    /// Check a tenant's directory: every controller, right and policy, each failure with its mend.
    Check(check::CheckArguments),
    /// Print the commands that give the tenant's service account its rights.
    Delegate(delegate::DelegateArguments),
}

pub(super) async fn run(action: TenantAction) -> Result<ExitCode, CommandError> {
    match action {
        TenantAction::Apply { file, author, config } => apply(&file, &author, &config).await,
        TenantAction::List(config) => list(&config).await,
        TenantAction::Statistics { slug, days, config } => statistics::run(&slug, days, &config).await,
        TenantAction::Check(arguments) => check::run(arguments).await,
        TenantAction::Delegate(arguments) => delegate::run(arguments).await,
    }
}

async fn apply(file: &Path, author: &str, config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let text =
        std::fs::read_to_string(file).map_err(|error| CommandError::Told(format!("{}: {error}", file.display())))?;
    let folder = file.parent().unwrap_or(Path::new("."));
    let refused = |problems: Vec<String>| {
        CommandError::Told(format!("{} is not applied:\n{}", file.display(), problems.join("\n")))
    };
    let (settings, secrets) = read(&text, folder).map_err(refused)?;
    let opened = Opened::open(config).await?;
    let problems = unusable(&settings, &secrets, &stored_secrets(&opened.store, settings.slug.as_str()).await?);
    if !problems.is_empty() {
        return Err(refused(problems.into_iter().map(|problem| with_line(&text, problem)).collect()));
    }
    let applied =
        apply_settings::run(&opened.store, &opened.keys, &SystemClock, &SystemRandom, &settings, &secrets, author)
            .await
            .map_err(|error| match error {
                ApplyError::Problems(problems) => {
                    refused(problems.into_iter().map(|problem| with_line(&text, problem)).collect())
                }
                other => CommandError::failed(other),
            })?;
    say(&format!("{}: version {} is in force", settings.slug, applied.version));
    say(&format!("  pwreset: https://{}", settings.hosts.reset));
    say(&format!("  pwreg:   https://{}", settings.hosts.register));
    Ok(ExitCode::SUCCESS)
}

async fn list(config: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let opened = Opened::open(config).await?;
    let tenants = operator::list_tenants(&opened.store).await.map_err(CommandError::failed)?;
    let hosts = operator::list_hosts(&opened.store).await.map_err(CommandError::failed)?;
    for tenant in &tenants {
        let version = tenant.version.map_or_else(|| "not in force".to_owned(), |version| format!("version {version}"));
        let own: Vec<&str> =
            hosts.iter().filter(|host| host.tenant == tenant.id).map(|host| host.host.as_str()).collect();
        let state = if tenant.suspended { ", suspended" } else { "" };
        say(&format!("{:<20} {version}{state}  {}", tenant.slug, own.join(" ")));
    }
    if tenants.is_empty() {
        say("there are no tenants yet: apply one with `portvakt tenant apply FILE`");
    }
    Ok(ExitCode::SUCCESS)
}

/// A tenant as its settings in force say.
struct Stored {
    id: TenantId,
    settings: TenantSettings,
    secrets: BTreeMap<String, Sealed>,
}

impl Opened {
    async fn tenant(&self, slug: &str) -> Result<Stored, CommandError> {
        let row = operator::find_tenant(&self.store, slug.to_owned()).await.map_err(CommandError::failed)?;
        let nobody = || CommandError::Told(format!("there is no tenant {slug:?} with settings in force"));
        let (id, version) = row.and_then(|row| Some((row.id, row.version?))).ok_or_else(nobody)?;
        let stored = stored_settings::at_version(&self.store, id, version).await.map_err(CommandError::failed)?;
        let stored = stored.ok_or_else(nobody)?;
        let settings = serde_json::from_str(&stored.document).map_err(CommandError::failed)?;
        Ok(Stored { id, settings, secrets: stored.secrets })
    }
}

/// Settings and secrets from a file's text; relative paths in it start at its folder.
///
/// # Errors
/// Everything that is wrong, each with its line where there is one.
pub(super) fn read(
    text: &str,
    folder: &Path,
) -> Result<(TenantSettings, BTreeMap<SecretName, SecretString>), Vec<String>> {
    let mut settings: TenantSettings = toml::from_str(text).map_err(|error| vec![toml_problem(text, &error)])?;
    let mut problems: Vec<String> = settings.problems().into_iter().map(|problem| with_line(text, problem)).collect();
    if let Some(file) = &settings.directory.ca_file {
        match std::fs::read_to_string(folder.join(file)) {
            Ok(pem) => settings.directory.ca_pem = pem,
            Err(error) => problems.push(with_line(text, format!("directory.ca_file: {}: {error}", file.display()))),
        }
    }
    if settings.directory.ca_pem.is_empty() && problems.is_empty() {
        problems.push(
            "directory.ca_file: name the PEM file of the authority that signs the controllers' certificates".to_owned(),
        );
    }
    let directory = &settings.directory;
    let sources = [
        (
            SecretName::DirectoryPassword,
            "directory.service_password",
            &directory.service_password_file,
            &directory.service_password_env,
        ),
        (SecretName::SmsPassword, "sms.password", &settings.sms.password_file, &settings.sms.password_env),
        (SecretName::MailPassword, "mail.password", &settings.mail.password_file, &settings.mail.password_env),
    ];
    let mut secrets = BTreeMap::new();
    for (name, key, file, variable) in sources {
        match secret(folder, file.as_deref(), variable.as_deref()) {
            Ok(Some(secret)) => _ = secrets.insert(name, secret),
            Ok(None) => {}
            Err(problem) => problems.push(with_line(text, format!("{key}: {problem}"))),
        }
    }
    if problems.is_empty() { Ok((settings, secrets)) } else { Err(problems) }
}

/// The secrets that earlier versions of a tenant's settings brought.
async fn stored_secrets(store: &Store, slug: &str) -> Result<BTreeSet<String>, CommandError> {
    let tenant = operator::find_tenant(store, slug.to_owned()).await.map_err(CommandError::failed)?;
    let Some((tenant, version)) = tenant.and_then(|row| Some((row.id, row.version?))) else {
        return Ok(BTreeSet::new());
    };
    let stored = stored_settings::at_version(store, tenant, version).await.map_err(CommandError::failed)?;
    Ok(stored.into_iter().flat_map(|stored| stored.secrets.into_keys()).collect())
}

/// What the settings lack to be served. The parts are made as the server makes them; nothing is connected.
fn unusable(
    settings: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
    stored: &BTreeSet<String>,
) -> Vec<String> {
    // A secret that is stored already is as good as any for this.
    let secret = |name: SecretName| {
        secrets.get(&name).cloned().or_else(|| stored.contains(name.as_str()).then(|| SecretString::from("stored")))
    };
    let missing = |key: &str| Err(format!("{key}: missing; write {key}_file or {key}_env"));
    let adapters =
        RealAdapters { runtime: Handle::current(), clock: Arc::new(SystemClock), observer: Arc::new(Unobserved) };
    let directory = match secret(SecretName::DirectoryPassword) {
        Some(password) => adapters.directory(settings, password).map(drop),
        None => missing("directory.service_password"),
    };
    let sms = match secret(SecretName::SmsPassword) {
        Some(password) => adapters.sms(settings, password).map(drop),
        None => missing("sms.password"),
    };
    let mail = adapters.mail(settings, secret(SecretName::MailPassword)).map(drop);
    let all = [("directory", directory), ("sms", sms), ("mail", mail)];
    all.into_iter()
        .filter_map(|(section, result)| Some((section, result.err()?)))
        .map(|(section, problem)| if problem.starts_with(section) { problem } else { format!("{section}: {problem}") })
        .collect()
}

/// Where nobody measures.
struct Unobserved;

impl OperationObserver for Unobserved {
    fn observed(&self, _: &'static str, _: &'static str, _: f64) {}
}

fn secret(folder: &Path, file: Option<&Path>, variable: Option<&str>) -> Result<Option<SecretString>, String> {
    match (file, variable) {
        (None, None) => Ok(None),
        (Some(file), None) => read_secret(&folder.join(file)).map(Some),
        (None, Some(variable)) => std::env::var(variable)
            .map(|value| Some(value.into()))
            .map_err(|_| format!("the environment has no {variable}")),
        (Some(_), Some(_)) => Err("write either the _file or the _env key".to_owned()),
    }
}

/// Puts the line before a problem that begins with its key, such as `directory.units: …`.
fn with_line(text: &str, problem: String) -> String {
    let path = problem.split(':').next().unwrap_or_default();
    let (section, key) = path.split_once('.').map_or(("", path), |(section, key)| (section, key));
    let mut current = "";
    let mut at_section = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.trim();
            if current == path || current == section {
                at_section = at_section.or(Some(number + 1));
            }
        } else if current == section
            && line.split('=').next().is_some_and(|found| !key.is_empty() && found.trim().starts_with(key))
        {
            return format!("line {}: {problem}", number + 1);
        }
    }
    at_section.map_or_else(|| problem.clone(), |line| format!("line {line}: {problem}"))
}
