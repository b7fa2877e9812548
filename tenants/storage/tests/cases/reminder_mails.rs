//! Reminders that are on their way: sent, put back, settled, listed.

use futures_util::future::join_all;
use portvakt_domain::{
    audit::AuditKind, id::ReminderMailId, message::Channel, reminder_mail::ReminderState, reminder_run::RunState,
};
use portvakt_storage::reminders::{
    self, ListedReminder, NewReminderMail, NewRun, RecordReminder, ReminderFigures, ReminderTurn, SettleReminder,
    StoredReminderMail,
};
use uuid::Uuid;

use super::reminders::{asked, begin, end, events, mark, new_run, record, reminder};
use crate::fixture::{Fixture, account, event, minutes};

async fn send(f: &Fixture, mail: ReminderMailId) -> ReminderTurn {
    reminders::begin_send(&f.store, f.a, mail, f.now).await.expect("a turn")
}

async fn put_back(f: &Fixture, mail: ReminderMailId, unknown: bool) -> bool {
    reminders::put_back(&f.store, f.a, mail, unknown, "why".to_owned()).await.expect("an answer")
}

fn settled(f: &Fixture, mail: ReminderMailId, state: ReminderState) -> SettleReminder {
    let reason = (state != ReminderState::Sent).then(|| "why".to_owned());
    SettleReminder {
        mail,
        state,
        reason,
        rows: 7,
        unknown: false,
        untold: false,
        now: f.now,
        event: event(AuditKind::ReminderSettled, f.now),
    }
}

async fn settle(f: &Fixture, mail: ReminderMailId, state: ReminderState) -> bool {
    reminders::settle(&f.store, f.a, settled(f, mail, state)).await.expect("an answer")
}

async fn one(f: &Fixture, mail: ReminderMailId) -> ListedReminder {
    let run = reminders::runs(&f.store, f.a, 1).await.expect("the runs").remove(0).id;
    let all = reminders::mails(&f.store, f.a, run).await.expect("a list");
    all.into_iter().find(|listed| listed.id == mail).expect("it is listed")
}

pub(crate) async fn a_mail_is_sent_again_until_it_is_settled(f: Fixture) {
    let mail = asked(&f, f.a, Channel::Mail).await;
    let sending = |attempts, unknown_sends| {
        ReminderTurn::Send(Box::new(StoredReminderMail {
            id: mail.id,
            run: mail.run,
            channel: Channel::Mail,
            part: mail.part.clone(),
            recipient: mail.recipient.clone(),
            content: mail.content.clone(),
            language: mail.language,
            rows: mail.rows,
            attempts,
            unknown_sends,
            created_at: f.now,
        }))
    };
    assert!(!put_back(&f, mail.id, false).await, "nobody is sending it");
    assert_eq!(send(&f, mail.id).await, sending(1, 0));
    assert_eq!(send(&f, mail.id).await, sending(2, 1), "a worker died in the middle of a call");
    assert!(put_back(&f, mail.id, false).await);
    assert!(!put_back(&f, mail.id, false).await, "once");
    assert_eq!(send(&f, mail.id).await, sending(3, 1), "it surely did not arrive");
    assert!(put_back(&f, mail.id, true).await);
    assert_eq!(send(&f, mail.id).await, sending(4, 2), "nobody answered");
    for state in [ReminderState::Queued, ReminderState::Sending] {
        assert!(!settle(&f, mail.id, state).await, "{state:?} settles nothing");
    }
    assert_eq!(f.number("select count(*) from reminder_mails where content is null").await, 0);

    assert!(settle(&f, mail.id, ReminderState::Sent).await);
    assert!(!settle(&f, mail.id, ReminderState::GivenUp).await, "an answer after the answer");
    assert!(!put_back(&f, mail.id, true).await);
    assert_eq!(send(&f, mail.id).await, ReminderTurn::Over);
    assert_eq!(f.number("select count(*) from reminder_mails where content is null").await, 1, "what it said is gone");
    assert_eq!(events(&f, AuditKind::ReminderSettled).await, 1);
    let listed = ListedReminder {
        id: mail.id,
        run: mail.run,
        channel: Channel::Mail,
        part: mail.part.clone(),
        recipient: Some(mail.recipient.clone()),
        rows: 7,
        state: ReminderState::Sent,
        reason: None,
        attempts: 4,
        unknown_sends: 2,
        created_at: f.now,
        settled_at: Some(f.now),
    };
    assert_eq!(one(&f, mail.id).await, listed);
}

pub(crate) async fn a_mail_that_was_sent_may_come_back(f: Fixture) {
    let mail = asked(&f, f.a, Channel::Mail).await;
    let bounce = async |tenant, mail| {
        let told = event(AuditKind::ReminderSettled, f.now);
        reminders::bounce(&f.store, tenant, mail, "5.1.1".to_owned(), told).await.expect("an answer")
    };
    send(&f, mail.id).await;
    assert!(!bounce(f.a, mail.id).await, "nobody knows yet whether it was sent");
    assert!(settle(&f, mail.id, ReminderState::Sent).await);
    assert!(!bounce(f.b, mail.id).await, "another tenant's");
    assert!(bounce(f.a, mail.id).await);
    assert!(!bounce(f.a, mail.id).await, "once");
    let listed = one(&f, mail.id).await;
    assert_eq!((listed.state, listed.reason.as_deref()), (ReminderState::Bounced, Some("5.1.1")));
    let refused = reminders::refused(&f.store, f.a, mail.run).await.expect("a list");
    assert_eq!(refused, [listed]);
    assert_eq!(reminders::figures(&f.store, f.a).await.expect("figures").refused, 1);
    assert_eq!(events(&f, AuditKind::ReminderSettled).await, 2);

    let unanswered = asked(&f, f.a, Channel::Mail).await;
    send(&f, unanswered.id).await;
    assert!(settle(&f, unanswered.id, ReminderState::GivenUp).await);
    assert!(bounce(f.a, unanswered.id).await, "it had been taken after all");

    let sms = asked(&f, f.a, Channel::Sms).await;
    send(&f, sms.id).await;
    assert!(settle(&f, sms.id, ReminderState::Sent).await);
    assert!(!bounce(f.a, sms.id).await, "an SMS has reports of its own");
}

pub(crate) async fn whom_it_was_not_for_any_more_leaves_the_marks_to_others(f: Fixture) {
    let run = begin(&f, f.a, new_run(&f)).await;
    let (one, two) = (vec![mark(&f, account(), 30), mark(&f, account(), 15)], vec![mark(&f, account(), 7)]);
    let (gone, stays) = (reminder(&f, run, Channel::Mail, one), reminder(&f, run, Channel::Mail, two));
    assert!(record(&f, f.a, gone.clone()).await && record(&f, f.a, stays.clone()).await);
    let untold = |mail| SettleReminder { untold: true, ..settled(&f, mail, ReminderState::GivenUp) };
    assert!(!reminders::settle(&f.store, f.b, untold(gone.mail.id)).await.expect("an answer"), "another tenant's");
    assert_eq!(f.number("select count(*) from reminder_marks").await, 3);
    assert!(reminders::settle(&f.store, f.a, untold(gone.mail.id)).await.expect("an answer"));
    assert_eq!(f.number("select count(*) from reminder_marks").await, 1);
    assert!(!record(&f, f.a, RecordReminder { mail: asked_anew(&stays), ..stays.clone() }).await, "it was told");
    assert!(record(&f, f.a, RecordReminder { mail: asked_anew(&gone), ..gone }).await, "somebody else hears of it");
}

/// The same under another id.
fn asked_anew(of: &RecordReminder) -> NewReminderMail {
    NewReminderMail { id: ReminderMailId(Uuid::new_v4()), ..of.mail.clone() }
}

pub(crate) async fn an_sms_is_handed_over_once(f: Fixture) {
    let sms = asked(&f, f.a, Channel::Sms).await;
    assert!(matches!(send(&f, sms.id).await, ReminderTurn::Send(_)));
    assert!(put_back(&f, sms.id, false).await, "it surely was not sent");
    let all = join_all((0..8).map(|_| send(&f, sms.id))).await;
    assert_eq!(all.iter().filter(|turn| matches!(turn, ReminderTurn::Send(_))).count(), 1);
    assert_eq!(all.iter().filter(|turn| **turn == ReminderTurn::Over).count(), 7);
    let listed = one(&f, sms.id).await;
    assert_eq!((listed.state, listed.reason.as_deref()), (ReminderState::GivenUp, Some("unknown")));
    assert_eq!((listed.attempts, listed.unknown_sends, listed.settled_at), (2, 1, Some(f.now)));
    assert_eq!(events(&f, AuditKind::ReminderSettled).await, 1);
    assert!(!settle(&f, sms.id, ReminderState::Sent).await, "it was given up");
    assert_eq!(listed.recipient, None, "a holder's number is nobody's business afterwards");

    let sent = asked(&f, f.a, Channel::Sms).await;
    assert_eq!(one(&f, sent.id).await.recipient, Some(sent.recipient), "until it is known what became of it");
    assert!(settle(&f, sent.id, ReminderState::Sent).await);
    assert_eq!(one(&f, sent.id).await.recipient, None);

    let unanswered = asked(&f, f.a, Channel::Sms).await;
    assert!(matches!(send(&f, unanswered.id).await, ReminderTurn::Send(_)));
    assert!(!put_back(&f, unanswered.id, true).await, "it may have arrived");
    assert_eq!(send(&f, unanswered.id).await, ReminderTurn::Over);
    assert_eq!(one(&f, unanswered.id).await.state, ReminderState::GivenUp);
}

pub(crate) async fn reminders_are_listed_by_what_became_of_them(f: Fixture) {
    let figures = async |tenant| reminders::figures(&f.store, tenant).await.expect("figures");
    assert_eq!(figures(f.a).await, ReminderFigures::default());
    let first = begin(&f, f.a, new_run(&f)).await;
    let mut ids = Vec::new();
    for n in 0..6 {
        let new = reminder(&f, first, Channel::Mail, vec![mark(&f, account(), n)]);
        let new = RecordReminder { now: f.now + minutes(n.into()), ..new };
        assert!(record(&f, f.a, new.clone()).await);
        ids.push(new.mail.id);
    }
    send(&f, ids[1]).await;
    let ends = [ReminderState::Sent, ReminderState::GivenUp, ReminderState::Empty, ReminderState::GivenUp];
    for (id, state) in ids[2..].iter().zip(ends) {
        assert!(settle(&f, *id, state).await, "{state:?}, whether or not it was begun");
    }
    let seen = |list: Vec<ListedReminder>| list.into_iter().map(|listed| (listed.id, listed.state)).collect::<Vec<_>>();
    let all = [ReminderState::Queued, ReminderState::Sending].into_iter().chain(ends);
    let all: Vec<_> = ids.iter().copied().zip(all).collect();
    assert_eq!(seen(reminders::mails(&f.store, f.a, first).await.expect("a list")), all);
    assert_eq!(seen(reminders::unsettled(&f.store, f.a).await.expect("a list")), all[..2]);
    let refused = reminders::refused(&f.store, f.a, first).await.expect("a list");
    assert!(refused.iter().all(|listed| listed.reason.as_deref() == Some("why")));
    assert_eq!(seen(refused), [all[3], all[5]]);
    assert_eq!(figures(f.a).await, ReminderFigures { last_done_at: None, unsettled: 2, refused: 2 });
    assert!(put_back(&f, ids[1], false).await, "a server refused it: it is laid aside as it is");
    assert_eq!(figures(f.a).await, ReminderFigures { last_done_at: None, unsettled: 2, refused: 3 });

    assert!(reminders::end_run(&f.store, f.a, end(&f, first, RunState::Done)).await.expect("an answer"));
    let second = begin(&f, f.a, NewRun { now: f.now + minutes(60), ..new_run(&f) }).await;
    let figured = ReminderFigures { last_done_at: Some(f.now + minutes(3)), unsettled: 2, refused: 0 };
    assert_eq!(figures(f.a).await, figured, "of the newest run");
    assert_eq!(reminders::mails(&f.store, f.a, second).await.expect("a list"), []);

    // Nothing of it is another tenant's.
    assert_eq!(figures(f.b).await, ReminderFigures::default());
    assert_eq!(reminders::runs(&f.store, f.b, 9).await.expect("the runs"), []);
    assert_eq!(reminders::covered(&f.store, f.b, f.now + minutes(600)).await.expect("an answer"), None);
    assert_eq!(reminders::mails(&f.store, f.b, first).await.expect("a list"), []);
    assert_eq!(reminders::refused(&f.store, f.b, first).await.expect("a list"), []);
    assert_eq!(reminders::unsettled(&f.store, f.b).await.expect("a list"), []);
    assert_eq!(reminders::begin_send(&f.store, f.b, ids[0], f.now).await.expect("a turn"), ReminderTurn::Gone);
    assert!(!reminders::put_back(&f.store, f.b, ids[1], false, "why".to_owned()).await.expect("an answer"));
    let theirs = reminders::settle(&f.store, f.b, settled(&f, ids[0], ReminderState::Sent)).await;
    assert!(!theirs.expect("an answer"));
    assert_eq!(one_state(&f, ids[0]).await, ReminderState::Queued);
}

async fn one_state(f: &Fixture, mail: ReminderMailId) -> ReminderState {
    let unsettled = reminders::unsettled(&f.store, f.a).await.expect("a list");
    unsettled.into_iter().find(|listed| listed.id == mail).expect("it is listed").state
}
