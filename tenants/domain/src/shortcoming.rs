//! What is known not to be accessible to everybody on the platform's pages. Every tenant's accessibility statement lists it.

use crate::language::Language;

/// Something that not everybody can use.
#[derive(Debug, Clone, Copy)]
pub struct KnownShortcoming {
    /// The success criterion of WCAG that it concerns.
    pub criterion: &'static str,
    /// In Swedish.
    pub swedish: ShortcomingText<'static>,
    /// In English.
    pub english: ShortcomingText<'static>,
    /// The day by which it is to be mended, such as `2027-03-31`.
    pub mended_by: Option<&'static str>,
}

/// The words of one in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShortcomingText<'a> {
    /// What it is.
    pub what: &'a str,
    /// For whom.
    pub who: &'a str,
    /// Why it is so.
    pub why: &'a str,
}

impl KnownShortcoming {
    /// Its words.
    pub fn text(&self, language: Language) -> ShortcomingText<'static> {
        match language {
            Language::Sv => self.swedish,
            Language::En => self.english,
        }
    }
}

/// All that are known. Whoever mends one takes it out, in the same change.
pub const OF_THE_PLATFORM: &[KnownShortcoming] = &[KnownShortcoming {
    criterion: "2.2.1",
    swedish: ShortcomingText {
        what: "Ett ärende avslutas efter 15 minuter utan att något skickas in, och senast 30 minuter efter att det började. De 30 minuterna går inte att förlänga.",
        who: "Du som behöver mycket tid, till exempel för att du använder skärmläsare, förstoring eller talstyrning.",
        why: "Ett ärende som har lämnats öppet ska inte kunna tas över av någon annan. Du kan börja om så många gånger du behöver.",
    },
    english: ShortcomingText {
        what: "A request ends after 15 minutes in which nothing is sent, and at the latest 30 minutes after it began. The 30 minutes can't be extended.",
        who: "You who need much time, for example since you use a screen reader, magnification or speech control.",
        why: "Nobody else is to be able to take over a request that was left open. You may start over as often as you need.",
    },
    mended_by: None,
}];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flow::{IDLE_LIFE, WHOLE_LIFE};

    #[test]
    fn what_is_known_is_said_in_every_language_with_a_criterion() {
        for known in OF_THE_PLATFORM {
            assert_eq!(known.criterion.split('.').count(), 3, "{}", known.criterion);
            for language in Language::ALL {
                let ShortcomingText { what, who, why } = known.text(language);
                assert!([what, who, why].iter().all(|text| text.len() > 20 && text.ends_with('.')), "{what}");
            }
            assert!(known.mended_by.is_none_or(|day| day.parse::<chrono::NaiveDate>().is_ok()), "{known:?}");
        }
    }

    #[test]
    fn the_times_that_are_told_are_those_of_flows() {
        let of_time = OF_THE_PLATFORM.iter().filter(|known| known.criterion == "2.2.1");
        for known in of_time {
            for language in Language::ALL {
                let what = known.text(language).what;
                for minutes in [IDLE_LIFE.num_minutes(), WHOLE_LIFE.num_minutes()] {
                    assert!(what.contains(&format!(" {minutes} minut")), "{minutes}: {what}");
                }
            }
        }
    }
}
