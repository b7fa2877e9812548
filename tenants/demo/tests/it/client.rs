//! A client for the crate's own tests: the ldap3 crate, and a clock that is moved by hand.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
};

use chrono::{DateTime, TimeDelta, Utc};
use ldap3::{Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Mod};
use portvakt_demo::practice::{Account, Domain, DomainBuilder, PracticeDirectory};
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// A clock that stands still until it is moved.
#[derive(Clone)]
pub(crate) struct Clock(Arc<Mutex<DateTime<Utc>>>);

impl Default for Clock {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))))
    }
}

impl Clock {
    pub(crate) fn forward(&self, span: TimeDelta) {
        *self.0.lock().expect("the clock") += span;
    }

    fn reader(&self) -> portvakt_demo::practice::Clock {
        let clock = self.clone();
        Arc::new(move || *clock.0.lock().expect("the clock"))
    }
}

/// One running server and how to reach it.
pub(crate) struct Controller {
    pub(crate) server: PracticeDirectory,
}

impl Controller {
    pub(crate) async fn start(builder: DomainBuilder, clock: &Clock) -> Self {
        Self::serve(builder.build(clock.reader()).expect("a domain")).await
    }

    pub(crate) async fn serve(domain: Domain) -> Self {
        let address = "127.0.0.1:0".parse().expect("an address");
        Self { server: PracticeDirectory::start(domain, address).await.expect("a server") }
    }

    pub(crate) async fn start_plain(builder: DomainBuilder, clock: &Clock) -> Self {
        let domain = builder.build(clock.reader()).expect("a domain");
        let address = "127.0.0.1:0".parse().expect("an address");
        Self { server: PracticeDirectory::start_without_tls(domain, address).await.expect("a server") }
    }

    pub(crate) async fn try_connect(&self) -> ldap3::result::Result<Ldap> {
        let mut roots = rustls::RootCertStore::empty();
        if !self.server.ca_pem().is_empty() {
            let authority = CertificateDer::from_pem_slice(self.server.ca_pem().as_bytes()).expect("a certificate");
            roots.add(authority).expect("an authority");
        }
        let config =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .expect("versions")
                .with_root_certificates(roots)
                .with_no_client_auth();
        let settings = LdapConnSettings::new().set_config(Arc::new(config));
        let (connection, ldap) = LdapConnAsync::with_settings(settings, &self.server.url()).await?;
        ldap3::drive!(connection);
        Ok(ldap)
    }

    pub(crate) async fn connect(&self) -> Ldap {
        self.try_connect().await.expect("a connection")
    }

    pub(crate) async fn service(&self) -> Ldap {
        let mut ldap = self.connect().await;
        assert_eq!(code(ldap.simple_bind("svc@prov.test", "Svc!Losenord2026").await), 0);
        ldap
    }

    pub(crate) fn account(&self, login: &str) -> Account {
        self.server.domain().account(login).expect("an account")
    }
}

/// The result code of an answer.
pub(crate) fn code(answer: ldap3::result::Result<LdapResult>) -> u32 {
    answer.expect("an answer").rc
}

/// The sub-code of a refused bind; nothing when it succeeded.
pub(crate) async fn bind(controller: &Controller, name: &str, password: &str) -> String {
    let answer = controller.connect().await.simple_bind(name, password).await.expect("an answer");
    if answer.rc == 0 { String::new() } else { data(&answer.text) }
}

/// What a text names as data.
pub(crate) fn data(text: &str) -> String {
    text.split(" data ").nth(1).and_then(|rest| rest.split(',').next()).unwrap_or_default().to_owned()
}

/// The changes of a reset.
pub(crate) fn reset_of(password: &str) -> Vec<Mod<Vec<u8>>> {
    let value = format!("\"{password}\"").encode_utf16().flat_map(u16::to_le_bytes).collect();
    vec![Mod::Replace(b"unicodePwd".to_vec(), HashSet::from([value]))]
}
