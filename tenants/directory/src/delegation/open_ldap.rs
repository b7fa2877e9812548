//! For OpenLDAP: access rules, for slapd.conf and for cn=config.

use portvakt_domain::{number_attribute::NumberAttribute, tenant::DirectorySettings};

use super::plain;

/// What is read of accounts, groups and policies; the second line is what can tell an account's unit.
const READ: &str = "entry,objectClass,entryUUID,uid,cn,displayName,givenName,sn,mail,member,uniqueMember,memberUid,\
    manager,o,ou,title,description,physicalDeliveryOfficeName,departmentNumber,employeeType,\
    pwdAccountLockedTime,pwdChangedTime,pwdFailureTime,pwdPolicySubentry,pwdReset,pwdStartTime,pwdEndTime,@pwdPolicy";

/// The rules. Each speaks of the service account alone and leaves everybody else to the rules that follow.
pub(super) fn commands(settings: &DirectorySettings, numbers: Option<NumberAttribute>) -> String {
    let rules = rules(settings, numbers);
    let limits = format!("dn.exact={} size.prtotal=unlimited", quoted(&plain(&settings.service_account)));
    let mut lines = vec![
        "# Before all other access rules of the database, in this order. `by * break` leaves everybody else to those."
            .to_owned(),
        "# memberUid needs nis.schema: take it out where that is not loaded. Grant =w and no more on userPassword:"
            .to_owned(),
        "# with manage slapd takes the account for an administrator of passwords, for whom no policy holds.".to_owned(),
        "# Everybody's account is read in pages: with slapd's own limit for all pages together, 500, that ends too soon."
            .to_owned(),
        String::new(),
        "# slapd.conf:".to_owned(),
        format!("limits {limits}"),
    ];
    lines.extend(rules.iter().map(|rule| format!("access {rule}")));
    lines.extend([
        String::new(),
        "# cn=config, by ldapmodify as its administrator; write the database's own name for {1}mdb:".to_owned(),
        "# dn: olcDatabase={1}mdb,cn=config".to_owned(),
        "# changetype: modify".to_owned(),
        "# add: olcAccess".to_owned(),
    ]);
    lines.extend(rules.iter().enumerate().map(|(at, rule)| format!("# olcAccess: {{{at}}}{rule}")));
    lines.extend(["# -".to_owned(), "# add: olcLimits".to_owned(), format!("# olcLimits: {{0}}{limits}")]);
    lines.join("\n") + "\n"
}

fn rules(settings: &DirectorySettings, numbers: Option<NumberAttribute>) -> Vec<String> {
    let service = format!("by dn.exact={}", quoted(&plain(&settings.service_account)));
    let mut rules = Vec::new();
    for unit in &settings.units {
        let unit = format!("to dn.subtree={}", quoted(&plain(unit)));
        rules.push(format!("{unit} attrs=userPassword {service} =w by * break"));
        rules.push(format!("{unit} attrs=pwdAccountLockedTime {service} write by * break"));
        if let Some(attribute) = numbers {
            rules.push(format!("{unit} attrs={} {service} write by * break", attribute.as_str()));
        }
    }
    rules.push(format!("to dn.subtree={} attrs={READ} {service} read by * break", quoted(&plain(&settings.base))));
    rules
}

/// A word of slapd's configuration: between quotation marks, where a backslash stands for the sign after it.
pub(super) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', r"\\").replace('"', r#"\""#);
    format!("\"{}\"", escaped.replace(['\n', '\r'], ""))
}
