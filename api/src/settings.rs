//! The operator's settings: code defaults, then a TOML file, then the environment (`PORTVAKT__SECTION__KEY`), then
//! `*_file` secrets. Every problem is reported, not only the first.

use std::path::Path;

use schemars::JsonSchema;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

pub mod database;
pub mod keys;
pub mod listen;
pub mod log;
pub mod proxies;
pub mod worker;

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
    /// What is logged, and how.
    pub log: LogSection,
    /// Work behind the replies.
    pub worker: WorkerSection,
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
            if !file.is_file() {
                return Err(SettingsError(vec![format!("{}: there is no such file", file.display())]));
            }
            builder = builder.add_source(config::File::from(file).format(config::FileFormat::Toml));
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
            listen: section(value, "listen", &mut problems),
            database: section(value, "database", &mut problems),
            keys: section(value, "keys", &mut problems),
            proxies: section(value, "proxies", &mut problems),
            log: section(value, "log", &mut problems),
            worker: section(value, "worker", &mut problems),
        };
        if problems.is_empty() {
            settings.database.check(&mut problems);
            settings.keys.check(&mut problems);
            settings.worker.check(&mut problems);
        }
        if problems.is_empty() { Ok(settings) } else { Err(SettingsError(problems)) }
    }

    /// The schema of the settings file, as JSON Schema.
    pub fn schema() -> Value {
        schemars::schema_for!(Settings).to_value()
    }
}

/// One section, or its defaults and a problem. Unknown keys are left out: they are reported all at once elsewhere.
fn section<T: DeserializeOwned + Default + JsonSchema>(value: &Value, name: &str, problems: &mut Vec<String>) -> T {
    let Some(found) = value.get(name) else { return T::default() };
    let known = schemars::schema_for!(T).to_value();
    let mut found = found.clone();
    if let (Some(map), Some(known)) = (found.as_object_mut(), known.get("properties")) {
        map.retain(|key, _| known.get(key).is_some());
    }
    serde_json::from_value(found).unwrap_or_else(|error| {
        problems.push(format!("{name}: {error}"));
        T::default()
    })
}

/// Keys that mean nothing: a typing error must not silently leave a default in force.
fn unknown_keys(value: &Value) -> Vec<String> {
    let schema = Settings::schema();
    let definitions = &schema["$defs"];
    let Some(sections) = value.as_object() else { return vec!["the settings are not a table".to_owned()] };
    let mut problems = Vec::new();
    for (name, found) in sections {
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
    use serde_json::json;

    #[test]
    fn every_problem_is_reported_at_once() {
        let error = Settings::from_value(&json!({
            "listen": { "public": "not an address", "pubilc": "x" },
            "databse": {},
            "worker": { "parallel": "many" },
        }))
        .expect_err("four problems");
        let text = error.to_string();
        for expected in
            ["listen.pubilc: there is no such setting", "databse: there is no such section", "listen: ", "worker: "]
        {
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
}
