//! The style sheet, built in, under a name that changes with its content.

use std::sync::LazyLock;

/// A file that may be cached for ever.
#[derive(Debug)]
pub struct CssFile {
    /// Its name, such as `portvakt.0123456789abcdef.css`.
    pub name: String,
    /// Where pages find it: `/assets/` and the name.
    pub href: String,
    /// Its content.
    pub bytes: &'static [u8],
}

/// The style sheet.
pub fn css_file() -> &'static CssFile {
    static FILE: LazyLock<CssFile> = LazyLock::new(|| {
        let bytes: &'static [u8] = include_bytes!("../assets/portvakt.css");
        let name = format!("portvakt.{:016x}.css", fnv1a(bytes));
        CssFile { href: format!("/assets/{name}"), name, bytes }
    });
    &FILE
}

/// FNV-1a, 64 bits: tells versions of one file apart; nothing rests on it being hard to forge.
fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
