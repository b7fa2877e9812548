//! One macro makes the public functions: it takes a connection, opens a transaction for the tenant, runs the query of
//! the same name in `queries/`, and commits.

/// `write` or `read`, then the signature without store and tenant; `across` for what belongs to no tenant.
macro_rules! storage_functions {
    (of $noun:ident: $($(#[$doc:meta])* $access:ident fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $out:ty;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// See [`StorageError`](crate::StorageError).
        pub async fn $name(
            store: &crate::Store,
            tenant: portvakt_domain::id::TenantId,
            $($arg: $type),*
        ) -> Result<$out, crate::StorageError> {
            match store.backend() {
                crate::store::Backend::Sqlite(sqlite) => {
                    let query = move |c: &mut crate::sqlite::Conn| {
                        crate::sqlite::queries::$noun::$name(c, tenant, $(&$arg),*)
                    };
                    sqlite.run(access!($access), query).await
                }
                crate::store::Backend::Postgres(postgres) => {
                    let query = move |c: &mut crate::postgres::Conn| {
                        crate::postgres::queries::$noun::$name(c, tenant, $(&$arg),*)
                    };
                    postgres.run(crate::postgres::Scope::Tenant(tenant), access!($access), query).await
                }
            }
        }
    )+};
    (across $noun:ident: $($(#[$doc:meta])* $access:ident fn $name:ident($($arg:ident: $type:ty),* $(,)?) -> $out:ty;)+) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// See [`StorageError`](crate::StorageError).
        pub async fn $name(store: &crate::Store, $($arg: $type),*) -> Result<$out, crate::StorageError> {
            match store.backend() {
                crate::store::Backend::Sqlite(sqlite) => {
                    let query = move |c: &mut crate::sqlite::Conn| crate::sqlite::queries::$noun::$name(c, $(&$arg),*);
                    sqlite.run(access!($access), query).await
                }
                crate::store::Backend::Postgres(postgres) => {
                    let query =
                        move |c: &mut crate::postgres::Conn| crate::postgres::queries::$noun::$name(c, $(&$arg),*);
                    postgres.run(crate::postgres::Scope::Control, access!($access), query).await
                }
            }
        }
    )+};
}

macro_rules! access {
    (read) => {
        crate::Access::Read
    };
    (write) => {
        crate::Access::Write
    };
}
