//! `/code`: the code that came by SMS. The page is the same for everybody who typed a name; pwreg uses it too.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    code::Code,
    flow::{Flow, FlowState},
};
use portvakt_flows::{
    FlowError,
    ask_again::{self, AskedAgain},
    open,
    verify_code::{self, Verified},
};

use crate::{
    auth::{ResetVisit, Visit},
    portal::views::{
        message::Message,
        reset::{Again, CodeFor, CodeProblem, CodeView},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, None, Again::NotAsked).await)
}

/// Checks a code.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(check(&visit, body).await)
}

/// Asks for a new code.
pub async fn again(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(ask(&visit, body).await)
}

/// Asks for a new code, at either address.
pub async fn ask(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    let token = visit.begun()?;
    let asked = ask_again::run(visit.platform(), &visit.tenant, &visit.visitor(), visit.kind, &token).await;
    match asked.or_fault(visit)? {
        AskedAgain::Asked => show(visit, None, Again::Sent).await,
        AskedAgain::Wait { .. } | AskedAgain::NoMore => show(visit, None, Again::Refused).await,
        AskedAgain::Gone => Err(problem::page(visit, Message::FlowOver)),
    }
}

/// Checks a code, at either address.
pub async fn check(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = fields.get("code");
    let Some(code) = Code::parse(typed) else {
        let empty = typed.trim().is_empty();
        return show(visit, Some(if empty { CodeProblem::Empty } else { CodeProblem::Format }), Again::NotAsked).await;
    };
    let checked = verify_code::run(visit.platform(), &visit.tenant, &visit.visitor(), visit.kind, &token, &code).await;
    match checked.or_fault(visit)? {
        Verified::Right { token, state } => Ok(visit.go_with(next_page(state), &token)),
        Verified::Wrong => show(visit, Some(CodeProblem::Wrong), Again::NotAsked).await,
        Verified::CodeDead => show(visit, Some(CodeProblem::Dead), Again::NotAsked).await,
        Verified::Expired => show(visit, Some(CodeProblem::Expired), Again::NotAsked).await,
        Verified::Exhausted => Err(problem::page(visit, Message::Exhausted { minutes: None })),
        Verified::Limited => Err(problem::page(visit, Message::TooMany { minutes: Some(60) })),
        Verified::Gone => Err(problem::page(visit, Message::FlowOver)),
    }
}

/// Where a flow goes on, by where it stands.
pub fn next_page(state: FlowState) -> &'static str {
    match state {
        FlowState::AwaitingCode
        | FlowState::AwaitingChangeCode
        | FlowState::AwaitingOldCode
        | FlowState::AwaitingNewCode => "/code",
        FlowState::Changing => "/change/password",
        FlowState::Verified | FlowState::Writing => "/choose",
        FlowState::SignedIn => "/confirm",
        FlowState::EnteringNumber => "/number",
        FlowState::Cancelled => "/cancelled",
        FlowState::PasswordSet
        | FlowState::PasswordChanged
        | FlowState::Unlocked
        | FlowState::OutcomeUnknown
        | FlowState::NumberSaved
        | FlowState::NumberKept => "/done",
        FlowState::Exhausted | FlowState::Ended => "/",
    }
}

/// The page, as the flow stands.
pub async fn show(visit: &Visit, problem: Option<CodeProblem>, again: Again) -> Answer {
    let (_, flow) = visit.flow().await?;
    if !flow.state.awaits_code() {
        return Ok(visit.go(next_page(flow.state)));
    }
    // At pwreset nothing is said of the number: nothing is proved yet.
    let masked = masked_recipient(visit, &flow).await.or_fault(visit)?;
    let purpose = match flow.state {
        FlowState::AwaitingChangeCode => CodeFor::Change,
        FlowState::AwaitingOldCode => CodeFor::OldNumber(&masked),
        FlowState::AwaitingNewCode => CodeFor::NewNumber(&masked),
        _ => CodeFor::Reset,
    };
    let wait = ask_again::wait(&flow, visit.platform().now());
    let view = CodeView {
        page: visit.page("/code"),
        purpose,
        problem,
        minutes: visit.tenant.settings.reset.code_minutes,
        again,
        resend_wait_seconds: wait.map(|wait| (wait.num_milliseconds() + 999) / 1000).filter(|seconds| *seconds > 0),
        can_ask_again: wait.is_some(),
    };
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(problem::html(visit, status, view.render()))
}

/// The number a registration's code goes to, masked for its owner's eyes; empty at pwreset.
async fn masked_recipient(visit: &Visit, flow: &Flow) -> Result<String, FlowError> {
    let number = match (flow.state, flow.account) {
        (FlowState::AwaitingOldCode, Some(account)) => {
            open::registered_number(visit.platform(), &visit.tenant, account).await?
        }
        (FlowState::AwaitingNewCode, _) => open::pending_number(visit.platform(), &visit.tenant, flow)?,
        _ => None,
    };
    Ok(number.map_or_else(String::new, |number| number.masked()))
}
