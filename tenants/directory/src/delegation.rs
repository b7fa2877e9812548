//! The commands by which an administrator gives the service account its rights, generated from a tenant's settings. Names
//! go into them written so that no shell finds anything in them to act upon.

mod open_ldap;
mod samba;
mod windows;

use std::fmt::Write as _;

use portvakt_domain::{
    number_attribute::NumberAttribute,
    tenant::{DirectoryKind, DirectorySettings},
};
use uuid::{Uuid, uuid};

use crate::active_directory::check::{RESET, UNEXPIRE, schema_guid};

/// The class of users.
const USER: Uuid = uuid!("bf967aba-0de6-11d0-a285-00aa003049e2");
/// `lockoutTime` and `pwdLastSet` (MS-ADA1 2.355, MS-ADA3 2.176).
const LOCKOUT_TIME: Uuid = uuid!("28630ebf-41d5-11d1-a9c1-0000f80367c1");
const PASSWORD_LAST_SET: Uuid = uuid!("bf967a0a-0de6-11d0-a285-00aa003049e2");

/// Whose tools the commands are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// PowerShell, and dsacls.
    Windows,
    /// samba-tool, in a POSIX shell.
    Samba,
    /// Access rules, for slapd.conf and cn=config.
    OpenLdap,
}

impl Target {
    /// What fits a directory where nothing else is said.
    pub fn of(kind: DirectoryKind) -> Self {
        match kind {
            DirectoryKind::ActiveDirectory => Target::Windows,
            DirectoryKind::OpenLdap => Target::OpenLdap,
        }
    }

    /// Whether these tools speak to such a directory.
    pub fn fits(self, kind: DirectoryKind) -> bool {
        (self == Target::OpenLdap) == (kind == DirectoryKind::OpenLdap)
    }
}

/// The commands, to be read before they are run.
pub fn commands(settings: &DirectorySettings, numbers: Option<NumberAttribute>, target: Target) -> String {
    match target {
        Target::Windows => windows::commands(settings, numbers),
        Target::Samba => samba::commands(settings, numbers),
        Target::OpenLdap => open_ldap::commands(settings, numbers),
    }
}

/// A distinguished name in another spelling of the same name: everything but letters, digits and the signs that build it
/// is a pair of hexadecimal digits (RFC 4514 2.4). No quotation mark, no dollar, no grave accent is left for any shell.
fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    let mut signs = name.chars();
    while let Some(sign) = signs.next() {
        match sign {
            '\\' => match signs.next() {
                Some(digit) if digit.is_ascii_hexdigit() => {
                    text.extend(['\\', digit]);
                    text.extend(signs.next().filter(char::is_ascii_hexdigit));
                }
                Some(escaped) => hexadecimal(&mut text, escaped),
                None => {}
            },
            ',' | '=' | '+' | ' ' | '-' | '.' | '_' => text.push(sign),
            // `#` at the beginning of a value says that hexadecimal digits follow.
            '#' if text.ends_with('=') => text.push(sign),
            sign if sign.is_alphanumeric() => text.push(sign),
            sign => hexadecimal(&mut text, sign),
        }
    }
    text
}

fn hexadecimal(text: &mut String, sign: char) {
    for byte in sign.encode_utf8(&mut [0; 4]).bytes() {
        // Writing to a text does not fail.
        let _ = write!(text, "\\{byte:02X}");
    }
}

/// The attributes of an account that are written, with their identifiers.
fn written(numbers: Option<NumberAttribute>) -> Vec<(&'static str, Uuid)> {
    let always = [("lockoutTime", LOCKOUT_TIME), ("pwdLastSet", PASSWORD_LAST_SET)];
    always.into_iter().chain(numbers.map(|attribute| (attribute.as_str(), schema_guid(attribute)))).collect()
}

/// Where fine-grained policies lie.
fn policies(settings: &DirectorySettings) -> String {
    plain(&format!("CN=Password Settings Container,CN=System,{}", settings.base))
}

#[cfg(test)]
mod tests;
