//! A tenant's SMS budget: what is left of it, what an SMS costs, and the alarms. Exhausted, it serves the tenant's own
//! networks, those that somebody got through from, and of the others those from which no wrong code or password came
//! lately: whoever spends the budget from ever new networks must not shut out the town.

use portvakt_domain::{
    audit::AuditKind,
    flow::Flow,
    limit::{self, Hit},
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

/// Whether reminders may take from the budget: no more than half of it, so that they keep nobody's code back.
pub(crate) async fn has_room_for_reminders(platform: &Platform, tenant: &Tenant) -> Result<bool, FlowError> {
    let (spent, limits) = (spend(platform, tenant, 0).await?, &tenant.settings.limits);
    Ok(spent.hour < limits.sms_per_hour / 2 && spent.day < limits.sms_per_day / 2)
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
