//! The operator's own programs: who has the token of the settings.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;

use crate::{rest::RestProblem, shared::Shared};

/// Proof that a request came with the operator's token (RFC 6750, section 2.1).
#[derive(Debug, Clone, Copy)]
pub struct Operator(());

impl FromRequest for Operator {
    type Error = RestProblem;
    type Future = Ready<Result<Self, RestProblem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let shared = request.app_data::<web::Data<Shared>>();
        let wanted = shared.and_then(|shared| shared.operator_token.as_ref());
        let said = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let said = said.and_then(|said| said.strip_prefix("Bearer ")).unwrap_or_default();
        let is_right = wanted
            .is_some_and(|wanted| bool::from(wanted.expose_secret().trim().as_bytes().ct_eq(said.trim().as_bytes())));
        ready(if is_right { Ok(Self(())) } else { Err(RestProblem::Unauthenticated) })
    }
}
