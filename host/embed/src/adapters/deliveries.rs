//! Events from the bus into the sandbox.

use std::sync::Arc;

use async_trait::async_trait;
use atoll_bus::{Delivery, EventHandler};
use atoll_model::{AppName, Event};
use atoll_runtime::{AppCache, CallError, DeliveryOutcome, Runtime};

use crate::spans::Spans;

pub(crate) struct Deliveries {
    pub(crate) apps: Arc<AppCache>,
    pub(crate) runtime: Arc<Runtime>,
    pub(crate) spans: Spans,
}

#[async_trait]
impl EventHandler for Deliveries {
    async fn deliver(&self, app: &AppName, event: &Event, attempt: u32) -> Delivery {
        let loaded = match self.apps.get(app).await {
            Ok(Some(loaded)) => loaded,
            // Deleted while the event was on its way.
            Ok(None) => return Delivery::Done,
            Err(error) => return Delivery::Retry(error.to_string()),
        };
        let trace = self.spans.delivery(app, event, attempt);
        match self.runtime.deliver_traced(&loaded, event, attempt, trace).await {
            Ok(handled) => match handled.value {
                DeliveryOutcome::Done => Delivery::Done,
                DeliveryOutcome::Retry(failure) => Delivery::Retry(failure.message),
                DeliveryOutcome::Reject(reason) => Delivery::Reject(reason),
            },
            // An app may subscribe for its page alone.
            Err(CallError::NoHandler { .. }) => Delivery::Done,
            Err(error) => Delivery::Retry(error.to_string()),
        }
    }
}
