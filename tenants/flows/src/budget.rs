//! A tenant's SMS budget: what is left of it, what an SMS costs, and the alarms. Exhausted, it serves the tenant's own
//! networks, those that somebody got through from, and of the others those from which no wrong code or password came
//! lately: whoever spends the budget from ever new networks must not shut out the town.

use chrono::{DurationRound as _, TimeDelta};
use portvakt_domain::{
    audit::AuditKind,
    calendar,
    flow::Flow,
    limit::{self, Hit},
    reminder::Schedule,
    time::Instant,
};
use portvakt_storage::{
    networks,
    operator::{self, SmsBudget},
    trips,
};

use crate::{
    FlowError, Measure, Platform, Tenant,
    event::{EventExt as _, event},
};

const HOUR: TimeDelta = TimeDelta::hours(1);
const DAY: TimeDelta = TimeDelta::days(1);

/// The limit that holds an SMS back, if the budget does. The same is read when there is nothing to send.
pub(crate) async fn holds_back(
    platform: &Platform,
    tenant: &Tenant,
    flow: &Flow,
    sends: bool,
) -> Result<Option<&'static str>, FlowError> {
    let spent = spend(platform, tenant, 0).await?;
    let failures = Hit { limit: limit::FAILURES_PER_NETWORK, subject: flow.network };
    let network = networks::standing(&platform.store, tenant.id, flow.network, vec![failures], platform.now()).await?;
    if !sends || !spent.exhausted {
        return Ok(None);
    }
    platform.meter.count(tenant.id, Measure::BudgetExhausted);
    tracing::error!(tenant.id = %tenant.id, hour = spent.hour, day = spent.day, "the tenant's SMS budget is exhausted");
    let served = flow.trusted_network || network.proven || network.counts.iter().all(|count| *count == 0);
    Ok((!served).then_some(limit::SMS_BUDGET))
}

/// Until when reminders leave the budget alone; `None`: they may take from it. They take no more than half, so that they
/// keep nobody's code back. What waits goes on a day of sending and not before the tenant's time of day: an SMS at midnight
/// would wake people. At random within ten minutes, so that what waited together does not return together.
pub(crate) async fn reminders_wait_until(platform: &Platform, tenant: &Tenant) -> Result<Option<Instant>, FlowError> {
    let (spent, limits, now) = (spend(platform, tenant, 0).await?, &tenant.settings.limits, platform.now());
    let half = |ceiling: i64| (ceiling / 2).max(1);
    let room = if spent.day >= half(limits.sms_per_day) {
        window_end(now, DAY)
    } else if spent.hour >= half(limits.sms_per_hour) {
        window_end(now, HOUR)
    } else {
        return Ok(None);
    };
    let settings = &tenant.settings.reminders;
    let zone = settings.time_zone.tz();
    let day = Schedule::of(settings).next_sending_day(calendar::local_day(room, zone));
    let morning = calendar::moment(day, settings.at.time(), zone);
    Ok(Some(room.max(morning) + some_minutes(platform)))
}

/// When the window ends that a moment is in; windows begin with the hour and the day of UTC.
fn window_end(now: Instant, window: TimeDelta) -> Instant {
    now.duration_trunc(window).unwrap_or(now) + window
}

fn some_minutes(platform: &Platform) -> TimeDelta {
    let mut bytes = [0; 2];
    platform.random.fill(&mut bytes);
    TimeDelta::seconds(i64::from(u16::from_be_bytes(bytes)) % 600)
}

/// Counts SMS against the tenant's budget; 0 only looks. Raises the alarms that are due, each once an hour or a day.
pub(crate) async fn spend(platform: &Platform, tenant: &Tenant, sms: i64) -> Result<SmsBudget, FlowError> {
    let (now, limits) = (platform.now(), &tenant.settings.limits);
    let (hour, day) = (limits.sms_per_hour, limits.sms_per_day);
    let spent = operator::spend_sms(&platform.store, tenant.id, sms, now, hour, day).await?;
    for (span, percent, used, allowed) in
        [("hour", spent.hour_alarm, spent.hour, hour), ("day", spent.day_alarm, spent.day, day)]
    {
        let Some(percent) = percent else { continue };
        tracing::warn!(tenant.id = %tenant.id, span, percent, used, allowed, "most of the tenant's SMS budget is used");
        platform.meter.count(tenant.id, Measure::BudgetAlarm { span, percent });
        let alarm = event(platform, AuditKind::BudgetAlarm)
            .detail("span", span)
            .detail("percent", &percent.to_string())
            .detail("used", &used.to_string())
            .detail("allowed", &allowed.to_string());
        let name = format!("sms_budget_{span}_{percent}_percent");
        trips::record(&platform.store, tenant.id, name, 1, now, Some(alarm)).await?;
    }
    Ok(spent)
}
