//! Components that are programs: they run once, write to whoever runs them, and end with an exit code. Those of WASI 0.2
//! are text here; the one of 0.3 is `tests/wasi/command-p3`.

use std::{
    io,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use atoll_model::{Artifact, Backend, Limits};
use atoll_runtime::{CallError, CallKind, CommandLine, LoadedApp, RuntimeError};
use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWrite, duplex};

use crate::{
    guests::http_guest,
    support::{TestHost, code, limits},
    wasi::{World, guest},
};

fn command_guest(body: &str) -> Bytes {
    test_guests::command_guest(body).unwrap().into()
}

/// How a command ended, and what it wrote.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    code: u8,
    stdout: String,
    stderr: String,
}

async fn load(host: &TestHost, manifest: &str, wasm: Bytes) -> Result<Arc<LoadedApp>, RuntimeError> {
    let backend = Backend::Component { wasm: Artifact::new(wasm) };
    host.runtime.load_command(code("app", manifest, backend)).await
}

async fn run(host: &TestHost, app: &Arc<LoadedApp>, args: &[&str]) -> Result<Ran, CallError> {
    // Smaller than what is written: the two must go on side by side.
    let ((mut stdout, to_stdout), (mut stderr, to_stderr)) = (duplex(1_000), duplex(1_000));
    let args = ["program"].iter().chain(args).map(|arg| (*arg).to_owned()).collect();
    let line = CommandLine { args, stdout: Box::new(to_stdout), stderr: Box::new(to_stderr) };
    let (mut out, mut err) = (String::new(), String::new());
    let (ended, read_out, read_err) = tokio::join!(
        host.runtime.run_command(app, line),
        stdout.read_to_string(&mut out),
        stderr.read_to_string(&mut err)
    );
    read_out.unwrap();
    read_err.unwrap();
    ended.map(|handled| Ran { code: handled.value, stdout: out, stderr: err })
}

/// The text of the second argument.
const PRINT_ARGUMENT: &str = "
    (call $arguments (i32.const 16))
    (local.set $n (i32.load (i32.const 16)))
    (call $print (call $stdout) (i32.load offset=8 (local.get $n)) (i32.load offset=12 (local.get $n)) (i32.const 32))
    (i32.load8_u (i32.const 32))";

/// 4096 bytes, the most that one call takes, again and again.
const PRINT_WITHOUT_END: &str = "
    (local.set $n (call $stdout))
    (loop $again
        (call $print (local.get $n) (i32.const 2048) (i32.const 4096) (i32.const 32))
        (br_if $again (i32.eqz (i32.load8_u (i32.const 32)))))
    (i32.const 1)";

#[tokio::test]
async fn a_command_ends_with_its_exit_code() {
    for (body, code) in [
        ("(i32.const 0)", 0),
        ("(i32.const 1)", 1),
        ("(call $exit (i32.const 0)) (i32.const 1)", 0),
        ("(call $exit (i32.const 7)) (i32.const 0)", 7),
        ("(call $exit (i32.const 255)) unreachable", 255),
    ] {
        let host = TestHost::new();
        let app = load(&host, "", command_guest(body)).await.unwrap();
        let ran = run(&host, &app, &[]).await.unwrap();
        assert_eq!(ran, Ran { code, stdout: String::new(), stderr: String::new() }, "{body}");
        let ended = host.calls.first().await;
        let outcome = if code == 0 { Ok(true) } else { Err(None) };
        assert_eq!((ended.kind, ended.outcome, ended.status), (CallKind::Command, outcome, None), "{body}");
    }
}

#[tokio::test]
async fn a_command_gets_its_arguments_and_writes_to_whoever_runs_it() {
    let host = TestHost::new();
    let app = load(&host, "", command_guest(PRINT_ARGUMENT)).await.unwrap();
    for text in ["hello\n", "\u{1b}[2J no line"] {
        assert_eq!(run(&host, &app, &[text]).await.unwrap().stdout, text);
    }
    assert_eq!(host.log(), "");
}

#[tokio::test]
async fn a_command_is_stopped_at_its_limits() {
    let host = TestHost::new();
    let spin = command_guest("(loop $again (br $again)) unreachable");
    let app = load(&host, "limits = { cpu_ms = 20 }", spin.clone()).await.unwrap();
    assert_eq!(run(&host, &app, &[]).await, Err(CallError::OutOfCpu { limit_ms: 20 }));
    let app = load(&host, "limits = { fuel = 1000, cpu_ms = 1000 }", spin).await.unwrap();
    assert_eq!(run(&host, &app, &[]).await, Err(CallError::OutOfFuel { limit: 1_000 }));
    let grow =
        "(loop $again (br_if $again (i32.ne (i32.const -1) (memory.grow (i32.const 16))))) unreachable";
    let app = load(&host, "limits = { memory_mib = 4 }", command_guest(grow)).await.unwrap();
    assert_eq!(run(&host, &app, &[]).await, Err(CallError::OutOfMemory { limit_mib: 4 }));
    let app = load(&host, "", command_guest("unreachable")).await.unwrap();
    let trapped = run(&host, &app, &[]).await;
    assert!(matches!(trapped, Err(CallError::Trapped { .. })), "{trapped:?}");
}

/// Takes nothing, and is never ready to.
struct Stalled;

impl AsyncWrite for Stalled {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, _: &[u8]) -> Poll<io::Result<usize>> {
        Poll::Pending
    }
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Pending
    }
}

#[tokio::test]
async fn a_command_that_nobody_reads_is_stopped_at_the_clock_or_told() {
    let host = TestHost::with(&Limits { drain_ms: 10, ..limits() });
    let guest = command_guest(PRINT_WITHOUT_END);
    let app = load(&host, "limits = { wall_ms = 200, cpu_ms = 60000 }", guest.clone()).await.unwrap();
    let line = CommandLine { args: Vec::new(), stdout: Box::new(Stalled), stderr: Box::new(Stalled) };
    let stalled = host.runtime.run_command(&app, line).await.map(|handled| handled.value);
    assert_eq!(stalled, Err(CallError::OutOfWallTime { limit_ms: 200 }));

    let app = load(&host, "limits = { cpu_ms = 60000 }", guest).await.unwrap();
    let (reader, gone) = duplex(1_000);
    drop(reader);
    let line = CommandLine { args: Vec::new(), stdout: Box::new(gone), stderr: Box::new(Stalled) };
    assert_eq!(host.runtime.run_command(&app, line).await.unwrap().value, 1);
}

#[tokio::test]
async fn only_a_command_is_run_and_only_when_asked_for() {
    let host = TestHost::new();
    let handler = http_guest("", "(call $respond (i32.const 200) (i32.const 0) (i32.const 0))");
    assert_eq!(load(&host, "", handler.clone()).await.unwrap_err(), RuntimeError::NoCommand);
    let refused = host.try_load("app", "", command_guest("(i32.const 0)")).unwrap_err();
    assert_eq!(refused, RuntimeError::Command { export: "wasi:cli/run@0.2.12".into() });
    let app = host.load("", handler);
    let none = run(&host, &app, &[]).await.unwrap_err();
    assert!(matches!(none, CallError::NoHandler { handler: "command", .. }), "{none}");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn commands_of_wasi_0_3_run_the_same_way() {
    let host = TestHost::with_http(&limits(), Arc::new(World::default()));
    let manifest =
        "vars = { NAME = \"Ada\" }\nlimits = { cpu_ms = 500 }\n[grants]\nhttp = [\"http://api.example\"]";
    let app = load(&host, manifest, guest("command-p3")).await.unwrap();
    let greeted = run(&host, &app, &["greet"]).await.unwrap();
    assert_eq!((greeted.code, greeted.stdout.as_str()), (0, "Hello, Ada, from program\n"));
    assert_eq!(greeted.stderr, "to standard error\n");
    assert_eq!(run(&host, &app, &["much", "1000000"]).await.unwrap().stdout, "x".repeat(1_000_000));
    let forwarded = run(&host, &app, &["forward", "api.example/x"]).await.unwrap().stdout;
    assert_eq!(forwarded, "this is http://api.example/x");
    let denied = run(&host, &app, &["forward", "other.example/x"]).await.unwrap().stdout;
    assert!(denied.contains("HttpRequestDenied"), "{denied}");
    // Part of the host's name otherwise, or another host's.
    for path in ["x", ".example", ":80/x", "@other.example/"] {
        assert_eq!(
            run(&host, &app, &["relative", path]).await.unwrap().stdout,
            "ErrorCode::HttpRequestUriInvalid"
        );
    }
    assert_eq!(run(&host, &app, &[]).await.unwrap().code, 1);
    assert_eq!(run(&host, &app, &["exit", "7"]).await.unwrap().code, 7);
    let trapped = run(&host, &app, &["trap"]).await;
    assert!(matches!(trapped, Err(CallError::Trapped { .. })), "{trapped:?}");
    let app = load(&host, "limits = { cpu_ms = 20 }", guest("command-p3")).await.unwrap();
    assert_eq!(run(&host, &app, &["spin"]).await, Err(CallError::OutOfCpu { limit_ms: 20 }));
}
