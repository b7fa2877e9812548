//! Flows, step by step. Every step is one conditional change of the flow's row: a replay, a double click and a second
//! replica all lose cleanly.

use portvakt_domain::{
    account::Choice,
    audit::NewEvent,
    flow::{Flow, FlowKind, FlowState, NumberTask},
    id::{AccountKey, FlowId},
    keys::{KeyedHash, Sealed},
    language::Language,
    limit::Hit,
    message::NewMessage,
    rejection::RejectionReason,
    time::Instant,
};
use uuid::Uuid;

use crate::{number_changes::NewNumberChange, numbers::NewNumber};

/// A flow to be begun.
#[derive(Debug, Clone)]
pub struct NewFlow {
    /// Its id.
    pub id: FlowId,
    /// Which house.
    pub kind: FlowKind,
    /// Where it begins.
    pub state: FlowState,
    /// Hash of what the browser will hold.
    pub token_hash: KeyedHash,
    /// Hash of the first form's token: a second flow with the same one is not begun.
    pub start_hash: KeyedHash,
    /// The name as typed, sealed (`flows.login`, row: the flow).
    pub login: Sealed,
    /// The name as typed, hashed: tells whether a repeated form named the same one.
    pub login_hash: KeyedHash,
    /// The account, where the directory was asked already.
    pub account: Option<AccountKey>,
    /// The client's network, hashed.
    pub network: KeyedHash,
    /// Whether the tenant lists that network as its own.
    pub trusted_network: bool,
    /// The language.
    pub language: Language,
    /// Now. A code that is asked for at once was asked for now.
    pub at: Instant,
}

/// What came of beginning a flow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// It was begun.
    Started,
    /// The form was sent in before: here is what it began.
    Repeated {
        /// The flow of the first time.
        id: FlowId,
        /// Whether the form named the same login.
        same_login: bool,
        /// Where that flow stands.
        state: FlowState,
    },
    /// A limit was passed; nothing but the counts was kept.
    Limited {
        /// The first limit that was passed.
        limit_name: &'static str,
    },
}

/// A code that was typed, and everything that follows from it.
#[derive(Debug, Clone)]
pub struct SubmitCode {
    /// The flow.
    pub flow: FlowId,
    /// Which house.
    pub kind: FlowKind,
    /// What the browser holds, hashed.
    pub token_hash: KeyedHash,
    /// Where the flow must stand.
    pub state: FlowState,
    /// The typed code, hashed.
    pub code_hash: KeyedHash,
    /// How long a code is valid, from when it was asked for.
    pub code_life_seconds: i64,
    /// What the browser will hold when the code is right, hashed.
    pub new_token_hash: KeyedHash,
    /// Where the flow goes when the code is right.
    pub next_state: FlowState,
    /// Now.
    pub now: Instant,
    /// Counted when the code is wrong.
    pub hits_wrong: Vec<Hit>,
    /// Counted beforehand as if it were wrong.
    pub counted: Counted,
    /// Recorded when the code is right.
    pub event_right: NewEvent,
    /// Recorded when the code is wrong. If that ends the flow, a `flow.exhausted` is recorded beside it.
    pub event_wrong: NewEvent,
    /// When the code is right: asks for the next one, to the new number.
    pub next_message: Option<NewMessage>,
    /// When the code is right: what it does to the account's numbers.
    pub effect: Option<NumberEffect>,
}

/// What was counted before it was known whether a code is wrong: taken back when it is right, or not looked at.
#[derive(Debug, Clone, Default)]
pub struct Counted {
    /// What was counted.
    pub hits: Vec<Hit>,
    /// When.
    pub at: Instant,
}

/// What a right code does to the account's numbers.
#[derive(Debug, Clone)]
pub enum NumberEffect {
    /// Saves the number that was proved.
    Save(SaveNumber),
    /// Removes one.
    Remove(RemoveNumber),
    /// Asks for a delayed change. With one that waits already, the code is not looked at.
    Ask(AskChange),
    /// Stops the delayed change that waits.
    Stop(StopChange),
}

impl NumberEffect {
    /// Whose numbers; must be the flow's account.
    pub fn account(&self) -> AccountKey {
        match self {
            NumberEffect::Save(save) => save.account,
            NumberEffect::Remove(remove) => remove.account,
            NumberEffect::Ask(ask) => ask.change.account,
            NumberEffect::Stop(stop) => stop.account,
        }
    }
}

/// A number that was proved. Saving it ends the account's other flows, and a delayed change that waits. Flows that wait for a
/// code where nothing but a name was typed go on, without that code.
#[derive(Debug, Clone)]
pub struct SaveNumber {
    /// Whose.
    pub account: AccountKey,
    /// Whether it takes the place of the number in its row; otherwise the row is new. A holder stays as it is.
    pub replaces: bool,
    /// The number.
    pub number: NewNumber,
    /// The first number is to be written to the directory's attribute.
    pub write_attribute: bool,
    /// Whom to tell.
    pub notices: Vec<NewMessage>,
    /// Recorded with it.
    pub event: NewEvent,
    /// Recorded when a delayed change is cancelled by it.
    pub overtaken: NewEvent,
}

/// A number to be removed; ends what a saved one ends.
#[derive(Debug, Clone)]
pub struct RemoveNumber {
    /// Whose.
    pub account: AccountKey,
    /// The row.
    pub row_id: Uuid,
    /// The first number is to be written to the directory's attribute.
    pub write_attribute: bool,
    /// Whom to tell.
    pub notices: Vec<NewMessage>,
    /// Recorded with it.
    pub event: NewEvent,
    /// Recorded when a delayed change is cancelled by it.
    pub overtaken: NewEvent,
}

/// A delayed change to be asked for.
#[derive(Debug, Clone)]
pub struct AskChange {
    /// The change.
    pub change: NewNumberChange,
    /// Whom to tell.
    pub notices: Vec<NewMessage>,
    /// Recorded with it.
    pub event: NewEvent,
}

/// A delayed change to be stopped. What is prepared for it does not depend on whether one waits: nobody signed in.
#[derive(Debug, Clone)]
pub struct StopChange {
    /// Whose; an account that nobody has, where there is nobody to serve.
    pub account: AccountKey,
    /// The notice by mail.
    pub mail: NewMessage,
    /// The notice by SMS, sent to every number that the account has.
    pub sms: NewMessage,
    /// Recorded with it.
    pub event: NewEvent,
}

/// What came of a typed code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeOutcome {
    /// It was right, and everything that follows from it was done. True for exactly one of any number of tries.
    Right,
    /// It was wrong, which was counted.
    Wrong {
        /// Wrong tries at this code, this one included. At `TRIES_PER_CODE` the code is dead.
        tries: i32,
        /// Wrong tries in the flow, this one included.
        wrong_codes: i32,
    },
    /// Too many wrong tries at this code before: it was not looked at.
    CodeDead,
    /// Too many wrong tries in the flow, with this one or before: the flow is over.
    Exhausted,
    /// The code is too old; it was not looked at.
    Expired,
    /// No such flow, not here any more, or too late.
    Gone,
}

/// What a person who signed in is about to do to the numbers.
#[derive(Debug, Clone)]
pub struct BeginTask {
    /// What the browser holds, hashed.
    pub token_hash: KeyedHash,
    /// Now.
    pub now: Instant,
    /// What is to be done.
    pub task: NumberTask,
    /// The row of the number that is changed or removed.
    pub target: Option<Uuid>,
    /// The row of the number that gets the first code, where one already there does.
    pub proof: Option<Uuid>,
    /// The new number, sealed (`flows.pending_number`, row: the flow).
    pub pending_number: Option<Sealed>,
    /// The new number, hashed for look-ups.
    pub pending_number_hash: Option<KeyedHash>,
    /// Who holds the new number, sealed (`flows.pending_holder`, row: the flow).
    pub pending_holder: Option<Sealed>,
    /// Where the flow goes.
    pub next_state: FlowState,
    /// The code that is asked for with it.
    pub message: NewMessage,
    /// Recorded with it.
    pub event: NewEvent,
}

/// What came of a write to the directory.
#[derive(Debug, Clone)]
pub struct SettleWrite {
    /// The flow.
    pub flow: FlowId,
    /// Where the flow goes.
    pub next_state: FlowState,
    /// Whether the current password that came with the write was wrong: one of `TRIES_PER_FLOW`.
    pub wrong_password: bool,
    /// Now.
    pub now: Instant,
    /// Recorded in any case.
    pub event: NewEvent,
    /// Whom to tell.
    pub notices: Vec<NewMessage>,
    /// Counted by reason, where the write came to nothing for one.
    pub rejection: Option<RejectionReason>,
}

storage_functions! { of flows:
    /// Begins a flow: counts `hits`, then inserts the flow, asks for `message` (due at once) and records `event`. A form
    /// that was sent in before begins nothing and records nothing.
    write fn begin(flow: NewFlow, hits: Vec<Hit>, message: Option<NewMessage>, event: NewEvent) -> Begun;

    /// The flow that a browser holds the token of. Whether it is still live is the caller's to look at.
    read fn find(kind: FlowKind, token_hash: KeyedHash) -> Option<Flow>;

    /// A flow by its id.
    read fn find_by_id(flow: FlowId) -> Option<Flow>;

    /// Asks for one more code. The code before is void from now on, also if its message is still under way. `false` when
    /// the flow awaits none, when another request was first (`expected_codes_sent`) or all of its codes are used up.
    /// `proof` names another number already there that gets it; `None` leaves that as it is.
    #[expect(clippy::too_many_arguments, reason = "each is a word of the condition")]
    write fn ask_again(
        token_hash: KeyedHash,
        kind: FlowKind,
        now: Instant,
        expected_codes_sent: i32,
        proof: Option<Uuid>,
        message: NewMessage,
        event: NewEvent,
    ) -> bool;

    /// Looks at a typed code. One conditional change decides; a wrong code costs the same statements whatever is behind
    /// the name that was typed.
    write fn submit_code(submitted: SubmitCode) -> CodeOutcome;

    /// Registration: the second password was right. The browser gets a new token.
    write fn confirm_password(token_hash: KeyedHash, new_token_hash: KeyedHash, now: Instant, event: NewEvent) -> bool;

    /// Registration: the second password was wrong. How many were, this one included; at `TRIES_PER_FLOW` the flow is
    /// over and a `flow.exhausted` is recorded beside `event`. `None` when there is no such live flow.
    write fn fail_password(token_hash: KeyedHash, now: Instant, event: NewEvent) -> Option<i32>;

    /// Registration: what is to be done to the numbers was chosen, or something else; asks for a code.
    write fn begin_task(begun: BeginTask) -> bool;

    /// Registration: the number is right and stays.
    write fn keep_number(token_hash: KeyedHash, now: Instant) -> bool;

    /// Reset: notes the choice, which may be changed until something is written.
    write fn choose(token_hash: KeyedHash, choice: Choice, now: Instant) -> bool;

    /// Reset: claims the flow for a write to the directory and records the intent. `None` when it is not in `from` or
    /// somebody else has claimed it. A flow that is claimed can't be cancelled.
    write fn claim_write(
        token_hash: KeyedHash,
        from: FlowState,
        choice: Choice,
        now: Instant,
        event: NewEvent,
    ) -> Option<Flow>;

    /// Reset: what came of the write, and where the flow stands now. The event, the notices and the count of the reason are
    /// kept in any case, and however long the write took; `None` when the flow was ended meanwhile (then an end is still
    /// noted as the outcome) or was not claimed. With the last wrong password that a flow may try it is over, and a
    /// `flow.exhausted` is recorded beside the event.
    write fn settle_write(settled: SettleWrite) -> Option<FlowState>;

    /// The person is still there: the flow, whose idle time begins anew. `None` when it is over or a write to the directory
    /// is under way, which no page waits for with a form.
    write fn stay(kind: FlowKind, token_hash: KeyedHash, now: Instant) -> Option<Flow>;

    /// Cancels an open flow, unless a write to the directory is under way. The token stays known, so that the page can
    /// say what became of it.
    write fn cancel(kind: FlowKind, token_hash: KeyedHash, now: Instant, event: NewEvent) -> bool;
}
