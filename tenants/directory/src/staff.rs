//! Going through everybody in a tenant's units, page by page, whatever the kind of directory.

use std::{collections::HashSet, mem};

use ldap3::Scope;
use portvakt_domain::{
    directory::DirectoryError,
    id::AccountKey,
    staff::{StaffAccount, StaffQuestion},
    tenant::UnitRule,
};

use crate::{
    connection::{Page, Search},
    controller::Greeting,
    controllers::Controllers,
    dn::{Dn, Places},
    entry::Entry,
    filter::Filter,
    held::Held,
    pages::Pages,
};

/// Entries of one page: what Windows gives at most.
pub(crate) const PAGE: usize = 1_000;

/// What tells an account's unit, in the directory's terms.
#[derive(Debug)]
pub(crate) enum Rule {
    /// Nothing does.
    Nothing,
    /// The first value of this attribute.
    Attribute(&'static str),
    /// The nearest of the question's units above the account.
    Places(Places),
    /// The first of the question's groups that it is in.
    Groups,
}

impl Rule {
    /// The rule of a question.
    ///
    /// # Errors
    /// `Misconfigured`: a unit that has to be a distinguished name is none.
    pub(crate) fn of(question: &StaffQuestion) -> Result<Self, DirectoryError> {
        let names = || {
            let parsed = |(at, name): (usize, &String)| {
                Dn::parse(name).ok_or_else(|| wrong_unit(at, "not a distinguished name"))
            };
            question.units.iter().enumerate().map(parsed).collect::<Result<Vec<_>, _>>()
        };
        Ok(match question.units_by {
            None => Rule::Nothing,
            Some(UnitRule::OrganisationalUnit) => Rule::Places(Places::new(names()?)),
            Some(UnitRule::Group) => {
                names()?;
                Rule::Groups
            }
            Some(rule) => attribute_of(rule).map_or(Rule::Nothing, Rule::Attribute),
        })
    }

    /// The attribute that has to be read for it.
    pub(crate) fn attribute(&self) -> Option<&'static str> {
        match self {
            Rule::Attribute(name) => Some(name),
            _ => None,
        }
    }

    /// The unit of one account, as the directory or the question writes it. `group` is the number of the first of the
    /// question's groups that the account is in.
    pub(crate) fn unit(
        &self,
        question: &StaffQuestion,
        entry: &Entry,
        dn: Option<&Dn>,
        group: Option<usize>,
    ) -> Option<String> {
        let numbered = |at: usize| question.units.get(at).cloned();
        match self {
            Rule::Nothing => None,
            Rule::Attribute(name) => entry.text(name).filter(|value| !value.is_empty()).map(str::to_owned),
            Rule::Places(places) => places.nearest(dn?).and_then(numbered),
            Rule::Groups => group.and_then(numbered),
        }
    }
}

/// The attribute that a tenant's rule names.
pub(crate) fn attribute_of(rule: UnitRule) -> Option<&'static str> {
    match rule {
        UnitRule::Attribute(attribute) => Some(attribute.as_str()),
        UnitRule::Manager => Some("manager"),
        UnitRule::OrganisationalUnit | UnitRule::Group => None,
    }
}

/// A unit of the question with which nothing can be done.
pub(crate) fn wrong_unit(at: usize, what: &str) -> DirectoryError {
    DirectoryError::Misconfigured(format!("reminders.units[{at}].value: {what}"))
}

/// The rule names an attribute that nobody can have here.
pub(crate) fn unknown_attribute(name: &str) -> DirectoryError {
    DirectoryError::Misconfigured(format!("reminders.units_by: {name} is not an attribute of this directory"))
}

/// What one kind of directory asks of everybody, and how it reads the answers.
pub(crate) trait Asks<K>: Send + Sync {
    /// Which entries.
    fn filter(&self) -> Filter<'static>;
    /// What of them.
    fn attributes(&self) -> &[&'static str];
    /// The accounts among a page's entries.
    fn accounts(
        &self,
        held: &Held<K>,
        entries: Vec<Entry>,
    ) -> impl Future<Output = Result<Vec<StaffAccount>, DirectoryError>> + Send;
}

/// Where a survey stands.
pub(crate) struct Walk<K, A> {
    held: Held<K>,
    asks: A,
    /// Units that are not at their end, the present one last.
    units: Vec<String>,
    /// Where in the present one the next page begins.
    cookie: Vec<u8>,
    /// Who was given: an account that is moved meanwhile may come once more.
    given: HashSet<AccountKey>,
}

impl<K: Send + Sync, A: Asks<K>> Walk<K, A> {
    /// A walk through these units, each with its place in the settings.
    ///
    /// # Errors
    /// `Misconfigured`: one of them is not there.
    pub(crate) async fn through(units: &[(usize, String)], held: Held<K>, asks: A) -> Result<Self, DirectoryError> {
        for (at, unit) in units {
            if held.entry(unit, &["1.1"]).await?.is_none() {
                let what = format!("directory.units[{at}]: it is not in the directory");
                return Err(DirectoryError::Misconfigured(what));
            }
        }
        let units = units.iter().rev().map(|(_, unit)| unit.clone()).collect();
        Ok(Self { held, asks, units, cookie: Vec::new(), given: HashSet::new() })
    }

    /// The next page; `None` at the end.
    pub(crate) async fn next(&mut self) -> Result<Option<Vec<StaffAccount>>, DirectoryError> {
        let Some(unit) = self.units.last() else { return Ok(None) };
        let search = Search {
            base: unit,
            scope: Scope::Subtree,
            filter: self.asks.filter(),
            attributes: self.asks.attributes(),
            limit: PAGE,
        };
        let Page { entries, next } = self.held.page(&search, mem::take(&mut self.cookie)).await?;
        match next {
            Some(cookie) => self.cookie = cookie,
            None => drop(self.units.pop()),
        }
        let mut accounts = self.asks.accounts(&self.held, entries).await?;
        accounts.retain(|account| self.given.insert(account.key));
        Ok(Some(accounts))
    }

    /// Hands over the first page and all that come after it.
    pub(crate) async fn hand_over<G: Greeting<Known = K>>(
        mut self,
        first: Option<Vec<StaffAccount>>,
        pages: &Pages,
        controllers: &Controllers<G>,
    ) -> Result<(), DirectoryError> {
        let mut page = first;
        while let Some(accounts) = page {
            pages.room().await?.give(accounts);
            // The one before was taken: no more than one is on its way while the next one is read.
            pages.room().await?;
            page = self.next().await.inspect_err(|error| {
                if matches!(error, DirectoryError::Unavailable(_)) {
                    controllers.broke_off(self.held.at());
                }
            })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(rule: &str, units: &[&str]) -> StaffQuestion {
        let units_by = Some(rule.parse().unwrap_or_else(|error| panic!("{error}")));
        StaffQuestion { units_by, units: units.iter().map(|unit| (*unit).to_owned()).collect(), lenient: false }
    }

    fn unit(
        question: &StaffQuestion,
        dn: &str,
        attributes: &[(&str, &[&[u8]])],
        group: Option<usize>,
    ) -> Option<String> {
        let rule = Rule::of(question).expect("a rule");
        rule.unit(question, &Entry::made_of(dn, attributes), Dn::parse(dn).as_ref(), group)
    }

    const ANNA: &str = "CN=Anna,OU=Ettan,OU=Skola,DC=orebro,DC=se";

    #[test]
    fn a_unit_is_told_as_it_is_written() {
        let company = question("company", &["ignored"]);
        let attributes: [(&str, &[&[u8]]); 2] =
            [("company", &["Vård AB".as_bytes(), b"Andra"]), ("manager", &[b"CN=Chef,DC=orebro,DC=se"])];
        assert_eq!(unit(&company, ANNA, &attributes, None).as_deref(), Some("Vård AB"));
        assert_eq!(unit(&company, ANNA, &[("company", &[b""])], None), None);
        assert_eq!(unit(&company, ANNA, &[], Some(0)), None);
        let manager = question("manager", &[]);
        assert_eq!(unit(&manager, ANNA, &attributes, None).as_deref(), Some("CN=Chef,DC=orebro,DC=se"));
        let places =
            question("organisational_unit", &["ou=SKOLA, dc=orebro, dc=se", "OU=Ettan,OU=Skola,DC=orebro,DC=se"]);
        assert_eq!(unit(&places, ANNA, &[], None).as_deref(), Some("OU=Ettan,OU=Skola,DC=orebro,DC=se"));
        let beside = "CN=Bo,OU=Skola,DC=orebro,DC=se";
        assert_eq!(unit(&places, beside, &[], None).as_deref(), Some("ou=SKOLA, dc=orebro, dc=se"));
        let groups = question("group", &["CN=a,DC=orebro,DC=se", "CN=b,DC=orebro,DC=se"]);
        assert_eq!(unit(&groups, ANNA, &[], Some(1)).as_deref(), Some("CN=b,DC=orebro,DC=se"));
        assert_eq!(unit(&groups, ANNA, &[], None), None);
        let nothing = StaffQuestion::default();
        assert_eq!(unit(&nothing, ANNA, &attributes, None), None);
    }

    #[test]
    fn what_is_no_name_is_told_with_its_key() {
        for rule in ["organisational_unit", "group"] {
            let wrong = Rule::of(&question(rule, &["OU=a,DC=se", "Vården"])).expect_err("no name");
            assert_eq!(wrong.to_string(), wrong_unit(1, "not a distinguished name").to_string());
        }
        assert!(Rule::of(&question("company", &["Vården"])).is_ok());
        assert!(Rule::of(&question("manager", &["chef01"])).is_ok());
    }
}
