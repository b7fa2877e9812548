//! `portvakt tenant feedback`: what readers thought, of one tenant, and nothing that speaks to the terminal.

use std::collections::BTreeMap;

use harness::{
    process::{Installation, preset_table},
    services::Services,
};
use portvakt::system::{SystemClock, SystemRandom};
use portvakt_domain::{feedback::Guide, language::Language, time::Clock as _};
use portvakt_flows::give_feedback::feedback_place;
use portvakt_storage::{
    feedback::{self, NewFeedback},
    operator,
};
use uuid::Uuid;

const SECRETS: [(&str, &str); 3] = [("directory", "a"), ("sms", "b"), ("mail", "c")];

/// Keeps an answer of each of two readers in a tenant.
async fn answered(installation: &Installation, slug: &str, words: &str) {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write(&format!("{slug}-ca.pem"), &ca);
    installation.apply(&preset_table(installation, slug, &BTreeMap::from(SECRETS))).await.succeeded();
    let store = installation.store().await;
    let tenant = operator::find_tenant(&store, slug.to_owned()).await.expect("a database").expect("a tenant").id;
    for (guide, language, helpful, text) in
        [(Guide::Reset, Language::Sv, false, Some(words)), (Guide::Reminders, Language::En, true, None)]
    {
        let id = Uuid::now_v7();
        let seal = |text: &str| installation.keys.seal(tenant, feedback_place(id), text.as_bytes(), &SystemRandom);
        let text = text.map(|text| seal(text).expect("sealed"));
        let new = NewFeedback { id, guide, language, helpful, text, created_at: SystemClock.now() };
        feedback::add(&store, tenant, new).await.expect("kept");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_listed_and_nothing_speaks_to_the_terminal() {
    let installation = Installation::sqlite();
    answered(&installation, "orebro", "bilden\u{1b}[2J\nsaknas \u{202e}här").await;
    answered(&installation, "mjolby", "deras egna ord").await;

    let told = installation.run(&["tenant", "feedback", "orebro"]).await.succeeded().stdout;
    assert!(told.starts_with("orebro: 2 answers, helpful 1, not helpful 1\n"), "{told}");
    assert!(told.contains("reset        sv  not helpful  bilden\\u{1b}[2J\\nsaknas \\u{202e}här\n"), "{told}");
    assert!(told.contains("reminders    en  helpful\n") && !told.contains("deras egna ord"), "{told}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told}");

    let json = installation.run(&["tenant", "feedback", "orebro", "--json"]).await.succeeded().stdout;
    assert!(!json.contains(['\u{1b}', '\u{202e}']), "{json}");
    let answers: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(answers[0]["text"], "bilden\u{1b}[2J\nsaknas \u{202e}här");
    let second = &answers[1];
    assert_eq!((second["guide"].as_str(), second["helpful"].as_bool()), (Some("reminders"), Some(true)));
    assert!(second["text"].is_null() && answers.as_array().is_some_and(|all| all.len() == 2));

    let nobody = installation.run(&["tenant", "feedback", "nowhere"]).await;
    assert!(nobody.code != 0 && nobody.stderr.contains("nowhere"), "{}", nobody.stderr);
}

/// Changes what a newer release may have kept, past the store.
async fn from_a_newer_release(installation: &Installation) {
    let changed = "update feedback set guide = 'passkeys', language = 'fi' where helpful";
    assert_eq!(installation.superuser().await.execute(changed, &[]).await.expect(changed), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guide_and_a_language_of_a_newer_release_are_shown_as_they_are() {
    let installation = Installation::postgres().await;
    installation.run(&["migrate"]).await.succeeded();
    answered(&installation, "orebro", "bilden saknas").await;
    from_a_newer_release(&installation).await;
    let told = installation.run(&["tenant", "feedback", "orebro"]).await.succeeded().stdout;
    assert!(told.contains("passkeys     fi  helpful\n") && told.contains("not helpful  bilden saknas\n"), "{told}");
    let json = installation.run(&["tenant", "feedback", "orebro", "--json"]).await.succeeded().stdout;
    let answers: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let newer = answers.as_array().and_then(|all| all.iter().find(|answer| answer["language"] == "fi"));
    assert_eq!(newer.map(|answer| &answer["guide"]), Some(&"passkeys".into()), "{json}");
}
