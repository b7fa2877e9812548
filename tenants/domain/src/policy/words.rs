//! Words that are guessed first, and whether a password is made of them.
//!
//! A password is refused when it is *made of* one or two such words, not when it merely holds one: `Sommar2026!` and
//! `VårSommar26` say nothing new to somebody who guesses, "korrekt häst batteri sommar" does. In detail:
//!
//! 1. Password and words are compared in small letters, without rings, dots and accents (`Lösenord` = `losenord`).
//! 2. Digits and signs count for nothing, wherever they stand. Those that people write for a letter ([`READ_AS`]) may
//!    be that letter as well; whichever reading makes a word of it holds (`S0mm@r`, `Sommar1` and `5ommar` alike).
//! 3. What is left has to be one word or two in a row, of any length, to the last letter; or
//! 4. one word or two of five letters and more, anywhere, with at most three other letters before, between and after
//!    them: endings and padding such as `Sommaren`, `MinSommar`, `Sommarlov`. Shorter words never count as parts, or
//!    "majonnäs" would be a month.
//! 5. A password without any letter is refused too.

use std::{collections::BTreeMap, sync::LazyLock};

use super::fold::plain;

/// From this many letters on, a word may have other letters around it.
const LONG: usize = 5;
/// Most letters around long words.
const MOST_SPARE: u8 = 3;
/// Most words.
const MOST_WORDS: usize = 2;
/// Shorter words are not looked for: a single letter says nothing.
const SHORTEST: usize = 2;

/// What digits and signs are read as, next to nothing at all.
const READ_AS: [(char, &str); 15] = [
    ('0', "o"),
    ('1', "il"),
    ('!', "il"),
    ('|', "il"),
    ('3', "e"),
    ('€', "e"),
    ('4', "a"),
    ('@', "a"),
    ('5', "s"),
    ('$', "s"),
    ('6', "g"),
    ('7', "t"),
    ('+', "t"),
    ('8', "b"),
    ('9', "g"),
];

/// The shipped words, as data.
const SHIPPED: [&str; 4] = [
    include_str!("../../../presets/words/calendar.txt"),
    include_str!("../../../presets/words/places.txt"),
    include_str!("../../../presets/words/workplace.txt"),
    include_str!("../../../presets/words/passwords.txt"),
];

/// The words of a tenant: its own, and those of its name.
pub fn of_tenant(name: &str, own: &[String]) -> Vec<String> {
    own.iter().cloned().chain(name.split_whitespace().map(str::to_owned)).collect()
}

/// The words that a password is made of, as they are written where they come from: one or two; none where it has no
/// letters at all. `None`: it is made of something else.
pub fn guessed(password: &str, tenant_words: &[String]) -> Option<Vec<String>> {
    let found = made_of(password, &list(tenant_words))?;
    let written = |plain: &String| {
        let mut known = tenant_words.iter().map(String::as_str).chain(shipped());
        known.find(|word| letters_of(word) == *plain).unwrap_or(plain).to_owned()
    };
    Some(found.iter().map(written).collect())
}

fn shipped<'a>() -> impl Iterator<Item = &'a str> {
    SHIPPED.iter().flat_map(|file| file.lines()).filter(|line| !line.starts_with('#'))
}

/// All words, the shipped and the tenant's, as they are compared: small plain letters, each once, in order.
pub fn list(tenant_words: &[String]) -> Vec<String> {
    static FOLDED: LazyLock<Vec<String>> = LazyLock::new(|| shipped().map(letters_of).collect());
    let mut words: Vec<String> = FOLDED.iter().cloned().chain(tenant_words.iter().map(|w| letters_of(w))).collect();
    words.retain(|word| word.chars().count() >= SHORTEST);
    words.sort_unstable();
    words.dedup();
    words
}

fn letters_of(word: &str) -> String {
    plain(word).chars().filter(|c| c.is_alphabetic()).collect()
}

/// The words that a password is made of, among `words` as [`list`] gives them, in order: one or two, or none where the password
/// has no letters at all. `None`: it is made of something else.
pub fn made_of(password: &str, words: &[String]) -> Option<Vec<String>> {
    let typed: Vec<char> = plain(password).chars().collect();
    let letters = typed.iter().filter(|c| c.is_alphabetic()).count();
    if letters == 0 {
        return Some(Vec::new());
    }
    let longest = words.iter().map(String::len).max().unwrap_or(0);
    if letters > MOST_WORDS * longest + usize::from(MOST_SPARE) {
        return None;
    }
    // Everything that the characters so far can be read as, place by place.
    let mut readings: Vec<BTreeMap<Reading, Trail>> = vec![BTreeMap::new(); typed.len() + 1];
    readings[0].insert(Reading::default(), Trail::default());
    for at in 0..typed.len() {
        let here = std::mem::take(&mut readings[at]);
        let found = words_from(&typed, at, words);
        for (reading, trail) in here {
            if !typed[at].is_alphabetic() {
                readings[at + 1].entry(reading).or_insert(trail);
            } else if reading.spare < MOST_SPARE {
                readings[at + 1].entry(Reading { spare: reading.spare + 1, ..reading }).or_insert(trail);
            }
            if reading.words == MOST_WORDS {
                continue;
            }
            for (word, end) in &found {
                let with_short = reading.with_short || words[*word].chars().count() < LONG;
                let next = Reading { words: reading.words + 1, with_short, ..reading };
                let mut trail = trail;
                trail[reading.words] = Some(*word);
                readings[*end].entry(next).or_insert(trail);
            }
        }
    }
    let (_, trail) = readings[typed.len()].iter().find(|(reading, _)| reading.is_made_of_words())?;
    Some(trail.iter().flatten().map(|word| words[*word].clone()).collect())
}

/// How the beginning of a password was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Reading {
    /// Letters outside words.
    spare: u8,
    /// Words so far.
    words: usize,
    /// Whether one of them is short.
    with_short: bool,
}

/// Which words they were.
type Trail = [Option<usize>; MOST_WORDS];

impl Reading {
    fn is_made_of_words(&self) -> bool {
        self.words > 0 && (self.spare == 0 || !self.with_short)
    }
}

/// The words that begin at a place, each with where it ends.
fn words_from(typed: &[char], start: usize, words: &[String]) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    for letter in letters_for(typed[start]) {
        // The words are in order: those that begin with the letter stand together.
        let first = words.partition_point(|word| word.chars().next() < Some(letter));
        let beginning = words[first..].iter().take_while(|word| word.starts_with(letter));
        for (number, word) in beginning.enumerate() {
            let mut ends = vec![start + 1];
            for letter in word.chars().skip(1) {
                ends = ends.into_iter().flat_map(|end| next(typed, end, letter)).flatten().collect();
                ends.sort_unstable();
                ends.dedup();
            }
            found.extend(ends.into_iter().map(|end| (first + number, end)));
        }
    }
    found
}

/// What one character may be read as.
fn letters_for(typed: char) -> Vec<char> {
    if typed.is_alphabetic() {
        return vec![typed];
    }
    READ_AS.iter().filter(|(sign, _)| *sign == typed).flat_map(|(_, letters)| letters.chars()).collect()
}

/// Behind the next place that reads as a letter, with nothing but digits and signs before it: the first of those, and
/// the letter after them. More need not be looked at: from the first, all that follows can be reached.
fn next(typed: &[char], from: usize, letter: char) -> [Option<usize>; 2] {
    let run = typed[from..].iter().take_while(|c| !c.is_alphabetic()).count();
    let instead = typed[from..from + run].iter().position(|c| reads_as(*c, letter)).map(|at| from + at + 1);
    let itself = typed.get(from + run).filter(|c| **c == letter).map(|_| from + run + 1);
    [instead, itself]
}

fn reads_as(typed: char, letter: char) -> bool {
    if typed.is_alphabetic() {
        return typed == letter;
    }
    READ_AS.iter().any(|(sign, letters)| *sign == typed && letters.contains(letter))
}
