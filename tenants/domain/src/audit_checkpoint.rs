//! Checkpoints of the audit trail: what an older key sealed is covered by a newer one, so that the older can go.
//!
//! A checkpoint holds a digest over every link and event up to its place, sealed with the key of its day. Links that it
//! covers may have been sealed with a key that is gone: the digest holds them. Links after it need their own key.

use sha2::{Digest as _, Sha256};

use crate::{
    audit::{ChainError, Event, GENESIS, Head, Seal, canonical, seal},
    id::TenantId,
    keys::{AuditKey, KeyRing},
};

/// A sealed digest of the chain so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last link that it covers.
    pub seq: i64,
    /// The name of the key that it is sealed with.
    pub key: String,
    /// Over every link and event from the first one on.
    pub digest: [u8; 32],
    /// HMAC-SHA-256 over the tenant, the place and the digest.
    pub seal: [u8; 32],
}

impl Checkpoint {
    /// The checkpoint of a chain that was walked to its end, sealed with the ring's active key.
    pub fn of(walked: &Walked, keys: &KeyRing, tenant: TenantId) -> Self {
        let (seq, digest) = (walked.head.seq, walked.digest);
        let seal = sealed(&keys.audit_key(tenant), tenant, seq, &digest);
        Self { seq, key: keys.active().to_owned(), digest, seal }
    }

    fn check(&self, keys: &KeyRing, tenant: TenantId) -> Result<(), ChainError> {
        let ring = keys.with(&self.key).ok_or_else(|| ChainError::UnknownKey(self.seq, self.key.clone()))?;
        let fits = sealed(&ring.audit_key(tenant), tenant, self.seq, &self.digest) == self.seal;
        if fits { Ok(()) } else { Err(ChainError::CheckpointBroken(self.seq)) }
    }
}

fn sealed(key: &AuditKey, tenant: TenantId, seq: i64, digest: &[u8; 32]) -> [u8; 32] {
    key.mac(&[b"portvakt/audit-checkpoint/1", tenant.0.as_bytes(), &seq.to_be_bytes(), digest])
}

/// A chain that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Walked {
    /// Its last link.
    pub head: Head,
    /// Over every link and event.
    pub digest: [u8; 32],
}

/// A walk along a chain, from its first link on.
pub struct Walk<'a> {
    keys: &'a KeyRing,
    tenant: TenantId,
    last: Option<Checkpoint>,
    so_far: Walked,
}

impl<'a> Walk<'a> {
    /// Begins, with the chain's last checkpoint.
    ///
    /// # Errors
    /// The checkpoint was altered, or its key is not in the ring.
    pub fn new(keys: &'a KeyRing, tenant: TenantId, last: Option<Checkpoint>) -> Result<Self, ChainError> {
        last.as_ref().map_or(Ok(()), |checkpoint| checkpoint.check(keys, tenant))?;
        Ok(Self { keys, tenant, last, so_far: Walked { head: Head::EMPTY, digest: GENESIS } })
    }

    /// Where it stands.
    pub fn head(&self) -> Head {
        self.so_far.head
    }

    /// Goes on by one stored link and its event.
    ///
    /// # Errors
    /// A gap, a missing event, a seal or a checkpoint that does not fit, a key that is not in the ring.
    pub fn advance(&mut self, link: &Seal, event: Option<&Event>) -> Result<(), ChainError> {
        let Walked { head, digest } = self.so_far;
        let seq = head.seq + 1;
        if link.seq != seq {
            return Err(ChainError::Gap { expected: seq, found: link.seq });
        }
        let event = event.ok_or(ChainError::EventMissing(seq))?;
        if event.id != link.event {
            return Err(ChainError::Broken(seq));
        }
        self.check_seal(link, event)?;
        let mut hash = Sha256::new();
        for part in [digest.as_slice(), &seq.to_be_bytes(), &link.seal, &canonical(event)] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
        self.so_far = Walked { head: Head { seq, seal: link.seal }, digest: hash.finalize().into() };
        match &self.last {
            Some(last) if last.seq == seq && last.digest != self.so_far.digest => {
                Err(ChainError::CheckpointBroken(seq))
            }
            _ => Ok(()),
        }
    }

    fn check_seal(&self, link: &Seal, event: &Event) -> Result<(), ChainError> {
        let previous = &self.so_far.head.seal;
        let fits =
            |ring: &KeyRing| seal(&ring.audit_key(self.tenant), self.tenant, previous, link.seq, event) == link.seal;
        // The digest, which is compared further on, holds what was sealed with a key that is gone.
        let covered = self.last.as_ref().is_some_and(|last| link.seq <= last.seq);
        match &link.key {
            Some(name) => match self.keys.with(name) {
                Some(ring) if fits(&ring) => Ok(()),
                Some(_) => Err(ChainError::Broken(link.seq)),
                None if covered => Ok(()),
                None => Err(ChainError::UnknownKey(link.seq, name.clone())),
            },
            None if self.keys.each().any(|ring| fits(&ring)) || covered => Ok(()),
            None => Err(ChainError::Broken(link.seq)),
        }
    }

    /// The end of the chain.
    ///
    /// # Errors
    /// It ends before its checkpoint.
    pub fn finish(self) -> Result<Walked, ChainError> {
        match self.last {
            Some(last) if last.seq > self.so_far.head.seq => {
                Err(ChainError::Truncated { found: self.so_far.head.seq, known: last.seq })
            }
            _ => Ok(self.so_far),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::{TimeZone as _, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::id::EventId;

    const TENANT: TenantId = TenantId(Uuid::from_u128(1));

    fn ring(active: &str, names: &[&str]) -> KeyRing {
        let key = |name: &&str| ((*name).to_owned(), vec![name.as_bytes()[0]; 32]);
        KeyRing::new(active, names.iter().map(key)).expect("a ring")
    }

    fn event(number: u128) -> Event {
        Event {
            id: EventId(Uuid::from_u128(number)),
            at: Utc.timestamp_opt(1_800_000_000, 0).single().expect("a time"),
            kind: "flow.begun".to_owned(),
            subject: None,
            flow: None,
            network: None,
            actor: None,
            details: BTreeMap::new(),
        }
    }

    /// Three links sealed with `a`, two with `b`; the first one by a release that did not write which.
    fn chain() -> Vec<(Seal, Event)> {
        let (a, b) = (ring("a", &["a"]), ring("b", &["b"]));
        let mut previous = GENESIS;
        (1..=5)
            .map(|seq| {
                let ring = if seq <= 3 { &a } else { &b };
                let event = event(seq as u128);
                let seal = seal(&ring.audit_key(TENANT), TENANT, &previous, seq, &event);
                previous = seal;
                let key = (seq > 1).then(|| ring.active().to_owned());
                (Seal { seq, event: event.id, seal, key }, event)
            })
            .collect()
    }

    fn walk(keys: &KeyRing, chain: &[(Seal, Event)], last: Option<Checkpoint>) -> Result<Walked, ChainError> {
        let mut walk = Walk::new(keys, TENANT, last)?;
        for (link, event) in chain {
            walk.advance(link, Some(event))?;
        }
        walk.finish()
    }

    #[test]
    fn a_chain_over_two_keys_holds_and_a_checkpoint_lets_the_older_go() {
        let (chain, both, new) = (chain(), ring("b", &["a", "b"]), ring("b", &["b"]));
        let walked = walk(&both, &chain, None).expect("it holds");
        assert_eq!(walk(&new, &chain, None), Err(ChainError::Broken(1)), "nobody says which key it was");
        assert_eq!(walk(&new, &chain[..0], None).map(|walked| walked.head), Ok(Head::EMPTY));
        let three = walk(&both, &chain[..3], None).expect("it holds");
        let checkpoint = Checkpoint::of(&three, &both, TENANT);
        assert_eq!(walk(&new, &chain, Some(checkpoint.clone())), Ok(walked));
        assert_eq!(walk(&ring("a", &["a"]), &chain, Some(checkpoint)), Err(ChainError::UnknownKey(3, "b".to_owned())));
    }

    #[test]
    fn without_the_older_key_every_change_is_still_noticed() {
        let (chain, both, new) = (chain(), ring("b", &["a", "b"]), ring("b", &["b"]));
        let checkpoint = Checkpoint::of(&walk(&both, &chain[..4], None).expect("it holds"), &both, TENANT);
        for at in 0..3 {
            let mut altered = chain.clone();
            altered[at].1.kind = "flow.cancelled".to_owned();
            assert_eq!(walk(&new, &altered, Some(checkpoint.clone())), Err(ChainError::CheckpointBroken(4)), "{at}");
            let mut altered = chain.clone();
            altered[at].0.seal[0] ^= 1;
            let broken = walk(&new, &altered, Some(checkpoint.clone()));
            // The fourth is sealed with the newer key, over the third.
            let expected = if at == 2 { ChainError::Broken(4) } else { ChainError::CheckpointBroken(4) };
            assert_eq!(broken, Err(expected), "{at}");
        }
        let cut = walk(&new, &chain[..3], Some(checkpoint.clone()));
        assert_eq!(cut, Err(ChainError::Truncated { found: 3, known: 4 }));
        let forged = Checkpoint { digest: [7; 32], ..checkpoint.clone() };
        assert_eq!(walk(&new, &chain, Some(forged)), Err(ChainError::CheckpointBroken(4)));
        // A link behind the checkpoint can't claim the key that is gone.
        let mut claimed = chain.clone();
        claimed[4].0.key = Some("a".to_owned());
        assert_eq!(walk(&new, &claimed, Some(checkpoint)), Err(ChainError::UnknownKey(5, "a".to_owned())));
    }
}
