//! As much of XML as a request to a gateway has: elements, attributes, texts, character references, CDATA.

/// An element.
#[derive(Debug, Default)]
pub(super) struct Element {
    pub(super) name: String,
    pub(super) attributes: Vec<(String, String)>,
    pub(super) children: Vec<Element>,
    pub(super) text: String,
}

impl Element {
    /// The document's one element, after its declaration; `None` where it is not well-formed.
    pub(super) fn parse(document: &str, declaration: &str) -> Option<Self> {
        let mut rest = document.strip_prefix(declaration)?.trim();
        let element = read(&mut rest)?;
        rest.is_empty().then_some(element)
    }

    /// The texts of its children, each of a known name and there once.
    pub(super) fn texts(&self, known: &[&str]) -> Option<Vec<(&str, &str)>> {
        let mut texts: Vec<(&str, &str)> = Vec::new();
        for child in &self.children {
            let name = child.name.as_str();
            let twice = texts.iter().any(|(earlier, _)| *earlier == name);
            if twice || !known.contains(&name) || !child.children.is_empty() || !child.attributes.is_empty() {
                return None;
            }
            texts.push((name, &child.text));
        }
        self.text.trim().is_empty().then_some(texts)
    }
}

fn read(rest: &mut &str) -> Option<Element> {
    let (tag, after) = rest.strip_prefix('<')?.split_once('>')?;
    let mut parts = tag.split(' ');
    let mut element = Element { name: parts.next()?.to_owned(), ..Element::default() };
    if !element.name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return None;
    }
    for attribute in parts {
        let (name, value) = attribute.split_once('=')?;
        let value = value.strip_prefix('"')?.strip_suffix('"')?;
        element.attributes.push((name.to_owned(), value.to_owned()));
    }
    *rest = after;
    let end = format!("</{}>", element.name);
    loop {
        if let Some(after) = rest.strip_prefix(end.as_str()) {
            *rest = after;
            return Some(element);
        } else if let Some(after) = rest.strip_prefix("<![CDATA[") {
            let (text, after) = after.split_once("]]>")?;
            element.text.push_str(text);
            *rest = after;
        } else if rest.starts_with('<') {
            element.children.push(read(rest)?);
        } else {
            let at = rest.find('<')?;
            let (text, after) = rest.split_at(at);
            element.text.push_str(&unescaped(text)?);
            *rest = after;
        }
    }
}

fn unescaped(text: &str) -> Option<String> {
    let mut parts = text.split('&');
    let mut plain = parts.next()?.to_owned();
    for part in parts {
        let (name, after) = part.split_once(';')?;
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => char::from_u32(name.strip_prefix('#')?.parse().ok()?)?,
        });
        plain.push_str(after);
    }
    Some(plain)
}
