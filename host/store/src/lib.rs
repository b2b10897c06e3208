//! What Atoll keeps: apps and their revisions, artifacts, KV, SQL, the layout of the canvas.
//!
//! A [`Store`] is one data directory:
//!
//! | path | holds |
//! |---|---|
//! | `lock` | held while a host runs: one host a directory |
//! | `registry.db` | apps, revisions, schedules, sealed secrets, layout, the signing key |
//! | `secret.key` | the key that secrets are sealed with, unless another is given |
//! | `artifacts/` | sources, backends and pages, named by their SHA-256 |
//! | `kv.db` | every app's KV store |
//! | `apps/{app}/data.db` | one app's own SQL |
//! | `cache/` | not this crate's: compiled code, which can be made again |
//!
//! A write that returned is on disk: it survives `kill -9` and a power loss. Writes go through one thread a
//! database, which commits what is queued in groups; reads never wait for writes. [`Ephemeral`] is the same
//! KV and SQL in memory, for running an app's tests.
//!
//! Everything an app keeps is reached by the app's name, which the host passes and a guest cannot: there is
//! no call that crosses from one app to another.
//!
//! What is deliberately absent: the sandbox, HTTP, grants (the runtime checks those before it calls), and
//! any replication (that is PostgreSQL's and NATS' work, behind the same calls).

mod artifacts;
mod clock;
mod data_dir;
mod ephemeral;
mod error;
mod kv;
mod migration;
mod pack;
mod registry;
mod schedules;
mod secrets;
mod settings;
mod sql;
mod store;

pub use clock::Clock;
pub use ephemeral::Ephemeral;
pub use error::StoreError;
pub use migration::Migration;
pub use registry::{AppRecord, Deployed, RevisionRecord};
pub use schedules::{RunEnd, RunRecord, ScheduleRecord};
pub use secrets::{SecretKey, SecretKeyError, SecretRecord};
pub use store::{Store, StoreOptions};
