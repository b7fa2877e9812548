//! Each mistake that a tenant may make in its texts, and what it is told.

use super::*;

fn texts() -> Texts {
    Texts::new().expect("the built-in texts")
}

/// The settings of a preset with these texts.
fn settings(own: &str) -> TenantSettings {
    let mut file: toml::Table = include_str!("../../../presets/orebro.toml").parse().expect("a preset");
    let own: toml::Table = own.parse().unwrap_or_else(|error| panic!("{own}: {error}"));
    let texts = file["texts"].as_table_mut().expect("texts");
    texts.remove("sv");
    texts.remove("en");
    texts.extend(own);
    file.try_into().expect("settings")
}

fn told(own: &str) -> Vec<String> {
    problems(&texts(), &settings(own))
}

/// What is told of one text.
fn of(language: &str, key: &str, pattern: &str) -> Vec<String> {
    let section = toml::Table::from_iter([(key.to_owned(), pattern.into())]);
    told(&toml::Table::from_iter([(language.to_owned(), section.into())]).to_string())
}

#[test]
fn the_presets_have_texts_that_can_be_saved() {
    for preset in [include_str!("../../../presets/orebro.toml"), include_str!("../../../presets/mjolby.toml")] {
        let settings: TenantSettings = toml::from_str(preset).expect("a preset");
        assert_eq!(problems(&texts(), &settings), Vec::<String>::new(), "{}", settings.slug);
        assert!(!settings.texts.sv.is_empty(), "{} shows how it is done", settings.slug);
    }
}

#[test]
fn the_built_in_texts_could_be_a_tenants_own() {
    // Every text that a tenant may write is taken as it is built in: no rule here is stricter than ourselves.
    for language in Language::ALL {
        let mut own = toml::Table::new();
        for (of, _, source) in crate::FILES.iter().filter(|(of, ..)| *of == language) {
            let resource = fluent_syntax::parser::parse(*source).expect("a file");
            for entry in resource.body {
                let fluent_syntax::ast::Entry::Message(mut message) = entry else { continue };
                message.comment = None;
                let key = message.id.name;
                if of_no_tenant(key) {
                    continue;
                }
                let only = fluent_syntax::ast::Resource { body: vec![fluent_syntax::ast::Entry::Message(message)] };
                let written = fluent_syntax::serializer::serialize(&only);
                let (_, pattern) = written.split_once('=').expect("a pattern");
                own.insert(key.to_owned(), pattern.into());
                assert_eq!(*of, language);
            }
        }
        assert!(own.len() > 200, "{}", own.len());
        let own = toml::Table::from_iter([(language.tag().to_owned(), own.into())]);
        assert_eq!(told(&own.to_string()), Vec::<String>::new());
    }
}

#[test]
fn each_mistake_is_told_with_key_language_and_what_to_do() {
    let cases = [
        // Keys.
        ("sv", "button-nxt", "Vidare", "did you mean button-next?"),
        ("sv", "logotyp", "Vidare", "keys are those of"),
        ("en", "demo-title", "Practice", "on no page of a tenant"),
        ("en", "bare-misdirected", "Nothing", "on no page of a tenant"),
        ("sv", "language-name", "Skånska", "on no page of a tenant"),
        // Form.
        ("sv", "button-next", "", "write something"),
        ("sv", "button-next", "{ \"\" }", "write something"),
        ("sv", "button-next", "\u{ad}", "write something"),
        ("sv", "button-next", "→", "write something"),
        ("sv", "button-next", "Vidare }", "a } without its {"),
        ("sv", "code-time", "Du har { $minutes minuter", "line 1, character "),
        ("sv", "code-time", "Du har\n{ $minutes minuter", "line 2, character "),
        ("sv", "code-time", "{ $minutes ->\n [one] en\n [other] { $minutes }\n}", "mark the one for all other cases"),
        ("sv", "code-time", "{ $minutes }\n.title = Tid", "begins with a full stop"),
        ("sv", "code-time", "{ $minutes ->\n [few] få\n *[other] { $minutes }\n}", "[few] is never chosen"),
        ("sv", "code-time", "{ $minutes ->\n [1.5] få\n *[other] { $minutes }\n}", "[1.5] is never chosen"),
        // Values.
        (
            "sv",
            "code-time",
            "Du har { $minuter } minuter",
            "there is no value { $minuter } here; it takes { $minutes }",
        ),
        ("sv", "button-next", "Vidare { $user }", "it takes no values"),
        ("sv", "code-time", "Du har en stund.", "{ $minutes } is missing"),
        ("sv", "code-reset", "{ $code } är din kod.", "{ $minutes } is missing"),
        ("sv", "code-reset", "Den gäller i { $minutes } minuter.", "{ $code } is missing"),
        ("sv", "code-reset", "{ $minutes ->\n [10] Tio { $code }\n *[other] Skynda\n}", "{ $code } is missing"),
        ("sv", "notice-unlocked", "Ditt konto är upplåst.", "{ $tenant } is missing"),
        // A value that a variant is chosen by is told only where the variant is for that one value.
        ("sv", "code-time", "{ $minutes ->\n *[other] Skynda\n}", "{ $minutes } is missing"),
        ("sv", "code-time", "{ $minutes ->\n [one] Nu\n [5] Fem\n *[other] Snart\n}", "{ $minutes } is missing"),
        ("sv", "code-time", "{ $minutes ->\n [other] Snart\n *[one] Nu\n}", "{ $minutes } is missing"),
        ("sv", "code-time", "{ $minutes ->\n *[5] Snart\n}", "{ $minutes } is missing"),
        ("sv", "rule-kinds", "{ $count ->\n [1] ett\n [2] två\n *[other] flera\n}", "{ $count } is missing"),
        ("sv", "not-you-phone", "Ring { $name }.{ $phone ->\n *[other] {\" \"}\n}", "{ $phone } is missing"),
        ("sv", "code-reset", "{ $code ->\n *[other] { $minutes } minuter\n}", "{ $code } is missing"),
        // Of two counts one alone could be looked at together with the other.
        (
            "sv",
            "step",
            "{ $number ->\n [1] { $of ->\n [4] <b>Steg</b>\n *[other] { $of }\n }\n *[other] { $number } { $of }\n}",
            "chosen by { $number } and { $of }; choose them by one value",
        ),
        ("sv", "code-time", &format!("{}{{ $minutes }}", "{\"\"}".repeat(120)), "too many values"),
        ("sv", "button-next", &format!("{}\"a\"{}", "{".repeat(900), "}".repeat(900)), "brackets are open"),
        ("sv", "button-next", &format!("{{ {}1{} }}", "A(".repeat(600), ")".repeat(600)), "brackets are open"),
        // What is not there.
        ("sv", "button-next", "{ -brand }", "there is no term -brand"),
        ("sv", "button-next", "{ button-cancel }", "a text can't hold another (button-cancel)"),
        ("sv", "code-time", "{ NUMBER($minutes) } minuter", "there is no function NUMBER"),
        ("sv", "code-time", "{ DATETIME($minutes) }", "there is no function DATETIME"),
        // Markup and what nobody sees.
        ("sv", "done-password", "<script>alert(1)</script>", "no markup"),
        ("sv", "done-password", "{ \"<\" }b>fet{ \"</b>\" }", "no markup"),
        ("sv", "done-password", "a&nbsp;b", "no markup"),
        ("sv", "done-password", "{ \"\\u003Cscript>\" }", "no markup"),
        ("sv", "done-password", "a\u{202e}b", "U+202E"),
        ("sv", "done-password", "{ \"\\u200B\" }", "U+200B"),
        ("sv", "done-password", "a{ \"\\U0E0041\" }", "U+E0041"),
        ("sv", "done-password", "a\u{2066}b\u{2069}", "U+2066"),
        ("sv", "button-next", "\u{3164}", "U+3164"),
        ("en", "subject-code", "Your{ \"\\u000A\" }Bcc: a@b.se", "on one line"),
        ("en", "subject-code", "Your{ \"\\u000D\" }code", "U+000D"),
        ("sv", "subject-code", "Din\nkod", "on one line"),
        ("sv", "notice-unlocked", "Hos { $tenant }:\nupplåst", "on one line"),
        // SMS.
        (
            "sv",
            "code-reset",
            "{ $code } – gäller i { $minutes } minuter.",
            "'–' (U+2013) is not in the alphabet of SMS; write -",
        ),
        ("sv", "code-reset", "{ $code } gäller i { $minutes } minuter. 😀", "is not in the alphabet of SMS"),
        ("en", "notice-unlocked", "Your account at { $tenant } isn’t locked.", "write '"),
        ("sv", "not-you-phone", "Inte du? Ring { $name }, { $phone }…", "three full stops"),
        ("sv", "code-reset", "{ $code } gäller { $minutes } min. Se https://orebro.se", "held a link"),
        ("sv", "code-reset", "{ $code } gäller { $minutes } min. Se orebro.se", "held a link"),
        ("sv", "code-reset", "{ $code } gäller i { $minutes } min. Ring 123456.", "six digits in a row"),
        ("sv", "subject-code", "Kod 123456", "six digits in a row"),
        ("sv", "mail-was-you", "Ring 019211000 eller 211000.", "six digits in a row"),
        (
            "sv",
            "code-reset",
            "{ $minutes ->\n [7] { $code } 654321\n *[other] { $code } { $minutes }\n}",
            "six digits in a row",
        ),
        ("sv", "code-reset", "{ $code }{ $minutes } minuter", "the code has to stand in it once"),
        ("sv", "code-reset", "{ $code } { $code } i { $minutes } minuter", "the code has to stand in it once"),
        // Promises.
        ("sv", "done-password-heading", "Färdigt", "begin with \"Klart\""),
        ("en", "done-unlock-heading", "Your account is unlocked", "begin with \"Done\""),
        ("sv", "done-stopped-heading", "klart", "begin with \"Klart\""),
        ("sv", "choose-keep", "Lås upp", "hold the word \"behåll\""),
        ("en", "choose-new", "Start afresh", "hold the words \"new password\""),
        ("sv", "button-next", &"å".repeat(61), "write at most 60"),
        ("sv", "start-heading", &"å".repeat(91), "write at most 90"),
        ("sv", "done-password", &"å".repeat(601), "write at most 600"),
        ("sv", "done-password", &"å".repeat(2_001), "write at most 2000"),
    ];
    let mut wrong = Vec::new();
    for (language, key, pattern, expected) in cases {
        let found = of(language, key, pattern);
        let place = format!("texts.{language}.{key}: ");
        let one = found.iter().any(|line| line.starts_with(&place) && line.contains(expected));
        if !one || !found.iter().all(|line| line.starts_with(&place)) {
            wrong.push(format!("{key} = {pattern:?}: {expected:?} is not what is told: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn everything_is_told_at_once() {
    let found = told(
        "sv = { button-nxt = \"a\", code-time = \"b\", choose-keep = \"c\" }\nen = { code-reset = \"{ $kod }\", choose-new = \"<i>\" }",
    );
    for place in ["sv.button-nxt", "sv.code-time", "sv.choose-keep", "en.code-reset", "en.choose-new"] {
        assert!(found.iter().any(|line| line.starts_with(&format!("texts.{place}: "))), "{place}: {found:#?}");
    }
    let of_code = found.iter().filter(|line| line.contains("en.code-reset")).count();
    assert_eq!(of_code, 3, "an unknown value and two that are missing: {found:#?}");
}

#[test]
fn texts_of_all_kinds_are_taken() {
    for (language, key, pattern) in [
        ("sv", "button-next", "Vidare"),
        ("sv", "button-next", "  Vidare  "),
        ("sv", "done-password", "Nu kan du logga in.\nGlöm inte mobilen – den ber om det nya lösenordet."),
        ("sv", "done-password", "Lösen\u{ad}ordet är bytt, 5 < 7 & så { \"{\" }vidare{ \"}\" }."),
        ("sv", "code-time", "{ $minutes ->\n    [one] Du har 1 minut.\n   *[other] Du har { $minutes } minuter.\n}"),
        ("sv", "code-time", "{ $minutes ->\n[1] En minut.\n[5] Fem minuter.\n*[other] { $minutes } minuter.\n}"),
        ("sv", "code-reset", "Kod { $code }, gäller { $minutes } min. Ge den inte till någon."),
        ("sv", "page-title", "{ $step } – { $service }"),
        // What is for one value says it; the default here is for 1 alone.
        ("sv", "code-time", "{ $minutes ->\n [other] { $minutes } minuter.\n *[one] En minut.\n}"),
        ("sv", "start-heading", "Välkommen (åter (igen))"),
        ("en", "sign-in-refused", "Wrong name or password."),
        ("sv", "choose-keep", "Lås upp och behåll lösenordet"),
        ("en", "done-unlock-heading", "Done! Your account is open"),
    ] {
        assert_eq!(of(language, key, pattern), Vec::<String>::new(), "{key} = {pattern:?}");
    }
}

#[test]
fn a_code_has_to_fit_one_sms_with_the_tenants_own_host() {
    let fits = "{ $code } är din kod i { $minutes } minuter. ";
    // @pwreset.orebro.se #304827 and an empty line are 28; 304827 and 10 are 8.
    let sentence = |length: usize| {
        let room = length - "304827 är din kod i 10 minuter. ".chars().count();
        format!("{fits}{}.", "å".repeat(room - 1))
    };
    assert_eq!(of("sv", "code-reset", &sentence(132)), Vec::<String>::new());
    let found = of("sv", "code-reset", &sentence(133));
    assert!(matches!(&found[..], [one] if one.contains("has 161 of 160 characters; take out 1")), "{found:#?}");
    // Signs of the extension table cost two.
    let dear = sentence(132).replace('.', "€");
    let found = of("sv", "code-reset", &dear);
    assert!(matches!(&found[..], [one] if one.contains("has 162 of 160")), "{found:#?}");
    // A longer host leaves less room, whoever lengthened it.
    let mut longer = settings(&format!("[sv]\ncode-reset = {:?}", sentence(132)));
    longer.hosts.reset = "pwreset2.orebro.se".parse().expect("a host");
    assert_eq!(problems(&texts(), &longer).len(), 1);
    // A variant that today's settings do not choose.
    let hidden = format!("{{ $minutes ->\n[7] {}\n*[other] {fits}\n}}", sentence(140));
    let found = of("sv", "code-reset", &hidden);
    assert!(matches!(&found[..], [one] if one.contains("take out")), "{found:#?}");
}

#[test]
fn names_of_the_tenant_have_to_fit_sms_too() {
    let mut own = settings("");
    own.name = "Örebro – vår kommun".to_owned();
    own.help_desk.name = "IT\u{a0}hjälp".to_owned();
    let found = problems(&texts(), &own);
    for (key, instead) in [("name: '–'", "write -"), ("help_desk.name: ", "write a space")] {
        assert!(found.iter().any(|line| line.starts_with(key) && line.contains(instead)), "{key}: {found:#?}");
    }
    let mut own = settings("[sv]\nnot-you-mail = \"{ $name } { $mail }\"");
    own.texts.sv.insert("not-you-mail".to_owned(), format!("{{ $name }} {{ $mail }} {}", "å".repeat(250)));
    let found = problems(&texts(), &own);
    assert!(found.iter().any(|line| line.contains("would need three parts")), "{found:#?}");
}

#[test]
fn a_language_that_is_not_offered_sends_nothing_that_could_be_wrong() {
    let mut own = settings("");
    own.languages = vec![Language::Sv];
    own.texts.en.insert("code-reset".to_owned(), format!("{{ $code }} {{ $minutes }} {}", "a".repeat(200)));
    assert_eq!(problems(&texts(), &own), Vec::<String>::new());
    // Nor is anything told of it, though a message that was asked for in it would be sent in the other one.
    let mut wrong = own.clone();
    wrong.texts.sv.insert("code-reset".to_owned(), format!("{{ $code }} {{ $minutes }} {}", "a".repeat(200)));
    let told = problems(&texts(), &wrong);
    assert!(matches!(&told[..], [one] if one.starts_with("texts.sv.code-reset: ")), "{told:#?}");
    own.languages = vec![Language::Sv, Language::En];
    assert_eq!(problems(&texts(), &own).len(), 1);
}

#[test]
fn words_of_reminder_mails_are_no_sms() {
    assert_eq!(of("sv", "reminder-soon", "Lösenorden går snart ut – byt dem “nu”."), Vec::<String>::new());
    let long = "Lösenord som går ut inom kort ".repeat(3);
    assert!(of("sv", "reminder-subject", &long).iter().any(|told| told.contains("write at most 60")));
    assert!(!of("sv", "own-reminder-change", "Byt – på { $address }").is_empty(), "it is in the SMS too");
}
