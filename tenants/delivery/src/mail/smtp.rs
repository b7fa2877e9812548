//! Mail by SMTP submission, the conversation step by step: only so is it known what a lost connection means.
//!
//! lettre's own transport is not used. Its errors do not tell before or after the mail was handed over, its commands
//! have no deadline, and a deadline around it returns a connection to its pool in the middle of a conversation, where
//! the next mail would read the last one's answers.

use std::{fmt, net::SocketAddr, time::Duration};

use async_trait::async_trait;
use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{Credentials, Mechanism},
        client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters},
        commands,
        extension::{ClientId, Extension, MailBodyParameter, MailParameter},
        response::Severity,
    },
};
use portvakt_domain::{
    connect::{ConnectError, ConnectKind, Egress},
    delivery::{Mail, MailSender, Sent},
    tenant::{MailSecurity, MailSettings},
};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::{net::TcpStream, time::timeout};

use super::{
    message::{Letter, compose},
    pool::{Pool, leave},
    stream::Guarded,
};
use crate::{
    obstacle::obstacle,
    setup::{DeliverySetupError, authorities, wrong},
};

/// How long a mail server may take.
#[derive(Debug, Clone, Copy)]
pub struct MailDeadlines {
    /// From its name to its leave to send the mail.
    pub reach: Duration,
    /// From the mail's first byte to its answer: servers look for viruses in between.
    pub hand_over: Duration,
}

impl Default for MailDeadlines {
    fn default() -> Self {
        Self { reach: Duration::from_secs(15), hand_over: Duration::from_secs(40) }
    }
}

/// A tenant's mail server.
pub struct SmtpMail {
    host: String,
    port: u16,
    security: MailSecurity,
    tls: TlsParameters,
    sign_in: Option<(String, SecretString)>,
    from: Mailbox,
    deadlines: MailDeadlines,
    egress: Egress,
    pool: Pool,
}

impl fmt::Debug for SmtpMail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMail").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

/// A step before the mail itself, in words for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Connect,
    SignIn,
    Sender,
    Recipient,
    Data,
}

impl Step {
    fn words(self) -> &'static str {
        match self {
            Step::Connect => "the connection",
            Step::SignIn => "the sign-in",
            Step::Sender => "the sender",
            Step::Recipient => "the recipient",
            Step::Data => "the mail",
        }
    }
}

/// Why a mail got no leave to be sent.
struct Stopped {
    sent: Sent,
    step: Step,
}

impl Stopped {
    fn refused(step: Step, what: &str) -> Self {
        Self { sent: Sent::Refused { reason: format!("the mail server {what}") }, step }
    }

    fn not_sent(step: Step, what: &str) -> Self {
        Self { sent: Sent::NotSent { reason: format!("the mail server: {what}") }, step }
    }

    /// From an error before the mail's first byte.
    fn at(step: Step, error: &Error) -> Self {
        match answered(step, error) {
            Some(sent) => Self { sent, step },
            // lettre calls an answer broken off by the end of the connection a "response error".
            None if error.is_response() => {
                Self::not_sent(step, "the connection was lost, or its answer not understood")
            }
            None => Self::not_sent(step, obstacle(error)),
        }
    }
}

impl SmtpMail {
    /// The server that the settings describe.
    ///
    /// # Errors
    /// A setting can't be used.
    pub fn new(
        settings: &MailSettings,
        password: Option<SecretString>,
        egress: &Egress,
    ) -> Result<Self, DeliverySetupError> {
        Self::with_deadlines(settings, password, egress, MailDeadlines::default())
    }

    /// As [`SmtpMail::new`], with other deadlines.
    ///
    /// # Errors
    /// A setting can't be used.
    pub fn with_deadlines(
        settings: &MailSettings,
        password: Option<SecretString>,
        egress: &Egress,
        deadlines: MailDeadlines,
    ) -> Result<Self, DeliverySetupError> {
        let address: Address = settings.from.parse().map_err(|_| wrong("mail.from", "write a mail address"))?;
        if settings.from_name.contains(char::is_control) {
            return Err(wrong("mail.from_name", "write one line"));
        }
        let name = settings.from_name.trim();
        let from = Mailbox::new((!name.is_empty()).then(|| name.to_owned()), address);
        let sign_in = match (&settings.username, password) {
            (None, _) => None,
            (Some(name), Some(password)) if !name.is_empty() => Some((name.clone(), password)),
            (Some(name), _) if name.is_empty() => {
                return Err(wrong("mail.username", "leave it out where the server asks for none"));
            }
            (Some(_), _) => return Err(wrong("mail.password", "a user name needs a password")),
        };
        let mut tls = TlsParameters::builder(settings.host.as_str().to_owned());
        if let Some(pem) = &settings.ca_pem {
            tls = tls.certificate_store(CertificateStore::None);
            for der in authorities("mail.ca_pem", pem)? {
                let authority = Certificate::from_der(der.to_vec())
                    .map_err(|_| wrong("mail.ca_pem", "this certificate can't be read"))?;
                tls = tls.add_root_certificate(authority);
            }
        }
        let tls =
            tls.build().map_err(|error| DeliverySetupError::Protection { setting: "mail", source: error.into() })?;
        Ok(Self {
            host: settings.host.as_str().to_owned(),
            port: settings.port(),
            security: settings.security,
            tls,
            sign_in,
            from,
            deadlines,
            egress: egress.clone(),
            pool: Pool::default(),
        })
    }

    /// A connection that waits for the mail's first byte. Nothing was sent as long as this has not answered.
    async fn reach(&self, letter: &Letter) -> Result<AsyncSmtpConnection, Stopped> {
        if let Some(mut kept) = self.pool.take() {
            // A kept connection may have died without a word, so it gets a part of the time, and a new one a chance.
            match timeout(self.deadlines.reach / 3, self.announce(&mut kept, letter)).await {
                Ok(Ok(())) => return Ok(kept),
                Ok(Err(stopped)) if stopped.step > Step::Sender || matches!(stopped.sent, Sent::Refused { .. }) => {
                    leave(kept);
                    return Err(stopped);
                }
                Ok(Err(_)) | Err(_) => {}
            }
        }
        let mut connection = self.connect().await?;
        match self.announce(&mut connection, letter).await {
            Ok(()) => Ok(connection),
            Err(stopped) => {
                leave(connection);
                Err(stopped)
            }
        }
    }

    /// A new connection, protected and signed in.
    async fn connect(&self) -> Result<AsyncSmtpConnection, Stopped> {
        let addresses = self.addresses().await?;
        let connection = match self.security {
            MailSecurity::Tls => self.connect_tls(&addresses).await,
            MailSecurity::Starttls => self.connect_starttls(&addresses).await,
        };
        let mut connection = connection?;
        if !connection.is_encrypted() {
            return Err(Stopped::not_sent(Step::Connect, "the connection is not protected"));
        }
        if let Some((name, password)) = &self.sign_in {
            let known = [Mechanism::Plain, Mechanism::Login];
            if connection.server_info().get_auth_mechanism(&known).is_none() {
                return Err(Stopped::refused(Step::SignIn, "offers no sign-in by name and password"));
            }
            let credentials = Credentials::new(name.clone(), password.expose_secret().to_owned());
            connection.auth(&known, &credentials).await.map_err(|error| Stopped::at(Step::SignIn, &error))?;
        }
        Ok(connection)
    }

    /// The addresses that may be connected to, looked at just now. What the operator does not allow is not tried again.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, Stopped> {
        self.egress.addresses(ConnectKind::Smtp, &self.host, self.port).await.map_err(|error| match error {
            ConnectError::Refused(why) => {
                // Surely nothing was sent, and an operator may mend it: a notice must not be lost for that.
                Stopped { sent: Sent::NotSent { reason: format!("the mail server: {why}") }, step: Step::Connect }
            }
            ConnectError::Unresolved(error) => Stopped::not_sent(Step::Connect, obstacle(&error)),
        })
    }

    async fn connect_tls(&self, server: &[SocketAddr]) -> Result<AsyncSmtpConnection, Stopped> {
        let tls = Some(self.tls.clone());
        AsyncSmtpConnection::connect_tokio1(server, Some(self.deadlines.reach), &ClientId::default(), tls, None)
            .await
            .map_err(|error| Stopped::at(Step::Connect, &error))
    }

    async fn connect_starttls(&self, server: &[SocketAddr]) -> Result<AsyncSmtpConnection, Stopped> {
        let tcp =
            TcpStream::connect(server).await.map_err(|error| Stopped::not_sent(Step::Connect, obstacle(&error)))?;
        let hello = ClientId::default();
        let mut connection = AsyncSmtpConnection::connect_with_transport(Box::new(Guarded::new(tcp)), &hello)
            .await
            .map_err(|error| Stopped::at(Step::Connect, &error))?;
        if !connection.can_starttls() {
            return Err(Stopped::not_sent(Step::Connect, "it offers no protection (STARTTLS)"));
        }
        let protected = connection.starttls(self.tls.clone(), &hello).await;
        protected.map_err(|error| Stopped::at(Step::Connect, &error))?;
        Ok(connection)
    }

    /// MAIL, RCPT, DATA.
    async fn announce(&self, connection: &mut AsyncSmtpConnection, letter: &Letter) -> Result<(), Stopped> {
        let (from, to) = (&self.from.email, &letter.to);
        let mut parameters = Vec::new();
        let server = connection.server_info();
        if !(AsRef::<str>::as_ref(from).is_ascii() && AsRef::<str>::as_ref(to).is_ascii()) {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(Stopped::refused(Step::Sender, "takes no addresses with letters beyond a-z"));
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if !letter.bytes.is_ascii() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(Stopped::refused(Step::Sender, "takes no mail with letters beyond a-z in its headers"));
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        say(connection, Step::Sender, commands::Mail::new(Some(from.clone()), parameters)).await?;
        say(connection, Step::Recipient, commands::Rcpt::new(to.clone(), Vec::new())).await?;
        say(connection, Step::Data, commands::Data).await
    }

    /// Sends one mail, once.
    async fn deliver(&self, letter: &Letter) -> Sent {
        let mut connection = match timeout(self.deadlines.reach, self.reach(letter)).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(stopped)) => return stopped.sent,
            Err(_) => return Sent::NotSent { reason: "the mail server: it did not answer in time".to_owned() },
        };
        // From the first byte on, silence may mean that the server has the mail.
        let error = match timeout(self.deadlines.hand_over, connection.message(&letter.bytes)).await {
            Ok(Ok(answer)) if answer.code().severity == Severity::PositiveCompletion => {
                self.pool.park(connection);
                return Sent::Accepted { provider_id: None };
            }
            Ok(Ok(_)) => return unknown("gave an answer that makes no sense"),
            Ok(Err(error)) => error,
            Err(_) => return unknown("did not answer in time"),
        };
        match answered(Step::Data, &error) {
            Some(sent) => {
                leave(connection);
                sent
            }
            None => unknown("was lost or not understood before it answered"),
        }
    }
}

#[async_trait]
impl MailSender for SmtpMail {
    async fn send(&self, mail: &Mail) -> Sent {
        let sent = match compose(mail, &self.from) {
            Ok(letter) => self.deliver(&letter).await,
            Err(why) => Sent::Refused { reason: why.to_owned() },
        };
        tracing::debug!(outcome = ?sent, "mail handed to the mail server");
        sent
    }
}

/// Says one command and waits for leave to go on.
async fn say(connection: &mut AsyncSmtpConnection, step: Step, command: impl fmt::Display) -> Result<(), Stopped> {
    let answer = connection.command(command).await.map_err(|error| Stopped::at(step, &error))?;
    let awaited = if step == Step::Data { Severity::PositiveIntermediate } else { Severity::PositiveCompletion };
    if answer.code().severity == awaited {
        Ok(())
    } else {
        Err(Stopped::not_sent(step, "it gave an answer that makes no sense"))
    }
}

/// What a server's no means: 5xx for good, 4xx for now. `None` where it gave no answer.
fn answered(step: Step, error: &Error) -> Option<Sent> {
    let reason = format!("the mail server answered {} to {}", error.status()?, step.words());
    Some(if error.is_permanent() { Sent::Refused { reason } } else { Sent::NotSent { reason } })
}

fn unknown(what: &str) -> Sent {
    Sent::Unknown { reason: format!("the mail was handed over, and the mail server {what}") }
}
