//! `clock`: what time it is. Waiting is an operation.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::{bindings::atoll::app::clock, state::CallState};

impl clock::Host for CallState {
    fn now_us(&mut self) -> wasmtime::Result<f64> {
        // A machine whose clock stands before 1970 answers 0.
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok((since.as_secs_f64() * 1e6).floor())
    }

    fn monotonic_ns(&mut self) -> wasmtime::Result<u64> {
        // Since the runtime's start: how long the machine has been up is nobody's business.
        Ok(u64::try_from(self.clock_start.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }
}
