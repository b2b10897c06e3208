//! Answers `{"message":"Hello, world!"}` to any request: the work of `examples/hello-rust`, on `wasi:http`.

#![expect(clippy::unwrap_used, reason = "a guest that fails here traps, and the benchmark says so")]

use std::io::Write as _;

use wasip2::http::types::{Fields, IncomingRequest, OutgoingBody, OutgoingResponse, ResponseOutparam};

wasip2::http::proxy::export!(Hello);

struct Hello;

impl wasip2::exports::http::incoming_handler::Guest for Hello {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let query = request.path_with_query().unwrap_or_default();
        let name = query.split_once("?name=").map_or("world", |(_, name)| name);
        let json = serde_json::json!({ "message": format!("Hello, {name}!") }).to_string();

        let headers = Fields::from_list(&[("content-type".into(), b"application/json".into())]).unwrap();
        let response = OutgoingResponse::new(headers);
        let body = response.body().unwrap();
        ResponseOutparam::set(out, Ok(response));
        let mut stream = body.write().unwrap();
        stream.write_all(json.as_bytes()).unwrap();
        stream.flush().unwrap();
        drop(stream);
        OutgoingBody::finish(body, None).unwrap();
    }
}
