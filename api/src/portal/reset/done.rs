//! `/done` at pwreset: what was done, and what happens now.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::{flow::FlowState, language::Language};
use portvakt_flows::confirm_password;

use super::code::next_page;
use crate::{
    auth::{ResetVisit, Visit},
    portal::views::{
        message::Message,
        reset::{Done, DoneView},
    },
    problem::{self, Answer},
};

/// The last page.
pub async fn get(ResetVisit(visit): ResetVisit) -> HttpResponse {
    problem::settled(show(&visit).await)
}

async fn show(visit: &Visit) -> Answer {
    let (_, flow) = visit.flow().await?;
    let texts = &visit.tenant.settings.texts;
    let (kind, paragraphs) = match flow.state {
        FlowState::PasswordSet => (Done::PasswordSet, &texts.after_reset),
        FlowState::PasswordChanged => (Done::PasswordChanged, &texts.after_reset),
        FlowState::Unlocked => (Done::Unlocked, &texts.after_unlock),
        FlowState::OutcomeUnknown => return Ok(problem::page(visit, Message::OutcomeUnknown)),
        state => return Ok(visit.go(next_page(state))),
    };
    // The work is done: a directory that does not answer now must not turn the page into a fault.
    let owner = confirm_password::owner(&visit.tenant, &flow).await.ok().flatten();
    let view = DoneView {
        page: visit.page("/done"),
        kind,
        username: owner.as_ref().map_or("", |owner| owner.username.as_str()),
        paragraphs: paragraphs_in(paragraphs, visit),
    };
    Ok(problem::html(visit, StatusCode::OK, view.render()))
}

/// The tenant's own words in the reader's language, or in the tenant's.
fn paragraphs_in<'a>(texts: &'a std::collections::BTreeMap<Language, Vec<String>>, visit: &Visit) -> &'a [String] {
    let own = texts.get(&visit.language).or_else(|| texts.get(&visit.tenant.settings.default_language));
    own.map_or(&[], Vec::as_slice)
}
