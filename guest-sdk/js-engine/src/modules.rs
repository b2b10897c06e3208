//! The modules of the engine and of the app, as bytecode, loaded by exact name.
//!
//! They were compiled in another instance (`compiler.rs`). This one has no compiler, so that no trick in it can
//! make code from text.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rquickjs::{
    Ctx, Exception, Module, Result,
    loader::{ImportAttributes, Loader, Resolver},
    module::Declared,
};

use crate::native::NativeModule;

/// The module that Rust offers to the engine's own JavaScript.
pub(crate) const NATIVE: &str = "internal:native";
/// Only the engine's own modules may import these.
const INTERNAL: &str = "internal:";
const SDK: &str = "@atoll/";

/// What is known of all modules.
#[derive(Default)]
pub(crate) struct Modules {
    names: BTreeSet<String>,
    bytecode: BTreeMap<String, Vec<u8>>,
}

/// The same table for the resolver, the loader and the engine.
pub(crate) type Shared = Rc<RefCell<Modules>>;

impl Modules {
    pub(crate) fn add(&mut self, name: &str, bytecode: Vec<u8>) {
        self.names.insert(name.to_owned());
        self.bytecode.insert(name.to_owned(), bytecode);
    }

    /// Drops what was handed over and never imported.
    pub(crate) fn forget_bytecode(&mut self) {
        self.bytecode.clear();
    }
}

/// Loads a module of the table. A module that is loaded already is QuickJS's to find.
fn load<'js>(ctx: &Ctx<'js>, modules: &Shared, name: &str) -> Result<Module<'js, Declared>> {
    if name == NATIVE {
        return Module::declare_def::<NativeModule, _>(ctx.clone(), name);
    }
    let bytes = modules.borrow_mut().bytecode.remove(name);
    match bytes {
        // SAFETY: the bytes come from `Module::write` of this very engine (`compiler.rs`), through the host.
        Some(bytes) => unsafe { Module::load(ctx.clone(), &bytes) },
        None => Err(Exception::throw_reference(ctx, &format!("cannot find the module '{name}'"))),
    }
}

/// Specifiers are exact names: the host has resolved them.
pub(crate) struct ExactNames(pub(crate) Shared);

impl Resolver for ExactNames {
    fn resolve<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        // The engine itself imports from nowhere; every module of an app has a name.
        let own = base.is_empty() || base.starts_with(INTERNAL) || base.starts_with(SDK);
        let known = name == NATIVE || self.0.borrow().names.contains(name);
        if known && (own || !name.starts_with(INTERNAL)) {
            return Ok(name.to_owned());
        }
        Err(Exception::throw_reference(
            ctx,
            &format!("cannot find the module '{name}' that '{base}' imports"),
        ))
    }
}

impl Loader for ExactNames {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        load(ctx, &self.0, name)
    }
}
