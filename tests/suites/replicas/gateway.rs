//! Gateways that are slow, refuse, or are not there; and mail on the way.

use harness::{Browser, Page, gateway::Mode, process::PATIENCE, site::Site, world::code_in};
use portvakt_storage::operator;

use super::pair::{Pair, reset_host};

/// What became of the SMS would say whether there is a number to send to: the code page is what it was before.
async fn tells_nothing_of_the_gateway(browser: &mut Browser, slug: &str, before: &Page) {
    let after = browser.get(reset_host(slug), "/code").await;
    // But for the seconds until the next code may be asked for.
    let words = |page: &Page| page.text().replace(|c: char| c.is_ascii_digit(), "");
    assert_eq!((after.status, words(&after)), (before.status, words(before)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unanswered_gateway_means_unknown_and_the_person_may_ask_again() {
    let pair = Pair::start().await;
    let database = pair.site.installation.superuser().await;
    let person = Site::people("mjolby").remove(0);
    let number = person.number.as_ref().expect("a number");
    pair.site.gateway.next(1, Mode::HangAfterRead);
    let mut browser = Browser::new(pair.first.public);
    let page = pair.ask(&mut browser, "mjolby", &person.username).await;
    pair.idle(PATIENCE).await;
    assert_eq!(pair.code_states().await, ["unknown"]);
    tells_nothing_of_the_gateway(&mut browser, "mjolby", &page).await;
    assert_eq!(pair.codes_to(number).len(), 1, "nothing is sent again");

    // A minute later.
    let earlier = "update flows set code_requested_at = code_requested_at - interval '61 seconds'";
    database.execute(earlier, &[]).await.expect("updated");
    let page = browser.submit_to(&page, "/code/again", &[]).await;
    assert_eq!(page.status, 200, "{}", page.text());
    let sms = pair.sms_to(number, 1).await;
    let page = browser.submit_to(&page, "/code", &[("code", &code_in(&sms.message))]).await;
    assert_eq!(page.path, "/choose", "{}", page.text());
    let page = browser.submit_to(&page, "/choose", &[("choice", "new")]).await;
    let new = [("password", "Vinterbad88Sten"), ("password_again", "Vinterbad88Sten")];
    let done = browser.submit_to(&page, "/password", &new).await;
    assert!(done.h1().starts_with("Klart"), "{}", done.text());

    // The notices went to the phone and, over STARTTLS and signed in, to the mailbox.
    let mails = pair.site.mail.wait_for(1, PATIENCE).await;
    assert_eq!(mails[0].recipients, [person.mail.as_str()]);
    assert!(mails[0].protected && mails[0].signed_in);
    pair.idle(PATIENCE).await;
    let sms = pair.site.gateway.received();
    assert!(sms.last().is_some_and(|notice| notice.to == *number && notice.message.contains("återställts")), "{sms:?}");
    assert_eq!((sms.len(), pair.site.mail.mails().len()), (3, 1), "two codes, two notices");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refusing_gateway_is_not_asked_again_and_the_operator_can_see_it() {
    let pair = Pair::start().await;
    let person = Site::people("orebro").remove(0);
    let number = person.number.as_ref().expect("a number");
    pair.site.gateway.next(1, Mode::Refuse(403, format!("no credit for {number}")));
    let mut browser = Browser::new(pair.first.public);
    let page = pair.ask(&mut browser, "orebro", &person.username).await;
    pair.idle(PATIENCE).await;
    assert_eq!(pair.code_states().await, ["failed"]);
    tells_nothing_of_the_gateway(&mut browser, "orebro", &page).await;
    assert_eq!((pair.site.gateway.received().len(), pair.site.gateway.refused().len()), (0, 1), "asked once");

    let dead = operator::list_dead_jobs(&pair.site.store, None).await.expect("a database");
    let [job] = dead.as_slice() else { panic!("one dead letter: {dead:?}") };
    let reason = job.last_error.as_deref().expect("a reason");
    assert_eq!(job.kind, "send_code");
    assert!(reason.contains("403") && !reason.contains(number.as_str()), "{reason}");
    let log = [&pair.first, &pair.second].map(|replica| replica.process.stderr()).concat();
    assert!(log.contains("job laid aside"), "{log}");
    let mut metrics = String::new();
    for replica in [&pair.first, &pair.second] {
        metrics += &replica.internal("/metrics").await.expect("metrics").1;
    }
    assert!(metrics.contains("portvakt_jobs_total{kind=\"send_code\",outcome=\"dead\"} 1"), "{metrics}");
    for text in [&log, &metrics] {
        assert!(!text.contains(&number[3..]) && !text.contains(&person.username), "names nobody: {text}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_gateway_that_takes_nothing_is_asked_again_until_it_does() {
    let pair = Pair::start().await;
    let person = Site::people("mjolby").remove(1);
    pair.site.gateway.next(1, Mode::CloseBeforeTls);
    pair.site.gateway.next(1, Mode::Throttle429);
    let mut browser = Browser::new(pair.second.public);
    let page = pair.ask(&mut browser, "mjolby", &person.username).await;
    let sms = pair.sms_to(person.number.as_ref().expect("a number"), 0).await;
    pair.idle(PATIENCE).await;
    assert_eq!(pair.code_states().await, ["sent"]);
    assert_eq!(pair.site.gateway.received().len(), 1, "it arrives once");
    // The code that arrived is the one that counts, at either replica.
    let token = browser.cookie(reset_host("mjolby")).expect("a token").to_owned();
    let mut other = Browser::new(pair.first.public);
    other.set_cookie(reset_host("mjolby"), &token);
    let page = other.submit_to(&page, "/code", &[("code", &code_in(&sms.message))]).await;
    assert_eq!(page.path, "/choose", "{}", page.text());
}
