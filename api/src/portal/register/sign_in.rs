//! `/` at pwreg: sign in by form. Never by the browser's own sign-in: on a shared computer that would be somebody else.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{flow::NumberTask, sign_in::Entrance, token::StartToken};
use portvakt_flows::sign_in::SignedIn;

use super::holding;
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        credentials,
        progress::Step,
        reset::code::next_page,
        views::{
            message::Message,
            register::{SignInProblem, SignInView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    form(&visit, "", None)
}

/// Signs in.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(sign_in(&visit, body).await)
}

async fn sign_in(visit: &Visit, body: web::Payload) -> Answer {
    let given = credentials::read(visit, body, form).await?;
    let signed_in = given.present(visit, Entrance::Registration).await;
    Ok(match signed_in.or_fault(visit)? {
        SignedIn::Accepted { token, state } => visit.go_with(next_page(state), &token),
        SignedIn::Refused => form(visit, &given.typed, Some(SignInProblem::Refused)),
        SignedIn::StartAgain => form(visit, &given.typed, Some(SignInProblem::Stale)),
        SignedIn::Limited => problem::page(visit, Message::TooMany { minutes: Some(60) }),
        // Said of a change alone: here neither stands in the way.
        SignedIn::NoNumber | SignedIn::TooEarly { .. } => problem::page(visit, Message::NoNumber),
    })
}

fn form(visit: &Visit, username: &str, problem: Option<SignInProblem>) -> HttpResponse {
    let platform = visit.platform();
    let token =
        StartToken::issue(&platform.keys, visit.tenant.id, visit.kind, platform.now(), platform.random.as_ref());
    let view = SignInView {
        // Before the sign-in nothing of the account shows, its numbers neither.
        page: visit.page("/").at(holding::journey(visit, NumberTask::First), Step::SignIn),
        start_token: &token.reveal(),
        username,
        problem,
        reset_url: &visit.tenant.links.reset,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}
