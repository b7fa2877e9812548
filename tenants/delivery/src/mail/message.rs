//! A mail as bytes: headers, encodings, the text and its twin in HTML.

use std::borrow::Cow;

use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use portvakt_domain::delivery::Mail;

/// A mail ready to be handed over.
pub(super) struct Letter {
    pub(super) to: Address,
    pub(super) bytes: Vec<u8>,
}

/// Composes a mail, or says in fixed words why there can't be one.
pub(super) fn compose(mail: &Mail, from: &Mailbox) -> Result<Letter, &'static str> {
    let to: Address = mail.to.0.parse().map_err(|_| "the recipient's address is not a mail address")?;
    let id = &mail.message_id;
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'<' | b'>')) {
        return Err("the mail's Message-ID can't be used");
    }
    let reply_to = match &mail.reply_to {
        Some(address) => Some(address.0.parse().map_err(|_| "the address for answers is not a mail address")?),
        None => None,
    };
    let builder = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        .subject(one_line(&mail.subject))
        .message_id(Some(format!("<{id}>")))
        // RFC 3834: no absence notices back to us.
        .raw_header(HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned()));
    let builder = match reply_to {
        Some(address) => builder.reply_to(Mailbox::new(None, address)),
        None => builder,
    };
    let text = mail.text.0.clone();
    let message = match &mail.html {
        Some(html) => builder.multipart(MultiPart::alternative_plain_html(text, html.0.clone())),
        None => builder.singlepart(SinglePart::plain(text)),
    };
    let message = message.map_err(|_| "the mail could not be put together")?;
    Ok(Letter { to, bytes: message.formatted() })
}

/// A header's value: a line break in it would begin another header.
fn one_line(text: &str) -> Cow<'_, str> {
    if text.contains(char::is_control) { Cow::Owned(text.replace(char::is_control, " ")) } else { Cow::Borrowed(text) }
}
