//! Everything that a process writes: its logs, its metrics, its database, the addresses that browsers are sent to.

use std::time::Duration;

use harness::{process::Serving, site::Site};

use crate::{CONTROL, search::Sink};

/// Addresses that browsers called or were sent to, and the pages that said no.
pub fn of_requests(transcripts: &[String]) -> Vec<Sink> {
    let (mut urls, mut errors) = (String::new(), String::new());
    for entry in transcripts {
        let (line, rest) = entry.split_once('\n').expect("a request line");
        let (headers, body) = rest.split_once('\n').expect("headers");
        urls.push_str(line);
        if let Some(at) = headers.find("\"location\": ") {
            urls.extend(headers[at + 12..].split('"').take(2));
        }
        urls.push('\n');
        let status: u16 =
            line.rsplit("-> ").next().and_then(|s| s.get(..3)).and_then(|s| s.parse().ok()).expect("a status");
        if status >= 400 {
            // The token of the next form is on the page that asks for it again.
            errors.push_str(&without_tokens(body));
        }
    }
    vec![
        Sink::new("the addresses called", urls.into_bytes(), "/password -> 303"),
        Sink::new("error pages", errors.into_bytes(), "Kontakta").repeating(),
    ]
}

fn without_tokens(page: &str) -> String {
    page.lines().filter(|line| !line.contains("name=\"start\"")).collect::<Vec<_>>().join("\n")
}

/// What the process wrote; it is stopped for that, and its database is read before and after.
pub async fn of_process(site: &Site, mut replica: Serving) -> Vec<Sink> {
    let mut sinks = Vec::new();
    let (status, metrics) = replica.internal("/metrics").await.expect("metrics");
    assert_eq!(status, 200);
    sinks.push(Sink::new("metrics", metrics.into_bytes(), "route=\"/password\""));
    sinks.push(database(site, "the database of the running process").await);
    let ended = replica.process.terminate(Duration::from_secs(30)).await;
    assert!(ended.success(), "{ended:?}");
    sinks.push(database(site, "the database of the process that ended").await);
    let (out, log) = (replica.process.stdout(), replica.process.stderr());
    sinks.push(Sink::new("standard output", out.into_bytes(), "serving 2 tenants"));
    // Our own lines are all there, down to the finest level.
    assert!(log.contains("DEBUG") && log.contains("SMS handed to 46elks"), "the level asked for is in force:\n{log}");
    sinks.push(Sink::new("the log", log.into_bytes(), &site.tenants["orebro"].to_string()));
    sinks
}

/// Every byte of a file, or every row of every table as text, and what is bytes there once more as such.
async fn database(site: &Site, name: &str) -> Sink {
    if site.installation.database.is_none() {
        let mut bytes = std::fs::read(site.installation.path("portvakt.db")).expect("a file");
        for beside in ["portvakt.db-wal", "portvakt.db-shm", "portvakt.db-journal"] {
            bytes.extend(std::fs::read(site.installation.path(beside)).unwrap_or_default());
        }
        return Sink::new(name, bytes, CONTROL);
    }
    let client = site.installation.superuser().await;
    let tables = "select schemaname || '.' || tablename from pg_tables \
                  where schemaname not in ('pg_catalog', 'information_schema') order by 1";
    let mut text = String::new();
    for table in client.query(tables, &[]).await.expect("tables") {
        let table: String = table.get(0);
        text.push_str(&format!("-- {table}\n"));
        for row in client.query(&format!("select t::text from {table} t"), &[]).await.expect("rows") {
            text.push_str(row.get(0));
            text.push('\n');
        }
    }
    for needed in ["public.jobs", "public.audit_events", "public.flows", "public.messages", "public.numbers"] {
        assert!(text.contains(&format!("-- {needed}\n")), "{needed} is read");
    }
    let mut bytes = text.clone().into_bytes();
    for hex in text.split("\\x").skip(1) {
        let hex: Vec<u8> = hex.bytes().take_while(u8::is_ascii_hexdigit).collect();
        let digit = |byte: u8| char::from(byte).to_digit(16).map_or(0, |digit| digit as u8);
        bytes.extend(hex.chunks_exact(2).map(|pair| digit(pair[0]) * 16 + digit(pair[1])));
        bytes.push(b'\n');
    }
    Sink::new(name, bytes, CONTROL)
}
