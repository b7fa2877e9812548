//! Whom a typed name means: one kind after the other, and nobody when two have it.

use harness::{Person, State, World, journey};

/// Nobody gets anything, or one person does.
async fn goes_to(world: &World, slug: &str, typed: &str, expected: Option<&Person>) {
    journey::ask_for_code(world, &mut world.browser(), slug, typed).await;
    let to: Vec<String> = world.arrived().await.into_iter().map(|message| message.to).collect();
    let expected: Vec<String> = expected.and_then(|person| person.number.clone()).into_iter().collect();
    assert_eq!(to, expected, "{slug}: {typed}");
}

pub async fn a_name_means_one_person_or_nobody(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        let (mut people, states) = (Vec::new(), [State::Normal, State::Normal, State::Normal, State::Functional]);
        for state in states {
            people.push(world.person(slug, state).await);
        }
        let [first, second, third, fourth] = people.as_slice() else { unreachable!("four people") };

        // One mail address, two people: neither. Their own names still work.
        let shared = format!("delad.{}@kommun.example", first.username);
        for person in [first, second] {
            directory.replace(&person.dn, "mail", &[&shared]).await;
        }
        goes_to(world, slug, &shared, None).await;
        goes_to(world, slug, &shared.to_uppercase(), None).await;
        goes_to(world, slug, &first.username, Some(first)).await;
        goes_to(world, slug, &second.upn.to_uppercase(), Some(second)).await;

        // A user principal name stands before a mail address, a short name before both.
        directory.replace(&third.dn, "mail", &[&second.upn]).await;
        goes_to(world, slug, &second.upn, Some(second)).await;
        directory.replace(&third.dn, "mail", &[&first.username]).await;
        goes_to(world, slug, &first.username, Some(first)).await;
        // Samba refuses to store a principal name that is another's short name.
        if directory.samba().is_none() {
            directory.replace(&third.dn, "userPrincipalName", &[&fourth.username]).await;
        }
        goes_to(world, slug, &fourth.username, Some(fourth)).await;
        goes_to(world, slug, &third.netbios_login.to_lowercase(), Some(third)).await;

        // A short name with the domain is a short name only, whatever else has that text.
        let (domain, _) = first.netbios_login.split_once('\\').expect("a domain");
        let only_mail = format!("brev-{}", third.username);
        directory.replace(&third.dn, "mail", &[&only_mail]).await;
        goes_to(world, slug, &only_mail, Some(third)).await;
        goes_to(world, slug, &format!("{domain}\\{only_mail}"), None).await;

        // Another domain's names are nobody's here.
        goes_to(world, slug, &format!("ANNAN\\{}", first.username), None).await;
        goes_to(world, slug, &format!("{}@annan.example", first.username), None).await;
        goes_to(world, slug, &format!("{domain}\\{domain}\\{}", first.username), None).await;
        goes_to(world, slug, "*", None).await;
        goes_to(world, slug, &format!("{}*", &first.username[..4]), None).await;
    }
}

/// The account that the platform signs in with lies in a unit that is served here, and has a number: never, all the same.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_service_account_is_never_served() {
    let world = World::practice_with(harness::Database::Sqlite, |settings| {
        let unit = format!("OU={},{}", portvakt_demo::accounts::SERVICE_UNIT, settings.directory.base);
        settings.directory.units.push(unit);
    })
    .await;
    for slug in ["orebro", "mjolby"] {
        let tenant = world.tenant(slug);
        let sample = portvakt_demo::accounts::sample(slug).expect("a sample tenant");
        let model = world.person(slug, State::Normal).await;
        let service = Person {
            username: portvakt_demo::accounts::SERVICE_LOGIN.to_owned(),
            upn: sample.service_upn.clone(),
            password: sample.service_password.to_owned(),
            dn: sample.service_dn.clone(),
            ..model
        };
        world.store_number(slug, &service, &world.fresh_number()).await;
        for typed in [&service.username, &service.upn] {
            goes_to(&world, slug, typed, None).await;
            let page = journey::sign_in(&world, &mut world.browser(), slug, typed, &service.password).await;
            assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/"), "{slug}");
        }
        assert_eq!(tenant.directory.signs_in(&service, &service.password).await, Ok(()), "the password was right");
    }
}
