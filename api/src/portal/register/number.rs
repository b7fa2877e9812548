//! `/number`: the numbers that are registered, masked, and the form for the first one or a new one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::flow::NumberTask;
use portvakt_flows::register_number::{self, Typed};

use super::holding::{self, went};
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        progress::Step,
        views::register::{NumberProblem, NumberView, TypedNumber},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form. It can be gone back to while a code is awaited, to mend a number.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit, TypedNumber::default(), None).await)
}

/// Takes a number.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = TypedNumber { number: fields.get("number"), holder: fields.get("holder"), chosen: fields.get("which") };
    let number = Typed { number: typed.number, holder: typed.holder, which: typed.chosen };
    let offered = register_number::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, number).await;
    match went(visit, offered.or_fault(visit)?) {
        Ok(response) => Ok(response),
        Err(problem) => show(visit, typed, Some(problem)).await,
    }
}

async fn show(visit: &Visit, typed: TypedNumber<'_>, problem: Option<NumberProblem>) -> Answer {
    let held = holding::read(visit).await?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    // Keeping them is done at once; what is counted is the other way on.
    let task = if held.numbers.is_empty() { NumberTask::First } else { NumberTask::Change };
    let view = NumberView {
        page: held.page(visit, "/number", task, Step::Number),
        username: &held.username,
        display_name: &held.display_name,
        functional: held.functional,
        numbers: &held.numbers,
        typed,
        problem,
        takes_more: held.takes_more(),
        delay_offered: held.delay_hours.is_some(),
        waits_until: held.waits_until.as_deref(),
    };
    Ok(problem::html(visit, status, view.render()))
}
