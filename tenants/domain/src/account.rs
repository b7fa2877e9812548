//! A directory account as the service account sees it, and what each state may do.

use crate::{id::AccountKey, time::Instant};

/// What was read of an account, just now. Facts, not decisions; never cached over a step.
#[derive(Clone, PartialEq, Eq)]
pub struct Account {
    /// The directory's key.
    pub key: AccountKey,
    /// Where it is: a distinguished name. Used to address the entry, never shown, never logged.
    pub dn: String,
    /// The short name people know (`sAMAccountName`, `uid`).
    pub username: String,
    /// The name to show; may be empty.
    pub display_name: String,
    /// Given name; empty when the directory has none.
    pub given_name: String,
    /// Mail address, when there is one.
    pub mail: Option<String>,
    /// Disabled by an administrator.
    pub disabled: bool,
    /// Past the account's own end date.
    pub account_expired: bool,
    /// Locked out for wrong passwords.
    pub locked: bool,
    /// The password is past its age.
    pub password_expired: bool,
    /// The password has to be changed at the next sign-in.
    pub must_change: bool,
    /// Administrators, service and machine accounts and whatever else must never be reset by self-service.
    pub protected: bool,
    /// The very account the platform signs in with.
    pub own_service_account: bool,
    /// Inside one of the tenant's organisational units.
    pub in_scope: bool,
    /// Shared by a unit: several people hold numbers for it. The tenant's units say so, or its groups.
    pub functional: bool,
    /// Member, also through other groups, of a group that the tenant excludes.
    pub denied: bool,
    /// When the password was last set; `None` where it never was, has to be changed, or can't be told.
    pub password_set_at: Option<Instant>,
    /// Wrong passwords in a row, as the directory counts them, and when the last one was.
    pub bad_passwords: u32,
    /// When the last wrong password was presented.
    pub bad_password_at: Option<Instant>,
    /// What the tenant's number attribute holds, as it was written; empty where none is used.
    pub attribute_numbers: Vec<String>,
}

impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account").field("key", &self.key).field("state", &self.state()).finish_non_exhaustive()
    }
}

/// The one state that decides what an account may do. Several may hold at once; the strictest is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountState {
    /// Nothing stands in the way.
    Normal,
    /// Locked out for wrong passwords.
    Locked,
    /// The password has expired.
    Expired,
    /// The password must be changed at the next sign-in.
    MustChange,
    /// Never served: disabled, expired, protected, our own, outside the tenant's units or in a denied group.
    Refused,
}

/// What a person may choose once the code was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Choice {
    /// Keep the password and clear the lockout.
    KeepAndUnlock,
    /// A new password, which also clears the lockout.
    NewPassword,
}

impl Account {
    /// The state, strictest first. An expired password on a locked account is "expired": unlocking alone would not let
    /// the person in.
    pub fn state(&self) -> AccountState {
        let refused = self.disabled
            || self.account_expired
            || self.protected
            || self.own_service_account
            || !self.in_scope
            || self.denied;
        if refused {
            AccountState::Refused
        } else if self.must_change {
            AccountState::MustChange
        } else if self.password_expired {
            AccountState::Expired
        } else if self.locked {
            AccountState::Locked
        } else {
            AccountState::Normal
        }
    }

    /// Whether the account may sign in at registration. Locked and expired ones may not: the answer looks like a wrong
    /// password, and no bind is made for them.
    pub fn may_sign_in(&self) -> bool {
        self.state() == AccountState::Normal && !self.locked
    }

    /// Whether the password may be changed by who knows it. A locked one may not: the directory refuses it, and the answer
    /// looks like a wrong password.
    pub fn may_change_password(&self) -> bool {
        matches!(self.state(), AccountState::Normal | AccountState::Expired | AccountState::MustChange) && !self.locked
    }

    /// Whether a code may be sent to the account's number.
    pub fn may_receive_code(&self) -> bool {
        self.state() != AccountState::Refused
    }

    /// What is offered after the right code, in the order shown. Empty for an account that is not served.
    pub fn choices(&self, keep_and_unlock: bool) -> &'static [Choice] {
        match self.state() {
            AccountState::Normal | AccountState::Locked if keep_and_unlock => {
                &[Choice::KeepAndUnlock, Choice::NewPassword]
            }
            AccountState::Refused => &[],
            _ => &[Choice::NewPassword],
        }
    }

    /// The name to greet with: the display name, or the username where there is none.
    pub fn shown_name(&self) -> &str {
        if self.display_name.is_empty() { &self.username } else { &self.display_name }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// An account that nothing stands in the way of.
    pub(crate) fn account() -> Account {
        Account {
            key: AccountKey(Uuid::nil()),
            dn: String::new(),
            username: "lovstlin32".to_owned(),
            display_name: String::new(),
            given_name: String::new(),
            mail: None,
            disabled: false,
            account_expired: false,
            locked: false,
            password_expired: false,
            must_change: false,
            protected: false,
            own_service_account: false,
            in_scope: true,
            functional: false,
            denied: false,
            password_set_at: None,
            bad_passwords: 0,
            bad_password_at: None,
            attribute_numbers: Vec::new(),
        }
    }

    #[test]
    fn each_state_does_what_the_table_says() {
        use Choice::{KeepAndUnlock as Keep, NewPassword as New};
        /// Name, what makes it so; sign-in, change, code, choices.
        type Case = (&'static str, fn(&mut Account), bool, bool, bool, &'static [Choice]);
        let cases: [Case; 11] = [
            ("normal", |_| {}, true, true, true, &[Keep, New]),
            ("locked", |a| a.locked = true, false, false, true, &[Keep, New]),
            ("expired", |a| a.password_expired = true, false, true, true, &[New]),
            ("must change", |a| a.must_change = true, false, true, true, &[New]),
            ("locked and expired", |a| (a.locked, a.password_expired) = (true, true), false, false, true, &[New]),
            ("disabled", |a| a.disabled = true, false, false, false, &[]),
            ("account expired", |a| a.account_expired = true, false, false, false, &[]),
            ("protected", |a| a.protected = true, false, false, false, &[]),
            ("own service account", |a| a.own_service_account = true, false, false, false, &[]),
            ("outside", |a| a.in_scope = false, false, false, false, &[]),
            ("denied and locked", |a| (a.denied, a.locked) = (true, true), false, false, false, &[]),
        ];
        for (name, alter, sign_in, change, code, choices) in cases {
            let mut account = account();
            alter(&mut account);
            assert_eq!(account.may_sign_in(), sign_in, "{name}");
            assert_eq!(account.may_change_password(), change, "{name}");
            assert_eq!(account.may_receive_code(), code, "{name}");
            assert_eq!(account.choices(true), choices, "{name}");
            let without: Vec<_> = choices.iter().copied().filter(|c| *c != Keep).collect();
            assert_eq!(account.choices(false), without, "{name}, unlock not offered");
        }
    }
}
