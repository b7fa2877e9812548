//! Sample tenants: two domains full of fictional staff, and the list of them that the demo shows.

mod mjolby;
mod orebro;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::practice::{Delegation, Domain, DomainBuilder, PasswordAge, Policy, UserSpec, user_flags};

/// The unit whose accounts the product serves.
pub const STAFF_UNIT: &str = "Användare";
/// The unit, inside that one, of the accounts that a unit shares.
pub const FUNCTIONAL_UNIT: &str = "Funktionskonton";
/// The unit of the service account.
pub const SERVICE_UNIT: &str = "Tjänstekonton";
/// A unit outside the delegation; its one account is in no list.
pub const OTHER_UNIT: &str = "Övriga";
/// The login of the account outside the delegation, alike in every tenant.
pub const OUTSIDE_LOGIN: &str = "utanfor01";
/// The login of the service account, alike in every tenant.
pub const SERVICE_LOGIN: &str = "svc-portvakt";

/// After how many days the passwords of shared accounts end, though the directory says never.
pub const FUNCTIONAL_AGE_DAYS: u32 = 90;

/// The state that a sample account starts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SampleState {
    /// Registered, with a valid password.
    Normal,
    /// Without a number.
    Unregistered,
    /// Locked by wrong passwords.
    Locked,
    /// With an expired password.
    Expired,
    /// With a password that must be changed at the next sign-in.
    MustChange,
    /// Disabled.
    Disabled,
    /// In a group that AdminSDHolder protects.
    Protected,
    /// Shared by a unit: several people hold numbers, the password does not expire.
    Functional,
}

/// One number of a functional account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SampleNumber {
    /// In E.164.
    pub number: String,
    /// Who holds it.
    pub holder: String,
}

/// One account as the demo lists it.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct SampleAccount {
    /// The tenant's slug.
    pub tenant: String,
    /// `sAMAccountName`.
    pub username: String,
    /// `userPrincipalName`.
    pub upn: String,
    /// The mail address.
    pub mail: String,
    /// `DOMAIN\username`.
    pub netbios_login: String,
    /// The password at the start.
    pub password: String,
    /// The state at the start.
    pub state: SampleState,
    /// The unit whose recipients hear of it: its department.
    pub unit: String,
    /// When the password ends: as its directory says, or after [`FUNCTIONAL_AGE_DAYS`] where a unit shares the account.
    /// `None` where it does not end, has to be changed, or where nobody asked a directory yet.
    pub expires_at: Option<DateTime<Utc>>,
    /// The number to register, in E.164; of a functional account the first.
    pub number: Option<String>,
    /// All numbers of a functional account; absent for others.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<SampleNumber>,
}

impl fmt::Debug for SampleAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleAccount").field("state", &self.state).finish_non_exhaustive()
    }
}

/// A sample tenant: what its directory is built from, and who is in it.
#[derive(Clone)]
pub struct SampleTenant {
    /// The tenant's slug.
    pub slug: &'static str,
    /// The domain's DNS name.
    pub dns_name: &'static str,
    /// The domain's NetBIOS name.
    pub netbios_name: &'static str,
    /// The name of the domain head.
    pub base_dn: String,
    /// The name of the unit that holds the staff.
    pub staff_dn: String,
    /// The name of the unit, inside that one, of functional accounts.
    pub functional_dn: String,
    /// The principal name of the service account.
    pub service_upn: String,
    /// The name of the service account.
    pub service_dn: String,
    /// Its password, which guards nothing but a practice directory.
    pub service_password: &'static str,
    /// The domain, ready to build.
    pub builder: DomainBuilder,
    /// The accounts, always in this order.
    pub accounts: Vec<SampleAccount>,
}

impl fmt::Debug for SampleTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SampleTenant").field("slug", &self.slug).finish_non_exhaustive()
    }
}

impl SampleTenant {
    /// Notes when each password ends, as this domain has it.
    pub fn note_ends(&mut self, domain: &Domain) {
        for account in &mut self.accounts {
            let Some(found) = domain.account(&account.username) else { continue };
            account.expires_at = match account.state {
                SampleState::Functional => {
                    found.time("pwdLastSet").map(|at| at + TimeDelta::days(FUNCTIONAL_AGE_DAYS.into()))
                }
                _ => found.time("msDS-UserPasswordExpiryTimeComputed"),
            };
        }
    }
}

/// The slugs of the sample tenants.
pub const SLUGS: [&str; 2] = ["orebro", "mjolby"];

/// The sample tenant of a slug.
#[must_use]
pub fn sample(slug: &str) -> Option<SampleTenant> {
    match slug {
        "orebro" => Some(orebro::tenant()),
        "mjolby" => Some(mjolby::tenant()),
        _ => None,
    }
}

/// One line of a tenant's table.
struct Row {
    login: &'static str,
    given: &'static str,
    surname: &'static str,
    department: &'static str,
    password: &'static str,
    state: SampleState,
}

const fn row(
    login: &'static str,
    given: &'static str,
    surname: &'static str,
    department: &'static str,
    password: &'static str,
    state: SampleState,
) -> Row {
    Row { login, given, surname, department, password, state }
}

/// A tenant's table and names.
struct Sheet {
    slug: &'static str,
    dns_name: &'static str,
    netbios_name: &'static str,
    company: &'static str,
    policy: Policy,
    service_password: &'static str,
    /// The first number of this tenant, counted from the start of the range.
    first_number: usize,
    /// Who manages everybody else.
    manager: &'static str,
    rows: &'static [Row],
    /// Who holds the numbers of functional accounts, in turn.
    holders: &'static [&'static str],
    /// Protected groups, in turn.
    protected: &'static [&'static str],
}

/// The n-th number of the range that PTS keeps free for fiction: +46 70 174 06 05 to 06 99.
fn fictional_number(n: usize) -> String {
    format!("+46701740{}", 605 + n)
}

/// The policy that both tenants share: a lockout lasts until someone unlocks.
fn policy(history: u32) -> Policy {
    Policy {
        minimum_length: 8,
        complexity: true,
        history,
        minimum_age: TimeDelta::zero(),
        maximum_age: Some(TimeDelta::days(90)),
        lockout_threshold: 5,
        lockout_window: TimeDelta::minutes(30),
        lockout_duration: None,
    }
}

/// How many days the passwords of valid accounts still last, in turn: each mark of the reminders has somebody. Those of
/// the first accounts outlast every demo.
const DAYS_LEFT: [u32; 10] = [87, 75, 64, 30, 15, 7, 5, 3, 1, 0];

fn tenant(sheet: &Sheet) -> SampleTenant {
    let base_dn: String = sheet.dns_name.split('.').map(|label| format!("DC={label}")).collect::<Vec<_>>().join(",");
    let mut builder = DomainBuilder::new(sheet.dns_name, sheet.netbios_name)
        .policy(sheet.policy.clone())
        .unit(STAFF_UNIT)
        .unit(&format!("{STAFF_UNIT}/{FUNCTIONAL_UNIT}"))
        .unit(SERVICE_UNIT)
        .unit(OTHER_UNIT)
        .user(
            UserSpec::new(SERVICE_LOGIN, sheet.service_password)
                .unit(SERVICE_UNIT)
                .attribute("description", "Portvakt")
                .flags(user_flags::PASSWORD_NEVER_EXPIRES),
        )
        .user(
            UserSpec::new(OUTSIDE_LOGIN, "Utkanten48Korsning")
                .unit(OTHER_UNIT)
                .person("Yngve", "Gränsfors")
                .mail(&format!("{OUTSIDE_LOGIN}@{}", sheet.dns_name)),
        )
        .delegate(Delegation::to(SERVICE_LOGIN).below(STAFF_UNIT));
    let mut numbers = (sheet.first_number..).map(fictional_number);
    let mut holders = sheet.holders.iter().cycle();
    let mut protected = sheet.protected.iter().cycle();
    let mut accounts = Vec::new();
    for (at, row) in sheet.rows.iter().enumerate() {
        builder = builder.user(user(sheet, row, at, protected.next().copied().unwrap_or_default()));
        let count = match row.state {
            SampleState::Unregistered => 0,
            SampleState::Functional => 3,
            _ => 1,
        };
        let mine: Vec<String> = numbers.by_ref().take(count).collect();
        let held = match row.state {
            SampleState::Functional => mine
                .iter()
                .zip(holders.by_ref())
                .map(|(number, holder)| SampleNumber { number: number.clone(), holder: (*holder).to_owned() })
                .collect(),
            _ => Vec::new(),
        };
        accounts.push(SampleAccount {
            tenant: sheet.slug.to_owned(),
            username: row.login.to_owned(),
            upn: format!("{}@{}", row.login, sheet.dns_name),
            mail: mail(sheet, row),
            netbios_login: format!("{}\\{}", sheet.netbios_name, row.login),
            password: row.password.to_owned(),
            state: row.state,
            unit: row.department.to_owned(),
            expires_at: None,
            number: mine.first().cloned(),
            numbers: held,
        });
    }
    SampleTenant {
        slug: sheet.slug,
        dns_name: sheet.dns_name,
        netbios_name: sheet.netbios_name,
        staff_dn: format!("OU={STAFF_UNIT},{base_dn}"),
        functional_dn: format!("OU={FUNCTIONAL_UNIT},OU={STAFF_UNIT},{base_dn}"),
        service_upn: format!("{SERVICE_LOGIN}@{}", sheet.dns_name),
        service_dn: format!("CN={SERVICE_LOGIN},OU={SERVICE_UNIT},{base_dn}"),
        base_dn,
        service_password: sheet.service_password,
        builder,
        accounts,
    }
}

fn user(sheet: &Sheet, row: &Row, at: usize, protected: &str) -> UserSpec {
    let days = DAYS_LEFT.get(at % DAYS_LEFT.len()).copied().unwrap_or_default();
    let unit = match row.state {
        SampleState::Functional => format!("{STAFF_UNIT}/{FUNCTIONAL_UNIT}"),
        _ => STAFF_UNIT.to_owned(),
    };
    let mut user = UserSpec::new(row.login, row.password)
        .unit(&unit)
        .mail(&mail(sheet, row))
        .attribute("department", row.department)
        .attribute("company", sheet.company)
        .password_age(PasswordAge::LastsDays(days));
    user = match row.state {
        SampleState::Functional => user.attribute("displayName", row.given),
        _ => user.person(row.given, row.surname),
    };
    if row.login != sheet.manager {
        user = user.manager(sheet.manager);
    }
    match row.state {
        SampleState::Normal | SampleState::Unregistered => user,
        SampleState::Locked => user.locked(),
        SampleState::Expired => user.password_age(PasswordAge::Ago(TimeDelta::days(97))),
        SampleState::MustChange => user.password_age(PasswordAge::MustChange),
        SampleState::Disabled => user.flags(user_flags::DISABLED),
        SampleState::Protected => user.member_of(protected),
        SampleState::Functional => user.flags(user_flags::PASSWORD_NEVER_EXPIRES),
    }
}

/// Given name, dot, surname without diacritics; a functional account has its login.
fn mail(sheet: &Sheet, row: &Row) -> String {
    let local = match row.state {
        SampleState::Functional => row.login.to_owned(),
        _ => format!("{}.{}", row.given, row.surname).to_lowercase(),
    };
    let plain: String = local
        .chars()
        .map(|c| match c {
            'å' | 'ä' => 'a',
            'ö' => 'o',
            'é' => 'e',
            other => other,
        })
        .collect();
    format!("{plain}@{}", sheet.dns_name)
}

#[cfg(test)]
mod tests;
