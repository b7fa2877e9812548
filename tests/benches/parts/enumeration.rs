//! Whether time tells what a page does not: starts and second requests for names in every state, by turns, each state
//! against names that nobody has.

use std::{collections::BTreeMap, time::Instant};

use portvakt_demo::accounts::{OUTSIDE_LOGIN, SampleState, sample};
use uuid::Uuid;

use crate::{
    auc::auc,
    parts::Size,
    reset::{Browser, milliseconds},
    stage::{OREBRO, Stage},
    table::{Goal, Table},
};

/// What is timed of each attempt.
const REQUESTS: [&str; 3] = ["start", "code page", "wrong code"];
/// What the others are compared with.
const UNKNOWN: &str = "unknown";

/// A kind of name, and who has one: as many in each, since a name that comes again costs what it costs.
struct Kind {
    name: &'static str,
    logins: [String; 2],
}

/// By turns in an order that is drawn anew each time.
pub async fn run(stage: &mut Stage, size: &Size, table: &mut Table) {
    let kinds = kinds();
    let mut samples: BTreeMap<(&str, &str), Vec<f64>> = BTreeMap::new();
    let mut connection = Browser::at(stage.served.public, OREBRO).leave();
    for n in 0..size.starts {
        let mut turn: Vec<(Uuid, &Kind)> = kinds.iter().map(|kind| (Uuid::new_v4(), kind)).collect();
        turn.sort_by_key(|(lot, _)| *lot);
        for (_, kind) in turn {
            let mut browser = Browser::new(connection, OREBRO);
            let took = attempt(&mut browser, &kind.logins[n % 2]).await.expect("the same answer for everybody");
            connection = browser.leave();
            for (request, took) in REQUESTS.into_iter().zip(took) {
                samples.entry((kind.name, request)).or_default().push(took);
            }
        }
        if (n + 1) % size.starts.div_ceil(5) == 0 {
            println!("   {} of {} starts for each of {} kinds of names", n + 1, size.starts, kinds.len());
        }
    }
    for kind in kinds.iter().filter(|kind| kind.name != UNKNOWN) {
        for request in REQUESTS {
            let area = auc(&samples[&(kind.name, request)], &samples[&(UNKNOWN, request)]);
            table.figure(format!("{}: {request}, AUC", kind.name), area, "", Goal::Between(0.45, 0.55));
        }
    }
}

async fn attempt(browser: &mut Browser, login: &str) -> Result<[f64; 3], String> {
    let (_, start) = browser.begin(login).await?;
    let begun = Instant::now();
    let page = browser.get("/code").await?;
    let code_page = milliseconds(begun);
    let begun = Instant::now();
    let wrong = browser.post("/code", &[("code", "123456")]).await?;
    let wrong_code = milliseconds(begun);
    match (page.status, wrong.status) {
        (200, 422 | 303) => Ok([start, code_page, wrong_code]),
        statuses => Err(format!("{login}: {statuses:?}")),
    }
}

fn kinds() -> Vec<Kind> {
    let accounts = sample("orebro").expect("a sample tenant").accounts;
    let of = |name, state| {
        let mut logins = accounts.iter().filter(|account| account.state == state).map(|it| it.username.clone());
        Kind { name, logins: [(); 2].map(|()| logins.next().expect("two of each state")) }
    };
    let named = |name, logins: [&str; 2]| Kind { name, logins: logins.map(str::to_owned) };
    vec![
        named(UNKNOWN, ["svebjo77", "annkar78"]),
        named("unknown, others", ["perols79", "evalun80"]),
        of("normal", SampleState::Normal),
        of("locked", SampleState::Locked),
        of("unregistered", SampleState::Unregistered),
        of("disabled", SampleState::Disabled),
        of("protected", SampleState::Protected),
        of("must change", SampleState::MustChange),
        of("expired", SampleState::Expired),
        of("functional", SampleState::Functional),
        named("outside the units", [OUTSIDE_LOGIN, OUTSIDE_LOGIN]),
    ]
}
