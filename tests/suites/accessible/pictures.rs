//! Pictures of pages, for people: `tests/screens` asks for them.

use std::path::PathBuf;

use harness::chromium::Chromium;

/// Names the folder that pictures are put into.
const FOLDER: &str = "PORTVAKT_TEST_PICTURES";

/// Takes pictures of the page that is shown, where they are wanted, under its name.
pub async fn take(browser: &Chromium, name: &str) {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else { return };
    let name: String = name.chars().map(|sign| if sign == '/' { '-' } else { sign }).collect();
    for dark in [false, true] {
        browser.dark(dark).await;
        for width in [360, 1200] {
            browser.size(width, 740).await;
            let shade = if dark { "dark" } else { "light" };
            browser.picture(&folder.join(format!("{name}-{width}-{shade}.png"))).await;
        }
    }
    browser.dark(false).await;
}
