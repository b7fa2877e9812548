//! The protection of every connection: TLS by rustls, and the tenant's own certificate authority alone.

use std::sync::Arc;

use portvakt_domain::directory::DirectoryError;
use rustls::{
    CertificateError, ClientConfig, Error, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};

/// A client that trusts the authorities in this PEM text and nothing else: not the system's, not ldap3's.
pub(crate) fn client(ca_pem: &str) -> Result<Arc<ClientConfig>, DirectoryError> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|_| DirectoryError::Misconfigured("directory.ca_pem: no version of TLS is available".to_owned()))?;
    Ok(Arc::new(builder.with_root_certificates(roots(ca_pem)?).with_no_client_auth()))
}

/// The authorities in this PEM text.
pub(crate) fn roots(ca_pem: &str) -> Result<RootCertStore, DirectoryError> {
    let wrong = |what: &str| DirectoryError::Misconfigured(format!("directory.ca_pem: {what}"));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        let certificate = certificate.map_err(|_| wrong("a certificate in it can't be read"))?;
        roots.add(certificate).map_err(|_| wrong("a certificate in it is malformed"))?;
    }
    if roots.is_empty() {
        return Err(wrong("it holds no certificate"));
    }
    Ok(roots)
}

/// What a failed handshake means, in words for the person who sets the tenant up. `None` for what may pass by itself.
pub(crate) fn misconfiguration(error: &Error) -> Option<&'static str> {
    use CertificateError as Wrong;
    match error {
        Error::InvalidCertificate(wrong) => Some(match wrong {
            Wrong::UnknownIssuer | Wrong::BadSignature => {
                "the controller's certificate is not signed by the certificate authority in directory.ca_pem"
            }
            Wrong::NotValidForName | Wrong::NotValidForNameContext { .. } => {
                "the controller's certificate does not name the host in directory.url"
            }
            Wrong::Expired | Wrong::ExpiredContext { .. } => "the controller's certificate has expired",
            Wrong::NotValidYet | Wrong::NotValidYetContext { .. } => "the controller's certificate is not valid yet",
            Wrong::InvalidPurpose | Wrong::InvalidPurposeContext { .. } => {
                "the controller's certificate is not one for servers"
            }
            _ => "the controller's certificate is not acceptable",
        }),
        Error::InvalidMessage(_) => Some("the port in directory.url does not speak TLS"),
        Error::AlertReceived(_) | Error::PeerIncompatible(_) => {
            Some("the controller and the platform have no TLS version or cipher in common")
        }
        _ => None,
    }
}
