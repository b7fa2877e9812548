//! `/code`: the code that came by SMS. The page is the same for everybody who typed a name; pwreg uses it too.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{
    code::Code,
    flow::{Flow, FlowState, NumberTask},
    message::Delivery,
    number::MobileNumber,
    number_change,
};
use portvakt_flows::{
    FlowError,
    ask_again::{self, AskedAgain, To},
    delay_change, open,
    registered::{self, Registered},
    see_delivery,
    verify_code::{self, Verified},
};
use portvakt_texts::moment;

use super::{change, start};
use crate::{
    auth::{ResetVisit, Visit},
    portal::{
        progress::{Journey, Step},
        register::holding,
        views::{
            message::Message,
            register::{NumberItem, NumberProblem},
            reset::{Again, CodeFor, CodeProblem, CodeView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The form.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, Looks::default()).await)
}

/// Checks a code.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(check(&visit, body).await)
}

/// Asks for a new code.
pub async fn again(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(ask(&visit, body).await)
}

/// Asks for a code to another number.
pub async fn another(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(ask_elsewhere(&visit, body).await)
}

/// What the page shows of what was just done on it.
#[derive(Default)]
pub struct Looks<'a> {
    problem: Option<CodeProblem>,
    again: Again,
    /// The other number as it was typed, and what was wrong with it.
    another: Option<(&'a str, NumberProblem)>,
}

impl From<CodeProblem> for Looks<'_> {
    fn from(problem: CodeProblem) -> Self {
        Self { problem: Some(problem), ..Self::default() }
    }
}

/// Asks for a new code, at either address.
pub async fn ask(visit: &Visit, body: web::Payload) -> Answer {
    visit.fields(body).await?;
    asked(visit, To::TheSame).await
}

/// Asks for a code to another of the account's numbers, at either address. Before anything was proved the number is
/// typed, and what is said depends on what was typed alone; after a sign-in it is chosen from the list.
pub async fn ask_elsewhere(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let (_, flow) = visit.flow().await?;
    if flow.state == FlowState::AwaitingOldCode {
        let others = others(visit, &flow).await.or_fault(visit)?;
        let chosen = others.iter().find(|number| number.row.to_string() == fields.get("to"));
        return match chosen {
            Some(number) => asked(visit, To::Row(number.row)).await,
            None => show(visit, Looks::default()).await,
        };
    }
    let typed = fields.get("number");
    match MobileNumber::parse(typed, &visit.tenant.settings.registration.countries) {
        Ok(number) => asked(visit, To::Another(&number)).await,
        Err(error) => {
            let problem = NumberProblem::invalid(error, &visit.tenant.settings);
            show(visit, Looks { another: Some((typed, problem)), ..Looks::default() }).await
        }
    }
}

async fn asked(visit: &Visit, to: To<'_>) -> Answer {
    let token = visit.begun()?;
    let asked = ask_again::run(visit.platform(), &visit.tenant, &visit.visitor(), visit.kind, &token, to).await;
    let again = match asked.or_fault(visit)? {
        AskedAgain::Asked => Again::Sent,
        AskedAgain::Wait { .. } | AskedAgain::NoMore => Again::Refused,
        AskedAgain::Held { until } => return Err(problem::page(visit, Message::Held { until: moment(until) })),
        AskedAgain::Gone => return Err(problem::page(visit, Message::FlowOver)),
    };
    show(visit, Looks { again, ..Looks::default() }).await
}

/// Checks a code, at either address.
pub async fn check(visit: &Visit, body: web::Payload) -> Answer {
    let fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let typed = fields.get("code");
    let Some(code) = Code::parse(typed) else {
        let problem = if typed.trim().is_empty() { CodeProblem::Empty } else { CodeProblem::Format };
        return show(visit, problem.into()).await;
    };
    let checked = verify_code::run(visit.platform(), &visit.tenant, &visit.visitor(), visit.kind, &token, &code).await;
    match checked.or_fault(visit)? {
        Verified::Right { token, state } => Ok(visit.go_with(next_page(state), &token)),
        Verified::Wrong => show(visit, CodeProblem::Wrong.into()).await,
        Verified::CodeDead => show(visit, CodeProblem::Dead.into()).await,
        Verified::Expired => show(visit, CodeProblem::Expired.into()).await,
        Verified::Exhausted => Err(problem::page(visit, Message::Exhausted { minutes: None })),
        Verified::Held { until } => Err(problem::page(visit, Message::Held { until: moment(until) })),
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
        | FlowState::AwaitingNewCode
        | FlowState::AwaitingStopCode => "/code",
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
        | FlowState::NumberKept
        | FlowState::NumberRemoved
        | FlowState::ChangeWaiting
        | FlowState::ChangeStopped => "/done",
        FlowState::Exhausted | FlowState::Ended => "/",
    }
}

/// The page, as the flow stands.
pub async fn show(visit: &Visit, looks: Looks<'_>) -> Answer {
    let (_, flow) = visit.flow().await?;
    if !flow.state.awaits_code() {
        return Ok(visit.go(next_page(flow.state)));
    }
    // Where only a name was typed nothing is said of the number: nothing is proved yet.
    let facts = facts(visit, &flow).await.or_fault(visit)?;
    let purpose = match (flow.state, flow.task) {
        (FlowState::AwaitingNewCode, _) => CodeFor::NewNumber(&facts.masked),
        (FlowState::AwaitingStopCode, _) => CodeFor::StopByName,
        (FlowState::AwaitingChangeCode, _) => CodeFor::Change,
        (FlowState::AwaitingOldCode, Some(NumberTask::Add)) => CodeFor::AddNumber(&facts.masked),
        (FlowState::AwaitingOldCode, Some(NumberTask::Remove)) => CodeFor::RemoveNumber(&facts.masked),
        (FlowState::AwaitingOldCode, Some(NumberTask::Stop)) => CodeFor::Stop(&facts.masked),
        (FlowState::AwaitingOldCode, _) => CodeFor::OldNumber(&facts.masked),
        _ => CodeFor::Reset,
    };
    let (journey, step) = progress(visit, &flow);
    let wait = ask_again::wait(&flow, visit.platform().now());
    let wrong = looks.problem.is_some() || looks.another.is_some();
    let (another, another_problem) = looks.another.map_or(("", None), |(typed, problem)| (typed, Some(problem)));
    let view = CodeView {
        page: visit.page_of(&flow, "/code").at(journey, step),
        purpose,
        problem: looks.problem,
        minutes: visit.tenant.settings.reset.code_minutes,
        again: looks.again,
        resend_wait_seconds: wait.map(|wait| (wait.num_milliseconds() + 999) / 1000).filter(|seconds| *seconds > 0),
        can_ask_again: wait.is_some(),
        others: &facts.others,
        delay_offered: facts.delay_offered,
        another,
        another_problem,
        delivery: facts.delivery,
    };
    let status = if wrong { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok(problem::html(visit, status, view.render()))
}

/// Which step a code is. Before it is right, the count goes by what was typed and what the tenant offers.
fn progress(visit: &Visit, flow: &Flow) -> (Journey, Step) {
    match flow.state {
        FlowState::AwaitingStopCode => (Journey::Stop, Step::Code),
        FlowState::AwaitingChangeCode => (change::journey(visit), Step::Code),
        FlowState::AwaitingOldCode => (holding::journey(visit, flow.task.unwrap_or(NumberTask::Change)), Step::Code),
        FlowState::AwaitingNewCode => (holding::journey(visit, flow.task.unwrap_or(NumberTask::First)), Step::NewCode),
        _ => (start::journey(visit), Step::Code),
    }
}

/// What a code page at pwreg shows of the numbers, for their owner's eyes; nothing where only a name was typed.
#[derive(Default)]
struct Facts {
    /// The number that the code goes to, masked.
    masked: String,
    /// The numbers that it may go to instead.
    others: Vec<NumberItem>,
    /// Whether who lacks the phone may ask for a delayed change.
    delay_offered: bool,
    /// Where the SMS to a number that was just typed is.
    delivery: Option<Delivery>,
}

async fn facts(visit: &Visit, flow: &Flow) -> Result<Facts, FlowError> {
    let (platform, tenant) = (visit.platform(), &visit.tenant);
    match (flow.state, flow.account) {
        (FlowState::AwaitingOldCode, Some(account)) => {
            let numbers = registered::numbers(platform, tenant, account).await?;
            let proof = numbers.iter().find(|number| flow.proof.is_none_or(|row| row == number.row));
            let masked = proof.map_or_else(String::new, |number| number.number.masked());
            let offered = number_change::wait(tenant.settings.registration.delayed_change_hours).is_some();
            let waits = delay_change::waits_until(platform, tenant, account).await?.is_some();
            let others = others(visit, flow).await?.iter().map(NumberItem::of).collect();
            Ok(Facts { masked, others, delay_offered: offered && !waits, delivery: None })
        }
        (FlowState::AwaitingNewCode, _) => {
            let number = open::pending_number(platform, tenant, flow)?;
            let masked = number.map_or_else(String::new, |number| number.masked());
            Ok(Facts { masked, delivery: see_delivery::run(platform, tenant, flow).await?, ..Facts::default() })
        }
        _ => Ok(Facts::default()),
    }
}

/// The registered numbers that the code does not go to.
async fn others(visit: &Visit, flow: &Flow) -> Result<Vec<Registered>, FlowError> {
    let Some(account) = flow.account else { return Ok(Vec::new()) };
    let numbers = registered::numbers(visit.platform(), &visit.tenant, account).await?;
    Ok(numbers.into_iter().filter(|number| flow.proof.is_some_and(|row| row != number.row)).collect())
}
