//! `/change/password`: the current password once more, and the new one twice. The current one is needed for the change
//! itself, and nothing keeps it between two pages.

use actix_web::{HttpResponse, web};
use portvakt_domain::password::Password;
use portvakt_flows::{
    change_password,
    set_password::{Broken, PasswordSet},
    unlock_account::Written,
};

use super::{change, choose::told, password};
use crate::{
    auth::{ResetVisit, Visit},
    portal::{
        progress::Step,
        views::reset::{PasswordFor, PasswordProblem},
    },
    problem::{self, Answer, OrFault as _},
};

/// The form, with every rule that holds.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit, None, None).await)
}

/// Changes the password.
pub async fn post(ResetVisit(visit): ResetVisit, body: web::Payload) -> HttpResponse {
    problem::settled(take(&visit, body).await)
}

async fn take(visit: &Visit, body: web::Payload) -> Answer {
    let mut fields = visit.fields(body).await?;
    let token = visit.begun()?;
    let mut password = |name: &str| Password::new(fields.take(name));
    let (current, new, again) = (password("current_password"), password("password"), password("password_again"));
    let (current, new) = match (current, new, again) {
        (None, new, again) => {
            let empty = PasswordProblem::EmptyCurrent { new: new.is_none() || again.is_none() };
            return show(visit, Some(empty), None).await;
        }
        (Some(current), Some(new), Some(again)) if new.same_as(&again) => (current, new),
        (_, Some(_), Some(_)) => return show(visit, Some(PasswordProblem::Different), None).await,
        _ => return show(visit, Some(PasswordProblem::Empty), None).await,
    };
    let (platform, visitor) = (visit.platform(), visit.visitor());
    let changed = change_password::run(platform, &visit.tenant, &visitor, &token, &current, &new).await;
    match changed.or_fault(visit)? {
        PasswordSet::Broken(broken) => show(visit, Some(PasswordProblem::Broken), Some(&broken)).await,
        PasswordSet::TooEarly => show(visit, None, None).await,
        PasswordSet::Written(Written::Rejected(rejected)) => show(visit, Some(rejected.into()), None).await,
        PasswordSet::Written(written) => Ok(told(visit, written)),
    }
}

async fn show(visit: &Visit, problem: Option<PasswordProblem>, broken: Option<&Broken>) -> Answer {
    let token = visit.begun()?;
    let demands = change_password::demands(visit.platform(), &visit.tenant, &token).await.or_fault(visit)?;
    let demands = demands.map_err(|refused| told(visit, refused))?;
    let page = visit.page_of(&demands.flow, "/change/password").at(change::journey(visit), Step::Password);
    Ok(password::shown(visit, page, PasswordFor::Change, demands, problem, broken))
}
