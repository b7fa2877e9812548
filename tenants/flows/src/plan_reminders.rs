//! Who is told what on a day: one survey of the directory, what was dealt with already, and the recipients of each unit.
//! Nothing is written and nothing is sent here.

mod told;
mod units;

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use portvakt_domain::{
    compose::{Personal, ReminderReason},
    directory::DirectoryError,
    due::{Due, NotDue, Today},
    language::Language,
    message::Channel,
    reminder::{Mark, Schedule},
    staff::{Person, StaffAccount, StaffQuestion},
    tenant::{PersonalWay, UnitSettings},
};
use portvakt_storage::reminders::{self, Marked};

use self::told::Told;
pub(crate) use self::units::Units;
use crate::{
    FlowError, Platform, Tenant, number_attribute,
    registered::{self, Registered},
};

/// Who is told what on a day.
#[derive(Debug)]
pub struct Plan {
    /// The day, by the tenant's clocks.
    pub day: NaiveDate,
    /// The last day whose marks are dealt with.
    pub reach: NaiveDate,
    /// Accounts that were read.
    pub accounts: i64,
    /// Accounts that are spoken of.
    pub due: i64,
    /// Accounts that are not, by the reason.
    pub not_due: BTreeMap<&'static str, i64>,
    /// Accounts whose numbers could not be read, so that they hear nothing by SMS.
    pub failures: i64,
    /// What is wrong with the units; whoever belongs to those is told of to the fall-back.
    pub problem: Option<String>,
    /// Those that would be spoken of and of whom nobody is told, by username and reason.
    pub aside: Vec<(String, &'static str)>,
    /// Those that belong to no unit with a recipient, by username.
    pub unmapped: Vec<String>,
    /// What goes out.
    pub outgoing: Vec<Outgoing>,
}

/// One mail or SMS.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// How it travels.
    pub channel: Channel,
    /// A mail address or a number.
    pub to: String,
    /// What it is.
    pub kind: OutgoingKind,
    /// The reader's language.
    pub language: Language,
    /// Whose passwords it speaks of, those that end first at the top.
    pub rows: Vec<Row>,
}

/// What an outgoing reminder is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutgoingKind {
    /// A table, for the recipient of units.
    Units(Vec<ReminderReason>),
    /// A few sentences, for one person or for those who share an account.
    Personal {
        /// Whose password.
        whose: Personal,
        /// Whether a number is registered for the account.
        registered: bool,
    },
}

/// An account that an outgoing reminder speaks of.
#[derive(Debug, Clone)]
pub struct Row {
    /// Who.
    pub staff: StaffAccount,
    /// When the password ends.
    pub due: Due,
    /// To which of its recipients this goes: with the account, the period and a mark, the key that makes it once.
    pub part: String,
    /// What is dealt with by it.
    pub marks: Vec<Mark>,
}

/// Which day is planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// The day that it is: with what fell due while nothing ran, and without what was dealt with.
    Today(NaiveDate),
    /// Another day, as if every run until then took place.
    Another(NaiveDate),
}

/// Told of every account that is passed by, and why it is not spoken of where it is not.
pub type Watch<'a> = &'a mut (dyn FnMut(&StaffAccount, Option<NotDue>) + Send);

/// Plans a day.
///
/// # Errors
/// The database, or a directory that does not answer or answers in part.
pub async fn run(platform: &Platform, tenant: &Tenant, which: Which, watch: Watch<'_>) -> Result<Plan, FlowError> {
    let settings = &tenant.settings.reminders;
    let schedule = Schedule::of(settings);
    let (day, covered) = match which {
        Which::Today(day) => (day, reminders::covered(&platform.store, tenant.id, platform.now()).await?),
        Which::Another(day) => (day, None),
    };
    let today = Today { settings, day, covered: covered.map(|covered| covered.reach) };
    let units = Units::of(settings);

    // 1. Everybody, page by page; only those who are due are kept.
    let mut found = Found::default();
    let mut take = |page: Vec<StaffAccount>, found: &mut Found| {
        for staff in page {
            let judged = match which {
                Which::Today(_) => today.judge(&staff),
                Which::Another(_) => today.judge_planned(&staff),
            };
            watch(&staff, judged.as_ref().err().copied());
            found.add(&units, staff, judged);
        }
    };
    let question = StaffQuestion::of(settings);
    let mut problem = None;
    if let Err(error) = tenant.directory.survey(question.clone(), &mut |page| take(page, &mut found)).await {
        // One unit's group that was removed is no reason to tell nobody. That is said before the first page; what is wrong
        // later is something else.
        let why = match &error {
            DirectoryError::Misconfigured(why) if StaffQuestion::is_blamed(why) && found.accounts == 0 => why,
            _ => return Err(error.into()),
        };
        tracing::warn!(tenant.id = %tenant.id, why, "reminders go on without a unit");
        problem = Some(why.clone());
        let question = StaffQuestion { lenient: true, ..question };
        tenant.directory.survey(question, &mut |page| take(page, &mut found)).await?;
    }

    // 2. What was dealt with already.
    let mut told = Told::default();
    if matches!(which, Which::Today(_)) {
        let keys = found.due.iter().map(|(staff, due)| (staff.key, due.period)).collect();
        let marked = reminders::marked(&platform.store, tenant.id, keys).await?;
        told = Told::of(marked, covered);
    }

    // 3. To whom.
    let mut planner = Planner {
        platform,
        tenant,
        units,
        told,
        managers: HashMap::new(),
        tables: BTreeMap::new(),
        personal: Vec::new(),
        unmapped: found.unmapped,
        aside: Vec::new(),
        failures: 0,
    };
    let mut spoken_of = 0;
    for (staff, due) in found.due {
        spoken_of += i64::from(planner.place(&staff, &due).await?);
    }
    Ok(Plan {
        day,
        reach: schedule.reach(day),
        accounts: found.accounts,
        due: spoken_of,
        not_due: found.not_due,
        failures: planner.failures,
        problem,
        aside: std::mem::take(&mut planner.aside),
        unmapped: std::mem::take(&mut planner.unmapped),
        outgoing: planner.outgoing(),
    })
}

/// What a survey found.
#[derive(Default)]
struct Found {
    accounts: i64,
    due: Vec<(StaffAccount, Due)>,
    not_due: BTreeMap<&'static str, i64>,
    unmapped: Vec<String>,
}

impl Found {
    fn add(&mut self, units: &Units<'_>, staff: StaffAccount, judged: Result<Due, NotDue>) {
        self.accounts += 1;
        if !staff.disabled && !staff.account_expired && units.lack(&staff) {
            self.unmapped.push(staff.username.clone());
        }
        match judged {
            Ok(due) => self.due.push((staff, due)),
            Err(why) => *self.not_due.entry(why.as_str()).or_default() += 1,
        }
    }
}

/// A number that an SMS may go to, and which of an account's recipients it is where there are several.
struct KnownNumber {
    to: String,
    part: String,
}

/// Puts accounts where they are told of.
struct Planner<'a> {
    platform: &'a Platform,
    tenant: &'a Tenant,
    units: Units<'a>,
    told: Told,
    /// Managers that were asked for, by distinguished name.
    managers: HashMap<String, Option<Person>>,
    /// One table a recipient, by address in lower case.
    tables: BTreeMap<String, Outgoing>,
    personal: Vec<Outgoing>,
    unmapped: Vec<String>,
    aside: Vec<(String, &'static str)>,
    failures: i64,
}

impl Planner<'_> {
    /// Whether anybody is told.
    async fn place(&mut self, staff: &StaffAccount, due: &Due) -> Result<bool, FlowError> {
        let mut told = false;
        let (recipients, reason) = self.recipients(staff).await?;
        for (at, to) in recipients.iter().enumerate() {
            if let Some(row) = self.row(staff, due, &format!("unit.{}", at + 1)) {
                self.add_to_table(to, reason.clone(), row);
                told = true;
            }
        }
        told |= self.place_personal(staff, due).await?;
        if !told {
            let why = if recipients.is_empty() { "no_recipient" } else { "already_told" };
            self.aside.push((staff.username.clone(), why));
        }
        Ok(told)
    }

    /// The person, or the mailbox and the holders of a shared account.
    async fn place_personal(&mut self, staff: &StaffAccount, due: &Due) -> Result<bool, FlowError> {
        let settings = &self.tenant.settings.reminders;
        let functional = staff.functional;
        if !functional && settings.to_person.is_empty() {
            return Ok(false);
        }
        let (registered, numbers) = match self.numbers(staff).await {
            Ok(numbers) => (!numbers.is_empty(), numbers),
            Err(error @ (FlowError::Storage(_) | FlowError::Directory(_))) => return Err(error),
            // A number that does not open is told of in the trail, and must not keep everybody else waiting.
            Err(error) => {
                tracing::error!(%error, "an account's numbers can't be read; it hears of its password by mail alone");
                self.failures += 1;
                (true, Vec::new())
            }
        };
        let whose = if functional { Personal::Shared } else { Personal::Own };
        let kind = OutgoingKind::Personal { whose, registered };
        let mut told = false;
        if functional || settings.to_person.contains(&PersonalWay::Mail) {
            let mail = staff.mail.clone();
            told |= self.add_personal((staff, due), "person.mail", Channel::Mail, mail, kind.clone());
        }
        if functional {
            for number in numbers {
                told |= self.add_personal((staff, due), &number.part, Channel::Sms, Some(number.to), kind.clone());
            }
        } else if settings.to_person.contains(&PersonalWay::Sms) {
            let first = numbers.into_iter().next().map(|number| number.to);
            told |= self.add_personal((staff, due), "person.sms", Channel::Sms, first, kind);
        }
        Ok(told)
    }

    /// The numbers of an account as they are known. Where the tenant keeps numbers in the directory, one that is only there
    /// counts: the job that sends looks closer, and takes it over.
    async fn numbers(&self, staff: &StaffAccount) -> Result<Vec<KnownNumber>, FlowError> {
        let numbers = registered::numbers(self.platform, self.tenant, staff.key).await?;
        let known = |number: Registered| KnownNumber {
            to: number.number.e164().to_owned(),
            part: format!("holder.{}", number.row),
        };
        if !numbers.is_empty() || staff.functional || self.tenant.settings.directory.number_attribute.is_none() {
            return Ok(numbers.into_iter().map(known).collect());
        }
        let account = match self.tenant.directory.read(staff.key).await {
            Ok(account) => account,
            Err(DirectoryError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let there = account.and_then(|account| number_attribute::there(self.tenant, &account));
        Ok(there.map(|number| KnownNumber { to: number.e164().to_owned(), part: String::new() }).into_iter().collect())
    }

    /// Whom a unit's table goes to, and why.
    async fn recipients(&mut self, staff: &StaffAccount) -> Result<(Vec<String>, Option<ReminderReason>), FlowError> {
        let of_unit =
            |unit: &UnitSettings| (unit.recipients.clone(), Some(ReminderReason::Unit(unit.shown_name().to_owned())));
        if let Some(unit) = self.units.of_staff(staff) {
            return Ok(of_unit(unit));
        }
        if self.units.are_managers()
            && let Some(dn) = staff.unit.as_deref()
        {
            if let Some(manager) = self.manager(dn).await? {
                if let Some(unit) = self.units.named(&manager.username) {
                    return Ok(of_unit(unit));
                }
                if let Some(mail) = manager.mail.filter(|_| !manager.disabled) {
                    return Ok((vec![mail], Some(ReminderReason::Manager)));
                }
            }
            self.unmapped.push(staff.username.clone());
        }
        // Where there are no units there is nothing to explain.
        let settings = &self.tenant.settings.reminders;
        Ok((settings.fallback.clone(), settings.units_by.map(|_| ReminderReason::Fallback)))
    }

    async fn manager(&mut self, dn: &str) -> Result<Option<Person>, FlowError> {
        if let Some(known) = self.managers.get(dn) {
            return Ok(known.clone());
        }
        let found = match self.tenant.directory.person(dn).await {
            Ok(found) => found,
            // One of another domain, or one that nobody here may read: the others' reminders must not wait for that. Where
            // the directory does not answer this account at all, they do.
            Err(error @ (DirectoryError::Misconfigured(_) | DirectoryError::NoRight(_))) => {
                self.tenant.directory.probe().await?;
                tracing::warn!(tenant.id = %self.tenant.id, %error, "a manager can't be read; the fall-back is told");
                None
            }
            Err(error) => return Err(error.into()),
        };
        self.managers.insert(dn.to_owned(), found.clone());
        Ok(found)
    }

    /// The account's row for one of its recipients, if there is anything that this one was not told yet.
    fn row(&self, staff: &StaffAccount, due: &Due, part: &str) -> Option<Row> {
        let (account, period) = (staff.key, due.period);
        let new = |mark: &Mark| !self.told.has(&Marked { account, period, mark: *mark, part: part.to_owned() });
        let marks: Vec<Mark> = due.marks.iter().copied().filter(new).collect();
        (!marks.is_empty()).then(|| Row { staff: staff.clone(), due: due.clone(), part: part.to_owned(), marks })
    }

    fn add_to_table(&mut self, to: &str, reason: Option<ReminderReason>, row: Row) {
        let settings = &self.tenant.settings;
        let language = settings.reminders.language.unwrap_or(settings.default_language);
        let table = self.tables.entry(to.to_lowercase()).or_insert_with(|| Outgoing {
            channel: Channel::Mail,
            to: to.to_owned(),
            kind: OutgoingKind::Units(Vec::new()),
            language,
            rows: Vec::new(),
        });
        if let OutgoingKind::Units(reasons) = &mut table.kind
            && let Some(reason) = reason.filter(|reason| !reasons.contains(reason))
        {
            reasons.push(reason);
        }
        table.rows.push(row);
    }

    fn add_personal(
        &mut self,
        (staff, due): (&StaffAccount, &Due),
        part: &str,
        channel: Channel,
        to: Option<String>,
        kind: OutgoingKind,
    ) -> bool {
        let (Some(to), Some(row)) = (to, self.row(staff, due, part)) else { return false };
        let language = self.tenant.settings.default_language;
        self.personal.push(Outgoing { channel, to, kind, language, rows: vec![row] });
        true
    }

    fn outgoing(self) -> Vec<Outgoing> {
        let mut all: Vec<Outgoing> = self.tables.into_values().chain(self.personal).collect();
        for outgoing in &mut all {
            outgoing.rows.sort_by_cached_key(|row| {
                (row.due.days_left, row.staff.last_name.to_lowercase(), row.staff.username.clone())
            });
        }
        all
    }
}
