//! The operator's settings: code defaults, then a TOML file, then the environment (`PORTVAKT__SECTION__KEY`), then
//! `*_file` secrets. Every problem is reported, not only the first.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

pub mod api;
pub mod connect;
pub mod database;
pub mod keys;
pub mod listen;
pub mod log;
pub mod proxies;
pub mod worker;

pub use api::ApiSection;
pub use connect::ConnectSection;
pub use database::DatabaseSection;
pub use keys::KeysSection;
pub use listen::ListenSection;
pub use log::{LogFormat, LogSection};
pub use proxies::ProxiesSection;
pub use worker::WorkerSection;

/// The prefix of environment variables: `PORTVAKT__DATABASE__URL` is `database.url`.
const PREFIX: &str = "PORTVAKT";

/// All of the operator's settings.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Where to listen.
    pub listen: ListenSection,
    /// Where the data is.
    pub database: DatabaseSection,
    /// What seals it.
    pub keys: KeysSection,
    /// Who stands between us and people's browsers.
    pub proxies: ProxiesSection,
    /// Where tenants' settings may make us connect.
    pub connect: ConnectSection,
    /// What is logged, and how.
    pub log: LogSection,
    /// Work behind the replies.
    pub worker: WorkerSection,
    /// Who may ask the API.
    pub api: ApiSection,
}

/// What is wrong with the settings: one line each, as `key: what to do`.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct SettingsError(pub Vec<String>);

impl Settings {
    /// Reads the settings.
    ///
    /// # Errors
    /// Every problem found: a file that can't be read, unknown keys, values of the wrong kind, values that contradict.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let mut builder = config::Config::builder();
        if let Some(file) = file {
            let told = |problem: String| SettingsError(vec![format!("{}: {problem}", file.display())]);
            let text = std::fs::read_to_string(file).map_err(|error| told(error.to_string()))?;
            // Parsed here first: the library's own message shows the line, which may hold a secret.
            toml::from_str::<toml::Table>(&text).map_err(|error| told(toml_problem(&text, &error)))?;
            builder = builder.add_source(config::File::from_str(&text, config::FileFormat::Toml));
        }
        let environment = config::Environment::with_prefix(PREFIX).separator("__").try_parsing(true);
        let value: Value = builder
            .add_source(environment)
            .build()
            .and_then(config::Config::try_deserialize)
            .map_err(|error| SettingsError(vec![error.to_string()]))?;
        Self::from_value(&value)
    }

    fn from_value(value: &Value) -> Result<Self, SettingsError> {
        let mut problems = unknown_keys(value);
        let settings = Settings {
            listen: section(value, "listen", &mut problems, |_, _| {}),
            database: section(value, "database", &mut problems, DatabaseSection::check),
            keys: section(value, "keys", &mut problems, KeysSection::check),
            proxies: section(value, "proxies", &mut problems, |_, _| {}),
            connect: section(value, "connect", &mut problems, |_, _| {}),
            log: section(value, "log", &mut problems, LogSection::check),
            worker: section(value, "worker", &mut problems, WorkerSection::check),
            api: section(value, "api", &mut problems, ApiSection::check),
        };
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError(problems)) }
    }

    /// The schema of the settings file, as JSON Schema.
    pub fn schema() -> Value {
        schemars::schema_for!(Settings).to_value()
    }
}

/// One section, or its defaults and what is wrong with it, key by key. Unknown keys are left out: they are reported
/// elsewhere. `check` looks at values together, once each of them can be read.
fn section<T: DeserializeOwned + Default + JsonSchema>(
    value: &Value,
    name: &str,
    problems: &mut Vec<String>,
    check: impl FnOnce(&T, &mut Vec<String>),
) -> T {
    let known = schemars::schema_for!(T).to_value();
    let found = value.get(name).and_then(Value::as_object).cloned().unwrap_or_default();
    let mut readable = serde_json::Map::new();
    let before = problems.len();
    for (key, value) in found.into_iter().filter(|(key, _)| known["properties"].get(key).is_some()) {
        let alone = |value: &Value| serde_json::from_value::<T>(json!({ &key: value }));
        // The environment knows texts only: `2026` may be a name, and `10.0.0.0/8,fd00::/8` a list.
        let other = match &value {
            Value::Number(_) | Value::Bool(_) => Value::String(value.to_string()),
            Value::String(text) => text.split(',').map(str::trim).collect(),
            other => other.clone(),
        };
        match (alone(&value), alone(&other)) {
            (Ok(_), _) => _ = readable.insert(key, value),
            (Err(_), Ok(_)) => _ = readable.insert(key, other),
            (Err(error), Err(_)) => problems.push(format!("{name}.{key}: {error}")),
        }
    }
    let section: T = serde_json::from_value(Value::Object(readable)).unwrap_or_else(|error| {
        problems.push(format!("{name}: {error}"));
        T::default()
    });
    if problems.len() == before {
        check(&section, problems);
    }
    section
}

/// Where a TOML text can't be read, and why, without the text itself: the parser's own message shows the line.
pub(crate) fn toml_problem(text: &str, error: &toml::de::Error) -> String {
    let Some(at) = error.span() else { return error.message().to_owned() };
    let before = text.get(..at.start).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("line {line}, column {column}: {}", error.message())
}

/// Keys that mean nothing: a typing error must not silently leave a default in force.
fn unknown_keys(value: &Value) -> Vec<String> {
    let schema = Settings::schema();
    let definitions = &schema["$defs"];
    let Some(sections) = value.as_object() else { return vec!["the settings are not a table".to_owned()] };
    let mut problems = Vec::new();
    for (name, found) in sections {
        if !found.is_object() {
            problems.push(format!("{name}: write it as a section, [{name}]"));
            continue;
        }
        let Some(section) = schema["properties"].get(name) else {
            problems.push(format!("{name}: there is no such section"));
            continue;
        };
        let reference = section["$ref"].as_str().and_then(|r| r.rsplit('/').next()).unwrap_or_default();
        let known = &definitions[reference]["properties"];
        for key in found.as_object().into_iter().flat_map(|map| map.keys()) {
            if known.get(key).is_none() {
                problems.push(format!("{name}.{key}: there is no such setting"));
            }
        }
    }
    problems
}

/// The content of a secret's file, without the line end that editors leave.
pub(crate) fn read_secret(path: &Path) -> Result<secrecy::SecretString, String> {
    std::fs::read_to_string(path)
        .map(|text| text.trim_end_matches(['\n', '\r']).to_owned().into())
        .map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_is_reported_at_once() {
        let error = Settings::from_value(&json!({
            "listen": { "public": "not an address", "pubilc": "x", "internal": 5 },
            "databse": {},
            "worker": { "parallel": "many" },
        }))
        .expect_err("many problems");
        let text = error.to_string();
        for expected in [
            "listen.pubilc: there is no such setting",
            "databse: there is no such section",
            "listen.public: ",
            "listen.internal: ",
            "worker.parallel: ",
            "keys.active: missing",
            "database.url: missing",
        ] {
            assert!(text.contains(expected), "{expected} in {text}");
        }
    }

    #[test]
    fn contradictions_are_named_with_what_to_do() {
        let error = Settings::from_value(&json!({ "database": { "url": "mysql://x" }, "worker": { "parallel": 0 } }))
            .expect_err("problems");
        assert!(error.to_string().contains("database.url"), "{error}");
        assert!(error.to_string().contains("keys.active"), "{error}");
        assert!(error.to_string().contains("worker.parallel"), "{error}");
    }
    #[test]
    fn the_environments_texts_are_read_as_what_they_stand_for() {
        let key = std::env::temp_dir().join("portvakt-no-such-key");
        let error = Settings::from_value(&json!({
            "proxies": { "trusted": "10.0.0.0/8, fd00::/8" },
            "keys": { "active": 2026, "files": { "2026": key } },
            "database": { "url": "sqlite:///tmp/x.db" },
        }))
        .expect_err("the key's file is missing, and nothing else is wrong");
        assert_eq!(error.0.len(), 1, "{error}");
        assert!(error.0[0].starts_with("keys.files.2026: "), "{error}");
    }

    #[test]
    fn an_unreadable_file_is_told_by_line_and_never_shown() {
        let text = "[database]\nurl = \"postgres://app:hemligt@db/x\n";
        let error = toml::from_str::<toml::Table>(text).expect_err("a quotation mark is missing");
        let problem = toml_problem(text, &error);
        assert!(problem.starts_with("line 2, column ") && !problem.contains("hemligt"), "{problem}");
    }
}
