//! The pictures of guides and their style sheet, built in, under names that change with their content. `tests/screens guides`
//! takes them; what they were taken of is listed beside them.

use std::{collections::BTreeMap, sync::LazyLock};

use portvakt_domain::language::Language;

use crate::portal::views::{Page, assets::Asset};

/// Pictures have twice as many pixels as they are shown with.
const DENSITY: u32 = 2;

/// What was taken, how large, and of which page: `sv/start 720x1000 0123456789abcdef` on a line.
pub(in crate::portal::views) const LISTED: &str = include_str!("../../assets/guides/taken.txt");

macro_rules! pictures {
    ($($constant:ident $name:literal $alt:literal;)+) => {
        /// The names of all pictures.
        #[cfg(test)]
        pub(in crate::portal::views) const NAMES: &[&str] = &[$($name),+];

        impl Picture {
            $(pub(super) const $constant: Self = Self { name: $name, alt: $alt };)+
        }

        fn contents() -> Vec<(Language, &'static str, &'static [u8])> {
            vec![$(
                (Language::Sv, $name, include_bytes!(concat!("../../assets/guides/sv/", $name, ".webp")).as_slice()),
                (Language::En, $name, include_bytes!(concat!("../../assets/guides/en/", $name, ".webp")).as_slice()),
            )+]
        }
    };
}

pictures! {
    SIGN_IN "sign_in" "guide-alt-sign-in";
    CONFIRM "confirm" "guide-alt-confirm";
    NUMBER "number" "guide-alt-number";
    REGISTER_CODE "register_code" "guide-alt-register-code";
    REGISTERED "registered" "guide-alt-registered";
    HOLDER "holder" "guide-alt-holder";
    UNIT_SIGN_IN "unit_sign_in" "guide-alt-sign-in";
    UNIT_CONFIRM "unit_confirm" "guide-alt-confirm";
    UNIT_START "unit_start" "guide-alt-start";
    UNIT_CHOOSE "unit_choose" "guide-alt-choose";
    UNIT_PASSWORD "unit_password" "guide-alt-password";
    UNIT_DONE "unit_done" "guide-alt-done";
    START "start" "guide-alt-start";
    RESET_CODE "reset_code" "guide-alt-reset-code";
    CHOOSE "choose" "guide-alt-choose";
    PASSWORD "password" "guide-alt-password";
    DONE "done" "guide-alt-done";
    CHANGE "change" "guide-alt-change";
}

/// A picture of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Picture {
    name: &'static str,
    /// The key of what it shows, in words.
    alt: &'static str,
}

/// A picture where it is shown.
pub(super) struct Shot {
    pub(super) src: &'static str,
    pub(super) alt: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// A picture in a language: its file, and its width and height where it is shown.
struct Taken {
    file: Asset,
    width: u32,
    height: u32,
}

static TAKEN: LazyLock<BTreeMap<(Language, &'static str), Taken>> = LazyLock::new(|| {
    let taken = contents().into_iter().map(|(language, name, bytes)| {
        let (width, height) = size(language, name);
        let file = Asset::new(&format!("guide-{name}-{}", language.tag()), "webp", "image/webp", bytes);
        ((language, name), Taken { file, width: width / DENSITY, height: height / DENSITY })
    });
    taken.collect()
});

/// A picture's pixels, as they are listed; a test finds what is not.
fn size(language: Language, name: &str) -> (u32, u32) {
    let named = format!("{}/{name} ", language.tag());
    let line = LISTED.lines().find_map(|line| line.strip_prefix(&named)).unwrap_or_default();
    let (width, height) = line.split(' ').next().and_then(|size| size.split_once('x')).unwrap_or_default();
    (width.parse().unwrap_or_default(), height.parse().unwrap_or_default())
}

impl Picture {
    pub(super) fn shot(self, page: &Page<'_>) -> Shot {
        let taken = TAKEN.get(&(page.language, self.name));
        Shot {
            src: taken.map_or("", |taken| &taken.file.href),
            alt: page.text(self.alt),
            width: taken.map_or(0, |taken| taken.width),
            height: taken.map_or(0, |taken| taken.height),
        }
    }
}

/// The style sheet of guides, beside that of all pages.
pub fn guides_css() -> &'static Asset {
    static FILE: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("guides", "css", "text/css; charset=utf-8", include_bytes!("../../assets/guides.css"))
    });
    &FILE
}

/// The style sheet and all pictures.
pub fn files() -> impl Iterator<Item = &'static Asset> {
    std::iter::once(guides_css()).chain(TAKEN.values().map(|taken| &taken.file))
}
