//! `atoll component`: one file, served or run.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use crate::support::{Process, Workbench};

fn guest(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../tests/wasi/{name}/{name}.wasm"));
    assert!(path.is_file(), "tests/wasi is built; `cargo xtask guests` does it");
    path.display().to_string()
}

/// Starts the command, and answers the address it says.
fn serve(bench: &Workbench, guest: &str, more: &[&str]) -> (Process, String) {
    let args = [&["component", guest, "--listen", "127.0.0.1:0"], more].concat();
    let mut process = Process::start(bench.command(&args));
    let first = process.any_line().expect("it says its address");
    let address = first.strip_prefix("Serving HTTP on http://").and_then(|rest| rest.strip_suffix('/'));
    let address = address.unwrap_or_else(|| panic!("{first}")).to_owned();
    (process, address)
}

fn get(address: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nhost: any.example:80\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Answers one request, and says where it listens.
fn world() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            seen.push(byte[0]);
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nworld").unwrap();
    });
    address
}

#[test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
fn component_serves_both_versions_of_wasi_without_a_data_directory() {
    for name in ["guest-p2", "guest-p3"] {
        let (bench, world) = (Workbench::new(), world());
        let origin = format!("http://{world}");
        let more = ["--env", "NAME=Ada", "--allow-http", &origin];
        let (mut process, address) = serve(&bench, &guest(name), &more);
        let answer = get(&address, "/?x");
        assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
        // In one piece or in chunks, as it happens.
        assert!(answer.contains("\nHello, Ada, from http://any.example:80"), "{answer}");
        let forwarded = get(&address, &format!("/forward?{world}/"));
        assert!(forwarded.contains("\nworld"), "{forwarded}");
        let refused = get(&address, "/forward?127.0.0.1:1/");
        assert!(refused.contains("502") && refused.contains("HttpRequestDenied"), "{refused}");
        assert!(get(&address, "/spin").starts_with("HTTP/1.1 504 "));
        assert_eq!(process.stop(Duration::from_secs(60)), Some(0));
        assert!(std::fs::read_dir(bench.path(".")).unwrap().next().is_none(), "it left files");
    }
}

#[test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
fn component_runs_a_command_once_and_listens_nowhere() {
    let (bench, world, program) = (Workbench::new(), world(), guest("command-p3"));
    // A port that is taken is nothing to a command.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = listener.local_addr().unwrap().to_string();
    let run = |more: &[&str]| bench.atoll(&[&["component", &program, "--listen", &taken], more].concat());
    let greeted = run(&["--env", "NAME=Ada", "--", "greet"]);
    assert_eq!(greeted.status, 0, "{}", greeted.all());
    assert_eq!(greeted.stdout, "Hello, Ada, from command-p3.wasm\n");
    assert_eq!(greeted.stderr, "to standard error\n");
    let origin = format!("http://{world}");
    let target = format!("{world}/");
    let forwarded = run(&["--allow-http", &origin, "--", "forward", &target]);
    assert_eq!((forwarded.status, forwarded.stdout.as_str()), (0, "world"), "{}", forwarded.all());
    let refused = run(&["--", "forward", &target]);
    assert!(refused.stdout.contains("HttpRequestDenied"), "{}", refused.all());
    assert!(refused.stderr.contains("is not granted"), "{}", refused.all());
    assert_eq!(run(&[]).status, 1);
    assert_eq!(run(&["--", "exit", "42"]).status, 42);
    let stopped = run(&["--limit", "cpu_ms=50", "--", "spin"]);
    assert!(stopped.status == 1 && stopped.stderr.contains("cpu_ms = 50"), "{}", stopped.all());
    let trapped = run(&["--", "trap"]);
    assert!(trapped.status == 1 && trapped.stderr.contains("error"), "{}", trapped.all());
    assert!(std::fs::read_dir(bench.path(".")).unwrap().next().is_none(), "it left files");
}

#[test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
fn component_takes_arguments_for_commands_only() {
    let bench = Workbench::new();
    let run = bench.atoll(&["component", &guest("guest-p2"), "--listen", "127.0.0.1:0", "--", "greet"]);
    assert!(run.status == 2 && run.stderr.contains("arguments are for commands"), "{}", run.all());
}

#[test]
fn component_says_what_is_wrong_with_a_file() {
    let bench = Workbench::new();
    let missing = bench.atoll(&["component", "none.wasm"]);
    assert!(missing.status == 1 && missing.stderr.contains("none.wasm"), "{}", missing.all());
    bench.write("text.wasm", "not a component");
    let text = bench.atoll(&["component", "text.wasm", "--listen", "127.0.0.1:0"]);
    assert!(text.status == 1 && text.stderr.contains("this is no WebAssembly"), "{}", text.all());
    for bad in [["--env", "NAME"], ["--allow-http", "api.example.com"], ["--limit", "memory=1"]] {
        let run = bench.atoll(&["component", "text.wasm", bad[0], bad[1]]);
        assert_eq!(run.status, 2, "{}", run.all());
    }
}
