//! One day: a run by hand, a second one, a password that is changed in between, a run that is cut off.

use harness::Database;
use portvakt_flows::{preview_reminders, remind};
use portvakt_storage::reminders;

use crate::stage::{expected, first_morning, lines, today};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_twice() {
    let world = first_morning(Database::Sqlite).await;
    let first = lines(&world.arrived().await);
    assert!(!first.is_empty());
    assert_eq!(lines(&world.arrived().await), [], "the same day");
    world.clock.advance(chrono::TimeDelta::minutes(1));
    for slug in ["orebro", "mjolby"] {
        let tenant = world.served(slug);
        remind::run(&world.shared.platform, &tenant, true).await.expect("a run by hand");
    }
    assert_eq!(lines(&world.arrived().await), [], "by hand");
    for slug in ["orebro", "mjolby"] {
        let runs = reminders::runs(&world.shared.platform.store, world.tenant(slug).id, 9).await.expect("runs");
        let figures: Vec<_> = runs.iter().map(|run| (run.asked_by.as_str(), run.figures.mails > 0)).collect();
        assert_eq!(figures, [("by hand", false), ("schedule", true)], "{slug}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_changed_the_password_is_left_out_and_nobody_gets_an_empty_mail() {
    let world = first_morning(Database::Sqlite).await;
    let platform = &world.shared.platform;
    let tenant = world.served("orebro");
    // Put down, and not sent yet.
    remind::run(platform, &tenant, true).await.expect("a run");
    let domain = world.tenant("orebro").directory.practice().domain();
    let told: Vec<_> = expected(&world).into_iter().filter(|(to, ..)| to.ends_with("@orebro.test")).collect();
    let (_, changed, ..) = told.first().expect("somebody").clone();
    domain.account(&changed).expect("an account").set_password("Nytt-losenord-77");
    let arrived = world.arrived().await;
    let orebro = |to: &String| to.ends_with("@orebro.test");
    let found: Vec<_> = lines(&arrived).into_iter().filter(|(to, ..)| orebro(to)).collect();
    assert!(!found.is_empty() && found.iter().all(|(_, name, ..)| *name != changed), "{changed}: {found:?}");
    let mails = arrived.iter().filter(|message| orebro(&message.to) && message.channel == "mail");
    assert!(mails.into_iter().all(|mail| !crate::stage::rows(&mail.text).is_empty() || mail.subject.is_none()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_is_what_then_happens() {
    let world = first_morning(Database::Sqlite).await;
    let tenant = world.served("orebro");
    let preview = preview_reminders::run(&world.shared.platform, &tenant, None).await.expect("a preview");
    let mut foretold: Vec<(String, String, i64)> = Vec::new();
    for outgoing in preview.outgoing.iter().filter(|outgoing| outgoing.why != ["shared"]) {
        foretold.extend(outgoing.rows.iter().map(|row| (outgoing.to.clone(), row.account.clone(), row.days_left)));
    }
    foretold.sort();
    assert_eq!(preview.date, today(&world));
    let mut happened: Vec<(String, String, i64)> = lines(&world.arrived().await)
        .into_iter()
        .filter(|(to, ..)| to.ends_with("@orebro.test"))
        .map(|(to, account, _, left)| (to, account, left))
        .collect();
    happened.sort();
    assert_eq!(foretold, happened);
}
