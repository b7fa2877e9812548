//! Names on their way into a filter: whatever is typed, nobody is found but who has exactly that name.

use harness::{Database, World, seeded::Seeded};
use portvakt_domain::login::Login;

use crate::CASES;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_name_finds_anybody_else() {
    let world = World::practice(Database::Sqlite).await;
    let tenant = world.served("orebro");
    let sample = portvakt_demo::accounts::sample("orebro").expect("a sample tenant");
    let names: Vec<&str> = sample.accounts.iter().map(|account| account.username.as_str()).collect();
    let mails: Vec<&str> = sample.accounts.iter().map(|account| account.mail.as_str()).collect();
    let special = [
        "*",
        "(",
        ")",
        "\\",
        "\\2a",
        "\\00",
        "|",
        "&",
        "!",
        "=",
        "~=",
        ">=",
        ":=",
        ":dn:",
        "objectClass=*",
        ")(|(cn=*",
        "\\5c",
        ",",
        "#",
        "+",
        "\"",
        "<GUID=",
        ">",
        ";",
        "å",
        "ſ",
        "K",
        "\u{200b}",
        "\u{301}",
        "@orebro.localhost",
        "OREBRO\\",
        "%",
        "_",
    ];
    let (mut looked, mut found) = (0, 0);
    let mut seed = 0;
    while looked < CASES {
        let mut random = Seeded::new(seed);
        seed += 1;
        let mut typed = random.text(&special, 4);
        // Somebody's name with something of that kind in it, before it or behind it.
        let whose = if random.one_in(2) { random.pick(&names) } else { random.pick(&mails) };
        let at = random.below(typed.len() + 1);
        let at = (0..=at).rev().find(|at| typed.is_char_boundary(*at)).unwrap_or_default();
        typed.insert_str(at, whose);
        if random.one_in(4) {
            typed = random.text(&special, 6);
        }
        let Ok(login) = Login::parse(&typed) else { continue };
        let Some(name) = login.within("OREBRO") else { continue };
        looked += 1;
        let answer =
            tenant.directory.find(name).await.unwrap_or_else(|error| panic!("seed {seed}, {typed:?}: {error}"));
        if let Some(account) = answer {
            found += 1;
            let lower = name.text.to_lowercase();
            let upn = format!("{}@orebro.localhost", account.username.to_lowercase());
            let mail = account.mail.as_ref().map(|mail| mail.to_lowercase());
            let own = [Some(account.username.to_lowercase()), Some(upn), mail];
            assert!(own.contains(&Some(lower)), "seed {seed}: {typed:?} found {}", account.username);
        }
    }
    assert!(found > 50, "whole names are among them: {found} of {looked}");
}
