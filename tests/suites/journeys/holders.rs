//! A functional account, as the guides for "Treservabrevlåda" have it: the manager and two whom she delegated it to, each
//! with a phone of their own (seeds 001 and 002).

use harness::{Person, State, World, journey};

use super::several::{codes, rows, signed_in, sorted, told};

const HOLDERS: [&str; 3] = ["Maj-Britt Ödman", "Fatima Haddad", "Per-Åke Sjögren"];

/// A functional account without a number, and three phones.
async fn unit(world: &World, slug: &str) -> (Person, [String; 3]) {
    let person = world.person(slug, State::Functional).await;
    world.store_numbers(slug, &person, &[]).await;
    (person, [world.fresh_number(), world.fresh_number(), world.fresh_number()])
}

/// What the trail calls the holders of the numbers added, in order.
async fn added(world: &World, slug: &str) -> Vec<String> {
    world.told(slug, "number.added", "holder").await
}

pub async fn three_holders_register_and_all_are_told(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let (person, [manager, delegate, third]) = unit(world, slug).await;

        // 1. The first number needs the password, and a name.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.submit_to(&page, "/number", &[("number", &manager), ("holder", " ")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("Skriv namnet på den som har mobilen."), "{}", page.text());
        let page = browser.submit_to(&page, "/number", &[("number", &manager), ("holder", HOLDERS[0])]).await;
        let done = codes(world, &mut browser, page, &[&manager]).await;
        assert!(done.text().contains(HOLDERS[0]), "whose number it is: {}", done.text());
        told(world).await;
        // The trail is in the order of time.
        world.clock.advance(chrono::TimeDelta::seconds(1));

        // 2. Each further one needs a code to one that is there: the first, or the one that is chosen.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        assert!(page.text().contains(HOLDERS[0]), "{}", page.text());
        let page = browser.get(&page.host, "/add").await;
        let page = browser.submit_to(&page, "/add", &[("holder", HOLDERS[1]), ("number", &delegate)]).await;
        codes(world, &mut browser, page, &[&manager, &delegate]).await;
        assert_eq!(told(world).await, sorted(&[&manager]));
        world.clock.advance(chrono::TimeDelta::seconds(1));

        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.get(&page.host, "/add").await;
        let to = rows(&page, "to");
        assert_eq!(to.len(), 2, "{}", page.text());
        let fields = [("holder", HOLDERS[2]), ("number", third.as_str()), ("to", to[1].as_str())];
        let page = browser.submit_to(&page, "/add", &fields).await;
        let done = codes(world, &mut browser, page, &[&delegate, &third]).await;
        assert!(HOLDERS.iter().all(|name| done.text().contains(name)), "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&manager, &delegate]), "all holders are told of every change");

        // 3. A reset with a code to the second holder's phone: all are told, and the trail knows which phone it was.
        let mut browser = world.browser();
        let page = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
        world.code_at(&manager).await;
        world.clock.advance(chrono::TimeDelta::seconds(60));
        let page = browser.submit_to(&page, "/code/another", &[("number", &delegate)]).await;
        let mut page = codes(world, &mut browser, page, &[&delegate]).await;
        if page.path == "/choose" {
            page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
        }
        let new = "Vinterbad88Sten";
        let done = browser.submit_to(&page, "/password", &[("password", new), ("password_again", new)]).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&manager, &delegate, &third]), "and of every reset");
        let holders = added(world, slug).await;
        assert_eq!(holders.len(), 3);
        assert_eq!(world.told(slug, "password.outcome", "holder").await, [holders[1].clone()]);
        assert_eq!(world.told(slug, "code.right", "holder").await.last(), Some(&holders[1]));
        let trail = format!("{:?}", world.trail(slug).await);
        assert!(HOLDERS.iter().all(|name| !trail.contains(name)), "the trail names nobody");
        let person = Person { password: new.to_owned(), ..person };

        // 4. The third removes the manager, who has left. All are told, the one who is gone as well.
        let (mut browser, page) = signed_in(world, slug, &person).await;
        let page = browser.get(&page.host, "/remove").await;
        let numbers = rows(&page, "which");
        let page = browser.submit_to(&page, "/remove", &[("which", &numbers[0]), ("to", &numbers[2])]).await;
        let done = codes(world, &mut browser, page, &[&third]).await;
        assert!(!done.text().contains(HOLDERS[0]) && done.text().contains(HOLDERS[1]), "{}", done.text());
        assert_eq!(told(world).await, sorted(&[&manager, &delegate, &third]));
        assert_eq!(world.told(slug, "number.removed", "holder").await, [holders[0].clone()]);
        // The code goes to the next one from now on.
        let person = Person { number: Some(delegate), ..person };
        journey::prove(world, &mut world.browser(), slug, &person).await;
    }
}

/// Five phones and no sixth; a changed number keeps its holder.
pub async fn five_may_hold_a_number_and_no_sixth(world: &World) {
    let slug = "orebro";
    let (person, _) = unit(world, slug).await;
    let numbers: Vec<String> = (0..5).map(|_| world.fresh_number()).collect();
    let names = ["Anna", "Bo", "Cecilia", "David", "Eva"];
    let held: Vec<_> = numbers.iter().zip(names).map(|(number, name)| (number.as_str(), Some(name))).collect();
    world.store_numbers(slug, &person, &held[..4]).await;

    let (mut browser, page) = signed_in(world, slug, &person).await;
    let page = browser.get(&page.host, "/add").await;
    let page = browser.submit_to(&page, "/add", &[("holder", names[4]), ("number", &numbers[4])]).await;
    codes(world, &mut browser, page, &[&numbers[0], &numbers[4]]).await;
    let others: Vec<&str> = numbers[..4].iter().map(String::as_str).collect();
    assert_eq!(told(world).await, sorted(&others));

    let sixth = world.fresh_number();
    let (mut browser, page) = signed_in(world, slug, &person).await;
    assert!(names.iter().all(|name| page.text().contains(name)), "{}", page.text());
    assert!(!page.html.contains("href=\"/add"), "{}", page.text());
    let refused = browser.post(&page.host, "/add", &[("holder", "Filip"), ("number", &sixth)]).await;
    assert_eq!(refused.path, "/number", "{}", refused.text());
    assert!(world.arrived().await.is_empty());

    // Cecilia has a new number: the code goes to her old one first.
    let rows = rows(&page, "which");
    let page = browser.submit_to(&page, "/number", &[("which", &rows[2]), ("number", &sixth)]).await;
    let done = codes(world, &mut browser, page, &[&numbers[2], &sixth]).await;
    let last = format!("Cecilia, *** *** {} {}", &sixth[8..10], &sixth[10..]);
    assert!(done.text().replace('\u{a0}', " ").contains(&last), "{last}: {}", done.text());
    let all: Vec<&str> = numbers.iter().map(String::as_str).collect();
    assert_eq!(told(world).await, sorted(&all), "her old number and all the others");
}

/// An account among everybody's, shared because it is in a group that says so, by way of another.
pub async fn a_group_makes_an_account_a_shared_one(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        let (inner, outer) = directory.nested_groups().await;
        world.reconfigure(slug, |settings| settings.directory.functional_groups = vec![outer]).await;
        let shared = world.person(slug, State::Unregistered).await;
        directory.join(&shared, &inner).await;

        let numbers = [world.fresh_number(), world.fresh_number()];
        let (mut browser, page) = signed_in(world, slug, &shared).await;
        assert!(page.html.contains("name=\"holder\""), "{slug}: {}", page.text());
        let page = browser.submit_to(&page, "/number", &[("number", &numbers[0]), ("holder", "")]).await;
        assert_eq!(page.status, 422);
        assert!(page.text().contains("Skriv namnet på den som har mobilen."), "{}", page.text());
        let page = browser.submit_to(&page, "/number", &[("number", &numbers[0]), ("holder", HOLDERS[0])]).await;
        let done = codes(world, &mut browser, page, &[&numbers[0]]).await;
        assert!(done.text().contains(HOLDERS[0]), "whose number it is: {}", done.text());
        told(world).await;

        // Two numbers are as many as a person may have; a shared account takes one more.
        let personal = world.person(slug, State::Normal).await;
        for (account, takes_more) in [(&shared, true), (&personal, false)] {
            let held = numbers.each_ref().map(|number| (number.as_str(), takes_more.then_some(HOLDERS[0])));
            world.store_numbers(slug, account, &held).await;
            let (_, page) = signed_in(world, slug, account).await;
            assert_eq!(page.html.contains("href=\"/add"), takes_more, "{slug}: {}", page.text());
        }
    }
}
