//! Numbers that live in an attribute of the directory: used as they stand there, written there when they are registered,
//! and a change that others make behind Portvakt's back waits like any other.

use chrono::TimeDelta;
use harness::{Page, Person, State, World, journey, people::TestDirectory};
use portvakt_demo::outbox::Delivered;
use portvakt_domain::{
    id::JobId, job::Job, number_attribute::NumberAttribute, tenant::TenantSettings, time::Clock as _,
};
use portvakt_storage::jobs;
use uuid::Uuid;

use super::several::{codes, rows, signed_in, sorted, told};

const WAIT: TimeDelta = TimeDelta::hours(48);
const MOBILE: &str = "mobile";
const SLUG: &str = "orebro";

/// What these worlds' tenants have in common.
pub fn in_the_directory(settings: &mut TenantSettings) {
    settings.directory.number_attribute = Some(NumberAttribute::Mobile);
}

fn directory(world: &World) -> &TestDirectory {
    &world.tenant(SLUG).directory
}

async fn write(world: &World, person: &Person, values: &[&str]) {
    directory(world).replace(&person.dn, MOBILE, values).await;
}

async fn written(world: &World, person: &Person) -> Vec<String> {
    directory(world).values(&person.dn, MOBILE).await
}

/// `+46701740605` as somebody in the personnel office types it.
fn as_typed(number: &str) -> String {
    let digits = number.strip_prefix("+46").expect("a Swedish number");
    format!("0{}-{} {} {}", &digits[..2], &digits[2..5], &digits[5..7], &digits[7..])
}

/// Somebody whose number was written by the personnel office and has been looked at.
async fn person_with_a_number_there(world: &World) -> (Person, String) {
    let person = world.person(SLUG, State::Unregistered).await;
    let number = world.fresh_number();
    write(world, &person, &[&as_typed(&number)]).await;
    code_goes_to(world, &person, &number).await;
    (Person { number: Some(number.clone()), ..person }, number)
}

async fn code_goes_to(world: &World, person: &Person, number: &str) {
    journey::ask_for_code(world, &mut world.browser(), SLUG, &person.username).await;
    world.code_at(number).await;
}

/// Whom a code was sent when the name is sent in: nobody.
async fn no_code(world: &World, person: &Person) {
    let page = journey::ask_for_code(world, &mut world.browser(), SLUG, &person.username).await;
    assert_eq!(page.path, "/code", "the pages are the same: {}", page.text());
    assert!(world.arrived().await.is_empty(), "nothing is sent");
}

/// The look that is taken every few hours; what arrived with it.
async fn looked_at(world: &World) -> Vec<Delivered> {
    let (store, tenant) = (&world.shared.platform.store, world.tenant(SLUG).id);
    let asked = jobs::enqueue(store, tenant, Job::CompareNumbers, world.clock.now(), JobId(Uuid::now_v7())).await;
    assert!(asked.expect("a job"));
    world.clock.advance(TimeDelta::hours(7));
    world.arrived().await
}

fn to(notices: &[Delivered]) -> Vec<String> {
    let mut to: Vec<String> = notices.iter().map(|notice| notice.to.clone()).collect();
    to.sort();
    to
}

pub async fn a_number_that_stands_there_is_used(world: &World) {
    let (person, number) = person_with_a_number_there(world).await;
    let done = journey::reset(world, &mut world.browser(), SLUG, &person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    assert_eq!(told(world).await, sorted(&[&number]), "told of the new password");
    assert_eq!(written(world, &person).await, [as_typed(&number)], "and left as it was written");
    assert_eq!(world.told(SLUG, "number.added", "way").await, ["directory"]);

    // At the first sign-in it is there already: no second person may register another one in its place.
    let person = world.person(SLUG, State::Unregistered).await;
    let number = world.fresh_number();
    write(world, &person, &[&number]).await;
    let (_, page) = signed_in(world, SLUG, &person).await;
    assert!(page.text().contains(&format!("*** *** {} {}", &number[8..10], &number[10..])), "{}", page.text());
}

pub async fn a_number_that_is_registered_is_written_there(world: &World) {
    let person = world.person(SLUG, State::Unregistered).await;
    write(world, &person, &["anknytning 1234"]).await;
    no_code(world, &person).await;
    let (first, second, other) = (world.fresh_number(), world.fresh_number(), world.fresh_number());

    // 1. The first number, then a change of it.
    journey::register(world, &mut world.browser(), SLUG, &person, &first).await;
    world.arrived().await;
    assert_eq!(written(world, &person).await, [first.as_str()]);
    let (mut browser, page) = signed_in(world, SLUG, &person).await;
    let page = browser.submit_to(&page, "/number", &[("number", &second)]).await;
    codes(world, &mut browser, page, &[&first, &second]).await;
    world.arrived().await;
    assert_eq!(written(world, &person).await, [second.as_str()]);
    assert!(looked_at(world).await.is_empty(), "one's own writes are no changes");

    // 2. A second number stays in Portvakt, and is written when the first is removed.
    let (mut browser, page) = signed_in(world, SLUG, &person).await;
    let page = browser.get(&page.host, "/add").await;
    let page = browser.submit_to(&page, "/add", &[("number", &other)]).await;
    codes(world, &mut browser, page, &[&second, &other]).await;
    world.arrived().await;
    assert_eq!(written(world, &person).await, [second.as_str()]);
    remove_first(world, &person, &second).await;
    assert_eq!(written(world, &person).await, [other.as_str()]);
    code_goes_to(world, &person, &other).await;

    // 3. With the last one the attribute is emptied, and nobody gets a code.
    remove_first(world, &person, &other).await;
    assert!(written(world, &person).await.is_empty());
    no_code(world, &person).await;
    assert!(looked_at(world).await.is_empty());
    let outcomes = world.told(SLUG, "number_attribute.outcome", "outcome").await;
    assert!(outcomes == ["done"; 4], "{outcomes:?}");
    assert_eq!(world.told(SLUG, "number_attribute.intended", "way").await.len(), outcomes.len());
}

async fn remove_first(world: &World, person: &Person, number: &str) {
    let (mut browser, page) = signed_in(world, SLUG, person).await;
    let page = browser.get(&page.host, "/remove").await;
    let which = rows(&page, "which");
    let fields: Vec<(&str, &str)> = which.first().map(|row| ("which", row.as_str())).into_iter().collect();
    let page = browser.submit_to(&page, "/remove", &fields).await;
    let done = codes(world, &mut browser, page, &[number]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;
}

pub async fn a_number_changed_behind_our_back_waits(world: &World) {
    let (person, old) = person_with_a_number_there(world).await;
    let new = world.fresh_number();
    write(world, &person, &[&as_typed(&new)]).await;

    // 1. It is seen without anybody's coming: the old number and the mailbox are told when, and how to stop it.
    let notices = looked_at(world).await;
    assert_eq!(to(&notices), sorted(&[&old, &person.mail]));
    let due = portvakt_texts::moment(world.clock.now() + WAIT);
    let stop = format!("{}/stop", world.tenant(SLUG).register);
    for notice in &notices {
        assert!(notice.text.contains("Ett nytt mobilnummer har lagts in för ditt konto"), "{}", notice.text);
        assert!(notice.text.contains(&due) && notice.text.contains(&stop), "{}", notice.text);
    }
    assert!(looked_at(world).await.is_empty(), "told once");

    // 2. Until then the old one is the number, to the last moment.
    code_goes_to(world, &person, &old).await;
    world.clock.advance(WAIT - TimeDelta::hours(7) - TimeDelta::seconds(1));
    assert!(world.arrived().await.is_empty());
    code_goes_to(world, &person, &old).await;

    // 3. Then the new one is, and both are told.
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(to(&world.arrived().await), sorted(&[&old, &new, &person.mail]));
    let person = Person { number: Some(new.clone()), ..person };
    let done = journey::reset(world, &mut world.browser(), SLUG, &person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    world.arrived().await;
    assert!(looked_at(world).await.is_empty());
    assert_eq!(written(world, &person).await, [as_typed(&new)]);
}

/// Where nobody looked before, the person's own reset is the first look: it changes nothing about who gets the code.
pub async fn a_change_seen_in_a_reset_waits_too(world: &World) {
    let (person, old) = person_with_a_number_there(world).await;
    let new = world.fresh_number();
    write(world, &person, &[&new]).await;
    journey::ask_for_code(world, &mut world.browser(), SLUG, &person.username).await;
    let arrived = world.arrived().await;
    assert!(arrived.iter().all(|message| message.to == old || message.to == person.mail), "{arrived:?}");
    assert_eq!(arrived.len(), 3, "a code, and two notices: {arrived:?}");

    // Written over once more: the wait begins anew. Put back: there is nothing to wait for, and everybody is told.
    let third = world.fresh_number();
    write(world, &person, &[&third]).await;
    assert_eq!(to(&looked_at(world).await), sorted(&[&old, &person.mail]));
    write(world, &person, &[&old]).await;
    assert_eq!(to(&looked_at(world).await), sorted(&[&old, &person.mail]));
    let reasons = world.told(SLUG, "number_change.cancelled", "reason").await;
    assert_eq!(reasons, ["overtaken", "withdrawn"]);
    world.clock.advance(WAIT + WAIT);
    assert!(world.arrived().await.is_empty());
    code_goes_to(world, &person, &old).await;

    // Written over in the last hours, after the last look: what nobody was told of is not carried out.
    write(world, &person, &[&new]).await;
    looked_at(world).await;
    write(world, &person, &[&third]).await;
    world.clock.advance(WAIT);
    assert!(!to(&world.arrived().await).contains(&third));
    assert_eq!(world.told(SLUG, "number_change.refused", "reason").await, ["the directory says another number"]);
    journey::ask_for_code(world, &mut world.browser(), SLUG, &person.username).await;
    assert!(world.arrived().await.iter().all(|message| message.to != third && message.to != new));
}

pub async fn the_old_number_stops_what_others_wrote(world: &World) {
    let (person, old) = person_with_a_number_there(world).await;
    let new = world.fresh_number();
    write(world, &person, &[&new]).await;
    looked_at(world).await;
    let mut browser = world.browser();
    let start = browser.get(&world.tenant(SLUG).register, "/stop").await;
    let page = browser.submit(&start, &[("username", &person.username)]).await;
    let done = codes(world, &mut browser, page, &[&old]).await;
    assert_eq!(done.h1(), "Klart: Bytet är stoppat", "{}", done.text());
    assert_eq!(to(&world.arrived().await), sorted(&[&old, &person.mail]));

    // It does not begin again as long as the same stands there; another number does.
    assert!(looked_at(world).await.is_empty());
    world.clock.advance(WAIT + WAIT);
    assert!(world.arrived().await.is_empty());
    code_goes_to(world, &person, &old).await;
    write(world, &person, &[&world.fresh_number()]).await;
    assert_eq!(to(&looked_at(world).await), sorted(&[&old, &person.mail]));
}

pub async fn what_is_no_number_is_unregistered(world: &World) {
    let (person, old) = person_with_a_number_there(world).await;
    for values in [&["anknytning 1234"][..], &["019-21 10 00"], &[]] {
        write(world, &person, values).await;
        no_code(world, &person).await;
        // Nobody gets round the code to the number that was there by taking it away in the directory.
        let (mut browser, page) = signed_in(world, SLUG, &person).await;
        let page = browser.submit_to(&page, "/number", &[("number", &world.fresh_number())]).await;
        assert_eq!(page.path, "/code", "{}", page.text());
        world.code_at(&old).await;
        write(world, &person, &[&old]).await;
        world.clock.advance(TimeDelta::days(1));
        code_goes_to(world, &person, &old).await;
    }

    // Taken away between the right code and the new password: nothing is written.
    let mut browser = world.browser();
    let page = prove_after_a_day(world, &mut browser, &person).await;
    write(world, &person, &[]).await;
    let fields = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    let refused = browser.submit_to(&page, "/password", &fields).await;
    assert!(!refused.h1().starts_with("Klart"), "{}", refused.text());
    assert_eq!(directory(world).bind(&person, &person.password).await, Ok(()));
}

async fn prove_after_a_day(world: &World, browser: &mut harness::Browser, person: &Person) -> Page {
    world.clock.advance(TimeDelta::days(1));
    journey::prove(world, browser, SLUG, person).await
}

/// Several hold numbers for it, which one attribute can't tell.
pub async fn functional_accounts_keep_their_numbers_in_portvakt(world: &World) {
    let person = world.person(SLUG, State::Functional).await;
    let (own, foreign) = (person.number.clone().expect("a number"), world.fresh_number());
    write(world, &person, &[&foreign]).await;
    code_goes_to(world, &person, &own).await;
    let (mut browser, page) = signed_in(world, SLUG, &person).await;
    let new = world.fresh_number();
    let page = browser.submit_to(&page, "/number", &[("number", &new)]).await;
    codes(world, &mut browser, page, &[&own, &new]).await;
    world.arrived().await;
    assert!(looked_at(world).await.is_empty());
    assert_eq!(written(world, &person).await, [foreign]);
}

/// Registered before the tenant named an attribute: written there at the first look.
pub async fn numbers_from_before_are_written_there(world: &World) {
    let person = world.person(SLUG, State::Normal).await;
    let number = person.number.clone().expect("a number");
    assert!(written(world, &person).await.is_empty());
    assert!(looked_at(world).await.is_empty());
    assert_eq!(written(world, &person).await, [number.as_str()]);
    code_goes_to(world, &person, &number).await;
}
