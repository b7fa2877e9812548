//! What a world stands on: its database, and for each tenant a directory and settings that point there.

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::Path,
    sync::{Arc, Mutex},
};

use portvakt::adapters::{Adapters, RealAdapters, Secrets};
use portvakt_demo::{
    accounts::sample,
    outbox::Outbox,
    practice::{GroupSpec, PracticeDirectory},
};
use portvakt_domain::{
    compose::Links,
    delivery::{MailSender, SmsSender},
    directory::Directory,
    tenant::TenantSettings,
    time::Clock,
};
use portvakt_storage::{DatabaseSettings, MigrateSettings, migrate};
use secrecy::SecretString;
use tokio::runtime::Handle;

use super::{DENIED_GROUP, Database, denied_login};
use crate::{
    ManualClock,
    administrator::PRACTICE_ADMINISTRATOR,
    people::TestDirectory,
    services::{Samba, Services, Slapd, TestDatabase, Throwaway},
    settings::{point_at_samba, point_at_slapd, preset},
};

/// What stands where a tenant's directory is configured.
pub(super) enum Place {
    Practice,
    Samba(&'static Samba),
    Slapd(&'static Slapd),
    Throwaway(Throwaway),
}

/// An empty database of the kind asked for, migrated.
pub async fn prepare_database(kind: Database, folder: &Path) -> (DatabaseSettings, Option<TestDatabase>) {
    match kind {
        Database::Sqlite => (DatabaseSettings::Sqlite { path: folder.join("portvakt.db") }, None),
        Database::Postgres => {
            let services = Services::get();
            let fresh = services.postgres.fresh_database().await;
            let ca_pem = Some(std::fs::read_to_string(&services.postgres.ca_file).expect("a CA"));
            let owner = MigrateSettings::Postgres { owner_url: fresh.owner_url.clone().into(), ca_pem: ca_pem.clone() };
            migrate(owner, Handle::current()).await.expect("migrated");
            let settings = DatabaseSettings::Postgres {
                app_url: fresh.app_url.clone().into(),
                control_url: fresh.control_url.clone().into(),
                ca_pem,
                pool_size: 6,
            };
            (settings, Some(fresh))
        }
    }
}

/// A tenant's preset, pointed at its directory.
pub(super) async fn tenant_settings(
    slug: &'static str,
    place: Place,
    clock: &ManualClock,
) -> (TestDirectory, TenantSettings, String) {
    let mut settings = preset(slug);
    match place {
        Place::Practice => {
            let sample = sample(slug).expect("a sample tenant");
            let now = clock.clone();
            let builder = sample
                .builder
                .clone()
                .administrator(PRACTICE_ADMINISTRATOR)
                .group(GroupSpec::new(DENIED_GROUP))
                .joined(&denied_login(slug), DENIED_GROUP);
            let domain = builder.build(Arc::new(move || now.now())).expect("a domain");
            let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
            let server = PracticeDirectory::start(domain, local).await.expect("a directory");
            settings.directory.controllers = vec![server.url().parse().expect("an address")];
            settings.directory.ca_pem = server.ca_pem().to_owned();
            settings.directory.base.clone_from(&sample.base_dn);
            settings.directory.netbios = sample.netbios_name.to_owned();
            settings.directory.service_account.clone_from(&sample.service_upn);
            settings.directory.units = vec![sample.staff_dn.clone()];
            settings.directory.functional_units = vec![sample.functional_dn.clone()];
            settings.directory.denied_groups = vec![format!("CN={DENIED_GROUP},CN=Users,{}", sample.base_dn)];
            let directory = TestDirectory::Practice { server, taken: Mutex::default(), slug };
            (directory, settings, sample.service_password.to_owned())
        }
        Place::Samba(samba) => {
            point_at_samba(&mut settings, samba);
            (TestDirectory::Samba { samba }, settings, samba.service_password.clone())
        }
        Place::Slapd(slapd) => {
            point_at_slapd(&mut settings, slapd);
            (TestDirectory::Slapd { slapd }, settings, slapd.service_password.clone())
        }
        Place::Throwaway(samba) => {
            point_at_samba(&mut settings, &samba);
            let password = samba.service_password.clone();
            (TestDirectory::Throwaway { samba }, settings, password)
        }
    }
}

/// Real directories; phones and mailboxes in memory.
pub(crate) struct WorldAdapters {
    pub(crate) real: RealAdapters,
    pub(crate) outbox: Outbox,
}

impl Adapters for WorldAdapters {
    fn directory(&self, settings: &TenantSettings, password: SecretString) -> Result<Arc<dyn Directory>, String> {
        self.real.directory(settings, password)
    }

    fn sms(&self, settings: &TenantSettings, secrets: &Secrets) -> Result<Arc<dyn SmsSender>, String> {
        // An authority of its own is that of a gateway's double.
        if settings.sms.accounts.iter().any(|account| account.ca_pem.is_some()) {
            return self.real.sms(settings, secrets);
        }
        Ok(self.outbox.of(settings.slug.as_str()))
    }

    fn mail(&self, settings: &TenantSettings, _: Option<SecretString>) -> Result<Arc<dyn MailSender>, String> {
        Ok(self.outbox.of(settings.slug.as_str()))
    }

    fn links(&self, settings: &TenantSettings) -> Links {
        self.real.links(settings)
    }
}
