//! The QuickJS runtime: one realm without a compiler, the built-in modules, and the functions of JavaScript that
//! exports call.

use std::cell::OnceCell;

use rquickjs::{
    Context, Ctx, Function, Module, Object, Persistent, Promise, Result, Runtime,
    context::intrinsic::{
        DOMException, Date, Json, MapSet, Promise as PromiseIntrinsic, Proxy, RegExp, RegExpCompiler,
        TypedArrays, WeakRef,
    },
    qjs,
};

use crate::{
    bindings::atoll::app::types::Failure,
    failure, heap, jobs,
    modules::{ExactNames, Shared},
};

/// Of the linear stack of 768 KiB (`build.rs`), this much is JavaScript's: QuickJS throws a RangeError when it
/// is used up, after some 1,900 plain calls. The rest is for what it calls without a check of its own. A call
/// takes about three times as much of the machine's stack as of this one; the host gives 2 MiB.
pub(crate) const JS_STACK_BYTES: usize = 512 << 10;

/// Collecting cycles walks, and so dirties, the whole heap: an instance that lives for one request should
/// seldom come to it.
const GC_THRESHOLD_BYTES: usize = 16 << 20;

/// JavaScript functions that the host's calls end in; exports of `js/main.js`.
pub(crate) struct HostFunctions {
    pub(crate) failure: Persistent<Function<'static>>,
    pub(crate) next_timer: Persistent<Function<'static>>,
    pub(crate) start_fetch: Persistent<Function<'static>>,
    pub(crate) rescue_fetch: Persistent<Function<'static>>,
    pub(crate) finish_fetch: Persistent<Function<'static>>,
    pub(crate) handle_event: Persistent<Function<'static>>,
    pub(crate) call_scheduled: Persistent<Function<'static>>,
    pub(crate) test_names: Persistent<Function<'static>>,
    pub(crate) run_test: Persistent<Function<'static>>,
    set_app: Persistent<Function<'static>>,
    warm_up: Persistent<Function<'static>>,
}

struct Engine {
    runtime: Runtime,
    realm: Context,
}

thread_local! {
    static MODULES: Shared = Shared::default();
    static ENGINE: OnceCell<Engine> = const { OnceCell::new() };
    static HOST: OnceCell<HostFunctions> = const { OnceCell::new() };
}

type RealmIntrinsics =
    (Date, RegExpCompiler, RegExp, Json, Proxy, MapSet, TypedArrays, PromiseIntrinsic, WeakRef, DOMException);

/// Hands a compiled module over: the engine's own before `bootstrap`, the app's after it.
pub(crate) fn add_module(name: &str, bytecode: Vec<u8>) {
    MODULES.with(|modules| modules.borrow_mut().add(name, bytecode));
}

/// Builds the runtime and evaluates the built-in modules.
pub(crate) fn bootstrap() -> std::result::Result<(), Failure> {
    let engine = build().map_err(|error| failure::plain(error.to_string()))?;
    engine.realm.with(|ctx| {
        // In two steps: what every request touches lies together then.
        evaluate(&ctx, "internal:base")?;
        evaluate(&ctx, "internal:dispatch")?;
        let main = evaluate(&ctx, "internal:main")?;
        let host = host_functions(&ctx, &main).map_err(|error| failure::of_pending(&ctx, error))?;
        let _ = HOST.with(|cell| cell.set(host));
        Ok(())
    })?;
    engine.runtime.run_gc();
    let _ = ENGINE.with(|cell| cell.set(engine));
    Ok(())
}

fn build() -> Result<Engine> {
    let runtime = Runtime::new()?;
    runtime.set_max_stack_size(JS_STACK_BYTES);
    runtime.set_gc_threshold(GC_THRESHOLD_BYTES);
    runtime.set_host_promise_rejection_tracker(Some(Box::new(jobs::track_rejection)));
    let modules = MODULES.with(Shared::clone);
    runtime.set_loader(ExactNames(modules.clone()), ExactNames(modules));
    let realm = Context::custom::<RealmIntrinsics>(&runtime)?;
    // SAFETY: the context is live, and nothing else uses it now.
    unsafe { qjs::JS_AddIntrinsicAToB(realm.as_raw().as_ptr()) };
    Ok(Engine { runtime, realm })
}

fn host_functions<'js>(ctx: &Ctx<'js>, main: &Object<'js>) -> Result<HostFunctions> {
    let function =
        |name: &str| Ok::<_, rquickjs::Error>(Persistent::save(ctx, main.get::<_, Function<'js>>(name)?));
    Ok(HostFunctions {
        failure: function("failure")?,
        next_timer: function("nextTimer")?,
        start_fetch: function("startFetch")?,
        rescue_fetch: function("rescueFetch")?,
        finish_fetch: function("finishFetch")?,
        handle_event: function("handleEvent")?,
        call_scheduled: function("callScheduled")?,
        test_names: function("testNames")?,
        run_test: function("runTest")?,
        set_app: function("setApp")?,
        warm_up: function("warmUp")?,
    })
}

/// One of the functions that exports call.
pub(crate) fn function<'js>(
    ctx: &Ctx<'js>,
    pick: impl FnOnce(&HostFunctions) -> &Persistent<Function<'static>>,
) -> Result<Function<'js>> {
    HOST.with(|cell| match cell.get() {
        Some(host) => pick(host).clone().restore(ctx),
        None => Err(rquickjs::Error::Unknown),
    })
}

/// Runs something in the app's realm.
pub(crate) fn with<R>(
    run: impl FnOnce(&Ctx<'_>) -> std::result::Result<R, Failure>,
) -> std::result::Result<R, Failure> {
    ENGINE.with(|cell| match cell.get() {
        Some(engine) => engine.realm.with(|ctx| run(&ctx)),
        None => Err(failure::plain("the engine was not bootstrapped")),
    })
}

/// Evaluates a module to the end of its top level; answers its namespace.
fn evaluate<'js>(ctx: &Ctx<'js>, name: &str) -> std::result::Result<Object<'js>, Failure> {
    let pending = |error| failure::of_pending(ctx, error);
    let promise = Module::import(ctx, name).map_err(pending)?;
    jobs::run_until_settled(ctx, &promise, &format!("the top level of {name}"))?;
    promise.result().unwrap_or(Err(rquickjs::Error::WouldBlock)).map_err(pending)
}

/// Evaluates the app, warms it up, and tidies the heap for the image. Answers the handlers' flags.
pub(crate) fn evaluate_app(entry: &str, tests: &[String]) -> std::result::Result<u8, Failure> {
    let flags = with(|ctx| {
        let pending = |error| failure::of_pending(ctx, error);
        let app = evaluate(ctx, entry)?;
        for test in tests {
            evaluate(ctx, test)?;
        }
        let flags = function(ctx, |host| &host.set_app)
            .and_then(|set_app| set_app.call::<_, u8>((app.clone(), entry)))
            .map_err(pending)?;
        let warming: Promise<'_> = function(ctx, |host| &host.warm_up)
            .and_then(|warm_up| warm_up.call((app.get::<_, rquickjs::Value<'_>>("default")?,)))
            .map_err(pending)?;
        jobs::run_until_settled(ctx, &warming, "the warm-up")?;
        Ok(flags)
    })?;
    MODULES.with(|modules| modules.borrow_mut().forget_bytecode());
    ENGINE.with(|cell| {
        if let Some(engine) = cell.get() {
            engine.runtime.run_gc();
            engine.runtime.set_gc_threshold(GC_THRESHOLD_BYTES);
            engine.realm.with(|ctx| heap::open(&ctx));
        }
    });
    Ok(flags)
}
