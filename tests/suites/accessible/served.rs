//! The pages that need no journey, as a running demo serves them.

use portvakt_domain::tenant::HostPurpose;

use crate::{routes, stage::Stage};

/// A page of one of the houses, fetched by its path alone.
pub struct Served {
    pub house: HostPurpose,
    pub path: String,
    pub url: String,
    pub html: String,
}

/// Every page of a municipality that is there for whoever opens its address.
pub async fn pages(stage: &Stage, slug: &str) -> Vec<Served> {
    let redirects = reqwest::redirect::Policy::none();
    let http = reqwest::Client::builder().no_proxy().redirect(redirects).build().expect("a client");
    let mut pages = Vec::new();
    for (house, host) in [(HostPurpose::Reset, "pwreset"), (HostPurpose::Register, "pwreg")] {
        for path in routes::pages(house) {
            // The name is for browsers: nothing else has to know where it is.
            let url = stage.url(&format!("{host}.{slug}.localhost"), &path);
            let authority = url.split('/').nth(2).expect("a host");
            let port = authority.rsplit(':').next().expect("a port");
            let request = http.get(format!("http://127.0.0.1:{port}{path}")).header("Host", authority);
            let answer = request.send().await.expect("an answer");
            if answer.status() == 200 {
                let html = answer.text().await.expect("a page");
                pages.push(Served { house, path, url, html });
            }
        }
        assert!(pages.iter().any(|page| page.house == house && page.path == "/"), "the first page of {host} at {slug}");
    }
    pages
}
