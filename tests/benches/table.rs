//! What was measured: told as it comes, in one table at the end, and as JSON in `target/bench.json`.

use std::{path::PathBuf, time::Instant};

use serde_json::{Value, json};

use crate::{parts::Size, usage};

/// What a figure should be.
#[derive(Clone, Copy)]
pub enum Goal {
    /// It only tells.
    None,
    AtMost(f64),
    AtLeast(f64),
    Between(f64, f64),
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::None => String::new(),
            Self::AtMost(most) => format!("≤ {most}"),
            Self::AtLeast(least) => format!("≥ {least}"),
            Self::Between(least, most) => format!("{least}–{most}"),
        }
    }

    fn met(self, value: f64) -> Option<bool> {
        match self {
            Self::None => None,
            Self::AtMost(most) => Some(value <= most),
            Self::AtLeast(least) => Some(value >= least),
            Self::Between(least, most) => Some((least..=most).contains(&value)),
        }
    }
}

struct Figure {
    part: &'static str,
    what: String,
    value: f64,
    unit: &'static str,
    goal: Goal,
}

/// Everything that was measured.
pub struct Table {
    size: &'static str,
    begun: Instant,
    /// Processor seconds of the whole machine when it began.
    machine: f64,
    part: &'static str,
    figures: Vec<Figure>,
    steps: Vec<Vec<String>>,
}

impl Table {
    pub fn new(size: Size) -> Self {
        Self {
            size: size.name,
            begun: Instant::now(),
            machine: usage::machine_seconds(),
            part: "",
            figures: Vec::new(),
            steps: Vec::new(),
        }
    }

    /// What follows belongs to this part.
    pub fn part(&mut self, name: &'static str) {
        println!("== {name} (load {:.1})", usage::load());
        self.part = name;
    }

    /// A figure that only tells.
    pub fn tell(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.figure(what, value, unit, Goal::None);
    }

    /// A figure with its goal.
    pub fn figure(&mut self, what: impl Into<String>, value: f64, unit: &'static str, goal: Goal) {
        let figure = Figure { part: self.part, what: what.into(), value, unit, goal };
        println!("   {:<58} {:>10} {:<6} {}", figure.what, shown(value), unit, goal.words());
        self.figures.push(figure);
    }

    /// A line of the table of steps: its name, and a cell for each number of browsers.
    pub fn step(&mut self, cells: Vec<String>) {
        println!("   {}", line(&cells));
        self.steps.push(cells);
    }

    /// Prints everything once more, as Markdown, and writes the file.
    pub fn finish(self) {
        let seconds = self.begun.elapsed().as_secs_f64();
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let busy = usage::machine_seconds() - self.machine;
        #[expect(clippy::cast_precision_loss, reason = "a few processors")]
        let share = busy / seconds / processors as f64 * 100.0;
        println!(
            "\n{} run, {seconds:.0} s, {processors} processors, {share:.0} % busy with this and all else\n",
            self.size
        );
        println!("| part | figure | measured | goal | |\n| --- | --- | --- | --- | --- |");
        for figure in &self.figures {
            let Figure { part, what, value, unit, goal } = figure;
            let met = goal.met(*value).map_or("", |met| if met { "reached" } else { "**missed**" });
            println!("| {part} | {what} | {} {unit} | {} | {met} |", shown(*value), goal.words());
        }
        if !self.steps.is_empty() {
            println!();
        }
        for cells in &self.steps {
            println!("{}", line(cells));
            if cells.first().is_some_and(|first| first.starts_with("p50 / p99")) {
                println!("|{}", " --- |".repeat(cells.len()));
            }
        }
        let file = target().join("bench.json");
        let document = self.document(seconds, share);
        match std::fs::write(&file, format!("{document:#}\n")) {
            Ok(()) => println!("\n{}", file.display()),
            Err(error) => eprintln!("{}: {error}", file.display()),
        }
    }

    fn document(&self, seconds: f64, share: f64) -> Value {
        let figure = |figure: &Figure| {
            let Figure { part, what, value, unit, goal } = figure;
            json!({ "part": part, "what": what, "value": value, "unit": unit, "goal": goal.words(), "met": goal.met(*value) })
        };
        json!({
            "size": self.size,
            "seconds": seconds,
            "machine_busy_percent": share,
            "figures": self.figures.iter().map(figure).collect::<Vec<_>>(),
            "steps": self.steps,
        })
    }
}

/// The folder `target` that this program lies in, two folders below it.
fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    program.ancestors().nth(3).expect("target/release/deps/program").to_owned()
}

fn line(cells: &[String]) -> String {
    format!("| {} |", cells.join(" | "))
}

/// Three digits that count.
fn shown(value: f64) -> String {
    match value.abs() {
        large if large >= 100.0 => format!("{value:.0}"),
        middle if middle >= 10.0 => format!("{value:.1}"),
        middle if middle >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}
