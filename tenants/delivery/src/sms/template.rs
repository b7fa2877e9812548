//! The generic gateway's template: texts and values in turn. Every value is escaped as the content demands, never raw.

use portvakt_domain::tenant::{HttpCharset, HttpContent};

use super::charset::latin1;

/// What a template has names for.
pub(crate) struct Values<'a> {
    pub(crate) to: &'a str,
    pub(crate) from: &'a str,
    pub(crate) text: &'a str,
    pub(crate) reference: &'a str,
    pub(crate) callback_url: &'a str,
    pub(crate) username: &'a str,
    pub(crate) password: &'a str,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    To,
    From,
    Text,
    Reference,
    CallbackUrl,
    Username,
    Password,
}

enum Piece {
    Text(String),
    Value(Name),
}

/// A template, taken apart.
pub(crate) struct Template {
    pieces: Vec<Piece>,
    content: HttpContent,
    charset: HttpCharset,
}

impl Template {
    pub(crate) fn new(text: &str, content: HttpContent, charset: HttpCharset) -> Result<Self, &'static str> {
        if content == HttpContent::Json && charset != HttpCharset::Utf8 {
            return Err("JSON is written in UTF-8; leave charset out");
        }
        if content == HttpContent::Xml && text.contains("<!") {
            return Err("write the values as text, without CDATA and comments: they are escaped");
        }
        let template = Self { pieces: pieces(text)?, content, charset };
        for (name, missing) in [(Name::To, "{{to}} is missing"), (Name::Text, "{{text}} is missing")] {
            if !template.has(name) {
                return Err(missing);
            }
        }
        template.prove()?;
        Ok(template)
    }

    /// Whether the password is part of it.
    pub(crate) fn has_password(&self) -> bool {
        self.has(Name::Password)
    }

    /// Whether the address for reports is part of it.
    pub(crate) fn has_callback_url(&self) -> bool {
        self.has(Name::CallbackUrl)
    }

    /// Whether the user name is part of it.
    pub(crate) fn has_username(&self) -> bool {
        self.has(Name::Username)
    }

    fn has(&self, wanted: Name) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Value(name) if *name == wanted))
    }

    /// Tries it with values that would break a template that puts them where they can't stand.
    fn prove(&self) -> Result<(), &'static str> {
        let hard = "å\"\\<&";
        let values = Values {
            to: "46",
            from: "Orebro",
            text: hard,
            reference: "a-b",
            callback_url: "https://a.se/b?c=d",
            username: hard,
            password: hard,
        };
        let filled = self.filled(&values).ok_or("it has a character that its charset has not")?;
        if self.content == HttpContent::Json && serde_json::from_slice::<serde_json::Value>(&filled).is_err() {
            return Err("this is not JSON; write \"{{text}}\" in quotes");
        }
        Ok(())
    }

    /// The template with these values in it; `None` where the charset can't carry one.
    pub(crate) fn filled(&self, values: &Values<'_>) -> Option<Vec<u8>> {
        let mut filled = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.extend(self.encoded(text)?),
                Piece::Value(name) => filled.extend(self.escaped(match name {
                    Name::To => values.to,
                    Name::From => values.from,
                    Name::Text => values.text,
                    Name::Reference => values.reference,
                    Name::CallbackUrl => values.callback_url,
                    Name::Username => values.username,
                    Name::Password => values.password,
                })?),
            }
        }
        Some(filled)
    }

    fn encoded(&self, text: &str) -> Option<Vec<u8>> {
        match self.charset {
            HttpCharset::Utf8 => Some(text.as_bytes().to_vec()),
            HttpCharset::Latin1 => latin1(text),
        }
    }

    fn escaped(&self, value: &str) -> Option<Vec<u8>> {
        match self.content {
            HttpContent::Form => {
                Some(form_urlencoded::byte_serialize(&self.encoded(value)?).collect::<String>().into_bytes())
            }
            HttpContent::Json => {
                let quoted = serde_json::to_string(value).ok()?;
                Some(quoted.strip_prefix('"')?.strip_suffix('"')?.as_bytes().to_vec())
            }
            HttpContent::Xml => {
                let mut escaped = String::new();
                for c in value.chars() {
                    match c {
                        '&' => escaped.push_str("&amp;"),
                        '<' => escaped.push_str("&lt;"),
                        '>' => escaped.push_str("&gt;"),
                        '"' => escaped.push_str("&quot;"),
                        '\'' => escaped.push_str("&apos;"),
                        c => escaped.push(c),
                    }
                }
                self.encoded(&escaped)
            }
        }
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, &'static str> {
    let mut parts = text.split("{{");
    let mut pieces = vec![Piece::Text(parts.next().unwrap_or_default().to_owned())];
    for part in parts {
        let (name, after) = part.split_once("}}").ok_or("a {{ has no }}")?;
        pieces.push(Piece::Value(match name.trim() {
            "to" => Name::To,
            "from" => Name::From,
            "text" => Name::Text,
            "reference" => Name::Reference,
            "callback_url" => Name::CallbackUrl,
            "username" => Name::Username,
            "password" => Name::Password,
            _ => {
                return Err("there are {{to}}, {{from}}, {{text}}, {{reference}}, {{callback_url}}, {{username}} and \
                     {{password}} alone");
            }
        }));
        pieces.push(Piece::Text(after.to_owned()));
    }
    Ok(pieces)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HARD: &str = "å \"]]>\\ & <b> ' = + %41 {{to}}\n";

    fn filled(template: &str, content: HttpContent, charset: HttpCharset) -> Vec<u8> {
        let template = Template::new(template, content, charset).expect("a template");
        let (username, password) = ("u", "p");
        let values = Values { to: "+46", from: "F", text: HARD, reference: "r", callback_url: "c", username, password };
        template.filled(&values).expect("filled")
    }

    #[test]
    fn no_value_breaks_out_of_its_place() {
        let json = filled(r#"{"t":"{{to}}","m":"{{text}}"}"#, HttpContent::Json, HttpCharset::Utf8);
        let json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
        assert_eq!(json, serde_json::json!({ "t": "+46", "m": HARD }));

        let form = filled("m={{text}}&t={{to}}", HttpContent::Form, HttpCharset::Utf8);
        let pairs: Vec<_> = form_urlencoded::parse(&form).into_owned().collect();
        assert_eq!(pairs, [("m".to_owned(), HARD.to_owned()), ("t".to_owned(), "+46".to_owned())]);
        let latin1 = filled("m={{text}}&t={{to}}", HttpContent::Form, HttpCharset::Latin1);
        assert!(latin1.starts_with(b"m=%E5+%22"), "{}", String::from_utf8_lossy(&latin1));

        let xml = filled("<å>{{text}}{{to}}</å>", HttpContent::Xml, HttpCharset::Latin1);
        let expected = "<å>å &quot;]]&gt;\\ &amp; &lt;b&gt; &apos; = + %41 {{to}}\n+46</å>";
        assert_eq!(xml, latin1_of(expected));
    }

    fn latin1_of(text: &str) -> Vec<u8> {
        latin1(text).expect("within ISO-8859-1")
    }
}
