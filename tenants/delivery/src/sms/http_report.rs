//! How a gateway without a file of its own reports, as the tenant's settings describe it.

use portvakt_domain::{
    report::{DeliveryReport, Posted, Report, ReportRefusal},
    tenant::{HttpReport, HttpReportContent, HttpReportValue},
};

use super::{http::scalar, report};
use crate::setup::{DeliverySetupError, wrong};

/// What can be told before anything is reported.
pub(super) fn check(wanted: bool, in_template: bool, described: Option<&HttpReport>) -> Result<(), DeliverySetupError> {
    let demand = |holds: bool, key: &str, problem| {
        if holds { Ok(()) } else { Err(wrong(format!("sms.{key}"), problem)) }
    };
    demand(wanted || !in_template, "reports", "write true where the template has {{callback_url}}")?;
    demand(wanted || described.is_none(), "reports", "write true where http.report says how reports are made")?;
    demand(!wanted || described.is_some(), "http.report", "missing; write where reports have status and id")?;
    let Some(described) = described else { return Ok(()) };
    let places = [Some(&described.status), described.id.as_ref(), described.reference.as_ref()];
    let fits = |place: &String| match described.content {
        HttpReportContent::Json => place.starts_with('/'),
        HttpReportContent::Form => !place.is_empty(),
    };
    let all = places.into_iter().flatten().all(fits);
    demand(all, "http.report", "write JSON pointers, such as /status, or the names of a form's fields")?;
    let named = described.id.is_some() || described.reference.is_some() || in_template;
    demand(named, "http.report", "write where reports have the id or the reference of their SMS")?;
    demand(!described.values.is_empty(), "http.report", "write what the statuses mean")
}

/// What a report says.
pub(super) fn read(described: &HttpReport, posted: &Posted<'_>) -> Result<Option<DeliveryReport>, ReportRefusal> {
    let found: Box<dyn Fn(&str) -> Option<String>> = match described.content {
        HttpReportContent::Json => {
            let body = report::json(posted)?;
            Box::new(move |place| body.pointer(place).and_then(scalar))
        }
        HttpReportContent::Form => {
            let form = report::form(posted)?;
            Box::new(move |place| form.get(place).cloned())
        }
    };
    let status = found(&described.status).ok_or(ReportRefusal::Unreadable)?;
    let said = described.values.get(&status).map_or(Report::Unknown, |value| match value {
        HttpReportValue::Sent => Report::Sent,
        HttpReportValue::Delivered => Report::Delivered,
        HttpReportValue::Failed => Report::Failed,
        HttpReportValue::Expired => Report::Expired,
    });
    let (id, reference) = (described.id.as_deref().and_then(&found), described.reference.as_deref().and_then(&found));
    report::report(posted, id.as_deref(), reference.as_deref(), said)
}
