//! One connection to a controller and the three things done on it: bind, search, modify. No retries, no deadlines.

use std::{collections::HashSet, sync::Arc, time::Duration};

use ldap3::{
    Ldap, LdapConnAsync, LdapConnSettings, LdapResult, Mod, Scope, SearchOptions, StdStream, controls::RawControl,
    exop::PasswordModify, result::ExopResult,
};
use portvakt_domain::{
    connect::{ConnectError, ConnectKind, Egress},
    directory::DirectoryError,
    tenant::LdapUrl,
};
use rustls::ClientConfig;
use tokio::{net::TcpStream, sync::OwnedSemaphorePermit, task::AbortHandle, time::timeout};

use crate::{
    entry::Entry,
    error_map::{self, Answer, Failure},
    filter::Filter,
    paging,
    ppolicy::{self, Reason},
    value::Value,
};

/// Where a controller is, how it is recognised, and how the connection is protected.
pub(crate) struct Endpoint {
    url: String,
    host: String,
    port: u16,
    host_and_port: String,
    starttls: bool,
    /// The password policy control is sent along.
    reasons: bool,
    tls: Arc<ClientConfig>,
    egress: Egress,
}

/// An open connection. Its driver is a task of its own, and ends with the last user of the connection: it must not stay
/// behind with a socket that swallows everything.
pub(crate) struct Connection {
    ldap: Ldap,
    driver: AbortHandle,
    reasons: bool,
    /// Given back when the connection is gone.
    _slot: OwnedSemaphorePermit,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

/// What is asked of the directory.
pub(crate) struct Search<'a> {
    /// Where to begin.
    pub(crate) base: &'a str,
    /// The entry itself, or all below it too.
    pub(crate) scope: Scope,
    /// Which entries.
    pub(crate) filter: Filter<'a>,
    /// What of them.
    pub(crate) attributes: &'a [&'static str],
    /// How many at most.
    pub(crate) limit: usize,
}

impl<'a> Search<'a> {
    /// One entry by its name.
    pub(crate) fn entry(name: &'a str, attributes: &'a [&'static str]) -> Self {
        Self { base: name, scope: Scope::Base, filter: Filter::ANY, attributes, limit: 1 }
    }

    /// What the controller says of itself.
    pub(crate) fn root(attributes: &'a [&'static str]) -> Self {
        Self::entry("", attributes)
    }
}

/// What came of a search.
pub(crate) struct Found {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// There were more than the limit.
    pub(crate) more: bool,
}

/// A part of an answer.
pub(crate) struct Page {
    /// The entries.
    pub(crate) entries: Vec<Entry>,
    /// What the next part is asked for with, on the same connection; `None`: this was the last one.
    pub(crate) next: Option<Vec<u8>>,
}

impl Endpoint {
    /// An endpoint that trusts only what `tls` trusts. An `ldap://` address is one that StartTLS is asked for, before
    /// anything else is said; there is no unprotected kind. With `reasons`, a server is asked why it refuses passwords.
    pub(crate) fn new(url: &LdapUrl, tls: Arc<ClientConfig>, egress: Egress, reasons: bool) -> Self {
        Self {
            url: url.to_string(),
            host: url.host().to_owned(),
            port: url.port(),
            host_and_port: format!("{}:{}", url.host(), url.port()),
            starttls: url.is_starttls(),
            reasons,
            tls,
            egress,
        }
    }

    /// Host and port.
    pub(crate) fn address(&self) -> &str {
        &self.host_and_port
    }

    /// Connects and does the TLS handshake. Must be called on the runtime that is to drive the connection. The slot is
    /// the connection's until its end.
    pub(crate) async fn open(&self, slot: OwnedSemaphorePermit) -> Result<Connection, DirectoryError> {
        let socket = self.connect().await?;
        let settings = LdapConnSettings::new()
            .set_config(self.tls.clone())
            .set_starttls(self.starttls)
            .set_std_stream(StdStream::Tcp(socket));
        let (driver, ldap) = LdapConnAsync::with_settings(settings, &self.url).await.map_err(error_map::connecting)?;
        let driver = tokio::spawn(async move {
            // Whoever waits for an answer hears of the end; here there is nobody to tell.
            let _ended = driver.drive().await;
        });
        Ok(Connection { ldap, driver: driver.abort_handle(), reasons: self.reasons, _slot: slot })
    }

    /// A socket to an address that was looked at just now; ldap3 gets no name to resolve, only one to verify. Without
    /// waiting for small packets to be gathered: left to itself ldap3 loses 40 ms before the first request.
    pub(crate) async fn connect(&self) -> Result<std::net::TcpStream, DirectoryError> {
        let found = self.egress.addresses(ConnectKind::Ldap, &self.host, self.port).await;
        let addresses = found.map_err(|error| match error {
            ConnectError::Refused(why) => DirectoryError::Misconfigured(why),
            ConnectError::Unresolved(error) => error_map::connecting(error.into()),
        })?;
        let connected = async {
            let socket = TcpStream::connect(addresses.as_slice()).await?;
            socket.set_nodelay(true)?;
            socket.into_std()
        };
        connected.await.map_err(|error: std::io::Error| error_map::connecting(error.into()))
    }
}

impl Connection {
    /// Whether the other side, or an error, ended it. A silent server is not noticed here.
    pub(crate) fn is_closed(&self) -> bool {
        self.driver.is_finished()
    }

    /// Presents a password. A reason may come with success too: such a connection is good for a change of password only.
    /// An empty one is not sent: a directory answers "success" to it (RFC 4513 5.1.2), which would let anyone in.
    pub(crate) async fn bind(&self, name: &str, password: &str) -> Result<Option<Reason>, Failure> {
        if name.is_empty() || password.is_empty() {
            return Err(DirectoryError::Misconfigured("a bind needs a name and a password".to_owned()).into());
        }
        let result = self.asking().simple_bind(name, password).await?;
        Answer::of(&result).map(|()| Reason::of(&result)).map_err(Failure::Answered)
    }

    /// A handle whose next request asks for reasons.
    fn asking(&self) -> Ldap {
        let mut ldap = self.ldap.clone();
        if self.reasons {
            ldap.with_controls(ppolicy::request());
        }
        ldap
    }

    /// Asks. Referrals and references to other servers are passed over, never followed.
    pub(crate) async fn search(&self, search: &Search<'_>) -> Result<Found, Failure> {
        self.search_with(search, None).await
    }

    /// The same, with a control that goes along.
    pub(crate) async fn search_with(&self, search: &Search<'_>, control: Option<RawControl>) -> Result<Found, Failure> {
        let (entries, end) = self.gather(search, search.limit, control).await?;
        match end.as_ref().map(Answer::of) {
            Some(Ok(())) => Ok(Found { entries, more: false }),
            None | Some(Err(Answer { result: SIZE_LIMIT_EXCEEDED, .. })) => Ok(Found { entries, more: true }),
            Some(Err(answer)) => Err(Failure::Answered(answer)),
        }
    }

    /// Asks for one page of what there is, of the search's limit: the first one without a cookie, the others with that of
    /// the one before. An answer that is not a page, or that a limit of the server's cut off, is an error.
    pub(crate) async fn page(&self, search: &Search<'_>, cookie: Vec<u8>) -> Result<Page, Failure> {
        let first = cookie.is_empty();
        // A size limit would hold for all pages together.
        let (entries, end) = self.gather(search, 0, Some(paging::request(search.limit, cookie))).await?;
        let end = end.ok_or_else(error_map::unpaged)?;
        Answer::of(&end).map_err(|answer| error_map::paging(answer, first))?;
        let next = paging::cookie(&end).ok_or_else(error_map::unpaged)?;
        Ok(Page { entries, next: Some(next).filter(|next| !next.is_empty()) })
    }

    /// Sends a search, and takes what comes. Without an end when there was more than the search's limit: then the rest is
    /// not waited for.
    async fn gather(
        &self,
        search: &Search<'_>,
        size_limit: usize,
        control: Option<RawControl>,
    ) -> Result<(Vec<Entry>, Option<LdapResult>), Failure> {
        let mut ldap = self.ldap.clone();
        if let Some(control) = control {
            ldap.with_controls(vec![control]);
        }
        let size_limit = i32::try_from(size_limit).unwrap_or(i32::MAX);
        ldap.with_search_options(SearchOptions::new().sizelimit(size_limit));
        let filter = search.filter.to_string();
        let mut answers = ldap.streaming_search(search.base, search.scope, &filter, search.attributes).await?;
        let mut entries = Vec::new();
        while let Some(answer) = answers.next().await? {
            if answer.is_ref() || answer.is_intermediate() {
                continue;
            }
            if entries.len() == search.limit {
                // Samba does not keep to a size limit.
                let id = answers.ldap_handle().last_id();
                answers.finish().await;
                self.ldap.clone().abandon(id).await?;
                return Ok((entries, None));
            }
            entries.push(Entry::read(answer).ok_or(Failure::Lost)?);
        }
        Ok((entries, Some(answers.finish().await)))
    }

    /// One entry by its name; `None` when there is none.
    pub(crate) async fn entry(&self, search: &Search<'_>) -> Result<Option<Entry>, Failure> {
        match self.search(search).await {
            Ok(found) => Ok(found.entries.into_iter().next()),
            Err(Failure::Answered(answer)) if answer.is_absence() => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Replaces values of one entry, all or none of them.
    pub(crate) async fn replace(
        &self,
        name: &str,
        values: Vec<(&'static str, Value)>,
        control: Option<RawControl>,
    ) -> Result<(), Failure> {
        let replace = |(attribute, value)| Mod::Replace(Value::text(attribute), HashSet::from([value]));
        let mut ldap = self.ldap.clone();
        if let Some(control) = control {
            ldap.with_controls(vec![control]);
        }
        let result = ldap.modify(name, values.into_iter().map(replace).collect()).await?;
        Answer::of(&result).map_err(Failure::Answered)
    }

    /// Exchanges one value of an attribute for another, if it has the first.
    pub(crate) async fn exchange(
        &self,
        name: &str,
        attribute: &'static str,
        old: Value,
        new: Value,
    ) -> Result<(), Failure> {
        let remove = Mod::Delete(Value::text(attribute), HashSet::from([old]));
        let add = Mod::Add(Value::text(attribute), HashSet::from([new]));
        let result = self.ldap.clone().modify(name, vec![remove, add]).await?;
        Answer::of(&result).map_err(Failure::Answered)
    }

    /// Sets a password by the password-modify operation (RFC 3062), if `old` is the present one or not asked for.
    pub(crate) async fn modify_password(&self, name: &str, old: Option<&str>, new: &str) -> Result<(), Failure> {
        let operation = PasswordModify { user_id: Some(name), old_pass: old, new_pass: Some(new) };
        let ExopResult(_, result) = self.asking().extended(operation).await?;
        Answer::of(&result).map_err(Failure::Answered)
    }

    /// One value in place of all that are there, or none at all.
    pub(crate) async fn put(&self, name: &str, attribute: &'static str, value: Option<Value>) -> Result<(), Failure> {
        let values = value.into_iter().collect();
        let result = self.ldap.clone().modify(name, vec![Mod::Replace(Value::text(attribute), values)]).await?;
        Answer::of(&result).map_err(Failure::Answered)
    }

    /// Says goodbye, without keeping anybody waiting for it.
    pub(crate) fn close(self) {
        tokio::spawn(async move {
            let _unheard = timeout(GOODBYE, self.ldap.clone().unbind()).await;
        });
    }
}

const SIZE_LIMIT_EXCEEDED: u32 = 4;
/// Longest wait for a connection to take leave.
const GOODBYE: Duration = Duration::from_secs(1);
