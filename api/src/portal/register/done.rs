//! `/done` at pwreg: the number is registered; the way to pwreset.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::flow::FlowState;

use super::number::masked_number;
use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        reset::code::next_page,
        views::register::{Done, DoneView},
    },
    problem::{self, Answer, OrFault as _},
};

/// The last page.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit).await)
}

async fn show(visit: &Visit) -> Answer {
    let (_, flow) = visit.flow().await?;
    let kind = match flow.state {
        FlowState::NumberSaved => Done::Saved,
        FlowState::NumberKept => Done::Kept,
        state => return Ok(visit.go(next_page(state))),
    };
    let masked = masked_number(visit, &flow).await.or_fault(visit)?.unwrap_or_default();
    let view = DoneView { page: visit.page("/done"), kind, masked: &masked, reset_url: &visit.tenant.links.reset };
    Ok(problem::html(visit, StatusCode::OK, view.render()))
}
