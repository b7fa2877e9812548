//! Numbers of people who left are removed, and of nobody else's.

#[path = "reconcile/command.rs"]
mod command;
#[path = "reconcile/days.rs"]
mod days;
#[path = "reconcile/doubt.rs"]
mod doubt;
#[path = "reconcile/returning.rs"]
mod returning;
#[path = "reconcile/stage.rs"]
mod stage;
#[path = "reconcile/workers.rs"]
mod workers;
