//! One entry of a search's answer, as bytes: names of attributes without regard to case, values as they were sent.

use ldap3::{ResultEntry, asn1::StructureTag};
use portvakt_domain::number_attribute::NumberAttribute;

/// An entry. Its `Debug` is left out on purpose: it is personal.
pub(crate) struct Entry {
    /// The distinguished name.
    pub(crate) dn: String,
    attributes: Vec<(String, Vec<Vec<u8>>)>,
}

impl Entry {
    /// Takes an answer apart. `None` when it is malformed. (`ldap3::SearchEntry` panics then, with the bytes in the
    /// message, and splits binary values by whether they happen to be UTF-8.)
    pub(crate) fn read(answer: ResultEntry) -> Option<Self> {
        let mut parts = answer.0.match_id(4)?.expect_constructed()?.into_iter();
        let dn = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
        let attribute = |part: StructureTag| {
            let mut parts = part.expect_constructed()?.into_iter();
            let name = String::from_utf8(parts.next()?.expect_primitive()?).ok()?;
            let values = parts.next()?.expect_constructed()?.into_iter().map(StructureTag::expect_primitive);
            Some((name, values.collect::<Option<Vec<_>>>()?))
        };
        let attributes = parts.next()?.expect_constructed()?.into_iter().map(attribute).collect::<Option<_>>()?;
        Some(Self { dn, attributes })
    }

    /// All values of an attribute; none when the entry lacks it, or when only a part of them was sent: that comes under
    /// another name, such as `tokenGroups;range=0-1499`.
    pub(crate) fn all(&self, attribute: &str) -> impl Iterator<Item = &[u8]> {
        let named = self.attributes.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(attribute));
        named.flat_map(|(_, values)| values).map(Vec::as_slice)
    }

    /// The texts among an attribute's values.
    pub(crate) fn texts(&self, attribute: &str) -> impl Iterator<Item = &str> {
        self.all(attribute).filter_map(|value| std::str::from_utf8(value).ok())
    }

    /// The first value.
    pub(crate) fn bytes(&self, attribute: &str) -> Option<&[u8]> {
        self.all(attribute).next()
    }

    /// The first value as text.
    pub(crate) fn text(&self, attribute: &str) -> Option<&str> {
        self.texts(attribute).next()
    }

    /// The first value as a number.
    pub(crate) fn number(&self, attribute: &str) -> Option<i64> {
        self.text(attribute)?.parse().ok()
    }

    /// Every value of the attribute that holds numbers, where one does. One that is no text is an empty one: something is
    /// there, and it is no number.
    pub(crate) fn values_of(&self, numbers: Option<NumberAttribute>) -> Vec<String> {
        let text = |value: &[u8]| std::str::from_utf8(value).unwrap_or_default().to_owned();
        numbers.map(|attribute| self.all(attribute.as_str()).map(text).collect()).unwrap_or_default()
    }

    /// Whom of these a name means: the first kind of name that anybody has decides, and means somebody only if exactly
    /// one has it. Compared here once more, without regard to case: the directory may also take å for a.
    pub(crate) fn meant<'a>(entries: &'a [Entry], kinds: &[&str], text: &str) -> Option<&'a Entry> {
        let text = text.to_lowercase();
        let has = |entry: &Entry, kind: &str| entry.texts(kind).any(|name| name.to_lowercase() == text);
        let mut hits = kinds.iter().map(|kind| entries.iter().filter(|entry| has(entry, kind)).collect::<Vec<_>>());
        match hits.find(|hits| !hits.is_empty())?.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    /// An entry made of texts and bytes.
    #[cfg(test)]
    pub(crate) fn made_of(dn: &str, attributes: &[(&str, &[&[u8]])]) -> Self {
        let values = |values: &[&[u8]]| values.iter().map(|value| value.to_vec()).collect();
        let attributes = attributes.iter().map(|(name, all)| ((*name).to_owned(), values(all))).collect();
        Self { dn: dn.to_owned(), attributes }
    }
}
