//! Rotations of keys: that values are sealed anew, from when and until when.

use portvakt_domain::{audit::NewEvent, time::Instant};

storage_functions! { of key_rotations:
    /// Notes that a tenant's values are being sealed anew with this key. `false`: they are already, and
    /// `event` is not recorded.
    write fn begin(key: String, now: Instant, event: NewEvent) -> bool;

    /// Notes that no value is left under another key. `false`: that was noted before, and `event` is not recorded.
    write fn end(key: String, now: Instant, event: NewEvent) -> bool;
}
