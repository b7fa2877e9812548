//! SVG: the shapes and colours of a file, written anew. Whatever is not known to be harmless is not written; what looks
//! as if it were to do something is refused, so that nobody wonders where it went.

use std::fmt::Write as _;

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

mod allowed;
use allowed::{ATTRIBUTES, DROPPED, ELEMENTS, HOLD_TEXT, NAMED_REFUSALS};

const MOST_BYTES: usize = 64 * 1024;
const MOST_ELEMENTS: usize = 4_000;
const DEEPEST: usize = 32;
/// Each may show what others show: doubled often enough, a small file would fill a screen's memory.
const MOST_USES: usize = 16;
const NAMESPACE: &str = "http://www.w3.org/2000/svg";

/// The shapes, and the width and height that they are drawn in.
pub(super) fn shapes_of(text: &str) -> Result<(String, f64, f64), String> {
    if text.len() > MOST_BYTES {
        return Err(format!("it has {} bytes; an SVG has at most {MOST_BYTES}", text.len()));
    }
    let mut drawing = Drawing::default();
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    loop {
        match reader.read_event().map_err(|error| format!("it is no well-formed SVG: {error}"))? {
            Event::Start(tag) => drawing.open(&tag, false)?,
            Event::Empty(tag) => drawing.open(&tag, true)?,
            Event::End(_) => drawing.close()?,
            Event::Text(text) => drawing.text(&text.decode().map_err(|_| "it is not in UTF-8".to_owned())?)?,
            Event::CData(text) => drawing.text(&text.decode().map_err(|_| "it is not in UTF-8".to_owned())?)?,
            Event::GeneralRef(reference) => {
                let name = reference.decode().map_err(|_| "it is not in UTF-8".to_owned())?;
                let character = quick_xml::escape::unescape(&format!("&{name};")).map(|text| text.into_owned());
                drawing.text(&character.map_err(|_| format!("&{name}; stands for something else; write it out"))?)?;
            }
            Event::DocType(_) => return Err("it has a DOCTYPE; take it out".to_owned()),
            Event::PI(_) => return Err("it has a processing instruction (<?…?>); take it out".to_owned()),
            Event::Decl(_) | Event::Comment(_) => {}
            Event::Eof => return drawing.finished(),
        }
    }
}

/// What is written anew.
#[derive(Default)]
struct Drawing {
    written: String,
    /// The elements that are open; `None` is one that is left out.
    open: Vec<Option<&'static str>>,
    size: Option<(f64, f64)>,
    elements: usize,
    uses: usize,
    /// What the open <style> holds so far: it comes in pieces, which say nothing by themselves.
    style: String,
}

impl Drawing {
    fn open(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), String> {
        let name = tag.name();
        let name = std::str::from_utf8(name.as_ref()).map_err(|_| "it is not in UTF-8".to_owned())?;
        self.elements += 1;
        if self.elements > MOST_ELEMENTS || self.open.len() >= DEEPEST {
            return Err(format!("it has more than {MOST_ELEMENTS} elements, or more than {DEEPEST} within each other"));
        }
        if self.open.last() == Some(&Some("style")) {
            return Err("its <style> holds markup; take it out".to_owned());
        }
        let known = self.known(name)?;
        if let Some(known) = known {
            let attributes = attributes_of(tag, known)?;
            if self.open.is_empty() {
                let size = size_of(&attributes)?;
                self.size = Some(size);
                let (width, height) = size;
                // Writing to a String can't fail.
                let _ = write!(self.written, "<svg xmlns=\"{NAMESPACE}\" width=\"{width}\" height=\"{height}\"");
                if !attributes.iter().any(|(name, _)| *name == "viewBox") {
                    let _ = write!(self.written, " viewBox=\"0 0 {width} {height}\"");
                }
            } else {
                let _ = write!(self.written, "<{known}");
            }
            let is_size = |name: &str| self.open.is_empty() && matches!(name, "width" | "height" | "x" | "y");
            for (name, value) in attributes.iter().filter(|(name, _)| !is_size(name)) {
                let _ = write!(self.written, " {name}=\"{}\"", escaped(value));
            }
            self.written.push_str(if empty { "/>" } else { ">" });
        }
        if !empty {
            self.open.push(known);
        }
        Ok(())
    }

    /// The element, where it is kept.
    fn known(&mut self, name: &str) -> Result<Option<&'static str>, String> {
        if self.open.is_empty() {
            let first = self.size.is_none();
            return match name {
                "svg" if first => Ok(Some("svg")),
                _ => Err("it is no SVG: the whole file has to be one <svg> element".to_owned()),
            };
        }
        if let Some((_, why)) = NAMED_REFUSALS.iter().find(|(refused, _)| refused.eq_ignore_ascii_case(local(name))) {
            return Err(format!("it has a <{name}> element: {why}"));
        }
        // Drawing programs keep their own notes in other namespaces.
        let left_out = self.open.contains(&None) || name.contains(':') || DROPPED.contains(&name);
        if name.starts_with("svg:") {
            return Err(format!("it has a <{name}> element; write the names of SVG without \"svg:\""));
        }
        if left_out {
            return Ok(None);
        }
        self.uses += usize::from(name == "use");
        if self.uses > MOST_USES {
            return Err(format!("it has more than {MOST_USES} <use> elements; draw the shapes instead"));
        }
        let known = ELEMENTS.iter().copied().find(|known| *known == name && *known != "svg");
        known.map(Some).ok_or_else(|| format!("it has a <{name}> element, which a logo has no use for; take it out"))
    }

    fn close(&mut self) -> Result<(), String> {
        if let Some(Some(name)) = self.open.pop() {
            let style = std::mem::take(&mut self.style);
            harmless("style", &style)?;
            if style.contains(['<', '&']) {
                return Err("its <style> holds markup; take it out".to_owned());
            }
            self.written.push_str(&escaped(&style));
            let _ = write!(self.written, "</{name}>");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) -> Result<(), String> {
        match self.open.last() {
            Some(Some("style")) => self.style.push_str(text),
            Some(Some(name)) if HOLD_TEXT.contains(name) && !self.open.contains(&None) => {
                self.written.push_str(&escaped(text));
            }
            None if !text.trim().is_empty() => return Err("it is no SVG: there is text around it".to_owned()),
            _ => {}
        }
        Ok(())
    }

    fn finished(self) -> Result<(String, f64, f64), String> {
        match self.size {
            Some((width, height)) if self.open.is_empty() => Ok((self.written, width, height)),
            _ => Err("it is no whole SVG".to_owned()),
        }
    }
}

/// The attributes that are kept.
fn attributes_of(tag: &BytesStart<'_>, element: &str) -> Result<Vec<(&'static str, String)>, String> {
    let mut kept = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| format!("it is no well-formed SVG: {error}"))?;
        let raw = |bytes| std::str::from_utf8(bytes).map_err(|_| "it is not in UTF-8".to_owned());
        let (name, value) = (raw(attribute.key.as_ref())?, raw(&attribute.value)?);
        let value = quick_xml::escape::unescape(value).map_err(|error| format!("it is no well-formed SVG: {error}"))?;
        let lower = name.to_ascii_lowercase();
        if local(&lower).starts_with("on") {
            return Err(format!("<{element}> has {name}=…: a logo must not run anything"));
        }
        if element == "svg" && name == "xmlns" && value != NAMESPACE {
            return Err(format!("its namespace is {value:?} and not {NAMESPACE}"));
        }
        if local(&lower) == "href" && !value.trim().starts_with('#') {
            return Err(format!("<{element}> refers to something outside ({name}=…); a logo holds all that it shows"));
        }
        // As old as new drawings are read: the one name without a prefix is written.
        let name = if name == "xlink:href" { "href" } else { name };
        let Some(known) = ATTRIBUTES.iter().copied().find(|known| *known == name) else { continue };
        harmless(name, &value)?;
        // Both are there where a drawing is meant for old programs too, and say the same.
        if !kept.iter().any(|(there, _)| *there == known) {
            kept.push((known, value.into_owned()));
        }
    }
    Ok(kept)
}

/// Refuses values that would fetch or run something.
fn harmless(name: &str, value: &str) -> Result<(), String> {
    let packed: String = value.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    let packed = packed.to_ascii_lowercase();
    let outside = packed.match_indices("url(").any(|(at, _)| {
        let target = packed[at + 4..].trim_start_matches(['"', '\'']);
        !target.starts_with('#')
    });
    // A backslash may spell any of these in CSS; a comment may part their letters.
    let hidden = packed.contains('\\') || packed.contains("/*");
    let spelled =
        ["@", "javascript:", "data:", "expression(", "-moz-binding", "behavior:", "//", "image(", "image-set("];
    let spelled = spelled.into_iter().find(|part| packed.contains(part));
    match (outside, hidden, spelled) {
        (true, ..) => Err(format!("{name} refers to something outside (url(…)); a logo holds all that it shows")),
        (_, true, _) => Err(format!("{name} holds a backslash or a comment; write it plainly")),
        (_, _, Some(part)) => Err(format!("{name} holds {part:?}, which a logo has no use for; take it out")),
        _ => Ok(()),
    }
}

/// Width and height: of what is drawn, or as they are said.
fn size_of(attributes: &[(&'static str, String)]) -> Result<(f64, f64), String> {
    let get = |name| attributes.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str());
    let number =
        |text: &str| text.trim().trim_end_matches("px").parse::<f64>().ok().filter(|number| number.is_finite());
    let size = match get("viewBox") {
        Some(view) => {
            let parts = view.split(|c: char| c.is_whitespace() || c == ',').filter(|part| !part.is_empty());
            let parts: Option<Vec<f64>> =
                parts.map(|part| part.parse().ok().filter(|part: &f64| part.is_finite())).collect();
            if let Some([_, _, width, height]) = parts.as_deref() { Some((*width, *height)) } else { None }
        }
        None => get("width").and_then(number).zip(get("height").and_then(number)),
    };
    let fits = |side: f64| side.is_finite() && side > 0.0 && side < 1e6;
    size.filter(|(width, height)| fits(*width) && fits(*height)).ok_or_else(|| match get("viewBox") {
        Some(_) => "its viewBox is wrong: write four plain numbers, the last two above 0".to_owned(),
        None => "its size is not said: give the <svg> element a viewBox".to_owned(),
    })
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Without what XML has no place for (XML 1.0, 2.2): browsers would show nothing of the whole drawing.
fn escaped(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => written.push(' '),
            c => written.push(c),
        }
    }
    written
}

#[cfg(test)]
mod tests;
