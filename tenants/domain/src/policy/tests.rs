use super::*;

mod leaked;
mod properties;
mod words;

const NOBODY: Subject<'_> = Subject { username: "lovstlin32", display_name: "Åsa Lind-Öberg", tenant_words: &[] };

fn broken(preset: PolicyPreset, password: &str, directory: &EffectivePolicy) -> Vec<Rule> {
    preset.policy().expect("a shipped policy").broken(password, NOBODY, directory)
}

fn directory(min_length: u32, complexity: bool) -> EffectivePolicy {
    EffectivePolicy { min_length, complexity, ..EffectivePolicy::default() }
}

/// A policy that asks for nothing but one character.
fn bare() -> PasswordPolicy {
    toml::from_str("min_length = 1\nmax_length = 128").expect("a policy")
}

fn check(policy: &PasswordPolicy, password: &str) -> Vec<Rule> {
    policy.broken(password, NOBODY, &EffectivePolicy::default())
}

#[test]
fn every_shipped_policy_is_sound_and_allows_64_characters() {
    for preset in PolicyPreset::ALL {
        let policy = preset.policy().expect("a shipped policy");
        assert_eq!(policy.problems(), Vec::<String>::new(), "{preset:?}");
        let long = format!("Aa1{}", "x".repeat(61));
        assert_eq!(broken(preset, &long, &EffectivePolicy::default()), vec![], "{preset:?}");
        assert!(
            policy.forbid_banned_words && policy.forbid_leaked,
            "{preset:?}: what is guessed is refused everywhere"
        );
    }
}

#[test]
fn orebro_asks_for_three_of_four_kinds_and_no_swedish_letters() {
    let none = EffectivePolicy::default();
    let check = |password: &str| broken(PolicyPreset::Orebro, password, &none);
    assert_eq!(check("Tallkot12"), vec![]);
    assert_eq!(check("tallkot%1"), vec![]);
    assert_eq!(check("tallkot12"), vec![Rule::Kinds(3)]);
    assert_eq!(check("Tall12%"), vec![Rule::MinLength(8)]);
    let swedish = Rule::Without("åäöÅÄÖ".to_owned());
    for letter in ["å", "ä", "ö", "Å", "Ä", "Ö", "a\u{30a}", "o\u{308}", "A\u{308}", "\u{212b}"] {
        assert_eq!(check(&format!("Tallkot12{letter}")), vec![swedish.clone()], "{letter}");
    }
    assert_eq!(check("xLOVSTLIN32%"), vec![Rule::NotUsername]);
    assert_eq!(check("Sommar26!"), vec![Rule::NotBanned]);
    assert_eq!(check("Trustno1"), vec![Rule::NotBanned, Rule::NotLeaked]);
}

#[test]
fn external_contractors_write_letters_and_digits() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::OrebroExternal, "tallkott12", &none), vec![]);
    assert_eq!(broken(PolicyPreset::OrebroExternal, "tallkott1!", &none), vec![Rule::LettersAndDigits]);
}

#[test]
fn mjolby_asks_for_a_capital_and_a_digit() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::Mjolby, "Tallkot1", &none), vec![]);
    assert_eq!(broken(PolicyPreset::Mjolby, "tallkot1", &none), vec![Rule::Upper]);
    assert_eq!(broken(PolicyPreset::Mjolby, "Tallkott", &none), vec![Rule::Digit]);
}

#[test]
fn the_baseline_composes_nothing_and_refuses_what_is_guessed() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::Baseline, "korrekt häst batteri", &none), vec![]);
    for guessed in
        ["Sommar2026!!", "SommarHost2026", "vinter-sommar", "Lösenord12345", "123456789012", "Hemtjanst!2026"]
    {
        assert_eq!(broken(PolicyPreset::Baseline, guessed, &none).first(), Some(&Rule::NotBanned), "{guessed}");
    }
    let words = tenant_words("Örebro kommun", &[]);
    let subject = Subject { tenant_words: &words, ..NOBODY };
    let policy = PolicyPreset::Baseline.policy().expect("a shipped policy");
    assert_eq!(policy.broken("orebroSommar26!", subject, &none), vec![Rule::NotBanned]);
}

#[test]
fn each_required_kind_is_asked_for_by_itself() {
    let cases: [(fn(&mut PasswordPolicy), Rule, &str, &str); 4] = [
        (|p| p.require_upper = true, Rule::Upper, "åÄ", "åä"),
        (|p| p.require_lower = true, Rule::Lower, "ÅÄö", "ÅÄ1"),
        (|p| p.require_digit = true, Rule::Digit, "a7", "a٣"),
        (|p| p.require_sign = true, Rule::Sign, "a b", "aB1å"),
    ];
    for (ask, rule, kept, not) in cases {
        let mut policy = bare();
        ask(&mut policy);
        assert_eq!(check(&policy, kept), vec![], "{rule:?}");
        assert_eq!(check(&policy, not), vec![rule]);
    }
    let decomposed = PasswordPolicy { require_sign: true, ..bare() };
    assert_eq!(check(&decomposed, "a\u{30a}"), vec![Rule::Sign], "a letter in two pieces is a letter, and no sign");
}

#[test]
fn a_tenant_may_ask_for_ascii_with_and_without_the_space() {
    let with = |characters| PasswordPolicy { characters, ..bare() };
    for odd in ["å", "\u{7f}", "\t", "€", "é", "\u{1f511}", "\u{a0}"] {
        assert_eq!(check(&with(Characters::Ascii), odd), vec![Rule::Ascii], "{odd:?}");
        assert_eq!(check(&with(Characters::AsciiAndSpace), odd), vec![Rule::AsciiAndSpace], "{odd:?}");
        assert_eq!(check(&with(Characters::Any), odd), vec![], "{odd:?}");
    }
    assert_eq!(check(&with(Characters::Ascii), "!~aZ09"), vec![]);
    assert_eq!(check(&with(Characters::Ascii), "a b"), vec![Rule::Ascii]);
    assert_eq!(check(&with(Characters::AsciiAndSpace), "a b"), vec![]);
    let read: PasswordPolicy =
        toml::from_str("min_length = 8\nmax_length = 64\ncharacters = \"ascii_and_space\"").expect("a policy");
    assert_eq!(read.characters, Characters::AsciiAndSpace);
}

#[test]
fn lengths_count_what_was_typed_in_code_points() {
    let policy = PasswordPolicy { min_length: 3, max_length: 64, ..bare() };
    assert_eq!(check(&policy, "a\u{30a}\u{1f511}"), vec![]);
    assert_eq!(check(&policy, "å\u{1f511}"), vec![Rule::MinLength(3)]);
    assert_eq!(check(&policy, &"\u{1f511}".repeat(64)), vec![]);
    assert_eq!(check(&policy, &"\u{1f511}".repeat(65)), vec![Rule::MaxLength(64)]);
}

#[test]
fn the_directorys_rules_are_added_once() {
    let policy = PolicyPreset::Mjolby.policy().expect("a shipped policy");
    let strict = EffectivePolicy {
        min_length: 14,
        complexity: true,
        history: 30,
        min_age_seconds: 86_400,
        ..EffectivePolicy::default()
    };
    let rules = policy.rules(&strict);
    assert!(rules.contains(&Rule::MinLength(14)) && !rules.contains(&Rule::MinLength(8)));
    assert!(rules.contains(&Rule::DirectoryKinds) && rules.contains(&Rule::NotName));
    assert!(rules.contains(&Rule::NotEarlier(30)) && rules.contains(&Rule::MinAge(24)));
    let orebro = PolicyPreset::Orebro.policy().expect("a shipped policy").rules(&strict);
    assert!(orebro.contains(&Rule::KindsForBoth(3)), "three of four says it already");
    assert!(!orebro.contains(&Rule::DirectoryKinds) && !orebro.contains(&Rule::Kinds(3)));
}

#[test]
fn active_directorys_complexity_is_as_documented() {
    let complex = directory(0, true);
    let check = |password: &str| broken(PolicyPreset::Baseline, password, &complex);
    assert_eq!(check("korrektbatterihast"), vec![Rule::DirectoryKinds]);
    assert_eq!(check("korrektBatteri9"), vec![]);
    assert_eq!(check("korrektbatteri9ß"), vec![], "a letter beyond ASCII is a kind of its own");
    assert_eq!(check("korrektbatteri 9"), vec![Rule::DirectoryKinds], "a space is no sign there");
    assert_eq!(check("minLINDhund9x"), vec![Rule::NotName]);
    assert_eq!(check("min ÖBERG hund9"), vec![Rule::NotName]);
}

/// What the tenant counts as three kinds may be two to the directory, which would refuse it without a reason.
#[test]
fn three_of_four_is_counted_as_strictly_as_the_directory_counts() {
    let complex = directory(0, true);
    let both = vec![Rule::KindsForBoth(3)];
    for (password, alone) in [("tallkott 41", true), ("ÉTALLÉ41 ", true), ("tallkott§41", true), ("tallkott%41", false)]
    {
        assert_eq!(broken(PolicyPreset::Orebro, password, &EffectivePolicy::default()), vec![], "{password}");
        let expected = if alone { both.clone() } else { vec![] };
        let found = broken(PolicyPreset::Orebro, password, &complex);
        assert_eq!(found, if password.starts_with('É') { vec![] } else { expected }, "{password}");
    }
}

#[test]
fn a_policy_that_cannot_be_kept_is_refused() {
    let policy = PasswordPolicy {
        min_length: 65,
        max_length: 63,
        min_kinds: 5,
        letters_and_digits_only: true,
        require_sign: true,
        ..PolicyPreset::Baseline.policy().expect("a shipped policy")
    };
    assert_eq!(policy.problems().len(), 5);
    let short = PasswordPolicy { min_length: 7, forbid_leaked: true, ..bare() };
    assert_eq!(short.problems(), ["forbid_leaked needs min_length 8 or more: the filter has none shorter"]);
}
