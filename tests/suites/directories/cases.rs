//! The cases: what is done, and what is seen, in words that every directory shares.

use std::sync::Arc;

use harness::{Person, State, World, people::TestDirectory, world::DENIED_GROUP};
use portvakt_domain::{
    account::{Account, AccountState},
    directory::{Authentication, Directory, DirectoryError, PasswordChange},
    id::AccountKey,
    login::DirectoryName,
    number::MobileNumber,
    number_attribute::NumberAttribute,
    password::Password,
    tenant::DirectorySettings,
};

const SLUG: &str = "mjolby";
const NEW: &str = "Tallkotte41Vindfang";

/// Does one case and says what came of it.
pub async fn run(world: &World, case: &str) -> String {
    let (verb, what) = case.split_once(": ").expect("a verb and a case");
    let stage = Stage { world, directory: world.served(SLUG).directory.clone() };
    match verb {
        "find" => stage.find(what).await,
        "read" => stage.read(what).await,
        "sign in" => stage.sign_in(what).await,
        "policy" => stage.policy(what).await,
        "set" => stage.set(what).await,
        "change" => stage.change(what).await,
        "unlock" => stage.unlock(what).await,
        "number" => stage.number(what).await,
        _ => panic!("no such verb: {case}"),
    }
}

struct Stage<'a> {
    world: &'a World,
    directory: Arc<dyn Directory>,
}

fn state(what: &str) -> State {
    match what {
        "locked" => State::Locked,
        "expired" => State::Expired,
        "must change" => State::MustChange,
        "disabled" => State::Disabled,
        "past its end date" => State::AccountExpired,
        "somebody outside the units" | "of somebody outside the units" => State::Outside,
        "a member of a denied group" => State::Denied,
        "an account in a functional unit" => State::Functional,
        _ => State::Normal,
    }
}

fn password(text: &str) -> Password {
    Password::new(text.to_owned()).expect("a password")
}

fn failed(error: &DirectoryError) -> String {
    match error {
        DirectoryError::NotFound => "NotFound".to_owned(),
        DirectoryError::Rejected(why) => format!("Rejected({why:?})"),
        DirectoryError::NoRight(_) => "NoRight".to_owned(),
        other => format!("{other:?}"),
    }
}

impl Stage<'_> {
    fn place(&self) -> &TestDirectory {
        &self.world.tenant(SLUG).directory
    }

    async fn person(&self, state: State) -> (Person, Account) {
        let person = self.place().person(state, &self.world.fresh_number()).await;
        let account = self.find_by(&person.username).await.expect("the account");
        (person, account)
    }

    async fn find_by(&self, text: &str) -> Option<Account> {
        self.directory.find(DirectoryName { text, account_name_only: false }).await.expect("an answer")
    }

    async fn again(&self, account: &Account) -> Account {
        self.directory.read(account.key).await.expect("an answer").expect("the account")
    }

    async fn find(&self, what: &str) -> String {
        let (person, account) = self.person(State::Normal).await;
        let typed = match what {
            "the short name" => person.username.clone(),
            "the short name in capitals" => person.username.to_uppercase(),
            "the mail address" => person.mail.clone(),
            "an asterisk" => format!("{}*", &person.username[..3]),
            "a filter" => format!("x)(|(objectClass=*)(cn={}", person.username),
            "a name with parentheses and a backslash" => "a(b)c\\d".to_owned(),
            _ => "finnsinte77".to_owned(),
        };
        match self.find_by(&typed).await {
            Some(found) if found.key == account.key && found.username == person.username => "found".to_owned(),
            Some(_) => "somebody else".to_owned(),
            None => "nobody".to_owned(),
        }
    }

    async fn read(&self, what: &str) -> String {
        if what == "a key that nobody has" {
            let read = self.directory.read(AccountKey(uuid::Uuid::new_v4())).await.expect("an answer");
            return if read.is_none() { "nobody" } else { "somebody" }.to_owned();
        }
        if let Some(key) = what.strip_suffix(" names one that is gone") {
            return self.read_without_a_group(key.rsplit(' ').next().expect("a key")).await;
        }
        if what.contains("functional") {
            return self.read_whether_functional(what).await;
        }
        if what.contains("allowed") || what.contains("a group in a denied group") {
            return self.read_by_groups(what).await;
        }
        let (_, account) = self.person(state(what)).await;
        format!("{:?}", account.state())
    }

    /// With groups named in the settings: the one that is denied already, and one that its nested group stands for.
    async fn read_by_groups(&self, what: &str) -> String {
        let place = self.place();
        let (inner, outer) = place.nested_groups().await;
        let (person, _) = self.person(State::Normal).await;
        match what {
            "a member of an allowed group" => place.join(&person, &outer).await,
            "somebody in no allowed group" => {}
            "a member of an allowed and a denied group" => {
                place.join(&person, &outer).await;
                place.join(&person, &place.denied_group()).await;
            }
            _ => place.join(&person, &inner).await,
        }
        let mut settings = self.settings();
        if what.contains("in a denied group") {
            settings.denied_groups.push(outer);
        } else {
            settings.allowed_groups = vec![outer];
        }
        let account = self.read_with(&settings, &person).await.expect("an answer");
        format!("{:?}", account.state())
    }

    /// With a group named whose members are functional, wherever they lie.
    async fn read_whether_functional(&self, what: &str) -> String {
        let place = self.place();
        let (inner, outer) = place.nested_groups().await;
        let (person, _) = self.person(state(what)).await;
        match what {
            "a member of a functional group" => place.join(&person, &outer).await,
            "a member of a group in a functional group" => place.join(&person, &inner).await,
            _ => {}
        }
        // No other group is named: this one alone has to make the adapter look at groups.
        let settings =
            DirectorySettings { functional_groups: vec![outer], denied_groups: Vec::new(), ..self.settings() };
        let account = self.read_with(&settings, &person).await.expect("an answer");
        format!("{:?}, {}", account.state(), if account.functional { "functional" } else { "personal" })
    }

    /// With a group named that is not there: nobody can be judged, and nobody is taken for harmless.
    async fn read_without_a_group(&self, key: &str) -> String {
        let mut settings = self.settings();
        let gone = vec![self.place().denied_group().replace(DENIED_GROUP, "Borta")];
        match key {
            "functional_groups" => settings.functional_groups = gone,
            "allowed_groups" => settings.allowed_groups = gone,
            _ => settings.denied_groups = gone,
        }
        let (person, _) = self.person(State::Normal).await;
        match self.read_with(&settings, &person).await {
            Ok(account) => format!("{:?}", account.state()),
            Err(error) => failed(&error),
        }
    }

    fn settings(&self) -> DirectorySettings {
        self.world.served(SLUG).settings.directory.clone()
    }

    async fn read_with(&self, settings: &DirectorySettings, person: &Person) -> Result<Account, DirectoryError> {
        let directory = self.world.connect(SLUG, settings).await;
        let name = DirectoryName { text: &person.username, account_name_only: true };
        directory.find(name).await.map(|account| account.expect("an account"))
    }

    async fn sign_in(&self, what: &str) -> String {
        let (person, account) = self.person(state(what)).await;
        let wrong = what == "a wrong password";
        let typed = if wrong { "Fel-losenord-1" } else { &person.password };
        let answer = self.directory.authenticate(&account, &password(typed)).await;
        match answer.expect("an answer") {
            Authentication::Refused(why) if wrong => {
                format!("Refused({why:?}), {} counted", self.again(&account).await.bad_passwords)
            }
            answer => format!("{answer:?}"),
        }
    }

    async fn policy(&self, what: &str) -> String {
        let (_, account) = self.person(State::Normal).await;
        if what.contains("finer") {
            let account = self.find_by(&self.place().held_by_the_finer_policy().await).await.expect("the account");
            let policy = self.directory.effective_policy(&account).await.expect("a policy");
            return format!("{} characters", policy.min_length);
        }
        let policy = self.directory.effective_policy(&account).await.expect("a policy");
        assert_eq!(policy, self.directory.domain_policy().await.expect("a policy"), "nothing finer holds");
        assert!(policy.history > 20, "{policy:?}");
        let (locks, window) = (policy.lockout_threshold, policy.lockout_window_seconds);
        format!("{} characters, earlier ones count, locks at {locks} in {window} s", policy.min_length)
    }

    /// What the directory says when it is asked without us, in the order of what matters in the case.
    async fn afterwards(&self, what: &str, person: &Person, account: &Account, new: &str) -> String {
        let place = self.place();
        let mut seen = Vec::new();
        if place.signs_in(person, new).await.is_ok() {
            seen.push("opens");
        }
        match state(what) {
            State::Locked if !place.is_locked(person).await => seen.push("unlocked"),
            State::Locked => seen.push("locked"),
            State::Expired | State::MustChange => match self.again(account).await.state() {
                AccountState::Normal => seen.push("Normal"),
                _ => seen.push("not Normal"),
            },
            _ if new != person.password && place.signs_in(person, &person.password).await.is_err() => {
                seen.push("the old one does not");
            }
            _ => {}
        }
        seen.join(", ")
    }

    async fn set(&self, what: &str) -> String {
        let (person, mut account) = self.person(state(what)).await;
        let new = match what {
            "too short" => "Kort-1".to_owned(),
            "the present one" => person.password.clone(),
            _ => NEW.to_owned(),
        };
        if what == "somebody who is gone" {
            account.key = AccountKey(uuid::Uuid::new_v4());
        }
        if what == "an earlier one" {
            let mut last = Ok(());
            for text in [NEW, "Vinterbad88Stenmur", NEW] {
                self.world.clock.advance(chrono::TimeDelta::seconds(1));
                last = self.directory.set_password(&account, &password(text)).await;
            }
            return last.map_or_else(|error| failed(&error), |()| "done".to_owned());
        }
        match self.directory.set_password(&account, &password(&new)).await {
            Ok(()) if what.ends_with(" one") => "done".to_owned(),
            Ok(()) => format!("done, {}", self.afterwards(what, &person, &account, &new).await),
            Err(error) => failed(&error),
        }
    }

    async fn change(&self, what: &str) -> String {
        let (person, account) = self.person(state(what)).await;
        let old = if what == "with a wrong password" { "Fel-losenord-1" } else { &person.password };
        let new = match what {
            "too short" => "Kort-1",
            "to the present one" => &person.password,
            _ => NEW,
        };
        match self.directory.change_password(&account, &password(old), &password(new)).await {
            Ok(PasswordChange::Changed) => format!("Changed, {}", self.afterwards(what, &person, &account, new).await),
            Ok(PasswordChange::WrongPassword) => {
                let counted = self.again(&account).await.bad_passwords;
                assert_eq!(self.place().signs_in(&person, &person.password).await, Ok(()), "the old one opens");
                format!("WrongPassword, {counted} counted")
            }
            Ok(PasswordChange::Locked) => "Locked".to_owned(),
            Err(error) => failed(&error),
        }
    }

    async fn unlock(&self, what: &str) -> String {
        let (person, mut account) = self.person(state(what)).await;
        if what == "somebody who is gone" {
            account.key = AccountKey(uuid::Uuid::new_v4());
        }
        if let Err(error) = self.directory.unlock(&account).await {
            return failed(&error);
        }
        let locked = self.place().is_locked(&person).await;
        let opens = self.place().signs_in(&person, &person.password).await.is_ok();
        let seen = [if locked { "locked" } else { "unlocked" }, if opens { "opens" } else { "does not open" }];
        format!("done, {}", seen.join(", "))
    }

    /// With `mobile` named in the settings.
    async fn number(&self, what: &str) -> String {
        const OTHERS: &str = "070-174 06 99";
        let (person, mut account) = self.person(state(what)).await;
        let mut settings = self.world.served(SLUG).settings.directory.clone();
        settings.number_attribute = (!what.contains("no attribute")).then_some(NumberAttribute::Mobile);
        let directory = self.world.connect(SLUG, &settings).await;
        if what.contains("others") || what.contains("another") || what == "taken away" {
            self.place().replace(&person.dn, "mobile", &[OTHERS]).await;
        }
        if what == "as others wrote it" {
            let read = directory.read(account.key).await.expect("an answer").expect("the account");
            let unread = self.again(&account).await;
            assert!(unread.attribute_numbers.is_empty(), "where no attribute is named, none is read");
            return if read.attribute_numbers == [OTHERS] { "read as written" } else { "not read" }.to_owned();
        }
        if what.contains("gone") {
            account.key = AccountKey(uuid::Uuid::new_v4());
        }
        let number = MobileNumber::from_e164("+46701740698").expect("a number");
        let wanted = (!what.contains("taken away")).then_some(&number);
        if let Err(error) = directory.write_number(&account, wanted).await {
            return failed(&error);
        }
        let there = self.place().values(&person.dn, "mobile").await;
        match there.as_slice() {
            [one] if one == number.e164() => "done, there".to_owned(),
            [] => "done, nothing there".to_owned(),
            other => format!("done, {other:?}"),
        }
    }
}
