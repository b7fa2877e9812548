//! What the page on personal data says follows from settings and from what is really kept; and the page on cookies.

use harness::{Database, State, World, journey};
use portvakt_domain::{
    breaker::PROVEN_DAYS,
    flow::{IDLE_LIFE, WHOLE_LIFE},
    tenant::{PrivacySettings, SmsAccount},
};
use portvakt_storage::sweep::SweepAges;

use crate::{both, hosts, leads_to, says};

const SAID: &str = r#"
controller = { name = "Kommunstyrelsen", mail = "ks@orebro.se", phone = "019-21 40 00" }
data_protection_officer = { name = "Dataskyddsombudet", mail = "dso@orebro.se", phone = "019-21 30 00" }
processor = "Sydnärkes IT"
legal_basis = "legal_obligation"
transfers = { sv = "Sms går via USA.", en = "Messages go through the USA." }
url = "https://www.orebro.se/gdpr"
"#;

fn said(text: &str) -> PrivacySettings {
    toml::from_str(text).expect("a section")
}

fn account(text: &str) -> SmsAccount {
    toml::from_str(text).expect("an account")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_gets_what_why_and_for_how_long_is_said_of_one_tenant() {
    let world = World::practice(Database::Sqlite).await;
    world
        .reconfigure("orebro", |settings| {
            settings.privacy = said(SAID);
            settings.reminders.send = true;
            settings.reminders.fallback = vec!["it@orebro.se".to_owned()];
            settings.sms.accounts = vec![
                account("provider = \"telenor\"\nsender = \"Orebro\"\nusername = \"a\"\ncustomer_id = \"1\""),
                account("provider = \"link\"\nsender = \"Orebro\"\nusername = \"a\"\nplatform_id = \"1\"\nplatform_partner_id = \"2\""),
            ];
        })
        .await;
    world
        .reconfigure("mjolby", |settings| {
            settings.reminders.send = false;
            settings.registration.absent_days = 90;
        })
        .await;
    let ages = SweepAges::default();
    for host in hosts(&world, "orebro") {
        let [swedish, english] = both(&world, &host, "/privacy").await;
        says(
            &swedish,
            &[
                "Kommunstyrelsen i Örebro kommun är personuppgiftsansvarig",
                "Vill du något annat vänder du dig till Kommunstyrelsen i Örebro kommun.",
                "artikel 6.1 c",
                "Sydnärkes IT driver tjänsten",
                "går till Telenor eller LINK Mobility, som skickar sms",
                "den e-postserver som Örebro kommun har valt",
                "Sms går via USA.",
                "Dataskyddsombudet",
                "allmänna handlingar",
                "Ip-adressen sparas inte",
                "får enhetens mottagare, till exempel chefen, ett mejl med personens namn",
                &format!("tas bort efter {} timmar", ages.flows.num_hours()),
                &format!("vart, sparas i {} dagar", ages.messages.num_days()),
                &format!("väntat sparas i {} dagar", ages.number_changes.num_days()),
                &format!("tas bort {} dagar efter det senaste försöket", ages.guards.num_days()),
                &format!("koden för nätverket i {PROVEN_DAYS} dagar från senaste gången"),
                "avstängt, avslutat eller borttaget i 30 dagar tas numret bort av sig självt",
                &format!("Svar om guiderna tas bort efter {} dagar", ages.feedback.num_days()),
                &format!(
                    "Att en påminnelse om lösenord har skickats, och till vilken enhets mottagare, sparas i {} dagar",
                    ages.reminders.num_days()
                ),
                &format!("Att ett konto fanns med i en påminnelse sparas i {} dagar", ages.reminder_marks.num_days()),
                "Fråga Örebro kommun hur länge",
            ],
            &["46elks", "artikel 6.1 e", "Fråga Örebro kommun vem", "kommunens katalog, som har sina egna"],
        );
        says(&english, &["to Telenor or LINK Mobility", "Messages go through the USA.", "article 6.1 c"], &["46elks"]);
        for page in [&swedish, &english] {
            for address in [
                "https://www.imy.se",
                "mailto:ks@orebro.se",
                "tel:019214000",
                "mailto:dso@orebro.se",
                "tel:019213000",
                "https://www.orebro.se/gdpr",
                "https://pwreg.orebro.se/",
            ] {
                assert!(leads_to(page, address), "{address}: {}", page.html);
            }
        }
    }
    // The other one has said less, and another supplier.
    for host in hosts(&world, "mjolby") {
        let [swedish, _] = both(&world, &host, "/privacy").await;
        says(
            &swedish,
            &[
                "Mjölby kommun är personuppgiftsansvarig",
                "Namn: Servicedesk",
                "går till 46elks,",
                "artikel 6.1 e",
                "Fråga Mjölby kommun vem",
                "Mjölby kommun har ett dataskyddsombud",
                "borttaget i 90 dagar",
            ],
            &["Örebro", "Sydnärkes", "USA", "Telenor", "Kommunstyrelsen", "påminnelse"],
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whether_one_may_object_follows_from_the_ground() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("orebro").register.clone();
    let (may, may_not) = (
        "har du rätt att när som helst invända",
        "Rätten att invända (artikel 21 i dataskyddsförordningen) gäller inte",
    );
    for (basis, these, not, heading) in [
        ("public_interest", [may, "Vänd dig till Örebro kommun"], may_not, true),
        ("legal_obligation", [may_not, "en rättslig förpliktelse"], may, false),
    ] {
        let section = said(&format!("legal_basis = \"{basis}\""));
        world.reconfigure("orebro", |settings| settings.privacy = section).await;
        let [swedish, english] = both(&world, &host, "/privacy").await;
        says(&swedish, &these, &[not]);
        // It stands apart from all else, as the law wants it (art. 21.4).
        assert_eq!(swedish.html.contains("<h2>Du kan invända</h2>"), heading, "{basis}");
        assert_eq!(english.html.contains("<h2>You may object</h2>"), heading, "{basis}");
        assert_eq!(english.text().contains("does not apply here"), !heading, "{basis}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_outside_the_eea_is_named_with_what_is_not_said() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("orebro").reset.clone();
    let twilio = "provider = \"twilio\"\nsender = \"Orebro\"\nusername = \"a\"\naccount_sid = \"b\"";
    let sinch = "provider = \"sinch\"\nsender = \"Orebro\"\nservice_plan_id = \"a\"";
    let american = format!("{sinch}\nregion = \"us\"");
    let (none, unguarded) =
        ("inte angett någon överföring till andra länder", "inte angett hur uppgifterna skyddas där");
    for (accounts, mail, own, these, not) in [
        (vec![sinch], "smtp.orebro.se", "", vec!["Sinch", "finns inom EU eller EES", none], vec!["USA", unguarded]),
        (vec![&american], "smtp.orebro.se", "", vec!["till USA, genom Sinch.", unguarded], vec![none]),
        (
            vec![twilio, sinch],
            "smtp.office365.com",
            "",
            vec!["till USA, genom Twilio och Microsoft.", unguarded],
            vec![none, "genom Twilio och Sinch"],
        ),
        // What the municipality says of it takes the place of that it said nothing, and not of the fact.
        (
            vec![twilio],
            "smtp.orebro.se",
            "transfers = { sv = \"Vi har standardavtalsklausuler.\", en = \"Clauses.\" }",
            vec!["till USA, genom Twilio.", "Vi har standardavtalsklausuler."],
            vec![none, unguarded],
        ),
    ] {
        world
            .reconfigure("orebro", |settings| {
                settings.sms.accounts = accounts.iter().map(|one| account(one)).collect();
                settings.mail.host = mail.parse().expect("a host");
                settings.privacy = said(own);
            })
            .await;
        let page = world.browser().get(&host, "/privacy").await;
        says(&page, &[&["Överföring till länder utanför EU och EES"], &these[..]].concat(), &not);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_number_in_the_directory_and_a_gateway_without_a_name_are_told() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("orebro").reset.clone();
    world
        .reconfigure("orebro", |settings| {
            settings.directory.number_attribute = Some("mobile".parse().expect("an attribute"));
            settings.sms.accounts = vec![account(
                "provider = \"http\"\nsender = \"Orebro\"\nurl = \"https://sms.example.se:8443/send?a=b\"\n\
                 [http]\nmethod = \"post\"\nauthentication = \"none\"\ncontent = \"json\"\n\
                 template = '{\"to\": \"{{to}}\", \"text\": \"{{text}}\"}'\nsuccess_codes = [200]",
            )];
        })
        .await;
    let page = world.browser().get(&host, "/privacy").await;
    says(
        &page,
        &[
            "kommunens katalog, som har sina egna",
            "går till en sms-tjänst som kommunen själv har valt, som",
            "har inte angett i vilket land sms-tjänsten finns",
        ],
        &["sms.example.se", "8443"],
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_about_to_give_a_number_is_led_to_what_becomes_of_it() {
    let world = World::practice(Database::Sqlite).await;
    let person = world.person("mjolby", State::Unregistered).await;
    let mut browser = world.browser();
    let start = browser.get(&world.tenant("mjolby").register, "/?lang=en").await;
    let form = |page: &harness::Page| page.html.split("</main>").next().expect("main").to_owned();
    assert!(form(&start).contains("href=\"/privacy?lang=en\""), "{}", start.html);
    let number = journey::sign_in(&world, &mut browser, "mjolby", &person.username, &person.password).await;
    assert_eq!(number.path, "/number");
    let main = form(&number);
    let (link, button) = (main.find("href=\"/privacy\""), main.find("class=\"next\""));
    assert!(link.is_some() && link < button, "before the number is sent: {main}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_one_cookie_is_named_with_its_real_life() {
    let world = World::practice(Database::Sqlite).await;
    for host in hosts(&world, "mjolby") {
        let [swedish, english] = both(&world, &host, "/cookies").await;
        let (idle, whole) = (IDLE_LIFE.num_minutes(), WHOLE_LIFE.num_minutes());
        says(
            &swedish,
            &[
                "__Host-portvakt",
                &format!("efter {idle} minuter utan"),
                &format!("senast {whole} minuter efter"),
                &host,
            ],
            &["{"],
        );
        says(
            &english,
            &["__Host-portvakt", &format!("after {idle} minutes"), &format!("latest {whole} minutes")],
            &["{"],
        );
    }
    // What is set is what is named, and it is the only one.
    let person = world.person("mjolby", State::Normal).await;
    let mut browser = world.browser();
    let host = world.tenant("mjolby").reset.clone();
    let start = browser.get(&host, "/").await;
    let fields = [("start", start.hidden("start")), ("username", person.username.clone())];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let begun = browser.post_once(&host, "/", &fields).await;
    let set: Vec<_> = begun.headers.get_all("set-cookie").iter().collect();
    assert!(matches!(&set[..], [one] if one.to_str().is_ok_and(|one| one.starts_with("__Host-portvakt="))), "{set:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_kept_goes_after_the_tenants_own_periods() {
    let world = World::practice(Database::Sqlite).await;
    world.reconfigure("orebro", |settings| settings.retention.message_days = 7).await;
    for slug in ["orebro", "mjolby"] {
        let person = world.person(slug, State::Normal).await;
        journey::ask_for_code(&world, &mut world.browser(), slug, &person.username).await;
        world.arrived().await;
    }
    let host = &hosts(&world, "orebro")[0];
    let [swedish, english] = both(&world, host, "/privacy").await;
    says(&swedish, &["vart, sparas i 7 dagar"], &["vart, sparas i 30 dagar"]);
    says(&english, &["kept for 7 days"], &[]);

    // Also while nobody serves it: what is stored says how long.
    let kept = || world.sqlite("select count(*) from messages where kind = 'reset_code'")[0][0].clone();
    let swept = async |slug: &str| {
        let id = world.tenant(slug).id;
        portvakt_flows::sweep::run(&world.shared.platform, id, None).await.expect("swept");
    };
    world.clock.advance(chrono::TimeDelta::days(7));
    swept("orebro").await;
    assert_eq!(kept(), "2", "seven days, not a moment less");
    world.clock.advance(chrono::TimeDelta::seconds(1));
    swept("mjolby").await;
    assert_eq!(kept(), "2", "another tenant keeps its own for thirty");
    swept("orebro").await;
    assert_eq!(kept(), "1");
    assert!(world.told("orebro", "rows.swept", "messages").await.contains(&"1".to_owned()));
}
