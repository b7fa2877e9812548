//! A tenant's own texts, on the pages and in the messages that people get; and what happens now, for each ending.

use harness::{Browser, Database, State, World, journey};
use portvakt_domain::{language::Language, tenant::TenantSettings};
use portvakt_texts::{Texts, lint};

const NEW: &str = "Vinterbad88Sten";

/// Örebro with texts of its own; what is applied here is what could be applied.
async fn world(own: &[(Language, &str, &str)]) -> World {
    let world = World::practice(Database::Sqlite).await;
    world.reconfigure("orebro", |settings| write(settings, own)).await;
    let settings = world.served("orebro").settings.clone();
    assert_eq!(lint::problems(&Texts::new().expect("texts"), &settings), Vec::<String>::new());
    world
}

fn write(settings: &mut TenantSettings, own: &[(Language, &str, &str)]) {
    for (language, key, pattern) in own {
        let texts = match language {
            Language::Sv => &mut settings.texts.sv,
            Language::En => &mut settings.texts.en,
        };
        texts.insert((*key).to_owned(), (*pattern).to_owned());
    }
}

fn reader(world: &World, language: Language) -> Browser {
    match language {
        Language::Sv => world.browser(),
        Language::En => world.browser().in_english(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_texts_are_read_on_pages_in_sms_and_in_mails_in_both_languages() {
    let (sv, en) = (Language::Sv, Language::En);
    let world = world(&[
        (sv, "start-heading", "Kom in i värmen"),
        (sv, "code-time", "{ $minutes ->\n    [one] Skynda, en minut.\n   *[other] Det finns { $minutes } minuter.\n}"),
        (sv, "code-reset", "Kod { $code } från Örebro, bra i { $minutes } min. Ge den inte till någon."),
        (sv, "done-password-heading", "Klart, nu är det nya lösenordet på plats"),
        (sv, "notice-password-set", "Nytt lösenord hos { $tenant }."),
        (sv, "subject-password-set", "Nytt lösenord hos oss"),
        (sv, "mail-was-you", "Du kan slänga det här mejlet."),
        (en, "start-heading", "Come in from the cold"),
        (en, "code-time", "There are { $minutes } minutes."),
        (en, "code-reset", "Code { $code } from Orebro, good for { $minutes } min. Keep it to yourself."),
        (en, "done-password-heading", "Done, the new password is in place"),
        (en, "notice-password-set", "New password at { $tenant }."),
        (en, "subject-password-set", "New password here"),
        (en, "mail-was-you", "You may throw this mail away."),
    ])
    .await;
    for (language, [heading, time, sms, done, notice, subject, was_you], built_in) in [
        (
            sv,
            [
                "Kom in i värmen",
                "Det finns 10 minuter.",
                "Kod CODE från Örebro, bra i 10 min. Ge den inte till någon.",
                "Klart, nu är det nya lösenordet på plats",
                "Nytt lösenord hos Örebro kommun.",
                "Nytt lösenord hos oss",
                "Du kan slänga det här mejlet.",
            ],
            "Lås upp ditt konto eller välj ett nytt lösenord",
        ),
        (
            en,
            [
                "Come in from the cold",
                "There are 10 minutes.",
                "Code CODE from Orebro, good for 10 min. Keep it to yourself.",
                "Done, the new password is in place",
                "New password at Örebro kommun.",
                "New password here",
                "You may throw this mail away.",
            ],
            "Unlock your account or choose a new password",
        ),
    ] {
        let person = world.person("orebro", State::Normal).await;
        let number = person.number.as_ref().expect("a number");
        let mut browser = reader(&world, language);
        let start = browser.get(&world.tenant("orebro").reset, "/").await;
        assert_eq!(start.h1(), heading);
        let page = browser.submit(&start, &[("username", &person.username)]).await;
        assert!(page.text().contains(time), "{}", page.text());
        let arrived = world.arrived().await;
        let [code] = &arrived[..] else { panic!("one SMS: {arrived:?}") };
        let figures = harness::world::code_in(&code.text);
        assert_eq!(code.text, format!("{}\n\n@pwreset.orebro.se #{figures}", sms.replace("CODE", &figures)));
        assert_eq!(&code.to, number);
        let page = browser.submit_to(&page, "/code", &[("code", &figures)]).await;
        let page = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
        assert_eq!(page.h1(), done, "{}", page.text());
        let arrived = world.arrived().await;
        let of = |channel: &str| arrived.iter().find(|message| message.channel == channel).expect("a message");
        assert!(of("sms").text.starts_with(notice), "{}", of("sms").text);
        assert_eq!(of("mail").subject.as_deref(), Some(subject));
        assert!(of("mail").text.contains(notice) && of("mail").text.contains(was_you), "{}", of("mail").text);

        // The other tenant says what is built in.
        let other = reader(&world, language).get(&world.tenant("mjolby").reset, "/").await;
        assert_eq!(other.h1(), built_in);
    }
    // Taken out again, they are gone at once.
    world.reconfigure("orebro", |settings| _ = settings.texts.sv.remove("start-heading")).await;
    let start = world.browser().get(&world.tenant("orebro").reset, "/").await;
    assert_eq!(start.h1(), "Lås upp ditt konto eller välj ett nytt lösenord");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_was_saved_as_markup_is_shown_as_it_stands() {
    // What keeps it from being saved is passed by here: the pages and mails do not rest on it.
    let hostile = "Klart <script>alert(1)</script><img src=x onerror=alert(1)> &lt;b&gt; \" '";
    let world = World::practice(Database::Sqlite).await;
    let keys = ["start-heading", "start-intro", "button-next", "help-name", "page-title", "cookie", "label-username"];
    world
        .reconfigure("orebro", |settings| {
            let own: Vec<_> =
                keys.into_iter().chain(["notice-password-set", "subject-password-set", "mail-was-you"]).collect();
            write(settings, &own.into_iter().map(|key| (Language::Sv, key, hostile)).collect::<Vec<_>>());
        })
        .await;
    let person = world.person("orebro", State::Normal).await;
    let mut browser = world.browser();
    let start = browser.get(&world.tenant("orebro").reset, "/").await;
    assert!(start.html.matches("&#60;script&#62;alert(1)").count() > 6, "{}", start.html);
    let done = journey::reset(&world, &mut browser, "orebro", &person, NEW).await;
    for page in [&start, &done] {
        assert!(!page.html.contains("<script") && !page.html.contains("<img src=x"), "{}", page.html);
        assert!(!page.html.contains("&lt;b&gt;"), "an ampersand is one: {}", page.html);
    }
    assert!(done.html.matches("&#60;script&#62;alert(1)").count() > 2, "title, help and foot: {}", done.html);
    world.arrived().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_ending_says_what_happens_now() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        let texts = &mut settings.texts;
        for (paragraphs, name) in [
            (&mut texts.after_registration, "registration"),
            (&mut texts.after_reset, "reset"),
            (&mut texts.after_unlock, "unlock"),
            (&mut texts.after_functional, "shared"),
        ] {
            paragraphs.insert(Language::Sv, vec![format!("Nu: {name} < ett"), format!("Sedan: {name}")]);
            paragraphs.insert(Language::En, vec![format!("Now: {name} < one"), format!("Then: {name}")]);
        }
    })
    .await;
    let shared = world.person("mjolby", State::Functional).await;
    for (language, [now, then], one) in
        [(Language::Sv, ["Nu", "Sedan"], "&#60; ett"), (Language::En, ["Now", "Then"], "&#60; one")]
    {
        let says = |page: &harness::Page, name: &str| {
            assert!(page.html.contains(&format!("<p>{now}: {name} {one}</p>")), "{name}: {}", page.html);
            assert!(page.html.contains(&format!("<p>{then}: {name}</p>")), "{name}: {}", page.html);
            let others = ["registration", "reset", "unlock", "shared"].into_iter().filter(|other| *other != name);
            for other in others {
                assert!(!page.text().contains(&format!("{now}: {other}")), "{name}, not {other}: {}", page.text());
            }
        };
        // 1. A number is registered, and found right.
        let person = world.person("mjolby", State::Unregistered).await;
        let mut browser = reader(&world, language);
        let done = journey::register(&world, &mut browser, "mjolby", &person, &world.fresh_number()).await;
        says(&done, "registration");
        let page = journey::sign_in(&world, &mut browser, "mjolby", &person.username, &person.password).await;
        let kept = browser.submit_to(&page, "/keep", &[]).await;
        says(&kept, "registration");
        world.arrived().await;

        // 2. A new password, an unlocked account.
        let person = world.person("mjolby", State::Normal).await;
        let done = journey::reset(&world, &mut reader(&world, language), "mjolby", &person, NEW).await;
        says(&done, "reset");
        world.arrived().await;
        let person = world.person("mjolby", State::Locked).await;
        let mut browser = reader(&world, language);
        let page = journey::prove(&world, &mut browser, "mjolby", &person).await;
        let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        says(&done, "unlock");
        world.arrived().await;

        // 3. The password of an account that a unit shares.
        let new = if language == Language::Sv { "Blixtlas21Mossa" } else { "Kastanj41Skugga" };
        let done = journey::reset(&world, &mut reader(&world, language), "mjolby", &shared, new).await;
        says(&done, "shared");
        world.arrived().await;
    }
    // Who says nothing of shared accounts says there what it says everywhere.
    world.reconfigure("mjolby", |settings| settings.texts.after_functional.clear()).await;
    let done = journey::reset(&world, &mut world.browser(), "mjolby", &shared, NEW).await;
    assert!(done.text().contains("Nu: reset"), "{}", done.text());
}
