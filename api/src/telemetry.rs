//! The log: one subscriber for the process.

use tracing::{Metadata, level_filters::LevelFilter};
use tracing_subscriber::{
    Layer as _,
    filter::{FilterExt as _, filter_fn},
    fmt,
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

use crate::settings::{LogFormat, LogSection};

/// Starts the log, on standard error. A second call in one process changes nothing: tests start many apps.
///
/// # Errors
/// A level that can't be read.
pub fn start(settings: &LogSection) -> Result<(), String> {
    // It lowers no level itself. Unless that is said, libraries take every line of theirs down to the finest for wanted.
    let safe = filter_fn(is_safe).with_max_level_hint(LevelFilter::TRACE);
    let filter = settings.filter()?.and(safe);
    let lines = fmt::layer().with_writer(std::io::stderr);
    let layer = match settings.format {
        // The request or the job that a line belongs to stands under "span".
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
        LogFormat::Text => lines.with_target(false).boxed(),
    };
    let _ = tracing_subscriber::registry().with(layer.with_filter(filter)).try_init();
    Ok(())
}

/// Whether a line may be written, whatever the settings ask for. Below a warning, libraries write down what they carry:
/// names and passwords on their way to a directory, numbers and codes on their way to a gateway, values of statements.
fn is_safe(line: &Metadata<'_>) -> bool {
    let target = line.target();
    let ours = target == "portvakt" || target.starts_with("portvakt::") || target.starts_with("portvakt_");
    ours || *line.level() <= LevelFilter::WARN
}
