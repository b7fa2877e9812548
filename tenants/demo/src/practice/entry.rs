//! One object of the directory: its place, its identifiers, its stored attributes and its links.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::{name::Rdn, password::Secret, schema::Class, sid::Sid};

/// The order of creation; searches answer in it.
pub(crate) type EntryId = u32;
/// The values of one attribute.
pub(crate) type Values = Vec<Vec<u8>>;

/// Bits of `userAccountControl` (MS-ADTS 2.2.16).
pub mod user_flags {
    /// The account may not sign in.
    pub const DISABLED: i64 = 0x2;
    /// Locked; only ever seen in the computed attribute.
    pub const LOCKOUT: i64 = 0x10;
    /// No password is needed.
    pub const PASSWORD_NOT_REQUIRED: i64 = 0x20;
    /// An ordinary account.
    pub const NORMAL: i64 = 0x200;
    /// A machine's account.
    pub const WORKSTATION: i64 = 0x1000;
    /// The password does not expire.
    pub const PASSWORD_NEVER_EXPIRES: i64 = 0x1_0000;
    /// Only a smart card signs in.
    pub const SMARTCARD_REQUIRED: i64 = 0x4_0000;
    /// Expired; only ever seen in the computed attribute.
    pub const PASSWORD_EXPIRED: i64 = 0x80_0000;
}

/// One object.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The object above; only the domain head has none.
    pub(crate) parent: Option<EntryId>,
    /// Its own part of the name.
    pub(crate) rdn: Rdn,
    /// Its whole name, kept in step with moves above it.
    pub(crate) dn: String,
    /// Its identifier for life.
    pub(crate) guid: Uuid,
    /// What it is.
    pub(crate) class: Class,
    /// Its security identifier, if it is an account or a group.
    pub(crate) sid: Option<Sid>,
    /// Stored attributes by their schema name.
    pub(crate) attributes: BTreeMap<&'static str, Values>,
    /// Forward links by attribute.
    pub(crate) links: BTreeMap<&'static str, BTreeSet<EntryId>>,
    /// Who links here, by the forward attribute.
    pub(crate) linked_from: BTreeMap<&'static str, BTreeSet<EntryId>>,
    /// The password, if it has one.
    pub(crate) secret: Option<Secret>,
}

impl Entry {
    /// The stored number of an attribute.
    pub(crate) fn number(&self, name: &str) -> Option<i64> {
        self.text(name)?.parse().ok()
    }

    /// The first stored value as text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.attributes.get(name)?.first()?).ok()
    }

    /// Stores one number.
    pub(crate) fn set_number(&mut self, name: &'static str, value: i64) {
        self.attributes.insert(name, vec![value.to_string().into_bytes()]);
    }

    /// Stores one text.
    pub(crate) fn set_text(&mut self, name: &'static str, value: &str) {
        self.attributes.insert(name, vec![value.as_bytes().to_vec()]);
    }

    /// The bits of `userAccountControl`.
    pub(crate) fn flags(&self) -> i64 {
        self.number("userAccountControl").unwrap_or_default()
    }

    /// Whether all of these bits of `userAccountControl` are set.
    pub(crate) fn has_flags(&self, flags: i64) -> bool {
        self.flags() & flags == flags
    }

    /// The forward links of an attribute.
    pub(crate) fn linked(&self, name: &str) -> impl Iterator<Item = EntryId> + '_ {
        self.links.get(name).into_iter().flatten().copied()
    }

    /// The objects that link here by a forward attribute.
    pub(crate) fn linking(&self, forward: &str) -> impl Iterator<Item = EntryId> + '_ {
        self.linked_from.get(forward).into_iter().flatten().copied()
    }

    /// Whether the directory's own ACL has replaced the inherited one (MS-ADTS 3.1.1.6.1).
    pub(crate) fn is_protected(&self) -> bool {
        self.number("adminCount").is_some_and(|count| count != 0)
    }
}
