//! A running `portvakt demo`, and what is seen of it from outside.

use std::{
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use harness::{
    Browser, Page,
    process::{PATIENCE, Process, eventually, portvakt},
    world::find_code,
};
use serde_json::Value;

/// A demo of one test.
pub struct Demo {
    pub process: Process,
    pub address: SocketAddr,
}

impl Demo {
    /// On a free port, with its data in a folder of its own.
    pub async fn start() -> Self {
        Self::with(&["--listen", "127.0.0.1:0"]).await
    }

    pub async fn in_folder(folder: &Path) -> Self {
        Self::with(&["--listen", "127.0.0.1:0", "--data-dir", folder.to_str().expect("UTF-8")]).await
    }

    async fn with(arguments: &[&str]) -> Self {
        let mut process = Process::start(portvakt(&["demo"]).args(arguments));
        let line = process.line("http://localhost:").await;
        let port = line.split("http://localhost:").nth(1).and_then(|rest| rest.split('/').next());
        let port: u16 = port.expect("a port").parse().expect("a number");
        let demo = Self { process, address: SocketAddr::from(([127, 0, 0, 1], port)) };
        eventually("the demo serves", PATIENCE, async || {
            (demo.try_get("localhost", "/demo/outbox.json").await?.0 == 200).then_some(())
        })
        .await;
        demo
    }

    /// Status and text of a page; `None` when nobody answers.
    pub async fn try_get(&self, host: &str, path: &str) -> Option<(u16, String)> {
        let client = reqwest::Client::builder().no_proxy().build().expect("a client");
        let host = format!("{host}:{}", self.address.port());
        let response = client.get(format!("http://{}{path}", self.address)).header("host", host).send().await.ok()?;
        Some((response.status().as_u16(), response.text().await.ok()?))
    }

    async fn json(&self, path: &str) -> Value {
        let (status, text) = self.try_get("localhost", path).await.expect("an answer");
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    /// `accounts.json` as it is.
    pub async fn accounts_json(&self) -> Value {
        self.json("/demo/accounts.json").await
    }

    /// Every account of a tenant in a state.
    pub async fn accounts(&self, tenant: &str, state: &str) -> Vec<Value> {
        let all = self.accounts_json().await;
        let of = |account: &&Value| account["tenant"] == tenant && account["state"] == state;
        all["accounts"].as_array().expect("accounts").iter().filter(of).cloned().collect()
    }

    /// Every message of `outbox.json`.
    pub async fn outbox(&self) -> Vec<Value> {
        self.json("/demo/outbox.json").await["messages"].as_array().expect("messages").clone()
    }

    /// A tenant's address.
    pub fn host(&self, service: &str, tenant: &str) -> String {
        format!("{service}.{tenant}.localhost:{}", self.address.port())
    }

    /// The next code that a number is sent, after so many messages.
    pub async fn code(&self, number: &str, earlier: usize) -> String {
        eventually(&format!("a code to {number}"), PATIENCE, async || self.code_now(number, earlier).await).await
    }

    async fn code_now(&self, number: &str, earlier: usize) -> Option<String> {
        let all = self.outbox().await;
        all[earlier..].iter().filter(|sms| sms["to"] == number).find_map(|sms| find_code(text(sms, "text")))
    }

    /// Asks for a code, and how long it took to come.
    pub async fn asks(&self, browser: &mut Browser, tenant: &str, account: &Value) -> (Page, String, Duration) {
        let earlier = self.outbox().await.len();
        let start = browser.get(&self.host("pwreset", tenant), "/").await;
        let page = browser.submit(&start, &[("username", text(account, "username"))]).await;
        let asked = Instant::now();
        assert_eq!((page.status.as_u16(), page.path.as_str()), (200, "/code"), "{}", page.text());
        let code = self.code(text(account, "number"), earlier).await;
        (page, code, asked.elapsed())
    }
}

/// A text of a JSON object.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("{key} is a text in {value}"))
}

/// The keys of a JSON object.
pub fn keys(value: &Value) -> Vec<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}
