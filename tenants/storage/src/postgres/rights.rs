//! What is looked at before anything is served: whether the roles are the right ones, and the schema new enough.

use diesel::{
    RunQueryDsl as _, sql_query,
    sql_types::{Bool, Text},
};

use super::{Conn, Db, MIGRATIONS};
use crate::error::{Outcome, StorageError};

/// The role that serves tenants. Migrations grant to this name.
pub(super) const APP: &str = "portvakt_app";
/// The role for what belongs to no tenant. Migrations grant to this name.
pub(super) const CONTROL: &str = "portvakt_control";

#[derive(diesel::QueryableByName)]
struct Rights {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Bool)]
    unbound: bool,
    #[diesel(sql_type = Bool)]
    owner: bool,
    #[diesel(sql_type = Bool)]
    member: bool,
    #[diesel(sql_type = Bool)]
    other: bool,
}

#[derive(diesel::QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// Refuses a role that row-level security does not bind, and a schema that is older than the program. A newer one is
/// fine: migrations only expand.
pub(super) fn fits(c: &mut Conn, role: &str, other: &str) -> Outcome<()> {
    require_roles(c)?;
    let rights: Rights = sql_query(
        "select current_user::text as name,
           (select bool_or(rolsuper or rolbypassrls) from pg_roles where rolname in (current_user, session_user)) as unbound,
           exists (select from pg_class where relkind in ('r', 'p') and relnamespace = current_schema()::regnamespace
             and pg_has_role(current_user, relowner, 'MEMBER')) as owner,
           pg_has_role(current_user, $1, 'USAGE') as member,
           pg_has_role(current_user, $2, 'MEMBER') as other",
    )
    .bind::<Text, _>(role)
    .bind::<Text, _>(other)
    .get_result(c)?;
    let name = rights.name;
    let problem = if rights.unbound {
        format!(
            "the database role {name:?} is superuser or has BYPASSRLS: tenants would not be kept apart; log in as {role}"
        )
    } else if rights.owner {
        format!("the database role {name:?} owns tables: it could lift the wall between tenants; log in as {role}")
    } else if !rights.member {
        format!("the database role {name:?} is not {role}")
    } else if rights.other {
        format!("the database role {name:?} is also {other}: the two must be kept apart")
    } else {
        String::new()
    };
    if !problem.is_empty() {
        return Err(StorageError::BadRole(problem).into());
    }
    let pending = pending(c)?;
    if !pending.is_empty() {
        return Err(StorageError::MigrationsPending(pending).into());
    }
    Ok(())
}

pub(super) fn require_roles(c: &mut Conn) -> Outcome<()> {
    let found: Vec<Name> = sql_query("select rolname::text as name from pg_roles where rolname in ($1, $2)")
        .bind::<Text, _>(APP)
        .bind::<Text, _>(CONTROL)
        .load(c)?;
    for role in [APP, CONTROL] {
        if !found.iter().any(|row| row.name == role) {
            return Err(StorageError::BadRole(format!(
                "the database role {role} does not exist; make it: create role {role} login nosuperuser nobypassrls \
                 nocreatedb nocreaterole password '…'"
            ))
            .into());
        }
    }
    Ok(())
}

/// The migrations built in that the database does not have. Asked without diesel's own harness, which would want to make
/// its table.
fn pending(c: &mut Conn) -> Outcome<Vec<String>> {
    let known: Vec<Name> =
        sql_query("select 'x' as name where to_regclass('__diesel_schema_migrations') is not null").load(c)?;
    let applied: Vec<Name> = match known.is_empty() {
        true => Vec::new(),
        false => sql_query("select version::text as name from __diesel_schema_migrations").load(c)?,
    };
    let built_in = diesel::migration::MigrationSource::<Db>::migrations(&MIGRATIONS).map_err(StorageError::Internal)?;
    let mut pending: Vec<String> = built_in
        .iter()
        .filter(|migration| !applied.iter().any(|row| row.name == migration.name().version().to_string()))
        .map(|migration| migration.name().to_string())
        .collect();
    pending.sort();
    Ok(pending)
}
