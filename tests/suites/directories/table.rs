//! What each kind of directory answers in each case.

/// A kind of directory that the suites can start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Ours, which answers as Windows is documented to.
    Practice,
    Samba,
    OpenLdap,
}

/// One case.
pub struct Row {
    pub case: &'static str,
    answers: [&'static str; 3],
    /// Why they differ.
    why: &'static str,
}

impl Row {
    pub fn expected(&self, kind: Kind) -> &'static str {
        let [practice, samba, openldap] = self.answers;
        match kind {
            Kind::Practice => practice,
            Kind::Samba => samba,
            Kind::OpenLdap => openldap,
        }
    }
}

const fn all(case: &'static str, answer: &'static str) -> Row {
    Row { case, answers: [answer; 3], why: "" }
}

const fn differ(case: &'static str, answers: [&'static str; 3], why: &'static str) -> Row {
    Row { case, answers, why }
}

const PROSE: &str = "Active Directory answers 0000052D to every broken rule; OpenLDAP's control names the rule";
const NO_CONTROL: &str = "Samba has no policy-hints control; ppolicy looks at earlier passwords by itself";
const NO_LOOK: &str = "the password-modify operation does not look at the lock, and a new password takes it away";

const GONE_FUNCTIONAL: &str = "Misconfigured(\"directory.functional_groups[0]: it is not in the directory\")";
const GONE_ALLOWED: &str = "Misconfigured(\"directory.allowed_groups[0]: it is not in the directory\")";
const GONE_DENIED: &str = "Misconfigured(\"directory.denied_groups[0]: it is not in the directory\")";

/// Every case.
pub const ROWS: &[Row] = &[
    all("find: the short name", "found"),
    all("find: the short name in capitals", "found"),
    all("find: the mail address", "found"),
    all("find: a name that nobody has", "nobody"),
    all("find: an asterisk", "nobody"),
    all("find: a filter", "nobody"),
    all("find: a name with parentheses and a backslash", "nobody"),
    all("read: a key that nobody has", "nobody"),
    all("read: somebody outside the units", "Refused"),
    all("read: a member of a denied group", "Refused"),
    all("read: a member of a group in a denied group", "Refused"),
    all("read: somebody in no allowed group", "Refused"),
    all("read: a member of an allowed group", "Normal"),
    all("read: a member of a group in an allowed group", "Normal"),
    all("read: a member of an allowed and a denied group", "Refused"),
    all("read: an account in a functional unit", "Normal, functional"),
    all("read: a member of a functional group", "Normal, functional"),
    all("read: a member of a group in a functional group", "Normal, functional"),
    all("read: somebody in no functional group", "Normal, personal"),
    all("read: somebody while functional_groups names one that is gone", GONE_FUNCTIONAL),
    all("read: somebody while allowed_groups names one that is gone", GONE_ALLOWED),
    all("read: somebody while denied_groups names one that is gone", GONE_DENIED),
    all("read: normal", "Normal"),
    all("read: locked", "Locked"),
    all("read: expired", "Expired"),
    all("read: must change", "MustChange"),
    all("read: disabled", "Refused"),
    all("read: past its end date", "Refused"),
    all("sign in: the right password", "Accepted"),
    all("sign in: a wrong password", "Refused(WrongPassword), 1 counted"),
    all("sign in: locked", "Refused(Locked)"),
    all("sign in: expired", "Refused(PasswordExpired)"),
    all("sign in: must change", "Refused(MustChange)"),
    differ(
        "sign in: disabled",
        ["Refused(NotAllowed)", "Refused(NotAllowed)", "Refused(Locked)"],
        "OpenLDAP has no disabled accounts: an administrator locks them for good",
    ),
    all("policy: of an ordinary account", "8 characters, earlier ones count, locks at 5 in 1800 s"),
    all("policy: of an account with a finer one", "14 characters"),
    all("set: a good password", "done, opens, the old one does not"),
    all("set: locked", "done, opens, unlocked"),
    all("set: expired", "done, opens, Normal"),
    all("set: must change", "done, opens, Normal"),
    differ("set: too short", ["Rejected(Policy)", "Rejected(Policy)", "Rejected(TooShort)"], PROSE),
    differ("set: the present one", ["Rejected(Policy)", "done", "Rejected(InHistory)"], NO_CONTROL),
    differ("set: an earlier one", ["Rejected(Policy)", "done", "Rejected(InHistory)"], NO_CONTROL),
    all("set: somebody outside the units", "NoRight"),
    all("set: somebody who is gone", "NotFound"),
    all("change: with the right password", "Changed, opens, the old one does not"),
    differ(
        "change: with a wrong password",
        ["WrongPassword, 1 counted", "WrongPassword, 1 counted", "WrongPassword, 0 counted"],
        "slapd counts failures of binds only; Portvakt's own guard counts both",
    ),
    all("change: expired", "Changed, opens, Normal"),
    all("change: must change", "Changed, opens, Normal"),
    differ("change: too short", ["Rejected(Policy)", "Rejected(Policy)", "Rejected(TooShort)"], PROSE),
    differ("change: to the present one", ["Rejected(Policy)", "Rejected(Policy)", "Rejected(InHistory)"], PROSE),
    differ("change: locked", ["Locked", "Locked", "Changed, opens, unlocked"], NO_LOOK),
    all("unlock: locked", "done, unlocked, opens"),
    all("unlock: normal", "done, unlocked, opens"),
    all("unlock: somebody outside the units", "NoRight"),
    all("unlock: somebody who is gone", "NotFound"),
    all("number: as others wrote it", "read as written"),
    all("number: written", "done, there"),
    all("number: written over another", "done, there"),
    all("number: taken away", "done, nothing there"),
    all("number: taken away where there is none", "done, nothing there"),
    all("number: of somebody outside the units", "NoRight"),
    all("number: of somebody who is gone", "NotFound"),
    all(
        "number: where the tenant has no attribute",
        "Misconfigured(\"directory.number_attribute: the tenant has none\")",
    ),
];

/// The rows in which they differ, as the README shows them.
pub fn as_markdown() -> String {
    let differing = ROWS.iter().filter(|row| !row.why.is_empty());
    let lines = differing.map(|Row { case, answers: [practice, samba, openldap], why }| {
        format!("| {case} | {practice} | {samba} | {openldap} | {why} |\n")
    });
    let head = "| case | Windows, by its documents | Samba | OpenLDAP | why |\n| --- | --- | --- | --- | --- |\n";
    [head.to_owned()].into_iter().chain(lines).collect()
}
