//! TLS: who is trusted, and for which name.

use std::sync::Arc;

use atoll_model::Limits;
use atoll_outbound::{OutboundClient, OutboundConfig, OutboundError};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};
use tokio_rustls::TlsAcceptor;

use crate::{
    server::{Server, respond},
    world::{config, fetch, get, granted},
};

/// A certificate authority of the test's own.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self { issuer: CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap() }
    }

    fn root(&self) -> CertificateDer<'static> {
        self.issuer.der().clone()
    }

    /// A server's end of TLS, for these names.
    fn acceptor(&self, names: &[&str], alpn: &[&[u8]]) -> TlsAcceptor {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new(names).unwrap().signed_by(&key, &self.issuer).unwrap();
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.to_vec()).collect();
        TlsAcceptor::from(Arc::new(config))
    }
}

async fn serve(tls: TlsAcceptor) -> Server {
    Server::start_on("127.0.0.1", Some(tls), |_| respond("200 OK", "", "over TLS")).await
}

fn trusting(root: Option<CertificateDer<'static>>) -> OutboundClient {
    let config = OutboundConfig { extra_roots: root.into_iter().collect(), ..config(Limits::default()) };
    OutboundClient::new(config).unwrap()
}

#[tokio::test]
async fn a_trusted_server_answers_by_name_and_by_address() {
    let authority = Authority::new();
    // A server that would rather speak HTTP/2 is asked for HTTP/1.1.
    let server = serve(authority.acceptor(&["api.test", "127.0.0.1"], &[b"h2", b"http/1.1"])).await;
    let client = trusting(Some(authority.root()));
    for host in ["api.test", "127.0.0.1"] {
        let origin = format!("https://{host}:{}", server.port());
        for _ in 0..2 {
            assert_eq!(
                fetch(&client, &granted(&[&origin]), get(&origin)).await.unwrap(),
                "over TLS",
                "{host}"
            );
        }
    }
    assert_eq!(server.connections(), 2, "one for each origin");
}

#[tokio::test]
async fn nobody_else_is_trusted() {
    let (ours, theirs) = (Authority::new(), Authority::new());
    let server = serve(ours.acceptor(&["api.test"], &[])).await;
    let cases = [
        ("an authority that nobody named", trusting(None), "api.test"),
        ("another authority", trusting(Some(theirs.root())), "api.test"),
        ("another name", trusting(Some(ours.root())), "b.test"),
        ("the address in place of the name", trusting(Some(ours.root())), "127.0.0.1"),
    ];
    for (case, client, host) in cases {
        let origin = format!("https://{host}:{}", server.port());
        let error = fetch(&client, &granted(&[&origin]), get(&origin)).await.unwrap_err();
        assert!(matches!(error, OutboundError::Tls { .. }), "{case}: {error}");
    }
    assert!(server.seen().is_empty(), "no request left before the server was trusted");
}

#[tokio::test]
async fn a_server_without_tls_is_not_spoken_to_without() {
    let server = Server::start(|_| respond("200 OK", "", "plain")).await;
    let origin = format!("https://a.test:{}", server.port());
    let error = fetch(&trusting(None), &granted(&[&origin]), get(&origin)).await.unwrap_err();
    assert!(matches!(error, OutboundError::Tls { .. }), "{error}");
}

#[tokio::test]
async fn a_redirect_out_of_tls_needs_a_grant_of_its_own() {
    let authority = Authority::new();
    let plain = Server::start(|_| respond("200 OK", "", "plain")).await;
    let to = plain.named("api.test");
    let location = to.clone();
    let tls = authority.acceptor(&["api.test"], &[]);
    let server =
        Server::start_on("127.0.0.1", Some(tls), move |_| crate::server::redirect(302, &location)).await;
    let origin = format!("https://api.test:{}", server.port());
    let client = trusting(Some(authority.root()));
    let error = fetch(&client, &granted(&[&origin]), get(&origin)).await.unwrap_err();
    assert!(matches!(error, OutboundError::NotGranted { .. }), "{error}");
    assert_eq!(plain.connections(), 0);
    assert_eq!(fetch(&client, &granted(&[&origin, &to]), get(&origin)).await.unwrap(), "plain");
}

#[tokio::test]
async fn what_is_no_authority_is_refused_at_the_start() {
    let config = OutboundConfig {
        extra_roots: vec![CertificateDer::from(vec![1, 2, 3])],
        ..OutboundConfig::default()
    };
    assert!(OutboundClient::new(config).unwrap_err().to_string().contains("certificate authority"));
}
