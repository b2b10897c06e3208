//! SQLite as the store and the bus use it.
//!
//! - [`open_writer`], [`open_reader`], [`open_memory`]: connections with the settings that make a returned
//!   commit survive `kill -9` and a power loss (WAL, `synchronous = FULL`).
//! - [`commit_group`]: several writes in one transaction and one sync of the disk, each isolated from the
//!   others' failures.
//! - [`Writer`]: a thread that owns the one writing connection of a database and commits what is queued in
//!   groups.
//! - [`Readers`]: a few read-only connections.
//! - [`Schema`]: a database's tables, by version.
//!
//! What flows in are closures over a connection; what flows out are their answers, once they are on disk.
//! What is deliberately absent: any table, any SQL of the rooms, any rule about who may do what.

mod connection;
mod error;
mod group;
mod readers;
mod schema;
mod writer;

pub use connection::{checkpoint, open_memory, open_reader, open_writer};
pub use error::SqliteError;
pub use group::{Write, call, commit_group};
pub use readers::Readers;
pub use schema::Schema;
pub use writer::Writer;
