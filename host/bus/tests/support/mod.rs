//! A handler that answers as a test says and remembers what it was given.
#![allow(dead_code, reason = "each test file uses its own part")]

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use atoll_bus::{Bus, DeadLetter, Delivery, EmbeddedLog, EventHandler};
use atoll_model::{AppName, Event, EventDraft, EventPattern, EventType, Limits};
use tempfile::TempDir;
use tokio::sync::watch;

/// One delivery that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Delivered {
    pub(crate) app: AppName,
    pub(crate) event: Event,
    pub(crate) attempt: u32,
    pub(crate) done: bool,
}

type Answer = dyn Fn(&Delivered, usize) -> Option<Delivery> + Send + Sync;

pub(crate) struct Answers {
    answer: Box<Answer>,
    delivered: Mutex<Vec<Delivered>>,
    count: watch::Sender<usize>,
}

impl Answers {
    pub(crate) fn by(answer: impl Fn(&Delivered, usize) -> Delivery + Send + Sync + 'static) -> Arc<Self> {
        Self::with(move |delivered, count| Some(answer(delivered, count)))
    }

    pub(crate) fn done() -> Arc<Self> {
        Self::by(|_, _| Delivery::Done)
    }

    pub(crate) fn never() -> Arc<Self> {
        Self::with(|_, _| None)
    }

    fn with(answer: impl Fn(&Delivered, usize) -> Option<Delivery> + Send + Sync + 'static) -> Arc<Self> {
        Arc::new(Self { answer: Box::new(answer), delivered: Mutex::default(), count: watch::Sender::new(0) })
    }

    pub(crate) fn all(&self) -> Vec<Delivered> {
        self.delivered.lock().unwrap().clone()
    }

    pub(crate) async fn wait_until(&self, enough: impl Fn(&[Delivered]) -> bool) -> Vec<Delivered> {
        let mut count = self.count.subscribe();
        count.wait_for(|_| enough(&self.all())).await.unwrap();
        self.all()
    }

    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Delivered> {
        self.wait_until(|all| all.len() >= count).await
    }
}

#[async_trait]
impl EventHandler for Answers {
    async fn deliver(&self, app: &AppName, event: &Event, attempt: u32) -> Delivery {
        let mut delivered = Delivered { app: app.clone(), event: event.clone(), attempt, done: false };
        let count = self.delivered.lock().unwrap().len();
        let answer = (self.answer)(&delivered, count);
        delivered.done = answer == Some(Delivery::Done);
        self.delivered.lock().unwrap().push(delivered);
        self.count.send_modify(|count| *count += 1);
        match answer {
            Some(answer) => answer,
            None => std::future::pending().await,
        }
    }
}

/// Three attempts, a millisecond apart.
pub(crate) fn quick_limits() -> Limits {
    Limits {
        delivery_attempts_max: 3,
        delivery_backoff_ms: 1,
        delivery_backoff_ms_max: 2,
        ..Limits::default()
    }
}

pub(crate) async fn start(handler: &Arc<Answers>) -> (Bus, Arc<Answers>, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let log = EmbeddedLog::open(&dir.path().join("events.db")).await.unwrap();
    let bus = Bus::start(Arc::new(log), handler.clone(), &quick_limits()).await.unwrap();
    (bus, handler.clone(), dir)
}

pub(crate) fn app(name: &str) -> AppName {
    AppName::parse(name).unwrap()
}

pub(crate) fn patterns(texts: &[&str]) -> Vec<EventPattern> {
    texts.iter().map(|text| EventPattern::parse(text).unwrap()).collect()
}

pub(crate) fn draft(event_type: &str, data: serde_json::Value) -> EventDraft {
    EventDraft {
        event_type: EventType::parse(event_type).unwrap(),
        id: None,
        subject: None,
        data,
        hops: 0,
        trace: None,
    }
}

/// The dead letters, once there are so many. They are written just after the last attempt.
pub(crate) async fn dead_letters(bus: &Bus, count: usize) -> Vec<DeadLetter> {
    loop {
        let letters = bus.dead_letters(None, None, 100).await.unwrap().letters;
        if letters.len() >= count {
            return letters;
        }
        tokio::task::yield_now().await;
    }
}
