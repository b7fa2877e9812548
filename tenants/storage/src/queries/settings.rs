//! A tenant's settings.

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
    let row: Option<(String, At, String)> = tenant_settings::table
        .find((Id(tenant.0), version))
        .select((tenant_settings::author, tenant_settings::created_at, tenant_settings::document))
        .first(c)
        .optional()?;
    let Some((author, created_at, document)) = row else { return Ok(None) };
    let secrets: Vec<(String, Vec<u8>)> = tenant_secrets::table
        .filter(tenant_secrets::tenant_id.eq(Id(tenant.0)))
        .filter(tenant_secrets::version.le(version))
        .order(tenant_secrets::version)
        .select((tenant_secrets::name, tenant_secrets::sealed))
        .load(c)?;
    // In the order of versions: the latest of a name stays.
    let secrets = secrets.into_iter().map(|(name, sealed)| (name, Sealed(sealed))).collect();
    Ok(Some(StoredSettings { version: *version, author, created_at: created_at.0, document, secrets }))
}
