//! `/keep`: the number is right as it is.

use actix_web::{HttpResponse, web};
use portvakt_flows::keep_number;

use crate::{
    auth::{RegisterVisit, Visit},
    portal::views::message::Message,
    problem::{self, Answer, OrFault as _},
};

/// Ends the flow without a change.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(keep(&visit, body).await)
}

async fn keep(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    let token = visit.begun()?;
    let kept = keep_number::run(visit.platform(), &visit.tenant, &token).await.or_fault(visit)?;
    if kept { Ok(visit.go("/done")) } else { Err(problem::page(visit, Message::FlowOver)) }
}
