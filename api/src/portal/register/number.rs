//! `/number`: the number that is registered, masked, and the form for one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{flow::FlowState, number::NumberError};
use portvakt_flows::{
    confirm_password, open,
    register_number::{self, Offered},
};

use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        reset::code::next_page,
        views::{
            message::Message,
            register::{NumberProblem, NumberView},
        },
    },
    problem,
};

/// The form. It can be gone back to while a code is awaited, to mend a number.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    show(&visit, "", None).await
}

/// Takes a number.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    let fields = match visit.fields(body).await {
        Ok(fields) => fields,
        Err(page) => return page,
    };
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    let typed = fields.get("number");
    match register_number::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, typed).await {
        Ok(Offered::CodeToOld | Offered::CodeToNew) => visit.go("/code"),
        Ok(Offered::Same) => show(&visit, typed, Some(NumberProblem::Same)).await,
        // The old guides say: check the number and press "Nästa".
        Ok(Offered::Kept) => visit.go("/done"),
        Ok(Offered::Invalid(error)) => {
            let problem = match error {
                NumberError::Empty => NumberProblem::Empty,
                NumberError::Malformed => NumberProblem::Malformed,
                NumberError::NotMobile => NumberProblem::NotMobile,
                NumberError::Country => NumberProblem::Country(visit.tenant.settings.registration.countries.clone()),
            };
            show(&visit, typed, Some(problem)).await
        }
        Ok(Offered::Limited) => problem::page(&visit, Message::TooMany { minutes: None }),
        Ok(Offered::Gone) => problem::page(&visit, Message::FlowOver),
        Err(error) => problem::fault(&visit, &error),
    }
}

async fn show(visit: &Visit, value: &str, problem: Option<NumberProblem>) -> HttpResponse {
    let Some(token) = visit.token() else { return problem::page(visit, Message::FlowOver) };
    let flow = match open::run(visit.platform(), &visit.tenant, visit.kind, &token).await {
        Ok(Some(flow)) => flow,
        Ok(None) => return problem::page(visit, Message::FlowOver),
        Err(error) => return problem::fault(visit, &error),
    };
    match flow.state {
        FlowState::EnteringNumber | FlowState::AwaitingOldCode | FlowState::AwaitingNewCode => {}
        FlowState::Exhausted => return problem::page(visit, Message::Exhausted { minutes: None }),
        FlowState::Ended => return problem::page(visit, Message::FlowOver),
        state => return visit.go(next_page(state)),
    }
    let owner = match confirm_password::owner(&visit.tenant, &flow).await {
        Ok(Some(owner)) => owner,
        Ok(None) => return problem::page(visit, Message::NotAllowed),
        Err(error) => return problem::fault(visit, &error),
    };
    let number = match flow.account {
        Some(account) => open::registered_number(visit.platform(), &visit.tenant, account).await,
        None => Ok(None),
    };
    let masked = match number {
        Ok(number) => number.map(|number| number.masked()),
        Err(error) => return problem::fault(visit, &error),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = NumberView {
        page: visit.page("/number"),
        username: &owner.username,
        display_name: &owner.display_name,
        masked: masked.as_deref(),
        value,
        problem,
    };
    problem::html(visit, status, view.render())
}
