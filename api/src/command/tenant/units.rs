//! Whether a tenant's directory has what is to tell units: an attribute that it does not know, a group that is not there.

use std::{collections::BTreeMap, time::Duration};

use portvakt_domain::{
    directory::DirectoryError,
    staff::StaffQuestion,
    tenant::{SecretName, TenantSettings},
};
use secrecy::SecretString;
use tokio::{sync::Notify, time::timeout};

use super::{Opened, note, reach};
use crate::{adapters::Adapters as _, registry};

/// How long the directory may take. One that does not answer is no reason to refuse settings.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the directory says of `reminders.units_by` and the units, if it can be asked.
pub(super) async fn problem(
    opened: &Opened,
    settings: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Option<String> {
    settings.reminders.units_by?;
    let password = password(opened, settings, secrets).await?;
    let directory = reach::adapters(&opened.connect).directory(settings, password).ok()?;
    // What is wrong is told before the first page; the others are not waited for.
    let first = Notify::new();
    let mut take = |_| first.notify_one();
    let question = StaffQuestion::of(&settings.reminders);
    let asked = async {
        tokio::select! {
            answer = directory.survey(question, &mut take) => answer,
            () = first.notified() => Ok(()),
        }
    };
    match timeout(PATIENCE, asked).await {
        Ok(Ok(())) => None,
        Ok(Err(DirectoryError::Misconfigured(problem))) if StaffQuestion::is_blamed(&problem) => Some(problem),
        Ok(Err(_)) | Err(_) => {
            note(
                "the directory can't be asked: whether it has what tells units, `portvakt expiry preview` tells later",
            );
            None
        }
    }
}

/// The service account's password: the file's, or the one that is stored.
async fn password(
    opened: &Opened,
    settings: &TenantSettings,
    secrets: &BTreeMap<SecretName, SecretString>,
) -> Option<SecretString> {
    let name = SecretName::DirectoryPassword;
    if let Some(password) = secrets.get(&name) {
        return Some(password.clone());
    }
    let stored = opened.tenant(settings.slug.as_str()).await.ok()?;
    registry::open_secret(&opened.keys, stored.id, name, &stored.secrets).ok().flatten()
}
