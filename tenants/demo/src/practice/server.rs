//! A domain controller: a listener, its connections, and the handle that a test or the demo holds.

use std::{fmt, future, io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{mpsc, oneshot},
    task::{JoinHandle, JoinSet},
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{
    domain::Domain,
    faults::{Fault, Faults, Operation, Operations},
    session::{self, Context},
    tls::{self, Identity},
};

const HANDSHAKE: Duration = Duration::from_secs(10);
const BACKLOG: u32 = 1024;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened on.
    #[error("the practice directory cannot listen on its address")]
    Listen(#[from] io::Error),
    /// No certificate could be made.
    #[error("the practice directory could not make its certificate")]
    Certificate(#[from] rcgen::Error),
    /// The certificate is of no use to TLS.
    #[error("the practice directory could not set up TLS")]
    Tls(#[from] rustls::Error),
}

/// One running domain controller. Dropping it ends it and its connections.
pub struct PracticeDirectory {
    address: SocketAddr,
    identity: Option<Identity>,
    context: Arc<Context>,
    orders: mpsc::UnboundedSender<(Order, oneshot::Sender<()>)>,
    task: JoinHandle<()>,
}

impl fmt::Debug for PracticeDirectory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PracticeDirectory").field("address", &self.address).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy, Debug)]
enum Order {
    Drop,
    Refuse,
    Accept,
    Stop,
}

impl PracticeDirectory {
    /// Serves a domain over LDAPS; port 0 takes any free one.
    ///
    /// # Errors
    /// When the address is taken or the certificate cannot be made.
    pub async fn start(domain: Domain, address: SocketAddr) -> Result<Self, StartError> {
        let identity = tls::identity(address.ip(), &format!("dc1.{}", domain.dns_name()))?;
        Self::launch(domain, address, Some(identity))
    }

    /// Serves a domain over plain LDAP, to show that a client refuses it; no password can be written here.
    ///
    /// # Errors
    /// When the address is taken.
    pub async fn start_without_tls(domain: Domain, address: SocketAddr) -> Result<Self, StartError> {
        Self::launch(domain, address, None)
    }

    fn launch(domain: Domain, address: SocketAddr, identity: Option<Identity>) -> Result<Self, StartError> {
        let listener = listen(address)?;
        let address = listener.local_addr()?;
        let context = Arc::new(Context { domain, faults: Faults::default() });
        let (orders, inbox) = mpsc::unbounded_channel();
        let acceptor = identity.as_ref().map(|identity| TlsAcceptor::from(identity.config.clone()));
        let task = tokio::spawn(run(listener, address, context.clone(), acceptor, inbox));
        Ok(Self { address, identity, context, orders, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a URL.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.identity.is_some() { "ldaps" } else { "ldap" };
        format!("{scheme}://{}", self.address)
    }

    /// The certificate of its authority, in PEM; empty without TLS.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        self.identity.as_ref().map_or("", |identity| identity.ca_pem.as_str())
    }

    /// The domain that it serves.
    #[must_use]
    pub fn domain(&self) -> &Domain {
        &self.context.domain
    }

    /// What came in until now.
    #[must_use]
    pub fn operations(&self) -> Operations {
        self.context.faults.counts()
    }

    /// Makes every operation of a kind fail until [`PracticeDirectory::heal`].
    pub fn fail(&self, operation: Operation, fault: Fault) {
        self.context.faults.set(operation, fault, None);
    }

    /// Makes the next operation of a kind fail.
    pub fn fail_once(&self, operation: Operation, fault: Fault) {
        self.context.faults.set(operation, fault, Some(1));
    }

    /// Accepts operations of a kind and never answers them; nothing is applied.
    pub fn stall(&self, operation: Operation) {
        self.fail(operation, Fault::Ignored);
    }

    /// Ends all faults. Requests that were left without an answer stay so.
    pub fn heal(&self) {
        self.context.faults.clear();
    }

    /// Cuts every connection; new ones are accepted.
    pub async fn drop_connections(&self) {
        self.order(Order::Drop).await;
    }

    /// Cuts every connection and refuses new ones, as a machine that is switched off.
    pub async fn refuse_connections(&self) {
        self.order(Order::Refuse).await;
    }

    /// Listens again on the same address.
    pub async fn accept_connections(&self) {
        self.order(Order::Accept).await;
    }

    /// Ends the server and its connections.
    pub async fn shutdown(self) {
        self.order(Order::Stop).await;
    }

    async fn order(&self, order: Order) {
        let (done, wait) = oneshot::channel();
        if self.orders.send((order, done)).is_ok() {
            let _ = wait.await;
        }
    }
}

impl Drop for PracticeDirectory {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // So that a server can come back on the address while old connections are still dying.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn run(
    listener: TcpListener,
    address: SocketAddr,
    context: Arc<Context>,
    acceptor: Option<TlsAcceptor>,
    mut inbox: mpsc::UnboundedReceiver<(Order, oneshot::Sender<()>)>,
) {
    let mut listener = Some(listener);
    // Aborted with all connections when the server ends or is dropped.
    let mut sessions = JoinSet::new();
    loop {
        while sessions.try_join_next().is_some() {}
        let accepted = async {
            match &listener {
                Some(listener) => listener.accept().await,
                None => future::pending().await,
            }
        };
        tokio::select! {
            accepted = accepted => match accepted {
                Ok((stream, _)) => {
                    let fault = context.faults.take(Operation::Connect);
                    sessions.spawn(connection(stream, context.clone(), acceptor.clone(), fault));
                }
                Err(error) => {
                    tracing::debug!(%error, "practice directory: a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            },
            order = inbox.recv() => {
                let Some((order, done)) = order else { return };
                match order {
                    Order::Drop => sessions.shutdown().await,
                    Order::Refuse => {
                        listener = None;
                        sessions.shutdown().await;
                    }
                    Order::Accept if listener.is_none() => match listen(address) {
                        Ok(again) => listener = Some(again),
                        Err(error) => tracing::error!(%error, "practice directory: the address is taken"),
                    },
                    Order::Accept => {}
                    Order::Stop => {
                        drop(listener);
                        sessions.shutdown().await;
                        let _ = done.send(());
                        return;
                    }
                }
                let _ = done.send(());
            }
        }
    }
}

async fn connection(stream: TcpStream, context: Arc<Context>, acceptor: Option<TlsAcceptor>, fault: Option<Fault>) {
    match fault {
        Some(Fault::Delayed(delay)) => tokio::time::sleep(delay).await,
        Some(Fault::Ignored | Fault::AppliedUnanswered) => future::pending().await,
        Some(_) => return,
        None => {}
    }
    let _ = stream.set_nodelay(true);
    match acceptor {
        Some(acceptor) => match timeout(HANDSHAKE, acceptor.accept(stream)).await {
            Ok(Ok(stream)) => session::serve(stream, context, true).await,
            Ok(Err(error)) => tracing::debug!(%error, "practice directory: no TLS"),
            Err(_) => {}
        },
        None => session::serve(stream, context, false).await,
    }
}
