//! Everything HTTP, and the wiring: the only place that knows the web server, the settings files and the metrics.

pub mod adapters;
pub mod app;
pub mod auth;
pub mod command;
pub mod demo;
pub mod edge;
pub mod look;
pub mod metrics;
pub mod portal;
pub mod problem;
pub mod registry;
pub mod reports;
pub mod rest;
pub mod routes;
pub mod settings;
pub mod shared;
pub mod system;
pub mod telemetry;
pub mod worker;
