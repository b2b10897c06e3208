//! Which of a component's WASI imports are offered, and by what.

use atoll_model::{Capability, Manifest};
use wasmtime::component::Linker;
use wasmtime_wasi_http::{WasiHttp, WasiHttpView as _, p3::bindings::http as http_p3};

use super::{
    client::{self, Client},
    config, keyvalue, logging,
};
use crate::{RuntimeError, capability::manifest_hint, state::CallState};

/// The packages of WASI 0.2 and 0.3 that are offered whole.
const PACKAGES: [&str; 7] = ["cli", "clocks", "filesystem", "http", "io", "random", "sockets"];

/// What of WASI a linker holds already.
#[derive(Default)]
pub(crate) struct WasiLinks {
    p2: bool,
    p3: bool,
}

impl WasiLinks {
    /// Links an import. Answers whether it is one of WASI's that this host offers.
    pub(crate) fn add(
        &mut self,
        linker: &mut Linker<CallState>,
        import: &str,
        manifest: &Manifest,
    ) -> Result<bool, RuntimeError> {
        let Some((package, rest)) = import.strip_prefix("wasi:").and_then(|name| name.split_once('/')) else {
            return Ok(false);
        };
        let (interface, version) = rest.split_once('@').unwrap_or((rest, ""));
        let added = match (package, interface) {
            ("config", "store" | "runtime") => config::add_to_linker(linker, import),
            ("logging", "logging") => logging::add_to_linker(linker, import),
            ("keyvalue", "store" | "batch") => {
                if !manifest.grants_capability(Capability::Kv) {
                    let hint = manifest_hint(Capability::Kv);
                    return Err(RuntimeError::NotGranted { import: import.to_owned(), hint });
                }
                match interface {
                    "store" => keyvalue::add_store(linker, import),
                    _ => keyvalue::add_batch(linker, import),
                }
            }
            _ if !PACKAGES.contains(&package) => return Ok(false),
            _ if version.starts_with("0.2.") => self.add_p2(linker),
            _ if version.starts_with("0.3.") => self.add_p3(linker),
            _ => return Ok(false),
        };
        added.map_err(|error| RuntimeError::WrongType(format!("{import}: {error:#}")))?;
        Ok(true)
    }

    fn add_p2(&mut self, linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
        if !std::mem::replace(&mut self.p2, true) {
            wasmtime_wasi::p2::add_to_linker_async(linker)?;
            wasmtime_wasi_http::p2::add_only_http_to_linker_async(linker)?;
        }
        Ok(())
    }

    fn add_p3(&mut self, linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
        if !std::mem::replace(&mut self.p3, true) {
            wasmtime_wasi::p3::add_to_linker(linker)?;
            http_p3::client::add_to_linker::<_, Client>(linker, CallState::http)?;
            http_p3::types::add_to_linker::<_, WasiHttp>(linker, CallState::http)?;
            client::allow_relative_paths(linker)?;
        }
        Ok(())
    }
}
