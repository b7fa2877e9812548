//! A key that nobody has, and the one that was probably meant.

/// What to do about an unknown key.
pub(super) fn unknown<'a>(key: &str, known: impl Iterator<Item = &'a str>) -> String {
    let nearest = known.map(|other| (distance(key, other), other)).min();
    match nearest.filter(|(steps, other)| *steps <= 2.max(other.len() / 3)) {
        Some((_, other)) => format!("there is no such text; did you mean {other}?"),
        None => "there is no such text; the keys are those of tenants/texts/locales".to_owned(),
    }
}

/// How many letters have to be put in, taken out or changed (Levenshtein).
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (i, a) in one.chars().enumerate() {
        let mut before = i;
        row[0] = i + 1;
        for (j, b) in other.chars().enumerate() {
            let here = (before + usize::from(a != b)).min(row[j] + 1).min(row[j + 1] + 1);
            before = std::mem::replace(&mut row[j + 1], here);
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_that_was_meant_is_found() {
        let known = ["button-next", "button-cancel", "code-reset", "done-password-heading"];
        for (typed, meant) in [
            ("button-nxt", Some("button-next")),
            ("button_next", Some("button-next")),
            ("code-rest", Some("code-reset")),
            ("done-password-headings", Some("done-password-heading")),
            ("logo", None),
            ("", None),
        ] {
            let told = unknown(typed, known.into_iter());
            assert_eq!(told.contains("did you mean"), meant.is_some(), "{typed}: {told}");
            assert!(told.contains(meant.unwrap_or("locales")), "{typed}: {told}");
        }
        assert_eq!((distance("", "abc"), distance("abc", "abc"), distance("kitten", "sitting")), (3, 0, 3));
    }
}
