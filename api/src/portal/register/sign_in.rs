//! `/` at pwreg: sign in by form. Never by the browser's own sign-in: on a shared computer that would be somebody else.

use std::time::Duration;

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{login::Login, password::Password, token::StartToken};
use portvakt_flows::sign_in::{self, SignedIn};
use tokio::time::Instant;

use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        reset::code::next_page,
        views::{
            message::Message,
            register::{SignInProblem, SignInView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// A refusal is answered no sooner than this: some are decided without asking the directory, and must not be told apart
/// by how fast they are.
const REFUSED_AFTER: Duration = Duration::from_millis(500);

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    form(&visit, "", None)
}

/// Signs in.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(sign_in(&visit, body).await)
}

async fn sign_in(visit: &Visit, body: web::Payload) -> Answer {
    let answer_at = Instant::now() + REFUSED_AFTER;
    let mut fields = visit.fields(body).await?;
    let password = Password::new(fields.take("password"));
    let (platform, typed) = (visit.platform(), fields.get("username"));
    let (login, password) = match (Login::parse(typed), password) {
        (Ok(login), Some(password)) => (login, password),
        (login, password) => {
            let empty = SignInProblem::Empty { username: login.is_err(), password: password.is_none() };
            return Err(form(visit, typed, Some(empty)));
        }
    };
    let now = platform.now();
    let start = StartToken::verify(fields.get("start"), &platform.keys, visit.tenant.id, visit.kind, now)
        .ok_or_else(|| form(visit, typed, Some(SignInProblem::Stale)))?;
    let signed_in = sign_in::run(platform, &visit.tenant, &visit.visitor(), &start, &login, &password).await;
    if !matches!(signed_in, Ok(SignedIn::Accepted { .. })) {
        tokio::time::sleep_until(answer_at).await;
    }
    Ok(match signed_in.or_fault(visit)? {
        SignedIn::Accepted { token, state } => visit.go_with(next_page(state), &token),
        SignedIn::Refused => form(visit, typed, Some(SignInProblem::Refused)),
        SignedIn::StartAgain => form(visit, typed, Some(SignInProblem::Stale)),
        SignedIn::Limited => problem::page(visit, Message::TooMany { minutes: Some(60) }),
    })
}

fn form(visit: &Visit, username: &str, problem: Option<SignInProblem>) -> HttpResponse {
    let platform = visit.platform();
    let token =
        StartToken::issue(&platform.keys, visit.tenant.id, visit.kind, platform.now(), platform.random.as_ref());
    let view = SignInView {
        page: visit.page("/"),
        start_token: &token.reveal(),
        username,
        problem,
        reset_url: &visit.tenant.links.reset,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}
