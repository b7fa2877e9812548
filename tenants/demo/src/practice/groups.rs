//! Membership: transitive groups, the well-known groups, and what AdminSDHolder protects.

use std::collections::BTreeSet;

use super::{
    entry::{Entry, EntryId},
    schema::Class,
    sid::Sid,
    store::State,
};

/// Groups that every domain has: name, RID, whether in `BUILTIN`, and `groupType`.
pub(crate) const WELL_KNOWN: &[(&str, u32, bool, i64)] = &[
    ("Domain Admins", 512, false, GLOBAL),
    ("Domain Users", 513, false, GLOBAL),
    ("Domain Guests", 514, false, GLOBAL),
    ("Domain Computers", 515, false, GLOBAL),
    ("Domain Controllers", 516, false, GLOBAL),
    ("Schema Admins", 518, false, UNIVERSAL),
    ("Enterprise Admins", 519, false, UNIVERSAL),
    ("Group Policy Creator Owners", 520, false, GLOBAL),
    ("Read-only Domain Controllers", 521, false, GLOBAL),
    ("Protected Users", 525, false, GLOBAL),
    ("Key Admins", 526, false, GLOBAL),
    ("Enterprise Key Admins", 527, false, UNIVERSAL),
    ("Administrators", 544, true, BUILTIN),
    ("Users", 545, true, BUILTIN),
    ("Guests", 546, true, BUILTIN),
    ("Account Operators", 548, true, BUILTIN),
    ("Server Operators", 549, true, BUILTIN),
    ("Print Operators", 550, true, BUILTIN),
    ("Backup Operators", 551, true, BUILTIN),
    ("Replicator", 552, true, BUILTIN),
];

/// `groupType` of a global security group.
pub(crate) const GLOBAL: i64 = -2_147_483_646;
const UNIVERSAL: i64 = -2_147_483_640;
const BUILTIN: i64 = -2_147_483_643;

/// The groups whose members AdminSDHolder protects (MS-ADTS 3.1.1.6.1.2; 526 and 527 since Windows Server 2016).
/// Protected Users (525) is not among them: it limits how its members sign in, not who may reset them.
const PROTECTED: &[(u32, bool)] = &[
    (512, false),
    (516, false),
    (518, false),
    (519, false),
    (521, false),
    (526, false),
    (527, false),
    (544, true),
    (548, true),
    (549, true),
    (550, true),
    (551, true),
    (552, true),
];

/// Whether a group counts for fine-grained policies: global security groups only.
pub(crate) fn is_global(group: &Entry) -> bool {
    group.number("groupType") == Some(GLOBAL)
}

/// Every group that an object is in, directly, through others, and by its primary group.
pub(crate) fn of(state: &State, member: EntryId) -> BTreeSet<EntryId> {
    let mut found = BTreeSet::new();
    let mut open: Vec<EntryId> = vec![member];
    while let Some(id) = open.pop() {
        let Some(entry) = state.get(id) else { continue };
        let above = entry.linking("member").chain(primary(state, entry));
        open.extend(above.filter(|group| found.insert(*group)).collect::<Vec<_>>());
    }
    found
}

/// Every object that is in a group, directly or through others; primary groups do not count, as in AD's
/// in-chain rule.
pub(crate) fn members(state: &State, group: EntryId) -> BTreeSet<EntryId> {
    closure(group, |id| state.get(id).map(|entry| entry.linked("member").collect()).unwrap_or_default())
}

/// Every group that reaches an object by `member`; primary groups do not count.
pub(crate) fn holding(state: &State, member: EntryId) -> BTreeSet<EntryId> {
    closure(member, |id| state.get(id).map(|entry| entry.linking("member").collect()).unwrap_or_default())
}

/// What can be reached from `start`, which is not part of it unless a ring leads back.
pub(crate) fn closure(start: EntryId, next: impl Fn(EntryId) -> Vec<EntryId>) -> BTreeSet<EntryId> {
    let mut found = BTreeSet::new();
    let mut open = vec![start];
    while let Some(id) = open.pop() {
        open.extend(next(id).into_iter().filter(|id| found.insert(*id)).collect::<Vec<_>>());
    }
    found
}

fn primary(state: &State, entry: &Entry) -> Option<EntryId> {
    let rid = u32::try_from(entry.number("primaryGroupID")?).ok()?;
    state.by_sid(&state.domain_sid.with(rid))
}

/// Whether an object is in the well-known group of this RID.
pub(crate) fn is_in(state: &State, member: EntryId, rid: u32, builtin: bool) -> bool {
    let sid = if builtin { Sid::builtin(rid) } else { state.domain_sid.with(rid) };
    state.by_sid(&sid).is_some_and(|group| of(state, member).contains(&group))
}

/// Whether an account may do everything.
pub(crate) fn is_administrator(state: &State, account: EntryId) -> bool {
    is_in(state, account, 512, false) || is_in(state, account, 519, false) || is_in(state, account, 544, true)
}

/// Marks what AdminSDHolder protects among `changed` objects and all below them. Windows does so once an hour
/// (MS-ADTS 3.1.1.6.1.1); here it is done at once. As there, the mark stays when someone leaves the group.
pub(crate) fn protect(state: &mut State, changed: &BTreeSet<EntryId>) {
    if !state.dialect.admin_sd_holder {
        return;
    }
    let mut touched = changed.clone();
    for id in changed {
        touched.extend(members(state, *id));
    }
    let domain = state.domain_sid.clone();
    let protected: BTreeSet<EntryId> = PROTECTED
        .iter()
        .map(|(rid, builtin)| if *builtin { Sid::builtin(*rid) } else { domain.with(*rid) })
        .filter_map(|sid| state.by_sid(&sid))
        .collect();
    let marked: Vec<EntryId> = touched
        .into_iter()
        .filter(|id| {
            let well_known = state.get(*id).and_then(|entry| entry.sid.as_ref()).map(Sid::rid);
            let itself = matches!(well_known, Some(500 | 502)) || protected.contains(id);
            itself || !of(state, *id).is_disjoint(&protected)
        })
        .collect();
    for id in marked {
        if let Some(entry) = state.get_mut(id)
            && matches!(entry.class, Class::User | Class::Computer | Class::Group)
        {
            entry.set_number("adminCount", 1);
        }
    }
}
