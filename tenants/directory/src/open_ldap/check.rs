//! The self-check of an OpenLDAP: what each server must offer, and what the tree must grant and say. OpenLDAP tells nobody
//! what he may write: that is for the canary.

use ldap3::Scope;
use portvakt_domain::{check::CheckKind, number_attribute::NumberAttribute};

use super::{account::FACTS, policy::Policies};
use crate::{
    check::{Inspection, Told, door::Visit, missing, rules},
    connection::Search,
    entry::Entry,
    filter::Filter,
    ppolicy::PPOLICY,
};

/// Accounts that are looked at in a unit.
const SAMPLE: usize = 100;
/// What nobody but the server itself has to read.
const SECRETS: [&str; 2] = ["userPassword", "pwdHistory"];
/// Attributes without which an account can't be judged.
const NEEDED: [&str; 3] = ["entryUUID", "uid", "objectClass"];
/// When the password was set: an account that has one shows that operational attributes may be read.
const CHANGED: &str = "pwdChangedTime";

/// One server.
pub(crate) async fn controller(inspection: &Inspection, visit: &Visit, told: &Told<'_>) {
    let root = visit.within(visit.connection().entry(&Search::root(&["namingContexts", "supportedControl"]))).await;
    let root = match root {
        Ok(Some(root)) => root,
        Ok(None) => return told.failed(CheckKind::Base, "the server says nothing of itself"),
        Err(why) => return told.failed(CheckKind::Base, why),
    };
    let base = &inspection.settings.base;
    match missing(&visit.entry(base, &["objectClass"]).await) {
        Some(why) => told.failed(CheckKind::Base, why),
        None => told.passed(CheckKind::Base, base.clone()),
    }
    if root.texts("supportedControl").any(|oid| oid == PPOLICY) {
        told.passed(CheckKind::Ppolicy, "the overlay answers");
    } else {
        told.failed(CheckKind::Ppolicy, "the server does not offer the password policy control");
    }
    told.skipped(CheckKind::Clock, "OpenLDAP does not tell its time");
}

/// What is the same at every server.
pub(crate) async fn tree(inspection: &Inspection, visit: &Visit, numbers: Option<NumberAttribute>, told: &Told<'_>) {
    let settings = &inspection.settings;
    for (_, group) in settings.groups() {
        let told = told.about(group);
        match missing(&visit.entry(group, &["objectClass"]).await) {
            Some(why) => told.failed(CheckKind::Group, why),
            None => told.passed(CheckKind::Group, "it is there"),
        }
    }
    for unit in &settings.units {
        self::unit(visit, unit, numbers, &told.about(unit)).await;
    }
    policies(inspection, visit, told).await;
}

async fn unit(visit: &Visit, name: &str, numbers: Option<NumberAttribute>, told: &Told<'_>) {
    if let Some(why) = missing(&visit.entry(name, &["objectClass"]).await) {
        return told.failed(CheckKind::Unit, why);
    }
    let attributes: Vec<&'static str> = FACTS.into_iter().chain(SECRETS).collect();
    let search = Search {
        base: name,
        scope: Scope::Subtree,
        filter: Filter::Equal("objectClass", "person"),
        attributes: &attributes,
        limit: SAMPLE,
    };
    let accounts = match visit.search(&search).await {
        Ok(found) => found.entries,
        Err(why) => return told.failed(CheckKind::Unit, why),
    };
    if accounts.is_empty() {
        return told.warning(CheckKind::Unit, "no account in it that the service account sees");
    }
    told.passed(CheckKind::Unit, format!("looked at {} accounts", accounts.len()));
    facts(&accounts, told);
    for kind in [CheckKind::Reset, CheckKind::Unlock] {
        told.skipped(kind, "OpenLDAP does not tell rights: only the canary shows it");
    }
    match numbers {
        Some(_) => told.skipped(CheckKind::Number, "OpenLDAP does not tell rights: only the canary shows it"),
        None => told.skipped(CheckKind::Number, "numbers are kept by Portvakt, not in the directory"),
    }
    told.skipped(CheckKind::SelfNumber, "OpenLDAP does not tell rights: look at its access rules");
    let read: Vec<&str> =
        SECRETS.into_iter().filter(|secret| accounts.iter().any(|a| a.bytes(secret).is_some())).collect();
    if read.is_empty() {
        told.passed(CheckKind::NoMore, "it can't read hashes of passwords");
    } else {
        told.warning(CheckKind::NoMore, format!("it can read hashes of passwords: {}", read.join(", ")));
    }
}

fn facts(accounts: &[Entry], told: &Told<'_>) {
    let lacking = NEEDED.into_iter().find(|needed| accounts.iter().any(|account| account.bytes(needed).is_none()));
    if let Some(lacking) = lacking {
        told.failed(CheckKind::Facts, format!("{lacking} can't be read of every account"));
    } else if accounts.iter().all(|account| account.bytes(CHANGED).is_none()) {
        told.warning(
            CheckKind::Facts,
            format!("{CHANGED} is on none of them: hidden, or no password was set since the overlay is there"),
        );
    } else {
        told.passed(CheckKind::Facts, "operational attributes can be read");
    }
}

async fn policies(inspection: &Inspection, visit: &Visit, told: &Told<'_>) {
    let name = inspection.settings.default_policy.clone().unwrap_or_default();
    let told = told.about(&name);
    let policies = Policies::new(name.clone());
    match visit.within(policies.of(visit.connection(), None, inspection.clock.now())).await {
        Ok(found) => {
            let effective = found.effective;
            let detail = format!("{} characters, {} earlier passwords", effective.min_length, effective.history);
            told.passed(CheckKind::PasswordPolicy, detail);
            rules(&[effective], true, &told);
        }
        Err(why) => return told.failed(CheckKind::PasswordPolicy, why),
    }
    match visit.entry(&name, &["pwdSafeModify"]).await {
        Ok(Some(entry)) if entry.text("pwdSafeModify").is_some_and(|value| value.eq_ignore_ascii_case("TRUE")) => {
            told.failed(CheckKind::SafeModify, "pwdSafeModify is TRUE: a reset needs the old password");
        }
        Ok(_) => told.passed(CheckKind::SafeModify, "a reset does not need the old password"),
        Err(why) => told.failed(CheckKind::SafeModify, why),
    }
}
