//! `/` at pwreset: who are you?

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    login::{Login, LoginError},
    tenant::KnownPassword,
    token::StartToken,
};
use portvakt_flows::start_reset::{self, Started};
use portvakt_texts::moment;

use crate::{
    auth::{ResetVisit, Visit},
    portal::{
        progress::{Journey, Step},
        views::{
            message::Message,
            reset::{StartProblem, StartView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    form(&visit, "", None)
}

/// Begins a reset.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(begin(&visit, body).await)
}

async fn begin(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let (platform, typed) = (visit.platform(), fields.get("username"));
    let login = match Login::parse(typed) {
        Ok(login) => login,
        Err(LoginError::Empty) => return Err(form(visit, "", Some(StartProblem::Empty))),
        Err(LoginError::Malformed) => return Err(form(visit, "", Some(StartProblem::Malformed))),
    };
    let now = platform.now();
    let start = StartToken::verify(fields.get("start"), &platform.keys, visit.tenant.id, visit.kind, now)
        .ok_or_else(|| form(visit, typed, Some(StartProblem::Stale)))?;
    let started = start_reset::run(platform, &visit.tenant, &visit.visitor(), &start, &login).await;
    Ok(match started.or_fault(visit)? {
        Started::Begun(token) => visit.go_with("/code", &token),
        Started::StartAgain => form(visit, typed, Some(StartProblem::Stale)),
        Started::Held { until } => problem::page(visit, Message::Held { until: moment(until) }),
        Started::Limited => problem::page(visit, Message::TooMany { minutes: Some(10) }),
    })
}

/// As far as is known before the code: by what the tenant offers.
pub(super) fn journey(visit: &Visit) -> Journey {
    Journey::Reset { choice: visit.tenant.settings.reset.keep_and_unlock }
}

fn form(visit: &Visit, username: &str, problem: Option<StartProblem>) -> HttpResponse {
    let platform = visit.platform();
    let token =
        StartToken::issue(&platform.keys, visit.tenant.id, visit.kind, platform.now(), platform.random.as_ref());
    let view = StartView {
        page: visit.page("/").at(journey(visit), Step::Name),
        start_token: &token.reveal(),
        username,
        problem,
        example: &visit.tenant.settings.texts.username_example,
        register_url: &visit.tenant.links.register,
        offers_change: visit.tenant.settings.reset.known_password != KnownPassword::Off,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}
