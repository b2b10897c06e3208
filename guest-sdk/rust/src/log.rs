//! The app's log. Bounded for each call; what is over the limit is counted and dropped.

use std::{panic, sync::Once};

use crate::bindings::http::atoll::app::log as wit;

/// A line for whoever looks closely.
pub fn debug(message: impl AsRef<str>) {
    wit::write(wit::Level::Debug, message.as_ref());
}

/// A line.
pub fn info(message: impl AsRef<str>) {
    wit::write(wit::Level::Info, message.as_ref());
}

/// A line about something odd.
pub fn warn(message: impl AsRef<str>) {
    wit::write(wit::Level::Warn, message.as_ref());
}

/// A line about something broken.
pub fn error(message: impl AsRef<str>) {
    wit::write(wit::Level::Error, message.as_ref());
}

/// A panic ends the call without a word unless somebody says it first.
pub(crate) fn report_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| panic::set_hook(Box::new(|panic| error(panic.to_string()))));
}
