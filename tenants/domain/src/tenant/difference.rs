//! What differs between two versions of a tenant's settings, key by key. Secrets are told by name and never by value.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{SecretName, TenantSettings};

/// The longest value that is shown as it is; certificates are told apart by their digest.
const LONGEST_SHOWN: usize = 400;

/// Settings as they are compared: a document of JSON in which every key of this release stands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Document(Value);

impl Document {
    /// Settings that are not stored yet.
    ///
    /// # Errors
    /// They can't be written as JSON.
    pub fn of(settings: &TenantSettings) -> Result<Self, serde_json::Error> {
        serde_json::to_value(settings).map(Self)
    }

    /// Stored settings. Keys that came with a later release get their default, so that only what people changed differs;
    /// a document that this release can't use is compared as it stands.
    ///
    /// # Errors
    /// It is no JSON.
    pub fn read(stored: &str) -> Result<Self, serde_json::Error> {
        match serde_json::from_str::<TenantSettings>(stored) {
            Ok(settings) => Self::of(&settings),
            Err(_) => serde_json::from_str(stored).map(Self),
        }
    }

    /// Each key with its value. What is empty or absent has no line.
    fn leaves(&self) -> BTreeMap<String, &Value> {
        let mut leaves = BTreeMap::new();
        collect(String::new(), &self.0, &mut leaves);
        leaves
    }
}

fn collect<'a>(key: String, value: &'a Value, leaves: &mut BTreeMap<String, &'a Value>) {
    match value {
        Value::Null => {}
        Value::Object(members) => {
            for (name, member) in members {
                let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                collect(key, member, leaves);
            }
        }
        other => _ = leaves.insert(key, other),
    }
}

/// A key whose value differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Such as `reset.code_minutes`.
    pub key: String,
    /// The value before; `None` where there was none.
    pub before: Option<Value>,
    /// The value after; `None` where there is none.
    pub after: Option<Value>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What people read is told in full, however long: it is what is looked at before it is said to everybody.
        let in_full = self.key.starts_with("texts.");
        let shown = |value: &Option<Value>| match value {
            None => "nothing".to_owned(),
            Some(value) if in_full => value.to_string(),
            Some(value) => shown(value),
        };
        write!(f, "{}: {} → {}", self.key, shown(&self.before), shown(&self.after))
    }
}

/// A value in one line.
fn shown(value: &Value) -> String {
    let text = value.to_string();
    let whole = match value {
        Value::String(plain) => !plain.contains('\n') && text.len() <= LONGEST_SHOWN,
        _ => true,
    };
    if whole {
        return text;
    }
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    format!("a text of {} characters (SHA-256 {digest}…)", value.as_str().unwrap_or_default().chars().count())
}

/// What became of a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretChange {
    /// There was none.
    Set,
    /// It is another one.
    Changed,
    /// It is the same.
    Unchanged,
    /// There is none any more.
    Gone,
}

impl SecretChange {
    /// What became of it; `None` where there was and is none.
    pub fn of<T: PartialEq>(before: Option<&T>, after: Option<&T>) -> Option<Self> {
        match (before, after) {
            (None, None) => None,
            (None, Some(_)) => Some(SecretChange::Set),
            (Some(_), None) => Some(SecretChange::Gone),
            (Some(before), Some(after)) if before == after => Some(SecretChange::Unchanged),
            (Some(_), Some(_)) => Some(SecretChange::Changed),
        }
    }

    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            SecretChange::Set => "set",
            SecretChange::Changed => "changed",
            SecretChange::Unchanged => "unchanged",
            SecretChange::Gone => "not set",
        }
    }
}

/// What differs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Difference {
    /// The keys, by name.
    pub changes: Vec<Change>,
    /// Every secret that there was or is.
    pub secrets: Vec<(SecretName, SecretChange)>,
}

impl Difference {
    /// What differs between two documents, with what became of the secrets.
    pub fn between(before: &Document, after: &Document, secrets: Vec<(SecretName, SecretChange)>) -> Self {
        let (old, new) = (before.leaves(), after.leaves());
        let keys: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let differs = keys.into_iter().filter(|key| old.get(*key) != new.get(*key));
        let changes = differs.map(|key| Change {
            key: key.clone(),
            before: old.get(key).copied().cloned(),
            after: new.get(key).copied().cloned(),
        });
        Self { changes: changes.collect(), secrets }
    }

    /// Whether everything is as it was.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty() && self.changed_secrets().next().is_none()
    }

    /// The secrets that are not what they were.
    pub fn changed_secrets(&self) -> impl Iterator<Item = SecretName> {
        self.secrets.iter().filter(|(_, change)| *change != SecretChange::Unchanged).map(|(name, _)| *name)
    }

    /// The sections that hold what differs, and the names of secrets that changed.
    pub fn sections(&self) -> Vec<String> {
        let section = |change: &Change| change.key.split('.').next().unwrap_or_default().to_owned();
        let sections: BTreeSet<String> = self.changes.iter().map(section).collect();
        sections.into_iter().chain(self.changed_secrets().map(|name| name.as_str().to_owned())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(json: &str) -> Document {
        Document::read(json).expect("JSON")
    }

    fn lines(before: &str, after: &str) -> Vec<String> {
        let found = Difference::between(&document(before), &document(after), Vec::new());
        found.changes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn keys_differ_one_by_one() {
        let before = r#"{"name":"A","reset":{"code_minutes":10,"keep":false},"sms":{"url":null},"words":["x"]}"#;
        let after = r#"{"name":"A","reset":{"code_minutes":8},"sms":{"url":"https://a"},"words":["x","y"]}"#;
        let expected = [
            "reset.code_minutes: 10 → 8",
            "reset.keep: false → nothing",
            "sms.url: nothing → \"https://a\"",
            "words: [\"x\"] → [\"x\",\"y\"]",
        ];
        assert_eq!(lines(before, after), expected);
        let sections = Difference::between(&document(before), &document(after), Vec::new()).sections();
        assert_eq!(sections, ["reset", "sms", "words"]);
        assert!(lines(before, before).is_empty());
    }

    #[test]
    fn a_certificate_is_told_by_its_digest() {
        let pem = |body: &str| format!(r#"{{"ca_pem":"-----BEGIN CERTIFICATE-----\n{body}\n"}}"#);
        let told = lines(&pem("one"), &pem("two"));
        let [line] = &told[..] else { panic!("one line: {told:?}") };
        assert!(line.starts_with("ca_pem: a text of 32 characters (SHA-256 "), "{line}");
        assert!(!line.contains("BEGIN") && !line.contains('\n'), "{line}");
        let (before, after) = line.split_once(" → ").expect("both");
        assert!(!before.ends_with(after), "each has a digest of its own: {line}");
    }

    #[test]
    fn texts_are_told_in_full_and_logos_by_their_digest() {
        let long = format!("{{ $minutes ->\n  *[other] {}\n}}", "å".repeat(500));
        let logo = format!("<svg>{}</svg>", "<path/>".repeat(90));
        let after = serde_json::json!({ "texts": { "sv": { "code-time": long } }, "branding": { "logo": logo } });
        let found = Difference::between(&document("{}"), &document(&after.to_string()), Vec::new());
        let told: Vec<String> = found.changes.iter().map(ToString::to_string).collect();
        let text = format!("texts.sv.code-time: nothing → {}", serde_json::to_string(&long).expect("JSON"));
        assert_eq!(told[1], text);
        assert!(told[0].starts_with("branding.logo: nothing → a text of 641 characters (SHA-256 "), "{}", told[0]);
        assert!(told.iter().all(|line| !line.contains('\n')), "{told:?}");
    }

    #[test]
    fn keys_of_a_later_release_have_their_default() {
        let preset = include_str!("../../../presets/orebro.toml");
        let settings: TenantSettings = toml::from_str(preset).expect("a preset");
        let mut older = serde_json::to_value(&settings).expect("JSON");
        older["reset"].as_object_mut().expect("a section").remove("known_password");
        let older = document(&older.to_string());
        let found = Difference::between(&older, &Document::of(&settings).expect("a document"), Vec::new());
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn secrets_are_told_by_what_became_of_them() {
        for (before, after, told) in [
            (None, None, None),
            (None, Some("a"), Some("set")),
            (Some("a"), Some("b"), Some("changed")),
            (Some("a"), Some("a"), Some("unchanged")),
            (Some("a"), None, Some("not set")),
        ] {
            let change = SecretChange::of(before.as_ref(), after.as_ref());
            assert_eq!(change.map(SecretChange::as_str), told, "{before:?} {after:?}");
            let secrets = change.map(|change| (SecretName::MailPassword, change)).into_iter().collect();
            let difference = Difference { changes: Vec::new(), secrets };
            assert_eq!(difference.is_empty(), matches!(told, None | Some("unchanged")));
        }
    }
}
