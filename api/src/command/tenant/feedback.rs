//! `portvakt tenant feedback`: what readers thought of the guides. Their words are a stranger's: nothing in them may speak to
//! the terminal.

use std::process::ExitCode;

use portvakt_domain::tenant::plain::is_unseen;
use portvakt_flows::give_feedback::feedback_place;
use portvakt_storage::feedback::{self, StoredFeedback};
use serde::Serialize;

use super::{CommandError, LookArguments, Opened, moment, say, suspend::find};

/// One answer.
#[derive(Debug, Serialize)]
struct Answer {
    created_at: String,
    guide: String,
    language: String,
    helpful: bool,
    /// The reader's words; `null` where there are none, or where they do not open.
    text: Option<String>,
    /// Whether there are words that no key of the ring opens.
    unreadable: bool,
}

pub(super) async fn run(arguments: LookArguments) -> Result<ExitCode, CommandError> {
    let LookArguments { slug, json, config } = arguments;
    let opened = Opened::open(&config).await?;
    let tenant = find(&opened, &slug).await?.id;
    let stored = feedback::list(&opened.store, tenant).await.map_err(CommandError::failed)?;
    let answer = |row: StoredFeedback| {
        let opened = row.text.as_ref().map(|text| opened.keys.open_text(tenant, feedback_place(row.id), text));
        Answer {
            created_at: moment(row.created_at),
            guide: row.guide,
            language: row.language,
            helpful: row.helpful,
            unreadable: matches!(opened, Some(Err(_))),
            text: opened.and_then(Result::ok).map(|text| text.to_string()),
        }
    };
    let answers: Vec<Answer> = stored.into_iter().map(answer).collect();
    if json {
        say(&visible(&serde_json::to_string_pretty(&answers).map_err(CommandError::failed)?, Json::Yes));
    } else {
        tell(&slug, &answers);
    }
    Ok(ExitCode::SUCCESS)
}

fn tell(slug: &str, answers: &[Answer]) {
    let helpful = answers.iter().filter(|answer| answer.helpful).count();
    say(&format!("{slug}: {} answers, helpful {helpful}, not helpful {}", answers.len(), answers.len() - helpful));
    for Answer { created_at, guide, language, helpful, text, unreadable } in answers {
        let verdict = if *helpful { "helpful" } else { "not helpful" };
        let words = match text {
            Some(text) => visible(text, Json::No),
            None if *unreadable => "(can't be opened)".to_owned(),
            None => String::new(),
        };
        say(format!("  {created_at}  {guide:<12} {language}  {verdict:<12} {words}").trim_end());
    }
}

/// Whether what is written is JSON, where lines end as they do and signs have an escape of their own.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Json {
    Yes,
    No,
}

/// The same with every character written out that nobody would see, or that a terminal would obey.
fn visible(text: &str, json: Json) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match (c, json) {
            ('\n', Json::Yes) => shown.push(c),
            ('\n', Json::No) => shown.push_str("\\n"),
            (c, Json::No) if is_unseen(c) => shown.extend(c.escape_unicode()),
            (c, Json::Yes) if is_unseen(c) => {
                let mut units = [0; 2];
                shown.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
            }
            (c, _) => shown.push(c),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_of_it() {
        assert_eq!(visible("a\u{1b}[2Jb\nc\u{202e}d\u{9b}å", Json::No), "a\\u{1b}[2Jb\\nc\\u{202e}d\\u{9b}å");
        let text = "a\u{1b}\u{7f}\u{9b}\u{e0101}\n\"å";
        let json = visible(&serde_json::to_string(text).expect("JSON"), Json::Yes);
        assert!(!json.chars().any(is_unseen), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
    }
}
