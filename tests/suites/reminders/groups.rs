//! Groups as units: who is in one, also through another group, stands in its mail; the first in the list counts, and
//! who is in none stands in the fall-back's.

use std::collections::BTreeSet;

use harness::State;
use portvakt_demo::accounts::{SampleState, sample};
use portvakt_domain::{reminder_run::RunState, tenant::UnitSettings};
use portvakt_flows::preview_reminders;
use portvakt_storage::reminders;

use crate::{
    sent::{calm_morning, end_in, in_tables, newest_run, personal, send, text_to, told},
    stage::to_morning,
};

const SLUG: &str = "orebro";
const NIGHT: &str = "natt@orebro.test";
const DAY: &str = "dag@orebro.test";
const FALLBACK: &str = "helpdesk@orebro.test";

fn unit(dn: &str, name: &str, to: &str) -> UnitSettings {
    UnitSettings { value: dn.to_owned(), name: Some(name.to_owned()), recipients: vec![to.to_owned()] }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_stand_in_the_mail_of_their_first_group_and_others_in_the_fallbacks() {
    let world = calm_morning().await;
    let place = &world.tenant(SLUG).directory;
    let ((inner, night), (_, day)) = (place.nested_groups().await, place.nested_groups().await);
    let nested = place.person(State::Normal, "").await;
    let direct = place.person(State::Normal, "").await;
    let both = place.person(State::Normal, "").await;
    let other = place.person(State::Normal, "").await;
    let alone = place.person(State::Normal, "").await;
    for (person, group) in [(&nested, &inner), (&direct, &night), (&both, &day), (&both, &night), (&other, &day)] {
        place.join(person, group).await;
    }
    for person in [&nested, &direct, &both, &other, &alone] {
        end_in(&world, SLUG, &person.username, 5);
    }
    send(&world, SLUG, |reminders| {
        reminders.units_by = Some("group".parse().expect("a rule"));
        reminders.units = vec![unit(&night, "Nattpatrullen", NIGHT), unit(&day, "Dagvården", DAY)];
    })
    .await;

    // Who is in none of them is named, due or not.
    let members = [&nested, &direct, &both, &other].map(|person| person.username.clone());
    let all = sample(SLUG).expect("a sample tenant").accounts.into_iter();
    let enabled = all.filter(|one| one.state != SampleState::Disabled).map(|one| one.username);
    let outside: BTreeSet<String> = enabled.filter(|username| !members.contains(username)).collect();
    let preview = preview_reminders::run(&world.shared.platform, &world.served(SLUG), None).await.expect("a preview");
    assert_eq!(BTreeSet::from_iter(preview.unmapped), outside);

    let arrived = world.arrived().await;
    let expected = in_tables(&[
        (NIGHT, &nested.username, 5),
        (NIGHT, &direct.username, 5),
        (NIGHT, &both.username, 5),
        (DAY, &other.username, 5),
        (FALLBACK, &alone.username, 5),
    ]);
    assert_eq!(told(&arrived), expected);
    assert_eq!(personal(&arrived), []);
    assert!(text_to(&arrived, NIGHT).contains("du är mottagare för Nattpatrullen."));
    assert!(text_to(&arrived, DAY).contains("du är mottagare för Dagvården."));
    assert!(!text_to(&arrived, FALLBACK).contains("du är mottagare för"));
    let run = newest_run(&world, SLUG).await;
    assert_eq!((run.due, run.mails), (5, 3));
    assert_eq!(usize::try_from(run.unmapped).expect("a count"), outside.len());

    // Who leaves a group is told of elsewhere from the next mark on.
    place.leave(&direct, &night).await;
    place.leave(&both, &night).await;
    to_morning(&world);
    assert_eq!(world.arrived().await.len(), 0, "of what is past nobody hears anew");
    to_morning(&world);
    let expected = in_tables(&[
        (NIGHT, &nested.username, 3),
        (FALLBACK, &direct.username, 3),
        (DAY, &both.username, 3),
        (DAY, &other.username, 3),
        (FALLBACK, &alone.username, 3),
    ]);
    assert_eq!(told(&world.arrived().await), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_group_that_is_gone_keeps_nobody_else_waiting_and_is_seen() {
    let world = calm_morning().await;
    let place = &world.tenant(SLUG).directory;
    let (_, night) = place.nested_groups().await;
    let (member, other) = (place.person(State::Normal, "").await, place.person(State::Normal, "").await);
    place.join(&member, &night).await;
    for person in [&member, &other] {
        end_in(&world, SLUG, &person.username, 5);
    }
    send(&world, SLUG, |reminders| {
        reminders.units_by = Some("group".parse().expect("a rule"));
        let gone = unit(&night.replacen("CN=", "CN=Borta ", 1), "Borta", DAY);
        reminders.units = vec![gone, unit(&night, "Nattpatrullen", NIGHT)];
    })
    .await;
    let problem = "reminders.units[0].value: it is not in the directory";
    let preview = preview_reminders::run(&world.shared.platform, &world.served(SLUG), None).await.expect("a preview");
    assert_eq!(preview.problem.as_deref(), Some(problem));
    let arrived = told(&world.arrived().await);
    assert_eq!(arrived, in_tables(&[(NIGHT, &member.username, 5), (FALLBACK, &other.username, 5)]));
    let store = &world.shared.platform.store;
    let run = reminders::runs(store, world.tenant(SLUG).id, 1).await.expect("runs").remove(0);
    assert_eq!((run.state, run.problem.as_deref()), (RunState::Done, Some(problem)));
}
