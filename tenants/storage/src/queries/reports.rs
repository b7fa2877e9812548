//! Delivery reports.

use diesel::{dsl::count_star, prelude::*};
use portvakt_domain::{
    id::TenantId,
    message::{Channel, MessageState},
    report::{DeliveryReport, Report},
    tenant::SmsProvider,
    time::Instant,
};

use super::{Conn, audit, schema::messages};
use crate::{
    error::{Outcome, corrupt},
    reports::{NewReport, Reported, Taken},
    values::{At, Id, at},
};

/// The states of an SMS that a provider may have.
const HANDED_OVER: [MessageState; 3] = [MessageState::Sending, MessageState::Sent, MessageState::Unknown];

pub(crate) fn take(c: &mut Conn, tenant: TenantId, report: &NewReport) -> Outcome<Taken> {
    let Some(id) = find(c, tenant, report.provider, &report.said)? else { return Ok(Taken::NoMessage) };
    let (message, said) = (messages::table.find((Id(tenant.0), id)), report.said.report);

    // An SMS whose call was not answered: the provider has it.
    let went_out = diesel::update(message)
        .filter(messages::state.eq(MessageState::Unknown.as_str()))
        .set((messages::state.eq(MessageState::Sent.as_str()), messages::settled_at.eq(at(report.now))))
        .execute(c)?;
    if went_out == 1 {
        let mut event = report.settled.clone();
        event.details.insert("message".to_owned(), id.0.to_string());
        audit::record(c, tenant, &[event])?;
    }

    // The last word is never taken back, and what comes twice is no news.
    let earlier: Vec<&str> = said.takes_the_place_of().iter().map(|earlier| earlier.as_str()).collect();
    let noted = diesel::update(message)
        .filter(messages::report.is_null().or(messages::report.assume_not_null().eq_any(earlier)))
        .set((messages::report.eq(said.as_str()), messages::reported_at.eq(at(report.now))))
        .execute(c)?;
    if noted == 0 {
        return Ok(Taken::NoNews);
    }
    // What the answer to the call did not tell; a call under way may still tell it itself.
    diesel::update(message)
        .filter(messages::provider.is_null())
        .set(messages::provider.eq(report.provider.as_str()))
        .execute(c)?;
    if let Some(provider_id) = &report.said.provider_id {
        diesel::update(message)
            .filter(messages::provider_id.is_null())
            .set(messages::provider_id.eq(provider_id))
            .execute(c)?;
    }
    Ok(Taken::News)
}

/// The SMS that a report is about. Where it names our reference and the provider's id, both must be of the same SMS; and
/// a provider tells of its own SMS alone.
fn find(c: &mut Conn, tenant: TenantId, provider: SmsProvider, said: &DeliveryReport) -> Outcome<Option<Id>> {
    let own = messages::table
        .filter(messages::tenant_id.eq(Id(tenant.0)))
        .filter(messages::channel.eq(Channel::Sms.as_str()))
        .filter(messages::state.eq_any(HANDED_OVER.map(MessageState::as_str)));
    let found = match (said.reference, &said.provider_id) {
        (Some(reference), provider_id) => {
            let row: Option<(Id, Option<String>, Option<String>)> = own
                .filter(messages::id.eq(Id(reference.0)))
                .select((messages::id, messages::provider, messages::provider_id))
                .first(c)
                .optional()?;
            row.filter(|(_, noted, id)| {
                noted.as_deref().is_none_or(|noted| noted == provider.as_str())
                    && (id.is_none() || provider_id.is_none() || id == provider_id)
            })
            .map(|(id, ..)| id)
        }
        (None, Some(provider_id)) => own
            .filter(messages::provider.eq(provider.as_str()))
            .filter(messages::provider_id.eq(provider_id))
            .select(messages::id)
            .first(c)
            .optional()?,
        (None, None) => None,
    };
    Ok(found)
}

/// Whether a provider reported of a message, so that it surely has it.
pub(super) fn is_reported(c: &mut Conn, tenant: TenantId, message: uuid::Uuid) -> Outcome<bool> {
    let report: Option<Option<String>> =
        messages::table.find((Id(tenant.0), Id(message))).select(messages::report).first(c).optional()?;
    Ok(report.flatten().is_some())
}

/// Forgets what another provider reported of a message that this one took: it had refused it.
pub(super) fn forget_others(c: &mut Conn, tenant: TenantId, message: uuid::Uuid, taker: SmsProvider) -> Outcome<()> {
    diesel::update(messages::table.find((Id(tenant.0), Id(message))))
        .filter(messages::provider.is_not_null())
        .filter(messages::provider.assume_not_null().ne(taker.as_str()))
        .set((
            messages::provider.eq(None::<String>),
            messages::provider_id.eq(None::<String>),
            messages::report.eq(None::<String>),
            messages::reported_at.eq(None::<At>),
        ))
        .execute(c)?;
    Ok(())
}

pub(crate) fn since(c: &mut Conn, tenant: TenantId, from: &Instant) -> Outcome<Vec<Reported>> {
    let rows: Vec<(Option<String>, Option<String>, i64)> = messages::table
        .filter(messages::tenant_id.eq(Id(tenant.0)))
        .filter(messages::channel.eq(Channel::Sms.as_str()))
        .filter(messages::state.eq_any(HANDED_OVER.map(MessageState::as_str)))
        .filter(messages::requested_at.ge(at(*from)))
        .group_by((messages::provider, messages::report))
        .select((messages::provider, messages::report, count_star()))
        .order((messages::provider, messages::report))
        .load(c)?;
    rows.into_iter()
        .map(|(provider, report, count)| {
            let report = report.map(|name| Report::from_stored(&name).ok_or_else(|| corrupt("messages.report")));
            Ok(Reported { provider, report: report.transpose()?, count })
        })
        .collect()
}
