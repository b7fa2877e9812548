//! The great guess: many networks, each a little at many names. A handful of tries is all that comes of it, and the people
//! whose names are among them get back in meanwhile.

use futures_util::{StreamExt as _, stream};
use harness::{Browser, Database, Person, State, World, journey};

use crate::{codes, long, network};

/// Networks and names.
fn size() -> (usize, usize) {
    if long() { (200, 1_000) } else { (40, 100) }
}

/// Guesses at each name.
const GUESSES: usize = 3;
/// Networks that are at work at a time.
const AT_ONCE: usize = 8;

/// One network's browser, and the first form that it has not used up yet.
struct Stranger {
    browser: Browser,
    start: Option<String>,
    waiting: bool,
    refused: usize,
}

impl Stranger {
    async fn start(&mut self, host: &str, name: &str) {
        let start = match self.start.take() {
            Some(start) => start,
            None => self.browser.get(host, "/").await.hidden("start"),
        };
        let answer = self.browser.post_once(host, "/", &[("start", &start), ("username", name)]).await;
        self.browser.transcript.clear();
        self.waiting = answer.status == 303;
        if !self.waiting {
            assert_eq!(answer.status, 429, "{}", answer.text());
            (self.start, self.refused) = (Some(start), self.refused + GUESSES);
        }
    }

    async fn guess(&mut self, host: &str) {
        for _ in 0..if self.waiting { GUESSES } else { 0 } {
            let answer = self.browser.post_once(host, "/code", &[("code", "271828")]).await;
            self.refused += usize::from(answer.status == 429);
        }
        self.browser.transcript.clear();
    }
}

/// Lets each of them do something, a few at a time.
async fn each(strangers: Vec<Stranger>, work: impl AsyncFn(usize, Stranger) -> Stranger) -> Vec<Stranger> {
    stream::iter(strangers.into_iter().enumerate())
        .map(|(n, stranger)| work(n, stranger))
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// Somebody gets back in with a new password, from a network of their own.
async fn gets_in(world: &World, (slug, person): &(&'static str, Person)) {
    let done = journey::reset(world, &mut world.browser(), slug, person, "Vinterbad88Sten").await;
    assert!(done.h1().starts_with("Klart"), "{slug}, {:?}: {}", person.state, done.text());
    world.arrived().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_little_at_many_names_from_many_networks_comes_to_a_handful() {
    let world = &World::practice(Database::Sqlite).await;
    let host = &world.tenant("orebro").reset;
    let (networks, names) = size();
    let mut people = Vec::new();
    let states =
        [(State::Normal, 8), (State::Locked, 2), (State::Expired, 2), (State::MustChange, 2), (State::Functional, 2)];
    for (state, count) in states {
        for _ in 0..count {
            people.push(("orebro", world.person("orebro", state).await));
        }
    }
    for _ in 0..4 {
        people.push(("mjolby", world.person("mjolby", State::Normal).await));
    }
    assert_eq!(people.len(), 20);
    // The people's names are among those that are guessed at; the other ones mean nobody.
    let known = people.iter().filter(|(slug, _)| *slug == "orebro").map(|(_, person)| person.username.clone());
    let names: Vec<String> = known.chain((0..).map(|n| format!("finnsinte{n}"))).take(names).collect();

    let stranger = |n| Stranger {
        browser: Browser::on_network(world.public, &network(n)),
        start: None,
        waiting: false,
        refused: 0,
    };
    let mut strangers: Vec<Stranger> = (0..networks).map(stranger).collect();
    let mut sent = 0;
    for turn in 0..names.len() {
        strangers = each(strangers, async |n, mut stranger: Stranger| {
            stranger.start(host, &names[(n + turn) % names.len()]).await;
            stranger
        })
        .await;
        if strangers.iter().any(|stranger| stranger.waiting) {
            sent += codes(world).await.len();
            strangers = each(strangers, async |_, mut stranger: Stranger| {
                stranger.guess(host).await;
                stranger
            })
            .await;
        }
        // Half of the people come while it goes on.
        if turn % 10 == 5 && people.len() > 10 {
            gets_in(world, &people.pop().expect("somebody")).await;
        }
    }

    // What was sent at the gateway, and what the database judged.
    let count = |sql: &str| -> usize { world.sqlite(sql)[0][0].parse().expect("a count") };
    let judged = count("select count(*) from audit_events where kind = 'code.wrong'");
    let tried = networks * names.len() * GUESSES;
    println!("{tried} guesses: {judged} were judged; {} codes sent to people who did not ask", sent);
    assert_eq!(strangers.iter().map(|stranger| stranger.refused).sum::<usize>() + judged, tried);
    assert!(judged <= 100 + (GUESSES + 1) * networks, "{judged} of {tried} guesses were judged");
    assert!(sent <= 2 * networks, "{sent} codes sent");
    let of_people = count("select count(*) from audit_events where kind = 'code.right'");
    let in_all = count("select count(*) from messages where kind = 'reset_code' and state = 'sent'");
    assert_eq!(in_all, sent + of_people, "what the gateway was handed is what the database says");

    for person in &people {
        gets_in(world, person).await;
    }
    let in_again = count("select count(*) from flows where state = 'password_set'");
    assert_eq!(in_again, 20, "everybody");
}
