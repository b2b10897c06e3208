//! The server on a real socket, with a real host behind it. (`cfg(test)` tells clippy that these are tests.)

#[cfg(test)]
mod app_streams;
#[cfg(test)]
mod deploy;
#[cfg(test)]
mod drain;
mod event_documents;
#[cfg(test)]
mod gateway;
#[cfg(test)]
#[path = "../../../runtime/tests/shared/guests.rs"]
#[expect(dead_code, reason = "the tests of the sandbox use all of it")]
mod guests;
#[cfg(test)]
mod metering;
#[cfg(test)]
mod raw_sockets;
#[cfg(test)]
mod schedules;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod security;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod support;
