//! A process is killed while it works on SMS. Counted at the gateway: never two SMS for one request, and none missing but
//! where the kill fell inside the call.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use futures_util::future::join_all;
use harness::{
    Browser,
    gateway::Mode,
    process::{PATIENCE, Serving, eventually},
    site::Site,
    world::code_in,
};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::{
    code::{Code, CodePurpose},
    id::{FlowId, TenantId},
};

use super::pair::{Pair, reset_host};

/// Requests under way at each kill.
const AT_ONCE: usize = 4;
/// Kills fall this many milliseconds after one of them, by lot, was answered, at most.
const LATEST: u64 = 150;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kill_at_any_moment_sends_nothing_twice_and_loses_only_what_was_in_the_call() {
    let long = std::env::var("PORTVAKT_TEST_LONG").is_ok_and(|value| value == "1");
    let kills = if long { 100 } else { 5 };
    let seed = std::env::var("PORTVAKT_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let mut lots =
        Lots(seed.unwrap_or_else(|| u64::from_be_bytes(uuid::Uuid::new_v4().as_bytes()[..8].try_into().expect("8"))));
    println!("{kills} kills, PORTVAKT_TEST_SEED={}", lots.0);

    let mut pair = Pair::start().await;
    pair.site.gateway.set(Mode::Slow(Duration::from_millis(50)));
    let mut names = requests();
    for kill in 0..kills {
        let victim = pair.first.public;
        // The forms first, so that the requests themselves are one round trip.
        let mut forms = Vec::new();
        for (slug, name) in names.by_ref().take(AT_ONCE) {
            let (mut browser, host) = (Browser::new(victim), reset_host(slug));
            let token = browser.get(host, "/").await.hidden("start");
            forms.push((browser, host, token, name));
        }
        let (answered, mut answers) = tokio::sync::mpsc::unbounded_channel();
        let asked = forms.into_iter().map(|(browser, host, token, name)| {
            let answered = answered.clone();
            tokio::spawn(async move {
                let fields = [("start", token.as_str()), ("username", name.as_str())];
                let begun = browser.try_post(host, "/", &fields).await.is_some_and(|status| status == 303);
                let _ = answered.send(());
                begun
            })
        });
        let asked: Vec<_> = asked.collect();
        for _ in 0..=lots.below(AT_ONCE as u64) {
            answers.recv().await.expect("an answer");
        }
        tokio::time::sleep(Duration::from_millis(lots.below(LATEST + 1))).await;
        pair.first.process.kill();
        let begun = join_all(asked).await.into_iter().filter(|begun| *begun.as_ref().expect("joined")).count();
        assert!(begun >= 1, "kill {kill}: a request was answered before it");
        pair.first = pair.site.installation.serve().await;
    }
    if !long {
        end_leases(&pair).await;
    }
    // A lease lasts a minute; what a dead process held is taken over then.
    pair.idle(Duration::from_secs(150)).await;
    count(&pair, kills).await;
}

/// The full numbers wait for leases to end by themselves; the small ones do not have that minute. Only leases of dead
/// processes are left at this point: the others' jobs take milliseconds.
async fn end_leases(pair: &Pair) {
    let database = pair.site.installation.superuser().await;
    let alive = [&pair.first, &pair.second].map(|replica: &Serving| format!("{}-%", replica.process.id()));
    let sql = "update jobs set leased_until = now() where leased_by not like $1 and leased_by not like $2";
    database.execute(sql, &[&alive[0], &alive[1]]).await.expect("updated");
}

/// Each request once: its flow, the state of its message, and the SMS whose code is the flow's.
async fn count(pair: &Pair, kills: usize) {
    let database = pair.site.installation.superuser().await;
    let sql = "select f.tenant_id::text, f.id::text, f.code_hash, m.state, m.attempts from flows f
               join messages m on m.tenant_id = f.tenant_id and m.flow = f.id and m.kind = 'reset_code'";
    let rows = database.query(sql, &[]).await.expect("rows");
    let sms = pair.site.gateway.received();
    assert!(rows.len() >= kills, "{} requests at {kills} kills", rows.len());

    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    let mut owned = BTreeSet::new();
    let (mut missing, mut taken_over) = (0, 0);
    for row in &rows {
        let [tenant, flow] = [0, 1].map(|column| row.get::<_, String>(column).parse().expect("an id"));
        let (stored, state, attempts): (Option<Vec<u8>>, String, i32) = (row.get(2), row.get(3), row.get(4));
        let mine: Vec<usize> = (0..sms.len())
            .filter(|n| {
                let code = Code::parse(&code_in(&sms[*n].message)).expect("a code");
                let keys = &pair.site.installation.keys;
                let hash = code.hash(keys, TenantId(tenant), FlowId(flow), CodePurpose::Reset);
                stored.as_deref() == Some(hash.0.as_slice())
            })
            .collect();
        assert!(mine.len() <= 1, "{} SMS for one request", mine.len());
        assert!(attempts <= 1, "the call was begun {attempts} times");
        match (state.as_str(), mine.len()) {
            ("sent", 1) => {}
            // Killed inside the call: it may have come or not, and nothing is sent again.
            ("unknown", n) => missing += 1 - n,
            other => panic!("{other:?}: neither sent nor unknown"),
        }
        taken_over += usize::from(state == "unknown");
        owned.extend(mine);
        *states.entry(state).or_default() += 1;
    }
    // A second SMS for a request would carry a code of its own, and the first one's would be nobody's.
    assert_eq!(owned.len(), sms.len(), "every SMS belongs to a request");
    println!("{} requests, {} SMS, {states:?}; missing {missing}, inside the call {taken_over}", rows.len(), sms.len());
}

/// Names to send in, each from a network of its own: at most 20 networks for an account.
fn requests() -> impl Iterator<Item = (&'static str, String)> {
    let people: Vec<(&str, String)> = ["orebro", "mjolby"]
        .into_iter()
        .flat_map(|slug| Site::people(slug).into_iter().map(move |person| (slug, person.username)))
        .collect();
    let all = people.len() * 20;
    people.into_iter().cycle().take(all)
}

/// Numbers by lot (splitmix64), so that a seed gives the same ones again.
struct Lots(u64);

impl Lots {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_before_the_call_the_other_replica_sends_and_killed_inside_it_nobody_does() {
    let mut pair = Pair::start().await;
    let database = pair.site.installation.superuser().await;
    let (before, inside) = (Site::people("orebro").remove(0), Site::people("mjolby").remove(0));

    // 1. Örebro's directory keeps the job waiting; Mjölby's gateway took the SMS and has not answered.
    pair.site.directories["orebro"].stall(Operation::Search);
    pair.site.gateway.set(Mode::HangAfterRead);
    pair.ask(&mut Browser::new(pair.first.public), "orebro", &before.username).await;
    pair.ask(&mut Browser::new(pair.first.public), "mjolby", &inside.username).await;
    pair.site.gateway.wait_for(1, PATIENCE).await;
    let sql = "select count(*) from jobs where kind = 'send_code' and leased_by is not null";
    eventually("both jobs are leased", PATIENCE, async || {
        (database.query_one(sql, &[]).await.expect("a count").get::<_, i64>(0) == 2).then_some(())
    })
    .await;

    // 2. Every process dies: which of the two held the job does not matter.
    pair.first.process.kill();
    pair.second.process.kill();
    pair.site.gateway.set(Mode::Accept);
    pair.site.directories["orebro"].heal();
    assert_eq!(pair.code_states().await, ["queued", "sending"], "one before the call, one in it");
    pair.first = pair.site.installation.serve().await;
    end_leases(&pair).await;
    pair.idle(PATIENCE).await;

    // 3. What was never begun is sent, once; what was begun is not sent again, and nobody claims to know.
    assert_eq!(pair.code_states().await, ["sent", "unknown"]);
    assert_eq!(pair.codes_to(before.number.as_ref().expect("a number")).len(), 1);
    assert_eq!(pair.codes_to(inside.number.as_ref().expect("a number")).len(), 1, "the one before the kill");

    // 4. A directory that hangs up in the middle costs nothing but a moment.
    pair.site.directories["orebro"].fail_once(Operation::Search, Fault::Closed);
    let next = Site::people("orebro").remove(2);
    pair.ask(&mut Browser::new(pair.first.public), "orebro", &next.username).await;
    pair.sms_to(next.number.as_ref().expect("a number"), 0).await;
}
