//! Colours of pages, and the contrast between two of them as WCAG 2.2 measures it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What text needs against what it stands on (WCAG 2.2, 1.4.3).
pub const TEXT_CONTRAST: f64 = 4.5;
/// What the edge of a control needs against what is beside it (WCAG 2.2, 1.4.11).
pub const EDGE_CONTRAST: f64 = 3.0;

/// A colour of sRGB, written `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// White.
    pub const WHITE: Colour = Colour::new(0xff_ff_ff);
    /// Black.
    pub const BLACK: Colour = Colour::new(0);

    /// The colour of a number such as `0x0b5a7a`.
    pub const fn new(rgb: u32) -> Self {
        let [_, red, green, blue] = rgb.to_be_bytes();
        Self { red, green, blue }
    }

    /// Relative luminance (WCAG 2.2, definitions): 0 is black, 1 is white.
    fn luminance(self) -> f64 {
        let part = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(self.red) + 0.7152 * part(self.green) + 0.0722 * part(self.blue)
    }

    /// The contrast of two colours, from 1 to 21.
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// The colour on the way to another, at so many hundredths.
    pub fn towards(self, other: Colour, hundredths: u16) -> Colour {
        let part = |from: u8, to: u8| {
            let mixed = (u16::from(from) * (100 - hundredths) + u16::from(to) * hundredths + 50) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Colour {
            red: part(self.red, other.red),
            green: part(self.green, other.green),
            blue: part(self.blue, other.blue),
        }
    }

    /// The nearest shade, darker or lighter, that does.
    pub fn nearest(self, does: impl Fn(Colour) -> bool) -> Option<Colour> {
        let shades = (1..=100).flat_map(|step| [Colour::BLACK, Colour::WHITE].map(|end| self.towards(end, step)));
        shades.into_iter().find(|shade| does(*shade))
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.red, self.green, self.blue)
    }
}

impl std::str::FromStr for Colour {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.is_ascii());
        // `from_str_radix` takes a sign.
        let digits = digits.filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        number
            .map(Colour::new)
            .ok_or_else(|| format!("{text:?} is not a colour: write six digits, such as \"#0b5a7a\""))
    }
}

impl TryFrom<String> for Colour {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> String {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        text.parse().expect(text)
    }

    #[test]
    fn contrast_is_what_others_measure() {
        // By the WebAIM contrast checker, cut off at two decimals.
        for (one, two, ratio) in [
            ("#000000", "#ffffff", 21.0),
            ("#ffffff", "#ffffff", 1.0),
            ("#777777", "#ffffff", 4.47),
            ("#767676", "#ffffff", 4.54),
            ("#0000ff", "#ffffff", 8.59),
            ("#ff0000", "#ffffff", 3.99),
            ("#ffcd00", "#1a2530", 10.35),
        ] {
            for measured in [colour(one).contrast(colour(two)), colour(two).contrast(colour(one))] {
                assert!((measured - ratio).abs() < 0.011, "{one} on {two}: {measured}");
            }
        }
    }

    #[test]
    fn a_colour_has_six_digits() {
        assert_eq!(colour("#0B5a7A").to_string(), "#0b5a7a");
        for wrong in ["", "#fff", "0b5a7a", "#0b5a7", "#0b5a7ag", "#+b5a7a", "red", "#ååå", "rgb(0,0,0)"] {
            assert!(wrong.parse::<Colour>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_nearest_shade_that_does_is_as_near_as_may_be() {
        let does = |shade: Colour| shade.contrast(Colour::WHITE) >= TEXT_CONTRAST;
        let found = colour("#ff0000").nearest(does).expect("a shade");
        assert!(does(found) && found.contrast(Colour::WHITE) < 5.0, "{found}");
        assert_eq!(colour("#123456").nearest(|_| false), None);
        assert_eq!(Colour::BLACK.towards(Colour::WHITE, 100), Colour::WHITE);
        assert_eq!(Colour::WHITE.towards(Colour::BLACK, 0), Colour::WHITE);
    }
}
