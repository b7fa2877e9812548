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

/// Where a tenant's messages go.
pub struct Surroundings<'a> {
    pub gateway: &'a GatewayDouble,
    pub mail: &'a MailServer,
}

/// A tenant's directory, as its file names it.
pub struct DirectoryPlace<'a> {
    pub url: &'a str,
    pub ca_pem: &'a str,
    pub base: &'a str,
    pub netbios: &'a str,
    pub account: &'a str,
    pub password: &'a str,
    /// The unit of staff.
    pub staff: &'a str,
    /// The unit of shared accounts.
    pub functional: &'a str,
}

impl Surroundings<'_> {
    /// A tenant's preset, pointed at what runs here.
    pub fn tenant_file(&self, installation: &Installation, slug: &str, directory: &DirectoryPlace<'_>) -> toml::Table {
        let secrets = BTreeMap::from([
            ("directory", directory.password),
            ("sms", self.gateway.password()),
            ("mail", MailServer::PASSWORD),
        ]);
        let mut tenant = preset_table(installation, slug, &secrets);
        installation.write(&format!("{slug}-ca.pem"), directory.ca_pem);
        change(&mut tenant, "directory", "controllers", vec![directory.url]);
        change(&mut tenant, "directory", "base", directory.base);
        change(&mut tenant, "directory", "netbios", directory.netbios);
        change(&mut tenant, "directory", "service_account", directory.account);
        change(&mut tenant, "directory", "units", vec![directory.staff]);
        change(&mut tenant, "directory", "functional_units", vec![directory.functional]);
        change(&mut tenant, "sms", "url", self.gateway.url());
        change(&mut tenant, "sms", "ca_pem", self.gateway.ca_pem());
        change(&mut tenant, "sms", "username", self.gateway.account()["username"].as_str().expect("a user"));
        change(&mut tenant, "mail", "host", "127.0.0.1");
        change(&mut tenant, "mail", "port", i64::from(self.mail.port));
        change(&mut tenant, "mail", "ca_pem", self.mail.ca_pem.as_str());
        change(&mut tenant, "mail", "username", MailServer::USERNAME);
        tenant
    }
}

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
        let (sample, directory) = (sample(slug).expect("a sample tenant"), &self.directories[slug]);
        let around = Surroundings { gateway: &self.gateway, mail: &self.mail };
        around.tenant_file(
            &self.installation,
            slug,
            &DirectoryPlace {
                url: &directory.url(),
                ca_pem: directory.ca_pem(),
                base: &sample.base_dn,
                netbios: sample.netbios_name,
                account: &sample.service_upn,
                password: sample.service_password,
                staff: &sample.staff_dn,
                functional: &sample.functional_dn,
            },
        )
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
