//! Bad input is answered with a plain page, never with a fault.
