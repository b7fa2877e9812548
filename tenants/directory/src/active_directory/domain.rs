//! What each operation asks of a domain, in LDAP's terms.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use ldap3::Scope;
use portvakt_domain::{
    account::Account,
    connect::Egress,
    directory::{Authentication, DirectoryError, EffectivePolicy, PasswordChange},
    id::AccountKey,
    number::MobileNumber,
    number_attribute::NumberAttribute,
    password::Password,
    staff::{Person, StaffQuestion},
    tenant::{DirectorySettings, HistoryRule},
    time::Clock,
};
use secrecy::SecretString;
use tokio::{runtime::Handle, time::Instant};

use super::{
    account::{self, FACTS, Surroundings},
    greeting::{AskController, Known},
    groups::NamedGroups,
    guid,
    password::{self, unicode_pwd},
    policy::Policies,
    staff::{self, Questions, Subject},
};
use crate::{
    adapter::Server,
    connection::Search,
    controller::Shared,
    controllers::{Controllers, Wrote},
    dn::Dn,
    entry::Entry,
    error_map::{self, Failure},
    filter::Filter,
    pages::Pages,
    setup::{self, Units},
    staff::{Rule, Walk},
    value::Value,
};

/// Longest wait for the bind that tells what became of an unanswered write.
const PROOF: Duration = Duration::from_secs(3);
/// More entries than this for one name, and nobody can tell who is meant.
const CANDIDATES: usize = 10;
/// What a typed name may be, in the order in which it is tried.
const NAMES: [&str; 3] = ["sAMAccountName", "userPrincipalName", "mail"];

/// A domain and what is kept of it between operations.
pub(crate) struct Domain {
    controllers: Arc<Controllers<AskController>>,
    /// The domain's naming context.
    base: String,
    policies: Policies,
    allowed: NamedGroups,
    denied: NamedGroups,
    units: Vec<Dn>,
    /// Where a survey begins.
    outermost: Vec<(usize, String)>,
    functional: Vec<Dn>,
    functional_groups: NamedGroups,
    numbers: Option<NumberAttribute>,
    /// What is read of an account.
    facts: Vec<&'static str>,
    history: HistoryRule,
    patience: Duration,
    clock: Arc<dyn Clock>,
    told_incomplete: AtomicBool,
}

impl Server for Domain {
    fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        egress: Egress,
        clock: Arc<dyn Clock>,
        runtime: &Handle,
    ) -> Result<Self, DirectoryError> {
        let base = settings.base.clone();
        let Units { served, functional, outermost } = setup::units(settings)?;
        let greeting = AskController { account: settings.service_account.clone(), base: base.clone() };
        Ok(Self {
            controllers: setup::controllers(settings, service_password, &egress, clock.clone(), greeting, runtime)?,
            policies: Policies { base: base.clone(), known: Mutex::default(), told: AtomicBool::new(false) },
            allowed: NamedGroups::new("allowed_groups", &settings.allowed_groups),
            denied: NamedGroups::new("denied_groups", &settings.denied_groups),
            base,
            units: served,
            outermost,
            functional,
            functional_groups: NamedGroups::new("functional_groups", &settings.functional_groups),
            numbers: settings.number_attribute,
            facts: FACTS.into_iter().chain(settings.number_attribute.map(NumberAttribute::as_str)).collect(),
            history: settings.history,
            patience: Duration::from_secs(settings.deadline_seconds.into()),
            clock,
            told_incomplete: AtomicBool::new(false),
        })
    }

    fn base(&self) -> &str {
        &self.base
    }

    async fn find(
        &self,
        text: &str,
        account_name_only: bool,
        deadline: Instant,
    ) -> Result<Option<Account>, DirectoryError> {
        let kinds = if account_name_only { &NAMES[..1] } else { &NAMES[..] };
        let search = &Search {
            base: &self.base,
            scope: Scope::Subtree,
            filter: Filter::And(vec![
                Filter::Equal("objectCategory", "person"),
                Filter::Equal("objectClass", "user"),
                Filter::Or(kinds.iter().map(|kind| Filter::Equal(kind, text)).collect()),
            ]),
            attributes: &["objectGUID", NAMES[0], NAMES[1], NAMES[2]],
            limit: CANDIDATES,
        };
        self.controllers
            .read(deadline, |connection| async move {
                let found = connection.search(search).await?;
                let meant = if found.more { None } else { Entry::meant(&found.entries, kinds, text) };
                let meant = meant.and_then(|entry| guid::key(entry.bytes("objectGUID")?));
                // Nobody costs what somebody costs: the service account is read instead, and not looked at.
                let account = self.account(&connection, meant.unwrap_or(connection.known.own)).await?;
                Ok(account.filter(|_| meant.is_some()))
            })
            .await
    }

    async fn read(&self, key: AccountKey, deadline: Instant) -> Result<Option<Account>, DirectoryError> {
        self.controllers.read(deadline, |connection| async move { self.account(&connection, key).await }).await
    }

    /// Both kinds of rules take one search and what is remembered.
    async fn policy_of(&self, key: Option<AccountKey>, deadline: Instant) -> Result<EffectivePolicy, DirectoryError> {
        self.controllers
            .read(deadline, |connection| async move {
                let name = guid::name(key.unwrap_or(connection.known.own));
                let entry = connection.entry(&Search::entry(&name, &["msDS-ResultantPSO"])).await?;
                let pso = match (key, &entry) {
                    (Some(_), None) => return Err(DirectoryError::NotFound.into()),
                    (Some(_), Some(entry)) => entry.text("msDS-ResultantPSO"),
                    (None, _) => None,
                };
                self.policies.of(&connection, pso, self.clock.now()).await
            })
            .await
    }

    /// The password and the lockout in one operation.
    async fn set_password(&self, account: &Account, new: &Password, deadline: Instant) -> Result<(), DirectoryError> {
        let values = vec![("unicodePwd", unicode_pwd(new.reveal())), unlocked()];
        let with_history = self.history == HistoryRule::PolicyHints;
        let fits = |connection: &Shared<Known>| if with_history { offered(connection).map(|_| ()) } else { Ok(()) };
        let wrote = self.controllers.write(deadline, fits, |connection| async move {
            let control = connection.known.policy_hints.filter(|_| with_history).map(password::policy_hints);
            connection.replace(&guid::name(account.key), values, control).await
        });
        match wrote.await? {
            Wrote::Done => Ok(()),
            Wrote::Refused(answer) => Err(error_map::writing(answer)),
            Wrote::Unanswered { at, .. } if self.is_proven(&account.dn, new, at).await => Ok(()),
            Wrote::Unanswered { error, .. } => Err(error),
        }
    }

    /// Over the service account's connection: whose password has expired or must be changed can't sign in to change it.
    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
        deadline: Instant,
    ) -> Result<PasswordChange, DirectoryError> {
        let (old, changed) = (unicode_pwd(old.reveal()), unicode_pwd(new.reveal()));
        let wrote = self.controllers.write(
            deadline,
            |_| Ok(()),
            |connection| async move { connection.exchange(&guid::name(account.key), "unicodePwd", old, changed).await },
        );
        match wrote.await? {
            Wrote::Done => Ok(PasswordChange::Changed),
            Wrote::Refused(answer) => error_map::changing(answer),
            Wrote::Unanswered { at, .. } if self.is_proven(&account.dn, new, at).await => Ok(PasswordChange::Changed),
            Wrote::Unanswered { error, .. } => Err(error),
        }
    }

    async fn unlock(&self, key: AccountKey, deadline: Instant) -> Result<(), DirectoryError> {
        let wrote = self.controllers.write(
            deadline,
            |_| Ok(()),
            |connection| async move { connection.replace(&guid::name(key), vec![unlocked()], None).await },
        );
        wrote.await?.settled()
    }

    async fn write_number(
        &self,
        key: AccountKey,
        number: Option<&MobileNumber>,
        deadline: Instant,
    ) -> Result<(), DirectoryError> {
        let attribute = setup::number_attribute(self.numbers)?;
        let name = &guid::name(key);
        let value = number.map(|number| Value::text(number.e164()));
        let wrote = self.controllers.write(
            deadline,
            |_| Ok(()),
            |connection| async move { connection.put(name, attribute, value).await },
        );
        wrote.await?.settled()
    }

    async fn authenticate(
        &self,
        name: &str,
        password: &Password,
        deadline: Instant,
    ) -> Result<Authentication, DirectoryError> {
        match self.controllers.present(name, password, deadline, None).await? {
            Ok(_) => Ok(Authentication::Accepted),
            Err(answer) => error_map::presenting(answer),
        }
    }

    async fn survey(&self, question: &StaffQuestion, pages: &Pages) -> Result<(), DirectoryError> {
        let rule = Rule::of(question)?;
        let subject = &Subject {
            base: &self.base,
            functional: &self.functional,
            functional_groups: &self.functional_groups,
            rule: &rule,
            question,
            clock: &*self.clock,
        };
        let begun = self.controllers.begin(self.patience, |held| async move {
            let questions = Questions::about(subject, &held).await?;
            let mut walk = Walk::through(&self.outermost, held, questions).await?;
            let first = walk.next().await?;
            Ok((walk, first))
        });
        let (walk, first) = begun.await?;
        walk.hand_over(first, pages, &self.controllers).await
    }

    async fn person(&self, name: &str, deadline: Instant) -> Result<Option<Person>, DirectoryError> {
        let search = &Search::entry(name, &staff::PERSON);
        let entry = self.controllers.read(deadline, |connection| async move { connection.entry(search).await });
        Ok(entry.await?.as_ref().map(staff::person))
    }

    fn certificate_end(&self) -> Option<portvakt_domain::time::Instant> {
        self.controllers.certificate_end()
    }

    async fn probe(&self, deadline: Instant) -> Result<(), DirectoryError> {
        self.controllers
            .read(deadline, |connection| async move {
                connection.search(&Search::root(&["supportedLDAPVersion"])).await?;
                self.allowed.sids(&connection, self.clock.now()).await?;
                self.denied.sids(&connection, self.clock.now()).await?;
                self.functional_groups.sids(&connection, self.clock.now()).await?;
                if self.history == HistoryRule::PolicyHints {
                    offered(&connection)?;
                }
                Ok(())
            })
            .await
    }
}

impl Domain {
    /// The account behind a key, with everything that only a search of the entry itself yields.
    async fn account(&self, connection: &Shared<Known>, key: AccountKey) -> Result<Option<Account>, Failure> {
        let now = self.clock.now();
        let allowed = self.allowed.sids(connection, now).await?;
        let denied = self.denied.sids(connection, now).await?;
        let functional_groups = self.functional_groups.sids(connection, now).await?;
        let name = guid::name(key);
        let entry = connection.entry(&Search::entry(&name, &self.facts)).await?;
        let around = Surroundings {
            units: &self.units,
            functional: &self.functional,
            functional_groups: &functional_groups,
            allowed: (!self.allowed.is_empty()).then_some(&*allowed),
            denied: &denied,
            numbers: self.numbers,
            own: connection.known.own,
            now,
        };
        let facts = entry.and_then(|entry| account::facts(&entry, &around));
        Ok(facts.map(|facts| {
            if facts.incomplete && !self.told_incomplete.swap(true, Ordering::Relaxed) {
                tracing::warn!("the service account may not read all facts of an account; it is treated as protected");
            }
            facts.account
        }))
    }

    /// Whether an unanswered write has happened: the new password opens the account, at another controller where there
    /// is one. Only "yes" is an answer. "Wrong password" is none: the write may not have reached that controller yet, or
    /// the one that did not answer may still be busy with it and do it later, so the outcome stays unknown.
    async fn is_proven(&self, name: &str, new: &Password, unanswered_at: usize) -> bool {
        let deadline = Instant::now() + self.patience.min(PROOF);
        match self.controllers.present(name, new, deadline, Some(unanswered_at)).await {
            Ok(Ok(_)) => true,
            Ok(Err(answer)) => answer.proves_password(),
            Err(_) => false,
        }
    }
}

/// Clears the lockout and the count of wrong passwords. Written also where the attribute is absent: both Windows and
/// Samba take it.
fn unlocked() -> (&'static str, Value) {
    ("lockoutTime", Value::text("0"))
}

fn offered(connection: &Shared<Known>) -> Result<&'static str, DirectoryError> {
    connection.known.policy_hints.ok_or_else(|| {
        DirectoryError::Misconfigured(
            "the controller lacks the policy-hints control, which history asks for".to_owned(),
        )
    })
}
