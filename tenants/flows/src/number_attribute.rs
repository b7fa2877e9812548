//! Numbers that live in an attribute of the directory. What others write there is a change of number like any other: it
//! waits, everybody is told, and the old number may stop it.

use portvakt_domain::{
    account::Account,
    audit::AuditKind,
    id::{AccountKey, FlowId, NumberChangeId},
    keys::KeyedHash,
    message::MessageKind,
    number::MobileNumber,
    number_attribute::{AttributeRecord, Comparison, compare, number_in},
    number_change::{self, ChangeOrigin},
};
use portvakt_storage::{
    flows::AskChange,
    number_attributes::{self, ImportNumber, Withdraw},
    number_changes::{self, NewNumberChange},
    numbers::NewNumber,
};
use uuid::Uuid;

use crate::{
    FlowError, Platform, Tenant,
    event::{EventExt as _, event},
    notices::{self, About},
    open,
    registered::{self, Registered},
};

/// An account that nobody has.
pub(crate) const NOBODY: AccountKey = AccountKey(Uuid::nil());

/// The numbers of an account that was read just now which codes may go to, the first one first. Where the tenant keeps
/// numbers in the directory, what is there is looked at first. For nobody the same is read.
///
/// # Errors
/// The database, or a sealed value that does not open.
pub(crate) async fn numbers(
    platform: &Platform,
    tenant: &Tenant,
    account: Option<&Account>,
) -> Result<Vec<Registered>, FlowError> {
    let key = account.map_or(NOBODY, |account| account.key);
    let numbers = registered::numbers(platform, tenant, key).await?;
    if tenant.settings.directory.number_attribute.is_none() {
        return Ok(numbers);
    }
    let mut kept = number_attributes::find(&platform.store, tenant.id, key).await?;
    // The numbers of a functional account have holders, which no attribute can tell.
    let Some(account) = account.filter(|account| account.may_receive_code() && !account.functional) else {
        return Ok(numbers);
    };
    let there = there(tenant, account);
    let hash = there.as_ref().map(|number| registered::look_up_hash(platform, tenant, number));
    let hashes: Vec<KeyedHash> = numbers.iter().map(|number| number.hash).collect();
    let look = Look { platform, tenant, account };
    look.under_active_key(&mut kept, numbers.iter().map(|number| &number.number).chain(&there)).await?;
    match (compare(&hashes, &kept, hash, account.attribute_numbers.is_empty()), there) {
        (Comparison::Agreed, _) => {
            look.withdraw(&numbers, Some(hash)).await?;
            Ok(numbers)
        }
        (Comparison::Write, _) => {
            number_attributes::want(&platform.store, tenant.id, key, platform.now()).await?;
            (platform.wake)();
            Ok(numbers)
        }
        (Comparison::Import, Some(number)) => {
            look.import(&number).await?;
            registered::numbers(platform, tenant, key).await
        }
        (Comparison::ChangedElsewhere, Some(number)) => {
            look.ask(&numbers, &number).await?;
            Ok(numbers)
        }
        (Comparison::TakenElsewhere, _) => {
            look.withdraw(&numbers, None).await?;
            Ok(Vec::new())
        }
        (Comparison::Settled | Comparison::Import | Comparison::ChangedElsewhere, _) => Ok(numbers),
    }
}

/// The number that an account's attribute says, if it says one.
pub(crate) fn there(tenant: &Tenant, account: &Account) -> Option<MobileNumber> {
    number_in(&account.attribute_numbers, &tenant.settings.registration.countries)
}

/// Whether the attribute follows when the number in `row` comes, changes or goes: it holds the first one. Those of
/// holders stay in Portvakt.
pub(crate) fn follows(tenant: &Tenant, numbers: &[Registered], row: Uuid) -> bool {
    tenant.settings.directory.number_attribute.is_some()
        && numbers.iter().all(|number| number.holder.is_none())
        && numbers.first().is_none_or(|first| first.row == row)
}

struct Look<'a> {
    platform: &'a Platform,
    tenant: &'a Tenant,
    account: &'a Account,
}

impl Look<'_> {
    /// What is kept may be hashed with another key than the active one. Where it is one of these numbers, it is hashed
    /// anew, so that the older key can go.
    async fn under_active_key<'n>(
        &self,
        kept: &mut AttributeRecord,
        known: impl Iterator<Item = &'n MobileNumber>,
    ) -> Result<(), FlowError> {
        let (platform, tenant) = (self.platform, self.tenant);
        let Some(old) = kept.number_hash else { return Ok(()) };
        let mut same = known.filter(|number| registered::is_hash_of(platform, tenant, old, number));
        let Some(new) = same.next().map(|number| registered::look_up_hash(platform, tenant, number)) else {
            return Ok(());
        };
        if new != old {
            let now = platform.now();
            number_attributes::exchange_hash(&platform.store, tenant.id, self.account.key, old, new, now).await?;
            kept.number_hash = Some(new);
        }
        Ok(())
    }

    /// The hash by which a change to this number waits already, so that it is not asked for twice; else the active one.
    async fn change_hash(&self, number: &MobileNumber) -> Result<KeyedHash, FlowError> {
        let (platform, tenant) = (self.platform, self.tenant);
        let waits = number_changes::waiting(&platform.store, tenant.id, self.account.key).await?;
        let same = waits.map(|change| change.number_hash);
        let same = same.filter(|hash| registered::is_hash_of(platform, tenant, *hash, number));
        Ok(same.unwrap_or_else(|| registered::look_up_hash(platform, tenant, number)))
    }

    /// The first number, without a wait: there is nobody whose number it replaces.
    async fn import(&self, number: &MobileNumber) -> Result<(), FlowError> {
        let (platform, tenant, key) = (self.platform, self.tenant, self.account.key);
        let row = open::new_row(platform.now(), platform.random.as_ref());
        let imported = ImportNumber {
            account: key,
            number: NewNumber {
                row_id: row,
                sealed: open::seal(platform, tenant, registered::number_place(key, row), number.e164())?,
                holder: None,
                number_hash: registered::look_up_hash(platform, tenant, number),
                at: platform.now(),
            },
            event: self.event(AuditKind::NumberAdded).holder(Some(row)),
        };
        number_attributes::import(&platform.store, tenant.id, imported).await?;
        Ok(())
    }

    /// Another number: it waits, and everybody is told, the first time that it is seen.
    async fn ask(&self, numbers: &[Registered], number: &MobileNumber) -> Result<(), FlowError> {
        let (platform, tenant, key) = (self.platform, self.tenant, self.account.key);
        // The settings hold a wait wherever they name an attribute.
        let wait = number_change::wait(tenant.settings.registration.delayed_change_hours);
        let (Some(wait), Some(first)) = (wait, numbers.first()) else { return Ok(()) };
        let now = platform.now();
        let (id, due_at) = (NumberChangeId::new(now, platform.random.as_ref()), now + wait);
        let about = About { at: Some(due_at), ..self.about(MessageKind::ChangeSeen) };
        let asked = AskChange {
            change: NewNumberChange {
                id,
                account: key,
                target: first.row,
                number: open::seal(platform, tenant, open::change_place_of(id, key), number.e164())?,
                number_hash: self.change_hash(number).await?,
                origin: ChangeOrigin::Directory,
                flow: about.flow,
                network: KeyedHash([0; 32]),
                language: about.language,
                requested_at: now,
                due_at,
            },
            notices: notices::to_all(platform, tenant, &about, numbers.iter().map(|number| &number.number))?,
            event: self
                .event(AuditKind::NumberChangeAsked)
                .holder(Some(first.row))
                .detail("change", &id.to_string())
                .detail("due_at", &due_at.to_rfc3339()),
        };
        let overtaken = self.event(AuditKind::NumberChangeCancelled).detail("reason", "overtaken");
        if number_attributes::ask(&platform.store, tenant.id, asked, overtaken).await? {
            (platform.wake)();
        }
        Ok(())
    }

    /// What others wrote is not there any more, or is what Portvakt has.
    async fn withdraw(&self, numbers: &[Registered], agreed: Option<Option<KeyedHash>>) -> Result<(), FlowError> {
        let (platform, tenant) = (self.platform, self.tenant);
        let about = self.about(MessageKind::ChangeStopped);
        let withdrawn = Withdraw {
            account: self.account.key,
            agreed,
            now: platform.now(),
            notices: notices::to_all(platform, tenant, &about, numbers.iter().map(|number| &number.number))?,
            event: self.event(AuditKind::NumberChangeCancelled).detail("reason", "withdrawn"),
        };
        if number_attributes::withdraw(&platform.store, tenant.id, withdrawn).await? {
            (platform.wake)();
        }
        Ok(())
    }

    /// What happens here happens in no flow, and in the tenant's language: who wrote the number is not asked for theirs.
    fn about(&self, kind: MessageKind) -> About {
        About {
            kind,
            flow: FlowId::new(self.platform.now(), self.platform.random.as_ref()),
            account: Some(self.account.key),
            language: self.tenant.settings.default_language,
            at: None,
        }
    }

    fn event(&self, kind: AuditKind) -> portvakt_domain::audit::NewEvent {
        event(self.platform, kind).account(Some(self.account.key)).detail("way", "directory")
    }
}
