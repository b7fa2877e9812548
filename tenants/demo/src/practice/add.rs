//! Add: new accounts, groups, units and policies, by administrators.

use std::collections::{BTreeMap, BTreeSet};

use ldap3_proto::proto::{LdapAddRequest, LdapModifyType, LdapResult, LdapResultCode as Code};
use uuid::Uuid;

use super::{
    answer::{self, Outcome},
    change::{self, Circumstances},
    entry::{Entry, EntryId, user_flags},
    groups,
    modify::{self, Change, Links},
    name::{self, Rdn},
    rights::Caller,
    schema::Class,
    search,
    store::State,
    time,
};

/// Answers an add.
pub(crate) fn add(state: &mut State, caller: Caller, request: &LdapAddRequest, at: Circumstances) -> LdapResult {
    attempt(state, caller, request, at).map_or_else(|refused| refused, |()| answer::success())
}

fn attempt(state: &mut State, caller: Caller, request: &LdapAddRequest, at: Circumstances) -> Outcome<()> {
    let rdns = name::parse(&request.dn).ok_or_else(|| answer::bad_name(&request.dn))?;
    let [rdn, above @ ..] = rdns.as_slice() else { return Err(answer::bad_name(&request.dn)) };
    let parent = match state.by_name(above) {
        Some(parent) => parent,
        None => {
            search::target(state, caller, &request.dn)?;
            return Err(answer::no_object(""));
        }
    };
    if !caller.is_administrator() {
        return Err(answer::no_right("00002098"));
    }
    if state.by_name(&rdns).is_some() {
        return Err(answer::update(Code::EntryAlreadyExists, "00002071"));
    }
    let class = class(request)?;
    if rdn.kind != class.naming() {
        return Err(answer::update(Code::NamingViolation, "00002099"));
    }
    let mut entry = blank(state, rdn.clone(), parent, class, Uuid::new_v4(), at.now);
    let mut links = Links::new();
    // The password comes last: its rules look at the names.
    for attribute in &request.attributes {
        let known = modify::attribute(&attribute.atype)?;
        let named = matches!(known.name, "objectClass" | "cn" | "ou" | "name" | "distinguishedName" | "unicodePwd");
        if !named {
            let change = Change {
                operation: &LdapModifyType::Replace,
                attribute: known,
                values: &attribute.vals,
                permissive: false,
                now: at.now,
            };
            modify::apply(state, None, &mut entry, change, &mut links)?;
        }
    }
    finish(state, &mut entry);
    if let Some(password) = request.attributes.iter().find(|a| a.atype.eq_ignore_ascii_case("unicodePwd")) {
        let [value] = password.vals.as_slice() else { return Err(answer::unwilling("00000057")) };
        let must_change = entry.number("pwdLastSet") == Some(0) && request.attributes.iter().any(sets_age);
        change::first(state, &mut entry, value, at)?;
        if must_change {
            entry.set_number("pwdLastSet", 0);
        }
    }
    let free = user_flags::DISABLED | user_flags::PASSWORD_NOT_REQUIRED;
    if class == Class::User && entry.secret.is_none() && entry.flags() & free == 0 {
        return Err(answer::unwilling("0000052D"));
    }
    let id = state.insert(entry);
    modify::link(state, id, &links);
    groups::protect(state, &BTreeSet::from([id]));
    Ok(())
}

fn sets_age(attribute: &ldap3_proto::proto::LdapPartialAttribute) -> bool {
    attribute.atype.eq_ignore_ascii_case("pwdLastSet")
}

fn class(request: &LdapAddRequest) -> Outcome<Class> {
    let values: Vec<String> = request
        .attributes
        .iter()
        .filter(|attribute| attribute.atype.eq_ignore_ascii_case("objectClass"))
        .flat_map(|attribute| attribute.vals.iter().map(|value| String::from_utf8_lossy(value).into_owned()))
        .collect();
    Class::addable(&values).ok_or_else(|| answer::update(Code::ObjectClassViolation, "0000207D"))
}

/// A new object without anything that its class does not bring along.
pub(crate) fn blank(state: &State, rdn: Rdn, parent: EntryId, class: Class, guid: Uuid, now: i64) -> Entry {
    let above = state.get(parent).map_or("", |entry| entry.dn.as_str());
    let mut entry = Entry {
        parent: Some(parent),
        dn: format!("{},{above}", rdn.written()),
        rdn,
        guid,
        class,
        sid: None,
        attributes: BTreeMap::new(),
        links: BTreeMap::new(),
        linked_from: BTreeMap::new(),
        secret: None,
    };
    entry.set_number("instanceType", 4);
    entry.set_number("uSNCreated", state.usn);
    if let Some(at) = time::from_ticks(now) {
        entry.set_text("whenCreated", &time::generalized(at));
        entry.set_text("whenChanged", &time::generalized(at));
    }
    if class.is_account() {
        let machine = class == Class::Computer;
        let kind = if machine { user_flags::WORKSTATION } else { user_flags::NORMAL };
        entry.set_number("userAccountControl", kind | user_flags::DISABLED | user_flags::PASSWORD_NOT_REQUIRED);
        entry.set_number("primaryGroupID", if machine { 515 } else { 513 });
        entry.set_number("sAMAccountType", if machine { 805_306_369 } else { 805_306_368 });
        entry.set_number("accountExpires", time::NEVER);
        for zero in
            ["pwdLastSet", "badPwdCount", "badPasswordTime", "lastLogon", "logonCount", "codePage", "countryCode"]
        {
            entry.set_number(zero, 0);
        }
    }
    if class == Class::Group {
        entry.set_number("groupType", groups::GLOBAL);
        entry.set_number("sAMAccountType", 268_435_456);
    }
    entry
}

/// What an account or a group gets when nobody said it: a security identifier and a login.
pub(crate) fn finish(state: &mut State, entry: &mut Entry) {
    if !entry.class.is_account() && entry.class != Class::Group {
        return;
    }
    if entry.sid.is_none() {
        entry.sid = Some(state.domain_sid.with(state.next_rid));
        state.next_rid += 1;
    }
    if entry.text("sAMAccountName").is_none() {
        let login = format!("${:06X}", entry.sid.as_ref().map_or(0, super::sid::Sid::rid));
        entry.set_text("sAMAccountName", &login);
    }
}
