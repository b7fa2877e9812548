//! Not even at the loudest level does the practice directory log a password: its protocol library would trace whole
//! messages.

use std::{
    fmt::{Debug, Write},
    sync::{Arc, Mutex},
};

use crate::client::{Clock, Controller, bind, code, reset_of};
use portvakt_demo::practice::{Delegation, DomainBuilder, UserSpec};
use tracing::{
    Event, Metadata, Subscriber,
    field::{Field, Visit},
    span,
};

/// Takes down every field of every event and span.
#[derive(Clone, Default)]
struct Everything(Arc<Mutex<String>>);

struct Taken<'a>(&'a mut String);

impl Visit for Taken<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let _ = writeln!(self.0, "{field}={value:?}");
    }
}

impl Subscriber for Everything {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }
    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        span.record(&mut Taken(&mut self.0.lock().expect("the log")));
        span::Id::from_u64(1)
    }
    fn record(&self, _: &span::Id, values: &span::Record<'_>) {
        values.record(&mut Taken(&mut self.0.lock().expect("the log")));
    }
    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
    fn event(&self, event: &Event<'_>) {
        event.record(&mut Taken(&mut self.0.lock().expect("the log")));
    }
    fn enter(&self, _: &span::Id) {}
    fn exit(&self, _: &span::Id) {}
}

/// Single letters between zero bytes, as `unicodePwd` looks in a dump, are found by their digits.
const CANARY: &str = "Kanarie-471108";

#[tokio::test]
async fn passwords_are_in_no_log() {
    let log = Everything::default();
    tracing::subscriber::set_global_default(log.clone()).expect("the first subscriber");
    let builder = DomainBuilder::new("prov.test", "PROV")
        .unit("Personal")
        .user(UserSpec::new("svc", "Svc!Losenord2026"))
        .user(UserSpec::new("anna", "Start-Losen2026").unit("Personal"))
        .delegate(Delegation::to("svc").below("Personal"));
    let dc = Controller::start(builder, &Clock::default()).await;
    let anna = "CN=anna,OU=Personal,DC=prov,DC=test";
    assert_eq!(code(dc.service().await.modify(anna, reset_of(CANARY)).await), 0);
    assert_eq!(bind(&dc, anna, CANARY).await, "");
    assert_eq!(bind(&dc, anna, &format!("{CANARY}-wrong")).await, "52e");
    tracing::info!(probe = "the log is listening");
    let taken = log.0.lock().expect("the log").clone();
    assert!(taken.contains("the log is listening"));
    let spread = CANARY.chars().map(|c| format!("{c}\\0")).collect::<String>();
    let digits = CANARY.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    let wide = CANARY.bytes().map(|byte| format!("{byte}, 0")).collect::<Vec<_>>().join(", ");
    for trace in [CANARY, &spread, &digits, &wide, "Svc!Losenord2026"] {
        assert!(!taken.contains(trace), "{trace}");
    }
}
