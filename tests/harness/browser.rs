//! A browser without a screen: it keeps its cookie, follows redirects, fills in the forms that it sees.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use reqwest::{Method, StatusCode, header, redirect};

/// One person's browser on one network.
#[derive(Clone)]
pub struct Browser {
    server: SocketAddr,
    client: reqwest::Client,
    address: String,
    language: String,
    cookies: BTreeMap<String, String>,
    /// Every request's line and answer, for tests that look for what must not be there.
    pub transcript: Vec<String>,
}

/// What came back, after redirects.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub host: String,
    pub path: String,
    pub headers: header::HeaderMap,
    pub html: String,
}

static NETWORKS: AtomicU32 = AtomicU32::new(0);

/// One for all, since making one takes time. Each request has a connection of its own: none is kept on which the server
/// could hang up meanwhile, or whose runtime could end.
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let builder = reqwest::Client::builder().redirect(redirect::Policy::none()).no_proxy().pool_max_idle_per_host(0);
    builder.build().expect("a client")
});

impl Browser {
    /// A browser on a network that no other browser of this process has.
    pub fn new(server: SocketAddr) -> Self {
        let n = NETWORKS.fetch_add(1, Ordering::Relaxed);
        Self::on_network(server, &format!("198.{}.{}.9", 18 + (n >> 8 & 1), n & 255))
    }

    /// A browser at this address, as the proxy in front reports it.
    pub fn on_network(server: SocketAddr, address: &str) -> Self {
        Self {
            server,
            client: CLIENT.clone(),
            address: address.to_owned(),
            language: "sv".to_owned(),
            cookies: BTreeMap::new(),
            transcript: Vec::new(),
        }
    }

    pub fn in_english(mut self) -> Self {
        "en-GB,en;q=0.8".clone_into(&mut self.language);
        self
    }

    /// The flow token that this browser holds for a host.
    pub fn cookie(&self, host: &str) -> Option<&str> {
        self.cookies.get(host).map(String::as_str)
    }

    pub fn set_cookie(&mut self, host: &str, value: &str) {
        self.cookies.insert(host.to_owned(), value.to_owned());
    }

    /// Fetches a page, following redirects on the same host.
    pub async fn get(&mut self, host: &str, path: &str) -> Page {
        let page = self.once(Method::GET, host, path, None).await;
        self.follow(page).await
    }

    /// Posts a form, following redirects.
    pub async fn post(&mut self, host: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let page = self.post_once(host, path, fields).await;
        self.follow(page).await
    }

    /// Posts a form and looks at the answer itself.
    pub async fn post_once(&mut self, host: &str, path: &str, fields: &[(&str, &str)]) -> Page {
        let body: String = form(fields);
        self.once(Method::POST, host, path, Some(body)).await
    }

    /// Fills in the first form of a page: hidden fields as they are, the others as given.
    pub async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let form = page.forms().into_iter().next().expect("a form on the page");
        self.submit_form(page, &form, fields).await
    }

    /// Fills in the form that posts to `action`.
    pub async fn submit_to(&mut self, page: &Page, action: &str, fields: &[(&str, &str)]) -> Page {
        let form = page.forms().into_iter().find(|form| form.action.split('?').next() == Some(action));
        let form = form.unwrap_or_else(|| panic!("no form to {action} on\n{}", page.html));
        self.submit_form(page, &form, fields).await
    }

    async fn submit_form(&mut self, page: &Page, form: &Form, fields: &[(&str, &str)]) -> Page {
        let mut all: Vec<(&str, &str)> = form.hidden.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        for (name, _) in fields {
            assert!(form.fields.iter().any(|field| field == name), "no field {name} in the form on\n{}", page.html);
        }
        all.extend_from_slice(fields);
        self.post(&page.host, &form.action, &all).await
    }

    async fn follow(&mut self, mut page: Page) -> Page {
        for _ in 0..5 {
            if page.status != StatusCode::SEE_OTHER {
                return page;
            }
            let to = page.headers[header::LOCATION].to_str().expect("a location").to_owned();
            assert!(to.starts_with('/') && !to.starts_with("//"), "redirect leads away: {to}");
            let host = page.host.clone();
            page = self.once(Method::GET, &host, &to, None).await;
        }
        panic!("redirects in a circle at {}", page.path);
    }

    /// Posts a form, and gives the status; `None` when no answer comes, as when the server is killed meanwhile. The
    /// answer's cookie is not kept.
    pub async fn try_post(&self, host: &str, path: &str, fields: &[(&str, &str)]) -> Option<u16> {
        let request = self
            .client
            .post(format!("http://{}{path}", self.server))
            .header(header::HOST, host)
            .header("x-forwarded-for", &self.address)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form(fields));
        Some(request.send().await.ok()?.status().as_u16())
    }

    /// One request, one answer.
    pub async fn once(&mut self, method: Method, host: &str, path: &str, body: Option<String>) -> Page {
        let mut request = self
            .client
            .request(method.clone(), format!("http://{}{path}", self.server))
            .header(header::HOST, host)
            .header("x-forwarded-for", &self.address)
            .header(header::ACCEPT_LANGUAGE, &self.language);
        if let Some(cookie) = self.cookies.get(host) {
            request = request.header(header::COOKIE, format!("__Host-portvakt={cookie}"));
        }
        if let Some(body) = &body {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(body.clone());
        }
        let response = request.send().await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let html = response.text().await.expect("a body");
        for set in headers.get_all(header::SET_COOKIE) {
            let set = set.to_str().expect("a cookie");
            let (pair, attributes) = set.split_once(';').expect("attributes");
            let (name, value) = pair.split_once('=').expect("a value");
            assert_eq!(name, "__Host-portvakt");
            for needed in ["Secure", "HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(attributes.contains(needed), "{needed} is missing in {set}");
            }
            if value.is_empty() {
                self.cookies.remove(host);
            } else {
                self.cookies.insert(host.to_owned(), value.to_owned());
            }
        }
        self.transcript.push(format!("{method} {host}{path} -> {status}\n{headers:?}\n{html}"));
        Page {
            status,
            host: host.to_owned(),
            path: path.split('?').next().unwrap_or_default().to_owned(),
            headers,
            html,
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// A form on a page.
#[derive(Debug, Clone)]
pub struct Form {
    pub method: String,
    pub action: String,
    pub hidden: Vec<(String, String)>,
    pub fields: Vec<String>,
}

impl Page {
    /// The text of the first `h1`.
    pub fn h1(&self) -> String {
        between(&self.html, "<h1", "</h1>")
            .map(|inner| text(inner.split_once('>').map_or("", |(_, t)| t)))
            .unwrap_or_default()
    }

    /// All text of the page, tags left out.
    pub fn text(&self) -> String {
        text(&self.html)
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let hidden = self.forms().into_iter().flat_map(|form| form.hidden).find(|(found, _)| found == name);
        hidden.unwrap_or_else(|| panic!("no hidden field {name} on\n{}", self.html)).1
    }

    /// The forms, in the order of the page.
    pub fn forms(&self) -> Vec<Form> {
        let mut forms = Vec::new();
        let mut rest = self.html.as_str();
        while let Some(at) = rest.find("<form") {
            let end = rest[at..].find("</form>").map_or(rest.len(), |end| at + end);
            let inner = &rest[at..end];
            let tag = &inner[..inner.find('>').unwrap_or(inner.len())];
            let mut form = Form {
                method: attribute(tag, "method").unwrap_or_else(|| "get".to_owned()),
                action: attribute(tag, "action").unwrap_or_default(),
                hidden: Vec::new(),
                fields: Vec::new(),
            };
            for input in inner.split("<input").skip(1) {
                let input = &input[..input.find('>').unwrap_or(input.len())];
                let Some(name) = attribute(input, "name") else { continue };
                if attribute(input, "type").as_deref() == Some("hidden") {
                    form.hidden.push((name, attribute(input, "value").unwrap_or_default()));
                } else {
                    form.fields.push(name);
                }
            }
            forms.push(form);
            rest = &rest[end..];
        }
        forms
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let start = tag.find(&format!(" {name}=\""))? + name.len() + 3;
    Some(unescape(&tag[start..start + tag[start..].find('"')?]))
}

fn between<'a>(html: &'a str, from: &str, to: &str) -> Option<&'a str> {
    let start = html.find(from)? + from.len();
    Some(&html[start..start + html[start..].find(to)?])
}

fn text(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars() {
        match c {
            '<' => inside = true,
            '>' => {
                inside = false;
                out.push(' ');
            }
            c if !inside => out.push(c),
            _ => {}
        }
    }
    // Where a word may be divided is not heard.
    unescape(&out.split_whitespace().collect::<Vec<_>>().join(" ")).replace('\u{ad}', "")
}

fn unescape(text: &str) -> String {
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text.to_owned(), |text, (escaped, plain)| text.replace(escaped, plain))
}
