//! A reader says what a guide was worth. Anybody may, without a flow and unnamed, so there are so many a day for a client
//! network, and so many for a tenant.

use portvakt_domain::{
    feedback::{FeedbackText, Guide},
    keys::Place,
    limit::{self, Hit},
};
use portvakt_storage::{
    feedback::{self, NewFeedback},
    limits,
};
use uuid::Uuid;

use crate::{FlowError, Platform, Tenant, Visitor, open, trips};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// It is kept.
    Kept,
    /// There was enough of it today.
    Limited,
}

/// Keeps what a reader thought.
///
/// # Errors
/// The database.
pub async fn run(
    platform: &Platform,
    tenant: &Tenant,
    visitor: &Visitor,
    guide: Guide,
    helpful: bool,
    text: Option<&FeedbackText>,
) -> Result<Given, FlowError> {
    let now = platform.now();

    // 1. The network first, alone: what it answers uses up nothing of the tenant's.
    let of_tenant = platform.subjects.hash(tenant.id, &[b"feedback"]);
    let of_tenant = Hit { limit: limit::FEEDBACK_PER_TENANT, subject: of_tenant };
    for hit in [visitor.hit(platform, limit::FEEDBACK_PER_NETWORK), of_tenant] {
        if let Some(passed) = limits::count(&platform.store, tenant.id, vec![hit], now).await? {
            trips::tell(platform, tenant, passed).await?;
            return Ok(Given::Limited);
        }
    }

    // 2. Kept without a word of who it was.
    let id = open::new_row(now, platform.random.as_ref());
    let text = text.map(|text| open::seal(platform, tenant, feedback_place(id), text.reveal())).transpose()?;
    let new = NewFeedback { id, guide, language: visitor.language, helpful, text, created_at: now };
    feedback::add(&platform.store, tenant.id, new).await?;
    Ok(Given::Kept)
}

/// Where the words of a reader are sealed.
pub fn feedback_place(row: Uuid) -> Place {
    Place { table: "feedback", column: "text", row, owner: None }
}
