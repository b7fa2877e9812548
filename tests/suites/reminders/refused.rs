//! Settings of reminders that can't be kept are refused where they are saved, each with the reason.

use harness::site::Site;
use toml::{Table, Value};

use crate::served::reminding;

fn refusing(change: impl FnOnce(&mut Table), tenant: &Table) -> Table {
    let mut tenant = tenant.clone();
    change(tenant["reminders"].as_table_mut().expect("a section"));
    tenant
}

fn numbers(days: &[i64]) -> Value {
    days.iter().copied().map(Value::from).collect::<Vec<_>>().into()
}

fn one_unit(recipients: &[&str]) -> Value {
    let unit = Table::from_iter([
        ("value".to_owned(), Value::from("Hemvård")),
        ("recipients".to_owned(), Value::from(recipients.to_vec())),
    ]);
    Value::from(vec![unit])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_can_not_be_kept_is_refused_with_the_reason() {
    let site = Site::on_sqlite().await;
    let good = reminding(&site, "orebro");
    type Change = Box<dyn FnOnce(&mut Table)>;
    let set = |key: &'static str, value: Value| -> Change {
        Box::new(move |section| _ = section.insert(key.to_owned(), value))
    };
    let cases: [(&str, Change, &str); 9] = [
        ("days out of order", set("days", numbers(&[7, 15, 30])), "reminders.days"),
        ("a day twice", set("days", numbers(&[7, 7])), "reminders.days"),
        ("three recipients", set("units", one_unit(&["a@orebro.se", "b@orebro.se", "c@orebro.se"])), "reminders.units"),
        ("no address", set("units", one_unit(&["chefen"])), "reminders.units"),
        ("a fall-back that is none", set("fallback", vec!["servicedesk".to_owned()].into()), "reminders.fallback"),
        ("an unknown time zone", set("time_zone", "Europe/Orebro".into()), "Europe/Orebro"),
        ("no time of day", set("at", "25:00".into()), "25:00"),
        ("an attribute that nobody knows", set("units_by", "avdelning".into()), "avdelning"),
        // It is one of Exchange's: other domains lack it, and only the directory itself can tell.
        (
            "an attribute that this directory lacks",
            set("units_by", "extensionAttribute1".into()),
            "reminders.units_by: extensionAttribute1 is not an attribute of this directory",
        ),
    ];
    for (case, change, reason) in cases {
        let refused = site.installation.apply(&refusing(change, &good)).await;
        let told = refused.output();
        assert!(refused.code != 0 && told.contains("is not applied"), "{case}: {told}");
        assert!(told.contains(reason), "{case}: {told}");
    }
    let gone = refusing(
        |section| {
            section.insert("units_by".to_owned(), "group".into());
            let unit = Table::from_iter([
                ("value".to_owned(), Value::from("CN=Borta,DC=orebro,DC=se")),
                ("recipients".to_owned(), Value::from(vec!["chef@orebro.se"])),
            ]);
            section.insert("units".to_owned(), Value::from(vec![unit]));
        },
        &good,
    );
    let told = site.installation.apply(&gone).await.output();
    assert!(told.contains("reminders.units[0].value: it is not in the directory"), "{told}");

    // Nothing of all that was put in force; what is right is, also while the directory is away.
    let before = site.installation.run(&["tenant", "history", "orebro"]).await.succeeded();
    let versions =
        before.stdout.lines().filter(|line| line.trim_start_matches(['*', ' ']).starts_with(char::is_numeric));
    assert_eq!(versions.count(), 1, "{}", before.stdout);
    site.directories["orebro"].refuse_connections().await;
    site.directories["orebro"].drop_connections().await;
    let applied = site.installation.apply(&good).await.succeeded();
    assert!(applied.output().contains("the directory can't be asked"), "{}", applied.output());
}
