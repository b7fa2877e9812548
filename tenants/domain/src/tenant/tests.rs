//! What is wrong with settings as a whole, each thing with its key.

use super::*;

fn preset() -> toml::Table {
    include_str!("../../../presets/orebro.toml").parse().expect("a preset")
}

fn problems(change: impl FnOnce(&mut TenantSettings)) -> Vec<String> {
    let mut settings: TenantSettings = preset().try_into().expect("settings");
    change(&mut settings);
    settings.problems()
}

#[test]
fn a_name_is_plain_words_of_one_line() {
    assert_eq!(problems(|_| {}), Vec::<String>::new());
    assert_eq!(problems(|settings| settings.name = "Å".repeat(100)), Vec::<String>::new());
    for (name, why) in [
        ("", "write something"),
        (" \u{ad}", "write something"),
        ("Örebro\nkommun", "U+000A"),
        ("Örebro\rkommun", "U+000D"),
        ("Örebro\u{202e}kommun", "U+202E"),
        ("<b>Örebro</b> kommun", "no markup"),
        (&"Å".repeat(101), "write at most 100"),
    ] {
        let found = problems(|settings| settings.name = name.to_owned());
        assert!(matches!(&found[..], [one] if one.starts_with("name: ") && one.contains(why)), "{name:?}: {found:?}");
    }
}

#[test]
fn what_would_look_like_a_code_in_a_message_is_refused() {
    let changes: [fn(&mut TenantSettings); 3] = [
        |settings| settings.name = "Kommun 123456".to_owned(),
        |settings| settings.help_desk.name = "Hjälp 123456".to_owned(),
        |settings| settings.help_desk.mail = Some("it.123456@orebro.se".to_owned()),
    ];
    for change in changes {
        let found = problems(change);
        assert!(matches!(&found[..], [one] if one.contains("six digits in a row")), "{found:?}");
    }
}

#[test]
fn languages_are_there_once_and_the_default_is_among_them() {
    let changes: [(fn(&mut TenantSettings), &str); 3] = [
        (|settings| settings.languages.clear(), "languages: name at least one"),
        (|settings| settings.languages.push(Language::Sv), "languages: name each once"),
        (|settings| settings.languages = vec![Language::En], "default_language: name one of languages"),
    ];
    for (change, why) in changes {
        let found = problems(change);
        assert!(found.iter().any(|line| line.starts_with(why)), "{why}: {found:?}");
    }
}

#[test]
fn where_a_tenant_may_connect_is_no_setting_of_its_own() {
    let list = || toml::Table::from_iter([("networks".to_owned(), vec!["10.0.0.0/8"].into())]);
    let mut top = preset();
    top.insert("connect".to_owned(), list().into());
    assert!(top.try_into::<TenantSettings>().is_err_and(|error| error.to_string().contains("connect")));
    for section in ["directory", "sms", "mail"] {
        let mut within = preset();
        within[section].as_table_mut().expect("a section").insert("connect".to_owned(), list().into());
        let read = within.try_into::<TenantSettings>();
        assert!(read.is_err_and(|error| error.to_string().contains("connect")), "{section}");
    }
}
