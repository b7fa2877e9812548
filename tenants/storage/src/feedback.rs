//! What readers of the guides thought of them. Nobody is named.

use portvakt_domain::{feedback::Guide, keys::Sealed, language::Language, time::Instant};
use uuid::Uuid;

/// One reader's answer, to be kept.
#[derive(Debug, Clone)]
pub struct NewFeedback {
    /// A key of its own, for which the text is sealed.
    pub id: Uuid,
    /// Which guide.
    pub guide: Guide,
    /// In which language it was read.
    pub language: Language,
    /// Whether it was of help.
    pub helpful: bool,
    /// What was written, if anything.
    pub text: Option<Sealed>,
    /// When.
    pub created_at: Instant,
}

/// One reader's answer as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFeedback {
    /// The row.
    pub id: Uuid,
    /// Which guide, by its stored name: a newer release may have others.
    pub guide: String,
    /// In which language it was read, by its tag: a newer release may have others.
    pub language: String,
    /// Whether it was of help.
    pub helpful: bool,
    /// What was written, if anything.
    pub text: Option<Sealed>,
    /// When.
    pub created_at: Instant,
}

storage_functions! { of feedback:
    /// Keeps an answer.
    write fn add(new: NewFeedback) -> ();

    /// All answers, the oldest first.
    read fn list() -> Vec<StoredFeedback>;
}
