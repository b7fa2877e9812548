//! Managers as recipients: their own mail address, or another one that the tenant names for them; the fall-back where
//! there is no manager whom a mail would reach, and then it is seen.

use harness::World;
use portvakt_domain::tenant::UnitSettings;
use portvakt_flows::preview_reminders;

use crate::{
    sent::{account, calm_morning, end_in, in_tables, newest_run, personal, send, text_to, told},
    stage::to_morning,
};

const SLUG: &str = "orebro";
/// Everybody's manager in the sample domain; nobody is hers.
const CHIEF: &str = "annbjo14";
const CHIEFS_MAIL: &str = "ann-sofie.bjorkman@orebro.localhost";
const FALLBACK: &str = "helpdesk@orebro.test";
const FINANCE: &str = "stab.ekonomi@orebro.test";

/// Gives somebody another manager.
async fn put_under(world: &World, username: &str, manager: &str) {
    let (dn, above) = (account(world, SLUG, username).dn(), account(world, SLUG, manager).dn());
    world.tenant(SLUG).directory.replace(&dn, "manager", &[above.as_str()]).await;
}

/// A morning on which managers are told: one of them is disabled, one has no mail address, one has a unit.
async fn morning() -> World {
    let world = calm_morning().await;
    put_under(&world, "gorahl07", "asaode21").await;
    account(&world, SLUG, "asaode21").set_disabled(true);
    put_under(&world, "elssve29", "ollost03").await;
    account(&world, SLUG, "ollost03").overwrite("mail", &[]).expect("no address");
    put_under(&world, "mohnor11", "kerhag05").await;
    for (username, left) in
        [("lovstlin32", 5), ("jorlof18", 7), (CHIEF, 5), ("gorahl07", 7), ("elssve29", 7), ("mohnor11", 5)]
    {
        end_in(&world, SLUG, username, left);
    }
    send(&world, SLUG, |reminders| {
        let (value, name) = ("kerhag05".to_owned(), Some("Ekonomi".to_owned()));
        reminders.units_by = Some("manager".parse().expect("a rule"));
        reminders.units = vec![UnitSettings { value, name, recipients: vec![FINANCE.to_owned()] }];
    })
    .await;
    world
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_hears_of_those_below_and_the_fallback_of_those_whom_no_manager_would_hear_of() {
    let world = morning().await;
    let arrived = world.arrived().await;
    let expected = in_tables(&[
        (CHIEFS_MAIL, "lovstlin32", 5),
        (CHIEFS_MAIL, "jorlof18", 7),
        (FALLBACK, CHIEF, 5),
        (FALLBACK, "gorahl07", 7),
        (FALLBACK, "elssve29", 7),
        (FINANCE, "mohnor11", 5),
    ]);
    assert_eq!(told(&arrived), expected);
    assert_eq!(personal(&arrived), []);
    assert!(text_to(&arrived, CHIEFS_MAIL).contains("du är chef för"));
    assert!(text_to(&arrived, FINANCE).contains("du är mottagare för Ekonomi"));
    for to in [FALLBACK, FINANCE] {
        assert!(!text_to(&arrived, to).contains("du är chef för"), "{to}");
    }
    let run = newest_run(&world, SLUG).await;
    assert_eq!((run.due, run.mails, run.sms, run.unmapped, run.failures), (6, 3, 0, 3, 0));

    // A manager who is back hears of the next mark.
    account(&world, SLUG, "asaode21").set_disabled(false);
    to_morning(&world);
    assert_eq!(world.arrived().await.len(), 0);
    assert_eq!(newest_run(&world, SLUG).await.unmapped, 2);
    to_morning(&world);
    let expected = in_tables(&[
        (CHIEFS_MAIL, "lovstlin32", 3),
        (CHIEFS_MAIL, "jorlof18", 5),
        (FALLBACK, CHIEF, 3),
        ("asa.odeen@orebro.localhost", "gorahl07", 5),
        (FALLBACK, "elssve29", 5),
        (FINANCE, "mohnor11", 3),
    ]);
    assert_eq!(told(&world.arrived().await), expected);
    assert_eq!(newest_run(&world, SLUG).await.unmapped, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preview_names_whom_no_manager_would_hear_of() {
    let world = morning().await;
    let preview = preview_reminders::run(&world.shared.platform, &world.served(SLUG), None).await.expect("a preview");
    let mut unmapped = preview.unmapped.clone();
    unmapped.sort();
    assert_eq!(unmapped, [CHIEF, "elssve29", "gorahl07"]);
    let outgoing = preview.outgoing.iter().map(|one| {
        let mut accounts: Vec<&str> = one.rows.iter().map(|row| row.account.as_str()).collect();
        accounts.sort_unstable();
        (one.to.as_str(), one.why.join(" "), one.units.join(" "), accounts.join(" "))
    });
    let expected = [
        (CHIEFS_MAIL, "manager", "", "jorlof18 lovstlin32"),
        (FALLBACK, "fallback", "", "annbjo14 elssve29 gorahl07"),
        (FINANCE, "unit", "Ekonomi", "mohnor11"),
    ];
    let expected =
        expected.map(|(to, why, units, accounts)| (to, why.to_owned(), units.to_owned(), accounts.to_owned()));
    assert_eq!(outgoing.collect::<Vec<_>>(), expected);
    assert_eq!(world.outbox.messages().len(), 0, "a preview sends nothing");
}
