//! Passwords, codes, tokens, numbers and names reach no log, metric, URL or plain column.

#[path = "secrets/journeys.rs"]
mod journeys;
#[path = "secrets/reports.rs"]
mod reports;
#[path = "secrets/search.rs"]
mod search;
#[path = "secrets/sinks.rs"]
mod sinks;

use harness::site::Site;
use journeys::Stage;
use search::{Secret, Sink};

/// Written where it may stand, so that a search which finds nothing can be believed.
const CONTROL: &str = "kontrollkanarie";

/// Asks for everything, from every library by name: no setting may let a secret out.
const EVERYTHING: &str = "trace,ldap3=trace,lber=trace,lettre=trace,hyper=trace,hyper_util=trace,reqwest=trace,\
     rustls=trace,tokio_postgres=trace,actix_http=trace,actix_web=trace,log=trace,portvakt=trace";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_the_process_on_sqlite() {
    no_secret_leaves_the_process(Site::on_sqlite().await, "text").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_secret_leaves_the_process_on_postgres() {
    no_secret_leaves_the_process(Site::on_postgres().await, "json").await;
}

async fn no_secret_leaves_the_process(mut site: Site, format: &str) {
    site.installation.set("log", "level", EVERYTHING);
    site.installation.set("log", "format", format);
    // The author of a change of settings is no secret, and stands in a column as it is.
    let file = site.installation.write("mjolby-again.toml", &journeys::without_mail(&site).to_string());
    let apply = ["tenant", "apply", file.to_str().expect("UTF-8"), "--author", CONTROL];
    let applied = site.installation.run(&apply).await.succeeded();

    site.installation.apply(&reports::with_reports(&site)).await.succeeded();

    let replica = site.installation.serve().await;
    let mut stage = Stage::new(&site, replica);
    stage.register().await;
    stage.reports().await;
    stage.reset().await;
    stage.change().await;
    stage.hold().await;
    stage.unlock().await;
    stage.faults().await;
    stage.bad_input().await;
    let (secrets, transcripts, replica) = stage.end().await;

    let mut sinks = sinks::of_requests(&transcripts);
    sinks.push(Sink::new("what commands print", applied.output().into_bytes(), "mjolby"));
    sinks.extend(sinks::of_process(&site, replica).await);
    for sink in &sinks {
        sink.is_what_it_says();
        for secret in &secrets {
            sink.finds_when_planted(secret);
        }
    }
    let found: Vec<String> =
        sinks.iter().flat_map(|sink| secrets.iter().flat_map(|secret| sink.find(secret))).collect();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn the_search_finds_every_spelling() {
    let secret = Secret::text("a password", "Kanarie!Fågel&Lösen=99+%");
    for (encoding, bytes) in secret.spellings() {
        let noise = [b"\x00\xffnoise ".as_slice(), &bytes, b" noise\xfe"].concat();
        let sink = Sink::new("noise", noise, "noise");
        assert!(!sink.find(&secret).is_empty(), "{encoding}");
    }
    assert!(secret.spellings().len() > 10);
    // Six digits are a code where they stand alone, and none in a time or a longer number.
    let code = Secret::code("a code", "271828");
    let holds = |text: &str| !Sink::new("noise", text.as_bytes().to_vec(), "").find(&code).is_empty();
    assert!(holds("Din kod är 271828.") && holds("code=271828&") && holds("\"271828\""));
    assert!(!holds("2026-11-22T10:00:00.271828Z") && !holds("12718281") && !holds("12:00:01.271828+00"));
}
