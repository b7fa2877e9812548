//! Modify: every change of a request, or none.

use std::collections::BTreeSet;

use ldap3_proto::proto::{LdapModifyRequest, LdapModifyType as Type, LdapResult, LdapResultCode as Code};

use super::{
    answer::{self, Outcome},
    change::{self, Circumstances},
    controls::Controls,
    entry::{Entry, EntryId, Values, user_flags},
    groups,
    rights::{self, Caller},
    schema::{self, Attribute, Source, Syntax},
    search,
    store::State,
    time,
};

/// One change to one attribute.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change<'a> {
    pub(crate) operation: &'a Type,
    pub(crate) attribute: &'static Attribute,
    pub(crate) values: &'a [Vec<u8>],
    /// Adding what is there, and deleting what is not, succeeds.
    pub(crate) permissive: bool,
    /// Now, in ticks.
    pub(crate) now: i64,
}

/// Links to set or to clear when the request succeeds.
pub(crate) type Links = Vec<(&'static str, bool, EntryId)>;

/// Answers a modify.
pub(crate) fn modify(
    state: &mut State,
    caller: Caller,
    request: &LdapModifyRequest,
    controls: &Controls,
    at: Circumstances,
) -> LdapResult {
    attempt(state, caller, request, controls, at).map_or_else(|refused| refused, |()| answer::success())
}

fn attempt(
    state: &mut State,
    caller: Caller,
    request: &LdapModifyRequest,
    controls: &Controls,
    at: Circumstances,
) -> Outcome<()> {
    let id = search::target(state, caller, &request.dn)?;
    let password = change::wanted(&request.changes)?;
    let mut changes = Vec::new();
    for change in request.changes.iter().filter(|change| !change::concerns(change)) {
        let attribute = attribute(&change.modification.atype)?;
        if !rights::may_write(state, caller, id, attribute) {
            return Err(answer::no_right("00002098"));
        }
        changes.push(Change {
            operation: &change.operation,
            attribute,
            values: &change.modification.vals,
            permissive: controls.permissive,
            now: at.now,
        });
    }
    if let Some(wanted) = &password {
        change::check_right(state, caller, id, wanted)?;
    }

    let mut entry = state.get(id).cloned().ok_or_else(|| answer::no_object(""))?;
    if let Some(wanted) = &password {
        change::write(state, caller, id, &mut entry, wanted, at)?;
    }
    let mut links = Links::new();
    for change in &changes {
        apply(state, Some(id), &mut entry, *change, &mut links)?;
    }
    stamp(&mut entry, at.now);
    state.put(id, entry);
    link(state, id, &links);
    Ok(())
}

/// Notes when an entry was changed.
pub(crate) fn stamp(entry: &mut Entry, now: i64) {
    if let Some(at) = time::from_ticks(now) {
        entry.set_text("whenChanged", &time::generalized(at));
    }
}

/// Sets and clears links, and protects whom they made privileged.
pub(crate) fn link(state: &mut State, id: EntryId, links: &Links) {
    for (attribute, present, target) in links {
        if *present {
            state.link(attribute, id, *target);
        } else {
            state.unlink(attribute, id, *target);
        }
    }
    if links.iter().any(|(attribute, ..)| *attribute == "member") {
        groups::protect(state, &BTreeSet::from([id]));
    }
}

/// The attribute of a name in a write.
pub(crate) fn attribute(name: &str) -> Outcome<&'static Attribute> {
    schema::find(name).ok_or_else(|| answer::conversion(Code::NoSuchAttribute))
}

/// Applies one change to a copy of the entry; `id` is `None` while the entry is being added.
pub(crate) fn apply(
    state: &State,
    id: Option<EntryId>,
    entry: &mut Entry,
    change: Change<'_>,
    links: &mut Links,
) -> Outcome<()> {
    let Change { attribute, values, .. } = change;
    match attribute.source {
        Source::Link => return apply_link(state, id, change, links),
        Source::Stored => {}
        Source::System | Source::BackLink(_) | Source::Constructed | Source::Secret => {
            return Err(answer::attribute(Code::ConstraintViolation, "000020B1", attribute.name));
        }
    }
    check_values(attribute, values)?;
    let old = entry.attributes.get(attribute.name).cloned().unwrap_or_default();
    let new = combine(state, change, old)?;
    if attribute.single && new.len() > 1 {
        return Err(answer::attribute(Code::ConstraintViolation, "00002081", attribute.name));
    }
    guard(state, id, entry, change, new)
}

fn check_values(attribute: &Attribute, values: &[Vec<u8>]) -> Outcome<()> {
    for value in values {
        if !State::is_well_formed(attribute, value) {
            return Err(answer::conversion(Code::InvalidAttributeSyntax));
        }
        let length = match attribute.syntax {
            Syntax::Text => String::from_utf8_lossy(value).encode_utf16().count(),
            _ => value.len(),
        };
        if attribute.upper.is_some_and(|upper| length > upper) {
            return Err(answer::attribute(Code::ConstraintViolation, "00002082", attribute.name));
        }
    }
    Ok(())
}

fn combine(state: &State, change: Change<'_>, old: Values) -> Outcome<Values> {
    let name = change.attribute.name;
    let fold = state.fold();
    let same = |one: &[u8], other: &[u8]| match change.attribute.syntax {
        Syntax::Octets => one == other,
        _ => fold.bytes(one) == fold.bytes(other),
    };
    match change.operation {
        Type::Replace => Ok(change.values.to_vec()),
        Type::Add => {
            let mut new = old;
            for value in change.values {
                if !new.iter().any(|known| same(known, value)) {
                    new.push(value.clone());
                } else if !change.permissive {
                    return Err(answer::attribute(Code::AttributeOrValueExists, "00002083", name));
                }
            }
            Ok(new)
        }
        Type::Delete if change.values.is_empty() => {
            if old.is_empty() && !change.permissive {
                return Err(answer::attribute(Code::NoSuchAttribute, "00002085", name));
            }
            Ok(Vec::new())
        }
        Type::Delete => {
            let mut new = old;
            for value in change.values {
                let before = new.len();
                new.retain(|known| !same(known, value));
                if new.len() == before && !change.permissive {
                    return Err(answer::attribute(Code::NoSuchAttribute, "00002085", name));
                }
            }
            Ok(new)
        }
        Type::Increment => Err(answer::unwilling("00000057")),
    }
}

/// Rules of single attributes (MS-SAMR 3.1.1.8), then the write.
fn guard(state: &State, id: Option<EntryId>, entry: &mut Entry, change: Change<'_>, mut new: Values) -> Outcome<()> {
    let attribute = change.attribute;
    let number = new.first().and_then(|value| std::str::from_utf8(value).ok()?.parse::<i64>().ok());
    let text = new.first().map(|value| String::from_utf8_lossy(value).into_owned());
    match attribute.name {
        // Only 0 can be written, which unlocks and clears the count (MS-SAMR 3.1.1.8.3). Samba takes any number.
        "lockoutTime" => match number {
            Some(0) => entry.set_number("badPwdCount", 0),
            Some(_) => return Err(answer::unwilling("00000057")),
            None => return Err(answer::unwilling("00002077")),
        },
        "pwdLastSet" => match number {
            Some(0) => {}
            Some(-1) => new = vec![change.now.to_string().into_bytes()],
            Some(_) => return Err(answer::unwilling("00000057")),
            None => return Err(answer::unwilling("00002077")),
        },
        "userAccountControl" => {
            let flags = number.ok_or_else(|| answer::unwilling("00002077"))?;
            let flags = flags & !(user_flags::LOCKOUT | user_flags::PASSWORD_EXPIRED);
            if flags & (user_flags::NORMAL | user_flags::WORKSTATION) == 0 {
                return Err(answer::unwilling("00000057"));
            }
            let needs = flags & (user_flags::DISABLED | user_flags::PASSWORD_NOT_REQUIRED) == 0;
            if id.is_some() && needs && entry.secret.is_none() {
                return Err(answer::unwilling("0000052D"));
            }
            new = vec![flags.to_string().into_bytes()];
        }
        "sAMAccountName" => {
            let login = text.ok_or_else(|| answer::unwilling("00002077"))?;
            check_login(entry, &login)?;
            if state.by_login(&login).is_some_and(|other| Some(other) != id) {
                return Err(answer::update(Code::EntryAlreadyExists, "00000524"));
            }
        }
        "userPrincipalName" => {
            let taken = text.map(|text| state.lookup("userPrincipalName", &state.fold().text(&text)));
            if taken.is_some_and(|ids| ids.into_iter().any(|other| Some(other) != id)) {
                return Err(answer::attribute(Code::ConstraintViolation, "000021C8", attribute.name));
            }
        }
        "primaryGroupID" => {
            let group = number.and_then(|rid| u32::try_from(rid).ok());
            if group.and_then(|rid| state.by_sid(&state.domain_sid.with(rid))).is_none() {
                return Err(answer::unwilling("0000055A"));
            }
        }
        "logonHours" if new.first().is_some_and(|hours| hours.len() != 21) => {
            return Err(answer::attribute(Code::ConstraintViolation, "00002082", attribute.name));
        }
        _ => {}
    }
    if new.is_empty() {
        entry.attributes.remove(attribute.name);
    } else {
        entry.attributes.insert(attribute.name, new);
    }
    Ok(())
}

/// Characters and length of a `sAMAccountName` (MS-SAMR 3.1.1.6): parentheses are allowed, `*` is not.
fn check_login(entry: &Entry, login: &str) -> Outcome<()> {
    let longest = if entry.class.is_account() { 20 } else { 256 };
    let bad = |c: char| "\"/\\[]:;|=,+*?<>@".contains(c) || c.is_control();
    if login.chars().any(bad) || login.ends_with('.') || login.encode_utf16().count() > longest {
        return Err(LdapResult {
            message: "00000523: SysErr: DSID-031A1254, problem 22 (Invalid argument), data 0\n".to_owned(),
            ..answer::bare(Code::Other)
        });
    }
    Ok(())
}

fn apply_link(state: &State, id: Option<EntryId>, change: Change<'_>, links: &mut Links) -> Outcome<()> {
    let name = change.attribute.name;
    let mut present: BTreeSet<EntryId> =
        id.and_then(|id| state.get(id)).map(|entry| entry.linked(name).collect()).unwrap_or_default();
    for (attribute, set, target) in links.iter() {
        if *attribute == name && *set {
            present.insert(*target);
        } else if *attribute == name {
            present.remove(target);
        }
    }
    let mut targets = BTreeSet::new();
    for value in change.values {
        let text = String::from_utf8_lossy(value);
        targets.insert(state.resolve(&text).ok_or_else(|| answer::no_object(""))?);
    }
    let wanted: BTreeSet<EntryId> = match change.operation {
        Type::Replace => targets,
        Type::Add => {
            if !change.permissive && !present.is_disjoint(&targets) {
                return Err(answer::update(Code::EntryAlreadyExists, "00000562"));
            }
            present.union(&targets).copied().collect()
        }
        Type::Delete if change.values.is_empty() => BTreeSet::new(),
        Type::Delete => {
            if !change.permissive && !targets.is_subset(&present) {
                return Err(answer::unwilling("00000561"));
            }
            present.difference(&targets).copied().collect()
        }
        Type::Increment => return Err(answer::unwilling("00000057")),
    };
    if change.attribute.single && wanted.len() > 1 {
        return Err(answer::attribute(Code::ConstraintViolation, "00002081", name));
    }
    links.extend(present.difference(&wanted).map(|target| (name, false, *target)));
    links.extend(wanted.difference(&present).map(|target| (name, true, *target)));
    Ok(())
}
