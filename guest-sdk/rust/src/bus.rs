//! Events that the app publishes. Each type needs an `[[events.publishes]]` in `atoll.toml`.

use serde::Serialize;

use crate::{CapabilityError, host::bus as wit};

/// Publishes an event and answers its id. Durable when it returns.
///
/// # Errors
/// [`CapabilityError`]; [`CapabilityError::Data`] for data that has no JSON form.
pub fn publish<T: Serialize + ?Sized>(event_type: &str, data: &T) -> Result<String, CapabilityError> {
    Ok(wit::publish(event_type, &json(data)?, None)?)
}

/// The same with an id of one's own: the same id again is the same event, and is not published twice.
///
/// # Errors
/// As [`publish`].
pub fn publish_once<T: Serialize + ?Sized>(
    id: &str,
    event_type: &str,
    data: &T,
) -> Result<String, CapabilityError> {
    Ok(wit::publish(event_type, &json(data)?, Some(id))?)
}

fn json<T: Serialize + ?Sized>(data: &T) -> Result<String, CapabilityError> {
    serde_json::to_string(data).map_err(|error| CapabilityError::data("an event's data", error))
}
