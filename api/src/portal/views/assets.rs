//! The style sheet, the scripts and the icon, built in, under names that change with their content.

use std::sync::LazyLock;

/// A file that may be cached for ever.
#[derive(Debug)]
pub struct Asset {
    /// Its name, such as `portvakt.0123456789abcdef.css`.
    pub name: String,
    /// Where pages find it: `/assets/` and the name.
    pub href: String,
    /// What it is, as HTTP says it.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: &'static [u8],
}

/// The style sheet of all pages.
pub fn css_file() -> &'static Asset {
    static FILE: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("portvakt", "css", "text/css; charset=utf-8", include_bytes!("../assets/portvakt.css"))
    });
    &FILE
}

/// The script of pages that belong to a flow or ask for a password: time, codes, and the password shown.
pub fn page_script() -> &'static Asset {
    static FILE: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("page", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/page.js"))
    });
    &FILE
}

/// The script of the page for a new password alone: its rules.
pub fn password_script() -> &'static Asset {
    static FILE: LazyLock<Asset> = LazyLock::new(|| {
        Asset::new("password", "js", "text/javascript; charset=utf-8", include_bytes!("../assets/password.js"))
    });
    &FILE
}

/// The icon in a browser's tab: a gate with a keyhole, in the built-in colours of the head.
pub fn icon_file() -> &'static Asset {
    static FILE: LazyLock<Asset> =
        LazyLock::new(|| Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../assets/icon.svg")));
    &FILE
}

impl Asset {
    pub(super) fn new(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        let name = hashed_name(stem, extension, bytes);
        Self { href: format!("/assets/{name}"), name, content_type, bytes }
    }
}

/// A name that changes with the content.
pub(super) fn hashed_name(stem: &str, extension: &str, bytes: &[u8]) -> String {
    format!("{stem}.{:016x}.{extension}", fnv1a(bytes))
}

/// FNV-1a, 64 bits: tells versions of one file apart; nothing rests on it being hard to forge.
pub(super) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
