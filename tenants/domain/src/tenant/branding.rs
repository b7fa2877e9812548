//! The section that says how a tenant's pages look: the name in the head, the logo, the colours. Whether people can read
//! what stands in those colours is measured before they are saved.

use std::{collections::BTreeMap, path::PathBuf};

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize};

use super::plain::unfit;
use crate::{
    colour::{Colour, EDGE_CONTRAST, TEXT_CONTRAST},
    language::Language,
    logo::Logo,
};

const LONGEST_NAME: usize = 60;
const LONGEST_ALT: usize = 100;

/// How a tenant's pages look. What is left out is as it is built in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Branding {
    /// The name at the head of pages, where it is another than the municipality's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// File with the logo, SVG or PNG; read when applied.
    #[serde(skip_serializing)]
    pub logo_file: Option<PathBuf>,
    /// The logo as it is stored. One that was taken once and is not any more is left out: pages do without it, and the
    /// tenant is served.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "logo_as_stored")]
    #[schemars(skip)]
    pub logo: Option<Logo>,
    /// What the logo shows, for who does not see it, by language.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub logo_alt: BTreeMap<Language, String>,
    /// Colours where the reader wants it light.
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub light: Colours,
    /// Colours where the reader wants it dark.
    #[serde(skip_serializing_if = "Colours::is_empty")]
    pub dark: Colours,
}

fn logo_as_stored<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Logo>, D::Error> {
    let text: Option<String> = Deserialize::deserialize(from)?;
    Ok(text.and_then(|text| Logo::try_from(text).ok()))
}

/// The colours of one scheme that a tenant chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub struct Colours {
    /// Buttons, links and what is chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent: Option<Colour>,
    /// What is written on buttons.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accent_text: Option<Colour>,
    /// The band at the head of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<Colour>,
    /// What is written on the band.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header_text: Option<Colour>,
}

/// Light or dark, as the reader's device says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

/// The colours of one scheme, all of them: those of the tenant, and the built-in ones where it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    /// What pages lie on.
    pub ground: Colour,
    /// What texts and fields stand on.
    pub surface: Colour,
    /// Buttons, links and what is chosen.
    pub accent: Colour,
    /// A button that is pointed at.
    pub accent_strong: Colour,
    /// What is written on buttons.
    pub accent_text: Colour,
    /// Links.
    pub link: Colour,
    /// The band at the head.
    pub header: Colour,
    /// What is written on the band.
    pub header_text: Colour,
}

impl Scheme {
    /// Both.
    pub const ALL: [Scheme; 2] = [Scheme::Light, Scheme::Dark];

    /// The name, as in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Scheme::Light => "light",
            Scheme::Dark => "dark",
        }
    }

    /// The built-in colours, as the style sheet has them.
    pub fn built_in(self) -> Palette {
        match self {
            Scheme::Light => Palette {
                ground: Colour::new(0xf3_f5_f6),
                surface: Colour::new(0xff_ff_ff),
                accent: Colour::new(0x0b_5a_7a),
                accent_strong: Colour::new(0x08_3f_56),
                accent_text: Colour::new(0xff_ff_ff),
                link: Colour::new(0x0a_58_78),
                header: Colour::new(0x0b_4a_63),
                header_text: Colour::new(0xff_ff_ff),
            },
            Scheme::Dark => Palette {
                ground: Colour::new(0x11_17_1c),
                surface: Colour::new(0x1a_23_2a),
                accent: Colour::new(0x8f_d0_ea),
                accent_strong: Colour::new(0xb9_e3_f4),
                accent_text: Colour::new(0x08_22_2e),
                link: Colour::new(0x93_d3_ee),
                header: Colour::new(0x0c_39_4c),
                header_text: Colour::new(0xff_ff_ff),
            },
        }
    }
}

impl Colours {
    fn is_empty(&self) -> bool {
        *self == Colours::default()
    }
}

/// What has to be told from what, and how well.
struct Pair {
    /// The key that is named when they are too much alike, and that a better shade is looked for.
    key: &'static str,
    /// What it is for.
    of: &'static str,
    needs: f64,
    colour: fn(&Palette) -> Colour,
    on: fn(&Palette) -> Colour,
}

/// All pairs of a page that hold a colour which a tenant may choose.
const PAIRS: [Pair; 6] = [
    Pair { key: "accent", of: "links on the page", needs: TEXT_CONTRAST, colour: |p| p.link, on: |p| p.surface },
    Pair { key: "accent", of: "links at the foot", needs: TEXT_CONTRAST, colour: |p| p.link, on: |p| p.ground },
    Pair {
        key: "accent",
        of: "the edges of buttons and choices",
        needs: EDGE_CONTRAST,
        colour: |p| p.accent,
        on: |p| p.surface,
    },
    Pair {
        key: "accent_text",
        of: "what is written on buttons",
        needs: TEXT_CONTRAST,
        colour: |p| p.accent_text,
        on: |p| p.accent,
    },
    Pair {
        key: "accent_text",
        of: "what is written on a button that is pointed at",
        needs: TEXT_CONTRAST,
        colour: |p| p.accent_text,
        on: |p| p.accent_strong,
    },
    Pair {
        key: "header_text",
        of: "what is written at the head",
        needs: TEXT_CONTRAST,
        colour: |p| p.header_text,
        on: |p| p.header,
    },
];

impl Branding {
    /// The tenant's own colours of a scheme.
    pub fn colours(&self, scheme: Scheme) -> &Colours {
        match scheme {
            Scheme::Light => &self.light,
            Scheme::Dark => &self.dark,
        }
    }

    /// Whether any colour is the tenant's own.
    pub fn has_colours(&self) -> bool {
        !self.light.is_empty() || !self.dark.is_empty()
    }

    /// All colours of a scheme.
    pub fn palette(&self, scheme: Scheme) -> Palette {
        let (own, built_in) = (self.colours(scheme), scheme.built_in());
        let accent_text = own.accent_text.unwrap_or(built_in.accent_text);
        let (accent, accent_strong, link) = match own.accent {
            Some(accent) => (accent, strengthened(accent, accent_text), accent),
            None => (built_in.accent, built_in.accent_strong, built_in.link),
        };
        let header = own.header.unwrap_or(built_in.header);
        let header_text = own.header_text.unwrap_or(built_in.header_text);
        Palette { accent, accent_strong, accent_text, link, header, header_text, ..built_in }
    }

    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self, languages: &[Language]) -> Vec<String> {
        let mut problems = Vec::new();
        if let Some(name) = &self.name {
            problems.extend(unfit(name, LONGEST_NAME).map(|why| format!("branding.name: {why}")));
        }
        for (language, alt) in &self.logo_alt {
            let why = unfit(alt, LONGEST_ALT);
            problems.extend(why.map(|why| format!("branding.logo_alt.{}: {why}", language.tag())));
        }
        if self.logo.is_some() || self.logo_file.is_some() {
            let lacking = languages.iter().filter(|language| !self.logo_alt.contains_key(language));
            problems.extend(lacking.map(|language| {
                let tag = language.tag();
                format!("branding.logo_alt: say in {tag:?} what the logo shows, for who does not see it")
            }));
        }
        for scheme in Scheme::ALL {
            problems.extend(self.hard_to_see(scheme));
        }
        problems
    }

    fn hard_to_see(&self, scheme: Scheme) -> Vec<String> {
        let palette = self.palette(scheme);
        let mut problems = Vec::new();
        for pair in PAIRS {
            // On a colour that has to be another, nothing can be said of what stands on it.
            let of_accent = format!("branding.{}.accent: ", scheme.as_str());
            if pair.key == "accent_text" && problems.iter().any(|problem: &String| problem.starts_with(&of_accent)) {
                continue;
            }
            let (colour, on) = ((pair.colour)(&palette), (pair.on)(&palette));
            let ratio = colour.contrast(on);
            if ratio >= pair.needs {
                continue;
            }
            let enough = |shade: Colour| {
                let of_this = PAIRS.iter().filter(|other| other.key == pair.key);
                of_this.into_iter().all(|other| shade.contrast((other.on)(&palette)) >= other.needs)
            };
            let mend = match colour.nearest(enough) {
                Some(shade) => format!("{shade} would do"),
                // On a middle grey not even black and white do.
                None => format!("no shade does on {on}, choose that one darker or lighter"),
            };
            // Cut off, never rounded up: 4.49 is not 4.5.
            let ratio = (ratio * 100.0).floor() / 100.0;
            let (scheme, Pair { key, of, needs, .. }) = (scheme.as_str(), pair);
            problems.push(format!("branding.{scheme}.{key}: {of}: {colour} on {on} has a contrast of {ratio}:1 and needs {needs}:1; {mend}"));
        }
        problems
    }
}

/// The colour of a button that is pointed at: further from what is written on it, so that this only grows clearer.
fn strengthened(accent: Colour, text: Colour) -> Colour {
    let lighter = text.contrast(Colour::BLACK) > accent.contrast(Colour::BLACK);
    accent.towards(if lighter { Colour::BLACK } else { Colour::WHITE }, 30)
}

#[cfg(test)]
mod tests;
