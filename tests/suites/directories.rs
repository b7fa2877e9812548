//! The contract of the port: the same cases against every kind of directory, by way of its adapter. Where they differ, the
//! table says so, and the directory crate's README shows those rows.

use harness::{Database, World};

#[path = "directories/cases.rs"]
mod cases;
#[path = "directories/fail_over.rs"]
mod fail_over;
#[path = "directories/staff.rs"]
mod staff;
#[path = "directories/table.rs"]
mod table;

use table::{Kind, ROWS};

async fn world(kind: Kind) -> World {
    match kind {
        Kind::Practice => World::practice(Database::Sqlite).await,
        Kind::Samba => World::samba(Database::Sqlite).await,
        Kind::OpenLdap => World::openldap(Database::Sqlite).await,
    }
}

async fn keeps_the_contract(kind: Kind) {
    let mut wrong = Vec::new();
    for row in ROWS {
        let seen = cases::run(&world(kind).await, row.case).await;
        let expected = row.expected(kind);
        if seen != expected {
            wrong.push(format!("{}: expected {expected}, saw {seen}", row.case));
        }
    }
    assert!(wrong.is_empty(), "{kind:?}:\n{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_practice_directory_keeps_the_contract() {
    keeps_the_contract(Kind::Practice).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn samba_keeps_the_contract() {
    keeps_the_contract(Kind::Samba).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn openldap_keeps_the_contract() {
    keeps_the_contract(Kind::OpenLdap).await;
}

#[test]
fn the_documentation_shows_the_rows_in_which_directories_differ() {
    let readme = include_str!("../../tenants/directory/README.md");
    let shown = table::as_markdown();
    assert!(readme.contains(&shown), "put this into tenants/directory/README.md:\n{shown}");
}
