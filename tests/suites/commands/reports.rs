//! `portvakt tenant reports`: the addresses that somebody has to enter, and what was reported of the last day's SMS.

use harness::{
    Browser,
    gateway::Fate,
    process::{PATIENCE, change, eventually},
    reports::post,
    site::Site,
};

/// The words of the line that begins with this one.
fn row(told: &str, first: &str) -> Vec<String> {
    let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut rows = told.lines().map(words).filter(|words| words.first().is_some_and(|word| word == first));
    rows.next_back().unwrap_or_else(|| panic!("no line {first}: {told}"))
}

async fn reports_are_told(site: Site) {
    let told = async || site.installation.run(&["tenant", "reports", "orebro"]).await.succeeded().stdout;
    assert!(told().await.contains("46elks      not asked for; write reports = true in its settings\n"));

    // 1. Two accounts: one is told the address with each SMS, at the other it is entered.
    let mut tenant = site.tenant_file("orebro");
    change(&mut tenant, "sms", "reports", true);
    let hello = "provider = 'hellosms'\nsender = 'Orebro'\nusername = 'u'\npassword_file = 'orebro-sms-password'\n\
                 reports = true";
    let hello: toml::Table = hello.parse().expect("an account");
    let providers = vec![tenant["sms"].clone(), toml::Value::Table(hello)];
    tenant.insert("sms".to_owned(), toml::Table::from_iter([("providers".to_owned(), providers.into())]).into());
    let applied = site.installation.apply(&tenant).await.succeeded().stdout;
    for provider in ["46elks", "hellosms"] {
        assert!(applied.contains(&format!("secret sms_report_path_{provider}: set\n")), "{applied}");
    }
    let first = told().await;
    assert_eq!(row(first.split("24 hours").next().expect("addresses"), "46elks")[1..], ["told", "with", "each", "SMS"]);
    let address = row(&first, "hellosms")[1].clone();
    let path = address.strip_prefix("https://pwreg.orebro.se/reports/hellosms/").expect("its address");
    assert_eq!(path.len(), 43, "256 bits: {address}");

    // 2. It stays, with the same settings, with others, and with earlier ones.
    let again = site.installation.apply(&tenant).await.succeeded().stdout;
    assert!(again.contains("nothing differs"), "{again}");
    change(&mut tenant, "reset", "code_minutes", 7);
    let other = site.installation.apply(&tenant).await.succeeded().stdout;
    assert!(!other.contains("sms_report_path_hellosms: changed"), "{other}");
    site.installation.run(&["tenant", "rollback", "orebro", "2"]).await.succeeded();
    assert_eq!(row(&told().await, "hellosms")[1], address);
    let diff = site.installation.run(&["tenant", "diff", "orebro", "1", "2"]).await.succeeded().stdout;
    assert!(diff.contains("secret sms_report_path_hellosms: set\n") && !diff.contains(path), "{diff}");

    // 3. Three SMS, of which one is reported as delivered and one as failed.
    let replica = site.installation.serve().await;
    for account in Site::people("orebro").iter().take(3) {
        let mut browser = Browser::new(replica.public);
        let start = browser.get("pwreset.orebro.se", "/").await;
        browser.submit(&start, &[("username", &account.username)]).await;
    }
    let unreported = async || (row(&told().await, "46elks").last()? == "3").then_some(());
    eventually("three SMS were handed over", PATIENCE, unreported).await;
    for (sms, fate) in [(1, Fate::Delivered), (2, Fate::Failed), (2, Fate::Failed)] {
        let report = site.gateway.report(sms, fate, None, "", 0);
        assert_eq!(post(replica.public, &report).await.0, 200);
    }
    let counted = told().await;
    assert_eq!(row(&counted, "provider").join(" "), "provider sms delivered sent failed expired unknown unreported");
    assert_eq!(row(&counted, "46elks").join(" "), "46elks 3 1 0 1 0 0 1", "{counted}");

    let nobody = site.installation.run(&["tenant", "reports", "motala"]).await;
    assert_eq!((nobody.code, nobody.stdout.as_str()), (1, ""));
    assert!(nobody.stderr.contains("there is no tenant \"motala\""), "{}", nobody.stderr);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_are_told_on_sqlite() {
    reports_are_told(Site::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reports_are_told_on_postgres() {
    reports_are_told(Site::on_postgres().await).await;
}
