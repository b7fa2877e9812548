//! The adapter against a controller that keeps silent, hangs up, or lies: what each caller is told, and that no write
//! is ever sent twice.

#![expect(clippy::expect_used, reason = "what helps a test may fail as it may")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use ldap3_proto::{LdapResultCode, control::LdapControl};
use portvakt_directory::{ActiveDirectory, OperationObserver};
use portvakt_domain::{
    account::Account,
    directory::{Authentication, Directory, DirectoryError, Refusal, Rejection},
    login::DirectoryName,
    password::Password,
    tenant::{DirectoryKind, DirectorySettings, HistoryRule},
    time::Clock,
};
use tokio::runtime::Handle;

mod connecting;
mod controller;
mod reading;
mod writing;

use controller::{BASE, Controller, Doing, HINTS, SERVICE, certificate};

struct Hand(Mutex<DateTime<Utc>>);

impl Clock for Hand {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("the clock")
    }
}

#[derive(Default)]
struct Seen(Mutex<Vec<(&'static str, &'static str)>>);

impl OperationObserver for Seen {
    fn observed(&self, operation: &'static str, outcome: &'static str, seconds: f64) {
        assert!((0.0..60.0).contains(&seconds), "{seconds}");
        self.0.lock().expect("what was seen").push((operation, outcome));
    }
}

struct Bench {
    directory: ActiveDirectory,
    clock: Arc<Hand>,
    seen: Arc<Seen>,
}

impl Bench {
    fn new(controller: &Controller) -> Self {
        Self::with(controller, |_| {})
    }

    /// For tests that wait for the deadline: the others must not fail on a machine that is busy.
    fn hasty(controller: &Controller) -> Self {
        Self::with(controller, |settings| settings.deadline_seconds = 2)
    }

    fn with(controller: &Controller, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        Self::on(Handle::current(), controller, change)
    }

    fn on(runtime: Handle, controller: &Controller, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        let mut settings = DirectorySettings {
            kind: DirectoryKind::ActiveDirectory,
            url: format!("ldaps://{}", controller.address).parse().expect("an address"),
            ca_file: None,
            ca_pem: controller.ca_pem.clone(),
            base: BASE.to_owned(),
            netbios: "OREBRO".to_owned(),
            service_account: SERVICE.to_owned(),
            service_password_file: None,
            service_password_env: None,
            units: vec![format!("OU=Skola,{BASE}")],
            functional_units: Vec::new(),
            denied_groups: Vec::new(),
            history: HistoryRule::PolicyHints,
            deadline_seconds: 20,
        };
        change(&mut settings);
        let clock = Arc::new(Hand(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))));
        let seen = Arc::new(Seen::default());
        let directory =
            ActiveDirectory::new(&settings, "Svc!Losen".to_owned().into(), clock.clone(), runtime, seen.clone());
        Self { directory: directory.expect("settings that hold"), clock, seen }
    }

    async fn find(&self, text: &str) -> Result<Option<Account>, DirectoryError> {
        self.directory.find(DirectoryName { text, account_name_only: false }).await
    }

    async fn anna(&self) -> Account {
        self.find("anna").await.expect("an answer").expect("Anna")
    }

    fn advance(&self, seconds: i64) {
        *self.clock.0.lock().expect("the clock") += TimeDelta::seconds(seconds);
    }
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).expect("a password")
}
