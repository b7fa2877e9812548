//! The JSON API, on the internal address: one file a noun, and the document that tells of it.

pub mod document;
pub mod reminders;

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use portvakt_flows::FlowError;
use serde::Serialize;
use utoipa::ToSchema;

use crate::worker::chain;

/// Why a request was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestProblem {
    /// No token, or a wrong one.
    Unauthenticated,
    /// There is no such tenant, or it is not served.
    NoTenant,
    /// A value of the query can't be read.
    BadQuery,
    /// The tenant's directory does not answer, or can't be asked as its settings say.
    Directory,
    /// Something else, which the log tells of.
    Internal,
}

/// A problem, as RFC 9457 has it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemBody {
    /// The HTTP status.
    status: u16,
    /// A stable name, for programs.
    code: &'static str,
    /// What to do, for people.
    title: &'static str,
}

impl RestProblem {
    /// What a flow's error is to who asked; the log has all of it.
    pub fn of(error: &FlowError) -> Self {
        tracing::error!(error = %chain(error), "a request of the API failed");
        match error {
            FlowError::Directory(_) => RestProblem::Directory,
            _ => RestProblem::Internal,
        }
    }

    fn body(self) -> ProblemBody {
        let (status, code, title) = match self {
            RestProblem::Unauthenticated => {
                (401, "unauthenticated", "send the token of api.token_file: Authorization: Bearer TOKEN")
            }
            RestProblem::NoTenant => (404, "no_tenant", "there is no such tenant, or it is not served"),
            RestProblem::BadQuery => (400, "bad_query", "write the date as 2027-06-04"),
            RestProblem::Directory => {
                (502, "directory", "the tenant's directory does not answer; `portvakt tenant check` tells why")
            }
            RestProblem::Internal => (500, "internal", "the log tells why"),
        };
        ProblemBody { status, code, title }
    }
}

impl std::fmt::Display for RestProblem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.body().code)
    }
}

impl ResponseError for RestProblem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.body().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let body = serde_json::to_string(&self.body()).unwrap_or_default();
        let mut response = HttpResponse::build(self.status_code());
        if *self == RestProblem::Unauthenticated {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type("application/problem+json").body(body)
    }
}
