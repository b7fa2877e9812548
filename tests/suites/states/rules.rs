//! Rules for a new password: the tenant's, the directory's and the finer policy's, each named on the page; and the
//! minimum age, which is told before anything is typed.

use chrono::TimeDelta;
use harness::{Browser, Database, Page, Person, State, World, journey, people::TestDirectory, services::NewUser};
use portvakt_domain::time::Clock as _;

/// Somebody whom the directory's finer policy of 14 characters holds.
async fn held_by_the_finer_policy(world: &World, slug: &str) -> Option<Person> {
    let number = world.fresh_number();
    let person = match &world.tenant(slug).directory {
        TestDirectory::Practice { .. } => {
            let sample = portvakt_demo::accounts::sample(slug).expect("a sample tenant");
            let account = sample.accounts.into_iter().find(|account| account.username == "linbac02")?;
            Person {
                dn: world.tenant(slug).directory.practice().domain().account("linbac02").expect("an account").dn(),
                username: account.username,
                netbios_login: account.netbios_login,
                upn: account.upn,
                mail: account.mail,
                password: account.password,
                number: Some(number.clone()),
                state: State::Normal,
            }
        }
        directory => {
            let user = directory
                .samba()
                .expect("a Samba")
                .create_user(NewUser::staff().member_of("Politiker").password("Valtal-1-Mycket-Langt"))
                .await;
            Person {
                username: user.sam,
                netbios_login: user.netbios_login,
                upn: user.upn,
                mail: user.mail,
                password: user.password,
                number: Some(number.clone()),
                state: State::Normal,
                dn: user.dn,
            }
        }
    };
    world.store_number(slug, &person, &number).await;
    Some(person)
}

/// To the form for a new password.
async fn to_the_form(world: &World, browser: &mut Browser, slug: &str, person: &Person) -> Page {
    let page = journey::prove(world, browser, slug, person).await;
    if page.path == "/choose" { browser.submit_to(&page, "/choose", &[("choice", "new")]).await } else { page }
}

async fn try_password(browser: &mut Browser, page: &Page, first: &str, second: &str) -> Page {
    browser.submit_to(page, "/password", &[("password", first), ("password_again", second)]).await
}

pub async fn a_finer_policy_is_listed_and_kept_to(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let Some(person) = held_by_the_finer_policy(world, slug).await else { continue };
        let mut browser = world.browser();
        let page = to_the_form(world, &mut browser, slug, &person).await;
        assert!(page.text().contains("ha minst 14 tecken"), "{}", page.text());
        assert!(!page.text().contains("minst 8 tecken"), "{}", page.text());

        let page = try_password(&mut browser, &page, "Tallkotte41Vi", "Tallkotte41Vi").await;
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/password"));
        assert!(page.text().contains("Lösenordet ska ha minst 14 tecken."), "{}", page.text());
        // Refused before the directory was asked: there is no intent.
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}");

        let done = try_password(&mut browser, &page, "Tallkotte41Vin", "Tallkotte41Vin").await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(world.tenant(slug).directory.signs_in(&person, "Tallkotte41Vin").await, Ok(()));
        assert_eq!(world.told(slug, "password.outcome", "outcome").await, ["done"], "{slug}");
        world.arrived().await;

        // The domain's own policy holds for everybody else.
        let other = world.person(slug, State::Functional).await;
        let page = to_the_form(world, &mut world.browser(), slug, &other).await;
        assert!(page.text().contains("ha minst 8 tecken"), "{}", page.text());
    }
}

/// Every rule that can be broken is named, the flow is kept, and the right password is taken at last.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_broken_rule_is_named_and_the_flow_is_kept() {
    let world = World::practice(Database::Sqlite).await;
    let kinds = "Lösenordet ska innehålla minst tre av dessa: stora bokstäver, små bokstäver, siffror";
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Functional).await;
        let directory = &world.tenant(slug).directory;
        let before = (directory.traces(&person).await, directory.practice().operations().modifies);
        let mut browser = world.browser();
        let mut page = to_the_form(&world, &mut browser, slug, &person).await;
        assert_eq!(page.path, "/password", "{}", page.text());
        let with_username = format!("Xy7{}Q", person.username);
        let mut cases = vec![
            ("", "", "Skriv ett nytt lösenord."),
            ("Tallkotte41Vindfang", "", "Skriv ett nytt lösenord."),
            ("Tallkotte41Vindfang", "Tallkotte41vindfang", "De två lösenorden är inte lika."),
            ("Ab1defg", "Ab1defg", "Lösenordet ska ha minst 8 tecken."),
            ("Tallkåtte41Vind", "Tallkåtte41Vind", "Lösenordet ska inte innehålla å"),
            ("Tallka\u{30a}tte41Vind", "Tallka\u{30a}tte41Vind", "Lösenordet ska inte innehålla å"),
            (&with_username, &with_username, "Lösenordet ska inte innehålla ditt användarnamn."),
            ("tallkottevind", "tallkottevind", kinds),
            (
                "S0mm@r2026!",
                "S0mm@r2026!",
                "Lösenordet består av ord som är lätta att gissa: sommar. Välj något annat.",
            ),
            ("VarSommar26", "VarSommar26", "lätta att gissa: vår och sommar."),
            ("Kommun4Orebro", "Kommun4Orebro", "lätta att gissa: kommun och "),
            ("20261122!", "20261122!", "Lösenordet ska inte bestå av ett eller två ord"),
            ("Blink182", "Blink182", "Lösenordet ska inte vara ett vanligt eller läckt lösenord."),
        ];
        if slug == "mjolby" {
            cases.push(("tallkotte41vind", "tallkotte41vind", "Lösenordet ska innehålla minst en stor bokstav."));
            cases.push(("TallkotteVindfang", "TallkotteVindfang", "Lösenordet ska innehålla minst en siffra."));
        }
        for (first, second, expected) in cases {
            page = try_password(&mut browser, &page, first, second).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/password"), "{slug}, {first:?}");
            assert!(page.text().contains(expected), "{slug}, {first:?}: {}", page.text());
            assert!(first.is_empty() || !page.html.contains(first), "{slug}: a password is never shown again");
        }
        let long = format!("Tallkotte41Vindfang{}", "x".repeat(110));
        page = try_password(&mut browser, &page, &long, &long).await;
        assert!(page.text().contains("Lösenordet ska ha högst 128 tecken."), "{}", page.text());
        assert_eq!((directory.traces(&person).await, directory.practice().operations().modifies), before, "{slug}");
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: not even an intent");

        let longest = format!("Tallkotte41Vindfang{}", "x".repeat(109));
        let done = try_password(&mut browser, &page, &longest, &longest).await;
        assert!(done.h1().starts_with("Klart"), "{}", done.text());
        assert_eq!(directory.signs_in(&person, &longest).await, Ok(()), "{slug}: every character counts");
        assert_eq!(directory.signs_in(&person, &longest[..127]).await, Err("52e".to_owned()), "{slug}");
        world.arrived().await;
    }
}

/// What only the server knows is said to be looked at later, and the rest is data for the script.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rules_are_on_the_page_as_data() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("orebro", State::Functional).await;
    let page = to_the_form(&world, &mut world.browser(), "orebro", &person).await;
    for data in [
        r#"data-rule="min" data-value="8""#,
        r#"data-rule="max" data-value="128""#,
        r#"data-rule="both" data-value="3""#,
        r#"data-rule="without" data-value="åäöÅÄÖ""#,
        &format!(r#"data-rule="username" data-value="{}""#, person.username),
    ] {
        assert!(page.html.contains(data), "{data} in {}", page.html);
    }
    let words = page.html.split("data-rule=\"banned\" data-value=\"").nth(1).and_then(|rest| rest.split('"').next());
    let words: Vec<&str> = words.expect("the words").split(' ').collect();
    // The shipped words, the tenant's own, and those of its name.
    for word in ["sommar", "losenord", "treserva", "orebro", "kommun"] {
        assert!(words.contains(&word), "{word} in {words:?}");
    }
    assert!(page.text().contains("inte vara ett vanligt eller läckt lösenord (kontrolleras när du går vidare)"));
    assert!(page.text().contains("senaste lösenord (kontrolleras när du går vidare)"), "{}", page.text());
}

/// Where the directory would refuse any new password for its age, that is said after the proof, before one is typed.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_that_is_too_new_is_told_before_another_is_typed() {
    let world = World::practice(Database::Sqlite).await;
    for (slug, keeps) in [("orebro", false), ("mjolby", true)] {
        let directory = &world.tenant(slug).directory;
        directory.practice().domain().set_minimum_age(TimeDelta::days(1));
        let person = world.person(slug, State::Locked).await;
        let account = directory.practice().domain().account(&person.username).expect("an account");
        account.overwrite_time("pwdLastSet", world.clock.now() - TimeDelta::hours(21)).expect("a date");
        let mut browser = world.browser();
        let page = journey::prove(&world, &mut browser, slug, &person).await;
        assert!(page.text().contains("Lösenordet är nytt. Du kan byta det igen om 3 timmar."), "{}", page.text());
        assert!(page.text().contains("Kan du inte vänta? Då behöver du hjälp av"), "{}", page.text());
        assert_eq!(page.path, if keeps { "/choose" } else { "/password" }, "{slug}");

        // Nothing can be typed, and what is sent all the same does not reach the directory.
        let host = &world.tenant(slug).reset;
        let before = directory.practice().operations().modifies;
        let form = browser.get(host, "/password").await;
        assert!(!form.html.contains("name=\"password\""), "{}", form.html);
        let new = "Tallkotte41Vindfang";
        let sent = browser.post(host, "/password", &[("password", new), ("password_again", new)]).await;
        assert!(sent.text().contains("om 3 timmar"), "{}", sent.text());
        assert_eq!(directory.practice().operations().modifies, before, "{slug}");
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: not even an intent");

        if keeps {
            let page = browser.get(host, "/choose").await;
            assert!(!page.html.contains("value=\"new\""), "what can't be done is not offered");
            let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
            assert!(done.h1().starts_with("Klart"), "{}", done.text());
            assert!(!directory.is_locked(&person).await, "unlocking is not kept from anybody");
        }
        world.arrived().await;
        // Old enough, to the second.
        world.clock.advance(TimeDelta::hours(3));
        let done = journey::reset(&world, &mut world.browser(), slug, &person, new).await;
        assert!(done.h1().starts_with("Klart"), "{slug}: {}", done.text());
        world.arrived().await;
    }
}

/// A reset that does not make the directory look back ignores the age; nobody is told to wait for nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_the_directory_does_not_look_back_nobody_waits() {
    let unasked = |settings: &mut portvakt_domain::tenant::TenantSettings| {
        settings.directory.history = portvakt_domain::tenant::HistoryRule::None;
    };
    let world = World::practice_with(Database::Sqlite, unasked).await;
    let directory = &world.tenant("mjolby").directory;
    directory.practice().domain().set_minimum_age(TimeDelta::days(1));
    let person = world.person("mjolby", State::Normal).await;
    directory.practice().domain().account(&person.username).expect("an account").set_password("Kopparkittel52Lada");
    let page = to_the_form(&world, &mut world.browser(), "mjolby", &person).await;
    assert!(!page.text().contains("Lösenordet är nytt") && !page.text().contains("bytts under"), "{}", page.text());
    let done = journey::reset(&world, &mut world.browser(), "mjolby", &person, "Tallkotte41Vindfang").await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
}
