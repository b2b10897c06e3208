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
    // This configuration is shared by all apps: how fast a handshake goes must not tell one of them whom another
    // calls. Within an app connections are kept.
    config.resumption = Resumption::disabled();
    Ok(Arc::new(config))
}
