//! Components compiled in a process of their own: by this very program, which is the compiler, or one that
//! only says so, when it is started with the right arguments.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on panics"
)]

#[expect(dead_code, reason = "these tests need few of the guests")]
#[path = "../shared/guests.rs"]
mod guests;
mod impostor;
#[path = "../shared/nothing.rs"]
mod nothing;

use std::{collections::BTreeMap, path::Path, process::ExitCode, sync::Arc};

use atoll_model::{Artifact, Backend, Limits, Manifest, Revision};
use atoll_runtime::{AppCode, CompilerProgram, LoadedApp, Runtime, RuntimeError};
use bytes::Bytes;
use guests::{ECHO, http_guest};
use libtest_mimic::{Arguments, Failed, Trial};

/// Patient where a test is not about the wall's clock: the machine may be busy.
fn limits() -> Limits {
    Limits { instances_max: 4, compile_wall_ms: 600_000, ..Limits::default() }
}

fn runtime(program: CompilerProgram, limits: &Limits, cache: Option<&Path>) -> Arc<Runtime> {
    let engine = atoll_runtime::engine(limits).unwrap();
    let cache = cache.map(Path::to_owned);
    Arc::new(
        Runtime::new(engine, None, limits, cache, nothing::capabilities()).unwrap().with_compiler(program),
    )
}

fn compiler() -> CompilerProgram {
    CompilerProgram::this_program(["compile-component"]).unwrap()
}

async fn load(runtime: &Arc<Runtime>, wasm: Bytes) -> Result<Arc<LoadedApp>, RuntimeError> {
    let manifest = Manifest::parse("name = \"app\"\n[backend]\ncomponent = \"a.wasm\"").unwrap();
    let code = AppCode {
        app: manifest.name.clone(),
        revision: Revision(1),
        manifest,
        backend: Backend::Component { wasm: Artifact::new(wasm) },
        variables: BTreeMap::new(),
        secrets: BTreeMap::new(),
    };
    runtime.load(code).await
}

async fn answers(runtime: &Arc<Runtime>, app: &Arc<LoadedApp>) {
    let request = http::Request::get("http://app.example/moin").body(Bytes::new()).unwrap();
    let answer = runtime.fetch(app, request).await.unwrap();
    assert_eq!(answer.value.body().as_bytes().unwrap(), b"http://app.example/moin".as_slice());
}

/// A function that reads very many locals within very many loops: a compiler keeps each of them apart in each loop. Ten
/// KiB take minutes, or a GiB.
fn bomb(locals: usize, loops: usize) -> Bytes {
    let reads: String = (0..locals).map(|local| format!("(drop (local.get {local}))")).collect();
    let types = "i32 ".repeat(locals);
    let function = format!("(func (local {types}) {} {reads} {})", "(loop ".repeat(loops), ")".repeat(loops));
    wat::parse_str(format!("(component (core module {function}))")).unwrap().into()
}

fn long_bomb() -> Bytes {
    bomb(2_000, 1_000)
}

fn large_bomb() -> Bytes {
    bomb(10_000, 2_000)
}

async fn a_component_is_compiled_elsewhere_and_runs() {
    let cache = tempfile::tempdir().unwrap();
    let host = runtime(compiler(), &limits(), Some(cache.path()));
    answers(&host, &load(&host, http_guest("", ECHO)).await.unwrap()).await;

    // A second host finds it in the cache, and needs no compiler for it.
    let absent = CompilerProgram::new("/nonexistent/compiler", ["x"]);
    let host = runtime(absent.clone(), &limits(), Some(cache.path()));
    answers(&host, &load(&host, http_guest("", ECHO)).await.unwrap()).await;

    // One without compiler or cache never compiles by itself.
    let host = runtime(absent, &limits(), None);
    let error = load(&host, http_guest("", ECHO)).await.unwrap_err();
    assert!(matches!(&error, RuntimeError::Compiler(what) if what.contains("/nonexistent")), "{error}");
}

async fn it_works_without_a_cache() {
    let host = runtime(compiler(), &limits(), None);
    answers(&host, &load(&host, http_guest("", ECHO)).await.unwrap()).await;
}

async fn what_is_no_component_is_refused_with_the_reason() {
    let host = runtime(compiler(), &limits(), None);
    let machine_code = host.engine().precompile_component(b"(component)").unwrap_or_default();
    for bytes in [b"(component)".to_vec(), b"\0asm\x01\0\0\0".to_vec(), machine_code, vec![0; 100]] {
        let error = load(&host, bytes.into()).await.unwrap_err();
        assert!(matches!(error, RuntimeError::Invalid(_)), "{error}");
    }
    let error = load(&host, vec![0; (10 << 20) + 1].into()).await.unwrap_err();
    assert_eq!(error.limit(), Some(("component_bytes_max", 10 << 20)));
}

async fn too_much_cpu_time_ends_it() {
    let limits = Limits { compile_cpu_ms: 1_000, ..limits() };
    let host = runtime(compiler(), &limits, None);
    let error = load(&host, long_bomb()).await.unwrap_err();
    assert_eq!(error, RuntimeError::CompileTooLong { limit: "compile_cpu_ms", limit_ms: 1_000 });
    // The next one is compiled as ever.
    answers(&host, &load(&host, http_guest("", ECHO)).await.unwrap()).await;
}

async fn too_much_memory_ends_it() {
    // Enough for the program itself and a small component, whatever build this is.
    let limits = Limits { compile_memory_mib: 512, ..limits() };
    let host = runtime(compiler(), &limits, None);
    answers(&host, &load(&host, http_guest("", ECHO)).await.unwrap()).await;
    let error = load(&host, large_bomb()).await.unwrap_err();
    assert_eq!(error, RuntimeError::CompileOutOfMemory { limit_mib: 512 });
}

async fn too_much_machine_code_is_not_read() {
    let limits = Limits { compiled_bytes_max: 1_000, ..limits() };
    let host = runtime(compiler(), &limits, None);
    let error = load(&host, http_guest("", ECHO)).await.unwrap_err();
    assert_eq!(error, RuntimeError::CompiledTooLarge { limit: 1_000 });
}

async fn too_long_ends_it_and_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    // Long enough for the impostor to have started its own child on a busy machine.
    let limits = Limits { compile_wall_ms: 3_000, ..limits() };
    let host = runtime(impostor::parent(folder.path()), &limits, None);
    let error = load(&host, http_guest("", ECHO)).await.unwrap_err();
    assert_eq!(error, RuntimeError::CompileTooLong { limit: "compile_wall_ms", limit_ms: 3_000 });
    for id in impostor::started(folder.path()).await {
        impostor::gone(id).await;
    }
}

async fn nobody_waiting_ends_it() {
    let folder = tempfile::tempdir().unwrap();
    let host = runtime(impostor::parent(folder.path()), &limits(), None);
    let started = tokio::select! {
        result = load(&host, http_guest("", ECHO)) => panic!("it never answers: {result:?}"),
        started = impostor::started(folder.path()) => started,
    };
    for id in started {
        impostor::gone(id).await;
    }
}

async fn a_compiler_that_is_none_is_told_apart() {
    for (how, says) in [
        ("garbage", "not what a compiler says"),
        ("garbage-without-end", "not what a compiler says"),
        ("another-build", "another build"),
        ("silence", "without an answer"),
    ] {
        let host = runtime(impostor::program(how), &limits(), None);
        let error = load(&host, http_guest("", ECHO)).await.unwrap_err();
        assert!(matches!(&error, RuntimeError::Compiler(what) if what.contains(says)), "{how}: {error}");
        assert!(!error.is_of_component());
    }
    for how in ["abort", "panic"] {
        let host = runtime(impostor::program(how), &limits(), None);
        let error = load(&host, http_guest("", ECHO)).await.unwrap_err();
        assert!(matches!(error, RuntimeError::CompilerCrashed(_)), "{how}: {error}");
    }
}

async fn so_many_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let limits = Limits { compiles_concurrent_max: 1, compiles_queue_max: 1, ..limits() };
    let host = runtime(impostor::parent(folder.path()), &limits, None);
    let start = || {
        let host = Arc::clone(&host);
        tokio::spawn(async move { load(&host, http_guest("", ECHO)).await })
    };
    let first = start();
    let ids = impostor::started(folder.path()).await;
    // One of these waits, and the other is refused; which of them, the scheduler says.
    let (second, third) = (start(), start());
    let (refused, _, _waiting) = futures::future::select_all([second, third]).await;
    let error = refused.unwrap().unwrap_err();
    assert_eq!(error, RuntimeError::CompilerBusy { limit: "compiles_queue_max", value: 1 });
    impostor::forget(folder.path());
    first.abort();
    // The place went to the one that waited.
    let next = impostor::started(folder.path()).await;
    assert!(next.iter().all(|id| !ids.contains(id)));
}

fn trial<F: Future<Output = ()> + 'static>(name: &'static str, test: fn() -> F) -> Trial {
    Trial::test(name, move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
        runtime.map_err(|error| Failed::from(error.to_string()))?.block_on(test());
        Ok(())
    })
}

macro_rules! trials {
    ($($test:ident),* $(,)?) => { vec![$(trial(stringify!($test), $test)),*] };
}

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some("compile-component") => return atoll_runtime::run_compiler(),
        Some("impostor") => return impostor::run(&arguments.collect::<Vec<_>>()),
        _ => {}
    }
    let trials = trials![
        a_component_is_compiled_elsewhere_and_runs,
        it_works_without_a_cache,
        what_is_no_component_is_refused_with_the_reason,
        too_much_cpu_time_ends_it,
        too_much_memory_ends_it,
        too_much_machine_code_is_not_read,
        too_long_ends_it_and_all_that_it_started,
        nobody_waiting_ends_it,
        a_compiler_that_is_none_is_told_apart,
        so_many_at_a_time,
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}
