//! `nTSecurityDescriptor`: the rights model written as Windows writes it, in the self-relative form (MS-DTYP 2.4.6).

use uuid::{Uuid, uuid};

use super::{
    entry::{Entry, EntryId},
    rights::{self, Caller},
    schema::Class,
    sid::Sid,
    store::{Grant, State},
};

/// Parts that the control asks for (MS-ADTS 3.1.1.3.4.1.11).
const OWNER: i32 = 1;
const GROUP: i32 = 2;
const DACL: i32 = 4;
const SACL: i32 = 8;

const FULL: u32 = 0x000f_01ff;
/// Read of attributes, children and permissions.
const READ: u32 = 0x0002_0094;
const CONTROL: u32 = 0x100;
const READ_WRITE: u32 = 0x30;

/// An entry's flags: below it too, below it only, from above.
const BELOW: u8 = 0x2;
const BELOW_ONLY: u8 = 0xa;
const INHERITED: u8 = 0x10;

const USER: Uuid = uuid!("bf967aba-0de6-11d0-a285-00aa003049e2");
const RESET: Uuid = uuid!("00299570-246d-11d0-a768-00aa006e0529");
const CHANGE: Uuid = uuid!("ab721a53-1e2f-11d0-9819-00aa0040529b");
const UNEXPIRE: Uuid = uuid!("ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501");
const PERSONAL_INFORMATION: Uuid = uuid!("77b5b886-944a-11d1-aebd-0000f80367c1");

/// `schemaIDGUID` of what is delegated in practice (MS-ADA1 to MS-ADA3).
const ATTRIBUTES: &[(&str, Uuid)] = &[
    ("lockoutTime", uuid!("28630ebf-41d5-11d1-a9c1-0000f80367c1")),
    ("pwdLastSet", uuid!("bf967a0a-0de6-11d0-a285-00aa003049e2")),
    ("mobile", uuid!("f0f8ffa3-1191-11d0-a060-00aa006c33ed")),
    ("otherMobile", uuid!("0296c11e-40da-11d1-a9c0-0000f80367c1")),
    ("telephoneNumber", uuid!("bf967a49-0de6-11d0-a285-00aa003049e2")),
    ("userAccountControl", uuid!("bf967a68-0de6-11d0-a285-00aa003049e2")),
    ("mail", uuid!("bf967961-0de6-11d0-a285-00aa003049e2")),
    ("description", uuid!("bf967950-0de6-11d0-a285-00aa003049e2")),
    ("displayName", uuid!("bf967953-0de6-11d0-a285-00aa003049e2")),
];

/// An object's descriptor, with the parts asked for. Without the control all of them are, and the audit list is for
/// administrators: the others get nothing then. `None` where the caller may not read it.
pub(crate) fn bytes(state: &State, caller: Caller, id: EntryId, flags: Option<i32>) -> Option<Vec<u8>> {
    let entry = state.get(id)?;
    let flags = flags.filter(|flags| flags & 0xf != 0).unwrap_or(OWNER | GROUP | DACL | SACL);
    if !rights::may_see(state, caller, id) || (flags & SACL != 0 && !caller.is_administrator()) {
        return None;
    }
    let administrators = state.domain_sid.with(512).bytes();
    let list = if flags & DACL != 0 { list(&entries(state, id, entry)) } else { Vec::new() };
    let parts = [
        (flags & OWNER != 0).then_some(&administrators),
        (flags & GROUP != 0).then_some(&administrators),
        None,
        (flags & DACL != 0).then_some(&list),
    ];
    // Self-relative, permissions present and inherited automatically; cut off from above where AdminSDHolder protects.
    let present = if flags & DACL != 0 { 0x0404 } else { 0 };
    let cut = if is_cut(state, entry) { 0x1000 } else { 0 };
    let control: u16 = 0x8000 | present | cut;
    let mut descriptor = [1, 0, control.to_le_bytes()[0], control.to_le_bytes()[1]].to_vec();
    let mut at = 20_u32;
    for part in parts {
        descriptor.extend(if part.is_some() { at } else { 0 }.to_le_bytes());
        at += part.map_or(0, |part| u32::try_from(part.len()).unwrap_or_default());
    }
    parts.into_iter().flatten().for_each(|part| descriptor.extend(part));
    Some(descriptor)
}

fn is_cut(state: &State, entry: &Entry) -> bool {
    state.dialect.admin_sd_holder && entry.is_protected()
}

/// What the model of `rights` grants, in the canonical order: the object's own entries, then those from above.
fn entries(state: &State, id: EntryId, entry: &Entry) -> Vec<Vec<u8>> {
    let well_known = |parts: &[u32]| Sid::of(parts);
    let mut own = vec![
        allow(0, FULL, &state.domain_sid.with(512)),
        allow(0, FULL, &state.domain_sid.with(519)),
        allow(0, FULL, &Sid::builtin(544)),
    ];
    if entry.class != Class::Pso {
        own.push(allow(0, READ, &well_known(&[11])));
    }
    if entry.class == Class::User {
        own.push(allow_object(0, CONTROL, Some(CHANGE), None, &well_known(&[10])));
        if !is_cut(state, entry) {
            own.push(allow_object(0, READ_WRITE, Some(PERSONAL_INFORMATION), None, &well_known(&[10])));
        }
    }
    let from_grants = state.grants.iter().filter_map(|grant| Some((grant, state.get(grant.trustee)?.sid.as_ref()?)));
    for (grant, trustee) in from_grants {
        match entry.class {
            Class::Domain if grant.unexpire => own.push(allow_object(0, CONTROL, Some(UNEXPIRE), None, trustee)),
            Class::PsoContainer if grant.read_psos => own.push(allow(BELOW, READ, trustee)),
            Class::Pso if grant.read_psos => own.push(allow(BELOW | INHERITED, READ, trustee)),
            Class::Unit if grant.units.contains(&id) => own.extend(delegated(BELOW_ONLY, grant, trustee)),
            Class::Unit if below(state, grant, id) => own.extend(delegated(BELOW_ONLY | INHERITED, grant, trustee)),
            Class::User if rights::reaches(state, grant, id) => {
                own.extend(delegated(BELOW | INHERITED, grant, trustee));
            }
            _ => {}
        }
    }
    own
}

fn below(state: &State, grant: &Grant, id: EntryId) -> bool {
    grant.units.iter().any(|unit| state.is_within(id, *unit))
}

fn delegated(flags: u8, grant: &Grant, trustee: &Sid) -> Vec<Vec<u8>> {
    let reset = grant.reset.then(|| allow_object(flags, CONTROL, Some(RESET), Some(USER), trustee));
    let written = ATTRIBUTES.iter().filter(|(name, _)| grant.write.contains(name));
    let writes = written.map(|(_, guid)| allow_object(flags, READ_WRITE, Some(*guid), Some(USER), trustee));
    reset.into_iter().chain(writes).collect()
}

/// ACCESS_ALLOWED_ACE (MS-DTYP 2.4.4.2).
fn allow(flags: u8, mask: u32, trustee: &Sid) -> Vec<u8> {
    framed(0, flags, [mask.to_le_bytes().to_vec(), trustee.bytes()].concat())
}

/// ACCESS_ALLOWED_OBJECT_ACE (MS-DTYP 2.4.4.3).
fn allow_object(flags: u8, mask: u32, object: Option<Uuid>, inherited_by: Option<Uuid>, trustee: &Sid) -> Vec<u8> {
    let present = u32::from(object.is_some()) + 2 * u32::from(inherited_by.is_some());
    let guids = [object, inherited_by].into_iter().flatten().flat_map(|guid| guid.to_bytes_le());
    let body = [mask.to_le_bytes().to_vec(), present.to_le_bytes().to_vec(), guids.collect(), trustee.bytes()];
    framed(5, flags, body.concat())
}

fn framed(kind: u8, flags: u8, body: Vec<u8>) -> Vec<u8> {
    let size = u16::try_from(body.len() + 4).unwrap_or_default().to_le_bytes();
    [vec![kind, flags, size[0], size[1]], body].concat()
}

/// An access control list (MS-DTYP 2.4.5) of the revision that has entries for objects.
fn list(entries: &[Vec<u8>]) -> Vec<u8> {
    let body = entries.concat();
    let size = u16::try_from(body.len() + 8).unwrap_or_default().to_le_bytes();
    let count = u16::try_from(entries.len()).unwrap_or_default().to_le_bytes();
    [vec![4, 0, size[0], size[1], count[0], count[1], 0, 0], body].concat()
}
