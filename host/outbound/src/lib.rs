//! HTTP requests of apps to the world.
//!
//! What flows in: an app's grants ([`OriginGrants`]) and a request ([`OutboundRequest`]). What flows out: a response
//! whose body is a stream ([`OutboundResponse`]), or an [`OutboundError`] that says what was refused and why.
//!
//! The way of a request, again for every redirect:
//!
//! 1. the URL lies in a granted origin, or nothing else happens;
//! 2. placeholders of secrets are replaced, where the grant of the secret covers the origin;
//! 3. the name is looked up, once; every address is checked against the refused ranges ([`AddressPolicy`]);
//! 4. the connection is made to exactly such an address, never to a name;
//! 5. the head and the body come back within bounds of size and time, decoded within bounds.
//!
//! What is deliberately absent: proxies (no environment variable changes where a request goes), cookies, caching,
//! HTTP/2 (`docs/decisions/0013-outbound-http.md` says why), WebAssembly, and any knowledge of who calls: the host
//! counts requests of a call, this room counts those of an app.

mod address;
mod client;
mod config;
mod connect;
mod connection;
mod decode;
mod error;
mod exchange;
mod grants;
mod headers;
mod placeholder;
mod pool;
mod progress;
mod received;
mod redirect;
mod request;
mod resolve;
mod response;
mod secret;
mod slots;
mod substitute;
mod tls;

pub use address::{AddressPolicy, Refusal};
pub use client::OutboundClient;
pub use config::OutboundConfig;
pub use error::{OutboundError, Phase, SecretProblem};
pub use grants::OriginGrants;
pub use ipnet::IpNet;
pub use placeholder::Placeholders;
pub use request::{BodyError, OutboundRequest, Redirect, RequestBody};
pub use resolve::{Resolve, SystemResolver};
pub use response::{OutboundResponse, ResponseBody};
pub use secret::{NoSecrets, SecretLookup, SecretValue};
