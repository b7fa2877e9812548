//! For Samba: samba-tool, in a POSIX shell.

use portvakt_domain::{number_attribute::NumberAttribute, tenant::DirectorySettings};

use super::{RESET, UNEXPIRE, USER, plain, policies, written};

/// A script. Rules that are there already are not doubled.
pub(super) fn commands(settings: &DirectorySettings, numbers: Option<NumberAttribute>) -> String {
    let short = settings.service_account.split('@').next().unwrap_or_default();
    let mut lines = vec![
        "#!/bin/sh".to_owned(),
        "# As root on a domain controller; from elsewhere: SAMBA_OPTIONS=\"-H ldaps://HOST -U administrator\".".to_owned(),
        "# Nothing is granted twice when it is run again. If the account is not there yet:".to_owned(),
        "#   samba-tool user create NAME --userou=OU=…  and  samba-tool user setexpiry NAME --noexpiry".to_owned(),
        "set -eu".to_owned(),
        format!("account={}", quoted(short)),
        "sid=$(samba-tool user show \"$account\" --attributes=objectSid ${SAMBA_OPTIONS:-} | sed -n 's/^objectSid: //p')"
            .to_owned(),
        "test -n \"$sid\"".to_owned(),
        "grant() { samba-tool dsacl set ${SAMBA_OPTIONS:-} --objectdn=\"$1\" --sddl=\"$2\" >/dev/null; }".to_owned(),
    ];
    for unit in &settings.units {
        let unit = quoted(&plain(unit));
        lines.push(String::new());
        lines.push(format!("grant {unit} \"(OA;CIIO;CR;{RESET};{USER};$sid)\" # Reset Password"));
        for (name, guid) in written(numbers) {
            lines.push(format!("grant {unit} \"(OA;CIIO;RPWP;{guid};{USER};$sid)\" # {name}"));
        }
    }
    lines.extend([
        String::new(),
        format!("grant {} \"(OA;;CR;{UNEXPIRE};;$sid)\" # Unexpire Password", quoted(&plain(&settings.base))),
        format!("grant {} \"(A;OICI;RPLCLORC;;;$sid)\" # fine-grained policies", quoted(&policies(settings))),
    ]);
    lines.join("\n") + "\n"
}

/// A word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\0', "").replace('\'', r"'\''"))
}
