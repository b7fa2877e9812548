//! What a process used, as the kernel counts it.

use std::{collections::BTreeMap, fs};

/// Ticks of /proc in a second, on every Linux there is.
const TICKS: f64 = 100.0;

/// Processor seconds of a process, in user space and kernel.
pub fn cpu_seconds(pid: u32) -> f64 {
    stat(pid).map_or(0.0, |stat| stat.ticks / TICKS)
}

/// Processor seconds of a process and of all that descend from it and live.
pub fn family_cpu_seconds(pid: u32) -> f64 {
    let all: BTreeMap<u32, Stat> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|id| Some((id, stat(id)?)))
        .collect();
    let descends = |id: &u32| {
        let line = std::iter::successors(Some(*id), |id| all.get(id).map(|stat| stat.parent));
        line.take_while(|id| *id > 1).any(|id| id == pid)
    };
    all.iter().filter(|(id, _)| descends(id)).map(|(_, stat)| stat.ticks).sum::<f64>() / TICKS
}

/// What a process has in memory, and had at most, in MB.
pub fn memory(pid: u32) -> (f64, f64) {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let megabytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.split_whitespace().next().and_then(|kilobytes| kilobytes.parse::<f64>().ok()).unwrap_or_default() / 1024.0
    };
    (megabytes("VmRSS:"), megabytes("VmHWM:"))
}

/// How many processes wanted a processor in the last minute.
pub fn load() -> f64 {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|first| first.parse().ok()).unwrap_or_default()
}

/// Processor seconds that this machine spent on anything, since it began.
pub fn machine_seconds() -> f64 {
    let text = fs::read_to_string("/proc/stat").unwrap_or_default();
    let line = text.lines().next().unwrap_or_default();
    let ticks: Vec<f64> = line.split_whitespace().skip(1).filter_map(|word| word.parse().ok()).collect();
    // user, nice and system, and after idle and iowait, irq and softirq.
    [0, 1, 2, 5, 6].iter().filter_map(|at| ticks.get(*at)).sum::<f64>() / TICKS
}

struct Stat {
    parent: u32,
    ticks: f64,
}

fn stat(pid: u32) -> Option<Stat> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything; after it come state and parent, and user and system time as 12th and 13th.
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    let ticks = |at: usize| fields.get(at)?.parse::<f64>().ok();
    Some(Stat { parent: fields.get(1)?.parse().ok()?, ticks: ticks(11)? + ticks(12)? })
}
