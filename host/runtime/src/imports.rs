//! Which of the host's interfaces a guest is linked with.
//!
//! A plain component gets what its manifest grants and nothing else, so that it is clear before it runs that
//! it lacks something. WASI is offered as far as `wasi` says. The JavaScript engine imports all of them; for an app without a grant they answer an
//! error.

use atoll_model::{Capability, Manifest};
use wasmtime::{
    Engine,
    component::{Component, Linker},
};

use crate::{
    RuntimeError,
    bindings::atoll::app,
    capability::{manifest_hint, responder},
    state::{CallState, State},
    wasi::link::WasiLinks,
};

const PACKAGE: &str = "atoll:app/";

/// The interfaces that a manifest grants.
const GRANTED: [(&str, Capability); 4] = [
    ("kv", Capability::Kv),
    ("sql", Capability::Sql),
    ("bus", Capability::Bus),
    ("http-client", Capability::Http),
];

/// The interfaces that every guest has; `types` is only types.
const ALWAYS: [&str; 8] =
    ["types", "config", "log", "clock", "random", "operations", "streams", "http-responder"];

/// Links the interfaces that every guest has.
pub(crate) fn base(engine: &Engine) -> wasmtime::Result<Linker<CallState>> {
    let mut linker = Linker::new(engine);
    app::config::add_to_linker::<_, State>(&mut linker, |state| state)?;
    app::log::add_to_linker::<_, State>(&mut linker, |state| state)?;
    app::clock::add_to_linker::<_, State>(&mut linker, |state| state)?;
    app::random::add_to_linker::<_, State>(&mut linker, |state| state)?;
    app::operations::add_to_linker::<_, State>(&mut linker, |state| state)?;
    app::streams::add_to_linker::<_, State>(&mut linker, |state| state)?;
    responder::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// Links one interface more.
pub(crate) fn add(linker: &mut Linker<CallState>, capability: Capability) -> wasmtime::Result<()> {
    match capability {
        Capability::Kv => app::kv::add_to_linker::<_, State>(linker, |state| state),
        Capability::Sql => app::sql::add_to_linker::<_, State>(linker, |state| state),
        Capability::Bus => app::bus::add_to_linker::<_, State>(linker, |state| state),
        Capability::Http => app::http_client::add_to_linker::<_, State>(linker, |state| state),
        // A secret is a variable.
        Capability::Secret => Ok(()),
    }
}

/// Links everything.
pub(crate) fn all(engine: &Engine) -> wasmtime::Result<Linker<CallState>> {
    let mut linker = base(engine)?;
    for (_, capability) in GRANTED {
        add(&mut linker, capability)?;
    }
    Ok(linker)
}

/// Links what a component imports and its manifest grants.
pub(crate) fn granted(
    base: &Linker<CallState>,
    component: &Component,
    manifest: &Manifest,
) -> Result<Linker<CallState>, RuntimeError> {
    let mut linker = base.clone();
    let mut wasi = WasiLinks::default();
    for (import, _) in component.component_type().imports(component.engine()) {
        if wasi.add(&mut linker, import, manifest)? {
            continue;
        }
        let unknown = || RuntimeError::UnknownImport { import: import.to_owned() };
        let (name, version) =
            import.strip_prefix(PACKAGE).and_then(|rest| rest.split_once('@')).ok_or_else(unknown)?;
        if !version.starts_with("0.1.") {
            return Err(unknown());
        }
        if ALWAYS.contains(&name) {
            continue;
        }
        let (_, capability) =
            GRANTED.into_iter().find(|(granted, _)| *granted == name).ok_or_else(unknown)?;
        if !manifest.grants_capability(capability) {
            return Err(RuntimeError::NotGranted {
                import: import.to_owned(),
                hint: manifest_hint(capability),
            });
        }
        add(&mut linker, capability).map_err(|error| RuntimeError::WrongType(format!("{error:#}")))?;
    }
    Ok(linker)
}
