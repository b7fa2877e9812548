//! The six digits sent by SMS.

use chrono::TimeDelta;
use secrecy::{ExposeSecret as _, SecretString};

use crate::{
    id::{FlowId, TenantId},
    keys::{KeyRing, KeyUse, KeyedHash},
    random::Random,
};

/// Wrong tries after which a code is dead and a new one has to be asked for.
pub const TRIES_PER_CODE: i32 = 3;
/// Wrong tries, over all its codes, after which a flow is over.
pub const TRIES_PER_FLOW: i32 = 5;
/// Codes that one flow may ask for, the first included.
pub const CODES_PER_FLOW: i32 = 4;

/// What a code proves. A code of one purpose is worthless for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodePurpose {
    /// Possession of the registered number, to get back in.
    Reset,
    /// Possession of the registered number, to change a password that is known.
    Change,
    /// Possession of the number already registered, before it is changed.
    OldNumber,
    /// Possession of a number already registered, before another is added.
    AddNumber,
    /// Possession of a number already registered, before one is removed.
    RemoveNumber,
    /// Possession of a number already registered, to stop a delayed change.
    StopChange,
    /// Possession of the number being registered.
    NewNumber,
}

impl CodePurpose {
    /// The name that is stored and hashed.
    pub fn as_str(self) -> &'static str {
        match self {
            CodePurpose::Reset => "reset",
            CodePurpose::Change => "change",
            CodePurpose::OldNumber => "old_number",
            CodePurpose::AddNumber => "add_number",
            CodePurpose::RemoveNumber => "remove_number",
            CodePurpose::StopChange => "stop_change",
            CodePurpose::NewNumber => "new_number",
        }
    }
}

/// A code in clear. It lives only while an SMS is being sent or a form is being read.
#[derive(Clone)]
pub struct Code(SecretString);

impl std::fmt::Debug for Code {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Code(<redacted>)")
    }
}

impl Code {
    /// Six digits, each of the million equally likely.
    pub fn generate(random: &dyn Random) -> Self {
        // The largest multiple of a million below 2^32: numbers above it would make low codes likelier.
        const FAIR: u32 = u32::MAX - u32::MAX % 1_000_000;
        loop {
            let mut bytes = [0; 4];
            random.fill(&mut bytes);
            let number = u32::from_be_bytes(bytes);
            if number < FAIR {
                return Self(format!("{:06}", number % 1_000_000).into());
            }
        }
    }

    /// The code a person typed: six digits, with whatever spaces and hyphens phones and people put between them.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 64 {
            return None;
        }
        let digits: String =
            typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '–' | '\u{200b}')).collect();
        (digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit())).then(|| Self(digits.into()))
    }

    /// The digits, to be put into the SMS.
    pub fn reveal(&self) -> &str {
        self.0.expose_secret()
    }

    /// What is stored of a code: bound to tenant, flow and purpose, so that no other flow's code opens anything. Account
    /// and number are bound through the flow: it is one account's, and a change of that account's number ends it.
    pub fn hash(&self, keys: &KeyRing, tenant: TenantId, flow: FlowId, purpose: CodePurpose) -> KeyedHash {
        keys.hash(tenant, KeyUse::Code, &[flow.0.as_bytes(), purpose.as_str().as_bytes(), self.reveal().as_bytes()])
    }
}

/// The wait before the next code of a flow may be asked for, after `sent` of them: 60 s, then 120 s (numbers-and-codes:
/// an impatient second press must not cost a second SMS).
pub fn wait_before_next(sent: i32) -> TimeDelta {
    TimeDelta::seconds(if sent <= 1 { 60 } else { 120 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::tests::Counting;

    #[test]
    fn spaces_and_hyphens_do_not_matter_and_anything_else_does() {
        for typed in ["123456", " 123 456 ", "123\u{a0}456", "12-34-56", "123456\n"] {
            assert_eq!(Code::parse(typed).expect(typed).reveal(), "123456");
        }
        for typed in ["", "12345", "1234567", "12345a", "１２３４５６", "+12345", &"1".repeat(100)] {
            assert!(Code::parse(typed).is_none(), "{typed}");
        }
    }

    #[test]
    fn a_code_is_worth_nothing_elsewhere() {
        let ring = KeyRing::new("a", [("a".to_owned(), vec![1; 32])]).expect("a valid ring");
        let id = uuid::Uuid::from_u128;
        let code = |digits: &str| Code::parse(digits).expect("six digits");
        let here = code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::Reset);
        assert_eq!(here, code("123 456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::Reset));
        for elsewhere in [
            code("123457").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::Reset),
            code("123456").hash(&ring, TenantId(id(9)), FlowId(id(2)), CodePurpose::Reset),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(9)), CodePurpose::Reset),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::OldNumber),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::NewNumber),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::Change),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::AddNumber),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::RemoveNumber),
            code("123456").hash(&ring, TenantId(id(1)), FlowId(id(2)), CodePurpose::StopChange),
        ] {
            assert_ne!(here, elsewhere);
        }
    }

    /// Chance that gives these numbers, one after the other.
    struct Numbers(std::sync::Mutex<Vec<u32>>);

    impl Random for Numbers {
        fn fill(&self, buffer: &mut [u8]) {
            let next = self.0.lock().expect("unpoisoned").remove(0);
            buffer.copy_from_slice(&next.to_be_bytes());
        }
    }

    #[test]
    fn every_code_is_as_likely_as_another() {
        let of = |numbers: &[u32]| Code::generate(&Numbers(numbers.to_vec().into())).reveal().to_owned();
        for (number, code) in
            [(0, "000000"), (7, "000007"), (999_999, "999999"), (1_000_000, "000000"), (4_293_999_999, "999999")]
        {
            assert_eq!(of(&[number]), code, "{number}");
        }
        // 2^32 is no multiple of a million: what is left over at the end is drawn again.
        for beyond in [4_294_000_000, 4_294_967_295] {
            assert_eq!(of(&[beyond, beyond, 123_456]), "123456", "{beyond}");
        }
    }

    #[test]
    fn generated_codes_have_six_digits() {
        let random = Counting::new();
        for _ in 0..1000 {
            assert!(Code::parse(Code::generate(&random).reveal()).is_some());
        }
    }
}
