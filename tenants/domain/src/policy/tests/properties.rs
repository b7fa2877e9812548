//! What holds for every password: 10,000 made-up ones each, the same in every run.

use crate::policy::{EffectivePolicy, PasswordPolicy, PolicyPreset, Rule, Subject, banned_words, made_of};

const CASES: u64 = 10_000;

/// SplitMix64 (Steele, Lea, Flood 2014).
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn text(&mut self, from: &[char], least: usize, most: usize) -> String {
        let length = least + self.below(most - least + 1);
        (0..length).map(|_| from[self.below(from.len())]).collect()
    }
}

fn printable() -> Vec<char> {
    (' '..='~').collect()
}

fn each(property: impl Fn(u64, &mut Seeded)) {
    (0..CASES).for_each(|seed| property(seed, &mut Seeded(seed)));
}

/// What digits and signs are, put into and around words, is never a way past the list.
#[test]
fn decoration_never_hides_a_word() {
    let words = banned_words(&[]);
    let signs: Vec<char> = "0123456789!#%&/()=?.,-_ ".chars().collect();
    each(|seed, random| {
        let count = 1 + random.below(2);
        let mut password = random.text(&signs, 0, 4);
        for _ in 0..count {
            for letter in words[random.below(words.len())].chars() {
                let written = match (random.below(6), letter) {
                    (0, 'o') => '0',
                    (0, 'a') => '@',
                    (0, 'e') => '3',
                    (0, 's') => '$',
                    (0, 'i' | 'l') => '1',
                    (1, c) => c.to_ascii_uppercase(),
                    (_, c) => c,
                };
                password.push(written);
                if random.below(8) == 0 {
                    password.push(signs[random.below(signs.len())]);
                }
            }
            password.push_str(&random.text(&signs, 0, 4));
        }
        let found = made_of(&password, &words);
        // A word whose every letter was written as a digit is digits and nothing else, which is refused as well.
        assert!(found.is_some_and(|found| found.len() <= 2), "{seed}: {password}");
    });
}

/// A password drawn at random is refused for its words about never.
#[test]
fn chance_makes_no_words() {
    let (words, characters) = (banned_words(&[]), printable());
    let refused = std::cell::Cell::new(0);
    each(|_, random| {
        let password = random.text(&characters, 12, 16);
        refused.set(refused.get() + u32::from(made_of(&password, &words).is_some()));
    });
    assert!(refused.get() <= 2, "{}", refused.get());
}

/// Four words or more, as people are advised to take, are never refused for being words.
#[test]
fn passphrases_are_let_through() {
    let own = ["korrekt", "batteri", "klammer", "tallkotte", "stenmur", "vindfang", "mossa", "kastanj", "paraply"];
    let words = banned_words(&[]);
    each(|seed, random| {
        let mut parts: Vec<&str> = (0..3).map(|_| own[random.below(own.len())]).collect();
        parts.insert(random.below(4), &words[random.below(words.len())]);
        assert_eq!(made_of(&parts.join(" "), &words), None, "{seed}: {parts:?}");
    });
}

/// The list that is shown is the list that decides, and a longer list never takes what a shorter one refuses.
#[test]
fn what_is_refused_is_on_the_list_and_the_directory_only_adds() {
    let alphabet: Vec<char> = "aAbBzZ019 %#åÄö\u{30a}\u{308}\u{301}ßéÉжЖ٣\u{1f511}\u{200d}".chars().collect();
    let subject = Subject { username: "abba01", display_name: "Bo Åza-Öbb", tenant_words: &[] };
    each(|seed, random| {
        let policy = PolicyPreset::ALL[random.below(4)].policy().expect("a policy");
        let policy = PasswordPolicy {
            forbid_banned_words: false,
            require_lower: random.below(2) == 0,
            require_sign: random.below(2) == 0,
            min_kinds: random.below(5) as u32,
            ..policy
        };
        let directory = EffectivePolicy {
            min_length: random.below(20) as u32,
            complexity: random.below(2) == 0,
            ..EffectivePolicy::default()
        };
        let password = random.text(&alphabet, 0, 30);
        let alone = policy.broken(&password, subject, &EffectivePolicy::default());
        let both = policy.broken(&password, subject, &directory);
        let rules = policy.rules(&directory);
        assert!(both.iter().all(|rule| rules.contains(rule)), "{seed}");
        assert!(alone.is_empty() || !both.is_empty(), "{seed}: {password:?} {alone:?}");
        let complex = Rule::DirectoryKinds.is_met(&password, subject) && Rule::NotName.is_met(&password, subject);
        assert!(!directory.complexity || complex || !both.is_empty(), "{seed}: {password:?}");
    });
}
