//! Apps that take all they can get of the host, beside one that is called now and then.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use futures::future::join_all;
use hostile_tests::{Failure, PATIENCE, Raw, Server, ServerOptions, javascript};
use tokio::time::{sleep, timeout};

const QUIET: &str = "export default { fetch() { return new Response('quiet'); } };";

/// Answers with a stream on which nothing happens, and on `/short` at once.
const STREAMS: &str = r#"
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export default {
  fetch(request: Request) {
    if (new URL(request.url).pathname === "/short") return new Response("short");
    return new Response(new ReadableStream({ async start(controller) {
      controller.enqueue(new TextEncoder().encode("open"));
      await sleep(600000);
    } }));
  },
};
"#;

const LONG: &str = "[backend.limits]\nwall_ms = 600000\n";

/// As by default, with a quarter of the places.
const STREAM_LIMITS: &str = "[limits]\ninstances_max = 64\napp_concurrency_max = 16\napp_queue_wait_ms = 1000\n\
    http_idle_ms = 600000\nhttp_total_ms = 600000\n[limits.app_max]\nwall_ms = 600000\n";

async fn server(config: &str) -> Result<Server, Failure> {
    let options = ServerOptions { config: Some(config.into()), ..ServerOptions::default() };
    let server = Server::start(options)?;
    let quiet = javascript("quiet", "[backend.limits]\ncpu_ms = 1000\n", QUIET);
    assert_eq!(server.deploy("quiet", &quiet).await?.status, 201);
    Ok(server)
}

/// Asks the quiet app so often, and answers what was not as it should be.
async fn disturbances(server: &Server, times: usize) -> Vec<String> {
    let mut disturbances = Vec::new();
    for _ in 0..times {
        match timeout(PATIENCE, server.get("/apps/quiet/api/")).await {
            Ok(Ok(answer)) if answer.status == 200 && answer.text == "quiet" => {}
            other => disturbances.push(format!("{other:?}")),
        }
    }
    disturbances
}

/// Opens a stream, and answers the status.
async fn open(server: &Server, app: usize) -> Result<(Raw, String), Failure> {
    let mut socket = Raw::connect(server).await?;
    let request = format!("GET /apps/streams{app}/api/ HTTP/1.1\r\nHost: localhost\r\n\r\n");
    socket.write(request.as_bytes()).await?;
    let head = String::from_utf8(socket.read(12).await?)?;
    Ok((socket, head.trim_start_matches("HTTP/1.1 ").to_owned()))
}

#[tokio::test]
async fn a_fifth_app_is_answered_beside_four_whose_streams_stay_open() -> Result<(), Failure> {
    let server = server(STREAM_LIMITS).await?;
    for app in 0..4 {
        let name = format!("streams{app}");
        assert_eq!(server.deploy(&name, &javascript(&name, LONG, STREAMS)).await?.status, 201);
    }
    let streams = join_all((0..64).map(|number| open(&server, number % 4)));
    let (streams, disturbed) = tokio::join!(streams, disturbances(&server, 20));
    assert_eq!(disturbed, Vec::<String>::new(), "while the streams come");
    let mut held = Vec::new();
    for stream in streams {
        match stream? {
            (socket, status) if status == "200" => held.push(socket),
            (_, status) => assert_eq!(status, "503"),
        }
    }
    // Each of the four may have a few of what is kept for those who have few.
    assert!((48..64).contains(&held.len()), "{} streams are open", held.len());
    let at_once = join_all((0..4).map(|_| disturbances(&server, 10))).await;
    assert_eq!(at_once.concat(), Vec::<String>::new(), "while {} streams are open", held.len());

    drop(held);
    let all_back = async {
        while server.get("/apps/streams0/api/short").await?.text != "short" {
            sleep(Duration::from_millis(20)).await;
        }
        Ok::<(), Failure>(())
    };
    timeout(PATIENCE, all_back).await.map_err(|_| "the places do not come back")??;
    server.has_not_panicked()
}

const LOUD: &str = r#"
export default {
  fetch(request: Request) {
    switch (new URL(request.url).pathname) {
      case "/loop": while (true);
      case "/memory": { const all = []; while (true) all.push(new Array(10000).fill(1)); }
      case "/log": while (true) console.log("x".repeat(1000));
    }
    return new Response("x".repeat(100000));
  },
};
"#;

/// Requests at a time: calls that compute, and a flood of short ones.
const NOISE: [(&str, usize); 4] = [("loop", 12), ("memory", 4), ("log", 4), ("", 48)];

/// The quiet app is asked for as long as it takes to answer so many.
const NOISE_ANSWERS: usize = 1_000;

#[tokio::test]
async fn a_quiet_app_is_answered_beside_loops_and_floods() -> Result<(), Failure> {
    let server = server("").await?;
    let loud = javascript("loud", "[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\n", LOUD);
    assert_eq!(server.deploy("loud", &loud).await?.status, 201);
    let (client, answered) = (reqwest::Client::new(), AtomicUsize::new(0));
    let ask = async |path: &str| {
        let url = server.url(&format!("/apps/loud/api/{path}"));
        loop {
            if let Ok(response) = client.get(&url).send().await {
                // What is refused is refused: it is no trouble of the quiet app's.
                let _ = response.bytes().await;
                answered.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    let noise = join_all(NOISE.iter().flat_map(|(path, count)| (0..*count).map(|_| ask(path))));
    let quiet = async {
        while answered.load(Ordering::Relaxed) < NOISE_ANSWERS {
            let disturbed = disturbances(&server, 20).await;
            assert_eq!(disturbed, Vec::<String>::new());
        }
    };
    tokio::select! {
        _ = noise => {}
        () = quiet => {}
    }
    assert_eq!(server.get("/healthz").await?.status, 200);
    server.has_not_panicked()
}
