//! What each operation asks of the server, in LDAP's terms.

use std::{sync::Arc, time::Duration};

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
    tenant::DirectorySettings,
    time::Clock,
};
use secrecy::SecretString;
use tokio::{runtime::Handle, time::Instant};

use super::{
    account::{self, FACTS, Surroundings},
    greeting::{AskServer, Known},
    groups::{self, NamedGroups},
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
const NAMES: [&str; 2] = ["uid", "mail"];

/// A server's tree and what is kept of it between operations.
pub(crate) struct Tree {
    controllers: Arc<Controllers<AskServer>>,
    /// The naming context.
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
    patience: Duration,
    clock: Arc<dyn Clock>,
}

impl Server for Tree {
    fn new(
        settings: &DirectorySettings,
        service_password: SecretString,
        egress: Egress,
        clock: Arc<dyn Clock>,
        runtime: &Handle,
    ) -> Result<Self, DirectoryError> {
        let Units { served, functional, outermost } = setup::units(settings)?;
        let greeting = AskServer { account: settings.service_account.clone() };
        Ok(Self {
            controllers: setup::controllers(settings, service_password, &egress, clock.clone(), greeting, runtime)?,
            base: settings.base.clone(),
            policies: Policies::new(settings.default_policy.clone().unwrap_or_default()),
            allowed: NamedGroups::new("allowed_groups", &settings.allowed_groups),
            denied: NamedGroups::new("denied_groups", &settings.denied_groups),
            units: served,
            outermost,
            functional,
            functional_groups: NamedGroups::new("functional_groups", &settings.functional_groups),
            numbers: settings.number_attribute,
            facts: FACTS.into_iter().chain(settings.number_attribute.map(NumberAttribute::as_str)).collect(),
            patience: Duration::from_secs(settings.deadline_seconds.into()),
            clock,
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
                Filter::Equal("objectClass", "person"),
                Filter::Or(kinds.iter().map(|kind| Filter::Equal(kind, text)).collect()),
            ]),
            attributes: &["entryUUID", NAMES[0], NAMES[1]],
            limit: CANDIDATES,
        };
        self.controllers
            .read(deadline, |connection| async move {
                let found = connection.search(search).await?;
                let meant = if found.more { None } else { Entry::meant(&found.entries, kinds, text) };
                let meant = meant.and_then(account::key);
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
                let whose = key.unwrap_or(connection.known.own);
                let entry = self.entry(&connection, whose, &["pwdPolicySubentry"]).await?;
                let name = match (key, &entry) {
                    (Some(_), None) => return Err(DirectoryError::NotFound.into()),
                    (Some(_), Some(entry)) => entry.text("pwdPolicySubentry"),
                    (None, _) => None,
                };
                self.policies.of(&connection, name, self.clock.now()).await.map(|rules| rules.effective)
            })
            .await
    }

    /// By the password-modify operation (RFC 3062). With the right to write passwords, and not more, the service account
    /// is held to the policy, and a new password also unlocks.
    async fn set_password(&self, account: &Account, new: &Password, deadline: Instant) -> Result<(), DirectoryError> {
        let name = &self.name_of(account.key, deadline).await?;
        let wrote = self.controllers.write(
            deadline,
            |connection| keeps_policies(&connection.known),
            |connection| async move { connection.modify_password(name, None, new.reveal()).await },
        );
        match wrote.await? {
            Wrote::Done => Ok(()),
            Wrote::Refused(answer) => Err(error_map::writing(answer)),
            Wrote::Unanswered { at, .. } if self.is_proven(name, new, at).await => Ok(()),
            Wrote::Unanswered { error, .. } => Err(error),
        }
    }

    async fn change_password(
        &self,
        account: &Account,
        old: &Password,
        new: &Password,
        deadline: Instant,
    ) -> Result<PasswordChange, DirectoryError> {
        let name = &self.name_of(account.key, deadline).await?;
        let wrote = self.controllers.write(
            deadline,
            |connection| keeps_policies(&connection.known),
            |connection| async move { connection.modify_password(name, Some(old.reveal()), new.reveal()).await },
        );
        match wrote.await? {
            Wrote::Done => Ok(PasswordChange::Changed),
            Wrote::Refused(answer) => error_map::changing_by_operation(answer),
            Wrote::Unanswered { at, .. } if self.is_proven(name, new, at).await => Ok(PasswordChange::Changed),
            Wrote::Unanswered { error, .. } => Err(error),
        }
    }

    /// Takes the lock away; slapd forgets the wrong passwords with it.
    async fn unlock(&self, key: AccountKey, deadline: Instant) -> Result<(), DirectoryError> {
        let name = &self.name_of(key, deadline).await?;
        let wrote = self.controllers.write(
            deadline,
            |_| Ok(()),
            |connection| async move { connection.put(name, "pwdAccountLockedTime", None).await },
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
        let name = &self.name_of(key, deadline).await?;
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
            Ok(reason) => Ok(error_map::presented(reason)),
            Err(answer) => error_map::presenting(answer),
        }
    }

    async fn survey(&self, question: &StaffQuestion, pages: &Pages) -> Result<(), DirectoryError> {
        let rule = Rule::of(question)?;
        let subject = &Subject {
            base: &self.base,
            policies: &self.policies,
            functional: &self.functional,
            functional_groups: &self.functional_groups,
            rule: &rule,
            question,
            clock: &*self.clock,
        };
        let begun = self.controllers.begin(self.patience, |held| async move {
            keeps_policies(held.known())?;
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
                let now = self.clock.now();
                keeps_policies(&connection.known)?;
                self.policies.of(&connection, None, now).await?;
                self.allowed.check(&connection, now).await?;
                self.denied.check(&connection, now).await?;
                self.functional_groups.check(&connection, now).await
            })
            .await
    }
}

impl Tree {
    /// The entry behind a key. There is no name by which OpenLDAP addresses an entry for good, so it is searched for.
    async fn entry(
        &self,
        connection: &Shared<Known>,
        key: AccountKey,
        attributes: &[&'static str],
    ) -> Result<Option<Entry>, Failure> {
        let uuid = key.0.to_string();
        let search = Search {
            base: &self.base,
            scope: Scope::Subtree,
            filter: Filter::Equal("entryUUID", &uuid),
            attributes,
            limit: 1,
        };
        connection.entry(&search).await
    }

    /// The account behind a key, judged by its policy and its groups.
    async fn account(&self, connection: &Shared<Known>, key: AccountKey) -> Result<Option<Account>, Failure> {
        let now = self.clock.now();
        self.allowed.check(connection, now).await?;
        self.denied.check(connection, now).await?;
        self.functional_groups.check(connection, now).await?;
        let Some(entry) = self.entry(connection, key, &self.facts).await? else { return Ok(None) };
        let rules = self.policies.of(connection, entry.text("pwdPolicySubentry"), now).await?;
        let groups = if [&self.allowed, &self.denied, &self.functional_groups].into_iter().all(NamedGroups::is_empty) {
            Some(Vec::new())
        } else {
            groups::of_entry(connection, &self.base, &entry.dn, entry.text("uid").unwrap_or_default()).await?
        };
        let unclear = groups.is_none();
        let groups = groups.unwrap_or_default();
        let around = Surroundings {
            units: &self.units,
            functional: &self.functional,
            functional_member: self.functional_groups.any(&groups),
            allowed: self.allowed.is_empty() || self.allowed.any(&groups),
            denied: self.denied.any(&groups),
            unclear,
            numbers: self.numbers,
            own: connection.known.own,
            now,
        };
        Ok(account::facts(&entry, &rules, &around))
    }

    /// Where an account's entry is at this moment.
    async fn name_of(&self, key: AccountKey, deadline: Instant) -> Result<String, DirectoryError> {
        let entry =
            self.controllers.read(deadline, |connection| async move { self.entry(&connection, key, &["1.1"]).await });
        entry.await?.map(|entry| entry.dn).ok_or(DirectoryError::NotFound)
    }

    /// Whether an unanswered write has happened: the new password opens the account, at another server where there is
    /// one. Only "yes" is an answer; "wrong password" may be one that comes too early.
    async fn is_proven(&self, name: &str, new: &Password, unanswered_at: usize) -> bool {
        let deadline = Instant::now() + self.patience.min(PROOF);
        let presented = self.controllers.present(name, new, deadline, Some(unanswered_at)).await;
        matches!(presented, Ok(Ok(_)))
    }
}

/// Without the overlay nothing would hold: no length, no history, no lockout.
fn keeps_policies(known: &Known) -> Result<(), DirectoryError> {
    if known.ppolicy {
        return Ok(());
    }
    Err(DirectoryError::Misconfigured("the server lacks the ppolicy overlay".to_owned()))
}
