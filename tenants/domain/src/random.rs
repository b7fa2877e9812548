//! Chance, handed in: this crate asks nothing of the system.

/// The system's random generator.
pub trait Random: Send + Sync {
    /// Fills `buffer` with bytes from a cryptographic generator. An implementation that can't must not return.
    fn fill(&self, buffer: &mut [u8]);
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU8, Ordering};

    use super::Random;

    /// Bytes that count up.
    pub(crate) struct Counting(AtomicU8);

    impl Counting {
        pub(crate) fn new() -> Self {
            Self(AtomicU8::new(0))
        }
    }

    impl Random for Counting {
        fn fill(&self, buffer: &mut [u8]) {
            for byte in buffer {
                *byte = self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}
