//! The people that suites are about: an account in some state, whatever directory it is in.

use portvakt_demo::{accounts::SampleState, practice::PracticeDirectory};

use crate::services::{NewUser, Samba, Slapd};

/// The state an account is made in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    Normal,
    Functional,
    Locked,
    Expired,
    MustChange,
    Unregistered,
    Disabled,
    AccountExpired,
    Protected,
    Outside,
    Denied,
    Unknown,
}

impl State {
    /// Every row of the table of states.
    pub const ALL: [State; 12] = [
        State::Normal,
        State::Functional,
        State::Locked,
        State::Expired,
        State::MustChange,
        State::Unregistered,
        State::Disabled,
        State::AccountExpired,
        State::Protected,
        State::Outside,
        State::Denied,
        State::Unknown,
    ];

    /// What may be done, as the table says: sign in at registration, receive a code.
    pub fn may(self) -> (bool, bool) {
        match self {
            State::Normal | State::Functional => (true, true),
            State::Locked | State::Expired | State::MustChange => (false, true),
            State::Unregistered => (true, false),
            _ => (false, false),
        }
    }

    /// Whether who knows the password may change it, as the table says.
    pub fn may_change(self) -> bool {
        matches!(self, State::Normal | State::Functional | State::Expired | State::MustChange | State::Unregistered)
    }
}

/// Somebody with an account and perhaps a phone.
#[derive(Clone)]
pub struct Person {
    pub username: String,
    pub netbios_login: String,
    pub upn: String,
    pub mail: String,
    pub password: String,
    /// The number to register, in E.164; `None` where the state says that there is none.
    pub number: Option<String>,
    pub state: State,
    pub dn: String,
}

/// A tenant's directory, practice or real.
pub enum TestDirectory {
    Practice {
        server: PracticeDirectory,
        taken: std::sync::Mutex<Vec<String>>,
        slug: &'static str,
    },
    Samba {
        samba: &'static Samba,
    },
    Slapd {
        slapd: &'static Slapd,
    },
    /// A controller of one's own, to be frozen.
    Throwaway {
        samba: crate::services::Throwaway,
    },
}

impl TestDirectory {
    /// The Samba behind it.
    pub fn samba(&self) -> Option<&Samba> {
        match self {
            TestDirectory::Practice { .. } | TestDirectory::Slapd { .. } => None,
            TestDirectory::Samba { samba } => Some(samba),
            TestDirectory::Throwaway { samba } => Some(samba),
        }
    }

    /// The OpenLDAP behind it.
    pub fn slapd(&self) -> Option<&Slapd> {
        match self {
            TestDirectory::Slapd { slapd } => Some(slapd),
            _ => None,
        }
    }

    /// The practice directory.
    pub fn practice(&self) -> &PracticeDirectory {
        match self {
            TestDirectory::Practice { server, .. } => server,
            _ => panic!("not a practice directory"),
        }
    }

    /// The password of the account that the platform signs in with.
    pub fn service_password(&self, slug: &str) -> String {
        match (self.samba(), self.slapd()) {
            (Some(samba), _) => samba.service_password.clone(),
            (_, Some(slapd)) => slapd.service_password.clone(),
            _ => portvakt_demo::accounts::sample(slug).expect("a sample tenant").service_password.to_owned(),
        }
    }

    /// Somebody in this state, whom no other test has.
    pub async fn person(&self, state: State, number: &str) -> Person {
        match self {
            TestDirectory::Practice { server, taken, slug } => practice_person(server, taken, slug, state, number),
            TestDirectory::Samba { samba } => samba_person(samba, state, number).await,
            TestDirectory::Slapd { slapd } => slapd.person(state, number).await,
            TestDirectory::Throwaway { samba } => samba_person(samba, state, number).await,
        }
    }

    /// Whether a password lets the account in now: `Ok`, or the directory's sub-code.
    pub async fn bind(&self, person: &Person, password: &str) -> Result<(), String> {
        if let Some(slapd) = self.slapd() {
            return slapd.bind(&person.dn, password).await;
        }
        match self.samba() {
            Some(samba) => samba.bind(&person.dn, password).await,
            None => {
                let account = self.practice().domain().account(&person.username).expect("an account");
                match account.password_is(password) {
                    false => Err("52e".to_owned()),
                    true if account.is_locked() => Err("775".to_owned()),
                    true => Ok(()),
                }
            }
        }
    }

    /// Locks an account, as wrong passwords would.
    pub async fn lock(&self, person: &Person) {
        if let Some(slapd) = self.slapd() {
            return slapd.lock(&person.dn).await;
        }
        match self.samba() {
            Some(samba) => {
                for _ in 0..6 {
                    let _ = samba.bind(&person.dn, "Fel-losenord-1").await;
                }
            }
            None => self.practice().domain().account(&person.username).expect("an account").lock(),
        }
    }

    /// Whether an account is locked out.
    pub async fn is_locked(&self, person: &Person) -> bool {
        if let Some(slapd) = self.slapd() {
            return slapd.is_locked(&person.dn).await;
        }
        match self.samba() {
            Some(samba) => {
                let name = "msDS-User-Account-Control-Computed";
                let values = samba.attributes(&person.dn, &[name]).await;
                let computed: i64 = values[name][0].parse().expect("a number");
                computed & 0x10 != 0
            }
            None => self.practice().domain().account(&person.username).expect("an account").is_locked(),
        }
    }
}

fn practice_person(
    server: &PracticeDirectory,
    taken: &std::sync::Mutex<Vec<String>>,
    slug: &str,
    state: State,
    number: &str,
) -> Person {
    let sample = portvakt_demo::accounts::sample(slug).expect("a sample tenant");
    let wanted = match state {
        State::Normal | State::AccountExpired | State::Denied => SampleState::Normal,
        State::Functional => SampleState::Functional,
        State::Locked => SampleState::Locked,
        State::Expired => SampleState::Expired,
        State::MustChange => SampleState::MustChange,
        State::Unregistered => SampleState::Unregistered,
        State::Disabled => SampleState::Disabled,
        State::Protected => SampleState::Protected,
        State::Outside | State::Unknown => {
            let username = if state == State::Outside { portvakt_demo::accounts::OUTSIDE_LOGIN } else { "finnsinte77" };
            let dn = server.domain().account(username).map(|account| account.dn()).unwrap_or_default();
            return Person {
                username: username.to_owned(),
                netbios_login: format!("{}\\{username}", sample.netbios_name),
                upn: format!("{username}@{}", sample.dns_name),
                mail: format!("{username}@{}", sample.dns_name),
                // The one outside has this password: a sign-in is refused for where they are.
                password: "Utkanten48Korsning".to_owned(),
                number: (state == State::Outside).then(|| number.to_owned()),
                state,
                dn,
            };
        }
    };
    let mut taken = taken.lock().expect("unpoisoned");
    let denied = crate::world::denied_login(slug);
    let found = sample.accounts.iter().find(|account| {
        account.state == wanted
            && !taken.contains(&account.username)
            && (account.username == denied) == (state == State::Denied)
    });
    let found = found.unwrap_or_else(|| panic!("no account in state {state:?} is left"));
    taken.push(found.username.clone());
    let account = server.domain().account(&found.username).expect("a sample account");
    if state == State::AccountExpired {
        account.overwrite("accountExpires", &["132000000000000000"]).expect("an end date");
    }
    Person {
        username: found.username.clone(),
        netbios_login: found.netbios_login.clone(),
        upn: found.upn.clone(),
        mail: found.mail.clone(),
        password: found.password.clone(),
        number: (state != State::Unregistered).then(|| number.to_owned()),
        state,
        dn: account.dn(),
    }
}

async fn samba_person(samba: &Samba, state: State, number: &str) -> Person {
    let password = "Kastanj41Skugga";
    let new = if state == State::Outside { NewUser::elsewhere() } else { NewUser::staff() }.password(password);
    let new = match state {
        State::Normal | State::Unregistered | State::Outside | State::Unknown => new,
        State::Functional => new.functional(),
        State::Locked => new.locked(),
        State::Expired => new.password_expired(),
        State::MustChange => new.must_change(),
        State::Disabled => new.disabled(),
        State::AccountExpired => new.account_expired(),
        // Samba has no AdminSDHolder: a Domain Admin among the staff is held off by our own guard alone.
        State::Protected => new.member_of("Domain Admins"),
        State::Denied => new.member_of("Undantagna"),
    };
    if state == State::Unknown {
        let username = format!("finnsinte{}", uuid::Uuid::new_v4().simple());
        return Person {
            netbios_login: format!("{}\\{username}", samba.netbios),
            upn: format!("{username}@{}", samba.realm),
            mail: format!("{username}@{}", samba.realm),
            username,
            password: password.to_owned(),
            number: None,
            state,
            dn: String::new(),
        };
    }
    let user = samba.create_user(new).await;
    Person {
        username: user.sam.clone(),
        netbios_login: user.netbios_login.clone(),
        upn: user.upn.clone(),
        mail: user.mail.clone(),
        password: user.password.clone(),
        number: (state != State::Unregistered).then(|| number.to_owned()),
        state,
        dn: user.dn.clone(),
    }
}
