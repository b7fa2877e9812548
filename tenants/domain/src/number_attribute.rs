//! An attribute of the directory that holds people's numbers, beside what Portvakt knows of them: whether the two agree,
//! and what follows where they do not.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    keys::KeyedHash,
    number::{Country, MobileNumber},
    time::Instant,
};

/// An attribute that can hold numbers (MS-ADA1 to MS-ADA3; RFC 4524, RFC 4519). Only such: one that holds something else
/// would be overwritten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "&'static str")]
pub enum NumberAttribute {
    /// `mobile`.
    Mobile,
    /// `otherMobile`, of Active Directory.
    OtherMobile,
    /// `homePhone`.
    HomePhone,
    /// `pager`.
    Pager,
}

impl NumberAttribute {
    /// All of them.
    pub const ALL: [NumberAttribute; 4] =
        [NumberAttribute::Mobile, NumberAttribute::OtherMobile, NumberAttribute::HomePhone, NumberAttribute::Pager];

    /// Its name in the directory's schema.
    pub fn as_str(self) -> &'static str {
        match self {
            NumberAttribute::Mobile => "mobile",
            NumberAttribute::OtherMobile => "otherMobile",
            NumberAttribute::HomePhone => "homePhone",
            NumberAttribute::Pager => "pager",
        }
    }
}

impl std::str::FromStr for NumberAttribute {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|attribute| attribute.as_str() == text);
        found.ok_or_else(|| "write mobile, otherMobile, homePhone or pager".to_owned())
    }
}

impl TryFrom<String> for NumberAttribute {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<NumberAttribute> for &'static str {
    fn from(attribute: NumberAttribute) -> &'static str {
        attribute.as_str()
    }
}

/// The number that an attribute's values say, as they were written by whoever wrote them. `None` where there is no
/// number, where what is there can't receive SMS, and where there are several: nobody could say which one is meant.
pub fn number_in(values: &[String], accepted: &[Country]) -> Option<MobileNumber> {
    let mut usable: Vec<MobileNumber> = Vec::new();
    for number in values.iter().filter_map(|value| MobileNumber::parse(value, accepted).ok()) {
        if !usable.contains(&number) {
            usable.push(number);
        }
    }
    if usable.len() == 1 { usable.pop() } else { None }
}

/// What Portvakt keeps of an account's attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct AttributeRecord {
    /// The number that was there when it was last dealt with, hashed for look-ups; `None`: there was none.
    pub number_hash: Option<KeyedHash>,
    /// Since when the account's first number is to be written there; `None`: nothing is to be written.
    pub to_write_since: Option<Instant>,
    /// A number that others wrote there waits to become the account's.
    pub change_waits: bool,
}

/// What follows from what an attribute holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Portvakt's numbers hold, and the attribute says nothing else than when it was last dealt with.
    Settled,
    /// The attribute says what Portvakt knows already; that has to be noted.
    Agreed,
    /// The attribute has no value yet: Portvakt's number goes there.
    Write,
    /// A first number, written by others: it is the account's from now on.
    Import,
    /// Another number, written by others: a change of number, with its wait and its notices.
    ChangedElsewhere,
    /// Taken away by others, or replaced by something that is no number: unregistered, until it is mended.
    TakenElsewhere,
}

/// Compares what the attribute holds now (`attribute`; `blank`: no value at all) with the account's numbers, the first one
/// first, and with what is kept of the attribute.
pub fn compare(numbers: &[KeyedHash], kept: &AttributeRecord, attribute: Option<KeyedHash>, blank: bool) -> Comparison {
    let first = numbers.first().copied();
    if kept.to_write_since.is_some() {
        return Comparison::Settled;
    }
    if attribute == first {
        let known = kept.number_hash == attribute && !kept.change_waits;
        return if known { Comparison::Settled } else { Comparison::Agreed };
    }
    match (first, attribute) {
        (_, Some(_)) if kept.number_hash == attribute => Comparison::Settled,
        (_, Some(there)) if numbers.contains(&there) => Comparison::Settled,
        (None, Some(_)) => Comparison::Import,
        (Some(_), Some(_)) => Comparison::ChangedElsewhere,
        (_, None) if blank && kept.number_hash.is_none() => Comparison::Write,
        (_, None) => Comparison::TakenElsewhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    const A: KeyedHash = KeyedHash([1; 32]);
    const B: KeyedHash = KeyedHash([2; 32]);
    const C: KeyedHash = KeyedHash([3; 32]);

    fn kept(number_hash: Option<KeyedHash>) -> AttributeRecord {
        AttributeRecord { number_hash, to_write_since: None, change_waits: false }
    }

    #[test]
    fn every_case_has_its_consequence() {
        use Comparison::{Agreed, ChangedElsewhere, Import, Settled, TakenElsewhere, Write};
        /// Name; numbers, kept, attribute, blank; consequence.
        type Case = (&'static str, &'static [KeyedHash], Option<KeyedHash>, Option<KeyedHash>, bool, Comparison);
        let cases: [Case; 14] = [
            ("nobody has anything", &[], None, None, true, Settled),
            ("as it was", &[A], Some(A), Some(A), false, Settled),
            ("the same, seen for the first time", &[A], None, Some(A), false, Agreed),
            ("put back by others", &[A], Some(B), Some(A), false, Agreed),
            ("both gone", &[], Some(A), None, true, Agreed),
            ("registered before the attribute was used", &[A], None, None, true, Write),
            ("the other one of the account's numbers", &[A, B], Some(A), Some(B), false, Settled),
            ("stopped or written over: dealt with", &[A], Some(B), Some(B), false, Settled),
            ("a first number", &[], None, Some(A), false, Import),
            ("a number after one was removed", &[], Some(B), Some(A), false, Import),
            ("another number", &[A], Some(A), Some(B), false, ChangedElsewhere),
            ("another than was ever seen", &[A, C], None, Some(B), false, ChangedElsewhere),
            ("emptied", &[A], Some(A), None, true, TakenElsewhere),
            ("no number, never seen", &[A], None, None, false, TakenElsewhere),
        ];
        for (name, numbers, number_hash, attribute, blank, consequence) in cases {
            assert_eq!(compare(numbers, &kept(number_hash), attribute, blank), consequence, "{name}");
            let to_write_since = DateTime::from_timestamp(1_800_000_000, 0);
            let writing = AttributeRecord { to_write_since, ..kept(number_hash) };
            assert_eq!(compare(numbers, &writing, attribute, blank), Settled, "{name}, about to be written");
        }
    }

    #[test]
    fn what_is_put_back_while_a_change_waits_has_to_be_told() {
        let waits = AttributeRecord { change_waits: true, ..kept(Some(A)) };
        assert_eq!(compare(&[A], &waits, Some(A), false), Comparison::Agreed);
        assert_eq!(compare(&[A], &waits, Some(B), false), Comparison::ChangedElsewhere, "and what waits is seen again");
        assert_eq!(compare(&[A], &waits, None, true), Comparison::TakenElsewhere);
    }

    #[test]
    fn one_number_that_receives_sms_counts_however_it_is_written() {
        let read = |values: &[&str]| {
            let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
            number_in(&values, &[Country::SWEDEN]).map(|number| number.e164().to_owned())
        };
        assert_eq!(read(&["070-174 06 05"]).as_deref(), Some("+46701740605"));
        assert_eq!(read(&["+46 (0)70 174 06 05", "0701740605"]).as_deref(), Some("+46701740605"), "the same twice");
        assert_eq!(read(&["019-21 10 00", "0701740605"]).as_deref(), Some("+46701740605"), "beside a landline");
        for none in [&[][..], &["anknytning 1234"], &["019-21 10 00"], &["+4790000000"], &["0701740605", "0701740606"]]
        {
            assert_eq!(read(none), None, "{none:?}");
        }
    }

    #[test]
    fn names_come_back_and_no_other_attribute_is_taken() {
        for attribute in NumberAttribute::ALL {
            assert_eq!(attribute.as_str().parse(), Ok(attribute));
        }
        for other in ["unicodePwd", "Mobile", "", "mobile "] {
            assert!(other.parse::<NumberAttribute>().is_err(), "{other}");
        }
    }
}
