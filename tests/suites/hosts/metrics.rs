//! Every metric stands in the README's table with its kind and labels, and every line of that table is a metric.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::Ipv4Addr,
};

use harness::{Browser, Database, State, World, journey};
use portvakt::metrics::BY_TENANT;
use portvakt_delivery::sms::AttemptObserver as _;
use portvakt_domain::{
    connect::{ConnectKind, ConnectRules, RefusalObserver as _},
    report::Report,
    tenant::SmsProvider,
    time::Clock as _,
};
use portvakt_flows::{Measure, Meter as _};
use portvakt_storage::{reconciliations::ReconciliationGlance, reminders::ReminderFigures};

use super::wire::get;

/// Name, kind and label names.
type Metrics = BTreeMap<String, (String, BTreeSet<String>)>;

/// The table below "## Metrics".
fn documented() -> Metrics {
    let page = include_str!("../../../api/docs/operating.md");
    let (_, section) = page.split_once("\n## Metrics\n").expect("a section");
    let section = section.split("\n## ").next().expect("its text");
    let mut metrics = Metrics::new();
    for line in section.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [name, kind, labels, meaning] = cells[..] else { panic!("four cells: {line}") };
        assert!(meaning.len() > 10, "{line}");
        let labels = labels.split(", ").filter(|label| *label != "–").map(|label| label.trim_matches('`').to_owned());
        let row = (kind.to_owned(), labels.collect());
        assert_eq!(metrics.insert(name.trim_matches('`').to_owned(), row), None, "twice: {name}");
    }
    metrics
}

/// What Prometheus reads. The buckets, sum and count of a histogram are one metric, and `le` is no label of ours.
fn shown(text: &str) -> Metrics {
    let mut metrics = Metrics::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(declared) = line.strip_prefix("# TYPE ") {
            let (name, kind) = declared.split_once(' ').expect("a name and a kind");
            name.clone_into(&mut current);
            metrics.insert(current.clone(), (kind.to_owned(), BTreeSet::new()));
        } else if !line.starts_with('#') {
            let sample = line.rsplit_once(' ').expect("a value").0;
            let (name, labels) = sample.split_once('{').unwrap_or((sample, ""));
            assert!(name.starts_with(&current), "{line} below {current}");
            let names = labels.trim_end_matches('}').split("\",").filter_map(|label| label.split_once('='));
            let labels = &mut metrics.get_mut(&current).expect("declared before").1;
            labels.extend(names.map(|(name, _)| name.to_owned()).filter(|name| name != "le"));
        }
    }
    metrics
}

/// People do what makes every counter count.
async fn journeys(world: &World) {
    // 1. A registration, with notices by SMS and mail.
    let new = world.person("mjolby", State::Unregistered).await;
    journey::register(world, &mut world.browser(), "mjolby", &new, &world.fresh_number()).await;
    world.arrived().await;

    // 2. A reset, with a password that is refused first.
    let person = world.person("mjolby", State::Normal).await;
    let mut browser = world.browser();
    let page = journey::prove(world, &mut browser, "mjolby", &person).await;
    let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    let refused = browser.submit_to(&page, "/password", &[("password", "kort"), ("password_again", "kort")]).await;
    assert_eq!(refused.status, 422, "{}", refused.text());
    let fields = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    let done = browser.submit_to(&refused, "/password", &fields).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());

    // 3. Örebro's budget is one SMS an hour.
    for _ in 0..2 {
        let person = world.person("orebro", State::Normal).await;
        journey::ask_for_code(world, &mut world.browser(), "orebro", &person.username).await;
        world.arrived().await;
    }

    // 4. A network that asks until a limit answers.
    let mut stranger = Browser::on_network(world.public, "127.88.0.1");
    let host = &world.tenant("mjolby").reset;
    for _ in 0..1_000 {
        let start = stranger.get(host, "/").await;
        if stranger.submit(&start, &[("username", "finnsinte77")]).await.status == 429 {
            return;
        }
    }
    panic!("no limit answers");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_table_of_metrics_is_what_is_shown() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        if settings.slug.as_str() == "orebro" {
            settings.limits.sms_per_hour = 1;
        }
        settings.reminders.send = true;
        settings.reminders.fallback = vec!["servicedesk@kommun.test".to_owned()];
    })
    .await;
    journeys(&world).await;
    world.clock.to_midday();
    world.run_jobs().await;
    // Phones are in memory here: what an account at a provider tells is told in its place.
    world.shared.metrics.attempted("46elks", "accepted");
    let report = Measure::SmsReport(SmsProvider::FortySixElks, Report::Delivered);
    world.shared.metrics.count(world.tenant("orebro").id, report);
    // A breaker opens on hundreds of codes: the suite of abuse sees it do so.
    world.shared.platform.meter.count(world.tenant("orebro").id, Measure::Breaker("opened"));
    // Everything is on this computer, which is allowed here, and there is one key.
    let refusal = ConnectRules::default().allowed("x", Ipv4Addr::LOCALHOST.into(), 636).expect_err("a refusal");
    world.shared.metrics.refused("orebro", ConnectKind::Ldap, &refusal, "");
    world.shared.metrics.under_older_keys(world.tenant("orebro").id, 0);
    // Reminders go out in the morning, and numbers are reconciled at night: their suites see them do so.
    let (orebro, now) = (world.tenant("orebro").id, world.clock.now());
    world.shared.metrics.reminders_due(orebro, now);
    world.shared.metrics.reminders(orebro, ReminderFigures { last_done_at: Some(now), ..ReminderFigures::default() });
    let done = ReconciliationGlance { last_done_at: Some(now), stopped: false };
    world.shared.metrics.reconciliations(orebro, done);
    let text = get(world.internal, "x", "/metrics").await.body;
    let (documented, shown) = (documented(), shown(&text));
    let missing: Vec<_> = shown.iter().filter(|(name, _)| !documented.contains_key(*name)).collect();
    assert!(missing.is_empty(), "not in the table of operating.md: {missing:?}");
    let unseen: Vec<_> = documented.keys().filter(|name| !shown.contains_key(*name)).collect();
    assert!(unseen.is_empty(), "in the table of operating.md alone: {unseen:?}");
    assert_eq!(documented, shown);
    // Few lines a tenant, whatever people do.
    let by_tenant = shown.iter().filter(|(_, (_, labels))| labels.contains("tenant"));
    for (name, (kind, labels)) in by_tenant.clone() {
        assert!(kind != "histogram" && !labels.contains("route"), "{name}: {kind} {labels:?}");
    }
    assert_eq!(by_tenant.map(|(name, _)| name.as_str()).collect::<BTreeSet<_>>(), BTreeSet::from(BY_TENANT));
    let orebro = format!("tenant=\"{}\"", world.tenant("orebro").id);
    let value = |name: &str| {
        let line = text.lines().find(|line| line.starts_with(&format!("{name}{{")) && line.contains(&orebro));
        let value = line.unwrap_or_else(|| panic!("{name} of Örebro in {text}")).rsplit_once(' ').expect("a value").1;
        value.parse::<i64>().expect("a number")
    };
    assert!(value("portvakt_certificate_days") > 0, "{text}");
    assert!(value("portvakt_sms_total") > 0, "{text}");
}
