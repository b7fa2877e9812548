//! A double of an SMS gateway: one server over TLS, and a file for each provider whose format it speaks. It refuses what
//! the real one would.
//!
//! It runs on a thread of its own, so it answers whatever runtime the test uses. What it *took* ([`GatewayDouble::received`])
//! is every SMS that a real gateway would have sent on, whether or not its answer arrived; what it turned down is in
//! [`GatewayDouble::refused`]. Nothing is recorded of a request that was not read.

use std::{
    collections::VecDeque,
    io,
    net::{Ipv4Addr, TcpListener as StdListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
    time::{Duration, SystemTime},
};

use serde_json::Value;
use tokio::{
    io::{AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::{oneshot, watch},
};
use tokio_rustls::TlsAcceptor;

use super::certificate::LoopbackCertificate;

// The file has two parents, the harness and the suites of the crate that sends: one path for both.
#[path = "gateway/answer.rs"]
mod answer;
#[path = "gateway/forty_six_elks.rs"]
mod forty_six_elks;
#[path = "gateway/gatewayapi.rs"]
mod gatewayapi;
#[path = "gateway/generic.rs"]
mod generic;
#[path = "gateway/hellosms.rs"]
mod hellosms;
#[path = "gateway/link.rs"]
mod link;
#[path = "gateway/report.rs"]
mod report;
#[path = "gateway/request.rs"]
mod request;
#[path = "gateway/sinch.rs"]
mod sinch;
#[path = "gateway/telenor.rs"]
mod telenor;
#[path = "gateway/twilio.rs"]
mod twilio;
#[path = "gateway/xml.rs"]
mod xml;
use answer::{Answer, Http, write};
pub use forty_six_elks::FortySixElks;
pub use gatewayapi::GatewayApi;
pub use generic::Generic;
pub use hellosms::HelloSms;
pub use link::Link;
pub use report::{Fate, ReportRequest};
use request::{Request, read_request};
pub use sinch::Sinch;
pub use telenor::Telenor;
pub use twilio::Twilio;

/// What a provider does with requests and how it answers them.
pub trait Dialect: Send + Sync + 'static {
    /// The path and the query that SMS are sent to.
    fn target(&self) -> String;

    /// A tenant's settings for the account here, without the address.
    fn account(&self) -> Value;

    /// The account's password or token.
    fn password(&self) -> &'static str;

    /// What the real gateway would look at, in its order.
    ///
    /// # Errors
    /// The status and the text that turn the request down.
    fn check(&self, request: &Request) -> Result<Received, (u16, &'static str)>;

    /// The id that the provider gives the SMS with this number, from 1.
    fn id(&self, number: usize) -> String;

    /// What an account that wants reports has beside `reports = true`.
    fn wants_reports(&self, _: &mut Value) {}

    /// The report of an SMS, posted to this address and proved by this secret at this time (seconds since 1970); `None`
    /// where the provider posts none.
    fn report(&self, report: Reporting<'_>) -> Option<ReportRequest>;

    /// "Taken", for the SMS with this number.
    fn taken(&self, sms: &Received, number: usize) -> Http;

    /// "Refused" with a status of success, where the provider does so.
    fn refused_though_200(&self, sms: &Received) -> Option<Http>;

    /// A refusal with a status of its own.
    fn refusal(&self, status: u16, text: &str) -> Http;
}

/// What a report is made of.
pub struct Reporting<'a> {
    pub sms: &'a Received,
    pub id: String,
    pub fate: Fate,
    pub address: &'a str,
    pub secret: &'a str,
    pub at: i64,
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
    /// A status of success with an answer that says otherwise, as the provider writes it.
    Ok200ButFailed,
    /// Takes it and answers 200 with a page of something in between.
    Garbage,
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
    /// Whether the gateway was asked not to keep the text.
    pub unkept: bool,
    /// Our reference, where the provider takes one.
    pub reference: Option<String>,
    /// When the request had been read.
    pub at: SystemTime,
    /// Where it asked for reports, or that it did where the provider knows the address.
    pub callback: Option<String>,
    /// Until when it is worth delivering, as the provider wants that.
    pub expires: Option<String>,
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
    dialect: Box<dyn Dialect>,
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
pub struct GatewayDouble {
    shared: Arc<Shared>,
    port: u16,
    ca_pem: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl GatewayDouble {
    /// A double on a free port that accepts everything that is right.
    ///
    /// # Panics
    /// When it can't listen.
    pub fn start(dialect: impl Dialect) -> Self {
        Self::with_certificate(dialect, &LoopbackCertificate::new())
    }

    /// A double with a certificate that is known already, such as that of another one.
    ///
    /// # Panics
    /// When it can't listen.
    pub fn with_certificate(dialect: impl Dialect, certificate: &LoopbackCertificate) -> Self {
        let listener = StdListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("127.0.0.1 has a free port");
        listener.set_nonblocking(true).expect("a listener need not block");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let acceptor = certificate.acceptor();
        let state =
            State { mode: Mode::Accept, next: VecDeque::new(), received: Vec::new(), refused: Vec::new(), failing: 0 };
        let shared =
            Arc::new(Shared { dialect: Box::new(dialect), state: Mutex::new(state), taken: watch::Sender::new(0) });
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
        format!("https://127.0.0.1:{}{}", self.port, self.shared.dialect.target())
    }

    /// The only authority that vouches for the double.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// A tenant's settings for the account at this double.
    pub fn account(&self) -> Value {
        let mut account = self.shared.dialect.account();
        account["url"] = self.url().into();
        account["ca_pem"] = self.ca_pem().into();
        account
    }

    /// The same, with reports.
    pub fn reporting_account(&self) -> Value {
        let mut account = self.account();
        account["reports"] = true.into();
        self.shared.dialect.wants_reports(&mut account);
        account
    }

    /// The report of the SMS with this number, from 1, to this address; without one, to the address that came with it.
    ///
    /// # Panics
    /// When the SMS named none.
    pub fn report(&self, number: usize, fate: Fate, address: Option<&str>, secret: &str, at: i64) -> ReportRequest {
        let sms = &self.received()[number - 1];
        let address = address.or(sms.callback.as_deref()).expect("an address");
        self.report_on(Reporting { sms, id: self.id(number), fate, address, secret, at })
    }

    /// A report of whatever is written here, true or not.
    ///
    /// # Panics
    /// When the provider posts none.
    pub fn report_on(&self, report: Reporting<'_>) -> ReportRequest {
        self.shared.dialect.report(report).expect("a provider that reports")
    }

    /// The account's password or token.
    pub fn password(&self) -> &'static str {
        self.shared.dialect.password()
    }

    /// The id that the SMS with this number gets, from 1.
    pub fn id(&self, number: usize) -> String {
        self.shared.dialect.id(number)
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

    /// Waits until more than `earlier` SMS were taken, and returns those that came after them.
    pub async fn after(&self, earlier: usize) -> Vec<Received> {
        let _ = self.shared.taken.subscribe().wait_for(|taken| *taken > earlier).await;
        self.shared.state().received[earlier..].to_vec()
    }

    /// Waits until `count` SMS were taken, 1 at least, and returns all.
    ///
    /// # Panics
    /// When the deadline passes first.
    pub async fn wait_for(&self, count: usize, deadline: Duration) -> Vec<Received> {
        let enough = tokio::time::timeout(deadline, self.after(count - 1)).await.is_ok();
        let received = self.received();
        assert!(enough, "{count} SMS were awaited within {deadline:?}, {} came", received.len());
        received
    }
}

impl Drop for GatewayDouble {
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
        let answer = match shared.dialect.check(&request) {
            Ok(sms) => shared.decide(sms),
            Err((status, text)) => shared.refuse(status, text),
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
