//! A second app on a world's database, in the same process: what a restart or another replica sees.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use portvakt::{
    adapters::RealAdapters,
    app::{App, Parts},
    metrics::Metrics,
    settings::{ConnectSection, ListenSection, WorkerSection},
    shared::Shared,
    system::{SystemRandom, SystemResolver},
    worker::Worker,
};
use portvakt_domain::keys::KeyRing;
use tokio::{runtime::Handle, task::JoinHandle};

use crate::{Browser, World, world::WorldAdapters};

/// Another app with the database, keys, clock, directories and phones of a world.
pub struct Replica {
    pub public: SocketAddr,
    pub worker: Arc<Worker>,
    pub shared: actix_web::web::Data<Shared>,
    server: JoinHandle<()>,
}

impl Drop for Replica {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Replica {
    /// Builds and starts it; its jobs run when a test says so.
    pub async fn of(world: &World) -> Self {
        Self::with_keys(world, world.keys.clone()).await
    }

    /// The same with another key ring.
    pub async fn with_keys(world: &World, keys: Arc<KeyRing>) -> Self {
        let metrics = Arc::new(Metrics::new().expect("metrics"));
        let clock = Arc::new(world.clock.clone());
        let real = RealAdapters {
            runtime: Handle::current(),
            clock: clock.clone(),
            connect: ConnectSection::loopback().expect("networks"),
            resolver: Arc::new(SystemResolver),
            observer: metrics.clone(),
        };
        let adapters = WorldAdapters { real, outbox: world.outbox.clone() };
        let local = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let app = App::build(Parts {
            listen: ListenSection { public: local, internal: local },
            database: world.database.clone(),
            keys,
            proxies: vec!["127.0.0.0/8".parse().expect("a network")],
            worker: WorkerSection { enabled: false, ..WorkerSection::default() },
            clock,
            random: Arc::new(SystemRandom),
            metrics,
            adapters: Box::new(move |_| Arc::new(adapters)),
            front: None,
            operator_token: None,
            network_limit_factor: 1,
        })
        .await
        .expect("an app");
        let (public, worker, shared) = (app.public, app.worker.clone(), app.shared.clone());
        let server = tokio::spawn(async move {
            let _ = app.run_until(std::future::pending()).await;
        });
        Self { public, worker, shared, server }
    }

    /// A browser on this network, talking to this app.
    pub fn browser_at(&self, address: &str) -> Browser {
        Browser::on_network(self.public, address)
    }
}
