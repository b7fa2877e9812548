//! Mobile numbers: what people type, what is stored (E.164), what is shown.

use phonenumber::{Mode, Type, country};
use secrecy::{ExposeSecret as _, SecretString};

/// Numbers that a person's own account may have: the work phone and the private one.
pub const PERSONAL_NUMBERS: usize = 2;
/// Numbers that a functional account may have, one a holder.
pub const FUNCTIONAL_NUMBERS: usize = 5;

/// How many numbers an account may have.
pub fn most_numbers(functional: bool) -> usize {
    if functional { FUNCTIONAL_NUMBERS } else { PERSONAL_NUMBERS }
}

/// A mobile number in E.164 (`+46701740605`). Personal: sealed where stored, never logged, shown only masked.
#[derive(Clone)]
pub struct MobileNumber(SecretString);

impl std::fmt::Debug for MobileNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MobileNumber(<redacted>)")
    }
}

impl PartialEq for MobileNumber {
    fn eq(&self, other: &Self) -> bool {
        self.e164() == other.e164()
    }
}
impl Eq for MobileNumber {}

/// Why what was typed can't be registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing was typed.
    #[error("no number was typed")]
    Empty,
    /// Not a telephone number.
    #[error("this is not a telephone number")]
    Malformed,
    /// A number that receives no SMS: a landline, a paging or machine number, a premium-rate or shared-cost number.
    #[error("this is not a mobile number")]
    NotMobile,
    /// A mobile number of a country that the tenant does not send to.
    #[error("numbers of this country are not accepted")]
    Country,
}

/// A country whose numbers a tenant accepts: ISO 3166-1 alpha-2, upper case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(try_from = "String", into = "String")]
pub struct Country(country::Id);

impl Country {
    /// Sweden, the country of a number that is written without one.
    pub const SWEDEN: Country = Country(country::Id::SE);
}

impl TryFrom<String> for Country {
    type Error = String;
    fn try_from(code: String) -> Result<Self, String> {
        code.parse()
            .map(Country)
            .map_err(|_| format!("{code:?} is not a country code: write for example \"SE\" or \"NO\""))
    }
}

impl From<Country> for String {
    fn from(country: Country) -> String {
        country.0.as_ref().to_owned()
    }
}

impl MobileNumber {
    /// Reads what a person typed. National numbers are Swedish; the number's country must be among `accepted`.
    ///
    /// # Errors
    /// What is wrong with it, for one plain sentence on the page.
    pub fn parse(typed: &str, accepted: &[Country]) -> Result<Self, NumberError> {
        let international = to_international(typed)?;
        let number = phonenumber::parse(None, &international).map_err(|_| NumberError::Malformed)?;
        let Some(id) = number.country().id() else { return Err(NumberError::Malformed) };
        if id == country::Id::SE {
            swedish_mobile(&international)?;
        } else {
            if !phonenumber::is_valid(&number) {
                return Err(NumberError::Malformed);
            }
            match number.number_type(&phonenumber::metadata::DATABASE) {
                Type::Mobile | Type::FixedLineOrMobile => {}
                _ => return Err(NumberError::NotMobile),
            }
        }
        if !accepted.contains(&Country(id)) {
            return Err(NumberError::Country);
        }
        Ok(Self(number.format().mode(Mode::E164).to_string().into()))
    }

    /// A number that was stored by us in E.164.
    ///
    /// # Errors
    /// It is not one: the store was altered.
    pub fn from_e164(stored: &str) -> Result<Self, NumberError> {
        let digits = stored.strip_prefix('+').ok_or(NumberError::Malformed)?;
        let fits = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if fits { Ok(Self(stored.to_owned().into())) } else { Err(NumberError::Malformed) }
    }

    /// E.164, for the gateway and the store.
    pub fn e164(&self) -> &str {
        self.0.expose_secret()
    }

    /// The range it lies in: all numbers that differ in the last four digits alone, as operators are given them.
    pub fn range(&self) -> &str {
        let digits = self.e164();
        digits.get(..digits.len().saturating_sub(4)).unwrap_or_default()
    }

    /// `*** *** 45 67`: enough for its owner to know it, too little for anybody else. Its spaces break no line.
    pub fn masked(&self) -> String {
        let digits = self.e164();
        // Digits are ASCII: `from_e164` and `parse` let nothing else in.
        let tail = digits.get(digits.len().saturating_sub(4)..).unwrap_or_default();
        let (first, last) = tail.split_at_checked(2).unwrap_or((tail, ""));
        format!("***\u{a0}***\u{a0}{first}\u{a0}{last}")
    }
}

/// Drops what people write between digits, and gives the number its country.
fn to_international(typed: &str) -> Result<String, NumberError> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Err(NumberError::Empty);
    }
    if typed.chars().count() > 40 {
        return Err(NumberError::Malformed);
    }
    let mut text: String = typed
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '‑' | '.' | '/' | '\u{200b}'))
        .collect();
    if text.starts_with('+') || text.starts_with("00") {
        // "+46 (0)70": the bracketed trunk zero is for callers at home.
        text = text.replacen("(0)", "", 1);
    }
    text.retain(|c| !matches!(c, '(' | ')'));
    let (plus, digits) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => match text.strip_prefix("00") {
            Some(rest) => (true, rest),
            None => (false, text.as_str()),
        },
    };
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NumberError::Malformed);
    }
    Ok(match (plus, digits) {
        (true, rest) => match rest.strip_prefix("460") {
            Some(national) => format!("+46{national}"),
            None => format!("+{rest}"),
        },
        (false, rest) if rest.starts_with('0') => format!("+46{}", &rest[1..]),
        (false, rest) if rest.starts_with("46") && rest.len() == 11 => format!("+{rest}"),
        (false, rest) if rest.starts_with('7') && rest.len() == 9 => format!("+46{rest}"),
        _ => return Err(NumberError::Malformed),
    })
}

/// The Swedish plan (PTS): mobile telephony is 70, 72, 73, 76 and 79 with seven digits more. 71, 74 and 75 look alike
/// and are machines, pagers and personal numbers.
fn swedish_mobile(international: &str) -> Result<(), NumberError> {
    let national = international.strip_prefix("+46").ok_or(NumberError::Malformed)?;
    let mobile = ["70", "72", "73", "76", "79"].iter().any(|prefix| national.starts_with(prefix));
    match (mobile, national.len()) {
        (true, 9) => Ok(()),
        (true, _) => Err(NumberError::Malformed),
        (false, 7..=10) => Err(NumberError::NotMobile),
        (false, _) => Err(NumberError::Malformed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(typed: &str) -> Result<String, NumberError> {
        MobileNumber::parse(typed, &[Country::SWEDEN]).map(|n| n.e164().to_owned())
    }

    #[test]
    fn every_way_of_writing_a_swedish_mobile_number_is_the_same_number() {
        for typed in [
            "070-174 06 05",
            "0701740605",
            "+46 70 174 06 05",
            "+46 (0)70 174 06 05",
            "0046701740605",
            "46701740605",
            "701740605",
            "070\u{a0}174\u{a0}06\u{a0}05",
            "070–1740605",
            "(070) 174 06 05",
            "+460701740605",
            "070.174/0605",
        ] {
            assert_eq!(parse(typed), Ok("+46701740605".to_owned()), "{typed}");
        }
    }

    #[test]
    fn what_receives_no_sms_is_told_apart_from_nonsense() {
        for typed in [
            "08-123 45 67",
            "019-21 10 00",
            "0719 123 456",
            "010-123 45 67",
            "0900-123 45 67",
            "077-123 45 67",
            "0740 123 456",
            "0751234567",
        ] {
            assert_eq!(parse(typed), Err(NumberError::NotMobile), "{typed}");
        }
        for typed in ["12", "070-174 06 0", "070-174 06 055", "abc", "+", "0", "070x1740605", "１２３", "-", "()"] {
            assert_eq!(parse(typed), Err(NumberError::Malformed), "{typed}");
        }
        assert_eq!(parse("  "), Err(NumberError::Empty));
    }

    #[test]
    fn foreign_numbers_need_the_tenants_consent() {
        let norway = Country::try_from("NO".to_owned()).expect("a country");
        assert_eq!(parse("+47 406 12 345"), Err(NumberError::Country));
        let both = [Country::SWEDEN, norway];
        assert_eq!(
            MobileNumber::parse("+47 406 12 345", &both).map(|n| n.e164().to_owned()),
            Ok("+4740612345".to_owned())
        );
        assert_eq!(MobileNumber::parse("+47 22 12 34 56", &both).err(), Some(NumberError::NotMobile));
        assert_eq!(MobileNumber::parse("+47 1", &both).err(), Some(NumberError::Malformed));
    }

    #[test]
    fn a_mask_shows_four_digits() {
        assert_eq!(MobileNumber::from_e164("+46701740605").expect("stored").masked(), "***\u{a0}***\u{a0}06\u{a0}05");
        assert!(MobileNumber::from_e164("46701740605").is_err());
        assert!(MobileNumber::from_e164("+4670ö").is_err());
    }
}
