//! A demo and a phone in front of it. Whatever page the phone comes to is looked at: narrow and wide, light and dark.

use std::{path::PathBuf, time::Duration};

use harness::{
    chromium::{Chromium, Script},
    process::{Process, eventually, portvakt},
    world::find_code,
};
use serde_json::Value;

/// A folder to put pictures of all pages into; `tests/screens` sets it.
const PICTURES: &str = "PORTVAKT_TEST_PICTURES";
/// The demo promises a code within a second; a loaded machine may take longer, and that is another suite's business.
const CODE_ARRIVES: Duration = Duration::from_secs(30);

/// Looks at the page a phone is on: at 320 pixels, light and dark; with pictures under this name where they are wanted.
pub async fn look(phone: &Chromium, name: &str) {
    for dark in [false, true] {
        phone.dark(dark).await;
        phone.size(320, 640).await;
        let problems = phone.ask(include_str!("look.js")).await;
        assert_eq!(problems, Value::Array(vec![]), "{name} ({}), dark: {dark}", phone.path().await);
        if let Some(folder) = std::env::var_os(PICTURES).map(PathBuf::from) {
            for width in [360, 1200] {
                phone.size(width, 740).await;
                let shade = if dark { "dark" } else { "light" };
                phone.picture(&folder.join(format!("{name}-{width}-{shade}.png"))).await;
            }
        }
    }
    phone.dark(false).await;
    phone.size(360, 740).await;
}

/// `portvakt demo` as a process, and a phone.
pub struct Stage {
    pub phone: Chromium,
    port: String,
    name: &'static str,
    http: reqwest::Client,
    /// The newest message that was read.
    read: u64,
    pictures: u32,
    _demo: Process,
}

/// An account of the demo, as it is seeded.
pub struct Account {
    pub username: String,
    pub password: String,
    pub number: Option<String>,
}

impl Stage {
    /// The name is for the pictures.
    pub async fn set(name: &'static str) -> Self {
        Self::with(name, Script::Off).await
    }

    /// The same, with a phone that may run script.
    pub async fn with(name: &'static str, script: Script) -> Self {
        let mut demo = Process::start(&mut portvakt(&["demo", "--listen", "127.0.0.1:0"]));
        let line = demo.line("/demo/outbox").await;
        let address = line.split("http://localhost:").nth(1).and_then(|rest| rest.split('/').next());
        let port = address.unwrap_or_else(|| panic!("an address in {line:?}")).to_owned();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { phone: Chromium::phone(script).await, port, name, http, read: 0, pictures: 0, _demo: demo }
    }

    /// The address of a page on one of the demo's hosts, such as `pwreset.orebro.localhost`.
    pub fn url(&self, host: &str, path: &str) -> String {
        format!("http://{host}:{}{path}", self.port)
    }

    async fn json(&self, path: &str) -> Value {
        let answer = self.http.get(format!("http://127.0.0.1:{}{path}", self.port)).send().await.expect("an answer");
        serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON")
    }

    /// The first account in a state.
    pub async fn account(&self, tenant: &str, state: &str) -> Account {
        let all = self.json("/demo/accounts.json").await;
        let mut all = all["accounts"].as_array().expect("accounts").iter();
        let found = all.find(|a| a["tenant"] == tenant && a["state"] == state).expect("one in this state");
        let text = |key: &str| found[key].as_str().map(str::to_owned);
        Account {
            username: text("username").expect("a name"),
            password: text("password").expect("a password"),
            number: text("number"),
        }
    }

    /// The code that arrives at a number; every message is read once.
    pub async fn code_at(&mut self, number: &str) -> String {
        let (id, code) = eventually("a code", CODE_ARRIVES, async || {
            let all = self.json("/demo/outbox.json").await;
            let new =
                all["messages"].as_array().expect("messages").iter().filter(|m| m["id"].as_u64() > Some(self.read));
            new.filter(|message| message["to"] == number)
                .find_map(|message| Some((message["id"].as_u64()?, find_code(message["text"].as_str()?)?)))
        })
        .await;
        self.read = id;
        code
    }

    /// Waits until so many messages have arrived.
    pub async fn arrived(&self, messages: usize) {
        eventually("the messages", CODE_ARRIVES, async || {
            let all = self.json("/demo/outbox.json").await;
            (all["messages"].as_array().expect("messages").len() >= messages).then_some(())
        })
        .await;
    }

    /// From pwreset's first page to the one that asks for the code.
    pub async fn ask_for_code(&mut self, host: &str, username: &str) {
        self.phone.open(&self.url(host, "/")).await;
        self.phone.fill("#username", username).await;
        self.phone.tap_through("button.next").await;
        assert_eq!(self.phone.path().await, "/code", "{}", self.phone.text("main").await);
    }

    /// Looks at the page the phone is on.
    pub async fn look(&mut self, at: &str) {
        look(&self.phone, &format!("{}-{:02}-{at}", self.name, self.pictures)).await;
        self.pictures += 1;
    }

    /// Checks that the phone is on this path, and looks at the page.
    pub async fn comes_to(&mut self, path: &str, at: &str) {
        assert_eq!(self.phone.path().await, path, "{at}: {}", self.phone.text("main").await);
        self.look(at).await;
    }

    /// The page says that something is wrong with a field, and leads to the field.
    pub async fn is_told(&mut self, field: &str, words: &str, at: &str) {
        // A browser gives the focus with the next picture it draws, not with the page's last byte.
        eventually("the focus on the errors", CODE_ARRIVES, async || {
            let focused = self.phone.ask("return document.querySelector('.summary:focus') !== null").await;
            (focused == Value::Bool(true)).then_some(())
        })
        .await;
        self.look(at).await;
        let told = self.phone.text(".summary").await;
        assert!(told.contains(words), "{at}: {told}");
        assert!(self.phone.title().await.starts_with("Fel: "), "{at}: {}", self.phone.title().await);
        self.phone.tap(".summary a").await;
        assert_eq!(self.focus().await, field, "{at}: the error leads to its field");
    }

    /// The id of what has the focus.
    pub async fn focus(&self) -> String {
        self.phone.ask("return document.activeElement.id").await.as_str().unwrap_or_default().to_owned()
    }
}
