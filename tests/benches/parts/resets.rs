//! Whole resets, with one browser, with 8 and with 64, beside the bare operations at the same directory in the same run.

use std::{collections::BTreeMap, sync::Mutex, time::Instant};

use futures_util::{StreamExt as _, stream};

use crate::{
    auc::{count, median, percentile},
    bare::Bare,
    parts::{BROWSERS, Size},
    people::Member,
    phones::Phones,
    reset::{Browser, STEPS, Steps},
    stage::Stage,
    table::{Goal, Table},
    usage,
};

/// Resets and bare operations take turns, so that both meet the same machine.
const TURNS: usize = 4;

/// What some resets took, and what they cost.
#[derive(Default)]
pub struct Measured {
    pub steps: BTreeMap<&'static str, Vec<f64>>,
    pub resets: f64,
    pub seconds: f64,
    pub cpu: f64,
    pub failed: Vec<String>,
}

impl Measured {
    /// A step's percentile, in milliseconds.
    pub fn step(&self, step: &str, share: f64) -> Option<f64> {
        self.steps.get(step).map(|samples| percentile(samples, share))
    }

    fn add(&mut self, steps: Steps) {
        self.resets += 1.0;
        for (step, took) in steps {
            self.steps.entry(step).or_default().push(took);
        }
    }
}

/// Against both directories.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    for samba in [false, true] {
        let times = if samba { size.samba_resets } else { size.resets };
        let mut measured = Vec::new();
        for browsers in BROWSERS {
            measured.push(at_once(stage, samba, browsers, times, table).await);
        }
        let name = stage.parts_of(samba).0.name;
        let head =
            BROWSERS.map(|browsers| if browsers == 1 { "1 browser".into() } else { format!("{browsers} browsers") });
        table.step([format!("p50 / p99 in ms, {name}")].into_iter().chain(head).collect());
        for step in STEPS.into_iter().chain(["bare search", "bare modify"]) {
            if measured.iter().any(|it| it.steps.contains_key(step)) {
                let cell = |it: &Measured| match (it.step(step, 0.5), it.step(step, 0.99)) {
                    (Some(p50), Some(p99)) => format!("{p50:.1} / {p99:.1}"),
                    _ => String::new(),
                };
                table.step([step.to_owned()].into_iter().chain(measured.iter().map(cell)).collect());
            }
        }
    }
    let (now, peak) = usage::memory(stage.served.process.id());
    table.tell("memory after all resets", now, "MB");
    table.figure("memory at most, two tenants", peak, "MB", Goal::AtMost(60.0));
}

async fn at_once(stage: &mut Stage, samba: bool, browsers: usize, times: usize, table: &mut Table) -> Measured {
    let mut all = Measured::default();
    let (mut bare_seconds, mut bare_cpu, mut directory_cpu, mut own) = (0.0, 0.0, 0.0, 0.0);
    for _ in 0..TURNS {
        let (directory, ..) = stage.parts_of(samba);
        let (people, before) = (directory.take(times / TURNS), directory.cpu_seconds());
        let ours = usage::cpu_seconds(std::process::id());
        resets(stage, samba, browsers, &people, &mut all).await;
        own += usage::cpu_seconds(std::process::id()) - ours;
        let (directory, ..) = stage.parts_of(samba);
        let between = directory.cpu_seconds();
        let begun = Instant::now();
        bare(&directory.bare, browsers, &people, &mut all).await;
        bare_seconds += begun.elapsed().as_secs_f64();
        bare_cpu += directory.cpu_seconds() - between;
        directory_cpu += between - before;
    }
    let name = stage.parts_of(samba).0.name;
    let what = |figure: &str| format!("{name}, {browsers} at once: {figure}");
    for problem in all.failed.iter().take(3) {
        println!("   a reset failed: {problem}");
    }
    let n = all.resets.max(1.0);
    table.figure(what("resets that failed"), count(all.failed.len()), "", Goal::AtMost(0.0));
    table.tell(what("resets a second"), n / all.seconds, "/s");
    table.figure(what("our processor time a reset"), all.cpu / n * 1e3, "ms", Goal::AtMost(4.0));
    table.tell(what("the directory's processor time a reset"), directory_cpu / n * 1e3, "ms");
    table.tell(what("bare search + modify, the directory's processor time"), bare_cpu / n * 1e3, "ms");
    table.tell(what("bare search + modify a second"), n / bare_seconds, "/s");
    table.tell(what("browsers, phones and mailboxes, processor time a reset"), own / n * 1e3, "ms");
    if browsers == 1 {
        let of = |step: &str| all.steps.get(step).map_or(0.0, |samples| median(samples));
        let (search, modify) = (of("bare search"), of("bare modify"));
        table.figure(what("p50 added to one search by GET /choose"), of(STEPS[5]) - search, "ms", Goal::AtMost(3.0));
        table.figure(what("p50 added to one search by GET /password"), of(STEPS[7]) - search, "ms", Goal::AtMost(3.0));
        let added = of(STEPS[8]) - search - modify;
        table.figure(what("p50 added to search + modify by POST /password"), added, "ms", Goal::AtMost(3.0));
        table.figure(what("p50 added to one search by sending a code"), of(STEPS[3]) - search, "ms", Goal::None);
    }
    all
}

/// These people's resets, so many at once.
pub async fn resets(stage: &mut Stage, samba: bool, browsers: usize, people: &[Member], all: &mut Measured) {
    let (directory, phones, served) = stage.parts_of(samba);
    let (host, server, pid) = (directory.host, served.public, served.process.id());
    let connections = (0..browsers).map(|_| Browser::at(server, host).leave()).collect();
    let (before, begun) = (usage::cpu_seconds(pid), Instant::now());
    let free = Mutex::new(connections);
    let outcomes: Vec<_> =
        stream::iter(people).map(|member| one(&free, host, phones, member)).buffer_unordered(browsers).collect().await;
    all.seconds += begun.elapsed().as_secs_f64();
    all.cpu += usage::cpu_seconds(pid) - before;
    for outcome in outcomes {
        match outcome {
            Ok(steps) => all.add(steps),
            Err(problem) => all.failed.push(problem),
        }
    }
}

async fn one(
    free: &Mutex<Vec<crate::connection::Connection>>,
    host: &'static str,
    phones: &Phones,
    member: &Member,
) -> Result<Steps, String> {
    let connection = free.lock().ok().and_then(|mut free| free.pop()).expect("as many connections as browsers");
    let mut browser = Browser::new(connection, host);
    let outcome = browser.reset(phones, member).await;
    free.lock().expect("nobody panics with it").push(browser.leave());
    outcome
}

async fn bare(directory: &Bare, at_once: usize, people: &[Member], all: &mut Measured) {
    let pairs: Vec<_> =
        stream::iter(people).map(|member| directory.pair(member)).buffer_unordered(at_once).collect().await;
    for pair in pairs {
        let (search, modify) = pair.expect("the directory takes it");
        all.steps.entry("bare search").or_default().push(search);
        all.steps.entry("bare modify").or_default().push(modify);
    }
}
