//! Work that is done behind the reply: rows that replicas share.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountKey, JobId, MessageId, NumberChangeId, ReminderMailId, TenantId},
    random::Random,
    reconciliation::Occasion,
};

/// What is to be done. Ids only: never a code, a number, a name or a password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Job {
    /// Find out whom a message with a code is for, make the code, send it.
    SendCode {
        /// The message.
        message: MessageId,
    },
    /// Send a notice of something that happened.
    SendNotice {
        /// The message.
        message: MessageId,
    },
    /// Carry out a delayed change of a number.
    ChangeNumber {
        /// The change.
        change: NumberChangeId,
    },
    /// Put an account's first number in the directory's attribute.
    WriteNumber {
        /// The account.
        account: AccountKey,
    },
    /// Compare what the directory's attribute holds with what Portvakt knows, account by account.
    CompareNumbers,
    /// Go through everybody in the directory once, and ask for the reminders that are due.
    Remind {
        /// Somebody asked for it, whatever the time of day and though the day's own run is done.
        by_hand: bool,
    },
    /// Send one reminder.
    SendReminder {
        /// The reminder.
        reminder: ReminderMailId,
    },
    /// Remove numbers of accounts that have been missing, disabled or expired for long.
    Reconcile {
        /// Who asked for it.
        #[serde(default)]
        occasion: Occasion,
    },
    /// Seal the tenant's audit events in order.
    SealAudit,
    /// Seal values anew that older keys sealed.
    RotateKeys,
    /// Remove what has served its time: ended flows, old counters.
    Sweep,
}

/// Kinds that only look after a tenant's rows. They go on while it is suspended; all others wait.
pub const KINDS_WHILE_SUSPENDED: [&str; 3] = ["seal_audit", "rotate_keys", "sweep"];

/// Kinds that nobody waits for at a screen. They get no more than part of a worker, so that a morning's reminders never
/// stand before a code.
pub const BACKGROUND_KINDS: [&str; 6] =
    ["compare_numbers", "remind", "send_reminder", "reconcile", "rotate_keys", "sweep"];

impl Job {
    /// The names of all kinds. A row of another kind is a newer release's, and left to it.
    pub const KINDS: [&str; 11] = [
        "send_code",
        "send_notice",
        "change_number",
        "write_number",
        "compare_numbers",
        "remind",
        "send_reminder",
        "reconcile",
        "seal_audit",
        "rotate_keys",
        "sweep",
    ];

    /// The name of the kind, for rows, metrics and logs.
    pub fn kind(&self) -> &'static str {
        match self {
            Job::SendCode { .. } => "send_code",
            Job::SendNotice { .. } => "send_notice",
            Job::ChangeNumber { .. } => "change_number",
            Job::WriteNumber { .. } => "write_number",
            Job::CompareNumbers => "compare_numbers",
            Job::Remind { .. } => "remind",
            Job::SendReminder { .. } => "send_reminder",
            Job::Reconcile { .. } => "reconcile",
            Job::SealAudit => "seal_audit",
            Job::RotateKeys => "rotate_keys",
            Job::Sweep => "sweep",
        }
    }

    /// Whether nobody waits for it at a screen.
    pub fn is_background(&self) -> bool {
        BACKGROUND_KINDS.contains(&self.kind())
    }

    /// At most one waiting row of this key per tenant; `None` where every row is work of its own.
    pub fn dedupe_key(&self) -> Option<&'static str> {
        match self {
            Job::CompareNumbers => Some("compare_numbers"),
            Job::Remind { by_hand: false } => Some("remind"),
            Job::Remind { by_hand: true } => Some("remind_by_hand"),
            Job::Reconcile { occasion: Occasion::Schedule } => Some("reconcile"),
            Job::Reconcile { occasion: Occasion::ByHand } => Some("reconcile_by_hand"),
            Job::Reconcile { occasion: Occasion::Accepting } => Some("reconcile_accepting"),
            Job::SealAudit => Some("seal_audit"),
            Job::RotateKeys => Some("rotate_keys"),
            Job::Sweep => Some("sweep"),
            Job::SendCode { .. }
            | Job::SendNotice { .. }
            | Job::ChangeNumber { .. }
            | Job::WriteNumber { .. }
            | Job::SendReminder { .. } => None,
        }
    }

    /// How long a worker may be silent before another takes the job over. Longer than every deadline inside it.
    pub fn lease(&self) -> TimeDelta {
        match self {
            Job::SendCode { .. } | Job::SendNotice { .. } | Job::ChangeNumber { .. } | Job::WriteNumber { .. } => {
                TimeDelta::seconds(60)
            }
            // A mail server may take its time over each step; a run keeps its lease while it goes on.
            Job::SendReminder { .. } | Job::Remind { .. } | Job::Reconcile { .. } => TimeDelta::seconds(120),
            Job::CompareNumbers | Job::RotateKeys | Job::SealAudit | Job::Sweep => TimeDelta::seconds(120),
        }
    }

    /// How often it is tried before it is laid aside for people to look at.
    pub fn max_attempts(&self) -> i32 {
        match self {
            // A code is worth sending for as long as it is valid: six tries reach over about two minutes.
            Job::SendCode { .. } => 6,
            Job::SendNotice { .. } => 12,
            // A directory may be away for a night: sixty tries, one an hour in the end, reach over two days.
            Job::ChangeNumber { .. } | Job::WriteNumber { .. } => 60,
            // Reminders go out in the morning: twelve tries reach over most of an hour.
            Job::Remind { .. } => 12,
            // A mail server may be away for a night: thirty tries, one an hour in the end, reach over half a day.
            Job::SendReminder { .. } => 30,
            // Asked for every hour.
            Job::CompareNumbers => 3,
            // A directory may be away for some hours of the night: sixteen tries reach over about four.
            Job::Reconcile { .. } => 16,
            Job::RotateKeys | Job::SealAudit | Job::Sweep => 20,
        }
    }
}

/// The wait before attempt `attempt + 1`: 1 s doubling to an hour, with the last half drawn by lot, so that what failed
/// together does not return together.
pub fn retry_after(attempt: i32, random: &dyn Random) -> TimeDelta {
    let exponent = u32::try_from(attempt.clamp(0, 12)).unwrap_or(0);
    let full = 1000u64.saturating_mul(1 << exponent).min(3_600_000);
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    let millis = full / 2 + u64::from_be_bytes(bytes) % (full / 2 + 1);
    TimeDelta::milliseconds(i64::try_from(millis).unwrap_or(3_600_000))
}

/// A job that this worker holds until the lease ends.
#[derive(Debug, Clone)]
pub struct LeasedJob {
    /// The row.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// What to do.
    pub job: Job,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// When it was due.
    pub due_at: crate::time::Instant,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::Counting;

    #[test]
    fn waits_grow_and_stay_bounded() {
        let random = Counting::new();
        for attempt in 0..40 {
            let wait = retry_after(attempt, &random).num_milliseconds();
            let full = (1000i64 << attempt.min(12)).min(3_600_000);
            assert!((full / 2..=full).contains(&wait), "attempt {attempt}: {wait}");
        }
    }

    #[test]
    fn a_suspended_tenant_is_looked_after() {
        assert_eq!(KINDS_WHILE_SUSPENDED, [Job::SealAudit.kind(), Job::RotateKeys.kind(), Job::Sweep.kind()]);
    }

    #[test]
    fn every_kind_is_listed() {
        let (message, change) = (MessageId(uuid::Uuid::nil()), NumberChangeId(uuid::Uuid::nil()));
        let reminder = ReminderMailId(uuid::Uuid::nil());
        let all = [
            Job::SendCode { message },
            Job::SendNotice { message },
            Job::ChangeNumber { change },
            Job::WriteNumber { account: AccountKey(uuid::Uuid::nil()) },
            Job::CompareNumbers,
            Job::Remind { by_hand: false },
            Job::SendReminder { reminder },
            Job::Reconcile { occasion: Occasion::Schedule },
            Job::SealAudit,
            Job::RotateKeys,
            Job::Sweep,
        ];
        assert_eq!(all.map(|job| job.kind()), Job::KINDS);
    }

    #[test]
    fn what_waits_once_is_named_as_its_kind() {
        let nil = uuid::Uuid::nil();
        for job in [
            Job::CompareNumbers,
            Job::Remind { by_hand: false },
            Job::Reconcile { occasion: Occasion::Schedule },
            Job::SealAudit,
            Job::RotateKeys,
            Job::Sweep,
        ] {
            assert_eq!(job.dedupe_key(), Some(job.kind()));
        }
        assert_eq!(Job::SendReminder { reminder: ReminderMailId(nil) }.dedupe_key(), None, "each is work of its own");
    }

    #[test]
    fn a_payload_is_its_kind_and_ids() {
        let job = Job::SendCode { message: MessageId(uuid::Uuid::nil()) };
        let text = serde_json::to_string(&job).expect("json");
        assert_eq!(text, r#"{"kind":"send_code","message":"00000000-0000-0000-0000-000000000000"}"#);
        assert_eq!(serde_json::from_str::<Job>(&text).expect("job"), job);
        // A row of a release that knew no occasions.
        let plain = serde_json::from_str::<Job>(r#"{"kind":"reconcile"}"#).expect("job");
        assert_eq!(plain, Job::Reconcile { occasion: Occasion::Schedule });
    }
}
