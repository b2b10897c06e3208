//! The compiler: what an instance is that turns modules into bytecode, and does nothing else. It is dropped when an
//! app is compiled; the bytecode is evaluated in another instance, which has no compiler, and whose memory holds
//! nothing of what compiling leaves behind.

use std::cell::OnceCell;

use rquickjs::{
    Context, Ctx, Module, Result, Runtime, WriteOptions,
    context::intrinsic::{Eval, RegExp, RegExpCompiler},
    loader::{ImportAttributes, Loader, Resolver},
    module::{Declared, ModuleDef},
};

use crate::{bindings::atoll::app::types::Failure, engine::JS_STACK_BYTES, failure};

thread_local! {
    static COMPILER: OnceCell<Context> = const { OnceCell::new() };
}

/// Makes this instance a compiler.
pub(crate) fn start() -> Result<()> {
    let runtime = Runtime::new()?;
    runtime.set_max_stack_size(JS_STACK_BYTES);
    runtime.set_loader(AnyName, AnyName);
    let context = Context::custom::<(Eval, RegExpCompiler, RegExp)>(&runtime)?;
    let _ = COMPILER.with(|cell| cell.set(context));
    Ok(())
}

/// Compiles a module.
pub(crate) fn compile(name: &str, source: String) -> std::result::Result<Vec<u8>, Failure> {
    COMPILER.with(|cell| {
        let context = cell.get().ok_or_else(|| failure::plain("this instance is no compiler"))?;
        context.with(|ctx| {
            let options = WriteOptions { strip_source: true, ..WriteOptions::default() };
            let module = Module::declare(ctx.clone(), name, source);
            module.and_then(|module| module.write(options)).map_err(|error| match error {
                rquickjs::Error::Exception => failure::bare(&ctx.catch()),
                other => failure::plain(format!("{name}: {other}")),
            })
        })
    })
}

/// Stands in for whatever a module imports: all that matters here is its own code. What its imports really are is
/// seen when it is loaded.
struct AnyName;

struct StandIn;

impl ModuleDef for StandIn {}

impl Resolver for AnyName {
    fn resolve<'js>(
        &mut self,
        _ctx: &Ctx<'js>,
        _base: &str,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<String> {
        Ok(name.to_owned())
    }
}

impl Loader for AnyName {
    fn load<'js>(
        &mut self,
        ctx: &Ctx<'js>,
        name: &str,
        _attributes: Option<ImportAttributes<'js>>,
    ) -> Result<Module<'js, Declared>> {
        Module::declare_def::<StandIn, _>(ctx.clone(), name)
    }
}
