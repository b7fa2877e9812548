//! Whole journeys with unusual names, passwords and numbers, and everything that can go wrong on the way.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use harness::{
    Browser, Page,
    gateway::Mode,
    process::{PATIENCE, Serving, change, eventually},
    site::Site,
    world::{code_in, find_code},
};
use portvakt_demo::{
    accounts::{SampleAccount, SampleState, sample},
    practice::{Fault, Operation},
};
use reqwest::Method;

use crate::search::Secret;

const OLD: &str = "Kanarie!Fågel&Lösen=99+%";
const NEW: &str = "Nykanarie&77=+%Zq";
const CHANGED: &str = "Bytkanarie&63=+%Zq";
const TOO_SHORT: &str = "Kz=9&";
const WRONG: &str = "Felkanarie!55?Xx";
const DISPLAY_NAME: &str = "Kanarina Å:son Fågelquist";
const MAIL: &str = "kanarina.fagelquist+7@hemligt.example";
const NUMBER: &str = "+46701740698";
/// The same as somebody writes it.
const TYPED: &str = "070-174 06 98";
/// Who holds a number of a functional account.
const HOLDER: &str = "Kanarina Innehavarsson";
/// That number, and the one that is to take its place.
const HELD: [&str; 2] = ["+46701740697", "+46701740696"];

/// Mjölby's settings, with a mail server that is not there.
pub fn without_mail(site: &Site) -> toml::Table {
    let mut tenant = site.tenant_file("mjolby");
    change(&mut tenant, "mail", "port", 9);
    tenant
}

/// A running product, and what it was told in confidence.
pub struct Stage<'a> {
    pub site: &'a Site,
    pub replica: Serving,
    pub secrets: Vec<Secret>,
    transcripts: Vec<String>,
    messages: usize,
}

impl<'a> Stage<'a> {
    pub fn new(site: &'a Site, replica: Serving) -> Self {
        let mut stage = Self { site, replica, secrets: Vec::new(), transcripts: Vec::new(), messages: 0 };
        for (name, value) in
            [("a password", OLD), ("a new password", NEW), ("a changed password", CHANGED), ("a wrong password", WRONG)]
        {
            stage.secrets.push(Secret::text(name, value));
        }
        // Their owner sees these two, after sign-in: as typed, and on the page that asks whether this is you.
        stage.secrets.push(Secret::typed("a number", &NUMBER[3..]));
        stage.secrets.push(Secret::typed("a number as it was typed", TYPED));
        stage.secrets.push(Secret::typed("a display name", DISPLAY_NAME));
        stage.secrets.push(Secret::typed("a holder", HOLDER));
        stage.secrets.push(Secret::text("a holder's number", &HELD[0][3..]));
        stage.secrets.push(Secret::text("the number of a delayed change", &HELD[1][3..]));
        stage.secrets.push(Secret::text("a mail address", MAIL));
        for slug in ["orebro", "mjolby"] {
            stage
                .secrets
                .push(Secret::text("a service account's password", sample(slug).expect("a tenant").service_password));
        }
        stage.secrets.push(Secret::text("the gateway's password", site.gateway.password()));
        stage.secrets.push(Secret::text("the mail server's password", harness::mailserver::MailServer::PASSWORD));
        let key = std::fs::read_to_string(site.installation.path("first.key")).expect("a key");
        let key = base64::prelude::BASE64_STANDARD.decode(key.trim()).expect("base64");
        stage.secrets.push(Secret::bytes("the operator's key", key));
        if let Some(database) = &site.installation.database {
            for url in [&database.app_url, &database.control_url] {
                let password = url.split(':').nth(2).and_then(|rest| rest.split('@').next()).expect("a password");
                stage.secrets.push(Secret::text("a database password", password));
            }
        }
        stage
    }

    /// Somebody in this state, with names and a password that nothing else holds.
    fn somebody(&mut self, slug: &'static str, state: SampleState) -> SampleAccount {
        let accounts = sample(slug).expect("a sample tenant").accounts;
        let mut found = accounts.into_iter().filter(|account| account.state == state);
        let mut somebody = found.next_back().expect("an account");
        let account = self.site.directories[slug].domain().account(&somebody.username).expect("an account");
        account.overwrite("displayName", &[DISPLAY_NAME]).expect("stored");
        account.overwrite("mail", &[MAIL]).expect("stored");
        if state != SampleState::Locked {
            account.set_password(OLD);
            OLD.clone_into(&mut somebody.password);
        }
        self.secrets.push(Secret::text("a password of the samples", &somebody.password));
        self.secrets.push(Secret::typed("a username", &somebody.username));
        if let Some(number) = &somebody.number {
            self.secrets.push(Secret::text("a sample's number", &number[3..]));
        }
        somebody
    }

    fn host(&self, slug: &str, service: &str) -> String {
        format!("{service}.{slug}.se")
    }

    fn browser(&self) -> Browser {
        Browser::new(self.replica.public)
    }

    /// Keeps what a browser saw, and the token it holds.
    fn keep(&mut self, browser: &Browser) {
        self.transcripts.extend(browser.transcript.iter().cloned());
        for entry in &browser.transcript {
            for value in entry.split("__Host-portvakt=").skip(1) {
                let token: String =
                    value.chars().take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c)).collect();
                self.token("a flow's token", &token);
            }
            for value in entry.split("name=\"start\" value=\"").skip(1) {
                let token = value.split('"').next().unwrap_or_default().to_owned();
                self.token("a start token", &token);
            }
        }
    }

    fn token(&mut self, name: &str, token: &str) {
        // A few of each are enough: every spelling of each is searched everywhere.
        if token.len() < 40 || self.secrets.iter().filter(|secret| secret.name == name).count() >= 12 {
            return;
        }
        self.secrets.push(Secret::text(name, token));
        self.secrets.push(Secret::bytes(&format!("{name}, decoded"), URL_SAFE_NO_PAD.decode(token).expect("base64")));
    }

    /// The next code to a number.
    async fn code(&mut self, number: &str) -> String {
        let code = eventually("a code", PATIENCE, async || {
            let received = self.site.gateway.received();
            let at = received.iter().enumerate().skip(self.messages);
            at.filter(|(_, sms)| sms.to == number && find_code(&sms.message).is_some())
                .map(|(n, sms)| (n, code_in(&sms.message)))
                .next()
        })
        .await;
        self.messages = code.0 + 1;
        self.secrets.push(Secret::code("a code", &code.1));
        code.1
    }

    async fn start(&mut self, browser: &mut Browser, slug: &str, typed: &str) -> Page {
        let page = browser.get(&self.host(slug, "pwreset"), "/").await;
        browser.submit(&page, &[("username", typed)]).await
    }

    /// A first number, with a wrong password, wrong numbers and a wrong code on the way.
    pub async fn register(&mut self) {
        let person = self.somebody("orebro", SampleState::Unregistered);
        let mut browser = self.browser();
        let mut page = browser.get(&self.host("orebro", "pwreg"), "/").await;
        for password in [WRONG, &person.password] {
            page = browser.submit(&page, &[("username", &person.username), ("password", password)]).await;
        }
        assert_eq!(page.path, "/confirm", "{}", page.text());
        page = browser.submit_to(&page, "/confirm", &[("password", WRONG)]).await;
        page = browser.submit_to(&page, "/confirm", &[("password", &person.password)]).await;
        for typed in ["08-701740698", "070174069", "0900 701740698"] {
            page = browser.submit_to(&page, "/number", &[("number", typed)]).await;
            assert_eq!(page.status, 422, "{}", page.text());
        }
        page = browser.submit_to(&page, "/number", &[("number", TYPED)]).await;
        let code = self.code(NUMBER).await;
        self.secrets.push(Secret::code("a wrong code", "904217"));
        page = browser.submit_to(&page, "/code", &[("code", "904217")]).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.keep(&browser);
    }

    /// A reset, with passwords that the policy, the directory and a fault refuse on the way.
    pub async fn reset(&mut self) {
        let person = self.somebody("orebro", SampleState::Unregistered);
        let directory = &self.site.directories["orebro"];
        let mut browser = self.browser();
        let mut page = self.start(&mut browser, "orebro", &person.upn).await;
        let code = self.code(NUMBER).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert_eq!(page.path, "/password", "{}", page.text());
        let twice = |password: &'static str| [("password", password), ("password_again", password)];
        page = browser.submit_to(&page, "/password", &twice(TOO_SHORT)).await;
        assert_eq!(page.status, 422, "{}", page.text());
        page = browser.submit_to(&page, "/password", &[("password", NEW), ("password_again", WRONG)]).await;
        assert_eq!(page.status, 422, "{}", page.text());
        directory.fail_once(Operation::Modify, Fault::Unavailable);
        page = browser.submit_to(&page, "/password", &twice(NEW)).await;
        assert!(page.status == 503 || page.status == 422, "{}", page.text());
        page = browser.submit_to(&page, "/password", &twice(NEW)).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.keep(&browser);

        // The same password again is refused by the directory's history; then a write is lost on the way.
        let mut browser = self.browser();
        let mut page = self.start(&mut browser, "orebro", &person.username).await;
        let code = self.code(NUMBER).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        page = browser.submit_to(&page, "/password", &twice(NEW)).await;
        assert_eq!(page.status, 422, "{}", page.text());
        directory.fail_once(Operation::Modify, Fault::Closed);
        page = browser.submit_to(&page, "/password", &twice("Kanariebyte&31=+%Zq")).await;
        self.secrets.push(Secret::text("a password whose write was lost", "Kanariebyte&31=+%Zq"));
        assert_eq!(page.status, 200, "{}", page.text());
        self.keep(&browser);
    }

    /// A change by who knows the password, with wrong ones on both pages, and with new ones that are refused on the way.
    pub async fn change(&mut self) {
        let person = self.somebody("orebro", SampleState::Functional);
        let directory = &self.site.directories["orebro"];
        let mut browser = self.browser();
        let mut page = browser.get(&self.host("orebro", "pwreset"), "/change").await;
        for password in [WRONG, OLD] {
            page = browser.submit(&page, &[("username", &person.username), ("password", password)]).await;
        }
        assert_eq!(page.path, "/code", "{}", page.text());
        let code = self.code(person.number.as_ref().expect("a number")).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        let fields = |current: &'static str, new: &'static str| {
            [("current_password", current), ("password", new), ("password_again", new)]
        };
        for (current, new) in [(WRONG, CHANGED), (OLD, TOO_SHORT), (OLD, OLD)] {
            page = browser.submit_to(&page, "/change/password", &fields(current, new)).await;
            assert_eq!(page.status, 422, "{}", page.text());
        }
        directory.fail_once(Operation::Modify, Fault::Unavailable);
        page = browser.submit_to(&page, "/change/password", &fields(OLD, CHANGED)).await;
        assert_eq!(page.status, 503, "{}", page.text());
        page = browser.submit_to(&page, "/change/password", &fields(OLD, CHANGED)).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.keep(&browser);
    }

    /// A second holder of a functional account, who then loses the phone; somebody stops the change.
    pub async fn hold(&mut self) {
        let unit = self.somebody("orebro", SampleState::Functional);
        let first = unit.number.clone().expect("a number");
        let mut browser = self.browser();
        let mut page = browser.get(&self.host("orebro", "pwreg"), "/").await;
        page = browser.submit(&page, &[("username", &unit.username), ("password", &unit.password)]).await;
        page = browser.submit_to(&page, "/confirm", &[("password", &unit.password)]).await;
        page = browser.get(&page.host, "/add").await;
        page = browser.submit_to(&page, "/add", &[("holder", HOLDER), ("number", HELD[0])]).await;
        for number in [first.as_str(), HELD[0]] {
            let code = self.code(number).await;
            page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        }
        assert!(page.text().contains(HOLDER), "{}", page.text());
        self.keep(&browser);

        let mut browser = self.browser();
        page = browser.get(&self.host("orebro", "pwreg"), "/").await;
        page = browser.submit(&page, &[("username", &unit.username), ("password", &unit.password)]).await;
        page = browser.submit_to(&page, "/confirm", &[("password", &unit.password)]).await;
        let second = page.html.split(" name=\"which\" value=\"").nth(2).and_then(|rest| rest.split('"').next());
        let second = second.expect("a second number").to_owned();
        page = browser.get(&page.host, "/lost").await;
        page = browser.submit_to(&page, "/lost", &[("which", &second), ("number", HELD[1])]).await;
        let code = self.code(HELD[1]).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.keep(&browser);

        let mut browser = self.browser();
        page = browser.get(&self.host("orebro", "pwreg"), "/stop").await;
        page = browser.submit(&page, &[("username", &unit.username)]).await;
        let code = self.code(&first).await;
        page = browser.submit_to(&page, "/code/another", &[("number", HELD[0])]).await;
        page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.keep(&browser);
    }

    /// An unlock at the tenant whose mail server is not there.
    pub async fn unlock(&mut self) {
        let person = self.somebody("mjolby", SampleState::Locked);
        let mut browser = self.browser();
        let page = self.start(&mut browser, "mjolby", &person.username).await;
        let code = self.code(person.number.as_ref().expect("a number")).await;
        let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
        let page = browser.submit_to(&page, "/choose", &[("choice", "keep")]).await;
        assert!(page.h1().starts_with("Klart"), "{}", page.text());
        self.logged("send_notice", "the mail is tried again").await;
        self.keep(&browser);
    }

    /// Waits for a line of the log.
    async fn logged(&self, text: &str, what: &str) {
        let holds = |line: &str| line.contains(text) && (line.contains("retried") || line.contains("laid aside"));
        eventually(what, PATIENCE, async || self.replica.process.stderr().lines().any(holds).then_some(())).await;
    }

    /// A gateway that refuses and repeats what it was told, one that hangs up; a directory that fails in every way.
    pub async fn faults(&mut self) {
        let person = self.somebody("orebro", SampleState::Normal);
        let number = person.number.clone().expect("a number");
        let echo = format!("can't send to {number}: {} is not paid for", person.username);
        let modes = [Mode::Refuse(400, echo.clone()), Mode::Refuse(500, echo), Mode::Garbage, Mode::CloseAfterRead];
        for mode in modes {
            self.site.gateway.next(1, mode);
            let asked = self.site.gateway.received().len() + self.site.gateway.refused().len();
            let mut browser = self.browser();
            // Two have this address now: it means nobody.
            self.start(&mut browser, "orebro", MAIL).await;
            self.start(&mut browser, "orebro", &person.username).await;
            let gateway = &self.site.gateway;
            let done = async || (gateway.received().len() + gateway.refused().len() > asked).then_some(());
            eventually("the gateway was asked", PATIENCE, done).await;
            self.keep(&browser);
        }
        for sms in self.site.gateway.received() {
            self.secrets.extend(find_code(&sms.message).map(|code| Secret::code("a code", &code)));
        }
        self.messages = self.site.gateway.received().len();

        let directory = &self.site.directories["orebro"];
        for fault in [Fault::Unavailable, Fault::Busy, Fault::Closed] {
            for operation in [Operation::Search, Operation::Bind] {
                directory.fail(operation, fault);
                let mut browser = self.browser();
                self.start(&mut browser, "orebro", &person.username).await;
                let page = browser.get(&self.host("orebro", "pwreg"), "/").await;
                let page = browser.submit(&page, &[("username", &person.username), ("password", OLD)]).await;
                assert!(page.status.as_u16() >= 303, "{}", page.text());
                self.logged("send_code", "a job met the fault").await;
                directory.heal();
                self.keep(&browser);
            }
        }
    }

    /// Names, tokens and passwords where they do not belong.
    pub async fn bad_input(&mut self) {
        let host = self.host("orebro", "pwreset");
        let mut browser = self.browser();
        let stray = "Kanarie-i-fel-falt-8841";
        self.secrets.push(Secret::typed("a stray word", stray));
        // Somebody's own doing stands in the address they call; it must not stand anywhere else.
        let before = browser.transcript.len();
        for path in [
            format!("/{stray}"),
            format!("/?username={stray}"),
            format!("/code?code={stray}"),
            format!("/assets/{stray}"),
        ] {
            browser.once(Method::GET, &host, &path, None).await;
            browser.once(Method::PUT, &host, &path, None).await;
        }
        browser.once(Method::GET, &format!("{stray}.example"), "/", None).await;
        browser.transcript.truncate(before);
        let huge = format!("username={}", stray.repeat(2_000));
        for body in [format!("username={stray}%FF"), format!("start={stray}&username={stray}"), huge, stray.to_string()]
        {
            browser.once(Method::POST, &host, "/", Some(body)).await;
        }
        browser.set_cookie(&host, stray);
        browser.post_once(&host, "/code", &[("code", stray)]).await;
        browser.post_once(&host, "/password", &[("password", stray), ("password_again", stray)]).await;
        browser.post_once(&host, "/change", &[("username", stray), ("password", stray)]).await;
        let fields = [("current_password", stray), ("password", stray), ("password_again", stray)];
        browser.post_once(&host, "/change/password", &fields).await;
        self.keep(&browser);
    }

    /// What must not be found, what browsers saw, and the process.
    pub async fn end(mut self) -> (Vec<Secret>, Vec<String>, Serving) {
        for sms in self.site.gateway.received() {
            self.secrets.extend(find_code(&sms.message).map(|code| Secret::code("a code", &code)));
        }
        let mut seen = std::collections::BTreeSet::new();
        self.secrets.retain(|secret| seen.insert(format!("{secret:?}")));
        (self.secrets, self.transcripts, self.replica)
    }
}
