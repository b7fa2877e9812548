//! No name gets out of the place it is put into, whatever it holds: each tool's own reading of the text gives the name.

use portvakt_domain::tenant::HistoryRule;

use super::*;
use crate::dn::Dn;

const CASES: u64 = 10_000;
/// What shells, PowerShell, cmd, slapd and LDIF act upon, and some letters.
const SIGNS: [char; 34] = [
    '\'', '"', '`', '$', '(', ')', ';', '&', '|', '<', '>', '%', '!', '^', '{', '}', '*', '?', '#', '~', '@', '/', ':',
    '\u{2018}', '\u{2019}', '\u{201c}', '\\', ',', '+', '=', ' ', 'å', 'O', 'x',
];

/// SplitMix64: the same cases each time.
fn next(state: &mut u64) -> usize {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    usize::try_from((z ^ (z >> 31)) >> 33).expect("31 bits")
}

/// A unit with such a name, as RFC 4514 writes it.
fn unit(state: &mut u64) -> String {
    let value: String = (0..=next(state) % 12).map(|_| SIGNS[next(state) % SIGNS.len()]).collect();
    let mut written = String::new();
    for sign in format!("A{value}B").chars() {
        if " \"#+,;<=>\\".contains(sign) {
            written.push('\\');
        }
        written.push(sign);
    }
    format!("OU={written},DC=orebro,DC=se")
}

fn settings(unit: &str, kind: DirectoryKind) -> DirectorySettings {
    DirectorySettings {
        kind,
        controllers: Vec::new(),
        starttls: false,
        connections_per_controller: 10,
        ca_file: None,
        ca_pem: String::new(),
        base: "DC=orebro,DC=se".to_owned(),
        netbios: "OREBRO".to_owned(),
        service_account: match kind {
            DirectoryKind::ActiveDirectory => "svc'$(x)-portvakt@orebro.se".to_owned(),
            DirectoryKind::OpenLdap => "cn=svc\\\"x,ou=services,DC=orebro,DC=se".to_owned(),
        },
        service_password_file: None,
        service_password_env: None,
        functional_units: Vec::new(),
        functional_groups: Vec::new(),
        units: vec![unit.to_owned()],
        allowed_groups: Vec::new(),
        denied_groups: Vec::new(),
        number_attribute: None,
        history: HistoryRule::PolicyHints,
        default_policy: None,
        deadline_seconds: 5,
    }
}

/// The words of a line as a POSIX shell reads them; `None` when something outside quotation marks would be acted upon.
fn shell(line: &str) -> Option<Vec<String>> {
    let (mut words, mut word, mut open) = (Vec::new(), None::<String>, None);
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        match (open, sign) {
            (None, ' ') => words.extend(word.take()),
            (None, '\'' | '"') => {
                open = Some(sign);
                word.get_or_insert_default();
            }
            (None, '\\') => word.get_or_insert_default().push(signs.next()?),
            (None, '#') if word.is_none() => break,
            (None, sign) if sign.is_alphanumeric() || "-_=./".contains(sign) => word.get_or_insert_default().push(sign),
            (None, _) => return None,
            (Some(mark), sign) if mark == sign => open = None,
            (Some(_), sign) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    open.is_none().then_some(words)
}

/// The first literal of a line as PowerShell reads it, and what follows.
fn powershell(line: &str) -> Option<(String, &str)> {
    let mark = |sign: char| matches!(sign, '\'' | '\u{2018}'..='\u{201b}');
    let start = line.find(mark)?;
    let mut text = String::new();
    let mut rest = line[start..].chars();
    rest.next();
    loop {
        let sign = rest.next()?;
        if !mark(sign) {
            text.push(sign);
            continue;
        }
        let mut ahead = rest.clone();
        if !ahead.next().is_some_and(mark) {
            return Some((text, rest.as_str()));
        }
        text.push(sign);
        rest = ahead;
    }
}

/// The first word between quotation marks of a line as slapd reads it (`strtok_quote`), and what follows.
fn slapd(line: &str) -> Option<(String, &str)> {
    let mut rest = line[line.find('"')? + 1..].chars();
    let mut text = String::new();
    loop {
        match rest.next()? {
            '"' => return Some((text, rest.as_str())),
            '\\' => text.push(rest.next()?),
            sign => text.push(sign),
        }
    }
}

#[test]
fn no_name_gets_out_of_its_place() {
    let mut state = 1;
    for case in 0..CASES {
        let name = unit(&mut state);
        let meant = Dn::parse(&name).unwrap_or_else(|| panic!("case {case}: {name}"));
        let is_meant = |text: &str| assert_eq!(Dn::parse(text).as_ref(), Some(&meant), "case {case}: {name}: {text}");

        let active = settings(&name, DirectoryKind::ActiveDirectory);
        for line in commands(&active, None, Target::Samba).lines().filter(|line| line.starts_with("grant 'OU=")) {
            let words = shell(line).unwrap_or_else(|| panic!("case {case}: {line}"));
            assert_eq!(words.len(), 3, "case {case}: {line}");
            is_meant(&words[1]);
        }
        let script = commands(&active, None, Target::Windows);
        for line in script.lines().filter(|line| line.starts_with("Grant 'OU=")) {
            let (text, rest) = powershell(line).unwrap_or_else(|| panic!("case {case}: {line}"));
            is_meant(&text);
            assert!(
                rest.starts_with(" 'ExtendedRight' '") || rest.starts_with(" 'ReadProperty"),
                "case {case}: {line}"
            );
        }
        // In dsacls' line nothing can be escaped: neither quotation mark, nor what PowerShell or cmd put something for.
        for line in script.lines().filter(|line| line.starts_with("# dsacls \"OU=")) {
            let name = line.split('"').nth(1).expect("a name");
            is_meant(name);
            assert_eq!(line.matches('"').count(), 4, "case {case}: {line}");
            assert!(!line.contains(['$', '`', '%', '!', '\u{201c}']), "case {case}: {line}");
        }
        let open = settings(&name, DirectoryKind::OpenLdap);
        for line in commands(&open, None, Target::OpenLdap).lines().filter(|line| line.contains("dn.subtree=\"OU=")) {
            let (text, rest) = slapd(line).unwrap_or_else(|| panic!("case {case}: {line}"));
            is_meant(&text);
            let (service, rest) = slapd(rest).unwrap_or_else(|| panic!("case {case}: {line}"));
            assert_eq!(Dn::parse(&service), Dn::parse(&open.service_account));
            assert!(rest.ends_with(" by * break"), "case {case}: {line}");
        }
    }
}

#[test]
fn an_account_with_odd_signs_stays_a_word() {
    let odd = settings("OU=Skola,DC=orebro,DC=se", DirectoryKind::ActiveDirectory);
    let samba = commands(&odd, None, Target::Samba);
    let line = samba.lines().find(|line| line.starts_with("account=")).expect("the account");
    assert_eq!(shell(line), Some(vec!["account=svc'$(x)-portvakt".to_owned()]));
    let windows = commands(&odd, None, Target::Windows);
    let line = windows.lines().find(|line| line.starts_with("$account")).expect("the account");
    assert_eq!(powershell(line), Some(("svc'$(x)-portvakt@orebro.se".to_owned(), ")")));
}

#[test]
fn the_number_attribute_is_granted_only_where_it_is_used() {
    for (kind, target) in [
        (DirectoryKind::ActiveDirectory, Target::Windows),
        (DirectoryKind::ActiveDirectory, Target::Samba),
        (DirectoryKind::OpenLdap, Target::OpenLdap),
    ] {
        let settings = settings("OU=Skola,DC=orebro,DC=se", kind);
        assert!(!commands(&settings, None, target).contains("mobile"), "{target:?}");
        assert!(commands(&settings, Some(NumberAttribute::Mobile), target).contains("mobile"), "{target:?}");
        assert!(target.fits(kind));
    }
}
