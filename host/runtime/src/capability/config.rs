//! `config`: what the call was given, and the app's variables.

use atoll_model::Capability;

use crate::{bindings::atoll::app::config, state::CallState};

impl config::Host for CallState {
    fn granted(&mut self) -> wasmtime::Result<config::Capabilities> {
        let mut granted = config::Capabilities::empty();
        let has = |capability| self.app.is_granted(capability);
        if has(Capability::Kv) {
            granted |= config::Capabilities::KV;
        }
        if has(Capability::Sql) {
            granted |= config::Capabilities::SQL;
        }
        if has(Capability::Bus) {
            granted |= config::Capabilities::BUS;
        }
        if has(Capability::Http) {
            granted |= config::Capabilities::HTTP;
        }
        Ok(granted)
    }

    fn variables(&mut self) -> wasmtime::Result<Vec<(String, String)>> {
        self.count_host_call()?;
        Ok(self.app.variables.clone())
    }
}
