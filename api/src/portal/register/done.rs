//! `/done` at pwreg: what was done to the numbers; the way to pwreset.

use actix_web::{HttpResponse, http::StatusCode};
use askama::Template as _;
use portvakt_domain::flow::{Flow, FlowState};
use portvakt_flows::{FlowError, delay_change, registered};
use portvakt_texts::moment;

use crate::{
    auth::{RegisterVisit, Visit},
    portal::{
        reset::code::next_page,
        views::register::{Done, DoneView, NumberItem},
    },
    problem::{self, Answer, OrFault as _},
};

/// The last page.
pub async fn get(RegisterVisit(visit): RegisterVisit) -> HttpResponse {
    problem::settled(show(&visit).await)
}

async fn show(visit: &Visit) -> Answer {
    let (_, flow) = visit.flow().await?;
    let kind = match flow.state {
        FlowState::NumberSaved => Done::Saved,
        FlowState::NumberKept => Done::Kept,
        FlowState::NumberRemoved => Done::Removed,
        FlowState::ChangeWaiting => Done::Waiting,
        FlowState::ChangeStopped => Done::Stopped,
        state => return Ok(visit.go(next_page(state))),
    };
    let (numbers, waits_until) = facts(visit, &flow).await.or_fault(visit)?;
    let view = DoneView {
        page: visit.page("/done"),
        kind,
        numbers: &numbers,
        waits_until: waits_until.as_deref(),
        paragraphs: match kind {
            Done::Saved | Done::Kept => visit.own_words(&visit.tenant.settings.texts.after_registration),
            Done::Removed | Done::Waiting | Done::Stopped => &[],
        },
        reset_url: &visit.tenant.links.reset,
    };
    Ok(problem::html(visit, StatusCode::OK, view.render()))
}

/// The numbers as they are now, for who signed in, and when a change that waits is carried out.
async fn facts(visit: &Visit, flow: &Flow) -> Result<(Vec<NumberItem>, Option<String>), FlowError> {
    let Some(account) = flow.account.filter(|_| flow.state != FlowState::ChangeStopped) else {
        return Ok((Vec::new(), None));
    };
    let numbers = registered::numbers(visit.platform(), &visit.tenant, account).await?;
    let waits_until = delay_change::waits_until(visit.platform(), &visit.tenant, account).await?;
    Ok((numbers.iter().map(NumberItem::of).collect(), waits_until.map(moment)))
}
