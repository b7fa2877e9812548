//! Limits: what a stranger does locks nobody out.
