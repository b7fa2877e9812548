//! `/password`: the new password, twice.

use actix_web::{HttpResponse, http::StatusCode, web};
use askama::Template as _;
use portvakt_domain::{password::Password, policy::Rule};
use portvakt_flows::{
    set_password::{self, PasswordSet},
    unlock_account::Written,
};

use super::choose::told;
use crate::{
    auth::{ResetVisit, Visit},
    portal::views::{
        message::Message,
        reset::{PasswordProblem, PasswordView, RuleView},
    },
    problem,
};

/// The form, with every rule that holds.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    show(&visit, None, &[]).await
}

/// Sets the password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    let mut fields = match visit.fields(body).await {
        Ok(fields) => fields,
        Err(page) => return page,
    };
    let Some(token) = visit.token() else { return problem::page(&visit, Message::FlowOver) };
    let passwords = (Password::new(fields.take("password")), Password::new(fields.take("password_again")));
    let new = match passwords {
        (Some(new), Some(again)) if new.same_as(&again) => new,
        (Some(_), Some(_)) => return show(&visit, Some(PasswordProblem::Different), &[]).await,
        _ => return show(&visit, Some(PasswordProblem::Empty), &[]).await,
    };
    match set_password::run(visit.platform(), &visit.tenant, &visit.visitor(), &token, &new).await {
        Ok(PasswordSet::Broken(rules)) => show(&visit, Some(PasswordProblem::Broken), &rules).await,
        Ok(PasswordSet::Written(Written::Done)) => visit.go("/done"),
        Ok(PasswordSet::Written(Written::Rejected)) => {
            show(&visit, Some(PasswordProblem::RejectedByDirectory), &[]).await
        }
        Ok(PasswordSet::Written(Written::Unavailable)) => show(&visit, Some(PasswordProblem::Unavailable), &[]).await,
        Ok(PasswordSet::Written(other)) => told(&visit, other),
        Err(error) => problem::fault(&visit, &error),
    }
}

async fn show(visit: &Visit, problem: Option<PasswordProblem>, broken: &[Rule]) -> HttpResponse {
    let Some(token) = visit.token() else { return problem::page(visit, Message::FlowOver) };
    let demands = match set_password::demands(visit.platform(), &visit.tenant, &token).await {
        Ok(Ok(demands)) => demands,
        Ok(Err(refused)) => return told(visit, refused),
        Err(error) => return problem::fault(visit, &error),
    };
    let view = PasswordView {
        page: visit.page("/password"),
        username: &demands.username,
        rules: RuleView::list(demands.rules, broken),
        problem,
    };
    let status = match problem {
        None => StatusCode::OK,
        Some(PasswordProblem::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    problem::html(visit, status, view.render())
}
