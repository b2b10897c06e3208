//! Who is trusted: Mozilla's certificate authorities, compiled in, and those that the operator adds.
//!
//! Compiled in rather than read from the machine: every node of a host trusts the same, a container image needs no
//! certificate bundle, and no environment variable changes whom an app's secrets go to.

use std::sync::Arc;

use rustls::{
    ClientConfig, RootCertStore,
    client::Resumption,
    crypto::ring,
    pki_types::CertificateDer,
    version::{TLS12, TLS13},
};

/// Servers whose session tickets are remembered.
const SESSIONS_MAX: usize = 128;

pub(crate) fn client_config(
    extra_roots: &[CertificateDer<'static>],
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for root in extra_roots {
        roots.add(root.clone())?;
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[&TLS13, &TLS12])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    config.resumption = Resumption::in_memory_sessions(SESSIONS_MAX);
    Ok(Arc::new(config))
}
