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
    portal::{
        progress::{Journey, Step},
        views::{
            message::Message,
            reset::{ChooseProblem, ChooseView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The choice.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, None).await)
}

/// Takes the choice: unlocks at once, or goes on to the new password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let (platform, tenant) = (visit.platform(), &visit.tenant);
    match fields.get("choice") {
        "keep" => match unlock_account::run(platform, tenant, &visit.visitor(), &token).await.or_fault(visit)? {
            Written::Rejected(_) => show(visit, Some(ChooseProblem::Unavailable)).await,
            written => Ok(told(visit, written)),
        },
        "new" => match choose::new_password(platform, tenant, &token).await.or_fault(visit)? {
            true => Ok(visit.go("/password")),
            false => show(visit, None).await,
        },
        _ => show(visit, Some(ChooseProblem::Empty)).await,
    }
}

async fn show(visit: &Visit, problem: Option<ChooseProblem>) -> Answer {
    let token = visit.begun()?;
    let offer = choose::offer(visit.platform(), &visit.tenant, &token).await.or_fault(visit)?;
    let offer = offer.map_err(|refused| told(visit, refused))?;
    if offer.choices == [Choice::NewPassword] {
        return Ok(visit.go("/password"));
    }
    let goes_on = offer.choices.contains(&Choice::NewPassword);
    let journey = if goes_on { Journey::Reset { choice: true } } else { Journey::Unlock };
    let view = ChooseView {
        page: visit.page_of(&offer.flow, "/choose").at(journey, Step::Choice),
        username: &offer.username,
        choices: offer.choices,
        wait: offer.changeable_from.map(|from| from - visit.platform().now()),
        problem,
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(ChooseProblem::Empty) => StatusCode::UNPROCESSABLE_ENTITY,
        Some(ChooseProblem::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
    };
    Ok(problem::html(visit, status, view.render()))
}

/// The page for a write that did not come about, or for a step that can't be reached.
pub fn told(visit: &Visit, written: Written) -> HttpResponse {
    match written {
        Written::Done => visit.go("/done"),
        Written::Rejected(_) => problem::page(visit, Message::Unavailable),
        Written::Locked => problem::page(visit, Message::Locked),
        Written::Exhausted => problem::page(visit, Message::Exhausted { minutes: None }),
        Written::Limited => problem::page(visit, Message::TooMany { minutes: Some(60) }),
        Written::NotAllowed => problem::page(visit, Message::NotAllowed),
        Written::Unknown => problem::page(visit, Message::OutcomeUnknown),
        Written::InProgress => problem::page(visit, Message::InProgress),
        Written::Gone => problem::page(visit, Message::FlowOver),
    }
}
