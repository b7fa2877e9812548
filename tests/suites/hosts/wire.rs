//! Requests byte by byte: what no well-behaved client would send.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// An answer as it came.
#[derive(Debug)]
pub struct Raw {
    pub status: u16,
    /// Status line and headers, in lower case.
    pub head: String,
    pub body: String,
}

impl Raw {
    /// A header's values, in lower case.
    pub fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(found, _)| *found == name).map(|(_, value)| value).collect()
    }
}

/// Sends a request line and headers as they are, without a body.
pub async fn send(server: SocketAddr, line: &str, headers: &[&str]) -> Raw {
    let mut stream = TcpStream::connect(server).await.expect("a connection");
    let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
    let request = format!("{line} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let answer = String::from_utf8(answer).expect("text");
    let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    Raw { status, head: head.to_lowercase(), body: body.to_owned() }
}

/// Fetches a path at a host.
pub async fn get(server: SocketAddr, host: &str, path: &str) -> Raw {
    send(server, &format!("GET {path}"), &[&format!("Host: {host}")]).await
}
