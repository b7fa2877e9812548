//! `portvakt tenant apply` and a tenant's texts, colours, logo, help desk and addresses: what is refused, what is told,
//! and what comes back.

use std::collections::BTreeMap;

use harness::{
    process::{Finished, Installation, preset_table},
    services::Services,
};
use portvakt_storage::{operator, settings};

const SECRETS: [(&str, &str); 3] =
    [("directory", "Hemligt-Kat-11"), ("sms", "Hemligt-Sms-22"), ("mail", "Hemligt-Mejl-33")];
const ENGLISH: &str = "number-which = \"If you have a work phone";

fn prepared() -> (Installation, &'static str) {
    let installation = Installation::sqlite();
    let ca = std::fs::read_to_string(&Services::get().ca_file).expect("an authority");
    installation.write("orebro-ca.pem", &ca);
    preset_table(&installation, "orebro", &BTreeMap::from(SECRETS));
    (installation, include_str!("../../../tenants/presets/orebro.toml"))
}

async fn apply(installation: &Installation, text: &str) -> Finished {
    let file = installation.write("tenant.toml", text);
    installation.run(&["tenant", "apply", file.to_str().expect("UTF-8")]).await
}

async fn refused(installation: &Installation, text: &str) -> String {
    let refused = apply(installation, text).await;
    assert_eq!((refused.code, refused.stdout.as_str()), (1, ""), "{}", refused.output());
    assert!(refused.stderr.contains("is not applied:\n"), "{}", refused.stderr);
    refused.stderr
}

#[tokio::test]
async fn what_people_could_not_read_is_refused_with_its_line() {
    let (installation, good) = prepared();
    let sv = |text: &str| format!("{text}\nnumber-which = \"Har du en arbetsmobil");
    let en = |text: &str| format!("{text}\n{ENGLISH}");
    for (from, to, reason) in [
        (
            "number-which = \"Har du en arbetsmobil",
            sv("button-nxt = \"Vidare\""),
            "texts.sv.button-nxt: there is no such text; did you mean button-next?",
        ),
        (
            "number-which = \"Har du en arbetsmobil",
            sv("code-time = \"Skynda\""),
            "texts.sv.code-time: { $minutes } is missing",
        ),
        (
            "number-which = \"Har du en arbetsmobil",
            sv("code-reset = \"{ $code } – i { $minutes } min.\""),
            "texts.sv.code-reset: '–' (U+2013) is not in the alphabet of SMS; write -",
        ),
        (ENGLISH, en("done-unlock-heading = \"Open\""), "texts.en.done-unlock-heading: it has to begin with \"Done\""),
        (ENGLISH, en("done-password = \"<b>Well</b>\""), "texts.en.done-password: there is no markup"),
        (
            "accent = \"#0f5f4c\"",
            "accent = \"#7fb2d0\"".to_owned(),
            "branding.light.accent: links on the page: #7fb2d0 on #ffffff has a contrast of 2.28:1 and needs 4.5:1; #",
        ),
        (
            "accent_text = \"#06251d\"",
            "accent_text = \"#ffffff\"".to_owned(),
            "branding.dark.accent_text: what is written on buttons: #ffffff on #86dcc3",
        ),
        ("accent = \"#0f5f4c\"", "accent = \"green\"".to_owned(), "\"green\" is not a colour"),
        (
            "logo_file = \"orebro-logo.svg\"",
            "logo_file = \"nowhere.svg\"".to_owned(),
            "branding.logo_file: nowhere.svg: No such file",
        ),
        (
            "logo_file = \"orebro-logo.svg\"",
            "logo = \"<svg>\"".to_owned(),
            "branding.logo: a logo is read from logo_file; name the file there",
        ),
        (
            "logo_alt = { sv = \"Ett slott vid vattnet\", en = \"A castle by the water\" }",
            "logo_alt = { sv = \"Ett slott\" }".to_owned(),
            "branding.logo_alt: say in \"en\" what the logo shows",
        ),
        (
            "mail = \"it-helpdesk@orebro.se\"",
            "mail = \"it-helpdesk\"".to_owned(),
            "help_desk.mail: \"it-helpdesk\" is not a mail address",
        ),
        ("languages = [\"sv\", \"en\"]", "languages = [\"en\"]".to_owned(), "default_language: name one of languages"),
        (
            "register = \"pwreg.orebro.se\"",
            "register = \"pwreg.orebro.se\"\nreset_url = \"https://orebro.se:8443\"".to_owned(),
            "hosts.reset_url: https://orebro.se:8443 is not at pwreset.orebro.se",
        ),
        (
            "register = \"pwreg.orebro.se\"",
            "register = \"pwreg.orebro.se\"\nreset_url = \"http://pwreset.orebro.se\"".to_owned(),
            "without TLS only names below localhost",
        ),
        ("sender = \"Orebro\"", "sender = \"Or\"".to_owned(), "sms.sender: Or has 2 characters; 46elks takes 3 to 11"),
    ] {
        let text = good.replacen(from, &to, 1);
        assert_ne!(text, good, "{from}");
        let told = refused(&installation, &text).await;
        assert!(told.contains(reason), "{reason} in {told}");
        // The help of `languages` is told at the key beside it.
        let first = to.lines().find(|line| !line.starts_with("register") && !line.starts_with("languages"));
        if let Some(line) = first.and_then(|first| text.lines().position(|line| line.starts_with(first))) {
            assert!(
                told.contains(&format!("line {}: ", line + 1)) || told.contains(&format!("line {}, ", line + 1)),
                "{}: {told}",
                line + 1
            );
        }
    }
    apply(&installation, good).await.succeeded();
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let (installation, good) = prepared();
    installation
        .write("orebro-logo.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1 1\"><script/></svg>");
    let text = good
        .replacen("accent = \"#0f5f4c\"", "accent = \"#ffffff\"", 1)
        .replacen(ENGLISH, &format!("choose-new = \"x\"\n{ENGLISH}"), 1)
        .replacen("[texts.sv]", "[texts.sv]\nlogo = \"x\"", 1)
        .replacen("code_minutes = 10", "code_minutes = 60", 1);
    let told = refused(&installation, &text).await;
    for part in [
        "branding.light.accent: ",
        "branding.logo_file: orebro-logo.svg: it has a <script> element: a logo must not run anything",
        "texts.en.choose-new: it has to hold the words \"new password\"",
        "texts.sv.logo: there is no such text",
        "reset.code_minutes: ",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert_eq!(installation.run(&["tenant", "list"]).await.stdout.lines().count(), 1, "nothing was applied");
}

#[tokio::test]
async fn texts_are_told_before_they_are_said_and_a_rollback_brings_the_logo_back() {
    let (installation, good) = prepared();
    let first = apply(&installation, good).await.succeeded().stdout;
    assert!(first.contains("branding.light.accent: nothing → \"#0f5f4c\"\n"), "{first}");
    assert!(first.contains("branding.logo: nothing → a text of ") && !first.contains("<svg"), "{first}");
    let logo = async || {
        let store = installation.store().await;
        let row = operator::find_tenant(&store, "orebro".to_owned()).await.expect("a database").expect("a tenant");
        let stored = settings::at_version(&store, row.id, row.version.expect("a version")).await.expect("a database");
        let document: serde_json::Value = serde_json::from_str(&stored.expect("settings").document).expect("JSON");
        document["branding"]["logo"].as_str().expect("a logo").to_owned()
    };
    let castle = logo().await;
    assert!(castle.contains("#e9bf57"), "{castle}");

    installation.write(
        "orebro-logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 1\"><path d=\"M0 0\"/></svg>",
    );
    let text = good.replacen("[texts.sv]", "[texts.sv]\ncode-time = \"\"\"\n{ $minutes ->\n    [one] En minut.\n   *[other] { $minutes } minuter.\n}\"\"\"", 1);
    let second = apply(&installation, &text).await.succeeded().stdout;
    let told =
        r#"  texts.sv.code-time: nothing → "{ $minutes ->\n    [one] En minut.\n   *[other] { $minutes } minuter.\n}""#;
    assert!(second.contains(&format!("{told}\n")), "{second}");
    assert!(second.contains("  branding.logo: a text of ") && second.contains("version 2 is in force"), "{second}");
    assert_ne!(logo().await, castle);

    let history = installation.run(&["tenant", "history", "orebro"]).await.succeeded().stdout;
    assert!(history.lines().any(|line| line.ends_with("branding, texts")), "{history}");
    let rolled = installation.run(&["tenant", "rollback", "orebro", "1"]).await.succeeded().stdout;
    assert!(rolled.contains("texts.sv.code-time: ") && rolled.contains("version 3 is in force"), "{rolled}");
    assert_eq!(logo().await, castle);
}
