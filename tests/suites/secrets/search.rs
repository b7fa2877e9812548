//! Looking for a secret in bytes, in every spelling that programs give to text.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};

/// Something that must not get out.
#[derive(Debug, Clone)]
pub struct Secret {
    pub name: String,
    value: Vec<u8>,
    /// Six digits alone are a code; as a part of a longer number or a time they are none.
    is_code: bool,
    /// Something of a person's own, which pages repeat to who typed it or signed in.
    pub is_typed: bool,
}

impl Secret {
    pub fn text(name: &str, value: &str) -> Self {
        Self { name: name.to_owned(), value: value.as_bytes().to_vec(), is_code: false, is_typed: false }
    }

    pub fn typed(name: &str, value: &str) -> Self {
        Self { is_typed: true, ..Self::text(name, value) }
    }

    pub fn bytes(name: &str, value: Vec<u8>) -> Self {
        Self { value, ..Self::text(name, "") }
    }

    pub fn code(name: &str, value: &str) -> Self {
        Self { is_code: true, ..Self::text(name, value) }
    }

    /// Every spelling, with its name.
    pub fn spellings(&self) -> Vec<(String, Vec<u8>)> {
        let value = &self.value;
        let mut all = vec![("as it is".to_owned(), value.clone())];
        let mut add = |name: &str, bytes: Vec<u8>| all.push((name.to_owned(), bytes));
        let hex: String = value.iter().map(|byte| format!("{byte:02x}")).collect();
        add("hex", hex.into_bytes());
        let list = |separator: &str| value.iter().map(u8::to_string).collect::<Vec<_>>().join(separator);
        add("a list of numbers", list(", ").into_bytes());
        add("a close list of numbers", list(",").into_bytes());
        let escaped: String = value.iter().flat_map(|byte| std::ascii::escape_default(*byte)).map(char::from).collect();
        add("escaped", escaped.into_bytes());
        // Three alignments; what depends on the neighbours is cut off.
        for skip in 0..3 {
            let padded = [vec![0; skip], value.clone()].concat();
            for (name, engine) in [("base64", &STANDARD_NO_PAD), ("base64url", &URL_SAFE_NO_PAD)] {
                let text = engine.encode(&padded);
                let begin = [0, 2, 3][skip];
                let end = text.len() - usize::from(padded.len() % 3 != 0);
                if end - begin >= 8 {
                    add(&format!("{name} at {skip}"), text.as_bytes()[begin..end].to_vec());
                }
            }
        }
        if let Ok(text) = std::str::from_utf8(value) {
            add("UTF-16", text.encode_utf16().flat_map(u16::to_le_bytes).collect());
            let form: String = form_urlencoded::byte_serialize(value).collect();
            add("a form", form.clone().into_bytes());
            add("a URL", form.replace('+', "%20").into_bytes());
            let json = |unit: u16| match u8::try_from(unit) {
                Ok(byte @ 32..=126) => char::from(byte).to_string(),
                _ => format!("\\u{unit:04x}"),
            };
            add("JSON", text.encode_utf16().map(json).collect::<String>().into_bytes());
            add("HTML", text.replace('&', "&amp;").replace('<', "&lt;").into_bytes());
            add("HTML numbers", text.replace('&', "&#38;").replace('<', "&#60;").into_bytes());
        }
        let mut seen = std::collections::BTreeSet::new();
        all.retain(|(_, bytes)| seen.insert(bytes.clone()));
        all
    }
}

/// A place where what a program writes can be read.
pub struct Sink {
    pub name: String,
    /// One character a byte, so that the standard library can search it.
    content: String,
    folded: String,
    /// What surely stands in it.
    marker: String,
    /// Whether it shows people what they typed themselves.
    pub repeats: bool,
}

fn characters(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

impl Sink {
    pub fn new(name: &str, content: Vec<u8>, marker: &str) -> Self {
        let content = characters(&content);
        let folded = content.to_ascii_lowercase();
        let marker = characters(marker.as_bytes());
        Self { name: name.to_owned(), content, folded, marker, repeats: false }
    }

    /// A sink whose pages show people what they typed.
    pub fn repeating(self) -> Self {
        Self { repeats: true, ..self }
    }

    /// The content is what the name says: what must stand in it is found by the same search.
    pub fn is_what_it_says(&self) {
        assert!(self.content.contains(&self.marker), "{} does not hold {:?}", self.name, self.marker);
    }

    /// Where a secret is found, in words.
    pub fn find(&self, secret: &Secret) -> Vec<String> {
        if self.repeats && secret.is_typed {
            return Vec::new();
        }
        let holds = |(encoding, bytes): &(String, Vec<u8>)| self.at(secret, encoding, bytes).is_some();
        let spellings = secret.spellings().into_iter().filter(holds);
        let told = |(encoding, bytes): (String, Vec<u8>)| {
            let at = self.at(secret, &encoding, &bytes).unwrap_or_default();
            let begin = self.content[..at].char_indices().rev().nth(120).map_or(0, |(index, _)| index);
            let around: String = self.content[begin..].chars().take(260).collect();
            format!("{} holds {} ({encoding}): …{around:?}…", self.name, secret.name)
        };
        spellings.map(told).collect()
    }

    fn at(&self, secret: &Secret, encoding: &str, bytes: &[u8]) -> Option<usize> {
        let needle = characters(bytes);
        if encoding.starts_with("base64") {
            return self.content.find(&needle);
        }
        if !secret.is_code || encoding != "as it is" {
            return self.folded.find(&needle.to_ascii_lowercase());
        }
        let mut hits = self.content.match_indices(&needle);
        hits.find(|(at, _)| {
            let before = self.content[..*at].chars().next_back();
            let after = self.content[at + needle.len()..].chars().next();
            let part = |c: Option<char>, also: char| c.is_some_and(|c| c.is_ascii_digit() || c == also);
            !part(before, '.') && !part(after, '\0')
        })
        .map(|(at, _)| at)
    }

    /// The search would find the secret here, were it written here.
    pub fn finds_when_planted(&self, secret: &Secret) {
        let tail: String = self.content.chars().rev().take(2_000).collect();
        for (encoding, bytes) in secret.spellings() {
            let planted = [tail.chars().map(|c| c as u8).collect::<Vec<u8>>(), b" ".to_vec(), bytes, b" ".to_vec()];
            let sink = Self::new(&self.name, planted.concat(), "");
            assert!(!sink.find(secret).is_empty(), "{}: {} as {encoding} would not be found", self.name, secret.name);
        }
    }
}
