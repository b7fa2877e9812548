//! `/remove`: a number is to go.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::flow::NumberTask;
use portvakt_flows::remove_number;

use super::holding::{self, went};
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        progress::Step,
        views::register::{NumberProblem, TaskKind, TaskView, TypedNumber},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit, ("", ""), None).await)
}

/// Takes the choice.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let (which, to) = (fields.get("which"), fields.get("to"));
    let offered = remove_number::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, which, to).await;
    match went(visit, offered.or_fault(visit)?) {
        Ok(response) => Ok(response),
        Err(problem) => show(visit, (which, to), Some(problem)).await,
    }
}

async fn show(visit: &Visit, (which, to): (&str, &str), problem: Option<NumberProblem>) -> Answer {
    let held = holding::read(visit).await?;
    if held.numbers.is_empty() {
        return Ok(visit.go("/number"));
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let typed = TypedNumber { chosen: which, ..TypedNumber::default() };
    let page = held.page(visit, "/remove", NumberTask::Remove, Step::Task);
    let kind = TaskKind::Remove;
    let view = TaskView { page, kind, numbers: &held.numbers, typed, to, problem };
    Ok(problem::html(visit, status, view.render()))
}
