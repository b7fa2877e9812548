//! Codes as Windows and Samba write them, answered by the practice directory.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use harness::{Browser, Database, Page, Person, State, World, journey};
use portvakt_demo::practice::{Fault, Operation};
use portvakt_domain::{
    tenant::{HistoryRule, KnownPassword, TenantSettings},
    time::Clock as _,
};
use portvakt_storage::rejections;

const NEW: &str = "Tallkotte41Vindfang";

/// A result code and its text; what becomes of it in a reset and in a change.
struct Case {
    answer: (u8, &'static str),
    reset: Told,
    change: Told,
}

/// Status, reason, and the beginning of the sentence in Swedish and English.
type Told = (u16, &'static str, &'static str, &'static str);

const EARLIER: Told = (422, "earlier", "Du har haft det lösenordet tidigare.", "You have used that password before.");
const CHARACTERS: Told = (
    422,
    "characters",
    "Lösenordet innehåller tecken som inte går att använda.",
    "The password contains characters that cannot be used.",
);
const NO_RIGHT: Told = (
    403,
    "no_right",
    "Det här kontots lösenord kan inte ändras här.",
    "The password of this account cannot be changed here.",
);
const NOT_TAKEN: Told = (
    503,
    "not_taken",
    "Kommunens system tog inte emot ändringen. Ditt lösenord är inte ändrat.",
    "The municipality's system did not take the change. Your password is unchanged.",
);
const UNAVAILABLE: Told = (
    503,
    "unavailable",
    "Vi når inte kommunens system just nu. Ditt lösenord är inte ändrat.",
    "We cannot reach the municipality's system right now. Your password is unchanged.",
);
const WRONG: Told =
    (422, "wrong_password", "Ditt nuvarande lösenord stämmer inte. Skriv det igen.", "Your current password is wrong.");
const LOCKED: Told = (403, "locked", "Kontot är låst efter för många felaktiga lösenord.", "The account is locked");

const CASES: [Case; 19] = [
    // Password restriction: in Windows 53 for a reset and 19 for a change, in Samba 19 with prose that nobody may rely on.
    both((53, "0000052D: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0"), EARLIER),
    both((19, "0000052D: AtrErr: DSID-03191083, #1: 0: 0000052D: DSID-03191083, problem 1005"), EARLIER),
    both((19, "0000052D: Constraint violation - check_password_restrictions: the password is too short."), EARLIER),
    both((19, "0000052D: Constraint violation - check_password_restrictions: (in history)!"), EARLIER),
    both((53, "0000052C: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0"), CHARACTERS),
    both((19, "0000052C: AtrErr: DSID-03191083, #1:"), CHARACTERS),
    // Wrong old password, and locked out: they mean that in a change alone.
    Case { answer: (19, "00000056: AtrErr: DSID-03191083, #1:"), reset: NOT_TAKEN, change: WRONG },
    Case { answer: (19, "00000775: Password change not permitted"), reset: NOT_TAKEN, change: LOCKED },
    // No right: Windows' code and result, Samba's, and a result without any code.
    both((50, "00000005: SecErr: DSID-03152870, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0"), NO_RIGHT),
    both((50, "error in module acl: insufficient access rights during LDB_MODIFY (50)"), NO_RIGHT),
    both((19, "00002098: Object CN=anna has no write property access"), NO_RIGHT),
    both((32, "00002030: No such Base DN: CN=anna"), NO_RIGHT),
    // Not taken as the directory is set up: without encryption, without a code, ill-quoted, read-only, without the control.
    both((53, "0000001F: SvcErr: DSID-031A120C, problem 5003 (WILL_NOT_PERFORM), data 0"), NOT_TAKEN),
    both((53, ""), NOT_TAKEN),
    both((53, "00002035: setup_io: it's not allowed to set the NT hash password directly"), NOT_TAKEN),
    both((10, "0000202B: RefErr: DSID-0310084A, data 0, 1 access points"), NOT_TAKEN),
    both((12, "Critical extension is unavailable"), NOT_TAKEN),
    // Not now.
    both((51, ""), UNAVAILABLE),
    both((80, "00002024: SvcErr"), UNAVAILABLE),
];

const fn both(answer: (u8, &'static str), told: Told) -> Case {
    Case { answer, reset: told, change: told }
}

/// Both tenants let who knows the password change it without a code.
fn without_code(settings: &mut TenantSettings) {
    settings.reset.known_password = KnownPassword::WithoutCode;
}

/// To the form for a new password.
async fn to_the_form(world: &World, browser: &mut Browser, person: &Person, change: bool) -> Page {
    // What the guard has counted is past, and of codes there are few enough in a day.
    world.clock.advance(TimeDelta::hours(2));
    if change {
        return journey::to_change(world, browser, "orebro", person).await;
    }
    journey::prove(world, browser, "orebro", person).await
}

async fn submit(browser: &mut Browser, page: &Page, person: &Person, change: bool, new: &str) -> Page {
    if change {
        return journey::submit_change(browser, page, &person.password, new).await;
    }
    browser.submit_to(page, "/password", &[("password", new), ("password_again", new)]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_has_its_sentence_in_both_languages() {
    let world = &World::practice_with(Database::Sqlite, without_code).await;
    let directory = &world.tenant("orebro").directory;
    let person = world.person("orebro", State::Normal).await;
    let mut counted: BTreeMap<String, i64> = BTreeMap::new();
    for case in &CASES {
        for (change, english) in [(false, false), (false, true), (true, false), (true, true)] {
            let (status, reason, swedish_words, english_words) = if change { case.change } else { case.reset };
            let shown = format!("{:?}, change: {change}, english: {english}", case.answer);
            // Each on a network of its own, none of which asks for too many codes.
            let mut browser = if english { world.browser().in_english() } else { world.browser() };
            let page = to_the_form(world, &mut browser, &person, change).await;
            directory.practice().fail_once(Operation::Modify, Fault::Refused(case.answer.0, case.answer.1));
            let before = directory.traces(&person).await;
            let told = submit(&mut browser, &page, &person, change, NEW).await;
            assert_eq!(told.status.as_u16(), status, "{shown}: {}", told.text());
            let words = if english { english_words } else { swedish_words };
            assert!(told.text().contains(words), "{shown}: {}", told.text());
            for piece in ["DSID", "CN=", "0000", "LDB"] {
                assert!(!told.html.contains(piece), "{shown}: the directory's own words are shown");
            }
            assert_eq!(directory.traces(&person).await, before, "{shown}");
            let kind = if change { "change.outcome" } else { "password.outcome" };
            assert_eq!(world.told("orebro", kind, "reason").await.last().map(String::as_str), Some(reason), "{shown}");
            *counted.entry(reason.to_owned()).or_default() += 1;
            goes_on(world, &mut browser, change, reason, &shown).await;
        }
    }
    assert_eq!(statistics(world).await, counted, "every rejection is counted once");
    let metrics = reqwest::get(format!("http://{}/metrics", world.internal)).await.expect("metrics");
    let metrics = metrics.text().await.expect("a text");
    for (reason, count) in counted {
        let line = format!("portvakt_password_rejections_total{{reason=\"{reason}\"}} {count}");
        assert!(metrics.lines().any(|found| found == line), "{line}: {metrics}");
    }
}

/// The form is there again, but for who is locked out.
async fn goes_on(world: &World, browser: &mut Browser, change: bool, reason: &str, shown: &str) {
    let path = if change { "/change/password" } else { "/password" };
    let page = browser.get(&world.tenant("orebro").reset, path).await;
    let expected = if reason == "locked" { 429 } else { 200 };
    assert_eq!((page.status.as_u16(), page.path.as_str()), (expected, path), "{shown}: {}", page.text());
}

/// Today's and earlier counts of Örebro, by reason.
async fn statistics(world: &World) -> BTreeMap<String, i64> {
    let (store, tenant) = (&world.shared.platform.store, world.tenant("orebro").id);
    let mut counted = BTreeMap::new();
    let long_ago = (world.clock.now() - TimeDelta::days(300)).date_naive();
    for row in rejections::since(store, tenant, long_ago).await.expect("counts") {
        *counted.entry(row.reason).or_default() += row.count;
    }
    counted
}

/// What the rules of the page refuse is counted as well, each reason once for each form.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_pages_own_rules_refuse_is_counted_too() {
    for database in [Database::Sqlite, Database::Postgres] {
        let world = &World::practice_with(database, without_code).await;
        let person = world.person("orebro", State::Normal).await;
        for change in [false, true] {
            let mut browser = world.browser();
            let mut page = to_the_form(world, &mut browser, &person, change).await;
            // Nothing typed, and two that differ, are no passwords that were refused.
            page = submit(&mut browser, &page, &person, change, "").await;
            for new in ["kort", "Tallkåtte41Vind", "tallkottevind"] {
                page = submit(&mut browser, &page, &person, change, new).await;
                assert_eq!(page.status, 422, "{}", page.text());
            }
        }
        let expected = [("characters", 2), ("too_short", 2), ("too_simple", 4)];
        let expected = expected.into_iter().map(|(reason, count)| (reason.to_owned(), count)).collect();
        assert_eq!(statistics(world).await, expected, "{database:?}");
        assert!(world.told("orebro", "change.intended", "method").await.is_empty());
    }
}

/// Without policy hints a reset makes nobody look at earlier passwords: then they can't be the reason.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reset_that_does_not_look_back_blames_no_earlier_password() {
    let no_history = |settings: &mut TenantSettings| {
        without_code(settings);
        settings.directory.history = HistoryRule::None;
    };
    let world = &World::practice_with(Database::Sqlite, no_history).await;
    let person = world.person("orebro", State::Normal).await;
    for (change, words) in [
        (false, "Kommunens system godkände inte lösenordet. Välj ett helt annat, gärna längre."),
        (true, "Du har haft det lösenordet tidigare."),
    ] {
        let mut browser = world.browser();
        let page = to_the_form(world, &mut browser, &person, change).await;
        let server = world.tenant("orebro").directory.practice();
        server.fail_once(Operation::Modify, Fault::Refused(53, "0000052D: SvcErr"));
        let told = submit(&mut browser, &page, &person, change, NEW).await;
        assert!(told.text().contains(words), "change: {change}: {}", told.text());
    }
}
