//! An OpenLDAP server with the ppolicy overlay: asked and told as its administrator.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::PathBuf,
    time::SystemTime,
};

use chrono::{DateTime, TimeDelta, Utc};
use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Mod, Scope, SearchEntry,
    controls::{Control, RawControl},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{DEADLINE, client_config};
use crate::{Person, State, world::DENIED_GROUP};

/// The control that asks for, and brings, the reasons of the password policy.
const PPOLICY: &str = "1.3.6.1.4.1.42.2.27.8.5.1";
/// Lets the administrator write what the server keeps for itself.
const RELAX: &str = "1.3.6.1.4.1.4203.666.5.12";
/// The group that is a member of the denied one.
const NESTED_GROUP: &str = "Inhyrda";
/// What everybody's password is at first.
const PASSWORD: &str = "Kastanj41Skugga";

/// An OpenLDAP server, as `slapd.sh` seeds it.
#[derive(Clone, Debug, Deserialize)]
pub struct Slapd {
    pub name: String,
    pub realm: String,
    pub ip: String,
    /// `ldaps://` and the address.
    pub url: String,
    /// `dc=orebro,dc=test`
    pub base: String,
    pub people_ou: String,
    /// Below `people_ou`: accounts that units share.
    pub functional_ou: String,
    pub other_ou: String,
    pub groups_ou: String,
    /// The policy of those whose entry names none.
    pub default_policy: String,
    /// One that asks for fourteen characters.
    pub longer_policy: String,
    pub ca_file: PathBuf,
    pub admin_dn: String,
    pub admin_password: String,
    pub service_dn: String,
    pub service_password: String,
}

impl Slapd {
    /// A connection bound as administrator.
    pub async fn admin(&self) -> Ldap {
        let mut ldap = self.connect().await;
        let bound = ldap.simple_bind(&self.admin_dn, &self.admin_password).await;
        bound.and_then(LdapResult::success).expect("the administrator can bind");
        ldap
    }

    async fn connect(&self) -> Ldap {
        let settings = LdapConnSettings::new().set_conn_timeout(DEADLINE).set_config(client_config(&self.ca_file));
        let connected = LdapConnAsync::with_settings(settings, &self.url).await;
        let (connection, ldap) = connected.unwrap_or_else(|error| panic!("{} does not answer: {error}", self.url));
        ldap3::drive!(connection);
        ldap
    }

    /// Tries a password; the error is the sub-code that Active Directory has for it, so that suites can compare.
    pub async fn bind(&self, dn: &str, password: &str) -> Result<(), String> {
        let mut ldap = self.connect().await;
        let asking = RawControl { ctype: PPOLICY.to_owned(), crit: false, val: None };
        let result = ldap.with_controls(asking).simple_bind(dn, password).await.expect("the server answers");
        let control = result.ctrls.iter().find(|Control(_, control)| control.ctype == PPOLICY);
        let error = control.and_then(|Control(_, control)| match control.val.as_deref() {
            Some([.., 0x81, 0x01, error]) => Some(*error),
            _ => None,
        });
        match (result.rc, error) {
            (0, None) => Ok(()),
            (49, Some(0)) => Err("532".to_owned()),
            (49, Some(1)) => Err("775".to_owned()),
            (0, Some(2)) => Err("773".to_owned()),
            (49, _) => Err("52e".to_owned()),
            other => Err(format!("{other:?}: {}", result.text)),
        }
    }

    /// Somebody in this state, whom no other test has.
    pub async fn person(&self, state: State, number: &str) -> Person {
        let uid = format!("prov{}", &Uuid::new_v4().simple().to_string()[..8]);
        let unit = match state {
            State::Outside => &self.other_ou,
            State::Functional => &self.functional_ou,
            _ => &self.people_ou,
        };
        let person = Person {
            // There is no domain to put before a name.
            netbios_login: uid.clone(),
            upn: format!("{uid}@{}", self.realm),
            mail: format!("{uid}@{}", self.realm),
            password: PASSWORD.to_owned(),
            number: (!matches!(state, State::Unregistered | State::Unknown)).then(|| number.to_owned()),
            state,
            dn: if state == State::Unknown { String::new() } else { format!("uid={uid},{unit}") },
            username: uid,
        };
        if state != State::Unknown {
            self.add(&person).await;
            self.bring_into(&person, state).await;
        }
        person
    }

    async fn add(&self, person: &Person) {
        let attributes = [
            ("objectClass", "inetOrgPerson"),
            ("uid", &person.username),
            ("cn", "Petra Åström"),
            ("sn", "Åström"),
            ("displayName", "Petra Åström"),
            ("mail", &person.mail),
            ("userPassword", &person.password),
        ];
        let attributes = attributes.map(|(name, value)| (name, HashSet::from([value]))).to_vec();
        let added = self.admin().await.add(&person.dn, attributes).await.and_then(LdapResult::success);
        added.unwrap_or_else(|error| panic!("{} was not created: {error}", person.dn));
    }

    async fn bring_into(&self, person: &Person, state: State) {
        let yesterday = generalized(TimeDelta::days(1));
        match state {
            State::Locked => self.lock(&person.dn).await,
            State::Expired => self.overwrite(&person.dn, "pwdChangedTime", &generalized(TimeDelta::days(91))).await,
            State::MustChange => self.overwrite(&person.dn, "pwdReset", "TRUE").await,
            State::Disabled => self.disable(&person.dn).await,
            State::AccountExpired => self.overwrite(&person.dn, "pwdEndTime", &yesterday).await,
            State::Denied => self.join(&person.dn, DENIED_GROUP).await,
            // OpenLDAP knows no protected accounts: those whom nobody shall reset are in a group that is denied, here
            // by way of another.
            State::Protected => self.join(&person.dn, NESTED_GROUP).await,
            State::Normal | State::Functional | State::Unregistered | State::Outside | State::Unknown => {}
        }
    }

    /// Locks an account the way a stranger does.
    pub async fn lock(&self, dn: &str) {
        for _ in 0..6 {
            let wrong = self.bind(dn, "Fel-losenord-1").await;
            assert!(wrong.is_err(), "a wrong password was right");
        }
        assert!(self.is_locked(dn).await, "five wrong passwords lock");
    }

    /// Locks an account as an administrator does, for good.
    pub async fn disable(&self, dn: &str) {
        self.overwrite(dn, "pwdAccountLockedTime", "000001010000Z").await;
    }

    /// Whether an account is locked out.
    pub async fn is_locked(&self, dn: &str) -> bool {
        !self.values(dn, "pwdAccountLockedTime").await.is_empty()
    }

    /// Puts an entry into one of the seeded groups.
    pub async fn join(&self, dn: &str, group: &str) {
        let group = format!("cn={group},{}", self.groups_ou);
        let change = Mod::Add("member", HashSet::from([dn]));
        let joined = self.admin().await.modify(&group, vec![change]).await.and_then(LdapResult::success);
        joined.unwrap_or_else(|error| panic!("{dn} did not join {group}: {error}"));
    }

    /// Writes an attribute, also one that the server keeps for itself.
    pub async fn overwrite(&self, dn: &str, attribute: &str, value: &str) {
        let relax = RawControl { ctype: RELAX.to_owned(), crit: true, val: None };
        let change = Mod::Replace(attribute, HashSet::from([value]));
        let mut ldap = self.admin().await;
        let written = ldap.with_controls(relax).modify(dn, vec![change]).await.and_then(LdapResult::success);
        written.unwrap_or_else(|error| panic!("{attribute} of {dn} was not written: {error}"));
    }

    /// The values of one attribute; none where it is absent.
    pub async fn values(&self, dn: &str, attribute: &str) -> Vec<String> {
        let (mut found, _) = self
            .admin()
            .await
            .search(dn, Scope::Base, "(objectClass=*)", [attribute])
            .await
            .and_then(ldap3::SearchResult::success)
            .unwrap_or_else(|error| panic!("{dn} cannot be read: {error}"));
        let attributes: HashMap<_, _> = SearchEntry::construct(found.pop().expect("the entry")).attrs;
        attributes.get(attribute).cloned().unwrap_or_default()
    }

    /// The authority that signed its certificate.
    pub fn ca_pem(&self) -> String {
        fs::read_to_string(&self.ca_file).expect("a CA")
    }
}

/// So long ago by the server's clock, as it writes times.
fn generalized(ago: TimeDelta) -> String {
    (DateTime::<Utc>::from(SystemTime::now()) - ago).format("%Y%m%d%H%M%SZ").to_string()
}
