//! pwreg without touching anything: a number is registered by Tab, Enter and what is typed, and nothing else.

use crate::stage::Stage;

/// More stops than any page has.
const MANY: usize = 40;
/// Nobody's number, of the range that is kept free for fiction.
const NUMBER: (&str, &str) = ("070-174 06 98", "+46701740698");

/// What has the focus; where it is hidden by something, or its ring can't be seen, that is said instead.
const FOCUS: &str = "
  const now = document.activeElement;
  if (now === document.body) return '';
  const style = getComputedStyle(now), box = now.getBoundingClientRect();
  if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) return `no ring on ${now.outerHTML}`;
  if (box.top < 0 || box.bottom > innerHeight) return `out of the window: ${now.outerHTML}`;
  const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (!now.contains(hit) && hit?.control !== now) return `hidden: ${now.outerHTML}`;
  return now.id || now.className || now.localName;";

impl Stage {
    async fn tab_to_id(&self, id: &str) {
        for _ in 0..MANY {
            self.phone.tab().await;
            let focus = self.phone.ask(FOCUS).await;
            let focus = focus.as_str().expect("a word");
            assert!(!focus.contains('<'), "{focus}");
            if focus == id {
                return;
            }
        }
        panic!("Tab does not lead to {id} on {}", self.phone.path().await);
    }

    async fn type_into(&self, id: &str, text: &str) {
        self.tab_to_id(id).await;
        self.phone.press(text.chars()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn orebro_registers_a_number_by_keyboard_also_after_a_mistake() {
    let mut stage = Stage::set("accessible-keyboard").await;
    let person = stage.account("orebro", "unregistered").await;
    stage.phone.open(&stage.url("pwreg.orebro.localhost", "/")).await;
    stage.type_into("username", &person.username).await;
    stage.type_into("password", &person.password).await;
    stage.phone.enter_through().await;
    assert_eq!(stage.phone.path().await, "/confirm");
    stage.type_into("password", &person.password).await;
    stage.phone.enter_through().await;
    assert_eq!(stage.phone.path().await, "/number");

    // A number that is none: the errors have the focus, and Tab and Enter lead from there into the field.
    stage.type_into("number", "12").await;
    stage.phone.enter_through().await;
    stage.is_told("number", "inte ut som ett mobilnummer", "number-malformed").await;
    let emptied = "const field = document.activeElement; field.select(); return field.value";
    assert_eq!(stage.phone.ask(emptied).await, "12", "what was typed is there still");
    stage.phone.press(NUMBER.0.chars()).await;
    stage.phone.enter_through().await;
    assert_eq!(stage.phone.path().await, "/code");
    let code = stage.code_at(NUMBER.1).await;
    stage.type_into("code", &code).await;
    stage.phone.enter_through().await;
    assert_eq!(stage.phone.path().await, "/done");
    assert!(stage.phone.text("h1").await.starts_with("Klart"));

    // On from there to the other house, and back to the beginning of a page past its head.
    stage.phone.tab().await;
    assert_eq!(stage.phone.ask(FOCUS).await, "skip", "the first stop of a page");
}
