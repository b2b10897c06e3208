//! Clients that take their time, or leave: others are served meanwhile, and what the slow ones held comes back.

use std::time::Duration;

use hostile_tests::{Failure, PATIENCE, Raw, Server, ServerOptions, javascript};
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::time::{sleep, timeout};

/// Slow sockets, if this machine lets a process have so many.
const SOCKETS_WANTED: usize = 10_000;
/// Descriptors for everything else in this process, and in the server's.
const DESCRIPTORS_SPARE: usize = 1_000;

const QUIET: &str = "export default { fetch() { return new Response('quiet'); } };";

async fn server(config: &str) -> Result<Server, Failure> {
    let server = Server::start(ServerOptions { config: Some(config.into()), ..ServerOptions::default() })?;
    assert_eq!(server.deploy("quiet", &javascript("quiet", "", QUIET)).await?.status, 201);
    Ok(server)
}

async fn serves_others(server: &Server) -> Result<(), Failure> {
    assert_eq!(server.get("/healthz").await?.status, 200);
    assert_eq!(server.get("/apps/quiet/api/").await?.text, "quiet");
    Ok(())
}

/// Waits until the server has as few files and sockets open as before.
async fn files_come_back(server: &Server, before: usize) -> Result<(), Failure> {
    let come_back = async {
        // The clients of the test itself keep some connections for their next request.
        while server.open_files()? > before + 16 {
            sleep(Duration::from_millis(50)).await;
        }
        Ok::<(), Failure>(())
    };
    timeout(PATIENCE, come_back).await.map_err(|_| "the server keeps what hostile clients held")?
}

fn raise_open_files() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let raised = setrlimit(Resource::Nofile, limit).is_ok();
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    assert!(raised || limit > 0, "no descriptors at all");
    usize::try_from(limit).unwrap_or(usize::MAX)
}

/// `/proc/sys/net/ipv4/ip_local_port_range`: each socket has a port of its own.
fn ports() -> usize {
    let text = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut bounds = text.split_whitespace().filter_map(|bound| bound.parse::<usize>().ok());
    match (bounds.next(), bounds.next()) {
        (Some(first), Some(last)) => last.saturating_sub(first),
        _ => SOCKETS_WANTED,
    }
}

#[tokio::test]
async fn ten_thousand_sockets_at_a_byte_a_second_hold_nobody_up() -> Result<(), Failure> {
    let room = raise_open_files().min(ports()).saturating_sub(DESCRIPTORS_SPARE);
    let count = SOCKETS_WANTED.min(room / 4 * 3);
    // What a case prints is shown when it fails, or with `--no-capture`.
    println!("{count} slow sockets");
    assert!(
        count > 500,
        "this machine allows {count} slow sockets: raise the limit of open files (ulimit -Hn)"
    );
    let server = server("[limits]\nhttp_header_read_ms = 20000\n").await?;
    let (files, memory) = (server.open_files()?, server.resident_bytes()?);
    let mut slow = Vec::with_capacity(count);
    for _ in 0..count {
        let mut socket = Raw::connect(&server).await?;
        socket.write(b"G").await?;
        slow.push(socket);
    }
    for byte in b"ET / HT" {
        serves_others(&server).await?;
        for socket in &mut slow {
            // The first ones may have been cut by now, on a slow machine.
            let _ = socket.write(&[*byte]).await;
        }
        sleep(Duration::from_secs(1)).await;
    }
    let each = server.resident_bytes()?.saturating_sub(memory) / count as u64;
    assert!(each < 64 << 10, "a slow socket takes {each} bytes of the server's memory");
    for mut socket in slow {
        let answer = socket.read_to_close().await?;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408 "), "{answer}");
        drop(socket);
    }
    serves_others(&server).await?;
    files_come_back(&server, files).await?;
    server.has_not_panicked()
}

#[tokio::test]
async fn slow_heads_bodies_and_readers_are_cut() -> Result<(), Failure> {
    let config = "[limits]\nhttp_header_read_ms = 500\nhttp_idle_ms = 700\nhttp_total_ms = 4000\n";
    let server = server(config).await?;
    let manifest = "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\nwall_ms = 60000\n";
    let code = r#"export default { async fetch(request: Request) {
        if (request.method === "POST") return new Response(String((await request.text()).length));
        return new Response(new Uint8Array(8_000_000));
    } };"#;
    assert_eq!(server.deploy("app", &javascript("app", manifest, code)).await?.status, 201);
    let files = server.open_files()?;

    let mut head = Raw::connect(&server).await?;
    head.write(b"GET / HTTP/1.1\r\nHost: loc").await?;
    let mut silent = Raw::connect(&server).await?;
    let post = "POST /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n";
    let mut small = Raw::connect(&server).await?;
    small.write(format!("{post}Content-Length: 9\r\n\r\nab").as_bytes()).await?;
    let mut large = Raw::connect(&server).await?;
    large.write(format!("{post}Content-Length: 900000\r\n\r\nab").as_bytes()).await?;
    let mut chunked = Raw::connect(&server).await?;
    chunked.write(format!("{post}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n").as_bytes()).await?;
    // A byte again and again, each in time, and never an end.
    let mut trickling = Raw::connect(&server).await?;
    trickling.write(format!("{post}Content-Length: 60000\r\n\r\n").as_bytes()).await?;
    let trickle = async {
        while trickling.write(b"x").await.is_ok() {
            sleep(Duration::from_millis(200)).await;
        }
    };
    let mut stalled = Raw::connect_narrow(&server).await?;
    stalled.write(b"GET /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    assert!(stalled.read(13).await?.starts_with(b"HTTP/1.1 200"));

    serves_others(&server).await?;
    assert_eq!(silent.read_to_close().await?, "");
    assert!(head.read_to_close().await?.starts_with("HTTP/1.1 408 "));
    for (mut socket, limit) in [(small, "http_idle_ms"), (large, "http_idle_ms"), (chunked, "http_idle_ms")] {
        let answer = socket.read_to_close().await?;
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains(limit), "{answer}");
    }
    timeout(PATIENCE, trickle).await.map_err(|_| "a body that trickles is never cut")?;
    // It read one piece and stopped: what it gets when it goes on is not the whole.
    let cut = async {
        while stalled.write(b"x").await.is_ok() {
            sleep(Duration::from_millis(100)).await;
        }
    };
    timeout(PATIENCE, cut).await.map_err(|_| "a reader that stalls is never cut")?;
    serves_others(&server).await?;
    files_come_back(&server, files).await?;
    server.has_not_panicked()
}

/// A reader that takes a few bytes now and then would hold its response for hours.
#[tokio::test]
async fn a_reader_that_trickles_is_cut_at_the_total_limit() -> Result<(), Failure> {
    let server = server("[limits]\nhttp_idle_ms = 60000\nhttp_total_ms = 2000\n").await?;
    let manifest = "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\n";
    let code = "export default { fetch() { return new Response(new Uint8Array(9_000_000)); } };";
    assert_eq!(server.deploy("app", &javascript("app", manifest, code)).await?.status, 201);
    let mut socket = Raw::connect_narrow(&server).await?;
    socket.write(b"GET /apps/app/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
    let mut read = 0;
    let trickle = async {
        loop {
            match socket.read(512).await {
                Ok(bytes) if !bytes.is_empty() => read += bytes.len(),
                _ => break,
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, trickle).await.map_err(|_| "a reader that trickles is never cut")?;
    assert!(read < 9_000_000, "it got everything");
    serves_others(&server).await?;
    server.has_not_panicked()
}

#[tokio::test]
async fn connections_over_the_cap_wait_until_others_are_cut() -> Result<(), Failure> {
    let server = server("[limits]\nhttp_connections_max = 8\nhttp_header_read_ms = 1000\n").await?;
    let mut held = Vec::new();
    for _ in 0..24 {
        held.push(Raw::connect(&server).await?);
    }
    serves_others(&server).await?;
    server.has_not_panicked()
}

const STREAMS: &str = r#"
const encode = (text: string) => new TextEncoder().encode(text);
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export default {
  async fetch(request: Request) {
    switch (new URL(request.url).pathname) {
      case "/endless":
        return new Response(new ReadableStream({ pull(controller) { controller.enqueue(new Uint8Array(32768)); } }));
      case "/events":
        return new Response(new ReadableStream({ async pull(controller) {
          await sleep(50);
          controller.enqueue(encode("data: tick\n\n"));
        } }), { headers: { "content-type": "text/event-stream" } });
      case "/silent":
        return new Response(new ReadableStream({ async start(controller) {
          controller.enqueue(encode("first"));
          await sleep(600000);
        } }));
      case "/unread":
        await sleep(600000);
        return new Response("late");
      case "/count":
        return new Response(String((await request.arrayBuffer()).byteLength));
    }
    return new Response("free");
  },
};
"#;

/// One request at a time, and a long time for each: the next one is answered only if the one before has ended.
#[tokio::test]
async fn a_client_that_leaves_takes_its_guest_along() -> Result<(), Failure> {
    let server = server("[limits]\napp_concurrency_max = 1\n[limits.app_max]\nwall_ms = 600000\n").await?;
    let manifest = "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\nwall_ms = 600000\n";
    assert_eq!(server.deploy("app", &javascript("app", manifest, STREAMS)).await?.status, 201);
    let files = server.open_files()?;
    let host = "HTTP/1.1\r\nHost: localhost\r\n";
    let leave = [
        (format!("GET /apps/app/api/endless {host}\r\n"), true),
        (format!("GET /apps/app/api/events {host}\r\n"), true),
        (format!("GET /apps/app/api/silent {host}\r\n"), true),
        (format!("GET /apps/app/api/unread {host}\r\n"), false),
        // In the middle of a body that is read, and of bodies that are not but fit what lies between.
        (format!("POST /apps/app/api/count {host}Content-Length: 900000\r\n\r\nab"), false),
        (
            format!("POST /apps/app/api/unread {host}Content-Length: 900000\r\n\r\n{}", "x".repeat(30_000)),
            false,
        ),
        (format!("POST /apps/app/api/unread {host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"), false),
    ];
    for (request, reads) in leave {
        let mut socket = Raw::connect(&server).await?;
        let (first, rest) = request.as_bytes().split_at(request.len().min(400));
        socket.write(first).await?;
        if reads {
            assert!(socket.read(15).await?.starts_with(b"HTTP/1.1 200"), "{request}");
        } else {
            // What the server does not read need not be taken.
            let _ = timeout(Duration::from_secs(2), socket.write(rest)).await;
            // The guest has begun when another request has to wait.
            let waits = || timeout(Duration::from_millis(300), server.get("/apps/app/api/"));
            while waits().await.is_ok() {}
        }
        drop(socket);
        let next = timeout(PATIENCE, server.get("/apps/app/api/")).await;
        let name: String = request.chars().take(30).collect();
        assert_eq!(next.map_err(|_| format!("{name}: the guest runs on for nobody"))??.text, "free");
        serves_others(&server).await?;
    }
    files_come_back(&server, files).await?;
    server.has_not_panicked()
}

/// Hostile clients that read nothing of what is endless: the guests end, and so do their connections.
#[tokio::test]
async fn endless_answers_to_readers_that_stall_are_cut() -> Result<(), Failure> {
    let server = server("[limits]\nhttp_idle_ms = 500\n[limits.app_max]\nwall_ms = 600000\n").await?;
    let manifest = "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\nwall_ms = 600000\n";
    assert_eq!(server.deploy("app", &javascript("app", manifest, STREAMS)).await?.status, 201);
    let files = server.open_files()?;
    let mut stalled = Vec::new();
    for _ in 0..40 {
        let mut socket = Raw::connect_narrow(&server).await?;
        socket.write(b"GET /apps/app/api/endless HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        stalled.push(socket);
    }
    serves_others(&server).await?;
    files_come_back(&server, files).await?;
    drop(stalled);
    let resident_mib = server.resident_bytes_max()? >> 20;
    assert!(resident_mib < 800, "{resident_mib} MiB");
    serves_others(&server).await?;
    server.has_not_panicked()
}
