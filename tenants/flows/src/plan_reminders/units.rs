//! Which unit an account belongs to.

use std::collections::HashMap;

use portvakt_domain::{
    staff::StaffAccount,
    tenant::{ReminderSettings, UnitRule, UnitSettings},
};

/// A tenant's units, by what accounts have in the directory. Upper and lower case are the same.
pub(crate) struct Units<'a> {
    rule: Option<UnitRule>,
    by_value: HashMap<String, &'a UnitSettings>,
}

impl<'a> Units<'a> {
    pub(crate) fn of(settings: &'a ReminderSettings) -> Self {
        let by_value = settings.units.iter().map(|unit| (folded(&unit.value), unit)).collect();
        Self { rule: settings.units_by, by_value }
    }

    /// The unit whose value an account has. Managers are known by name only after a question of their own.
    pub(crate) fn of_staff(&self, staff: &StaffAccount) -> Option<&'a UnitSettings> {
        let value = staff.unit.as_deref().filter(|_| !self.are_managers())?;
        self.named(value)
    }

    /// Whether managers are the recipients.
    pub(crate) fn are_managers(&self) -> bool {
        self.rule == Some(UnitRule::Manager)
    }

    pub(super) fn named(&self, value: &str) -> Option<&'a UnitSettings> {
        self.by_value.get(&folded(value)).copied()
    }

    /// Whether nothing tells where an account belongs, though the tenant has units.
    pub(super) fn lack(&self, staff: &StaffAccount) -> bool {
        match self.rule {
            None => false,
            Some(UnitRule::Manager) => staff.unit.is_none(),
            Some(_) => self.of_staff(staff).is_none(),
        }
    }
}

fn folded(value: &str) -> String {
    value.trim().to_lowercase()
}
