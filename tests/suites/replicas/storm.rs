//! Thousands of SMS while gateways fail in every way they know. Counted at the gateways: no SMS twice, none lost but where
//! an answer was.

use std::{collections::BTreeMap, time::Duration};

use harness::{
    Browser,
    certificate::LoopbackCertificate,
    gateway::{Dialect, GatewayApi, GatewayDouble, Mode, Sinch},
    process::{PATIENCE, change, eventually},
    site::Site,
    world::code_in,
};
use portvakt::system::SystemRandom;
use portvakt_domain::keys::Place;
use uuid::Uuid;

use super::pair::Pair;

/// One request in this many goes wrong at the first gateway, and at the second.
const ONE_IN: usize = 5;
/// Shows that the settings are in force.
const NEW_HOST: &str = "losenord.mjolby.se";
/// How long the full number may take on a loaded machine.
const STORM: Duration = Duration::from_secs(30 * 60);

/// What goes wrong, in turn: refused, throttled, lost before it was read, and lost after.
fn faults() -> impl Iterator<Item = Mode> {
    [
        Mode::Refuse(403, "no credit".to_owned()),
        Mode::Throttle429,
        Mode::CloseAfterRead,
        Mode::CloseBeforeTls,
        Mode::CloseInAnswer,
        Mode::Refuse(400, "unknown subscriber".to_owned()),
        Mode::CloseBeforeRead,
        Mode::Garbage,
    ]
    .into_iter()
    .cycle()
}

/// A gateway that fails one in five of so many requests, and then takes everything.
fn failing(dialect: impl Dialect, requests: usize) -> GatewayDouble {
    let gateway = GatewayDouble::with_certificate(dialect, &LoopbackCertificate::new());
    for fault in faults().take(requests / ONE_IN) {
        gateway.next(ONE_IN - 1, Mode::Accept);
        gateway.next(1, fault);
    }
    gateway
}

/// Mjölby's SMS go to these, in this order, and both replicas have seen it.
async fn list(pair: &Pair, gateways: &[&GatewayDouble]) {
    let mut tenant = pair.site.tenant_file("mjolby");
    change(&mut tenant, "hosts", "reset", NEW_HOST);
    let accounts = gateways.iter().enumerate().map(|(n, gateway)| {
        let file = format!("mjolby-gateway-{n}");
        pair.site.installation.write(&file, gateway.password());
        let mut account = toml::Table::try_from(gateway.account()).expect("an account");
        account.insert("password_file".to_owned(), file.into());
        account.into()
    });
    let providers = toml::Value::Array(accounts.collect());
    tenant.insert("sms".to_owned(), toml::Table::from_iter([("providers".to_owned(), providers)]).into());
    pair.site.installation.apply(&tenant).await.succeeded();
    for replica in [&pair.first, &pair.second] {
        eventually("the new settings", PATIENCE, async || {
            (Browser::new(replica.public).get(NEW_HOST, "/").await.status == 200).then_some(())
        })
        .await;
    }
}

/// A notice of a password that was set, as many times over as asked for, each with its job.
async fn queue_like_the_first(pair: &Pair, number: &str, times: usize) {
    let (tenant, keys) = (pair.site.tenants["mjolby"], &pair.site.installation.keys);
    let ids: Vec<Uuid> = (0..times).map(|_| Uuid::new_v4()).collect();
    let seal = |row: &Uuid| {
        let place = Place { table: "messages", column: "recipient", row: *row, owner: None };
        keys.seal(tenant, place, number.as_bytes(), &SystemRandom).expect("sealed").0
    };
    let recipients: Vec<Vec<u8>> = ids.iter().map(seal).collect();
    let sql = "with copies as (
                 insert into messages
                 select (jsonb_populate_record(null::messages, to_jsonb(x) || jsonb_build_object(
                     'id', n.id, 'recipient', n.recipient, 'state', 'queued', 'attempts', 0, 'provider_id', null))).*
                 from (select * from messages where kind = 'password_set' and channel = 'sms' limit 1) x,
                      unnest($1::text[], $2::bytea[]) as n(id, recipient)
                 returning tenant_id, id)
               insert into jobs (id, tenant_id, kind, payload, run_at, created_at, attempts)
               select gen_random_uuid(), tenant_id, 'send_notice',
                      jsonb_build_object('kind', 'send_notice', 'message', id)::text, now(), now(), 0 from copies";
    let database = pair.site.installation.superuser().await;
    let ids: Vec<String> = ids.iter().map(Uuid::to_string).collect();
    let queued = database.execute(sql, &[&ids, &recipients]).await.expect("queued");
    assert_eq!(queued, u64::try_from(times).expect("a number"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn none_of_thousands_of_sms_is_doubled_or_lost_without_a_word() {
    let long = std::env::var("PORTVAKT_TEST_LONG").is_ok_and(|value| value == "1");
    let times = if long { 10_000 } else { 500 };
    let pair = Pair::start().await;

    // 1. A reset, for a notice to be repeated.
    let person = Site::people("mjolby").remove(0);
    let number = person.number.clone().expect("a number");
    let mut browser = Browser::new(pair.first.public);
    let page = pair.ask(&mut browser, "mjolby", &person.username).await;
    let code = code_in(&pair.sms_to(&number, 0).await.message);
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    let done = browser.submit_to(&page, "/password", &new).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    pair.idle(PATIENCE).await;

    // 2. The storm. Both replicas see the gateways before it breaks.
    let (first, second) = (failing(GatewayApi, times), failing(Sinch, times / ONE_IN));
    list(&pair, &[&first, &second]).await;
    queue_like_the_first(&pair, &number, times).await;
    pair.idle(STORM).await;

    // 3. Each message once, by what is said of it.
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for sms in first.received().into_iter().chain(second.received()) {
        assert_eq!(sms.to, number);
        *taken.entry(sms.reference.expect("ours")).or_default() += 1;
    }
    let database = pair.site.installation.superuser().await;
    let sql = "select id::text, state, attempts from messages
               where kind = 'password_set' and channel = 'sms' order by requested_at, id";
    let rows = database.query(sql, &[]).await.expect("rows");
    assert_eq!(rows.len(), times + 1);
    let mut states: BTreeMap<(String, usize), usize> = BTreeMap::new();
    let mut known = 0;
    for row in &rows {
        let (id, state): (String, String) = (row.get(0), row.get(1));
        let sent = taken.get(&id).copied().unwrap_or_default();
        known += sent;
        *states.entry((state, sent)).or_default() += 1;
    }
    println!("{times} SMS, {} and {} taken: {states:?}", first.received().len(), second.received().len());
    assert_eq!(known, taken.values().sum::<usize>(), "every SMS belongs to a message");
    let count = |state: &str, sent: usize| states.get(&(state.to_owned(), sent)).copied().unwrap_or_default();
    // The first notice went to another gateway; what is refused by both is failed, and what had no answer is unknown.
    let foreseen = [("sent", 1), ("failed", 0), ("unknown", 1), ("unknown", 0)].map(|(state, sent)| count(state, sent));
    assert_eq!(foreseen.iter().sum::<usize>() + count("sent", 0), times + 1, "{states:?}");
    assert_eq!(count("sent", 0), 1, "{states:?}");
    assert!(foreseen[0] > times * 8 / 10 && foreseen[2] > times / 50, "{states:?}");
    // One in five of the requests went wrong, and three of eight of those were turned down in so many words.
    assert!(first.refused().len() >= times / ONE_IN / 4, "the first gateway turned {} down", first.refused().len());
}
