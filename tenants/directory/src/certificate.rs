//! The certificate that a controller shows: verified as ever, and kept for whoever asks how long it lasts.

use std::sync::{Arc, Mutex, PoisonError};

use portvakt_domain::{check::Verdict, directory::DirectoryError, time::Instant};
use rustls::{
    ClientConfig, DigitallySignedStruct, Error, SignatureScheme,
    client::{
        WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use x509_parser::{certificate::X509Certificate, prelude::FromDer as _};

use crate::tls;

/// With fewer days left than this it is time to renew.
const SOON_DAYS: i64 = 30;

/// What a controller showed last.
#[derive(Debug, Default)]
pub(crate) struct Shown(Mutex<Option<Vec<u8>>>);

/// Verifies as rustls does, and keeps the certificate.
#[derive(Debug)]
struct Witness {
    verifier: Arc<WebPkiServerVerifier>,
    shown: Arc<Shown>,
}

/// A client that trusts the authorities in this PEM text and nothing else, and what it was shown.
pub(crate) fn client(ca_pem: &str) -> Result<(Arc<ClientConfig>, Arc<Shown>), DirectoryError> {
    let roots = Arc::new(tls::roots(ca_pem)?);
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider)
        .build()
        .map_err(|_| DirectoryError::Misconfigured("directory.ca_pem: it can't be used".to_owned()))?;
    let mut config = Arc::unwrap_or_clone(tls::client(ca_pem)?);
    let shown = Arc::new(Shown::default());
    config.dangerous().set_certificate_verifier(Arc::new(Witness { verifier, shown: shown.clone() }));
    Ok((Arc::new(config), shown))
}

impl Shown {
    /// When it ends. `None` before the first handshake, and where it can't be read.
    pub(crate) fn end(&self) -> Option<Instant> {
        let shown = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, certificate) = X509Certificate::from_der(shown.as_deref()?).ok()?;
        chrono::DateTime::from_timestamp(certificate.validity().not_after.timestamp(), 0)
    }

    /// What an accepted certificate's end means.
    pub(crate) fn verdict(&self, now: Instant) -> Verdict {
        let Some(ends) = self.end() else {
            return Verdict::Warning("its end can't be read".to_owned());
        };
        let days = (ends - now).num_days();
        let detail = format!("{days} days left, until {}", ends.format("%Y-%m-%d"));
        if days < SOON_DAYS { Verdict::Warning(detail) } else { Verdict::Passed(detail) }
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        *self.shown.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(end_entity.to_vec());
        self.verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}
