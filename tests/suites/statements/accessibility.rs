//! The accessibility statement has all that the law wants, and follows from what is known.

use harness::{Database, World};
use portvakt_domain::{shortcoming::OF_THE_PLATFORM, tenant::AccessibilitySettings};

use crate::{both, hosts, leads_to, says};

const SAID: &str = r#"
assessed = "2026-10-01"
method = "external"
updated = "2026-11-02"
contact = { name = "Webbredaktionen", mail = "webb@orebro.se", phone = "019-21 20 00", url = "https://www.orebro.se/brister" }
answer_days = 3

[[shortcomings]]
what = { sv = "Logotypen rör sig", en = "The logo moves" }
who = { sv = "Du som får yrsel", en = "You who get dizzy" }
why = { sv = "Den är från 1998", en = "It is of 1998" }
mended_by = "2027-03-31"

[[disproportionate]]
what = { sv = "Gamla filmer", en = "Old films" }
why = { sv = "De är många", en = "They are many" }

[[exempt]]
what = { sv = "Kartor från andra", en = "Maps of others" }
why = { sv = "Vi råder inte över dem", en = "They are not ours" }
"#;

fn said(text: &str) -> AccessibilitySettings {
    toml::from_str(text).expect("a section")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_statement_has_all_that_the_law_wants_in_both_languages_and_of_one_tenant() {
    let world = World::practice(Database::Sqlite).await;
    world.reconfigure("orebro", |settings| settings.accessibility = said(SAID)).await;
    for host in hosts(&world, "orebro") {
        let [swedish, english] = both(&world, &host, "/accessibility").await;
        assert_eq!(swedish.h1(), "Tillgänglighetsredogörelse");
        says(
            &swedish,
            &[
                "Örebro kommun står bakom tjänsten",
                &host,
                "lagen (2018:1937)",
                "delvis förenlig med lagen",
                "Logotypen rör sig",
                "För vem: Du som får yrsel",
                "Varför: Den är från 1998",
                "Åtgärdas: senast 2027-03-31",
                "12 § i lagen",
                "Gamla filmer",
                "De är många",
                "(9 §)",
                "Kartor från andra",
                "Vi råder inte över dem",
                "En extern granskare har bedömt tjänsten. Den senaste bedömningen gjordes 2026-10-01.",
                "Redogörelsen uppdaterades 2026-11-02.",
                "Namn: Webbredaktionen",
                "Du får svar inom 3 dagar.",
            ],
            &["har inte angett", "The logo"],
        );
        assert_eq!(english.h1(), "Accessibility statement");
        says(
            &english,
            &[
                "Örebro kommun is responsible for the service",
                "(2018:1937)",
                "partially compliant",
                "The logo moves",
                "For whom: You who get dizzy",
                "Why: It is of 1998",
                "by 2027-03-31",
                "section 12",
                "Old films",
                "They are many",
                "section 9",
                "Maps of others",
                "They are not ours",
                "An external reviewer assessed the service. The last assessment was made on 2026-10-01.",
                "updated on 2026-11-02",
                "within 3 days",
            ],
            &["has not said", "has given no day", "Logotypen"],
        );
        for page in [&swedish, &english] {
            for address in [
                "https://www.digg.se/tdosanmalan",
                "mailto:webb@orebro.se",
                "tel:019212000",
                "https://www.orebro.se/brister",
            ] {
                assert!(leads_to(page, address), "{address}: {}", page.html);
            }
        }
        for known in OF_THE_PLATFORM {
            says(&swedish, &[known.swedish.what, known.swedish.who, known.swedish.why], &[known.english.what]);
            says(&english, &[known.english.what, known.english.who, known.english.why], &[known.swedish.what]);
        }
    }
    // The other one says nothing of that.
    for host in hosts(&world, "mjolby") {
        for page in both(&world, &host, "/accessibility").await {
            says(&page, &["Mjölby kommun"], &["Örebro", "Logotypen", "The logo", "2026-10-01", "webb@orebro.se"]);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_said_nothing_promises_nothing() {
    let world = World::practice_with(Database::Sqlite, |settings| settings.accessibility = said("")).await;
    let host = &world.tenant("orebro").register;
    let [swedish, english] = both(&world, host, "/accessibility").await;
    says(
        &swedish,
        &[
            "delvis förenlig",
            "Örebro kommun har inte angett någon dag då tjänsten har bedömts.",
            "har inte angett hur eller när",
            "har inte angett vilken dag redogörelsen senast gicks igenom",
            "åberopar inte undantaget",
            "Inget innehåll är undantaget",
            // Whom to turn to is the help desk.
            "it-helpdesk@orebro.se",
        ],
        &["Du får svar", "helt förenlig", "Redogörelsen uppdaterades"],
    );
    says(&english, &["partially compliant", "has given no day"], &["You get an answer", "fully"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn conformance_follows_from_what_is_known_and_may_be_lowered() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("orebro").reset.clone();
    let known = if OF_THE_PLATFORM.is_empty() { "helt förenlig" } else { "delvis förenlig" };
    let own = SAID.split("[[disproportionate]]").next().expect("a part");
    for (section, state) in [
        ("".to_owned(), known),
        (own.to_owned(), "delvis förenlig"),
        ("conformance = \"not\"".to_owned(), "inte förenlig"),
        // What was saved before more was known is not believed.
        (format!("conformance = \"partially\"\n{own}"), "delvis förenlig"),
    ] {
        world.reconfigure("orebro", |settings| settings.accessibility = said(&section)).await;
        let page = world.browser().get(&host, "/accessibility").await;
        let states = ["helt förenlig", "delvis förenlig", "inte förenlig"];
        let others: Vec<&str> = states.into_iter().filter(|other| *other != state).collect();
        says(&page, &[state], &others);
    }
}
