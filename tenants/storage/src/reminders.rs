//! Reminders before passwords end: the runs, what goes out, and the marks that say of what people heard already.

use chrono::NaiveDate;
use portvakt_domain::{
    audit::NewEvent,
    id::{AccountKey, ReminderMailId, ReminderRunId},
    keys::Sealed,
    language::Language,
    message::Channel,
    reminder::Mark,
    reminder_mail::ReminderState,
    reminder_run::{RunFigures, RunState},
    time::Instant,
};

/// A run to be begun.
#[derive(Debug, Clone)]
pub struct NewRun {
    /// Its id, if none is under way.
    pub id: ReminderRunId,
    /// The tenant's local day.
    pub day: NaiveDate,
    /// The last day whose marks it deals with.
    pub reach: NaiveDate,
    /// `schedule`, or who asked.
    pub asked_by: String,
    /// Now.
    pub now: Instant,
}

/// A run that ends.
#[derive(Debug, Clone)]
pub struct EndRun {
    /// Which.
    pub run: ReminderRunId,
    /// How.
    pub state: RunState,
    /// What it found. Mails and SMS are counted where they stand: who took up a run after a crash knows only of what
    /// came later.
    pub figures: RunFigures,
    /// Why it failed, naming nobody.
    pub problem: Option<String>,
    /// Now.
    pub at: Instant,
    /// Recorded, with `run`, `state`, `mails` and `sms` among its details.
    pub event: NewEvent,
}

/// A run as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRun {
    /// Its id.
    pub id: ReminderRunId,
    /// The tenant's local day.
    pub day: NaiveDate,
    /// The last day whose marks it deals with.
    pub reach: NaiveDate,
    /// `schedule`, or who asked.
    pub asked_by: String,
    /// How far it is.
    pub state: RunState,
    /// When it was begun.
    pub started_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What it found; noughts until it ended.
    pub figures: RunFigures,
    /// Why it failed.
    pub problem: Option<String>,
}

/// A mark of a password of which somebody heard.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Marked {
    /// Whose password.
    pub account: AccountKey,
    /// When it was set: the next one has marks of its own.
    pub period: Instant,
    /// The mark.
    pub mark: Mark,
    /// Who heard: `unit.1`, `unit.2`, `person.mail`, `person.sms`, `holder.1` and so on.
    pub part: String,
}

/// How far reminders have come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Covered {
    /// The last day whose marks are dealt with.
    pub reach: NaiveDate,
    /// When the run that got there ended.
    pub ended_at: Instant,
}

/// A reminder to be sent.
#[derive(Debug, Clone)]
pub struct NewReminderMail {
    /// Its id; the job's payload.
    pub id: ReminderMailId,
    /// The run that asks for it.
    pub run: ReminderRunId,
    /// How it travels.
    pub channel: Channel,
    /// Who it goes to, as [`Marked::part`].
    pub part: String,
    /// The mail address or number, sealed (`reminder_mails.recipient`).
    pub recipient: Sealed,
    /// What is to be said, sealed (`reminder_mails.content`).
    pub content: Sealed,
    /// The language it is written in.
    pub language: Language,
    /// Accounts that it speaks of.
    pub rows: i32,
}

/// A reminder, and the marks that are dealt with by it.
#[derive(Debug, Clone)]
pub struct RecordReminder {
    /// The reminder.
    pub mail: NewReminderMail,
    /// Its marks, in any order; at least one.
    pub marks: Vec<Marked>,
    /// Now.
    pub now: Instant,
    /// When it is to be sent.
    pub run_at: Instant,
}

/// A reminder that is to be sent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReminderMail {
    /// Its id.
    pub id: ReminderMailId,
    /// The run that asked for it.
    pub run: ReminderRunId,
    /// How it travels.
    pub channel: Channel,
    /// Who it goes to.
    pub part: String,
    /// The mail address or number, sealed (`reminder_mails.recipient`).
    pub recipient: Sealed,
    /// What is to be said, sealed (`reminder_mails.content`).
    pub content: Sealed,
    /// The language it is written in.
    pub language: Language,
    /// Accounts that it speaks of.
    pub rows: i32,
    /// How often a send was begun, this one included.
    pub attempts: i32,
    /// How often it was handed over before and not answered.
    pub unknown_sends: i32,
    /// When it was asked for.
    pub created_at: Instant,
}

/// What to do with a reminder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReminderTurn {
    /// Send it now, then settle it or put it back. A mail may have been handed over before: its Message-ID stays the same.
    Send(Box<StoredReminderMail>),
    /// It is settled. Nothing is to be done.
    Over,
    /// There is no such reminder.
    Gone,
}

/// What became of a reminder.
#[derive(Debug, Clone)]
pub struct SettleReminder {
    /// Which.
    pub mail: ReminderMailId,
    /// What became of it.
    pub state: ReminderState,
    /// Why, where it was not sent. Names nobody.
    pub reason: Option<String>,
    /// Accounts that it spoke of in the end.
    pub rows: i32,
    /// It was handed over just now and not answered.
    pub unknown: bool,
    /// Whom it was for is none of the recipients any more: its marks go too, so that the next run tells who is.
    pub untold: bool,
    /// Now.
    pub now: Instant,
    /// Recorded.
    pub event: NewEvent,
}

/// A reminder as people see it in a list, without what it said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedReminder {
    /// Its id.
    pub id: ReminderMailId,
    /// The run that asked for it.
    pub run: ReminderRunId,
    /// How it travels.
    pub channel: Channel,
    /// Who it goes to.
    pub part: String,
    /// The mail address or number, sealed (`reminder_mails.recipient`). `None`: it went to a person or to holders, and is
    /// settled.
    pub recipient: Option<Sealed>,
    /// Accounts that it speaks of.
    pub rows: i32,
    /// What became of it.
    pub state: ReminderState,
    /// Why it was not sent.
    pub reason: Option<String>,
    /// How often a send was begun.
    pub attempts: i32,
    /// How often it was handed over and not answered.
    pub unknown_sends: i32,
    /// When it was asked for.
    pub created_at: Instant,
    /// When it was settled.
    pub settled_at: Option<Instant>,
}

/// A tenant's reminders at a glance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ReminderFigures {
    /// When the last run that is done ended.
    pub last_done_at: Option<Instant>,
    /// Reminders that are neither sent nor given up yet.
    pub unsettled: i64,
    /// Of the newest run, those that were refused or given up or came back, or are held up by something.
    pub refused: i64,
}

storage_functions! { of reminders:
    /// Begins a run, or takes up the one that is under way: the id is that one's then. One that is under way for another
    /// day or reach was left behind: it ends as failed, and an event tells of it.
    write fn begin_run(new: NewRun) -> ReminderRunId;

    /// Ends a run. `false`: it had ended already, and nothing is recorded.
    write fn end_run(end: EndRun) -> bool;

    /// The newest runs, newest first.
    read fn runs(limit: i64) -> Vec<StoredRun>;

    /// How far the newest run that is done reached. A run of a clock that was ahead does not count.
    read fn covered(now: Instant) -> Option<Covered>;

    /// The marks of these passwords of which somebody heard, each an account and when its password was set, and when that
    /// was put down. In no order. What a newer release marked and this one does not know is not among them.
    read fn marked(passwords: Vec<(AccountKey, Instant)>) -> Vec<(Marked, Instant)>;

    /// Records a reminder, its marks and the job that sends it, all or nothing. `false`: one of the marks is there
    /// already, or there are none; who asked looks anew.
    write fn record(reminder: RecordReminder) -> bool;

    /// A reminder that is neither sent nor given up yet.
    read fn find_unsettled(mail: ReminderMailId) -> Option<StoredReminderMail>;

    /// Begins to send a reminder. Found in the middle of a call, a mail is sent once more, under the same Message-ID, and
    /// an SMS is given up: gateways know no such thing.
    write fn begin_send(mail: ReminderMailId, now: Instant) -> ReminderTurn;

    /// Puts a reminder back that is to be tried again, with what stood in the way, naming nobody. `unknown`: it was handed
    /// over and not answered. `false`, and nothing changes: it is not being sent, or it is an SMS that may have been.
    write fn put_back(mail: ReminderMailId, unknown: bool, reason: String) -> bool;

    /// What became of a reminder; what it said is forgotten, and, but for units, to whom. `false`, and nothing is recorded:
    /// it was settled already, or the state is none that settles.
    write fn settle(settled: SettleReminder) -> bool;

    /// A mail that was sent, or may have been, came back, with what its server said. `false`, and nothing is recorded: it was
    /// not sent, or came back before.
    write fn bounce(mail: ReminderMailId, reason: String, event: NewEvent) -> bool;

    /// Reminders that are neither sent nor given up yet, oldest first.
    read fn unsettled() -> Vec<ListedReminder>;

    /// All reminders of a run, oldest first.
    read fn mails(run: ReminderRunId) -> Vec<ListedReminder>;

    /// The reminders of a run that were refused or given up, came back, or are held up by something, oldest first.
    read fn refused(run: ReminderRunId) -> Vec<ListedReminder>;

    /// A tenant's reminders at a glance.
    read fn figures() -> ReminderFigures;
}
