//! Distinguished names (RFC 4514), as directories and settings may send them: no text is too odd to be read or refused,
//! and nothing lies below what it does not lie below.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvakt_directory::fuzzing::{is_below, is_name};

fuzz_target!(|texts: (&str, &str)| {
    let (name, unit) = texts;
    assert!(!is_below(name, name), "{name:?} lies below itself");
    assert!(!(is_below(name, unit) && is_below(unit, name)), "{name:?} and {unit:?} lie below each other");
    if is_name(unit) {
        let inside = format!("OU=Skola,{unit}");
        assert!(is_below(&inside, unit), "{inside:?}");
        assert!(!is_below(unit, &inside), "{inside:?}");
        // A unit is not found by its last letters.
        assert!(unit.trim_start() != unit || !is_below(&format!("OU=Skola,X{unit}"), unit), "{unit:?}");
    } else {
        assert!(!is_below(name, unit), "nothing lies below {unit:?}");
    }
});
