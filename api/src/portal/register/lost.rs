//! `/lost`: "I no longer have that phone": a delayed change.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::flow::NumberTask;
use portvakt_flows::delay_change;

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
    problem::settled(show(&visit, TypedNumber::default(), None).await)
}

/// Takes the new number.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = TypedNumber { number: fields.get("number"), holder: "", chosen: fields.get("which") };
    let (number, which) = (typed.number, typed.chosen);
    let offered = delay_change::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, number, which).await;
    match went(visit, offered.or_fault(visit)?) {
        Ok(response) => Ok(response),
        Err(problem) => show(visit, typed, Some(problem)).await,
    }
}

async fn show(visit: &Visit, typed: TypedNumber<'_>, problem: Option<NumberProblem>) -> Answer {
    let held = holding::read(visit).await?;
    let Some(hours) = held.delay_hours else { return Ok(visit.go("/number")) };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = held.page(visit, "/lost", NumberTask::Delay, Step::Task);
    let kind = TaskKind::Lost { hours };
    let view = TaskView { page, kind, numbers: &held.numbers, typed, to: "", problem };
    Ok(problem::html(visit, status, view.render()))
}
