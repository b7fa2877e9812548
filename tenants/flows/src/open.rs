//! Finding a flow by its token, and opening what is sealed in it.

use portvakt_domain::{
    flow::{Flow, FlowKind},
    holder::Holder,
    id::{AccountKey, FlowId, MessageId, NumberChangeId, ReminderMailId},
    keys::{KeyRing, KeyedHash, Place, Sealed},
    login::Login,
    number::MobileNumber,
    number_change::NumberChange,
    random::Random,
    time::Instant,
    token::FlowToken,
};
use portvakt_storage::flows;
use uuid::Uuid;

use crate::{FlowError, Platform, Tenant, trace};

/// A flow, by the token a browser shows, when it may still be gone on with as far as time goes. Reads only.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    kind: FlowKind,
    token: &FlowToken,
) -> Result<Option<Flow>, FlowError> {
    let hash = token_hash(platform, tenant, kind, token).await?;
    let flow = flows::find(&platform.store, tenant.id, kind, hash).await?;
    // A finished flow stays readable for as long as it would have lived: its last page may be loaded again.
    Ok(flow.filter(|flow| flow.is_live(platform.now())).inspect(|flow| trace::of(flow.id)))
}

/// What the database knows a flow's token by. A flow that was begun while another key was active is found as well.
///
/// # Errors
/// The database.
pub(crate) async fn token_hash(
    platform: &Platform,
    tenant: &Tenant,
    kind: FlowKind,
    token: &FlowToken,
) -> Result<KeyedHash, FlowError> {
    let active = token.hash(&platform.keys, tenant.id, kind);
    let mut hashes: Vec<KeyedHash> = platform.keys.each().map(|ring| token.hash(&ring, tenant.id, kind)).collect();
    if hashes.len() == 1 {
        return Ok(active);
    }
    // The same number of statements for every token, known or not.
    let mut known = None;
    for hash in hashes.drain(..) {
        let found = flows::find(&platform.store, tenant.id, kind, hash).await?;
        known = known.or(found.map(|_| hash));
    }
    Ok(known.unwrap_or(active))
}

/// The ring with the key that was active when the flow was begun: by that one its codes are hashed.
pub(crate) fn ring_of(platform: &Platform, flow: &Flow) -> KeyRing {
    flow.login.key().and_then(|key| platform.keys.with(key)).unwrap_or_else(|| KeyRing::clone(&platform.keys))
}

/// Where a flow's name is sealed.
pub(crate) fn login_place(flow: FlowId) -> Place {
    Place { table: "flows", column: "login", row: flow.0, owner: None }
}

/// Where the number that a flow registers is sealed.
pub(crate) fn pending_number_place(flow: FlowId) -> Place {
    Place { table: "flows", column: "pending_number", row: flow.0, owner: None }
}

/// Where a message's recipient is sealed.
pub(crate) fn recipient_place(message: MessageId) -> Place {
    Place { table: "messages", column: "recipient", row: message.0, owner: None }
}

/// Where a reminder's recipient is sealed.
pub(crate) fn reminder_recipient_place(reminder: ReminderMailId) -> Place {
    Place { table: "reminder_mails", column: "recipient", row: reminder.0, owner: None }
}

/// Where what a reminder is to say is sealed.
pub(crate) fn reminder_content_place(reminder: ReminderMailId) -> Place {
    Place { table: "reminder_mails", column: "content", row: reminder.0, owner: None }
}

/// Where the name of who holds the number that a flow registers is sealed.
pub(crate) fn pending_holder_place(flow: FlowId) -> Place {
    Place { table: "flows", column: "pending_holder", row: flow.0, owner: None }
}

/// Where the number of a delayed change is sealed, bound to its account as a registered one is.
pub(crate) fn change_place_of(change: NumberChangeId, account: AccountKey) -> Place {
    Place { table: "number_changes", column: "number", row: change.0, owner: Some(account.0) }
}

/// Where the number of a delayed change is sealed.
pub(crate) fn change_place(change: &NumberChange) -> Place {
    change_place_of(change.id, change.account)
}

/// A key for a number's row.
pub(crate) fn new_row(now: Instant, random: &dyn Random) -> Uuid {
    MessageId::new(now, random).0
}

pub(crate) fn seal(platform: &Platform, tenant: &Tenant, place: Place, plain: &str) -> Result<Sealed, FlowError> {
    platform
        .keys
        .seal(tenant.id, place, plain.as_bytes(), platform.random.as_ref())
        .map_err(|source| FlowError::Sealed { place: place.table, source })
}

pub(crate) fn text(
    platform: &Platform,
    tenant: &Tenant,
    place: Place,
    sealed: &Sealed,
) -> Result<zeroize::Zeroizing<String>, FlowError> {
    platform.keys.open_text(tenant.id, place, sealed).map_err(|source| FlowError::Sealed { place: place.table, source })
}

pub(crate) fn login(platform: &Platform, tenant: &Tenant, flow: &Flow) -> Result<Login, FlowError> {
    let typed = text(platform, tenant, login_place(flow.id), &flow.login)?;
    Login::parse(&typed).map_err(|_| FlowError::Corrupt("flows.login"))
}

/// The number that a flow registers.
///
/// # Errors
/// A sealed value that does not open.
pub fn pending_number(platform: &Platform, tenant: &Tenant, flow: &Flow) -> Result<Option<MobileNumber>, FlowError> {
    let Some(sealed) = &flow.pending_number else { return Ok(None) };
    let number = text(platform, tenant, pending_number_place(flow.id), sealed)?;
    MobileNumber::from_e164(&number).map(Some).map_err(|_| FlowError::Corrupt("flows.pending_number"))
}

/// Who is to hold the number that a flow registers.
///
/// # Errors
/// A sealed value that does not open.
pub fn pending_holder(platform: &Platform, tenant: &Tenant, flow: &Flow) -> Result<Option<Holder>, FlowError> {
    let Some(sealed) = &flow.pending_holder else { return Ok(None) };
    let holder = text(platform, tenant, pending_holder_place(flow.id), sealed)?;
    Holder::parse(&holder).map(Some).map_err(|_| FlowError::Corrupt("flows.pending_holder"))
}
