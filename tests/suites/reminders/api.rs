//! What the operator's own programs may ask, and what mail servers tell.

use std::{io::Write as _, process::Stdio};

use harness::{
    process::{Installation, PATIENCE, Serving},
    site::Site,
};
use serde_json::Value;

use crate::served::{json, reminding, text};

const TOKEN: &str = "0123456789abcdef0123456789abcdef";

/// Status, content type and body of an answer.
async fn get(serving: &Serving, path: &str, token: Option<&str>) -> (u16, String, Value) {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let mut request = client.get(format!("http://{}{path}", serving.internal));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await.expect("an answer");
    let kind = answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
    (answer.status().as_u16(), kind, answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_the_token_may_ask_and_nobody_else() {
    let mut site = Site::on_sqlite().await;
    site.installation.apply(&reminding(&site, "orebro")).await.succeeded();
    let file = site.installation.write("api.token", &format!("{TOKEN}\n"));
    site.installation.set("api", "token_file", file.to_str().expect("UTF-8"));
    let serving = site.installation.serve().await;
    let preview = "/v1/tenants/orebro/reminders/preview";
    for path in [preview, "/v1/tenants/orebro/reminders/runs"] {
        for token in [None, Some(""), Some("0123456789abcdef0123456789abcdeF"), Some("0123456789abcdef")] {
            let (status, kind, body) = get(&serving, path, token).await;
            assert_eq!((status, kind.as_str()), (401, "application/problem+json"), "{path}, {token:?}");
            assert_eq!(text(&body["code"]), "unauthenticated");
            assert!(body.get("outgoing").is_none() && !body.is_array());
        }
    }
    let said = async |path: &str| {
        let (status, _, body) = get(&serving, path, Some(TOKEN)).await;
        (status, text(&body["code"]).to_owned())
    };
    assert_eq!(said("/v1/tenants/borta/reminders/preview").await, (404, "no_tenant".to_owned()));
    assert_eq!(said(&format!("{preview}?date=i-morgon")).await, (400, "bad_query".to_owned()));

    let (status, _, body) = get(&serving, preview, Some(TOKEN)).await;
    assert_eq!(status, 200);
    assert_eq!(body, json(&site.installation, &["expiry", "preview", "orebro", "--json"]).await, "as the command says");
    let (_, _, another) = get(&serving, &format!("{preview}?date=2031-06-04"), Some(TOKEN)).await;
    assert_eq!(text(&another["date"]), "2031-06-04");
    json(&site.installation, &["expiry", "run", "orebro", "--json"]).await;
    let (_, _, runs) = get(&serving, "/v1/tenants/orebro/reminders/runs", Some(TOKEN)).await;
    assert_eq!((runs.as_array().map(Vec::len), text(&runs[0]["state"])), (Some(1), "done"));

    // A directory that is away is no fault of who asks.
    site.directories["orebro"].refuse_connections().await;
    site.directories["orebro"].drop_connections().await;
    assert_eq!(said(preview).await, (502, "directory".to_owned()));

    // A token that could be guessed starts nothing, and without one nobody is let in.
    site.installation.write("api.token", "kort\n");
    let check = site.installation.run(&["config", "check"]).await;
    assert!(check.code != 0 && check.output().contains("api.token_file: at least 32 characters"), "{}", check.output());
    drop(serving);
    site.installation.unset("api", "token_file");
    let serving = site.installation.serve().await;
    assert_eq!(get(&serving, preview, Some("")).await.0, 401);
    assert_eq!(get(&serving, preview, Some(TOKEN)).await.0, 401);
}

/// Hands a report to the command as a mail server would.
async fn bounced(installation: &Installation, report: String) -> String {
    let mut command = installation.command(&["expiry", "bounced"]);
    let done = tokio::task::spawn_blocking(move || {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it starts");
        child.stdin.take().expect("a pipe").write_all(report.as_bytes()).expect("it reads");
        child.wait_with_output().expect("it ends")
    });
    let output = done.await.expect("it was run");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mail_that_comes_back_is_seen() {
    let site = Site::on_sqlite().await;
    site.installation.apply(&reminding(&site, "orebro")).await.succeeded();
    let _serving = site.installation.serve().await;
    let run = json(&site.installation, &["expiry", "run", "orebro", "--json"]).await;
    let mails =
        site.mail.wait_for(usize::try_from(run["mails"].as_u64().expect("a count")).expect("few"), PATIENCE).await;
    let table = mails.iter().find(|mail| mail.recipients[0].starts_with("chef.hemvard")).expect("a table");
    let report = |action: &str| {
        let original = &table.raw;
        format!(
            "From: MAILER-DAEMON@mx.example\r\nTo: {}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; \
             report-type=delivery-status; boundary=\"=r\"\r\n\r\n--=r\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--=r\r\n\
             Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; \
             {}\r\nAction: {action}\r\nStatus: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 User unknown\r\n\r\n--=r\r\n\
             Content-Type: message/rfc822\r\n\r\n{original}\r\n--=r--\r\n",
            table.sender, table.recipients[0]
        )
    };
    // It is recorded as sent by now, or will be in a moment.
    let refused =
        async || json(&site.installation, &["expiry", "history", "orebro", "--json"]).await[0]["refused"].clone();
    harness::process::eventually("it is sent", PATIENCE, async || {
        refused().await.as_array().is_some_and(Vec::is_empty).then_some(())
    })
    .await;
    assert!(bounced(&site.installation, report("delayed")).await.contains("no report"), "it may still arrive");
    let said = harness::process::eventually("it is noted", PATIENCE, async || {
        let said = bounced(&site.installation, report("failed")).await;
        said.starts_with("noted").then_some(said)
    })
    .await;
    assert!(said.contains("5.1.1"), "{said}");
    let seen = refused().await;
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "{seen}");
    assert_eq!((text(&seen[0]["state"]), text(&seen[0]["to"])), ("bounced", "chef.hemvard@orebro.test"));
    assert_eq!(text(&seen[0]["reason"]), "5.1.1 550");
    assert!(bounced(&site.installation, report("failed")).await.contains("noted already"), "once");
    let foreign = report("failed").replace("@pwreset.orebro.se>", "@elsewhere.example>");
    assert!(bounced(&site.installation, foreign).await.contains("no reminder"));
    assert!(
        bounced(&site.installation, "Subject: Semester\r\n\r\nTill den 15.\r\n".to_owned()).await.contains("no report")
    );
}
