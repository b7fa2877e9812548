#![doc = include_str!("../README.md")]

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use portvakt_domain::language::Language;
use unic_langid::LanguageIdentifier;

pub mod catalogue;
mod compose;
mod html;
#[cfg(test)]
mod tests;

pub use compose::moment;

/// The files that are built in, by language.
const FILES: [(Language, &str, &str); 4] = [
    (Language::Sv, "sv/pages.ftl", include_str!("../locales/sv/pages.ftl")),
    (Language::Sv, "sv/messages.ftl", include_str!("../locales/sv/messages.ftl")),
    (Language::En, "en/pages.ftl", include_str!("../locales/en/pages.ftl")),
    (Language::En, "en/messages.ftl", include_str!("../locales/en/messages.ftl")),
];

/// Why the built-in texts can't be used. A test reads them all.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// A file is not Fluent.
    #[error("{file}: {problem}")]
    Syntax {
        /// The file, below `locales/`.
        file: &'static str,
        /// What is wrong in it.
        problem: String,
    },
    /// A key exists twice in a language.
    #[error("{file}: {problem}")]
    Duplicate {
        /// The file with the second one.
        file: &'static str,
        /// Which key.
        problem: String,
    },
    /// A language's tag is not one.
    #[error("{0:?} is not a language tag")]
    Tag(&'static str),
}

/// A value that is put into a text. Numbers choose between singular and plural; everything else is put in as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Argument<'a> {
    /// Words.
    Text(&'a str),
    /// A count.
    Number(i64),
}

macro_rules! argument_from {
    ($($kind:ty => |$value:ident| $make:expr;)*) => {$(
        impl<'a> From<$kind> for Argument<'a> {
            fn from($value: $kind) -> Self {
                $make
            }
        }
    )*};
}

argument_from! {
    &'a str => |value| Argument::Text(value);
    &'a &'a str => |value| Argument::Text(value);
    &'a String => |value| Argument::Text(value);
    u32 => |value| Argument::Number(i64::from(value));
    &'a u32 => |value| Argument::Number(i64::from(*value));
    i64 => |value| Argument::Number(value);
    &'a i64 => |value| Argument::Number(*value);
}

/// All texts.
pub struct Texts {
    swedish: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Texts")
    }
}

impl Texts {
    /// Reads the built-in texts.
    ///
    /// # Errors
    /// A built-in file is wrong.
    pub fn new() -> Result<Self, TextError> {
        Ok(Self { swedish: bundle(Language::Sv)?, english: bundle(Language::En)? })
    }

    /// The text of a key. Where the language lacks it, the Swedish one; where there is none at all, the key.
    pub fn text(&self, language: Language, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.find(language, key, arguments)
            .or_else(|| self.find(Language::Sv, key, arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key in this language alone. Every look-up goes through here.
    pub fn find(&self, language: Language, key: &str, arguments: &[(&str, Argument<'_>)]) -> Option<String> {
        let bundle = match language {
            Language::Sv => &self.swedish,
            Language::En => &self.english,
        };
        let pattern = bundle.get_message(key)?.value()?;
        let values: FluentArgs<'_> = arguments
            .iter()
            .map(|(name, value)| match value {
                Argument::Text(text) => (*name, FluentValue::from(*text)),
                Argument::Number(number) => (*name, FluentValue::from(*number)),
            })
            .collect();
        // A missing argument leaves its name in the text; the tests look for that.
        Some(bundle.format_pattern(pattern, Some(&values), &mut Vec::new()).into_owned())
    }
}

fn bundle(language: Language) -> Result<FluentBundle<FluentResource>, TextError> {
    let tag: LanguageIdentifier = language.tag().parse().map_err(|_| TextError::Tag(language.tag()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around arguments would be unseen characters in an SMS, and cost it its one part.
    bundle.set_use_isolating(false);
    for (_, file, source) in FILES.iter().filter(|(of, ..)| *of == language) {
        let resource = FluentResource::try_new((*source).to_owned())
            .map_err(|(_, errors)| TextError::Syntax { file, problem: format!("{errors:?}") })?;
        bundle
            .add_resource(resource)
            .map_err(|errors| TextError::Duplicate { file, problem: format!("{errors:?}") })?;
    }
    Ok(bundle)
}
