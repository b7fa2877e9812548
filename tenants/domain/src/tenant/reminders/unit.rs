//! What tells which unit an account belongs to, and who hears of a unit's accounts.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An attribute that can name a unit (MS-ADA1 to MS-ADA3; RFC 4519, RFC 2798). Only such as hold one short text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitAttribute(&'static str);

/// Those that Active Directory has, then those of OpenLDAP alone. The fifteen extension attributes come with Exchange.
const ATTRIBUTES: [&str; 26] = [
    "company",
    "department",
    "division",
    "physicalDeliveryOfficeName",
    "departmentNumber",
    "employeeType",
    "title",
    "description",
    "info",
    "extensionAttribute1",
    "extensionAttribute2",
    "extensionAttribute3",
    "extensionAttribute4",
    "extensionAttribute5",
    "extensionAttribute6",
    "extensionAttribute7",
    "extensionAttribute8",
    "extensionAttribute9",
    "extensionAttribute10",
    "extensionAttribute11",
    "extensionAttribute12",
    "extensionAttribute13",
    "extensionAttribute14",
    "extensionAttribute15",
    "o",
    "ou",
];

impl UnitAttribute {
    /// Its name in the directory's schema.
    pub fn as_str(self) -> &'static str {
        self.0
    }
}

/// What tells an account's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub enum UnitRule {
    /// The value of an attribute; units say it as their `value`. Upper and lower case are the same.
    Attribute(UnitAttribute),
    /// The organisational unit above the account; units say its distinguished name. The nearest one counts.
    OrganisationalUnit,
    /// The groups that the account is in, also through other groups; units say a group's distinguished name. The first in
    /// the list counts.
    Group,
    /// The account's manager in the directory, who is the recipient; units say the username of a manager whose mails go
    /// to others.
    Manager,
}

impl UnitRule {
    fn name(self) -> &'static str {
        match self {
            UnitRule::Attribute(attribute) => attribute.as_str(),
            UnitRule::OrganisationalUnit => "organisational_unit",
            UnitRule::Group => "group",
            UnitRule::Manager => "manager",
        }
    }
}

impl std::str::FromStr for UnitRule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rules = [UnitRule::OrganisationalUnit, UnitRule::Group, UnitRule::Manager];
        if let Some(rule) = rules.into_iter().find(|rule| rule.name() == text) {
            return Ok(rule);
        }
        let attribute = ATTRIBUTES.into_iter().find(|name| *name == text).map(UnitAttribute);
        attribute.map(UnitRule::Attribute).ok_or_else(|| {
            format!(
                "{text:?} tells no unit: write \"organisational_unit\", \"group\", \"manager\" or one of the attributes {}",
                ATTRIBUTES.join(", ")
            )
        })
    }
}

impl TryFrom<String> for UnitRule {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<UnitRule> for String {
    fn from(rule: UnitRule) -> String {
        rule.name().to_owned()
    }
}

/// A unit: an external company, or a part of the municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitSettings {
    /// What its accounts have in the directory, as `units_by` says.
    pub value: String,
    /// Its name as people read it; `value` where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// One or two mail addresses.
    pub recipients: Vec<String>,
}

impl UnitSettings {
    /// Its name as people read it.
    pub fn shown_name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_and_no_other_attribute_is_taken() {
        for name in ATTRIBUTES.into_iter().chain(["organisational_unit", "group", "manager"]) {
            let rule: UnitRule = name.parse().unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(String::from(rule), name);
        }
        for other in ["unicodePwd", "Company", "companyname", ""] {
            let problem = other.parse::<UnitRule>().expect_err(other);
            assert!(problem.contains("department"), "it names what can be written: {problem}");
        }
    }
}
