//! The modules of the engine and of the app: compiled when they are handed over, loaded by exact name.
//!
//! Compiling happens in a realm of its own, which is dropped at the end of the snapshot. The realm that runs
//! the app gets bytecode only: it has no compiler, so that no trick in it can make code from text.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

use rquickjs::{
    Context, Ctx, Exception, Module, Result, WriteOptions,
    loader::{ImportAttributes, Loader, Resolver},
    module::{Declared, ModuleDef},
};

use crate::{bindings::atoll::app::types::Failure, failure, native::NativeModule};

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
    /// The first module that did not compile.
    pub(crate) broken: Option<Failure>,
}

/// The same table for the resolver, the loader and the engine.
pub(crate) type Shared = Rc<RefCell<Modules>>;

thread_local! {
    /// Whether a module is being compiled: its imports are then stood in for, since all that matters is its
    /// own code. What they really are is seen when it is loaded.
    static COMPILING: Cell<bool> = const { Cell::new(false) };
}

/// Stands in for an import while its importer is compiled.
struct StandIn;

impl ModuleDef for StandIn {}

/// Compiles a module in the compiling realm and adds it to the table.
pub(crate) fn add(modules: &Shared, compiler: &Context, name: &str, source: String) {
    COMPILING.set(true);
    let compiled = compiler.with(|ctx| {
        let options = WriteOptions { strip_source: true, ..WriteOptions::default() };
        let module = Module::declare(ctx.clone(), name, source);
        module.and_then(|module| module.write(options)).map_err(|error| match error {
            rquickjs::Error::Exception => failure::bare(&ctx.catch()),
            other => failure::plain(format!("{name}: {other}")),
        })
    });
    COMPILING.set(false);
    let mut modules = modules.borrow_mut();
    match compiled {
        Ok(bytes) => {
            modules.names.insert(name.to_owned());
            modules.bytecode.insert(name.to_owned(), bytes);
        }
        Err(failure) => {
            modules.broken.get_or_insert(failure);
        }
    }
}

impl Modules {
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
        // SAFETY: the bytes come from `Module::write` of this very engine.
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
        if COMPILING.get() {
            return Ok(name.to_owned());
        }
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
        if COMPILING.get() {
            return Module::declare_def::<StandIn, _>(ctx.clone(), name);
        }
        load(ctx, &self.0, name)
    }
}
