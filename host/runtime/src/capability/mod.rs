//! What a guest may use, one capability a module: the trait that others implement (where there is state
//! behind it), the checks against `Limits`, and the host's side of the WIT interface.
//!
//! Three rules hold in all of them. The app's identity comes from the store's state, never from an argument.
//! Limits are checked before the implementation is called. And no panic leaves: an implementation that panics
//! is an error of that one call.

pub(crate) mod bus;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod http_out;
pub(crate) mod kv;
pub(crate) mod log;
pub(crate) mod operations;
pub(crate) mod random;
pub(crate) mod responder;
pub(crate) mod sql;
pub(crate) mod streams;

use std::{future::Future, panic::AssertUnwindSafe, sync::Arc};

use atoll_model::{AppName, Capability, CapabilityError};
use futures::FutureExt as _;

use crate::{
    LogSink,
    bindings::atoll::app::types,
    capability::{bus::Publisher, http_out::HttpClient, kv::KvStore, sql::SqlStore},
    state::CallState,
};

/// What a host has to offer; which of it an app gets is in its manifest.
#[derive(Clone)]
pub struct Capabilities {
    /// Keeps the apps' keys and values.
    pub kv: Arc<dyn KvStore>,
    /// Keeps the apps' databases.
    pub sql: Arc<dyn SqlStore>,
    /// Takes the apps' events.
    pub bus: Arc<dyn Publisher>,
    /// Sends the apps' HTTP requests.
    pub http: Arc<dyn HttpClient>,
    /// Takes the apps' log lines.
    pub logs: Arc<dyn LogSink>,
}

/// The line that a manifest lacks.
pub(crate) fn manifest_hint(capability: Capability) -> String {
    match capability {
        Capability::Kv => "add `kv = true` below [grants] in atoll.toml".into(),
        Capability::Sql => "add `sql = true` below [grants] in atoll.toml".into(),
        Capability::Bus => "add [[events.publishes]] with `type = \"…\"` to atoll.toml".into(),
        Capability::Http => "add `http = [\"https://…\"]` below [grants] in atoll.toml".into(),
        Capability::Secret => "add `secrets = [\"…\"]` below [grants] in atoll.toml".into(),
    }
}

impl CallState {
    pub(crate) fn check_granted(&self, capability: Capability) -> Result<(), CapabilityError> {
        if self.app.is_granted(capability) {
            return Ok(());
        }
        Err(CapabilityError::NotGranted { what: capability.to_string(), hint: manifest_hint(capability) })
    }
}

/// Something must not be larger than a limit.
pub(crate) fn at_most(
    what: &str,
    size: usize,
    limit: &'static str,
    max: usize,
) -> Result<(), CapabilityError> {
    if size <= max {
        return Ok(());
    }
    Err(CapabilityError::OverLimit { what: format!("{what} of {size}"), limit, value: max as u64 })
}

/// Runs an implementation of a capability; a panic becomes an error.
pub(crate) async fn guarded<T>(
    app: &AppName,
    what: &'static str,
    work: impl Future<Output = Result<T, CapabilityError>>,
) -> Result<T, CapabilityError> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!(%app, capability = what, "a capability panicked");
        Err(CapabilityError::Unavailable("it panicked".into()))
    })
}

/// What there was no room for in a call.
#[derive(Debug)]
pub(crate) struct NoRoom {
    pub(crate) what: String,
    pub(crate) limit: Option<(&'static str, u64)>,
}

impl CallState {
    /// The error as the guest sees it. What broke in the host is for the host's log.
    pub(crate) fn told_to_guest(&self, capability: &'static str, error: CapabilityError) -> types::Error {
        match error {
            CapabilityError::NotGranted { .. } => types::Error::NotGranted(error.to_string()),
            CapabilityError::Invalid(text) => types::Error::Invalid(text),
            CapabilityError::OverLimit { .. } => types::Error::OverLimit(error.to_string()),
            CapabilityError::OutOfStorage { what, limit } => {
                self.note_no_room(&what, limit);
                if limit.is_some() { types::Error::OverLimit(what) } else { types::Error::Unavailable(what) }
            }
            _ => {
                tracing::error!(app = %self.app_name(), capability, %error, "a capability failed");
                types::Error::Unavailable(format!("{capability}: the host could not do this now"))
            }
        }
    }

    /// Remembers it, so that a call which fails for it is not called the app's fault.
    pub(crate) fn note_no_room(&self, what: &str, limit: Option<(&'static str, u64)>) {
        // The first one is as good as any.
        let _ = self.no_room.set(Box::new(NoRoom { what: what.to_owned(), limit }));
    }
}
