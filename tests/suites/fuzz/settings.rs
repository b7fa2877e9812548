//! Tenants' files with something changed at random: they hold, or they are refused with a line and a reason.

use harness::seeded::Seeded;
use portvakt_domain::tenant::TenantSettings;

use crate::{CASES, property};

const PRESETS: [&str; 2] =
    [include_str!("../../../tenants/presets/orebro.toml"), include_str!("../../../tenants/presets/mjolby.toml")];

/// Something changed: a line left out, doubled, swapped, a value put elsewhere, bytes in between.
fn changed(random: &mut Seeded) -> String {
    let mut lines: Vec<String> = PRESETS[random.below(2)].lines().map(str::to_owned).collect();
    for _ in 0..=random.below(3) {
        let at = random.below(lines.len());
        let other = random.below(lines.len());
        match random.below(8) {
            0 => _ = lines.remove(at),
            1 => lines.insert(at, lines[other].clone()),
            2 => lines.swap(at, other),
            3 => {
                lines[at] =
                    random.text(&["=", "\"", "[", "]", "{", "}", "'", "\"\"\"", "1e999", "-1", "2026-01-01"], 12)
            }
            4 => {
                let values = [
                    "0",
                    "-1",
                    "99999999999999999999",
                    "\"\"",
                    "[]",
                    "{}",
                    "true",
                    "\"x\"",
                    "1.5",
                    "\"\\u0000\"",
                    "[[1]]",
                ];
                let key = lines[at].split('=').next().unwrap_or_default().trim().to_owned();
                lines[at] = format!("{key} = {}", random.pick(&values));
            }
            5 => {
                let mut line: Vec<char> = lines[at].chars().collect();
                let position = random.below(line.len() + 1);
                line.insert(position, char::from_u32(random.below(0x3000) as u32).unwrap_or('"'));
                lines[at] = line.into_iter().collect();
            }
            6 => {
                // Inside a value, where most characters still leave a sound file.
                let mut line: Vec<char> = lines[at].chars().collect();
                let inside: Vec<usize> = (1..line.len()).filter(|n| line[..*n].contains(&'"')).collect();
                if !inside.is_empty() {
                    line[inside[random.below(inside.len())]] = char::from(b' ' + random.below(95) as u8);
                    lines[at] = line.into_iter().collect();
                }
            }
            _ => {
                let kept = random.below(lines[at].chars().count() + 1);
                lines[at] = lines[at].chars().take(kept).collect();
            }
        }
        if lines.is_empty() {
            break;
        }
    }
    lines.join("\n")
}

#[test]
fn a_changed_file_holds_or_is_refused_with_a_reason() {
    let (applied, refused, faulty) = (std::cell::Cell::new(0), std::cell::Cell::new(0), std::cell::Cell::new(0));
    property(CASES, |random| {
        let text = changed(random);
        match toml::from_str::<TenantSettings>(&text) {
            Err(error) => {
                let told = error.to_string();
                assert!(told.contains("line ") || told.contains("missing field"), "no line and no reason: {told}");
                refused.set(refused.get() + 1);
            }
            Ok(settings) => {
                let problems = settings.problems();
                assert!(problems.iter().all(|problem| problem.contains(": ") && problem.len() > 10), "{problems:?}");
                let counter = if problems.is_empty() { &applied } else { &faulty };
                counter.set(counter.get() + 1);
                // What holds is stored as JSON and read back as it was.
                let stored = serde_json::to_string(&settings).expect("settings are written");
                let read: TenantSettings = serde_json::from_str(&stored).expect("settings are read back");
                assert_eq!(serde_json::to_string(&read).expect("written again"), stored);
            }
        }
    });
    let counts = [applied.get(), refused.get(), faulty.get()];
    assert!(counts.iter().all(|count| *count > 20), "all three happen: {counts:?}");
}
