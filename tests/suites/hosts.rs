//! Tenants apart: hosts, cookies, tokens, origins, rows; what every answer carries; suspended tenants; metrics.

#[path = "hosts/answers.rs"]
mod answers;
#[path = "hosts/apart.rs"]
mod apart;
#[path = "hosts/metrics.rs"]
mod metrics;
#[path = "hosts/reading.rs"]
mod reading;
#[path = "hosts/rows.rs"]
mod rows;
#[path = "hosts/spelling.rs"]
mod spelling;
#[path = "hosts/suspended.rs"]
mod suspended;
#[path = "hosts/twins.rs"]
mod twins;
#[path = "hosts/wire.rs"]
mod wire;
