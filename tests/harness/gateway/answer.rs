//! What the gateway's double answers, by its mode.

use std::{io, time::Duration};

use serde_json::Value;
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{Mode, Received, Refused, Shared};

/// An HTTP answer.
pub struct Http {
    status: u16,
    headers: String,
    content_type: &'static str,
    body: Vec<u8>,
}

impl Http {
    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, "application/json; charset=utf-8", body.to_string())
    }

    pub(super) fn text(status: u16, body: &str) -> Self {
        Self::new(status, "text/plain; charset=utf-8", body)
    }

    pub(super) fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: String::new(), content_type, body: body.into() }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.headers = format!("{name}: {value}\r\n");
        self
    }
}

pub(super) enum Answer {
    Now(Http),
    After(Duration, Http),
    Part,
    HalfClose,
    Never,
}

impl Shared {
    /// Whether a mode that acts before a request is read is the one to use now; uses it up.
    pub(super) fn at_once(&self, wanted: impl Fn(&Mode) -> bool) -> bool {
        let mut state = self.state();
        match state.next.front() {
            Some(mode) => {
                let found = wanted(mode);
                if found {
                    state.next.pop_front();
                }
                found
            }
            None => wanted(&state.mode),
        }
    }

    /// Applies the mode to a request that is right.
    pub(super) fn decide(&self, sms: Received) -> Answer {
        let mut state = self.state();
        let mode = state.next.pop_front().unwrap_or_else(|| state.mode.clone());
        let fails = match mode {
            Mode::FailPercent(percent) => {
                state.failing += u32::from(percent);
                let fails = state.failing >= 100;
                state.failing %= 100;
                fails
            }
            _ => false,
        };
        drop(state);
        match mode {
            Mode::FailPercent(_) if fails => self.refuse(503, "Service unavailable"),
            // Too late for the modes that act before reading: the connection was open already.
            Mode::Accept | Mode::FailPercent(_) | Mode::CloseBeforeRead | Mode::CloseBeforeTls => {
                Answer::Now(self.take(sms))
            }
            Mode::Slow(wait) => Answer::After(wait, self.take(sms)),
            Mode::Refuse(status, text) => {
                self.note(status, &text);
                Answer::Now(Http::text(status, &text))
            }
            Mode::Throttle429 => {
                self.note(429, "");
                Answer::Now(self.dialect.refusal(429, "Too many requests").with("Retry-After", "1"))
            }
            Mode::Redirect(status, target) => {
                self.note(status, &target);
                Answer::Now(Http::text(status, "").with("Location", &target))
            }
            Mode::Ok200ButFailed => {
                self.note(200, "failed");
                let answer = self.dialect.refused_though_200(&sms);
                Answer::Now(answer.expect("a provider that refuses so"))
            }
            Mode::Garbage => {
                self.take(sms);
                Answer::Now(Http::new(200, "text/html", "<html>Something in between says hello</html>"))
            }
            Mode::HugeAnswer => {
                let mut answer = self.take(sms);
                answer.body.extend(std::iter::repeat_n(b' ', 1024 * 1024));
                Answer::Now(answer)
            }
            Mode::HangAfterRead => {
                self.take(sms);
                Answer::Never
            }
            Mode::CloseAfterRead => {
                self.take(sms);
                Answer::HalfClose
            }
            Mode::CloseInAnswer => {
                self.take(sms);
                Answer::Part
            }
        }
    }

    /// Records an SMS and makes the provider's answer to it.
    fn take(&self, sms: Received) -> Http {
        let mut state = self.state();
        let number = state.received.len() + 1;
        let answer = self.dialect.taken(&sms, number);
        state.received.push(sms);
        drop(state);
        self.taken.send_replace(number);
        answer
    }

    /// Records a refusal and makes the provider's answer.
    pub(super) fn refuse(&self, status: u16, text: &str) -> Answer {
        self.note(status, text);
        Answer::Now(self.dialect.refusal(status, text))
    }

    fn note(&self, status: u16, text: &str) {
        self.state().refused.push(Refused { status, text: text.to_owned() });
    }
}

pub(super) async fn write(stream: &mut BufReader<TlsStream<TcpStream>>, answer: &Http, close: bool) -> io::Result<()> {
    let Http { status, headers, content_type, body } = answer;
    let connection = if close { "close" } else { "keep-alive" };
    let head = format!(
        "HTTP/1.1 {status} As scripted\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: {connection}\r\n{headers}\r\n",
        body.len()
    );
    let stream = stream.get_mut();
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body).await?;
    stream.flush().await
}
