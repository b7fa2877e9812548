//! What is saved of the statements: refusals with their lines, what is lacking, difference, rollback, and a version from
//! before there was such a section.

use std::collections::BTreeMap;

use harness::{
    process::{Installation, preset_table},
    services::Services,
};
use portvakt_storage::{operator, settings};

const SECRETS: [(&str, &str); 3] = [("directory", "a"), ("sms", "b"), ("mail", "c")];

fn tenant(installation: &Installation) -> toml::Table {
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    let mut table = preset_table(installation, "orebro", &BTreeMap::from(SECRETS));
    table.remove("accessibility");
    table.remove("privacy");
    table
}

fn with(table: &toml::Table, sections: &str) -> toml::Table {
    let mut table = table.clone();
    table.extend(sections.parse::<toml::Table>().expect("sections"));
    table
}

const WHOLE: &str = r#"
[accessibility]
assessed = "2026-10-01"
method = "self"
updated = "2026-10-01"
contact = { mail = "webb@orebro.se" }
answer_days = 2
[[accessibility.shortcomings]]
what = { sv = "Karta utan text", en = "A map without text" }
who = { sv = "Du som inte ser", en = "You who do not see" }
why = { sv = "Den är gammal", en = "It is old" }
[privacy]
controller = { name = "Kommunstyrelsen", mail = "ks@orebro.se" }
processor = "Sydnärkes IT"
data_protection_officer = { mail = "dso@orebro.se" }
"#;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_not_be_said_is_refused_with_its_key_and_all_at_once() {
    let installation = Installation::sqlite();
    let plain = tenant(&installation);
    for (sections, reasons) in [
        (
            "[accessibility]\nassessed = \"2026-10-01\"\nanswer_days = 90\nconformance = \"fully\"\ncontact = { mail = \"webb\" }\n\
             [privacy]\nprocessor = \"<b>IT</b>\"\ntransfers = { sv = \"Till USA.\" }",
            &[
                "accessibility.contact.mail: \"webb\" is not a mail address",
                "accessibility.conformance: shortcomings are known",
                "accessibility.method: say who assessed",
                "accessibility.answer_days: 1 to 60",
                "privacy.processor: there is no markup",
                "privacy.transfers: say it in \"en\" too",
            ][..],
        ),
        (
            "[accessibility]\ncontact = { phone = \"019-21 20 00\" }",
            &[
                "accessibility.contact: a phone alone does not do, since the law wants a way to write; give a mail or a url",
            ],
        ),
        ("[functional_help_desk]\nname = \"Stöd\"", &["functional_help_desk: give a phone or a mail address"]),
        ("[accessibility]\nassessed = \"2026-02-30\"", &["\"2026-02-30\" is not a day"]),
        ("[accessibility]\ncontact = { url = \"http://orebro.se\" }", &["write \"https://host/path\""]),
        ("[accessibility]\nassesed = \"2026-10-01\"", &["unknown field `assesed`"]),
        ("[privacy]\nlegal_basis = \"consent\"", &["unknown variant `consent`"]),
    ] {
        let refused = installation.apply(&with(&plain, sections)).await;
        assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{sections}: {}", refused.output());
        for reason in reasons {
            assert!(refused.stderr.contains(reason), "{reason}: {}", refused.stderr);
        }
        assert!(refused.stderr.contains("line "), "{}", refused.stderr);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_lacking_is_told_until_it_is_there() {
    let installation = Installation::sqlite();
    let plain = tenant(&installation);
    let keys = [
        "accessibility.assessed: ",
        "accessibility.updated: ",
        "accessibility.contact: ",
        "accessibility.answer_days: ",
        "privacy.controller: ",
        "privacy.data_protection_officer: ",
        "privacy.processor: ",
    ];
    let show = async |more: &[&str]| {
        let arguments: Vec<&str> = ["tenant", "show", "orebro"].iter().chain(more).copied().collect();
        installation.run(&arguments).await.succeeded().stdout
    };
    let applied = installation.apply(&plain).await.succeeded();
    let shown = show(&[]).await;
    let json: serde_json::Value = serde_json::from_str(&show(&["--json"]).await).expect("JSON");
    assert_eq!(json["lacking"].as_array().map(Vec::len), Some(keys.len()), "{json}");
    for key in keys {
        assert!(applied.stderr.contains(&format!("note: {key}")), "{key}: {}", applied.stderr);
        assert!(shown.lines().any(|line| line.trim_start().starts_with("lacking") && line.contains(key)), "{shown}");
    }
    let applied = installation.apply(&with(&plain, WHOLE)).await.succeeded();
    assert!(!applied.stderr.contains("note: "), "{}", applied.stderr);
    assert!(!show(&[]).await.contains("lacking"));
    // A day that is yet to come is taken and told of.
    let later = WHOLE.replace("2026-10-01", "2999-01-01");
    let applied = installation.apply(&with(&plain, &later)).await.succeeded();
    assert!(applied.stderr.contains("note: accessibility.assessed: the day is yet to come"), "{}", applied.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_version_without_the_sections_is_told_apart_and_gone_back_to() {
    let installation = Installation::sqlite();
    let plain = tenant(&installation);
    installation.apply(&plain).await.succeeded();
    let applied = installation.apply(&with(&plain, WHOLE)).await.succeeded().stdout;
    let lines = [
        "accessibility.assessed: nothing → \"2026-10-01\"",
        "accessibility.contact.mail: nothing → \"webb@orebro.se\"",
        "accessibility.shortcomings: nothing → ",
        "privacy.processor: nothing → \"Sydnärkes IT\"",
    ];
    for line in lines {
        assert!(applied.contains(line), "{line}: {applied}");
    }
    assert!(applied.contains("Karta utan text"), "in full: {applied}");
    let run = async |arguments: &[&str]| installation.run(arguments).await.succeeded().stdout;
    let diff = run(&["tenant", "diff", "orebro", "2", "1"]).await;
    assert!(diff.contains("accessibility.assessed: \"2026-10-01\" → nothing"), "{diff}");
    assert!(run(&["tenant", "rollback", "orebro", "1"]).await.contains("version 3 is in force"));
    let history = run(&["tenant", "history", "orebro"]).await;
    assert_eq!(history.matches("accessibility, privacy").count(), 2, "{history}");

    // What is stored of who says nothing is what it was before there was such a section.
    let store = installation.store().await;
    let id = operator::find_tenant(&store, "orebro".to_owned()).await.expect("a database").expect("a tenant").id;
    let stored = settings::history(&store, id).await.expect("a history");
    assert!(!stored[0].document.contains("accessibility") && !stored[0].document.contains("privacy"));
    assert_eq!(stored[0].document, stored[2].document);
}
