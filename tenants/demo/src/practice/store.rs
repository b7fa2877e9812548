//! The tree and its indexes: adding, finding, linking, moving and removing objects. No rules about who may.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use uuid::Uuid;

use super::{
    entry::{Entry, EntryId, Values},
    name::{self, Fold, Rdn},
    schema::{self, Class, Syntax},
    sid::{self, Sid},
    specs::Dialect,
};

/// Attributes whose equality is looked up instead of tried on every object.
pub(crate) const INDEXED: &[&str] = &["sAMAccountName", "userPrincipalName", "mail", "displayName", "mobile"];

/// What a trustee may do below some units and on the domain.
#[derive(Clone, Debug)]
pub(crate) struct Grant {
    pub(crate) trustee: EntryId,
    pub(crate) units: BTreeSet<EntryId>,
    pub(crate) reset: bool,
    pub(crate) write: BTreeSet<&'static str>,
    pub(crate) unexpire: bool,
    pub(crate) read_psos: bool,
}

/// Everything that the directory holds.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) dns_name: String,
    pub(crate) netbios: String,
    pub(crate) dialect: Dialect,
    pub(crate) domain_sid: Sid,
    pub(crate) head: EntryId,
    pub(crate) users: EntryId,
    pub(crate) builtin: EntryId,
    pub(crate) system: EntryId,
    pub(crate) pso_container: EntryId,
    pub(crate) grants: Vec<Grant>,
    pub(crate) usn: i64,
    pub(crate) next_rid: u32,
    next_id: EntryId,
    entries: BTreeMap<EntryId, Entry>,
    children: HashMap<EntryId, BTreeSet<EntryId>>,
    names: HashMap<String, EntryId>,
    guids: HashMap<Uuid, EntryId>,
    sids: HashMap<Sid, EntryId>,
    index: HashMap<(&'static str, String), BTreeSet<EntryId>>,
}

impl State {
    /// An empty tree with its head.
    pub(crate) fn new(dns_name: &str, netbios: &str, dialect: Dialect) -> Self {
        let mut state = Self {
            dns_name: dns_name.to_lowercase(),
            netbios: netbios.to_uppercase(),
            dialect,
            domain_sid: Sid::of_domain(&dns_name.to_lowercase()),
            head: 0,
            users: 0,
            builtin: 0,
            system: 0,
            pso_container: 0,
            grants: Vec::new(),
            usn: 4096,
            next_rid: 1103,
            next_id: 1,
            entries: BTreeMap::new(),
            children: HashMap::new(),
            names: HashMap::new(),
            guids: HashMap::new(),
            sids: HashMap::new(),
            index: HashMap::new(),
        };
        let labels: Vec<String> =
            state.dns_name.split('.').map(|label| format!("DC={}", name::escape(label))).collect();
        let first = state.dns_name.split('.').next().unwrap_or_default().to_owned();
        let guid = sid::named_guid(&state.dns_name, "");
        let mut head = Entry {
            parent: None,
            rdn: Rdn::new("DC", &first),
            dn: labels.join(","),
            guid,
            class: Class::Domain,
            sid: Some(state.domain_sid.clone()),
            attributes: BTreeMap::new(),
            links: BTreeMap::new(),
            linked_from: BTreeMap::new(),
            secret: None,
        };
        head.set_number("msDS-Behavior-Version", 7);
        state.head = state.insert(head);
        state
    }

    /// The rule by which texts are equal here.
    pub(crate) fn fold(&self) -> Fold {
        Fold { accents: self.dialect.accents_folded }
    }

    /// One object.
    pub(crate) fn get(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(&id)
    }

    /// One object for writing what no index holds; everything else goes through [`State::put`].
    pub(crate) fn get_mut(&mut self, id: EntryId) -> Option<&mut Entry> {
        self.entries.get_mut(&id)
    }

    /// Every object from `first` on.
    pub(crate) fn from(&self, first: EntryId) -> impl Iterator<Item = (EntryId, &Entry)> {
        self.entries.range(first..).map(|(id, entry)| (*id, entry))
    }

    /// The objects right below one.
    pub(crate) fn children(&self, id: EntryId) -> impl Iterator<Item = EntryId> + '_ {
        self.children.get(&id).into_iter().flatten().copied()
    }

    /// Whether an object is another or lies below it.
    pub(crate) fn is_within(&self, id: EntryId, base: EntryId) -> bool {
        let mut at = Some(id);
        while let Some(id) = at {
            if id == base {
                return true;
            }
            at = self.get(id).and_then(|entry| entry.parent);
        }
        false
    }

    /// The object of a security identifier.
    pub(crate) fn by_sid(&self, sid: &Sid) -> Option<EntryId> {
        self.sids.get(sid).copied()
    }

    /// The object of a GUID.
    pub(crate) fn by_guid(&self, guid: &Uuid) -> Option<EntryId> {
        self.guids.get(guid).copied()
    }

    /// The object of a parsed name.
    pub(crate) fn by_name(&self, rdns: &[Rdn]) -> Option<EntryId> {
        self.names.get(&self.fold().name(rdns)).copied()
    }

    /// The object that a client's text names: a DN, `<GUID=…>` or `<SID=…>` (MS-ADTS 3.1.1.3.1.2.4).
    pub(crate) fn resolve(&self, text: &str) -> Option<EntryId> {
        if let Some(inner) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
            let (kind, value) = inner.split_once('=')?;
            return match kind.to_ascii_uppercase().as_str() {
                "GUID" => self.by_guid(&sid::parse_guid(value)?),
                "SID" => self.by_sid(&Sid::parse(value)?),
                _ => None,
            };
        }
        self.by_name(&name::parse(text)?)
    }

    /// Objects with this value of an indexed attribute.
    pub(crate) fn lookup(&self, attribute: &'static str, folded: &str) -> BTreeSet<EntryId> {
        self.index.get(&(attribute, folded.to_owned())).cloned().unwrap_or_default()
    }

    /// The account or group of a `sAMAccountName`.
    pub(crate) fn by_login(&self, login: &str) -> Option<EntryId> {
        self.lookup("sAMAccountName", &self.fold().text(login)).first().copied()
    }

    /// Takes a new object in.
    pub(crate) fn insert(&mut self, entry: Entry) -> EntryId {
        let id = self.next_id;
        self.next_id += 1;
        self.usn += 1;
        if let Some(parent) = entry.parent {
            self.children.entry(parent).or_default().insert(id);
        }
        if let Some(rdns) = name::parse(&entry.dn) {
            self.names.insert(self.fold().name(&rdns), id);
        }
        self.guids.insert(entry.guid, id);
        if let Some(sid) = &entry.sid {
            self.sids.insert(sid.clone(), id);
        }
        self.index_entry(id, &entry, true);
        self.entries.insert(id, entry);
        id
    }

    /// Replaces an object's attributes and password; place, identifiers and links stay.
    pub(crate) fn put(&mut self, id: EntryId, entry: Entry) {
        let Some(old) = self.entries.remove(&id) else { return };
        self.usn += 1;
        self.index_entry(id, &old, false);
        self.index_entry(id, &entry, true);
        self.entries.insert(id, Entry { links: old.links, linked_from: old.linked_from, ..entry });
    }

    fn index_entry(&mut self, id: EntryId, entry: &Entry, add: bool) {
        let fold = self.fold();
        for attribute in INDEXED {
            for value in entry.attributes.get(attribute).into_iter().flatten() {
                let key = (*attribute, fold.bytes(value));
                if add {
                    self.index.entry(key).or_default().insert(id);
                } else if let Some(ids) = self.index.get_mut(&key) {
                    ids.remove(&id);
                    if ids.is_empty() {
                        self.index.remove(&key);
                    }
                }
            }
        }
    }

    /// Links one object to another, both ways.
    pub(crate) fn link(&mut self, attribute: &'static str, from: EntryId, to: EntryId) {
        self.usn += 1;
        if let Some(entry) = self.entries.get_mut(&from) {
            entry.links.entry(attribute).or_default().insert(to);
        }
        if let Some(entry) = self.entries.get_mut(&to) {
            entry.linked_from.entry(attribute).or_default().insert(from);
        }
    }

    /// Takes a link away, both ways.
    pub(crate) fn unlink(&mut self, attribute: &'static str, from: EntryId, to: EntryId) {
        self.usn += 1;
        if let Some(entry) = self.entries.get_mut(&from)
            && let Some(links) = entry.links.get_mut(attribute)
        {
            links.remove(&to);
        }
        if let Some(entry) = self.entries.get_mut(&to)
            && let Some(links) = entry.linked_from.get_mut(attribute)
        {
            links.remove(&from);
        }
    }

    /// Takes an object without children out.
    pub(crate) fn remove(&mut self, id: EntryId) {
        let Some(entry) = self.entries.get(&id).cloned() else { return };
        for (attribute, targets) in &entry.links {
            targets.iter().for_each(|to| self.unlink(attribute, id, *to));
        }
        for (attribute, sources) in &entry.linked_from {
            sources.iter().for_each(|from| self.unlink(attribute, *from, id));
        }
        self.index_entry(id, &entry, false);
        if let Some(rdns) = name::parse(&entry.dn) {
            self.names.remove(&self.fold().name(&rdns));
        }
        self.guids.remove(&entry.guid);
        if let Some(sid) = &entry.sid {
            self.sids.remove(sid);
        }
        if let Some(siblings) = entry.parent.and_then(|parent| self.children.get_mut(&parent)) {
            siblings.remove(&id);
        }
        self.grants.retain(|grant| grant.trustee != id);
        self.entries.remove(&id);
        self.usn += 1;
    }

    /// Gives an object another name or another place; what lies below follows.
    pub(crate) fn relocate(&mut self, id: EntryId, rdn: Rdn, parent: EntryId) {
        let old = self.entries.get(&id).and_then(|entry| entry.parent);
        if let Some(siblings) = old.and_then(|old| self.children.get_mut(&old)) {
            siblings.remove(&id);
        }
        self.children.entry(parent).or_default().insert(id);
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.rdn = rdn;
            entry.parent = Some(parent);
        }
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let fold = self.fold();
            let Some(entry) = self.entries.get(&id) else { continue };
            let above = entry.parent.and_then(|parent| self.entries.get(&parent)).map_or("", |entry| entry.dn.as_str());
            let dn = format!("{},{above}", entry.rdn.written());
            let old = entry.dn.clone();
            for (key, present) in [(old, false), (dn.clone(), true)] {
                let Some(rdns) = name::parse(&key) else { continue };
                let key = fold.name(&rdns);
                if present {
                    self.names.insert(key, id);
                } else if self.names.get(&key) == Some(&id) {
                    self.names.remove(&key);
                }
            }
            if let Some(entry) = self.entries.get_mut(&id) {
                entry.dn = dn;
            }
            open.extend(self.children(id).collect::<Vec<_>>());
        }
        self.usn += 1;
    }

    /// The values of an attribute as the directory knows them, constructed ones aside.
    pub(crate) fn values(&self, id: EntryId, attribute: &'static schema::Attribute) -> Values {
        let Some(entry) = self.get(id) else { return Vec::new() };
        let text = |value: &str| vec![value.as_bytes().to_vec()];
        let names = |ids: Vec<EntryId>| -> Values {
            ids.into_iter().filter_map(|id| Some(self.get(id)?.dn.as_bytes().to_vec())).collect()
        };
        match attribute.source {
            schema::Source::Link => return names(entry.linked(attribute.name).collect()),
            schema::Source::BackLink(forward) => return names(entry.linking(forward).collect()),
            schema::Source::Constructed | schema::Source::Secret => return Vec::new(),
            schema::Source::Stored | schema::Source::System => {}
        }
        match attribute.name {
            "distinguishedName" => text(&entry.dn),
            "name" => text(&entry.rdn.value),
            "cn" | "ou" | "dc" if entry.rdn.kind.eq_ignore_ascii_case(attribute.name) => text(&entry.rdn.value),
            "objectGUID" => vec![entry.guid.to_bytes_le().to_vec()],
            "objectSid" => entry.sid.iter().map(Sid::bytes).collect(),
            "objectClass" => entry.class.chain().iter().map(|class| class.as_bytes().to_vec()).collect(),
            "objectCategory" => text(&self.category(entry.class)),
            name => entry.attributes.get(name).cloned().unwrap_or_default(),
        }
    }

    /// The name of a class's category.
    pub(crate) fn category(&self, class: Class) -> String {
        let base = self.get(self.head).map_or("", |head| head.dn.as_str());
        format!("CN={},CN=Schema,CN=Configuration,{base}", class.category())
    }

    /// Whether a value is right for an attribute's syntax.
    pub(crate) fn is_well_formed(attribute: &schema::Attribute, value: &[u8]) -> bool {
        let text = std::str::from_utf8(value).ok();
        match attribute.syntax {
            Syntax::Text | Syntax::Time => text.is_some_and(|text| !text.is_empty()),
            Syntax::Number => text.is_some_and(|text| text.parse::<i64>().is_ok()),
            Syntax::Boolean => matches!(text, Some("TRUE" | "FALSE")),
            Syntax::Name => text.is_some_and(|text| text.starts_with('<') || name::parse(text).is_some()),
            Syntax::Octets => !value.is_empty(),
        }
    }
}
