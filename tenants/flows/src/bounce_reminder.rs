//! A reminder came back: a mail server had taken it, and another one refused it later.

use portvakt_domain::{audit::AuditKind, id::ReminderMailId, random::Random, time::Clock};
use portvakt_storage::{StorageError, Store, operator, reminders};

use crate::{event::EventExt as _, suspend_tenant};

/// Who tells of it.
const AUTHOR: &str = "a mail server";

/// Notes that the mail of this Message-ID came back. `false`: it is no reminder of this deployment, or it was noted already.
///
/// # Errors
/// The database.
pub async fn run(
    store: &Store,
    clock: &dyn Clock,
    random: &dyn Random,
    message_id: &str,
    status: &str,
) -> Result<bool, StorageError> {
    let Some((id, host)) = message_id.rsplit_once('@') else { return Ok(false) };
    let Ok(id) = id.parse().map(ReminderMailId) else { return Ok(false) };
    let hosts = operator::list_hosts(store).await?;
    let Some(found) = hosts.into_iter().find(|known| known.host == host.to_lowercase()) else { return Ok(false) };
    let event = suspend_tenant::event(clock, random, AuditKind::ReminderSettled, AUTHOR)
        .detail("channel", "mail")
        .detail("outcome", "bounced")
        .detail("reminder", &id.to_string());
    reminders::bounce(store, found.tenant, id, status.to_owned(), event).await
}
