//! A real SMTP server for tests: `mailserver.py` on Debian's python3-aiosmtpd, as a process of its own.

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::Duration,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::Value;
use tokio::sync::watch;

use super::certificate::LoopbackCertificate;

/// How the server protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// STARTTLS, and nothing before it.
    Starttls,
    /// TLS from the first byte.
    Tls,
    /// None: a server that a careful client turns away from.
    Plain,
}

/// A mail that the server read to its end.
#[derive(Debug, Clone)]
pub struct ReceivedMail {
    /// The envelope's sender.
    pub sender: String,
    /// The envelope's recipients.
    pub recipients: Vec<String>,
    /// Whether the client had signed in.
    pub signed_in: bool,
    /// Whether the connection was protected.
    pub protected: bool,
    /// Whether the server said that it has the mail.
    pub answered: bool,
    /// The mail as it was sent.
    pub raw: String,
    /// Its headers, decoded, in order.
    pub headers: Vec<(String, String)>,
    /// Its content type, without parameters.
    pub content_type: String,
    /// Its text, decoded.
    pub text: Option<String>,
    /// Its HTML, decoded.
    pub html: Option<String>,
}

impl ReceivedMail {
    /// A header's value, decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    fn from_event(event: &Value) -> Option<Self> {
        let text = |key: &str| event.get(key).and_then(Value::as_str).map(ToOwned::to_owned);
        let yes = |key: &str| event.get(key).and_then(Value::as_bool);
        let raw = BASE64_STANDARD.decode(event.get("raw")?.as_str()?).ok()?;
        Some(Self {
            sender: text("sender")?,
            recipients: serde_json::from_value(event.get("recipients")?.clone()).ok()?,
            signed_in: yes("signed_in")?,
            protected: yes("protected")?,
            answered: yes("answered")?,
            raw: String::from_utf8_lossy(&raw).into_owned(),
            headers: serde_json::from_value(event.get("headers")?.clone()).ok()?,
            content_type: text("content_type")?,
            text: text("text"),
            html: text("html"),
        })
    }
}

#[derive(Default)]
struct Seen {
    mails: Vec<ReceivedMail>,
    connections: usize,
    sign_ins: Vec<bool>,
    /// How often the server was asked to tell all that happened so far, and how often it has.
    asked: usize,
    told: usize,
    /// The server has ended: nothing more will be told.
    ended: bool,
}

struct Shared {
    seen: Mutex<Seen>,
    /// Signalled when `told` or `ended` changes.
    caught_up: Condvar,
    /// The number of mails, for those who wait.
    taken: watch::Sender<usize>,
}

impl Shared {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running server; dropping it stops it.
pub struct MailServer {
    /// Its port on 127.0.0.1.
    pub port: u16,
    /// The only authority that vouches for it.
    pub ca_pem: String,
    shared: Arc<Shared>,
    process: Child,
    input: ChildStdin,
    reader: Option<JoinHandle<()>>,
}

impl MailServer {
    /// A server on a free port.
    ///
    /// # Panics
    /// When it does not start: python3-aiosmtpd is missing.
    pub fn start(protection: Protection) -> Self {
        Self::with_certificate(protection, 0, &LoopbackCertificate::new())
    }

    /// A server on this port with a certificate that is known already, such as those of one that was stopped.
    ///
    /// # Panics
    /// When it does not start.
    pub fn with_certificate(protection: Protection, port: u16, certificate: &LoopbackCertificate) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (chain, key) = (folder.path().join("certificate.pem"), folder.path().join("key.pem"));
        std::fs::write(&chain, &certificate.certificate_pem).expect("the folder can be written to");
        std::fs::write(&key, &certificate.key_pem).expect("the folder can be written to");
        let mode = match protection {
            Protection::Starttls => "starttls",
            Protection::Tls => "tls",
            Protection::Plain => "plain",
        };
        // Debian's own Python: the first in the path may be another, which lacks aiosmtpd.
        let mut process = Command::new("/usr/bin/python3")
            .args(["-c", include_str!("mailserver.py"), mode, &port.to_string()])
            .args([&chain, &key])
            .args([Self::USERNAME, Self::PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("/usr/bin/python3 starts");
        let mut lines = BufReader::new(process.stdout.take().expect("standard output is piped"));
        let mut first = String::new();
        lines.read_line(&mut first).expect("the server tells its port");
        let listening: Value = serde_json::from_str(&first).unwrap_or_default();
        let port = listening.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok());
        let port = port.expect("the mail server starts (Debian's python3-aiosmtpd is installed)");
        let shared =
            Arc::new(Shared { seen: Mutex::default(), caught_up: Condvar::new(), taken: watch::Sender::new(0) });
        let input = process.stdin.take().expect("standard input is piped");
        let reader = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || read(lines, &shared)
        });
        Self { port, ca_pem: certificate.ca_pem.clone(), shared, process, input, reader: Some(reader) }
    }

    /// The user that may send.
    pub const USERNAME: &str = "portvakt";
    /// Its password.
    pub const PASSWORD: &str = "mail-password-0123456789abcdef";

    /// Every mail that was read to its end, in order.
    pub fn mails(&self) -> Vec<ReceivedMail> {
        self.by_now().mails.clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.by_now().connections
    }

    /// Every attempt to sign in, in order: whether it was right.
    pub fn sign_ins(&self) -> Vec<bool> {
        self.by_now().sign_ins.clone()
    }

    /// What the server saw until now. It answers its clients before its report is read here, so it is asked for a mark,
    /// and everything before the mark has been read when that arrives.
    fn by_now(&self) -> MutexGuard<'_, Seen> {
        let mut seen = self.shared.seen();
        seen.asked += 1;
        let mark = seen.asked;
        // When it has ended, its output has too, and `ended` says so.
        let _ = (&self.input).write_all(b"\n");
        let behind = |seen: &mut Seen| seen.told < mark && !seen.ended;
        self.shared.caught_up.wait_while(seen, behind).unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until `count` mails were read, and returns all.
    ///
    /// # Panics
    /// When the deadline passes first.
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Vec<ReceivedMail> {
        let mut taken = self.shared.taken.subscribe();
        let enough = tokio::time::timeout(deadline, taken.wait_for(|taken| *taken >= count)).await.is_ok();
        let mails = self.mails();
        assert!(enough, "{count} mails were awaited within {deadline:?}, {} came", mails.len());
        mails
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

fn read(lines: BufReader<ChildStdout>, shared: &Shared) {
    for line in lines.lines().map_while(Result::ok) {
        if !note(&line, shared) {
            eprintln!("the mail server tells what the harness does not understand: {line}");
            break;
        }
    }
    shared.seen().ended = true;
    shared.caught_up.notify_all();
}

/// Whether it was understood. It does not panic: whoever waits for more would wait for ever.
fn note(line: &str, shared: &Shared) -> bool {
    let event: Value = serde_json::from_str(line).unwrap_or_default();
    let mut seen = shared.seen();
    match event.get("event").and_then(Value::as_str) {
        Some("connection") => seen.connections += 1,
        Some("sign_in") => seen.sign_ins.push(event.get("right").and_then(Value::as_bool).unwrap_or_default()),
        Some("mail") => {
            let Some(mail) = ReceivedMail::from_event(&event) else { return false };
            seen.mails.push(mail);
            shared.taken.send_replace(seen.mails.len());
        }
        Some("mark") => {
            seen.told += 1;
            shared.caught_up.notify_all();
        }
        _ => return false,
    }
    true
}
