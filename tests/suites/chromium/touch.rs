//! The journeys by touch: Örebro's from the first number to the new password, and in two languages.

use harness::chromium::{Chromium, Script};

use crate::stage::Stage;

const NEXT: &str = "button.next";
/// Nobody's number, of the range that is kept free for fiction.
const NUMBER: (&str, &str) = ("070-174 06 98", "+46701740698");

/// The other tests rest on the probe: it has to tell when script runs.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn script_is_off_where_it_is_said_to_be() {
    let with = Chromium::phone(Script::On).await;
    let page = "data:text/html,<p>without</p><script>document.querySelector('p').textContent = 'with'</script>";
    with.open(page).await;
    assert_eq!(with.text("p").await, "with");
    let without = Chromium::phone(Script::Off).await;
    without.open(page).await;
    assert_eq!(without.text("p").await, "without");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orebro_registers_a_first_number_and_resets_a_password_with_it() {
    let mut stage = Stage::set("orebro").await;
    let person = stage.account("orebro", "unregistered").await;
    let new = "Vinterbad88Sten";

    // 1. Registration: sign in, the password once more, the number, the code.
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    stage.comes_to("/", "sign-in").await;
    sign_in(&stage, &person.username, &person.password).await;
    stage.comes_to("/confirm", "confirm").await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/number", "number").await;
    stage.phone.fill("#number", NUMBER.0).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-new-number").await;
    let code = stage.code_at(NUMBER.1).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "number-done").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));

    // 2. The last page leads to pwreset; the new number is where the code goes.
    stage.phone.tap_through("main a[href*='pwreset']").await;
    stage.comes_to("/", "start").await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code").await;
    let code = stage.code_at(NUMBER.1).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/password", "password").await;
    stage.phone.fill("#password", new).await;
    stage.phone.fill("#password_again", new).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "password-done").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));

    // 3. The new password signs in at pwreg, the old one does not.
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    sign_in(&stage, &person.username, &person.password).await;
    assert!(stage.phone.has(".summary").await, "the old password no longer lets in");
    stage.look("sign-in-old-password").await;
    stage.phone.element("#username").await.clear().await.expect("a field to empty");
    sign_in(&stage, &person.username, new).await;
    assert_eq!(stage.phone.path().await, "/confirm");
    stage.phone.fill("#password", new).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/number", "number-registered").await;
    assert!(stage.phone.text(".number").await.ends_with("06 98"));

    // 4. The number is right; and whoever has had enough can stop.
    stage.phone.tap_through("form[action^='/keep'] button").await;
    stage.comes_to("/done", "number-kept").await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    stage.phone.tap_through("form.cancel button").await;
    stage.comes_to("/cancelled", "cancelled").await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/password")).await;
    stage.comes_to("/password", "start-over").await;
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/nowhere")).await;
    stage.comes_to("/nowhere", "not-found").await;
}

async fn sign_in(stage: &Stage, username: &str, password: &str) {
    stage.phone.fill("#username", username).await;
    stage.phone.fill("#password", password).await;
    stage.phone.tap_through(NEXT).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_language_changes_on_the_way_and_the_way_goes_on() {
    let mut stage = Stage::set("english").await;
    let person = stage.account("orebro", "normal").await;
    let number = person.number.expect("a number");
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    assert!(stage.phone.title().await.starts_with("Verifiera din identitet"), "{}", stage.phone.title().await);
    let code = stage.code_at(&number).await;

    // To English on the code page; a wrong code, the right one and a new password later it still is.
    stage.phone.tap_through(".language button[lang='en']").await;
    stage.comes_to("/code", "code").await;
    assert!(stage.phone.title().await.starts_with("Verify your identity"), "{}", stage.phone.title().await);
    stage.phone.fill("#code", if code == "000000" { "000001" } else { "000000" }).await;
    stage.phone.tap_through(NEXT).await;
    stage.look("code-wrong").await;
    assert!(stage.phone.title().await.starts_with("Error: "), "{}", stage.phone.title().await);
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/password", "password").await;
    assert!(stage.phone.title().await.starts_with("Enter a new password"), "{}", stage.phone.title().await);

    // Back to Swedish, and to the end.
    stage.phone.tap_through(".language button[lang='sv']").await;
    assert!(stage.phone.title().await.starts_with("Ange ett nytt lösenord"), "{}", stage.phone.title().await);
    stage.phone.fill("#password", "Tallkotte52Vind").await;
    stage.phone.fill("#password_again", "Tallkotte52Vind").await;
    stage.phone.tap_through(NEXT).await;
    assert_eq!(stage.phone.path().await, "/done");
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
    stage.phone.tap_through(".language button[lang='en']").await;
    stage.comes_to("/done", "done").await;
    assert!(stage.phone.text("h1").await.starts_with("Done"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_demo_shows_where_to_begin_and_what_arrived() {
    let mut stage = Stage::set("demo").await;
    stage.phone.open(&stage.url("localhost", "/")).await;
    stage.comes_to("/", "start").await;
    stage.phone.tap_through("main a.go").await;
    stage.comes_to("/demo/outbox", "outbox-empty").await;

    // A whole reset, begun from the start page; the outbox shows the code and both notices.
    let person = stage.account("mjolby", "normal").await;
    stage.phone.open(&stage.url("localhost", "/?lang=en")).await;
    stage.phone.tap_through("main a[href*='pwreset.mjolby']").await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    let code = stage.code_at(&person.number.expect("a number")).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.phone.tap(".choice label[for='choice-new']").await;
    stage.phone.tap_through(NEXT).await;
    stage.phone.fill("#password", "Tallkotte52Vind").await;
    stage.phone.fill("#password_again", "Tallkotte52Vind").await;
    stage.phone.tap_through(NEXT).await;
    assert!(stage.phone.text("h1").await.starts_with("Done"), "the start page's language goes along");
    stage.arrived(3).await;
    stage.phone.open(&stage.url("localhost", "/demo/outbox?live=no")).await;
    stage.comes_to("/demo/outbox", "outbox").await;
    assert_eq!(stage.phone.text("strong.code").await, code);
}
