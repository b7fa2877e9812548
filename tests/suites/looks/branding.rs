//! Colours and logo as browsers fetch them, and the help desk where people are stuck.

use harness::{Database, Page, World};
use portvakt_domain::{language::Language, logo::Logo};
use reqwest::Method;

fn header<'a>(page: &'a Page, name: &str) -> &'a str {
    page.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The addresses of files of ours that stand after this on a page.
fn after(page: &Page, attribute: &str) -> Vec<String> {
    let values = page.html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next());
    values.filter(|path| path.starts_with("/assets/")).map(str::to_owned).collect()
}

/// The addresses of the style sheets and of the logo on a page.
fn files(page: &Page) -> (Vec<String>, Option<String>) {
    (after(page, "rel=\"stylesheet\" href=\""), after(page, "img class=\"logo\" src=\"").into_iter().next())
}

/// Where the icon is.
fn icon(page: &Page) -> String {
    let [icon] = &after(page, "rel=\"icon\" href=\"")[..] else { panic!("one icon: {}", page.html) };
    icon.clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tenants_files_are_served_to_be_kept_and_can_do_nothing() {
    let world = World::practice(Database::Sqlite).await;
    let mut browser = world.browser();
    let orebro = world.tenant("orebro");
    for host in [&orebro.reset, &orebro.register] {
        let page = browser.get(host, "/").await;
        let (sheets, logo) = files(&page);
        let [built_in, own] = &sheets[..] else { panic!("two style sheets: {sheets:?}") };
        assert!(built_in.starts_with("/assets/portvakt.") && own.starts_with("/assets/brand."), "{sheets:?}");
        let (logo, icon) = (logo.expect("a logo"), icon(&page));
        let image = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";
        for (path, kind, policy) in [
            (own, "text/css; charset=utf-8", "default-src 'none'; script-src 'self'"),
            (&logo, "image/svg+xml", image),
            (&icon, "image/svg+xml", image),
        ] {
            let file = browser.get(host, path).await;
            assert_eq!((file.status.as_u16(), header(&file, "content-type")), (200, kind), "{path}");
            assert_eq!(header(&file, "cache-control"), "public, max-age=31536000, immutable", "{path}");
            assert!(header(&file, "content-security-policy").starts_with(policy), "{path}");
            assert_eq!(file.headers.get_all("content-security-policy").iter().count(), 1, "{path}");
            assert_eq!(header(&file, "x-content-type-options"), "nosniff", "{path}");
            assert!(file.headers.get("set-cookie").is_none(), "{path}");
            // The other tenant's hosts know nothing of it.
            let mjolby = world.tenant("mjolby");
            for other in [&mjolby.reset, &mjolby.register] {
                let elsewhere = browser.get(other, path).await;
                assert_eq!(elsewhere.status, 404, "{path} at {other}");
                assert!(!elsewhere.html.contains("#0f5f4c") && header(&elsewhere, "cache-control") == "no-store");
            }
        }
        // Who asks where icons used to be is led there, and asks again the next time: the look may be another one then.
        let asked = browser.once(Method::GET, host, "/favicon.ico", None).await;
        assert_eq!((asked.status.as_u16(), header(&asked, "location")), (302, icon.as_str()));
        assert_eq!(header(&asked, "cache-control"), "no-store");
        let drawing = browser.get(host, &icon).await.html;
        assert!(drawing.contains("fill=\"#0f4d3f\"") && !drawing.contains("#0b4a63"), "the head's colour: {drawing}");
        let sheet = browser.get(host, own).await.html;
        assert!(sheet.contains("--action: #0f5f4c") && sheet.contains("(prefers-color-scheme: dark)"), "{sheet}");
        // No colour is on the page itself: its policy would not have it.
        assert!(!page.html.contains("style=") && !page.html.contains("<style"), "{}", page.html);
        assert!(page.html.contains("alt=\"Ett slott vid vattnet\""), "{}", page.html);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_look_is_under_another_name_and_who_sets_nothing_has_ours() {
    let world = World::practice(Database::Sqlite).await;
    let mut browser = world.browser();
    let host = world.tenant("orebro").reset.clone();
    let first = browser.get(&host, "/").await;
    let ((before, logo_before), icon_before) = (files(&first), icon(&first));

    let drawing = br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 30 10"><path fill="#ffffff" d="M0 0h30v10z"/></svg>"##;
    world
        .reconfigure("orebro", |settings| {
            settings.branding.light.accent = Some("#5f2c86".parse().expect("a colour"));
            settings.branding.light.header = Some("#4a2169".parse().expect("a colour"));
            settings.branding.logo = Some(Logo::read(drawing).expect("a logo"));
            settings.branding.logo_alt.insert(Language::En, "A flag < 5 & \"more\"".to_owned());
            settings.branding.name = Some("Örebro & Närke".to_owned());
        })
        .await;
    let page = world.browser().in_english().get(&host, "/").await;
    let (after, logo_after) = files(&page);
    assert!(before[1] != after[1] && logo_before != logo_after, "{before:?} {after:?}");
    assert!(
        page.html.contains("alt=\"A flag &#60; 5 &#38; &#34;more&#34;\" width=\"144\" height=\"48\""),
        "{}",
        page.html
    );
    assert!(page.html.contains("<p class=\"tenant\">Örebro &#38; Närke</p>"), "{}", page.html);
    assert!(page.html.contains(" – Örebro &#38; Närke</title>"), "{}", page.html);
    for gone in [&before[1], &icon_before] {
        assert_eq!(browser.get(&host, gone).await.status, 404, "{gone}");
    }
    assert!(browser.get(&host, &icon(&page)).await.html.contains("fill=\"#4a2169\""));
    assert!(browser.get(&host, &after[1]).await.html.contains("--action: #5f2c86"));
    // In what is sent the municipality has its own name.
    assert_eq!(world.served("orebro").settings.name, "Örebro kommun");

    world.reconfigure("orebro", |settings| settings.branding = Default::default()).await;
    let plain = browser.get(&host, "/").await;
    assert_eq!(files(&plain), (vec![before[0].clone()], None));
    let built_in = browser.get(&host, &icon(&plain)).await;
    assert!(built_in.status == 200 && built_in.html.contains("fill=\"#0b4a63\""), "{}", built_in.html);
    assert!(!plain.html.contains("<img") && plain.html.contains("<p class=\"tenant\">Örebro kommun</p>"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_stuck_is_told_at_once_whom_to_turn_to() {
    let world = World::practice_with(Database::Sqlite, |settings| {
        let desk = &mut settings.help_desk;
        desk.name = "Servicedesk".to_owned();
        desk.phone = Some("0142-36 60 00".to_owned());
        desk.mail = Some("it@orebro.se".to_owned());
        desk.hours.insert(Language::Sv, "vardagar 8–16".to_owned());
        desk.hours.insert(Language::En, "weekdays 8–16".to_owned());
        desk.url = Some("https://orebro.se/it/".parse().expect("an address"));
    })
    .await;
    let tenant = world.tenant("orebro");
    let directory = tenant.directory.practice();
    for (mut browser, hours) in [(world.browser(), "vardagar 8–16"), (world.browser().in_english(), "weekdays 8–16")]
    {
        for (host, path, stuck) in [
            (&tenant.reset, "/", false),
            (&tenant.register, "/", false),
            (&tenant.reset, "/cancelled", true),
            (&tenant.reset, "/code", true),
            (&tenant.register, "/nowhere", true),
        ] {
            let page = browser.get(host, path).await;
            for part in [
                "<a href=\"tel:0142366000\">0142-36 60 00</a>",
                "<a href=\"mailto:it@orebro.se\">it@orebro.se</a>",
                "<a href=\"https://orebro.se/it/\">orebro.se/it</a>",
                hours,
                "Servicedesk",
            ] {
                assert_eq!(page.html.matches(part).count(), 1, "{path}: {part} once in {}", page.html);
            }
            // On a page that only says something it stands with what is said, elsewhere at the foot.
            let (within, _) = page.html.split_once("</main>").expect("a main part");
            assert_eq!(within.contains("tel:0142366000"), stuck, "{path}");
        }
        // Where it is our fault as well: the directory is not reached.
        directory.refuse_connections().await;
        let start = browser.get(&tenant.register, "/").await;
        let page = browser.submit(&start, &[("username", "anna"), ("password", "Vinterbad88Sten")]).await;
        assert_eq!(page.status, 503, "{}", page.text());
        let (within, _) = page.html.split_once("</main>").expect("a main part");
        assert_eq!((within.matches("tel:0142366000").count(), within.matches(hours).count()), (1, 1), "{}", page.html);
        directory.accept_connections().await;
    }
}
