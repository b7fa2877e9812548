//! `/confirm`: this is you? Then the current password once more.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{flow::FlowState, password::Password};
use portvakt_flows::{
    confirm_password::{self, Confirmed},
    open,
};

use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        reset::code::next_page,
        views::{
            message::Message,
            register::{ConfirmProblem, ConfirmView},
        },
    },
    problem,
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    show(&visit, None).await
}

/// Checks the password.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    let mut fields = match visit.fields(body).await {
        Ok(fields) => fields,
        Err(page) => return page,
    };
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    let Some(password) = Password::new(fields.take("password")) else {
        return show(&visit, Some(ConfirmProblem::Empty)).await;
    };
    match confirm_password::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, &password).await {
        Ok(Confirmed::Right(token)) => visit.go_with("/number", &token),
        Ok(Confirmed::Wrong) => show(&visit, Some(ConfirmProblem::Wrong)).await,
        Ok(Confirmed::Exhausted) => problem::page(&visit, Message::Exhausted { minutes: None }),
        Ok(Confirmed::Gone) => problem::page(&visit, Message::FlowOver),
        Err(error) => problem::fault(&visit, &error),
    }
}

async fn show(visit: &Visit, problem: Option<ConfirmProblem>) -> HttpResponse {
    let Some(token) = visit.token() else { return problem::page(visit, Message::FlowOver) };
    let flow = match open::run(visit.platform(), &visit.tenant, visit.kind, &token).await {
        Ok(Some(flow)) if flow.state == FlowState::SignedIn => flow,
        Ok(Some(flow)) if flow.state == FlowState::Exhausted => {
            return problem::page(visit, Message::Exhausted { minutes: None });
        }
        Ok(Some(flow)) if flow.state != FlowState::Ended => return visit.go(next_page(flow.state)),
        Ok(_) => return problem::page(visit, Message::FlowOver),
        Err(error) => return problem::fault(visit, &error),
    };
    let owner = match confirm_password::owner(&visit.tenant, &flow).await {
        Ok(Some(owner)) => owner,
        Ok(None) => return problem::page(visit, Message::NotAllowed),
        Err(error) => return problem::fault(visit, &error),
    };
    let view = ConfirmView {
        page: visit.page("/confirm"),
        username: &owner.username,
        display_name: &owner.display_name,
        problem,
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    problem::html(visit, status, view.render())
}
