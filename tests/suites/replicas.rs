//! Two processes on one PostgreSQL: one wins, limits hold, nothing is sent twice, settings are seen.

#[path = "replicas/gateway.rs"]
mod gateway;
#[path = "replicas/kills.rs"]
mod kills;
#[path = "replicas/limits.rs"]
mod limits;
#[path = "replicas/log.rs"]
mod log;
#[path = "replicas/pair.rs"]
mod pair;
#[path = "replicas/settings.rs"]
mod settings;
#[path = "replicas/storm.rs"]
mod storm;
