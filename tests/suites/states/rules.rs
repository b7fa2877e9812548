//! Rules for a new password: the tenant's, the directory's and the finer policy's, each named on the page.

use harness::{Browser, Database, Page, Person, State, World, journey, people::TestDirectory, services::NewUser};

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
