//! What guides say: by settings, in both languages, at both hosts, and without leaving anything behind.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use harness::{Browser, Database, Page, World};
use portvakt_domain::{
    language::Language,
    tenant::{KnownPassword, TenantSettings},
    time::Clock as _,
};
use reqwest::StatusCode;

const PATHS: [&str; 5] =
    ["/guides", "/guides/registration", "/guides/reset", "/guides/functional", "/guides/reminders"];

async fn guide(browser: &mut Browser, host: &str, name: &str, tag: &str) -> String {
    let page = browser.get(host, &format!("/guides/{name}?lang={tag}")).await;
    assert_eq!(page.status, StatusCode::OK, "{host} {name}");
    page.text()
}

/// How many steps a guide has.
fn steps(page: &Page) -> usize {
    page.html.matches("<li class=\"one\">").count()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn guides_follow_both_presets_in_both_languages() {
    let world = World::practice(Database::Sqlite).await;
    for slug in ["orebro", "mjolby"] {
        let (tenant, served) = (world.tenant(slug), world.served(slug));
        let orebro = slug == "orebro";
        let mut browser = world.browser();
        for host in [&tenant.reset, &tenant.register] {
            for (tag, choose, confirm, length, upper, wait) in [
                (
                    "sv",
                    "behåll lösenordet och lås upp kontot",
                    "skriv ditt nuvarande lösenord en gång till",
                    "ha minst 8 tecken",
                    "innehålla minst en stor bokstav",
                    "Vänta i 3 minuter",
                ),
                (
                    "en",
                    "keep the password and unlock the account",
                    "enter your current password once more",
                    "have at least 8 characters",
                    "contain at least one capital letter",
                    "Wait 3 minutes",
                ),
            ] {
                let reset = guide(&mut browser, host, "reset", tag).await;
                let registration = guide(&mut browser, host, "registration", tag).await;
                let functional = guide(&mut browser, host, "functional", tag).await;
                let reminders = guide(&mut browser, host, "reminders", tag).await;
                for (name, text) in [
                    ("reset", &reset),
                    ("registration", &registration),
                    ("functional", &functional),
                    ("reminders", &reminders),
                ] {
                    let at = format!("{slug} {tag} {name}");
                    assert!(text.contains(&served.links.reset), "{at}: {text}");
                    assert!(text.contains(&served.settings.name), "{at}: {text}");
                    let settings = &served.settings;
                    let desk = if name == "functional" { settings.desk_for_functional() } else { &settings.help_desk };
                    assert!(text.contains(&desk.name), "{at}: {text}");
                    // By mail where there is an address, else by telephone.
                    let reached = desk.mail.as_ref().or(desk.phone.as_ref()).expect("one of them");
                    assert!(text.matches(reached.as_str()).count() >= 2, "{at}: in the guide and at its foot: {text}");
                    assert!(!text.contains("{ $") && !text.contains('\u{2068}'), "{at}: {text}");
                }
                assert!(registration.contains(&served.links.register) && reminders.contains(&served.links.register));
                assert_eq!(reset.contains(choose), !orebro, "{slug} {tag}: {reset}");
                assert_eq!(registration.contains(confirm), orebro, "{slug} {tag}: {registration}");
                assert_eq!(reset.contains(upper), !orebro, "{slug} {tag}: {reset}");
                assert!(reset.contains(length) && functional.contains(length), "{slug} {tag}: {reset}");
                assert!(reset.contains("å, ä") && reset.contains(wait), "{slug} {tag}: {reset}");
                let example = &served.settings.texts.username_example;
                assert!(reset.contains(example.as_str()) && registration.contains(example.as_str()), "{example}");
                // The tenant's own words: what happens now, and which phone to use.
                let own = &served.settings.texts.after_reset;
                let own = own.iter().find(|(language, _)| language.tag() == tag).expect("paragraphs").1;
                assert!(own.iter().all(|paragraph| reset.contains(paragraph.as_str())), "{slug} {tag}: {reset}");
            }
        }
    }
    let own = guide(&mut world.browser(), &world.tenant("orebro").reset, "functional", "sv").await;
    assert!(own.contains("logga in i Treserva") && own.contains("var tredje månad"), "{own}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_setting_changes_what_guides_say() {
    let world = World::practice(Database::Sqlite).await;
    let (host, mut browser) = (world.tenant("orebro").reset.clone(), world.browser());
    let all = async |browser: &mut Browser| {
        let mut texts = Vec::new();
        for path in ["registration", "reset", "reminders"] {
            let page = browser.get(&host, &format!("/guides/{path}")).await;
            texts.push((steps(&page), page.text()));
        }
        texts
    };
    let before = all(&mut browser).await;
    assert!(before.iter().any(|(_, text)| text.contains("inom 10 minuter")));
    let changes: [(&str, fn(&mut TenantSettings), [bool; 3], &str); 8] = [
        ("code_minutes", |it| it.reset.code_minutes = 7, [true, true, false], "inom 7 minuter"),
        (
            "delayed_change_hours",
            |it| it.registration.delayed_change_hours = 96,
            [true, true, false],
            "efter 96 timmar",
        ),
        (
            "known_password",
            |it| it.reset.known_password = KnownPassword::WithoutCode,
            [false, true, false],
            "Minns du ditt lösenord kan du byta det själv",
        ),
        ("keep_and_unlock", |it| it.reset.keep_and_unlock = true, [false, true, false], "lås upp ditt konto eller"),
        ("password_again", |it| it.registration.password_again = false, [true, false, false], "Skriv ditt mobilnummer"),
        ("help_desk", |it| it.help_desk.name = "Växeln".to_owned(), [true, true, true], "hjälp av Växeln"),
        ("username_example", |it| it.texts.username_example = "kalkul07".to_owned(), [true, true, false], "kalkul07"),
        ("name", |it| it.name = "Kumla kommun".to_owned(), [true, true, true], "Kumla kommun"),
    ];
    for (name, change, changed, words) in changes {
        let original = (*world.served("orebro").settings).clone();
        world.reconfigure("orebro", change).await;
        let after = all(&mut browser).await;
        let differs: Vec<bool> = before.iter().zip(&after).map(|(before, after)| before != after).collect();
        assert_eq!(differs, changed, "{name}");
        assert!(after.iter().any(|(_, text)| text.contains(words)), "{name}: {after:?}");
        world.apply(&original).await;
    }
    // What is not offered is not spoken of.
    world.reconfigure("orebro", |it| it.reset.known_password = KnownPassword::Off).await;
    world.reconfigure("orebro", |it| it.registration.delayed_change_hours = 0).await;
    let after = all(&mut browser).await;
    assert!(after.iter().all(|(_, text)| !text.contains("timmar") && !text.contains("/change")), "{after:?}");
    assert!(after[1].0 < before[1].0, "fewer steps");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_networks_is_the_tenants_own_where_it_says_something() {
    let world = World::practice(Database::Sqlite).await;
    let (mjolby, mut browser) = (world.tenant("mjolby").reset.clone(), world.browser());
    let headings = ["När du är på kommunens nätverk", "När du är utanför kommunens nätverk"];
    let built_in = ["fungerar direkt i de flesta tjänster", "Starta datorn på jobbet, ansluten"];
    let texts = world.served("mjolby").settings.texts.clone();
    let own = [&texts.inside_network, &texts.outside_network];
    let own: Vec<&String> = own.into_iter().flat_map(|paragraphs| &paragraphs[&Language::Sv]).collect();
    assert!(own.len() >= 3, "{own:?}");
    let has = |text: &str, words: &[&str]| words.iter().all(|words| text.contains(words));
    let lacks = |text: &str, words: &[&str]| words.iter().all(|words| !text.contains(words));

    let text = guide(&mut browser, &mjolby, "reset", "sv").await;
    assert!(own.iter().all(|paragraph| text.contains(paragraph.as_str())), "{text}");
    assert!(has(&text, &headings) && lacks(&text, &built_in), "{text}");
    let english = guide(&mut browser, &mjolby, "reset", "en").await;
    assert!(has(&english, &["Start it on your usual network the next time"]), "{english}");
    assert!(lacks(&english, &["works at once in most services"]), "{english}");

    // Who says nothing of one's own network has no heading for it, and who says nothing at all has the built-in words.
    world.reconfigure("mjolby", |it| it.texts.inside_network.clear()).await;
    let text = guide(&mut browser, &mjolby, "reset", "sv").await;
    assert!(lacks(&text, &[headings[0], built_in[0], built_in[1]]) && has(&text, &headings[1..]), "{text}");
    world.reconfigure("mjolby", |it| it.texts.outside_network.clear()).await;
    let text = guide(&mut browser, &mjolby, "reset", "sv").await;
    assert!(has(&text, &built_in) && has(&text, &headings[1..]) && lacks(&text, &headings[..1]), "{text}");
    assert!(own.iter().all(|paragraph| !text.contains(paragraph.as_str())), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_guide_speaks_of_what_goes_wrong_there() {
    let world = World::practice(Database::Sqlite).await;
    let (host, mut browser) = (world.tenant("orebro").register.clone(), world.browser());
    let (to_person, to_unit) = ("Har du varken mobilen eller", "Har ni varken en registrerad mobil");
    for (name, these, not) in [
        ("registration", vec![to_person, "ditt namn och användarnamn och ditt nya mobilnummer"], vec![to_unit]),
        ("reset", vec![to_person, "Be din chef, eller den som är behörig beställare"], vec![to_unit]),
        (
            "functional",
            vec![
                to_unit,
                "Kommer koden inte till dig?",
                "Fråga den som har den mobilen",
                "ditt eget namn i stället för enhetens konto",
                "En kollega kan ha bytt det.",
                "sparat i en dator eller mobil",
                "namn och mobilnummer för den som ska få koderna",
            ],
            vec![to_person, "Be din chef", "innehavare"],
        ),
        (
            "reminders",
            vec![
                "Står någon kvar som redan har bytt?",
                "som har slutat hos er?",
                "Har lösenordet gått ut för någon som inte har ett registrerat nummer",
                "det är du som hör av dig",
                "medarbetarens namn och användarnamn",
                "Är mejlet äkta?",
            ],
            vec![to_person, to_unit, "Be din chef"],
        ),
    ] {
        let text = guide(&mut browser, &host, name, "sv").await;
        let problems = text.split("Om något inte stämmer").last().expect("the part on what goes wrong");
        assert!(these.iter().all(|words| problems.contains(words)), "{name}: {problems}");
        assert!(not.iter().all(|words| !text.contains(words)), "{name}: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_a_unit_shares_has_a_help_desk_of_its_own() {
    let world = World::practice(Database::Sqlite).await;
    let (host, mut browser) = (world.tenant("orebro").reset.clone(), world.browser());
    let (own, usual) = (["Stöd vård och omsorg", "vardochstod@orebro.se"], ["IT-helpdesk", "it-helpdesk@orebro.se"]);
    let has = |text: &str, words: &[&str]| words.iter().all(|words| text.contains(words));
    let lacks = |text: &str, words: &[&str]| words.iter().all(|words| !text.contains(words));
    for tag in ["sv", "en"] {
        let text = guide(&mut browser, &host, "functional", tag).await;
        assert!(has(&text, &own) && has(&text, &["2000, knappval 3 och 1"]) && lacks(&text, &usual), "{text}");
        for name in ["registration", "reset", "reminders"] {
            let text = guide(&mut browser, &host, name, tag).await;
            assert!(has(&text, &usual) && lacks(&text, &own), "{name}: {text}");
        }
    }
    let text = guide(&mut browser, &world.tenant("mjolby").reset, "functional", "sv").await;
    assert!(has(&text, &["Telefon: anknytning 6000. Ange ditt namn"]) && lacks(&text, &["Mejla"]), "{text}");
    // Without it, the usual one answers for them too.
    world.reconfigure("orebro", |it| it.functional_help_desk = None).await;
    let text = guide(&mut browser, &host, "functional", "sv").await;
    assert!(has(&text, &usual) && lacks(&text, &own), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_to_tell_others_what_to_do_is_led_to_how() {
    let world = World::practice(Database::Sqlite).await;
    let page = world.browser().get(&world.tenant("orebro").register, "/guides/reminders?lang=en").await;
    let steps: Vec<&str> = page.html.split("<li class=\"one\">").skip(1).collect();
    let step = |words: &str| steps.iter().find(|step| step.contains(words)).copied().expect("a step");
    for (words, leads_to) in [
        ("has not registered their mobile number", "registration"),
        ("change their password", "reset"),
        ("an account that a unit shares", "functional"),
    ] {
        let step = step(words);
        let leads = |name: &str| step.contains(&format!("/guides/{name}?lang=en\""));
        let led: Vec<&str> = ["registration", "reset", "functional"].into_iter().filter(|name| leads(name)).collect();
        assert_eq!(led, [leads_to], "{step}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_says_of_which_day_it_is_and_where_the_latest_is() {
    let world = World::practice(Database::Sqlite).await;
    let (tenant, mut browser) = (world.tenant("orebro"), world.browser());
    world.clock.to_midday();
    let day = |world: &World| world.clock.now().date_naive().to_string();
    for host in [&tenant.reset, &tenant.register] {
        let text = guide(&mut browser, host, "functional", "sv").await;
        let address = format!("Den senaste finns alltid på {host}/guides/functional.");
        assert!(text.contains(&format!("Guiden är från {}. {address}", day(&world))), "{text}");
    }
    world.clock.advance(TimeDelta::days(1));
    let text = guide(&mut browser, &tenant.reset, "reset", "en").await;
    assert!(text.contains(&format!("This guide is from {}.", day(&world))), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_no_shared_accounts_has_no_guide_to_them() {
    let world = World::practice(Database::Sqlite).await;
    let (orebro, mjolby) = (world.tenant("orebro"), world.tenant("mjolby"));
    let alone = |it: &mut TenantSettings| {
        it.directory.functional_units.clear();
        it.directory.functional_groups.clear();
    };
    world.reconfigure("orebro", alone).await;
    let mut browser = world.browser();
    for (host, has) in [(&orebro.reset, false), (&orebro.register, false), (&mjolby.reset, true)] {
        for path in ["/guides", "/guides/registration", "/guides/reminders"] {
            let html = browser.get(host, path).await.html;
            assert_eq!(html.contains("/guides/functional"), has, "{host}{path}");
        }
        let status = browser.get(host, "/guides/functional").await.status;
        assert_eq!(status == StatusCode::OK, has, "{host}: {status}");
        assert!(has || status == StatusCode::NOT_FOUND);
        let answer = [("guide", "functional"), ("helpful", "yes")];
        let status = browser.post(host, "/guides/feedback", &answer).await.status;
        assert_eq!(status, if has { StatusCode::OK } else { StatusCode::BAD_REQUEST }, "{host}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reading_leaves_nothing_behind() {
    let world = World::practice(Database::Sqlite).await;
    let tables: Vec<String> = world
        .sqlite("select name from sqlite_schema where type = 'table' and name not like 'sqlite%'")
        .into_iter()
        .map(|row| row[0].clone())
        .collect();
    let rows = || -> Vec<Vec<Vec<String>>> {
        tables.iter().map(|table| world.sqlite(&format!("select * from \"{table}\""))).collect()
    };
    let before = rows();
    for slug in ["orebro", "mjolby"] {
        let tenant = world.tenant(slug);
        for host in [&tenant.reset, &tenant.register] {
            let mut browser = world.browser();
            for path in PATHS.into_iter().chain(["/guides/thanks"]) {
                let page = browser.get(host, path).await;
                assert_eq!(page.status, StatusCode::OK, "{host}{path}");
                assert!(page.headers.get("set-cookie").is_none(), "{host}{path}");
                assert_eq!(page.headers["cache-control"], "no-store", "{host}{path}");
            }
            // Nothing but reading, and nothing to be read of a form.
            for path in PATHS.into_iter().chain(["/guides/thanks"]) {
                let refused = browser.post(host, path, &[("guide", "reset"), ("helpful", "yes")]).await;
                assert_eq!(refused.status, StatusCode::METHOD_NOT_ALLOWED, "{host}{path}");
            }
            assert_eq!(browser.get(host, "/guides/feedback").await.status, StatusCode::METHOD_NOT_ALLOWED);
            assert_eq!(browser.get(host, "/guides/other").await.status, StatusCode::NOT_FOUND);
        }
    }
    assert!(before == rows(), "a page that was read changed a row");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_are_served_for_long_and_in_the_readers_language() {
    let world = World::practice(Database::Sqlite).await;
    let mut seen = BTreeSet::new();
    for host in [&world.tenant("orebro").reset, &world.tenant("mjolby").register] {
        let mut browser = world.browser();
        for tag in ["sv", "en"] {
            for name in ["registration", "reset"] {
                let page = browser.get(host, &format!("/guides/{name}?lang={tag}")).await;
                let sources = page.html.split("src=\"").skip(1).filter_map(|rest| rest.split('"').next());
                let pictures: Vec<String> = sources.filter(|src| src.contains("/guide-")).map(str::to_owned).collect();
                assert!(
                    pictures.len() >= 4 && pictures.iter().all(|src| src.contains(&format!("-{tag}."))),
                    "{pictures:?}"
                );
                for src in pictures {
                    let file = browser.get(host, &src).await;
                    assert_eq!(
                        (file.status, &file.headers["content-type"]),
                        (StatusCode::OK, &"image/webp".parse().expect("a value"))
                    );
                    let kept = file.headers["cache-control"].to_str().expect("text").to_owned();
                    assert!(kept.contains("immutable") && kept.contains("max-age=31536000"), "{kept}");
                    seen.insert(src);
                }
            }
        }
        let other = browser.get(host, "/assets/guide-start-sv.0000000000000000.webp").await;
        assert_eq!(other.status, StatusCode::NOT_FOUND);
    }
    assert!(seen.len() >= 18, "{seen:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_page_leads_to_the_guides() {
    let world = World::practice(Database::Sqlite).await;
    let orebro = world.tenant("orebro");
    for (host, guide) in [(&orebro.reset, "reset"), (&orebro.register, "registration")] {
        let page = world.browser().get(host, "/?lang=en").await;
        assert!(page.html.contains(&format!("href=\"/guides/{guide}?lang=en\"")), "{}", page.html);
        for path in ["/?lang=en", "/nowhere?lang=en", "/guides/reset?lang=en"] {
            let page = world.browser().get(host, path).await;
            let foot = page.html.split_once("<footer").expect("a foot").1;
            assert!(foot.contains("href=\"/guides?lang=en\""), "{host}{path}: {foot}");
        }
    }
}
