//! Two replicas of one site, and what a person's browser does at either.

use std::time::Duration;

use harness::{
    Browser, Page,
    gateway::Received,
    process::{PATIENCE, Serving, eventually},
    site::Site,
    world::find_code,
};

pub const RESET: [(&str, &str); 2] = [("orebro", "pwreset.orebro.se"), ("mjolby", "pwreset.mjolby.se")];

/// The host where a tenant's people get back in.
pub fn reset_host(slug: &str) -> &'static str {
    RESET.iter().find(|(known, _)| *known == slug).expect("a tenant").1
}

/// A site with two replicas.
pub struct Pair {
    pub site: Site,
    pub first: Serving,
    pub second: Serving,
}

impl Pair {
    pub async fn start() -> Self {
        let site = Site::on_postgres().await;
        let (first, second) = tokio::join!(site.installation.serve(), site.installation.serve());
        Self { site, first, second }
    }

    /// Sends in a name at the first replica; ends on the code page.
    pub async fn ask(&self, browser: &mut Browser, slug: &str, name: &str) -> Page {
        let start = browser.get(reset_host(slug), "/").await;
        let page = browser.submit(&start, &[("username", name)]).await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/code"), "{}", page.text());
        page
    }

    /// The first SMS with a code to a number, after so many that came to it earlier.
    pub async fn sms_to(&self, number: &str, earlier: usize) -> Received {
        eventually(&format!("SMS number {} to {number}", earlier + 1), PATIENCE, async || {
            self.codes_to(number).into_iter().nth(earlier)
        })
        .await
    }

    /// The SMS with codes that a number was sent.
    pub fn codes_to(&self, number: &str) -> Vec<Received> {
        let all = self.site.gateway.received().into_iter();
        all.filter(|sms| sms.to == number && find_code(&sms.message).is_some()).collect()
    }

    /// Waits until no job waits or runs; those laid aside do not count.
    pub async fn idle(&self, within: Duration) {
        let database = self.site.installation.superuser().await;
        eventually("no job waits or runs", within, async || {
            let sql = "select count(*) from jobs where dead_at is null and kind like 'send%'";
            let waiting: i64 = database.query_one(sql, &[]).await.expect("a count").get(0);
            (waiting == 0).then_some(())
        })
        .await;
    }

    /// The states of all messages with codes.
    pub async fn code_states(&self) -> Vec<String> {
        let database = self.site.installation.superuser().await;
        let sql = "select state from messages where kind = 'reset_code' order by requested_at, id";
        database.query(sql, &[]).await.expect("rows").into_iter().map(|row| row.get(0)).collect()
    }
}
