//! The pages about numbers by touch, for an account with three holders: one more, one less, a lost phone, and stopping it.

use crate::stage::{Account, Stage};

const NEXT: &str = "button.next";
/// Nobody's number, of the range that is kept free for fiction.
const NUMBER: (&str, &str) = ("070-174 06 97", "+46701740697");

/// Signs in at pwreg; Örebro asks for the password once more.
async fn sign_in(stage: &Stage, slug: &str, account: &Account) {
    stage.phone.open(&stage.url(&format!("pwreg.{slug}.localhost"), "/")).await;
    stage.phone.fill("#username", &account.username).await;
    stage.phone.fill("#password", &account.password).await;
    stage.phone.tap_through(NEXT).await;
    if stage.phone.path().await == "/confirm" {
        stage.phone.fill("#password", &account.password).await;
        stage.phone.tap_through(NEXT).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holders_are_added_and_removed_by_touch() {
    let mut stage = Stage::set("numbers").await;
    let account = stage.account("mjolby", "functional").await;
    let first = account.number.clone().expect("a number");

    // 1. Three holders; one more, with a mistake on the way.
    sign_in(&stage, "mjolby", &account).await;
    stage.comes_to("/number", "numbers").await;
    stage.phone.tap_through("main a[href^='/add']").await;
    stage.comes_to("/add", "add-holder").await;
    stage.phone.fill("#number", NUMBER.0).await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("holder", "Skriv namnet", "add-holder-empty").await;
    stage.phone.fill("#holder", "Åsa Öst").await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-add").await;
    for number in [first.as_str(), NUMBER.1] {
        let code = stage.code_at(number).await;
        stage.phone.fill("#code", &code).await;
        stage.phone.tap_through(NEXT).await;
    }
    stage.comes_to("/done", "done-added").await;
    assert!(stage.phone.text("main").await.contains("Åsa Öst"));

    // 2. One less: which one has to be said.
    sign_in(&stage, "mjolby", &account).await;
    stage.phone.tap_through("main a[href^='/remove']").await;
    stage.comes_to("/remove", "remove").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("which-1", "Välj ett av numren", "remove-nothing").await;
    stage.phone.tap(".choice label[for='which-4']").await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-remove").await;
    let code = stage.code_at(&first).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "done-removed").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_phone_is_told_and_stopped_by_touch() {
    let mut stage = Stage::set("lost").await;
    let account = stage.account("orebro", "functional").await;
    let first = account.number.clone().expect("a number");

    // 1. A lost phone: the change waits, and the page says so.
    sign_in(&stage, "orebro", &account).await;
    stage.phone.tap_through("main a[href^='/lost']").await;
    stage.comes_to("/lost", "lost").await;
    stage.phone.tap(".choice label[for='which-2']").await;
    stage.phone.fill("#number", NUMBER.0).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-new").await;
    let code = stage.code_at(NUMBER.1).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "done-waiting").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
    sign_in(&stage, "orebro", &account).await;
    stage.comes_to("/number", "numbers-waiting").await;
    assert!(stage.phone.text(".status").await.contains("Ett byte av mobilnummer är på väg."));

    // 2. Whoever has the first phone stops it, without a sign-in.
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/stop")).await;
    stage.comes_to("/stop", "stop").await;
    stage.phone.fill("#username", &account.username).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-stop").await;
    let code = stage.code_at(&first).await;
    stage.phone.fill("#number", "08-123").await;
    stage.phone.tap_through("form[action^='/code/another'] button").await;
    stage.is_told("number", "Numret", "code-stop-another").await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "done-stopped").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
}
