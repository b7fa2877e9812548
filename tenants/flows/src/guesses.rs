//! Codes that are guessed: how many wrong ones may come from one network, and what is counted beyond it. Everything here
//! depends on what was typed and from where, never on whom a name means.

use portvakt_domain::{
    audit::AuditKind,
    flow::Flow,
    keys::KeyedHash,
    limit::{self, Hit},
    time::Instant,
};
use portvakt_storage::{
    flows::Counted,
    limits,
    networks::{self, Standing},
    operator,
};

use crate::{
    FlowError, Measure, Platform, Tenant, Visitor,
    event::{EventExt as _, event},
    open, trips,
};

/// Whether a code may be looked at.
pub(crate) enum Admission {
    /// It may.
    Guess(Guess),
    /// Too many wrong ones came from this network in this hour.
    Limited,
    /// The network is held, until this time at most.
    Held {
        /// The end of the day that its wrong codes are counted in.
        until: Instant,
    },
}

/// A code that may be looked at. It counts as a wrong one until it is known to be none, so that of many at once no more are
/// looked at than one after the other.
pub(crate) struct Guess {
    counted: Vec<Hit>,
    at: Instant,
    /// Wrong codes of the tenant in this hour, before this one.
    in_tenant: i64,
}

/// Lets a code through to be looked at, or not: by how many wrong ones came from this network. While there are many in the
/// tenant or in the whole deployment, a network that nobody got through from has a few a day.
pub(crate) async fn admit(platform: &Platform, tenant: &Tenant, visitor: &Visitor) -> Result<Admission, FlowError> {
    let (store, now) = (&platform.store, platform.now());
    let Seen { in_tenant, proven, .. } = seen(platform, tenant, visitor, vec![], now).await?;
    let holds = alarm(platform, in_tenant, now).await? && !proven;
    let few = limit::WRONG_CODES_PER_NEW_NETWORK;
    // The one that lasts longer is named first.
    let counted = vec![
        visitor.hit(platform, if holds { few } else { few.unbounded() }),
        visitor.hit(platform, limit::FAILURES_PER_NETWORK),
    ];
    if let Some(passed) = limits::count(store, tenant.id, counted.clone(), now).await? {
        // What is not looked at is no wrong code.
        limits::give_back(store, tenant.id, counted, now).await?;
        trips::tell(platform, tenant, passed).await?;
        return Ok(if passed == few.name { Admission::Held { until: few.ends_at(now) } } else { Admission::Limited });
    }
    Ok(Admission::Guess(Guess { counted, at: now, in_tenant }))
}

/// Until when at most a network gets no more codes, because it used up its few wrong ones while codes are being guessed.
/// Otherwise a stranger's networks would be the first of the day for account after account.
pub(crate) async fn held_until(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
) -> Result<Option<Instant>, FlowError> {
    let few = visitor.hit(platform, limit::WRONG_CODES_PER_NEW_NETWORK);
    let seen = seen(platform, tenant, visitor, vec![few], platform.now()).await?;
    hold(platform, tenant, few, &seen).await
}

/// The same for a network that begins something. One that has begun too much and guessed nothing is told so by that limit
/// in any case, so a flood of first forms does not cost what is looked up here.
pub(crate) async fn held_until_at_start(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
) -> Result<Option<Instant>, FlowError> {
    let (few, starts) = (limit::WRONG_CODES_PER_NEW_NETWORK, visitor.hit(platform, limit::STARTS_PER_NETWORK));
    let few = visitor.hit(platform, few);
    let seen = seen(platform, tenant, visitor, vec![few, starts], platform.now()).await?;
    let [wrong, begun] = seen.counts[..] else { return Err(FlowError::Corrupt("limit_counters")) };
    if begun >= starts.limit.ceiling && wrong < few.limit.ceiling {
        return Ok(None);
    }
    hold(platform, tenant, few, &seen).await
}

async fn hold(platform: &Platform, tenant: &Tenant, few: Hit, seen: &Seen) -> Result<Option<Instant>, FlowError> {
    let now = platform.now();
    let wrong = seen.counts.first().copied().unwrap_or_default();
    // Read in any case: a start costs the same whatever came from the network before.
    let many = alarm(platform, seen.in_tenant, now).await?;
    if wrong < few.limit.ceiling || !many || seen.proven {
        return Ok(None);
    }
    // It is over the limit already: counting makes it known.
    limits::count(&platform.store, tenant.id, vec![few], now).await?;
    trips::tell(platform, tenant, few.limit.name).await?;
    Ok(Some(few.limit.ends_at(now)))
}

/// What is known of a network, and how many wrong codes there are in its tenant.
struct Seen {
    /// Where the counters stand that were asked for.
    counts: Vec<i64>,
    in_tenant: i64,
    /// Somebody got through from there, or the tenant lists it as its own.
    proven: bool,
}

async fn seen(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    mut hits: Vec<Hit>,
    now: Instant,
) -> Result<Seen, FlowError> {
    hits.push(of_tenant());
    let Standing { proven, mut counts } =
        networks::standing(&platform.store, tenant.id, visitor.network, hits, now).await?;
    let in_tenant = counts.pop().unwrap_or_default();
    Ok(Seen { counts, in_tenant, proven: proven || visitor.trusted })
}

/// Whether there are many wrong codes, in the tenant or in the whole deployment.
async fn alarm(platform: &Platform, in_tenant: i64, now: Instant) -> Result<bool, FlowError> {
    let in_deployment = operator::deployment_count(&platform.store, limit::WRONG_CODES_PER_DEPLOYMENT, now).await?;
    Ok(in_tenant >= limit::WRONG_CODES_PER_TENANT.ceiling || in_deployment >= limit::WRONG_CODES_PER_DEPLOYMENT.ceiling)
}

/// What a wrong code counts against, beside its network.
pub(crate) fn counts(platform: &Platform, tenant: &Tenant, flow: &Flow) -> Result<Vec<Hit>, FlowError> {
    let name = open::login(platform, tenant, flow)?.folded(&tenant.settings.directory.netbios);
    let name = platform.subjects.hash(tenant.id, &[b"wrong-codes", name.as_bytes()]);
    Ok(vec![Hit { limit: limit::WRONG_CODES_PER_NAME, subject: name }, of_tenant()])
}

impl Guess {
    /// What is taken back when it is none, in the transaction that finds that out.
    pub(crate) fn counted(&self) -> Counted {
        Counted { hits: self.counted.clone(), at: self.at }
    }

    /// It was wrong: that counts for the whole deployment, too.
    pub(crate) async fn was_wrong(self, platform: &Platform, tenant: &Tenant) -> Result<(), FlowError> {
        if self.in_tenant >= limit::WRONG_CODES_PER_TENANT.ceiling {
            platform.meter.count(tenant.id, Measure::Limit(limit::WRONG_CODES_PER_TENANT.name));
        }
        let all = limit::WRONG_CODES_PER_DEPLOYMENT;
        let in_all = operator::count_deployment(&platform.store, all, self.at).await?;
        if in_all > all.ceiling {
            let first = in_all == all.ceiling + 1;
            if first {
                tracing::warn!(wrong_codes = in_all, "many wrong codes in all tenants together");
            }
            let told = event(platform, AuditKind::LimitHit).detail("limit", all.name);
            trips::tell_with(platform, tenant, all.name, first.then_some(told)).await?;
        }
        Ok(())
    }
}

fn of_tenant() -> Hit {
    Hit { limit: limit::WRONG_CODES_PER_TENANT, subject: KeyedHash([0; 32]) }
}
