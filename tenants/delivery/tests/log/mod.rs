//! Everything that this test program logs, of every crate and at every level, kept to be searched.

use std::{
    io,
    sync::{Mutex, OnceLock, PoisonError},
};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static STARTED: OnceLock<()> = OnceLock::new();

struct Keep;

impl io::Write for Keep {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Starts keeping what is logged.
pub(crate) fn keep() {
    STARTED.get_or_init(|| {
        let kept = tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(|| Keep);
        kept.with_ansi(false).init();
    });
}

/// What was logged up to now.
pub(crate) fn kept() -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}
