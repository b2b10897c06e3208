//! What apps find in the sandbox, from the outside: packages of npm as they are published, the web's interfaces
//! against their documentation, and stack traces in the author's files.

#![expect(clippy::unwrap_used, reason = "a test ends where its set-up fails")]

use std::{collections::BTreeSet, path::Path};

use atoll::{
    Bytes, DeployOptions, HostError, SourcePath, SourceTree,
    http::{Request, Response, request},
};
use serde_json::{Value, json};

use crate::support::{Running, app, folder};

/// Adds files to an app.
fn with(mut source: SourceTree, files: &[(&str, &str)]) -> SourceTree {
    for (path, text) in files {
        source
            .insert(SourcePath::parse(path).unwrap(), (*text).to_owned(), &atoll::Limits::default())
            .unwrap();
    }
    source
}

/// Sends a request; answers the response and its text.
async fn send(running: &Running, name: &str, request: Request<Bytes>) -> (Response<()>, String) {
    let (head, body) = running.host.handle(&app(name), request).await.unwrap().response.into_parts();
    let body = body.collect(1 << 20).await.unwrap();
    (Response::from_parts(head, ()), String::from_utf8_lossy(&body).into_owned())
}

fn get(path: &str) -> request::Builder {
    Request::get(format!("http://surface.localhost{path}"))
}

fn empty(request: request::Builder) -> Request<Bytes> {
    request.body(Bytes::new()).unwrap()
}

fn header<'r>(response: &'r Response<()>, name: &str) -> &'r str {
    response.headers().get(name).map_or("", |value| value.to_str().unwrap())
}

const FAILING: &str = r#"
interface Task {
  id: number;
  title: string;
}

type Wanted = { path: string };

function find(tasks: Task[], wanted: Wanted): Task {
  // Types and comments are gone in what runs.
  const found = tasks.find((task) => task.title === wanted.path);
  if (!found) throw new RangeError(`no task ${wanted.path}`);
  return found;
}

export default {
  async fetch(request: Request): Promise<Response> {
    const wanted: Wanted = { path: new URL(request.url).pathname };
    if (wanted.path === "/logged") {
      console.error("careful", new Error("logged"));
      return new Response("fine");
    }
    await null;
    return Response.json(find([] as Task[], wanted));
  },
};
"#;

/// The line and column, from 1, of a text in the failing app.
fn place_of(text: &str) -> String {
    let offset = FAILING.find(text).unwrap();
    let line = FAILING[..offset].matches('\n').count() + 1;
    let column = offset - FAILING[..offset].rfind('\n').unwrap();
    format!("backend/index.ts:{line}:{column}")
}

#[tokio::test]
async fn errors_have_the_places_of_the_authors_source() {
    let running = Running::start().await;
    running.host.deploy(folder("failing", "", FAILING), DeployOptions::default()).await.unwrap();

    let request = Request::get("http://failing.localhost/x").body(Bytes::new()).unwrap();
    let Err(HostError::Call(error)) = running.host.handle(&app("failing"), request).await else { panic!() };
    let thrown = place_of("new RangeError");
    let line = thrown.rsplit_once(':').unwrap().0;
    assert!(error.stack().contains(line), "{thrown}: {}", error.stack());
    let caller = place_of("find([] as");
    assert!(error.stack().contains(caller.rsplit_once(':').unwrap().0), "{caller}: {}", error.stack());
    assert!(!error.stack().contains("internal:") && !error.stack().contains("native"), "{}", error.stack());

    running.text("failing", "/logged").await;
    let lines = running.host.logs(&app("failing"), 10).await.unwrap();
    let logged = lines.iter().find(|line| line.message.contains("careful")).unwrap();
    let place = place_of("new Error(\"logged\")");
    assert!(logged.message.contains(place.rsplit_once(':').unwrap().0), "{place}: {}", logged.message);
    let failed = lines.iter().find(|line| line.message.contains("no task /x")).unwrap();
    assert!(failed.message.contains(line), "{thrown}: {}", failed.message);
    let column = failed.message.lines().find_map(|l| l.split_once(line)).unwrap().1;
    assert!(column.starts_with(':'), "{}", failed.message);
}

#[tokio::test]
async fn a_failing_test_has_its_place_too() {
    let running = Running::start().await;
    let test = "import { app, expect, test } from \"@atoll/sdk/test\";\n\ninterface A {\n  a: number;\n}\n\n\
                test(\"adds up\", () => {\n  const a: A = { a: 1 };\n  expect(a.a).toBe(2);\n});\n\n\
                test(\"fails inside\", async () => {\n  await app.fetch(\"/x\");\n});\n";
    let source = with(folder("failing", "", FAILING), &[("tests/sums.test.ts", test)]);
    let report = running.host.test(source).await.unwrap();
    let failure = |name: &str| {
        let result = report.tests.iter().find(|test| test.name == name).unwrap();
        result.failure.clone().unwrap()
    };
    assert!(failure("adds up").contains("tests/sums.test.ts:9:"), "{}", failure("adds up"));
    let inside = place_of("new RangeError");
    assert!(
        failure("fails inside").contains(inside.rsplit_once(':').unwrap().0),
        "{}",
        failure("fails inside")
    );
}

const TOKEN_SECRET: &str = "a secret of an app";

#[tokio::test]
async fn hono_and_zod_run_as_they_are_published() {
    let running = Running::start().await;
    let code = include_str!("hono.ts").replace("TOKEN_SECRET", &json!(TOKEN_SECRET).to_string());
    running.host.deploy(folder("surface", "", &code), DeployOptions::default()).await.unwrap();

    let (response, text) =
        send(&running, "surface", empty(get("/api/items/7").header("origin", "https://a.example"))).await;
    assert_eq!((response.status().as_u16(), text.as_str()), (200, r#"{"id":7}"#));
    assert_eq!(header(&response, "access-control-allow-origin"), "https://a.example");
    assert_eq!(header(&response, "x-frame-options"), "SAMEORIGIN");
    assert!(!header(&response, "x-request-id").is_empty());
    let (response, _) = send(
        &running,
        "surface",
        empty(
            Request::options("http://surface.localhost/api/items/7")
                .header("origin", "https://a.example")
                .header("access-control-request-method", "PUT"),
        ),
    )
    .await;
    assert_eq!(response.status(), 204);

    let post = |body: Value| {
        let request =
            Request::post("http://surface.localhost/api/items").header("content-type", "application/json");
        request.body(Bytes::from(body.to_string())).unwrap()
    };
    let (response, text) =
        send(&running, "surface", post(json!({"title": " Sails ", "price": "12.5"}))).await;
    assert_eq!(
        (response.status().as_u16(), text.as_str()),
        (201, r#"{"title":"Sails","price":12.5,"tags":[]}"#)
    );
    let (response, text) = send(&running, "surface", post(json!({"title": "", "price": -1}))).await;
    let said: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((response.status().as_u16(), &said["issues"]), (400, &json!(["title", "price"])));

    let (response, _) = send(&running, "surface", empty(get("/private"))).await;
    assert_eq!(response.status(), 401);
    let (_, token) = send(&running, "surface", empty(get("/token"))).await;
    let (_, text) =
        send(&running, "surface", empty(get("/private").header("authorization", format!("Bearer {token}"))))
            .await;
    assert_eq!(text, "ada");
    let forged = format!("{}x", &token[..token.len() - 2]);
    let (response, _) =
        send(&running, "surface", empty(get("/private").header("authorization", format!("Bearer {forged}"))))
            .await;
    assert_eq!(response.status(), 401);

    let (_, text) = send(&running, "surface", empty(get("/stream"))).await;
    assert_eq!(text, "one\ntwo\n");
    let (response, text) = send(&running, "surface", empty(get("/events"))).await;
    assert!(header(&response, "content-type").starts_with("text/event-stream"));
    assert!(text.contains("event: tick\ndata: 0") && text.contains("data: 1"), "{text}");

    let (response, text) = send(&running, "surface", empty(get("/cookie").header("cookie", "seen=2"))).await;
    assert_eq!((text.as_str(), header(&response, "set-cookie")), ("2", "seen=3; Path=/; HttpOnly"));
    let (response, _) = send(&running, "surface", empty(get("/basic"))).await;
    assert_eq!(
        (response.status().as_u16(), header(&response, "www-authenticate").starts_with("Basic")),
        (401, true)
    );
    let (_, text) =
        send(&running, "surface", empty(get("/basic").header("authorization", "Basic YWRhOnB3"))).await;
    assert_eq!(text, "in");
    let (response, _) = send(&running, "surface", empty(get("/etag"))).await;
    let tag = header(&response, "etag").to_owned();
    let (response, _) = send(&running, "surface", empty(get("/etag").header("if-none-match", tag))).await;
    assert_eq!(response.status(), 304);
    let (response, text) = send(&running, "surface", empty(get("/teapot"))).await;
    assert_eq!((response.status().as_u16(), text.as_str()), (418, "short and stout"));
    let (response, _) =
        send(&running, "surface", empty(get("/large").header("accept-encoding", "gzip"))).await;
    assert_eq!(header(&response, "content-encoding"), "gzip");
    let lines = running.host.logs(&app("surface"), 100).await.unwrap();
    assert!(lines.iter().any(|line| line.message.contains("--> GET /api/items/7")), "{lines:?}");
}

/// A section of `docs/javascript.md`.
fn section(heading: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/javascript.md");
    let text = std::fs::read_to_string(path).unwrap();
    text.split("\n## ").find(|section| section.starts_with(heading)).unwrap().to_owned()
}

/// A row of a table of names: the name, and what is said of it.
struct Row {
    name: String,
    state: String,
}

fn rows(heading: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert!(cells.len() >= 4, "{line}");
        Row { name: cells[1].trim_matches('`').trim_end_matches("()").to_owned(), state: cells[2].to_owned() }
    };
    section(heading).lines().filter(|line| line.starts_with("| `")).map(row).collect()
}

/// For each name how the sandbox has it: there, absent, or refuses; and all names of the global object.
const PROBE: &str = r#"
async function stateOf(name: string) {
  const path = name.split(".");
  const holder: any = path.slice(0, -1).reduce((object: any, key) => object?.[key], globalThis);
  if (holder === undefined || !(path.at(-1)! in holder)) return "absent";
  const value = holder[path.at(-1)!];
  if (value === undefined) return "absent";
  if (typeof value !== "function") return "there";
  // What always refuses says so whatever it is called with.
  try {
    await value();
  } catch (error: any) {
    if (error?.name === "EvalError") return "refuses";
  }
  return "there";
}
export default {
  async fetch(request: Request) {
    const names: string[] = await request.json();
    const states = await Promise.all(names.map(async (name) => [name, await stateOf(name)]));
    return Response.json({ states: Object.fromEntries(states), globals: Object.getOwnPropertyNames(globalThis) });
  },
};
"#;

#[tokio::test]
async fn the_document_says_what_is_there() {
    let running = Running::start().await;
    running.host.deploy(folder("probe", "", PROBE), DeployOptions::default()).await.unwrap();
    let standard = rows("The Minimum Common API");
    let more = rows("Besides");
    assert_eq!(standard.len(), 78, "the standard names 53 interfaces and 25 globals");
    let names: Vec<&str> = standard.iter().chain(&more).map(|row| row.name.as_str()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len(), "a name is there twice");

    let (status, found) = running.post("probe", "/", &json!(names)).await;
    assert_eq!(status, 200);
    let wrong = standard.iter().chain(&more).filter_map(|row| {
        let found = found["states"][&row.name].as_str().unwrap();
        let said = if row.state == "partly" { "there" } else { &row.state };
        (found != said).then(|| format!("{}: it says {}, it is {found}", row.name, row.state))
    });
    let wrong: Vec<String> = wrong.collect();
    assert!(wrong.is_empty(), "docs/javascript.md is wrong: {wrong:#?}");
    // And nothing is there that no document speaks of.
    let language = section("The language");
    let known: BTreeSet<&str> = names.iter().copied().chain(language.split('`').skip(1).step_by(2)).collect();
    let unknown: Vec<&Value> = found["globals"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|name| name.as_str().is_none_or(|name| !known.contains(name)))
        .collect();
    assert!(unknown.is_empty(), "docs/javascript.md does not speak of {unknown:?}");
}
