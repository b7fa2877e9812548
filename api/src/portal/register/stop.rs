//! `/stop`: whoever has the old phone stops a delayed change, by name without a sign-in, or after one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    login::{Login, LoginError},
    token::StartToken,
};
use portvakt_flows::stop_change::{self, Started};
use portvakt_texts::moment;

use super::holding::went;
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        progress::{Journey, Step},
        views::{message::Message, register::StopView, reset::StartProblem},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    form(&visit, "", None)
}

/// Begins, whoever the name means.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(begin(&visit, body).await)
}

/// Stops the change of the account signed in to.
pub async fn now(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(stop(&visit, body).await)
}

async fn begin(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let (platform, typed) = (visit.platform(), fields.get("username"));
    let login = match Login::parse(typed) {
        Ok(login) => login,
        Err(LoginError::Empty) => return Err(form(visit, "", Some(StartProblem::Empty))),
        Err(LoginError::Malformed) => return Err(form(visit, "", Some(StartProblem::Malformed))),
    };
    let start = StartToken::verify(fields.get("start"), &platform.keys, visit.tenant.id, visit.kind, platform.now())
        .ok_or_else(|| form(visit, typed, Some(StartProblem::Stale)))?;
    let started = stop_change::by_name(platform, &visit.tenant, &visit.visitor(), &start, &login).await;
    Ok(match started.or_fault(visit)? {
        Started::Begun(token) => visit.go_with("/code", &token),
        Started::StartAgain => form(visit, typed, Some(StartProblem::Stale)),
        Started::Held { until } => problem::page(visit, Message::Held { until: moment(until) }),
        Started::Limited => problem::page(visit, Message::TooMany { minutes: Some(10) }),
    })
}

async fn stop(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    let token = visit.begun()?;
    let offered = stop_change::signed_in(visit.platform(), &visit.tenant, &visit.visitor(), &token).await;
    went(visit, offered.or_fault(visit)?).or_else(|_| Ok(visit.go("/number")))
}

fn form(visit: &Visit, username: &str, problem: Option<StartProblem>) -> HttpResponse {
    let platform = visit.platform();
    let token =
        StartToken::issue(&platform.keys, visit.tenant.id, visit.kind, platform.now(), platform.random.as_ref());
    let page = visit.page("/stop").at(Journey::Stop, Step::Name);
    let view = StopView { page, start_token: &token.reveal(), username, problem };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}
