//! `portvakt serve`: tenants are served from here.

use std::{process::ExitCode, sync::Arc};

use portvakt_domain::time::Clock;
use portvakt_storage::{Store, operator};
use tokio::runtime::Handle;

use super::{CommandError, ConfigArgument, keys, say, stopped};
use crate::{
    adapters::RealAdapters,
    app::{App, Parts},
    metrics::Metrics,
    settings::SettingsError,
    system::{SystemClock, SystemRandom, SystemResolver},
    telemetry,
};

pub(super) async fn run(argument: &ConfigArgument) -> Result<ExitCode, CommandError> {
    let settings = argument.load()?;
    telemetry::start(&settings.log).map_err(CommandError::Told)?;
    let metrics = Arc::new(Metrics::new().map_err(CommandError::failed)?);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let adapters = RealAdapters {
        runtime: Handle::current(),
        clock: clock.clone(),
        connect: settings.connect.clone(),
        resolver: Arc::new(SystemResolver),
        observer: metrics.clone(),
    };
    // Before any job runs: without a key that values need, it would be laid aside.
    let database = settings.database.resolve().map_err(SettingsError)?;
    let ring = Arc::new(settings.keys.ring().map_err(CommandError::Told)?);
    let store = Store::open(database.clone(), Handle::current()).await.map_err(CommandError::failed)?;
    let lacking = keys::missing(&store, &ring).await?;
    for (tenant, values) in &lacking.damaged {
        tracing::error!(tenant, values, "values begin with no key's name: see `portvakt keys status`");
    }
    keys::refuse_missing(&lacking)?;
    drop(store);
    let app = App::build(Parts {
        listen: settings.listen.clone(),
        database,
        keys: ring,
        proxies: settings.proxies.trusted.clone(),
        worker: settings.worker.clone(),
        clock,
        random: Arc::new(SystemRandom),
        metrics,
        adapters: Box::new(|_| Arc::new(adapters)),
        front: None,
        operator_token: settings.api.token().map_err(CommandError::Told)?,
        network_limit_factor: 1,
    })
    .await
    .map_err(CommandError::failed)?;

    let store = &app.shared.platform.store;
    let tenants = operator::list_tenants(store).await.map_err(CommandError::failed)?;
    if store.is_sqlite() && tenants.len() > 1 {
        tracing::warn!(
            tenants = tenants.len(),
            "SQLite has no row-level security: use PostgreSQL for more than one tenant"
        );
    }
    say(&format!(
        "serving {} {} on http://{}, health and metrics on http://{}",
        tenants.len(),
        if tenants.len() == 1 { "tenant" } else { "tenants" },
        app.public,
        app.internal
    ));
    app.run_until(stopped()).await.map_err(CommandError::failed)?;
    Ok(ExitCode::SUCCESS)
}
