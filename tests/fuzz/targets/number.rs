//! What people type as their mobile number: what is taken is a mobile number of an accepted country, and stays the same
//! when it is read again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use portvakt_domain::number::{Country, MobileNumber};

fuzz_target!(|typed: &str| {
    let Ok(number) = MobileNumber::parse(typed, &[Country::SWEDEN]) else { return };
    let e164 = number.e164();
    let national = e164.strip_prefix("+46").expect("a Swedish number");
    assert!(national.len() == 9 && national.bytes().all(|byte| byte.is_ascii_digit()), "{typed:?} became {e164}");
    assert!(["70", "72", "73", "76", "79"].contains(&&national[..2]), "{typed:?} is no mobile number: {e164}");
    assert_eq!(MobileNumber::from_e164(e164).expect("its own spelling").e164(), e164);
    assert_eq!(MobileNumber::parse(e164, &[Country::SWEDEN]).expect("its own spelling").e164(), e164);
    assert!(number.masked().chars().filter(char::is_ascii_digit).count() <= 4, "four digits are shown, no more");
    assert!(!format!("{number:?}").contains(national), "a number prints itself");
});
