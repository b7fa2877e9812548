//! What the service account may do with accounts, seen on a sample of them: one for each place where they lie, because
//! inheritance is switched off place by place.

use std::collections::BTreeSet;

use ldap3::Scope;
use portvakt_domain::{check::CheckKind, number_attribute::NumberAttribute};
use uuid::{Uuid, uuid};

use super::{descriptor, some};
use crate::{
    active_directory::{
        descriptor::{Descriptor, access},
        sid::Sid,
    },
    check::{
        Inspection, Told,
        door::{Asked, Visit},
        missing,
    },
    connection::Search,
    dn::Dn,
    filter::Filter,
};

/// User-Force-Change-Password, which people know as Reset Password.
pub(crate) const RESET: Uuid = uuid!("00299570-246d-11d0-a768-00aa006e0529");
/// An extended right that does not exist: whoever has it has them all.
const ANY_OTHER: Uuid = Uuid::from_u128(0x706f_7274_7661_6b74_0000_0000_0000_0001);
/// The property set to which numbers belong.
const PERSONAL_INFORMATION: Uuid = uuid!("77b5b886-944a-11d1-aebd-0000f80367c1");
/// The attributes that Portvakt writes of every account.
const UNLOCK: &str = "lockoutTime";
const LAST_SET: &str = "pwdLastSet";

/// Units that are looked through for a sample, accounts in each, and places in the sample.
const LOOKED_THROUGH: usize = 200;
const CANDIDATES: usize = 50;
const PLACES: usize = 20;

/// What has no name in `allowedAttributesEffective`.
const POWERS: [(u32, &str); 5] = [
    (access::WRITE_PERMISSIONS, "change permissions"),
    (access::WRITE_OWNER, "take ownership"),
    (access::DELETE, "delete"),
    (access::DELETE_TREE, "delete with all below"),
    (access::CREATE_CHILD, "create objects below"),
];

/// A look at accounts with the service account's eyes.
pub(super) struct Look<'a> {
    pub(super) inspection: &'a Inspection,
    pub(super) visit: &'a Visit,
    pub(super) token: &'a [Sid],
    pub(super) numbers: Option<NumberAttribute>,
}

/// One account, and what may be done with it.
struct Sample {
    /// Where it lies: its own name is nobody's business.
    place: String,
    writable: BTreeSet<String>,
    permissions: Option<Descriptor>,
}

impl Look<'_> {
    /// One unit: that it is there, and each right on the accounts in it.
    pub(super) async fn unit(&self, name: &str, unit: &Dn, told: &Told<'_>) {
        if let Some(why) = missing(&self.visit.entry(name, &["objectClass"]).await) {
            return told.failed(CheckKind::Unit, why);
        }
        let samples = match self.sample(name, |dn| dn.is_below(unit)).await {
            Ok(samples) => samples,
            Err(why) => return told.failed(CheckKind::Unit, why),
        };
        if samples.is_empty() {
            return told.warning(CheckKind::Unit, "no ordinary account in it, so that no right can be looked at");
        }
        told.passed(CheckKind::Unit, format!("looked at {} accounts, one a place", samples.len()));

        self.reset(&samples, told);
        let writes = |attribute: &'static str| move |sample: &Sample| sample.writable.contains(attribute);
        everywhere(&samples, CheckKind::Unlock, writes(UNLOCK), told);
        everywhere(&samples, CheckKind::PasswordLastSet, writes(LAST_SET), told);
        match self.numbers {
            Some(attribute) => everywhere(&samples, CheckKind::Number, writes(attribute.as_str()), told),
            None => told.skipped(CheckKind::Number, "numbers are kept by Portvakt, not in the directory"),
        }
        self.no_more(&samples, told);
        self.self_and_number(&samples, told);
    }

    /// Accounts outside the units, those of administrators among them: nothing may be done there.
    pub(super) async fn outside(&self, told: &Told<'_>) {
        let units = &self.inspection.units;
        let samples = self.sample(&self.inspection.settings.base, |dn| !units.iter().any(|unit| dn.is_below(unit)));
        let samples = match samples.await {
            Ok(samples) if samples.is_empty() => {
                return told.skipped(CheckKind::Outside, "no account outside the units");
            }
            Ok(samples) => samples,
            Err(why) => return told.skipped(CheckKind::Outside, why),
        };
        let reached = samples.iter().find(|sample| !sample.writable.is_empty() || self.may_reset(sample) == Some(true));
        match reached {
            Some(sample) => told.warning(CheckKind::Outside, format!("it has rights in {}", sample.place)),
            None => told.passed(CheckKind::Outside, format!("none; looked at {} accounts, one a place", samples.len())),
        }
    }

    /// One account for each place at or below `base` that fits.
    async fn sample(&self, base: &str, fits: impl Fn(&Dn) -> bool) -> Asked<Vec<Sample>> {
        let units = Search {
            base,
            scope: Scope::Subtree,
            filter: Filter::Equal("objectClass", "organizationalUnit"),
            attributes: &["1.1"],
            limit: LOOKED_THROUGH,
        };
        let found = self.visit.search(&units).await?.entries.into_iter().map(|unit| unit.dn);
        let below = found.filter(|unit| !unit.eq_ignore_ascii_case(base));
        // Where accounts are made when nobody says where (MS-ADTS 6.1.1.4.1); no unit.
        let users = format!("CN=Users,{base}");
        let has_users = missing(&self.visit.entry(&users, &["objectClass"]).await).is_none();
        let places = [base.to_owned()].into_iter().chain(has_users.then_some(users)).chain(below);

        let somebody_fits = |place: &String| Dn::parse(&format!("CN=x,{place}")).is_some_and(|name| fits(&name));
        let mut samples = Vec::new();
        for place in places.filter(somebody_fits) {
            let Some(name) = self.somebody(&place, base).await? else { continue };
            let entry = self.visit.entry(&name, &["allowedAttributesEffective"]).await?;
            let texts = entry.iter().flat_map(|entry| entry.texts("allowedAttributesEffective"));
            let writable = texts.map(str::to_owned).collect();
            samples.push(Sample { place, writable, permissions: descriptor(self.visit, &name).await.ok() });
            if samples.len() == PLACES {
                break;
            }
        }
        Ok(samples)
    }

    /// An account right below a place: not the service account's own; in a unit, none that AdminSDHolder has cut off.
    async fn somebody(&self, place: &str, base: &str) -> Asked<Option<String>> {
        let search = Search {
            base: place,
            scope: Scope::OneLevel,
            filter: Filter::And(vec![Filter::Equal("objectCategory", "person"), Filter::Equal("objectClass", "user")]),
            attributes: &["objectSid", "adminCount"],
            limit: CANDIDATES,
        };
        let in_unit = base != self.inspection.settings.base;
        let found = self.visit.search(&search).await?.entries.into_iter().find(|entry| {
            let own = entry.bytes("objectSid").and_then(Sid::parse).is_some_and(|sid| self.token.contains(&sid));
            let cut_off = in_unit && entry.number("adminCount").is_some_and(|count| count > 0);
            !own && !cut_off
        });
        Ok(found.map(|entry| entry.dn))
    }

    fn may_reset(&self, sample: &Sample) -> Option<bool> {
        Some(sample.permissions.as_ref()?.grants(self.token, access::CONTROL, &[RESET]))
    }

    fn reset(&self, samples: &[Sample], told: &Told<'_>) {
        if samples.iter().any(|sample| sample.permissions.is_none()) {
            told.warning(CheckKind::Reset, "the accounts' permissions can't be read: only the canary shows it");
        } else {
            everywhere(samples, CheckKind::Reset, |sample| self.may_reset(sample) == Some(true), told);
        }
    }

    fn no_more(&self, samples: &[Sample], told: &Told<'_>) {
        let needed = |name: &str| {
            [UNLOCK, LAST_SET].contains(&name) || self.numbers.is_some_and(|attribute| attribute.as_str() == name)
        };
        let writes =
            samples.iter().flat_map(|sample| &sample.writable).map(String::as_str).filter(|name| !needed(name));
        let permissions = || samples.iter().filter_map(|sample| sample.permissions.as_ref());
        let powers = POWERS
            .iter()
            .filter(|(right, _)| permissions().any(|permissions| permissions.grants(self.token, *right, &[])))
            .map(|(_, name)| *name);
        let every = permissions().any(|permissions| permissions.grants(self.token, access::CONTROL, &[ANY_OTHER]));
        let more: Vec<&str> = writes.chain(powers).chain(every.then_some("all extended rights")).collect();
        if more.is_empty() {
            told.passed(CheckKind::NoMore, "none");
        } else {
            told.warning(CheckKind::NoMore, format!("it may also write or do: {}", some(more)));
        }
    }

    /// SELF is what an account is to itself.
    fn self_and_number(&self, samples: &[Sample], told: &Told<'_>) {
        let Some(attribute) = self.numbers else {
            return told.skipped(CheckKind::SelfNumber, "numbers are kept by Portvakt, not in the directory");
        };
        let myself = [Sid::well_known(5, &[10])];
        let objects = [schema_guid(attribute), PERSONAL_INFORMATION];
        let may = |sample: &&Sample| {
            let permissions = sample.permissions.as_ref();
            permissions.is_some_and(|permissions| permissions.grants(&myself, access::WRITE_PROPERTY, &objects))
        };
        match samples.iter().filter(may).count() {
            0 if samples.iter().any(|sample| sample.permissions.is_none()) => {
                told.skipped(CheckKind::SelfNumber, "the accounts' permissions can't be read");
            }
            0 => told.passed(CheckKind::SelfNumber, format!("nobody may write {} of oneself", attribute.as_str())),
            _ => told.warning(CheckKind::SelfNumber, format!("people may write {} of themselves", attribute.as_str())),
        }
    }
}

/// `schemaIDGUID` of the attributes that hold numbers (MS-ADA2 2.43, MS-ADA3).
pub(crate) fn schema_guid(attribute: NumberAttribute) -> Uuid {
    match attribute {
        NumberAttribute::Mobile => uuid!("f0f8ffa3-1191-11d0-a060-00aa006c33ed"),
        NumberAttribute::OtherMobile => uuid!("0296c11e-40da-11d1-a9c0-0000f80367c1"),
        NumberAttribute::HomePhone => uuid!("f0f8ffa1-1191-11d0-a060-00aa006c33ed"),
        NumberAttribute::Pager => uuid!("f0f8ffa6-1191-11d0-a060-00aa006c33ed"),
    }
}

/// A right that every account of the sample must have.
fn everywhere(samples: &[Sample], kind: CheckKind, has: impl Fn(&Sample) -> bool, told: &Told<'_>) {
    let lacking: Vec<&Sample> = samples.iter().filter(|sample| !has(sample)).collect();
    match lacking.first() {
        None => told.passed(kind, "granted"),
        Some(first) => {
            told.failed(
                kind,
                format!("not granted in {} of {} places, such as {}", lacking.len(), samples.len(), first.place),
            );
        }
    }
}
