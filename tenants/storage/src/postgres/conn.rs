//! The connection that the queries are compiled for: diesel's, as a thread that may wait sees it. Unlike diesel's own
//! wrapper it keeps every statement prepared: an update, an upsert or plain SQL would otherwise be prepared anew each time,
//! which costs a round trip more and the server a plan.

use diesel::{
    QueryResult,
    connection::{
        CacheSize, Connection, ConnectionSealed, DefaultLoadingMode, Instrumentation, LoadConnection, SimpleConnection,
        TransactionManager, TransactionManagerStatus,
    },
    expression::QueryMetadata,
    migration::{CREATE_MIGRATIONS_TABLE, MigrationConnection},
    pg::{Pg, PgQueryBuilder},
    query_builder::{AstPass, Query, QueryBuilder as _, QueryFragment, QueryId},
};
use diesel_async::{
    AsyncConnection, AsyncConnectionCore, AsyncPgConnection, SimpleAsyncConnection as _,
    TransactionManager as AsyncTransactionManager,
};
use futures_util::StreamExt as _;

use super::driver::Driver;

/// Statements up to this length in bytes are kept prepared. Longer ones insert many rows at once, and are as many different
/// ones as there are numbers of rows.
const KEPT: usize = 1_024;

type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;

/// A connection and what drives it.
pub(crate) struct Conn {
    inner: AsyncPgConnection,
    driver: Driver,
}

impl Conn {
    pub(super) fn new(inner: AsyncPgConnection, driver: Driver) -> Self {
        Self { inner, driver }
    }

    /// Lets the connection see what came while nobody waited, such as its end.
    pub(super) fn look(&self) {
        self.driver.look();
    }

    /// Begins a transaction by these words.
    pub(super) fn begin(&mut self, words: &str) -> QueryResult<()> {
        self.driver.block_on(diesel_async::AnsiTransactionManager::begin_transaction_sql(&mut self.inner, words))
    }
}

/// A query that is kept prepared.
struct Kept<Q>(Q);

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Kept<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, backend: &Pg) -> QueryResult<bool> {
        if self.0.is_safe_to_cache_prepared(backend)? {
            return Ok(true);
        }
        let mut sql = PgQueryBuilder::default();
        self.0.to_sql(&mut sql, backend)?;
        Ok(sql.finish().len() <= KEPT)
    }
}

impl<Q: QueryId> QueryId for Kept<Q> {
    type QueryId = Q::QueryId;
    const HAS_STATIC_QUERY_ID: bool = Q::HAS_STATIC_QUERY_ID;
}

impl<Q: Query> Query for Kept<Q> {
    type SqlType = Q::SqlType;
}

impl SimpleConnection for Conn {
    fn batch_execute(&mut self, query: &str) -> QueryResult<()> {
        self.driver.block_on(self.inner.batch_execute(query))
    }
}

impl ConnectionSealed for Conn {}

impl Connection for Conn {
    type Backend = Pg;
    type TransactionManager = Transactions;

    /// Not asked for: connections come from [`super::Address`].
    fn establish(_: &str) -> diesel::ConnectionResult<Self> {
        Err(diesel::ConnectionError::BadConnection("connections are made with TLS and a driver".to_owned()))
    }

    fn execute_returning_count<T>(&mut self, source: &T) -> QueryResult<usize>
    where
        T: QueryFragment<Pg> + QueryId,
    {
        self.driver.block_on(self.inner.execute_returning_count(Kept(source)))
    }

    fn transaction_state(
        &mut self,
    ) -> &mut <Self::TransactionManager as TransactionManager<Self>>::TransactionStateData {
        self.inner.transaction_state()
    }

    fn instrumentation(&mut self) -> &mut dyn Instrumentation {
        self.inner.instrumentation()
    }

    fn set_instrumentation(&mut self, instrumentation: impl Instrumentation) {
        self.inner.set_instrumentation(instrumentation);
    }

    fn set_prepared_statement_cache_size(&mut self, size: CacheSize) {
        self.inner.set_prepared_statement_cache_size(size);
    }
}

impl LoadConnection<DefaultLoadingMode> for Conn {
    type Cursor<'conn, 'query> = std::vec::IntoIter<QueryResult<Self::Row<'conn, 'query>>>;
    type Row<'conn, 'query> = <AsyncPgConnection as AsyncConnectionCore>::Row<'conn, 'query>;

    fn load<'conn, 'query, T>(&'conn mut self, source: T) -> QueryResult<Self::Cursor<'conn, 'query>>
    where
        T: Query + QueryFragment<Pg> + QueryId + 'query,
        Pg: QueryMetadata<T::SqlType>,
    {
        let Self { inner, driver } = self;
        let rows = async { Ok(inner.load(Kept(source)).await?.collect::<Vec<_>>().await) };
        driver.block_on(rows).map(Vec::into_iter)
    }
}

impl MigrationConnection for Conn {
    fn setup(&mut self) -> QueryResult<usize> {
        self.batch_execute(CREATE_MIGRATIONS_TABLE).map(|()| 0)
    }
}

/// Transactions, as the inner connection keeps them.
pub(crate) struct Transactions;

impl TransactionManager<Conn> for Transactions {
    type TransactionStateData = <Manager as AsyncTransactionManager<AsyncPgConnection>>::TransactionStateData;

    fn begin_transaction(c: &mut Conn) -> QueryResult<()> {
        c.driver.block_on(Manager::begin_transaction(&mut c.inner))
    }

    fn rollback_transaction(c: &mut Conn) -> QueryResult<()> {
        c.driver.block_on(Manager::rollback_transaction(&mut c.inner))
    }

    fn commit_transaction(c: &mut Conn) -> QueryResult<()> {
        c.driver.block_on(Manager::commit_transaction(&mut c.inner))
    }

    fn transaction_manager_status_mut(c: &mut Conn) -> &mut TransactionManagerStatus {
        Manager::transaction_manager_status_mut(&mut c.inner)
    }

    fn is_broken_transaction_manager(c: &mut Conn) -> bool {
        Manager::is_broken_transaction_manager(&mut c.inner)
    }
}
