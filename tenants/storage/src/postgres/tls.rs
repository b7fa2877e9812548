//! TLS to the server: the certificate is always verified, by the operator's own authority or by the system's.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use rustls_platform_verifier::BuilderVerifierExt as _;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::StorageError;

/// A connector that trusts the authorities in `ca_pem` and nobody else, or the system's where there is none.
pub(super) fn connector(ca_pem: Option<&str>) -> Result<MakeRustlsConnect, StorageError> {
    let refused = |error: rustls::Error| StorageError::Internal(error.into());
    let builder = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(refused)?;
    let config = match ca_pem {
        None => builder.with_platform_verifier().map_err(refused)?.with_no_client_auth(),
        Some(pem) => builder.with_root_certificates(roots(pem)?).with_no_client_auth(),
    };
    Ok(MakeRustlsConnect::new(config))
}

fn roots(pem: &str) -> Result<RootCertStore, StorageError> {
    let unreadable = |why: String| {
        StorageError::Internal(format!("the certificate authority of the database can't be read: {why}").into())
    };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem.as_bytes()) {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unreadable("it holds no certificate".to_owned()));
    }
    Ok(roots)
}
