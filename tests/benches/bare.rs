//! The bare operations that a reset can't do without, on kept connections: the floor under its figures.

use std::{
    collections::HashSet,
    path::Path,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use harness::services::{client_config, quoted_utf16};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapError, Mod, Scope, SearchEntry, StdStream};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::{people::Member, reset::milliseconds};

/// As many as the product keeps to a controller.
const CONNECTIONS: usize = 10;

/// A directory, where it is and who asks there.
#[derive(Clone)]
pub struct Address {
    pub url: String,
    pub base: String,
    pub account: String,
    pub password: String,
}

/// Kept connections to a directory, bound as the service account.
pub struct Bare {
    connections: Vec<Ldap>,
    base: String,
    turn: AtomicUsize,
}

impl Bare {
    /// Connects.
    ///
    /// # Panics
    /// When the directory does not let the service account in.
    pub async fn connect(address: &Address, ca_file: &Path) -> Self {
        let mut connections = Vec::new();
        for _ in 0..CONNECTIONS {
            connections.push(connect(address, ca_file).await);
        }
        Self { connections, base: address.base.clone(), turn: AtomicUsize::new(0) }
    }

    fn next(&self) -> (usize, Ldap) {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        (turn, self.connections[turn % self.connections.len()].clone())
    }

    /// Name and id of an account.
    ///
    /// # Errors
    /// The directory's.
    pub async fn look_up(&self, login: &str) -> Result<(String, Uuid), LdapError> {
        let filter = format!("(sAMAccountName={})", ldap3::ldap_escape(login));
        let (_, mut ldap) = self.next();
        let search = ldap.search(&self.base, Scope::Subtree, &filter, ["objectGUID"]).await?;
        let mut found = search.success()?.0;
        let mut entry = SearchEntry::construct(found.pop().expect("an account of this name"));
        // The crate sorts values by whether they happen to be UTF-8.
        let bytes = match entry.bin_attrs.remove("objectGUID") {
            Some(mut values) => values.pop(),
            None => entry.attrs.remove("objectGUID").and_then(|mut values| values.pop()).map(String::into_bytes),
        };
        let bytes = bytes.and_then(|bytes| bytes.try_into().ok()).expect("every object has one");
        Ok((entry.dn, Uuid::from_bytes_le(bytes)))
    }

    /// One search and one reset, and what each took in milliseconds.
    ///
    /// # Errors
    /// The directory's.
    pub async fn pair(&self, member: &Member) -> Result<(f64, f64), LdapError> {
        let begun = Instant::now();
        self.look_up(&member.login).await?;
        let search = milliseconds(begun);
        let (turn, mut ldap) = self.next();
        // Each time another one: a directory that looks back does not take the same twice.
        let password = quoted_utf16(&format!("Vinterbad-{turn:06}-Sten"));
        let change = vec![Mod::Replace(b"unicodePwd".to_vec(), HashSet::from([password]))];
        let begun = Instant::now();
        ldap.modify(&member.dn, change).await?.success()?;
        Ok((search, milliseconds(begun)))
    }
}

async fn connect(address: &Address, ca_file: &Path) -> Ldap {
    let place = address.url.strip_prefix("ldaps://").expect("LDAPS");
    let place = if place.contains(':') { place.to_owned() } else { format!("{place}:636") };
    let stream = TcpStream::connect(place).await.expect("the directory listens");
    stream.set_nodelay(true).expect("a connected socket");
    let settings = LdapConnSettings::new()
        .set_std_stream(StdStream::Tcp(stream.into_std().expect("a connected socket")))
        .set_config(client_config(ca_file));
    let (connection, mut ldap) = LdapConnAsync::with_settings(settings, &address.url).await.expect("a connection");
    ldap3::drive!(connection);
    let bound = ldap.simple_bind(&address.account, &address.password).await.and_then(ldap3::LdapResult::success);
    bound.expect("the service account can bind");
    ldap
}
