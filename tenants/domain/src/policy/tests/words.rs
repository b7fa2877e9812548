//! What is refused for being guessed, and what is not.

use crate::policy::{banned_words, guessed_words, tenant_words};

fn guessed(password: &str) -> Option<Vec<String>> {
    guessed_words(password, &tenant_words("Örebro kommun", &["Hemvården".to_owned()]))
}

#[test]
fn one_or_two_words_are_found_in_every_disguise() {
    let cases: [(&str, &[&str]); 28] = [
        ("Sommar2026!", &["sommar"]),
        ("sommar", &["sommar"]),
        ("2026sommar", &["sommar"]),
        ("S0mm@r2026", &["sommar"]),
        ("$0mm4r!!", &["sommar"]),
        ("S-o-m-m-a-r", &["sommar"]),
        ("s0ommar1", &["sommar"]),
        ("Sommar1", &["sommar"]),
        ("Jul2345#", &["jul"]),
        ("Ju|2345", &["jul"]),
        // The reading that takes most of it for letters may be the one that is named.
        ("Jul1234", &["juli"]),
        ("VårSommar26", &["vår", "sommar"]),
        ("VarSommar26", &["vår", "sommar"]),
        ("V\u{e5}rsommar", &["vår", "sommar"]),
        ("Va\u{30a}rsommar", &["vår", "sommar"]),
        ("sommar-Sommar", &["sommar", "sommar"]),
        ("Orebro2026!", &["Örebro"]),
        ("Lösenord123", &["lösenord"]),
        ("losenord", &["lösenord"]),
        ("l0s3n0rd", &["lösenord"]),
        ("P@55w0rd", &["password"]),
        ("hemvarden1", &["Hemvården"]),
        ("Ｓommar２０２６", &["sommar"]),
        // Endings and padding.
        ("Sommaren1", &["sommar"]),
        ("MinSommar26", &["sommar"]),
        ("xSommar26y", &["sommar"]),
        ("SommarOchVinter", &["sommar", "vinter"]),
        ("Sommarlov1", &["sommar"]),
    ];
    for (password, words) in cases {
        let found = guessed(password).unwrap_or_else(|| panic!("{password} is let through"));
        assert_eq!(found, words, "{password}");
    }
}

#[test]
fn what_has_no_letters_is_refused() {
    for password in ["123456789012", "2026-11-22", "!\"#¤%&/()=", "\u{1f511}\u{1f511}", " "] {
        assert_eq!(guessed(password), Some(vec![]), "{password}");
    }
}

#[test]
fn a_word_among_others_is_no_reason() {
    for password in [
        "korrekt häst batteri sommar",
        "sommarregn på taket",
        "sommar vinter höst vår",
        "Vinterbad88Stenmur",
        "Blixtlas21Mossa",
        "Kastanj41Skugga",
        "Tallkotte41Vindfang",
        "majonnäs7brygga",
        "julklappspapper",
        "oktoberfest",
        "Hundgård41",
        "xK7#qWm2Lp9v",
        "skolbänk7rost",
    ] {
        assert_eq!(guessed(password), None, "{password}");
    }
}

#[test]
fn a_short_word_counts_only_where_nothing_else_is_left() {
    assert_eq!(guessed("maj123"), Some(vec!["maj".to_owned()]));
    assert_eq!(guessed("majx123"), None);
    assert_eq!(guessed("xmaj123"), None);
    assert_eq!(guessed("majsommar"), Some(vec!["maj".to_owned(), "sommar".to_owned()]));
    assert_eq!(guessed("majsommary"), None, "a short word, or four letters beside a long one");
    assert_eq!(guessed("majsommar7y"), None);
}

#[test]
fn tenants_words_count_and_odd_ones_do_no_harm() {
    let own = ["Å", "", "  ", "42", "Sankt Olof-Skolan"].map(str::to_owned);
    let words = tenant_words("  ", &own);
    assert_eq!(guessed_words("SanktOlofSkolan7", &words), Some(vec!["Sankt Olof-Skolan".to_owned()]));
    assert_eq!(guessed_words("aaaaaaaa7", &words), None);
    assert!(banned_words(&words).iter().all(|word| word.chars().count() > 1 && !word.contains(' ')));
}

#[test]
fn the_lists_hold_each_word_once_and_fit_on_a_page() {
    let words = banned_words(&[]);
    assert!(words.len() > 250, "{}", words.len());
    assert!(words.join(" ").len() < 8 * 1024);
    assert!(words.iter().all(|word| word.chars().all(char::is_alphabetic)));
    for expected in ["sommar", "januari", "sondag", "orebro", "kommun", "losenord", "qwerty"] {
        assert!(words.iter().any(|word| word == expected), "{expected}");
    }
}

/// A hundred thousand steps would be felt; a page of digits that read as letters must not make more of them.
#[test]
fn the_longest_passwords_are_looked_at_without_losing_oneself() {
    for filler in ["1", "!", "0", "a", "å", "l1", "\u{1f511}"] {
        let mut password = filler.repeat(256 / filler.chars().count());
        password.push('x');
        assert_eq!(guessed(&password), None, "{filler}");
    }
}
