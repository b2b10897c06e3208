//! How many of a kind (requests, look-ups) run at the same time: in the host, and of one app. More wait, in order, and
//! only so many.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use atoll_model::AppName;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::OutboundError;

/// The places of a host.
pub(crate) struct Slots {
    host: Arc<Semaphore>,
    per_app: usize,
    queue: usize,
    /// Apps that have one running or waiting, and no others.
    apps: Mutex<HashMap<AppName, Places>>,
}

struct Places {
    places: Arc<Semaphore>,
    /// Those that run or wait.
    users: usize,
}

/// A place: whoever has it may run until this is dropped.
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
    /// So many in the host, so many of one app, and so many of it that may wait.
    pub(crate) fn new(host: usize, per_app: usize, queue: usize) -> Self {
        Self {
            host: Arc::new(Semaphore::new(host.clamp(1, Semaphore::MAX_PERMITS))),
            per_app: per_app.clamp(1, Semaphore::MAX_PERMITS),
            queue,
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
        let slots = Arc::new(Slots::new(2, 1, 1));
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
