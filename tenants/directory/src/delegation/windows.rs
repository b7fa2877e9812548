//! For Windows: PowerShell, which says exactly what is granted, and the same by dsacls.

use portvakt_domain::{number_attribute::NumberAttribute, tenant::DirectorySettings};

use super::{RESET, UNEXPIRE, USER, plain, policies, written};

/// A script for Windows PowerShell 5.1 and later, without modules. Rules that are there already are not doubled.
pub(super) fn commands(settings: &DirectorySettings, numbers: Option<NumberAttribute>) -> String {
    let mut lines = vec![
        "# Windows PowerShell 5.1 or later, as a domain administrator. Save as UTF-8 with a byte order mark.".to_owned(),
        "# Nothing is granted twice when it is run again.".to_owned(),
        "$ErrorActionPreference = 'Stop'".to_owned(),
        format!("$account = New-Object Security.Principal.NTAccount({})", quoted(&settings.service_account)),
        "$sid = $account.Translate([Security.Principal.SecurityIdentifier])".to_owned(),
        "function Grant([string]$name, [string]$rights, [guid]$object, [string]$reach, [guid]$class) {".to_owned(),
        "  $entry = New-Object DirectoryServices.DirectoryEntry(\"LDAP://$name\")".to_owned(),
        "  $entry.Options.SecurityMasks = 'Dacl'".to_owned(),
        "  $rule = New-Object DirectoryServices.ActiveDirectoryAccessRule($sid, $rights, 'Allow', $object, $reach, $class)"
            .to_owned(),
        "  $entry.ObjectSecurity.AddAccessRule($rule)".to_owned(),
        "  $entry.CommitChanges()".to_owned(),
        "}".to_owned(),
    ];
    for unit in &settings.units {
        let unit = quoted(&plain(unit));
        lines.push(String::new());
        lines.push(format!("Grant {unit} 'ExtendedRight' '{RESET}' 'Descendents' '{USER}'  # Reset Password"));
        for (name, guid) in written(numbers) {
            lines.push(format!("Grant {unit} 'ReadProperty, WriteProperty' '{guid}' 'Descendents' '{USER}'  # {name}"));
        }
    }
    let (base, policies) = (plain(&settings.base), policies(settings));
    let all = uuid::Uuid::nil();
    lines.extend([
        String::new(),
        format!("Grant {} 'ExtendedRight' '{UNEXPIRE}' 'None' '{all}'  # Unexpire Password", quoted(&base)),
        format!("Grant {} 'GenericRead' '{all}' 'All' '{all}'  # fine-grained policies", quoted(&policies)),
        String::new(),
        "# The same by dsacls, in PowerShell or cmd. Do the one or the other.".to_owned(),
    ]);
    let account = plain_account(&settings.service_account);
    for unit in &settings.units {
        let unit = plain(unit);
        lines.push(format!("# dsacls \"{unit}\" /I:S /G \"{account}:CA;Reset Password;user\""));
        for (name, _) in written(numbers) {
            lines.push(format!("# dsacls \"{unit}\" /I:S /G \"{account}:RPWP;{name};user\""));
        }
    }
    lines.push(format!("# dsacls \"{base}\" /G \"{account}:CA;Unexpire Password\""));
    lines.push(format!("# dsacls \"{policies}\" /I:T /G \"{account}:GR\""));
    lines.join("\n") + "\n"
}

/// A literal of PowerShell, which ends one at any of five quotation marks, and takes two of one for the mark itself.
pub(super) fn quoted(text: &str) -> String {
    let mut literal = String::from("'");
    for sign in text.chars().filter(|sign| !sign.is_control()) {
        literal.push(sign);
        if matches!(sign, '\'' | '\u{2018}'..='\u{201b}') {
            literal.push(sign);
        }
    }
    literal + "'"
}

/// An account's name for dsacls, where nothing can be escaped: what can't be in a user principal name is left out.
fn plain_account(name: &str) -> String {
    name.chars().filter(|sign| sign.is_alphanumeric() || "@.-_".contains(*sign)).collect()
}
