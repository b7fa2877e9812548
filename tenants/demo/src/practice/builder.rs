//! From a description to a domain: the tree that every domain has, then units, groups, accounts, policies, delegation.

use std::collections::{BTreeMap, BTreeSet};

use ldap3_proto::proto::LdapModifyType;

use super::{
    add,
    domain::Domain,
    entry::{EntryId, user_flags},
    generated, groups,
    modify::{self, Change, Links},
    name::Rdn,
    password::Secret,
    policy::Policy,
    schema::{self, Class},
    sid::{Sid, named_guid},
    specs::{BuildError, Delegation, Dialect, GroupSpec, LogonHours, PasswordAge, PsoSpec, UserSpec},
    store::{Grant, State},
    time::{self, Clock},
};

type Built<T> = Result<T, BuildError>;

/// A domain in the making.
#[derive(Clone, Debug)]
pub struct DomainBuilder {
    dns_name: String,
    netbios: String,
    dialect: Dialect,
    policy: Policy,
    administrator: Option<Redacted>,
    units: Vec<String>,
    groups: Vec<GroupSpec>,
    users: Vec<UserSpec>,
    psos: Vec<PsoSpec>,
    delegations: Vec<Delegation>,
}

#[derive(Clone)]
struct Redacted(String);

impl std::fmt::Debug for Redacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

impl DomainBuilder {
    /// A domain of this DNS name and NetBIOS name, with what every domain has and Windows' default policy.
    #[must_use]
    pub fn new(dns_name: &str, netbios: &str) -> Self {
        Self {
            dns_name: dns_name.to_lowercase(),
            netbios: netbios.to_uppercase(),
            dialect: Dialect::windows(),
            policy: Policy::default(),
            administrator: None,
            units: Vec::new(),
            groups: Vec::new(),
            users: Vec::new(),
            psos: Vec::new(),
            delegations: Vec::new(),
        }
    }

    /// How it answers.
    #[must_use]
    pub fn dialect(mut self, dialect: Dialect) -> Self {
        self.dialect = dialect;
        self
    }

    /// The domain's password policy.
    #[must_use]
    pub fn policy(mut self, policy: Policy) -> Self {
        self.policy = policy;
        self
    }

    /// The password of `Administrator`, a member of Domain Admins; without one nobody can sign in as it.
    #[must_use]
    pub fn administrator(mut self, password: &str) -> Self {
        self.administrator = Some(Redacted(password.to_owned()));
        self
    }

    /// An organizational unit; `Skola/Elever` is one inside another, which must stand before it.
    #[must_use]
    pub fn unit(mut self, path: &str) -> Self {
        self.units.push(path.to_owned());
        self
    }

    /// A group.
    #[must_use]
    pub fn group(mut self, group: GroupSpec) -> Self {
        self.groups.push(group);
        self
    }

    /// An account.
    #[must_use]
    pub fn user(mut self, user: UserSpec) -> Self {
        self.users.push(user);
        self
    }

    /// Makes an account that is already described a member of a group.
    #[must_use]
    pub fn joined(mut self, login: &str, group: &str) -> Self {
        for user in self.users.iter_mut().filter(|user| user.login == login) {
            user.groups.push(group.to_owned());
        }
        self
    }

    /// `count` accounts in a unit, computed from a seed: see [`generated_login`](super::generated_login) and
    /// [`generated_password`](super::generated_password).
    #[must_use]
    pub fn generated(mut self, unit: &str, seed: u64, count: usize) -> Self {
        self.users.extend((1..=count).map(|n| generated::user(&self.dns_name, unit, seed, n)));
        self
    }

    /// A fine-grained password policy.
    #[must_use]
    pub fn pso(mut self, pso: PsoSpec) -> Self {
        self.psos.push(pso);
        self
    }

    /// What a service account may do.
    #[must_use]
    pub fn delegate(mut self, delegation: Delegation) -> Self {
        self.delegations.push(delegation);
        self
    }

    /// The domain, with every age and date counted from the clock's present moment.
    ///
    /// # Errors
    /// When a name stands twice, refers to nothing, or an attribute cannot be set.
    pub fn build(self, clock: Clock) -> Built<Domain> {
        let now = time::ticks(clock());
        let mut build = Build::new(&self, now);
        for path in &self.units {
            build.unit(path)?;
        }
        for group in &self.groups {
            build.group(group)?;
        }
        for user in &self.users {
            build.user(user)?;
        }
        for group in &self.groups {
            build.membership(&group.name, &group.groups)?;
        }
        for user in &self.users {
            build.membership(&user.login, &user.groups)?;
            if let Some(manager) = &user.manager {
                let (manager, report) = (build.login(manager)?, build.login(&user.login)?);
                build.state.link("manager", report, manager);
            }
        }
        for pso in &self.psos {
            build.pso(pso)?;
        }
        for delegation in &self.delegations {
            build.delegation(delegation)?;
        }
        let everyone: BTreeSet<EntryId> = build.state.from(0).map(|(id, _)| id).collect();
        groups::protect(&mut build.state, &everyone);
        Ok(Domain::new(build.state, clock))
    }
}

struct Build {
    state: State,
    units: BTreeMap<String, EntryId>,
    now: i64,
}

impl Build {
    fn new(spec: &DomainBuilder, now: i64) -> Self {
        let mut build = Self {
            state: State::new(&spec.dns_name, &spec.netbios, spec.dialect.clone()),
            units: BTreeMap::new(),
            now,
        };
        let head = build.state.head;
        if let Some(entry) = build.state.get_mut(head) {
            spec.policy.write_domain(entry);
        }
        build.state.users = build.place(Rdn::new("CN", "Users"), head, Class::Container);
        build.state.builtin = build.place(Rdn::new("CN", "Builtin"), head, Class::Builtin);
        build.place(Rdn::new("CN", "Computers"), head, Class::Container);
        build.state.system = build.place(Rdn::new("CN", "System"), head, Class::Container);
        build.place(Rdn::new("OU", "Domain Controllers"), head, Class::Unit);
        let system = build.state.system;
        let container = Rdn::new("CN", "Password Settings Container");
        build.state.pso_container = build.place(container, system, Class::PsoContainer);
        build.well_known(spec.administrator.as_ref().map(|password| password.0.as_str()));
        build
    }

    fn place(&mut self, rdn: Rdn, parent: EntryId, class: Class) -> EntryId {
        let above = self.state.get(parent).map_or("", |entry| entry.dn.as_str());
        let guid = named_guid(&self.state.dns_name, &format!("{},{above}", rdn.written()));
        let entry = add::blank(&self.state, rdn, parent, class, guid, self.now);
        self.state.insert(entry)
    }

    fn well_known(&mut self, administrator: Option<&str>) {
        for (name, rid, builtin, kind) in groups::WELL_KNOWN {
            let (parent, sid) = if *builtin {
                (self.state.builtin, Sid::builtin(*rid))
            } else {
                (self.state.users, self.state.domain_sid.with(*rid))
            };
            let guid = named_guid(&self.state.dns_name, &format!("group {rid}"));
            let mut entry = add::blank(&self.state, Rdn::new("CN", name), parent, Class::Group, guid, self.now);
            entry.sid = Some(sid);
            entry.set_text("sAMAccountName", name);
            entry.set_number("groupType", *kind);
            self.state.insert(entry);
        }
        for (login, rid, password) in
            [("Administrator", 500, administrator), ("Guest", 501, None), ("krbtgt", 502, None)]
        {
            let guid = named_guid(&self.state.dns_name, &format!("user {rid}"));
            let users = self.state.users;
            let mut entry = add::blank(&self.state, Rdn::new("CN", login), users, Class::User, guid, self.now);
            entry.sid = Some(self.state.domain_sid.with(rid));
            entry.set_text("sAMAccountName", login);
            if let Some(password) = password {
                entry.secret = Some(Secret::new(password));
                entry.set_number("userAccountControl", user_flags::NORMAL | user_flags::PASSWORD_NEVER_EXPIRES);
                entry.set_number("pwdLastSet", self.now);
            }
            self.state.insert(entry);
        }
        for (group, member) in [
            ("Domain Admins", "Administrator"),
            ("Enterprise Admins", "Administrator"),
            ("Schema Admins", "Administrator"),
            ("Administrators", "Administrator"),
            ("Administrators", "Domain Admins"),
            ("Administrators", "Enterprise Admins"),
            ("Users", "Domain Users"),
            ("Guests", "Domain Guests"),
        ] {
            if let (Some(group), Some(member)) = (self.state.by_login(group), self.state.by_login(member)) {
                self.state.link("member", group, member);
            }
        }
    }

    fn unit(&mut self, path: &str) -> Built<()> {
        let (above, name) = path.rsplit_once('/').map_or((None, path), |(above, name)| (Some(above), name));
        let parent = match above {
            Some(above) => self.parent(Some(above))?,
            None => self.state.head,
        };
        if self.units.contains_key(path) {
            return Err(BuildError::Duplicate(path.to_owned()));
        }
        let id = self.place(Rdn::new("OU", name), parent, Class::Unit);
        self.units.insert(path.to_owned(), id);
        Ok(())
    }

    fn parent(&self, unit: Option<&str>) -> Built<EntryId> {
        let Some(path) = unit else { return Ok(self.state.users) };
        self.units.get(path).copied().ok_or_else(|| BuildError::Missing(path.to_owned()))
    }

    fn free(&self, login: &str, rdn: &Rdn, parent: EntryId) -> Built<()> {
        let above = self.state.get(parent).map_or("", |entry| entry.dn.as_str());
        let taken = self.state.resolve(&format!("{},{above}", rdn.written())).is_some();
        if taken || self.state.by_login(login).is_some() {
            return Err(BuildError::Duplicate(login.to_owned()));
        }
        Ok(())
    }

    fn group(&mut self, spec: &GroupSpec) -> Built<()> {
        let parent = self.parent(spec.unit.as_deref())?;
        let rdn = Rdn::new("CN", &spec.name);
        self.free(&spec.name, &rdn, parent)?;
        let guid = named_guid(&self.state.dns_name, &format!("group {}", spec.name.to_lowercase()));
        let mut entry = add::blank(&self.state, rdn, parent, Class::Group, guid, self.now);
        entry.set_text("sAMAccountName", &spec.name);
        add::finish(&mut self.state, &mut entry);
        self.state.insert(entry);
        Ok(())
    }

    fn user(&mut self, spec: &UserSpec) -> Built<()> {
        let parent = self.parent(spec.unit.as_deref())?;
        let display = spec.attributes.iter().find(|(name, _)| name.eq_ignore_ascii_case("displayName"));
        let common = spec.common_name.as_deref().or(display.map(|(_, value)| value.as_str())).unwrap_or(&spec.login);
        let rdn = Rdn::new("CN", common);
        self.free(&spec.login, &rdn, parent)?;
        let guid = named_guid(&self.state.dns_name, &format!("user {}", spec.login.to_lowercase()));
        let mut entry = add::blank(&self.state, rdn, parent, Class::User, guid, self.now);
        entry.set_text("sAMAccountName", &spec.login);
        let implicit = format!("{}@{}", spec.login, self.state.dns_name);
        entry.set_text("userPrincipalName", spec.principal.as_deref().unwrap_or(&implicit));
        entry.set_number("userAccountControl", spec.flags);
        let mut links = Links::new();
        for (name, value) in &spec.attributes {
            let wrong = || BuildError::Attribute(name.clone());
            let attribute = schema::find(name).ok_or_else(wrong)?;
            let values = [value.as_bytes().to_vec()];
            let replace = LdapModifyType::Replace;
            let change = Change { operation: &replace, attribute, values: &values, permissive: true, now: self.now };
            modify::apply(&self.state, None, &mut entry, change, &mut links).map_err(|_| wrong())?;
        }
        if let Some(password) = &spec.password {
            let mut passwords = spec.previous.iter().chain(std::iter::once(password));
            if let Some(first) = passwords.next() {
                entry.secret = Some(passwords.fold(Secret::new(first), |secret, next| secret.replaced(next, 1024)));
            }
            entry.set_number(
                "pwdLastSet",
                match spec.age {
                    PasswordAge::Ago(span) => self.now.saturating_sub(time::span_ticks(span)),
                    PasswordAge::LastsDays(days) => {
                        let age = self.state.get(self.state.head).and_then(|head| head.number("maxPwdAge"));
                        time::set_to_last(self.now, age, days)
                    }
                    PasswordAge::MustChange => 0,
                },
            );
        }
        if let Some(span) = spec.expires_in {
            entry.set_number("accountExpires", self.now.saturating_add(time::span_ticks(span)));
        }
        if spec.locked {
            let threshold = self.state.get(self.state.head).and_then(|head| head.number("lockoutThreshold"));
            entry.set_number("lockoutTime", self.now);
            entry.set_number("badPasswordTime", self.now);
            entry.set_number("badPwdCount", threshold.unwrap_or_default());
        }
        if spec.hours == LogonHours::Never {
            entry.attributes.insert("logonHours", vec![vec![0; 21]]);
        }
        if let Some(machines) = &spec.workstations {
            entry.set_text("userWorkstations", machines);
        }
        add::finish(&mut self.state, &mut entry);
        let id = self.state.insert(entry);
        modify::link(&mut self.state, id, &links);
        Ok(())
    }

    fn login(&self, login: &str) -> Built<EntryId> {
        self.state.by_login(login).ok_or_else(|| BuildError::Missing(login.to_owned()))
    }

    fn membership(&mut self, member: &str, groups: &[String]) -> Built<()> {
        for group in groups {
            let (group, member) = (self.login(group)?, self.login(member)?);
            self.state.link("member", group, member);
        }
        Ok(())
    }

    fn pso(&mut self, spec: &PsoSpec) -> Built<()> {
        let container = self.state.pso_container;
        let id = self.place(Rdn::new("CN", &spec.name), container, Class::Pso);
        if let Some(entry) = self.state.get_mut(id) {
            spec.policy.write_fine_grained(entry, spec.precedence);
        }
        for name in &spec.applies_to {
            let target = self.login(name)?;
            self.state.link("msDS-PSOAppliesTo", id, target);
        }
        Ok(())
    }

    fn delegation(&mut self, spec: &Delegation) -> Built<()> {
        let write = spec.write.iter().map(|name| {
            schema::find(name).map(|attribute| attribute.name).ok_or_else(|| BuildError::Attribute(name.clone()))
        });
        let grant = Grant {
            trustee: self.login(&spec.trustee)?,
            units: spec.units.iter().map(|unit| self.parent(Some(unit))).collect::<Built<_>>()?,
            reset: spec.reset,
            write: write.collect::<Built<_>>()?,
            unexpire: spec.unexpire,
            read_psos: spec.read_psos,
        };
        self.state.grants.push(grant);
        Ok(())
    }
}
