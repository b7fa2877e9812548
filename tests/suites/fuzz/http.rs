//! Requests as bytes: whatever comes in, an answer goes out, it is a page, and it repeats nothing unescaped.

use std::{net::SocketAddr, time::Duration};

use harness::{Database, World, journey, seeded::Seeded};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};

/// Requests of each kind; there are three.
fn requests() -> u64 {
    let long = std::env::var_os("PORTVAKT_TEST_LONG").is_some_and(|value| value == "1");
    if long { super::CASES } else { 700 }
}

/// Longer than anything here takes, a loaded machine included.
const PATIENCE: Duration = Duration::from_secs(60);

const SCRIPT: &str = "<script>x</script>";
const QUOTES: &str = "\"'><img src=x>";

/// What the server sent until it closed; `None` when it closed without a word.
async fn exchange(server: SocketAddr, request: &[u8]) -> Option<(u16, String, String)> {
    let mut stream = TcpStream::connect(server).await.expect("the server listens");
    // It may answer and close before it has read everything.
    let _ = stream.write_all(request).await;
    let mut answer = Vec::new();
    let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "no end within {PATIENCE:?}: {:?}", String::from_utf8_lossy(request));
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status line");
    Some((status, head.to_ascii_lowercase(), body.to_owned()))
}

/// What every answer must be.
fn is_sound(seed: u64, request: &[u8], answer: Option<(u16, String, String)>) {
    let shown = || format!("seed {seed}: {:?}", String::from_utf8_lossy(&request[..request.len().min(600)]));
    let Some((status, head, body)) = answer else { panic!("{}: no answer", shown()) };
    assert!((200..500).contains(&status), "{}: {status}\n{body}", shown());
    // What is no HTTP at all is refused before there is a request that could be answered with a page.
    if !head.contains("content-security-policy") {
        assert!(status == 400 || status == 431 || status == 408, "{}: no security headers\n{head}", shown());
        assert!(body.is_empty(), "{}: {body}", shown());
        return;
    }
    for needed in ["x-content-type-options: nosniff", "x-frame-options: deny", "cache-control: ", "referrer-policy: "] {
        assert!(head.contains(needed), "{}: {needed} is missing\n{head}", shown());
    }
    // What a page's script asks for is answered with no page.
    let to_script = request.starts_with(b"POST /stay") && head.contains("content-type: application/json");
    if to_script {
        assert!(serde_json::from_str::<serde_json::Value>(&body).is_ok(), "{}: {body}", shown());
    } else if status != 303 && !body.is_empty() && !head.contains("text/css") {
        assert!(head.contains("content-type: text/html; charset=utf-8"), "{}: {head}", shown());
        assert!(body.contains("<!doctype html>") || body.contains("<!DOCTYPE html>"), "{}: {body}", shown());
        assert!(body.contains("<h1"), "{}: {body}", shown());
    }
    for raw in [SCRIPT, "<img src=x>", "\"'>"] {
        assert!(!body.contains(raw), "{}: the page holds {raw:?}\n{body}", shown());
        assert!(!head.contains(raw), "{}: the head holds {raw:?}\n{head}", shown());
    }
}

fn request(method: &str, target: &str, headers: &[(String, Vec<u8>)], body: &[u8]) -> Vec<u8> {
    let mut bytes = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        bytes.extend_from_slice(format!("{name}: ").as_bytes());
        bytes.extend_from_slice(value);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("connection: close\r\ncontent-length: {}\r\n\r\n", body.len()).as_bytes());
    bytes.extend_from_slice(body);
    bytes
}

fn header(name: &str, value: impl AsRef<[u8]>) -> (String, Vec<u8>) {
    (name.to_owned(), value.as_ref().to_vec())
}

/// A target without spaces and line ends, which would be another request.
fn target(random: &mut Seeded) -> String {
    let paths = [
        "/",
        "/code",
        "/code/again",
        "/code/another",
        "/add",
        "/remove",
        "/lost",
        "/stop",
        "/stop/now",
        "/choose",
        "/password",
        "/done",
        "/change",
        "/change/password",
        "/cancel",
        "/stay",
        "/cancelled",
        "/number",
        "/confirm",
        "/keep",
        "/assets/x.css",
        "/assets/..%2f..%2fetc%2fpasswd",
        "/demo/accounts.json",
        "/%00",
        "//x",
        "/./",
        "/%ff",
    ];
    let odd = random.text(&["/", "%", "%2e%2e/", "?lang=", "sv", "&", "=", "%3Cscript%3E", "'", "*", ";", "#"], 8);
    let odd: String = odd.chars().filter(|c| c.is_ascii_graphic()).collect();
    match random.below(4) {
        0 => random.pick(&paths).to_owned(),
        1 => format!("{}?{odd}", random.pick(&paths)),
        2 => format!("/{odd}"),
        _ => format!(
            "{}?lang={}",
            random.pick(&paths),
            random.pick(&["sv", "en", "xx", "%3Cscript%3E", "\"'><img%20src=x>"])
        ),
    }
}

/// A form of ours, whole, with something hostile in one of its fields; and where it goes.
fn hostile(random: &mut Seeded, tokens: &[String]) -> (&'static str, Vec<u8>) {
    let forms: [(&str, &[&str]); 13] = [
        ("/", &["username", "password"]),
        ("/code", &["code"]),
        ("/choose", &["choice"]),
        ("/password", &["password", "password_again"]),
        ("/number", &["number", "holder", "which"]),
        ("/add", &["number", "holder", "to"]),
        ("/remove", &["which", "to"]),
        ("/lost", &["number", "which"]),
        ("/stop", &["username"]),
        ("/code/another", &["number", "to"]),
        ("/confirm", &["password"]),
        ("/change", &["username", "password"]),
        ("/change/password", &["current_password", "password", "password_again"]),
    ];
    let (path, fields) = forms[if random.one_in(2) { 0 } else { random.below(forms.len()) }];
    let odd = random.below(fields.len());
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("start", &tokens[random.below(tokens.len())]);
    for (n, field) in fields.iter().enumerate() {
        let value = format!("{}{}", random.pick(&["", "lovstlin32", "271828"]), random.pick(&[SCRIPT, QUOTES]));
        form.append_pair(field, if n == odd { &value } else { "lovstlin32" });
    }
    (path, form.finish().into_bytes())
}

/// A form: fields of ours and others, doubled, cut off, of random bytes, with scripts in them.
fn form(random: &mut Seeded, tokens: &[String]) -> Vec<u8> {
    if random.one_in(6) {
        return random.bytes(2_000);
    }
    let names = [
        "start",
        "username",
        "password",
        "password_again",
        "current_password",
        "code",
        "number",
        "choice",
        "x",
        "",
        "lang",
        "to",
    ];
    let mut form = form_urlencoded::Serializer::new(String::new());
    for _ in 0..random.below(7) {
        let value = match random.below(8) {
            0 => SCRIPT.to_owned(),
            1 => QUOTES.to_owned(),
            2 => tokens[random.below(tokens.len())].clone(),
            3 => random.text(&["0701740605", "271828", "keep", "new", "\0", "\u{202e}", "lovstlin32"], 40),
            4 => random.text(&["å"], 400),
            5 => format!("lovstlin32{SCRIPT}"),
            _ => {
                random.pick(&["lovstlin32", "Kastanj41Skugga", "271828", "070-174 06 05", "keep", "new", ""]).to_owned()
            }
        };
        form.append_pair(random.pick(&names), &value);
    }
    let mut bytes = form.finish().into_bytes();
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len() + 1)),
        1 => bytes.extend(random.bytes(64)),
        2 => bytes.extend(b"&a=".iter().chain(&vec![b'b'; 40_000])),
        3 => bytes.extend_from_slice(b"&username=%FF%FE&password=%80"),
        _ => {}
    }
    bytes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_is_answered_with_a_page() {
    let world = &World::practice(Database::Sqlite).await;
    let (reset, register) = (&world.tenant("orebro").reset, &world.tenant("mjolby").register);
    // Cookies and tokens that are really in use, so that steps behind the first one are reached as well.
    let mut browser = world.browser();
    journey::ask_for_code(world, &mut browser, "orebro", "finnsinte78").await;
    let cookie = browser.cookie(reset).expect("a flow").to_owned();
    let start = browser.get(reset, "/").await.hidden("start");
    let pwreg = world.browser().get(register, "/").await.hidden("start");
    let tokens = [start, pwreg, cookie.clone(), "A".repeat(43), "å".to_owned()];
    for seed in 0..requests() {
        let random = &mut Seeded::new(seed);
        let methods =
            ["GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "BREW", "get"];
        let address = format!("198.51.{}.{}", random.below(256), random.below(256));
        let mut headers =
            vec![header("host", random.pick(&[reset.as_str(), register])), header("x-forwarded-for", address)];
        let kinds = [
            "application/x-www-form-urlencoded",
            "application/x-www-form-urlencoded; charset=utf-8",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json",
            "application/x-www-form-urlencoded",
        ];
        if !random.one_in(8) {
            headers.push(header("content-type", random.pick(&kinds)));
        }
        let cookies =
            [cookie.clone(), "A".repeat(43), String::new(), format!("{cookie}; __Host-portvakt=x"), SCRIPT.to_owned()];
        if !random.one_in(3) {
            headers.push(header("cookie", format!("__Host-portvakt={}", cookies[random.below(cookies.len())])));
        }
        let languages = random.text(&["sv", "en", ";q=", ",", "*", SCRIPT], 6);
        let languages: Vec<u8> = languages.bytes().filter(|byte| *byte >= 32 && *byte != 127).collect();
        headers.push(header("accept-language", languages));
        if random.one_in(6) {
            headers.push(header("origin", random.pick(&["null", "https://example.org", SCRIPT])));
        }
        let bytes = if random.one_in(3) {
            headers.retain(|(name, _)| name != "content-type" && name != "origin");
            headers.push(header("content-type", kinds[0]));
            let (path, form) = hostile(random, &tokens);
            request("POST", path, &headers, &form)
        } else {
            request(random.pick(&methods), &target(random), &headers, &form(random, &tokens))
        };
        is_sound(seed, &bytes, exchange(world.public, &bytes).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_host_is_answered_with_a_page() {
    let world = &World::practice(Database::Sqlite).await;
    let ours = &world.tenant("orebro").reset;
    for seed in 0..requests() {
        let random = &mut Seeded::new(seed);
        let host = |random: &mut Seeded| match random.below(6) {
            0 => ours.clone().into_bytes(),
            1 => format!("{}.:8443", ours.to_uppercase()).into_bytes(),
            2 => random.text(&["pwreset", ".", ":", "orebro.se", "@", "[", "]", "%", SCRIPT], 6).into_bytes(),
            3 => format!("{ours}{}", random.pick(&["@x", "/x", ":99999999", " ", ",b", "\u{e5}"])).into_bytes(),
            4 => random.bytes(40),
            _ => format!("{SCRIPT}.{ours}").into_bytes(),
        };
        // Line ends would make it another header.
        let clean =
            |bytes: Vec<u8>| bytes.into_iter().filter(|byte| !matches!(byte, 0 | b'\r' | b'\n')).collect::<Vec<u8>>();
        let count = [1, 1, 1, 2, 0][random.below(5)];
        let headers: Vec<_> = (0..count).map(|_| header("host", clean(host(random)))).collect();
        let absolute = ["/", "/", "http://example.org/", "http://pwreset.orebro.se/", "http://a:b@pwreset.orebro.se/"];
        let bytes = request("GET", random.pick(&absolute), &headers, b"");
        let answer = exchange(world.public, &bytes).await;
        if count != 1
            && let Some((status, ..)) = &answer
        {
            assert_eq!(*status, 400, "seed {seed}: {count} hosts");
        }
        is_sound(seed, &bytes, answer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_requests_break_nothing() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    for seed in 0..requests() {
        let random = &mut Seeded::new(seed);
        let headers = [header("host", host), header("content-type", "application/x-www-form-urlencoded")];
        let mut bytes = request("POST", "/", &headers, b"username=lovstlin32&start=x");
        for _ in 0..=random.below(4) {
            let at = random.below(bytes.len());
            match random.below(4) {
                0 => bytes[at] = random.next() as u8,
                1 => _ = bytes.remove(at),
                2 => bytes.insert(at, random.next() as u8),
                _ => _ = bytes.splice(at..at, random.bytes(20)),
            }
        }
        // The client has nothing more to say: the server must not wait for the rest for ever.
        let mut stream = TcpStream::connect(world.public).await.expect("the server listens");
        let _ = stream.write_all(&bytes).await;
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let read = timeout(PATIENCE, stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "seed {seed}: no end within {PATIENCE:?}: {:?}", String::from_utf8_lossy(&bytes));
        let answer = String::from_utf8_lossy(&answer);
        if let Some(status) = answer.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok()) {
            assert!((200..500).contains(&status), "seed {seed}: {status}: {:?}", String::from_utf8_lossy(&bytes));
        }
        assert!(!answer.contains(SCRIPT));
    }
    // It still answers as it did.
    assert_eq!(world.browser().get(host, "/").await.status, 200);
}
