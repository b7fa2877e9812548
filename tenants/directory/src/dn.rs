//! Distinguished names (RFC 4514), read only to tell whether one entry lies below another.

use std::{collections::HashMap, fmt::Write as _};

use uuid::Uuid;

/// A relative name: a sorted set of pairs.
type Name = Vec<(String, Value)>;

/// A distinguished name, folded for comparison: attribute types and values without regard to case, escapes undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dn {
    /// Relative names, the entry's own first.
    names: Vec<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Value {
    Text(String),
    /// `#` and the BER encoding in hexadecimal; equal to no text.
    Encoded(Vec<u8>),
}

impl Dn {
    /// Reads a name. `None` when it is none: such an entry lies below nothing.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let mut names = Vec::new();
        loop {
            let (mut name, mut after) = (Vec::new(), Some('+'));
            while after == Some('+') {
                let attribute = reader.attribute()?;
                let (value, sign) = reader.value()?;
                name.push((attribute, value));
                after = sign;
            }
            name.sort_unstable();
            names.push(name);
            if after.is_none() {
                return Some(Self { names });
            }
        }
    }

    /// Whether this entry lies somewhere below `unit`; an entry is not below itself.
    pub(crate) fn is_below(&self, unit: &Dn) -> bool {
        self.names.len() > unit.names.len() && self.names.ends_with(&unit.names)
    }

    /// One text for all spellings of the same name, and for no other: what takes little room where there are many.
    pub(crate) fn folded(&self) -> String {
        let mut folded = String::new();
        for name in &self.names {
            for (attribute, value) in name {
                // Lengths stand before values, so that no value can look like the beginning of another one.
                let _written = match value {
                    Value::Text(text) => write!(folded, "{attribute}={}:{text},", text.len()),
                    Value::Encoded(bytes) => write!(folded, "{attribute}=#{bytes:02x?},"),
                };
            }
            folded.push(';');
        }
        folded
    }
}

/// Some places, each with its number, and which of them an entry lies in.
#[derive(Debug, Default)]
pub(crate) struct Places(HashMap<Vec<Name>, usize>);

impl Places {
    /// Places in their order; of two that are the same the first counts.
    pub(crate) fn new(places: impl IntoIterator<Item = Dn>) -> Self {
        let mut numbered = HashMap::new();
        for (number, place) in places.into_iter().enumerate() {
            numbered.entry(place.names).or_insert(number);
        }
        Self(numbered)
    }

    /// The nearest place above an entry.
    pub(crate) fn nearest(&self, dn: &Dn) -> Option<usize> {
        (1..dn.names.len()).find_map(|above| self.0.get(&dn.names[above..]).copied())
    }
}

/// Whether a name is one, and lies below the base.
pub(crate) fn is_below(name: &str, base: &str) -> bool {
    Dn::parse(name).zip(Dn::parse(base)).is_some_and(|(name, base)| name.is_below(&base))
}

/// The name of an entry that nobody has. Only hexadecimal digits are put before the tenant's own setting.
pub(crate) fn nobody(base: &str) -> String {
    format!("CN={},{base}", Uuid::new_v4().simple())
}

struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    /// An attribute type up to its `=`.
    fn attribute(&mut self) -> Option<String> {
        let (attribute, rest) = self.rest.split_once('=')?;
        let attribute = attribute.trim();
        self.rest = rest;
        let fits = attribute.starts_with(|c: char| c.is_ascii_alphanumeric())
            && attribute.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.'));
        fits.then(|| attribute.to_ascii_lowercase())
    }

    /// A value and the sign that ended it: `,`, `+`, or the end of the text.
    fn value(&mut self) -> Option<(Value, Option<char>)> {
        self.rest = self.rest.trim_start_matches(' ');
        if let Some(rest) = self.rest.strip_prefix('#') {
            let end = rest.find([',', '+']).unwrap_or(rest.len());
            let digits = rest[..end].trim_end_matches(' ');
            let bytes = hexadecimal(digits).filter(|bytes| !bytes.is_empty())?;
            self.rest = &rest[end..];
            return Some((Value::Encoded(bytes), self.sign()));
        }
        // `kept` is the length up to the last byte that is not an unescaped space: those before a sign mean nothing.
        let (mut bytes, mut kept) = (Vec::new(), 0);
        let mut signs = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, sign)) = signs.next() {
            match sign {
                '\\' => {
                    let (_, escaped) = signs.next()?;
                    if escaped.is_ascii_hexdigit() {
                        let (_, second) = signs.next()?;
                        bytes.extend(hexadecimal(&format!("{escaped}{second}"))?);
                    } else if " \"#+,;<=>\\".contains(escaped) {
                        bytes.push(u8::try_from(escaped).ok()?);
                    } else {
                        return None;
                    }
                    kept = bytes.len();
                }
                ',' | '+' => {
                    end = at;
                    break;
                }
                '"' | ';' | '<' | '>' | '\0' => return None,
                _ => {
                    bytes.extend(sign.encode_utf8(&mut [0; 4]).bytes());
                    if sign != ' ' {
                        kept = bytes.len();
                    }
                }
            }
        }
        self.rest = &self.rest[end..];
        bytes.truncate(kept);
        let text = String::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
        Some((Value::Text(text.to_lowercase()), self.sign()))
    }

    fn sign(&mut self) -> Option<char> {
        let sign = self.rest.chars().next();
        self.rest = self.rest.get(1..).unwrap_or_default();
        sign
    }
}

fn hexadecimal(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn below(entry: &str, unit: &str) -> bool {
        let unit = Dn::parse(unit).expect("a unit");
        Dn::parse(entry).is_some_and(|entry| entry.is_below(&unit))
    }

    #[test]
    fn scope_ends_at_the_boundaries_of_relative_names() {
        let unit = "OU=Användare,DC=orebro,DC=se";
        for inside in [
            "CN=Anna,OU=Användare,DC=orebro,DC=se",
            "CN=Anna,OU=Skola,OU=Användare,DC=orebro,DC=se",
            "cn=anna,ou=ANVÄNDARE,dc=OREBRO,dc=SE",
            "CN=Anna , OU = Användare , DC=orebro, DC=se",
            "CN=Anna,OU=Anv\\c3\\a4ndare,DC=orebro,DC=se",
            "CN=Anna,OU=Anv\\C3\\A4nd\\61re,DC=orebro,DC=se",
            "CN=Åström\\, Anna,OU=Användare,DC=orebro,DC=se",
            "CN=a\\\\,OU=Användare,DC=orebro,DC=se",
            "CN=a+UID=b,OU=Användare,DC=orebro,DC=se",
            "CN=#04024869,OU=Användare,DC=orebro,DC=se",
        ] {
            assert!(below(inside, unit), "{inside}");
        }
        for outside in [
            "OU=Användare,DC=orebro,DC=se",
            "CN=Anna,OU=XAnvändare,DC=orebro,DC=se",
            "CN=Anna,OU=Ovriga,DC=orebro,DC=se",
            "CN=Anna\\,OU=Användare,DC=orebro,DC=se",
            "CN=Anna\\2cOU=Användare,DC=orebro,DC=se",
            "CN=a\\\\\\,OU=Användare,DC=orebro,DC=se",
            "CN=Anna,OU=Användare,DC=orebro,DC=se,DC=x",
            "CN=Anna,OU=Användare\\ ,DC=orebro,DC=se",
            "CN=Anna,OU=Användare+L=x,DC=orebro,DC=se",
            "CN=Anna,OU=#0c0a416e76c3a46e64617265,DC=orebro,DC=se",
        ] {
            assert!(!below(outside, unit), "{outside}");
        }
        assert!(below("CN=x,CN=A+UID=b,DC=se", "uid=B+cn=a,DC=se"), "the order within a relative name means nothing");
    }

    #[test]
    fn the_nearest_place_counts_and_of_two_alike_the_first() {
        let names = ["OU=Skola,DC=orebro,DC=se", "OU=Vård,DC=orebro,DC=se", "OU=Ettan,OU=Skola,DC=orebro,DC=se"];
        let again = ["ou=SKOLA,dc=orebro,dc=se"];
        let places = Places::new(names.into_iter().chain(again).filter_map(Dn::parse));
        let nearest = |name: &str| places.nearest(&Dn::parse(name).expect("a name"));
        assert_eq!(nearest("CN=Anna,OU=Ettan,OU=Skola,DC=orebro,DC=se"), Some(2));
        assert_eq!(nearest("CN=Anna,OU=Tvåan,OU=Skola,DC=orebro,DC=se"), Some(0));
        assert_eq!(nearest("cn=anna,ou=v\\c3\\a5rd,dc=orebro,dc=se"), Some(1));
        assert_eq!(nearest("OU=Skola,DC=orebro,DC=se"), None, "a place is not in itself");
        assert_eq!(nearest("CN=Anna,DC=orebro,DC=se"), None);
    }

    #[test]
    fn spellings_of_a_name_fold_to_one_text_and_other_names_to_others() {
        let folded = |name: &str| Dn::parse(name).expect("a name").folded();
        assert_eq!(folded("CN=Åsa\\, B,DC=se"), folded("cn = ÅSA\\2c b , dc=SE"));
        assert_eq!(folded("CN=a+UID=b,DC=se"), folded("UID=B+cn=A,DC=se"));
        let others = ["CN=a,DC=se", "CN=a,DC=s,DC=e", "CN=a\\,dc=se", "CN=a+DC=se", "CN=#61,DC=se", "CN=a,DC=se,DC=x"];
        let distinct: std::collections::HashSet<String> = others.into_iter().map(folded).collect();
        assert_eq!(distinct.len(), others.len());
    }

    #[test]
    fn what_is_no_name_lies_below_nothing() {
        for wrong in [
            "",
            "CN",
            "CN=",
            "CN=a,",
            "CN=a,,DC=se",
            "=a",
            "CN=a\\",
            "CN=a\\x",
            "CN=a\\4",
            "CN=\\ff",
            "CN=\"a\"",
            "CN=a;DC=se",
            "CN=#4",
            "CN=#",
            "C N=a",
            "CN=a+",
            "CN=<a",
            "CN= ,DC=se",
        ] {
            assert_eq!(Dn::parse(wrong), None, "{wrong:?}");
        }
    }

    #[test]
    fn nobody_has_a_fresh_name_below_the_base() {
        let base = Dn::parse("DC=orebro,DC=se").expect("a name");
        let (first, second) = (nobody("DC=orebro,DC=se"), nobody("DC=orebro,DC=se"));
        assert_ne!(first, second);
        assert!(Dn::parse(&first).is_some_and(|name| name.is_below(&base)));
        assert!(!base.is_below(&base));
    }
}
