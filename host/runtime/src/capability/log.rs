//! `log`: lines for the app's log. Each costs the guest its CPU time and its log budget.

use atoll_model::LogLevel;

use crate::{bindings::atoll::app::log, state::CallState};

impl log::Host for CallState {
    fn write(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => LogLevel::Debug,
            log::Level::Info => LogLevel::Info,
            log::Level::Warn => LogLevel::Warn,
            log::Level::Error => LogLevel::Error,
        };
        self.log.write(level, &message);
        Ok(())
    }
}
