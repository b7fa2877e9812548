//! A connection of the service account that one survey has for itself, from its first page to its last: a server knows where
//! it stopped on that connection alone.

use std::time::Duration;

use portvakt_domain::directory::DirectoryError;
use tokio::time::timeout;

use crate::{
    connection::{Connection, Page, Search},
    controller::{Shared, late},
    entry::Entry,
    error_map::{self, Failure},
};

/// The connection. It is closed when this is dropped.
pub(crate) struct Held<K> {
    connection: Shared<K>,
    /// The controller's number.
    at: usize,
    /// How long an answer may take.
    patience: Duration,
}

impl<K> Held<K> {
    /// A connection to the controller with this number.
    pub(crate) fn new(connection: Shared<K>, at: usize, patience: Duration) -> Self {
        Self { connection, at, patience }
    }

    /// The number of the controller that it leads to.
    pub(crate) fn at(&self) -> usize {
        self.at
    }

    /// What was learnt when the connection was made.
    pub(crate) fn known(&self) -> &K {
        &self.connection.known
    }

    /// The connection, for questions of others.
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Waits for an answer, no longer than any operation may take.
    pub(crate) async fn within<T>(&self, asked: impl Future<Output = Result<T, Failure>>) -> Result<T, DirectoryError> {
        match timeout(self.patience, asked).await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(Failure::Answered(answer))) => Err(error_map::reading(answer)),
            Ok(Err(Failure::Settled(error))) => Err(error),
            Ok(Err(Failure::NotSent | Failure::Lost)) => {
                Err(DirectoryError::Unavailable("the connection was lost".to_owned()))
            }
            Err(_) => Err(late("no answer")),
        }
    }

    /// One entry by its name; `None` when there is none.
    pub(crate) async fn entry(&self, name: &str, attributes: &[&'static str]) -> Result<Option<Entry>, DirectoryError> {
        self.within(self.connection.entry(&Search::entry(name, attributes))).await
    }

    /// One page.
    pub(crate) async fn page(&self, search: &Search<'_>, cookie: Vec<u8>) -> Result<Page, DirectoryError> {
        self.within(self.connection.page(search, cookie)).await
    }

    /// Every entry of a search, by pages.
    pub(crate) async fn each(&self, search: &Search<'_>, mut take: impl FnMut(Entry)) -> Result<(), DirectoryError> {
        let mut cookie = Some(Vec::new());
        while let Some(from) = cookie {
            let page = self.page(search, from).await?;
            page.entries.into_iter().for_each(&mut take);
            cookie = page.next;
        }
        Ok(())
    }
}
