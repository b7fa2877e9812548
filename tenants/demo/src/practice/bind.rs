//! Simple binds: whom a name means, and every reason to refuse.

use std::collections::BTreeSet;

use ldap3_proto::proto::LdapResult;

use super::{
    answer,
    entry::{EntryId, user_flags},
    expiry::{self, PasswordState},
    lockout,
    store::State,
    time,
};

const UNKNOWN_OR_WRONG: &str = "52e";

/// What a bind did to the connection.
#[derive(Clone, Debug)]
pub(crate) struct Bound {
    /// What the client is told.
    pub(crate) result: LdapResult,
    /// Whose connection it is now.
    pub(crate) account: Option<EntryId>,
}

impl Bound {
    fn nobody(result: LdapResult) -> Self {
        Self { result, account: None }
    }
}

/// A simple bind (MS-ADTS 5.1.1.1.1). An unknown name gets the same 52e as a wrong password: 525 is not seen over
/// LDAP, where the credentials are checked as a network logon.
pub(crate) fn simple(state: &mut State, name: &str, password: &str, now: i64) -> Bound {
    if password.is_empty() && (name.is_empty() || state.dialect.empty_password_is_anonymous) {
        // An "unauthenticated bind" (RFC 4513 5.1.2): success that proves nothing, the classic trap for clients.
        return Bound::nobody(answer::success());
    }
    let refused = |data| Bound::nobody(answer::bad_credentials(data));
    let Some(id) = find(state, name) else { return refused(UNKNOWN_OR_WRONG) };
    // A locked account says so to a wrong password too; everything after this needs the right one.
    if lockout::is_locked(state, id, now) {
        return refused("775");
    }
    let right = state.get(id).and_then(|entry| entry.secret.as_ref()).is_some_and(|secret| secret.is(password));
    if !right {
        lockout::record_wrong(state, id, password, now);
        return refused(UNKNOWN_OR_WRONG);
    }
    match refusal(state, id, now) {
        Some(data) => refused(data),
        None => {
            lockout::record_right(state, id, now);
            Bound { result: answer::success(), account: Some(id) }
        }
    }
}

/// Why a right password is not enough; the first reason that applies is told.
fn refusal(state: &State, id: EntryId, now: i64) -> Option<&'static str> {
    let entry = state.get(id)?;
    if entry.has_flags(user_flags::DISABLED) {
        return Some("533");
    }
    if expiry::is_account_expired(state, id, now) {
        return Some("701");
    }
    match expiry::password_state(state, id, now) {
        PasswordState::MustChange => return Some("773"),
        PasswordState::Expired => return Some("532"),
        PasswordState::Valid => {}
    }
    if entry.text("userWorkstations").is_some() {
        return Some("531");
    }
    let hours = entry.attributes.get("logonHours").and_then(|values| values.first());
    hours.filter(|hours| !is_open(hours, now)).map(|_| "530")
}

/// `logonHours` holds one bit for each hour of the week, from Sunday 00:00 UTC on.
fn is_open(hours: &[u8], now: i64) -> bool {
    use chrono::{Datelike, Timelike};
    let Some(at) = time::from_ticks(now) else { return true };
    let hour = at.weekday().num_days_from_sunday() * 24 + at.hour();
    usize::try_from(hour / 8).ok().and_then(|byte| hours.get(byte)).is_none_or(|byte| byte >> (hour % 8) & 1 == 1)
}

/// The account of a name in the forms of MS-ADTS 5.1.1.1.1 that people use: DN, principal name (stored, or
/// `login@domain`), `DOMAIN\login`, and a display name that only one account has.
fn find(state: &State, name: &str) -> Option<EntryId> {
    let account = |id: &EntryId| state.get(*id).is_some_and(|entry| entry.class.is_account());
    let only = |ids: BTreeSet<EntryId>| match ids.len() {
        1 => ids.first().copied().filter(account),
        _ => None,
    };
    let fold = state.fold();
    if let Some(id) = state.resolve(name).filter(account) {
        return Some(id);
    }
    if let Some(id) = only(state.lookup("userPrincipalName", &fold.text(name))) {
        return Some(id);
    }
    if let Some((login, domain)) = name.rsplit_once('@')
        && domain.eq_ignore_ascii_case(&state.dns_name)
    {
        return state.by_login(login).filter(account);
    }
    if let Some((domain, login)) = name.split_once('\\') {
        let ours = domain.eq_ignore_ascii_case(&state.netbios) || domain.eq_ignore_ascii_case(&state.dns_name);
        return ours.then(|| state.by_login(login)).flatten().filter(account);
    }
    only(state.lookup("displayName", &fold.text(name)))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::super::{DomainBuilder, LogonHours, PasswordAge, Policy, UserSpec, system_clock};
    use super::*;

    const PASSWORD: &str = "Start-Losen2026";

    #[test]
    fn every_reason_has_its_code_and_hides_behind_a_wrong_password() {
        let spec = || UserSpec::new("anna", PASSWORD);
        for (user, right, wrong) in [
            (spec(), "", "52e"),
            (spec().locked(), "775", "775"),
            (spec().flags(user_flags::DISABLED), "533", "52e"),
            (spec().expires_in(TimeDelta::seconds(-1)), "701", "52e"),
            (spec().expires_in(TimeDelta::days(1)), "", "52e"),
            (spec().password_age(PasswordAge::MustChange), "773", "52e"),
            (spec().password_age(PasswordAge::Ago(TimeDelta::days(43))), "532", "52e"),
            (spec().logon_hours(LogonHours::Never), "530", "52e"),
            (spec().workstations("KASSA1"), "531", "52e"),
            (spec().without_password(), "52e", "52e"),
            // Several at once: the first of the order is told.
            (spec().locked().flags(user_flags::DISABLED), "775", "775"),
            (spec().flags(user_flags::DISABLED).password_age(PasswordAge::MustChange), "533", "52e"),
            (spec().expires_in(TimeDelta::days(-1)).logon_hours(LogonHours::Never), "701", "52e"),
        ] {
            let policy = Policy { lockout_threshold: 5, ..Policy::default() };
            let builder = DomainBuilder::new("x.test", "X").policy(policy).user(user.clone());
            let domain = builder.build(system_clock()).expect("a domain");
            for (password, expected) in [(PASSWORD, right), ("fel", wrong)] {
                let text = domain.write(|state, now| simple(state, "anna@x.test", password, now)).result.message;
                let data = text.split(" data ").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default();
                assert_eq!(data, expected, "{user:?} {password}");
            }
        }
    }

    #[test]
    fn names_in_every_form() {
        let domain = DomainBuilder::new("x.test", "X")
            .user(UserSpec::new("anna", PASSWORD).person("Anna", "Ek").principal("anna.ek@other.test"))
            .user(UserSpec::new("bo1", PASSWORD).attribute("displayName", "Bo Ek").common_name("Bo 1"))
            .user(UserSpec::new("bo2", PASSWORD).attribute("displayName", "Bo Ek").common_name("Bo 2"))
            .build(system_clock())
            .expect("a domain");
        for (name, known) in [
            ("CN=Anna Ek,CN=Users,DC=x,DC=test", true),
            ("anna.ek@OTHER.test", true),
            ("anna@x.test", true),
            ("anna@other.test", false),
            ("x\\ANNA", true),
            ("x.test\\anna", true),
            ("y\\anna", false),
            ("anna", false),
            ("Anna Ek", true),
            ("Bo Ek", false),
            ("CN=Users,DC=x,DC=test", false),
            ("X\\Domain Admins", false),
        ] {
            assert_eq!(domain.read(|state, _| find(state, name)).is_some(), known, "{name}");
        }
    }

    #[test]
    fn hours_are_bits_of_the_week_in_utc() {
        // 1970-01-01 was a Thursday.
        let epoch = time::ticks(chrono::DateTime::from_timestamp(0, 0).expect("a time"));
        let mut hours = vec![0; 21];
        hours[4 * 3] = 1;
        assert!(is_open(&hours, epoch));
        assert!(!is_open(&hours, epoch + 3600 * 10_000_000));
    }
}
