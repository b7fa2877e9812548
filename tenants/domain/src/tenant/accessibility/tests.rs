//! What a statement may say, and what it lacks.

use super::*;

fn section(text: &str) -> AccessibilitySettings {
    toml::from_str(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn problems(text: &str) -> Vec<String> {
    section(text).problems(&Language::ALL, &desk("mail = \"it@orebro.se\""))
}

fn desk(ways: &str) -> HelpDesk {
    toml::from_str(&format!("name = \"IT-helpdesk\"\n{ways}")).expect("a help desk")
}

const ONE: &str = r#"
[[shortcomings]]
what = { sv = "Karta utan text", en = "A map without text" }
who = { sv = "Du som inte ser", en = "You who do not see" }
why = { sv = "Den är gammal", en = "It is old" }
mended_by = "2027-03-31"
"#;
const KNOWN: KnownShortcoming = OF_THE_PLATFORM[0];

#[test]
fn what_is_known_decides_and_the_tenant_may_only_lower_it() {
    use Conformance::{Fully, Not, Partially};
    let exempt = "[[exempt]]\nwhat = { sv = \"a\", en = \"b\" }\nwhy = { sv = \"c\", en = \"d\" }";
    for (text, platform, expected) in [
        ("", &[][..], Fully),
        ("", &[KNOWN], Partially),
        (ONE, &[], Partially),
        (exempt, &[], Fully),
        (&exempt.replace("exempt", "disproportionate"), &[], Partially),
        ("conformance = \"partially\"", &[], Partially),
        ("conformance = \"not\"", &[KNOWN], Not),
        ("conformance = \"fully\"", &[KNOWN], Partially),
    ] {
        assert_eq!(section(text).conformance(platform), expected, "{text} {platform:?}");
    }
    assert_eq!(problems(&format!("conformance = \"not\"\n{ONE}")), Vec::<String>::new());
    let better = problems(&format!("conformance = \"fully\"\n{ONE}"));
    assert!(matches!(&better[..], [one] if one.starts_with("accessibility.conformance: ")), "{better:?}");
}

#[test]
fn what_is_wrong_is_told_with_its_key_and_all_at_once() {
    let right = format!(
        "assessed = \"2026-10-01\"\nmethod = \"self\"\nupdated = \"2026-10-01\"\nanswer_days = 2\n\
         contact = {{ mail = \"a@orebro.se\", phone = \"019-21 10 00\", url = \"https://orebro.se/form\" }}\n{ONE}"
    );
    assert_eq!(problems(&right), Vec::<String>::new());
    let long = "å".repeat(601);
    for (wrong, keys) in [
        ("assessed = \"2026-10-01\"".to_owned(), vec!["accessibility.method: "]),
        ("method = \"external\"".to_owned(), vec!["accessibility.assessed: "]),
        (right.replace("updated = \"2026-10-01\"", "updated = \"2026-09-30\""), vec!["accessibility.updated: "]),
        ("updated = \"1999-01-01\"".to_owned(), vec!["accessibility.updated: "]),
        ("answer_days = 0".to_owned(), vec!["accessibility.answer_days: "]),
        ("contact = { name = \"Åsa\" }".to_owned(), vec!["accessibility.contact: "]),
        (
            "answer_days = 61\ncontact = { mail = \"a\", phone = \"x\" }".to_owned(),
            vec!["accessibility.contact.mail: ", "accessibility.contact.phone: ", "accessibility.answer_days: "],
        ),
        (ONE.replace(", en = \"It is old\"", ""), vec!["accessibility.shortcomings.1.why: say it in \"en\" too"]),
        (
            ONE.replace("Karta utan text", "<b>Karta</b>"),
            vec!["accessibility.shortcomings.1.what.sv: there is no markup"],
        ),
        (ONE.replace("It is old", &long), vec!["accessibility.shortcomings.1.why.en: 601 characters"]),
        (ONE.repeat(31), vec!["accessibility.shortcomings: 31 entries"]),
        (
            "[[disproportionate]]\nwhat = { sv = \"a\", en = \"b\" }\nwhy = { sv = \"\", en = \"b\" }".to_owned(),
            vec!["accessibility.disproportionate.1.why.sv: "],
        ),
    ] {
        let found = problems(&wrong);
        assert_eq!(found.len(), keys.len(), "{wrong}: {found:?}");
        for (line, key) in found.iter().zip(keys) {
            assert!(line.starts_with(key), "{wrong}: {found:?}");
        }
    }
    // A tenant of one language needs that one.
    let swedish = ONE
        .lines()
        .map(|line| line.split(", en").next().expect("a part"))
        .map(|line| if line.contains("sv =") { format!("{line} }}\n") } else { format!("{line}\n") });
    assert_eq!(
        section(&swedish.collect::<String>()).problems(&[Language::Sv], &desk("mail = \"it@orebro.se\"")),
        Vec::<String>::new()
    );
}

#[test]
fn what_can_not_be_is_no_setting() {
    for wrong in [
        "assessed = \"2026-02-30\"",
        "assessed = \"1 oktober\"",
        "assessed = \"2026-1-1\"",
        "method = \"guess\"",
        "conformance = \"nearly\"",
        "answers = 2",
        "contact = { url = \"http://orebro.se\" }",
        "[[shortcomings]]\nwhat = { sv = \"a\" }",
        "[[exempt]]\nwhat = { sv = \"a\" }\nwhy = { sv = \"b\" }\nwho = { sv = \"c\" }",
    ] {
        assert!(toml::from_str::<AccessibilitySettings>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_lacking_and_what_is_over_is_told_without_refusing_it() {
    let today = "2026-11-22".parse().expect("a day");
    let told = |text: &str| section(text).shortfalls(today);
    let empty = told("");
    for key in ["assessed: ", "updated: ", "contact: ", "answer_days: "].map(|key| format!("accessibility.{key}")) {
        assert_eq!(empty.iter().filter(|line| line.starts_with(&key)).count(), 1, "{empty:?}");
    }
    let whole = "assessed = \"2026-11-22\"\nupdated = \"2026-11-22\"\nmethod = \"self\"\nanswer_days = 2\ncontact = { mail = \"a@orebro.se\" }\n";
    assert_eq!(told(&format!("{whole}{ONE}")), Vec::<String>::new());
    let ahead = told(&whole.replace("2026-11-22", "2026-11-23"));
    let yet = |line: &String, key: &str| line.starts_with(&format!("accessibility.{key}: the day is yet"));
    assert!(matches!(&ahead[..], [one, two] if yet(one, "assessed") && yet(two, "updated")), "{ahead:?}");
    let over = told(&format!("{whole}{}", ONE.replace("2027-03-31", "2026-11-21")));
    assert!(matches!(&over[..], [one] if one.starts_with("accessibility.shortcomings.1.mended_by: ")), "{over:?}");
}

#[test]
fn somebody_who_can_not_call_can_write() {
    let (phone, mail) = (desk("phone = \"0142-36 60 00\""), desk("mail = \"it@orebro.se\""));
    let page = desk("phone = \"0142-36 60 00\"\nurl = \"https://mjolby.se/hjalp\"");
    let alone = "accessibility.contact: a phone alone does not do";
    let no_other = "accessibility.contact: the help desk has a phone alone";
    for (text, help_desk, refused) in [
        ("contact = { phone = \"0142-36 60 00\" }", &mail, Some(alone)),
        ("contact = { name = \"Åsa\", phone = \"0142-36 60 00\" }", &phone, Some(alone)),
        ("contact = { phone = \"0142-36 60 00\", mail = \"a@mjolby.se\" }", &phone, None),
        ("contact = { url = \"https://mjolby.se/brister\" }", &phone, None),
        // Whoever names nobody there is reached by the help desk.
        ("answer_days = 2", &phone, Some(no_other)),
        ("answer_days = 2", &mail, None),
        ("answer_days = 2", &page, None),
        // Nothing is said, so nothing is promised.
        ("", &phone, None),
    ] {
        let found = section(text).problems(&Language::ALL, help_desk);
        let right = match refused {
            Some(why) => matches!(&found[..], [one] if one.starts_with(why)),
            None => found.is_empty(),
        };
        assert!(right, "{text}: {found:?}");
    }
}
