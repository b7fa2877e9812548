//! `/code` at pwreg: the code to the number already there, then the code to the new one. The page is pwreset's.

use actix_web::{HttpResponse, web};

use crate::{
    auth::RegisterVisit,
    portal::{reset::code, views::reset::Again},
    problem,
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(code::show(&visit, None, Again::NotAsked).await)
}

/// Checks a code.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(code::check(&visit, body).await)
}

/// Asks for a new code.
pub async fn again(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(code::ask(&visit, body).await)
}
