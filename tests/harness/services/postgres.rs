//! The run's PostgreSQL: a database for each test.

use std::path::PathBuf;

use rustls::ClientConfig;
use serde::Deserialize;
use tokio_postgres_rustls::MakeRustlsConnect;
use uuid::Uuid;

use super::client_config;

/// The run's PostgreSQL. It speaks TLS only.
#[derive(Debug, Deserialize)]
pub struct Postgres {
    pub host: String,
    pub port: u16,
    pub ca_file: PathBuf,
    pub superuser_url: String,
    owner_password: String,
    app_password: String,
    control_password: String,
}

impl Postgres {
    /// A new, empty database, which goes when the value is dropped. Every role may connect; only the owner may do
    /// anything yet.
    pub async fn fresh_database(&'static self) -> TestDatabase {
        let name = format!("portvakt_{}", Uuid::new_v4().simple());
        self.administer(&[
            &format!("create database {name} owner portvakt_owner template template0"),
            &format!("revoke all on database {name} from public"),
            &format!("grant connect on database {name} to portvakt_app, portvakt_control"),
        ])
        .await;
        let url = |role: &str, password: &str| {
            format!("postgres://{role}:{password}@{}:{}/{name}?sslmode=require", self.host, self.port)
        };
        TestDatabase {
            owner_url: url("portvakt_owner", &self.owner_password),
            app_url: url("portvakt_app", &self.app_password),
            control_url: url("portvakt_control", &self.control_password),
            postgres: self,
            name,
        }
    }

    /// A connection to the address given, checked against the run's authority.
    pub async fn connect(&self, url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
        let tls = MakeRustlsConnect::new(ClientConfig::clone(&client_config(&self.ca_file)));
        let (client, connection) = tokio_postgres::connect(url, tls).await?;
        tokio::spawn(connection);
        Ok(client)
    }

    /// Each statement on its own, as superuser: databases are not made inside a transaction.
    async fn administer(&self, statements: &[&str]) {
        let client = self.connect(&self.superuser_url).await.expect("the superuser can connect");
        for statement in statements {
            client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }
}

/// A database of one test.
pub struct TestDatabase {
    pub name: String,
    /// For migrations: owns the database and what is made in it.
    pub owner_url: String,
    /// For the tenants' tables.
    pub app_url: String,
    /// For what belongs to no tenant.
    pub control_url: String,
    postgres: &'static Postgres,
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        // On a thread of its own, because the test's runtime is busy with dropping.
        let (postgres, name) = (self.postgres, self.name.clone());
        let dropping = std::thread::spawn(move || {
            tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime starts")
                .block_on(postgres.administer(&[&format!("drop database {name} with (force)")]));
        });
        if dropping.join().is_err() {
            eprintln!("the database {} was not dropped", self.name);
        }
    }
}
