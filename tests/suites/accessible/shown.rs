//! Every page in every state with made-up facts, as the views' gallery has them, behind addresses of their own.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::SocketAddr,
    sync::Arc,
};

use portvakt::portal::views::asset;
use portvakt_domain::language::Language;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

#[path = "../../../api/src/portal/views/tests"]
mod views {
    #[allow(dead_code, unused_imports, reason = "the views' own tests use more of it")]
    mod gallery;

    use portvakt_domain::language::Language;
    use portvakt_texts::Texts;

    /// Names and pages: those of the two houses, and those that belong to no tenant.
    pub(super) fn pages(language: Language) -> Vec<(String, String)> {
        let texts = Texts::new().expect("the built-in texts");
        let chosen = (language != Language::Sv).then_some(language);
        let houses = gallery::pages(&texts, language, portvakt::portal::views::query(chosen));
        let others = gallery::others(&texts, language, "");
        houses.into_iter().map(|shown| (shown.name, shown.html)).chain(others).collect()
    }
}

/// A page: its name, such as `sv/reset-1-start`, and what is written in it.
pub type Shown = (String, String);

/// All pages in one language, each once.
pub fn pages(language: Language) -> Vec<Shown> {
    let (mut names, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut pages = Vec::new();
    for (name, html) in views::pages(language) {
        assert!(names.insert(name.clone()), "two pages are called {name}");
        if seen.insert(html.clone()) {
            pages.push((format!("{}/{name}", language.tag()), still(&html)));
        }
    }
    pages
}

/// A server of pages, and of the style sheet and the scripts that they name.
pub struct Server {
    address: SocketAddr,
}

impl Server {
    /// Serves until the test's runtime ends.
    pub async fn start(pages: &[Shown]) -> Self {
        let pages: Arc<BTreeMap<String, String>> = Arc::new(pages.iter().cloned().collect());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let pages = pages.clone();
                tokio::spawn(async move {
                    // A browser that goes away is none of the test's business.
                    let _ = answer(stream, &pages).await;
                });
            }
        });
        Self { address }
    }

    /// Where a page is.
    pub fn url(&self, name: &str) -> String {
        format!("http://{}/{name}", self.address)
    }
}

async fn answer(stream: TcpStream, pages: &BTreeMap<String, String>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut first = String::new();
    stream.read_line(&mut first).await?;
    let mut line = String::new();
    while stream.read_line(&mut line).await? > 2 {
        line.clear();
    }
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let file = path.strip_prefix("assets/").and_then(asset);
    let (status, kind, body) = match (pages.get(path), file) {
        (Some(page), _) => ("200 OK", "text/html; charset=utf-8", page.clone().into_bytes()),
        (None, Some(file)) => ("200 OK", file.content_type, file.bytes.to_vec()),
        (None, None) => ("404 Not Found", "text/plain", Vec::new()),
    };
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}

/// The demo's messages load themselves again every other second, until somebody stops them: never while they are judged.
fn still(page: &str) -> String {
    page.replace("http-equiv=\"refresh\"", "name=\"stopped\"")
}
