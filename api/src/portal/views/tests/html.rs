//! Just enough of an HTML reader to look at our own pages.

use std::collections::HashMap;

/// A start or an end tag.
#[derive(Debug)]
pub(super) struct Tag<'a> {
    pub(super) name: &'a str,
    pub(super) end: bool,
    pub(super) attributes: HashMap<&'a str, &'a str>,
}

impl Tag<'_> {
    pub(super) fn get(&self, attribute: &str) -> Option<&str> {
        self.attributes.get(attribute).copied()
    }

    pub(super) fn has(&self, attribute: &str) -> bool {
        self.attributes.contains_key(attribute)
    }
}

/// The tags of a page, in order. Our templates quote every attribute, and askama escapes `<` and `>` in all values.
pub(super) fn tags(html: &str) -> Vec<Tag<'_>> {
    html.split('<').skip(1).filter_map(|piece| tag(piece.split_once('>').expect("a closed tag").0)).collect()
}

fn tag(inner: &str) -> Option<Tag<'_>> {
    if inner.starts_with('!') {
        return None;
    }
    let (end, inner) = inner.strip_prefix('/').map_or((false, inner), |rest| (true, rest));
    let (name, mut rest) = inner.split_once(' ').unwrap_or((inner, ""));
    let mut attributes = HashMap::new();
    while !rest.trim_start().is_empty() {
        rest = rest.trim_start();
        let stop = rest.find([' ', '=']).unwrap_or(rest.len());
        let (attribute, after) = rest.split_at(stop);
        let (value, after) = match after.strip_prefix("=\"") {
            Some(quoted) => quoted.split_once('"').expect("a closed value"),
            None => ("", after),
        };
        assert!(attributes.insert(attribute, value).is_none(), "{attribute} twice in <{inner}>");
        rest = after;
    }
    Some(Tag { name, end, attributes })
}

/// Says what is not closed, or closed wrongly.
pub(super) fn unbalanced(tags: &[Tag<'_>]) -> Option<String> {
    const VOID: [&str; 6] = ["meta", "link", "input", "br", "hr", "img"];
    let mut open = Vec::new();
    for tag in tags.iter().filter(|tag| !VOID.contains(&tag.name)) {
        if !tag.end {
            open.push(tag.name);
        } else if open.pop() != Some(tag.name) {
            return Some(format!("</{}> closes nothing", tag.name));
        }
    }
    open.pop().map(|name| format!("<{name}> stays open"))
}

/// The text between the first `<name …>` and its end.
pub(super) fn text_of<'a>(html: &'a str, name: &str) -> &'a str {
    let start = html.find(&format!("<{name}")).expect("the element");
    let (_, rest) = html[start..].split_once('>').expect("a closed tag");
    rest.split_once(&format!("</{name}>")).expect("its end").0
}
