//! One answer as a stranger sees it, what is random in it taken out, and what it cost inside.

use std::collections::BTreeMap;

use harness::{Browser, Page, Person, World};
use reqwest::Method;

/// An answer and its cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Which request it answers.
    pub step: String,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// Everything that one person's requests were answered with, and the statements of each.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub answers: Vec<Answer>,
    pub statements: Vec<u64>,
}

impl Seen {
    /// The fewest statements of each request: now and then the app reads its tenants anew at the same time.
    pub fn least(&mut self, other: &Seen) {
        for (mine, theirs) in self.statements.iter_mut().zip(&other.statements) {
            *mine = (*mine).min(*theirs);
        }
    }

    /// The first answer that differs from another person's, in words.
    pub fn difference(&self, other: &Seen) -> Option<String> {
        if self.answers.len() != other.answers.len() {
            return Some(format!("{} answers against {}", self.answers.len(), other.answers.len()));
        }
        let mut pairs = self.answers.iter().zip(&other.answers);
        pairs.find(|(a, b)| a != b).map(|(a, b)| format!("at {}:\n{a:#?}\nagainst\n{b:#?}", a.step))
    }
}

/// A browser whose requests are looked at from both sides.
pub struct Stranger<'a> {
    pub world: &'a World,
    pub slug: &'static str,
    pub browser: Browser,
    pub seen: Seen,
    /// The host that is called.
    host: String,
    /// What was typed; taken out of pages that repeat it.
    typed: String,
    /// What no page may hold.
    hidden: Vec<String>,
}

impl<'a> Stranger<'a> {
    /// A stranger who asks for this person, in a spelling that is not the directory's.
    pub fn new(world: &'a World, slug: &'static str, person: &Person, browser: Browser) -> Self {
        let typed = person.username.to_uppercase();
        assert_ne!(typed, person.username);
        let mut hidden = vec![person.username.clone(), person.mail.clone()];
        let account = world.tenant(slug).directory.practice().domain().account(&person.username);
        hidden.extend(account.and_then(|account| account.text("displayName")));
        if let Some(number) = &person.number {
            let last = &number[number.len() - 4..];
            let masked = portvakt_domain::number::MobileNumber::from_e164(number).expect("a number").masked();
            hidden.extend([number[1..].to_owned(), format!("0{}", &number[3..]), masked]);
            hidden.push(format!("{} {}", &last[..2], &last[2..]));
        }
        // A tenant's example of a username may be somebody's.
        hidden.retain(|text| *text != world.served(slug).settings.texts.username_example);
        let host = world.tenant(slug).reset.clone();
        Self { world, slug, browser, seen: Seen::default(), host, typed, hidden }
    }

    /// The same stranger, at pwreg.
    pub fn at_pwreg(mut self) -> Self {
        self.host.clone_from(&self.world.tenant(self.slug).register);
        self
    }

    pub fn typed(&self) -> String {
        self.typed.clone()
    }

    /// Fetches, and notes the answer.
    pub async fn get(&mut self, step: &str, path: &str) -> Page {
        self.ask(step, Method::GET, path, None).await
    }

    /// Posts a form, and notes the answer.
    pub async fn post(&mut self, step: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.ask(step, Method::POST, path, Some(form)).await
    }

    /// One request: the answer, the statements, and that no directory was asked.
    pub async fn ask(&mut self, step: &str, method: Method, path: &str, form: Option<String>) -> Page {
        let tenant = self.world.tenant(self.slug);
        let (server, store) = (tenant.directory.practice(), &self.world.shared.platform.store);
        let (operations, statements) = (server.operations(), store.statements());
        let page = self.browser.once(method.clone(), &self.host.clone(), path, form).await;
        let statements = store.statements() - statements;
        assert_eq!(server.operations(), operations, "{step}: a directory was asked before the reply");
        for hidden in &self.hidden {
            assert!(!page.html.contains(hidden.as_str()), "{step}: the page holds {hidden:?}");
        }
        self.seen.answers.push(answer(step, &page, &self.typed));
        self.seen.statements.push(statements);
        page
    }
}

/// An answer without what is random in it: the date, the start form's token, the cookie's value, the name as typed.
pub fn answer(step: &str, page: &Page, typed: &str) -> Answer {
    let mut body = page.html.clone();
    for (name, value) in page.forms().into_iter().flat_map(|form| form.hidden) {
        if name == "start" {
            body = body.replace(&value, "TOKEN");
        }
    }
    let body = body.replace(typed, "NAME");
    let mut headers: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in &page.headers {
        let value = value.to_str().expect("text").to_owned();
        let value = match name.as_str() {
            "date" => continue,
            // The body says more, but for the length of the name.
            "content-length" if page.html.contains(typed) => continue,
            "set-cookie" => {
                let (pair, attributes) = value.split_once(';').expect("attributes");
                let (name, value) = pair.split_once('=').expect("a value");
                let attributes = attributes.split(" Expires=").next().unwrap_or_default();
                format!("{name}=<{} characters>;{attributes}", value.len())
            }
            _ => value,
        };
        headers.entry(name.to_string()).or_default().push(value);
    }
    let headers = headers.into_iter().flat_map(|(n, values)| values.into_iter().map(move |v| (n.clone(), v))).collect();
    Answer { step: step.to_owned(), status: page.status.as_u16(), headers, body }
}
