//! A form with name and current password, wherever it stands: read alike, and refused no sooner than half a second after.

use std::time::Duration;

use actix_web::{HttpResponse, web};
use portvakt_domain::{login::Login, password::Password, sign_in::Entrance, token::StartToken};
use portvakt_flows::{
    FlowError,
    sign_in::{self, SignedIn},
};
use tokio::time::Instant;

use crate::{auth::Visit, portal::views::register::SignInProblem};

/// A refusal is answered no sooner than this: some are decided without asking the directory, and must not be told apart
/// by how fast they are.
const REFUSED_AFTER: Duration = Duration::from_millis(500);

/// What the form holds, and when it came.
pub struct Credentials {
    /// The name as typed, for the form to be shown again.
    pub typed: String,
    start: StartToken,
    login: Login,
    password: Password,
    came_at: Instant,
}

/// Reads a posted form; `form` is shown again when something in it is missing or too old.
///
/// # Errors
/// The page that says so.
pub async fn read(
    visit: &Visit,
    body: web::Payload,
    form: impl Fn(&Visit, &str, Option<SignInProblem>) -> HttpResponse,
) -> Result<Credentials, HttpResponse> {
    let came_at = Instant::now();
    let mut fields = visit.fields(body).await?;
    let password = Password::new(fields.take("password"));
    let (platform, typed) = (visit.platform(), fields.get("username"));
    let (login, password) = match (Login::parse(typed), password) {
        (Ok(login), Some(password)) => (login, password),
        (login, password) => {
            let empty = SignInProblem::Empty { username: login.is_err(), password: password.is_none() };
            return Err(form(visit, typed, Some(empty)));
        }
    };
    let now = platform.now();
    let start = StartToken::verify(fields.get("start"), &platform.keys, visit.tenant.id, visit.kind, now)
        .ok_or_else(|| form(visit, typed, Some(SignInProblem::Stale)))?;
    Ok(Credentials { typed: typed.to_owned(), start, login, password, came_at })
}

impl Credentials {
    /// Signs in with them.
    ///
    /// # Errors
    /// The database or the directory.
    pub async fn present(&self, visit: &Visit, entrance: Entrance) -> Result<SignedIn, FlowError> {
        let (platform, visitor) = (visit.platform(), visit.visitor());
        let (start, login, password) = (&self.start, &self.login, &self.password);
        let signed_in = sign_in::run(platform, &visit.tenant, &visitor, entrance, start, login, password).await;
        if !matches!(signed_in, Ok(SignedIn::Accepted { .. } | SignedIn::NoNumber | SignedIn::TooEarly { .. })) {
            tokio::time::sleep_until(self.came_at + REFUSED_AFTER).await;
        }
        signed_in
    }
}
