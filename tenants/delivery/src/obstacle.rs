//! What kept a connection from being made, in a few fixed words: error texts may hold addresses and answers.

use std::{error::Error, io};

/// Names what stood in the way, by the kinds of the error and its sources.
pub(crate) fn obstacle(error: &(dyn Error + 'static)) -> &'static str {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = of_one(error) {
            return found;
        }
        next = error.source();
    }
    "it could not be reached"
}

fn of_one(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(tls) = error.downcast_ref::<rustls::Error>() {
        return Some(match tls {
            rustls::Error::InvalidCertificate(_) => "its certificate is not trusted",
            _ => "no protected connection came about",
        });
    }
    let io = error.downcast_ref::<io::Error>()?;
    // What an `io::Error` wraps is not among its sources.
    if let Some(found) = io.get_ref().and_then(|inner| of_one(inner)) {
        return Some(found);
    }
    match io.kind() {
        io::ErrorKind::ConnectionRefused => Some("the connection was refused"),
        io::ErrorKind::TimedOut => Some("it did not answer in time"),
        io::ErrorKind::ConnectionReset
        | io::ErrorKind::ConnectionAborted
        | io::ErrorKind::BrokenPipe
        | io::ErrorKind::UnexpectedEof => Some("the connection was lost"),
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => Some("there is no way to it"),
        _ => None,
    }
}
