//! Chromium, driven over WebDriver: somebody's phone, with script on or off. Its own driver, its own empty profile.

use std::{
    os::unix::process::CommandExt as _,
    path::Path,
    process::{Command, Stdio},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use fantoccini::{
    Client, ClientBuilder, Locator,
    actions::{InputSource as _, KeyAction, KeyActions},
    elements::Element,
    key::Key,
};
use serde_json::{Value, json};

use crate::{
    process::{PATIENCE, Process, eventually},
    services::Services,
};

/// Whether pages may run script.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    On,
    Off,
}

/// A page that shows in its title whether its script ran.
const PROBE: &str = "data:text/html,<title>off</title><script>document.title='on'</script>";

/// A running browser with one tab.
pub struct Chromium {
    client: Client,
    /// The driver's address of this session, for what WebDriver itself has no words for.
    session: String,
    http: reqwest::Client,
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Chromium {
    /// A phone in Swedish, 360 × 740.
    pub async fn phone(script: Script) -> Self {
        let services = Services::get();
        let profile = tempfile::tempdir().expect("a folder");
        let (driver, port) = Driver::start(&services.chromedriver).await;
        let mut preferences = json!({ "intl.accept_languages": "sv" });
        if script == Script::Off {
            preferences["profile.managed_default_content_settings.javascript"] = json!(2);
        }
        let user_data = format!("--user-data-dir={}", profile.path().display());
        let options = json!({
            "binary": services.chromium,
            "prefs": preferences,
            "args": [
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
                "--disable-background-networking", "--disable-component-update", "--disable-sync",
                "--disable-dev-shm-usage", "--hide-scrollbars", user_data,
            ],
        });
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let address = format!("http://127.0.0.1:{port}");
        let logs = json!({ "performance": "ALL" });
        let capabilities = json!({ "browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": logs });
        let client = ClientBuilder::rustls()
            .expect("a connector")
            .capabilities(capabilities.as_object().expect("an object").clone())
            .connect(&address)
            .await
            .expect("a browser");
        let id = client.session_id().await.expect("an answer").expect("a session");
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let session = format!("{address}/session/{id}");
        let browser = Self { client, session, http, _driver: driver, _profile: profile };
        browser.size(360, 740).await;
        browser.dark(false).await;
        // A preference that a newer browser no longer knows would leave script on, and nobody would notice.
        browser.open(PROBE).await;
        let expected = if script == Script::Off { "off" } else { "on" };
        assert_eq!(browser.client.title().await.expect("a title"), expected, "whether script runs");
        browser
    }

    /// The size of the screen.
    pub async fn size(&self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", size).await;
    }

    /// Whether the person has asked for dark pages. Nothing moves: a colour is never met on its way to another.
    pub async fn dark(&self, dark: bool) {
        let scheme = json!({ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } });
        let motion = json!({ "name": "prefers-reduced-motion", "value": "reduce" });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [scheme, motion] })).await;
    }

    /// The person has the system's own colours forced on every page.
    pub async fn forced_colours(&self) {
        let forced = json!({ "name": "forced-colors", "value": "active" });
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": [forced] })).await;
    }

    /// Runs a script on every page from now on, before any of the page's own.
    pub async fn before_each_page(&self, script: &str) {
        self.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// A picture of the whole page, however long it is.
    pub async fn picture(&self, file: &Path) {
        let height = self.ask("return Math.max(document.documentElement.scrollHeight, innerHeight)").await;
        let width = self.ask("return innerWidth").await;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", asked).await;
        let png = STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64");
        std::fs::write(file, png).expect("a picture is kept");
    }

    /// A picture of a part of the page (left, top, width and height), as WebP and enlarged.
    pub async fn part(&self, [x, y, width, height]: [f64; 4], scale: f64) -> Vec<u8> {
        let clip = json!({ "x": x, "y": y, "width": width, "height": height, "scale": scale });
        let asked = json!({ "format": "webp", "quality": 25, "captureBeyondViewport": true, "clip": clip });
        let taken = self.devtools("Page.captureScreenshot", asked).await;
        STANDARD.decode(taken["data"].as_str().expect("a picture")).expect("base64")
    }

    /// The page as it is printed.
    pub async fn printed(&self) -> Vec<u8> {
        let asked = json!({ "preferCSSPageSize": true, "printBackground": false });
        let printed = self.devtools("Page.printToPDF", asked).await;
        STANDARD.decode(printed["data"].as_str().expect("a document")).expect("base64")
    }

    /// The page is shown as if it were printed, or not any more.
    pub async fn on_paper(&self, paper: bool) {
        let media = if paper { "print" } else { "" };
        self.devtools("Emulation.setEmulatedMedia", json!({ "media": media })).await;
    }

    /// What WebDriver has no words for, in the browser's own: a command of the DevTools protocol, and its answer.
    pub async fn devtools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters }).to_string();
        let request = self.http.post(format!("{}/goog/cdp/execute", self.session)).body(body);
        let answer = request.send().await.expect("an answer").text().await.expect("a body");
        let answer: Value = serde_json::from_str(&answer).expect("JSON");
        assert!(answer["value"]["error"].is_null(), "{command}: {answer}");
        answer["value"].clone()
    }

    /// What the browser asked for over the network since this was last called: methods and addresses, whatever made it
    /// ask.
    pub async fn requests(&self) -> Vec<String> {
        let body = json!({ "type": "performance" }).to_string();
        let answer = self.http.post(format!("{}/se/log", self.session)).body(body).send().await.expect("an answer");
        let answer: Value = serde_json::from_str(&answer.text().await.expect("a body")).expect("JSON");
        let entries = answer["value"].as_array().unwrap_or_else(|| panic!("a log in {answer}"));
        let events = entries.iter().map(|entry| {
            let event: Value = serde_json::from_str(entry["message"].as_str().expect("a message")).expect("JSON");
            event["message"].clone()
        });
        let sent = events.filter(|event| {
            let method = event["method"].as_str().unwrap_or_default();
            ["Network.requestWillBeSent", "Network.webSocketCreated"].contains(&method)
        });
        sent.map(|event| {
            let request = &event["params"]["request"];
            format!("{} {}", request["method"].as_str().unwrap_or("-"), request["url"].as_str().unwrap_or("-"))
        })
        .collect()
    }

    /// Opens an address.
    pub async fn open(&self, url: &str) {
        self.client.goto(url).await.unwrap_or_else(|error| panic!("{url}: {error}"));
    }

    /// The path of the page that is shown.
    pub async fn path(&self) -> String {
        self.client.current_url().await.expect("an address").path().to_owned()
    }

    /// The page's name.
    pub async fn title(&self) -> String {
        self.client.title().await.expect("a title")
    }

    /// Runs the driver's script on the page; it runs where the page's own may not.
    pub async fn ask(&self, script: &str) -> Value {
        self.client.execute(script, vec![]).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// What is written in an element, as it is shown.
    pub async fn text(&self, css: &str) -> String {
        self.element(css).await.text().await.expect("text")
    }

    /// Whether there is such an element.
    pub async fn has(&self, css: &str) -> bool {
        !self.client.find_all(Locator::Css(css)).await.expect("an answer").is_empty()
    }

    /// The one element.
    pub async fn element(&self, css: &str) -> Element {
        match self.client.find(Locator::Css(css)).await {
            Ok(element) => element,
            Err(error) => panic!("no {css} on {}: {error}", self.client.source().await.unwrap_or_default()),
        }
    }

    /// Types into a field that is tapped first.
    pub async fn fill(&self, css: &str, text: &str) {
        let field = self.element(css).await;
        field.click().await.expect("a field to tap");
        field.send_keys(text).await.expect("a field to type in");
    }

    /// Taps something.
    pub async fn tap(&self, css: &str) {
        self.element(css).await.click().await.unwrap_or_else(|error| panic!("{css} can't be tapped: {error}"));
    }

    /// Taps something that leads to another page, and waits for it.
    pub async fn tap_through(&self, css: &str) {
        self.mark().await;
        self.tap(css).await;
        self.arrive().await;
    }

    /// Presses keys, one after the other, wherever the focus is.
    pub async fn press(&self, keys: impl IntoIterator<Item = char>) {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in keys {
            actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        }
        self.client.perform_actions(actions).await.expect("a keyboard");
    }

    /// Presses Tab.
    pub async fn tab(&self) {
        self.press([Key::Tab.into()]).await;
    }

    /// Presses Enter, which leads to another page, and waits for it.
    pub async fn enter_through(&self) {
        self.mark().await;
        self.press([Key::Enter.into()]).await;
        self.arrive().await;
    }

    /// Leaves a mark on the page that is shown, by which a new one is told from it.
    async fn mark(&self) {
        self.ask("document.documentElement.dataset.seen = 'yes'").await;
    }

    /// Waits for a page without the mark.
    async fn arrive(&self) {
        let script = "return document.readyState === 'complete' && !document.documentElement.dataset.seen";
        // Between two pages there is nothing to ask, which is an error.
        eventually("a new page", PATIENCE, async || {
            (self.client.execute(script, vec![]).await.ok()? == Value::Bool(true)).then_some(())
        })
        .await;
    }
}

/// The driver and, among its children, the browser: one process group, which ends as a whole.
struct Driver(Process);

impl Driver {
    /// The driver takes a free port for IPv6 and then wants the same one for IPv4. Where somebody else has that, it ends,
    /// and is started anew.
    async fn start(chromedriver: &Path) -> (Self, u16) {
        let mut taken = 0;
        loop {
            let mut command = Command::new(chromedriver);
            let mut driver = Self(Process::start(command.arg("--port=0").process_group(0)));
            match driver.0.line_or_end("successfully on port ").await {
                Ok(line) => {
                    let port = line.rsplit(' ').next().and_then(|port| port.trim_end_matches('.').parse().ok());
                    return (driver, port.unwrap_or_else(|| panic!("a port in {line:?}")));
                }
                Err(ended) => {
                    taken += 1;
                    assert!(ended.contains("Address already in use") && taken < 10, "{ended}");
                }
            }
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let group = format!("-{}", self.0.id());
        let _ = Command::new("kill").args(["-s", "KILL", "--", &group]).stderr(Stdio::null()).status();
    }
}
