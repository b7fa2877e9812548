//! What an outgoing reminder holds between the run that plans it and the moment it is sent: sealed, and gone afterwards.

use chrono::NaiveDate;
use portvakt_domain::{
    compose::{Personal, ReminderReason},
    id::{AccountKey, ReminderMailId},
    keys::Sealed,
    reminder::Mark,
    time::Instant,
};
use serde::{Deserialize, Serialize};

use crate::{
    FlowError, Platform, Tenant, open,
    plan_reminders::{Outgoing, OutgoingKind},
};

/// What is sealed.
#[derive(Serialize, Deserialize)]
pub(crate) struct Content {
    pub(crate) kind: ContentKind,
    pub(crate) rows: Vec<ContentRow>,
}

/// What it is.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ContentKind {
    /// A table.
    Units {
        /// The units' names.
        units: Vec<String>,
        /// It goes to a manager.
        manager: bool,
        /// It holds accounts that belong to no unit.
        fallback: bool,
    },
    /// A person's own password.
    Own {
        /// Whether a number is registered.
        registered: bool,
    },
    /// That of a shared account.
    Shared {
        /// Whether a number is registered.
        registered: bool,
    },
}

/// An account that is spoken of.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct ContentRow {
    pub(crate) account: AccountKey,
    pub(crate) period: Instant,
    pub(crate) username: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) ends: NaiveDate,
    /// Told early: a period is about to begin then.
    #[serde(default)]
    pub(crate) period_begins: Option<NaiveDate>,
}

impl Content {
    /// What a planned reminder holds.
    pub(crate) fn of(outgoing: &Outgoing) -> Self {
        let kind = match &outgoing.kind {
            OutgoingKind::Units(reasons) => ContentKind::Units {
                units: reasons.iter().filter_map(unit_name).collect(),
                manager: reasons.contains(&ReminderReason::Manager),
                fallback: reasons.contains(&ReminderReason::Fallback),
            },
            OutgoingKind::Personal { whose: Personal::Own, registered } => ContentKind::Own { registered: *registered },
            OutgoingKind::Personal { whose: Personal::Shared, registered } => {
                ContentKind::Shared { registered: *registered }
            }
        };
        let rows = outgoing.rows.iter().map(|row| ContentRow {
            account: row.staff.key,
            period: row.due.period,
            username: row.staff.username.clone(),
            // Shared accounts often have no other name.
            first_name: match (&*row.staff.first_name, &*row.staff.last_name) {
                ("", "") => row.staff.display_name.clone(),
                (first, _) => first.to_owned(),
            },
            last_name: row.staff.last_name.clone(),
            ends: row.due.ends,
            period_begins: row.marks.iter().filter_map(Mark::period_begins).max(),
        });
        Self { kind, rows: rows.collect() }
    }

    pub(crate) fn seal(&self, platform: &Platform, tenant: &Tenant, id: ReminderMailId) -> Result<Sealed, FlowError> {
        let text = serde_json::to_string(self).map_err(|_| FlowError::Corrupt("reminder_mails.content"))?;
        open::seal(platform, tenant, open::reminder_content_place(id), &text)
    }

    pub(crate) fn open(
        platform: &Platform,
        tenant: &Tenant,
        id: ReminderMailId,
        sealed: &Sealed,
    ) -> Result<Self, FlowError> {
        let text = open::text(platform, tenant, open::reminder_content_place(id), sealed)?;
        serde_json::from_str(&text).map_err(|_| FlowError::Corrupt("reminder_mails.content"))
    }

    /// Why it goes where it goes, for its words.
    pub(crate) fn reasons(&self) -> Vec<ReminderReason> {
        let ContentKind::Units { units, manager, fallback } = &self.kind else { return Vec::new() };
        let units = units.iter().cloned().map(ReminderReason::Unit);
        units
            .chain(manager.then_some(ReminderReason::Manager))
            .chain(fallback.then_some(ReminderReason::Fallback))
            .collect()
    }
}

fn unit_name(reason: &ReminderReason) -> Option<String> {
    if let ReminderReason::Unit(name) = reason { Some(name.clone()) } else { None }
}
