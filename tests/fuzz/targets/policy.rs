//! Password rules: every policy judges every password, a verdict does not depend on who asks first, and what the listed
//! rules say is what `broken` says.

#![no_main]

use arbitrary::{Arbitrary, Unstructured};
use libfuzzer_sys::fuzz_target;
use portvakt_domain::{
    directory::EffectivePolicy,
    policy::{PasswordPolicy, PolicyPreset, Rule, Subject, guessed_words},
};

#[derive(Debug, Arbitrary)]
struct Case<'a> {
    preset: u8,
    min_length: u8,
    complexity: bool,
    history: u8,
    username: &'a str,
    display_name: &'a str,
    word: &'a str,
    password: &'a str,
}

fn policy(preset: u8) -> PasswordPolicy {
    let presets = PolicyPreset::ALL;
    presets[usize::from(preset) % presets.len()].policy().expect("a shipped policy")
}

fuzz_target!(|data: &[u8]| {
    let Ok(case) = Case::arbitrary_take_rest(Unstructured::new(data)) else { return };
    let directory = EffectivePolicy {
        min_length: case.min_length.into(),
        complexity: case.complexity,
        history: case.history.into(),
        ..EffectivePolicy::default()
    };
    let policy = policy(case.preset);
    let words = [case.word.to_owned()];
    let subject = Subject { username: case.username, display_name: case.display_name, tenant_words: &words };
    let rules = policy.rules(&directory);
    let broken = policy.broken(case.password, subject, &directory);
    for rule in &rules {
        assert_eq!(broken.contains(rule), !rule.is_met(case.password, subject), "{rule:?}");
    }
    assert!(broken.iter().all(|rule| rules.contains(rule)), "only what is listed is broken");
    let length = case.password.chars().count();
    let least = policy.min_length.max(directory.min_length) as usize;
    assert_eq!(broken.contains(&Rule::MinLength(least as u32)), length < least);
    if broken.contains(&Rule::NotBanned) {
        let named = guessed_words(case.password, &words).expect("the words that it is made of");
        assert!(named.len() <= 2, "one word or two");
    }
});
