//! What mails say is the tenant's: the language, the words, the address to answer to; and a mail with nothing left to say is
//! not sent.

use std::collections::BTreeMap;

use harness::State;
use portvakt_domain::{language::Language, reminder_mail::ReminderState};
use portvakt_flows::remind;
use portvakt_storage::reminders;

use crate::sent::{account, calm_morning, end_in, send};

const SLUG: &str = "orebro";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_is_in_the_tenants_language_and_words() {
    let world = calm_morning().await;
    let person = world.person(SLUG, State::Normal).await;
    end_in(&world, SLUG, &person.username, 7);
    world
        .reconfigure(SLUG, |settings| {
            settings.texts.en = BTreeMap::from([
                ("reminder-subject".to_owned(), "Passwords of your staff".to_owned()),
                ("reminder-regards".to_owned(), "Your IT department".to_owned()),
            ]);
        })
        .await;
    send(&world, SLUG, |reminders| reminders.language = Some(Language::En)).await;
    let arrived = world.arrived().await;
    assert!(!arrived.is_empty());
    for mail in &arrived {
        assert_eq!(mail.subject.as_deref(), Some("Passwords of your staff"));
        assert!(mail.text.contains("First name") && mail.text.contains(&person.username), "{}", mail.text);
        assert!(mail.text.contains("Your IT department\nÖrebro kommun"), "{}", mail.text);
        assert!(!mail.text.contains("Förnamn"), "{}", mail.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_of_which_nobody_is_left_is_not_sent() {
    let world = calm_morning().await;
    let person = world.person(SLUG, State::Normal).await;
    end_in(&world, SLUG, &person.username, 7);
    send(&world, SLUG, |_| {}).await;
    let (platform, tenant) = (&world.shared.platform, world.served(SLUG));
    // Put down, and not sent yet.
    remind::run(platform, &tenant, true).await.expect("a run");
    account(&world, SLUG, &person.username).set_password("Nytt-losenord-77");
    assert_eq!(world.arrived().await.len(), 0, "nobody gets an empty mail");
    let run = reminders::runs(&platform.store, tenant.id, 1).await.expect("runs").remove(0);
    let mails = reminders::mails(&platform.store, tenant.id, run.id).await.expect("mails");
    assert!(!mails.is_empty() && mails.iter().all(|mail| mail.state == ReminderState::Empty), "{mails:?}");
}
