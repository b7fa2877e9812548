//! `portvakt audit verify`: a chain that holds, one that was altered, one that was cut.

use harness::{
    Browser,
    process::{PATIENCE, eventually},
    site::Site,
};

/// A site whose Mjölby has a sealed trail, and the head of it.
async fn sealed() -> (Site, String) {
    let site = Site::on_postgres().await;
    let mut replica = site.installation.serve().await;
    for person in Site::people("mjolby").iter().take(3) {
        let mut browser = Browser::new(replica.public);
        let start = browser.get("pwreset.mjolby.se", "/").await;
        assert_eq!(browser.submit(&start, &[("username", &person.username)]).await.status, 200);
    }
    site.gateway.wait_for(3, PATIENCE).await;
    let database = site.installation.superuser().await;
    let sql = "select count(*) from jobs where dead_at is null and kind in ('send_code', 'seal_audit')";
    eventually("everything is sealed", PATIENCE, async || {
        let waiting: i64 = database.query_one(sql, &[]).await.expect("a count").get(0);
        (waiting == 0).then_some(())
    })
    .await;
    assert!(replica.process.terminate(PATIENCE).await.success());
    let log = replica.process.stderr();
    let verified = site.installation.run(&["audit", "verify", "mjolby"]).await.succeeded();
    assert!(verified.stdout.starts_with("mjolby: the chain holds, "), "{}", verified.stdout);
    let head = verified.stdout.split_once("head ").expect("a head").1.trim().to_owned();
    let (seq, seal) = head.split_once(':').expect("number and seal");
    let logged = log.lines().any(|line| line.contains("audit head") && line.contains(seq) && line.contains(seal));
    assert!(logged, "the head is in the log, for whoever keeps that: {head}\n{log}");
    (site, head)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chain_that_holds_is_told_with_its_head() {
    let (site, head) = sealed().await;
    let links: u64 = head.split(':').next().expect("a number").parse().expect("a number");
    // Applied, three flows begun, three codes, three outcomes, a sweep or none.
    assert!(links >= 10, "{head}");
    let same = site.installation.run(&["audit", "verify", "mjolby", "--head", &head]).await.succeeded();
    assert!(same.stdout.contains(&head), "{}", same.stdout);

    let nobody = site.installation.run(&["audit", "verify", "motala"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
    assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);
    let nonsense = site.installation.run(&["audit", "verify", "mjolby", "--head", "seven"]).await;
    assert_eq!(nonsense.code, 2, "{}", nonsense.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_altered_event_and_a_cut_chain_are_found() {
    let (site, head) = sealed().await;
    let database = site.installation.superuser().await;
    let last = "seq = (select max(seq) from audit_seals where tenant_id = t.id)";

    // 1. Cut: the last seal and its event are gone. Alone the chain holds; against the head kept elsewhere it does not.
    let mut client = site.installation.superuser().await;
    let cut = client.transaction().await.expect("a transaction");
    let gone = format!(
        "delete from audit_seals s using tenants t where t.slug = 'mjolby' and s.tenant_id = t.id and s.{last}"
    );
    assert_eq!(cut.execute(&gone, &[]).await.expect("deleted"), 1);
    let events = "delete from audit_events e using tenants t where t.slug = 'mjolby' and e.tenant_id = t.id
                  and e.id not in (select event from audit_seals where tenant_id = t.id)";
    assert_eq!(cut.execute(events, &[]).await.expect("deleted"), 1);
    cut.commit().await.expect("committed");
    site.installation.run(&["audit", "verify", "mjolby"]).await.succeeded();
    let found = site.installation.run(&["audit", "verify", "mjolby", "--head", &head]).await;
    assert_eq!(found.code, 1, "{}", found.output());
    assert!(found.stdout.starts_with("mjolby: THE CHAIN IS BROKEN: "), "{}", found.stdout);

    // 2. Altered: one word of one event.
    let sql = "update audit_events e set details = replace(details, '\"reset\"', '\"register\"')
               where details like '%\"flow\":\"reset\"%' and e.id = (select min(id::text)::uuid from audit_events
               where details like '%\"flow\":\"reset\"%')";
    assert_eq!(database.execute(sql, &[]).await.expect("altered"), 1);
    let found = site.installation.run(&["audit", "verify", "mjolby"]).await;
    assert_eq!(found.code, 1, "{}", found.output());
    assert!(found.stdout.starts_with("mjolby: THE CHAIN IS BROKEN: "), "{}", found.stdout);
    // The other tenant's trail is its own.
    site.installation.run(&["audit", "verify", "orebro"]).await.succeeded();
}
