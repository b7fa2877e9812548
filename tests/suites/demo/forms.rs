//! Every form of the demo works without a script, in both languages, and says what browsers and helpers need to know.

use harness::{Browser, Page};

use super::stage::{Demo, text};

/// The page's first POST form, which its first submit button sends.
fn first_form<'a>(page: &'a Page, action: &str) -> &'a str {
    let main = page.html.split_once("<main").expect("a main part").1;
    let button = main.find("<button").expect("a button");
    let form = main[..button].rfind("<form").expect("the button is in a form");
    assert!(!main[form..button].contains("</form>"), "the first button is in no form: {}", page.html);
    let form = main[form..].split("</form>").next().expect("a form");
    let tag = form.split('>').next().expect("a tag");
    assert!(tag.contains("method=\"post\"") && tag.contains(&format!("action=\"{action}")), "{tag}");
    let button = form.split_once("<button").expect("a button").1.split('>').next().expect("a tag");
    assert!(button.contains("type=\"submit\"") && !button.contains("formaction"), "{button}");
    // Scripts are files, and the form does without them.
    let (scripts, files) = ("<script", "<script src=\"/assets/");
    assert_eq!(page.html.matches(scripts).count(), page.html.matches(files).count(), "{}", page.path);
    assert!(!page.html.contains(" onclick"), "no script in the page itself");
    // Every field has a label.
    for field in form.split("<input").skip(1).map(|rest| rest.split('>').next().expect("a tag")) {
        if !field.contains("type=\"hidden\"") {
            let id = field.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id");
            assert!(form.contains(&format!("<label for=\"{id}\"")), "a label for {id}: {form}");
        }
    }
    form
}

/// The `autocomplete` tokens of a form, in order.
fn tokens(form: &str) -> Vec<&str> {
    form.split(" autocomplete=\"").skip(1).map(|rest| rest.split('"').next().expect("an end")).collect()
}

fn count(form: &str, token: &str) -> usize {
    tokens(form).iter().filter(|found| **found == token).count()
}

struct Words {
    browser: fn(Browser) -> Browser,
    keep: &'static str,
    new: &'static str,
    done: &'static str,
}

const LANGUAGES: [Words; 2] = [
    Words { browser: |browser| browser, keep: "Behåll", new: "nytt lösenord", done: "Klart" },
    Words { browser: Browser::in_english, keep: "keep", new: "new password", done: "Done" },
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forms_of_a_reset() {
    let demo = Demo::start().await;
    for (n, words) in LANGUAGES.iter().enumerate() {
        for tenant in ["orebro", "mjolby"] {
            let person = demo.accounts(tenant, "locked").await.remove(n);
            let mut browser = (words.browser)(Browser::new(demo.address));
            let start = browser.get(&demo.host("pwreset", tenant), "/").await;
            assert_eq!(tokens(first_form(&start, "/")), ["username"]);
            let (page, code, _) = demo.asks(&mut browser, tenant, &person).await;
            let form = first_form(&page, "/code");
            assert_eq!(tokens(form), ["one-time-code"]);
            assert!(form.contains("inputmode=\"numeric\""), "{form}");
            let mut page = browser.submit_to(&page, "/code", &[("code", &code)]).await;

            if tenant == "mjolby" {
                assert_eq!(page.path, "/choose");
                let form = first_form(&page, "/choose");
                assert_eq!(form.matches("type=\"radio\"").count(), 2, "{form}");
                for label in [words.keep, words.new] {
                    let lower = form.to_lowercase();
                    let labels =
                        lower.split("<label").skip(1).map(|rest| rest.split("</label").next().expect("an end"));
                    assert_eq!(labels.filter(|l| l.contains(&label.to_lowercase())).count(), 1, "{label}: {form}");
                }
                page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
            }
            assert_eq!(page.path, "/password", "the choice is skipped where there is none");
            let form = first_form(&page, "/password");
            assert_eq!((count(form, "new-password"), count(form, "username")), (2, 1), "{form}");
            assert_eq!(page.html.matches("autocomplete=\"new-password\"").count(), 2);
            // Refused: the same form again, with the same fields.
            let short = [("password", "kort"), ("password_again", "kort")];
            let page = browser.submit_to(&page, "/password", &short).await;
            assert_eq!(page.status, 422);
            assert_eq!(count(first_form(&page, "/password"), "new-password"), 2);
            let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
            let done = browser.submit_to(&page, "/password", &new).await;
            assert!(done.h1().starts_with(words.done), "{}", done.h1());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unlock_ends_the_same_way() {
    let demo = Demo::start().await;
    for (n, words) in LANGUAGES.iter().enumerate() {
        let person = demo.accounts("mjolby", "locked").await.remove(n);
        let mut browser = (words.browser)(Browser::new(demo.address));
        let (page, code, _) = demo.asks(&mut browser, "mjolby", &person).await;
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        let done = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        assert!(done.h1().starts_with(words.done), "{}", done.h1());
        // The password that was kept lets in.
        let start = browser.get(&demo.host("pwreg", "mjolby"), "/").await;
        let fields = [("username", text(&person, "username")), ("password", text(&person, "password"))];
        assert_eq!(browser.submit(&start, &fields).await.path, "/number");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_forms_of_a_registration() {
    let demo = Demo::start().await;
    for (n, words) in LANGUAGES.iter().enumerate() {
        for tenant in ["orebro", "mjolby"] {
            for state in ["unregistered", "normal"] {
                let person = demo.accounts(tenant, state).await.remove(n);
                let (name, password) = (text(&person, "username"), text(&person, "password"));
                let mut browser = (words.browser)(Browser::new(demo.address));
                let start = browser.get(&demo.host("pwreg", tenant), "/").await;
                assert_eq!(tokens(first_form(&start, "/")), ["username", "current-password"]);
                let mut page = browser.submit(&start, &[("username", name), ("password", password)]).await;
                // Örebro asks for the password once more, Mjölby does not.
                assert_eq!(page.path, if tenant == "orebro" { "/confirm" } else { "/number" }, "{}", page.text());
                if page.path == "/confirm" {
                    assert_eq!(count(first_form(&page, "/confirm"), "current-password"), 1);
                    page = browser.submit_to(&page, "/confirm", &[("password", password)]).await;
                }
                let form = first_form(&page, "/number");
                assert_eq!(tokens(form), ["tel"]);
                assert!(form.contains("type=\"tel\""), "{form}");
                if state == "normal" {
                    let done = browser.submit_to(&page, "/keep", &[]).await;
                    assert!(done.h1().starts_with(words.done), "{}", done.h1());
                    continue;
                }
                let number = format!("+467017406{}", 90 + 2 * n + usize::from(tenant == "mjolby"));
                let earlier = demo.outbox().await.len();
                let page = browser.submit_to(&page, "/number", &[("number", &number)]).await;
                assert_eq!(tokens(first_form(&page, "/code")), ["one-time-code"]);
                let code = demo.code(&number, earlier).await;
                let done = browser.submit_to(&page, "/code", &[("code", &code)]).await;
                assert!(done.h1().starts_with(words.done), "{}", done.h1());
            }
        }
    }
}
