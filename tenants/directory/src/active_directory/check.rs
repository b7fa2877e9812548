//! The self-check of an Active Directory: what each controller must offer, and what the domain must grant and say.

mod rights;

pub(crate) use rights::{RESET, schema_guid};

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Mutex, atomic::AtomicBool},
};

use ldap3::{Scope, controls::RawControl};
use portvakt_domain::{check::CheckKind, number_attribute::NumberAttribute, tenant::HistoryRule};
use uuid::{Uuid, uuid};

use super::{
    descriptor::{Descriptor, access},
    greeting::AskController,
    guid, password, policy,
    policy::Policies,
    sid::Sid,
    time,
};
use crate::{
    check::{Inspection, Told, door::Asked, door::Visit, missing, rules, skew},
    connection::Search,
    controller::Greeting as _,
    entry::Entry,
    filter::Filter,
    open_ldap::time as generalized,
};

/// Unexpire-Password (MS-ADTS 5.1.3.2.1).
pub(crate) const UNEXPIRE: Uuid = uuid!("ccc2dc7d-a6ad-4a7a-8846-c04e3cc53501");
/// DS-Replication-Get-Changes-All: whoever has it reads every password's hash.
const REPLICATE: Uuid = uuid!("1131f6ad-9c07-11d1-f79f-00c04fc2dcd2");
/// The class of fine-grained policies.
const PSO_CLASS: Uuid = uuid!("3bcd9db8-f84b-451c-952f-6c52b81f9ec6");
/// A service account's password that ends within so many days is worth a warning.
const SOON_DAYS: i64 = 30;
const SECURITY_ENABLED: i64 = 0x8000_0000;
/// Fine-grained policies that are looked at; nobody has more.
const POLICIES: usize = 500;

/// Groups that a signed-in account is in without being a member (MS-DTYP 2.4.2.4): Everyone, Authenticated Users.
fn everybody() -> [Sid; 2] {
    [Sid::well_known(1, &[0]), Sid::well_known(5, &[11])]
}

/// One controller.
pub(crate) async fn controller(inspection: &Inspection, visit: &Visit, told: &Told<'_>) {
    let asked_at = inspection.clock.now();
    let root = visit
        .within(visit.connection().entry(&Search::root(&["defaultNamingContext", "supportedControl", "currentTime"])))
        .await;
    let root = match root {
        Ok(Some(root)) => root,
        Ok(None) => return told.failed(CheckKind::Base, "the controller says nothing of itself"),
        Err(why) => return told.failed(CheckKind::Base, why),
    };
    let own = root.text("defaultNamingContext").unwrap_or_default();
    let base = &inspection.settings.base;
    match missing(&visit.entry(base, &["objectClass"]).await) {
        Some(why) => told.failed(CheckKind::Base, why),
        None if own.eq_ignore_ascii_case(base) => told.passed(CheckKind::Base, base.clone()),
        None => told.failed(CheckKind::Base, format!("the controller's domain is {own}")),
    }
    let offered = password::offered_policy_hints(root.texts("supportedControl"));
    match (inspection.settings.history, offered) {
        (HistoryRule::PolicyHints, Some(_)) => told.passed(CheckKind::PolicyHints, "offered"),
        (HistoryRule::PolicyHints, None) => {
            told.failed(CheckKind::PolicyHints, "not offered, and directory.history asks for it: it takes no resets");
        }
        (HistoryRule::None, _) => {
            told.skipped(CheckKind::PolicyHints, "directory.history = \"none\": earlier passwords are not looked at");
        }
    }
    let answered_at = inspection.clock.now();
    match root.text("currentTime").and_then(generalized::instant) {
        Some(theirs) => {
            let ours = asked_at + (answered_at - asked_at) / 2;
            told.tell(CheckKind::Clock, skew((theirs - ours).num_seconds()));
        }
        None => told.warning(CheckKind::Clock, "the controller does not tell its time"),
    }
}

/// What is the same at every controller of the domain.
pub(crate) async fn domain(inspection: &Inspection, visit: &Visit, numbers: Option<NumberAttribute>, told: &Told<'_>) {
    let token = match service_account(inspection, visit, told).await {
        Ok(token) => token,
        Err(why) => {
            return told.about(&inspection.settings.service_account).failed(CheckKind::ServiceAccount, why);
        }
    };
    groups(inspection, visit, told).await;
    let look = rights::Look { inspection, visit, token: &token, numbers };
    for (name, unit) in inspection.settings.units.iter().zip(&inspection.units) {
        look.unit(name, unit, &told.about(name)).await;
    }
    look.outside(told).await;
    head(inspection, visit, &token, told).await;
    policies(inspection, visit, &token, told).await;
}

/// The service account's own entry: no administrator, and a password that lasts. Its token.
async fn service_account(inspection: &Inspection, visit: &Visit, told: &Told<'_>) -> Asked<Vec<Sid>> {
    let settings = &inspection.settings;
    let told = told.about(&settings.service_account);
    let greeting = AskController { account: settings.service_account.clone(), base: settings.base.clone() };
    let own = visit.within(greeting.greet(visit.connection())).await?.own;
    let facts = ["objectSid", "tokenGroups", "msDS-UserPasswordExpiryTimeComputed"];
    let entry = visit.entry(&guid::name(own), &facts).await?.ok_or("its own entry is hidden from it")?;
    let sid = entry.bytes("objectSid").and_then(Sid::parse).ok_or("its objectSid is hidden from it")?;
    let groups: Vec<Sid> = entry.all("tokenGroups").filter_map(Sid::parse).collect();

    if groups.is_empty() {
        told.warning(CheckKind::ServiceAccount, "its groups can't be read");
    } else if groups.iter().any(Sid::is_protected_group) || sid.is_protected_account() {
        told.warning(CheckKind::ServiceAccount, "it is an administrator, or in another protected group");
    } else {
        told.passed(CheckKind::ServiceAccount, "in no protected group");
    }
    let expires = entry.number("msDS-UserPasswordExpiryTimeComputed");
    match (expires, expires.and_then(time::instant)) {
        (None, _) => told.warning(CheckKind::ServicePassword, "its end can't be read"),
        (Some(_), None) => told.passed(CheckKind::ServicePassword, "never expires"),
        (Some(_), Some(at)) => {
            let days = (at - inspection.clock.now()).num_days();
            let detail = format!("expires in {days} days");
            match days {
                ..SOON_DAYS => told.warning(CheckKind::ServicePassword, detail),
                _ => told.passed(CheckKind::ServicePassword, detail),
            }
        }
    }
    Ok([sid].into_iter().chain(groups).chain(everybody()).collect())
}

async fn groups(inspection: &Inspection, visit: &Visit, told: &Told<'_>) {
    for (_, group) in inspection.settings.groups() {
        let told = told.about(group);
        let entry = visit.entry(group, &["groupType"]).await;
        match (missing(&entry), entry.ok().flatten().and_then(|entry| entry.number("groupType"))) {
            (Some(why), _) => told.failed(CheckKind::Group, why),
            (None, None) => told.failed(CheckKind::Group, "it is not a group"),
            (None, Some(kind)) if kind & SECURITY_ENABLED == 0 => {
                told.failed(CheckKind::Group, "it is a distribution list");
            }
            (None, Some(_)) => told.passed(CheckKind::Group, "a security group"),
        }
    }
}

/// Rights on the domain's head.
async fn head(inspection: &Inspection, visit: &Visit, token: &[Sid], told: &Told<'_>) {
    match descriptor(visit, &inspection.settings.base).await {
        Ok(head) => {
            if head.grants(token, access::CONTROL, &[UNEXPIRE]) {
                told.passed(CheckKind::Unexpire, "granted on the domain");
            } else {
                told.failed(CheckKind::Unexpire, "not granted on the domain");
            }
            if head.grants(token, access::CONTROL, &[REPLICATE]) {
                told.warning(CheckKind::NoMore, "it may replicate all passwords (Replicating Directory Changes All)");
            } else {
                told.passed(CheckKind::NoMore, "it may not replicate passwords");
            }
        }
        Err(why) => told.warning(CheckKind::Unexpire, format!("{why}: only the canary shows it")),
    }
}

/// The rules for passwords: the domain's, and the fine-grained ones.
async fn policies(inspection: &Inspection, visit: &Visit, token: &[Sid], told: &Told<'_>) {
    let now = inspection.clock.now();
    let known = Policies {
        base: inspection.settings.base.clone(),
        known: Mutex::new(HashMap::new()),
        told: AtomicBool::new(false),
    };
    let mut all = Vec::new();
    match visit.within(known.domain(visit.connection(), now)).await {
        Ok(policy) => {
            told.passed(
                CheckKind::PasswordPolicy,
                format!("{} characters, {} earlier passwords", policy.min_length, policy.history),
            );
            all.push(policy);
        }
        Err(why) => told.failed(CheckKind::PasswordPolicy, why),
    }

    let container = format!("CN=Password Settings Container,CN=System,{}", inspection.settings.base);
    let search = Search {
        base: &container,
        scope: Scope::Subtree,
        filter: Filter::Equal("objectClass", "msDS-PasswordSettings"),
        attributes: &policy::PSO,
        limit: POLICIES,
    };
    let found = visit.search(&search).await.map(|found| found.entries);
    let read: Vec<_> = found.iter().flatten().map(policy::pso).collect();
    all.extend(read.iter().flatten().cloned());
    let inherited = match descriptor(visit, &container).await {
        Ok(descriptor) => descriptor.passes_on(token, access::READ_PROPERTY, PSO_CLASS),
        Err(_) => false,
    };
    let hidden = read.iter().filter(|policy| policy.is_none()).count();
    if let Err(why) = found {
        told.failed(CheckKind::FineGrained, why);
    } else if hidden > 0 {
        told.failed(CheckKind::FineGrained, format!("{hidden} of {} can't be read", read.len()));
    } else if !read.is_empty() {
        told.passed(CheckKind::FineGrained, format!("{} read", read.len()));
    } else if inherited {
        told.passed(CheckKind::FineGrained, "there is none; one would be read");
    } else {
        told.failed(CheckKind::FineGrained, "if there is any, it is hidden from the service account");
    }
    rules(&all, inspection.settings.history == HistoryRule::PolicyHints, told);
}

/// An object's permissions. Without the control a caller who may not read the audit list gets nothing at all (MS-ADTS
/// 3.1.1.3.4.1.11): `SEQUENCE { INTEGER 5 }` asks for the owner and the permissions only.
async fn descriptor(visit: &Visit, name: &str) -> Asked<Descriptor> {
    const FLAGS: [u8; 5] = [0x30, 0x03, 0x02, 0x01, 0x05];
    let control = RawControl { ctype: "1.2.840.113556.1.4.801".to_owned(), crit: true, val: Some(FLAGS.to_vec()) };
    let entry = visit.entry_with(name, &["nTSecurityDescriptor"], control).await?;
    entry.and_then(|entry| described(&entry)).ok_or_else(|| "its permissions can't be read".to_owned())
}

fn described(entry: &Entry) -> Option<Descriptor> {
    Descriptor::parse(entry.bytes("nTSecurityDescriptor")?)
}

/// Some names, and how many more there are.
fn some<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 6;
    let names: BTreeSet<&str> = names.into_iter().collect();
    let shown: Vec<&str> = names.iter().copied().take(SHOWN).collect();
    match names.len() - shown.len() {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
