//! An SMS gateway's double at a running world: the platform sends through it, and it reports to the platform.

use std::{collections::BTreeMap, net::SocketAddr};

use portvakt::system::SystemRandom;
use portvakt_domain::{
    tenant::{SecretName, SmsAccount, TenantSettings},
    time::Clock as _,
};
use portvakt_flows::apply_settings;
use reqwest::{Method, StatusCode};
use secrecy::SecretString;
use serde_json::Value;

use crate::{
    Page, World,
    gateway::{Fate, GatewayDouble, ReportRequest},
};

/// What proves reports, where the provider has such.
pub const REPORT_SECRET: &str = "report-kanarie-0123456789abcdef";

impl World {
    /// Puts a gateway's account in the place of a tenant's.
    pub async fn connect_gateway(&self, slug: &str, gateway: &GatewayDouble, account: Value) {
        let mut settings = (*self.served(slug).settings).clone();
        settings.sms = serde_json::from_value(account).expect("an account");
        self.apply_with(&settings, secrets(&settings, gateway.password())).await;
    }

    /// Applies settings with secrets.
    pub async fn apply_with(&self, settings: &TenantSettings, secrets: BTreeMap<SecretName, SecretString>) {
        let store = &self.shared.platform.store;
        apply_settings::run(store, &self.keys, &self.clock, &SystemRandom, settings, &secrets, "test")
            .await
            .expect("applied");
        self.shared.registry.refresh().await.expect("refreshed");
    }

    /// The address that an administrator enters at a tenant's one provider.
    pub fn report_address(&self, slug: &str) -> String {
        let tenant = self.served(slug);
        let [(provider, path)] = tenant.reports.paths()[..] else { panic!("one provider that reports") };
        format!("https://{}/reports/{}/{path}", self.tenant(slug).register, provider.as_str())
    }

    /// The gateway's report of an SMS, now: to the address that came with it, or to the one that was entered.
    pub fn report_of(&self, slug: &str, gateway: &GatewayDouble, number: usize, fate: Fate) -> ReportRequest {
        let told = gateway.received()[number - 1].callback.as_deref().is_some_and(|to| to.starts_with("https://"));
        let entered = (!told).then(|| self.report_address(slug));
        let secret = match gateway.account()["provider"].as_str() {
            Some("twilio") => gateway.password(),
            _ => REPORT_SECRET,
        };
        gateway.report(number, fate, entered.as_deref(), secret, self.clock.now().timestamp())
    }

    /// Posts a report as it is.
    pub async fn post_report(&self, report: &ReportRequest) -> (StatusCode, String) {
        post(self.public, report).await
    }
}

/// Posts a report as it is to a server, as the proxy in front would pass it on.
pub async fn post(server: SocketAddr, report: &ReportRequest) -> (StatusCode, String) {
    let rest = report.url.strip_prefix("https://").expect("an address");
    let (host, path) = rest.split_once('/').expect("a path");
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.request(Method::POST, format!("http://{server}/{path}")).header("host", host);
    for (name, value) in &report.headers {
        request = request.header(*name, value);
    }
    let answer = request.body(report.body.clone()).send().await.expect("an answer");
    (answer.status(), answer.text().await.expect("a body"))
}

impl Page {
    /// What the page says of the SMS; empty where it says nothing.
    pub fn delivery(&self) -> String {
        let line = self.html.split_once("<p class=\"delivery\">").map_or("", |(_, rest)| rest);
        line.split('<').next().unwrap_or_default().trim().replace("&#39;", "'")
    }
}

/// An account's secrets: the gateway's password, and what proves reports. The addresses' parts are made.
fn secrets(settings: &TenantSettings, password: &str) -> BTreeMap<SecretName, SecretString> {
    let names = settings.sms.accounts.iter().flat_map(SmsAccount::secrets).map(|secret| secret.name);
    names
        .filter_map(|name| {
            let secret = match name {
                SecretName::SmsReportPath(_) => return None,
                // Its own token signs.
                SecretName::SmsReportSecret(portvakt_domain::tenant::SmsProvider::Twilio) => return None,
                SecretName::SmsReportSecret(_) => REPORT_SECRET,
                _ => password,
            };
            Some((name, SecretString::from(secret)))
        })
        .collect()
}
