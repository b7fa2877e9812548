//! Numbers that are typed in to be registered: each different one costs an SMS, and some numbers pay whoever has them called.
//! So there are so many a day for one account, and so many in one range of numbers. Who types one in has signed in: the
//! answer is visible.

use portvakt_domain::{
    flow::Flow,
    keys::KeyedHash,
    limit::{self, Hit, Limit},
    number::MobileNumber,
};
use portvakt_storage::limits;

use crate::{FlowError, Platform, Tenant, Visitor};

/// Counts a number, each once a day, and names the limit that is passed.
pub(crate) async fn count(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    flow: &Flow,
    number: &MobileNumber,
) -> Result<Option<&'static str>, FlowError> {
    let hash = |parts: &[&[u8]]| platform.subjects.hash(tenant.id, parts);
    let seen = |subject: KeyedHash| Hit { limit: limit::NUMBER_SEEN, subject };
    let (typed, network) = (number.e164().as_bytes(), &visitor.network.0);
    let account = flow.account.ok_or(FlowError::Corrupt("flows.account"))?.0;
    let account = account.as_bytes();

    // 1. By account. From one network fewer than from all together: who is in elsewhere uses up nothing of the person's own.
    let by_network = hash(&[b"new-numbers", account, network]);
    let in_all = hash(&[b"new-numbers", account]);
    let of_account = vec![
        Hit { limit: limit::NEW_NUMBERS_PER_ACCOUNT_AND_NETWORK, subject: by_network },
        Hit { limit: limit::NEW_NUMBERS_PER_ACCOUNT, subject: in_all },
    ];
    let seen_there = seen(hash(&[b"number-seen", account, network, typed]));
    let passed = limits::count_once(&platform.store, tenant.id, seen_there, of_account, platform.now()).await?;
    if passed.is_some() {
        return Ok(passed);
    }

    // 2. By range, over all accounts of the tenant. Its own networks get further: the phones that it hands out are alike.
    let factor = if visitor.trusted { limit::TRUSTED_FACTOR } else { 1 };
    let ceiling = tenant.settings.limits.new_numbers_per_range;
    let range = Limit { ceiling, ..limit::NEW_NUMBERS_PER_RANGE }.times(factor);
    let of_range = vec![Hit { limit: range, subject: hash(&[b"number-range", number.range().as_bytes()]) }];
    let seen_at_all = seen(hash(&[b"number-seen", typed]));
    Ok(limits::count_once(&platform.store, tenant.id, seen_at_all, of_range, platform.now()).await?)
}
