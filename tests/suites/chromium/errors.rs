//! What a page does when something is wrong: it says so first, has the focus there, and leads to the field.

use crate::stage::Stage;

const NEXT: &str = "button.next";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_error_at_pwreset_takes_the_focus_and_leads_to_its_field() {
    let mut stage = Stage::set("errors-reset").await;
    let person = stage.account("mjolby", "normal").await;
    let number = person.number.expect("a number");
    stage.phone.open(&stage.url("pwreset.mjolby.localhost", "/")).await;
    stage.labels_lead_to_their_fields().await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "Skriv ditt användarnamn", "start-empty").await;
    stage.phone.fill("#username", &"långt".repeat(70)).await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "ser inte ut som ett användarnamn", "start-malformed").await;
    stage.phone.element("#username").await.clear().await.expect("a field to empty");
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;

    stage.comes_to("/code", "code").await;
    stage.labels_lead_to_their_fields().await;
    let code = stage.code_at(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (typed, words, at) in [
        ("", "Skriv säkerhetskoden", "code-empty"),
        ("12", "6 siffror", "code-short"),
        (wrong, "Koden stämmer inte", "code-wrong"),
    ] {
        stage.phone.fill("#code", typed).await;
        stage.phone.tap_through(NEXT).await;
        stage.is_told("code", words, at).await;
    }
    // Asked for again at once: there is a wait, said in words, and the code that came is still good.
    stage.phone.tap_through("form[action^='/code/again'] button").await;
    stage.look("code-again").await;
    assert!(stage.phone.text(".status").await.contains("för tidigt"), "the page says that it was too early");
    assert!(stage.phone.text("#again-wait").await.contains("sekunder"), "and for how long");
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;

    stage.comes_to("/choose", "choose").await;
    stage.phone.tap_through(NEXT).await;
    stage.look("choose-empty").await;
    assert!(stage.phone.text(".summary").await.contains("Välj ett av alternativen"));
    stage.phone.tap(".summary a").await;
    assert!(stage.focus().await.starts_with("choice-"), "the error leads to the choice: {}", stage.focus().await);
    // The whole box is the label, not the words alone.
    for choice in ["choice-keep", "choice-new"] {
        let script = format!(
            "const box = document.getElementById('{choice}-hint').getBoundingClientRect();
             return document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2).htmlFor"
        );
        stage.phone.tap(&format!("label[for='{choice}']")).await;
        assert_eq!(stage.phone.ask(&script).await, choice);
        assert!(stage.phone.element(&format!("#{choice}")).await.is_selected().await.expect("an answer"), "{choice}");
    }
    stage.phone.tap_through(NEXT).await;

    stage.comes_to("/password", "password").await;
    stage.labels_lead_to_their_fields().await;
    for (first, second, field, words, at) in [
        ("", "", "password", "Skriv ett nytt lösenord", "password-empty"),
        ("Tallkotte52Vind", "Tallkotte52Vin", "password_again", "inte lika", "password-different"),
        ("kort", "kort", "password", "Lösenordet ska", "password-rules"),
        (&person.password, &person.password, "password", "Du har haft det lösenordet tidigare", "password-earlier"),
    ] {
        stage.phone.fill("#password", first).await;
        stage.phone.fill("#password_again", second).await;
        stage.phone.tap_through(NEXT).await;
        stage.is_told(field, words, at).await;
    }
    // After all that the flow is alive.
    stage.phone.fill("#password", "Tallkotte52Vind").await;
    stage.phone.fill("#password_again", "Tallkotte52Vind").await;
    stage.phone.tap_through(NEXT).await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));

    // Wrong three times: the code is dead, and the right one comes too late.
    stage.phone.open(&stage.url("pwreset.mjolby.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.tap_through(NEXT).await;
    let code = stage.code_at(&number).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for (typed, words) in
        [(wrong, "stämmer inte"), (wrong, "stämmer inte"), (wrong, "tre gånger"), (&code, "tre gånger")]
    {
        stage.phone.fill("#code", typed).await;
        stage.phone.tap_through(NEXT).await;
        stage.is_told("code", words, "code-dead").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_error_at_pwreg_takes_the_focus_and_leads_to_its_field() {
    let mut stage = Stage::set("errors-register").await;
    let person = stage.account("orebro", "normal").await;
    let number = person.number.expect("a number");
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    stage.labels_lead_to_their_fields().await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "Skriv ditt användarnamn", "sign-in-empty").await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", "Inte-mitt-1").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("username", "stämmer inte", "sign-in-refused").await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;

    stage.comes_to("/confirm", "confirm").await;
    stage.labels_lead_to_their_fields().await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("password", "Skriv ditt nuvarande lösenord", "confirm-empty").await;
    stage.phone.fill("#password", "Inte-mitt-1").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("password", "Lösenordet stämmer inte", "confirm-wrong").await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;

    stage.comes_to("/number", "number").await;
    stage.labels_lead_to_their_fields().await;
    for (typed, words, at) in [
        ("hej", "inte ut som ett mobilnummer", "number-malformed"),
        ("019-21 10 00", "kan inte ta emot sms", "number-landline"),
        ("+47 406 12 345", "Sverige", "number-abroad"),
    ] {
        stage.phone.element("#number").await.clear().await.expect("a field to empty");
        stage.phone.fill("#number", typed).await;
        stage.phone.tap_through(NEXT).await;
        stage.is_told("number", words, at).await;
    }
    stage.phone.element("#number").await.clear().await.expect("a field to empty");
    stage.phone.fill("#number", "070-174 06 98").await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-old-number").await;
    stage.phone.fill("#code", "12").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("code", "6 siffror", "code-short").await;
    let code = stage.code_at(&number).await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/code", "code-new-number").await;
    let code = stage.code_at("+46701740698").await;
    stage.phone.fill("#code", &code).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/done", "done").await;

    // The second password wrong five times: the attempt is over, and the way on is to start again.
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    for _ in 0..5 {
        stage.phone.fill("#password", "Inte-mitt-1").await;
        stage.phone.tap_through(NEXT).await;
    }
    stage.look("exhausted").await;
    assert!(stage.phone.text("h1").await.contains("för många försök"), "{}", stage.phone.text("h1").await);
    stage.phone.tap_through("main a.go").await;
    stage.comes_to("/", "sign-in-again").await;

    // Without a number registered, none is an error.
    let person = stage.account("mjolby", "unregistered").await;
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    stage.phone.fill("#username", &person.username).await;
    stage.phone.fill("#password", &person.password).await;
    stage.phone.tap_through(NEXT).await;
    stage.comes_to("/number", "number-first").await;
    stage.phone.tap_through(NEXT).await;
    stage.is_told("number", "Skriv ditt mobilnummer", "number-empty").await;
}

impl Stage {
    /// A tap on a label puts the focus into its field.
    async fn labels_lead_to_their_fields(&self) {
        let labels = self.phone.ask("return [...document.querySelectorAll('label')].map((l) => l.htmlFor)").await;
        let labels = labels.as_array().expect("labels");
        assert!(!labels.is_empty(), "labels on {}", self.phone.path().await);
        for label in labels.iter().filter_map(|label| label.as_str()) {
            self.phone.tap(&format!("label[for='{label}']")).await;
            assert_eq!(self.focus().await, label);
        }
    }
}
