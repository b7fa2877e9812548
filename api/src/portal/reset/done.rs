//! `/done` at pwreset: what was done, and what happens now.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::flow::FlowState;
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
    let kind = match flow.state {
        FlowState::PasswordSet => Done::PasswordSet,
        FlowState::PasswordChanged => Done::PasswordChanged,
        FlowState::Unlocked => Done::Unlocked,
        FlowState::OutcomeUnknown => return Ok(problem::page(visit, Message::OutcomeUnknown)),
        state => return Ok(visit.go(next_page(state))),
    };
    // The work is done: a directory that does not answer now must not turn the page into a fault.
    let owner = confirm_password::owner(&visit.tenant, &flow).await.ok().flatten();
    let shared = owner.as_ref().is_some_and(|owner| owner.functional) && !texts.after_functional.is_empty();
    let paragraphs = match kind {
        Done::Unlocked => &texts.after_unlock,
        Done::PasswordSet | Done::PasswordChanged if shared => &texts.after_functional,
        Done::PasswordSet | Done::PasswordChanged => &texts.after_reset,
    };
    let of_computers = kind != Done::Unlocked && !shared;
    let view = DoneView {
        page: visit.page("/done"),
        kind,
        username: owner.as_ref().map_or("", |owner| owner.username.as_str()),
        paragraphs: visit.own_words(paragraphs),
        inside: if of_computers { visit.own_words(&texts.inside_network) } else { &[] },
        outside: if of_computers { visit.own_words(&texts.outside_network) } else { &[] },
    };
    Ok(problem::html(visit, StatusCode::OK, view.render()))
}
