//! `config`: what the call was given, and the app's variables.

use crate::{bindings::atoll::app::config, state::CallState};

impl config::Host for CallState {
    fn granted(&mut self) -> wasmtime::Result<config::Capabilities> {
        let mut granted = config::Capabilities::empty();
        if self.granted.kv.is_some() {
            granted |= config::Capabilities::KV;
        }
        if self.granted.sql.is_some() {
            granted |= config::Capabilities::SQL;
        }
        if self.granted.bus.is_some() {
            granted |= config::Capabilities::BUS;
        }
        Ok(granted)
    }

    fn variables(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.count_host_call()?;
        Ok(self.app.variables.clone())
    }
}
