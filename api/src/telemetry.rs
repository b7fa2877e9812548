//! The log: one subscriber for the process.

use tracing_subscriber::{EnvFilter, fmt};

use crate::settings::{LogFormat, LogSection};

/// Starts the log, on standard error. A second call in one process changes nothing: tests start many apps.
///
/// # Errors
/// A level that can't be read.
pub fn start(settings: &LogSection) -> Result<(), String> {
    // rustls-platform-verifier reports every refused certificate as an error of its own; we report it with its meaning.
    let filter = EnvFilter::try_new(format!("{},rustls_platform_verifier=off", settings.level))
        .map_err(|error| format!("log.level: {error}"))?;
    let builder = fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let _ = match settings.format {
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
        LogFormat::Text => builder.with_target(false).try_init(),
    };
    Ok(())
}
