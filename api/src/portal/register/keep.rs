//! `/keep`: the number is right as it is.

use actix_web::{HttpResponse, web};
use portvakt_flows::keep_number;

use crate::{auth::RegisterVisit, portal::views::message::Message, problem};

/// Ends the flow without a change.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    if let Err(page) = visit.fields(body).await {
        return page;
    }
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    match keep_number::run(visit.platform(), &visit.tenant, &token).await {
        Ok(true) => visit.go("/done"),
        Ok(false) => problem::page(&visit, Message::FlowOver),
        Err(error) => problem::fault(&visit, &error),
    }
}
