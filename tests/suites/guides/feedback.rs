//! What readers think of the guides: kept for the right tenant, sealed and without what names a person, and not too much of it.

use chrono::TimeDelta;
use harness::{Browser, Database, World};
use portvakt_domain::{
    id::TenantId,
    limit::{FEEDBACK_PER_TENANT, Hit},
    time::Clock as _,
};
use portvakt_flows::give_feedback::feedback_place;
use portvakt_storage::{feedback, limits};
use reqwest::StatusCode;

/// What is kept of a tenant: guide, language, verdict and words.
async fn kept(world: &World, slug: &str) -> Vec<(String, String, bool, Option<String>)> {
    let (platform, id): (_, TenantId) = (&world.shared.platform, world.tenant(slug).id);
    let stored = feedback::list(&platform.store, id).await.expect("a list");
    let read = |row: feedback::StoredFeedback| {
        let text = row.text.map(|text| platform.keys.open_text(id, feedback_place(row.id), &text).expect("opened"));
        (row.guide, row.language, row.helpful, text.map(|text| text.to_string()))
    };
    stored.into_iter().map(read).collect()
}

async fn answer(browser: &mut Browser, host: &str) -> StatusCode {
    browser.post(host, "/guides/feedback", &[("guide", "reset"), ("helpful", "yes"), ("text", "")]).await.status
}

async fn an_answer_is_kept_for_its_tenant(database: Database) {
    let world = World::practice(database).await;
    let (orebro, mjolby) = (world.tenant("orebro"), world.tenant("mjolby"));
    let mut browser = world.browser();
    let guide = browser.get(&orebro.register, "/guides/registration?lang=en").await;
    let words = "Step 3: ring 070-174 06 05 or a.b@example.se\r\nbad picture";
    let fields = [("helpful", "no"), ("text", words)];
    // The harness reads no fields of several lines: what the form holds beside them is taken as it stands.
    let form = guide.forms().into_iter().find(|form| form.action.starts_with("/guides/feedback")).expect("a form");
    let hidden: Vec<(&str, &str)> = form.hidden.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let thanks = browser.post(&guide.host, &form.action, &[&hidden[..], &fields[..]].concat()).await;
    assert_eq!((thanks.status, thanks.path.as_str()), (StatusCode::OK, "/guides/thanks"));
    assert_eq!(thanks.h1(), "Thank you for your answer");
    assert!(thanks.headers.get("set-cookie").is_none() && browser.cookie(&orebro.register).is_none());

    let expected = "Step 3: ring *** or ***\nbad picture".to_owned();
    assert_eq!(kept(&world, "orebro").await, [("registration".to_owned(), "en".to_owned(), false, Some(expected))]);
    assert_eq!(kept(&world, "mjolby").await, []);
    // A page that is loaded again keeps nothing twice: what was posted is answered by an address.
    let posted =
        browser.post_once(&mjolby.reset, "/guides/feedback", &[("guide", "reminders"), ("helpful", "yes")]).await;
    assert_eq!(
        (posted.status, &posted.headers["location"]),
        (StatusCode::SEE_OTHER, &"/guides/thanks".parse().expect("a value"))
    );
    assert_eq!(kept(&world, "mjolby").await, [("reminders".to_owned(), "sv".to_owned(), true, None)]);
    assert_eq!(kept(&world, "orebro").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_kept_for_its_tenant_on_sqlite() {
    an_answer_is_kept_for_its_tenant(Database::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_kept_for_its_tenant_on_postgres() {
    an_answer_is_kept_for_its_tenant(Database::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_wants_an_answer_is_told_before_and_after_whom_to_ask() {
    let world = World::practice(Database::Sqlite).await;
    for (slug, desk, way) in
        [("orebro", "IT-helpdesk", "it-helpdesk@orebro.se"), ("mjolby", "Servicedesk", "0142-36 60 00")]
    {
        let (host, mut browser) = (&world.tenant(slug).reset, world.browser());
        let before = browser.get(host, "/guides/reset").await.text();
        assert!(
            before.contains(&format!("ingen kan svara dig. Vill du ha svar eller hjälp kontaktar du {desk}.")),
            "{before}"
        );
        let thanks = browser.post(host, "/guides/feedback", &[("guide", "reset"), ("helpful", "no")]).await;
        let main = thanks.html.split("</main>").next().expect("main");
        assert!(main.contains(&format!("Vill du ha svar eller hjälp kontaktar du {desk}.")), "{main}");
        assert!(main.contains(way), "and how, before the foot of the page: {main}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn words_are_sealed_where_they_lie() {
    let world = World::practice(Database::Sqlite).await;
    let fields = [("guide", "reset"), ("helpful", "no"), ("text", "en ovanlig mening")];
    world.browser().post(&world.tenant("orebro").reset, "/guides/feedback", &fields).await;
    let stored = world.sqlite("select text from feedback");
    let words: String = "ovanlig".bytes().map(|byte| format!("{byte:02x}")).collect();
    assert!(stored.len() == 1 && stored[0][0].len() > 40 && !stored[0][0].contains(&words), "{stored:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_told_and_nothing_is_kept() {
    let world = World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let mut browser = world.browser();
    let long = "å".repeat(1_001);
    for (fields, status, told) in [
        (vec![("guide", "reset"), ("text", "mina <ord>")], StatusCode::UNPROCESSABLE_ENTITY, "Välj ja eller nej."),
        (vec![("guide", "reset"), ("helpful", "maybe")], StatusCode::UNPROCESSABLE_ENTITY, "Välj ja eller nej."),
        (
            vec![("guide", "reset"), ("helpful", "yes"), ("text", long.as_str())],
            StatusCode::UNPROCESSABLE_ENTITY,
            "Texten är för lång.",
        ),
        (vec![("guide", "other"), ("helpful", "yes")], StatusCode::BAD_REQUEST, "förstod inte"),
        (vec![("helpful", "yes")], StatusCode::BAD_REQUEST, "förstod inte"),
    ] {
        let page = browser.post(host, "/guides/feedback", &fields).await;
        assert_eq!(page.status, status, "{fields:?}");
        assert!(page.text().contains(told), "{fields:?}: {}", page.text());
        let typed = fields.iter().any(|(_, value)| *value == "mina <ord>");
        assert_eq!(page.html.contains("mina &#60;ord&#62;</textarea>"), typed, "what was typed is there still");
    }
    // From another page, nothing at all.
    let request = reqwest::Client::builder().no_proxy().build().expect("a client");
    let request = request.post(format!("http://{}/guides/feedback", world.public)).header("host", host);
    let request =
        request.header("origin", "https://elsewhere.se").header("content-type", "application/x-www-form-urlencoded");
    let answer = request.body("guide=reset&helpful=yes").send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    assert_eq!(kept(&world, "orebro").await, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_network_has_five_answers_a_day() {
    let world = World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let (orebro, mjolby) = (&world.tenant("orebro").reset, &world.tenant("mjolby").reset);
    let mut browser = world.browser();
    for _ in 0..5 {
        assert_eq!(answer(&mut browser, orebro).await, StatusCode::OK);
    }
    for _ in 0..3 {
        assert_eq!(answer(&mut browser, orebro).await, StatusCode::TOO_MANY_REQUESTS);
    }
    assert_eq!(kept(&world, "orebro").await.len(), 5);
    assert_eq!(answer(&mut world.browser(), orebro).await, StatusCode::OK, "another network");
    assert_eq!(answer(&mut browser, mjolby).await, StatusCode::OK, "another tenant");
    assert_eq!(world.told("orebro", "limit.hit", "limit").await, ["feedback_per_network"], "told once");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(answer(&mut browser, orebro).await, StatusCode::OK, "the next day");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenant_has_so_many_a_day_and_a_held_network_uses_up_none() {
    let world = World::practice(Database::Sqlite).await;
    world.clock.to_midday();
    let (orebro, mjolby) = (world.tenant("orebro"), world.tenant("mjolby"));
    let platform = &world.shared.platform;
    let subject = platform.subjects.hash(orebro.id, &[b"feedback"]);
    let hit = Hit { limit: FEEDBACK_PER_TENANT, subject };
    let counted =
        async || limits::current(&platform.store, orebro.id, vec![hit], world.clock.now()).await.expect("counts");
    let mut held = world.browser();
    for _ in 0..9 {
        answer(&mut held, &orebro.reset).await;
    }
    assert_eq!(counted().await, [5], "what the network's limit answered is not counted for the tenant");
    for _ in 0..FEEDBACK_PER_TENANT.ceiling - 6 {
        limits::count(&platform.store, orebro.id, vec![hit], world.clock.now()).await.expect("counted");
    }
    assert_eq!(answer(&mut world.browser(), &orebro.register).await, StatusCode::OK, "the last");
    assert_eq!(answer(&mut world.browser(), &orebro.reset).await, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(answer(&mut world.browser(), &mjolby.reset).await, StatusCode::OK, "another tenant");
    assert_eq!(kept(&world, "orebro").await.len(), 6);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_go_after_a_year() {
    let world = World::practice(Database::Sqlite).await;
    let (orebro, mjolby) = (world.tenant("orebro"), world.tenant("mjolby"));
    for host in [&orebro.reset, &mjolby.reset] {
        assert_eq!(answer(&mut world.browser(), host).await, StatusCode::OK);
    }
    let swept = async || portvakt_flows::sweep::run(&world.shared.platform, orebro.id, None).await.expect("swept");
    world.clock.advance(TimeDelta::days(365));
    swept().await;
    assert_eq!(kept(&world, "orebro").await.len(), 1);
    world.clock.advance(TimeDelta::seconds(1));
    swept().await;
    assert_eq!((kept(&world, "orebro").await.len(), kept(&world, "mjolby").await.len()), (0, 1));
    assert!(world.told("orebro", "rows.swept", "feedback").await.contains(&"1".to_owned()));
}
