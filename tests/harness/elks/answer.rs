//! What the gateway's double answers, by its mode.

use std::{
    io,
    time::{Duration, SystemTime},
};

use serde_json::json;
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{Mode, Received, Refused, Shared};

/// An HTTP answer: status, further headers, content type, body.
pub(super) struct Http(u16, String, &'static str, String);

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
            Mode::FailPercent(_) if fails => self.refuse(503, "Service unavailable".to_owned()),
            // Too late for the modes that act before reading: the connection was open already.
            Mode::Accept | Mode::FailPercent(_) | Mode::CloseBeforeRead | Mode::CloseBeforeTls => {
                Answer::Now(self.take(sms))
            }
            Mode::Slow(wait) => Answer::After(wait, self.take(sms)),
            Mode::Refuse(status, text) => self.refuse(status, text),
            Mode::Throttle429 => {
                self.refuse(429, String::new());
                Answer::Now(Http(429, "Retry-After: 1\r\n".to_owned(), "text/plain", "Too many requests".to_owned()))
            }
            Mode::Redirect(status, target) => {
                self.refuse(status, target.clone());
                Answer::Now(Http(status, format!("Location: {target}\r\n"), "text/plain", String::new()))
            }
            Mode::Ok200ButFailed => {
                let answer = json!({ "id": "s0failed", "status": "failed", "to": sms.to, "message": sms.message });
                self.refuse(200, "failed".to_owned());
                Answer::Now(Http(200, String::new(), "application/json", answer.to_string()))
            }
            Mode::NotJson => {
                self.take(sms);
                let page = "<html>A gateway in between says hello</html>";
                Answer::Now(Http(200, String::new(), "text/html", page.to_owned()))
            }
            Mode::HugeAnswer => {
                let mut answer = self.take(sms);
                answer.3.push_str(&" ".repeat(1024 * 1024));
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

    /// Records an SMS and makes the answer of 46elks to it.
    fn take(&self, sms: Received) -> Http {
        let mut state = self.state();
        let parts = sms.message.chars().count().div_ceil(153).max(1);
        let created = sms.at.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let answer = json!({
            "status": "created",
            "direction": "outgoing",
            "from": sms.from,
            "to": sms.to,
            "message": sms.message,
            "created": created.as_secs().to_string(),
            "parts": parts,
            "cost": 5200 * parts,
            "id": format!("s{:032x}", state.received.len() + 1),
        });
        state.received.push(sms);
        let taken = state.received.len();
        drop(state);
        self.taken.send_replace(taken);
        Http(200, String::new(), "application/json; charset=utf-8", answer.to_string())
    }

    /// Records a refusal and makes the answer, in plain text as 46elks does.
    pub(super) fn refuse(&self, status: u16, text: String) -> Answer {
        self.state().refused.push(Refused { status, text: text.clone() });
        Answer::Now(Http(status, String::new(), "text/plain; charset=utf-8", text))
    }
}

pub(super) async fn write(stream: &mut BufReader<TlsStream<TcpStream>>, answer: &Http, close: bool) -> io::Result<()> {
    let Http(status, headers, content_type, body) = answer;
    let connection = if close { "close" } else { "keep-alive" };
    let head = format!(
        "HTTP/1.1 {status} As scripted\r\nContent-Type: {content_type}\r\nContent-Length: {}\r\n\
         Connection: {connection}\r\n{headers}\r\n",
        body.len()
    );
    let stream = stream.get_mut();
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(body.as_bytes()).await?;
    stream.flush().await
}
