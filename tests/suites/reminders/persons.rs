//! Whose password ends hears of it beside the unit, in the ways that the tenant names: by mail, and by SMS to the
//! number that is registered. Who has none reads how to register one.

use std::collections::BTreeSet;

use harness::State;
use portvakt_domain::tenant::PersonalWay;

use crate::{
    sent::{account, calm_morning, end_in, in_tables, personal, send, text_to, to_persons, told},
    stage::to_morning,
};

const SLUG: &str = "orebro";
/// What somebody without a number reads.
const UNREGISTERED: &str = "Ditt mobilnummer är inte registrerat.";
const IN_A_WEEK: &str = "Ditt lösenord går ut om 7 dagar";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_a_number_hears_in_both_ways_and_who_has_none_is_told_to_register_one() {
    let world = calm_morning().await;
    let tenant = world.tenant(SLUG);
    let with = world.person(SLUG, State::Normal).await;
    let without = world.person(SLUG, State::Unregistered).await;
    assert_eq!((&*with.username, &*without.username), ("lovstlin32", "nilran08"));
    let number = with.number.clone().expect("a number");
    let last = end_in(&world, SLUG, &with.username, 7);
    end_in(&world, SLUG, &without.username, 7);
    send(&world, SLUG, |reminders| reminders.to_person = vec![PersonalWay::Mail, PersonalWay::Sms]).await;

    let arrived = world.arrived().await;
    let expected = [("mail", &*with.mail, IN_A_WEEK), ("mail", &*without.mail, IN_A_WEEK), ("sms", &*number, "")];
    assert_eq!(personal(&arrived), to_persons(&expected));
    let table = |left: i64| {
        in_tables(&[
            ("chef.vard@orebro.test", "lovstlin32", left),
            ("stab.vard@orebro.test", "lovstlin32", left),
            ("chef.teknik.och.skola@orebro.test", "nilran08", left),
        ])
    };
    assert_eq!(told(&arrived), table(7), "their units hear of it as well");
    let said = format!("Lösenordet för ditt konto lovstlin32 hos Örebro kommun går ut {last}.");
    let change = format!("Byt lösenordet på {}", tenant.reset);
    assert_eq!(text_to(&arrived, &number), format!("{said} {change}"));
    let mail = text_to(&arrived, &with.mail);
    assert!(mail.contains(&said) && mail.contains(&change) && !mail.contains(UNREGISTERED), "{mail}");
    let register = format!("{UNREGISTERED} Registrera det först, medan lösenordet fungerar: {}", tenant.register);
    let mail = text_to(&arrived, &without.mail);
    assert!(mail.contains(&register) && mail.contains(&change), "{mail}");

    // A number that is registered meanwhile hears of the marks to come.
    let new = world.fresh_number();
    world.store_number(SLUG, &without, &new).await;
    assert_eq!(world.arrived().await.len(), 0, "the same morning");
    to_morning(&world);
    assert_eq!(world.arrived().await.len(), 0, "the next one");
    to_morning(&world);
    let arrived = world.arrived().await;
    let subject = "Ditt lösenord går ut om 5 dagar";
    let mails = [("mail", &*with.mail, subject), ("mail", &*without.mail, subject)];
    let expected = [mails[0], mails[1], ("sms", &*number, ""), ("sms", &*new, "")];
    assert_eq!(personal(&arrived), to_persons(&expected));
    assert_eq!(told(&arrived), table(5));
    let mail = text_to(&arrived, &without.mail);
    assert!(!mail.contains(UNREGISTERED) && mail.contains(&change), "{mail}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_in_a_way_that_is_not_named_or_that_does_not_reach_them() {
    let world = calm_morning().await;
    // By SMS alone: the first of two numbers, and nothing where there is none.
    let with = world.person(SLUG, State::Normal).await;
    let (first, second) = (with.number.clone().expect("a number"), world.fresh_number());
    world.store_numbers(SLUG, &with, &[(first.as_str(), None), (second.as_str(), None)]).await;
    let without = world.person(SLUG, State::Unregistered).await;
    for person in [&with, &without] {
        end_in(&world, SLUG, &person.username, 7);
    }
    send(&world, SLUG, |reminders| reminders.to_person = vec![PersonalWay::Sms]).await;
    // By mail alone: nothing for who has no address, nor to a number.
    let reached = world.person("mjolby", State::Normal).await;
    let unreached = world.person("mjolby", State::Normal).await;
    for person in [&reached, &unreached] {
        end_in(&world, "mjolby", &person.username, 7);
    }
    account(&world, "mjolby", &unreached.username).overwrite("mail", &[]).expect("no address");
    send(&world, "mjolby", |reminders| reminders.to_person = vec![PersonalWay::Mail]).await;

    let arrived = world.arrived().await;
    assert_eq!(personal(&arrived), to_persons(&[("mail", &*reached.mail, IN_A_WEEK), ("sms", &*first, "")]));
    let spoken_of: BTreeSet<String> = told(&arrived).into_iter().map(|(_, account, _)| account).collect();
    let due = [&with, &without, &reached, &unreached].map(|person| person.username.clone());
    assert_eq!(spoken_of, BTreeSet::from(due), "the units hear of all of them");

    // Nobody but the units.
    for slug in [SLUG, "mjolby"] {
        send(&world, slug, |reminders| reminders.to_person = Vec::new()).await;
    }
    for (left, hears) in [(6, false), (5, true)] {
        to_morning(&world);
        let arrived = world.arrived().await;
        assert_eq!(personal(&arrived), [], "{left} days left");
        assert_eq!(!told(&arrived).is_empty(), hears, "{left} days left");
    }
}
