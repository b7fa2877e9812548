//! The pages about the service: accessibility, personal data, cookies, help. They say what is set and what is done, of this
//! tenant alone, in the language asked for, and change nothing.

#[path = "statements/accessibility.rs"]
mod accessibility;
#[path = "statements/commands.rs"]
mod commands;
#[path = "statements/help.rs"]
mod help;
#[path = "statements/privacy.rs"]
mod privacy;
#[path = "statements/visits.rs"]
mod visits;

use harness::{Page, World};

/// Both houses of a tenant.
fn hosts(world: &World, slug: &str) -> [String; 2] {
    let tenant = world.tenant(slug);
    [tenant.reset.clone(), tenant.register.clone()]
}

/// A page in Swedish and in English.
async fn both(world: &World, host: &str, path: &str) -> [Page; 2] {
    [world.browser().get(host, path).await, world.browser().in_english().get(host, path).await]
}

/// The page says all of these, and none of those.
fn says(page: &Page, these: &[&str], not: &[&str]) {
    assert_eq!(page.status, 200, "{}", page.text());
    let text = page.text();
    for words in these {
        assert!(text.contains(words), "{words:?} is missing at {}{}: {text}", page.host, page.path);
    }
    for words in not {
        assert!(!text.contains(words), "{words:?} is at {}{}: {text}", page.host, page.path);
    }
}

/// There is a link to this address on the page.
fn leads_to(page: &Page, address: &str) -> bool {
    page.html.contains(&format!("href=\"{address}\""))
}
