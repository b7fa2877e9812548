//! What every key of the operator's file and of a tenant's means, from their schemas: a page that can't fall behind.

use std::fmt::Write as _;

use portvakt_domain::tenant::TenantSettings;
use serde_json::{Map, Value};

use crate::settings::Settings;

const HEAD: &str = "\
# Configuration

Written by `portvakt config reference` from the types that read the two files; a test compares. What the keys are for, with
examples, is in [operating.md](operating.md). `portvakt config schema` prints the first as JSON Schema, `portvakt config
schema --tenant` the second: editors that know TOML complete and check keys with them. An unknown key is an error in both,
and all problems are told at once.
";

const OPERATOR: &str = "
## The operator's file

Defaults, then the file (`--config`), then the environment (`PORTVAKT__LISTEN__PUBLIC` is `listen.public`).
";

const TENANT: &str = "
## A tenant's file

Applied with `portvakt tenant apply`. Paths are relative to the file. What a key ending in `_file` or `_env` names is read
when the file is applied, and stored sealed where it is a secret. Complete files: `tenants/presets/`.
";

/// The schema of a tenant's file, as JSON Schema.
pub(super) fn tenant_schema() -> Value {
    schemars::schema_for!(TenantSettings).to_value()
}

/// The page.
pub(super) fn markdown() -> String {
    let mut page = String::from(HEAD);
    for (head, schema) in [(OPERATOR, Settings::schema()), (TENANT, tenant_schema())] {
        page.push_str(head);
        let schema = Schema(&schema);
        schema.table("", schema.0, &mut page);
    }
    page
}

/// How a table is written.
enum Form {
    /// Once: `[path]`.
    One,
    /// Once for each name: `[path.NAME]`.
    ByName,
    /// As often as wanted: `[[path]]`.
    Several,
}

/// A whole schema, with its definitions.
struct Schema<'a>(&'a Value);

impl<'a> Schema<'a> {
    /// The keys of a table, and then the tables in it. What is above the first section has no heading.
    fn table(&self, path: &str, table: &'a Value, page: &mut String) {
        let none = Map::new();
        let properties = table["properties"].as_object().unwrap_or(&none);
        let required = |key: &str| table["required"].as_array().is_some_and(|all| all.iter().any(|one| one == key));
        let (inner, keys): (Vec<_>, Vec<_>) =
            properties.iter().partition(|(_, property)| self.inner(property).is_some());
        if !keys.is_empty() {
            page.push_str("\n| key | | default | |\n| --- | --- | --- | --- |\n");
        }
        for (key, property) in keys {
            let default = if required(key) { "**required**".to_owned() } else { default(property) };
            let (kind, meaning) = (self.kind(property), self.meaning(property));
            // Writing to a String can't fail.
            let _ = writeln!(page, "| `{key}` | {kind} | {default} | {meaning} |");
        }
        for (key, property) in inner {
            let Some((form, inner)) = self.inner(property) else { continue };
            let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
            let (path, heading) = match form {
                Form::One => (path.clone(), format!("[{path}]")),
                Form::ByName => (format!("{path}.NAME"), format!("[{path}.NAME]")),
                Form::Several => (path.clone(), format!("[[{path}]]")),
            };
            let _ = writeln!(page, "\n### `{heading}`\n\n{}", description(property).unwrap_or_default());
            self.table(&path, inner, page);
        }
    }

    /// What a property refers to, `null` left aside.
    fn target(&self, property: &'a Value) -> &'a Value {
        let alternatives = property["anyOf"].as_array().into_iter().flatten();
        let property = alternatives.clone().find(|one| one["type"] != "null").unwrap_or(property);
        let name = property["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.map_or(property, |name| &self.0["$defs"][name])
    }

    /// The table that a property is, and how it is written.
    fn inner(&self, property: &'a Value) -> Option<(Form, &'a Value)> {
        let target = self.target(property);
        let (named, each) = (self.target(&target["additionalProperties"]), self.target(&target["items"]));
        let forms = [(Form::One, target), (Form::ByName, named), (Form::Several, each)];
        forms.into_iter().find(|(_, table)| table["properties"].is_object())
    }

    /// What is written there.
    fn kind(&self, property: &'a Value) -> String {
        let target = self.target(property);
        let kinds = target["type"].as_array().cloned().unwrap_or_else(|| vec![target["type"].clone()]);
        match kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null") {
            Some("array") => format!("list of {}", self.kind(&target["items"])),
            Some("object") => format!("{} by name", self.kind(&target["additionalProperties"])),
            Some("integer" | "number") => "number".to_owned(),
            Some("boolean") => "`true` or `false`".to_owned(),
            _ => "text".to_owned(),
        }
    }

    /// What it is for; of a choice, what can be chosen.
    fn meaning(&self, property: &'a Value) -> String {
        let target = self.target(property);
        let mut meaning = description(property).or_else(|| description(target)).unwrap_or_default();
        let items = self.target(&target["items"]);
        for choice in [target, items].iter().filter_map(|one| one["oneOf"].as_array()).flatten() {
            let Some(value) = choice["const"].as_str() else { continue };
            let what = description(choice).unwrap_or_default();
            let _ = write!(meaning, "<br>`\"{value}\"`: {what}");
        }
        for value in [target, items].iter().filter_map(|one| one["enum"].as_array()).flatten() {
            let _ = write!(meaning, "<br>`{value}`");
        }
        meaning
    }
}

/// A description on one line, fit for a table's cell.
fn description(of: &Value) -> Option<String> {
    Some(of["description"].as_str()?.replace('\n', " ").replace('|', "\\|"))
}

fn default(property: &Value) -> String {
    match &property["default"] {
        Value::Null => "–".to_owned(),
        Value::Array(all) if all.is_empty() => "none".to_owned(),
        Value::Object(all) if all.is_empty() => "none".to_owned(),
        Value::String(text) if text.is_empty() => "–".to_owned(),
        value => format!("`{value}`"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_page_in_the_repository_is_todays() {
        let written = include_str!("../../../docs/configuration.md");
        assert!(
            written == super::markdown(),
            "run `cargo run -- config reference > api/docs/configuration.md`, and look at what has changed"
        );
    }

    #[test]
    fn every_key_has_a_meaning_and_every_choice_is_named() {
        let page = super::markdown();
        for line in page.lines().filter(|line| line.starts_with("| `")) {
            assert!(!line.ends_with("|  |"), "{line} lacks its meaning: write a doc comment");
        }
        for known in ["### `[directory]`", "### `[connect.tenants.NAME]`", "`\"openldap\"`: ", "| `url_file` |"] {
            assert!(page.contains(known), "{known} is not on the page");
        }
    }
}
