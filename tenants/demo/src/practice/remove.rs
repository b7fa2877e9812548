//! Delete and modify DN, by administrators.

use ldap3_proto::proto::{LdapModifyDNRequest, LdapResult, LdapResultCode as Code};

use super::{
    answer::{self, Outcome},
    controls::Controls,
    entry::EntryId,
    name,
    rights::Caller,
    search,
    store::State,
};

/// Answers a delete.
pub(crate) fn delete(state: &mut State, caller: Caller, dn: &str, controls: &Controls) -> LdapResult {
    let attempt = |state: &mut State| -> Outcome<()> {
        let id = writable(state, caller, dn)?;
        let mut all = vec![id];
        let mut at = 0;
        while let Some(id) = all.get(at) {
            let below: Vec<EntryId> = state.children(*id).collect();
            all.extend(below);
            at += 1;
        }
        if all.len() > 1 && !controls.tree_delete {
            return Err(answer::update(Code::NotAllowedOnNonLeaf, "00002015"));
        }
        all.into_iter().rev().for_each(|id| state.remove(id));
        Ok(())
    };
    attempt(state).map_or_else(|refused| refused, |()| answer::success())
}

/// Answers a rename or a move. The object keeps its GUID; the old name is gone.
pub(crate) fn rename(state: &mut State, caller: Caller, request: &LdapModifyDNRequest) -> LdapResult {
    let attempt = |state: &mut State| -> Outcome<()> {
        let id = writable(state, caller, &request.dn)?;
        let entry = state.get(id).ok_or_else(|| answer::no_object(""))?;
        let parent = match &request.new_superior {
            Some(superior) => search::target(state, caller, superior)?,
            None => entry.parent.ok_or_else(|| answer::unwilling("00002077"))?,
        };
        let parsed = name::parse(&request.newrdn).ok_or_else(|| answer::bad_name(&request.newrdn))?;
        let [rdn] = parsed.as_slice() else { return Err(answer::bad_name(&request.newrdn)) };
        if rdn.kind != entry.class.naming() {
            return Err(answer::update(Code::NamingViolation, "00002099"));
        }
        if state.is_within(parent, id) {
            return Err(answer::unwilling("00002089"));
        }
        let above = state.get(parent).map_or("", |above| above.dn.as_str());
        let taken = state.resolve(&format!("{},{above}", rdn.written()));
        if taken.is_some_and(|other| other != id) {
            return Err(answer::update(Code::EntryAlreadyExists, "00002071"));
        }
        state.relocate(id, rdn.clone(), parent);
        Ok(())
    };
    attempt(state).map_or_else(|refused| refused, |()| answer::success())
}

/// An object that the caller may remove or move; what every domain has stays.
fn writable(state: &State, caller: Caller, dn: &str) -> Outcome<EntryId> {
    let id = search::target(state, caller, dn)?;
    if !caller.is_administrator() {
        return Err(answer::no_right("00002098"));
    }
    let fixed = [state.head, state.users, state.builtin, state.system, state.pso_container].contains(&id);
    let well_known = state.get(id).and_then(|entry| entry.sid.as_ref()).is_some_and(|sid| sid.rid() < 1000);
    if fixed || well_known {
        return Err(answer::unwilling("00002077"));
    }
    Ok(id)
}
