//! Events that the app publishes. Each type needs an `[[events.publishes]]` in `atoll.toml`.

use serde::Serialize;

use crate::{Error, bindings::http::atoll::app::bus as wit};

/// Publishes an event and answers its id. Durable when it returns.
///
/// # Errors
/// [`crate::CapabilityError`], or data that has no JSON form.
pub fn publish(event_type: &str, data: &impl Serialize) -> Result<String, Error> {
    Ok(wit::publish(event_type, &serde_json::to_string(data)?, None).map_err(crate::CapabilityError::from)?)
}

/// The same with an id of one's own: the same id again is the same event, and is not published twice.
///
/// # Errors
/// [`crate::CapabilityError`], or data that has no JSON form.
pub fn publish_once(id: &str, event_type: &str, data: &impl Serialize) -> Result<String, Error> {
    Ok(wit::publish(event_type, &serde_json::to_string(data)?, Some(id))
        .map_err(crate::CapabilityError::from)?)
}
