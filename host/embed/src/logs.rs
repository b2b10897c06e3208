//! The latest log lines of every app, and a live view of them. Kept in memory, bounded; a restart forgets.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use atoll_model::{AppName, LogLine};
use atoll_runtime::LogSink;
use tokio::sync::broadcast;

/// Lines a live reader may be behind before it misses some.
const FOLLOW_LAG_LINES_MAX: usize = 1_024;

pub(crate) struct LogBook {
    lines_per_app_max: usize,
    lines: Mutex<HashMap<AppName, VecDeque<LogLine>>>,
    live: broadcast::Sender<(AppName, LogLine)>,
}

impl LogBook {
    pub(crate) fn new(lines_per_app_max: usize) -> Self {
        let (live, _) = broadcast::channel(FOLLOW_LAG_LINES_MAX);
        Self { lines_per_app_max, lines: Mutex::default(), live }
    }

    fn lines(&self) -> MutexGuard<'_, HashMap<AppName, VecDeque<LogLine>>> {
        // A panic while holding the lock cannot leave a queue half changed.
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The latest lines of an app, oldest first.
    pub(crate) fn latest(&self, app: &AppName, count: usize) -> Vec<LogLine> {
        let lines = self.lines();
        let Some(queue) = lines.get(app) else { return Vec::new() };
        queue.iter().skip(queue.len().saturating_sub(count)).cloned().collect()
    }

    /// Every line from now on, of all apps.
    pub(crate) fn follow(&self) -> broadcast::Receiver<(AppName, LogLine)> {
        self.live.subscribe()
    }

    pub(crate) fn forget(&self, app: &AppName) {
        self.lines().remove(app);
    }
}

impl LogSink for LogBook {
    fn write(&self, app: &AppName, new: Vec<LogLine>) {
        if self.live.receiver_count() > 0 {
            for line in &new {
                // No reader is no error.
                let _ = self.live.send((app.clone(), line.clone()));
            }
        }
        let mut lines = self.lines();
        let queue = match lines.get_mut(app) {
            Some(queue) => queue,
            None => lines.entry(app.clone()).or_default(),
        };
        queue.extend(new);
        let excess = queue.len().saturating_sub(self.lines_per_app_max);
        queue.drain(..excess);
    }
}
