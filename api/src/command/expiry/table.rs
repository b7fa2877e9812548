//! The same for people: previews and runs as lines of text.

use serde_json::Value;

use crate::command::say;

/// Leaves one account alone in a preview.
pub(super) fn keep_account(preview: &mut Value, account: &str) {
    let is_it = |row: &Value| row["account"].as_str().is_some_and(|name| name.eq_ignore_ascii_case(account));
    if let Some(outgoing) = preview["outgoing"].as_array_mut() {
        for one in outgoing.iter_mut() {
            one["rows"].as_array_mut().into_iter().for_each(|rows| rows.retain(is_it));
        }
        outgoing.retain(|one| one["rows"].as_array().is_some_and(|rows| !rows.is_empty()));
    }
    if let Some(aside) = preview["not_reminded"].as_array_mut() {
        aside.retain(is_it);
    }
}

pub(super) fn preview(preview: &Value) {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    say(&format!(
        "{}: reminders on {}, {} accounts read",
        text(&preview["tenant"]),
        text(&preview["date"]),
        preview["accounts"]
    ));
    if preview["send"] == false {
        say("  reminders.send is false: nothing would be sent until it is true");
    }
    if preview["sending_day"] == false {
        say("  it is no sending day: what falls on it is sent on another");
    }
    if let Some(problem) = preview["problem"].as_str() {
        say(&format!("  {problem}: its accounts go to reminders.fallback"));
    }
    for outgoing in list(&preview["outgoing"]) {
        let why: Vec<String> = list(&outgoing["why"]).iter().map(text).collect();
        let units: Vec<String> = list(&outgoing["units"]).iter().map(text).collect();
        let about = if units.is_empty() { String::new() } else { format!(": {}", units.join(", ")) };
        say(&format!("\n  {} to {} ({}{about})", text(&outgoing["channel"]), text(&outgoing["to"]), why.join(", ")));
        for row in list(&outgoing["rows"]) {
            let name = format!("{} {}", text(&row["first_name"]), text(&row["last_name"]));
            let (account, expires) = (text(&row["account"]), text(&row["expires"]));
            say(&format!("    {name:<28} {account:<20} {expires}  {:>3} days left", row["days_left"]));
        }
    }
    let aside = list(&preview["not_reminded"]);
    say(&format!("\n  not reminded: {}", aside.len()));
    for (why, count) in counted(&aside) {
        say(&format!("    {why:<16} {count:>6}"));
    }
    if aside.len() == 1 {
        say(&format!(
            "    {}: {}, days left: {}",
            text(&aside[0]["account"]),
            text(&aside[0]["why"]),
            aside[0]["days_left"]
        ));
    }
    let unmapped = list(&preview["unmapped"]);
    if !unmapped.is_empty() {
        let names: Vec<String> = unmapped.iter().map(text).collect();
        say(&format!("\n  in no unit with a recipient, so that they go to reminders.fallback: {}", names.len()));
        say(&format!("    {}", names.join(", ")));
    }
    say("\n  the next 60 days          accounts   tables  personal");
    for day in list(&preview["forecast"]) {
        say(&format!(
            "    {}            {:>8} {:>8} {:>9}",
            text(&day["date"]),
            day["accounts"],
            day["tables"],
            day["personal"]
        ));
    }
}

fn counted(aside: &[Value]) -> std::collections::BTreeMap<String, usize> {
    let mut counts = std::collections::BTreeMap::new();
    for one in aside {
        *counts.entry(one["why"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}

pub(super) fn run(run: &Value) {
    let text = |value: &Value| value.as_str().unwrap_or("–").to_owned();
    say(&format!(
        "{}  {:<8} {:<8} {:>7} s  {} accounts, {} due, {} mails, {} SMS, {} unmapped, {} failures",
        text(&run["started_at"]),
        text(&run["asked_by"]),
        text(&run["state"]),
        run["seconds"],
        run["accounts"],
        run["due"],
        run["mails"],
        run["sms"],
        run["unmapped"],
        run["failures"],
    ));
    if let Some(problem) = run["problem"].as_str() {
        say(&format!("    {problem}"));
    }
    for refused in run["refused"].as_array().into_iter().flatten() {
        say(&format!(
            "    {} {} to {}: {} ({} attempts)",
            text(&refused["state"]),
            text(&refused["channel"]),
            refused["to"].as_str().unwrap_or(&text(&refused["part"])),
            text(&refused["reason"]),
            refused["attempts"],
        ));
    }
}
