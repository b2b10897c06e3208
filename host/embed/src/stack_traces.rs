//! Stack traces with the places of the author's source. The maps lie in the images; they are read when there is a
//! trace to show, one image at a time, and the ones used last are [`kept`].
//!
//! Log lines are kept as the sandbox wrote them and translated when they are read. The error of a call that failed
//! is translated at once, for whoever embeds the host.

mod kept;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use atoll_model::{AppName, Backend, Limits, LogLine, Revision, SourceMaps, looks_like_stack};
use atoll_runtime::{CallError, LogSink};
use atoll_store::Store;

use self::kept::KeptMaps;

/// The maps in a backend's image.
pub(crate) fn maps_of(backend: &Backend) -> Option<SourceMaps> {
    match backend {
        Backend::JavaScript { image, .. } => SourceMaps::parse(atoll_image::source_maps(image.bytes())?),
        Backend::Component { .. } => None,
    }
}

pub(crate) struct StackTraces {
    store: Arc<Store>,
    kept: Mutex<KeptMaps>,
    /// Held while maps are read. They can be large, and whoever waits often finds that they were the same.
    reading: tokio::sync::Mutex<()>,
}

impl StackTraces {
    pub(crate) fn new(store: Arc<Store>, limits: &Limits) -> Self {
        let kept = Mutex::new(KeptMaps::new(limits));
        Self { store, kept, reading: tokio::sync::Mutex::default() }
    }

    fn kept(&self) -> MutexGuard<'_, KeptMaps> {
        // A panic while holding the lock cannot leave the queue half changed.
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn maps(&self, app: &AppName, revision: Revision) -> Option<Arc<SourceMaps>> {
        let key = (app.clone(), revision);
        if let Some(maps) = self.kept().find(&key) {
            return maps;
        }
        let _reading = self.reading.lock().await;
        if let Some(maps) = self.kept().find(&key) {
            return maps;
        }
        let backend = match self.store.backend(app, revision).await {
            Ok(backend) => backend,
            Err(error) => {
                tracing::warn!(%app, %revision, %error, "the source maps cannot be read; a stack trace stays as it is");
                return None;
            }
        };
        // Decoding takes CPU time by the length of the app's code.
        let decoded = tokio::task::spawn_blocking(move || backend.as_ref().and_then(maps_of).map(Arc::new));
        let maps = decoded.await.unwrap_or_else(|error| {
            tracing::error!(%app, %revision, %error, "the source maps cannot be decoded");
            None
        });
        self.kept().keep(key, maps.clone());
        maps
    }

    /// A text of an app's revision, with the places in its stack traces translated.
    pub(crate) async fn translate(&self, app: &AppName, revision: Revision, text: String) -> String {
        if !looks_like_stack(&text) {
            return text;
        }
        match self.maps(app, revision).await {
            Some(maps) => maps.translate(&text).into_owned(),
            None => text,
        }
    }

    /// The same for a line of an app's log.
    pub(crate) async fn line(&self, app: &AppName, mut line: LogLine) -> LogLine {
        line.message = self.translate(app, Revision(line.revision), line.message).await;
        line
    }

    /// The same for why a call failed.
    pub(crate) async fn error(&self, app: &AppName, revision: Revision, error: CallError) -> CallError {
        match error {
            CallError::Failed { message, stack } => {
                CallError::Failed { message, stack: self.translate(app, revision, stack).await }
            }
            other => other,
        }
    }
}

/// The log of an app's tests, whose image is not kept.
pub(crate) struct TranslatedLog {
    pub(crate) maps: Option<Arc<SourceMaps>>,
    pub(crate) log: Arc<dyn LogSink>,
}

impl LogSink for TranslatedLog {
    fn write(&self, app: &AppName, mut lines: Vec<LogLine>) {
        if let Some(maps) = &self.maps {
            for line in &mut lines {
                line.message = maps.translate(&line.message).into_owned();
            }
        }
        self.log.write(app, lines);
    }
}
