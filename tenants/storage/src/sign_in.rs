//! The guard of sign-ins: how many wrong passwords are passed on to a directory.

use portvakt_domain::{keys::KeyedHash, sign_in::Allowance, time::Instant};

storage_functions! { of sign_in:
    /// Reserves one attempt; `false`: the attempt must not be made. However many ask at once, no more get through than
    /// could fail. Each one that got through is settled afterwards.
    write fn reserve(subject: KeyedHash, allowance: Allowance, now: Instant) -> bool;

    /// What came of an attempt. A right password forgets the wrong ones, as the directory does.
    write fn settle(subject: KeyedHash, failed: bool, now: Instant) -> ();
}
