//! A controller that shows a certificate of another authority: refused, said plainly, mended without a loss.

use chrono::TimeDelta;
use harness::{Database, State, World, journey};
use portvakt_domain::tenant::TenantSettings;

use super::{NEW, send_in, to_the_form};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_authority_is_refused_and_nothing_is_lost() {
    let world = World::practice(Database::Sqlite).await;
    let slug = "orebro";
    let (reset, directory) = (&world.tenant(slug).reset, &world.tenant(slug).directory);
    let person = world.person(slug, State::Normal).await;
    let number = person.number.clone().expect("a number");
    let mut half_way = world.browser();
    let form = to_the_form(&world, &mut half_way, slug, &person).await;
    let before = journey::ask_for_code(&world, &mut world.browser(), slug, "finnsinte77").await;
    world.arrived().await;

    let right = TenantSettings::clone(&world.served(slug).settings);
    let mut wrong = right.clone();
    let other = rcgen::generate_simple_self_signed(vec!["annan.example".to_owned()]).expect("a certificate");
    wrong.directory.ca_pem = other.cert.pem();
    world.apply(&wrong).await;

    // pwreset starts as always; the code waits.
    let mut browser = world.browser();
    let page = journey::ask_for_code(&world, &mut browser, slug, &person.username).await;
    assert_eq!(page.html, before.html, "the start says nothing of it");
    assert!(world.arrived().await.is_empty());
    let jobs = world.sqlite("select attempts, dead_at, last_error from jobs where kind = 'send_code'");
    let [job] = jobs.as_slice() else { panic!("one job waits: {jobs:?}") };
    assert_eq!((job[0].as_str(), job[1].as_str()), ("1", "None"), "it is tried again: {job:?}");
    assert!(job[2].contains("not set up as it must be"), "and says why: {job:?}");

    // Everything that needs the directory says that it can't be reached, and writes nothing.
    let traces = directory.traces(&person).await;
    let signed_in = journey::sign_in(&world, &mut world.browser(), slug, &person.username, &person.password).await;
    let sent = send_in(&mut half_way, reset).await;
    for page in [&signed_in, &sent, &half_way.get(reset, "/choose").await] {
        assert_eq!(page.status, 503, "{}", page.text());
        assert_eq!(page.h1(), "Vi når inte kommunens system just nu");
    }
    assert!(signed_in.text().contains("Inget är ändrat."), "{}", signed_in.text());
    assert!(sent.text().contains("Ditt lösenord är inte ändrat."), "{}", sent.text());
    assert_eq!(directory.traces(&person).await, traces);
    let metrics = reqwest::get(format!("http://{}/metrics", world.internal)).await.expect("metrics");
    let metrics = metrics.text().await.expect("a text");
    assert!(metrics.contains("outcome=\"misconfigured\""), "the operator sees which kind of fault it is: {metrics}");

    // Mended: the code that waited arrives, and the flow that was half-way goes on.
    world.apply(&right).await;
    world.clock.advance(TimeDelta::seconds(5));
    let code = world.code_at(&number).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    assert_eq!(page.path, "/password", "{}", page.text());
    let fields = [("password", NEW), ("password_again", NEW)];
    let done = half_way.submit_to(&form, "/password", &fields).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert_eq!(directory.signs_in(&person, NEW).await, Ok(()));
    assert_eq!(world.told(slug, "password.outcome", "outcome").await, ["done"]);
}
