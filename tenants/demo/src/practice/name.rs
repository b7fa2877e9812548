//! Distinguished names, and the one comparison rule that every name and text goes through.

/// How two texts are held to be the same.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fold {
    /// Windows compares without regard to diacritics (DS_DEFAULT_LOCALE_COMPARE_FLAGS has NORM_IGNORENONSPACE);
    /// Samba does not.
    pub(crate) accents: bool,
}

impl Fold {
    /// The form in which equal texts are equal strings.
    pub(crate) fn text(self, text: &str) -> String {
        let lower = text.chars().flat_map(char::to_lowercase);
        if self.accents {
            lower.filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).map(without_accent).collect()
        } else {
            lower.collect()
        }
    }

    /// [`Fold::text`] of bytes that ought to be UTF-8.
    pub(crate) fn bytes(self, value: &[u8]) -> String {
        self.text(&String::from_utf8_lossy(value))
    }

    /// The form in which equal names are equal strings.
    pub(crate) fn name(self, rdns: &[Rdn]) -> String {
        let parts: Vec<String> =
            rdns.iter().map(|rdn| format!("{}={}", rdn.kind.to_lowercase(), escape(&self.text(&rdn.value)))).collect();
        parts.join(",")
    }
}

fn without_accent(c: char) -> char {
    match c {
        'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'è'..='ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ì'..='ï' => 'i',
        'ñ' | 'ń' => 'n',
        'ò'..='ö' | 'ő' => 'o',
        'ś' | 'š' => 's',
        'ù'..='ü' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// One part of a distinguished name, unescaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rdn {
    /// The naming attribute, in capitals: `CN`, `OU`, `DC`.
    pub(crate) kind: String,
    /// Its value.
    pub(crate) value: String,
}

impl Rdn {
    /// A part from its two halves.
    pub(crate) fn new(kind: &str, value: &str) -> Self {
        Self { kind: kind.to_uppercase(), value: value.to_owned() }
    }

    /// The part as it is written in a name.
    pub(crate) fn written(&self) -> String {
        format!("{}={}", self.kind, escape(&self.value))
    }
}

/// The parts of a name as a client sent it, the most specific first; `None` when it is no name.
pub(crate) fn parse(text: &str) -> Option<Vec<Rdn>> {
    let mut rdns = Vec::new();
    for part in split(text)? {
        let (kind, value) = part.split_once('=')?;
        let kind = kind.trim();
        if kind.is_empty() || !kind.chars().all(|c| c.is_ascii_alphanumeric() || c == '.' || c == '-') {
            return None;
        }
        let value = unescape(value)?;
        if value.is_empty() {
            return None;
        }
        rdns.push(Rdn::new(kind, &value));
    }
    (!rdns.is_empty()).then_some(rdns)
}

/// Cuts at commas that are neither escaped nor quoted.
fn split(text: &str) -> Option<Vec<&str>> {
    let (mut parts, mut start, mut escaped, mut quoted) = (Vec::new(), 0, false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' | ';' if !quoted => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    (!escaped && !quoted).then_some(parts)
}

fn unescape(raw: &str) -> Option<String> {
    let raw = raw.trim_start();
    let mut bytes = Vec::with_capacity(raw.len());
    let mut kept = 0;
    let mut chars = raw.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => {}
            '\\' => {
                let next = chars.next()?;
                if let Some(high) = next.to_digit(16) {
                    let low = chars.next()?.to_digit(16)?;
                    bytes.push(u8::try_from(high * 16 + low).ok()?);
                } else {
                    bytes.extend_from_slice(next.encode_utf8(&mut [0; 4]).as_bytes());
                }
                kept = bytes.len();
            }
            other => bytes.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    // Blanks at the end count only when they were escaped.
    while bytes.len() > kept && bytes.last() == Some(&b' ') {
        bytes.pop();
    }
    String::from_utf8(bytes).ok()
}

/// A value as AD writes it inside a name (RFC 4514; AD also escapes `=`).
pub(crate) fn escape(value: &str) -> String {
    let last = value.chars().count().saturating_sub(1);
    let mut out = String::with_capacity(value.len());
    for (at, c) in value.chars().enumerate() {
        match c {
            ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=' => out.extend(['\\', c]),
            '#' if at == 0 => out.push_str("\\#"),
            ' ' if at == 0 || at == last => out.push_str("\\ "),
            '\n' => out.push_str("\\0A"),
            '\r' => out.push_str("\\0D"),
            '\0' => out.push_str("\\00"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const WINDOWS: Fold = Fold { accents: true };
    const SAMBA: Fold = Fold { accents: false };

    fn key(text: &str) -> Option<String> {
        parse(text).map(|rdns| WINDOWS.name(&rdns))
    }

    #[test]
    fn the_same_name_in_any_spelling_has_one_key() {
        let plain = key("CN=Åsa Berg,OU=Användare,DC=orebro,DC=localhost");
        assert!(plain.is_some());
        for other in [
            "cn=åsa berg, ou=ANVÄNDARE , dc=Orebro,dc=LOCALHOST",
            "CN=\\c3\\a5sa Berg,OU=Användare,DC=orebro,DC=localhost",
            "CN=\"Åsa Berg\",OU=Användare;DC=orebro,DC=localhost",
        ] {
            assert_eq!(key(other), plain, "{other}");
        }
    }

    #[test]
    fn special_characters_survive() {
        for value in ["Berg, Lisa", "a+b", " both ", "#1", "x=y", "Lisa (test) * 2A", "back\\slash"] {
            let written = Rdn::new("cn", value).written();
            assert_eq!(parse(&written), Some(vec![Rdn::new("CN", value)]), "{written}");
        }
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for bad in ["", "lisa", "CN=", "CN=a,", "=x", "CN=a\\", "CN=\"a", "C N=a", "CN=\\ff\\fe"] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn windows_folds_accents_and_samba_does_not() {
        assert_eq!(WINDOWS.text("ÅSTRÖM"), "astrom");
        assert_eq!(WINDOWS.text("A\u{30a}strom"), "astrom");
        assert_eq!(SAMBA.text("ÅSTRÖM"), "åström");
    }
}
