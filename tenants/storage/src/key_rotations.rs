//! Rotations of keys: that values are sealed anew, from when and until when.

use portvakt_domain::{audit::NewEvent, time::Instant};

storage_functions! { of key_rotations:
    /// Notes that a tenant's values are being sealed anew with this key. `false`: they are already, and
    /// `event` is not recorded.
    write fn begin(key: String, now: Instant, event: NewEvent) -> bool;

    /// Notes that no value is left under another key. `false`: that was noted before, and `event` is not recorded.
    write fn end(key: String, now: Instant, event: NewEvent) -> bool;

    /// Notes how many values a whole round found that do not open. `false`: as many as the round before, and `events` are
    /// not recorded.
    write fn reject(key: String, values: i64, events: Vec<NewEvent>) -> bool;

    /// Since when values are sealed anew with this key, where no rotation to another one began later.
    read fn begun_at(key: String) -> Option<Instant>;

    /// The key of this ring that a rotation began with after this one came into use; of several the last.
    read fn newer_than(key: String, ring: Vec<String>) -> Option<String>;
}
