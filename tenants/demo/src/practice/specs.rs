//! What a builder is told about a domain: accounts, groups, policies, delegation, and the dialect it answers in.

use std::fmt;

use chrono::TimeDelta;

use super::{entry::user_flags, policy::Policy};

/// What is wrong with a description of a domain.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum BuildError {
    /// A name stands twice.
    #[error("{0} is already in the domain")]
    Duplicate(String),
    /// Something refers to a name that is not there.
    #[error("{0} is not in the domain")]
    Missing(String),
    /// An attribute is not in the schema, or cannot be given a value.
    #[error("{0} cannot be set")]
    Attribute(String),
}

/// Where this directory follows Windows and a test may want it otherwise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// Whether the policy-hints controls are listed and honoured.
    pub policy_hints: bool,
    /// Whether members of protected groups are out of a delegation's reach.
    pub admin_sd_holder: bool,
    /// Whether a wrong password that is one of the two before the present one leaves `badPwdCount` alone.
    pub old_passwords_uncounted: bool,
    /// Whether texts are compared without regard to diacritics.
    pub accents_folded: bool,
    /// Whether a bind with a name and an empty password succeeds as nobody.
    pub empty_password_is_anonymous: bool,
    /// How many entries one search or page answers at most.
    pub max_page_size: usize,
}

impl Dialect {
    /// Windows Server 2016 and later.
    #[must_use]
    pub fn windows() -> Self {
        Self {
            policy_hints: true,
            admin_sd_holder: true,
            old_passwords_uncounted: true,
            accents_folded: true,
            empty_password_is_anonymous: true,
            max_page_size: 1000,
        }
    }

    /// Samba 4.17 in the points that can be set; result codes stay Windows'.
    #[must_use]
    pub fn samba() -> Self {
        Self {
            policy_hints: false,
            admin_sd_holder: false,
            old_passwords_uncounted: true,
            accents_folded: false,
            empty_password_is_anonymous: false,
            max_page_size: usize::MAX,
        }
    }
}

/// When a password was set, seen from the moment the domain is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordAge {
    /// So long ago.
    Ago(TimeDelta),
    /// So that by the domain's maximum age it ends as the day ends, on Swedish clocks, so many days from now. Just now where
    /// the domain has no such age.
    LastsDays(u32),
    /// `pwdLastSet` is 0: it must be changed at the next sign-in.
    MustChange,
}

/// When an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogonHours {
    /// At any time.
    Always,
    /// At no time.
    Never,
}

/// One account.
#[derive(Clone)]
pub struct UserSpec {
    pub(crate) login: String,
    pub(crate) password: Option<String>,
    pub(crate) unit: Option<String>,
    pub(crate) common_name: Option<String>,
    pub(crate) principal: Option<String>,
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) groups: Vec<String>,
    pub(crate) manager: Option<String>,
    pub(crate) flags: i64,
    pub(crate) age: PasswordAge,
    pub(crate) previous: Vec<String>,
    pub(crate) expires_in: Option<TimeDelta>,
    pub(crate) locked: bool,
    pub(crate) hours: LogonHours,
    pub(crate) workstations: Option<String>,
}

impl fmt::Debug for UserSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserSpec").field("login", &self.login).finish_non_exhaustive()
    }
}

impl UserSpec {
    /// An enabled account with a fresh password, in `CN=Users`, with the principal name `login@domain`.
    #[must_use]
    pub fn new(login: &str, password: &str) -> Self {
        Self {
            login: login.to_owned(),
            password: Some(password.to_owned()),
            unit: None,
            common_name: None,
            principal: None,
            attributes: Vec::new(),
            groups: Vec::new(),
            manager: None,
            flags: user_flags::NORMAL,
            age: PasswordAge::Ago(TimeDelta::zero()),
            previous: Vec::new(),
            expires_in: None,
            locked: false,
            hours: LogonHours::Always,
            workstations: None,
        }
    }

    /// The organizational unit, by name below the domain (`Användare`, or `Skola/Elever` for one inside another).
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.to_owned());
        self
    }

    /// The common name; otherwise the display name, otherwise the login.
    #[must_use]
    pub fn common_name(mut self, name: &str) -> Self {
        self.common_name = Some(name.to_owned());
        self
    }

    /// Another principal name than `login@domain`.
    #[must_use]
    pub fn principal(mut self, principal: &str) -> Self {
        self.principal = Some(principal.to_owned());
        self
    }

    /// Given name and surname; sets the display name too.
    #[must_use]
    pub fn person(self, given: &str, surname: &str) -> Self {
        self.attribute("givenName", given)
            .attribute("sn", surname)
            .attribute("displayName", &format!("{given} {surname}"))
    }

    /// A mail address.
    #[must_use]
    pub fn mail(self, address: &str) -> Self {
        self.attribute("mail", address)
    }

    /// A mobile number.
    #[must_use]
    pub fn mobile(self, number: &str) -> Self {
        self.attribute("mobile", number)
    }

    /// Any other text attribute of the schema.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Membership of a group, by its `sAMAccountName`.
    #[must_use]
    pub fn member_of(mut self, group: &str) -> Self {
        self.groups.push(group.to_owned());
        self
    }

    /// The manager, by `sAMAccountName`.
    #[must_use]
    pub fn manager(mut self, login: &str) -> Self {
        self.manager = Some(login.to_owned());
        self
    }

    /// When the password was set.
    #[must_use]
    pub fn password_age(mut self, age: PasswordAge) -> Self {
        self.age = age;
        self
    }

    /// Passwords before the present one, the oldest first.
    #[must_use]
    pub fn previous_passwords(mut self, passwords: &[&str]) -> Self {
        self.previous = passwords.iter().map(|password| (*password).to_owned()).collect();
        self
    }

    /// More bits of `userAccountControl` ([`user_flags`]).
    #[must_use]
    pub fn flags(mut self, flags: i64) -> Self {
        self.flags |= flags;
        self
    }

    /// When the account itself expires; a negative span lies in the past.
    #[must_use]
    pub fn expires_in(mut self, span: TimeDelta) -> Self {
        self.expires_in = Some(span);
        self
    }

    /// Locked at the moment the domain is built.
    #[must_use]
    pub fn locked(mut self) -> Self {
        self.locked = true;
        self
    }

    /// When it may sign in.
    #[must_use]
    pub fn logon_hours(mut self, hours: LogonHours) -> Self {
        self.hours = hours;
        self
    }

    /// The only machines it may sign in from; LDAP clients are none of them.
    #[must_use]
    pub fn workstations(mut self, machines: &str) -> Self {
        self.workstations = Some(machines.to_owned());
        self
    }

    /// Without any password.
    #[must_use]
    pub fn without_password(mut self) -> Self {
        self.password = None;
        self
    }
}

/// One global security group.
#[derive(Clone, Debug)]
pub struct GroupSpec {
    pub(crate) name: String,
    pub(crate) unit: Option<String>,
    pub(crate) groups: Vec<String>,
}

impl GroupSpec {
    /// A group in `CN=Users`.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), unit: None, groups: Vec::new() }
    }

    /// The organizational unit, as in [`UserSpec::unit`].
    #[must_use]
    pub fn unit(mut self, unit: &str) -> Self {
        self.unit = Some(unit.to_owned());
        self
    }

    /// Membership of another group.
    #[must_use]
    pub fn member_of(mut self, group: &str) -> Self {
        self.groups.push(group.to_owned());
        self
    }
}

/// One fine-grained password policy.
#[derive(Clone, Debug)]
pub struct PsoSpec {
    pub(crate) name: String,
    pub(crate) precedence: u32,
    pub(crate) policy: Policy,
    pub(crate) applies_to: Vec<String>,
}

impl PsoSpec {
    /// A policy object; the lower precedence wins.
    #[must_use]
    pub fn new(name: &str, precedence: u32, policy: Policy) -> Self {
        Self { name: name.to_owned(), precedence, policy, applies_to: Vec::new() }
    }

    /// An account or a group that it applies to, by its `sAMAccountName`.
    #[must_use]
    pub fn applies_to(mut self, name: &str) -> Self {
        self.applies_to.push(name.to_owned());
        self
    }
}

/// What a service account may do with the accounts below some units, and on the domain.
#[derive(Clone, Debug)]
pub struct Delegation {
    pub(crate) trustee: String,
    pub(crate) units: Vec<String>,
    pub(crate) reset: bool,
    pub(crate) write: Vec<String>,
    pub(crate) unexpire: bool,
    pub(crate) read_psos: bool,
}

impl Delegation {
    /// What the product asks a municipality for: Reset Password, write of `lockoutTime`, `pwdLastSet` and `mobile`,
    /// Unexpire Password on the domain, and reading the fine-grained policies.
    #[must_use]
    pub fn to(trustee: &str) -> Self {
        Self {
            trustee: trustee.to_owned(),
            units: Vec::new(),
            reset: true,
            write: ["lockoutTime", "pwdLastSet", "mobile"].map(str::to_owned).to_vec(),
            unexpire: true,
            read_psos: true,
        }
    }

    /// On the accounts below one more unit.
    #[must_use]
    pub fn below(mut self, unit: &str) -> Self {
        self.units.push(unit.to_owned());
        self
    }

    /// With or without Reset Password.
    #[must_use]
    pub fn reset_password(mut self, granted: bool) -> Self {
        self.reset = granted;
        self
    }

    /// The attributes that may be written, instead of the three.
    #[must_use]
    pub fn write(mut self, attributes: &[&str]) -> Self {
        self.write = attributes.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// With or without Unexpire Password; without it a reset password is expired at once (MS-SAMR 3.1.1.8.7).
    #[must_use]
    pub fn unexpire_password(mut self, granted: bool) -> Self {
        self.unexpire = granted;
        self
    }

    /// With or without the right to read fine-grained policies.
    #[must_use]
    pub fn read_password_settings(mut self, granted: bool) -> Self {
        self.read_psos = granted;
        self
    }
}
