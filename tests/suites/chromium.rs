//! The journeys in a real browser, at the size of a phone, with script disabled.

#[path = "chromium/errors.rs"]
mod errors;
#[path = "chromium/keyboard.rs"]
mod keyboard;
#[path = "chromium/numbers.rs"]
mod numbers;
#[path = "chromium/stage.rs"]
mod stage;
#[path = "chromium/touch.rs"]
mod touch;
