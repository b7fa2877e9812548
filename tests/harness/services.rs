//! The real servers of a test run, and what suites do with them: two Samba domains, two
//! OpenLDAP servers, PostgreSQL, Chromium.
//!
//! `tests/run` starts them and describes them in `services.json`; nothing here starts a server except
//! [`Samba::throwaway`].

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use serde::Deserialize;

mod postgres;
mod samba;
mod slapd;
mod users;

pub use postgres::{Postgres, TestDatabase};
pub use samba::{Frozen, Samba, Throwaway};
pub use slapd::Slapd;
pub use users::{NewUser, TestUser, filetime, quoted_utf16};

/// Generous, because a loaded machine is slow; a frozen controller is noticed long before a suite gives up.
const DEADLINE: Duration = Duration::from_secs(30);

/// Everything `tests/run` started for this run.
#[derive(Debug, Deserialize)]
pub struct Services {
    /// The private folder of the run; it disappears with it.
    #[serde(skip)]
    pub run: PathBuf,
    /// The first three figures of the run's own loopback addresses, such as `127.77.3`.
    pub block: String,
    /// The certificate authority that signed every server's certificate.
    pub ca_file: PathBuf,
    /// Its key, for tests that need one more certificate.
    pub ca_key_file: PathBuf,
    pub chromium: PathBuf,
    pub chromedriver: PathBuf,
    pub postgres: Postgres,
    pub orebro: Samba,
    pub mjolby: Samba,
    pub open_orebro: Slapd,
    pub open_mjolby: Slapd,
}

impl Services {
    /// The services of this run.
    ///
    /// # Panics
    /// When there are none.
    pub fn get() -> &'static Self {
        static SERVICES: OnceLock<Services> = OnceLock::new();
        SERVICES.get_or_init(|| {
            let run = std::env::var_os("PORTVAKT_TEST_RUN")
                .expect("start the services with tests/run (or tests/run services)");
            let run = PathBuf::from(run);
            let text = fs::read_to_string(run.join("services.json")).unwrap_or_else(|error| {
                panic!("{}: {error}; start the services with tests/run (or tests/run services)", run.display())
            });
            let mut services: Self = serde_json::from_str(&text).expect("services.json is as tests/run writes it");
            services.run = run;
            services
        })
    }

    /// A loopback address that no other test of any run uses until it is dropped.
    pub fn address(&self) -> Address {
        // Each address in use has a file; making the file takes the address, across processes too.
        let taken = self.run.join("addresses");
        (10..=254)
            .find_map(|last: u8| {
                let file = taken.join(last.to_string());
                fs::File::create_new(&file).ok()?;
                let ip = format!("{}.{last}", self.block);
                Some(Address { ip, file })
            })
            .expect("one of 245 addresses is free")
    }
}

/// An address taken with [`Services::address`].
#[derive(Debug)]
pub struct Address {
    pub ip: String,
    file: PathBuf,
}

impl Drop for Address {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.file);
    }
}

/// A TLS client that trusts the authorities in the file and nobody else.
pub fn client_config(ca_file: &Path) -> Arc<ClientConfig> {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        // An error means that somebody else was first, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(ca_file).expect("the authority's file is there") {
        roots.add(certificate.expect("it is PEM")).expect("it holds a certificate");
    }
    let config = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    Arc::new(config)
}
