use super::*;

const NOBODY: Subject<'_> = Subject { username: "lovstlin32", display_name: "Åsa Lind-Öberg", tenant_words: &[] };

fn broken(preset: PolicyPreset, password: &str, directory: &EffectivePolicy) -> Vec<Rule> {
    preset.policy().expect("a shipped policy").broken(password, NOBODY, directory)
}

fn directory(min_length: u32, complexity: bool) -> EffectivePolicy {
    EffectivePolicy { min_length, complexity, ..EffectivePolicy::default() }
}

#[test]
fn every_shipped_policy_is_sound_and_allows_64_characters() {
    for preset in PolicyPreset::ALL {
        let policy = preset.policy().expect("a shipped policy");
        assert_eq!(policy.problems(), Vec::<String>::new(), "{preset:?}");
        let long = format!("Aa1{}", "x".repeat(61));
        assert_eq!(broken(preset, &long, &EffectivePolicy::default()), vec![], "{preset:?}");
    }
}

#[test]
fn orebro_asks_for_three_of_four_kinds_and_no_swedish_letters() {
    let none = EffectivePolicy::default();
    let check = |password: &str| broken(PolicyPreset::Orebro, password, &none);
    assert_eq!(check("Hemlig12"), vec![]);
    assert_eq!(check("hemlig%1"), vec![]);
    assert_eq!(check("hemlig12"), vec![Rule::Kinds(3)]);
    assert_eq!(check("Heml12%"), vec![Rule::MinLength(8)]);
    let swedish = Rule::Without("åäöÅÄÖ".to_owned());
    for letter in ["å", "ä", "ö", "Å", "Ä", "Ö", "a\u{30a}", "o\u{308}", "A\u{308}"] {
        assert_eq!(check(&format!("Hemlig12{letter}")), vec![swedish.clone()], "{letter}");
    }
    assert_eq!(check("xLOVSTLIN32%"), vec![Rule::NotUsername]);
}

#[test]
fn external_contractors_write_letters_and_digits() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::OrebroExternal, "hemligt12", &none), vec![]);
    assert_eq!(broken(PolicyPreset::OrebroExternal, "hemligt1!", &none), vec![Rule::LettersAndDigits]);
}

#[test]
fn mjolby_asks_for_a_capital_and_a_digit() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::Mjolby, "Hemligt1", &none), vec![]);
    assert_eq!(broken(PolicyPreset::Mjolby, "hemligt1", &none), vec![Rule::Upper]);
    assert_eq!(broken(PolicyPreset::Mjolby, "Hemligtt", &none), vec![Rule::Digit]);
}

#[test]
fn the_baseline_composes_nothing_and_refuses_what_is_guessed() {
    let none = EffectivePolicy::default();
    assert_eq!(broken(PolicyPreset::Baseline, "korrekt häst batteri", &none), vec![]);
    for guessed in
        ["Sommar2026!!", "SommarHost2026", "vinter-sommar", "Lösenord12345", "123456789012", "Hemtjanst!2026"]
    {
        assert_eq!(broken(PolicyPreset::Baseline, guessed, &none), vec![Rule::NotBanned], "{guessed}");
    }
    let words = ["Örebro".to_owned()];
    let subject = Subject { tenant_words: &words, ..NOBODY };
    let policy = PolicyPreset::Baseline.policy().expect("a shipped policy");
    assert_eq!(policy.broken("orebroSommar26!", subject, &none), vec![Rule::NotBanned]);
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
    assert!(!orebro.contains(&Rule::DirectoryKinds), "three of four says it already");
}

#[test]
fn active_directorys_complexity_is_as_documented() {
    let complex = directory(0, true);
    let check = |password: &str| broken(PolicyPreset::Baseline, password, &complex);
    assert_eq!(check("korrektbatterihast"), vec![Rule::DirectoryKinds]);
    assert_eq!(check("korrektBatteri9"), vec![]);
    assert_eq!(check("korrektbatteri9ß"), vec![], "a letter beyond ASCII is a kind of its own");
    assert_eq!(check("minLINDhund9x"), vec![Rule::NotName]);
    assert_eq!(check("min ÖBERG hund9"), vec![Rule::NotName]);
}

#[test]
fn a_policy_that_cannot_be_kept_is_refused() {
    let policy = PasswordPolicy {
        min_length: 65,
        max_length: 63,
        min_kinds: 5,
        letters_and_digits_only: true,
        ..PolicyPreset::Baseline.policy().expect("a shipped policy")
    };
    assert_eq!(policy.problems().len(), 4);
}
