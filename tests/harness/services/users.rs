//! Accounts that a test makes in a Samba domain.

use std::{
    collections::{BTreeMap, HashSet},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use ldap3::{Ldap, Mod};
use uuid::Uuid;

use super::{
    Samba,
    samba::{bind, read},
};

/// What [`Samba::create_user`] makes; without more words, somebody of the staff for whom all is well.
#[derive(Clone, Debug, Default)]
pub struct NewUser {
    name: String,
    display_name: String,
    password: Option<String>,
    elsewhere: bool,
    disabled: bool,
    must_change: bool,
    account_expired: bool,
    locked: bool,
    functional: bool,
    password_set_ago: Option<String>,
    groups: Vec<String>,
    attributes: Vec<(&'static str, String)>,
}

impl NewUser {
    /// Somebody in `OU=Anvandare`.
    pub fn staff() -> Self {
        Self { name: "prov".into(), display_name: "Petra Åström".into(), ..Self::default() }
    }

    /// Somebody in `OU=Ovriga`, where the service account has no rights.
    pub fn elsewhere() -> Self {
        Self { elsewhere: true, ..Self::staff() }
    }

    /// The beginning of the user name (eleven characters at most); the rest makes it unique.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        assert!(name.len() <= 11, "a sAMAccountName has 20 characters at most");
        Self { name: name.into(), ..self }
    }

    #[must_use]
    pub fn display_name(self, display_name: &str) -> Self {
        Self { display_name: display_name.into(), ..self }
    }

    /// This password instead of a random one.
    #[must_use]
    pub fn password(self, password: &str) -> Self {
        Self { password: Some(password.into()), ..self }
    }

    /// The mobile number in the directory.
    #[must_use]
    pub fn mobile(self, number: &str) -> Self {
        self.attribute("mobile", number)
    }

    /// Any other attribute; it takes the place of one that is set anyway, such as `mail`.
    #[must_use]
    pub fn attribute(mut self, name: &'static str, value: &str) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    /// A member of the group with this sAMAccountName: `Politiker`, `Undantagna`, `Domain Admins`.
    #[must_use]
    pub fn member_of(mut self, group: &str) -> Self {
        self.groups.push(group.into());
        self
    }

    #[must_use]
    pub fn disabled(self) -> Self {
        Self { disabled: true, ..self }
    }

    #[must_use]
    pub fn must_change(self) -> Self {
        Self { must_change: true, ..self }
    }

    /// Ended yesterday.
    #[must_use]
    pub fn account_expired(self) -> Self {
        Self { account_expired: true, ..self }
    }

    /// Locked by five wrong passwords.
    #[must_use]
    pub fn locked(self) -> Self {
        Self { locked: true, ..self }
    }

    /// The password was set so long ago (`83d`): it lives for 90 days.
    #[must_use]
    pub fn password_set_ago(self, ago: &str) -> Self {
        Self { password_set_ago: Some(ago.into()), ..self }
    }

    #[must_use]
    pub fn password_expired(self) -> Self {
        self.password_set_ago("91d")
    }

    /// A password that never expires, as shared accounts have.
    #[must_use]
    pub fn functional(self) -> Self {
        Self { functional: true, ..self }
    }
}

/// An account that a test made.
#[derive(Clone)]
pub struct TestUser {
    /// `objectGUID`, by which Portvakt knows the account.
    pub guid: Uuid,
    pub dn: String,
    pub sam: String,
    pub upn: String,
    /// `OREBRO\name`
    pub netbios_login: String,
    pub mail: String,
    pub display_name: String,
    pub password: String,
}

impl Samba {
    /// Makes a new account as the specification says.
    pub async fn create_user(&self, new: NewUser) -> TestUser {
        let mut admin = self.admin().await;
        let user = self.add_user(&mut admin, &new).await;
        for group in &new.groups {
            self.add_member(&mut admin, group, &user.dn).await;
        }
        if let Some(ago) = &new.password_set_ago {
            self.backdate(&user.sam, &[&format!("pwdLastSet={ago}")]).await;
        }
        if new.locked {
            self.lock(&user).await;
        }
        user
    }

    /// The unit of the accounts that a unit shares, inside the staff's.
    pub fn functional_ou(&self) -> String {
        format!("OU=Funktionskonton,{}", self.staff_ou)
    }

    async fn add_user(&self, admin: &mut Ldap, new: &NewUser) -> TestUser {
        let id = Uuid::new_v4().simple().to_string();
        let sam = format!("{}-{}", new.name, &id[..8]);
        let unit = match (new.elsewhere, new.functional) {
            (true, _) => self.other_ou.clone(),
            (false, true) => self.functional_ou(),
            (false, false) => self.staff_ou.clone(),
        };
        let dn = format!("CN={sam},{unit}");
        let upn = format!("{sam}@{}", self.realm);
        let password = new.password.clone().unwrap_or_else(|| format!("Start-{}-1", &id[16..]));
        let mut control = 0x200;
        if new.disabled {
            control |= 0x2;
        }
        if new.functional {
            control |= 0x1_0000;
        }
        let mut attributes = BTreeMap::from([
            ("objectClass", b"user".to_vec()),
            ("sAMAccountName", sam.clone().into_bytes()),
            ("userPrincipalName", upn.clone().into_bytes()),
            ("mail", upn.clone().into_bytes()),
            ("displayName", new.display_name.clone().into_bytes()),
            ("userAccountControl", control.to_string().into_bytes()),
            ("unicodePwd", quoted_utf16(&password)),
        ]);
        if new.must_change {
            attributes.insert("pwdLastSet", b"0".to_vec());
        }
        if new.account_expired {
            let yesterday = SystemTime::now() - Duration::from_secs(24 * 60 * 60);
            attributes.insert("accountExpires", filetime(yesterday).to_string().into_bytes());
        }
        for (name, value) in &new.attributes {
            attributes.insert(name, value.clone().into_bytes());
        }
        let attributes =
            attributes.into_iter().map(|(name, value)| (name.as_bytes().to_vec(), HashSet::from([value]))).collect();
        admin
            .add(&dn, attributes)
            .await
            .and_then(ldap3::LdapResult::success)
            .unwrap_or_else(|error| panic!("{dn} was not created: {error}"));
        let guid = guid(admin, &dn).await;
        TestUser {
            guid,
            netbios_login: format!("{}\\{sam}", self.netbios),
            mail: upn.clone(),
            display_name: new.display_name.clone(),
            sam,
            dn,
            upn,
            password,
        }
    }

    async fn add_member(&self, admin: &mut Ldap, group: &str, member: &str) {
        let group = self.find(admin, group).await;
        admin
            .modify(&group, vec![Mod::Add("member", HashSet::from([member]))])
            .await
            .and_then(ldap3::LdapResult::success)
            .unwrap_or_else(|error| panic!("{member} did not join {group}: {error}"));
    }

    /// Locks an account the way a stranger does: with as many wrong passwords as it takes.
    pub async fn lock(&self, user: &TestUser) {
        let mut ldap = self.connect().await;
        for _ in 0..5 {
            let wrong = bind(&mut ldap, &user.dn, "Fel-losenord-1").await;
            assert!(wrong.is_err(), "a wrong password was right");
        }
        let locked = bind(&mut ldap, &user.dn, &user.password).await;
        assert_eq!(locked, Err("775".into()), "five wrong passwords lock");
    }
}

async fn guid(ldap: &mut Ldap, dn: &str) -> Uuid {
    let mut entry = read(ldap, dn, &["objectGUID"]).await;
    // The crate sorts values by whether they happen to be UTF-8.
    let bytes = match entry.bin_attrs.remove("objectGUID") {
        Some(mut values) => values.pop(),
        None => entry.attrs.remove("objectGUID").and_then(|mut values| values.pop()).map(String::into_bytes),
    };
    let bytes = bytes.expect("every object has one");
    Uuid::from_bytes_le(bytes.try_into().expect("it has 16 bytes"))
}

/// The form in which Active Directory takes a password.
pub fn quoted_utf16(password: &str) -> Vec<u8> {
    format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A time as Active Directory writes it: 100 ns since 1601.
pub fn filetime(time: SystemTime) -> u128 {
    let since_1970 = time.duration_since(UNIX_EPOCH).expect("tests live after 1970");
    (since_1970 + Duration::from_secs(11_644_473_600)).as_nanos() / 100
}
