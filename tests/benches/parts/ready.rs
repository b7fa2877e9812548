//! How soon a process is ready, what that costs, and what it has in memory then.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    time::{Duration, Instant},
};

use harness::process::{Installation, Process};

use crate::{
    auc::median,
    connection::Connection,
    stage::Stage,
    table::{Goal, Table},
    usage,
};

/// How often it is started.
const TIMES: usize = 5;

/// Starts it on both databases, with two tenants.
pub async fn run(stage: &mut Stage, table: &mut Table) {
    started(&mut stage.installation, "PostgreSQL", table).await;
    started(&mut stage.on_sqlite().await, "SQLite", table).await;
}

async fn started(installation: &mut Installation, database: &str, table: &mut Table) {
    let (mut seconds, mut cpu, mut megabytes) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TIMES {
        let (took, used, memory) = start(installation).await;
        seconds.push(took);
        cpu.push(used);
        megabytes.push(memory);
    }
    table.figure(format!("{database}: ready after, median of {TIMES}"), median(&seconds), "s", Goal::AtMost(0.3));
    table.tell(format!("{database}: processor time until ready"), median(&cpu), "s");
    table.figure(format!("{database}: memory when ready, two tenants"), median(&megabytes), "MB", Goal::AtMost(60.0));
}

/// Starts it once: seconds until `/readyz` says 200, processor seconds, megabytes.
async fn start(installation: &mut Installation) -> (f64, f64, f64) {
    // Known beforehand, so that nobody has to wait for what the process prints.
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|it| it.local_addr()).expect("a free port");
    installation.set("listen", "internal", free.to_string());
    let begun = Instant::now();
    let process = Process::start(&mut installation.command(&["serve"]));
    let mut connection = Connection::to(free);
    while !is_ready(&mut connection).await {
        assert!(begun.elapsed() < harness::process::PATIENCE, "never ready: {}", process.stderr());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let seconds = begun.elapsed().as_secs_f64();
    let told = (seconds, usage::cpu_seconds(process.id()), usage::memory(process.id()).0);
    installation.set("listen", "internal", SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).to_string());
    told
}

async fn is_ready(connection: &mut Connection) -> bool {
    let answer = connection.send("GET /readyz HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    answer.is_ok_and(|answer| answer.status == 200)
}
