//! A change by who knows the current password: claimed like a reset, and over after too many wrong ones.

use portvakt_domain::{
    account::Choice,
    audit::AuditKind,
    flow::{FlowKind, FlowState as S},
    rejection::RejectionReason,
};
use portvakt_storage::{
    flows::{self, NewFlow, SettleWrite},
    rejections,
};

use crate::fixture::{Fixture, account, event, flow, settled};

/// A wrong current password gives the flow back until it has had its tries, and each is counted by reason.
pub(crate) async fn wrong_current_passwords_end_a_change(f: Fixture) {
    let new = NewFlow { account: Some(account()), ..flow(FlowKind::Reset, S::Changing, f.now) };
    flows::begin(&f.store, f.a, new.clone(), vec![], None, event(AuditKind::SignedIn, f.now)).await.expect("begun");
    let claim = || {
        let told = event(AuditKind::ChangeIntended, f.now);
        flows::claim_write(&f.store, f.a, new.token_hash, S::Changing, Choice::NewPassword, f.now, told)
    };
    let wrong = || {
        let rejection = Some(RejectionReason::WrongPassword);
        let wrong = SettleWrite { wrong_password: true, rejection, ..settled(new.id, S::Changing, f.now) };
        flows::settle_write(&f.store, f.a, wrong)
    };
    assert_eq!(wrong().await.expect("an answer"), None, "not claimed");
    for n in 1..=5 {
        assert!(claim().await.expect("an answer").is_some(), "try {n}");
        let expected = if n < 5 { S::Changing } else { S::Exhausted };
        assert_eq!(wrong().await.expect("an answer"), Some(expected), "try {n}");
    }
    assert!(claim().await.expect("an answer").is_none(), "the flow is over");
    assert_eq!(f.number("select count(*) from audit_events where kind = 'flow.exhausted'").await, 1);
    let counted = rejections::since(&f.store, f.a, f.now.date_naive()).await.expect("counts");
    let counted: Vec<_> = counted.iter().map(|row| (row.reason.as_str(), row.count)).collect();
    assert_eq!(counted, [("wrong_password", 6)], "one that came too late as well");
}
