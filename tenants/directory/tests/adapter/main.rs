//! The adapter against a controller that keeps silent, hangs up, or lies: what each caller is told, and that no write
//! is ever sent twice.

#![expect(clippy::expect_used, reason = "what helps a test may fail as it may")]

use std::{
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use chrono::{DateTime, TimeDelta, Utc};
use ldap3_proto::{LdapResultCode, control::LdapControl};
use portvakt_directory::{OperationObserver, connect};
use portvakt_domain::{
    account::Account,
    connect::Egress,
    directory::{Authentication, Directory, DirectoryError, PasswordChange, Refusal, Rejection},
    login::DirectoryName,
    password::Password,
    tenant::{DirectoryKind, DirectorySettings, HistoryRule, LdapUrl},
    time::Clock,
};
use tokio::runtime::Handle;

mod allowed;
mod connecting;
mod controller;
mod failing_over;
mod reading;
mod surveying;
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
    directory: Arc<dyn Directory>,
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

    /// Two controllers behind one authority, the first one preferred.
    async fn of_two(change: impl FnOnce(&mut DirectorySettings)) -> (Self, Controller, Controller) {
        let shown = certificate(&["127.0.0.1"], 2020..2120);
        let (first, second) = (Controller::with(shown.clone()).await, Controller::with(shown).await);
        let bench = Self::with(&first, |settings| {
            settings.controllers.push(address(&second));
            change(settings);
        });
        (bench, first, second)
    }

    fn on(runtime: Handle, controller: &Controller, change: impl FnOnce(&mut DirectorySettings)) -> Self {
        Self::through(allowed::here(), runtime, controller, change)
    }

    fn through(
        egress: Egress,
        runtime: Handle,
        controller: &Controller,
        change: impl FnOnce(&mut DirectorySettings),
    ) -> Self {
        let mut settings = DirectorySettings {
            kind: DirectoryKind::ActiveDirectory,
            controllers: vec![address(controller)],
            starttls: false,
            connections_per_controller: 10,
            ca_file: None,
            ca_pem: controller.ca_pem.clone(),
            base: BASE.to_owned(),
            netbios: "OREBRO".to_owned(),
            service_account: SERVICE.to_owned(),
            service_password_file: None,
            service_password_env: None,
            units: vec![format!("OU=Skola,{BASE}")],
            functional_units: Vec::new(),
            functional_groups: Vec::new(),
            allowed_groups: Vec::new(),
            denied_groups: Vec::new(),
            number_attribute: None,
            history: HistoryRule::PolicyHints,
            default_policy: None,
            deadline_seconds: 20,
        };
        change(&mut settings);
        let clock = Arc::new(Hand(Mutex::new(DateTime::from_timestamp(1_800_000_000, 0).expect("a time"))));
        let seen = Arc::new(Seen::default());
        let password = "Svc!Losen".to_owned().into();
        let directory = connect(&settings, password, egress, clock.clone(), runtime, seen.clone());
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

fn address(controller: &Controller) -> LdapUrl {
    format!("ldaps://{}", controller.address).parse().expect("an address")
}

/// Waits for what happens by itself, without saying how soon.
async fn eventually(what: &str, mut happened: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !happened().await {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let happened = tokio::time::timeout(Duration::from_secs(30), waiting).await;
    assert!(happened.is_ok(), "never: {what}");
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).expect("a password")
}
