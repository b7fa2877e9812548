//! Directories that fail: wrong certificate, silence, an answer that never comes. And a database that was tampered with.

#[path = "faults/certificate.rs"]
mod certificate;
#[path = "faults/frozen.rs"]
mod frozen;
#[path = "faults/lost.rs"]
mod lost;
#[path = "faults/number.rs"]
mod number;
#[path = "faults/slow.rs"]
mod slow;
#[path = "faults/tampering.rs"]
mod tampering;
#[path = "faults/unanswered.rs"]
mod unanswered;
#[path = "faults/withheld.rs"]
mod withheld;

use harness::{Browser, Page, Person, World, journey};

/// The password that every write here is about.
const NEW: &str = "Tallkotte41Vindfang";

/// From a name to the form for a new password.
async fn to_the_form(world: &World, browser: &mut Browser, slug: &str, person: &Person) -> Page {
    let page = journey::prove(world, browser, slug, person).await;
    let page = match page.path.as_str() {
        "/choose" => browser.submit_to(&page, "/choose", &[("choice", "new")]).await,
        _ => page,
    };
    assert_eq!(page.path, "/password", "{}", page.text());
    page
}

/// Sends the new password in, without following where the answer leads.
async fn send_in(browser: &mut Browser, host: &str) -> Page {
    browser.post_once(host, "/password", &[("password", NEW), ("password_again", NEW)]).await
}

/// Whether the page says that nobody knows, and how to find out.
#[track_caller]
fn says_unknown(page: &Page) {
    assert_eq!((page.status.as_u16(), page.h1().as_str()), (200, "Vi vet inte om det gick"), "{}", page.text());
    for sentence in ["fick inget svar", "Vänta i 5 minuter.", "Prova sedan att logga in."] {
        assert!(page.text().contains(sentence), "{}", page.text());
    }
}
