//! `/done` at pwreg: the number is registered; the way to pwreset.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::flow::FlowState;
use portvakt_flows::open;

use crate::{
    auth::RegisterVisit,
    portal::{
        reset::code::next_page,
        views::{
            message::Message,
            register::{Done, DoneView},
        },
    },
    problem,
};

/// The last page.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    let flow = match open::run(visit.platform(), &visit.tenant, visit.kind, &token).await {
        Ok(Some(flow)) => flow,
        Ok(None) => return problem::page(&visit, Message::FlowOver),
        Err(error) => return problem::fault(&visit, &error),
    };
    let kind = match flow.state {
        FlowState::NumberSaved => Done::Saved,
        FlowState::NumberKept => Done::Kept,
        FlowState::Exhausted | FlowState::Ended => return problem::page(&visit, Message::FlowOver),
        state => return visit.go(next_page(state)),
    };
    let number = match flow.account {
        Some(account) => open::registered_number(visit.platform(), &visit.tenant, account).await,
        None => Ok(None),
    };
    let masked = match number {
        Ok(number) => number.map_or_else(String::new, |number| number.masked()),
        Err(error) => return problem::fault(&visit, &error),
    };
    let view = DoneView { page: visit.page("/done"), kind, masked: &masked, reset_url: &visit.tenant.links.reset };
    problem::html(&visit, StatusCode::OK, view.render())
}
