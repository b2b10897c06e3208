//! A component built by a real toolchain, over the SDK: `examples/hello-rust`.

use std::path::Path;

use atoll_runtime::{CallError, RuntimeError};
use bytes::Bytes;

use crate::support::{TestHost, get, text};

fn hello_rust() -> Bytes {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/hello-rust/hello-rust.wasm");
    std::fs::read(&path).expect("examples/hello-rust is built; `cargo xtask guests` does it").into()
}

const GRANTS: &str =
    "vars = { GREETING = \"Hello\" }\n[grants]\nkv = true\n[[events.publishes]]\ntype = \"guest.signed\"";

fn post(body: &'static str) -> http::Request<Bytes> {
    http::Request::post("http://app.example/guests").body(Bytes::from_static(body.as_bytes())).unwrap()
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn the_example_in_rust_uses_what_it_is_granted() {
    let host = TestHost::new();
    let app = host.load(GRANTS, hello_rust());
    let answer = host.runtime.fetch(&app, get("/?name=Ada%20L")).await.unwrap();
    assert_eq!(text(answer.value.body()), "{\"message\":\"Hello, Ada L!\"}");
    let answer = host.runtime.fetch(&app, post("{\"name\":\"Ada\"}")).await.unwrap();
    assert_eq!(answer.value.status(), 201);
    assert_eq!(host.published.published()[0].data["name"], "Ada");
    let answer = host.runtime.fetch(&app, get("/guests")).await.unwrap();
    assert!(text(answer.value.body()).starts_with("[{\"name\":\"Ada\""), "{:?}", answer.value.body());
    assert_eq!(host.runtime.fetch(&app, post("nonsense")).await.unwrap().value.status(), 400);
    assert_eq!(host.log(), "Ada signed\n");
}

#[tokio::test]
#[ignore = "needs `cargo xtask guests`; `cargo xtask test` runs it"]
async fn the_example_in_rust_does_not_load_without_its_grant() {
    let error = TestHost::new().try_load("app", "", hello_rust()).unwrap_err();
    assert!(matches!(error, RuntimeError::NotGranted { .. }), "{error}");
    // A grant of the wrong kind does not help, and limits hold as for any app.
    let host = TestHost::new();
    let app = host.load(&format!("limits = {{ fuel = 1000 }}\n{GRANTS}"), hello_rust());
    assert_eq!(host.runtime.fetch(&app, get("/")).await.unwrap_err(), CallError::OutOfFuel { limit: 1000 });
}
