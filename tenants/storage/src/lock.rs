//! What transactions exclude each other over, where no row can be locked.

use portvakt_domain::id::{AccountKey, TenantId};

/// A lock held until the transaction ends.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Lock {
    /// What is counted for an account, and its number.
    Account(TenantId, AccountKey),
    /// The next version of a tenant's settings.
    Settings(TenantId),
    /// Shared by all who record audit events; here taken and released at once, which waits for those who are recording: see
    /// [`crate::postgres::ask_to_seal`].
    Recorded(TenantId),
}

impl Lock {
    /// The number that PostgreSQL knows the lock by. Two locks may share one by chance; one of them waits in vain then.
    pub(crate) fn number(self) -> i64 {
        let (class, tenant, account) = match self {
            Lock::Account(tenant, account) => (1, tenant, account.0.as_u128()),
            Lock::Settings(tenant) => (2, tenant, 0),
            Lock::Recorded(tenant) => (3, tenant, 0),
        };
        let mixed = tenant.0.as_u128() ^ account.rotate_left(32) ^ class;
        let bytes = mixed.to_be_bytes();
        let (mut high, mut low) = ([0; 8], [0; 8]);
        high.copy_from_slice(&bytes[..8]);
        low.copy_from_slice(&bytes[8..]);
        i64::from_be_bytes(high).rotate_left(1) ^ i64::from_be_bytes(low)
    }
}
