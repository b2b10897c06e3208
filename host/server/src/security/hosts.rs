//! Which `Host` header is ours.
//!
//! A web page can point its own host name at a loopback address (DNS rebinding) and is then of the same
//! origin as the host, as far as a browser can tell. So requests are answered for known names only.

use std::net::{IpAddr, Ipv6Addr};

use atoll::AppName;
use axum::extract::Request;
use http::{header, uri::Authority};

use crate::{ServerConfig, problem::Problem};

/// The site that a request came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Site {
    /// `host` or `host:port` in lower case, as the client named it; safe in a header or a URL.
    pub(crate) authority: String,
    /// The app whose own host name it is.
    pub(crate) app: Option<AppName>,
}

/// The names that are ours.
#[derive(Debug)]
pub(crate) struct HostRules {
    names: Vec<String>,
    any_address: bool,
    address: Option<IpAddr>,
}

/// The authority that a request names, for a server that answers to any.
pub(crate) fn authority(request: &Request) -> Result<Authority, Problem> {
    well_formed(named(request)?)
}

fn named(request: &Request) -> Result<&str, Problem> {
    let mut values = request.headers().get_all(header::HOST).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| bad("the Host header is not ASCII")),
        (None, _) => {
            request.uri().authority().map(Authority::as_str).ok_or_else(|| bad("the Host header is missing"))
        }
        (Some(_), Some(_)) => Err(bad("there is more than one Host header")),
    }
}

fn well_formed(text: &str) -> Result<Authority, Problem> {
    let authority: Authority = text.parse().map_err(|_| bad("the Host header is not host or host:port"))?;
    let port_is_good = match text.rsplit_once(':') {
        Some((_, port)) if !text.ends_with(']') => port.parse::<u16>().is_ok(),
        _ => true,
    };
    if text.contains('@') || !port_is_good {
        return Err(bad("the Host header is not host or host:port"));
    }
    Ok(authority)
}

impl HostRules {
    pub(crate) fn new(config: &ServerConfig) -> Self {
        let listen = config.listen.map(|address| address.ip().to_canonical());
        Self {
            names: config
                .allowed_hosts
                .iter()
                .map(|name| name.trim_end_matches('.').to_ascii_lowercase())
                .collect(),
            any_address: listen.is_some_and(|ip| ip.is_unspecified()),
            address: listen,
        }
    }

    /// The site of a request: of its `Host` header, or in HTTP/2 of its authority.
    pub(crate) fn site(&self, request: &Request) -> Result<Site, Problem> {
        self.parse(named(request)?)
    }

    fn parse(&self, text: &str) -> Result<Site, Problem> {
        let authority = well_formed(text)?;
        let host = authority.host().to_ascii_lowercase();
        let authority = text.to_ascii_lowercase();
        if let Some(label) = host.strip_suffix(".localhost") {
            let app = AppName::parse(label).map_err(|error| Problem::bad_request("bad-app-name", error))?;
            return Ok(Site { authority, app: Some(app) });
        }
        if host == "localhost" || self.names.contains(&host) || self.is_our_address(&host) {
            return Ok(Site { authority, app: None });
        }
        Err(Problem::new(421, "unknown-host", "Not this host").detail(format_args!(
            "this server does not answer for {host:?}; name it with `atoll serve --allow-host` or in the configuration's allowed_hosts"
        )))
    }

    fn is_our_address(&self, host: &str) -> bool {
        let plain = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let address = match plain {
            Some(v6) => v6.parse::<Ipv6Addr>().map(|ip| IpAddr::V6(ip).to_canonical()),
            None => host.parse::<IpAddr>(),
        };
        address.is_ok_and(|ip| ip.is_loopback() || self.any_address || Some(ip) == self.address)
    }
}

fn bad(detail: &str) -> Problem {
    Problem::bad_request("bad-host", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(config: &ServerConfig, host: &str) -> u16 {
        HostRules::new(config).parse(host).map_or_else(|problem| problem.status(), |_| 200)
    }

    #[test]
    fn loopback_and_configured_names_are_ours() {
        let config = ServerConfig {
            allowed_hosts: vec!["Atoll.Example.com".into()],
            listen: Some(([192, 0, 2, 7], 80).into()),
            ..ServerConfig::default()
        };
        for good in [
            "localhost",
            "LOCALHOST:8787",
            "127.0.0.1:1",
            "127.8.8.8",
            "[::1]:8787",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "todo.localhost:8787",
            "atoll.example.com",
            "192.0.2.7:80",
        ] {
            assert_eq!(status(&config, good), 200, "{good:?}");
        }
        for foreign in [
            "evil.example",
            "localhost.evil.example",
            "192.0.2.8",
            "127.0.0.1.nip.io",
            "2130706433",
            "0.0.0.0",
        ] {
            assert_eq!(status(&config, foreign), 421, "{foreign:?}");
        }
        for bad in
            ["", "a b", "localhost:99999", "user@localhost", "localhost:", "TO_DO.localhost", "a.b.localhost"]
        {
            assert_eq!(status(&config, bad), 400, "{bad:?}");
        }
    }

    #[test]
    fn an_unspecified_listen_address_answers_for_addresses_but_not_for_names() {
        let config = ServerConfig { listen: Some(([0, 0, 0, 0], 80).into()), ..ServerConfig::default() };
        assert_eq!(status(&config, "203.0.113.9:80"), 200);
        assert_eq!(status(&config, "rebound.example"), 421);
    }

    #[test]
    fn an_apps_own_host_name_names_the_app() {
        let site = HostRules::new(&ServerConfig::default()).parse("Todo.localhost:8787").unwrap();
        assert_eq!(site.app, Some(AppName::parse("todo").unwrap()));
        assert_eq!(site.authority, "todo.localhost:8787");
    }
}
