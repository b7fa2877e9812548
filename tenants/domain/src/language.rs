//! The languages people are met in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A language that pages, SMS and mails exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// Swedish.
    #[default]
    Sv,
    /// English.
    En,
}

impl Language {
    /// All languages, in the order in which they are offered.
    pub const ALL: [Language; 2] = [Language::Sv, Language::En];

    /// The BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Language::Sv => "sv",
            Language::En => "en",
        }
    }

    /// The language of a tag, ignoring region and case (`sv-FI` is Swedish).
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The first language of an `Accept-Language` header (RFC 9110, 12.5.4) that we have, by weight, then by order.
    pub fn from_accept_language(header: &str) -> Option<Self> {
        Self::accepted_of(header, &Self::ALL)
    }

    /// The same among those that are offered.
    pub fn accepted_of(header: &str, offered: &[Self]) -> Option<Self> {
        let mut wanted: Vec<(u16, Self)> = header
            .split(',')
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let language = Self::from_tag(parts.next()?).filter(|language| offered.contains(language))?;
                let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(Some(1.0), |q| q.parse::<f32>().ok())?;
                // Thousandths are all the precision the header has; anything outside 0..=1 is not a weight.
                (weight > 0.0 && weight <= 1.0).then_some(((weight * 1000.0) as u16, language))
            })
            .collect();
        wanted.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        wanted.first().map(|(_, language)| *language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accept_language_goes_by_weight_then_order() {
        assert_eq!(Language::from_accept_language("sv-SE,sv;q=0.9,en;q=0.8"), Some(Language::Sv));
        assert_eq!(Language::from_accept_language("de, en;q=0.7, sv;q=0.6"), Some(Language::En));
        assert_eq!(Language::from_accept_language("en;q=0, sv;q=0.1"), Some(Language::Sv));
        assert_eq!(Language::from_accept_language("de;q=x,*"), None);
        assert_eq!(Language::from_accept_language("en;q=nonsense"), None);
        assert_eq!(Language::accepted_of("en, sv;q=0.1", &[Language::Sv]), Some(Language::Sv));
        assert_eq!(Language::accepted_of("en", &[Language::Sv]), None);
    }
}
