//! The page on the one cookie.

use askama::Template;
use portvakt_domain::flow::{IDLE_LIFE, WHOLE_LIFE};

use super::{Layout, Page};

/// GET `/cookies`.
#[derive(Template)]
#[template(path = "statements/cookies.html")]
pub struct CookiesView<'a> {
    /// The frame.
    pub page: Page<'a>,
    /// The page of a flow that is going on.
    pub back: Option<&'a str>,
    /// The cookie's name.
    pub name: &'a str,
    /// The address that it belongs to.
    pub url: &'a str,
}

impl Layout for CookiesView<'_> {
    fn page(&self) -> &Page<'_> {
        &self.page
    }

    fn heading(&self) -> String {
        self.page.text("cookies-heading")
    }
}

impl CookiesView<'_> {
    fn life(&self) -> String {
        let arguments = [("idle", IDLE_LIFE.num_minutes().into()), ("whole", WHOLE_LIFE.num_minutes().into())];
        self.page.texts.text(self.page.language, "cookies-life", &arguments)
    }
}
