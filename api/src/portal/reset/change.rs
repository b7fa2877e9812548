//! `/change`: who knows the current password and wants a new one begins here, with both name and password.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{sign_in::Entrance, tenant::KnownPassword, token::StartToken};
use portvakt_flows::sign_in::SignedIn;

use super::code::next_page;
use crate::{
    auth::{ResetVisit, Visit},
    portal::{
        credentials,
        progress::{Journey, Step},
        views::{change::ChangeView, message::Message, register::SignInProblem, reset::TooEarlyView},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(offered(&visit).map(|()| form(&visit, "", None)))
}

/// Takes name and current password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(begin(&visit, body).await)
}

async fn begin(visit: &Visit, body: web::Payload) -> Answer {
    offered(visit)?;
    let given = credentials::read(visit, body, form).await?;
    let signed_in = given.present(visit, Entrance::Change).await;
    Ok(match signed_in.or_fault(visit)? {
        SignedIn::Accepted { token, state } => visit.go_with(next_page(state), &token),
        SignedIn::Refused => form(visit, &given.typed, Some(SignInProblem::Refused)),
        SignedIn::StartAgain => form(visit, &given.typed, Some(SignInProblem::Stale)),
        SignedIn::Limited => problem::page(visit, Message::TooMany { minutes: Some(60) }),
        SignedIn::NoNumber => problem::page(visit, Message::NoNumber),
        SignedIn::TooEarly { username, from } => {
            let wait = from - visit.platform().now();
            let view = TooEarlyView { page: visit.page("/change"), username: &username, wait };
            problem::html(visit, StatusCode::OK, view.render())
        }
    })
}

/// Where the tenant does not offer it there is no such page.
fn offered(visit: &Visit) -> Result<(), HttpResponse> {
    match visit.tenant.settings.reset.known_password {
        KnownPassword::Off => Err(problem::page(visit, Message::NotFound)),
        KnownPassword::WithCode | KnownPassword::WithoutCode => Ok(()),
    }
}

fn form(visit: &Visit, username: &str, problem: Option<SignInProblem>) -> HttpResponse {
    let platform = visit.platform();
    let token =
        StartToken::issue(&platform.keys, visit.tenant.id, visit.kind, platform.now(), platform.random.as_ref());
    let view = ChangeView {
        page: visit.page("/change").at(journey(visit), Step::SignIn),
        start_token: &token.reveal(),
        username,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}

/// A change, as the tenant offers it.
pub(super) fn journey(visit: &Visit) -> Journey {
    Journey::Change { known: visit.tenant.settings.reset.known_password }
}
