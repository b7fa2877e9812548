//! The section that says whom people turn to when they are stuck.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    plain::{is_unseen, unfit},
    values::WebUrl,
};
use crate::language::Language;

const LONGEST_NAME: usize = 60;
const LONGEST_PHONE: usize = 60;
const LONGEST_MAIL: usize = 100;
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
    /// What is wrong beyond the form of single values, as `key: what to do`.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let mut say = |key: &str, why: Option<String>| {
            problems.extend(why.map(|why| format!("help_desk.{key}: {why}")));
        };
        say("name", unfit(&self.name, LONGEST_NAME));
        if let Some(phone) = &self.phone {
            let digits = phone.chars().filter(char::is_ascii_digit).count();
            let wrong = (digits < 3).then(|| format!("{phone:?} is not a telephone number"));
            say("phone", unfit(phone, LONGEST_PHONE).or(wrong));
        }
        if let Some(mail) = &self.mail {
            let wrong = (!is_mail_address(mail)).then(|| format!("{mail:?} is not a mail address"));
            say("mail", unfit(mail, LONGEST_MAIL).or(wrong));
        }
        for (language, hours) in &self.hours {
            say(&format!("hours.{}", language.tag()), unfit(hours, LONGEST_HOURS));
        }
        let unseen = self.url.iter().find_map(|url| url.as_str().chars().find(|c| is_unseen(*c)));
        say("url", unseen.map(|c| format!("U+{:04X} is a character that nobody sees; take it out", u32::from(c))));
        if self.phone.is_none() && self.mail.is_none() {
            problems.push("help_desk: give a phone or a mail address, people will need it".to_owned());
        }
        problems
    }
}

/// `name@host`, of characters that need no quotes (RFC 5321, 4.1.2), and of these none that means something in a link, or
/// that an SMS can't show.
fn is_mail_address(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let word = |part: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "!$'*+-/=^_{|}~".contains(c))
    };
    name.split('.').all(word) && host.contains('.') && host.parse::<super::HostName>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> Vec<String> {
        toml::from_str::<HelpDesk>(text).unwrap_or_else(|error| panic!("{text}: {error}")).problems()
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
