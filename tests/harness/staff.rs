//! People whose passwords end on chosen days, and the units and groups that they are in, in any kind of directory.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use ldap3::{LdapResult, Scope, SearchEntry, SearchResult};
use uuid::Uuid;

use crate::{
    Person, State,
    people::TestDirectory,
    services::{filetime, quoted_utf16},
};

/// What everybody's password is at first.
const PASSWORD: &str = "Kastanj41Skugga";

type Attributes = Vec<(&'static str, Vec<u8>)>;

fn texts<const N: usize>(attributes: [(&'static str, &str); N]) -> Attributes {
    attributes.into_iter().map(|(name, value)| (name, value.as_bytes().to_vec())).collect()
}

impl TestDirectory {
    /// Where the staff is.
    pub fn staff_unit(&self) -> String {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.staff_ou.clone(),
            (_, Some(slapd)) => slapd.people_ou.clone(),
            _ => format!("OU={},{}", portvakt_demo::accounts::STAFF_UNIT, self.base()),
        }
    }

    /// Where the staff's shared accounts are.
    pub fn functional_unit(&self) -> String {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.functional_ou(),
            (_, Some(slapd)) => slapd.functional_ou.clone(),
            _ => format!("OU={},{}", portvakt_demo::accounts::FUNCTIONAL_UNIT, self.staff_unit()),
        }
    }

    /// A new unit in another one.
    pub async fn new_unit(&self, above: &str) -> String {
        let dn = format!("OU={},{above}", unique("enhet"));
        self.add(&dn, texts([("objectClass", "organizationalUnit")])).await;
        dn
    }

    /// Somebody new in a unit.
    pub async fn hire(&self, unit: &str) -> Person {
        let username = unique("anst");
        let (rdn, mail) = (format!("CN={username}"), format!("{username}@staff.test"));
        let mut attributes =
            texts([("givenName", "Åsa"), ("sn", "Öberg"), ("displayName", "Åsa Öberg"), ("mail", &mail)]);
        let rdn = if self.slapd().is_some() {
            let own = [("objectClass", "inetOrgPerson"), ("uid", &username), ("cn", "Åsa"), ("userPassword", PASSWORD)];
            attributes.extend(texts(own));
            rdn.replace("CN=", "uid=")
        } else {
            attributes.extend(texts([
                ("objectClass", "user"),
                ("sAMAccountName", &username),
                ("userAccountControl", "512"),
            ]));
            attributes.push(("unicodePwd", quoted_utf16(PASSWORD)));
            rdn
        };
        let dn = format!("{rdn},{unit}");
        self.add(&dn, attributes).await;
        Person {
            netbios_login: username.clone(),
            upn: mail.clone(),
            mail,
            username,
            password: PASSWORD.to_owned(),
            number: None,
            state: State::Normal,
            dn,
        }
    }

    /// Makes a password one that was set then.
    pub async fn set_back(&self, person: &Person, at: DateTime<Utc>) {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => {
                let written = format!("pwdLastSet={}", filetime(at.into()));
                samba.backdate(&person.username, &[&written]).await;
            }
            (_, Some(slapd)) => {
                slapd.overwrite(&person.dn, "pwdChangedTime", &at.format("%Y%m%d%H%M%SZ").to_string()).await;
            }
            _ => {
                let account = self.practice().domain().account(&person.username).expect("an account");
                account.overwrite_time("pwdLastSet", at).expect("a time");
            }
        }
    }

    /// Gives somebody a policy of their own, under which passwords end after so long.
    pub async fn hold_by_own_policy(&self, person: &Person, age: TimeDelta) {
        if let Some(slapd) = self.slapd() {
            let dn = format!("cn={},ou=policies,{}", unique("regel"), slapd.base);
            let mut policy = texts([("pwdAttribute", "userPassword"), ("pwdMaxAge", &age.num_seconds().to_string())]);
            policy.extend(texts([("objectClass", "device"), ("objectClass", "pwdPolicy")]));
            self.add(&dn, policy).await;
            return slapd.overwrite(&person.dn, "pwdPolicySubentry", &dn).await;
        }
        let dn = format!("CN={},CN=Password Settings Container,CN=System,{}", unique("regel"), self.base());
        let ticks = format!("-{}", age.num_seconds() * 10_000_000);
        let policy = texts([
            ("objectClass", "msDS-PasswordSettings"),
            ("msDS-PasswordSettingsPrecedence", "5"),
            ("msDS-PasswordReversibleEncryptionEnabled", "FALSE"),
            ("msDS-PasswordComplexityEnabled", "TRUE"),
            ("msDS-PasswordHistoryLength", "25"),
            ("msDS-MinimumPasswordLength", "8"),
            ("msDS-MinimumPasswordAge", "0"),
            ("msDS-MaximumPasswordAge", &ticks),
            ("msDS-LockoutThreshold", "5"),
            ("msDS-LockoutObservationWindow", "-18000000000"),
            ("msDS-LockoutDuration", "-18000000000"),
            ("msDS-PSOAppliesTo", &person.dn),
        ]);
        self.add(&dn, policy).await;
    }

    /// Lets somebody's password never end.
    pub async fn keep_for_ever(&self, person: &Person) {
        match self.slapd() {
            Some(_) => self.hold_by_own_policy(person, TimeDelta::zero()).await,
            None => self.replace(&person.dn, "userAccountControl", &["66048"]).await,
        }
    }

    /// Makes somebody change the password at the next sign-in.
    pub async fn ask_for_a_change(&self, person: &Person) {
        match self.slapd() {
            Some(slapd) => slapd.overwrite(&person.dn, "pwdReset", "TRUE").await,
            None => self.replace(&person.dn, "pwdLastSet", &["0"]).await,
        }
    }

    /// Lets an account end then.
    pub async fn end_account(&self, person: &Person, at: DateTime<Utc>) {
        match self.slapd() {
            Some(slapd) => slapd.overwrite(&person.dn, "pwdEndTime", &at.format("%Y%m%d%H%M%SZ").to_string()).await,
            None => self.replace(&person.dn, "accountExpires", &[&filetime(at.into()).to_string()]).await,
        }
    }

    /// So many accounts without a password in a unit, fast.
    pub async fn crowd(&self, unit: &str, count: usize) {
        let id = unique("m");
        let mut ldap = self.administrator().await;
        for n in 0..count {
            let name = format!("{id}{n:04}");
            let (dn, own) = match self.slapd() {
                Some(_) => (
                    format!("uid={name},{unit}"),
                    texts([("objectClass", "inetOrgPerson"), ("uid", &name), ("cn", &name), ("sn", "Många")]),
                ),
                None => (
                    format!("CN={name},{unit}"),
                    texts([("objectClass", "user"), ("sAMAccountName", &name), ("userAccountControl", "514")]),
                ),
            };
            let added = ldap.add(&dn, grouped(own)).await.and_then(LdapResult::success);
            added.unwrap_or_else(|error| panic!("{dn} was not created: {error}"));
        }
    }

    /// Takes a unit away with everybody in it: a crowd would slow other suites down.
    pub async fn dismiss(&self, unit: &str) {
        let mut ldap = self.administrator().await;
        let found = ldap.search(unit, Scope::Subtree, "(objectClass=*)", ["1.1"]);
        let (found, _) = found.await.and_then(SearchResult::success).expect("what is in the unit");
        let mut names: Vec<String> = found.into_iter().map(|entry| SearchEntry::construct(entry).dn).collect();
        // What lies in another one goes first.
        names.sort_by_key(|name| std::cmp::Reverse(name.matches(',').count()));
        for name in names {
            let deleted = ldap.delete(&name).await.and_then(LdapResult::success);
            deleted.unwrap_or_else(|error| panic!("{name} was not deleted: {error}"));
        }
    }

    async fn add(&self, dn: &str, attributes: Attributes) {
        let added = self.administrator().await.add(dn, grouped(attributes)).await.and_then(LdapResult::success);
        added.unwrap_or_else(|error| panic!("{dn} was not created: {error}"));
    }
}

/// A name that nobody else has.
fn unique(name: &str) -> String {
    format!("{name}-{}", &Uuid::new_v4().simple().to_string()[..8])
}

/// The values of each attribute together.
fn grouped(attributes: Attributes) -> Vec<(Vec<u8>, HashSet<Vec<u8>>)> {
    let mut grouped: Vec<(Vec<u8>, HashSet<Vec<u8>>)> = Vec::new();
    for (name, value) in attributes {
        match grouped.iter_mut().find(|(known, _)| known == name.as_bytes()) {
            Some((_, values)) => values.extend([value]),
            None => grouped.push((name.as_bytes().to_vec(), HashSet::from([value]))),
        }
    }
    grouped
}
