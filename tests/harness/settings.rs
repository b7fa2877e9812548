//! A tenant's settings for tests: the municipality's own preset, pointed at the directory of the test.

use std::{collections::BTreeMap, sync::Arc};

use portvakt::{
    metrics::Metrics,
    settings::ConnectSection,
    system::{SystemRandom, SystemResolver},
};
use portvakt_domain::{
    connect::Egress,
    logo::Logo,
    tenant::{DirectoryKind, HistoryRule, TenantSettings},
};
use portvakt_flows::apply_settings;

use crate::{
    World,
    services::{Samba, Slapd},
    world::DENIED_GROUP,
};

/// The municipality's own preset.
pub fn preset(slug: &str) -> TenantSettings {
    let text = match slug {
        "orebro" => include_str!("../../tenants/presets/orebro.toml"),
        _ => include_str!("../../tenants/presets/mjolby.toml"),
    };
    let mut settings: TenantSettings = toml::from_str(text).expect("a preset");
    settings.branding.logo = Some(Logo::read(logo_of(slug).as_bytes()).expect("a logo"));
    settings
}

/// The logo that a preset names.
pub fn logo_of(slug: &str) -> &'static str {
    match slug {
        "orebro" => include_str!("../../tenants/presets/orebro-logo.svg"),
        _ => include_str!("../../tenants/presets/mjolby-logo.svg"),
    }
}

/// A way out to this computer, where every server of the tests is.
pub fn egress() -> Egress {
    let rules = ConnectSection::loopback().expect("networks").rules("orebro");
    Egress::new("orebro", rules, Arc::new(SystemResolver), Arc::new(Metrics::new().expect("metrics")))
}

/// Points settings at a Samba domain controller.
pub fn point_at_samba(settings: &mut TenantSettings, samba: &Samba) {
    settings.directory.controllers = vec![samba.url.parse().expect("an address")];
    settings.directory.ca_pem = std::fs::read_to_string(&samba.ca_file).expect("a CA");
    settings.directory.base.clone_from(&samba.base);
    settings.directory.netbios.clone_from(&samba.netbios);
    settings.directory.service_account.clone_from(&samba.service_upn);
    settings.directory.units = vec![samba.staff_ou.clone()];
    settings.directory.functional_units = vec![samba.functional_ou()];
    settings.directory.denied_groups = vec![format!("CN={DENIED_GROUP},OU=Grupper,{}", samba.base)];
    // Samba has no policy-hints control: a reset there does not look at earlier passwords, and says so.
    settings.directory.history = HistoryRule::None;
}

/// Points settings at an OpenLDAP server.
pub fn point_at_slapd(settings: &mut TenantSettings, slapd: &Slapd) {
    let directory = &mut settings.directory;
    directory.kind = DirectoryKind::OpenLdap;
    directory.controllers = vec![slapd.url.parse().expect("an address")];
    directory.ca_pem = slapd.ca_pem();
    directory.base.clone_from(&slapd.base);
    directory.netbios.clear();
    directory.service_account.clone_from(&slapd.service_dn);
    directory.units = vec![slapd.people_ou.clone()];
    directory.functional_units = vec![slapd.functional_ou.clone()];
    directory.denied_groups = vec![format!("cn={DENIED_GROUP},{}", slapd.groups_ou)];
    directory.default_policy = Some(slapd.default_policy.clone());
}

impl World {
    /// Applies settings to a tenant that is served; its secrets stay.
    pub async fn apply(&self, settings: &TenantSettings) {
        let (store, secrets) = (&self.shared.platform.store, BTreeMap::new());
        apply_settings::run(store, &self.keys, &self.clock, &SystemRandom, settings, &secrets, "test")
            .await
            .expect("applied");
        self.shared.registry.refresh().await.expect("refreshed");
    }

    /// Changes a tenant's settings while it is served.
    pub async fn reconfigure(&self, slug: &str, change: impl FnOnce(&mut TenantSettings)) {
        let mut settings = (*self.served(slug).settings).clone();
        change(&mut settings);
        self.apply(&settings).await;
    }
}
