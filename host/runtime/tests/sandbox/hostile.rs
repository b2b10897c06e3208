//! Guests that want more than they may have. Each is stopped with the limit's name, and the host goes on.

use std::{
    future::Future,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use atoll_model::{AppLimits, Limits};
use atoll_runtime::{CallError, Handled};
use bytes::Bytes;
use test_guests::handler;

use crate::{
    guests::{ECHO, component, event_guest, http_guest},
    support::{TestHost, event, get, limits, text},
};

async fn error_of(host: &TestHost, manifest: &str, wasm: Bytes) -> CallError {
    let app = host.load(manifest, wasm);
    let error = host.runtime.fetch(&app, get("/")).await.unwrap_err();
    // Whatever happened, the next app is served.
    let echo = host.load("", http_guest("", ECHO));
    host.runtime.fetch(&echo, get("/")).await.expect("the host goes on");
    error
}

const FOREVER: &str = "(loop $again (br $again)) unreachable";
/// So that CPU time runs out and not fuel.
const MUCH_FUEL: &str = "[backend.limits]\nfuel = 10_000_000_000\n";

fn much_fuel(more: &str) -> String {
    format!("{MUCH_FUEL}{more}")
}

#[tokio::test]
async fn an_endless_loop_runs_out_of_cpu() {
    let error = error_of(&TestHost::new(), &much_fuel("cpu_ms = 20"), http_guest("", FOREVER)).await;
    assert_eq!(error, CallError::OutOfCpu { limit_ms: 20 });
}

#[tokio::test]
async fn an_endless_loop_runs_out_of_fuel_first_if_it_has_little() {
    let error =
        error_of(&TestHost::new(), "[backend.limits]\nfuel = 1_000_000", http_guest("", FOREVER)).await;
    assert_eq!(error, CallError::OutOfFuel { limit: 1_000_000 });
}

#[tokio::test]
async fn an_endless_loop_at_the_start_of_an_instance_runs_out_too() {
    let parts = "(func $start (loop $again (br $again))) (start $start)";
    let error = error_of(&TestHost::new(), &much_fuel("cpu_ms = 20"), http_guest(parts, ECHO)).await;
    assert_eq!(error, CallError::OutOfCpu { limit_ms: 20 });
}

#[tokio::test]
async fn an_endless_loop_in_the_allocator_runs_out_too() {
    let text = handler("", ECHO).replace("(local $at i32)", "(local $at i32) (loop $again (br $again))");
    let guest = component("atoll:app/http-app", &text);
    let error = error_of(&TestHost::new(), &much_fuel("cpu_ms = 20"), guest).await;
    assert_eq!(error, CallError::OutOfCpu { limit_ms: 20 });
}

#[tokio::test]
async fn a_trap_in_the_allocator_is_that_calls_error_only() {
    let text = handler("", ECHO).replace("(local $at i32)", "(local $at i32) unreachable");
    let error = error_of(&TestHost::new(), "", component("atoll:app/http-app", &text)).await;
    assert!(matches!(error, CallError::Trapped { .. }), "{error:?}");
}

/// One thread and three loops that would take it for more than half a second: they go on elsewhere, and others are
/// served.
#[tokio::test]
async fn others_are_served_while_guests_loop() {
    // They run behind everything else of this machine, which may be busy.
    let defaults = limits();
    let host =
        TestHost::with(&Limits { app_max: AppLimits { wall_ms: 300_000, ..defaults.app_max }, ..defaults });
    let spinner = host.load(&much_fuel("cpu_ms = 200\nwall_ms = 300000"), http_guest("", FOREVER));
    let loops: Vec<_> = (0..3)
        .map(|_| {
            let (runtime, app) = (Arc::clone(&host.runtime), Arc::clone(&spinner));
            tokio::spawn(async move { runtime.fetch(&app, get("/")).await.map(|handled| handled.usage) })
        })
        .collect();
    let echo = host.load("", http_guest("", ECHO));
    for _ in 0..20 {
        // Each loop has the thread for a tick or two; without ticks this would come back when they have ended.
        tokio::task::yield_now().await;
        host.runtime.fetch(&echo, get("/")).await.unwrap();
    }
    assert!(loops.iter().all(|task| !task.is_finished()), "the loops ended before the others were served");
    for task in loops {
        assert_eq!(task.await.unwrap().unwrap_err(), CallError::OutOfCpu { limit_ms: 200 });
    }
}

#[tokio::test]
async fn a_memory_bomb_is_denied() {
    let host = TestHost::new();
    let bomb =
        "(loop $again (br_if $again (i32.ne (i32.const -1) (memory.grow (i32.const 16))))) unreachable";
    let error = error_of(&host, "[backend.limits]\nmemory_mib = 8", http_guest("", bomb)).await;
    assert_eq!(error, CallError::OutOfMemory { limit_mib: 8 });
    assert!(host.log().contains("the app ran out of memory: memory_mib = 8"), "{}", host.log());
}

#[tokio::test]
async fn a_memory_too_large_from_the_start_is_denied() {
    let text =
        handler("", ECHO).replace("(memory (export \"memory\") 1)", "(memory (export \"memory\") 1000)");
    let error = error_of(
        &TestHost::new(),
        "[backend.limits]\nmemory_mib = 8",
        component("atoll:app/http-app", &text),
    )
    .await;
    assert_eq!(error, CallError::OutOfMemory { limit_mib: 8 });
}

#[tokio::test]
async fn a_table_does_not_grow_over_its_limit() {
    let host = TestHost::new();
    // Answers how often it could grow by 1,000: 20 times, to 20,000 elements.
    let grow = "(block $full (loop $again
            (br_if $full (i32.eq (i32.const -1) (table.grow $table (ref.null func) (i32.const 1000))))
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br $again)))
        (i32.store8 (i32.const 512) (local.get $n))
        (call $respond (i32.const 200) (i32.const 512) (i32.const 1))";
    let app = host.load("", http_guest("(table $table 0 funcref)", grow));
    let answer = host.runtime.fetch(&app, get("/")).await.unwrap();
    assert_eq!(answer.value.body().as_bytes().unwrap()[0], 20);
}

#[tokio::test]
async fn endless_recursion_runs_out_of_stack() {
    let parts = "(func $deep (param i64) (result i64)
        (i64.add (local.get 0) (call $deep (i64.add (local.get 0) (i64.const 1)))))";
    let body = format!("(drop (call $deep (i64.const 0))) {ECHO}");
    let error = error_of(&TestHost::new(), "", http_guest(parts, &body)).await;
    assert_eq!(error, CallError::OutOfStack { limit_bytes: limits().stack_bytes_max });
}

#[tokio::test]
async fn a_log_flood_is_cut_and_counted() {
    let host = TestHost::new();
    let parts = r#"(import "atoll:app/log@0.1.0" "write" (func $log (param i32 i32 i32)))
        (data (i32.const 600) "\1b[31mred")"#;
    let flood = format!(
        "(local.set $n (i32.const 20000))
        (loop $again
            (call $log (i32.const 1) (i32.const 600) (i32.const 8))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        {ECHO}"
    );
    let app = host.load(&much_fuel("cpu_ms = 1000"), http_guest(parts, &flood));
    host.runtime.fetch(&app, get("/")).await.unwrap();
    let log = host.log();
    assert!(log.len() < 128 << 10, "{}", log.len());
    assert!(log.starts_with("\\u{1b}[31mred\n"), "{}", log.lines().next().unwrap());
    assert!(log.trim_end().ends_with("log_bytes_per_call_max = 65536"), "{}", log.lines().last().unwrap());
}

#[tokio::test]
async fn one_line_larger_than_a_guest_may_hand_over_ends_the_call() {
    let host = TestHost::new();
    let parts = r#"(import "atoll:app/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#;
    let huge = format!(
        "(drop (memory.grow (i32.const 400))) (call $log (i32.const 1) (i32.const 0) (i32.const 20000000)) {ECHO}"
    );
    let error = error_of(&host, "", http_guest(parts, &huge)).await;
    assert_eq!(error, CallError::HostCallTooLarge { limit_bytes: 16 << 20 });
}

#[tokio::test]
async fn an_answer_larger_than_the_host_would_read_is_named_as_an_answer() {
    let host = TestHost::new();
    let grow = "(drop (memory.grow (i32.const 400)))";
    let huge = format!("{grow} (call $respond (i32.const 200) (i32.const 0) (i32.const 20000000))");
    let error = error_of(&host, "", http_guest("", &huge)).await;
    assert_eq!(error, CallError::ResponseTooLarge { limit: "http_response_bytes_max", value: 10 << 20 });

    // `reject` with a reason of twenty megabytes.
    let reject = format!(
        "{grow} (i32.store (i32.const 1024) (i32.const 2)) (i32.store (i32.const 1032) (i32.const 20000000))
        (i32.const 1024)"
    );
    let app = host.load("", event_guest("", &reject));
    let error = host.runtime.deliver(&app, &event(0), 1).await.unwrap_err();
    assert_eq!(error, CallError::ResponseTooLarge { limit: "host_call_bytes_max", value: 16 << 20 });
}

#[tokio::test]
async fn a_response_may_be_as_large_as_its_own_limit_says_whatever_a_host_call_may_be() {
    let host = TestHost::with(&Limits { host_call_bytes_max: 1, ..limits() });
    let grow = "(drop (memory.grow (i32.const 200)))";
    let large = format!("{grow} (call $respond (i32.const 200) (i32.const 0) (i32.const 10485760))");
    let app = host.load("", http_guest("", &large));
    host.runtime.fetch(&app, get("/")).await.unwrap();
}

#[tokio::test]
async fn a_flood_of_host_calls_is_stopped() {
    let parts = r#"(import "atoll:app/random@0.1.0" "get-u64" (func $random (result i64)))"#;
    let flood = "(loop $again (drop (call $random)) (br $again)) unreachable";
    let limits = Limits { host_calls_max: 100, ..limits() };
    let error = error_of(&TestHost::with(&limits), MUCH_FUEL, http_guest(parts, flood)).await;
    assert_eq!(error, CallError::TooManyHostCalls { limit: 100 });
}

#[tokio::test]
async fn too_much_randomness_at_once_is_refused() {
    let parts = r#"(import "atoll:app/random@0.1.0" "get-bytes" (func $random (param i32 i32)))"#;
    let body = format!("(call $random (i32.const 65537) (i32.const 1200)) {ECHO}");
    let error = error_of(&TestHost::new(), "", http_guest(parts, &body)).await;
    assert!(error.to_string().contains("65537 random bytes"), "{error}");
}

#[tokio::test]
async fn an_answer_over_the_limit_is_no_answer() {
    let host = TestHost::with(&Limits { http_response_bytes_max: 1_000, ..limits() });
    let large = |n: u32| format!("(call $respond (i32.const 200) (i32.const 0) (i32.const {n}))");
    let error = error_of(&host, "", http_guest("", &large(1_001))).await;
    assert_eq!(error, CallError::ResponseTooLarge { limit: "http_response_bytes_max", value: 1_000 });
    let app = host.load("", http_guest("", &large(1_000)));
    host.runtime.fetch(&app, get("/")).await.unwrap();
}

#[tokio::test]
async fn an_answer_outside_of_memory_is_a_trap() {
    let wild = "(call $respond (i32.const 200) (i32.const 0xfffffff0) (i32.const 100))";
    let error = error_of(&TestHost::new(), "", http_guest("", wild)).await;
    assert!(matches!(error, CallError::Trapped { .. }), "{error:?}");
}

const SLEEP: &str =
    r#"(import "atoll:app/operations@0.1.0" "wait" (func $wait (param i32 i32 i32 i64 i32)))"#;

/// Waits for nothing but the time.
fn sleep(ns: u64) -> String {
    format!("(call $wait (i32.const 0) (i32.const 0) (i32.const 1) (i64.const {ns}) (i32.const 1200))")
}

fn sleeper(ns: u64) -> Bytes {
    http_guest(SLEEP, &format!("{} {ECHO}", sleep(ns)))
}

#[tokio::test]
async fn waiting_costs_wall_time_and_no_cpu() {
    let host = TestHost::new();
    let app = host.load("[backend.limits]\ncpu_ms = 20", sleeper(200_000_000));
    let Handled { usage, .. } = host.runtime.fetch(&app, get("/")).await.unwrap();
    assert!(usage.wall >= Duration::from_millis(200) && usage.cpu < Duration::from_millis(20), "{usage:?}");
}

#[tokio::test]
async fn waiting_ends_with_the_wall_clock_limit() {
    let error = error_of(&TestHost::new(), "[backend.limits]\nwall_ms = 50", sleeper(u64::MAX)).await;
    assert_eq!(error, CallError::OutOfWallTime { limit_ms: 50 });
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_the_call_and_keeps_the_log() {
    let host = TestHost::new();
    let parts = format!(
        r#"(import "atoll:app/log@0.1.0" "write" (func $log (param i32 i32 i32))) {SLEEP}
        (data (i32.const 600) "before")"#
    );
    let body =
        format!("(call $log (i32.const 1) (i32.const 600) (i32.const 6)) {} {ECHO}", sleep(60_000_000_000));
    let app = host.load("", http_guest(&parts, &body));
    let mut call = Box::pin(host.runtime.fetch(&app, get("/")));
    // A poll runs the guest into its sleep, unless the epoch takes its turn away on the way: hence some more.
    for _ in 0..100 {
        assert!(futures::poll!(call.as_mut()).is_pending());
    }
    assert_eq!(host.log(), "");
    drop(call);
    assert_eq!(host.log(), "before\n");
}

/// A guest writes a secret all over its memory; the next tenant of the same slot looks for it.
#[tokio::test]
async fn nothing_is_left_for_the_next_instance() {
    let limits = Limits {
        instances_max: 1,
        app_default: AppLimits { memory_mib: 8, ..AppLimits::default() },
        ..limits()
    };
    let host = TestHost::with(&limits);
    let fill = format!(
        "(drop (memory.grow (i32.const 63))) (memory.fill (i32.const 65536) (i32.const 0xa5) (i32.const 4128768)) {ECHO}"
    );
    let look = "(drop (memory.grow (i32.const 63)))
        (local.set $n (i32.const 65536))
        (loop $again
            (if (i64.ne (i64.load (local.get $n)) (i64.const 0)) (then unreachable))
            (br_if $again (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 8))) (i32.const 4194304))))
        (call $respond (i32.const 200) (i32.const 512) (i32.const 1))";
    let (fill, look) = (host.load("", http_guest("", &fill)), host.load("", http_guest("", look)));
    for _ in 0..3 {
        host.runtime.fetch(&fill, get("/")).await.unwrap();
        host.runtime.fetch(&look, get("/")).await.unwrap();
    }
}

#[tokio::test]
async fn more_calls_than_an_app_may_run_and_queue_are_turned_away() {
    let host = TestHost::with(&Limits { app_concurrency_max: 1, app_queue_max: 1, ..limits() });
    let app = host.load("", sleeper(50_000_000));
    let call = || host.runtime.fetch(&app, get("/"));
    let (first, second, third) = futures::join!(call(), call(), call());
    assert!(first.is_ok() && second.is_ok());
    assert!(second.unwrap().usage.queued > Duration::ZERO);
    assert!(matches!(third, Err(CallError::Overloaded { limit: "app_queue_max", .. })), "{third:?}");
}

#[tokio::test]
async fn too_many_parts_are_refused() {
    let tables: String = (0..10).map(|_| "(table 1 funcref)").collect();
    let host = TestHost::new();
    let refused = match host.try_load("app", "", http_guest(&tables, ECHO)) {
        Err(error) => error.to_string(),
        Ok(app) => host.runtime.fetch(&app, get("/")).await.unwrap_err().to_string(),
    };
    assert!(refused.contains("tables"), "{refused}");
}

/// A thread of its own that a dropped runtime must end, or tests would pile them up.
#[test]
fn a_runtime_goes_when_it_is_dropped() {
    fn flag_when_done(work: impl FnOnce() + Send + 'static) -> Arc<AtomicBool> {
        let done = Arc::new(AtomicBool::new(false));
        let set = Arc::clone(&done);
        std::thread::spawn(move || {
            work();
            set.store(true, Ordering::SeqCst);
        })
        .join()
        .unwrap();
        done
    }
    assert!(flag_when_done(|| drop(TestHost::new())).load(Ordering::SeqCst));
}

#[test]
fn a_call_is_a_future_that_any_executor_thread_can_run() {
    fn check<T: Future + Send>(_: &T) {}
    let host = TestHost::new();
    let app = host.load("", http_guest("", ECHO));
    let call = host.runtime.fetch(&app, get("/"));
    check(&call);
    let executor =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    assert_eq!(text(executor.block_on(call).unwrap().value.body()), "http://app.example/");
}
