//! A wall clock that jumps while the server runs: what has a deadline holds it by the monotonic clock, neither early
//! nor never; what goes by the time of day follows it.

use std::{
    collections::BTreeMap,
    time::{Duration, SystemTime},
};

use hostile_tests::{Answer, Failure, PATIENCE, Raw, Server, ServerOptions, WallClock, javascript};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

const HOUR_S: i64 = 3_600;

/// What nothing here may take by the wall clock, and nothing does take by the other.
const LIMITS: &str =
    "[limits]\nhttp_header_read_ms = 3000\ndelivery_backoff_ms = 200\ndelivery_backoff_ms_max = 400\n";

const MANIFEST: &str = r#"
[backend.limits]
wall_ms = 30000
[grants]
kv = true
[frontend]
entry = "frontend/App.tsx"
[[events.publishes]]
type = "app.said"
[[events.subscribes]]
type = "app.said"
"#;

const BACKEND: &str = r#"
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
export default {
  async fetch(request: Request, env: any) {
    switch (new URL(request.url).pathname) {
      case "/loop": while (true);
      case "/nap": {
        const start = performance.now();
        await sleep(2000);
        return Response.json({ slept_ms: performance.now() - start });
      }
      case "/say":
        await env.KV.delete("heard");
        return new Response(await env.BUS.publish("app.said", {}));
      case "/heard": return Response.json(JSON.parse((await env.KV.get("heard")) ?? "null"));
      case "/keep":
        await env.KV.put("kept", "yes", { expirationTtl: 3600 });
        return new Response("kept");
      case "/kept": return Response.json(await env.KV.get("kept"));
    }
    return Response.json({ now_ms: Date.now() });
  },
  async event(event: any, env: any) {
    if (event.attempt < 3) throw new Error("not yet");
    await env.KV.put("heard", JSON.stringify({ attempt: event.attempt, id: event.id }));
  },
};
"#;

const SLEEPER: &str =
    "export default { async fetch() { await new Promise((resolve) => setTimeout(resolve, 600000)); } };";

struct Jumping {
    server: Server,
    clock: WallClock,
}

impl Jumping {
    async fn start() -> Result<Self, Failure> {
        let clock = WallClock::new()?;
        let options =
            ServerOptions { config: Some(LIMITS.into()), env: clock.env(), ..ServerOptions::default() };
        let server = Server::start(options)?;
        let mut app = javascript("app", MANIFEST, BACKEND);
        app.push((
            "frontend/App.tsx".into(),
            b"export default function App() { return <p>app</p>; }\n".to_vec(),
        ));
        let deployed = server.deploy("app", &app).await?;
        assert_eq!(deployed.status, 201, "{deployed:?}");
        let sleeper = javascript("sleeper", "[backend.limits]\nwall_ms = 2000\n", SLEEPER);
        assert_eq!(server.deploy("sleeper", &sleeper).await?.status, 201);
        Ok(Self { server, clock })
    }

    async fn get(&self, path: &str) -> Result<Answer, Failure> {
        let answer = timeout(PATIENCE, self.server.get(path)).await;
        answer.map_err(|_| format!("{path}: no answer"))?
    }

    async fn app(&self, path: &str) -> Result<Value, Failure> {
        let answer = self.get(&format!("/apps/app/api/{path}")).await?;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        Ok(answer.json())
    }

    /// What the clock shows to guests.
    async fn now_s(&self) -> Result<i64, Failure> {
        Ok(self.app("").await?["now_ms"].as_i64().ok_or("no time")? / 1_000)
    }

    /// Has an event delivered, which takes three attempts.
    async fn hear(&self) -> Result<(), Failure> {
        assert_eq!(self.get("/apps/app/api/say").await?.status, 200);
        self.heard().await
    }

    async fn heard(&self) -> Result<(), Failure> {
        let heard = async {
            loop {
                match self.app("heard").await? {
                    Value::Null => sleep(Duration::from_millis(20)).await,
                    heard => return Ok::<Value, Failure>(heard),
                }
            }
        };
        let heard = timeout(PATIENCE, heard).await.map_err(|_| "the event is not tried again")??;
        assert_eq!(heard["attempt"], 3);
        Ok(())
    }

    /// Back and forth, by hours and years, as long as it is polled.
    async fn jump_about(&self) -> Result<(), Failure> {
        let to_1970 = 60 - real_s();
        for offset_s in [7 * HOUR_S, -30 * HOUR_S, 9_000 * HOUR_S, to_1970, 0].into_iter().cycle() {
            self.clock.set(offset_s)?;
            sleep(Duration::from_millis(40)).await;
        }
        Ok(())
    }
}

fn real_s() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

#[tokio::test]
async fn while_the_clock_jumps_about_nothing_is_cut_early_or_left_hanging() -> Result<(), Failure> {
    let jumping = Jumping::start().await?;
    let mut seen_s = Vec::new();
    let all = async {
        for _ in 0..3 {
            let (nap, looped, slept, heard) = tokio::join!(
                jumping.app("nap"),
                jumping.get("/apps/app/api/loop"),
                jumping.get("/apps/sleeper/api/"),
                jumping.hear(),
            );
            assert!(nap?["slept_ms"].as_f64().is_some_and(|ms| ms >= 1_999.0), "a timer fired early");
            let (looped, slept) = (looped?, slept?);
            assert_eq!((looped.status, &looped.json()["limit"]["name"]), (504, &json!("cpu_ms")));
            assert_eq!((slept.status, &slept.json()["limit"]["name"]), (504, &json!("wall_ms")));
            heard?;
        }
        for _ in 0..20 {
            seen_s.push(jumping.now_s().await?);
            sleep(Duration::from_millis(15)).await;
        }
        for path in ["/healthz", "/metrics", "/api/v1/apps/app/metrics", "/api/v1/apps/app/logs"] {
            assert_eq!(jumping.get(path).await?.status, 200, "{path}");
        }
        Ok::<(), Failure>(())
    };
    tokio::select! {
        result = all => result?,
        result = jumping.jump_about() => result?,
    }
    let (first, last) = (seen_s.iter().min(), seen_s.iter().max());
    let range_s = last.zip(first).map_or(0, |(last, first)| last - first);
    assert!(range_s > HOUR_S, "the clock did not jump for the server: {seen_s:?}");
    jumping.server.has_not_panicked()
}

/// What waits when the clock is set back waits no longer for it.
#[tokio::test]
async fn deadlines_that_run_when_the_clock_is_set_back_are_kept() -> Result<(), Failure> {
    let jumping = Jumping::start().await?;
    assert_eq!(jumping.get("/apps/app/api/say").await?.status, 200);
    let mut slow = Raw::connect(&jumping.server).await?;
    slow.write(b"GET / HTTP/1.1\r\nHost: loc").await?;
    let set_back = async {
        sleep(Duration::from_millis(200)).await;
        jumping.clock.set(-30 * HOUR_S)
    };
    let (slept, set) = tokio::join!(jumping.get("/apps/sleeper/api/"), set_back);
    set?;
    assert_eq!(slept?.status, 504);
    let cut = slow.read_to_close().await?;
    assert!(cut.starts_with("HTTP/1.1 408 "), "{cut}");
    jumping.heard().await?;
    jumping.hear().await?;
    jumping.server.has_not_panicked()
}

#[tokio::test]
async fn what_goes_by_the_time_of_day_follows_the_clock() -> Result<(), Failure> {
    let jumping = Jumping::start().await?;
    let page = jumping.get("/apps/app/").await?.text;
    let token = page.split_once("\"token\":\"").and_then(|(_, rest)| rest.split_once('"'));
    let token = token.ok_or_else(|| format!("the page has no token: {page}"))?.0;
    let headers =
        BTreeMap::from([("origin".to_owned(), "null".to_owned()), ("x-atoll-frame".into(), token.into())]);
    let with_token = || jumping.server.send_with("GET", "/apps/app/api/kept", &headers, "");
    assert_eq!(jumping.get("/apps/app/api/keep").await?.status, 200);
    assert_eq!((with_token().await?.status, jumping.app("kept").await?), (200, json!("yes")));

    jumping.clock.set(2 * HOUR_S)?;
    assert_eq!(jumping.app("kept").await?, Value::Null);
    jumping.clock.set(25 * HOUR_S)?;
    assert_eq!(with_token().await?.status, 403, "a token is good for a day");
    jumping.clock.set(-HOUR_S)?;
    assert_eq!(with_token().await?.status, 200);

    // The order of events is the order in which they were published, whatever time they bear.
    for offset_s in [5 * HOUR_S, -5 * HOUR_S, 0] {
        jumping.clock.set(offset_s)?;
        jumping.hear().await?;
    }
    let events = jumping.server.events("app.said", 0, 3).await?;
    let numbers: Vec<u64> =
        events.iter().filter_map(|event| event["sequence"].as_str()?.parse().ok()).collect();
    let times: Vec<&str> = events.iter().filter_map(|event| event["time"].as_str()).collect();
    assert!(numbers.is_sorted() && !times.is_sorted() && times.len() == 3, "{events:?}");
    jumping.server.has_not_panicked()
}
