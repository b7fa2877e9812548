//! `/code` at pwreg: the code to a number already there, then the code to the new one. The page is pwreset's.

use actix_web::{HttpResponse, web};

use crate::{
    auth::RegisterVisit,
    portal::reset::code::{self, Looks},
    problem,
};

/// The form.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(code::show(&visit, Looks::default()).await)
}

/// Checks a code.
pub async fn post(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(code::check(&visit, body).await)
}

/// Asks for a new code.
pub async fn again(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(code::ask(&visit, body).await)
}

/// Asks for a code to another number.
pub async fn another(RegisterVisit(visit): RegisterVisit, body: web::Payload) -> HttpResponse {
    problem::settled(code::ask_elsewhere(&visit, body).await)
}
