//! Bad input is answered with a plain page, never with a fault. Everything is made from a seed that a failure names.

#[path = "fuzz/http.rs"]
mod http;
#[path = "fuzz/names.rs"]
mod names;
#[path = "fuzz/settings.rs"]
mod settings;
#[path = "fuzz/values.rs"]
mod values;

use std::panic::{AssertUnwindSafe, catch_unwind};

use harness::seeded::Seeded;

/// Cases of each property.
const CASES: u64 = 10_000;

/// Runs a property over cases made from seeds, and names the seed of one that fails.
fn property(cases: u64, holds: impl Fn(&mut Seeded)) {
    for seed in 0..cases {
        let outcome = catch_unwind(AssertUnwindSafe(|| holds(&mut Seeded::new(seed))));
        assert!(outcome.is_ok(), "the case made from seed {seed} fails, see above");
    }
}
