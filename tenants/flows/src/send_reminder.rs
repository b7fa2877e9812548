//! The job that sends one reminder. Right before, every account in it is read again: who has changed the password meanwhile
//! is left out, and where nobody is left, nothing is sent.

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use portvakt_domain::{
    account::{Account, AccountState},
    audit::AuditKind,
    calendar,
    compose::{MailText, Personal, PersonalReminder, ReminderRow, UnitReminder},
    delivery::{Mail, Secret, Sent, Sms},
    directory::DirectoryError,
    expiry,
    id::{ReminderMailId, TenantId},
    message::Channel,
    number::MobileNumber,
    reminder_mail::{ReminderState, UNIT_PART},
};
use portvakt_storage::reminders::{self, ListedReminder, ReminderTurn, SettleReminder, StoredReminderMail};

use crate::{
    FlowError, Measure, Platform, Tenant, budget,
    event::{EventExt as _, event},
    number_attribute, open,
    reminder_content::{Content, ContentKind, ContentRow},
    send_code::JobOutcome,
};

/// So often a mail is handed over without an answer before it is left at that: most servers have taken it by then.
const MOST_UNKNOWN: i32 = 3;
/// Accounts that are read again at the same time: of the tenant's places at its directory most are left to those who wait
/// at a screen, also where several reminders go out at once.
const AT_ONCE: usize = 3;

/// Sends a reminder.
///
/// # Errors
/// The database, or a directory that does not answer: the job is tried again.
pub async fn run(platform: &Platform, tenant: &Tenant, id: ReminderMailId) -> Result<JobOutcome, FlowError> {
    // 1. Whom it speaks of, as they are now.
    let Some(mut mail) = reminders::find_unsettled(&platform.store, tenant.id, id).await? else {
        return Ok(JobOutcome::Done);
    };
    let content = Content::open(platform, tenant, id, &mail.content)?;
    let to = open::text(platform, tenant, open::reminder_recipient_place(id), &mail.recipient)?;
    let (rows, accounts): (Vec<ContentRow>, Vec<Account>) = still_due(tenant, &content.rows).await?.into_iter().unzip();
    let unwanted = unwanted(platform, tenant, &content, &to, accounts.first()).await?;
    let is_sms = mail.channel == Channel::Sms && unwanted.is_none() && !rows.is_empty();
    if is_sms && let Some(at) = budget::reminders_wait_until(platform, tenant).await? {
        let why = "half of the SMS budget is used, and the other half is kept for codes";
        return Ok(JobOutcome::Later { at, why: why.to_owned() });
    }

    // Before the turn: what fails from there on may have been sent.
    if is_sms {
        budget::spend(platform, tenant, 1).await?;
    }

    // 2. The turn. A mail that was found in the middle of a send goes again, under the same name; an SMS does not.
    match reminders::begin_send(&platform.store, tenant.id, id, platform.now()).await? {
        // As it is now: who died in the middle of a send counts as one that was not answered.
        ReminderTurn::Send(now) => mail = *now,
        ReminderTurn::Over | ReminderTurn::Gone => return Ok(JobOutcome::Done),
    }
    if let Some(unwanted) = unwanted {
        let (why, untold) = unwanted.told();
        let end = End { untold, ..End::of(ReminderState::GivenUp, Some(why.to_owned()), 0) };
        return settle(platform, tenant.id, &mail, end).await;
    }
    if mail.unknown_sends >= MOST_UNKNOWN {
        let why = "it may have been sent: nobody answered, or who sent it did not live to tell".to_owned();
        return settle(platform, tenant.id, &mail, End::of(ReminderState::GivenUp, Some(why), 0)).await;
    }
    if rows.is_empty() {
        return settle(platform, tenant.id, &mail, End::of(ReminderState::Empty, None, 0)).await;
    }

    // 3. The send, and what is known after it.
    let sent = match mail.channel {
        Channel::Mail => {
            let words = words(platform, tenant, &mail, &content, &rows);
            let out = Mail {
                to: Secret(to.to_string()),
                reply_to: tenant.settings.reminders.reply_to.clone().map(Secret),
                subject: words.subject,
                text: words.text,
                html: words.html,
                // Of a host that outlives a change of the sender: a second try has to be known as the same mail.
                message_id: format!("{id}@{}", tenant.settings.hosts.reset),
            };
            tenant.mail.send(&out).await
        }
        Channel::Sms => match (MobileNumber::from_e164(&to), personal(platform, tenant, &mail, &content, &rows)) {
            (Ok(number), Some(personal)) => {
                let text = tenant.composer.personal_reminder_sms(&personal);
                let (reference, reports_to) = (id.to_string(), tenant.links.register.clone());
                tenant.sms.send(&Sms { to: number, text, reference, validity: None, reports_to }).await.sent
            }
            _ => Sent::Refused { reason: "what is stored is no SMS".to_owned() },
        },
    };
    outcome(platform, tenant, &mail, sent, rows.len()).await
}

/// Why a reminder is not to be sent any more, whatever it speaks of.
#[derive(Debug, Clone, Copy)]
enum Unwanted {
    /// The tenant sends none any more.
    Stopped,
    /// Whom it goes to is none of the unit's recipients any more.
    Recipient,
    /// Nor is the number registered.
    Number,
}

impl Unwanted {
    /// In words that name nobody, and whether somebody else is to be told by the next run.
    fn told(self) -> (&'static str, bool) {
        match self {
            Unwanted::Stopped => ("reminders.send was set to false", false),
            Unwanted::Recipient => ("it is no recipient any more", true),
            Unwanted::Number => ("the number is not registered any more", true),
        }
    }
}

/// Whether it is still to be sent.
async fn unwanted(
    platform: &Platform,
    tenant: &Tenant,
    content: &Content,
    to: &str,
    account: Option<&Account>,
) -> Result<Option<Unwanted>, FlowError> {
    let settings = &tenant.settings.reminders;
    if !settings.send {
        return Ok(Some(Unwanted::Stopped));
    }
    match content.kind {
        ContentKind::Units { manager: true, .. } => Ok(None),
        ContentKind::Units { .. } => {
            let all = settings.units.iter().flat_map(|unit| &unit.recipients).chain(&settings.fallback);
            let is_one = all.into_iter().any(|mail| mail.eq_ignore_ascii_case(to));
            Ok((!is_one).then_some(Unwanted::Recipient))
        }
        ContentKind::Own { .. } | ContentKind::Shared { .. } if to.starts_with('+') => {
            let Some(account) = account else { return Ok(None) };
            let numbers = number_attribute::numbers(platform, tenant, Some(account)).await?;
            let is_one = numbers.iter().any(|number| number.number.e164() == to);
            Ok((!is_one).then_some(Unwanted::Number))
        }
        ContentKind::Own { .. } | ContentKind::Shared { .. } => Ok(None),
    }
}

/// Those whose password is still the one that was spoken of, and who are served.
async fn still_due(tenant: &Tenant, rows: &[ContentRow]) -> Result<Vec<(ContentRow, Account)>, FlowError> {
    let read = stream::iter(rows.to_vec()).map(|row| async move {
        let account = match tenant.directory.read(row.account).await {
            Ok(account) => account,
            Err(DirectoryError::NotFound) => None,
            Err(error) => return Err(FlowError::from(error)),
        };
        Ok(account.filter(|account| is_unchanged(account, &row)).map(|account| (row, account)))
    });
    let kept: Vec<Option<(ContentRow, Account)>> = read.buffered(AT_ONCE).try_collect().await?;
    Ok(kept.into_iter().flatten().collect())
}

fn is_unchanged(account: &Account, row: &ContentRow) -> bool {
    account.state() != AccountState::Refused && account.password_set_at == Some(row.period)
}

fn words(
    platform: &Platform,
    tenant: &Tenant,
    mail: &StoredReminderMail,
    content: &Content,
    rows: &[ContentRow],
) -> MailText {
    if let Some(personal) = personal(platform, tenant, mail, content, rows) {
        return tenant.composer.personal_reminder(&personal);
    }
    let today = calendar::local_day(platform.now(), tenant.settings.reminders.time_zone.tz());
    let in_period = rows.iter().any(|row| row.period_begins.is_some_and(|begins| begins > today));
    let rows: Vec<ReminderRow> = rows
        .iter()
        .cloned()
        .map(|row| ReminderRow {
            first_name: row.first_name,
            last_name: row.last_name,
            username: row.username,
            ends: row.ends,
            days_left: expiry::days_left(row.ends, today),
        })
        .collect();
    tenant.composer.unit_reminder(&UnitReminder {
        language: mail.language,
        tenant: &tenant.settings,
        links: &tenant.links,
        rows: &rows,
        reasons: &content.reasons(),
        in_period,
    })
}

/// What is said to one person; `None` where it is a table.
fn personal<'a>(
    platform: &Platform,
    tenant: &'a Tenant,
    mail: &StoredReminderMail,
    content: &Content,
    rows: &'a [ContentRow],
) -> Option<PersonalReminder<'a>> {
    let (whose, registered) = match content.kind {
        ContentKind::Units { .. } => return None,
        ContentKind::Own { registered } => (Personal::Own, registered),
        ContentKind::Shared { registered } => (Personal::Shared, registered),
    };
    let row = rows.first()?;
    let today = calendar::local_day(platform.now(), tenant.settings.reminders.time_zone.tz());
    Some(PersonalReminder {
        language: mail.language,
        tenant: &tenant.settings,
        links: &tenant.links,
        whose,
        username: &row.username,
        ends: row.ends,
        days_left: expiry::days_left(row.ends, today),
        registered,
    })
}

/// To which unit's recipient a reminder went, for whoever looks why it was refused. A person's address or number is nobody
/// else's business: `None`.
pub fn shown_recipient(platform: &Platform, tenant: &Tenant, mail: &ListedReminder) -> Option<String> {
    if mail.channel != Channel::Mail || mail.part != UNIT_PART {
        return None;
    }
    let sealed = mail.recipient.as_ref()?;
    let to = open::text(platform, tenant, open::reminder_recipient_place(mail.id), sealed);
    to.ok().map(|to| to.to_string())
}

/// Records what is known after a send.
async fn outcome(
    platform: &Platform,
    tenant: &Tenant,
    mail: &StoredReminderMail,
    sent: Sent,
    rows: usize,
) -> Result<JobOutcome, FlowError> {
    let count = |label| match mail.channel {
        Channel::Sms => platform.meter.count(tenant.id, Measure::Sms(label)),
        Channel::Mail => platform.meter.count(tenant.id, Measure::Mail(label)),
    };
    match sent {
        Sent::Accepted { .. } => {
            count("sent");
            settle(platform, tenant.id, mail, End::of(ReminderState::Sent, None, rows)).await
        }
        Sent::Refused { reason } => {
            count("refused");
            tracing::warn!(tenant.id = %tenant.id, reminder.id = %mail.id, reason, "a reminder was refused");
            // Whoever mends what it was refused for has it sent: it is laid aside as it is.
            reminders::put_back(&platform.store, tenant.id, mail.id, false, reason.clone()).await?;
            Ok(JobOutcome::Fail(reason))
        }
        Sent::NotSent { reason } => {
            count("not_sent");
            reminders::put_back(&platform.store, tenant.id, mail.id, false, reason.clone()).await?;
            Ok(JobOutcome::Retry(reason))
        }
        // A mail may come twice, and is then known by its Message-ID; an SMS has none.
        Sent::Unknown { reason } => {
            count("unknown");
            if mail.channel == Channel::Sms || mail.unknown_sends + 1 >= MOST_UNKNOWN {
                let end = End { unknown: true, ..End::of(ReminderState::GivenUp, Some(reason), rows) };
                return settle(platform, tenant.id, mail, end).await;
            }
            reminders::put_back(&platform.store, tenant.id, mail.id, true, reason.clone()).await?;
            Ok(JobOutcome::Retry(reason))
        }
    }
}

/// How a reminder ends.
struct End {
    state: ReminderState,
    reason: Option<String>,
    rows: usize,
    unknown: bool,
    /// Somebody else is to be told of the same.
    untold: bool,
}

impl End {
    fn of(state: ReminderState, reason: Option<String>, rows: usize) -> Self {
        Self { state, reason, rows, unknown: false, untold: false }
    }
}

async fn settle(
    platform: &Platform,
    tenant: TenantId,
    mail: &StoredReminderMail,
    end: End,
) -> Result<JobOutcome, FlowError> {
    let End { state, reason, rows, unknown, untold } = end;
    let settled = event(platform, AuditKind::ReminderSettled)
        .detail("channel", mail.channel.as_str())
        .detail("outcome", state.as_str())
        .detail("reminder", &mail.id.to_string());
    let rows = i32::try_from(rows).unwrap_or(i32::MAX);
    let settled =
        SettleReminder { mail: mail.id, state, reason, rows, unknown, untold, now: platform.now(), event: settled };
    reminders::settle(&platform.store, tenant, settled).await?;
    Ok(JobOutcome::Done)
}
