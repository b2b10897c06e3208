//! From a URL to a connection: look the name up once, check every address, dial exactly those that passed.
//!
//! Nothing here resolves a name a second time: what `dial` gets are addresses. A name that answers differently the
//! next time (DNS rebinding) is checked again the next time.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use atoll_model::{AppName, Limits, Origin};
use futures::{StreamExt, stream::FuturesUnordered};
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use crate::{AddressPolicy, OutboundError, Phase, Resolve, connection::Connection, pool::Key, slots::Slots};

/// Addresses of one name that are tried; a name with more is as good as one with these.
const ADDRESSES_MAX: usize = 8;

/// How long an address gets before the next one is tried beside it (RFC 8305, 5).
const HEAD_START: Duration = Duration::from_millis(250);

pub(crate) struct Connector {
    pub(crate) policy: AddressPolicy,
    pub(crate) resolver: Arc<dyn Resolve>,
    pub(crate) tls: Arc<ClientConfig>,
    pub(crate) lookups: Arc<Slots>,
    pub(crate) limits: Limits,
}

impl Connector {
    /// Makes a connection for the app that it will belong to.
    pub(crate) async fn connect(&self, url: &Url, key: &Key) -> Result<Connection, OutboundError> {
        let port = url.port_or_known_default().unwrap_or(0);
        let (host, addresses) = match url.host() {
            Some(Host::Domain(name)) => (name.to_owned(), self.look_up(name, &key.app).await?),
            Some(Host::Ipv4(address)) => (address.to_string(), vec![address.into()]),
            Some(Host::Ipv6(address)) => (address.to_string(), vec![address.into()]),
            None => return Err(OutboundError::Invalid { what: "its URL has no host".into() }),
        };
        let addresses = self.checked(&host, addresses)?;
        let connect_ms = self.limits.outbound_connect_ms;
        let connected = self.open(url, &host, &addresses, port, &key.origin);
        timeout(Duration::from_millis(connect_ms), connected).await.unwrap_or_else(|_| {
            Err(OutboundError::Timeout {
                phase: Phase::Connect,
                limit: "outbound_connect_ms",
                limit_ms: connect_ms,
            })
        })
    }

    async fn look_up(&self, name: &str, app: &AppName) -> Result<Vec<IpAddr>, OutboundError> {
        let failed = |reason: String| OutboundError::Lookup { host: name.to_owned(), reason };
        let limit_ms = self.limits.outbound_connect_ms;
        let looked_up = async {
            let slot = self.lookups.enter(app).await?;
            let (resolver, host) = (Arc::clone(&self.resolver), name.to_owned());
            // A task of its own: the system's resolver cannot be interrupted, and a look-up that nobody waits for
            // any more must still count as one until its thread is free.
            let lookup = tokio::spawn(async move {
                let addresses = resolver.resolve(&host).await;
                drop(slot);
                addresses
            });
            let addresses = lookup.await.map_err(|_| failed("the resolver failed".into()))?;
            addresses.map_err(|error| failed(error.to_string()))
        };
        timeout(Duration::from_millis(limit_ms), looked_up).await.unwrap_or(Err(OutboundError::Timeout {
            phase: Phase::Lookup,
            limit: "outbound_connect_ms",
            limit_ms,
        }))
    }

    /// The addresses that may be connected to.
    fn checked(&self, host: &str, addresses: Vec<IpAddr>) -> Result<Vec<IpAddr>, OutboundError> {
        let mut refused = None;
        let mut passed = Vec::new();
        for address in addresses {
            match self.policy.check(address) {
                Ok(()) => passed.push(address),
                Err(refusal) => {
                    tracing::debug!(host, %address, kind = refusal.kind, "an address is refused");
                    refused = Some(refusal);
                }
            }
        }
        if !passed.is_empty() {
            return Ok(alternate(passed));
        }
        Err(match refused {
            Some(refusal) => OutboundError::AddressRefused {
                host: host.to_owned(),
                range: refusal.range,
                kind: refusal.kind,
            },
            None => OutboundError::Lookup { host: host.to_owned(), reason: "it has no address".into() },
        })
    }

    async fn open(
        &self,
        url: &Url,
        host: &str,
        addresses: &[IpAddr],
        port: u16,
        origin: &Origin,
    ) -> Result<Connection, OutboundError> {
        let failed = |reason: String| OutboundError::Connect { origin: origin.to_string(), reason };
        let stream = dial(addresses, port).await.map_err(|error| failed(error.to_string()))?;
        // Small requests should not wait for each other.
        let _ = stream.set_nodelay(true);
        let header_bytes_max = self.limits.outbound_header_bytes_max;
        let opened = if url.scheme() == "https" {
            let untrusted = |reason: String| OutboundError::Tls { origin: origin.to_string(), reason };
            let name = ServerName::try_from(host.to_owned()).map_err(|error| untrusted(error.to_string()))?;
            let stream = TlsConnector::from(Arc::clone(&self.tls)).connect(name, stream).await;
            let stream = stream.map_err(|error| untrusted(error.to_string()))?;
            Connection::open(stream, header_bytes_max).await
        } else {
            Connection::open(stream, header_bytes_max).await
        };
        opened.map_err(|error| failed(error.to_string()))
    }
}

/// IPv6 and IPv4 in turns, each in its own order, so that a family without a route costs one head start.
fn alternate(addresses: Vec<IpAddr>) -> Vec<IpAddr> {
    let first_is_v6 = addresses.first().is_some_and(IpAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|a| a.is_ipv6() == first_is_v6);
    let (mut first, mut second) = (first.into_iter(), second.into_iter());
    let mut ordered = Vec::new();
    while ordered.len() < ADDRESSES_MAX {
        let before = ordered.len();
        ordered.extend(first.next());
        ordered.extend(second.next());
        if ordered.len() == before {
            break;
        }
    }
    ordered.truncate(ADDRESSES_MAX);
    ordered
}

/// Connects to the first address that answers ("happy eyeballs").
async fn dial(addresses: &[IpAddr], port: u16) -> std::io::Result<TcpStream> {
    let mut attempts = FuturesUnordered::new();
    let mut rest = addresses.iter();
    let mut failure = None;
    loop {
        if let Some(address) = rest.next() {
            attempts.push(TcpStream::connect(SocketAddr::new(*address, port)));
        }
        let more = !rest.as_slice().is_empty();
        tokio::select! {
            attempt = attempts.next() => match attempt {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => failure = Some(error),
                None => {
                    return Err(failure.unwrap_or_else(|| std::io::Error::other("there is no address")));
                }
            },
            () = tokio::time::sleep(HEAD_START), if more => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let addresses = ["2a00::1", "2a00::2", "2a00::3", "1.1.1.1"].map(|a| a.parse().unwrap());
        let ordered: Vec<String> = alternate(addresses.to_vec()).iter().map(ToString::to_string).collect();
        assert_eq!(ordered, ["2a00::1", "1.1.1.1", "2a00::2", "2a00::3"]);
        assert_eq!(alternate(vec![addresses[0]; 100]).len(), ADDRESSES_MAX);
    }
}
