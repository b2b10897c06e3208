//! Why a request to the world failed. Messages are for the app's author: they name origins and limits, never the
//! address that a name resolved to.

use atoll_model::CapabilityError;
use ipnet::IpNet;

/// Why a request to the world failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OutboundError {
    /// The request itself makes no sense.
    #[error("this request cannot be sent: {what}")]
    Invalid {
        /// What is wrong.
        what: String,
    },
    /// The app may not reach this origin. Nothing was looked up or sent to it.
    #[error("{origin} is not granted to this app; {}", grant_hint(origin))]
    NotGranted {
        /// The origin.
        origin: String,
    },
    /// The host has no address that may be connected to.
    #[error(
        "{host} is {kind} ({range}), which apps may not reach; the operator of the host can allow the range"
    )]
    AddressRefused {
        /// The host of the URL.
        host: String,
        /// The refused range.
        range: IpNet,
        /// What that range is.
        kind: &'static str,
    },
    /// The name has no address.
    #[error("the name {host} cannot be looked up: {reason}")]
    Lookup {
        /// The name.
        host: String,
        /// Why.
        reason: String,
    },
    /// No connection.
    #[error("{origin} cannot be connected to: {reason}")]
    Connect {
        /// The origin.
        origin: String,
        /// Why.
        reason: String,
    },
    /// No trustworthy connection.
    #[error("{origin} has no connection that can be trusted: {reason}")]
    Tls {
        /// The origin.
        origin: String,
        /// Why.
        reason: String,
    },
    /// The other side does not speak HTTP as it should.
    #[error("{origin} sent what is not valid HTTP: {reason}")]
    Protocol {
        /// The origin.
        origin: String,
        /// Why.
        reason: String,
    },
    /// The connection ended in the middle.
    #[error("{origin} broke off: {reason}")]
    Broken {
        /// The origin.
        origin: String,
        /// Why.
        reason: String,
    },
    /// It took too long.
    #[error("{phase} took longer than the limit {limit} = {limit_ms} ms")]
    Timeout {
        /// What took too long.
        phase: Phase,
        /// The field of `Limits`, or `deadline`.
        limit: &'static str,
        /// Its value.
        limit_ms: u64,
    },
    /// The caller's own deadline has passed.
    #[error("the call's own time ended before the request did")]
    Deadline,
    /// Something was larger than it may be.
    #[error("{what} is over the limit {limit} = {value}")]
    TooLarge {
        /// What.
        what: &'static str,
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// Too many requests of this app are waiting.
    #[error("too many requests of this app wait to be sent: the limit {limit} = {value}")]
    Busy {
        /// The field of `Limits`.
        limit: &'static str,
        /// Its value.
        value: u64,
    },
    /// The redirects do not end.
    #[error("the request was redirected more often than the limit outbound_redirects_max = {max}")]
    TooManyRedirects {
        /// The limit's value.
        max: u32,
    },
    /// A redirect that is not followed.
    #[error("the redirect is not followed: {reason}")]
    RedirectRefused {
        /// Why.
        reason: String,
    },
    /// The body is not what its `content-encoding` says.
    #[error("the response cannot be decoded as {coding}: {reason}")]
    Decode {
        /// The `content-encoding`.
        coding: &'static str,
        /// Why.
        reason: String,
    },
    /// A placeholder cannot be replaced.
    #[error("the secret {name} {problem}")]
    Secret {
        /// Its name, or what stands in its place.
        name: String,
        /// Why.
        problem: SecretProblem,
    },
    /// Whoever wrote the request's body gave up.
    #[error("the request's body broke off: {reason}")]
    RequestBody {
        /// Why.
        reason: String,
    },
}

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Looking the name up.
    Lookup,
    /// Connecting.
    Connect,
    /// Waiting for the response's headers.
    Head,
    /// Waiting for more of a body.
    Idle,
    /// All of it.
    Total,
}

impl std::fmt::Display for Phase {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Lookup => "looking the name up",
            Self::Connect => "connecting",
            Self::Head => "waiting for the response's headers",
            Self::Idle => "waiting for more of the response",
            Self::Total => "the whole request",
        })
    }
}

/// Why a placeholder cannot be replaced.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretProblem {
    /// Its grant does not cover the origin.
    #[error("may not be sent to {origin}; its grant in atoll.toml names other origins")]
    OtherOrigin {
        /// The origin.
        origin: String,
    },
    /// It stands in a query, and its grant says nothing of queries.
    #[error("may not stand in a URL; send it in a header, or add query = true to its grant in atoll.toml")]
    InQuery,
    /// It has not been set.
    #[error("has no value on this host")]
    Unset,
    /// It holds a line break or another control character.
    #[error("cannot stand in a header: it holds a control character")]
    NotAHeader,
    /// A text that looks like a placeholder and is none of this app on this host.
    #[error("is not a placeholder of this app; read it from env in every call, and do not store it")]
    Unknown,
    /// The host could not look it up; the cause is in the host's log.
    #[error("cannot be looked up now")]
    Unavailable,
}

fn grant_hint(origin: &str) -> String {
    format!("add \"{origin}\" to http under [grants] in atoll.toml")
}

impl From<OutboundError> for CapabilityError {
    fn from(error: OutboundError) -> Self {
        match error {
            OutboundError::NotGranted { origin } => {
                Self::NotGranted { hint: grant_hint(&origin), what: origin }
            }
            OutboundError::AddressRefused { ref host, .. } => {
                Self::NotGranted { what: host.clone(), hint: error.to_string() }
            }
            OutboundError::TooLarge { what, limit, value } => {
                Self::OverLimit { what: what.into(), limit, value }
            }
            OutboundError::Busy { limit, value } => {
                Self::OverLimit { what: "waiting requests".into(), limit, value }
            }
            OutboundError::Timeout { phase, limit, limit_ms } => {
                Self::OverLimit { what: phase.to_string(), limit, value: limit_ms }
            }
            OutboundError::TooManyRedirects { max } => Self::OverLimit {
                what: "the chain of redirects".into(),
                limit: "outbound_redirects_max",
                value: max.into(),
            },
            OutboundError::Invalid { .. }
            | OutboundError::RedirectRefused { .. }
            | OutboundError::Secret { .. }
            | OutboundError::RequestBody { .. } => Self::Invalid(error.to_string()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}
