//! Reminders before passwords end: the right people, once, on time.

#[path = "reminders/api.rs"]
mod api;
#[path = "reminders/day.rs"]
mod day;
#[path = "reminders/directories.rs"]
mod directories;
#[path = "reminders/faults.rs"]
mod faults;
#[path = "reminders/kills.rs"]
mod kills;
#[path = "reminders/served.rs"]
mod served;
#[path = "reminders/stage.rs"]
mod stage;
#[path = "reminders/working_days.rs"]
mod working_days;
#[path = "reminders/year.rs"]
mod year;
