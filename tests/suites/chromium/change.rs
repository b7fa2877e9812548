//! Örebro's change by who knows a password that must be changed: by touch, with every error on the way.

use crate::stage::Stage;

const NEXT: &str = "button.next";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orebro_changes_a_password_that_must_be_changed() {
    let mut stage = Stage::set("change").await;
    let person = stage.account("orebro", "must_change").await;
    let number = person.number.expect("a number");
    let new = "Tallkotte52Vind";

    // 1. From the first page, below its form, to name and current password.
    stage.phone.open(&stage.url("pwreset.orebro.localhost", "/")).await;
    stage.comes_to("/", "start").await;
    stage.phone.tap_through("main a[href^='/change']").await;
    stage.comes_to("/change", "current").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "Skriv ditt användarnamn", "current-empty").await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", "Fel-losenord-1").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "stämmer inte", "current-wrong").await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;

    // 2. The code.
    stage.comes_to("/code", "code").await;
    let code = stage.code_at(&number).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;

    // 3. The current password once more, and the new one twice.
    stage.comes_to("/change/password", "password").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("current_password", "Skriv ditt nuvarande lösenord", "password-empty").await;
    for (current, first, again, field, words, at) in [
        ("Fel-losenord-1", new, new, "current_password", "Ditt nuvarande lösenord stämmer inte", "password-wrong"),
        (&person.password, new, "Annat52Vind", "password_again", "inte lika", "password-different"),
        (&person.password, "kort", "kort", "password", "minst 8 tecken", "password-short"),
        (
            &person.password,
            &person.password,
            &person.password,
            "password",
            "haft det lösenordet tidigare",
            "password-same",
        ),
    ] {
        fill(&stage, current, first, again).await;
        stage.is_told(field, words, at).await;
    }
    fill(&stage, &person.password, new, new).await;
    stage.comes_to("/done", "done").await;
    assert_eq!(stage.phone.text("h1").await, "Klart: Lösenordet är bytt");
}

async fn fill(stage: &Stage, current: &str, new: &str, again: &str) {
    stage.phone.fill("#current_password", current).await;
    stage.phone.fill("#password", new).await;
    stage.phone.fill("#password_again", again).await;
    stage.phone.tap_through(NEXT).await;
}
