//! A wire between the platform and a controller that can be held: requests are counted and stopped one by one, answers
//! are withheld. What runs over it stays encrypted.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{oneshot, watch},
    task::JoinHandle,
};

/// The record type of TLS that carries what applications say.
const APPLICATION_DATA: u8 = 23;

/// Listens beside a server, on the server's own address: certificates name addresses, not ports.
pub struct Wire {
    pub address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

struct Shared {
    to: SocketAddr,
    requests: AtomicU64,
    connections: AtomicU64,
    /// Answers on connections with lower numbers are withheld.
    held: watch::Sender<u64>,
    trap: Mutex<Option<Trap>>,
    /// Nothing passes, and nothing stays open.
    cut: watch::Sender<bool>,
}

struct Trap {
    at: u64,
    caught: oneshot::Sender<Caught>,
}

/// A request that is stopped on its way; it goes on when this is dropped.
pub struct Caught(#[expect(dead_code, reason = "its end is what is waited for")] oneshot::Sender<()>);

impl Wire {
    pub async fn to(address: IpAddr, port: u16) -> Self {
        let listener = TcpListener::bind((address, 0)).await.expect("a free port");
        let shared = Arc::new(Shared {
            to: SocketAddr::from((address, port)),
            requests: AtomicU64::new(0),
            connections: AtomicU64::new(0),
            held: watch::Sender::new(0),
            trap: Mutex::default(),
            cut: watch::Sender::new(false),
        });
        let address = listener.local_addr().expect("an address");
        let task = tokio::spawn(accept(listener, shared.clone()));
        Self { address, shared, task }
    }

    /// Where the platform is to connect.
    pub fn url(&self) -> String {
        format!("ldaps://{}", self.address)
    }

    /// Pieces of application data that went to the server until now: one for each LDAP request, and what TLS itself
    /// says after a handshake.
    pub fn requests(&self) -> u64 {
        self.shared.requests.load(Ordering::SeqCst)
    }

    /// Stops the n-th request from now on before it reaches the server.
    pub fn stop_at(&self, n: u64) -> oneshot::Receiver<Caught> {
        let (caught, wait) = oneshot::channel();
        *self.shared.trap.lock().expect("unpoisoned") = Some(Trap { at: self.requests() + n, caught });
        wait
    }

    /// Withholds every answer from now on, also on new connections.
    pub fn hold_answers(&self) {
        self.shared.held.send_replace(u64::MAX);
    }

    /// Withholds answers on the connections there are; new ones are free.
    pub fn hold_answers_on_old_connections(&self) {
        self.shared.held.send_replace(self.shared.connections.load(Ordering::SeqCst));
    }

    /// Ends every connection, and every new one as soon as it is made.
    pub fn cut(&self) {
        self.shared.cut.send_replace(true);
    }

    /// Takes connections again.
    pub fn mend(&self) {
        self.shared.cut.send_replace(false);
    }

    /// Connections that were begun until now.
    pub fn connections(&self) -> u64 {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Lets everything pass.
    pub fn free(&self) {
        self.shared.held.send_replace(0);
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    loop {
        let (client, _) = listener.accept().await.expect("a connection");
        let number = shared.connections.fetch_add(1, Ordering::SeqCst);
        let shared = shared.clone();
        tokio::spawn(async move {
            let Ok(server) = TcpStream::connect(shared.to).await else { return };
            for socket in [&client, &server] {
                socket.set_nodelay(true).expect("a connected socket");
            }
            let (from_client, to_client) = client.into_split();
            let (from_server, to_server) = server.into_split();
            let (mut cut, held) = (shared.cut.subscribe(), shared.held.subscribe());
            tokio::select! {
                _ = cut.wait_for(|cut| *cut) => {}
                // The server may have the last word after the client has said its own.
                _ = async { tokio::join!(requests(from_client, to_server, &shared), answers(from_server, to_client, held, number)) } => {}
            }
        });
    }
}

/// Passes records on, one by one. Ends with the connection.
async fn requests(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: &Shared) {
    let mut head = [0; 5];
    while from.read_exact(&mut head).await.is_ok() {
        let mut record = head.to_vec();
        record.resize(5 + usize::from(u16::from_be_bytes([head[3], head[4]])), 0);
        if from.read_exact(&mut record[5..]).await.is_err() {
            return;
        }
        if head[0] == APPLICATION_DATA {
            let count = shared.requests.fetch_add(1, Ordering::SeqCst) + 1;
            let trap = shared.trap.lock().expect("unpoisoned").take_if(|trap| trap.at == count);
            if let Some(trap) = trap {
                let (free, freed) = oneshot::channel();
                let _ = trap.caught.send(Caught(free));
                let _ = freed.await;
            }
        }
        if to.write_all(&record).await.is_err() {
            return;
        }
    }
}

async fn answers(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut held: watch::Receiver<u64>, number: u64) {
    let mut piece = vec![0; 16 * 1024];
    while let Ok(length @ 1..) = from.read(&mut piece).await {
        if held.wait_for(|held| *held <= number).await.is_err() || to.write_all(&piece[..length]).await.is_err() {
            return;
        }
    }
}
