//! `/add`: one more number, or one more holder of a functional account.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::flow::NumberTask;
use portvakt_flows::add_number::{self, Typed};

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

/// Takes the number.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = TypedNumber { number: fields.get("number"), holder: fields.get("holder"), chosen: fields.get("to") };
    let number = Typed { number: typed.number, holder: typed.holder, to: typed.chosen };
    let offered = add_number::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, number).await;
    match went(visit, offered.or_fault(visit)?) {
        Ok(response) => Ok(response),
        Err(problem) => show(visit, typed, Some(problem)).await,
    }
}

async fn show(visit: &Visit, typed: TypedNumber<'_>, problem: Option<NumberProblem>) -> Answer {
    let held = holding::read(visit).await?;
    if !held.takes_more() {
        return Ok(visit.go("/number"));
    }
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = held.page(visit, "/add", NumberTask::Add, Step::Task);
    let kind = TaskKind::Add { functional: held.functional };
    let view = TaskView { page, kind, numbers: &held.numbers, typed, to: typed.chosen, problem };
    Ok(problem::html(visit, status, view.render()))
}
