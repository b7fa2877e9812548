//! Whether a process grows or slows: the second half of many resets against the first.

use crate::{
    auc::count,
    parts::{
        Size,
        resets::{Measured, resets},
    },
    reset::STEPS,
    stage::Stage,
    table::{Goal, Table},
    usage,
};

/// Browsers at once.
const BROWSERS: usize = 8;
/// Resets that fill pools and caches first.
pub const WARM_UP: usize = 100;

/// One half after the other.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    half(stage, WARM_UP).await;
    let before = usage::memory(stage.served.process.id()).0;
    let (first, middle) = half(stage, size.half).await;
    let (second, after) = half(stage, size.half).await;
    let ratio = |of: fn(&Measured) -> f64| of(&second) / of(&first);
    let cpu = |it: &Measured| it.cpu / it.resets;
    table.tell(format!("memory after {WARM_UP} resets"), before, "MB");
    table.tell(format!("memory after {} more", size.half), middle, "MB");
    table.figure(format!("growth in the second {}", size.half), after - middle, "MB", Goal::AtMost(3.0));
    table.tell("our processor time a reset, first half", cpu(&first) * 1e3, "ms");
    table.figure("our processor time a reset, second half to first", ratio(cpu), "", Goal::AtMost(1.1));
    table.tell("p50 of POST /, second half to first", ratio(|it| it.step(STEPS[1], 0.5).unwrap_or(f64::NAN)), "");
    let failed = count(first.failed.len() + second.failed.len());
    table.figure("resets that failed", failed, "", Goal::AtMost(0.0));
}

/// So many resets, and the memory after them.
async fn half(stage: &mut Stage, times: usize) -> (Measured, f64) {
    let people = stage.practice.take(times);
    let mut all = Measured::default();
    // In pieces, so that somebody who waits sees that it goes on.
    for (n, piece) in people.chunks(times.div_ceil(5)).enumerate() {
        resets(stage, false, BROWSERS, piece, &mut all).await;
        let memory = usage::memory(stage.served.process.id()).0;
        println!("   {} of {times} resets, {memory:.1} MB", (n + 1) * piece.len());
    }
    (all, usage::memory(stage.served.process.id()).0)
}
