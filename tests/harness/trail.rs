//! The audit trail as an auditor sees it, and the rows under it.

use std::process::Command;

use chrono::TimeDelta;
use portvakt_domain::{audit::Event, time::Clock as _};
use portvakt_flows::verify_audit;
use portvakt_storage::{DatabaseSettings, audit};

use crate::World;

impl World {
    /// A tenant's audit events, in order. They are sealed first, and the chain must hold.
    pub async fn trail(&self, slug: &str) -> Vec<Event> {
        let (store, tenant) = (&self.shared.platform.store, self.tenant(slug).id);
        self.clock.advance(TimeDelta::seconds(10));
        self.run_jobs().await;
        let verified = verify_audit::run(store, &self.keys, tenant, None, self.clock.now()).await.expect("a database");
        let head = verified.unwrap_or_else(|broken| panic!("{slug}: {broken}")).head;
        let unsealed = audit::unsealed_older_than(store, tenant, self.clock.now()).await.expect("a database");
        assert_eq!(unsealed, 0, "events are sealed within seconds");
        let chain = audit::read_chain(store, tenant, 1, 10_000).await.expect("a database");
        assert_eq!(chain.len() as i64, head.seq, "the whole chain was read");
        chain.into_iter().map(|(_, event)| event.expect("an event")).collect()
    }

    /// The values of one detail in a tenant's events of one kind, in order.
    pub async fn told(&self, slug: &str, kind: &str, detail: &str) -> Vec<String> {
        let events = self.trail(slug).await.into_iter().filter(|event| event.kind == kind);
        events.map(|event| event.details.get(detail).cloned().unwrap_or_default()).collect()
    }

    /// Runs a statement past the platform on a world's SQLite file; bytes come back in hexadecimal digits.
    pub fn sqlite(&self, statement: &str) -> Vec<Vec<String>> {
        const SCRIPT: &str = "
import json, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], timeout=30)
rows = connection.execute(sys.argv[2]).fetchall()
connection.commit()
print(json.dumps([[v.hex() if isinstance(v, bytes) else str(v) for v in row] for row in rows]))
";
        let DatabaseSettings::Sqlite { path } = &self.database else { panic!("not on SQLite") };
        let output = Command::new("/usr/bin/python3").args(["-c", SCRIPT]).arg(path).arg(statement).output();
        let output = output.expect("python3 runs");
        assert!(output.status.success(), "{statement}: {}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("rows")
    }
}
