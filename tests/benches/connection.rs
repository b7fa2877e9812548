//! One kept connection of a browser: as little of HTTP as its requests need, so that who measures costs next to nothing.

use std::{
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The server hangs up on who says nothing for 5 seconds.
const KEPT: Duration = Duration::from_secs(3);

/// A kept connection.
pub struct Connection {
    server: SocketAddr,
    stream: Option<TcpStream>,
    used: Instant,
    buffer: Vec<u8>,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Answer {
    /// The value of a header, given in lower case with its colon.
    pub fn header(&self, name: &str) -> Option<&str> {
        let of = |line: &'_ str| line.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
        self.head.lines().find(|line| of(line)).map(|line| line[name.len()..].trim())
    }
}

impl Connection {
    /// To a server; made when it is needed.
    pub fn to(server: SocketAddr) -> Self {
        Self { server, stream: None, used: Instant::now(), buffer: Vec::with_capacity(16 * 1024) }
    }

    /// Sends a whole request and reads the whole answer.
    ///
    /// # Errors
    /// The server hung up, or does not answer as servers do.
    pub async fn send(&mut self, request: &str) -> io::Result<Answer> {
        if self.stream.is_none() || self.used.elapsed() > KEPT {
            let stream = TcpStream::connect(self.server).await?;
            stream.set_nodelay(true)?;
            self.stream = Some(stream);
        }
        let answer = self.exchange(request).await;
        if answer.is_err() {
            self.stream = None;
        }
        self.used = Instant::now();
        answer
    }

    async fn exchange(&mut self, request: &str) -> io::Result<Answer> {
        let lost = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let stream = self.stream.as_mut().ok_or_else(lost)?;
        stream.write_all(request.as_bytes()).await?;
        self.buffer.clear();
        let head_ends = loop {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(lost());
            }
            if let Some(at) = self.buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_ends]).into_owned();
        let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(lost)?;
        let mut answer = Answer { status, head, body: String::new() };
        let length: usize = answer.header("content-length:").and_then(|value| value.parse().ok()).unwrap_or_default();
        while self.buffer.len() < head_ends + length {
            if stream.read_buf(&mut self.buffer).await? == 0 {
                return Err(lost());
            }
        }
        answer.body = String::from_utf8_lossy(&self.buffer[head_ends..]).into_owned();
        Ok(answer)
    }
}
