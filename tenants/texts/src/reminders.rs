//! Reminders before passwords end: a unit's table, and what a person or the holders of a shared account are told.

use portvakt_domain::{
    compose::{MailText, Personal, PersonalReminder, ReminderReason, ReminderRow, UnitReminder},
    delivery::Secret,
    language::Language,
};

use crate::{Argument, Texts, html::escape};

/// Cells of the table, in order.
const COLUMNS: [&str; 5] = ["reminder-first", "reminder-last", "reminder-account", "reminder-ends", "reminder-left"];

impl Texts {
    /// What a unit's mail is called, for whoever tells of it.
    pub fn reminder_subject(&self, language: Language) -> String {
        self.text(language, "reminder-subject", &[])
    }
}

/// One mail with one table, as text and as HTML.
pub(crate) fn unit_mail(texts: &Texts, facts: &UnitReminder<'_>) -> MailText {
    let language = facts.tenant.offered(facts.language);
    let say = |key: &str, arguments: &[(&str, Argument<'_>)]| texts.text(language, key, arguments);
    let (register, reset) = (bare(&facts.links.register), bare(&facts.links.reset));
    let subject = texts.reminder_subject(language);
    // What it is about has to be true of every line.
    let some_are_over = facts.rows.iter().any(|row| row.days_left < 0);
    let soon = if some_are_over { "reminder-soon-over" } else { "reminder-soon" };
    let mut before = vec![say("reminder-hello", &[]), say(soon, &[])];
    if facts.in_period {
        before.push(say("reminder-period", &[]));
    }
    before.push(say("reminder-register", &[("address", register.into())]));
    before.push(say("reminder-change", &[("address", reset.into())]));
    let mut after = reasons(texts, language, facts.reasons);
    after.push(say("reminder-help", &[("name", (&facts.tenant.help_desk.name).into())]));
    let sent = say("reminder-sent", &[]);
    let regards = [say("reminder-regards", &[]), facts.tenant.name.clone()];

    let heads = COLUMNS.map(|key| say(key, &[]));
    let rows: Vec<[String; 5]> = facts.rows.iter().map(|row| cells(texts, language, row)).collect();
    let text = format!(
        "{}\n\n{}\n{}\n\n{sent}\n\n{}\n",
        before.join("\n\n"),
        plain_table(&heads, &rows),
        after.join("\n\n"),
        regards.join("\n"),
    );
    let links = [(register, &facts.links.register), (reset, &facts.links.reset)];
    let paragraphs = |all: &[String]| all.iter().map(|p| format!("<p>{}</p>\n", linked(p, &links))).collect::<String>();
    let body = format!(
        "{}{}{}<p>{}</p>\n<p>{}<br>{}</p>\n",
        paragraphs(&before),
        html_table(&say("reminder-caption", &[]), &heads, &rows),
        paragraphs(&after),
        escape(&sent),
        escape(&regards[0]),
        escape(&regards[1]),
    );
    MailText { text: Secret(text), html: Some(Secret(page(language, &subject, &body, "60em"))), subject }
}

/// A mail to one person, or to the mailbox of a shared account.
pub(crate) fn personal_mail(texts: &Texts, facts: &PersonalReminder<'_>) -> MailText {
    let language = facts.tenant.offered(facts.language);
    let account = ("account", Argument::from(facts.username));
    let subject = match (facts.days_left, facts.whose) {
        (..0, Personal::Own) => texts.text(language, "own-reminder-subject-over", &[]),
        (..0, Personal::Shared) => texts.text(language, "shared-reminder-subject-over", &[account]),
        (days, Personal::Own) => texts.text(language, "own-reminder-subject", &[("days", days.into())]),
        (days, Personal::Shared) => texts.text(language, "shared-reminder-subject", &[account, ("days", days.into())]),
    };
    let sentences = sentences(texts, language, facts);
    let sent = texts.text(language, "reminder-sent", &[]);
    let text = format!("{}\n\n-- \n{sent}\n", sentences.join("\n\n"));
    let links = [(bare(&facts.links.register), &facts.links.register), (bare(&facts.links.reset), &facts.links.reset)];
    let body: String = sentences.iter().map(|p| format!("<p>{}</p>\n", linked(p, &links))).collect();
    let body = format!("{body}<hr>\n<p style=\"font-size:14px\">{}</p>\n", escape(&sent));
    MailText { text: Secret(text), html: Some(Secret(page(language, &subject, &body, "36em"))), subject }
}

/// The same in one SMS or two.
pub(crate) fn personal_sms(texts: &Texts, facts: &PersonalReminder<'_>) -> Secret {
    Secret(sentences(texts, facts.tenant.offered(facts.language), facts).join(" "))
}

fn sentences(texts: &Texts, language: Language, facts: &PersonalReminder<'_>) -> Vec<String> {
    let date = facts.ends.to_string();
    let about = [
        ("account", Argument::from(facts.username)),
        ("tenant", (&facts.tenant.name).into()),
        ("date", (&date).into()),
    ];
    let (register, reset) = (bare(&facts.links.register), bare(&facts.links.reset));
    let over = facts.days_left < 0;
    let (what, change) = match (facts.whose, over) {
        (Personal::Own, false) => ("own-reminder", "own-reminder-change"),
        (Personal::Own, true) => ("own-reminder-over", "own-reminder-change"),
        (Personal::Shared, false) => ("shared-reminder", "shared-reminder-change"),
        (Personal::Shared, true) => ("shared-reminder-over", "shared-reminder-change"),
    };
    let mut all = vec![texts.text(language, what, &about)];
    // Who has no number registers one while the password works; afterwards somebody has to help.
    let (register_first, help) = match facts.whose {
        Personal::Own => ("own-reminder-register", "own-reminder-help"),
        Personal::Shared => ("shared-reminder-register", "shared-reminder-help"),
    };
    if !facts.registered && over {
        let desk = match facts.whose {
            Personal::Own => &facts.tenant.help_desk,
            Personal::Shared => facts.tenant.desk_for_functional(),
        };
        all.push(texts.text(language, help, &[("name", (&desk.name).into())]));
        return all;
    }
    if !facts.registered {
        all.push(texts.text(language, register_first, &[("address", register.into())]));
    }
    all.push(texts.text(language, change, &[("address", reset.into())]));
    all
}

/// Why this recipient gets the mail.
fn reasons(texts: &Texts, language: Language, reasons: &[ReminderReason]) -> Vec<String> {
    let units: Vec<&str> = reasons
        .iter()
        .filter_map(|why| if let ReminderReason::Unit(name) = why { Some(name.as_str()) } else { None })
        .collect();
    let mut said = Vec::new();
    if !units.is_empty() {
        said.push(texts.text(language, "reminder-why-unit", &[("units", (&units.join(", ")).into())]));
    }
    if reasons.contains(&ReminderReason::Manager) {
        said.push(texts.text(language, "reminder-why-manager", &[]));
    }
    if reasons.contains(&ReminderReason::Fallback) {
        said.push(texts.text(language, "reminder-why-fallback", &[]));
    }
    said
}

fn cells(texts: &Texts, language: Language, row: &ReminderRow) -> [String; 5] {
    let left = match row.days_left {
        ..0 => texts.text(language, "reminder-over", &[]),
        days => days.to_string(),
    };
    [row.first_name.clone(), row.last_name.clone(), row.username.clone(), row.ends.to_string(), left]
}

/// Columns as wide as their widest cell, with two spaces between them.
fn plain_table(heads: &[String; 5], rows: &[[String; 5]]) -> String {
    let width = |at: usize| {
        let cells = rows.iter().map(|row| &row[at]).chain([&heads[at]]);
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths: [usize; 5] = std::array::from_fn(width);
    let line = |cells: &[String; 5]| {
        let padded: Vec<String> = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        padded.join("  ").trim_end().to_owned()
    };
    [heads].into_iter().chain(rows).map(|row| line(row) + "\n").collect()
}

fn html_table(caption: &str, heads: &[String; 5], rows: &[[String; 5]]) -> String {
    let cell = "style=\"text-align:left;padding:4px 12px 4px 0;border-bottom:1px solid #767676\"";
    let head: String = heads.iter().map(|head| format!("<th scope=\"col\" {cell}>{}</th>", escape(head))).collect();
    let row = |row: &[String; 5]| {
        let cells: String = row.iter().map(|text| format!("<td {cell}>{}</td>", escape(text))).collect();
        format!("<tr>{cells}</tr>\n")
    };
    format!(
        "<table style=\"border-collapse:collapse\">\n<caption style=\"text-align:left;font-weight:bold;padding:4px 0\">{}\
         </caption>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{}</tbody>\n</table>\n",
        escape(caption),
        rows.iter().map(row).collect::<String>(),
    )
}

fn page(language: Language, subject: &str, body: &str, width: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{subject}</title>\n</head>\n\
         <body style=\"max-width:{width};font:16px/1.5 sans-serif\">\n<h1 style=\"font-size:20px\">{subject}</h1>\n\
         {body}</body>\n</html>\n",
        lang = language.tag(),
        subject = escape(subject),
    )
}

/// An address as people type it.
fn bare(link: &str) -> &str {
    link.split_once("://").map_or(link, |(_, host)| host)
}

/// A paragraph with the one address in it as a link. Where one address contains the other, the longer one is meant.
fn linked(paragraph: &str, links: &[(&str, &String); 2]) -> String {
    let text = escape(paragraph);
    let there = links.iter().filter(|(shown, _)| text.contains(&escape(shown)));
    match there.max_by_key(|(shown, _)| shown.len()) {
        Some((shown, link)) => {
            let anchor = format!("<a href=\"{}\">{}</a>", escape(link), escape(shown));
            text.replacen(&escape(shown), &anchor, 1)
        }
        None => text,
    }
}

#[cfg(test)]
mod tests;
