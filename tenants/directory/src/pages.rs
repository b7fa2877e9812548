//! The way of a survey's pages, from the directory's runtime to whoever asked: one at a time.

use portvakt_domain::{directory::DirectoryError, staff::StaffAccount};
use tokio::sync::mpsc;

/// Where pages go.
#[derive(Clone)]
pub(crate) struct Pages(mpsc::Sender<Vec<StaffAccount>>);

/// Room for one page.
pub(crate) struct Room<'a>(mpsc::Permit<'a, Vec<StaffAccount>>);

/// Both ends of the way.
pub(crate) fn channel() -> (Pages, mpsc::Receiver<Vec<StaffAccount>>) {
    let (sender, inbox) = mpsc::channel(1);
    (Pages(sender), inbox)
}

impl Pages {
    /// Waits until the page before was taken: the next one is not asked for sooner.
    ///
    /// # Errors
    /// Nobody takes pages any more.
    pub(crate) async fn room(&self) -> Result<Room<'_>, DirectoryError> {
        let left = |_| DirectoryError::Unavailable("nobody waits for the survey any more".to_owned());
        self.0.reserve().await.map(Room).map_err(left)
    }

    /// Waits until whoever asked has gone away.
    pub(crate) async fn left(&self) {
        self.0.closed().await;
    }
}

impl Room<'_> {
    /// Hands a page over; one without accounts goes nowhere.
    pub(crate) fn give(self, page: Vec<StaffAccount>) {
        if !page.is_empty() {
            self.0.send(page);
        }
    }
}
