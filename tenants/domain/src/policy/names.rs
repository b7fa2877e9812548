//! The person's own names in a password, found as Active Directory finds them (MS-SAMR 3.1.1.7.2).

use super::fold::lowered;

/// Where a display name is cut. The specification gives them by their codes: what other texts of Microsoft's call the
/// "pound sign" is 0x23, "#".
const DELIMITERS: [char; 7] = [' ', ',', '.', '\t', '-', '_', '#'];

/// Names of up to this many characters are not looked for.
const TOO_SHORT: usize = 2;

/// The username as it is looked for; `None` where it is too short for that.
pub fn username_token(username: &str) -> Option<String> {
    Some(lowered(username)).filter(|token| long_enough(token))
}

/// The parts of a display name that are looked for. None holds a space.
pub fn name_tokens(display_name: &str) -> Vec<String> {
    lowered(display_name).split(DELIMITERS).filter(|token| long_enough(token)).map(str::to_owned).collect()
}

pub(super) fn holds_username(password: &str, username: &str) -> bool {
    username_token(username).is_some_and(|token| lowered(password).contains(&token))
}

pub(super) fn holds_name(password: &str, display_name: &str) -> bool {
    let password = lowered(password);
    name_tokens(display_name).iter().any(|token| password.contains(token))
}

fn long_enough(token: &str) -> bool {
    token.chars().count() > TOO_SHORT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_display_name_is_cut_where_the_specification_cuts_it() {
        let cases: [(&str, &[&str]); 8] = [
            ("Åsa Lind-Öberg", &["åsa", "lind", "öberg"]),
            ("Erin M. Hagens", &["erin", "hagens"]),
            ("Bo Ek", &[]),
            ("Svensson,Maria_Eva\tAnn#Li", &["svensson", "maria", "eva", "ann"]),
            ("  ..--Nils  ", &["nils"]),
            ("Ann£Marie/Ek", &["ann£marie/ek"]),
            ("A\u{30a}sa", &["åsa"]),
            ("", &[]),
        ];
        for (name, tokens) in cases {
            assert_eq!(name_tokens(name), tokens, "{name:?}");
        }
        assert_eq!(username_token("LovStlin32").as_deref(), Some("lovstlin32"));
        assert_eq!(username_token("bo"), None);
    }

    #[test]
    fn whole_parts_are_looked_for_whatever_their_case() {
        assert!(holds_name("minÖBERGhund", "Åsa Lind-Öberg") && holds_name("xA\u{30a}SAx", "Åsa"));
        assert!(!holds_name("minobergli", "Åsa Lind-Öberg") && !holds_name("bo ek bo ek", "Bo Ek"));
        assert!(holds_username("xxLOVSTLIN32", "lovstlin32") && !holds_username("lovstlin3", "lovstlin32"));
        assert!(!holds_username("boboboboli", "bo"));
    }
}
