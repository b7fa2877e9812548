//! What an operator asks of a tenant's directory before people do: each check, what came of it, and how it is mended.

use async_trait::async_trait;

use crate::{
    account::{Account, AccountState},
    directory::DirectoryError,
    number_attribute::NumberAttribute,
    password::{MAX_LENGTH, Password},
    random::Random,
    tenant::{DirectoryKind, UnitRule},
};

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $active:literal, $open:literal;)*) => {
        /// What is checked. The texts are stable: scripts and runbooks name them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum CheckKind { $($(#[$doc])* $name,)* }

        impl CheckKind {
            /// Every kind, in the order in which they are reported.
            pub const ALL: &[CheckKind] = &[$(CheckKind::$name),*];

            /// Its name in the table.
            pub fn as_str(self) -> &'static str {
                match self { $(CheckKind::$name => $text,)* }
            }

            /// What to do when it fails; empty where this kind of directory has no such check.
            pub fn mend(self, directory: DirectoryKind) -> &'static str {
                match (self, directory) {
                    $((CheckKind::$name, DirectoryKind::ActiveDirectory) => $active,
                      (CheckKind::$name, DirectoryKind::OpenLdap) => $open,)*
                }
            }
        }
    };
}

checks! {
    /// The operator allows connections there. Told only where it does not.
    Allowed = "allowed",
        "Ask the operator for it (connect.tenants in the operator's settings), or correct the address.",
        "Ask the operator for it (connect.tenants in the operator's settings), or correct the address.";
    /// The controller takes connections.
    Reachable = "reachable",
        "Open TCP 636 (or 389 for StartTLS) from here to the controller, or correct its address in directory.controllers.",
        "Open TCP 636 (or 389 for StartTLS) from here to the server, or correct its address in directory.controllers.";
    /// Its certificate is trusted, names the host and lasts.
    Certificate = "certificate",
        "Renew the controller's certificate, let it name the host that directory.controllers writes, and give the authority that signed it as directory.ca_file.",
        "Renew the server's certificate, let it name the host that directory.controllers writes, and give the authority that signed it as directory.ca_file.";
    /// The service account signs in.
    Bind = "bind",
        "Correct directory.service_account and its password, and see that the account is enabled, not locked and may sign in at any hour.",
        "Correct directory.service_account (a distinguished name) and its password, and let it authenticate: `access to attrs=userPassword by anonymous auth`.";
    /// `directory.base` is this controller's, and may be read.
    Base = "base",
        "Write the controller's defaultNamingContext as directory.base.",
        "Write one of the server's namingContexts as directory.base, and let the service account read below it.";
    /// The controller looks at earlier passwords in a reset when asked.
    PolicyHints = "policy hints",
        "Use controllers of Windows Server 2012 or later, or write history = \"none\" (as for Samba): then a reset does not look at earlier passwords.",
        "";
    /// The server runs the ppolicy overlay.
    Ppolicy = "ppolicy",
        "",
        "Load the ppolicy overlay for this database: without it no rule for passwords holds.";
    /// The controller's clock and ours agree.
    Clock = "clock",
        "Let both machines take the time from the same source: expiry and lockout are judged by it.",
        "Let both machines take the time from the same source: expiry and lockout are judged by it.";
    /// The service account is no administrator.
    ServiceAccount = "service account",
        "Take the service account out of the groups of administrators: it needs only what `portvakt tenant delegate` grants.",
        "";
    /// The service account's own password lasts.
    ServicePassword = "service password",
        "Let the service account's password never expire, or plan its change: on that day nobody gets back in.",
        "Give the service account a policy without pwdMaxAge: on that day nobody gets back in.";
    /// Each unit is there.
    Unit = "unit",
        "Correct the name in directory.units; it must be in the directory and visible to the service account.",
        "Correct the name in directory.units; it must be in the directory and visible to the service account.";
    /// Each group that the settings name is there and can hold rights.
    Group = "group",
        "Name a security group by its present distinguished name, or take it out of the settings: while it is missing nobody is served.",
        "Name a group by its present distinguished name, or take it out of the settings: while it is missing nobody is served.";
    /// The attribute that tells an account's unit is one that accounts can have. Told only where one does.
    UnitAttribute = "unit attribute",
        "Write an attribute of this forest as reminders.units_by; those called extensionAttribute come with Exchange.",
        "Write an attribute of this server as reminders.units_by, or load the schema that brings it.";
    /// Passwords may be reset.
    Reset = "reset password",
        "Grant Reset Password on user objects below the unit: `portvakt tenant delegate`. Where only some accounts lack it, see whether inheritance is switched off there.",
        "Grant =w on userPassword below the unit: `portvakt tenant delegate`.";
    /// Lockouts may be cleared.
    Unlock = "unlock",
        "Grant write of lockoutTime on user objects below the unit: `portvakt tenant delegate`.",
        "Grant write on pwdAccountLockedTime below the unit: `portvakt tenant delegate`.";
    /// `pwdLastSet` may be written.
    PasswordLastSet = "pwdLastSet",
        "Grant write of pwdLastSet on user objects below the unit: `portvakt tenant delegate`.",
        "";
    /// The attribute that holds numbers may be written.
    Number = "number attribute",
        "Grant write of the attribute on user objects below the unit: `portvakt tenant delegate --number-attribute …`.",
        "Grant write on the attribute below the unit: `portvakt tenant delegate --number-attribute …`.";
    /// The service account may do nothing beyond.
    NoMore = "no more rights",
        "Take these rights away; Portvakt does not use them, and whoever steals the service account would.",
        "Take these rights away; Portvakt does not use them, and whoever steals the service account would.";
    /// The service account may do nothing outside the units.
    Outside = "rights outside",
        "Delegate on the units of directory.units only, not on the domain or a unit above them.",
        "";
    /// A new password is not expired from the start.
    Unexpire = "unexpire password",
        "Grant Unexpire Password on the domain's head: without it pwdLastSet is 0 after a reset, and the new password must be changed at once (MS-SAMR 3.1.1.8.7).",
        "";
    /// The default policy can be read.
    PasswordPolicy = "password policy",
        "Let the service account read the password attributes of the domain's head.",
        "Name the server's ppolicy_default entry as directory.default_policy, and let the service account read it.";
    /// Fine-grained policies can be read.
    FineGrained = "fine-grained",
        "Grant read on the Password Settings Container and all below it: `portvakt tenant delegate`.",
        "Let the service account read the policies that entries name in pwdPolicySubentry.";
    /// Nobody is kept from a reset because of a recent change.
    MinimumAge = "minimum age",
        "Set the minimum age to 0: with it, whoever changed the password recently can't get back in until it has passed, for a reset keeps to it.",
        "Set pwdMinAge to 0: with it, whoever changed the password recently can't get back in until it has passed, for a reset keeps to it.";
    /// Enough wrong passwords are allowed for a sign-in to be passed on.
    Lockout = "lockout",
        "Set the lockout threshold to 3 or more: Portvakt stays two below it, and with less no sign-in is ever passed on.",
        "Set pwdMaxFailure to 3 or more: Portvakt stays two below it, and with less no sign-in is ever passed on.";
    /// A reset does not need the old password.
    SafeModify = "safe modify",
        "",
        "Set pwdSafeModify to FALSE: with it a reset is refused, for nobody knows the old password.";
    /// The facts of an account can be read.
    Facts = "account facts",
        "Let the service account read the accounts' attributes; what it can't read makes an account protected.",
        "Grant read on the accounts' attributes, operational ones included: `portvakt tenant delegate`.";
    /// People may not write the attribute that holds their number.
    SelfNumber = "self and number",
        "Take the write of the attribute away from SELF (it is in Personal Information): a stolen password would be enough to lead codes to another phone.",
        "Take the write of the attribute away from `self`: a stolen password would be enough to lead codes to another phone.";
    /// The canary may be used.
    Canary = "canary",
        "Name an account made for this: its username or display name holds \"canary\" or \"kanarie\", it is in a served unit, enabled and unprotected.",
        "Name an account made for this: its uid or display name holds \"canary\" or \"kanarie\", it is in a served unit and enabled.";
    /// The canary's password was reset.
    CanaryReset = "canary reset",
        "See what the directory answered; usually Reset Password is missing, or the policy refuses 20 random characters.",
        "See what the directory answered; usually write on userPassword is missing.";
    /// The canary can sign in with it.
    CanarySignIn = "canary sign-in",
        "Grant Unexpire Password on the domain's head, so that a reset password is not one to be changed at once.",
        "Grant =w on userPassword and not manage: after a reset by an administrator of passwords, pwdMustChange asks for another one.";
    /// The canary's password is refused the second time.
    CanaryHistory = "canary history",
        "Set a password history in the domain's policy, and use controllers that offer the policy hints.",
        "Set pwdInHistory, and grant =w on userPassword and not manage: an administrator of passwords is held to no policy.";
    /// The canary was unlocked.
    CanaryUnlock = "canary unlock",
        "Grant write of lockoutTime on user objects below the unit: `portvakt tenant delegate`.",
        "Grant write on pwdAccountLockedTime below the unit: `portvakt tenant delegate`.";
    /// The canary's number attribute was written and put back.
    CanaryNumber = "canary number",
        "Grant write of the attribute on user objects below the unit: `portvakt tenant delegate --number-attribute …`.",
        "Grant write on the attribute below the unit: `portvakt tenant delegate --number-attribute …`.";
}

/// What came of a check. Every text is for the operator: names of controllers, units and attributes, never of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As it should be.
    Passed(String),
    /// It works, and is not as it should be.
    Warning(String),
    /// Portvakt can't do its work.
    Failed(String),
    /// It could not be looked at, or does not apply.
    Skipped(String),
}

/// One line of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// Of what: a controller, a unit, an attribute; may be empty.
    pub subject: String,
    /// What came of it.
    pub verdict: Verdict,
}

/// Who is told of each check as soon as it is done.
pub type Report<'a> = dyn Fn(Check) + Send + Sync + 'a;

/// A directory that looks at itself with the service account's eyes. Nothing is written by [`SelfCheck::check`].
#[async_trait]
pub trait SelfCheck: Send + Sync {
    /// Looks at everything, and reports each check when it is done. `numbers` is the attribute that holds numbers, where
    /// one does, and `units_by` what tells an account's unit, where something does.
    async fn check(&self, numbers: Option<NumberAttribute>, units_by: Option<UnitRule>, report: &Report<'_>);

    /// Writes an account's attribute and puts back what was there.
    ///
    /// # Errors
    /// `NoRight`, or whatever else the write met.
    async fn rewrite(&self, account: &Account, attribute: NumberAttribute) -> Result<(), DirectoryError>;
}

/// Why an account is no canary: nobody shall reset a person by a slip of the keyboard. By its name as the directory has
/// it, not as it was typed.
pub fn why_no_canary(account: &Account) -> Option<&'static str> {
    let names = [account.username.to_lowercase(), account.display_name.to_lowercase()];
    let marked = names.iter().any(|name| ["canary", "kanarie"].iter().any(|mark| name.contains(mark)));
    if !marked {
        Some("neither its username nor its display name holds \"canary\" or \"kanarie\"")
    } else if account.own_service_account {
        Some("it is the service account")
    } else if !account.in_scope {
        Some("it is in no served unit or group")
    } else if account.state() == AccountState::Refused {
        Some("it is disabled, expired, protected or in a denied group")
    } else {
        None
    }
}

/// Characters of a canary's password: every kind that a policy may ask for, none that a policy may refuse.
const KINDS: [&[u8]; 4] = [b"ABCDEFGHJKLMNPQRSTUVWXYZ", b"abcdefghijkmnopqrstuvwxyz", b"23456789", b"-+.!"];
const LENGTH: usize = 20;
const _: () = assert!(LENGTH <= MAX_LENGTH);

/// A password that nobody will ever know.
pub fn unknown_password(random: &dyn Random) -> Option<Password> {
    let mut bytes = [0; LENGTH];
    random.fill(&mut bytes);
    let character = |(at, byte): (usize, &u8)| {
        let kind = KINDS[at % KINDS.len()];
        char::from(kind[usize::from(*byte) % kind.len()])
    };
    Password::new(bytes.iter().enumerate().map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{account, random::tests::Counting};
    use std::collections::BTreeSet;

    #[test]
    fn names_are_stable_words_and_every_check_has_a_mend() {
        let names: BTreeSet<&str> = CheckKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(names.len(), CheckKind::ALL.len());
        for kind in CheckKind::ALL {
            let mends = [DirectoryKind::ActiveDirectory, DirectoryKind::OpenLdap].map(|directory| kind.mend(directory));
            assert!(mends.iter().any(|mend| mend.len() > 20), "{kind:?}");
            assert!(mends.iter().all(|mend| mend.is_empty() || mend.ends_with('.')), "{kind:?}");
        }
    }

    #[test]
    fn only_a_marked_account_that_is_served_is_a_canary() {
        let canary = Account { username: "KanarieFagel1".to_owned(), ..account::tests::account() };
        assert_eq!(why_no_canary(&canary), None);
        let shown = Account { username: "prov1".to_owned(), display_name: "Canary".to_owned(), ..canary.clone() };
        assert_eq!(why_no_canary(&shown), None);
        let changes: [fn(&mut Account); 6] = [
            |a| a.username = "anna".to_owned(),
            |a| a.protected = true,
            |a| a.denied = true,
            |a| a.in_scope = false,
            |a| a.own_service_account = true,
            |a| a.disabled = true,
        ];
        for (at, change) in changes.into_iter().enumerate() {
            let mut account = canary.clone();
            change(&mut account);
            assert!(why_no_canary(&account).is_some(), "change {at}");
        }
    }

    #[test]
    fn an_unknown_password_has_every_kind_of_character_and_is_new_each_time() {
        let random = Counting::new();
        let (first, second) = (unknown_password(&random).expect("one"), unknown_password(&random).expect("two"));
        assert_ne!(first.reveal(), second.reveal());
        for kind in KINDS {
            assert!(first.reveal().bytes().any(|byte| kind.contains(&byte)));
        }
    }
}
