//! The guides: what they say by a tenant's settings, and what readers think of them.

#[path = "guides/feedback.rs"]
mod feedback;
#[path = "guides/words.rs"]
mod words;
