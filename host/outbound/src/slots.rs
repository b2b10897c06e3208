//! How many requests run at the same time: in the host, and of one app. More wait, in order, and only so many.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atoll_model::{AppName, Limits};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::OutboundError;

/// The places of a host.
pub(crate) struct Slots {
    host: Arc<Semaphore>,
    per_app: usize,
    queue: usize,
    /// Apps that have a request running or waiting, and no others.
    apps: Mutex<HashMap<AppName, Places>>,
}

struct Places {
    places: Arc<Semaphore>,
    /// Requests that run or wait.
    users: usize,
}

/// A place: the request may run until this is dropped.
pub(crate) struct Slot {
    _app: OwnedSemaphorePermit,
    _host: OwnedSemaphorePermit,
    _entry: Entry,
}

/// One user of an app's places; the last one takes the app out of the map.
struct Entry {
    slots: Arc<Slots>,
    app: AppName,
}

impl Slots {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            host: Arc::new(Semaphore::new(limits.outbound_concurrent_max.clamp(1, Semaphore::MAX_PERMITS))),
            per_app: limits.outbound_per_app_concurrent_max.clamp(1, Semaphore::MAX_PERMITS),
            queue: limits.outbound_per_app_queue_max,
            apps: Mutex::new(HashMap::new()),
        }
    }

    /// Waits for a place.
    pub(crate) async fn enter(self: &Arc<Self>, app: &AppName) -> Result<Slot, OutboundError> {
        let (entry, places) = self.join(app)?;
        // The semaphores are never closed, so that neither error can happen.
        let closed = |_| OutboundError::Busy { limit: "outbound_concurrent_max", value: 0 };
        let of_app = places.acquire_owned().await.map_err(closed)?;
        let of_host = Arc::clone(&self.host).acquire_owned().await.map_err(closed)?;
        Ok(Slot { _app: of_app, _host: of_host, _entry: entry })
    }

    fn join(self: &Arc<Self>, app: &AppName) -> Result<(Entry, Arc<Semaphore>), OutboundError> {
        let mut apps = self.apps.lock().unwrap_or_else(PoisonError::into_inner);
        let places = apps
            .entry(app.clone())
            .or_insert_with(|| Places { places: Arc::new(Semaphore::new(self.per_app)), users: 0 });
        if places.users >= self.per_app.saturating_add(self.queue) {
            return Err(OutboundError::Busy {
                limit: "outbound_per_app_queue_max",
                value: self.queue as u64,
            });
        }
        places.users += 1;
        Ok((Entry { slots: Arc::clone(self), app: app.clone() }, Arc::clone(&places.places)))
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut apps = self.slots.apps.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = apps.get_mut(&self.app) {
            places.users -= 1;
            if places.users == 0 {
                apps.remove(&self.app);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[tokio::test]
    async fn an_app_waits_for_its_own_places_and_leaves_nothing_behind() {
        let limits = Limits {
            outbound_per_app_concurrent_max: 1,
            outbound_per_app_queue_max: 1,
            outbound_concurrent_max: 2,
            ..Limits::default()
        };
        let slots = Arc::new(Slots::new(&limits));
        let [a, b] = ["a", "b"].map(|name| AppName::parse(name).unwrap());
        let first = slots.enter(&a).await.unwrap();
        let mut second = Box::pin(slots.enter(&a));
        assert!(second.as_mut().now_or_never().is_none(), "one runs");
        let third = slots.enter(&a).await;
        assert!(matches!(third, Err(OutboundError::Busy { limit: "outbound_per_app_queue_max", value: 1 })));
        let other = slots.enter(&b).await.unwrap();
        drop(first);
        let second = second.await.unwrap();
        drop((second, other));
        assert!(slots.apps.lock().unwrap().is_empty());
        assert_eq!(slots.host.available_permits(), 2);
    }
}
