//! A gateway double that speaks 46elks's wire format over TLS, and refuses what the real one would.
//!
//! It runs on a thread of its own, so it answers whatever runtime the test uses. What it *took* ([`ElksDouble::received`])
//! is every SMS that a real gateway would have sent on, whether or not its answer arrived; what it turned down is in
//! [`ElksDouble::refused`]. Nothing is recorded of a request that was not read.

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, TcpListener as StdListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, SystemTime},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{oneshot, watch},
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

const USERNAME: &str = "u0123456789abcdef0123456789abcdef";
const PASSWORD: &str = "elks-password-0123456789ABCDEF";
const PATH: &str = "/a1/sms";
const FIELDS: [&str; 7] = ["from", "to", "message", "whendelivered", "dontlog", "flashsms", "dryrun"];
const LONGEST_MESSAGE: usize = 1_600;
const LONGEST_REQUEST: usize = 64 * 1024;

/// A certificate for `127.0.0.1` and `localhost`, and the authority that signed it, all as PEM.
#[derive(Clone)]
pub struct LoopbackCertificate {
    /// The authority's certificate.
    pub ca_pem: String,
    /// The server's certificate.
    pub certificate_pem: String,
    /// The server's key.
    pub key_pem: String,
}

impl LoopbackCertificate {
    /// A new authority and a new certificate.
    ///
    /// # Panics
    /// When no key can be made.
    pub fn new() -> Self {
        Self::make().expect("rcgen makes keys and certificates")
    }

    fn make() -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, "Authority of a test double");
        let authority_key = KeyPair::generate()?;
        let ca_pem = authority.self_signed(&authority_key)?.pem();
        let key = KeyPair::generate()?;
        let server = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        let certificate_pem = server.signed_by(&key, &Issuer::new(authority, authority_key))?.pem();
        Ok(Self { ca_pem, certificate_pem, key_pem: key.serialize_pem() })
    }
}

/// What the double does with a request that is right.
#[derive(Debug, Clone)]
pub enum Mode {
    /// Takes it and says so.
    Accept,
    /// Turns it down with this status and this text.
    Refuse(u16, String),
    /// 429 with `Retry-After`.
    Throttle429,
    /// Takes it, and says so after this time.
    Slow(Duration),
    /// Takes it and never answers.
    HangAfterRead,
    /// Takes it and closes its half of the connection instead of answering.
    CloseAfterRead,
    /// Takes it, and closes the connection in the middle of its answer.
    CloseInAnswer,
    /// Closes each connection after the TLS handshake, before anything is read.
    CloseBeforeRead,
    /// Closes each connection before the TLS handshake.
    CloseBeforeTls,
    /// 200 with JSON that says `"status":"failed"`.
    Ok200ButFailed,
    /// Takes it and answers 200 with a page instead of JSON.
    NotJson,
    /// Takes it and says so, with 1 MB of white space after it.
    HugeAnswer,
    /// This redirect status, to this address.
    Redirect(u16, String),
    /// 503 to so many of each 100 requests, evenly spread; takes the others.
    FailPercent(u8),
}

/// An SMS that the double took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The recipient.
    pub to: String,
    /// The sender.
    pub from: String,
    /// The text.
    pub message: String,
    /// What was asked not to be logged.
    pub dontlog: Option<String>,
    /// When the request had been read.
    pub at: SystemTime,
}

/// A request that the double turned down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// The status it got.
    pub status: u16,
    /// The text it got.
    pub text: String,
}

struct State {
    mode: Mode,
    next: VecDeque<Mode>,
    received: Vec<Received>,
    refused: Vec<Refused>,
    /// The running sum of [`Mode::FailPercent`]; a request fails when it passes 100.
    failing: u32,
}

struct Shared {
    state: Mutex<State>,
    /// The number of SMS taken, for those who wait.
    taken: watch::Sender<usize>,
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The running double; dropping it stops it.
pub struct ElksDouble {
    shared: Arc<Shared>,
    port: u16,
    ca_pem: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl ElksDouble {
    /// A double on a free port that accepts everything that is right.
    ///
    /// # Panics
    /// When it can't listen.
    pub fn start() -> Self {
        Self::on_port(0)
    }

    /// A double on this port of 127.0.0.1, for a server that was configured before.
    ///
    /// # Panics
    /// When it can't listen there.
    pub fn on_port(port: u16) -> Self {
        Self::with_certificate(port, &LoopbackCertificate::new())
    }

    /// A double with a certificate that is known already, such as that of one that was stopped.
    ///
    /// # Panics
    /// When it can't listen there.
    pub fn with_certificate(port: u16, certificate: &LoopbackCertificate) -> Self {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, port)).expect("the port of 127.0.0.1 is free");
        listener.set_nonblocking(true).expect("a listener need not block");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let acceptor = acceptor(certificate);
        let state =
            State { mode: Mode::Accept, next: VecDeque::new(), received: Vec::new(), refused: Vec::new(), failing: 0 };
        let shared = Arc::new(Shared { state: Mutex::new(state), taken: watch::Sender::new(0) });
        let (stop, stopped) = oneshot::channel();
        let served = Arc::clone(&shared);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
            runtime.block_on(async {
                tokio::select! {
                    () = listen(listener, acceptor, served) => {}
                    _ = stopped => {}
                }
            });
        });
        Self { shared, port, ca_pem: certificate.ca_pem.clone(), stop: Some(stop), thread: Some(thread) }
    }

    /// The address for SMS.
    pub fn url(&self) -> String {
        format!("https://127.0.0.1:{}{PATH}", self.port)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The only authority that vouches for the double.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The API user.
    pub fn username(&self) -> &'static str {
        USERNAME
    }

    /// The API password.
    pub fn password(&self) -> &'static str {
        PASSWORD
    }

    /// What to do from now on.
    pub fn set(&self, mode: Mode) {
        self.shared.state().mode = mode;
    }

    /// What to do with the next `times` requests, after those asked for before; then the mode that was set.
    pub fn next(&self, times: usize, mode: Mode) {
        self.shared.state().next.extend(std::iter::repeat_n(mode, times));
    }

    /// Every SMS taken, in order.
    pub fn received(&self) -> Vec<Received> {
        self.shared.state().received.clone()
    }

    /// Every request turned down, in order.
    pub fn refused(&self) -> Vec<Refused> {
        self.shared.state().refused.clone()
    }

    /// Waits until `count` SMS were taken, and returns all.
    ///
    /// # Panics
    /// When the deadline passes first.
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Vec<Received> {
        let mut taken = self.shared.taken.subscribe();
        let enough = tokio::time::timeout(deadline, taken.wait_for(|taken| *taken >= count)).await.is_ok();
        let received = self.received();
        assert!(enough, "{count} SMS were awaited within {deadline:?}, {} came", received.len());
        received
    }
}

impl Drop for ElksDouble {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // It may have ended already.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn acceptor(certificate: &LoopbackCertificate) -> TlsAcceptor {
    let chain = CertificateDer::pem_slice_iter(certificate.certificate_pem.as_bytes())
        .collect::<Result<Vec<_>, _>>()
        .expect("the certificate is PEM");
    let key = PrivateKeyDer::from_pem_slice(certificate.key_pem.as_bytes()).expect("the key is PEM");
    let config = rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .expect("the certificate and its key fit");
    TlsAcceptor::from(Arc::new(config))
}

async fn listen(listener: StdListener, acceptor: TlsAcceptor, shared: Arc<Shared>) {
    let listener = TcpListener::from_std(listener).expect("the listener belongs to this runtime");
    loop {
        let Ok((tcp, _)) = listener.accept().await else { continue };
        let (acceptor, shared) = (acceptor.clone(), Arc::clone(&shared));
        tokio::spawn(async move {
            // A client that goes away, or that does not trust us, is not the double's business.
            let _ = serve(tcp, acceptor, &shared).await;
        });
    }
}

/// One connection, request by request. The mode is looked at when it is needed: before anything is read for the two
/// that close then, otherwise when the request was read and found right.
async fn serve(tcp: TcpStream, acceptor: TlsAcceptor, shared: &Shared) -> io::Result<()> {
    if shared.at_once(|mode| matches!(mode, Mode::CloseBeforeTls)) {
        return Ok(());
    }
    let mut stream = BufReader::new(acceptor.accept(tcp).await?);
    if shared.at_once(|mode| matches!(mode, Mode::CloseBeforeRead)) {
        return stream.get_mut().shutdown().await;
    }
    while let Some(request) = read_request(&mut stream).await? {
        let close = request.close;
        let answer = match check(&request) {
            Ok(sms) => shared.decide(sms),
            Err((status, text)) => shared.refuse(status, text.to_owned()),
        };
        match answer {
            Answer::Now(answer) => write(&mut stream, &answer, close).await?,
            Answer::After(wait, answer) => {
                tokio::time::sleep(wait).await;
                write(&mut stream, &answer, close).await?;
            }
            Answer::Part => {
                stream.get_mut().write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n{\"id\":").await?;
                return stream.get_mut().shutdown().await;
            }
            Answer::HalfClose => {
                stream.get_mut().shutdown().await?;
                // The other half stays open until the client closes it.
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
                return Ok(());
            }
            Answer::Never => {
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
                return Ok(());
            }
        }
        if close {
            return stream.get_mut().shutdown().await;
        }
    }
    Ok(())
}

struct Request {
    method: String,
    target: String,
    authorization: Option<String>,
    content_type: Option<String>,
    body: Vec<u8>,
    close: bool,
}

/// HTTP/1.1 with `Content-Length` bodies; anything else ends the connection. `None` when the client is done.
async fn read_request(stream: &mut BufReader<TlsStream<TcpStream>>) -> io::Result<Option<Request>> {
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
            _ => {}
        }
    }
    if length > LONGEST_REQUEST {
        return Err(nonsense("a body without measure"));
    }
    request.body = vec![0; length];
    stream.read_exact(&mut request.body).await?;
    Ok(Some(request))
}

/// What the real gateway would look at, in its order.
fn check(request: &Request) -> Result<Received, (u16, &'static str)> {
    if request.target != PATH {
        return Err((404, "Not found"));
    }
    if request.method != "POST" {
        return Err((405, "Method not allowed"));
    }
    let expected = format!("Basic {}", BASE64_STANDARD.encode(format!("{USERNAME}:{PASSWORD}")));
    if request.authorization.as_deref() != Some(expected.as_str()) {
        return Err((401, "API access requires Basic HTTP authentication"));
    }
    let content_type = request.content_type.as_deref().unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
        return Err((400, "Content-Type must be application/x-www-form-urlencoded"));
    }
    let fields = form(&request.body).ok_or((400, "Malformed form"))?;
    for (index, (name, _)) in fields.iter().enumerate() {
        if !FIELDS.contains(&name.as_str()) {
            return Err((400, "Unknown parameter"));
        }
        if fields[..index].iter().any(|(earlier, _)| earlier == name) {
            return Err((400, "Parameter given twice"));
        }
    }
    let field = |name: &str| fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone());
    let required = |name: &str, text: &'static str| field(name).filter(|value| !value.is_empty()).ok_or((400, text));
    let to = required("to", "Missing key to")?;
    if !is_e164(&to) {
        return Err((400, "Invalid to number"));
    }
    let from = required("from", "Missing key from")?;
    let named = (3..=11).contains(&from.len())
        && from.starts_with(|c: char| c.is_ascii_alphabetic())
        && from.bytes().all(|b| b.is_ascii_alphanumeric());
    if !named && !is_e164(&from) {
        return Err((400, "Invalid from"));
    }
    let message = required("message", "Missing key message")?;
    if message.chars().count() > LONGEST_MESSAGE {
        return Err((400, "Message too long"));
    }
    let dontlog = field("dontlog");
    if dontlog.iter().flat_map(|list| list.split(',')).any(|what| !["message", "from", "to"].contains(&what)) {
        return Err((400, "Invalid dontlog"));
    }
    Ok(Received { to, from, message, dontlog, at: SystemTime::now() })
}

fn is_e164(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (7..=15).contains(&digits.len()) && !digits.starts_with('0') && digits.bytes().all(|b| b.is_ascii_digit())
    })
}

/// The pairs of a form, or `None` where it is not one of UTF-8.
fn form(body: &[u8]) -> Option<Vec<(String, String)>> {
    let body = std::str::from_utf8(body).ok()?;
    body.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=')?;
            Some((decode(name)?, decode(value)?))
        })
        .collect()
}

fn decode(text: &str) -> Option<String> {
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
    String::from_utf8(decoded).ok()
}

/// An HTTP answer: status, further headers, content type, body.
struct Http(u16, String, &'static str, String);

enum Answer {
    Now(Http),
    After(Duration, Http),
    Part,
    HalfClose,
    Never,
}

impl Shared {
    /// Whether a mode that acts before a request is read is the one to use now; uses it up.
    fn at_once(&self, wanted: impl Fn(&Mode) -> bool) -> bool {
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
    fn decide(&self, sms: Received) -> Answer {
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
    fn refuse(&self, status: u16, text: String) -> Answer {
        self.state().refused.push(Refused { status, text: text.clone() });
        Answer::Now(Http(status, String::new(), "text/plain; charset=utf-8", text))
    }
}

async fn write(stream: &mut BufReader<TlsStream<TcpStream>>, answer: &Http, close: bool) -> io::Result<()> {
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
