//! On OpenLDAP: a server with the generated access rules and nothing else for the service account, and one fault each.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
    process::Command,
    sync::Arc,
};

use harness::{
    process::run,
    services::{Address, Services, Slapd},
    settings::{egress, point_at_slapd, preset},
};
use ldap3::{LdapResult, Mod};
use portvakt::{metrics::Metrics, system::SystemClock};
use portvakt_directory::{
    connect,
    delegation::{Target, commands},
};
use portvakt_domain::{
    check::CheckKind as Kind,
    directory::DirectoryError,
    staff::StaffQuestion,
    tenant::{DirectorySettings, TenantSettings},
};
use tokio::runtime::Handle;

use super::{Looked, MOBILE};

/// A unit whose name every tool would like to act upon.
const ODD: &str = r#"ou=O'Brien \"x\"\, $(å),ou=people"#;

/// An OpenLDAP of one test's own, with access rules of its own; dropping it stops and removes it.
pub(super) struct Own {
    slapd: Slapd,
    folder: PathBuf,
    _address: Address,
}

fn script(verb: &str, folder: &Path) -> Command {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/directories/slapd.sh"));
    command.arg(verb).arg(folder);
    command
}

impl Own {
    /// The generated rules, changed as the test likes, and then only what lets people sign in.
    pub(super) async fn with(change: impl Fn(String) -> String) -> (Self, TenantSettings) {
        let services = Services::get();
        let address = services.address();
        let folder = services.run.join("openldap").join(format!("checks-{}", uuid::Uuid::new_v4().simple()));
        let ca_folder = services.ca_file.parent().expect("a folder");
        let mut provision = script("provision", &folder);
        provision.args(["checks.test", &address.ip]).arg(ca_folder);
        run(provision).await.succeeded();
        let described = run(script("describe", &folder)).await.succeeded().stdout;
        let slapd: Slapd = serde_json::from_str(&described).expect("as slapd.sh writes it");
        let own = Self { slapd, folder, _address: address };

        let mut settings = preset("orebro");
        point_at_slapd(&mut settings, &own.slapd);
        settings.directory.units.push(format!("{ODD},{}", own.slapd.base));
        let file = own.folder.join("slapd.conf");
        let before = std::fs::read_to_string(&file).expect("the configuration");
        let (head, _) = before.split_once("access to").expect("access rules");
        let rules = commands(&settings.directory, MOBILE, Target::OpenLdap);
        let rest = "access to attrs=userPassword by self write by anonymous auth by * none\naccess to * by self read by * none\n";
        std::fs::write(&file, change(format!("{head}{rules}{rest}"))).expect("written");
        run(script("start", &own.folder)).await.succeeded();
        own.populate().await;
        (own, settings)
    }

    async fn populate(&self) {
        let mut admin = self.slapd.admin().await;
        let odd = format!("{ODD},{}", self.slapd.base);
        let unit = vec![
            ("objectClass", HashSet::from(["organizationalUnit"])),
            ("ou", HashSet::from(["O'Brien \"x\", $(å)"])),
        ];
        admin.add(&odd, unit).await.and_then(LdapResult::success).expect("a unit");
        for (uid, above) in [("anna", &self.slapd.people_ou), ("kanarie1", &odd)] {
            self.person(uid, above, &[]).await;
        }
    }

    /// One more person in a unit.
    async fn person(&self, uid: &str, above: &str, more: &[(&str, &str)]) {
        let common = [("objectClass", "inetOrgPerson"), ("uid", uid), ("cn", uid), ("sn", uid)];
        let all = common.iter().chain(&[("userPassword", "Start-Losen2026")]).chain(more);
        let person = all.map(|(name, value)| (*name, HashSet::from([*value]))).collect();
        let added = self.slapd.admin().await.add(&format!("uid={uid},{above}"), person).await;
        added.and_then(LdapResult::success).expect("a person");
    }

    /// Changes the default policy.
    async fn policy(&self, attribute: &str, value: &str) {
        let change = vec![Mod::Replace(attribute, HashSet::from([value]))];
        let changed = self.slapd.admin().await.modify(&self.slapd.default_policy, change).await;
        changed.and_then(LdapResult::success).expect("a policy changed");
    }

    async fn look(&self, settings: &DirectorySettings) -> Looked {
        Looked::at(settings, &self.slapd.service_password, MOBILE).await
    }

    pub(super) fn password(&self) -> &str {
        &self.slapd.service_password
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        let wiped = script("wipe", &self.folder).status();
        assert!(wiped.is_ok_and(|status| status.success()) || std::thread::panicking());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_generated_rules_are_enough_and_no_more() {
    let (own, settings) = Own::with(|rules| rules).await;
    let looked = own.look(&settings.directory).await;
    assert_eq!(looked.complaints(), [], "{:#?}", looked.0);
    for kind in [Kind::Certificate, Kind::Bind, Kind::Ppolicy, Kind::Unit, Kind::Facts, Kind::NoMore, Kind::SafeModify]
    {
        assert_eq!(looked.worst(kind), 'p', "{kind:?}: {:#?}", looked.0);
    }

    for (attribute, expected) in [("title", 'p'), ("manager", 'p'), ("company", 'f'), ("group", '-')] {
        let looked = Looked::where_units_are_told_by(&settings.directory, own.password(), attribute).await;
        assert_eq!(looked.worst(Kind::UnitAttribute), expected, "{attribute}: {:#?}", looked.0);
    }

    // The policy's own faults.
    for (attribute, value, sound, kind, expected) in [
        ("pwdMinAge", "3600", "0", Kind::MinimumAge, 'w'),
        ("pwdMaxFailure", "2", "5", Kind::Lockout, 'w'),
        ("pwdSafeModify", "TRUE", "FALSE", Kind::SafeModify, 'f'),
    ] {
        own.policy(attribute, value).await;
        let looked = own.look(&settings.directory).await;
        assert_eq!(looked.complaints(), [(kind, expected)], "{:#?}", looked.0);
        own.policy(attribute, sound).await;
    }

    // The settings' faults.
    type Change = fn(&mut DirectorySettings);
    let cases: [(Change, Kind); 6] = [
        (|s| s.default_policy = Some(format!("cn=borta,{}", s.base)), Kind::PasswordPolicy),
        (|s| s.units.push(format!("ou=borta,{}", s.base)), Kind::Unit),
        (|s| s.denied_groups.push(format!("cn=borta,{}", s.base)), Kind::Group),
        (|s| s.functional_groups.push(format!("cn=borta,{}", s.base)), Kind::Group),
        (|s| s.base = "dc=annan,dc=test".to_owned(), Kind::Base),
        (|s| s.service_account = format!("cn=borta,{}", s.base), Kind::Bind),
    ];
    for (change, kind) in cases {
        let mut settings = settings.directory.clone();
        change(&mut settings);
        let looked = own.look(&settings).await;
        assert_eq!(looked.complaints(), [(kind, 'f')], "{:#?}", looked.0);
    }
}

/// With the server's own limit at five entries: everybody is read, with what tells about units; without the generated
/// limits nobody is taken for everybody.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_generated_rules_let_everybody_be_read_in_pages() {
    const SERVER: &str = "sizelimit size.soft=500 size.hard=5000 size.prtotal=unlimited";
    for limited in [false, true] {
        let (own, settings) = Own::with(|rules| {
            assert!(rules.contains(SERVER), "the server's limits stand somewhere else");
            let rules = rules.replace(SERVER, "sizelimit 5");
            let kept = |line: &&str| !limited || !line.starts_with("limits ");
            rules.lines().filter(kept).map(|line| format!("{line}\n")).collect()
        })
        .await;
        for number in 0..6 {
            own.person(&format!("m{number}"), &own.slapd.people_ou, &[("title", "Vården")]).await;
        }
        let metrics = Arc::new(Metrics::new().expect("metrics"));
        let password = own.password().to_owned().into();
        let directory =
            connect(&settings.directory, password, egress(), Arc::new(SystemClock), Handle::current(), metrics);
        let question =
            StaffQuestion { units_by: Some("title".parse().expect("a rule")), units: Vec::new(), lenient: false };
        let mut all = Vec::new();
        let ended = directory.expect("settings that hold").survey(question, &mut |page| all.extend(page)).await;
        if limited {
            let Err(DirectoryError::Misconfigured(what)) = ended else { panic!("{ended:?}") };
            assert!(what.contains("cuts long answers off"), "{what}");
            continue;
        }
        ended.expect("a whole survey");
        let told = |uid: &str| {
            let found = all.iter().find(|account| account.username == uid).expect("the account");
            (found.last_name.clone(), found.unit.clone(), found.expiry.at().is_some())
        };
        assert_eq!(all.len(), 8);
        assert_eq!(told("m3"), ("m3".to_owned(), Some("Vården".to_owned()), true));
        assert_eq!(told("anna"), ("anna".to_owned(), None, true));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_rules_lack_or_exceed_is_told() {
    // Hashes of passwords may be read: "write" includes it, "=w" does not.
    let (own, settings) = Own::with(|rules| rules.replace(" =w by", " write by")).await;
    let looked = own.look(&settings.directory).await;
    assert_eq!(looked.complaints(), [(Kind::NoMore, 'w')], "{:#?}", looked.0);

    // Operational attributes are hidden.
    let (own, settings) = Own::with(|rules| rules.replace("pwdChangedTime,", "").replace("uid,cn,", "cn,")).await;
    let looked = own.look(&settings.directory).await;
    assert_eq!(looked.worst(Kind::Facts), 'f', "{:#?}", looked.0);

    // The overlay is not there: the module alone offers the control, and no account has what the overlay keeps.
    let without = |rules: String| {
        let kept = rules.lines().filter(|line| !line.starts_with("overlay ppolicy") && !line.starts_with("ppolicy_"));
        kept.collect::<Vec<_>>().join("\n") + "\n"
    };
    let (own, settings) = Own::with(without).await;
    let looked = own.look(&settings.directory).await;
    assert_eq!(looked.complaints(), [(Kind::Facts, 'w')], "{:#?}", looked.0);

    // The control is not offered.
    let hidden = "access to dn.base=\"\" attrs=supportedControl by * none\naccess to * by * read\ndatabase mdb";
    let (own, settings) = Own::with(|rules| rules.replace("database mdb", hidden)).await;
    let looked = own.look(&settings.directory).await;
    assert_eq!(looked.complaints(), [(Kind::Ppolicy, 'f')], "{:#?}", looked.0);
}
