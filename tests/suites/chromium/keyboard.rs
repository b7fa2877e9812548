//! Mjölby's journeys without touching anything: Tab, Space, an arrow, Enter.

use fantoccini::key::Key;

use crate::stage::Stage;

/// More stops than any page has.
const MANY: usize = 40;
/// The last thing on every page.
const LAST: &str = ".language button:last-of-type";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mjolby_unlocks_an_account_and_resets_another_by_keyboard() {
    let mut stage = Stage::set("mjolby").await;

    // 1. Locked out, and the password is known: it is kept.
    let person = stage.account("mjolby", "locked").await;
    stage.prove_by_keyboard(&person.username, person.number.as_deref().expect("a number")).await;
    stage.comes_to("/choose", "choose").await;
    stage.visit_every_stop().await;
    stage.tab_to("#choice-keep").await;
    stage.phone.press([' ']).await;
    assert!(stage.phone.element("#choice-keep").await.is_selected().await.expect("an answer"));
    stage.phone.enter_through().await;
    stage.comes_to("/done", "unlocked").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));

    // Unlocked and kept: the password signs in at pwreg, which shows the number.
    stage.phone.open(&stage.url("pwreg.mjolby.localhost", "/")).await;
    stage.comes_to("/", "sign-in").await;
    stage.visit_every_stop().await;
    stage.tab_to("#username").await;
    stage.phone.press(person.username.chars()).await;
    stage.phone.tab().await;
    assert_eq!(stage.focus().await, "password");
    stage.phone.press(person.password.chars()).await;
    stage.phone.enter_through().await;
    stage.comes_to("/number", "number").await;
    stage.visit_every_stop().await;

    // 2. A forgotten password: a new one.
    let person = stage.account("mjolby", "normal").await;
    stage.prove_by_keyboard(&person.username, person.number.as_deref().expect("a number")).await;
    stage.tab_to("#choice-keep").await;
    stage.phone.press([Key::Down.into()]).await;
    assert!(stage.phone.element("#choice-new").await.is_selected().await.expect("an answer"));
    stage.phone.enter_through().await;
    stage.comes_to("/password", "password").await;
    stage.visit_every_stop().await;
    for field in ["#password", "#password_again"] {
        stage.tab_to(field).await;
        stage.phone.press("Tallkotte52Vind".chars()).await;
    }
    stage.phone.enter_through().await;
    stage.comes_to("/done", "password-done").await;
    assert!(stage.phone.text("h1").await.starts_with("Klart"));
}

impl Stage {
    /// From pwreset's first page to the one after the right code; the first Tab leads past the page's head.
    async fn prove_by_keyboard(&mut self, username: &str, number: &str) {
        self.phone.open(&self.url("pwreset.mjolby.localhost", "/")).await;
        self.comes_to("/", "start").await;
        self.visit_every_stop().await;
        self.tab_to(".skip").await;
        self.phone.press([Key::Enter.into()]).await;
        assert_eq!(self.focus().await, "main");
        self.phone.tab().await;
        assert_eq!(self.focus().await, "username", "past the page's head there is the field");
        self.phone.press(username.chars()).await;
        self.phone.enter_through().await;
        self.comes_to("/code", "code").await;
        self.visit_every_stop().await;
        let code = self.code_at(number).await;
        self.tab_to("#code").await;
        self.phone.press(code.chars()).await;
        self.phone.enter_through().await;
    }

    /// Presses Tab until something has the focus; whatever has it on the way can be seen to have it. Returns the
    /// number of stops.
    async fn tab_to(&self, css: &str) -> usize {
        for stop in 1..MANY {
            self.phone.tab().await;
            let script = format!(
                "const now = document.activeElement;
                 if (now === document.body) return 'nowhere';
                 const style = getComputedStyle(now), box = now.getBoundingClientRect();
                 const seen = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                   && box.bottom > 0 && box.top < innerHeight;
                 return now.matches({css:?}) ? (seen ? 'there' : 'unseen there') : (seen ? 'on' : 'unseen ' + now.outerHTML);"
            );
            match self.phone.ask(&script).await.as_str().expect("a word") {
                "there" => return stop,
                "on" | "nowhere" => {}
                other => panic!("{other} on {}", self.phone.path().await),
            }
        }
        panic!("Tab does not lead to {css} on {}", self.phone.path().await);
    }

    /// Tab comes to everything that can be pressed or filled in, once each, and then to the page's end.
    async fn visit_every_stop(&self) {
        // The radios of a group are one stop.
        let script = "return [...document.querySelectorAll(
            'a[href], button, input:not([type=hidden], [type=radio]), [type=radio]:first-of-type, [tabindex=\"0\"]'
          )].filter((stop) => !stop.closest('dialog')).length - Math.max(document.querySelectorAll('[type=radio]').length - 1, 0)";
        let expected = self.phone.ask(script).await.as_u64().expect("a count") as usize;
        assert_eq!(self.tab_to(LAST).await, expected, "stops on {}", self.phone.path().await);
        // The window itself comes after the last stop, and then the page's first again.
        self.phone.tab().await;
        assert_eq!(self.focus().await, "", "after the last stop comes none");
    }
}
