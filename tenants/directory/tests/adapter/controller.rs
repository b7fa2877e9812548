//! A controller that does what a test's script says: answers, keeps silent, hangs up. It knows one person, the service
//! account, and nothing of Active Directory's rules.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use futures_util::{SinkExt as _, StreamExt as _};
use ldap3_proto::{LdapCodec, control::LdapControl, proto::*};
use rustls::pki_types::PrivateKeyDer;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_util::codec::Framed;

pub(crate) const BASE: &str = "DC=orebro,DC=test";
pub(crate) const SERVICE: &str = "svc@orebro.test";
pub(crate) const HINTS: &str = "1.2.840.113556.1.4.2239";

/// What the controller does with a request that a script is concerned with.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Doing {
    Answer,
    Refuse(LdapResultCode, &'static str),
    After(Duration),
    Silence,
    HangUp,
}

/// What is to happen, and what has happened.
pub(crate) struct Script {
    /// To a TLS handshake.
    pub(crate) handshake: Doing,
    /// To the service account's bind.
    pub(crate) service_bind: Doing,
    /// To anybody else's bind.
    pub(crate) bind: Doing,
    /// To the reading of one entry by its GUID; `HangUp` is done as often as `hang_ups` says, then answered.
    pub(crate) reading: Doing,
    pub(crate) hang_ups: usize,
    pub(crate) modify: Doing,
    /// Connections with lower numbers swallow everything.
    pub(crate) mute_below: usize,
    pub(crate) controls: Vec<&'static str>,
    /// Names of those who match any search for a name: `sAMAccountName`, `userPrincipalName`, `mail`.
    pub(crate) people: Vec<[&'static str; 3]>,
    /// Size limits are kept, as Windows does.
    pub(crate) keeps_limits: bool,
    /// A reference to another server comes before the first entry.
    pub(crate) reference: bool,
    /// The denied group: its `groupType`.
    pub(crate) group_type: Option<&'static str>,
    /// How many people are in the unit when it is gone through page by page.
    pub(crate) staff: usize,
    /// To the pages with these numbers, counted from 1; the others are answered.
    pub(crate) page: Doing,
    pub(crate) page_at: std::ops::RangeFrom<usize>,
    /// Pages are no longer than this, whatever was asked for.
    pub(crate) longest_page: usize,
    /// The control that asks for pages is passed over.
    pub(crate) unpaged: bool,
    /// Each page begins with the last one of the page before.
    pub(crate) repeats: bool,
    /// Pages that were asked for: on which connection, and where they began.
    pub(crate) pages: Vec<(usize, usize)>,
    pub(crate) connections: usize,
    /// Open at this moment, and at most so far.
    pub(crate) open: usize,
    pub(crate) most_open: usize,
    pub(crate) service_binds: usize,
    pub(crate) binds: Vec<(String, String)>,
    pub(crate) searches: Vec<LdapSearchRequest>,
    pub(crate) modifies: Vec<(LdapModifyRequest, Vec<LdapControl>)>,
}

#[derive(Clone)]
pub(crate) struct Controller {
    pub(crate) address: SocketAddr,
    /// The authority that signed the certificate it shows.
    pub(crate) ca_pem: String,
    script: Arc<Mutex<Script>>,
}

/// An authority and a certificate for `names`.
pub(crate) fn certificate(names: &[&str], days: std::ops::Range<i32>) -> (String, Arc<rustls::ServerConfig>) {
    let authority_key = rcgen::KeyPair::generate().expect("a key");
    let mut authority = rcgen::CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let ca_pem = authority.self_signed(&authority_key).expect("an authority").pem();
    let issuer = rcgen::Issuer::new(authority, authority_key);
    let key = rcgen::KeyPair::generate().expect("a key");
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut server = rcgen::CertificateParams::new(names).expect("parameters");
    server.not_before = rcgen::date_time_ymd(days.start, 1, 1);
    server.not_after = rcgen::date_time_ymd(days.end, 1, 1);
    let shown = server.signed_by(&key, &issuer).expect("a certificate").der().clone();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![shown], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
        .expect("a configuration");
    (ca_pem, Arc::new(config))
}

impl Controller {
    pub(crate) async fn start() -> Self {
        Self::with(certificate(&["127.0.0.1"], 2020..2120)).await
    }

    pub(crate) async fn with((ca_pem, tls): (String, Arc<rustls::ServerConfig>)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let script = Arc::new(Mutex::new(Script {
            handshake: Doing::Answer,
            service_bind: Doing::Answer,
            bind: Doing::Answer,
            reading: Doing::Answer,
            hang_ups: 0,
            modify: Doing::Answer,
            mute_below: 0,
            controls: vec![HINTS],
            people: vec![["anna", "anna@orebro.test", "anna.astrom@orebro.test"]],
            keeps_limits: false,
            reference: false,
            group_type: Some("-2147483646"),
            staff: 0,
            page: Doing::Answer,
            page_at: 1..,
            longest_page: usize::MAX,
            unpaged: false,
            repeats: false,
            pages: Vec::new(),
            connections: 0,
            open: 0,
            most_open: 0,
            service_binds: 0,
            binds: Vec::new(),
            searches: Vec::new(),
            modifies: Vec::new(),
        }));
        let controller = Self { address, ca_pem, script };
        let server = controller.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (server, acceptor) = (server.clone(), TlsAcceptor::from(tls.clone()));
                tokio::spawn(async move { server.serve(stream, acceptor).await });
            }
        });
        controller
    }

    pub(crate) fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().expect("the script")
    }

    /// Several things at once: the lock is not one that may be taken twice in a statement.
    pub(crate) fn asked<T>(&self, about: impl FnOnce(&mut Script) -> T) -> T {
        about(&mut self.script())
    }

    async fn serve(&self, stream: TcpStream, acceptor: TlsAcceptor) -> Option<()> {
        let number = {
            let mut script = self.script();
            script.connections += 1;
            script.open += 1;
            script.most_open = script.most_open.max(script.open);
            script.connections
        };
        let _open = Open(self.clone());
        let doing = self.script().handshake.clone();
        match doing {
            Doing::Silence => return std::future::pending().await,
            Doing::HangUp => return None,
            _ => {}
        }
        let mut wire = Framed::new(acceptor.accept(stream).await.ok()?, LdapCodec::default());
        while let Some(Ok(request)) = wire.next().await {
            if number < self.script().mute_below {
                continue;
            }
            let (doing, answers) = match self.page(number, &request) {
                Some(page) => page,
                None => {
                    let (doing, answers) = self.answer(&request)?;
                    (doing, answers.into_iter().map(|op| (op, Vec::new())).collect())
                }
            };
            match doing {
                Doing::Silence => continue,
                Doing::HangUp => return None,
                Doing::After(time) => tokio::time::sleep(time).await,
                Doing::Answer | Doing::Refuse(..) => {}
            }
            for (op, ctrl) in answers {
                wire.feed(LdapMsg { msgid: request.msgid, op, ctrl }).await.ok()?;
            }
            wire.flush().await.ok()?;
        }
        Some(())
    }

    /// A page of the staff; `None` when something else is asked for.
    fn page(&self, connection: usize, request: &LdapMsg) -> Option<(Doing, Vec<(LdapOp, Vec<LdapControl>)>)> {
        let LdapOp::SearchRequest(search) = &request.op else { return None };
        let asked = request.ctrl.iter().find_map(|control| match control {
            LdapControl::SimplePagedResults { size, cookie } => Some((*size, cookie.clone())),
            _ => None,
        });
        let (size, cookie) = asked?;
        let mut script = self.script();
        assert_eq!(search.sizelimit, 0, "a limit would hold for all pages together");
        let from = cookie.try_into().map(u64::from_be_bytes).map_or(0, |from| usize::try_from(from).expect("a place"));
        script.pages.push((connection, from));
        let doing = if script.page_at.contains(&script.pages.len()) { script.page.clone() } else { Doing::Answer };
        let size = usize::try_from(size).expect("a size").min(script.longest_page);
        let all = if script.unpaged { script.staff } else { size };
        let begin = from.saturating_sub(usize::from(script.repeats));
        let end = script.staff.min(begin + all);
        let mut answers: Vec<_> = (begin..end).map(|n| (LdapOp::SearchResultEntry(member(n)), Vec::new())).collect();
        let next = if end < script.staff { (end as u64).to_be_bytes().to_vec() } else { Vec::new() };
        let control = LdapControl::SimplePagedResults { size: 0, cookie: next };
        let controls = if script.unpaged { Vec::new() } else { vec![control] };
        answers.push((LdapOp::SearchResultDone(result(&doing)), controls));
        Some((doing, answers))
    }

    /// `None` ends the connection.
    fn answer(&self, request: &LdapMsg) -> Option<(Doing, Vec<LdapOp>)> {
        let mut script = self.script();
        Some(match &request.op {
            LdapOp::BindRequest(bind) => {
                let doing = if bind.dn == SERVICE {
                    script.service_binds += 1;
                    script.service_bind.clone()
                } else {
                    let LdapBindCred::Simple(password) = &bind.cred else { return None };
                    script.binds.push((bind.dn.clone(), password.clone()));
                    script.bind.clone()
                };
                let res = result(&doing);
                (doing, vec![LdapOp::BindResponse(LdapBindResponse { res, saslcreds: None })])
            }
            LdapOp::SearchRequest(search) => {
                script.searches.push(search.clone());
                let mut doing = Doing::Answer;
                if search.base.starts_with("<GUID=") {
                    doing = script.reading.clone();
                    if doing == Doing::HangUp {
                        doing = if script.hang_ups == 0 { Doing::Answer } else { Doing::HangUp };
                        script.hang_ups = script.hang_ups.saturating_sub(1);
                    }
                }
                let mut answers: Vec<LdapOp> = Vec::new();
                if script.reference {
                    let uris = vec!["ldaps://192.0.2.1/DC=x".to_owned()];
                    answers.push(LdapOp::SearchResultReference(LdapSearchResultReference { uris }));
                }
                let (mut entries, mut end) = found(&script, search);
                let limit = usize::try_from(search.sizelimit).unwrap_or(0);
                if script.keeps_limits && limit > 0 && entries.len() > limit {
                    entries.truncate(limit);
                    end = result(&Doing::Refuse(LdapResultCode::SizeLimitExceeded, ""));
                }
                answers.extend(entries.into_iter().map(LdapOp::SearchResultEntry));
                answers.push(LdapOp::SearchResultDone(end));
                (doing, answers)
            }
            LdapOp::ModifyRequest(modify) => {
                script.modifies.push((modify.clone(), request.ctrl.clone()));
                (script.modify.clone(), vec![LdapOp::ModifyResponse(result(&script.modify))])
            }
            LdapOp::AbandonRequest(_) => (Doing::Silence, Vec::new()),
            _ => return None,
        })
    }
}

/// A connection that is counted until its end.
struct Open(Controller);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.script().open -= 1;
    }
}

fn result(doing: &Doing) -> LdapResult {
    let (code, message) = match doing {
        Doing::Refuse(code, message) => (code.clone(), *message),
        _ => (LdapResultCode::Success, ""),
    };
    LdapResult { code, matcheddn: String::new(), message: message.to_owned(), referral: Vec::new() }
}

/// The GUID of the person with this number; 0 is the service account.
pub(crate) fn guid(number: usize) -> [u8; 16] {
    let number = u32::try_from(number).expect("not too many people") + 1;
    std::array::from_fn(|at| number.to_le_bytes()[at % 4])
}

/// Somebody of the staff, by number from 0.
fn member(number: usize) -> LdapSearchResultEntry {
    let name = format!("m{number:05}");
    let mut member = entry(
        &format!("CN={name},OU=Skola,{BASE}"),
        &[
            ("sAMAccountName", &name),
            ("sn", "Åström"),
            ("userAccountControl", "512"),
            ("pwdLastSet", "133801632001234567"),
            ("msDS-UserPasswordExpiryTimeComputed", "133801632001234567"),
        ],
    );
    let guid = vec![guid(1000 + number).to_vec()];
    member.attributes.push(LdapPartialAttribute { atype: "objectGUID".to_owned(), vals: guid });
    member
}

fn sid(rid: u32) -> Vec<u8> {
    let mut bytes = vec![1, 5, 0, 0, 0, 0, 0, 5];
    [21, 1, 2, 3, rid].iter().for_each(|part: &u32| bytes.extend(part.to_le_bytes()));
    bytes
}

fn person(number: usize, names: [&str; 3]) -> LdapSearchResultEntry {
    let mut entry = entry(
        &format!("CN={},OU=Skola,{BASE}", names[0].replace(',', "\\,")),
        &[
            ("sAMAccountName", names[0]),
            ("userPrincipalName", names[1]),
            ("mail", names[2]),
            ("objectClass", "user"),
            ("userAccountControl", "512"),
            ("msDS-User-Account-Control-Computed", "0"),
            ("pwdLastSet", "133801632001234567"),
            ("primaryGroupID", "513"),
        ],
    );
    let binary = [("objectGUID", guid(number).to_vec()), ("objectSid", sid(1104)), ("tokenGroups", sid(513))];
    let binary = binary.map(|(name, value)| LdapPartialAttribute { atype: name.to_owned(), vals: vec![value] });
    entry.attributes.extend(binary);
    entry
}

fn entry(dn: &str, attributes: &[(&str, &str)]) -> LdapSearchResultEntry {
    let attribute = |(name, value): &(&str, &str)| LdapPartialAttribute {
        atype: (*name).to_owned(),
        vals: vec![value.as_bytes().to_vec()],
    };
    LdapSearchResultEntry { dn: dn.to_owned(), attributes: attributes.iter().map(attribute).collect() }
}

fn found(script: &Script, search: &LdapSearchRequest) -> (Vec<LdapSearchResultEntry>, LdapResult) {
    let service = || person(0, ["svc", SERVICE, "svc@orebro.test"]);
    let people = || script.people.iter().enumerate().map(|(at, names)| person(at + 1, *names));
    let is_search_for = |name: &str| format!("{:?}", search.filter).contains(name);
    let entries: Vec<LdapSearchResultEntry> = match search.base.as_str() {
        "" => {
            let mut root = entry("", &[("supportedLDAPVersion", "3")]);
            let vals = script.controls.iter().map(|oid| oid.as_bytes().to_vec()).collect();
            root.attributes.push(LdapPartialAttribute { atype: "supportedControl".to_owned(), vals });
            vec![root]
        }
        BASE if search.scope == LdapSearchScope::Base => vec![entry(
            BASE,
            &[
                ("minPwdLength", "10"),
                ("pwdProperties", "1"),
                ("pwdHistoryLength", "5"),
                ("minPwdAge", "0"),
                ("lockoutThreshold", "5"),
                ("lockOutObservationWindow", "-18000000000"),
            ],
        )],
        BASE if is_search_for(SERVICE) => vec![service()],
        BASE => people().collect(),
        name if name.starts_with("<GUID=") => {
            let everybody = [service()].into_iter().chain(people()).enumerate();
            let hex = |number| guid(number).iter().map(|byte| format!("{byte:02x}")).collect::<String>();
            everybody.filter(|(number, _)| name.contains(&hex(*number))).map(|(_, entry)| entry).collect()
        }
        "OU=Skola,DC=orebro,DC=test" => vec![entry(&search.base, &[])],
        "CN=anna,OU=Skola,DC=orebro,DC=test" => people().take(1).collect(),
        "CN=Nej,DC=orebro,DC=test" => {
            let mut group = entry("CN=Nej,DC=orebro,DC=test", &[]);
            group.attributes.push(LdapPartialAttribute { atype: "objectSid".to_owned(), vals: vec![sid(513)] });
            let kind = script.group_type.map(|kind| kind.as_bytes().to_vec());
            group
                .attributes
                .push(LdapPartialAttribute { atype: "groupType".to_owned(), vals: kind.into_iter().collect() });
            vec![group]
        }
        _ => return (Vec::new(), result(&Doing::Refuse(LdapResultCode::NoSuchObject, "00002030: NameErr"))),
    };
    (entries, result(&Doing::Answer))
}
