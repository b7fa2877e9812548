//! A request at the gateway's double: how it is read, and what several providers look at in it.

use std::io;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

const LONGEST_REQUEST: usize = 64 * 1024;

/// A request as it came.
pub struct Request {
    pub(super) method: String,
    pub(super) target: String,
    pub(super) authorization: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    pub(super) close: bool,
}

/// HTTP/1.1 with `Content-Length` bodies; anything else ends the connection. `None` when the client is done.
pub(super) async fn read_request(stream: &mut BufReader<TlsStream<TcpStream>>) -> io::Result<Option<Request>> {
    let nonsense = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let mut head = Vec::new();
    loop {
        let before = head.len();
        let read = (&mut *stream).take(16 * 1024).read_until(b'\n', &mut head).await?;
        if read == 0 {
            return if before == 0 { Ok(None) } else { Err(nonsense("a head without an end")) };
        }
        if head.len() > 16 * 1024 {
            return Err(nonsense("a head without measure"));
        }
        if head.get(before..) == Some(b"\r\n") {
            break;
        }
    }
    let head = String::from_utf8(head).map_err(|_| nonsense("a head that is not text"))?;
    let mut lines = head.split("\r\n");
    let mut first = lines.next().unwrap_or_default().split(' ');
    let (Some(method), Some(target), Some("HTTP/1.1"), None) = (first.next(), first.next(), first.next(), first.next())
    else {
        return Err(nonsense("not an HTTP/1.1 request"));
    };
    let mut request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        authorization: None,
        content_type: None,
        headers: Vec::new(),
        body: Vec::new(),
        close: false,
    };
    let mut length = 0;
    for line in lines.filter(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':').ok_or_else(|| nonsense("not a header"))?;
        let value = value.trim();
        match name.to_ascii_lowercase().as_str() {
            "authorization" => request.authorization = Some(value.to_owned()),
            "content-type" => request.content_type = Some(value.to_owned()),
            "content-length" => length = value.parse().map_err(|_| nonsense("not a length"))?,
            "transfer-encoding" => return Err(nonsense("a body without a length")),
            "connection" => request.close = value.eq_ignore_ascii_case("close"),
            other => request.headers.push((other.to_owned(), value.to_owned())),
        }
    }
    if length > LONGEST_REQUEST {
        return Err(nonsense("a body without measure"));
    }
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

impl Request {
    /// Whether it is a POST to this target.
    pub(super) fn posted_to(&self, target: &str) -> Result<(), (u16, &'static str)> {
        match (self.target == target, self.method.as_str()) {
            (false, _) => Err((404, "Not found")),
            (true, "POST") => Ok(()),
            (true, _) => Err((405, "Method not allowed")),
        }
    }

    /// Whether the credentials are these, as the whole value of the header.
    pub(super) fn authorized(&self, expected: &str) -> Result<(), (u16, &'static str)> {
        (self.authorization.as_deref() == Some(expected)).then_some(()).ok_or((401, "Unauthorized"))
    }

    /// Whether the body is of this type, whatever the parameters.
    pub(super) fn is_of_type(&self, expected: &str) -> bool {
        self.content_type.as_deref().and_then(|written| written.split(';').next()).map(str::trim) == Some(expected)
    }

    /// A header that is none of those above, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The fields of a form in UTF-8, each known and there once.
    pub(super) fn form(&self, known: &[&str]) -> Result<Form, (u16, &'static str)> {
        self.form_of(known, |bytes| String::from_utf8(bytes).ok())
    }

    /// The same in ISO-8859-1.
    pub(super) fn form_in_latin1(&self, known: &[&str]) -> Result<Form, (u16, &'static str)> {
        self.form_of(known, |bytes| Some(bytes.into_iter().map(char::from).collect()))
    }

    fn form_of(&self, known: &[&str], read: fn(Vec<u8>) -> Option<String>) -> Result<Form, (u16, &'static str)> {
        if !self.is_of_type("application/x-www-form-urlencoded") {
            return Err((400, "Content-Type must be application/x-www-form-urlencoded"));
        }
        let fields = pairs(&self.body, read).ok_or((400, "Malformed form"))?;
        for (index, (name, _)) in fields.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err((400, "Unknown parameter"));
            }
            if fields[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err((400, "Parameter given twice"));
            }
        }
        Ok(Form(fields))
    }
}

impl Request {
    /// The object in a body of JSON, each of its keys known.
    pub(super) fn json(&self, known: &[&str]) -> Result<Map<String, Value>, (u16, &'static str)> {
        if !self.is_of_type("application/json") {
            return Err((400, "Content-Type must be application/json"));
        }
        let Ok(Value::Object(object)) = serde_json::from_slice(&self.body) else {
            return Err((400, "Malformed JSON"));
        };
        let unknown = object.keys().any(|key| !known.contains(&key.as_str()));
        if unknown { Err((400, "Unknown key")) } else { Ok(object) }
    }
}

/// The fields of a form.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// The credentials of HTTP's Basic.
pub(super) fn basic(username: &str, password: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{username}:{password}")))
}

/// The one recipient in a list.
pub(super) fn only_recipient(list: Option<&Value>) -> Option<&str> {
    match list?.as_array()?.as_slice() {
        [one] => one.as_str(),
        _ => None,
    }
}

/// A name that operators let through as a sender.
pub(super) fn is_sender(text: &str) -> bool {
    (3..=11).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.bytes().all(|b| b.is_ascii_alphanumeric())
}

pub(super) fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The pairs of a form, or `None` where it is not one in its charset.
fn pairs(body: &[u8], read: fn(Vec<u8>) -> Option<String>) -> Option<Vec<(String, String)>> {
    let body = std::str::from_utf8(body).ok()?;
    body.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((read(decode(name)?)?, read(decode(value)?)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [bytes.next()?, bytes.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            b if b.is_ascii() => b,
            _ => return None,
        });
    }
    Some(decoded)
}
