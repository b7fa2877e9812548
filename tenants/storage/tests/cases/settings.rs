//! Settings, tenants and hosts.

use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind,
    id::TenantId,
    tenant::{HostPurpose, SecretName, SmsProvider},
};
use portvakt_storage::{
    StorageError,
    operator::{self, HostRow, NewTenant, TenantRow},
    settings::{self, NewSettings},
};
use uuid::Uuid;

use crate::fixture::{Fixture, event, sealed};

async fn stage(f: &Fixture, tenant: TenantId, document: &str, secrets: &[(SecretName, &str)]) -> i64 {
    let new = NewSettings {
        author: "anna".to_owned(),
        at: f.now,
        document: document.to_owned(),
        secrets: secrets.iter().map(|(name, text)| (*name, sealed(text))).collect(),
        event: event(AuditKind::SettingsApplied, f.now),
    };
    settings::stage(&f.store, tenant, new).await.expect("staged")
}

pub(crate) async fn versions_count_up_and_secrets_stay(f: Fixture) {
    use SecretName::DirectoryPassword as Directory;
    const SMS: SecretName = SecretName::SmsPassword(SmsProvider::FortySixElks);
    assert_eq!(stage(&f, f.a, "{\"n\":1}", &[(Directory, "d1"), (SMS, "s1")]).await, 1);
    assert_eq!(stage(&f, f.a, "{\"n\":2}", &[]).await, 2);
    assert_eq!(stage(&f, f.a, "{\"n\":3}", &[(SMS, "s3")]).await, 3);
    assert_eq!(stage(&f, f.b, "{}", &[]).await, 1);
    let at = async |version| settings::at_version(&f.store, f.a, version).await.expect("read");
    for (version, sms) in [(1, "s1"), (2, "s1"), (3, "s3")] {
        let stored = at(version).await.expect("a version");
        assert_eq!((stored.version, stored.created_at, stored.author.as_str()), (version, f.now, "anna"));
        assert_eq!(stored.document, format!("{{\"n\":{version}}}"));
        assert_eq!(stored.secrets.len(), 2);
        assert_eq!(stored.secrets["directory_password"], sealed("d1"));
        assert_eq!(stored.secrets["sms_password"], sealed(sms));
    }
    assert!(at(4).await.is_none());
    assert!(settings::at_version(&f.store, f.b, 2).await.expect("read").is_none());
    assert_eq!(f.number("select count(*) from audit_events where kind = 'settings.applied'").await, 4);
    let mut versions = join_all((0..10).map(|_| stage(&f, f.a, "{}", &[]))).await;
    versions.sort();
    assert_eq!(versions, (4..14).collect::<Vec<_>>());
}

pub(crate) async fn a_host_belongs_to_one_tenant(f: Fixture) {
    use HostPurpose::{Register, Reset};
    let hosts = |names: &[(&str, HostPurpose)]| -> Vec<(String, HostPurpose)> {
        names.iter().map(|(host, purpose)| ((*host).to_owned(), *purpose)).collect()
    };
    let row = |host: &str, tenant, purpose| HostRow { host: host.to_owned(), tenant, purpose };
    let none = operator::activate(&f.store, f.a, 1, vec![]).await;
    assert!(matches!(none, Err(StorageError::Conflict(_))), "no such version: {none:?}");
    stage(&f, f.a, "{}", &[]).await;
    stage(&f, f.a, "{}", &[]).await;
    stage(&f, f.b, "{}", &[]).await;
    let first = hosts(&[("a.reset", Reset), ("a.register", Register)]);
    operator::activate(&f.store, f.a, 1, first).await.expect("activated");
    let taken = operator::activate(&f.store, f.b, 1, hosts(&[("b.reset", Reset), ("a.register", Register)])).await;
    assert!(matches!(taken, Err(StorageError::Conflict(_))), "{taken:?}");
    let listed = operator::list_hosts(&f.store).await.expect("a list");
    assert_eq!(listed, [row("a.register", f.a, Register), row("a.reset", f.a, Reset)]);
    assert_eq!(operator::find_tenant(&f.store, "mjolby".to_owned()).await.expect("found").expect("b").version, None);
    operator::activate(&f.store, f.a, 2, hosts(&[("a.reset", Reset), ("a.new", Register)])).await.expect("activated");
    operator::activate(&f.store, f.b, 1, hosts(&[("a.register", Register)])).await.expect("free now");
    let listed = operator::list_hosts(&f.store).await.expect("a list");
    let expected = [row("a.new", f.a, Register), row("a.register", f.b, Register), row("a.reset", f.a, Reset)];
    assert_eq!(listed, expected);
    let strange = operator::activate(&f.store, TenantId(Uuid::new_v4()), 1, vec![]).await;
    assert!(matches!(strange, Err(StorageError::Conflict(_))));
}

pub(crate) async fn a_tenant_is_made_once(f: Fixture) {
    let make = |slug: &str| {
        operator::create_tenant(&f.store, NewTenant { id: TenantId(Uuid::new_v4()), slug: slug.to_owned(), at: f.now })
    };
    assert_eq!(make("orebro").await.expect("found"), f.a);
    let all = join_all((0..10).map(|_| make("karlstad"))).await;
    let ids: Vec<_> = all.into_iter().map(|id| id.expect("made")).collect();
    assert!(ids.iter().all(|id| *id == ids[0]));
    let rows = operator::list_tenants(&f.store).await.expect("a list");
    let row = |id, slug: &str| TenantRow {
        id,
        slug: slug.to_owned(),
        version: None,
        suspended_at: None,
        delete_asked_at: None,
        delete_due_at: None,
    };
    assert_eq!(rows, [row(ids[0], "karlstad"), row(f.b, "mjolby"), row(f.a, "orebro")]);
    assert_eq!(operator::find_tenant(&f.store, "nobody".to_owned()).await.expect("an answer"), None);
    f.execute(&format!("update tenants set suspended_at = {} where id = {}", f.time(f.now), f.id(f.b.0))).await;
    assert!(
        operator::find_tenant(&f.store, "mjolby".to_owned()).await.expect("found").expect("b").suspended_at
            == Some(f.now)
    );
}
