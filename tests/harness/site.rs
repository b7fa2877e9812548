//! A whole site of processes' surroundings: both tenants with practice directories, one SMS gateway, one mail server.

use std::{
    collections::BTreeMap,
    net::{Ipv4Addr, SocketAddr},
};

use portvakt::system::SystemRandom;
use portvakt_demo::{
    accounts::{SampleAccount, SampleState, sample},
    practice::{PracticeDirectory, system_clock},
};
use portvakt_domain::{
    id::{AccountKey, TenantId},
    number::MobileNumber,
};
use portvakt_flows::import_number;
use portvakt_storage::{Store, operator};

use crate::{
    certificate::LoopbackCertificate,
    gateway::{FortySixElks, GatewayDouble},
    mailserver::{MailServer, Protection},
    process::{Installation, change, preset_table},
};

/// Both tenants, on an installation of their own.
pub struct Site {
    pub installation: Installation,
    pub gateway: GatewayDouble,
    pub mail: MailServer,
    pub directories: BTreeMap<&'static str, PracticeDirectory>,
    pub tenants: BTreeMap<&'static str, TenantId>,
    pub store: Store,
}

impl Site {
    /// A site on PostgreSQL, migrated, with both tenants applied and every sample number stored.
    pub async fn on_postgres() -> Self {
        let installation = Installation::postgres().await;
        installation.run(&["migrate"]).await.succeeded();
        Self::on(installation).await
    }

    /// The same on a file.
    pub async fn on_sqlite() -> Self {
        Self::on(Installation::sqlite()).await
    }

    async fn on(installation: Installation) -> Self {
        let gateway = GatewayDouble::with_certificate(FortySixElks, &LoopbackCertificate::new());
        let mail = MailServer::start(Protection::Starttls);
        let mut directories = BTreeMap::new();
        for slug in ["orebro", "mjolby"] {
            let builder = sample(slug).expect("a sample tenant").builder;
            let domain = builder.build(system_clock()).expect("a domain");
            let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            directories.insert(slug, PracticeDirectory::start(domain, local).await.expect("a directory"));
        }
        let store = installation.store().await;
        let mut site = Self { installation, gateway, mail, directories, tenants: BTreeMap::new(), store };
        for slug in ["orebro", "mjolby"] {
            site.installation.apply(&site.tenant_file(slug)).await.succeeded();
            let tenant = operator::find_tenant(&site.store, slug.to_owned()).await.expect("a database");
            site.tenants.insert(slug, tenant.expect("applied").id);
            for account in sample(slug).expect("a sample tenant").accounts {
                site.store_number(slug, &account).await;
            }
        }
        site
    }

    /// A tenant's preset, pointed at what runs here.
    pub fn tenant_file(&self, slug: &str) -> toml::Table {
        let sample = sample(slug).expect("a sample tenant");
        let secrets = BTreeMap::from([
            ("directory", sample.service_password),
            ("sms", self.gateway.password()),
            ("mail", MailServer::PASSWORD),
        ]);
        let mut tenant = preset_table(&self.installation, slug, &secrets);
        let directory = &self.directories[slug];
        self.installation.write(&format!("{slug}-ca.pem"), directory.ca_pem());
        change(&mut tenant, "directory", "controllers", vec![directory.url()]);
        change(&mut tenant, "directory", "base", sample.base_dn);
        change(&mut tenant, "directory", "netbios", sample.netbios_name);
        change(&mut tenant, "directory", "service_account", sample.service_upn);
        change(&mut tenant, "directory", "units", vec![sample.staff_dn]);
        change(&mut tenant, "directory", "functional_units", vec![sample.functional_dn]);
        change(&mut tenant, "sms", "url", self.gateway.url());
        change(&mut tenant, "sms", "ca_pem", self.gateway.ca_pem());
        change(&mut tenant, "sms", "username", self.gateway.account()["username"].as_str().expect("a user"));
        change(&mut tenant, "mail", "host", "127.0.0.1");
        change(&mut tenant, "mail", "port", i64::from(self.mail.port));
        change(&mut tenant, "mail", "ca_pem", self.mail.ca_pem.as_str());
        change(&mut tenant, "mail", "username", MailServer::USERNAME);
        tenant
    }

    /// The sample accounts that get a code when their name is sent in: the i-th of a tenant, in fixed order.
    pub fn people(slug: &str) -> Vec<SampleAccount> {
        let serves =
            |state| !matches!(state, SampleState::Unregistered | SampleState::Disabled | SampleState::Protected);
        let accounts = sample(slug).expect("a sample tenant").accounts;
        accounts.into_iter().filter(|account| serves(account.state)).collect()
    }

    /// Stores a sample account's number as if it had been registered.
    async fn store_number(&self, slug: &str, account: &SampleAccount) {
        let Some(number) = &account.number else { return };
        let (tenant, keys) = (self.tenants[slug], &self.installation.keys);
        let guid = self.directories[slug].domain().account(&account.username).expect("an account").guid();
        let number = (MobileNumber::from_e164(number).expect("a number"), None);
        let now = portvakt_domain::time::Clock::now(&portvakt::system::SystemClock);
        import_number::run(&self.store, keys, &SystemRandom, tenant, AccountKey(guid), &[number], now)
            .await
            .expect("stored");
    }
}
