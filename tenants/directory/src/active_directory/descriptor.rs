//! Security descriptors: who may do what with an object, read from the binary form (MS-DTYP 2.4.6) and judged as a
//! domain controller does (MS-ADTS 5.1.3.3).

use uuid::Uuid;

use super::sid::Sid;

/// Bits of an access mask (MS-ADTS 5.1.3.2).
pub(crate) mod access {
    /// Objects may be created below it.
    pub(crate) const CREATE_CHILD: u32 = 0x1;
    /// Attributes may be read.
    pub(crate) const READ_PROPERTY: u32 = 0x10;
    /// Attributes may be written.
    pub(crate) const WRITE_PROPERTY: u32 = 0x20;
    /// It may be deleted with all below it.
    pub(crate) const DELETE_TREE: u32 = 0x40;
    /// Extended rights, such as Reset Password.
    pub(crate) const CONTROL: u32 = 0x100;
    /// It may be deleted.
    pub(crate) const DELETE: u32 = 0x1_0000;
    /// Its descriptor may be read.
    pub(crate) const READ_DESCRIPTOR: u32 = 0x2_0000;
    /// Its permissions may be changed.
    pub(crate) const WRITE_PERMISSIONS: u32 = 0x4_0000;
    /// Its owner may be changed.
    pub(crate) const WRITE_OWNER: u32 = 0x8_0000;
}

/// The generic rights as they are mapped for objects of the directory (MS-ADTS 5.1.3.2.1): all, execute, write, read.
const GENERIC: [(u32, u32); 4] =
    [(0x1000_0000, 0x000f_01ff), (0x2000_0000, 0x0002_0004), (0x4000_0000, 0x0002_0028), (0x8000_0000, 0x0002_0094)];

const CONTAINER_INHERIT: u8 = 0x2;
const INHERIT_ONLY: u8 = 0x8;
const DACL_PRESENT: u16 = 0x4;

/// A security descriptor: owner and permissions.
pub(crate) struct Descriptor {
    owner: Option<Sid>,
    /// In their order. `None`: there is no list, and everybody may do everything.
    entries: Option<Vec<Ace>>,
}

/// One entry of the list.
struct Ace {
    allows: bool,
    flags: u8,
    mask: u32,
    /// The attribute, property set or extended right that it is limited to.
    object: Option<Uuid>,
    /// The class of objects that inherit it.
    inherited_by: Option<Uuid>,
    trustee: Sid,
}

impl Descriptor {
    /// Reads the self-relative form. `None` when it is malformed. Entries of kinds that neither allow nor deny (audit),
    /// and those with conditions, which can't be judged from here, are passed over.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let header = bytes.get(..20)?;
        let control = u16::from_le_bytes([header[2], header[3]]);
        let offset = |at: usize| Some(u32::from_le_bytes(header.get(at..at + 4)?.try_into().ok()?) as usize);
        let owner = match offset(4)? {
            0 => None,
            at => Some(sid(bytes.get(at..)?)?.0),
        };
        let entries = match (control & DACL_PRESENT != 0, offset(16)?) {
            (true, at) if at != 0 => Some(list(bytes.get(at..)?)?),
            _ => None,
        };
        (header[0] == 1).then_some(Self { owner, entries })
    }

    /// Whether somebody with this token may use one right. `objects` is what an entry may be limited to and still count:
    /// the attribute and its property set, or the extended right. Entries are judged in their order, and the first that
    /// concerns decides: that is how "deny" wins where it stands first.
    pub(crate) fn grants(&self, token: &[Sid], right: u32, objects: &[Uuid]) -> bool {
        let Some(entries) = &self.entries else { return true };
        let owns = self.owner.as_ref().is_some_and(|owner| token.contains(owner));
        if owns && (access::WRITE_PERMISSIONS | access::READ_DESCRIPTOR) & right != 0 {
            return true;
        }
        let concerns = |ace: &&Ace| {
            ace.flags & INHERIT_ONLY == 0
                && ace.mask & right != 0
                && token.contains(&ace.trustee)
                && ace.object.is_none_or(|object| objects.contains(&object))
        };
        entries.iter().find(concerns).is_some_and(|ace| ace.allows)
    }

    /// Whether objects of a class below this one inherit a right for somebody with this token.
    pub(crate) fn passes_on(&self, token: &[Sid], right: u32, class: Uuid) -> bool {
        let concerns = |ace: &&Ace| {
            ace.flags & CONTAINER_INHERIT != 0
                && ace.mask & right != 0
                && token.contains(&ace.trustee)
                && ace.object.is_none()
                && ace.inherited_by.is_none_or(|inherited_by| inherited_by == class)
        };
        self.entries.iter().flatten().find(concerns).is_some_and(|ace| ace.allows)
    }
}

/// An access control list (MS-DTYP 2.4.5).
fn list(bytes: &[u8]) -> Option<Vec<Ace>> {
    let header = bytes.get(..8)?;
    let count = u16::from_le_bytes([header[4], header[5]]);
    let mut rest = bytes.get(8..usize::from(u16::from_le_bytes([header[2], header[3]])))?;
    let mut entries = Vec::with_capacity(usize::from(count));
    for _ in 0..count {
        let &[kind, flags, low, high] = rest.first_chunk::<4>()?;
        let (ace, after) = rest.split_at_checked(usize::from(u16::from_le_bytes([low, high])))?;
        rest = after;
        // ACCESS_ALLOWED, ACCESS_DENIED, and the two for objects (MS-DTYP 2.4.4.2 to 2.4.4.5).
        if matches!(kind, 0 | 1 | 5 | 6) {
            entries.push(entry(matches!(kind, 0 | 5), flags, kind >= 5, ace.get(4..)?)?);
        }
    }
    Some(entries)
}

fn entry(allows: bool, flags: u8, for_objects: bool, body: &[u8]) -> Option<Ace> {
    let (mask, mut rest) = number(body)?;
    let (mut object, mut inherited_by) = (None, None);
    if for_objects {
        let (present, after) = number(rest)?;
        rest = after;
        for (bit, kind) in [(1, &mut object), (2, &mut inherited_by)] {
            if present & bit != 0 {
                let (guid, after) = rest.split_first_chunk::<16>()?;
                *kind = Some(Uuid::from_bytes_le(*guid));
                rest = after;
            }
        }
    }
    let mapped = GENERIC.iter().filter(|(generic, _)| mask & generic != 0).fold(mask, |mask, (_, all)| mask | all);
    Some(Ace { allows, flags, mask: mapped, object, inherited_by, trustee: sid(rest)?.0 })
}

fn number(bytes: &[u8]) -> Option<(u32, &[u8])> {
    let (digits, rest) = bytes.split_first_chunk::<4>()?;
    Some((u32::from_le_bytes(*digits), rest))
}

/// The identifier at the beginning, and what follows it.
fn sid(bytes: &[u8]) -> Option<(Sid, &[u8])> {
    let length = 8 + 4 * usize::from(*bytes.get(1)?);
    let (sid, rest) = bytes.split_at_checked(length)?;
    Some((Sid::parse(sid)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RESET: Uuid = uuid::uuid!("00299570-246d-11d0-a768-00aa006e0529");
    const USER: Uuid = uuid::uuid!("bf967aba-0de6-11d0-a285-00aa003049e2");
    const OTHER: Uuid = Uuid::from_u128(7);

    /// `S-1-5-21-1-2-3-RID`.
    fn sid_bytes(rid: u32) -> Vec<u8> {
        let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
        [21, 1, 2, 3, rid].into_iter().for_each(|part: u32| bytes.extend(part.to_le_bytes()));
        bytes
    }

    fn who(rid: u32) -> Sid {
        Sid::parse(&sid_bytes(rid)).expect("a SID")
    }

    fn ace(kind: u8, flags: u8, mask: u32, object: Option<Uuid>, inherited: Option<Uuid>, rid: u32) -> Vec<u8> {
        let mut body = mask.to_le_bytes().to_vec();
        if kind >= 5 {
            body.extend((u32::from(object.is_some()) + 2 * u32::from(inherited.is_some())).to_le_bytes());
            [object, inherited].into_iter().flatten().for_each(|guid| body.extend(guid.to_bytes_le()));
        }
        body.extend(sid_bytes(rid));
        let length = u16::try_from(body.len() + 4).expect("short").to_le_bytes();
        [vec![kind, flags], length.to_vec(), body].concat()
    }

    fn descriptor(aces: &[Vec<u8>]) -> Vec<u8> {
        let owner = sid_bytes(512);
        let mut list = aces.concat();
        let length = u16::try_from(list.len() + 8).expect("short").to_le_bytes();
        let count = u16::try_from(aces.len()).expect("few").to_le_bytes();
        list.splice(0..0, [4, 0, length[0], length[1], count[0], count[1], 0, 0]);
        let mut bytes = vec![1, 0, 4, 0x80];
        let dacl = u32::try_from(20 + owner.len()).expect("short");
        [20, 0, 0, dacl].into_iter().for_each(|at: u32| bytes.extend(at.to_le_bytes()));
        [bytes, owner, list].concat()
    }

    fn grants(aces: &[Vec<u8>], right: u32, object: Uuid) -> bool {
        let token = [who(1102), who(513)];
        Descriptor::parse(&descriptor(aces)).expect("a descriptor").grants(&token, right, &[object])
    }

    #[test]
    fn a_right_is_granted_to_a_token_for_what_it_is_limited_to() {
        let reset = ace(5, 0x12, access::CONTROL, Some(RESET), Some(USER), 1102);
        assert!(grants(std::slice::from_ref(&reset), access::CONTROL, RESET));
        assert!(!grants(std::slice::from_ref(&reset), access::CONTROL, OTHER), "another extended right");
        assert!(!grants(std::slice::from_ref(&reset), access::WRITE_PROPERTY, RESET), "another kind of right");
        assert!(!grants(&[ace(5, 0, access::CONTROL, Some(RESET), None, 1199)], access::CONTROL, RESET), "to another");
        assert!(grants(&[ace(5, 0, access::CONTROL, Some(RESET), None, 513)], access::CONTROL, RESET), "by a group");
        let inherit_only = ace(5, 0x0a, access::CONTROL, Some(RESET), Some(USER), 1102);
        assert!(!grants(&[inherit_only], access::CONTROL, RESET), "for those below only");
        assert!(grants(&[ace(0, 0, 0x1000_0000, None, None, 1102)], access::WRITE_PERMISSIONS, OTHER), "generic all");
        assert!(!grants(&[ace(0, 0, 0x8000_0000, None, None, 1102)], access::WRITE_PROPERTY, OTHER), "generic read");
        assert!(!grants(&[], access::CONTROL, RESET), "an empty list lets nobody in");
    }

    #[test]
    fn the_first_entry_that_concerns_decides() {
        let allow = || ace(5, 0, access::CONTROL, Some(RESET), None, 1102);
        let deny_all = || ace(1, 0, access::CONTROL, None, None, 513);
        let deny_other = ace(6, 0, access::CONTROL, Some(OTHER), None, 1102);
        assert!(!grants(&[deny_all(), allow()], access::CONTROL, RESET));
        assert!(grants(&[allow(), deny_all()], access::CONTROL, RESET));
        assert!(grants(&[deny_other, allow()], access::CONTROL, RESET));
    }

    #[test]
    fn an_owner_may_change_permissions_and_no_list_lets_everybody() {
        let empty = Descriptor::parse(&descriptor(&[])).expect("a descriptor");
        assert!(empty.grants(&[who(512)], access::WRITE_PERMISSIONS, &[]));
        assert!(!empty.grants(&[who(512)], access::CONTROL, &[RESET]));
        let mut without = descriptor(&[]);
        without[2] = 0;
        assert!(Descriptor::parse(&without).expect("a descriptor").grants(&[who(1)], access::CONTROL, &[RESET]));
    }

    #[test]
    fn what_is_passed_on_depends_on_class_and_flags() {
        let passes = |ace: Vec<u8>| {
            let token = [who(1102)];
            let descriptor = Descriptor::parse(&descriptor(&[ace])).expect("a descriptor");
            descriptor.passes_on(&token, access::READ_PROPERTY, USER)
        };
        assert!(passes(ace(0, 0x0a, 0x8000_0000, None, None, 1102)));
        assert!(passes(ace(5, 0x02, access::READ_PROPERTY, None, Some(USER), 1102)));
        assert!(!passes(ace(5, 0x02, access::READ_PROPERTY, None, Some(OTHER), 1102)), "for another class");
        assert!(!passes(ace(0, 0, 0x8000_0000, None, None, 1102)), "this object only");
        assert!(!passes(ace(1, 0x02, access::READ_PROPERTY, None, None, 1102)), "denied");
    }

    #[test]
    fn what_is_cut_off_or_garbled_is_no_descriptor_and_no_panic() {
        let whole = descriptor(&[
            ace(5, 0x12, access::CONTROL, Some(RESET), Some(USER), 1102),
            ace(2, 0, 0xffff, None, None, 1),
            ace(0, 0, 0x20, None, None, 513),
        ]);
        assert!(Descriptor::parse(&whole).is_some());
        for end in 0..whole.len() {
            assert!(Descriptor::parse(&whole[..end]).is_none(), "cut at {end}");
        }
        for at in 0..whole.len() {
            for value in [0, 1, 0x7f, 0xff] {
                let mut garbled = whole.clone();
                garbled[at] = value;
                let _either = Descriptor::parse(&garbled);
            }
        }
    }
}
