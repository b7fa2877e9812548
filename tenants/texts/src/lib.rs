#![doc = include_str!("../README.md")]

use std::{fmt::Write as _, sync::Arc};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use portvakt_domain::{language::Language, tenant::TenantTexts};
use unic_langid::LanguageIdentifier;

pub mod catalogue;
mod compose;
mod html;
pub mod lint;
mod reminders;
#[cfg(test)]
mod tests;

pub use compose::moment;

/// The files that are built in, by language.
const FILES: [(Language, &str, &str); 10] = [
    (Language::Sv, "sv/pages.ftl", include_str!("../locales/sv/pages.ftl")),
    (Language::Sv, "sv/messages.ftl", include_str!("../locales/sv/messages.ftl")),
    (Language::Sv, "sv/reminders.ftl", include_str!("../locales/sv/reminders.ftl")),
    (Language::Sv, "sv/statements.ftl", include_str!("../locales/sv/statements.ftl")),
    (Language::Sv, "sv/guides.ftl", include_str!("../locales/sv/guides.ftl")),
    (Language::En, "en/pages.ftl", include_str!("../locales/en/pages.ftl")),
    (Language::En, "en/messages.ftl", include_str!("../locales/en/messages.ftl")),
    (Language::En, "en/reminders.ftl", include_str!("../locales/en/reminders.ftl")),
    (Language::En, "en/statements.ftl", include_str!("../locales/en/statements.ftl")),
    (Language::En, "en/guides.ftl", include_str!("../locales/en/guides.ftl")),
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

/// All texts: the built-in ones, and a tenant's own in the place of some.
pub struct Texts {
    built_in: Arc<Bundles>,
    own: Option<Bundles>,
}

struct Bundles {
    swedish: FluentBundle<FluentResource>,
    english: FluentBundle<FluentResource>,
}

impl Bundles {
    fn of(&self, language: Language) -> &FluentBundle<FluentResource> {
        match language {
            Language::Sv => &self.swedish,
            Language::En => &self.english,
        }
    }
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
        let built_in = Bundles { swedish: built_in(Language::Sv)?, english: built_in(Language::En)? };
        Ok(Self { built_in: Arc::new(built_in), own: None })
    }

    /// These texts with a tenant's own in their place. The built-in ones are shared. What can't be read is left out, so
    /// that a text from before a change of release never takes a page away; [`lint`] keeps it from being saved.
    ///
    /// # Errors
    /// None that settings could cause.
    pub fn with_own(&self, own: &TenantTexts) -> Result<Self, TextError> {
        let any = Language::ALL.into_iter().any(|language| !own.own(language).is_empty());
        let bundles = |()| {
            Ok::<_, TextError>(Bundles {
                swedish: own_bundle(own, Language::Sv)?,
                english: own_bundle(own, Language::En)?,
            })
        };
        Ok(Self { built_in: self.built_in.clone(), own: any.then_some(()).map(bundles).transpose()? })
    }

    /// The text of a key. Where the language lacks it, the Swedish one; where there is none at all, the key.
    pub fn text(&self, language: Language, key: &str, arguments: &[(&str, Argument<'_>)]) -> String {
        self.find(language, key, arguments)
            .or_else(|| self.find(Language::Sv, key, arguments))
            .unwrap_or_else(|| key.to_owned())
    }

    /// The text of a key in this language alone: the tenant's own, or the built-in one. Every look-up goes through here.
    pub fn find(&self, language: Language, key: &str, arguments: &[(&str, Argument<'_>)]) -> Option<String> {
        let own = self.own.as_ref().and_then(|own| formatted(own.of(language), key, arguments));
        // One that lacks a value would say its name to people; the built-in one says the value.
        if let Some((text, true)) = own {
            return Some(text);
        }
        // A missing argument leaves its name in the text; the tests look for that.
        formatted(self.built_in.of(language), key, arguments).map(|(text, _)| text)
    }
}

/// The text of a key, and whether everything that it names was there.
fn formatted(
    bundle: &FluentBundle<FluentResource>,
    key: &str,
    arguments: &[(&str, Argument<'_>)],
) -> Option<(String, bool)> {
    let pattern = bundle.get_message(key)?.value()?;
    let values: FluentArgs<'_> = arguments
        .iter()
        .map(|(name, value)| match value {
            Argument::Text(text) => (*name, FluentValue::from(*text)),
            Argument::Number(number) => (*name, FluentValue::from(*number)),
        })
        .collect();
    let mut lacking = Vec::new();
    let text = bundle.format_pattern(pattern, Some(&values), &mut lacking).into_owned();
    Some((text, lacking.is_empty()))
}

fn empty_bundle(language: Language) -> Result<FluentBundle<FluentResource>, TextError> {
    let tag: LanguageIdentifier = language.tag().parse().map_err(|_| TextError::Tag(language.tag()))?;
    let mut bundle = FluentBundle::new_concurrent(vec![tag]);
    // The marks around arguments would be unseen characters in an SMS, and cost it its one part.
    bundle.set_use_isolating(false);
    Ok(bundle)
}

fn built_in(language: Language) -> Result<FluentBundle<FluentResource>, TextError> {
    let mut bundle = empty_bundle(language)?;
    for (_, file, source) in FILES.iter().filter(|(of, ..)| *of == language) {
        let resource = FluentResource::try_new((*source).to_owned())
            .map_err(|(_, errors)| TextError::Syntax { file, problem: format!("{errors:?}") })?;
        bundle
            .add_resource(resource)
            .map_err(|errors| TextError::Duplicate { file, problem: format!("{errors:?}") })?;
    }
    Ok(bundle)
}

fn own_bundle(own: &TenantTexts, language: Language) -> Result<FluentBundle<FluentResource>, TextError> {
    let mut bundle = empty_bundle(language)?;
    for (key, pattern) in own.own(language) {
        if let Ok(resource) = FluentResource::try_new(source_of(key, pattern)) {
            // Each in a resource of its own: none can bring another with it.
            bundle.add_resource_overriding(resource);
        }
    }
    Ok(bundle)
}

/// What a pattern alone comes to, where all of it can be shown.
pub(crate) fn alone(
    language: Language,
    key: &str,
    pattern: &str,
    arguments: &[(&str, Argument<'_>)],
) -> Option<String> {
    let mut bundle = empty_bundle(language).ok()?;
    bundle.add_resource(FluentResource::try_new(source_of(key, pattern)).ok()?).ok()?;
    formatted(&bundle, key, arguments).filter(|(_, whole)| *whole).map(|(text, _)| text)
}

/// A key and its pattern as a file would have them. Every line is indented, so that none begins another text.
fn source_of(key: &str, pattern: &str) -> String {
    let mut source = format!("{key} =\n");
    for line in pattern.trim().lines() {
        // Writing to a String can't fail.
        let _ = writeln!(source, "    {line}");
    }
    source
}
