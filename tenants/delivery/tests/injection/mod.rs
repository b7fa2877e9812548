//! Somebody on the wire who appends answers to the server's last word before the protection begins.

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};

use crate::certificate::LoopbackCertificate;

/// Everything a client waits for, up to "your mail is accepted".
const SLIPPED_IN: &str =
    "220 begin\r\n250-mail.test\r\n250 AUTH PLAIN\r\n235 welcome\r\n250 ok\r\n250 ok\r\n354 go on\r\n250 accepted\r\n";

/// A server whose protected side refuses every mail, and what was slipped in front of it. One connection.
pub(crate) async fn serve(certificate: &LoopbackCertificate) -> u16 {
    let acceptor = certificate.acceptor();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        let (tcp, _) = listener.accept().await.expect("a client");
        let mut plain = BufReader::new(tcp);
        plain.get_mut().write_all(b"220 mail.test\r\n").await.expect("a client that listens");
        answer(&mut plain, "STARTTLS", "250-mail.test\r\n250 STARTTLS\r\n").await;
        plain.get_mut().write_all(SLIPPED_IN.as_bytes()).await.expect("a client that listens");
        // Whoever noticed is gone.
        if let Ok(protected) = acceptor.accept(plain.into_inner()).await {
            answer(&mut BufReader::new(protected), "", "554 no\r\n").await;
        }
    });
    port
}

/// Gives every line the same answer, until a line that begins so.
async fn answer(stream: &mut BufReader<impl AsyncRead + AsyncWrite + Unpin>, until: &str, answer: &str) {
    let mut line = String::new();
    while stream.read_line(&mut line).await.is_ok_and(|read| read > 0) {
        if !until.is_empty() && line.starts_with(until) {
            return;
        }
        if stream.get_mut().write_all(answer.as_bytes()).await.is_err() {
            return;
        }
        line.clear();
    }
}
