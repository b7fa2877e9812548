//! Reminders before passwords end: the right people, once, on time.

#[path = "reminders/api.rs"]
mod api;
#[path = "reminders/budget.rs"]
mod budget;
#[path = "reminders/day.rs"]
mod day;
#[path = "reminders/directories.rs"]
mod directories;
#[path = "reminders/faults.rs"]
mod faults;
#[path = "reminders/forecast.rs"]
mod forecast;
#[path = "reminders/groups.rs"]
mod groups;
#[path = "reminders/holders.rs"]
mod holders;
#[path = "reminders/kills.rs"]
mod kills;
#[path = "reminders/mail_down.rs"]
mod mail_down;
#[path = "reminders/managers.rs"]
mod managers;
#[path = "reminders/periods.rs"]
mod periods;
#[path = "reminders/persons.rs"]
mod persons;
#[path = "reminders/refused.rs"]
mod refused;
#[path = "reminders/sent.rs"]
mod sent;
#[path = "reminders/served.rs"]
mod served;
#[path = "reminders/stage.rs"]
mod stage;
#[path = "reminders/start.rs"]
mod start;
#[path = "reminders/words.rs"]
mod words;
#[path = "reminders/working_days.rs"]
mod working_days;
#[path = "reminders/year.rs"]
mod year;
