//! What every answer carries: the security headers, the cookie's attributes, a page of its own.

use harness::{Database, State, World, journey};
use reqwest::Method;

use super::wire::{Raw, get, send};

fn is_guarded(what: &str, answer: &Raw) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "deny"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), [value], "{name} of {what}: {}", answer.head);
    }
    let policy = answer.header("content-security-policy");
    let [policy] = policy[..] else { panic!("one policy: {policy:?} of {what}") };
    let mut rules: Vec<&str> = policy.split("; ").collect();
    rules.sort_unstable();
    let expected = [
        "base-uri 'none'",
        "connect-src 'self'",
        "default-src 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "img-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
    ];
    assert_eq!(rules, expected, "{what}");
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{policy} of {what}");
    let transport = answer.header("strict-transport-security");
    assert!(transport.len() == 1 && transport[0].starts_with("max-age="), "{transport:?} of {what}");
    assert_eq!(answer.header("permissions-policy").len(), 1, "{what}");
    assert_eq!(answer.header("cache-control").len(), 1, "{what}");
    assert!(answer.header("server").is_empty() && answer.header("x-powered-by").is_empty(), "{what}");
    let cache = answer.header("cache-control")[0];
    let kinds = ["text/css; charset=utf-8", "text/javascript; charset=utf-8"];
    let asset = answer.status == 200 && answer.header("content-type").iter().any(|kind| kinds.contains(kind));
    assert_eq!(cache == "no-store", !asset, "{cache} of {what}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_the_security_headers() {
    let world = World::practice(Database::Sqlite).await;
    let reset = "Host: pwreset.orebro.se";
    let form = "Content-Type: application/x-www-form-urlencoded";
    let page = get(world.public, "pwreset.orebro.se", "/").await;
    let asset = |body: &str, before: &str| {
        let path = body.split(before).find(|rest| rest.starts_with("/assets/")).expect("a file");
        format!("GET {}", path.split('"').next().expect("an end"))
    };
    let sheet = asset(&page.body, "href=\"");
    let script = asset(&get(world.public, "pwreset.orebro.se", "/change").await.body, "script src=\"");
    let cases: [(&str, &[&str], u16); 16] = [
        ("GET /", &[reset], 200),
        (&sheet, &[reset], 200),
        (&script, &[reset], 200),
        ("GET /favicon.ico", &[reset], 302),
        ("GET /stay", &[reset], 405),
        ("POST /stay", &[reset, form, "Content-Length: 0"], 410),
        ("GET /assets/nothing.css", &[reset], 404),
        ("GET /nothing", &[reset], 404),
        ("PUT /", &[reset], 405),
        ("DELETE /code", &[reset], 405),
        ("GET /cancel", &[reset], 405),
        ("GET /code", &[reset], 410),
        ("GET /", &["Host: unknown.example"], 421),
        ("GET http://pwreset.mjolby.se/", &[reset], 400),
        ("POST /cancel", &[reset, form, "Content-Length: 0"], 303),
        ("POST /", &[reset, form, "Content-Length: 0", "Origin: https://example.org"], 403),
    ];
    for (line, headers, status) in cases {
        let answer = send(world.public, line, headers).await;
        assert_eq!(answer.status, status, "{line} {headers:?}: {}", answer.body);
        is_guarded(line, &answer);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cookie_belongs_to_one_host_and_no_script_and_no_disk() {
    let world = World::practice(Database::Sqlite).await;
    let host = world.tenant("mjolby").reset.clone();
    let mut browser = world.browser();
    let start = browser.get(&host, "/").await;
    assert!(start.headers.get("set-cookie").is_none(), "looking sets none");
    let person = world.person("mjolby", State::Normal).await;
    let token = start.hidden("start");
    let fields = [("start", token.as_str()), ("username", person.username.as_str())];
    let begun = browser.post_once(&host, "/", &fields).await;
    let set: Vec<&str> = begun.headers.get_all("set-cookie").iter().map(|v| v.to_str().expect("text")).collect();
    let [set] = set[..] else { panic!("one cookie: {set:?}") };
    let (pair, attributes) = set.split_once("; ").expect("attributes");
    let value = pair.strip_prefix("__Host-portvakt=").expect("the one name");
    assert!(value.len() >= 22, "128 bits or more: {value}");
    let mut attributes: Vec<&str> = attributes.split("; ").collect();
    attributes.sort_unstable();
    // No Domain, no Max-Age, no Expires: it ends with the browser and is sent to this host alone.
    assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"], "{set}");

    // The right code replaces it, cancelling removes it.
    let before = browser.cookie(&host).expect("a token").to_owned();
    let page = browser.get(&host, "/code").await;
    let code = world.code_at(person.number.as_ref().expect("a number")).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code)]).await;
    let after = browser.cookie(&host).expect("a token").to_owned();
    assert_ne!(before, after);
    let mut thief = world.browser();
    thief.set_cookie(&host, &before);
    assert_eq!(thief.get(&host, "/choose").await.status, 410, "the old one is dead");
    let end = browser.post_once(&host, "/cancel", &[]).await;
    let set = end.headers["set-cookie"].to_str().expect("text");
    assert!(set.starts_with("__Host-portvakt=; ") && set.contains("Max-Age=0") && set.contains("Secure"), "{set}");
    let mut late = world.browser();
    late.set_cookie(&host, &after);
    assert_eq!(late.get(&page.host, "/choose").await.status, 410, "nor does the last one live on");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unknown_paths_and_methods_are_plain_pages() {
    let world = World::practice(Database::Sqlite).await;
    for host in ["pwreset.orebro.se", "pwreg.orebro.se", "pwreset.mjolby.se"] {
        let paths =
            ["/nothing", "/demo/outbox", "/demo/accounts.json", "/healthz", "/readyz", "/metrics", "/api", "//"];
        for path in paths {
            let page = world.browser().get(host, path).await;
            assert_eq!(page.status, 404, "{host}{path}");
            assert!(!page.h1().is_empty() && page.html.contains("href=\"/\""), "a way on: {}", page.html);
        }
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::OPTIONS, Method::HEAD] {
            let page = world.browser().once(method.clone(), host, "/", None).await;
            assert_eq!(page.status, 405, "{method} {host}");
            assert_eq!(page.html.is_empty(), method == Method::HEAD);
        }
    }
    // The other house's pages are not here.
    for (host, path) in
        [("pwreset.orebro.se", "/number"), ("pwreg.orebro.se", "/choose"), ("pwreg.orebro.se", "/password")]
    {
        assert_eq!(world.browser().get(host, path).await.status, 404, "{host}{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn health_is_on_the_internal_address_alone() {
    let world = World::practice(Database::Sqlite).await;
    for path in ["/healthz", "/readyz", "/metrics"] {
        assert_eq!(get(world.internal, "anything", path).await.status, 200, "{path}");
        assert_eq!(get(world.public, "anything", path).await.status, 421, "{path}");
        assert_eq!(get(world.public, "pwreset.orebro.se", path).await.status, 404, "{path}");
    }
    assert_eq!(get(world.internal, "pwreset.orebro.se", "/").await.status, 404, "and no page is there");
    let person = world.person("orebro", State::Normal).await;
    journey::reset(&world, &mut world.browser(), "orebro", &person, "Vinterbad88Sten").await;
    let metrics = get(world.internal, "x", "/metrics").await.body;
    assert!(metrics.contains("portvakt_codes_total{outcome=\"right\"} 1"), "{metrics}");
    for personal in [&person.username, &person.number.expect("a number")[3..].to_owned(), &"orebro".to_owned()] {
        assert!(!metrics.contains(personal.as_str()), "{personal}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_form_beyond_measure_is_refused_with_a_page() {
    let world = World::practice(Database::Sqlite).await;
    let (host, mut browser) = (&world.tenant("orebro").reset, world.browser());
    let start = browser.get(host, "/").await.hidden("start");
    for (length, status) in [(15 * 1024, 422), (17 * 1024, 413), (1024 * 1024, 413)] {
        let page = browser.post_once(host, "/", &[("start", &start), ("username", &"x".repeat(length))]).await;
        assert_eq!(page.status, status, "{length} bytes: {}", page.text());
        assert!(page.h1().len() > 3, "{}", page.text());
    }
}
