//! Delivery reports: right ones, and all that can be wrong with one, at addresses that are secret.

use harness::{
    gateway::{Fate, ReportRequest},
    process::change,
    reports::post,
    site::Site,
};

use crate::{journeys::Stage, search::Secret};

/// Proves reports; it stands in the address that the gateway is told.
const PROOF: &str = "rapportkanarie-0123456789";

/// Örebro's settings, with reports.
pub fn with_reports(site: &Site) -> toml::Table {
    let mut tenant = site.tenant_file("orebro");
    site.installation.write("orebro-report-secret", PROOF);
    change(&mut tenant, "sms", "reports", true);
    change(&mut tenant, "sms", "report_secret_file", "orebro-report-secret");
    tenant
}

impl Stage<'_> {
    /// The gateway reports of the first SMS; then others try to.
    pub async fn reports(&mut self) {
        let report = self.site.gateway.report(1, Fate::Delivered, None, PROOF, 0);
        let path =
            report.url.split('/').next_back().and_then(|last| last.split('?').next()).expect("a path").to_owned();
        assert_eq!(path.len(), 43, "{}", report.url);
        let at = |url: String| ReportRequest { url, ..report.clone() };
        let large = ReportRequest { body: vec![b'a'; 70_000], ..report.clone() };
        for (request, expected) in [
            (report.clone(), 200),
            (report.clone().without("authorization"), 401),
            (report.clone().changed("content-type", |_| "text/plain".to_owned()), 400),
            (large, 413),
            (at(report.url.replace("/46elks/", "/sinch/")), 404),
            (at(report.url.replace("pwreg.orebro", "pwreg.mjolby")), 404),
            (at(report.url.replace("pwreg.orebro", "pwreset.orebro")), 404),
            (at(report.url.replace(".orebro.se", ".nobody.se")), 421),
        ] {
            let (status, body) = post(self.replica.public, &request).await;
            assert_eq!(status.as_u16(), expected, "{body}");
            assert!(!body.contains(&path) && !body.contains(PROOF), "{body}");
        }
        self.secrets.push(Secret::text("the address for reports", &path));
        self.secrets.push(Secret::text("what proves reports", PROOF));
    }
}
