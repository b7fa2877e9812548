//! Groups that say whom the tenant serves, through the pages: their members are served, and nobody else learns of it.

use harness::{Page, Person, State, World, journey, world::find_code};

use super::between::refused;

const NEW: &str = "Tallkotte41Vindfang";

/// Makes a new group the only one that is served. Returns a group in it, and itself.
async fn narrow(world: &World, slug: &str) -> (String, String) {
    let (inner, outer) = world.tenant(slug).directory.nested_groups().await;
    let allowed = vec![outer.clone()];
    world.reconfigure(slug, |settings| settings.directory.allowed_groups = allowed).await;
    (inner, outer)
}

/// Somebody with a number, in these groups.
async fn member(world: &World, slug: &str, state: State, groups: &[&str]) -> Person {
    let person = world.person(slug, state).await;
    for group in groups {
        world.tenant(slug).directory.join(&person, group).await;
    }
    person
}

pub async fn members_of_the_allowed_groups_alone_are_served(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let denied = world.tenant(slug).directory.denied_group();
        let (inner, outer) = narrow(world, slug).await;
        let cases: [(&str, &[&str], bool); 5] = [
            ("a member", &[&outer], true),
            ("a member of a group in it", &[&inner], true),
            ("somebody outside", &[], false),
            ("a member whom a denied group excludes", &[&outer, &denied], false),
            ("a member of a group in it whom a denied group excludes", &[&inner, &denied], false),
        ];
        let mut signed_in: Option<String> = None;
        let mut asked: Option<[String; 2]> = None;
        for (who, groups, served) in cases {
            let who = format!("{slug}, {who}");
            let person = member(world, slug, State::Normal, groups).await;
            sign_in(world, slug, &who, &person, served, &mut signed_in).await;
            reset(world, slug, &who, &person, served, &mut asked).await;
        }
    }
}

/// At pwreg whoever is not served looks like somebody with a wrong password, to the byte.
async fn sign_in(world: &World, slug: &str, who: &str, person: &Person, served: bool, refused: &mut Option<String>) {
    let stripped = |page: &Page| page.html.replace(&page.hidden("start"), "").replace(&person.username, "");
    let mut browser = world.browser();
    let wrong = journey::sign_in(world, &mut browser, slug, &person.username, "Fel-losenord-1").await;
    assert_eq!((wrong.status.as_u16(), wrong.path.as_str()), (422, "/"), "{who}: {}", wrong.text());
    assert_eq!(&stripped(&wrong), refused.get_or_insert_with(|| stripped(&wrong)), "{who}: a wrong password");
    let page = journey::sign_in(world, &mut browser, slug, &person.username, &person.password).await;
    if served {
        assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/number"), "{who}: {}", page.text());
    } else {
        assert_eq!((page.status.as_u16(), page.path.as_str()), (422, "/"), "{who}: {}", page.text());
        assert_eq!(Some(&stripped(&page)), refused.as_ref(), "{who}: the right password");
    }
}

/// At pwreset everybody gets the same pages; whoever is served gets a code as well, and a new password.
async fn reset(world: &World, slug: &str, who: &str, person: &Person, served: bool, alike: &mut Option<[String; 2]>) {
    let directory = &world.tenant(slug).directory;
    let before = directory.traces(person).await;
    let mut browser = world.browser();
    let asked = journey::ask_for_code(world, &mut browser, slug, &person.username).await;
    let arrived = world.arrived().await;
    let to: Vec<_> = arrived.iter().map(|message| (message.channel, Some(&message.to))).collect();
    assert_eq!(to, if served { vec![("sms", person.number.as_ref())] } else { Vec::new() }, "{who}");
    let code = arrived.first().map(|sms| find_code(&sms.text).expect("a code"));

    let wrong = if code.as_deref() == Some("123456") { "654321" } else { "123456" };
    let guessed = browser.submit_to(&asked, "/code", &[("code", wrong)]).await;
    assert_eq!((guessed.status.as_u16(), guessed.path.as_str()), (422, "/code"), "{who}: {}", guessed.text());
    let seen = [asked.html, guessed.html.clone()];
    assert_eq!(&seen, alike.get_or_insert_with(|| seen.clone()), "{who}: the pages");

    let Some(code) = code else {
        let past_it = browser.post(&asked.host, "/password", &[("password", NEW), ("password_again", NEW)]).await;
        assert_ne!(past_it.status, 200, "{who}: {}", past_it.text());
        assert_eq!(directory.traces(person).await, before, "{who}: nothing was written");
        assert_eq!(directory.signs_in(person, &person.password).await, Ok(()), "{who}");
        return;
    };
    let page = browser.submit_to(&guessed, "/code", &[("code", &code)]).await;
    let page = to_new_password(&mut browser, page).await;
    let done = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
    assert_eq!(done.h1(), "Klart: Lösenordet har återställts", "{who}: {}", done.text());
    assert_eq!(directory.signs_in(person, NEW).await, Ok(()), "{who}");
    assert_eq!(directory.signs_in(person, &person.password).await, Err("52e".to_owned()), "{who}");
    assert_eq!(world.arrived().await.len(), 2, "{who}: a notice by SMS and one by mail");
}

async fn to_new_password(browser: &mut harness::Browser, page: Page) -> Page {
    let page = match page.path.as_str() {
        "/choose" => browser.submit_to(&page, "/choose", &[("choice", "new")]).await,
        _ => page,
    };
    assert_eq!(page.path, "/password", "{}", page.text());
    page
}

/// How somebody who was served when the code was sent is no longer.
#[derive(Debug, Clone, Copy)]
enum Loss {
    LeavesTheGroup,
    LeavesAGroupInIt,
    TheirGroupLeaves,
    IsDeniedToo,
    AnotherGroupIsNamed,
}

const LOSSES: [Loss; 5] = [
    Loss::LeavesTheGroup,
    Loss::LeavesAGroupInIt,
    Loss::TheirGroupLeaves,
    Loss::IsDeniedToo,
    Loss::AnotherGroupIsNamed,
];

/// Somebody who proved the number while still served, and then no longer is.
async fn prove_and_lose(world: &World, slug: &str, state: State, loss: Loss) -> (harness::Browser, Page, Person) {
    let directory = &world.tenant(slug).directory;
    let (inner, outer) = narrow(world, slug).await;
    let group = if matches!(loss, Loss::LeavesAGroupInIt | Loss::TheirGroupLeaves) { &inner } else { &outer };
    let person = member(world, slug, state, &[group]).await;
    let mut browser = world.browser();
    let mut page = journey::prove(world, &mut browser, slug, &person).await;
    if state == State::Normal {
        page = to_new_password(&mut browser, page).await;
    }
    match loss {
        Loss::LeavesTheGroup | Loss::LeavesAGroupInIt => directory.leave(&person, group).await,
        Loss::TheirGroupLeaves => directory.remove_member(&outer, &inner).await,
        Loss::IsDeniedToo => directory.join(&person, &directory.denied_group()).await,
        Loss::AnotherGroupIsNamed => {
            narrow(world, slug).await;
        }
    }
    (browser, page, person)
}

pub async fn who_is_no_longer_allowed_after_the_code_is_not_written_to(world: &World) {
    for slug in ["orebro", "mjolby"] {
        let directory = &world.tenant(slug).directory;
        for loss in LOSSES {
            let (mut browser, page, person) = prove_and_lose(world, slug, State::Normal, loss).await;
            let before = directory.traces(&person).await;
            let answer = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", NEW)]).await;
            refused(world, slug, &person, &answer, before.clone()).await;
            let again = browser.get(&world.tenant(slug).reset, "/password").await;
            refused(world, slug, &person, &again, before).await;
            assert_eq!(directory.signs_in(&person, NEW).await, Err("52e".to_owned()), "{slug}, {loss:?}");
            assert_eq!(directory.signs_in(&person, &person.password).await, Ok(()), "{slug}, {loss:?}");
        }
        assert!(world.told(slug, "password.intended", "history").await.is_empty(), "{slug}: not even an intent");
    }
    // The same before an unlock.
    let slug = "mjolby";
    let directory = &world.tenant(slug).directory;
    for loss in [Loss::LeavesTheGroup, Loss::IsDeniedToo] {
        let (mut browser, page, person) = prove_and_lose(world, slug, State::Locked, loss).await;
        let before = directory.traces(&person).await;
        let answer = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        refused(world, slug, &person, &answer, before).await;
        assert!(directory.is_locked(&person).await, "{loss:?}");
    }
    assert!(world.told(slug, "unlock.intended", "history").await.is_empty(), "not even an intent");
}
