//! What a stranger can learn: nothing.
