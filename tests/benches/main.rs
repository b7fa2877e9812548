//! `tests/bench`: how fast resets and pages are, how small the process stays, how even its answers are. It prints lines as
//! it goes and one table at the end. It measures and asserts nothing: figures are goals.

mod auc;
mod bare;
mod connection;
mod parts;
mod people;
mod phones;
mod reset;
mod stage;
mod table;
mod usage;

use std::process::ExitCode;

use parts::{PARTS, Part, Size};
use stage::Stage;
use table::Table;

const USAGE: &str =
    "tests/bench [trial|quick|full] [PART...]   parts: ready pages resets growth enumeration old reminders";

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() -> ExitCode {
    // cargo says `--bench` to every program that it runs as one.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let Some((size, chosen)) = choice(&words) else {
        eprintln!("{USAGE}");
        return ExitCode::from(64);
    };
    let mut table = Table::new(size);
    let mut stage = Stage::set(&size).await;
    for (name, part) in PARTS {
        if chosen.is_empty() || chosen.contains(&name) {
            table.part(name);
            run(part, &mut stage, &size, &mut table).await;
        }
    }
    table.finish();
    ExitCode::SUCCESS
}

async fn run(part: Part, stage: &mut Stage, size: &Size, table: &mut Table) {
    match part {
        Part::Ready => parts::ready::run(stage, table).await,
        Part::Pages => parts::pages::run(stage, size, table).await,
        Part::Resets => parts::resets::run(stage, size, table).await,
        Part::Growth => parts::growth::run(stage, size, table).await,
        Part::Enumeration => parts::enumeration::run(stage, size, table).await,
        Part::Old => parts::old::run(stage, size, table).await,
        Part::Reminders => parts::reminders::run(stage, size, table).await,
    }
}

/// How much is measured, and of what; everything where no part is named.
fn choice(words: &[String]) -> Option<(Size, Vec<&str>)> {
    let named = words.first().and_then(|first| Size::ALL.into_iter().find(|size| size.name == first));
    let (size, parts) = named.map_or((Size::ALL[0], words), |size| (size, &words[1..]));
    let known = |word: &String| PARTS.iter().any(|(name, _)| name == word);
    parts.iter().all(known).then(|| (size, parts.iter().map(String::as_str).collect()))
}
