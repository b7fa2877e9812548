//! A world with one gateway, and people who wait for a code.

use std::{
    panic::Location,
    sync::atomic::{AtomicUsize, Ordering},
};

use harness::{
    Browser, Database, Page, State, World,
    gateway::{Dialect, Fate, GatewayDouble, ReportRequest},
    journey,
};
use portvakt_domain::{id::MessageId, message::Message};
use portvakt_storage::messages;

pub const ON_ITS_WAY: &str = "Sms:et är på väg.";
pub const DELIVERED: &str = "Sms:et har kommit fram till telefonen.";
pub const NOT_SENT: &str =
    "Sms:et kunde inte skickas. Det beror inte på dig. Vänta en stund och begär sedan en ny kod.";
pub const NOT_DELIVERED: &str = "Sms:et kunde inte levereras. Kontrollera numret. Är det fel? Avbryt och börja om.";

/// A world whose Örebro sends through a double.
pub struct Stage {
    pub world: World,
    pub gateway: GatewayDouble,
    sent: AtomicUsize,
}

/// Somebody on the page for the code to a number that was just typed.
pub struct Waiting {
    pub browser: Browser,
    pub page: Page,
    /// The SMS with the code, as the gateway counts.
    pub sms: usize,
}

impl Stage {
    pub async fn with(dialect: impl Dialect) -> Self {
        let (world, gateway) = (World::practice(Database::Sqlite).await, GatewayDouble::start(dialect));
        world.connect_gateway("orebro", &gateway, gateway.reporting_account()).await;
        Self { world, gateway, sent: AtomicUsize::new(0) }
    }

    /// Somebody signs in and types a number; the code goes out.
    pub async fn waiting(&self) -> Waiting {
        let person = self.world.person("orebro", State::Unregistered).await;
        let mut browser = self.world.browser();
        let page = journey::sign_in(&self.world, &mut browser, "orebro", &person.username, &person.password).await;
        let page = browser.submit_to(&page, "/number", &[("number", &self.world.fresh_number())]).await;
        assert_eq!(page.path, "/code", "{}", page.text());
        Waiting { browser, page, sms: self.handed_over().await }
    }

    /// Runs the jobs; one more SMS must reach the gateway. Its number.
    pub async fn handed_over(&self) -> usize {
        self.world.run_jobs().await;
        let received = self.gateway.received().len();
        let before = self.sent.swap(received, Ordering::SeqCst);
        assert_eq!(received, before + 1, "refused: {:?}", self.gateway.refused());
        received
    }

    pub fn report(&self, sms: usize, fate: Fate) -> ReportRequest {
        self.world.report_of("orebro", &self.gateway, sms, fate)
    }

    /// Posts a report, whose answer says nothing but its status.
    #[track_caller]
    pub fn post(&self, report: &ReportRequest, expected: u16) -> impl Future<Output = ()> {
        let caller = Location::caller();
        async move {
            let (status, body) = self.world.post_report(report).await;
            assert_eq!((status.as_u16(), body.as_str()), (expected, ""), "{caller}");
        }
    }

    /// The SMS as it is stored.
    pub async fn stored(&self, sms: usize) -> Message {
        let received = &self.gateway.received()[sms - 1];
        let in_address = received.callback.as_deref().and_then(|address| address.split_once("?ref="));
        let reference = received.reference.as_deref().or(in_address.map(|(_, reference)| reference));
        let id = MessageId(reference.expect("our reference").parse().expect("an id"));
        let (store, tenant) = (&self.world.shared.platform.store, self.world.tenant("orebro").id);
        messages::find(store, tenant, id).await.expect("a database").expect("a message")
    }

    /// How many reports of this kind were news.
    pub async fn counted(&self, report: &str) -> u64 {
        let address = format!("http://{}/metrics", self.world.internal);
        let text = reqwest::get(address).await.expect("an answer").text().await.expect("a body");
        let provider = self.gateway.account()["provider"].as_str().expect("a provider").to_owned();
        let name = format!("portvakt_sms_reports_total{{provider=\"{provider}\",report=\"{report}\"}} ");
        text.lines().find_map(|line| line.strip_prefix(&name)).map_or(0, |count| count.parse().expect("a count"))
    }
}

impl Waiting {
    /// What the page says of the SMS, fetched anew by its link.
    pub async fn look(&mut self) -> String {
        let host = self.page.host.clone();
        let page = self.browser.get(&host, "/code").await;
        assert!(page.html.contains("<a href=\"/code\">Titta igen</a>"), "{}", page.html);
        page.delivery()
    }
}
