//! The command line, as an operator meets it: what it refuses, what it says, and that it never shows a secret.

#[path = "commands/apply.rs"]
mod apply;
#[path = "commands/audit.rs"]
mod audit;
#[path = "commands/connect.rs"]
mod connect;
#[path = "commands/database.rs"]
mod database;
#[path = "commands/feedback.rs"]
mod feedback;
#[path = "commands/keys.rs"]
mod keys;
#[path = "commands/looks.rs"]
mod looks;
#[path = "commands/reports.rs"]
mod reports;
#[path = "commands/settings.rs"]
mod settings;
#[path = "commands/show.rs"]
mod show;
#[path = "commands/statistics.rs"]
mod statistics;
#[path = "commands/suspend.rs"]
mod suspend;
#[path = "commands/unreadable.rs"]
mod unreadable;
#[path = "commands/versions.rs"]
mod versions;
