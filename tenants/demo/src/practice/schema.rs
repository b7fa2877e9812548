//! The attributes this directory knows: name, syntax, limits and who may write them at all.

/// How the values of an attribute are compared and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// Unicode text without regard to case.
    Text,
    /// A whole number; 32 or 64 bits.
    Number,
    /// The name of another object.
    Name,
    /// Bytes.
    Octets,
    /// `TRUE` or `FALSE`.
    Boolean,
    /// Generalized time.
    Time,
}

/// Where the values of an attribute come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Stored, and writable with the right.
    Stored,
    /// Stored or derived; never writable over LDAP.
    System,
    /// The forward half of a linked pair.
    Link,
    /// The back half of a linked pair, with the forward half's name.
    BackLink(&'static str),
    /// Computed for a base search that names it; in a filter it matches nothing.
    Constructed,
    /// `unicodePwd`: written, never read.
    Secret,
}

/// One attribute of the schema.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Its name with Active Directory's capitals.
    pub(crate) name: &'static str,
    /// Its syntax.
    pub(crate) syntax: Syntax,
    /// Whether it holds one value at most.
    pub(crate) single: bool,
    /// The longest value in characters (text) or bytes.
    pub(crate) upper: Option<usize>,
    /// Where its values come from.
    pub(crate) source: Source,
}

impl Attribute {
    /// Whether a filter may look at it.
    pub(crate) fn filterable(&self) -> bool {
        !matches!(self.source, Source::Constructed | Source::Secret)
    }
}

/// The attribute of a name; case does not count, options after `;` are not known.
pub(crate) fn find(name: &str) -> Option<&'static Attribute> {
    TABLE.iter().find(|attribute| attribute.name.eq_ignore_ascii_case(name))
}

/// Every attribute, in the order in which entries show them.
pub(crate) fn all() -> &'static [Attribute] {
    TABLE
}

const fn row(name: &'static str, syntax: Syntax, single: bool, upper: Option<usize>, source: Source) -> Attribute {
    Attribute { name, syntax, single, upper, source }
}
const fn text(name: &'static str, upper: usize) -> Attribute {
    row(name, Syntax::Text, true, Some(upper), Source::Stored)
}
const fn texts(name: &'static str, upper: usize) -> Attribute {
    row(name, Syntax::Text, false, Some(upper), Source::Stored)
}
const fn number(name: &'static str) -> Attribute {
    row(name, Syntax::Number, true, None, Source::Stored)
}
const fn system(name: &'static str, syntax: Syntax) -> Attribute {
    row(name, syntax, true, None, Source::System)
}
const fn link(name: &'static str, single: bool) -> Attribute {
    row(name, Syntax::Name, single, None, Source::Link)
}
const fn back(name: &'static str, forward: &'static str) -> Attribute {
    row(name, Syntax::Name, false, None, Source::BackLink(forward))
}
const fn constructed(name: &'static str, syntax: Syntax, single: bool) -> Attribute {
    row(name, syntax, single, None, Source::Constructed)
}

/// Limits are those of Microsoft's schema (MS-ADA1 to MS-ADA3), without what Exchange adds.
static TABLE: &[Attribute] = &[
    row("objectClass", Syntax::Text, false, None, Source::System),
    system("cn", Syntax::Text),
    system("ou", Syntax::Text),
    system("dc", Syntax::Text),
    text("sn", 64),
    text("l", 128),
    text("title", 128),
    texts("description", 1024),
    text("postalCode", 40),
    text("physicalDeliveryOfficeName", 128),
    text("telephoneNumber", 64),
    text("givenName", 64),
    text("initials", 6),
    system("distinguishedName", Syntax::Name),
    number("instanceType"),
    system("whenCreated", Syntax::Time),
    system("whenChanged", Syntax::Time),
    text("displayName", 256),
    system("uSNCreated", Syntax::Number),
    link("member", false),
    back("memberOf", "member"),
    system("uSNChanged", Syntax::Number),
    text("info", 1024),
    text("department", 64),
    text("company", 64),
    text("division", 256),
    texts("departmentNumber", 512),
    texts("o", 64),
    texts("proxyAddresses", 1123),
    text("streetAddress", 1024),
    link("manager", true),
    back("directReports", "manager"),
    text("employeeNumber", 512),
    text("employeeType", 256),
    text("employeeID", 16),
    text("wWWHomePage", 2048),
    system("name", Syntax::Text),
    system("objectGUID", Syntax::Octets),
    number("userAccountControl"),
    system("badPwdCount", Syntax::Number),
    number("codePage"),
    number("countryCode"),
    system("badPasswordTime", Syntax::Number),
    system("lastLogon", Syntax::Number),
    system("logonCount", Syntax::Number),
    row("logonHours", Syntax::Octets, true, Some(21), Source::Stored),
    text("userWorkstations", 1024),
    number("pwdLastSet"),
    number("primaryGroupID"),
    system("objectSid", Syntax::Octets),
    number("adminCount"),
    number("accountExpires"),
    text("sAMAccountName", 256),
    system("sAMAccountType", Syntax::Number),
    number("groupType"),
    text("userPrincipalName", 1024),
    texts("servicePrincipalName", 1024),
    number("lockoutTime"),
    system("objectCategory", Syntax::Name),
    texts("uid", 256),
    text("mail", 256),
    text("homePhone", 64),
    text("mobile", 64),
    texts("otherMobile", 64),
    row("thumbnailPhoto", Syntax::Octets, true, Some(102_400), Source::Stored),
    number("minPwdLength"),
    number("pwdProperties"),
    number("pwdHistoryLength"),
    number("minPwdAge"),
    number("maxPwdAge"),
    number("lockoutThreshold"),
    number("lockoutDuration"),
    number("lockOutObservationWindow"),
    number("msDS-Behavior-Version"),
    number("msDS-PasswordSettingsPrecedence"),
    row("msDS-PasswordReversibleEncryptionEnabled", Syntax::Boolean, true, None, Source::Stored),
    row("msDS-PasswordComplexityEnabled", Syntax::Boolean, true, None, Source::Stored),
    number("msDS-PasswordHistoryLength"),
    number("msDS-MinimumPasswordLength"),
    number("msDS-MinimumPasswordAge"),
    number("msDS-MaximumPasswordAge"),
    number("msDS-LockoutThreshold"),
    number("msDS-LockoutObservationWindow"),
    number("msDS-LockoutDuration"),
    link("msDS-PSOAppliesTo", false),
    back("msDS-PSOApplied", "msDS-PSOAppliesTo"),
    row("unicodePwd", Syntax::Octets, true, None, Source::Secret),
    constructed("msDS-User-Account-Control-Computed", Syntax::Number, true),
    constructed("msDS-UserPasswordExpiryTimeComputed", Syntax::Number, true),
    constructed("msDS-ResultantPSO", Syntax::Name, true),
    constructed("tokenGroups", Syntax::Octets, false),
    constructed("allowedAttributesEffective", Syntax::Text, false),
    constructed("nTSecurityDescriptor", Syntax::Octets, true),
];

/// The naming attribute and classes of the kinds of object that the directory holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// The domain head.
    Domain,
    /// `CN=Builtin`.
    Builtin,
    /// A plain container.
    Container,
    /// An organizational unit.
    Unit,
    /// A person's or a service's account.
    User,
    /// A machine's account.
    Computer,
    /// A security group.
    Group,
    /// `CN=Password Settings Container`.
    PsoContainer,
    /// A fine-grained password policy.
    Pso,
}

impl Class {
    /// The values of `objectClass`, the most general first.
    pub(crate) fn chain(self) -> &'static [&'static str] {
        match self {
            Self::Domain => &["top", "domain", "domainDNS"],
            Self::Builtin => &["top", "builtinDomain"],
            Self::Container => &["top", "container"],
            Self::Unit => &["top", "organizationalUnit"],
            Self::User => &["top", "person", "organizationalPerson", "user"],
            Self::Computer => &["top", "person", "organizationalPerson", "user", "computer"],
            Self::Group => &["top", "group"],
            Self::PsoContainer => &["top", "msDS-PasswordSettingsContainer"],
            Self::Pso => &["top", "msDS-PasswordSettings"],
        }
    }

    /// The common name of its category's schema object.
    pub(crate) fn category(self) -> &'static str {
        match self {
            Self::Domain => "Domain-DNS",
            Self::Builtin => "Builtin-Domain",
            Self::Container => "Container",
            Self::Unit => "Organizational-Unit",
            Self::User => "Person",
            Self::Computer => "Computer",
            Self::Group => "Group",
            Self::PsoContainer => "ms-DS-Password-Settings-Container",
            Self::Pso => "ms-DS-Password-Settings",
        }
    }

    /// The class a client may add, from the values it sent.
    pub(crate) fn addable(values: &[String]) -> Option<Self> {
        let has = |name: &str| values.iter().any(|value| value.eq_ignore_ascii_case(name));
        [Self::Computer, Self::User, Self::Group, Self::Unit, Self::Container, Self::Pso]
            .into_iter()
            .find(|class| class.chain().last().is_some_and(|name| has(name)))
    }

    /// The category that a filter names by class: `(objectCategory=person)` is AD's short form of a DN.
    pub(crate) fn category_of(class: &str) -> Option<&'static str> {
        let class = class.to_ascii_lowercase();
        match class.as_str() {
            "person" | "user" | "organizationalperson" | "contact" => Some("Person"),
            "computer" => Some("Computer"),
            "group" => Some("Group"),
            "organizationalunit" => Some("Organizational-Unit"),
            "container" => Some("Container"),
            "domain" | "domaindns" => Some("Domain-DNS"),
            "msds-passwordsettings" => Some("ms-DS-Password-Settings"),
            _ => None,
        }
    }

    /// Whether it is an account that can sign in.
    pub(crate) fn is_account(self) -> bool {
        matches!(self, Self::User | Self::Computer)
    }

    /// The attribute that names it.
    pub(crate) fn naming(self) -> &'static str {
        match self {
            Self::Domain => "DC",
            Self::Unit => "OU",
            _ => "CN",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_once_and_without_case() {
        for attribute in all() {
            assert_eq!(all().iter().filter(|other| other.name.eq_ignore_ascii_case(attribute.name)).count(), 1);
        }
        assert_eq!(find("SAMACCOUNTNAME").map(|a| a.name), Some("sAMAccountName"));
        assert!(find("nothing").is_none());
    }

    #[test]
    fn back_links_name_a_forward_link() {
        for attribute in all() {
            if let Source::BackLink(forward) = attribute.source {
                assert_eq!(find(forward).map(|a| a.source), Some(Source::Link), "{forward}");
            }
        }
    }
}
