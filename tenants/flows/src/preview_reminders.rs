//! What reminders would do, before anybody trusts them: who would get what on a day, who would not and why, and how many
//! mails the days to come will bring. Nothing is written and nothing is sent.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{Days, NaiveDate};
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use portvakt_domain::{
    account::AccountState,
    calendar,
    compose::{Personal, ReminderReason},
    directory::DirectoryError,
    due::{NotDue, Today},
    id::AccountKey,
    message::Channel,
    number::MobileNumber,
    reminder::Schedule,
    staff::StaffAccount,
    tenant::{PersonalWay, ReminderSettings},
};

use crate::{
    FlowError, Platform, Tenant,
    plan_reminders::{self, Outgoing, OutgoingKind, Units, Which},
};

/// So many days the forecast looks ahead.
const FORECAST_DAYS: u64 = 60;
/// Accounts that are asked for at the same time.
const AT_ONCE: usize = 3;

/// What a day would bring.
#[derive(Debug)]
pub struct Preview {
    /// The tenant's short name.
    pub tenant: String,
    /// The day.
    pub date: NaiveDate,
    /// Whether the settings let anything be sent at all.
    pub send: bool,
    /// Whether it is a day on which something is sent.
    pub sending_day: bool,
    /// Accounts that were read.
    pub accounts: i64,
    /// What would go out.
    pub outgoing: Vec<PreviewOutgoing>,
    /// Everybody else, by name, with the reason.
    pub not_reminded: Vec<PreviewAside>,
    /// Those that belong to no unit with a recipient.
    pub unmapped: Vec<String>,
    /// What is wrong with the units; whoever belongs to those is among the unmapped.
    pub problem: Option<String>,
    /// The days to come on which something is sent.
    pub forecast: Vec<ForecastDay>,
}

/// One mail or SMS that would go out.
#[derive(Debug)]
pub struct PreviewOutgoing {
    /// `mail` or `sms`.
    pub channel: &'static str,
    /// A mail address, or a number of which only the end is shown.
    pub to: String,
    /// `unit`, `manager`, `fallback`, `own` or `shared`; several where a table has several reasons.
    pub why: Vec<&'static str>,
    /// The units it is about.
    pub units: Vec<String>,
    /// Whose passwords it speaks of.
    pub rows: Vec<PreviewRow>,
}

/// A line of it.
#[derive(Debug)]
pub struct PreviewRow {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The short name people know.
    pub account: String,
    /// The last day.
    pub expires: NaiveDate,
    /// Whole days until then.
    pub days_left: i64,
    /// What is dealt with by it: days left, or the first day of a period.
    pub marks: Vec<String>,
}

/// An account that is not spoken of.
#[derive(Debug)]
pub struct PreviewAside {
    /// The short name people know.
    pub account: String,
    /// The reason's name.
    pub why: &'static str,
    /// Whole days until the end, where it is only not its day.
    pub days_left: Option<i64>,
}

/// A day to come.
#[derive(Debug, PartialEq, Eq)]
pub struct ForecastDay {
    /// The day.
    pub date: NaiveDate,
    /// Accounts that are spoken of. Who is protected, or excluded by a group, is counted too: it takes a question for each
    /// to know.
    pub accounts: i64,
    /// Mails with a table; where managers are told, one for each manager, whether or not a mail reaches them.
    pub tables: i64,
    /// Messages to persons: mails, and an SMS each where the tenant sends such. Numbers that are not registered and
    /// holders of shared accounts are not known beforehand.
    pub personal: i64,
}

/// Previews a day; today where none is named.
///
/// # Errors
/// The database, or a directory that does not answer or answers in part.
pub async fn run(platform: &Platform, tenant: &Tenant, date: Option<NaiveDate>) -> Result<Preview, FlowError> {
    let settings = &tenant.settings.reminders;
    let today = calendar::local_day(platform.now(), settings.time_zone.tz());
    let which = match date {
        Some(date) if date != today => Which::Another(date),
        // On a day on which nothing is sent nothing is due either.
        _ if !Schedule::of(settings).sends_on(today) => Which::Another(today),
        _ => Which::Today(today),
    };
    let mut forecast = Forecast::new(settings, today);
    let mut aside = Vec::new();
    let mut watch = |staff: &StaffAccount, why: Option<NotDue>| {
        forecast.add(staff);
        aside.extend(why.map(|why| PreviewAside {
            account: staff.username.clone(),
            why: why.as_str(),
            days_left: if let NotDue::NotToday { days_left } = why { Some(days_left) } else { None },
        }));
    };
    let plan = plan_reminders::run(platform, tenant, which, &mut watch).await?;
    let told = plan.aside.iter().map(|(account, why)| PreviewAside { account: account.clone(), why, days_left: None });
    aside.extend(told);
    let refused = not_served(tenant, &plan.outgoing).await?;
    let mut seen = HashSet::new();
    for row in plan.outgoing.iter().flat_map(|outgoing| &outgoing.rows) {
        if refused.contains(&row.staff.key) && seen.insert(row.staff.key) {
            aside.push(PreviewAside { account: row.staff.username.clone(), why: "not_served", days_left: None });
        }
    }
    aside.sort_by(|a, b| a.account.cmp(&b.account));
    Ok(Preview {
        tenant: tenant.settings.slug.to_string(),
        date: plan.day,
        send: settings.send,
        sending_day: Schedule::of(settings).sends_on(plan.day),
        accounts: plan.accounts,
        outgoing: plan.outgoing.iter().filter_map(|outgoing| shown(outgoing, &refused)).collect(),
        not_reminded: aside,
        unmapped: plan.unmapped,
        problem: plan.problem,
        forecast: forecast.days(),
    })
}

/// Those that are never served, by what only a question of their own tells: protected, or excluded by a group.
async fn not_served(tenant: &Tenant, outgoing: &[Outgoing]) -> Result<HashSet<AccountKey>, FlowError> {
    let keys: BTreeSet<AccountKey> =
        outgoing.iter().flat_map(|outgoing| &outgoing.rows).map(|row| row.staff.key).collect();
    let asked = stream::iter(keys).map(|key| async move {
        let account = match tenant.directory.read(key).await {
            Ok(account) => account,
            Err(DirectoryError::NotFound) => None,
            Err(error) => return Err(FlowError::from(error)),
        };
        let refused = account.is_none_or(|account| account.state() == AccountState::Refused);
        Ok(refused.then_some(key))
    });
    let refused: Vec<Option<AccountKey>> = asked.buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(refused.into_iter().flatten().collect())
}

fn shown(outgoing: &Outgoing, refused: &HashSet<AccountKey>) -> Option<PreviewOutgoing> {
    let kept = outgoing.rows.iter().filter(|row| !refused.contains(&row.staff.key));
    let rows: Vec<PreviewRow> = kept
        .map(|row| PreviewRow {
            first_name: row.staff.first_name.clone(),
            last_name: row.staff.last_name.clone(),
            account: row.staff.username.clone(),
            expires: row.due.ends,
            days_left: row.due.days_left,
            marks: row.marks.iter().map(|mark| mark.stored()).collect(),
        })
        .collect();
    let (why, units) = match &outgoing.kind {
        OutgoingKind::Units(reasons) => {
            let names = reasons.iter().map(|reason| match reason {
                ReminderReason::Unit(_) => "unit",
                ReminderReason::Manager => "manager",
                ReminderReason::Fallback => "fallback",
            });
            let unit = |reason: &ReminderReason| {
                if let ReminderReason::Unit(unit) = reason { Some(unit.clone()) } else { None }
            };
            (names.collect::<BTreeSet<_>>().into_iter().collect(), reasons.iter().filter_map(unit).collect())
        }
        OutgoingKind::Personal { whose: Personal::Own, .. } => (vec!["own"], Vec::new()),
        OutgoingKind::Personal { whose: Personal::Shared, .. } => (vec!["shared"], Vec::new()),
    };
    let to = match outgoing.channel {
        Channel::Mail => outgoing.to.clone(),
        Channel::Sms => MobileNumber::from_e164(&outgoing.to).map(|number| number.masked()).unwrap_or_default(),
    };
    (!rows.is_empty()).then(|| PreviewOutgoing { channel: outgoing.channel.as_str(), to, why, units, rows })
}

/// The days to come, gathered while the accounts pass by.
struct Forecast<'a> {
    settings: &'a ReminderSettings,
    units: Units<'a>,
    from: NaiveDate,
    until: NaiveDate,
    days: BTreeMap<NaiveDate, Gathered>,
}

#[derive(Default)]
struct Gathered {
    accounts: i64,
    personal: i64,
    tables: BTreeSet<String>,
}

impl<'a> Forecast<'a> {
    fn new(settings: &'a ReminderSettings, from: NaiveDate) -> Self {
        let until = from.checked_add_days(Days::new(FORECAST_DAYS)).unwrap_or(from);
        Self { settings, units: Units::of(settings), from, until, days: BTreeMap::new() }
    }

    fn add(&mut self, staff: &StaffAccount) {
        let today = Today { settings: self.settings, day: self.from, covered: None };
        let Ok(password) = today.lifetime(staff) else { return };
        let days: BTreeSet<NaiveDate> = Schedule::of(self.settings)
            .planned(password)
            .into_iter()
            .map(|(_, on)| on)
            .filter(|on| (self.from..self.until).contains(on))
            .collect();
        let recipients = self.recipients(staff);
        let ways = if staff.functional { &[PersonalWay::Mail][..] } else { &self.settings.to_person };
        let mails = ways.iter().filter(|way| **way == PersonalWay::Sms || staff.mail.is_some()).count();
        for day in days {
            let gathered = self.days.entry(day).or_default();
            gathered.accounts += 1;
            gathered.personal += i64::try_from(mails).unwrap_or(0);
            gathered.tables.extend(recipients.iter().cloned());
        }
    }

    /// Whom a table goes to; a manager by what the directory calls them.
    fn recipients(&self, staff: &StaffAccount) -> Vec<String> {
        let unit = self.units.of_staff(staff);
        match (unit, &staff.unit) {
            (Some(unit), _) => unit.recipients.iter().map(|mail| mail.to_lowercase()).collect(),
            (None, Some(manager)) if self.units.are_managers() => vec![manager.to_lowercase()],
            (None, _) => self.settings.fallback.iter().map(|mail| mail.to_lowercase()).collect(),
        }
    }

    fn days(self) -> Vec<ForecastDay> {
        let day = |(date, gathered): (NaiveDate, Gathered)| ForecastDay {
            date,
            accounts: gathered.accounts,
            tables: i64::try_from(gathered.tables.len()).unwrap_or(i64::MAX),
            personal: gathered.personal,
        };
        self.days.into_iter().map(day).collect()
    }
}
