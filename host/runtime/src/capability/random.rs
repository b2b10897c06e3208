//! `random`: secure randomness. The WIT contract says that a wrong request traps.

use crate::{
    bindings::atoll::app::random,
    state::{CallState, Halt},
};

/// As `crypto.getRandomValues`.
const RANDOM_BYTES_MAX: u32 = 65_536;

impl random::Host for CallState {
    fn get_bytes(&mut self, count: u32) -> wasmtime::Result<Vec<u8>> {
        self.count_host_call()?;
        if count > RANDOM_BYTES_MAX {
            let what = format!("{count} random bytes in one call, more than {RANDOM_BYTES_MAX}");
            return Err(Halt::Misuse(what).into());
        }
        let mut bytes = vec![0; count as usize];
        fill(&mut bytes)?;
        Ok(bytes)
    }

    fn get_u64(&mut self) -> wasmtime::Result<u64> {
        self.count_host_call()?;
        let mut bytes = [0; 8];
        fill(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }
}

fn fill(bytes: &mut [u8]) -> Result<(), Halt> {
    getrandom::fill(bytes).map_err(|error| Halt::NoRandomness(error.to_string()))
}
