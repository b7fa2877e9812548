//! `/confirm`: this is you? Then the current password once more.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    flow::{FlowState, NumberTask},
    password::Password,
};
use portvakt_flows::confirm_password::{self, Confirmed};

use super::holding;
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        progress::Step,
        reset::code::next_page,
        views::{
            message::Message,
            register::{ConfirmProblem, ConfirmView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit, None).await)
}

/// Checks the password.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(check(&visit, body).await)
}

async fn check(visit: &Visit, body: web::Payload) -> Answer {
    let mut fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let Some(password) = Password::new(fields.take("password")) else {
        return show(visit, Some(ConfirmProblem::Empty)).await;
    };
    let checked = confirm_password::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, &password).await;
    match checked.or_fault(visit)? {
        Confirmed::Right(token) => Ok(visit.go_with("/number", &token)),
        Confirmed::Wrong => show(visit, Some(ConfirmProblem::Wrong)).await,
        Confirmed::Exhausted => Err(problem::page(visit, Message::Exhausted { minutes: None })),
        Confirmed::Gone => Err(problem::page(visit, Message::FlowOver)),
    }
}

async fn show(visit: &Visit, problem: Option<ConfirmProblem>) -> Answer {
    let (_, flow) = visit.flow().await?;
    if flow.state != FlowState::SignedIn {
        return Ok(visit.go(next_page(flow.state)));
    }
    let owner = confirm_password::owner(&visit.tenant, &flow).await.or_fault(visit)?;
    let owner = owner.ok_or_else(|| problem::page(visit, Message::NotAllowed))?;
    let view = ConfirmView {
        page: visit.page_of(&flow, "/confirm").at(holding::journey(visit, NumberTask::First), Step::Confirm),
        username: &owner.username,
        display_name: &owner.display_name,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(problem::html(visit, status, view.render()))
}
