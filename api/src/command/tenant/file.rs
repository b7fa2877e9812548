//! A tenant's file: settings and secrets from it, and everything that is wrong, with its line.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use portvakt_domain::{
    logo::Logo,
    tenant::{SecretName, SmsAccount, SmsSecret, TenantSettings},
};
use portvakt_storage::{Store, operator, settings as stored_settings};
use portvakt_texts::{Texts, lint};
use secrecy::SecretString;

use super::{CommandError, reach};
use crate::{
    adapters::Adapters as _,
    settings::{ConnectSection, read_secret, toml_problem},
};

/// A tenant's file as it was read.
pub(super) struct TenantFile {
    text: String,
    pub(super) settings: TenantSettings,
    pub(super) secrets: BTreeMap<SecretName, SecretString>,
}

impl TenantFile {
    /// Reads a file and what it names; relative paths in it start at its folder.
    pub(super) fn open(file: &Path) -> Result<Self, CommandError> {
        let text = std::fs::read_to_string(file)
            .map_err(|error| CommandError::Told(format!("{}: {error}", file.display())))?;
        let (settings, secrets) =
            read(&text, file.parent().unwrap_or(Path::new("."))).map_err(|problems| refused(file, problems))?;
        Ok(Self { text, settings, secrets })
    }

    /// The refusal of this file, each problem with its line where there is one.
    pub(super) fn refused(&self, file: &Path, problems: Vec<String>) -> CommandError {
        refused(file, problems.into_iter().map(|problem| with_line(&self.text, problem)).collect())
    }
}

fn refused(file: &Path, problems: Vec<String>) -> CommandError {
    CommandError::Told(format!("{} is not applied:\n{}", file.display(), problems.join("\n")))
}

/// Settings and secrets from a file's text; relative paths in it start at its folder.
///
/// # Errors
/// Everything that is wrong, each with its line where there is one.
fn read(text: &str, folder: &Path) -> Result<(TenantSettings, BTreeMap<SecretName, SecretString>), Vec<String>> {
    let mut settings: TenantSettings = toml::from_str(text).map_err(|error| vec![toml_problem(text, &error)])?;
    let mut problems: Vec<String> = settings.problems().into_iter().map(|problem| with_line(text, problem)).collect();
    problems.extend(wrong_texts(&settings).into_iter().map(|problem| with_line(text, problem)));
    // Of what is stored such a logo is left out; whoever writes a file is told.
    let written = toml::from_str::<toml::Table>(text);
    if settings.branding.logo.is_none()
        && written.is_ok_and(|table| table.get("branding").and_then(|branding| branding.get("logo")).is_some())
    {
        problems.push(with_line(text, "branding.logo: a logo is read from logo_file; name the file there".to_owned()));
    }
    if let Some(file) = &settings.branding.logo_file {
        let content = std::fs::read(folder.join(file)).map_err(|error| error.to_string());
        match content.and_then(|content| Logo::read(&content)) {
            Ok(logo) => settings.branding.logo = Some(logo),
            Err(why) => problems.push(with_line(text, format!("branding.logo_file: {}: {why}", file.display()))),
        }
    }
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
    let mut sources = vec![
        (
            SecretName::DirectoryPassword,
            "directory.service_password".to_owned(),
            &directory.service_password_file,
            &directory.service_password_env,
        ),
        (
            SecretName::MailPassword,
            "mail.password".to_owned(),
            &settings.mail.password_file,
            &settings.mail.password_env,
        ),
    ];
    for (place, account) in settings.sms.placed() {
        let placed = |secret: SmsSecret<'_>| format!("{place}.{}", secret.key);
        let of_account = account.secrets();
        sources.extend(of_account.iter().map(|secret| (secret.name, placed(*secret), secret.file, secret.variable)));
    }
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

/// What is wrong with the tenant's own texts.
pub(super) fn wrong_texts(settings: &TenantSettings) -> Vec<String> {
    match Texts::new() {
        Ok(built_in) => lint::problems(&built_in, settings),
        Err(error) => vec![format!("texts: {error}")],
    }
}

/// The secrets that earlier versions of a tenant's settings brought.
pub(super) async fn stored_secrets(store: &Store, slug: &str) -> Result<BTreeSet<String>, CommandError> {
    let tenant = operator::find_tenant(store, slug.to_owned()).await.map_err(CommandError::failed)?;
    let Some((tenant, version)) = tenant.and_then(|row| Some((row.id, row.version?))) else {
        return Ok(BTreeSet::new());
    };
    let stored = stored_settings::at_version(store, tenant, version).await.map_err(CommandError::failed)?;
    Ok(stored.into_iter().flat_map(|stored| stored.secrets.into_keys()).collect())
}

/// What the settings lack to be served. The parts are made as the server makes them; nothing is connected.
pub(super) fn unusable(
    settings: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
    stored: &BTreeSet<String>,
) -> Vec<String> {
    // A secret that is stored already is as good as any for this.
    let secret = |name: SecretName| {
        secrets.get(&name).cloned().or_else(|| stored.contains(name.as_str()).then(|| SecretString::from("stored")))
    };
    let missing = |key: &str| Err(format!("{key}: missing; write {key}_file or {key}_env"));
    let adapters = reach::adapters(&ConnectSection::default());
    let directory = match secret(SecretName::DirectoryPassword) {
        Some(password) => adapters.directory(settings, password).map(drop),
        None => missing("directory.service_password"),
    };
    let names = settings.sms.accounts.iter().flat_map(SmsAccount::secrets).map(|found| found.name);
    let sms = adapters.sms(settings, &names.filter_map(|name| Some((name, secret(name)?))).collect()).map(drop);
    let mail = adapters.mail(settings, secret(SecretName::MailPassword)).map(drop);
    let all = [("directory", directory), ("sms", sms), ("mail", mail)];
    all.into_iter()
        .filter_map(|(section, result)| Some((section, result.err()?)))
        .map(|(section, problem)| if problem.starts_with(section) { problem } else { format!("{section}: {problem}") })
        .collect()
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
    let (section, key) = path.rsplit_once('.').map_or(("", path), |(section, key)| (section, key));
    let mut current = String::new();
    let mut counts = BTreeMap::new();
    let mut at_section = None;
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(name) = line.strip_prefix("[[").and_then(|rest| rest.strip_suffix("]]")) {
            let count = counts.entry(name.trim()).and_modify(|count| *count += 1).or_insert(1);
            current = format!("{}.{count}", name.trim());
            if current == path || current == section {
                at_section = at_section.or(Some(number + 1));
            }
        } else if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            current = name.trim().to_owned();
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
