//! What an operator chooses about the server. Limits are the host's ([`atoll::Limits`]).

use std::{net::SocketAddr, time::Duration};

/// How the server is reached. `Default` answers to loopback names only.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Names under which the host is reached besides loopback addresses, `localhost`, `*.localhost` and the
    /// listen address: `atoll.example.com`. A request for another name is refused, so that a web page cannot
    /// reach the host by pointing its own name at it (DNS rebinding).
    pub allowed_hosts: Vec<String>,
    /// The address that the listener is bound to; [`crate::run`] fills it in. For an unspecified address
    /// (`0.0.0.0`, `::`) requests may name the host by any IP address.
    pub listen: Option<SocketAddr>,
    /// How long the token in an app's page is good for; a page that is open longer loads itself again.
    pub frame_token_ttl: Duration,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self { allowed_hosts: Vec::new(), listen: None, frame_token_ttl: Duration::from_secs(24 * 60 * 60) }
    }
}
