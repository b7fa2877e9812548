//! All wiring, no logic: parts in, a running server out.

use std::{
    future::Future,
    net::{SocketAddr, TcpListener},
    sync::{Arc, Mutex},
};

use actix_web::{
    App as ActixApp, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web::{self, Data, ServiceConfig},
};
use ipnet::IpNet;
use portvakt_domain::{keys::KeyRing, random::Random, time::Clock};
use portvakt_flows::{Platform, subjects::Subjects};
use portvakt_storage::{DatabaseSettings, StorageError, Store};
use portvakt_texts::{TextError, Texts};
use secrecy::SecretString;
use tokio::{runtime::Handle, sync::Notify, task::JoinHandle};

use crate::{
    adapters::Adapters,
    edge,
    metrics::Metrics,
    portal,
    registry::{REFRESH_EVERY, Registry},
    routes,
    settings::{ListenSection, WorkerSection},
    shared::Shared,
    worker::{Worker, chain},
};

/// What an app is built from. `serve`, `demo` and tests differ only here.
pub struct Parts {
    /// Where to listen; port 0 takes a free one.
    pub listen: ListenSection,
    /// The database.
    pub database: DatabaseSettings,
    /// The key ring.
    pub keys: Arc<KeyRing>,
    /// Our own proxies.
    pub proxies: Vec<IpNet>,
    /// The worker.
    pub worker: WorkerSection,
    /// Now.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Metrics; adapters may report to the same set.
    pub metrics: Arc<Metrics>,
    /// Makes each tenant's adapters. Given the address that was taken, since the demo's links hold its port.
    pub adapters: Box<dyn FnOnce(SocketAddr) -> Arc<dyn Adapters> + Send>,
    /// Pages on hosts that belong to no tenant; only the demo has some.
    pub front: Option<Front>,
    /// What the operator's own programs show; without one nobody asks the API.
    pub operator_token: Option<SecretString>,
    /// How much wider than the default limits per client network are.
    pub network_limit_factor: i64,
}

/// Pages on hosts that belong to no tenant.
#[derive(Clone)]
pub struct Front {
    /// The hosts.
    pub hosts: Vec<String>,
    /// Their routes.
    pub routes: Arc<dyn Fn(&mut ServiceConfig) + Send + Sync>,
}

/// Why an app can't be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// An address can't be listened on.
    #[error("can't listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
    /// The database.
    #[error("database")]
    Storage(#[from] StorageError),
    /// The texts that come with the platform.
    #[error("texts")]
    Texts(#[from] TextError),
}

/// A server that listens.
pub struct App {
    /// Where browsers reach it.
    pub public: SocketAddr,
    /// Where monitoring reaches it.
    pub internal: SocketAddr,
    /// What its requests share.
    pub shared: Data<Shared>,
    /// Its worker; it runs by itself unless the settings say otherwise.
    pub worker: Arc<Worker>,
    servers: Vec<Server>,
    refresher: JoinHandle<()>,
    /// `None` where tests run the jobs by hand.
    working: Option<JoinHandle<()>>,
}

impl App {
    /// Builds the app and listens; nobody is answered before [`App::run_until`].
    ///
    /// # Errors
    /// An address that is taken, a database that does not open.
    pub async fn build(parts: Parts) -> Result<Self, BuildError> {
        let public = listen(parts.listen.public)?;
        let internal = listen(parts.listen.internal)?;
        let (public_address, internal_address) =
            (address(&public, parts.listen.public)?, address(&internal, parts.listen.internal)?);

        let store = Store::open(parts.database, Handle::current()).await?;
        let texts = Arc::new(Texts::new()?);
        let wake = Arc::new(Notify::new());
        let waker = wake.clone();
        let platform = Arc::new(Platform {
            store: store.clone(),
            keys: parts.keys.clone(),
            subjects: Subjects::new(parts.keys.clone()),
            tally: Mutex::default(),
            clock: parts.clock,
            random: parts.random,
            meter: parts.metrics.clone(),
            wake: Arc::new(move || waker.notify_one()),
            network_limit_factor: parts.network_limit_factor,
        });
        let registry = Arc::new(Registry::new(store, parts.keys, (parts.adapters)(public_address), texts.clone()));
        registry.refresh().await?;
        platform.subjects.agree(&platform.store).await?;
        let worker = Arc::new(Worker::new(
            platform.clone(),
            registry.clone(),
            parts.metrics.clone(),
            parts.worker.clone(),
            wake,
        ));
        let front = parts.front;
        let shared = Data::new(Shared {
            platform: platform.clone(),
            registry: registry.clone(),
            texts,
            metrics: parts.metrics,
            proxies: parts.proxies,
            operator_token: parts.operator_token,
            front_hosts: front.as_ref().map(|front| front.hosts.clone()).unwrap_or_default(),
        });

        let servers = vec![
            public_server(public, shared.clone(), front)
                .map_err(|source| BuildError::Listen { address: public_address, source })?,
            internal_server(internal, shared.clone())
                .map_err(|source| BuildError::Listen { address: internal_address, source })?,
        ];
        let refresher = tokio::spawn(keep_refreshing(platform, registry));
        let working = parts.worker.enabled.then(|| tokio::spawn(worker.clone().run()));
        Ok(Self { public: public_address, internal: internal_address, shared, worker, servers, refresher, working })
    }

    /// Handles that stop the servers.
    pub fn handles(&self) -> Vec<ServerHandle> {
        self.servers.iter().map(Server::handle).collect()
    }

    /// Answers until `stop` is ready, or until a part ends by itself: a process without its worker or its server is none.
    ///
    /// # Errors
    /// What ended it.
    pub async fn run_until(self, stop: impl Future<Output = ()>) -> std::io::Result<()> {
        let handles = self.handles();
        let mut tasks = tokio::task::JoinSet::new();
        for server in self.servers {
            tasks.spawn(server);
        }
        let mut working = self.working;
        let outcome = tokio::select! {
            () = stop => Ok(()),
            ended = tasks.join_next() => match ended {
                Some(Ok(result)) => result,
                _ => Err(std::io::Error::other("a server ended")),
            },
            () = ended(&mut working) => Err(std::io::Error::other("the worker ended")),
        };
        self.worker.stop();
        for handle in handles {
            handle.stop(true).await;
        }
        self.refresher.abort();
        if let Some(task) = working.filter(|task| !task.is_finished()) {
            // It ends by itself, within the time that its settings give it.
            let _ = task.await;
        }
        outcome
    }
}

/// Ready when a task ended; never, where there is none.
async fn ended(task: &mut Option<JoinHandle<()>>) {
    match task {
        Some(task) => _ = task.await,
        None => std::future::pending().await,
    }
}

fn listen(address: SocketAddr) -> Result<TcpListener, BuildError> {
    TcpListener::bind(address).map_err(|source| BuildError::Listen { address, source })
}

fn address(listener: &TcpListener, wanted: SocketAddr) -> Result<SocketAddr, BuildError> {
    listener.local_addr().map_err(|source| BuildError::Listen { address: wanted, source })
}

fn public_server(listener: TcpListener, shared: Data<Shared>, front: Option<Front>) -> std::io::Result<Server> {
    let server = HttpServer::new(move || {
        let front = front.clone();
        ActixApp::new()
            .app_data(shared.clone())
            .wrap(from_fn(edge::resolve_host))
            .wrap(from_fn(edge::finish))
            .configure(move |config| {
                if let Some(front) = &front {
                    (front.routes)(config);
                }
                routes::public(config);
            })
            .default_service(web::to(portal::not_found))
    });
    Ok(server.workers(workers()).disable_signals().shutdown_timeout(3).listen(listener)?.run())
}

fn internal_server(listener: TcpListener, shared: Data<Shared>) -> std::io::Result<Server> {
    let server = HttpServer::new(move || ActixApp::new().app_data(shared.clone()).configure(routes::internal));
    Ok(server.workers(1).disable_signals().shutdown_timeout(1).listen(listener)?.run())
}

fn workers() -> usize {
    std::thread::available_parallelism().map_or(2, usize::from).min(8)
}

async fn keep_refreshing(platform: Arc<Platform>, registry: Arc<Registry>) {
    loop {
        tokio::time::sleep(REFRESH_EVERY).await;
        if let Err(error) = registry.refresh().await {
            tracing::error!(error = %chain(&error), "the tenants can't be read anew");
        }
        if let Err(error) = platform.subjects.agree(&platform.store).await {
            tracing::error!(error = %chain(&error), "the key that limits count by can't be read anew");
        }
    }
}
