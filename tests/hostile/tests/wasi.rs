//! Hostile guests of WASI where it takes a client of its own. The others are `cases/wasi-*.toml`.

use std::time::Duration;

use hostile_tests::{Failure, PATIENCE, Raw, Server, ServerOptions, javascript, wasi_guest};
use tokio::time::{sleep, timeout};

/// Writes as much as is allowed, for ever.
const ENDLESS: &str = "
    (local.set $stream (call $begin (local.get $out) (call $fields)))
    (local.set $n (call $when_writable (local.get $stream)))
    (loop $again
        (call $block (local.get $n))
        (call $check_write (local.get $stream) (i32.const 64))
        (call $write (local.get $stream) (i32.const 0) (i32.const 32768) (i32.const 80))
        (br $again))";

const MANIFEST: &str = "name = \"endless\"\n[backend]\ncomponent = \"a.wasm\"\n\
    [backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\nwall_ms = 600000\nmemory_mib = 4\n";

/// Readers that take nothing of a response without an end: their guests are stopped, and what they held comes back.
#[tokio::test]
async fn wasi_answers_without_end_to_readers_that_stall_are_cut() -> Result<(), Failure> {
    let config = "[limits]\nhttp_idle_ms = 500\n[limits.app_max]\nwall_ms = 600000\n";
    let server = Server::start(ServerOptions { config: Some(config.into()), ..ServerOptions::default() })?;
    let quiet = "export default { fetch() { return new Response('quiet'); } };";
    assert_eq!(server.deploy("quiet", &javascript("quiet", "", quiet)).await?.status, 201);
    let files = [
        ("atoll.toml".to_owned(), MANIFEST.as_bytes().to_vec()),
        ("a.wasm".to_owned(), wasi_guest(ENDLESS)?),
    ];
    let deployed = server.deploy("endless", &files).await?;
    assert_eq!(deployed.status, 201, "{}", deployed.text);
    assert_eq!(server.get("/apps/quiet/api/").await?.text, "quiet");
    let before = server.open_files()?;
    let mut stalled = Vec::new();
    for _ in 0..40 {
        let mut socket = Raw::connect_narrow(&server).await?;
        socket.write(b"GET /apps/endless/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n").await?;
        assert!(socket.read(12).await?.starts_with(b"HTTP/1.1 200"));
        stalled.push(socket);
        assert_eq!(server.get("/apps/quiet/api/").await?.text, "quiet");
    }
    let come_back = async {
        // The clients of the test itself keep some connections for their next request.
        while server.open_files()? > before + 16 {
            sleep(Duration::from_millis(50)).await;
        }
        Ok::<(), Failure>(())
    };
    timeout(PATIENCE, come_back).await.map_err(|_| "the server keeps what stalled readers held")??;
    drop(stalled);
    let resident_mib = server.resident_bytes_max()? >> 20;
    assert!(resident_mib < 800, "{resident_mib} MiB");
    assert_eq!(server.get("/apps/quiet/api/").await?.text, "quiet");
    server.has_not_panicked()
}
