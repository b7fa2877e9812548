//! Reminders before passwords end: what a day would bring, and what earlier runs did.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use chrono::{NaiveDate, SecondsFormat};
use portvakt_flows::{Tenant, preview_reminders};
use portvakt_storage::reminders::{self, StoredRun};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::RestProblem;
use crate::{auth::operator::Operator, shared::Shared};

/// Runs that are listed.
const SHOWN_RUNS: i64 = 30;

/// Which day is meant.
#[derive(Debug, Deserialize, IntoParams)]
pub struct Asked {
    /// Another day than today, as if every run until then took place.
    date: Option<NaiveDate>,
}

/// What a day would bring.
#[derive(Debug, Serialize, ToSchema)]
pub struct Preview {
    /// The tenant's short name.
    tenant: String,
    /// The day, by the tenant's calendar.
    date: NaiveDate,
    /// Whether the settings let anything be sent at all.
    send: bool,
    /// Whether it is a day on which something is sent.
    sending_day: bool,
    /// Accounts that were read.
    accounts: i64,
    /// What would go out.
    outgoing: Vec<Outgoing>,
    /// Everybody else, by name, with the reason.
    not_reminded: Vec<Aside>,
    /// Those that belong to no unit with a recipient.
    unmapped: Vec<String>,
    /// What is wrong with the units; whoever belongs to those is among the unmapped.
    problem: Option<String>,
    /// The days of the next 60 on which something is sent.
    forecast: Vec<Forecast>,
}

/// One mail or SMS that would go out.
#[derive(Debug, Serialize, ToSchema)]
pub struct Outgoing {
    /// `mail` or `sms`.
    channel: &'static str,
    /// A mail address, or a number of which only the end is shown.
    to: String,
    /// `unit`, `manager`, `fallback`, `own` or `shared`; several where a table has several reasons.
    why: Vec<&'static str>,
    /// The units it is about.
    units: Vec<String>,
    /// Whose passwords it speaks of.
    rows: Vec<Row>,
}

/// A line of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Row {
    /// Given name.
    first_name: String,
    /// Family name.
    last_name: String,
    /// The short name people know.
    account: String,
    /// The last day.
    expires: NaiveDate,
    /// Whole days until then.
    days_left: i64,
    /// What is dealt with by it: days left, or the first day of a period.
    marks: Vec<String>,
}

/// An account that is not spoken of.
#[derive(Debug, Serialize, ToSchema)]
pub struct Aside {
    /// The short name people know.
    account: String,
    /// `not_today`, `never_expires`, `has_expired`, `must_change`, `disabled`, `account_expired`, `unknown`, `not_served`,
    /// `no_recipient` or `already_told`.
    why: &'static str,
    /// Whole days until the end, where it is only not its day.
    #[serde(skip_serializing_if = "Option::is_none")]
    days_left: Option<i64>,
}

/// A day to come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Forecast {
    /// The day.
    date: NaiveDate,
    /// Accounts that are spoken of; who is protected, or excluded by a group, is counted too.
    accounts: i64,
    /// Mails with a table; where managers are told, one for each manager.
    tables: i64,
    /// Messages to persons.
    personal: i64,
}

impl From<preview_reminders::Preview> for Preview {
    fn from(of: preview_reminders::Preview) -> Self {
        let row = |row: preview_reminders::PreviewRow| Row {
            first_name: row.first_name,
            last_name: row.last_name,
            account: row.account,
            expires: row.expires,
            days_left: row.days_left,
            marks: row.marks,
        };
        let outgoing = |of: preview_reminders::PreviewOutgoing| Outgoing {
            channel: of.channel,
            to: of.to,
            why: of.why,
            units: of.units,
            rows: of.rows.into_iter().map(row).collect(),
        };
        let aside =
            |of: preview_reminders::PreviewAside| Aside { account: of.account, why: of.why, days_left: of.days_left };
        let day = |of: preview_reminders::ForecastDay| Forecast {
            date: of.date,
            accounts: of.accounts,
            tables: of.tables,
            personal: of.personal,
        };
        Self {
            tenant: of.tenant,
            date: of.date,
            send: of.send,
            sending_day: of.sending_day,
            accounts: of.accounts,
            outgoing: of.outgoing.into_iter().map(outgoing).collect(),
            not_reminded: of.not_reminded.into_iter().map(aside).collect(),
            unmapped: of.unmapped,
            problem: of.problem,
            forecast: of.forecast.into_iter().map(day).collect(),
        }
    }
}

/// A run of reminders.
#[derive(Debug, Serialize, ToSchema)]
pub struct Run {
    /// The tenant's local day.
    day: NaiveDate,
    /// `schedule`, or `by hand`.
    asked_by: String,
    /// `running`, `done` or `failed`.
    state: &'static str,
    /// When it was begun (RFC 3339, UTC).
    started_at: String,
    /// When it ended.
    finished_at: Option<String>,
    /// How long it took.
    seconds: Option<f64>,
    /// Accounts that were read.
    accounts: i64,
    /// Accounts that were spoken of.
    due: i64,
    /// Mails that were asked for.
    mails: i64,
    /// SMS that were asked for.
    sms: i64,
    /// Accounts that belong to no unit with a recipient.
    unmapped: i64,
    /// Accounts that something kept from being told in full.
    failures: i64,
    /// Why it failed.
    problem: Option<String>,
}

impl From<&StoredRun> for Run {
    fn from(run: &StoredRun) -> Self {
        let time = |at: portvakt_domain::time::Instant| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        Self {
            day: run.day,
            asked_by: run.asked_by.clone(),
            state: run.state.as_str(),
            started_at: time(run.started_at),
            finished_at: run.finished_at.map(time),
            seconds: run.finished_at.map(|at| (at - run.started_at).num_milliseconds() as f64 / 1000.0),
            accounts: run.figures.accounts,
            due: run.figures.due,
            mails: run.figures.mails,
            sms: run.figures.sms,
            unmapped: run.figures.unmapped,
            failures: run.figures.failures,
            problem: run.problem.clone(),
        }
    }
}

/// Who would get which reminders on a day, who would not and why, and what the next 60 days bring. Nothing is sent.
#[utoipa::path(
    get,
    path = "/v1/tenants/{slug}/reminders/preview",
    tag = "reminders",
    security(("operator" = [])),
    params(("slug" = String, Path, description = "The tenant's short name"), Asked),
    responses(
        (status = 200, description = "The day", body = Preview),
        (status = 400, description = "The date can't be read", body = super::ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "No token, or a wrong one", body = super::ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such tenant", body = super::ProblemBody, content_type = "application/problem+json"),
        (status = 502, description = "The directory does not answer", body = super::ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn preview(
    _operator: Operator,
    shared: web::Data<Shared>,
    slug: web::Path<String>,
    asked: Result<web::Query<Asked>, actix_web::Error>,
) -> Result<HttpResponse, RestProblem> {
    let tenant = tenant(&shared, &slug)?;
    let asked = asked.map_err(|_| RestProblem::BadQuery)?;
    let preview = preview_reminders::run(&shared.platform, &tenant, asked.date).await;
    Ok(HttpResponse::Ok().json(Preview::from(preview.map_err(|error| RestProblem::of(&error))?)))
}

/// The last 30 runs, newest first.
#[utoipa::path(
    get,
    path = "/v1/tenants/{slug}/reminders/runs",
    tag = "reminders",
    security(("operator" = [])),
    params(("slug" = String, Path, description = "The tenant's short name")),
    responses(
        (status = 200, description = "The runs", body = Vec<Run>),
        (status = 401, description = "No token, or a wrong one", body = super::ProblemBody, content_type = "application/problem+json"),
        (status = 404, description = "No such tenant", body = super::ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn runs(
    _operator: Operator,
    shared: web::Data<Shared>,
    slug: web::Path<String>,
) -> Result<HttpResponse, RestProblem> {
    let tenant = tenant(&shared, &slug)?;
    let runs = reminders::runs(&shared.platform.store, tenant.id, SHOWN_RUNS).await;
    let runs = runs.map_err(|error| RestProblem::of(&error.into()))?;
    Ok(HttpResponse::Ok().json(runs.iter().map(Run::from).collect::<Vec<_>>()))
}

fn tenant(shared: &Shared, slug: &str) -> Result<Arc<Tenant>, RestProblem> {
    let mut served = shared.registry.tenants().into_iter();
    served.find(|tenant| tenant.settings.slug.as_str() == slug).ok_or(RestProblem::NoTenant)
}
