//! A tenant's stored values are sealed anew with the active key, in the background and in small steps, until the older
//! keys can go. It may be stopped anywhere and begun again, and run twice at once: a value is exchanged only for what it
//! was found as.

use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, Instant},
};

use portvakt_domain::{
    audit::{AuditKind, ChainError},
    audit_checkpoint::Checkpoint,
    id::{AccountKey, MessageId, NumberChangeId, ReminderMailId, TenantId},
    keys::{KeyRing, KeyUse, KeyedHash, Place},
    random::Random,
    tenant::SecretName,
    time::Clock,
};
use portvakt_storage::{
    StorageError, Store, audit, key_rotations, number_attributes, number_changes, numbers, operator,
    sealed_values::{self, Resealed, SealedColumn, SealedValue},
};

use crate::{
    apply_settings::secret_place, give_feedback::feedback_place, key_usage::Usage, open, registered,
    suspend_tenant::event,
};

/// Values that are exchanged in one transaction.
const BATCH: i64 = 100;
/// Links sealed in one transaction before a checkpoint.
const LINKS: i64 = 1_000;
/// How often the trail's end may be found taken by the sealing job.
const COLLISIONS: u32 = 10;

/// What rotating needs, in the server and at the command line.
pub struct Rotation<'a> {
    /// The database.
    pub store: &'a Store,
    /// The ring; its active key is the one that values are sealed anew with.
    pub keys: &'a KeyRing,
    /// Now.
    pub clock: &'a dyn Clock,
    /// The system's generator.
    pub random: &'a dyn Random,
    /// Who asked: an operator's name, or the server's.
    pub author: &'a str,
}

/// What one run did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rotated {
    /// Values sealed anew.
    pub values: usize,
    /// Values that do not open, which stay as they are: altered, swapped, or under a key that is not in the ring.
    pub rejected: usize,
    /// They are more or fewer than the last round found.
    pub rejected_anew: bool,
    /// It stopped because its time was up.
    pub unfinished: bool,
}

/// Why a rotation can't go on.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// The database.
    #[error("storage")]
    Storage(#[from] StorageError),
    /// The audit trail does not hold; a checkpoint would hide that.
    #[error("the audit trail does not hold: {0}")]
    Chain(#[from] ChainError),
}

impl Rotation<'_> {
    /// Seals values anew until none is left or the time is up. Told of every step; where nothing is under another key,
    /// nothing is written.
    ///
    /// # Errors
    /// The database, or an audit trail that does not hold.
    pub async fn run(
        &self,
        tenant: TenantId,
        patience: Duration,
        told: &(dyn Fn(Rotated) + Send + Sync),
    ) -> Result<Rotated, RotateError> {
        match self.round(tenant, patience, told).await {
            // Deleted meanwhile: nothing of it is left that could be sealed.
            Err(_) if !self.exists(tenant).await? => Ok(Rotated::default()),
            done => done,
        }
    }

    async fn round(
        &self,
        tenant: TenantId,
        patience: Duration,
        told: &(dyn Fn(Rotated) + Send + Sync),
    ) -> Result<Rotated, RotateError> {
        let active = self.keys.active();
        let older = Usage::of(self.store, tenant, active).await?.older_than(self.keys);
        let mut done = Rotated::default();
        if older.is_empty() {
            return Ok(done);
        }

        // 1. Said once, however often it is begun.
        let named = older.iter().cloned().collect::<Vec<_>>().join(" ");
        self.note(tenant, AuditKind::KeysRotationBegun, &named).await?;

        // 2. Column by column, batch by batch.
        let began = Instant::now();
        let mut rejected: BTreeMap<String, usize> = BTreeMap::new();
        for column in SealedColumn::ALL.into_iter().filter(|column| column.is_lasting()) {
            let mut after = None;
            loop {
                if began.elapsed() >= patience {
                    return Ok(Rotated { unfinished: true, ..done });
                }
                let found =
                    sealed_values::under_other_keys(self.store, tenant, column, active.to_owned(), after, BATCH)
                        .await?;
                let Some(last) = found.last() else { break };
                after = Some(last.row);
                let all = found.len();
                let anew: Vec<Resealed> = found.into_iter().filter_map(|old| self.anew(tenant, column, old)).collect();
                if all > anew.len() {
                    let place = format!("{}.{}", column.table(), column.column());
                    *rejected.entry(place).or_default() += all - anew.len();
                    done.rejected += all - anew.len();
                }
                done.values += sealed_values::exchange(self.store, tenant, column, anew).await?;
                told(done);
            }
        }
        // 3. Look-up hashes that stand alone.
        done.values += self.attributes(tenant).await?;
        sealed_values::forget_settled_hashes(self.store, tenant).await?;

        // 4. The trail: what older keys sealed is covered by the active one.
        self.checkpoint(tenant).await?;
        told(done);

        // 5. Last, so that a round which stopped on the way tells them in the next one.
        done.rejected_anew = self.reject(tenant, &rejected).await?;
        let left = Usage::of(self.store, tenant, active).await?;
        if !left.lasting_under_others(active) {
            self.note(tenant, AuditKind::KeysRotationEnded, &named).await?;
        }
        Ok(done)
    }

    async fn exists(&self, tenant: TenantId) -> Result<bool, StorageError> {
        Ok(operator::list_tenants(self.store).await?.iter().any(|row| row.id == tenant))
    }

    /// Records values that do not open, where they are more or fewer than in the round before: they are met in each.
    async fn reject(&self, tenant: TenantId, rejected: &BTreeMap<String, usize>) -> Result<bool, StorageError> {
        let told = |(place, values): (&String, &usize)| {
            let mut event = event(self.clock, self.random, AuditKind::SealRejected, self.author);
            event.details =
                BTreeMap::from([("place".to_owned(), place.clone()), ("values".to_owned(), values.to_string())]);
            event
        };
        let all = i64::try_from(rejected.values().sum::<usize>()).unwrap_or(i64::MAX);
        let events = rejected.iter().map(told).collect();
        let changed = key_rotations::reject(self.store, tenant, self.keys.active().to_owned(), all, events).await?;
        Ok(changed && all > 0)
    }

    async fn note(&self, tenant: TenantId, kind: AuditKind, older: &str) -> Result<(), StorageError> {
        let (now, active) = (self.clock.now(), self.keys.active().to_owned());
        let mut said = event(self.clock, self.random, kind, self.author);
        said.details = BTreeMap::from([("to".to_owned(), active.clone()), ("from".to_owned(), older.to_owned())]);
        if kind == AuditKind::KeysRotationBegun {
            key_rotations::begin(self.store, tenant, active, now, said).await?;
        } else {
            key_rotations::end(self.store, tenant, active, now, said).await?;
        }
        Ok(())
    }

    /// A value under the active key; `None` where it does not open where it stands.
    fn anew(&self, tenant: TenantId, column: SealedColumn, old: SealedValue) -> Option<Resealed> {
        let place = place(tenant, column, &old)?;
        let plain = self.keys.open(tenant, place, &old.sealed).ok()?;
        let new = self.keys.seal(tenant, place, &plain, self.random).ok()?;
        let hash = column.is_looked_up().then(|| self.keys.hash(tenant, KeyUse::Number, &[&plain]));
        Some(Resealed { old, new, hash })
    }

    /// What is kept of directories' attributes holds hashes without their numbers. Those of the account's own numbers,
    /// and of the one that waits, are hashed anew; the others are when the directory is next compared.
    async fn attributes(&self, tenant: TenantId) -> Result<usize, StorageError> {
        let begun = key_rotations::begun_at(self.store, tenant, self.keys.active().to_owned()).await?;
        let (mut after, mut done) = (None, 0);
        loop {
            let kept = number_attributes::list_hashes(self.store, tenant, begun, after, BATCH).await?;
            let Some((last, _)) = kept.last() else { return Ok(done) };
            after = Some(*last);
            for (account, old) in kept {
                if let Some(new) = self.known_hash(tenant, account, old).await? {
                    let now = self.clock.now();
                    let stood = number_attributes::exchange_hash(self.store, tenant, account, old, new, now).await?;
                    done += usize::from(stood && new != old);
                }
            }
        }
    }

    async fn known_hash(
        &self,
        tenant: TenantId,
        account: AccountKey,
        old: KeyedHash,
    ) -> Result<Option<KeyedHash>, StorageError> {
        let own = numbers::list(self.store, tenant, account).await?.into_iter();
        let own = own.map(|stored| (registered::number_place(account, stored.row_id), stored.sealed));
        let waits = number_changes::waiting(self.store, tenant, account).await?;
        let waits = waits.and_then(|change| Some((open::change_place(&change), change.number?)));
        let hash = |ring: &KeyRing, plain: &[u8]| ring.hash(tenant, KeyUse::Number, &[plain]);
        for (place, sealed) in own.chain(waits) {
            let Ok(plain) = self.keys.open(tenant, place, &sealed) else { continue };
            if self.keys.each().any(|ring| hash(&ring, &plain) == old) {
                return Ok(Some(hash(self.keys, &plain)));
            }
        }
        Ok(None)
    }

    /// Makes a checkpoint, if links or the last checkpoint need another key than the active one.
    async fn checkpoint(&self, tenant: TenantId) -> Result<(), RotateError> {
        let active = self.keys.active();
        let keys = audit::keys_in_use(self.store, tenant).await?;
        if keys.iter().all(|key| key.as_deref() == Some(active)) {
            return Ok(());
        }
        let key = Arc::new(self.keys.audit_key(tenant));
        // At least one link under the active key is behind the older ones: a checkpoint has a place of its own.
        let (mut more, mut met) = (true, 0);
        while more {
            more = match audit::seal_pending(self.store, tenant, key.clone(), LINKS).await {
                Ok(report) => report.more,
                // The sealing job did it at the same moment.
                Err(StorageError::Conflict(_)) if met < COLLISIONS => {
                    met += 1;
                    true
                }
                Err(error) => return Err(error.into()),
            };
        }
        let walked = crate::verify_audit::walk(self.store, self.keys, tenant, None).await??;
        let checkpoint = Checkpoint::of(&walked, self.keys, tenant);
        audit::add_checkpoint(self.store, tenant, checkpoint, self.clock.now()).await?;
        Ok(())
    }
}

/// Where a value of a column is sealed.
fn place(tenant: TenantId, column: SealedColumn, value: &SealedValue) -> Option<Place> {
    let account = value.account.map(AccountKey);
    match column {
        SealedColumn::Number => Some(registered::number_place(account?, value.row)),
        SealedColumn::Holder => Some(registered::holder_place(account?, value.row)),
        SealedColumn::ChangedNumber => Some(open::change_place_of(NumberChangeId(value.row), account?)),
        SealedColumn::Recipient => Some(open::recipient_place(MessageId(value.row))),
        SealedColumn::Secret => {
            let name = SecretName::all().into_iter().find(|name| name.as_str() == value.secret.0)?;
            Some(secret_place(tenant, name))
        }
        SealedColumn::Feedback => Some(feedback_place(value.row)),
        SealedColumn::ReminderRecipient => Some(open::reminder_recipient_place(ReminderMailId(value.row))),
        SealedColumn::ReminderContent => Some(open::reminder_content_place(ReminderMailId(value.row))),
        SealedColumn::Login | SealedColumn::PendingNumber | SealedColumn::PendingHolder => None,
    }
}
