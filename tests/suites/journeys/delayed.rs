//! "I no longer have that phone": the change waits, everybody is told, the old number may stop it, and the moved clock
//! carries it out.

use chrono::TimeDelta;
use harness::{Browser, Page, Person, State, World, journey};
use portvakt_domain::{job::Job, time::Clock as _};
use portvakt_storage::operator::{self, Lease};

use super::several::{codes, rows, signed_in, sorted, told};

const WAIT: TimeDelta = TimeDelta::hours(48);

/// Asks for a delayed change of the only number; ends on the last page.
async fn ask(world: &World, slug: &str, person: &Person, new: &str) -> Page {
    journey::lose_phone(world, &mut world.browser(), slug, person, new).await
}

/// A code goes there when the name is sent in, and nowhere else.
async fn code_goes_to(world: &World, slug: &str, person: &Person, number: &str) {
    journey::ask_for_code(world, &mut world.browser(), slug, &person.username).await;
    world.code_at(number).await;
}

/// Sends in a name at `/stop`; ends on the code page.
async fn stop_by_name(world: &World, browser: &mut Browser, slug: &str, typed: &str) -> Page {
    let start = browser.get(&world.tenant(slug).register, "/stop").await;
    assert_eq!(start.status, 200, "without a sign-in: {}", start.text());
    let page = browser.submit(&start, &[("username", typed)]).await;
    assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/code"), "{}", page.text());
    page
}

pub async fn a_delayed_change_is_carried_out_by_the_clock(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());
        let done = ask(world, slug, &person, &new).await;
        assert_eq!(done.h1(), "Klart: Bytet av mobilnummer är begärt", "{}", done.text());

        // 1. The old number and the mailbox are told at once: what, when, how to stop it.
        let due = moment_after(world, WAIT);
        assert!(done.text().contains(&due), "{due}: {}", done.text());
        let notices = world.arrived().await;
        let to: Vec<_> = notices.iter().map(|n| (n.channel, n.to.as_str())).collect();
        assert_eq!(to.len(), 2, "{notices:?}");
        assert!(to.contains(&("sms", old.as_str())) && to.contains(&("mail", person.mail.as_str())), "{to:?}");
        for notice in &notices {
            assert!(notice.text.contains(&due), "{due}: {}", notice.text);
            assert!(notice.text.contains(&format!("{}/stop", world.tenant(slug).register)), "{}", notice.text);
        }

        // 2. It waits: the old number is the number until the last moment, and the page says what is going on.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        assert!(
            page.text().contains(&format!("Ett byte av mobilnummer är på väg. Det görs {due}.")),
            "{}",
            page.text()
        );
        assert_eq!(browser.get(&page.host, "/lost").await.path, "/number", "one at a time");
        code_goes_to(world, slug, &person, &old).await;
        world.clock.advance(WAIT - TimeDelta::seconds(1));
        assert!(world.arrived().await.is_empty());
        code_goes_to(world, slug, &person, &old).await;

        // 3. A reset that is under way ends when it happens. Both numbers and the mailbox are told.
        let mut under_way = world.browser();
        let page = journey::prove(world, &mut under_way, slug, &person).await;
        world.clock.advance(TimeDelta::seconds(1));
        let notices = world.arrived().await;
        let mut sms: Vec<_> = notices.iter().filter(|n| n.channel == "sms").map(|n| n.to.clone()).collect();
        sms.sort();
        assert_eq!(sms, sorted(&[&old, &new]));
        assert!(notices.iter().any(|n| n.to == person.mail), "{notices:?}");
        assert_eq!(under_way.get(&page.host, &page.path).await.status, 410);

        // 4. Codes go to the new number; the trail tells the way.
        let person = Person { number: Some(new.clone()), ..person };
        let done = journey::reset(world, &mut world.browser(), slug, &person, "Vinterbad88Sten").await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.told(slug, "number.changed", "way").await, ["delayed"]);
        assert_eq!(world.told(slug, "number_change.asked", "change").await.len(), 1);
        world.arrived().await;
    }
}

/// `2026-11-24 14.05`, as the texts have it.
fn moment_after(world: &World, later: TimeDelta) -> String {
    portvakt_texts::moment(world.clock.now() + later)
}

pub async fn the_old_number_stops_a_delayed_change(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        let (old, new) = (person.number.clone().expect("a number"), world.fresh_number());

        // 1. Without a sign-in, by a code to the old number.
        ask(world, slug, &person, &new).await;
        told(world).await;
        let mut browser = world.browser();
        let page = stop_by_name(world, &mut browser, slug, &person.username).await;
        assert!(!page.text().contains("***"), "nothing is said of the number: {}", page.text());
        let code = world.code_at(&old).await;
        let wrong = browser.submit_to(&page, "/code", &[("code", &other_than(&code))]).await;
        assert_eq!(wrong.status, 422, "{}", wrong.text());
        let done = browser.submit_to(&wrong, "/code", &[("code", &code)]).await;
        assert_eq!(done.h1(), "Klart: Bytet är stoppat", "{}", done.text());
        let notices = world.arrived().await;
        assert_eq!(notices.len(), 2, "by SMS to the old number and by mail: {notices:?}");
        assert!(notices.iter().all(|n| n.to == old || n.to == person.mail), "{notices:?}");
        world.clock.advance(WAIT + TimeDelta::hours(1));
        assert!(world.arrived().await.is_empty(), "nothing is carried out");
        code_goes_to(world, slug, &person, &old).await;

        // 2. After a sign-in, from the page that tells of it.
        ask(world, slug, &person, &new).await;
        told(world).await;
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.submit_to(&page, "/stop/now", &[]).await;
        let done = codes(world, &mut browser, page, &[&old]).await;
        assert_eq!(done.h1(), "Klart: Bytet är stoppat", "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&old]));
        world.clock.advance(WAIT + TimeDelta::hours(1));
        code_goes_to(world, slug, &person, &old).await;
        assert_eq!(world.told(slug, "number_change.cancelled", "reason").await, ["stopped", "stopped"]);

        // With nothing to stop there is no code, and no other answer.
        let mut browser = world.browser();
        let page = stop_by_name(world, &mut browser, slug, &person.username).await;
        assert!(world.arrived().await.is_empty(), "nothing to stop");
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert_eq!(page.status, 422, "{}", page.text());
    }
}

fn other_than(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)
}

/// The phone turns up again: the ordinary way overtakes the delayed one.
pub async fn another_change_overtakes_a_delayed_one(world: &World) {
    let slug = "mjolby";
    let person = world.person(slug, State::Normal).await;
    let (old, delayed, new) = (person.number.clone().expect("a number"), world.fresh_number(), world.fresh_number());
    ask(world, slug, &person, &delayed).await;
    told(world).await;
    let (mut browser, page) = signed_in(world, slug, &person).await;
    let page = browser.submit_to(&page, "/number", &[("number", &new)]).await;
    let done = codes(world, &mut browser, page, &[&old, &new]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    told(world).await;
    assert_eq!(world.told(slug, "number_change.cancelled", "reason").await, ["overtaken"]);
    world.clock.advance(WAIT + TimeDelta::hours(1));
    assert!(world.arrived().await.is_empty());
    code_goes_to(world, slug, &person, &new).await;
}

/// What is due when the account is not served any more is not done.
pub async fn a_delayed_change_of_an_account_that_is_not_served_is_refused(world: &World) {
    let slug = "orebro";
    let person = world.person(slug, State::Normal).await;
    let new = world.fresh_number();
    ask(world, slug, &person, &new).await;
    told(world).await;
    world.tenant(slug).directory.disable(&person).await;
    world.clock.advance(WAIT);
    assert!(world.arrived().await.is_empty(), "nobody is told of what did not happen");
    assert_eq!(world.told(slug, "number_change.refused", "reason").await, ["the account is not served"]);
    assert!(world.told(slug, "number.changed", "way").await.is_empty());
}

/// The job is a row: whoever leases it is due, and one whose worker died is carried out by another.
pub async fn a_delayed_change_survives_the_worker(world: &World) {
    let slug = "mjolby";
    let person = world.person(slug, State::Normal).await;
    let new = world.fresh_number();
    ask(world, slug, &person, &new).await;
    told(world).await;
    world.clock.advance(WAIT);
    let lease = Lease::of("it dies", world.clock.now(), 10);
    let leased = operator::lease_jobs(&world.shared.platform.store, lease).await.expect("leased");
    assert!(leased.iter().any(|job| matches!(job.job, Job::ChangeNumber { .. })), "{leased:?}");
    assert!(told(world).await.is_empty(), "it is another's for now");
    world.clock.advance(TimeDelta::seconds(61));
    assert!(told(world).await.contains(&new));
    let person = Person { number: Some(new), ..person };
    journey::prove(world, &mut world.browser(), slug, &person).await;
}

/// Of several holders one lost the phone; the change takes that one's place, and all are told.
pub async fn a_holder_without_the_phone_is_delayed_too(world: &World) {
    let slug = "orebro";
    let person = world.person(slug, State::Functional).await;
    let numbers = [world.fresh_number(), world.fresh_number(), world.fresh_number()];
    let new = world.fresh_number();
    let held: Vec<_> =
        numbers.iter().zip(["Anna", "Bo", "Cecilia"]).map(|(n, name)| (n.as_str(), Some(name))).collect();
    world.store_numbers(slug, &person, &held).await;
    let (mut browser, page) = signed_in(world, slug, &person).await;
    let page = browser.get(&page.host, "/lost").await;
    let which = rows(&page, "which");
    assert_eq!(browser.submit_to(&page, "/lost", &[("number", &new)]).await.status, 422, "whose phone is not guessed");
    let page = browser.submit_to(&page, "/lost", &[("which", &which[1]), ("number", &new)]).await;
    let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    codes(world, &mut browser, page, &[&new]).await;
    assert_eq!(told(world).await, sorted(&all), "all holders are told at once");

    // Any of them may stop it: the third asks for the code to be sent to her.
    let mut stopping = world.browser();
    let page = stop_by_name(world, &mut stopping, slug, &person.username).await;
    world.code_at(&numbers[0]).await;
    world.clock.advance(TimeDelta::seconds(60));
    stopping.submit_to(&page, "/code/another", &[("number", &numbers[2])]).await;
    world.code_at(&numbers[2]).await;

    world.clock.advance(WAIT);
    assert_eq!(told(world).await, sorted(&[&all[..], &[new.as_str()]].concat()));
    let (_, page) = signed_in(world, slug, &person).await;
    let shown = format!("Bo, *** *** {} {}", &new[8..10], &new[10..]);
    assert!(page.text().replace('\u{a0}', " ").contains(&shown), "{shown}: {}", page.text());
}
