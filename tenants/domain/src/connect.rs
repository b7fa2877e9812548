//! Where a tenant's settings may make us connect: the operator's allow-list, asked for each address just before it is
//! connected to.

mod ranges;
mod rule;
#[cfg(test)]
mod tests;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use async_trait::async_trait;

pub use ranges::internal;
pub use rule::{AllowedHost, AllowedNetwork};

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectKind {
    /// To a controller of the directory.
    Ldap,
    /// To the mail server.
    Smtp,
    /// To an SMS gateway.
    Sms,
}

impl ConnectKind {
    /// Its name in metrics and logs.
    pub fn as_str(self) -> &'static str {
        match self {
            ConnectKind::Ldap => "ldap",
            ConnectKind::Smtp => "smtp",
            ConnectKind::Sms => "sms",
        }
    }
}

/// What the operator allows one tenant. Without a word of the operator: every public address, and no other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ConnectRules {
    /// Networks that are not public and allowed all the same.
    pub networks: Vec<AllowedNetwork>,
    /// The only hosts that are allowed at public addresses; empty: all are.
    pub hosts: Vec<AllowedHost>,
}

impl ConnectRules {
    /// Whether a connection for `host` may go to this address.
    ///
    /// # Errors
    /// It may not, and why.
    pub fn allowed(&self, host: &str, address: IpAddr, port: u16) -> Result<(), Refusal> {
        // What looks like IPv6 and reaches IPv4 is judged as what it reaches.
        let address = address.to_canonical();
        if self.networks.iter().any(|network| network.holds(address, port)) {
            return Ok(());
        }
        let refused = |why| Err(Refusal { host: host.to_owned(), address: SocketAddr::new(address, port), why });
        if let Some(range) = internal(address) {
            return refused(Why::Internal(range));
        }
        if !self.hosts.is_empty() && !self.hosts.iter().any(|allowed| allowed.matches(host, port)) {
            return refused(Why::NotNamed);
        }
        Ok(())
    }
}

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// It is not public: what kind of address it is.
    Internal(&'static str),
    /// It is public, and the operator names the hosts that are allowed.
    NotNamed,
}

/// A connection that the operator does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The host, as the settings write it.
    pub host: String,
    /// Where it leads.
    pub address: SocketAddr,
    /// Why not.
    pub why: Why,
}

impl Refusal {
    /// What the operator is to be asked for, so that it works.
    pub fn mend(&self, tenant: &str) -> String {
        match self.why {
            Why::Internal(_) => format!("ask the operator to allow {} for {tenant}", self.address),
            Why::NotNamed => {
                format!("ask the operator to allow {}:{} for {tenant}", self.host, self.address.port())
            }
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.why {
            Why::Internal(range) => write!(f, "{} is {range} and not allowed", self.address),
            Why::NotNamed => write!(f, "{} is not among the hosts that are allowed", self.host),
        }
    }
}

/// Turns a name into addresses.
#[async_trait]
pub trait Resolver: Send + Sync {
    /// The host's addresses, in the order in which they are to be tried.
    ///
    /// # Errors
    /// The name is not known, or nobody can be asked.
    async fn resolve(&self, host: &str) -> io::Result<Vec<IpAddr>>;
}

/// Told of every connection that was refused.
pub trait RefusalObserver: Send + Sync {
    /// A connection of a tenant was refused. `mend` says what the operator is to be asked for.
    fn refused(&self, tenant: &str, kind: ConnectKind, refusal: &Refusal, mend: &str);
}

/// Why there is nothing to connect to.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Every address of the host is refused. Says what to do.
    #[error("{0}")]
    Refused(String),
    /// The host's name can't be resolved.
    #[error("its name can't be resolved")]
    Unresolved(#[source] io::Error),
}

/// The one way out for what a tenant's settings name.
#[derive(Clone)]
pub struct Egress {
    tenant: String,
    rules: ConnectRules,
    resolver: Arc<dyn Resolver>,
    observer: Arc<dyn RefusalObserver>,
}

impl Egress {
    /// The way out of the tenant of this short name.
    pub fn new(
        tenant: &str,
        rules: ConnectRules,
        resolver: Arc<dyn Resolver>,
        observer: Arc<dyn RefusalObserver>,
    ) -> Self {
        Self { tenant: tenant.to_owned(), rules, resolver, observer }
    }

    /// The addresses of a host that may be connected to. Ask before each connection, and connect to nothing else: a name
    /// may lead elsewhere a moment later. Where a host has several addresses, those that are refused are left out.
    ///
    /// # Errors
    /// None is left, or there was none.
    pub async fn addresses(&self, kind: ConnectKind, host: &str, port: u16) -> Result<Vec<SocketAddr>, ConnectError> {
        let literal = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
        let found = match literal {
            Ok(address) => vec![address],
            Err(_) => self.resolver.resolve(host).await.map_err(ConnectError::Unresolved)?,
        };
        let mut allowed = Vec::with_capacity(found.len());
        let mut refusal = None;
        for address in found {
            match self.rules.allowed(host, address, port) {
                Ok(()) => allowed.push(SocketAddr::new(address.to_canonical(), port)),
                Err(refused) => _ = refusal.get_or_insert(refused),
            }
        }
        match refusal {
            _ if !allowed.is_empty() => Ok(allowed),
            Some(refusal) => {
                let mend = refusal.mend(&self.tenant);
                self.observer.refused(&self.tenant, kind, &refusal, &mend);
                Err(ConnectError::Refused(format!("{refusal}: {mend}")))
            }
            None => Err(ConnectError::Unresolved(io::Error::new(io::ErrorKind::NotFound, "it has no address"))),
        }
    }
}
