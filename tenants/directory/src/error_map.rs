//! From LDAP's answers to what they mean here. By result code and by the figures Windows and Samba put into the text,
//! never by its words; no text of a server gets further than this file.

use ldap3::{LdapError, LdapResult};
use portvakt_domain::directory::{Authentication, DirectoryError, PasswordChange, Refusal, Rejection};

use crate::{ppolicy::Reason, tls};

/// Password restriction: one of the directory's rules, it does not say which.
const POLICY_CODE: u32 = 0x0000_052d;
/// Ill-formed password: characters that the directory does not take.
const ILL_FORMED_CODE: u32 = 0x0000_052c;
/// The old password of a change is wrong.
const WRONG_OLD_CODE: u32 = 0x0000_0056;
/// The account is locked out, so that its password can't be changed.
const LOCKED_CODE: u32 = 0x0000_0775;
/// Access denied, and "no right to write this attribute".
const RIGHT_CODES: [u32; 2] = [0x0000_0005, 0x0000_2098];

/// The figures of an answer that is not a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Answer {
    /// LDAP's result code.
    pub(crate) result: u32,
    /// The eight hexadecimal digits that the text begins with.
    code: Option<u32>,
    /// The `data XXX` of a refused bind.
    data: Option<u32>,
    /// What OpenLDAP's password policy said.
    reason: Option<Reason>,
}

/// Why an operation on a connection came to nothing.
pub(crate) enum Failure {
    /// Nothing was handed to the connection: it was closed already.
    NotSent,
    /// It was, or may have been, sent; the connection ended without an answer.
    Lost,
    /// The server said no.
    Answered(Answer),
    /// What it means is known already.
    Settled(DirectoryError),
}

impl Answer {
    /// `Ok` for success, else the figures. A referral is never followed: it is an answer like any other.
    pub(crate) fn of(result: &LdapResult) -> Result<(), Self> {
        if result.rc == 0 {
            return Ok(());
        }
        Err(Self { reason: Reason::of(result), ..Self::new(result.rc, &result.text) })
    }

    fn new(result: u32, text: &str) -> Self {
        let leading = text.split_once(':').map_or(text, |(code, _)| code);
        let is_code = leading.len() == 8 && leading.bytes().all(|byte| byte.is_ascii_hexdigit());
        let code = if is_code { u32::from_str_radix(leading, 16).ok() } else { None };
        let data = text.split_once("data ").and_then(|(_, rest)| {
            let end = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
            u32::from_str_radix(&rest[..end], 16).ok()
        });
        Self { result, code, data, reason: None }
    }

    /// Whether the entry that was asked for does not exist, or its name is none.
    pub(crate) fn is_absence(self) -> bool {
        matches!(self.result, 32 | 34)
    }

    /// Whether a refused bind proves that the password was the right one: expired (532), to be changed (773), outside the
    /// account's hours (530) or workstations (531). Both Windows and Samba look at these after the password. Disabled
    /// (533) and account expired (701) are left out: an account that is about to be written to is neither, and a proof
    /// that is not needed should not be relied on.
    pub(crate) fn proves_password(self) -> bool {
        self.result == 49 && matches!(self.data, Some(0x530 | 0x531 | 0x532 | 0x773))
    }

    fn says(self, codes: &[u32]) -> bool {
        self.code.is_some_and(|code| codes.contains(&code))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "result {}", self.result)?;
        self.code.map_or(Ok(()), |code| write!(f, ", code {code:08X}"))?;
        self.data.map_or(Ok(()), |data| write!(f, ", data {data:x}"))?;
        self.reason.map_or(Ok(()), |reason| write!(f, ", {reason:?}"))
    }
}

impl From<DirectoryError> for Failure {
    fn from(error: DirectoryError) -> Self {
        Failure::Settled(error)
    }
}

/// Which errors of ldap3 mean that nothing was sent. Its driver is another task: once a request is in the driver's queue
/// nobody can tell how far it got, so everything but a closed queue and a request that could not be built counts as sent.
impl From<LdapError> for Failure {
    fn from(error: LdapError) -> Self {
        match error {
            LdapError::OpSend { .. } | LdapError::FilterParsing | LdapError::AddNoValues => Failure::NotSent,
            _ => Failure::Lost,
        }
    }
}

/// A connection that could not be made.
pub(crate) fn connecting(error: LdapError) -> DirectoryError {
    match error {
        LdapError::Io { source } => {
            let tls = source.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
            match tls.map(tls::misconfiguration) {
                Some(Some(what)) => DirectoryError::Misconfigured(what.to_owned()),
                Some(None) => DirectoryError::Unavailable("the TLS handshake failed".to_owned()),
                None => DirectoryError::Unavailable(format!("no connection: {source}")),
            }
        }
        LdapError::UrlParsing { .. } | LdapError::UnknownScheme(_) | LdapError::DNSName { .. } => {
            DirectoryError::Misconfigured("directory.url is not an address of a controller".to_owned())
        }
        _ => DirectoryError::Unavailable("no connection".to_owned()),
    }
}

/// A question that was refused.
pub(crate) fn reading(answer: Answer) -> DirectoryError {
    match answer.result {
        10 | 32 | 34 => DirectoryError::Misconfigured(format!("directory.base is not this controller's: {answer}")),
        50 => DirectoryError::NoRight(answer.to_string()),
        8 | 13 => {
            DirectoryError::Misconfigured(format!("the controller asks for another kind of connection: {answer}"))
        }
        _ => DirectoryError::Unavailable(answer.to_string()),
    }
}

/// A page that was refused, the first one or a later one: by then the server can do it, and has lost its place.
pub(crate) fn paging(answer: Answer, first: bool) -> DirectoryError {
    match answer.result {
        4 | 11 => DirectoryError::Misconfigured(format!(
            "the directory cuts long answers off: take the service account's size limit away: {answer}"
        )),
        12 if first => unpaged(),
        12 | 53 => DirectoryError::Unavailable(answer.to_string()),
        _ => reading(answer),
    }
}

/// An answer that did not come in pages, though it was asked for so: nobody can tell whether it is whole.
pub(crate) fn unpaged() -> DirectoryError {
    DirectoryError::Misconfigured("the controller does not answer in pages (RFC 2696)".to_owned())
}

/// A write that was refused: nothing was changed.
pub(crate) fn writing(answer: Answer) -> DirectoryError {
    if let Some(reason) = answer.reason {
        return refused(reason, answer);
    }
    match answer.result {
        19 | 53 if answer.says(&[POLICY_CODE]) => DirectoryError::Rejected(Rejection::Policy),
        19 | 53 if answer.says(&[ILL_FORMED_CODE]) => DirectoryError::Rejected(Rejection::IllFormed),
        50 => DirectoryError::NoRight(answer.to_string()),
        _ if answer.says(&RIGHT_CODES) => DirectoryError::NoRight(answer.to_string()),
        32 => DirectoryError::NotFound,
        10 => DirectoryError::Misconfigured(format!("the controller takes no writes (read-only?): {answer}")),
        12 => DirectoryError::Misconfigured(format!("the controller lacks the policy-hints control: {answer}")),
        8 | 13 | 16 | 17 | 19 | 21 | 34 | 53 => {
            DirectoryError::Misconfigured(format!("the controller does not take the write: {answer}"))
        }
        _ => DirectoryError::Unavailable(answer.to_string()),
    }
}

/// What OpenLDAP's policy says of a new password.
fn refused(reason: Reason, answer: Answer) -> DirectoryError {
    match reason {
        Reason::TooShort => DirectoryError::Rejected(Rejection::TooShort),
        Reason::TooSimple => DirectoryError::Rejected(Rejection::TooSimple),
        Reason::TooYoung => DirectoryError::Rejected(Rejection::TooYoung),
        Reason::InHistory => DirectoryError::Rejected(Rejection::InHistory),
        Reason::TooLong => DirectoryError::Rejected(Rejection::Policy),
        Reason::NotAllowed => DirectoryError::NoRight(answer.to_string()),
        Reason::OldMissing => DirectoryError::Misconfigured(format!("the policy wants the old password: {answer}")),
        Reason::Expired | Reason::Locked | Reason::ChangeAfterReset => {
            DirectoryError::Misconfigured(format!("the service account is held up by the policy: {answer}"))
        }
    }
}

/// A change by the password-modify operation that was refused. Without a reason of the policy, what slapd was unwilling
/// to do (or, as other releases say, did not find valid) is to take the old password.
pub(crate) fn changing_by_operation(answer: Answer) -> Result<PasswordChange, DirectoryError> {
    match (answer.result, answer.reason) {
        (49 | 53, None) => Ok(PasswordChange::WrongPassword),
        _ => Err(writing(answer)),
    }
}

/// A change with the old password that was refused: nothing was changed.
pub(crate) fn changing(answer: Answer) -> Result<PasswordChange, DirectoryError> {
    match answer.code {
        Some(WRONG_OLD_CODE) => Ok(PasswordChange::WrongPassword),
        Some(LOCKED_CODE) => Ok(PasswordChange::Locked),
        _ => Err(writing(answer)),
    }
}

/// A service account that was not let in.
pub(crate) fn service_bind(answer: Answer) -> DirectoryError {
    match answer.result {
        49 => DirectoryError::Misconfigured(format!("the service account was refused: {answer}")),
        8 | 13 | 48 | 53 => {
            DirectoryError::Misconfigured(format!("the controller takes no sign-in by LDAPS: {answer}"))
        }
        _ => DirectoryError::Unavailable(answer.to_string()),
    }
}

/// A presented password that was accepted, perhaps for nothing but its own change.
pub(crate) fn presented(reason: Option<Reason>) -> Authentication {
    match reason {
        Some(Reason::ChangeAfterReset) => Authentication::Refused(Refusal::MustChange),
        _ => Authentication::Accepted,
    }
}

/// A presented password that was not accepted.
pub(crate) fn presenting(answer: Answer) -> Result<Authentication, DirectoryError> {
    match (answer.result, answer.reason) {
        (49, Some(Reason::Locked)) => return Ok(Authentication::Refused(Refusal::Locked)),
        (49, Some(Reason::Expired)) => return Ok(Authentication::Refused(Refusal::PasswordExpired)),
        _ => {}
    }
    let refusal = match (answer.result, answer.data) {
        (49, Some(0x532)) => Refusal::PasswordExpired,
        (49, Some(0x773)) => Refusal::MustChange,
        (49, Some(0x775)) => Refusal::Locked,
        (49, None | Some(0x525 | 0x52e)) | (32 | 34, _) => Refusal::WrongPassword,
        (49, Some(_)) => Refusal::NotAllowed,
        (8 | 13 | 48 | 53, _) => return Err(service_bind(answer)),
        _ => return Err(DirectoryError::Unavailable(answer.to_string())),
    };
    Ok(Authentication::Refused(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Windows and Samba were seen to answer, with names in it that must not get through.
    fn label(error: &DirectoryError) -> &'static str {
        assert!(!error.to_string().contains("CN="), "{error}");
        crate::observer::outcome(error)
    }

    #[test]
    fn writes_are_judged_by_their_code() {
        let cases = [
            (53, "0000052D: SvcErr: DSID-031A1254, problem 5003 (WILL_NOT_PERFORM), data 0\n\0", "rejected"),
            (19, "0000052D: Constraint violation - check_password_restrictions: CN=anna", "rejected"),
            (19, "0000052D: AtrErr: DSID-03191083, #1:\n\t0: 0000052D: DSID-03191083, problem 1005", "rejected"),
            (53, "0000052C: SvcErr", "rejected"),
            (50, "00002098: Object CN=anna,OU=Anvandare has no write property access", "no_right"),
            (50, "error in module acl: insufficient access rights during LDB_MODIFY (50)", "no_right"),
            (53, "00000005: SvcErr: DSID-031A11E5, problem 5003 (WILL_NOT_PERFORM), data 0", "no_right"),
            (19, "00002098: CN=anna", "no_right"),
            (32, "00002030: No such Base DN: CN=anna", "not_found"),
            (12, "Critical extension is unavailable", "misconfigured"),
            (53, "0000001F: SvcErr: DSID-031A120C, problem 5003", "misconfigured"),
            (53, "the password does not meet 0000052D", "misconfigured"),
            (10, "0000202B: RefErr: DSID-0310084A, data 0, 1 access points", "misconfigured"),
            (51, "", "unavailable"),
            (52, "00002024", "unavailable"),
            (80, "", "unavailable"),
        ];
        for (result, text, expected) in cases {
            assert_eq!(label(&writing(Answer::new(result, text))), expected, "{result} {text}");
        }
    }

    #[test]
    fn refused_binds_are_told_apart_by_their_data() {
        let text = |data| {
            format!("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, v1db1")
        };
        let cases = [
            ("525", Refusal::WrongPassword, false),
            ("52e", Refusal::WrongPassword, false),
            ("530", Refusal::NotAllowed, true),
            ("531", Refusal::NotAllowed, true),
            ("532", Refusal::PasswordExpired, true),
            ("533", Refusal::NotAllowed, false),
            ("701", Refusal::NotAllowed, false),
            ("773", Refusal::MustChange, true),
            ("775", Refusal::Locked, false),
        ];
        for (data, refusal, proof) in cases {
            let answer = Answer::new(49, &text(data));
            assert!(matches!(presenting(answer), Ok(Authentication::Refused(found)) if found == refusal), "{data}");
            assert_eq!(answer.proves_password(), proof, "{data}");
        }
        assert!(matches!(presenting(Answer::new(49, "")), Ok(Authentication::Refused(Refusal::WrongPassword))));
        assert!(matches!(presenting(Answer::new(51, "")), Err(DirectoryError::Unavailable(_))));
        let refused = service_bind(Answer::new(49, &text("52e")));
        assert!(matches!(&refused, DirectoryError::Misconfigured(what) if what.ends_with("data 52e")), "{refused}");
    }

    #[test]
    fn texts_of_servers_stay_here() {
        let answer = Answer::new(50, "00002098: Object CN=anna has no right, data zzz");
        assert_eq!(answer.to_string(), "result 50, code 00002098");
        assert_eq!(Answer::new(53, "0000052Då: x").code, None);
        assert_eq!(Answer::new(53, "+000052D: x").code, None, "a sign is no digit");
    }
}
