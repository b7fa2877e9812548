//! Every column that holds sealed values: where they are, by which keys, and how they are exchanged for ones under
//! another key. The only list of such columns; a test compares it with the catalogue.

use portvakt_domain::keys::{KeyedHash, Sealed};
use uuid::Uuid;

/// A column of sealed values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SealedColumn {
    /// Registered numbers.
    Number,
    /// Who holds them.
    Holder,
    /// Numbers of delayed changes.
    ChangedNumber,
    /// Recipients of messages.
    Recipient,
    /// Tenants' secrets.
    Secret,
    /// Names that flows were begun with.
    Login,
    /// Numbers that flows are about to register.
    PendingNumber,
    /// Who is to hold them.
    PendingHolder,
    /// What readers wrote of the guides.
    Feedback,
    /// Recipients of reminders.
    ReminderRecipient,
    /// What reminders are to say, until they were sent.
    ReminderContent,
}

impl SealedColumn {
    /// All of them.
    pub const ALL: [SealedColumn; 11] = [
        SealedColumn::Number,
        SealedColumn::Holder,
        SealedColumn::ChangedNumber,
        SealedColumn::Recipient,
        SealedColumn::Secret,
        SealedColumn::Login,
        SealedColumn::PendingNumber,
        SealedColumn::PendingHolder,
        SealedColumn::Feedback,
        SealedColumn::ReminderRecipient,
        SealedColumn::ReminderContent,
    ];

    /// The table.
    pub fn table(self) -> &'static str {
        match self {
            SealedColumn::Number | SealedColumn::Holder => "numbers",
            SealedColumn::ChangedNumber => "number_changes",
            SealedColumn::Recipient => "messages",
            SealedColumn::Secret => "tenant_secrets",
            SealedColumn::Login | SealedColumn::PendingNumber | SealedColumn::PendingHolder => "flows",
            SealedColumn::Feedback => "feedback",
            SealedColumn::ReminderRecipient | SealedColumn::ReminderContent => "reminder_mails",
        }
    }

    /// The column.
    pub fn column(self) -> &'static str {
        match self {
            SealedColumn::Number | SealedColumn::ChangedNumber => "number",
            SealedColumn::Holder => "holder",
            SealedColumn::Recipient | SealedColumn::ReminderRecipient => "recipient",
            SealedColumn::Secret => "sealed",
            SealedColumn::Login => "login",
            SealedColumn::PendingNumber => "pending_number",
            SealedColumn::PendingHolder => "pending_holder",
            SealedColumn::Feedback => "text",
            SealedColumn::ReminderContent => "content",
        }
    }

    /// Whether values stay for long. Those of flows do not: they go with the flow within a day, and until then say by
    /// which key the flow's codes were hashed.
    pub fn is_lasting(self) -> bool {
        self.table() != "flows"
    }

    /// Whether anybody is worse off when the values can't be opened any more.
    pub fn is_needed(self) -> bool {
        self != SealedColumn::Feedback
    }

    /// Whether a look-up hash of the number stands beside it, under the same key.
    pub fn is_looked_up(self) -> bool {
        matches!(self, SealedColumn::Number | SealedColumn::ChangedNumber)
    }
}

/// How many values of a column a key sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealings {
    /// The column.
    pub column: SealedColumn,
    /// The key's name; `None` of values that begin with no key's name: they were damaged.
    pub key: Option<String>,
    /// Values.
    pub values: i64,
}

/// A sealed value where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// The row that it is sealed for; of a secret, the tenant.
    pub row: Uuid,
    /// Whose row it is, where it has an account.
    pub account: Option<Uuid>,
    /// A secret's name and the version that brought it; empty and 0 elsewhere.
    pub secret: (String, i64),
    /// The value.
    pub sealed: Sealed,
}

/// A value sealed anew.
#[derive(Debug, Clone)]
pub struct Resealed {
    /// The value as it was found. Where another one stands by now, that one stays.
    pub old: SealedValue,
    /// The same under another key.
    pub new: Sealed,
    /// The look-up hash under that key, where the column has one.
    pub hash: Option<KeyedHash>,
}

storage_functions! { of sealed_values:
    /// How many values each key sealed, column by column. Looks at every row.
    read fn count_by_key() -> Vec<Sealings>;

    /// Values of a column that another key than this one sealed, in the order of their rows, after a row.
    read fn under_other_keys(column: SealedColumn, key: String, after: Option<Uuid>, limit: i64) -> Vec<SealedValue>;

    /// Exchanges values, each if it is still the one that was found. How many were.
    write fn exchange(column: SealedColumn, values: Vec<Resealed>) -> usize;

    /// Forgets the look-up hashes of delayed changes that are over. How many were forgotten.
    write fn forget_settled_hashes() -> usize;
}
