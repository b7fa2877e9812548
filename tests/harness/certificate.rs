//! Certificates for doubles on the loopback address.

use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _};
use tokio_rustls::TlsAcceptor;

/// A certificate for `127.0.0.1` and `localhost`, and the authority that signed it, all as PEM.
#[derive(Clone)]
pub struct LoopbackCertificate {
    /// The authority's certificate.
    pub ca_pem: String,
    /// The server's certificate.
    pub certificate_pem: String,
    /// The server's key.
    pub key_pem: String,
}

impl LoopbackCertificate {
    /// A new authority and a new certificate.
    ///
    /// # Panics
    /// When no key can be made.
    pub fn new() -> Self {
        Self::make().expect("rcgen makes keys and certificates")
    }

    fn make() -> Result<Self, rcgen::Error> {
        let mut authority = CertificateParams::new(Vec::new())?;
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.distinguished_name.push(DnType::CommonName, "Authority of a test double");
        let authority_key = KeyPair::generate()?;
        let ca_pem = authority.self_signed(&authority_key)?.pem();
        let key = KeyPair::generate()?;
        let server = CertificateParams::new(["127.0.0.1".to_owned(), "localhost".to_owned()])?;
        let certificate_pem = server.signed_by(&key, &Issuer::new(authority, authority_key))?.pem();
        Ok(Self { ca_pem, certificate_pem, key_pem: key.serialize_pem() })
    }

    /// What a server that is the double's takes connections with.
    ///
    /// # Panics
    /// When the certificate and its key do not fit.
    pub fn acceptor(&self) -> TlsAcceptor {
        let chain = CertificateDer::pem_slice_iter(self.certificate_pem.as_bytes())
            .collect::<Result<Vec<_>, _>>()
            .expect("the certificate is PEM");
        let key = PrivateKeyDer::from_pem_slice(self.key_pem.as_bytes()).expect("the key is PEM");
        let config =
            rustls::ServerConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
                .expect("the certificate and its key fit");
        TlsAcceptor::from(Arc::new(config))
    }
}
