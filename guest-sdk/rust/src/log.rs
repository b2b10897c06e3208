//! The app's log: `log::info!("{} notes", notes.len())`. Bounded for each call; what is over the limit is
//! counted and dropped.

use std::{panic, sync::Once};

use crate::host::log as wit;

pub use crate::{__log_debug as debug, __log_error as error, __log_info as info, __log_warn as warn};

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// For whoever looks closely.
    Debug,
    /// Worth a line.
    Info,
    /// Odd.
    Warn,
    /// Broken.
    Error,
}

/// Writes a line.
pub fn write(level: Level, message: impl AsRef<str>) {
    let level = match level {
        Level::Debug => wit::Level::Debug,
        Level::Info => wit::Level::Info,
        Level::Warn => wit::Level::Warn,
        Level::Error => wit::Level::Error,
    };
    wit::write(level, message.as_ref());
}

/// A line for whoever looks closely.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_debug {
    ($($part:tt)*) => { $crate::log::write($crate::log::Level::Debug, ::std::format!($($part)*)) };
}

/// A line.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_info {
    ($($part:tt)*) => { $crate::log::write($crate::log::Level::Info, ::std::format!($($part)*)) };
}

/// A line about something odd.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_warn {
    ($($part:tt)*) => { $crate::log::write($crate::log::Level::Warn, ::std::format!($($part)*)) };
}

/// A line about something broken.
#[doc(hidden)]
#[macro_export]
macro_rules! __log_error {
    ($($part:tt)*) => { $crate::log::write($crate::log::Level::Error, ::std::format!($($part)*)) };
}

/// A panic ends the call without a word unless somebody says it first.
pub(crate) fn report_panics() {
    static ONCE: Once = Once::new();
    if cfg!(target_family = "wasm") {
        ONCE.call_once(|| panic::set_hook(Box::new(|panic| write(Level::Error, panic.to_string()))));
    }
}
