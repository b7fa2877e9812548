//! Which pages there are: what `routes.rs` says, read as it is written, for each of the two houses.

use std::collections::{BTreeMap, BTreeSet};

use portvakt_domain::tenant::HostPurpose;

const SOURCE: &str = include_str!("../../../api/src/routes.rs");

/// What is fetched with GET and is no page: files that pages load.
const FILES: [&str; 2] = ["/assets/{name}", "/favicon.ico"];

/// The paths of all pages of a house, such as `/guides/{guide}`.
pub fn pages(house: HostPurpose) -> BTreeSet<String> {
    read(SOURCE, house)
}

/// Whether a path is a page's whose path has parts that differ.
pub fn matches(route: &str, path: &str) -> bool {
    let (mut route, mut path) = (route.split('/'), path.split('/'));
    loop {
        match (route.next(), path.next()) {
            (None, None) => return true,
            (Some(part), Some(given)) if part == given || part.starts_with('{') && !given.is_empty() => {}
            _ => return false,
        }
    }
}

fn read(source: &str, house: HostPurpose) -> BTreeSet<String> {
    let tables = tables(source);
    let scope = format!("at(HostPurpose::{house:?}))");
    let guarded = source.split(".service(").find_map(|part| part.split_once(&scope));
    let (_, configured) = guarded.unwrap_or_else(|| panic!("no scope of {house:?} in routes.rs"));
    // Up to the end of its line: what the scope is configured with.
    let mut waiting = called(configured.lines().next().unwrap_or_default(), ".configure(");
    let (mut pages, mut seen) = (BTreeSet::new(), BTreeSet::new());
    while let Some(name) = waiting.pop() {
        let table =
            tables.get(name).unwrap_or_else(|| panic!("routes.rs has no table {name}: routes stand on one page"));
        if seen.insert(name) {
            waiting.extend(called(table, ".configure("));
            pages.extend(fetched(table, &tables));
        }
    }
    assert!(!pages.is_empty(), "no page of {house:?} in routes.rs");
    pages
}

/// The functions of the file by their names.
fn tables(source: &str) -> BTreeMap<&str, &str> {
    let functions = source.split("\nfn ").chain(source.split("\npub fn ")).skip(1);
    functions.filter_map(|function| Some((function.split_once(['(', '<'])?.0, body(function)))).collect()
}

fn body(function: &str) -> &str {
    function.split_once("\n}").map_or(function, |(body, _)| body)
}

/// What stands in the brackets of each such call.
fn called<'a>(source: &'a str, call: &str) -> Vec<&'a str> {
    source.split(call).skip(1).filter_map(|rest| Some(rest.split_once(')')?.0)).collect()
}

/// The paths that a table has a GET for: each route is a `.service(page("…")`, or has another function of the file in place
/// of `page`, which may put the GET there.
fn fetched(table: &str, tables: &BTreeMap<&str, &str>) -> Vec<String> {
    let mut paths = Vec::new();
    for route in table.split(".service(").skip(1).map(str::trim_start) {
        let (made_by, rest) = route.split_once('(').expect("a call");
        let maker = tables.get(made_by).unwrap_or_else(|| panic!("what a route is made by: {made_by}"));
        let path = rest.strip_prefix('"').and_then(|rest| rest.split_once('"'));
        let (path, rest) = path.unwrap_or_else(|| panic!("a route without its path: {route}"));
        if (rest.contains("web::get()") || maker.contains("web::get()")) && !FILES.contains(&path) {
            paths.push(path.to_owned());
        }
    }
    paths
}

#[test]
fn files_are_served_and_no_pages() {
    for file in FILES {
        assert!(SOURCE.contains(&format!("page(\"{file}\")")), "{file} is no route any more");
    }
}

#[test]
fn pages_are_read_from_the_tables_of_their_house() {
    let source = r#"
pub fn public(config: &mut ServiceConfig) {
    config
        .service(web::scope("").guard(at(HostPurpose::Reset)).configure(pwreset))
        .service(web::scope("").guard(at(HostPurpose::Register)).configure(other).configure(pwreg));
}

fn other(config: &mut ServiceConfig) {
    config.service(page("/reports").route(web::post().to(reports::post)));
}

fn pwreset(config: &mut ServiceConfig) {
    config.service(page("/").route(web::get().to(a::get)).route(web::post().to(a::post))).configure(shared);
}

fn pwreg(config: &mut ServiceConfig) {
    config
        .service(
            page("/number").route(web::get().to(b::get)),
        )
        .service(page("/again").route(web::post().to(b::again)))
        .configure(shared);
}

/// Both.
pub fn shared(config: &mut ServiceConfig) {
    config
        .service(page("/guides/{guide}").route(web::get().to(c)))
        .service(looked_at("/help", help))
        .service(page("/assets/{name}").route(web::get().to(d)));
}

pub fn page(path: &str) -> Resource {
    web::resource(path)
}

fn looked_at<A: FromRequest>(path: &str, handler: impl Handler<A>) -> Resource {
    page(path).route(web::get().to(handler))
}
"#;
    let paths = |house| read(source, house).into_iter().collect::<Vec<_>>();
    assert_eq!(paths(HostPurpose::Reset), ["/", "/guides/{guide}", "/help"]);
    assert_eq!(paths(HostPurpose::Register), ["/guides/{guide}", "/help", "/number"]);
    assert!(matches("/guides/{guide}", "/guides/first") && matches("/code", "/code"));
    assert!(
        !matches("/guides/{guide}", "/guides/") && !matches("/guides/{guide}", "/guides/a/b") && !matches("/code", "/")
    );
}
