//! The contract of the demo.
