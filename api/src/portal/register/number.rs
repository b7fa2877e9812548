//! `/number`: the number that is registered, masked, and the form for one.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    flow::{Flow, FlowState},
    number::NumberError,
};
use portvakt_flows::{
    FlowError, confirm_password, open,
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
    problem::{self, Answer, OrFault as _},
};

/// The form. It can be gone back to while a code is awaited, to mend a number.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit, "", None).await)
}

/// Takes a number.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = fields.get("number");
    let offered = register_number::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, typed).await;
    let problem = match offered.or_fault(visit)? {
        Offered::CodeToOld | Offered::CodeToNew => return Ok(visit.go("/code")),
        // The old guides say: check the number and press "Nästa".
        Offered::Kept => return Ok(visit.go("/done")),
        Offered::Limited => return Err(problem::page(visit, Message::TooMany { minutes: None })),
        Offered::Gone => return Err(problem::page(visit, Message::FlowOver)),
        Offered::Same => NumberProblem::Same,
        Offered::Invalid(NumberError::Empty) => NumberProblem::Empty,
        Offered::Invalid(NumberError::Malformed) => NumberProblem::Malformed,
        Offered::Invalid(NumberError::NotMobile) => NumberProblem::NotMobile,
        Offered::Invalid(NumberError::Country) => {
            NumberProblem::Country(visit.tenant.settings.registration.countries.clone())
        }
    };
    show(visit, typed, Some(problem)).await
}

async fn show(visit: &Visit, value: &str, problem: Option<NumberProblem>) -> Answer {
    let (_, flow) = visit.flow().await?;
    let enters = [FlowState::EnteringNumber, FlowState::AwaitingOldCode, FlowState::AwaitingNewCode];
    if !enters.contains(&flow.state) {
        return Ok(visit.go(next_page(flow.state)));
    }
    let owner = confirm_password::owner(&visit.tenant, &flow).await.or_fault(visit)?;
    let owner = owner.ok_or_else(|| problem::page(visit, Message::NotAllowed))?;
    let masked = masked_number(visit, &flow).await.or_fault(visit)?;
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = NumberView {
        page: visit.page("/number"),
        username: &owner.username,
        display_name: &owner.display_name,
        masked: masked.as_deref(),
        value,
        problem,
    };
    Ok(problem::html(visit, status, view.render()))
}

/// The number registered for a flow's account, masked for its owner's eyes.
pub(super) async fn masked_number(visit: &Visit, flow: &Flow) -> Result<Option<String>, FlowError> {
    let Some(account) = flow.account else { return Ok(None) };
    let number = open::registered_number(visit.platform(), &visit.tenant, account).await?;
    Ok(number.map(|number| number.masked()))
}
