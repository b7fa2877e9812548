//! `/choose`: keep the password, or a new one. Skipped where only one is offered.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::account::Choice;
use portvakt_flows::{
    choose,
    unlock_account::{self, Written},
};

use crate::{
    auth::{ResetVisit, Visit},
    portal::views::{
        message::Message,
        reset::{ChooseProblem, ChooseView},
    },
    problem,
};

/// The choice.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    show(&visit, None).await
}

/// Takes the choice: unlocks at once, or goes on to the new password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    let fields = match visit.fields(body).await {
        Ok(fields) => fields,
        Err(page) => return page,
    };
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    match fields.get("choice") {
        "keep" => match unlock_account::run(visit.platform(), &visit.tenant, &visit.visitor(), &token).await {
            Ok(Written::Done) => visit.go("/done"),
            Ok(Written::Unavailable) => show(&visit, Some(ChooseProblem::Unavailable)).await,
            Ok(other) => told(&visit, other),
            Err(error) => problem::fault(&visit, &error),
        },
        "new" => match choose::new_password(visit.platform(), &visit.tenant, &token).await {
            Ok(true) => visit.go("/password"),
            Ok(false) => show(&visit, None).await,
            Err(error) => problem::fault(&visit, &error),
        },
        _ => show(&visit, Some(ChooseProblem::Empty)).await,
    }
}

async fn show(visit: &Visit, problem: Option<ChooseProblem>) -> HttpResponse {
    let Some(token) = visit.token() else { return problem::page(visit, Message::FlowOver) };
    let offer = match choose::offer(visit.platform(), &visit.tenant, &token).await {
        Ok(Ok(offer)) => offer,
        Ok(Err(refused)) => return told(visit, refused),
        Err(error) => return problem::fault(visit, &error),
    };
    if offer.choices == [Choice::NewPassword] {
        return visit.go("/password");
    }
    let view = ChooseView { page: visit.page("/choose"), username: &offer.username, choices: offer.choices, problem };
    let status = match problem {
        None => StatusCode::OK,
        Some(ChooseProblem::Empty) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(ChooseProblem::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
    };
    problem::html(visit, status, view.render())
}

/// The page for a write that did not come about, or for a step that can't be reached.
pub fn told(visit: &Visit, written: Written) -> HttpResponse {
    match written {
        Written::Done => visit.go("/done"),
        Written::Rejected | Written::Unavailable => problem::page(visit, Message::Unavailable),
        Written::NotAllowed => problem::page(visit, Message::NotAllowed),
        Written::Unknown => problem::page(visit, Message::OutcomeUnknown),
        Written::InProgress => problem::page(visit, Message::InProgress),
        Written::Gone => problem::page(visit, Message::FlowOver),
    }
}
