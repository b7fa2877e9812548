//! What readers of the guides thought of them.

use diesel::prelude::*;
use portvakt_domain::id::TenantId;

use super::{Conn, schema::feedback};
use crate::{
    error::Outcome,
    feedback::{NewFeedback, StoredFeedback},
    values::{At, Id, at, optional_sealed},
};

#[derive(Queryable, Selectable)]
#[diesel(table_name = feedback, check_for_backend(super::Db))]
struct FeedbackRow {
    id: Id,
    guide: String,
    language: String,
    helpful: bool,
    text: Option<Vec<u8>>,
    created_at: At,
}

pub(crate) fn add(c: &mut Conn, tenant: TenantId, new: &NewFeedback) -> Outcome<()> {
    diesel::insert_into(feedback::table)
        .values((
            feedback::tenant_id.eq(Id(tenant.0)),
            feedback::id.eq(Id(new.id)),
            feedback::guide.eq(new.guide.as_str()),
            feedback::language.eq(new.language.tag()),
            feedback::helpful.eq(new.helpful),
            feedback::text.eq(new.text.as_ref().map(|text| text.0.clone())),
            feedback::created_at.eq(at(new.created_at)),
        ))
        .execute(c)?;
    Ok(())
}

pub(crate) fn list(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<StoredFeedback>> {
    let rows: Vec<FeedbackRow> = feedback::table
        .filter(feedback::tenant_id.eq(Id(tenant.0)))
        .order((feedback::created_at, feedback::id))
        .select(FeedbackRow::as_select())
        .load(c)?;
    let read = |row: FeedbackRow| {
        Ok(StoredFeedback {
            id: row.id.0,
            guide: row.guide,
            language: row.language,
            helpful: row.helpful,
            text: optional_sealed(row.text),
            created_at: row.created_at.0,
        })
    };
    rows.into_iter().map(read).collect()
}
