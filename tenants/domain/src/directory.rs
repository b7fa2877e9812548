//! The port to a tenant's directory, its few verbs, and what can go wrong.

use async_trait::async_trait;
use chrono::TimeDelta;

use crate::{
    account::Account,
    id::AccountKey,
    login::DirectoryName,
    number::MobileNumber,
    password::Password,
    staff::{Person, StaffAccount, StaffQuestion},
    time::Instant,
};

/// A tenant's directory. Adapters normalise everything: no LDAP code, text or attribute name passes this line.
#[async_trait]
pub trait Directory: Send + Sync {
    /// The account a name means: by `sAMAccountName`, then user principal name, then mail; the first kind with exactly
    /// one hit wins, two hits in a kind are nobody. Costs the same whether anybody is found or not.
    async fn find(&self, name: DirectoryName<'_>) -> Result<Option<Account>, DirectoryError>;

    /// The account behind a key, read anew. `None` when it is gone.
    async fn read(&self, key: AccountKey) -> Result<Option<Account>, DirectoryError>;

    /// Presents a password, on a connection of its own. Wrong ones count at the directory: see
    /// [`crate::sign_in`] for how many are passed on.
    async fn authenticate(&self, account: &Account, password: &Password) -> Result<Authentication, DirectoryError>;

    /// Makes the same round trip as [`Directory::authenticate`] for a name that nobody has.
    async fn authenticate_nobody(&self, password: &Password) -> Result<(), DirectoryError>;

    /// The password and lockout rules that hold for this account: its fine-grained policy where it has one, else the
    /// domain's.
    async fn effective_policy(&self, account: &Account) -> Result<EffectivePolicy, DirectoryError>;

    /// The domain's own rules: what an account without a fine-grained policy gets, and what a name that nobody has is
    /// treated by.
    async fn domain_policy(&self) -> Result<EffectivePolicy, DirectoryError>;

    /// Sets a new password and clears the lockout, as one operation, once: a write is never repeated.
    /// `Err(OutcomeUnknown)` when it was sent and not answered.
    async fn set_password(&self, account: &Account, new: &Password) -> Result<(), DirectoryError>;

    /// Changes a password that its owner knows, as one operation, once. Unlike [`Directory::set_password`] it always
    /// makes the directory look at earlier passwords and at the minimum age, and a wrong old password counts there as a
    /// wrong sign-in does: see [`crate::sign_in`]. It works for passwords that have expired or must be changed, and does
    /// not unlock. `Err(OutcomeUnknown)` when it was sent and not answered.
    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
    ) -> Result<PasswordChange, DirectoryError>;

    /// Clears the lockout and keeps the password, once.
    async fn unlock(&self, account: &Account) -> Result<(), DirectoryError>;

    /// Puts a number in the tenant's number attribute, in place of whatever is there; `None` takes it away. Once, though
    /// doing it twice would be as good: `Err(OutcomeUnknown)` when it was sent and not answered.
    async fn write_number(&self, account: &Account, number: Option<&MobileNumber>) -> Result<(), DirectoryError>;

    /// Goes through every account of the tenant's units, page by page, in no order, and gives none of them twice. The next
    /// page is asked for when `take` was handed the one before, so that no more than two are ever held. When it fails in
    /// the middle, what was given is not all there is, and nothing tells what is missing. It ends when nobody waits for it.
    async fn survey(
        &self,
        question: StaffQuestion,
        take: &mut (dyn FnMut(Vec<StaffAccount>) + Send),
    ) -> Result<(), DirectoryError>;

    /// Whom another entry names by a distinguished name, its manager say. `None` when there is no such entry.
    async fn person(&self, dn: &str) -> Result<Option<Person>, DirectoryError>;

    /// When the first of the certificates ends that its controllers showed last. `None` before any handshake. Asks nobody.
    fn certificate_end(&self) -> Option<Instant>;

    /// Whether the directory answers and the service account may sign in.
    async fn probe(&self) -> Result<(), DirectoryError>;
}

/// What came of presenting a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authentication {
    /// It is the account's password, and the account may use it.
    Accepted,
    /// It is not, or the account may not be used; the directory's finer reason is for the audit trail only.
    Refused(Refusal),
}

/// What came of a change with the old password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordChange {
    /// The new password holds.
    Changed,
    /// The old one is not the account's: nothing was changed, and the directory counted a wrong password.
    WrongPassword,
    /// The account is locked out, perhaps by this very attempt. Nothing was changed.
    Locked,
}

/// Why a directory refused a sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Wrong name or password.
    WrongPassword,
    /// Right password, but it has expired.
    PasswordExpired,
    /// Right password, but it must be changed first.
    MustChange,
    /// Locked out.
    Locked,
    /// Disabled, expired, outside its hours, or anything else.
    NotAllowed,
}

/// The directory's rules for one account.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EffectivePolicy {
    /// Least number of characters.
    pub min_length: u32,
    /// Active Directory's complexity: three of five kinds of characters, no username, no part of the display name.
    pub complexity: bool,
    /// How many earlier passwords are refused.
    pub history: u32,
    /// How long a password must be kept before it may be changed; zero where there is no such rule.
    pub min_age_seconds: i64,
    /// Wrong passwords in a row that lock the account; 0 = it is never locked.
    pub lockout_threshold: u32,
    /// How long wrong passwords are remembered.
    pub lockout_window_seconds: i64,
}

impl EffectivePolicy {
    /// The observation window as a duration.
    pub fn lockout_window(&self) -> TimeDelta {
        TimeDelta::seconds(self.lockout_window_seconds)
    }
}

/// Why the directory's own rules refused a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Length, complexity, history or age; Active Directory does not say which (code 0000052D).
    Policy,
    /// Too few characters.
    TooShort,
    /// Too simple, by the directory's own check.
    TooSimple,
    /// The current password, or one of the earlier ones that the directory remembers.
    InHistory,
    /// The present password was set too recently to be changed again.
    TooYoung,
    /// Characters that the directory does not take (code 0000052C).
    IllFormed,
}

/// What an operation on a directory can fail with.
#[derive(Debug, thiserror::Error)]
pub enum DirectoryError {
    /// The account is gone.
    #[error("the account is not in the directory any more")]
    NotFound,
    /// The directory's rules refuse the new password. Nothing was changed.
    #[error("the directory refused the password: {0:?}")]
    Rejected(Rejection),
    /// The service account may not do this to this account. Nothing was changed.
    #[error("the service account has no right to do this: {0}")]
    NoRight(String),
    /// The directory could not be reached, or did not answer in time a question that changes nothing.
    #[error("the directory does not answer: {0}")]
    Unavailable(String),
    /// A write was sent and not answered. It may or may not have happened.
    #[error("the directory did not answer a write: {0}")]
    OutcomeUnknown(String),
    /// The tenant's settings or the directory's set-up are wrong: certificate, service account, base, a missing control.
    #[error("the directory is not set up as it must be: {0}")]
    Misconfigured(String),
}
