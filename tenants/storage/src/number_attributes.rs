//! What is kept of the directory's attribute that holds numbers, account by account.

use portvakt_domain::{
    audit::NewEvent, id::AccountKey, keys::KeyedHash, message::NewMessage, number_attribute::AttributeRecord,
    time::Instant,
};

use crate::{flows::AskChange, numbers::NewNumber};

/// A first number that others wrote in the directory.
#[derive(Debug, Clone)]
pub struct ImportNumber {
    /// Whose.
    pub account: AccountKey,
    /// The number.
    pub number: NewNumber,
    /// Recorded with it.
    pub event: NewEvent,
}

/// A change that others made in the directory and that is none any more.
#[derive(Debug, Clone)]
pub struct Withdraw {
    /// Whose.
    pub account: AccountKey,
    /// What the attribute says now, where that is agreed; `None` leaves what is kept.
    pub agreed: Option<Option<KeyedHash>>,
    /// Now.
    pub now: Instant,
    /// Whom to tell, if a change waited.
    pub notices: Vec<NewMessage>,
    /// Recorded if a change waited.
    pub event: NewEvent,
}

/// A number that was written to the directory.
#[derive(Debug, Clone)]
pub struct WroteNumber {
    /// Whose.
    pub account: AccountKey,
    /// Since when it was to be written, as it was read before the write: another wish may have come since.
    pub since: Instant,
    /// What was written, hashed for look-ups; `None`: it was taken away.
    pub number_hash: Option<KeyedHash>,
    /// Now.
    pub now: Instant,
    /// Recorded with it.
    pub event: NewEvent,
}

storage_functions! { of number_attributes:
    /// What is kept of an account's attribute.
    read fn find(account: AccountKey) -> AttributeRecord;

    /// Registers a first number that others wrote in the directory. `false`: the account has one meanwhile.
    write fn import(imported: ImportNumber) -> bool;

    /// Asks for a delayed change to the number that others wrote. `false`: the same waits already, or one that the person
    /// asked for. Another number from the directory that waits is given up, and `overtaken` recorded.
    write fn ask(asked: AskChange, overtaken: NewEvent) -> bool;

    /// Gives up the change from the directory that waits, if one does, and notes what is agreed.
    write fn withdraw(withdrawn: Withdraw) -> bool;

    /// Wants the account's first number written, and asks for the job that does it.
    write fn want(account: AccountKey, now: Instant) -> ();

    /// Notes that it was written. `false`: something else is to be written meanwhile; the event is recorded in any case.
    write fn wrote(wrote: WroteNumber) -> bool;

    /// Accounts with numbers of their own, not of holders, whose attribute was not looked at since `before`: those whose last look is longest
    /// ago first, and of `limit` numbers.
    read fn not_compared_since(before: Instant, limit: i64) -> Vec<AccountKey>;

    /// Accounts without numbers whose attribute is still to be emptied, as it could not be when the numbers were removed.
    read fn to_be_emptied() -> Vec<AccountKey>;

    /// Notes that an attribute was looked at.
    write fn compared(account: AccountKey, now: Instant) -> ();

    /// What is kept of attributes that hold a number and were not looked at since `before` (`None`: of all of them), in the
    /// order of their accounts, after an account.
    read fn list_hashes(
        before: Option<Instant>, after: Option<AccountKey>, limit: i64
    ) -> Vec<(AccountKey, KeyedHash)>;

    /// How many of these there are.
    read fn count_hashes(before: Option<Instant>) -> i64;

    /// Puts a hash of the same number under the active key in place of the one that was found, if that still stands; it
    /// counts as looked at. The two may be the same.
    write fn exchange_hash(account: AccountKey, old: KeyedHash, new: KeyedHash, now: Instant) -> bool;
}
