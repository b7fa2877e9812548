//! Whom limits and guards count: names, accounts, numbers and networks, hashed. All of them are hashed here, by a key that
//! all replicas agreed on and that stays while others become active: with the active one, who asks two replicas during an
//! exchange of keys would have twice the tries. Only when a ring no longer holds that key do counts begin anew, with
//! another; what was hashed by a key that somebody may have seen is not kept up for longer.

use std::sync::{Arc, PoisonError, RwLock};

use portvakt_domain::{
    id::TenantId,
    keys::{KeyRing, KeyUse, KeyedHash},
};
use portvakt_storage::{StorageError, Store, operator};

/// Hashes whom limits count.
pub struct Subjects {
    keys: Arc<KeyRing>,
    /// The ring with the key that was agreed on; the active one until [`Subjects::agree`] asked.
    agreed: RwLock<KeyRing>,
}

impl Subjects {
    /// Of this ring.
    pub fn new(keys: Arc<KeyRing>) -> Self {
        Self { agreed: RwLock::new(KeyRing::clone(&keys)), keys }
    }

    /// What a limit knows somebody or something by.
    pub fn hash(&self, tenant: TenantId, parts: &[&[u8]]) -> KeyedHash {
        self.agreed.read().unwrap_or_else(PoisonError::into_inner).hash(tenant, KeyUse::Limit, parts)
    }

    /// Takes up the key that the replicas agreed on, or agrees on this ring's active one where that is not held here: at
    /// the first start, and after the last exchange took it out. Asked at the start and every few seconds.
    ///
    /// # Errors
    /// The database; the key stays as it was.
    pub async fn agree(&self, store: &Store) -> Result<(), StorageError> {
        let stands = operator::agreed_key(store, KeyUse::Limit).await?;
        let ring = match stands.and_then(|key| self.keys.with(&key)) {
            Some(ring) => ring,
            None => {
                let (held, active) = (self.keys.names().map(str::to_owned).collect(), self.keys.active().to_owned());
                let key = operator::agree_on_key(store, KeyUse::Limit, held, active).await?;
                self.keys.with(&key).unwrap_or_else(|| KeyRing::clone(&self.keys))
            }
        };
        let mut agreed = self.agreed.write().unwrap_or_else(PoisonError::into_inner);
        if agreed.active() != ring.active() {
            tracing::info!(key = ring.active(), "limits count by this key");
            *agreed = ring;
        }
        Ok(())
    }
}
