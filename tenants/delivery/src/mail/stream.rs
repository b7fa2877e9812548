//! A connection that is to be protected by STARTTLS, guarded against answers slipped in before the protection.
//!
//! lettre reads ahead, and what it has read stays in its buffer when TLS begins: somebody on the wire could append to
//! the server's "go ahead" every answer that a client waits for, and have it believe that a mail was accepted
//! (CVE-2011-0411 tells of the same in servers). Read byte by byte, nothing is ahead: what was slipped in meets the TLS
//! handshake, which fails.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

/// The first byte of a TLS handshake record; no SMTP command begins with it.
const HANDSHAKE: u8 = 0x16;

/// TCP that hands out single bytes until the client begins TLS.
#[derive(Debug)]
pub(super) struct Guarded {
    tcp: TcpStream,
    protected: bool,
}

impl Guarded {
    pub(super) fn new(tcp: TcpStream) -> Self {
        Self { tcp, protected: false }
    }
}

impl AsyncRead for Guarded {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        if self.protected {
            return Pin::new(&mut self.tcp).poll_read(cx, buf);
        }
        let mut byte = [0; 1];
        let mut one = ReadBuf::new(&mut byte);
        ready!(Pin::new(&mut self.tcp).poll_read(cx, &mut one))?;
        buf.put_slice(one.filled());
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guarded {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        self.protected |= bytes.first() == Some(&HANDSHAKE);
        Pin::new(&mut self.tcp).poll_write(cx, bytes)
    }

    // Vectored writes are left to the default, which comes through `poll_write`.

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.tcp).poll_shutdown(cx)
    }
}

impl AsyncTokioStream for Guarded {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.tcp.peer_addr()
    }
}
