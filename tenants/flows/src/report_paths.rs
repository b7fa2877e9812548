//! The secret parts of the addresses for delivery reports: made once for a tenant and a provider, when settings are
//! applied that ask for reports, and kept from then on, whatever later settings say.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portvakt_domain::{
    random::Random,
    tenant::{SecretName, TenantSettings},
};
use portvakt_storage::{StorageError, Store, operator, settings};
use secrecy::SecretString;

/// Those that are asked for and not there yet.
pub(crate) async fn missing(store: &Store, wanted: &TenantSettings) -> Result<Vec<SecretName>, StorageError> {
    let accounts = wanted.sms.accounts.iter().filter(|account| account.reports);
    let mut names: Vec<SecretName> = accounts.map(|account| SecretName::SmsReportPath(account.provider)).collect();
    if names.is_empty() {
        return Ok(names);
    }
    let row = operator::find_tenant(store, wanted.slug.as_str().to_owned()).await?;
    if let Some((tenant, version)) = row.and_then(|row| Some((row.id, row.version?))) {
        let stored = settings::at_version(store, tenant, version).await?;
        let have: BTreeSet<String> = stored.into_iter().flat_map(|stored| stored.secrets.into_keys()).collect();
        names.retain(|name| !have.contains(name.as_str()));
    }
    Ok(names)
}

/// The secrets that were given, and a new part for each that is missing: 256 random bits.
pub(crate) fn made(
    given: &BTreeMap<SecretName, SecretString>,
    missing: Vec<SecretName>,
    random: &dyn Random,
) -> BTreeMap<SecretName, SecretString> {
    let mut secrets = given.clone();
    for name in missing {
        let mut bytes = [0; 32];
        random.fill(&mut bytes);
        secrets.insert(name, URL_SAFE_NO_PAD.encode(bytes).into());
    }
    secrets
}

/// The same with nothing in the place of what is missing, to tell what would change.
pub(crate) fn announced(
    given: &BTreeMap<SecretName, SecretString>,
    missing: Vec<SecretName>,
) -> BTreeMap<SecretName, SecretString> {
    let mut secrets = given.clone();
    secrets.extend(missing.into_iter().map(|name| (name, SecretString::default())));
    secrets
}
