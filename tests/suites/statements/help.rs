//! The page of help answers by what the tenant offers, and says the same of networks as the last page of a reset.

use harness::{Database, State, World, journey};
use portvakt_domain::{
    language::Language,
    tenant::{KnownPassword, TenantSettings},
};

use crate::{both, hosts, leads_to, says};

const NEW: &str = "Vinterbad88Sten";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whom_to_turn_to_and_where_to_go_is_said_in_both_languages() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        settings.help_desk.hours.insert(Language::Sv, "vardagar 7–16".to_owned());
        settings.help_desk.hours.insert(Language::En, "weekdays 7–16".to_owned());
    })
    .await;
    for (slug, desk, other) in [("orebro", "IT-helpdesk", "Servicedesk"), ("mjolby", "Servicedesk", "IT-helpdesk")] {
        for host in hosts(&world, slug) {
            let [swedish, english] = both(&world, &host, "/help").await;
            let questions = [
                "Det kom inget sms",
                "Jag har inte kvar mobilen",
                "Kontot är låst",
                "Lösenordet har gått ut",
                "Jag har aldrig registrerat",
                "utanför kommunens nätverk",
            ];
            says(&swedish, &questions, &[other]);
            says(&swedish, &[desk, "vardagar 7–16"], &["weekdays"]);
            let questions = [
                "No text message came",
                "I no longer have the phone",
                "The account is locked",
                "The password has expired",
                "I never registered",
                "outside the municipality",
            ];
            says(&english, &questions, &[other]);
            says(&english, &[desk, "weekdays 7–16"], &["vardagar"]);
            let tenant = world.tenant(slug);
            for address in [
                format!("https://{}/", tenant.reset),
                format!("https://{}/change", tenant.reset),
                format!("https://{}/", tenant.register),
            ] {
                assert!(leads_to(&swedish, &address) && leads_to(&english, &address), "{address}: {}", swedish.html);
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_follow_from_what_the_tenant_offers() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("mjolby").reset.clone();
    let cases: [(fn(&mut TenantSettings), &[&str], &[&str]); 7] = [
        (|it| it.reset.keep_and_unlock = true, &["behålla lösenordet du har"], &["Då låses kontot också upp"]),
        (|it| it.reset.keep_and_unlock = false, &["Då låses kontot också upp"], &["behålla lösenordet du har"]),
        (|it| it.registration.delayed_change_hours = 72, &["Bytet görs efter 72 timmar"], &["48"]),
        (|it| it.registration.delayed_change_hours = 0, &["Då behöver du hjälp av Servicedesk"], &["Bytet görs"]),
        (
            |it| it.reset.known_password = KnownPassword::WithCode,
            &["Också då skickar vi en säkerhetskod"],
            &["utan säkerhetskod"],
        ),
        (|it| it.reset.known_password = KnownPassword::WithoutCode, &["byta det utan säkerhetskod"], &["Också då"]),
        (
            |it| it.reset.known_password = KnownPassword::Off,
            &["Lösenordet har gått ut"],
            &["Byt lösenord", "kan du byta det"],
        ),
    ];
    for (change, these, not) in cases {
        world.reconfigure("mjolby", change).await;
        says(&world.browser().get(&host, "/help").await, these, not);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_networks_is_the_same_after_a_reset_and_at_help() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        for (paragraphs, where_) in
            [(&mut settings.texts.inside_network, "Inne"), (&mut settings.texts.outside_network, "Ute")]
        {
            paragraphs.clear();
            paragraphs.insert(Language::Sv, vec![format!("{where_}: < ett"), format!("{where_}: två")]);
            paragraphs.insert(Language::En, vec![format!("{where_} in English")]);
        }
    })
    .await;
    let headings = ["När du är på kommunens nätverk", "När du är utanför kommunens nätverk"];
    let all = [&headings[..], &["Inne: < ett", "Inne: två", "Ute: < ett", "Ute: två"]].concat();
    let person = world.person("mjolby", State::Normal).await;
    let done = journey::reset(&world, &mut world.browser(), "mjolby", &person, NEW).await;
    says(&done, &all, &["in English"]);
    world.arrived().await;
    let [swedish, english] = both(&world, &world.tenant("mjolby").register, "/help").await;
    says(&swedish, &all, &["in English", "kan behöva vara ansluten"]);
    says(&english, &["Inne in English", "Ute in English"], &["två", "may have to be connected"]);

    // A computer that knows the old password goes on knowing it; and a shared account is no computer's.
    let person = world.person("mjolby", State::Locked).await;
    let mut browser = world.browser();
    let page = journey::prove(&world, &mut browser, "mjolby", &person).await;
    let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());
    says(&done, &[], &all);
    world.arrived().await;

    // Where nothing is said, only what holds everywhere is.
    world
        .reconfigure("mjolby", |settings| {
            settings.texts.inside_network.clear();
            settings.texts.outside_network.clear();
        })
        .await;
    let page = world.browser().get(&world.tenant("mjolby").reset, "/help").await;
    says(&page, &["kan behöva vara ansluten", "Fråga Servicedesk"], &headings);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_helps_with_an_account_that_a_unit_shares_is_said_where_there_are_such() {
    let world = World::practice(Database::Sqlite).await;
    let heading = "Det gäller ett konto som en enhet delar";
    let own = ["Stöd vård och omsorg", "vardochstod@orebro.se", "2000, knappval 3 och 1"];
    for host in hosts(&world, "orebro") {
        let [swedish, english] = both(&world, &host, "/help").await;
        says(&swedish, &[&[heading, "kontaktar du Stöd vård och omsorg"], &own[..]].concat(), &[]);
        says(&english, &[&["an account that a unit shares"], &own[..]].concat(), &[heading]);
        for (page, query) in [(&swedish, ""), (&english, "?lang=en")] {
            assert!(page.html.contains("mailto:vardochstod@orebro.se"), "{}", page.html);
            let guide = format!("https://{host}/guides/functional");
            assert!(leads_to(page, &guide) || leads_to(page, &format!("{guide}{query}")), "{}", page.html);
        }
    }
    let mjolby = world.browser().get(&world.tenant("mjolby").reset, "/help").await;
    says(&mjolby, &[heading, "Servicedesk för verksamhetssystem", "anknytning 6000"], &["Stöd vård"]);

    // Without one the usual desk helps, and it stands at the head of the page already.
    let host = world.tenant("orebro").reset.clone();
    world.reconfigure("orebro", |it| it.functional_help_desk = None).await;
    says(&world.browser().get(&host, "/help").await, &[heading], &["Stöd vård", "hjälp med ett sådant konto"]);
    world
        .reconfigure("mjolby", |it| {
            it.directory.functional_units.clear();
            it.directory.functional_groups.clear();
        })
        .await;
    let page = world.browser().get(&world.tenant("mjolby").reset, "/help").await;
    says(&page, &[], &[heading, "anknytning 6000"]);
    assert!(!page.html.contains("/guides/functional"), "{}", page.html);
}
