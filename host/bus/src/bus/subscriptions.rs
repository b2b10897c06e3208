//! Which apps hear what: beginning, changing and ending subscriptions.

use std::sync::{Arc, atomic::Ordering};

use atoll_model::{AppName, EventPattern, manifest::SubscribeFrom};

use super::Bus;
use crate::{BusError, delivery::Subscriber};

impl Bus {
    /// Makes an app hear what matches any of the patterns, from now on. An app that is subscribed already
    /// goes on where it stands; changed patterns count for what is published from about now on. No patterns
    /// at all end the subscription.
    ///
    /// # Errors
    /// [`BusError::DiskFull`] or [`BusError::Log`] when it cannot be stored; nothing has changed then.
    pub async fn subscribe_app(&self, app: &AppName, patterns: &[EventPattern]) -> Result<(), BusError> {
        self.subscribe_app_from(app, patterns, SubscribeFrom::Now).await
    }

    /// The same, and says where an app that is not subscribed yet begins: from now on, or with the oldest event
    /// that is kept.
    ///
    /// # Errors
    /// As [`Bus::subscribe_app`].
    pub async fn subscribe_app_from(
        &self,
        app: &AppName,
        patterns: &[EventPattern],
        from: SubscribeFrom,
    ) -> Result<(), BusError> {
        if patterns.is_empty() {
            return self.unsubscribe_app(app).await;
        }
        let _subscribing = self.inner.subscribing.lock().await;
        let inner = &self.inner;
        let known = inner.routes.get(app);
        let routed = inner.routes.routed.load(Ordering::Acquire);
        let unchanged = known.as_ref().is_some_and(|s| *s.lock().patterns == *patterns);
        if unchanged {
            return Ok(());
        }
        // One that is at work has its own place; one that is idle has passed everything that was routed.
        let at_least = known.as_ref().filter(|s| !s.is_busy()).map_or(0, |_| routed);
        let cursor = inner.log.subscribe(app, patterns, from, at_least).await?;
        let subscriber = match known {
            Some(subscriber) => {
                subscriber.skip_to(at_least, patterns);
                subscriber
            }
            None => Arc::new(Subscriber::new(app.clone(), patterns, cursor, Vec::new())),
        };
        inner.routes.insert(Arc::clone(&subscriber), patterns);
        // Something may have been routed between the two lines above and the one before them.
        let routed = inner.routes.routed.load(Ordering::Acquire);
        if subscriber.tell(|inbox| inbox.target = inbox.target.max(routed)) {
            inner.send_courier(subscriber);
        }
        Ok(())
    }

    /// Ends an app's subscription, and with it what waits for the app; a delivery that runs is cut off. Its
    /// dead letters stay. An app that is not subscribed is no error; one that returns starts from then.
    ///
    /// # Errors
    /// [`BusError::DiskFull`] or [`BusError::Log`] when it cannot be stored.
    pub async fn unsubscribe_app(&self, app: &AppName) -> Result<(), BusError> {
        let _subscribing = self.inner.subscribing.lock().await;
        self.part_with(app).await;
        self.inner.log.unsubscribe(app).await
    }

    /// Forgets a deleted app: its subscription, what waits for it, and its dead letters. Its events stay.
    ///
    /// # Errors
    /// [`BusError::DiskFull`] or [`BusError::Log`] when it cannot be stored.
    pub async fn forget_app(&self, app: &AppName) -> Result<(), BusError> {
        let _subscribing = self.inner.subscribing.lock().await;
        self.part_with(app).await;
        self.inner.log.forget(app).await
    }

    async fn part_with(&self, app: &AppName) {
        if let Some(subscriber) = self.inner.routes.get(app) {
            self.inner.routes.remove(app);
            let _ = subscriber.tell(|inbox| inbox.removed = true);
            // What its courier still writes down must not come after what the caller does next.
            subscriber.idle().await;
        }
    }
}
