//! `/password`: the new password, twice.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{password::Password, policy::Subject, rejection::RejectionReason};
use portvakt_flows::{
    set_password::{self, Broken, Demands, PasswordSet},
    unlock_account::Written,
};

use super::choose::told;
use crate::{
    auth::{ResetVisit, Visit},
    portal::{
        progress::{Journey, Step},
        views::{
            Page,
            reset::{PasswordFor, PasswordProblem, PasswordView, RuleView, TooEarlyView},
        },
    },
    problem::{self, Answer, OrFault as _},
};

/// The form, with every rule that holds.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, None, None).await)
}

/// Sets the password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(set(&visit, body).await)
}

async fn set(visit: &Visit, body: web::Payload) -> Answer {
    let mut fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let passwords = (Password::new(fields.take("password")), Password::new(fields.take("password_again")));
    let new = match passwords {
        (Some(new), Some(again)) if new.same_as(&again) => new,
        (Some(_), Some(_)) => return show(visit, Some(PasswordProblem::Different), None).await,
        _ => return show(visit, Some(PasswordProblem::Empty), None).await,
    };
    let set = set_password::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, &new).await;
    match set.or_fault(visit)? {
        PasswordSet::Broken(broken) => show(visit, Some(PasswordProblem::Broken), Some(&broken)).await,
        PasswordSet::TooEarly => show(visit, None, None).await,
        PasswordSet::Written(Written::Rejected(rejected)) => show(visit, Some(rejected.into()), None).await,
        PasswordSet::Written(written) => Ok(told(visit, written)),
    }
}

async fn show(visit: &Visit, problem: Option<PasswordProblem>, broken: Option<&Broken>) -> Answer {
    let token = visit.begun()?;
    let demands = set_password::demands(visit.platform(), &visit.tenant, &token).await.or_fault(visit)?;
    let demands = demands.map_err(|refused| told(visit, refused))?;
    let journey = Journey::Reset { choice: demands.choices.len() > 1 };
    let page = visit.page_of(&demands.flow, "/password").at(journey, Step::Password);
    Ok(shown(visit, page, PasswordFor::Reset, demands, problem, broken))
}

/// The form, with the status that belongs to its problem; or how long there can't be a new password.
pub(super) fn shown(
    visit: &Visit,
    page: Page<'_>,
    purpose: PasswordFor,
    demands: Demands,
    problem: Option<PasswordProblem>,
    broken: Option<&Broken>,
) -> HttpResponse {
    if let Some(from) = demands.changeable_from {
        let wait = from - visit.platform().now();
        let view = TooEarlyView { page, username: &demands.username, wait };
        return problem::html(visit, StatusCode::OK, view.render());
    }
    let subject =
        Subject { username: &demands.username, display_name: &demands.display_name, tenant_words: &demands.words };
    let view = PasswordView {
        page,
        purpose,
        username: &demands.username,
        rules: RuleView::list(demands.rules, broken.map_or(&[], |broken| &broken.rules), subject),
        words: broken.map_or(&[], |broken| &broken.words),
        problem,
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(PasswordProblem::Rejected {
            reason: RejectionReason::Unavailable | RejectionReason::NotTaken, ..
        }) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    problem::html(visit, status, view.render())
}
