//! Shared accounts: who holds a number hears by SMS, the mailbox by mail, the unit in its table, each of them once. The
//! tenant's own age counts where the directory says that a password never ends.

use harness::State;
use portvakt_flows::preview_reminders;

use crate::{
    sent::{Told, account, calm_morning, end_by_age, end_in, personal, send, text_to, to_persons, told},
    stage::{recipients, to_morning},
};

const SLUG: &str = "orebro";
const SHARED: &str = "hemvardsgruppen";
const OTHER: &str = "hemtjanstab";
const OTHERS_MAILBOX: &str = "hemtjanstab@orebro.localhost";

/// A line for each recipient of the unit that both accounts belong to.
fn to_the_unit(account: &str, left: i64) -> Told {
    let mut all: Told = recipients(SLUG, "Hemvård").into_iter().map(|to| (to, account.to_owned(), left)).collect();
    all.sort();
    all
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_holder_hears_by_sms_the_mailbox_by_mail_and_the_unit_in_its_table_once_a_mark() {
    let world = calm_morning().await;
    let shared = world.tenant(SLUG).directory.person(State::Functional, "").await;
    assert_eq!(shared.username, SHARED);
    let numbers = [world.fresh_number(), world.fresh_number(), world.fresh_number()];
    let names = ["Maj-Britt Ödman", "Fatima Haddad", "Per-Åke Sjögren"];
    let held: Vec<(&str, Option<&str>)> =
        numbers.iter().zip(names).map(|(number, name)| (number.as_str(), Some(name))).collect();
    world.store_numbers(SLUG, &shared, &held).await;
    let last = end_in(&world, SLUG, SHARED, 5);
    send(&world, SLUG, |_| {}).await;

    let said = format!("Lösenordet för det delade kontot {SHARED} hos Örebro kommun går ut {last}.");
    let change = format!(
        "En av er som har registrerat sitt mobilnummer för kontot byter det på {} och berättar det nya lösenordet för \
         de andra.",
        world.tenant(SLUG).reset
    );
    let days = [
        (5, Some("Lösenordet för hemvardsgruppen går ut om 5 dagar")),
        (4, None),
        (3, Some("Lösenordet för hemvardsgruppen går ut om 3 dagar")),
        (2, None),
        (1, Some("Lösenordet för hemvardsgruppen går ut i morgon")),
        (0, Some("Lösenordet för hemvardsgruppen går ut i dag")),
        (-1, None),
    ];
    for (left, subject) in days {
        let arrived = world.arrived().await;
        match subject {
            Some(subject) => {
                let mut expected = vec![("mail", shared.mail.as_str(), subject)];
                expected.extend(numbers.iter().map(|number| ("sms", number.as_str(), "")));
                assert_eq!(personal(&arrived), to_persons(&expected), "{left} days left");
                assert_eq!(told(&arrived), to_the_unit(SHARED, left));
                for number in &numbers {
                    assert_eq!(text_to(&arrived, number), format!("{said} {change}"));
                }
                let mail = text_to(&arrived, &shared.mail);
                assert!(mail.contains(&said) && mail.contains(&change), "{mail}");
                assert!(!mail.contains("Inget mobilnummer"), "{mail}");
            }
            None => assert_eq!(arrived.len(), 0, "{left} days left"),
        }
        assert_eq!(world.arrived().await.len(), 0, "the same morning, {left} days left");
        to_morning(&world);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_holds_a_number_later_hears_of_the_marks_to_come_and_who_gave_it_up_of_none() {
    let world = calm_morning().await;
    let shared = world.tenant(SLUG).directory.person(State::Functional, "").await;
    let [stays, leaves, comes] = [world.fresh_number(), world.fresh_number(), world.fresh_number()];
    let at_first = [(stays.as_str(), Some("Maj-Britt Ödman")), (leaves.as_str(), Some("Fatima Haddad"))];
    let later = [(stays.as_str(), Some("Maj-Britt Ödman")), (comes.as_str(), Some("Per-Åke Sjögren"))];
    world.store_numbers(SLUG, &shared, &at_first).await;
    end_in(&world, SLUG, SHARED, 5);
    send(&world, SLUG, |_| {}).await;
    let expecting = |days: i64, held: &[(&str, Option<&str>)]| {
        let subject = format!("Lösenordet för {SHARED} går ut om {days} dagar");
        let mut expected = vec![("mail", shared.mail.as_str(), subject.as_str())];
        expected.extend(held.iter().map(|(number, _)| ("sms", *number, "")));
        to_persons(&expected)
    };
    assert_eq!(personal(&world.arrived().await), expecting(5, &at_first));

    world.store_numbers(SLUG, &shared, &later).await;
    assert_eq!(world.arrived().await.len(), 0, "the same morning");
    to_morning(&world);
    assert_eq!(world.arrived().await.len(), 0, "of what is past nobody hears anew");
    to_morning(&world);
    assert_eq!(personal(&world.arrived().await), expecting(3, &later));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shared_password_that_never_ends_in_the_directory_ends_by_the_age_that_the_tenant_gives_it() {
    let world = calm_morning().await;
    let never = [(SLUG, OTHER), (SLUG, SHARED), ("mjolby", "hemtjanstnorr"), ("mjolby", "nattpatrullen")];
    for (slug, username) in never {
        let ends = account(&world, slug, username).time("msDS-UserPasswordExpiryTimeComputed");
        assert_eq!(ends, None, "{username}: the directory knows no end");
        end_in(&world, slug, username, 7);
    }
    // One ends in a week where such passwords live for 60 days; the others would where they lived for 90.
    end_by_age(&world, SLUG, OTHER, 7, 60);
    send(&world, SLUG, |reminders| reminders.functional_age_days = 60).await;
    send(&world, "mjolby", |reminders| reminders.functional_age_days = 0).await;
    let preview =
        preview_reminders::run(&world.shared.platform, &world.served("mjolby"), None).await.expect("a preview");
    let kept = preview.not_reminded.iter().filter(|one| one.why == "never_expires");
    assert_eq!(kept.map(|one| one.account.as_str()).collect::<Vec<_>>(), ["hemtjanstnorr", "nattpatrullen"]);

    let arrived = world.arrived().await;
    assert_eq!(told(&arrived), to_the_unit(OTHER, 7), "of nobody else");
    let subject = format!("Lösenordet för {OTHER} går ut om 7 dagar");
    assert_eq!(personal(&arrived), to_persons(&[("mail", OTHERS_MAILBOX, &subject)]));
    let register = format!(
        "Inget mobilnummer är registrerat för kontot. Registrera ett först, medan lösenordet fungerar: {}",
        world.tenant(SLUG).register
    );
    let mail = text_to(&arrived, OTHERS_MAILBOX);
    assert!(mail.contains(&register), "{mail}");

    // Without an age of the tenant's own it does not end there either.
    send(&world, SLUG, |reminders| reminders.functional_age_days = 0).await;
    for _ in 0..7 {
        to_morning(&world);
        assert_eq!(world.arrived().await.len(), 0);
    }
}
