//! The registry: which apps there are, which revision of each is active, and what belongs to a revision.
//!
//! The active revisions are also kept in memory: which app answers is asked at every request. Memory is
//! changed only after the disk.

mod deploy;
mod read;
mod rows;
mod schema;

use std::{
    collections::BTreeMap,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
};

use atoll_model::{AppName, BackendId, ContentHash, Limits, Manifest, Revision};
use atoll_sqlite::{Readers, Writer, open_writer};
use jiff::Timestamp;

use crate::StoreError;

pub(crate) use rows::check_app;

/// Connections for reading the registry: sources, modules and lists are read; the active revisions are in
/// memory.
const READERS: usize = 2;

/// An app and its active revision.
#[derive(Clone, Debug, PartialEq)]
pub struct AppRecord {
    /// Its name.
    pub name: AppName,
    /// The active revision.
    pub revision: Revision,
    /// The hash of that revision's source folder.
    pub hash: ContentHash,
    /// That revision's manifest.
    pub manifest: Manifest,
    /// That revision's backend; `None` for a page without one.
    pub backend: Option<BackendId>,
    /// The entry module of that revision's page, below the app's assets; `None` without a page.
    pub frontend_entry: Option<String>,
    /// When the app was first deployed.
    pub created_at: Timestamp,
    /// When the active revision was deployed.
    pub updated_at: Timestamp,
}

/// A revision that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RevisionRecord {
    /// Its number.
    pub revision: Revision,
    /// The hash of its source folder.
    pub hash: ContentHash,
    /// When it was deployed.
    pub created_at: Timestamp,
    /// Whether it is the one that answers.
    pub active: bool,
}

/// What a deploy did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deployed {
    /// The active revision now.
    pub revision: Revision,
    /// Whether the active revision already was this source: nothing was switched.
    pub unchanged: bool,
}

/// `registry.db` and its copy in memory.
pub(crate) struct Registry {
    pub(crate) writer: Writer,
    pub(crate) readers: Arc<Readers>,
    active: Arc<RwLock<BTreeMap<AppName, AppRecord>>>,
}

impl Registry {
    /// Opens the registry. Blocks on the disk.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Self, StoreError> {
        let mut connection = open_writer(path)?;
        schema::SCHEMA.apply(&mut connection)?;
        let active = rows::all_active(&connection)?;
        let active = active.into_iter().map(|record| (record.name.clone(), record)).collect();
        let writer = Writer::start("registry", connection, limits.write_queue_max, |_| {})?;
        let readers = Arc::new(Readers::open(path, READERS)?);
        Ok(Self { writer, readers, active: Arc::new(RwLock::new(active)) })
    }

    pub(crate) fn active(&self, app: &AppName) -> Option<AppRecord> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).get(app).cloned()
    }

    pub(crate) fn all(&self) -> Vec<AppRecord> {
        self.active.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.active.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// A question that other databases' writers ask: is there such an app?
    pub(crate) fn known(&self) -> Known {
        Known(Arc::clone(&self.active))
    }

    fn set(&self, record: AppRecord) {
        let mut active = self.active.write().unwrap_or_else(PoisonError::into_inner);
        active.insert(record.name.clone(), record);
    }

    fn unset(&self, app: &AppName) {
        self.active.write().unwrap_or_else(PoisonError::into_inner).remove(app);
    }
}

/// Which apps there are. Asked inside a write, so that a write that comes after an app's deletion is
/// refused, and leaves nothing behind.
#[derive(Clone)]
pub(crate) struct Known(Arc<RwLock<BTreeMap<AppName, AppRecord>>>);

impl Known {
    pub(crate) fn check(&self, app: &AppName) -> Result<(), StoreError> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner).contains_key(app);
        if known { Ok(()) } else { Err(StoreError::NoSuchApp(app.clone())) }
    }
}
