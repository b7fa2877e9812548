//! A tenant's settings.

use std::collections::BTreeMap;

use diesel::prelude::*;
use portvakt_domain::{id::TenantId, keys::Sealed};

use super::{
    Conn, audit, lock,
    schema::{tenant_secrets, tenant_settings},
};
use crate::{
    error::Outcome,
    lock::Lock,
    settings::{NewSettings, StoredSettings},
    values::{At, Id, at},
};

pub(crate) fn stage(c: &mut Conn, tenant: TenantId, settings: &NewSettings) -> Outcome<i64> {
    lock(c, Lock::Settings(tenant))?;
    let newest: Option<i64> = tenant_settings::table
        .filter(tenant_settings::tenant_id.eq(Id(tenant.0)))
        .select(diesel::dsl::max(tenant_settings::version))
        .first(c)?;
    let version = newest.unwrap_or(0) + 1;
    diesel::insert_into(tenant_settings::table)
        .values((
            tenant_settings::tenant_id.eq(Id(tenant.0)),
            tenant_settings::version.eq(version),
            tenant_settings::author.eq(&settings.author),
            tenant_settings::created_at.eq(at(settings.at)),
            tenant_settings::document.eq(&settings.document),
        ))
        .execute(c)?;
    for (name, sealed) in &settings.secrets {
        diesel::insert_into(tenant_secrets::table)
            .values((
                tenant_secrets::tenant_id.eq(Id(tenant.0)),
                tenant_secrets::name.eq(name.as_str()),
                tenant_secrets::version.eq(version),
                tenant_secrets::sealed.eq(&sealed.0),
            ))
            .execute(c)?;
    }
    audit::record(c, tenant, std::slice::from_ref(&settings.event))?;
    Ok(version)
}

pub(crate) fn at_version(c: &mut Conn, tenant: TenantId, version: &i64) -> Outcome<Option<StoredSettings>> {
    let row: Option<Row> =
        tenant_settings::table.find((Id(tenant.0), version)).select(Row::as_select()).first(c).optional()?;
    let Some(row) = row else { return Ok(None) };
    let secrets = secrets_until(c, tenant, *version)?.into_iter().map(|(_, name, sealed)| (name, sealed)).collect();
    Ok(Some(row.read(secrets)))
}

pub(crate) fn history(c: &mut Conn, tenant: TenantId) -> Outcome<Vec<StoredSettings>> {
    let rows: Vec<Row> = tenant_settings::table
        .filter(tenant_settings::tenant_id.eq(Id(tenant.0)))
        .order(tenant_settings::version)
        .select(Row::as_select())
        .load(c)?;
    let mut brought = secrets_until(c, tenant, i64::MAX)?.into_iter().peekable();
    let mut secrets = BTreeMap::new();
    let mut versions = Vec::new();
    for row in rows {
        while let Some((_, name, sealed)) = brought.next_if(|(version, ..)| *version <= row.version) {
            secrets.insert(name, sealed);
        }
        versions.push(row.read(secrets.clone()));
    }
    Ok(versions)
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = tenant_settings, check_for_backend(super::Db))]
struct Row {
    version: i64,
    author: String,
    created_at: At,
    document: String,
}

impl Row {
    fn read(self, secrets: BTreeMap<String, Sealed>) -> StoredSettings {
        StoredSettings {
            version: self.version,
            author: self.author,
            created_at: self.created_at.0,
            document: self.document,
            secrets,
        }
    }
}

/// Secrets with the version that brought them, in the order of versions: the latest of a name comes last.
fn secrets_until(c: &mut Conn, tenant: TenantId, version: i64) -> Outcome<Vec<(i64, String, Sealed)>> {
    let rows: Vec<(i64, String, Vec<u8>)> = tenant_secrets::table
        .filter(tenant_secrets::tenant_id.eq(Id(tenant.0)))
        .filter(tenant_secrets::version.le(version))
        .order(tenant_secrets::version)
        .select((tenant_secrets::version, tenant_secrets::name, tenant_secrets::sealed))
        .load(c)?;
    Ok(rows.into_iter().map(|(version, name, sealed)| (version, name, Sealed(sealed))).collect())
}
