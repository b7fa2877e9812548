//! The journeys in a real browser, at the size of a phone, with script disabled; and what scripts add where they run.

#[path = "chromium/agreement.rs"]
mod agreement;
#[path = "chromium/branding.rs"]
mod branding;
#[path = "chromium/change.rs"]
mod change;
#[path = "chromium/errors.rs"]
mod errors;
#[path = "chromium/guides.rs"]
mod guides;
#[path = "chromium/keyboard.rs"]
mod keyboard;
#[path = "chromium/numbers.rs"]
mod numbers;
#[path = "chromium/paper.rs"]
mod paper;
#[path = "chromium/rules.rs"]
mod rules;
#[path = "chromium/stage.rs"]
mod stage;
#[path = "chromium/statements.rs"]
mod statements;
#[path = "chromium/time.rs"]
mod time;
#[path = "chromium/touch.rs"]
mod touch;
#[path = "chromium/typing.rs"]
mod typing;
