//! The exports of the world, one interface a file.

mod event_handler;
mod http_handler;
mod schedule_handler;
mod snapshot;
mod test_suite;
