//! A person's whole reset, step by step, each one timed.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::atomic::{AtomicUsize, Ordering},
    time::Instant,
};

use crate::{
    connection::{Answer, Connection},
    people::Member,
    phones::Phones,
};

/// Taken by the rules of both tenants.
const NEW_PASSWORD: &str = "Vinterbad88Sten";

/// The steps of a reset, in order. "SMS" lasts from the answer to the name until the gateway has taken the SMS.
pub const STEPS: [&str; 10] = [
    "GET /",
    "POST / (name)",
    "GET /code",
    "SMS taken",
    "POST /code",
    "GET /choose",
    "POST /choose",
    "GET /password",
    "POST /password",
    "GET /done",
];

/// How long each step took, in milliseconds.
pub type Steps = BTreeMap<&'static str, f64>;

/// Each browser is on a network of its own, as if a whole country were awake: limits are what they always are.
static NETWORKS: AtomicUsize = AtomicUsize::new(0);

/// Somebody's browser, on a network that no other has.
pub struct Browser {
    connection: Connection,
    host: &'static str,
    address: String,
    cookie: String,
}

impl Browser {
    /// A browser that goes on with a connection: the proxy in front keeps them.
    pub fn new(connection: Connection, host: &'static str) -> Self {
        let n = NETWORKS.fetch_add(1, Ordering::Relaxed);
        let address = format!("{}.{}.{}.9", 11 + (n >> 16), n >> 8 & 255, n & 255);
        Self { connection, host, address, cookie: String::new() }
    }

    /// A browser with a connection of its own.
    pub fn at(server: SocketAddr, host: &'static str) -> Self {
        Self::new(Connection::to(server), host)
    }

    /// The connection, for whoever comes next.
    pub fn leave(self) -> Connection {
        self.connection
    }

    /// Fetches a page.
    pub async fn get(&mut self, path: &str) -> Result<Answer, String> {
        self.send("GET", path, "").await
    }

    /// Posts a form.
    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, String> {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.send("POST", path, &body).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Result<Answer, String> {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nX-Forwarded-For: {}\r\nAccept-Language: sv\r\n\
             Cookie: __Host-portvakt={}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.host,
            self.address,
            self.cookie,
            body.len()
        );
        let answer = self.connection.send(&request).await.map_err(|error| format!("{method} {path}: {error}"))?;
        if let Some(cookie) = answer.header("set-cookie:").and_then(|set| set.strip_prefix("__Host-portvakt=")) {
            self.cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        }
        Ok(answer)
    }

    /// Fetches the first page and sends in a name; also gives what both took.
    pub async fn begin(&mut self, login: &str) -> Result<(f64, f64), String> {
        let begun = Instant::now();
        let page = expect(self.get("/").await?, 200, "GET /")?;
        let first = milliseconds(begun);
        let token = start_token(&page.body).ok_or("no start token on the first page")?.to_owned();
        let begun = Instant::now();
        expect(self.post("/", &[("start", &token), ("username", login)]).await?, 303, "POST /")?;
        Ok((first, milliseconds(begun)))
    }

    /// A whole reset.
    ///
    /// # Errors
    /// What kept it from coming to its end.
    pub async fn reset(&mut self, phones: &Phones, member: &Member) -> Result<Steps, String> {
        let mut steps = Steps::new();
        let awaited = phones.next(&member.number);
        let (first, start) = self.begin(&member.login).await?;
        steps.extend([(STEPS[0], first), (STEPS[1], start)]);
        let asked = Instant::now();
        self.timed(&mut steps, STEPS[2], 200).await?;
        let code = awaited.code().await.ok_or("no code came")?;
        steps.insert(STEPS[3], milliseconds(asked));
        self.posted(&mut steps, STEPS[4], "/code", &[("code", &code)], "/choose").await?;
        // Where one choice is offered alone, the page leads on by itself.
        let begun = Instant::now();
        let page = self.get("/choose").await?;
        steps.insert(STEPS[5], milliseconds(begun));
        if page.status == 200 {
            self.posted(&mut steps, STEPS[6], "/choose", &[("choice", "new")], "/password").await?;
        }
        self.timed(&mut steps, STEPS[7], 200).await?;
        let new = [("password", NEW_PASSWORD), ("password_again", NEW_PASSWORD)];
        self.posted(&mut steps, STEPS[8], "/password", &new, "/done").await?;
        self.timed(&mut steps, STEPS[9], 200).await?;
        Ok(steps)
    }

    async fn timed(&mut self, steps: &mut Steps, step: &'static str, status: u16) -> Result<(), String> {
        let begun = Instant::now();
        let path = step.split(' ').nth(1).unwrap_or("/");
        expect(self.get(path).await?, status, step)?;
        steps.insert(step, milliseconds(begun));
        Ok(())
    }

    async fn posted(
        &mut self,
        steps: &mut Steps,
        step: &'static str,
        path: &str,
        fields: &[(&str, &str)],
        leads_to: &str,
    ) -> Result<(), String> {
        let begun = Instant::now();
        let answer = expect(self.post(path, fields).await?, 303, step)?;
        steps.insert(step, milliseconds(begun));
        match answer.header("location:") {
            Some(to) if to == leads_to => Ok(()),
            to => Err(format!("{step} leads to {to:?}")),
        }
    }
}

/// Milliseconds since then.
pub fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1_000.0
}

fn expect(answer: Answer, status: u16, step: &str) -> Result<Answer, String> {
    if answer.status == status {
        return Ok(answer);
    }
    let heading = answer.body.split("<h1>").nth(1).and_then(|rest| rest.split("</h1>").next()).unwrap_or_default();
    Err(format!("{step}: {} {heading}", answer.status))
}

/// The token of the first form.
pub fn start_token(html: &str) -> Option<&str> {
    html.split_once("name=\"start\" value=\"")?.1.split('"').next()
}
