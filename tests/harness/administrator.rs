//! What an administrator does and sees in either kind of directory, over LDAP and past the platform.

use std::{collections::HashSet, sync::Arc};

use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Mod, Scope, SearchEntry};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use uuid::Uuid;

use crate::{Person, State, people::TestDirectory, services::NewUser, world::DENIED_GROUP};

/// The administrator's password in practice directories.
pub const PRACTICE_ADMINISTRATOR: &str = "Overforman51Practice";

/// What a reset or an unlock would change of an account.
pub type Traces = Vec<Vec<String>>;

impl TestDirectory {
    /// The domain's naming context.
    pub fn base(&self) -> String {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.base.clone(),
            (_, Some(slapd)) => slapd.base.clone(),
            _ => self.practice().domain().base_dn(),
        }
    }

    /// Where accounts lie that are not served.
    pub fn other_unit(&self) -> String {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.other_ou.clone(),
            (_, Some(slapd)) => slapd.other_ou.clone(),
            _ => format!("OU={},{}", portvakt_demo::accounts::OTHER_UNIT, self.base()),
        }
    }

    /// The group whose members are never served.
    pub fn denied_group(&self) -> String {
        if let Some(slapd) = self.slapd() {
            return format!("cn={DENIED_GROUP},{}", slapd.groups_ou);
        }
        let unit = if self.samba().is_some() { "OU=Grupper" } else { "CN=Users" };
        format!("CN={DENIED_GROUP},{unit},{}", self.base())
    }

    /// A connection bound as administrator.
    pub async fn administrator(&self) -> Ldap {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.admin().await,
            (_, Some(slapd)) => slapd.admin().await,
            _ => {
                let mut ldap = self.connect_practice().await;
                let name = format!("CN=Administrator,CN=Users,{}", self.base());
                let bound = ldap.simple_bind(&name, PRACTICE_ADMINISTRATOR).await;
                bound.and_then(LdapResult::success).expect("the administrator can bind");
                ldap
            }
        }
    }

    async fn connect_practice(&self) -> Ldap {
        let server = self.practice();
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(server.ca_pem().as_bytes()).expect("it is PEM");
        roots.add(ca).expect("it holds a certificate");
        let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let settings = LdapConnSettings::new().set_config(Arc::new(config));
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &server.url()).await.expect("it answers");
        ldap3::drive!(connection);
        ldap
    }

    /// Signs in with a password over LDAP, and does what every such sign-in does; the error is the `data` code.
    pub async fn signs_in(&self, person: &Person, password: &str) -> Result<(), String> {
        if let Some(slapd) = self.slapd() {
            return slapd.bind(&person.dn, password).await;
        }
        let Some(samba) = self.samba() else {
            let mut ldap = self.connect_practice().await;
            let result = ldap.simple_bind(&person.dn, password).await.expect("the directory answers");
            let data = result.text.split_once("data ").and_then(|(_, rest)| rest.split(',').next());
            return if result.rc == 0 { Ok(()) } else { Err(data.unwrap_or(&result.text).to_owned()) };
        };
        samba.bind(&person.dn, password).await
    }

    /// Replaces an attribute's values.
    pub async fn replace(&self, dn: &str, attribute: &str, values: &[&str]) {
        self.modify(dn, Mod::Replace(attribute, values.iter().copied().collect())).await;
    }

    async fn modify(&self, dn: &str, change: Mod<&str>) {
        let mut ldap = self.administrator().await;
        let done = ldap.modify(dn, vec![change]).await.and_then(LdapResult::success);
        done.unwrap_or_else(|error| panic!("{dn} was not changed: {error}"));
    }

    /// Puts a person into a group.
    pub async fn join(&self, person: &Person, group: &str) {
        self.modify(group, Mod::Add("member", HashSet::from([person.dn.as_str()]))).await;
    }

    /// Takes a person out of a group.
    pub async fn leave(&self, person: &Person, group: &str) {
        self.remove_member(group, &person.dn).await;
    }

    /// Takes a member, a person or another group, out of a group.
    pub async fn remove_member(&self, group: &str, member: &str) {
        self.modify(group, Mod::Delete("member", HashSet::from([member]))).await;
    }

    /// Two new groups, the first a member of the second.
    pub async fn nested_groups(&self) -> (String, String) {
        let id = Uuid::new_v4().simple().to_string();
        let inner = self.new_group(&format!("Inre-{}", &id[..8]), None).await;
        let outer = self.new_group(&format!("Yttre-{}", &id[..8]), Some(&inner)).await;
        (inner, outer)
    }

    async fn new_group(&self, name: &str, member: Option<&str>) -> String {
        let (class, unit) = match (self.slapd(), self.samba()) {
            (Some(slapd), _) => ("groupOfNames", slapd.groups_ou.clone()),
            (_, Some(samba)) => ("group", format!("OU=Grupper,{}", samba.base)),
            _ => ("group", format!("CN=Users,{}", self.base())),
        };
        let dn = format!("CN={name},{unit}");
        let mut attributes = vec![("objectClass", HashSet::from([class])), ("cn", HashSet::from([name]))];
        match self.slapd() {
            // A group of names is never empty; this member stays when the others leave.
            Some(slapd) => {
                attributes.push(("member", [slapd.service_dn.as_str()].into_iter().chain(member).collect()));
            }
            None => {
                attributes.push(("sAMAccountName", HashSet::from([name])));
                attributes.extend(member.map(|member| ("member", HashSet::from([member]))));
            }
        }
        let added = self.administrator().await.add(&dn, attributes).await.and_then(LdapResult::success);
        added.unwrap_or_else(|error| panic!("{dn} was not created: {error}"));
        dn
    }

    /// The short name of somebody whom a finer policy, of fourteen characters, holds.
    pub async fn held_by_the_finer_policy(&self) -> String {
        if let Some(slapd) = self.slapd() {
            let person = slapd.person(State::Normal, "").await;
            slapd.overwrite(&person.dn, "pwdPolicySubentry", &slapd.longer_policy).await;
            return person.username;
        }
        let Some(samba) = self.samba() else { return "linbac02".to_owned() };
        let new = NewUser::staff().member_of("Politiker").password("Valtal-1-Mycket-Langt");
        samba.create_user(new).await.sam
    }

    /// Disables an account.
    pub async fn disable(&self, person: &Person) {
        match self.slapd() {
            Some(slapd) => slapd.disable(&person.dn).await,
            None => self.replace(&person.dn, "userAccountControl", &["514"]).await,
        }
    }

    /// Moves an account out of the units that are served.
    pub async fn move_out(&self, person: &mut Person) {
        let unit = person.dn.to_ascii_uppercase().find(",OU=").expect("a person in a unit");
        let (name, _) = person.dn.split_at(unit);
        let (name, unit) = (name.to_owned(), self.other_unit());
        let mut ldap = self.administrator().await;
        let moved = ldap.modifydn(&person.dn, &name, true, Some(&unit)).await.and_then(LdapResult::success);
        moved.unwrap_or_else(|error| panic!("{} was not moved: {error}", person.dn));
        person.dn = format!("{name},{unit}");
    }

    /// The values of one attribute; none where it is absent.
    pub async fn values(&self, dn: &str, attribute: &str) -> Vec<String> {
        self.read(dn, [attribute]).await.remove(0)
    }

    /// What a write would change, to be compared with what it is later.
    pub async fn traces(&self, person: &Person) -> Traces {
        match self.slapd() {
            Some(_) => self.read(&person.dn, ["pwdChangedTime", "pwdAccountLockedTime", "pwdFailureTime"]).await,
            None => self.read(&person.dn, ["pwdLastSet", "lockoutTime", "badPwdCount"]).await,
        }
    }

    async fn read<const N: usize>(&self, dn: &str, attributes: [&str; N]) -> Vec<Vec<String>> {
        let mut ldap = self.administrator().await;
        let (mut found, _) = ldap
            .search(dn, Scope::Base, "(objectClass=*)", attributes)
            .await
            .and_then(ldap3::SearchResult::success)
            .unwrap_or_else(|error| panic!("{dn} cannot be read: {error}"));
        let mut entry = SearchEntry::construct(found.pop().expect("a base search finds its base"));
        attributes.iter().map(|attribute| entry.attrs.remove(*attribute).unwrap_or_default()).collect()
    }
}
