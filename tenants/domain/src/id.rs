//! Identifiers as types of their own, so that one can't be passed for another.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl $name {
            /// A fresh identifier; time-ordered, so that rows are appended to an index and not scattered over it.
            pub fn new(now: chrono::DateTime<chrono::Utc>, random: &dyn crate::random::Random) -> Self {
                let mut bytes = [0u8; 10];
                random.fill(&mut bytes);
                let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

id!(
    /// One municipality.
    TenantId
);
id!(
    /// One attempt at something: a reset or a registration.
    FlowId
);
id!(
    /// One SMS or mail that was asked for, sent or not.
    MessageId
);
id!(
    /// One row of the job queue.
    JobId
);
id!(
    /// One delayed change of a number.
    NumberChangeId
);
id!(
    /// One run of a tenant's reminders.
    ReminderRunId
);
id!(
    /// One reminder that goes out, a mail or an SMS.
    ReminderMailId
);
id!(
    /// One reconciliation of a tenant's registered numbers with its directory.
    ReconciliationId
);
id!(
    /// One audit event.
    EventId
);

/// The directory's own key of an account: `objectGUID` (Active Directory) or `entryUUID` (OpenLDAP). Names change, this
/// does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AccountKey(pub Uuid);
