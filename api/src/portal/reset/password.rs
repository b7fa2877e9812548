//! `/password`: the new password, twice.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{password::Password, policy::Rule, rejection::RejectionReason};
use portvakt_flows::{
    set_password::{self, PasswordSet},
    unlock_account::Written,
};

use super::choose::told;
use crate::{
    auth::{ResetVisit, Visit},
    portal::views::reset::{PasswordFor, PasswordProblem, PasswordView, RuleView},
    problem::{self, Answer, OrFault as _},
};

/// The form, with every rule that holds.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, None, &[]).await)
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
        (Some(_), Some(_)) => return show(visit, Some(PasswordProblem::Different), &[]).await,
        _ => return show(visit, Some(PasswordProblem::Empty), &[]).await,
    };
    let set = set_password::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, &new).await;
    match set.or_fault(visit)? {
        PasswordSet::Broken(rules) => show(visit, Some(PasswordProblem::Broken), &rules).await,
        PasswordSet::Written(Written::Rejected(rejected)) => show(visit, Some(rejected.into()), &[]).await,
        PasswordSet::Written(written) => Ok(told(visit, written)),
    }
}

async fn show(visit: &Visit, problem: Option<PasswordProblem>, broken: &[Rule]) -> Answer {
    let token = visit.begun()?;
    let demands = set_password::demands(visit.platform(), &visit.tenant, &token).await.or_fault(visit)?;
    let demands = demands.map_err(|refused| told(visit, refused))?;
    let view = PasswordView {
        page: visit.page("/password"),
        purpose: PasswordFor::Reset,
        username: &demands.username,
        rules: RuleView::list(demands.rules, broken),
        problem,
    };
    Ok(html(visit, &view))
}

/// The page, with the status that belongs to its problem.
pub(super) fn html(visit: &Visit, view: &PasswordView<'_>) -> HttpResponse {
    let status = match view.problem {
        None => StatusCode::OK,
        Some(PasswordProblem::Rejected {
            reason: RejectionReason::Unavailable | RejectionReason::NotTaken, ..
        }) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    problem::html(visit, status, view.render())
}
