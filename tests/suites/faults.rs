//! Directories that fail: wrong certificate, silence, an answer that never comes.
