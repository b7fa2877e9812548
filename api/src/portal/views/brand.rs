//! A tenant's own files: its colours as a style sheet, its icon and its logo, under names that change with their content.

use std::{collections::BTreeMap, fmt::Write as _};

use actix_web::web::Bytes;
use portvakt_domain::{
    language::Language,
    tenant::{Branding, Palette, Scheme},
};

use super::assets::{hashed_name, icon_file};

/// How high the logo stands at the head of a page, in pixels.
const LOGO_HEIGHT: u32 = 48;

/// A file of a tenant's own that may be cached for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnFile {
    /// Its name, such as `logo.0123456789abcdef.svg`.
    pub name: String,
    /// Where pages find it: `/assets/` and the name.
    pub href: String,
    /// What it is, as HTTP says it.
    pub content_type: &'static str,
    /// Its content.
    pub bytes: Bytes,
}

/// What a page shows of a logo.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Logo {
    file: OwnFile,
    width: u32,
    alt: BTreeMap<Language, String>,
}

/// A logo on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogoTag<'a> {
    /// Where it is.
    pub src: &'a str,
    /// What it shows, in words.
    pub alt: &'a str,
    /// Pixels, so that nothing moves when it has come.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Logo and colours of a tenant; neither, where it looks as it is built in.
#[derive(Debug, Default)]
pub struct Brand {
    style: Option<OwnFile>,
    icon: Option<OwnFile>,
    logo: Option<Logo>,
}

impl Brand {
    /// The files that settings describe.
    pub fn of(branding: &Branding) -> Self {
        let style = branding
            .has_colours()
            .then(|| OwnFile::new("brand", "css", "text/css; charset=utf-8", style_sheet(branding).into_bytes()));
        let icon =
            icon(branding).map(|drawing| OwnFile::new("icon", "svg", icon_file().content_type, drawing.into_bytes()));
        let logo = branding.logo.as_ref().map(|logo| {
            let kind = logo.kind();
            Logo {
                file: OwnFile::new("logo", kind.extension(), kind.content_type(), logo.bytes().to_vec()),
                width: logo.width_at(LOGO_HEIGHT),
                alt: branding.logo_alt.clone(),
            }
        });
        Self { style, icon, logo }
    }

    /// The file of this name.
    pub fn file(&self, name: &str) -> Option<&OwnFile> {
        let logo = self.logo.as_ref().map(|logo| &logo.file);
        self.style.iter().chain(&self.icon).chain(logo).find(|file| file.name == name)
    }

    /// Where the style sheet is, if there is one.
    pub fn style_href(&self) -> Option<&str> {
        self.style.as_ref().map(|file| file.href.as_str())
    }

    /// Where the icon is.
    pub fn icon_href(&self) -> &str {
        self.icon.as_ref().map_or(&icon_file().href, |file| &file.href)
    }

    /// The logo, for who reads this language.
    pub fn logo(&self, language: Language) -> Option<LogoTag<'_>> {
        self.logo.as_ref().map(|logo| LogoTag {
            src: &logo.file.href,
            alt: logo.alt.get(&language).map_or("", String::as_str),
            width: logo.width,
            height: LOGO_HEIGHT,
        })
    }
}

impl OwnFile {
    fn new(stem: &str, extension: &str, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let name = hashed_name(stem, extension, &bytes);
        Self { href: format!("/assets/{name}"), name, content_type, bytes: bytes.into() }
    }
}

/// The icon in the colours of the head; `None` where these are the built-in ones. One for both schemes: what it stands on is
/// the browser's, which goes by neither.
fn icon(branding: &Branding) -> Option<String> {
    let (own, built_in) = (branding.palette(Scheme::Light), Scheme::Light.built_in());
    let drawing = String::from_utf8_lossy(icon_file().bytes);
    let painted: String = drawing
        .split_inclusive('"')
        .map(|part| match part.strip_suffix('"') {
            Some(colour) if colour == built_in.header.to_string() => format!("{}\"", own.header),
            Some(colour) if colour == built_in.header_text.to_string() => format!("{}\"", own.header_text),
            _ => part.to_owned(),
        })
        .collect();
    (painted != drawing).then_some(painted)
}

/// The properties that the built-in style sheet goes by. It stands after that one, and so says both schemes.
fn style_sheet(branding: &Branding) -> String {
    let mut sheet = String::new();
    for scheme in Scheme::ALL {
        let Palette { accent, accent_strong, accent_text, link, header, header_text, .. } = branding.palette(scheme);
        let (begin, end) = match scheme {
            Scheme::Light => ("", ""),
            Scheme::Dark => ("@media (prefers-color-scheme: dark) { ", " }"),
        };
        // Writing to a String can't fail.
        let _ = writeln!(
            sheet,
            "{begin}:root {{ --band: {header}; --band-ink: {header_text}; --action: {accent}; --action-strong: \
             {accent_strong}; --action-ink: {accent_text}; --link: {link}; }}{end}"
        );
    }
    sheet
}
