//! Result codes with Active Directory's diagnostic texts.

use ldap3_proto::proto::{LdapResult, LdapResultCode as Code};

/// The outcome of one operation on the directory.
pub(crate) type Outcome<T> = Result<T, LdapResult>;

fn with(code: Code, message: String) -> LdapResult {
    LdapResult { code, matcheddn: String::new(), message, referral: Vec::new() }
}

/// Success, without a text.
pub(crate) fn success() -> LdapResult {
    with(Code::Success, String::new())
}

/// A result without a text.
pub(crate) fn bare(code: Code) -> LdapResult {
    with(code, String::new())
}

/// A sign-in that was refused; `data` is the sub-code that clients read.
pub(crate) fn bad_credentials(data: &str) -> LdapResult {
    let text = format!("80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data {data}, v1db1");
    with(Code::InvalidCredentials, text)
}

/// Anything but the rootDSE on a connection without an account (MS-ADTS 5.1.1.1.1).
pub(crate) fn bind_first() -> LdapResult {
    let text = "000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind \
                must be completed on the connection., data 0, v1db1";
    with(Code::OperationsError, text.to_owned())
}

/// An operation that the protocol layer refuses.
pub(crate) fn protocol(code: Code, win32: &str, comment: &str) -> LdapResult {
    with(code, format!("{win32}: LdapErr: DSID-0C090D8A, comment: {comment}, data 0, v1db1"))
}

/// The attribute is not in the schema, or its value cannot be read.
pub(crate) fn conversion(code: Code) -> LdapResult {
    protocol(code, "00000057", "Error in attribute conversion operation")
}

/// The service cannot or will not do it.
pub(crate) fn service(code: Code, win32: &str) -> LdapResult {
    let problem = match code {
        Code::UnavailableCriticalExtension => "5010 (UNAVAIL_EXTENSION)",
        Code::OperationsError => "5012 (DIR_ERROR)",
        Code::Busy => "5001 (BUSY)",
        Code::Unavailable => "5002 (UNAVAILABLE)",
        _ => "5003 (WILL_NOT_PERFORM)",
    };
    with(code, format!("{win32}: SvcErr: DSID-031A12D2, problem {problem}, data 0\n"))
}

/// A result that a test asked for; one that LDAP does not know is `other`.
pub(crate) fn refusal(code: u8, text: &str) -> LdapResult {
    with(Code::try_from(i64::from(code)).unwrap_or(Code::Other), text.to_owned())
}

/// The directory will not do it.
pub(crate) fn unwilling(win32: &str) -> LdapResult {
    service(Code::UnwillingToPerform, win32)
}

/// The caller lacks the right.
pub(crate) fn no_right(win32: &str) -> LdapResult {
    let text = format!("{win32}: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0\n");
    with(Code::InsufficentAccessRights, text)
}

/// The values of one attribute break a rule.
pub(crate) fn attribute(code: Code, win32: &str, name: &str) -> LdapResult {
    let problem = match code {
        Code::NoSuchAttribute => "1001 (NO_ATTRIBUTE_OR_VAL)",
        Code::InvalidAttributeSyntax => "1000 (INVALID_ATT_SYNTAX)",
        Code::AttributeOrValueExists => "1006 (ATT_OR_VALUE_EXISTS)",
        _ => "1005 (CONSTRAINT_ATT_TYPE)",
    };
    let detail = format!("DSID-03191083, problem {problem}, data 0, Att 0 ({name})");
    with(code, format!("{win32}: AtrErr: DSID-03191083, #1:\n\t0: {win32}: {detail}\n"))
}

/// The change breaks a rule of the tree.
pub(crate) fn update(code: Code, win32: &str) -> LdapResult {
    let problem = match code {
        Code::EntryAlreadyExists => "6005 (ENTRY_EXISTS)",
        Code::NotAllowedOnNonLeaf => "6003 (CANT_ON_NON_LEAF)",
        Code::NamingViolation => "6001 (NAMING_VIOLATION)",
        _ => "6002 (OBJ_CLASS_VIOLATION)",
    };
    with(code, format!("{win32}: UpdErr: DSID-031B0CC2, problem {problem}, data 0\n"))
}

/// There is no such object; `matched` is the nearest one above that exists.
pub(crate) fn no_object(matched: &str) -> LdapResult {
    let text =
        format!("0000208D: NameErr: DSID-0310028B, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{matched}'\n");
    LdapResult { matcheddn: matched.to_owned(), ..with(Code::NoSuchObject, text) }
}

/// The name cannot be read.
pub(crate) fn bad_name(name: &str) -> LdapResult {
    let text =
        format!("0000208F: NameErr: DSID-03100233, problem 2006 (BAD_NAME), data 8350, best match of:\n\t'{name}'\n");
    with(Code::InvalidDNSyntax, text)
}
