//! Limits: what a stranger does locks nobody out, and what a person does twice happens once.

#[path = "abuse/breaker.rs"]
mod breaker;
#[path = "abuse/budget.rs"]
mod budget;
#[path = "abuse/codes.rs"]
mod codes;
#[path = "abuse/guessing.rs"]
mod guessing;
#[path = "abuse/lockout.rs"]
mod lockout;
#[path = "abuse/networks.rs"]
mod networks;
#[path = "abuse/numbers.rs"]
mod numbers;
#[path = "abuse/pumping.rs"]
mod pumping;
#[path = "abuse/registration.rs"]
mod registration;
#[path = "abuse/replay.rs"]
mod replay;
#[path = "abuse/rotation.rs"]
mod rotation;
#[path = "abuse/spray.rs"]
mod spray;
#[path = "abuse/strangers.rs"]
mod strangers;

use harness::{Browser, Page, World, world::find_code};

/// An address in a network of its own for each number.
fn network(n: usize) -> String {
    format!("100.{}.{}.7", 64 + n / 256, n % 256)
}

/// Whether the full numbers are asked for.
fn long() -> bool {
    std::env::var_os("PORTVAKT_TEST_LONG").is_some_and(|value| value == "1")
}

/// Asks for a code in a flow of its own, and returns the answer itself.
async fn start(world: &World, browser: &mut Browser, slug: &str, typed: &str) -> Page {
    let host = &world.tenant(slug).reset;
    let start = browser.get(host, "/").await.hidden("start");
    browser.post_once(host, "/", &[("start", &start), ("username", typed)]).await
}

/// The value of a metric, by its name and labels as they are shown.
async fn metric(world: &World, name: &str) -> u64 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let answer = client.get(format!("http://{}/metrics", world.internal)).send().await.expect("an answer");
    let metrics = answer.text().await.expect("metrics");
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    value.map_or(0, |count| count.parse().expect("a number"))
}

/// Runs the jobs, and returns the codes that went out.
async fn codes(world: &World) -> Vec<String> {
    world.arrived().await.iter().filter_map(|message| find_code(&message.text)).collect()
}

/// A code that is not this one.
fn another(code: &str) -> String {
    format!("{:06}", (code.parse::<u32>().expect("digits") + 1) % 1_000_000)
}
