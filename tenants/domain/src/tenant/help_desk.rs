//! The section that says whom people turn to when they are stuck.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    contact::{unfit_mail, unfit_phone, unfit_url},
    plain::unfit,
    values::WebUrl,
};
use crate::language::Language;

const LONGEST_NAME: usize = 60;
const LONGEST_HOURS: usize = 100;

/// Whom to turn to.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema, Default)]
#[serde(deny_unknown_fields)]
pub struct HelpDesk {
    /// Name, such as "IT-helpdesk".
    pub name: String,
    /// Telephone as it is to be read.
    #[serde(default)]
    pub phone: Option<String>,
    /// Mail address.
    #[serde(default)]
    pub mail: Option<String>,
    /// When it answers, by language, such as "vardagar 8–16".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub hours: BTreeMap<Language, String>,
    /// The page where it says more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<WebUrl>,
}

impl HelpDesk {
    /// Whether somebody can write there, by mail or on a page.
    pub(super) fn takes_writing(&self) -> bool {
        self.mail.is_some() || self.url.is_some()
    }

    /// What is wrong beyond the form of single values, as `key: what to do`; the section's name begins each key.
    pub(super) fn problems(&self, section: &str) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |key: &str, why: Option<String>| {
            problems.extend(why.map(|why| format!("{section}.{key}: {why}")));
        };
        say("name", unfit(&self.name, LONGEST_NAME));
        say("phone", self.phone.as_deref().and_then(unfit_phone));
        say("mail", self.mail.as_deref().and_then(unfit_mail));
        for (language, hours) in &self.hours {
            say(&format!("hours.{}", language.tag()), unfit(hours, LONGEST_HOURS));
        }
        say("url", self.url.as_ref().and_then(unfit_url));
        if self.phone.is_none() && self.mail.is_none() {
            problems.push(format!("{section}: give a phone or a mail address, people will need it"));
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        toml::from_str::<HelpDesk>(text).unwrap_or_else(|error| panic!("{text}: {error}")).problems("help_desk")
    }

    #[test]
    fn a_help_desk_that_can_be_reached_is_taken() {
        for right in [
            "name = \"Servicedesk\"\nphone = \"0142-36 60 00\"",
            "name = \"Vård och stöd\"\nphone = \"2000, knappval 3 och 1\"\nmail = \"vardochstod@orebro.se\"",
            "name = \"IT\"\nmail = \"a.b+c@it.orebro.se\"\nhours = { sv = \"vardagar 8–16\", en = \"weekdays 8–16\" }\nurl = \"https://orebro.se/it\"",
        ] {
            assert_eq!(problems(right), Vec::<String>::new(), "{right}");
        }
    }

    #[test]
    fn one_that_can_t_be_reached_is_refused_and_all_is_told_at_once() {
        for (wrong, keys) in [
            ("name = \"IT\"", vec!["help_desk: "]),
            ("name = \"\"\nphone = \"ring oss\"", vec!["help_desk.name: ", "help_desk.phone: "]),
            ("name = \"IT\"\nmail = \"it\"", vec!["help_desk.mail: "]),
            ("name = \"IT\"\nmail = \"it@orebro\"", vec!["help_desk.mail: "]),
            ("name = \"IT\"\nmail = \"a@b.se?cc=c@d.se\"", vec!["help_desk.mail: "]),
            ("name = \"IT\"\nmail = \"a b@orebro.se\"", vec!["help_desk.mail: "]),
            ("name = \"IT\"\nmail = \"\\\"<b>\\\"@orebro.se\"", vec!["help_desk.mail: "]),
            ("name = \"IT\"\nphone = \"12\"", vec!["help_desk.phone: "]),
            ("name = \"IT\"\nphone = \"019\u{202e}211000\"", vec!["help_desk.phone: "]),
            ("name = \"IT\"\nphone = \"112\"\nurl = \"https://orebro.se/\u{202e}ti\"", vec!["help_desk.url: "]),
            (
                "name = \"<b>IT</b>\"\nphone = \"123\"\nhours = { sv = \"\" }",
                vec!["help_desk.name: ", "help_desk.hours.sv: "],
            ),
        ] {
            let found = problems(wrong);
            assert_eq!(found.len(), keys.len(), "{wrong}: {found:?}");
            for (line, key) in found.iter().zip(keys) {
                assert!(line.starts_with(key), "{wrong}: {found:?}");
            }
        }
        for wrong in ["url = \"http://orebro.se\"", "url = \"javascript:alert(1)\"", "hours = { de = \"x\" }"] {
            assert!(toml::from_str::<HelpDesk>(&format!("name = \"IT\"\n{wrong}")).is_err(), "{wrong}");
        }
    }
}
