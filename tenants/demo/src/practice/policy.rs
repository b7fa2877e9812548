//! Password policy: the domain's, the fine-grained ones, and which of them holds for an account.

use chrono::TimeDelta;

use super::{
    entry::{Entry, EntryId},
    groups,
    schema::Class,
    store::State,
    time::interval,
};

/// A password policy, of the domain or of a fine-grained one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// The shortest password.
    pub minimum_length: u32,
    /// Whether Windows' complexity rule holds.
    pub complexity: bool,
    /// How many passwords are remembered, the present one included.
    pub history: u32,
    /// How long a password stays before its owner may change it.
    pub minimum_age: TimeDelta,
    /// When a password expires; `None`: never.
    pub maximum_age: Option<TimeDelta>,
    /// How many wrong passwords lock; 0: none do.
    pub lockout_threshold: u32,
    /// After how long without a wrong password the count starts again.
    pub lockout_window: TimeDelta,
    /// How long a lockout lasts; `None`: until someone unlocks.
    pub lockout_duration: Option<TimeDelta>,
}

impl Default for Policy {
    /// What Windows sets up: 7 characters, complexity, 24 remembered, 1 to 42 days, no lockout.
    fn default() -> Self {
        Self {
            minimum_length: 7,
            complexity: true,
            history: 24,
            minimum_age: TimeDelta::days(1),
            maximum_age: Some(TimeDelta::days(42)),
            lockout_threshold: 0,
            lockout_window: TimeDelta::minutes(30),
            lockout_duration: Some(TimeDelta::minutes(30)),
        }
    }
}

impl Policy {
    /// Writes it onto the domain head.
    pub(crate) fn write_domain(&self, head: &mut Entry) {
        head.set_number("minPwdLength", self.minimum_length.into());
        head.set_number("pwdProperties", self.complexity.into());
        head.set_number("pwdHistoryLength", self.history.into());
        head.set_number("minPwdAge", interval(Some(self.minimum_age)));
        head.set_number("maxPwdAge", interval(self.maximum_age));
        head.set_number("lockoutThreshold", self.lockout_threshold.into());
        head.set_number("lockoutDuration", interval(self.lockout_duration));
        head.set_number("lockOutObservationWindow", interval(Some(self.lockout_window)));
    }

    /// Writes it onto a fine-grained policy's object.
    pub(crate) fn write_fine_grained(&self, entry: &mut Entry, precedence: u32) {
        let truth = |value| if value { "TRUE" } else { "FALSE" };
        entry.set_number("msDS-PasswordSettingsPrecedence", precedence.into());
        entry.set_text("msDS-PasswordReversibleEncryptionEnabled", "FALSE");
        entry.set_text("msDS-PasswordComplexityEnabled", truth(self.complexity));
        entry.set_number("msDS-PasswordHistoryLength", self.history.into());
        entry.set_number("msDS-MinimumPasswordLength", self.minimum_length.into());
        entry.set_number("msDS-MinimumPasswordAge", interval(Some(self.minimum_age)));
        entry.set_number("msDS-MaximumPasswordAge", interval(self.maximum_age));
        entry.set_number("msDS-LockoutThreshold", self.lockout_threshold.into());
        entry.set_number("msDS-LockoutObservationWindow", interval(Some(self.lockout_window)));
        entry.set_number("msDS-LockoutDuration", interval(self.lockout_duration));
    }
}

/// The rules that hold for one account, spans in ticks.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Effective {
    pub(crate) minimum_length: usize,
    pub(crate) complexity: bool,
    pub(crate) history: usize,
    pub(crate) minimum_age: i64,
    pub(crate) maximum_age: Option<i64>,
    pub(crate) lockout_threshold: i64,
    pub(crate) lockout_window: i64,
    pub(crate) lockout_duration: Option<i64>,
}

/// The rules for an account (MS-ADTS 3.1.1.4.5.36 and MS-SAMR 3.1.1.5: the PSO stands in for the domain as a whole).
pub(crate) fn effective(state: &State, account: EntryId) -> Effective {
    let pso = resultant(state, account).and_then(|id| state.get(id));
    let source = pso.or_else(|| state.get(state.head));
    let number = |domain: &str, fine: &str| {
        source.and_then(|entry| entry.number(if pso.is_some() { fine } else { domain })).unwrap_or_default()
    };
    let complexity = pso.map_or_else(
        || number("pwdProperties", "") & 1 != 0,
        |entry| entry.text("msDS-PasswordComplexityEnabled") == Some("TRUE"),
    );
    let count = |value: i64| usize::try_from(value).unwrap_or_default();
    // Zero and the smallest number both mean "without end"; the smallest has no positive twin.
    let endless = |value: i64| value.checked_neg().filter(|ticks| *ticks > 0);
    let span = |value: i64| value.checked_neg().unwrap_or(i64::MAX).max(0);
    Effective {
        minimum_length: count(number("minPwdLength", "msDS-MinimumPasswordLength")),
        complexity,
        history: count(number("pwdHistoryLength", "msDS-PasswordHistoryLength")),
        minimum_age: span(number("minPwdAge", "msDS-MinimumPasswordAge")),
        maximum_age: endless(number("maxPwdAge", "msDS-MaximumPasswordAge")),
        lockout_threshold: number("lockoutThreshold", "msDS-LockoutThreshold"),
        lockout_window: span(number("lockOutObservationWindow", "msDS-LockoutObservationWindow")),
        lockout_duration: endless(number("lockoutDuration", "msDS-LockoutDuration")),
    }
}

/// The fine-grained policy of an account: the lowest precedence among those linked to it, else among those of its
/// global groups; the smaller GUID breaks a tie (MS-ADTS 3.1.1.4.5.36).
pub(crate) fn resultant(state: &State, account: EntryId) -> Option<EntryId> {
    let entry = state.get(account)?;
    if entry.class != Class::User || state.children(state.pso_container).next().is_none() {
        return None;
    }
    let best = |candidates: Vec<EntryId>| {
        candidates
            .into_iter()
            .filter_map(|id| Some((state.get(id)?.number("msDS-PasswordSettingsPrecedence")?, state.get(id)?.guid, id)))
            .min()
            .map(|(_, _, id)| id)
    };
    best(entry.linking("msDS-PSOAppliesTo").collect()).or_else(|| {
        let groups = groups::of(state, account);
        let global = groups.into_iter().filter_map(|id| state.get(id)).filter(|group| groups::is_global(group));
        best(global.flat_map(|group| group.linking("msDS-PSOAppliesTo").collect::<Vec<_>>()).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::super::{Domain, DomainBuilder, GroupSpec, PsoSpec, UserSpec, system_clock};
    use super::*;

    fn domain(psos: Vec<PsoSpec>) -> Domain {
        let builder = DomainBuilder::new("x.test", "X")
            .group(GroupSpec::new("inner").member_of("outer"))
            .group(GroupSpec::new("outer"))
            .user(UserSpec::new("anna", "Start-Losen2026").member_of("inner"));
        psos.into_iter().fold(builder, DomainBuilder::pso).build(system_clock()).expect("a domain")
    }

    #[test]
    fn the_policy_of_an_account_is_found_as_windows_finds_it() {
        let pso = |name, precedence| PsoSpec::new(name, precedence, Policy::default());
        for (psos, expected) in [
            (vec![], None),
            (vec![pso("elsewhere", 1).applies_to("Domain Admins")], None),
            (vec![pso("builtin", 1).applies_to("Users")], None),
            (vec![pso("primary", 9).applies_to("Domain Users")], Some("primary")),
            (vec![pso("nested", 9).applies_to("outer")], Some("nested")),
            (vec![pso("high", 9).applies_to("outer"), pso("low", 3).applies_to("inner")], Some("low")),
            (vec![pso("group", 1).applies_to("inner"), pso("direct", 90).applies_to("anna")], Some("direct")),
        ] {
            let domain = domain(psos);
            let found = domain.account("anna").and_then(|account| account.text("msDS-ResultantPSO"));
            let name = found.as_deref().and_then(|dn| dn.strip_prefix("CN=")?.split(',').next());
            assert_eq!(name, expected);
        }
    }

    #[test]
    fn both_ways_to_say_without_end_are_understood() {
        for (stored, expected) in [("0", None), ("-9223372036854775808", None), ("-18000000000", Some(18_000_000_000))]
        {
            let domain = domain(vec![]);
            domain.write(|state, _| {
                let head = state.head;
                state.get_mut(head).expect("the head").set_text("lockoutDuration", stored);
            });
            let id = domain.read(|state, _| state.by_login("anna")).expect("an account");
            assert_eq!(domain.read(|state, _| effective(state, id).lockout_duration), expected, "{stored}");
        }
    }
}
