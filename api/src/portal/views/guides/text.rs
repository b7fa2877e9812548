//! What guides are made of.

use super::Shot;

/// A part of a guide under a heading of its own.
pub(super) struct Section {
    pub(super) heading: String,
    pub(super) lines: Vec<Line>,
    /// What to do, numbered.
    pub(super) steps: Vec<Step>,
}

/// A numbered step.
pub(super) struct Step {
    pub(super) lines: Vec<Line>,
    /// What the page looks like.
    pub(super) shot: Option<Shot>,
}

/// Something that is said.
pub(super) enum Line {
    /// A paragraph.
    Text(String),
    /// A question, which the lines after it answer.
    Question(String),
    /// A list without an order.
    Items(Vec<String>),
    /// Words and an address.
    Link {
        /// What stands before it.
        words: String,
        /// Where it leads.
        href: String,
        /// The same written out.
        shown: String,
    },
    /// A table.
    Table {
        /// What it shows.
        caption: String,
        /// Its columns.
        columns: Vec<String>,
        /// Its rows, each as wide as the columns.
        rows: Vec<Vec<String>>,
    },
}
