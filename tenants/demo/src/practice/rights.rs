//! Who may see and do what: administrators all, a delegated service account its units, everyone themselves.

use super::{
    entry::{EntryId, user_flags},
    groups,
    schema::{self, Class, Source},
    store::{Grant, State},
};

/// The account behind an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Caller {
    /// The account.
    pub(crate) id: EntryId,
    administrator: bool,
}

impl Caller {
    /// The caller of a connection, with the groups it has now.
    pub(crate) fn new(state: &State, id: EntryId) -> Option<Self> {
        state.get(id)?;
        Some(Self { id, administrator: groups::is_administrator(state, id) })
    }

    /// Whether it may do everything.
    pub(crate) fn is_administrator(self) -> bool {
        self.administrator
    }
}

/// What an account may write of itself: some of the "Personal Information" property set that Windows grants to SELF.
const OWN: &[&str] = &["mobile", "otherMobile", "telephoneNumber", "homePhone", "streetAddress", "postalCode", "info"];

fn grants(state: &State, caller: Caller) -> impl Iterator<Item = &Grant> {
    state.grants.iter().filter(move |grant| grant.trustee == caller.id)
}

/// Whether a delegation reaches an object: it is a user, below one of the units, and AdminSDHolder has not cut
/// inheritance (MS-ADTS 3.1.1.6.1).
pub(crate) fn reaches(state: &State, grant: &Grant, target: EntryId) -> bool {
    let Some(entry) = state.get(target) else { return false };
    let cut = state.dialect.admin_sd_holder && entry.is_protected();
    entry.class == Class::User && !cut && grant.units.iter().any(|unit| state.is_within(target, *unit))
}

/// Whether an object exists for the caller: fine-grained policies are hidden from all who were not granted them.
pub(crate) fn may_see(state: &State, caller: Caller, target: EntryId) -> bool {
    let hidden = state.get(target).is_some_and(|entry| entry.class == Class::Pso);
    !hidden || caller.administrator || grants(state, caller).any(|grant| grant.read_psos)
}

/// Write of one attribute.
pub(crate) fn may_write(state: &State, caller: Caller, target: EntryId, attribute: &schema::Attribute) -> bool {
    if caller.administrator {
        return true;
    }
    let protected = state.dialect.admin_sd_holder && state.get(target).is_some_and(super::entry::Entry::is_protected);
    let own = caller.id == target && !protected && OWN.contains(&attribute.name);
    own || grants(state, caller).any(|grant| grant.write.contains(attribute.name) && reaches(state, grant, target))
}

/// User-Force-Change-Password.
pub(crate) fn may_reset(state: &State, caller: Caller, target: EntryId) -> bool {
    caller.administrator || grants(state, caller).any(|grant| grant.reset && reaches(state, grant, target))
}

/// User-Change-Password: granted to everyone on every account; knowing the old password is the proof. The flag
/// "user cannot change password" is not modelled.
pub(crate) fn may_change(state: &State, target: EntryId) -> bool {
    state.get(target).is_some_and(|entry| entry.class.is_account() && entry.flags() & user_flags::WORKSTATION == 0)
}

/// Unexpire-Password on the domain.
pub(crate) fn may_unexpire(state: &State, caller: Caller) -> bool {
    caller.administrator || grants(state, caller).any(|grant| grant.unexpire)
}

/// `allowedAttributesEffective`: what the caller may write of an object (MS-ADTS 3.1.1.4.5.23).
pub(crate) fn writable(state: &State, caller: Caller, target: EntryId) -> Vec<&'static str> {
    schema::all()
        .iter()
        .filter(|attribute| matches!(attribute.source, Source::Stored | Source::Link | Source::Secret))
        .filter(|attribute| may_write(state, caller, target, attribute))
        .map(|attribute| attribute.name)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Delegation, Dialect, DomainBuilder, GroupSpec, UserSpec, system_clock};
    use super::*;

    /// Who, in which unit, whether a reset is allowed, and what may be written.
    #[test]
    fn a_delegation_ends_where_it_should() {
        let three = ["pwdLastSet", "lockoutTime", "mobile"];
        for (target, reset, write) in [
            ("inside", true, &three[..]),
            ("below", true, &three),
            ("outside", false, &[]),
            (
                "svc",
                false,
                &["telephoneNumber", "streetAddress", "postalCode", "info", "homePhone", "mobile", "otherMobile"],
            ),
            ("direct", false, &[]),
            ("nested", false, &[]),
            ("Administrator", false, &[]),
            ("team", false, &[]),
        ] {
            let user = |login: &str| UserSpec::new(login, "Start-Losen2026");
            let builder = DomainBuilder::new("x.test", "X")
                .unit("Personal")
                .unit("Personal/Skola")
                .unit("Annat")
                .group(GroupSpec::new("team").unit("Personal"))
                .group(GroupSpec::new("chefer").unit("Personal").member_of("Account Operators"))
                .user(user("svc"))
                .user(user("inside").unit("Personal"))
                .user(user("below").unit("Personal/Skola"))
                .user(user("outside").unit("Annat"))
                .user(user("direct").unit("Personal").member_of("Domain Admins"))
                .user(user("nested").unit("Personal").member_of("chefer"))
                .delegate(Delegation::to("svc").below("Personal"));
            let domain = builder.clone().build(system_clock()).expect("a domain");
            domain.read(|state, _| {
                let caller = Caller::new(state, state.by_login("svc").expect("svc")).expect("a caller");
                let id = state.by_login(target).expect("a target");
                assert_eq!(may_reset(state, caller, id), reset, "{target}");
                let sorted = |names: &[&'static str]| names.iter().copied().collect::<std::collections::BTreeSet<_>>();
                assert_eq!(sorted(&writable(state, caller, id)), sorted(write), "{target}");
            });
            let samba = builder.dialect(Dialect::samba()).build(system_clock()).expect("a domain");
            samba.read(|state, _| {
                let caller = Caller::new(state, state.by_login("svc").expect("svc")).expect("a caller");
                let reached = reset || matches!(target, "direct" | "nested");
                assert_eq!(may_reset(state, caller, state.by_login(target).expect("a target")), reached, "{target}");
            });
        }
    }
}
