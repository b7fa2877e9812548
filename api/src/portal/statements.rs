//! The pages about the service, at both hosts: they are looked at and change nothing, no flow and no cookie.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::{flow::FlowState, shortcoming};
use portvakt_flows::open;
use portvakt_storage::sweep::SweepAges;

use crate::{
    auth::{COOKIE, Visit},
    portal::{
        reset::code::next_page,
        views::statements::{AccessibilityView, CookiesView, HelpView, PrivacyView},
    },
    problem,
};

/// `GET /accessibility`: what the law wants to be said of who can use the service.
pub async fn accessibility(visit: Visit) -> HttpResponse {
    let view = AccessibilityView {
        page: visit.page("/accessibility"),
        back: way_back(&visit).await,
        said: &visit.tenant.settings.accessibility,
        platform: shortcoming::OF_THE_PLATFORM,
        url: visit.base(),
    };
    problem::html(&visit, StatusCode::OK, view.render())
}

/// `GET /privacy`: what happens to personal data.
pub async fn privacy(visit: Visit) -> HttpResponse {
    let view = PrivacyView {
        page: visit.page("/privacy"),
        back: way_back(&visit).await,
        settings: &visit.tenant.settings,
        ages: SweepAges::from(&visit.tenant.settings.retention),
        register_url: &visit.tenant.links.register,
    };
    problem::html(&visit, StatusCode::OK, view.render())
}

/// `GET /cookies`: the one cookie.
pub async fn cookies(visit: Visit) -> HttpResponse {
    let view =
        CookiesView { page: visit.page("/cookies"), back: way_back(&visit).await, name: COOKIE, url: visit.base() };
    problem::html(&visit, StatusCode::OK, view.render())
}

/// `GET /help`: whom to turn to, and answers to common questions.
pub async fn help(visit: Visit) -> HttpResponse {
    let texts = &visit.tenant.settings.texts;
    let view = HelpView {
        page: visit.page("/help"),
        back: way_back(&visit).await,
        settings: &visit.tenant.settings,
        inside: visit.own_words(&texts.inside_network),
        outside: visit.own_words(&texts.outside_network),
        reset_url: &visit.tenant.links.reset,
        register_url: &visit.tenant.links.register,
    };
    problem::html(&visit, StatusCode::OK, view.render())
}

/// The page of the flow that the browser is in. A database that does not answer takes this link away and not the page.
async fn way_back(visit: &Visit) -> Option<&'static str> {
    let token = visit.token()?;
    match open::run(visit.platform(), &visit.tenant, visit.kind, &token).await {
        Ok(flow) => flow.filter(|flow| leads_on(flow.state)).map(|flow| next_page(flow.state)),
        Err(error) => {
            tracing::warn!(%error, "whether a flow is going on is not known");
            None
        }
    }
}

/// Whether a flow has a page to go back to: its next step, or what was done.
fn leads_on(state: FlowState) -> bool {
    !matches!(state, FlowState::Cancelled | FlowState::Exhausted | FlowState::Ended)
}
