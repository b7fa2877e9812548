//! The name of a request: what its lines in the log have in common, and what a person quotes from a page that says sorry.

use actix_web::{HttpMessage as _, HttpRequest};
use portvakt_domain::random::Random;

/// How many letters it has: as many as can be said on the telephone, and about 34 bits.
const LENGTH: usize = 8;
/// No vowels, so that it is no word, and no digits, so that it is never taken for a code.
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";

/// A request's name, made here: one that came with the request would be whatever its sender likes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// A new one.
    pub fn new(random: &dyn Random) -> Self {
        let mut bytes = [0; LENGTH];
        random.fill(&mut bytes);
        Self(bytes.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect())
    }

    /// That of this request; `None` where the edge did not see it.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        request.extensions().get::<Self>().cloned()
    }

    /// The letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
