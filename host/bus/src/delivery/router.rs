//! Reads the log once, in order, wakes the subscribers it is for, and passes it on to live readers.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
};

use atoll_model::{AppName, Event, EventPattern};

use super::subscriber::{Subscriber, wants};
use crate::bus::Inner;

/// Events between two looks at whether old ones can go.
const EVENTS_BETWEEN_PRUNINGS: u64 = 1_024;
/// Events removed in one write.
const PRUNED_PER_WRITE: usize = 2_048;

/// Which subscribers hear a type. A type is looked up by its prefixes, so that the number of subscribers that
/// do not hear it does not matter.
#[derive(Default)]
pub(crate) struct Routes {
    index: RwLock<Index>,
    /// Everything up to here has been passed on.
    pub(crate) routed: AtomicU64,
}

#[derive(Default)]
struct Index {
    subscribers: HashMap<AppName, Arc<Subscriber>>,
    /// By pattern: `todo.created`, `todo.*`, `*`.
    by_pattern: HashMap<EventPattern, Vec<Arc<Subscriber>>>,
}

impl Routes {
    pub(crate) fn get(&self, app: &AppName) -> Option<Arc<Subscriber>> {
        self.read().subscribers.get(app).cloned()
    }

    pub(crate) fn len(&self) -> usize {
        self.read().subscribers.len()
    }

    pub(crate) fn all(&self) -> Vec<Arc<Subscriber>> {
        self.read().subscribers.values().cloned().collect()
    }

    /// Adds a subscriber, or changes what it hears.
    pub(crate) fn insert(&self, subscriber: Arc<Subscriber>, patterns: &[EventPattern]) {
        let mut index = self.index.write().unwrap_or_else(PoisonError::into_inner);
        index.remove(&subscriber.app);
        for pattern in patterns {
            let listed = index.by_pattern.entry(pattern.clone()).or_default();
            if !listed.iter().any(|other| other.app == subscriber.app) {
                listed.push(Arc::clone(&subscriber));
            }
        }
        index.subscribers.insert(subscriber.app.clone(), subscriber);
    }

    pub(crate) fn remove(&self, app: &AppName) {
        self.index.write().unwrap_or_else(PoisonError::into_inner).remove(app);
    }

    /// The subscribers that get an event; one of several matching patterns may be named twice.
    fn matching(&self, event: &Event) -> Vec<Arc<Subscriber>> {
        let index = self.read();
        if index.by_pattern.is_empty() {
            return Vec::new();
        }
        let text = event.event_type.as_str();
        let below = text.match_indices('.').map(|(at, _)| format!("{}.*", &text[..at]));
        let patterns = below.chain([text.to_owned(), "*".to_owned()]);
        let patterns = patterns.filter_map(|pattern| EventPattern::parse(&pattern).ok());
        let listed = patterns.filter_map(|pattern| index.by_pattern.get(&pattern).map(|all| (pattern, all)));
        listed
            .flat_map(|(pattern, all)| all.iter().map(move |subscriber| (pattern.clone(), subscriber)))
            .filter(|(pattern, subscriber)| wants(&subscriber.app, std::slice::from_ref(pattern), event))
            .map(|(_, subscriber)| Arc::clone(subscriber))
            .collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Index> {
        self.index.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Index {
    fn remove(&mut self, app: &AppName) {
        if self.subscribers.remove(app).is_some() {
            self.by_pattern.retain(|_, listed| {
                listed.retain(|subscriber| subscriber.app != *app);
                !listed.is_empty()
            });
        }
    }
}

/// Follows the log until the bus stops.
pub(crate) async fn route(inner: Arc<Inner>) {
    let Ok(everything) = EventPattern::parse("*") else { return };
    let everything = [everything];
    let mut last = inner.log.last_sequence();
    let mut pruned_at = inner.routes.routed.load(Ordering::Acquire);
    loop {
        let routed = inner.routes.routed.load(Ordering::Acquire);
        if *last.borrow_and_update() <= routed {
            tokio::select! {
                changed = last.changed() => if changed.is_err() { return },
                () = inner.stopping.notified() => return,
            }
            continue;
        }
        match inner.log.read(routed, &everything, inner.limits.events_page_max).await {
            Ok(page) => {
                for event in page.events {
                    pass_on(&inner, event);
                }
                inner.routes.routed.store(page.through.max(routed), Ordering::Release);
            }
            Err(error) => {
                tracing::error!(%error, "the event log cannot be read; trying again");
                tokio::time::sleep(super::courier::PAUSE).await;
            }
        }
        if routed.saturating_sub(pruned_at) >= EVENTS_BETWEEN_PRUNINGS {
            pruned_at = routed;
            prune(&inner).await;
        }
    }
}

fn pass_on(inner: &Arc<Inner>, event: Event) {
    for subscriber in inner.routes.matching(&event) {
        if subscriber.wake(event.sequence) {
            inner.send_courier(subscriber);
        }
    }
    inner.live.send(event);
}

/// Writes down how far those are that have nothing to do, and removes what everybody has passed.
pub(crate) async fn prune(inner: &Inner) {
    inner.advance_idle().await;
    loop {
        match inner.log.prune(inner.limits.events_kept_max, PRUNED_PER_WRITE).await {
            Ok(PRUNED_PER_WRITE) => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(%error, "old events cannot be removed");
                return;
            }
        }
    }
}
