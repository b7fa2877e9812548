//! A tenant's logo: an image that can only be made from one that does nothing but be seen.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};

mod png;
mod svg;

/// How many times as wide as high a logo may be, or as high as wide.
const MOST_STRETCHED: f64 = 8.0;

/// What a logo is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogoKind {
    /// Scalable Vector Graphics, of which shapes and colours are kept and nothing else.
    Svg,
    /// Portable Network Graphics, of which the picture is kept and nothing else.
    Png,
}

/// A tenant's logo. Stored as text: SVG as it is, PNG as Base64.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Logo {
    kind: LogoKind,
    bytes: Vec<u8>,
    width: f64,
    height: f64,
}

impl std::fmt::Debug for Logo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Logo({:?}, {} bytes)", self.kind, self.bytes.len())
    }
}

impl Logo {
    /// The logo of a file's content. What a picture does not need is taken out; what would do something is refused.
    ///
    /// # Errors
    /// Why it can't be used, in one sentence.
    pub fn read(content: &[u8]) -> Result<Self, String> {
        let (kind, (bytes, width, height)) = if content.starts_with(png::SIGNATURE) {
            (LogoKind::Png, png::picture_of(content)?)
        } else {
            let text =
                std::str::from_utf8(content).map_err(|_| "it is neither an SVG in UTF-8 nor a PNG".to_owned())?;
            let (text, width, height) = svg::shapes_of(text)?;
            // It is looked at again whenever it is read from the settings: what would be another one then is none now.
            if svg::shapes_of(&text)? != (text.clone(), width, height) {
                return Err("it can't be written anew; save it as a plain SVG".to_owned());
            }
            (LogoKind::Svg, (text.into_bytes(), width, height))
        };
        let stretched = (width / height).max(height / width);
        if stretched > MOST_STRETCHED {
            return Err(format!("it is {width} × {height}; a logo is at most {MOST_STRETCHED} times as wide as high"));
        }
        Ok(Self { kind, bytes, width, height })
    }

    /// What it is written in.
    pub fn kind(&self) -> LogoKind {
        self.kind
    }

    /// The image as it is served.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// How wide it is where it is so high.
    pub fn width_at(&self, height: u32) -> u32 {
        // At most eight times a small number.
        (f64::from(height) * self.width / self.height).round().max(1.0) as u32
    }
}

impl LogoKind {
    /// What HTTP calls it.
    pub fn content_type(self) -> &'static str {
        match self {
            LogoKind::Svg => "image/svg+xml",
            LogoKind::Png => "image/png",
        }
    }

    /// How names of such files end.
    pub fn extension(self) -> &'static str {
        match self {
            LogoKind::Svg => "svg",
            LogoKind::Png => "png",
        }
    }
}

impl TryFrom<String> for Logo {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if text.trim_start().starts_with('<') {
            return Self::read(text.as_bytes());
        }
        Self::read(&STANDARD.decode(text).map_err(|_| "a logo is read from logo_file".to_owned())?)
    }
}

impl From<Logo> for String {
    fn from(logo: Logo) -> String {
        match logo.kind {
            LogoKind::Svg => String::from_utf8_lossy(&logo.bytes).into_owned(),
            LogoKind::Png => STANDARD.encode(&logo.bytes),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_stored_as_text_and_read_back() {
        for content in [
            br##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path fill="#fff" d="M0 0h20v10z"/></svg>"##
                .as_slice(),
            &png::tests::picture(20, 10),
        ] {
            let logo = Logo::read(content).expect("a logo");
            assert_eq!(logo.width_at(48), 96);
            let stored = serde_json::to_string(&logo).expect("JSON");
            assert_eq!(serde_json::from_str::<Logo>(&stored).expect("a logo"), logo);
            assert!(!format!("{logo:?}").contains("svg xmlns"));
        }
        for wrong in ["\"\"", "\"logo.svg\"", "\"aGVq\"", "\"<svg>\""] {
            assert!(serde_json::from_str::<Logo>(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_was_taken_once_is_taken_again() {
        let svg = |inner: &str| {
            let head = r#"<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink""#;
            format!(r#"{head} viewBox="0 0 20 10">{inner}</svg>"#)
        };
        let both = Logo::read(svg(r##"<g id="a"/><use href="#a" xlink:href="#a"/>"##).as_bytes()).expect("a logo");
        assert_eq!(String::from_utf8_lossy(both.bytes()).matches("href").count(), 1);
        assert_eq!(Logo::try_from(String::from(both.clone())), Ok(both));
        // What is harmless in pieces and not as a whole, and what grows when it is written.
        for hostile in [
            "<style>.a{fill:u<!---->rl(https:/<!---->/evil.example/x)}</style>".to_owned(),
            "<style>.a{fill:u&#114;l(https:&#47;/evil.example/x)}</style>".to_owned(),
            "<style>.a{fill:u<![CDATA[rl(https:]]>//evil.example/x)}</style>".to_owned(),
            "<style>.a<g/>{}</style>".to_owned(),
            format!("<text>{}</text>", ">".repeat(60_000)),
        ] {
            let why = Logo::read(svg(&hostile).as_bytes()).expect_err(&hostile[..40.min(hostile.len())]);
            assert!(why.contains("style") || why.contains("bytes"), "{why}");
        }
    }

    #[test]
    fn what_is_stored_is_looked_at_again_when_it_is_read() {
        let hostile = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><script>alert(1)</script></svg>"#;
        let stored = serde_json::to_string(hostile).expect("JSON");
        assert!(serde_json::from_str::<Logo>(&stored).is_err());
    }

    #[test]
    fn ribbons_are_no_logos() {
        let of = |view: &str| {
            Logo::read(format!(r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="{view}"/>"#).as_bytes())
        };
        assert!(of("0 0 80 10").is_ok());
        for view in ["0 0 81 10", "0 0 10 81", "0 0 0 0", "0 0 1 NaN", "0 0 1e300 1"] {
            assert!(of(view).is_err(), "{view}");
        }
    }
}
