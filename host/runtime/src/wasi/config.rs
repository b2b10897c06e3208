//! `wasi:config`: the app's variables and granted secrets. Interfaces of drafts are linked under the very name
//! that a component imports, since a draft's version says nothing about its successors.

use wasmtime::{
    StoreContextMut,
    component::{ComponentType, Lift, Linker, Lower},
};

use crate::state::CallState;

/// The error of `wasi:config`: both that were ever drafted have these cases. Reading a variable cannot fail.
#[derive(Clone, Debug, ComponentType, Lift, Lower)]
#[component(variant)]
enum ConfigError {
    #[component(name = "upstream")]
    Upstream(String),
    #[component(name = "io")]
    Io(String),
}

/// Links `store` or `runtime`, under the name of an import.
pub(crate) fn add_to_linker(linker: &mut Linker<CallState>, import: &str) -> wasmtime::Result<()> {
    let mut interface = linker.instance(import)?;
    interface.func_wrap("get", |mut store: StoreContextMut<'_, CallState>, (name,): (String,)| {
        let state = store.data_mut();
        state.count_host_call()?;
        let found = state.app.variables.iter().find(|(key, _)| *key == name);
        Ok((Ok::<_, ConfigError>(found.map(|(_, value)| value.clone())),))
    })?;
    interface.func_wrap("get-all", |mut store: StoreContextMut<'_, CallState>, (): ()| {
        let state = store.data_mut();
        state.count_host_call()?;
        Ok((Ok::<_, ConfigError>(state.app.variables.clone()),))
    })
}
