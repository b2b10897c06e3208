//! Bodies bit by bit, both ways, and work after the response.

use crate::host::{App, Body, Request, get, network::Piece};

fn app(source: &str) -> App {
    App::new(&[("index.js", source)])
}

fn upload(app: &App, path: &str, pieces: impl IntoIterator<Item = Piece>) -> Request {
    let stream = app.host.network.lock().unwrap().incoming(pieces);
    Request { method: "POST".into(), body: Body::Stream(stream), ..get(path) }
}

const READERS: &str = r#"export default { async fetch(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/text") return new Response(await request.text());
    if (pathname === "/json") return Response.json(await request.json());
    if (pathname === "/bytes") return new Response(`${(await request.arrayBuffer()).byteLength}`);
    if (pathname === "/chunks") { const seen = []; for await (const chunk of request.body) seen.push(new TextDecoder().decode(chunk)); return Response.json(seen); }
    if (pathname === "/byob") {
        const reader = request.body.getReader({ mode: "byob" }); const seen = [];
        let view = new Uint8Array(4);
        for (;;) { const { value, done } = await reader.read(view); if (done) break; seen.push(new TextDecoder().decode(value)); view = new Uint8Array(value.buffer); }
        return Response.json(seen);
    }
    if (pathname === "/tee") { const [a, b] = request.body.tee(); return Response.json(await Promise.all([new Response(a).text(), new Response(b).text()])); }
    if (pathname === "/clone") { const copy = request.clone(); return Response.json([await request.text(), await copy.text()]); }
    if (pathname === "/derived") { const made = new Request(request, { headers: { a: "1" } }); return Response.json([request.bodyUsed, await made.text()]); }
    if (pathname === "/leave") { await request.body.cancel("enough"); return Response.json([request.bodyUsed]); }
    if (pathname === "/used") { await request.text(); try { await request.text(); } catch (e) { return Response.json([e.name, request.bodyUsed, request.body.locked]); } }
    if (pathname === "/count") { let sum = 0; for await (const chunk of request.body) sum += chunk.length; return Response.json(sum); }
    if (pathname === "/back") return new Response(request.body, { headers: { "x-mine": "1" } });
    try { await request.text(); } catch (e) { return Response.json([e.name, e.message, e.code]); }
} }"#;

fn data(text: &str) -> Piece {
    Piece::Data(text.into())
}

#[test]
fn a_request_body_is_read_as_it_comes() {
    for (path, expected) in [
        ("/text", "one two"),
        ("/bytes", "7"),
        ("/chunks", r#"["one"," ","two"]"#),
        ("/byob", r#"["one"," ","two"]"#),
        ("/tee", r#"["one two","one two"]"#),
        ("/clone", r#"["one two","one two"]"#),
        ("/derived", r#"[true,"one two"]"#),
        ("/leave", "[true]"),
        ("/used", r#"["TypeError",true,true]"#),
        ("/count", "7"),
    ] {
        let app = app(READERS);
        let request =
            upload(&app, path, [data("one"), Piece::Wait(10), data(" "), data("two"), Piece::Wait(5)]);
        let response = app.send(request).unwrap_or_else(|failure| panic!("{path}: {failure:?}"));
        assert_eq!(String::from_utf8(response.body).unwrap(), expected, "{path}");
    }
}

#[test]
fn a_request_body_that_breaks_off_is_an_error_with_the_hosts_words() {
    let app = app(READERS);
    let request = upload(&app, "/error", [data("one"), Piece::Wait(1), Piece::Break]);
    let response = app.send(request).unwrap();
    assert_eq!(
        String::from_utf8(response.body).unwrap(),
        r#"["TypeError","body: the other side broke off","unavailable"]"#
    );
}

#[test]
fn a_large_upload_needs_little_memory() {
    let app = app(READERS);
    let pieces = vec![Piece::Data(vec![7; 1 << 20]); 256];
    // Four times the instance's memory.
    let response = app.send(upload(&app, "/count", pieces)).unwrap();
    assert_eq!(response.body, (256_u64 << 20).to_string().into_bytes());
}

#[test]
fn a_body_goes_through_from_the_request_to_the_response() {
    let app = app(READERS);
    let request = upload(&app, "/back", [data("one"), Piece::Wait(10), data("two")]);
    let response = app.send(request).unwrap();
    assert_eq!(response.body, b"onetwo");
    assert!(response.headers.contains(&("x-mine".into(), "1".into())));
    let network = app.host.network.lock().unwrap();
    assert_eq!((network.response_body().writes.len(), network.response_body().finished), (2, true));
}

const STREAMS: &str = r#"
    const text = new TextEncoder(); const sleep = (ms) => new Promise((done) => setTimeout(done, ms));
    export default { async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/events") {
        async function* events() { for (let i = 0; i < 3; i++) { yield text.encode(`data: ${i}\n\n`); await sleep(100); } }
        return new Response(ReadableStream.from(events()), { headers: { "content-type": "text/event-stream" } });
    }
    if (pathname === "/generator") return new Response((async function* () { yield text.encode("a"); yield text.encode("b"); })());
    if (pathname === "/transform") {
        const { readable, writable } = new TransformStream({ transform(chunk, controller) { controller.enqueue(text.encode(chunk.toUpperCase())); } });
        ctx.waitUntil((async () => { const writer = writable.getWriter(); for (const word of ["some", " ", "words"]) { await writer.ready; await writer.write(word); } await writer.close(); console.log("written"); })());
        return new Response(readable, { status: 201 });
    }
    if (pathname === "/slow-reader") {
        let pulled = 0; const lead = [];
        return new Response(new ReadableStream({ pull(controller) { if (pulled === 50) { console.log(JSON.stringify(lead)); return controller.close(); }
            pulled += 1; lead.push(performance.now()); controller.enqueue(new Uint8Array(1000)); } }));
    }
    if (pathname === "/huge") return new Response(ReadableStream.from([new Uint8Array((3 << 20) + 5)]));
    if (pathname === "/fails") return new Response(new ReadableStream({ async pull(controller) { if (this.n) throw new RangeError("in the middle"); this.n = 1; controller.enqueue(text.encode("some")); await sleep(5); } }));
    if (pathname === "/wrong") return new Response(ReadableStream.from([{}]));
    if (pathname === "/locked") { const stream = ReadableStream.from([text.encode("x")]); const response = new Response(stream); stream.getReader(); return response; }
    if (pathname === "/leaves") return new Response(new ReadableStream({ pull(controller) { controller.enqueue(text.encode("more")); }, cancel(reason) { console.log("cancelled", reason instanceof Error); } }));
    if (pathname === "/hangs") return new Response(new ReadableStream({ start(controller) { controller.enqueue(text.encode("x")); } }));
    if (pathname === "/changed") { const first = new Response("whole"); return new Response(first.body, { headers: { "x-b": "2" } }); }
    if (pathname === "/later") {
        ctx.waitUntil(sleep(50).then(() => { console.log("first"); ctx.waitUntil(sleep(10).then(() => console.log("second"))); }));
        ctx.waitUntil(Promise.reject(new Error("in the background")));
        return new Response("at once");
    }
    if (pathname === "/settled") { ctx.waitUntil(Promise.resolve(1)); ctx.waitUntil(2); return new Response("direct"); }
    if (pathname === "/never") { ctx.waitUntil(new Promise(() => {})); return new Response("sent"); }
    if (pathname === "/throws") { ctx.waitUntil(sleep(5).then(() => console.log("reported"))); throw new Error("after all"); }
} };"#;

#[test]
fn a_response_goes_out_bit_by_bit() {
    for (path, status, writes) in [
        ("/events", 200, &["data: 0\n\n", "data: 1\n\n", "data: 2\n\n"][..]),
        ("/generator", 200, &["a", "b"]),
        ("/transform", 201, &["SOME", " ", "WORDS"]),
    ] {
        let app = app(STREAMS);
        assert_eq!(app.send(get(path)).unwrap().status, status, "{path}");
        let network = app.host.network.lock().unwrap();
        let seen: Vec<_> =
            network.response_body().writes.iter().map(|write| String::from_utf8_lossy(write)).collect();
        assert_eq!(
            (seen.as_slice(), network.response_body().finished),
            (writes_of(writes).as_slice(), true),
            "{path}"
        );
    }
    fn writes_of(list: &[&'static str]) -> Vec<std::borrow::Cow<'static, str>> {
        list.iter().map(|text| (*text).into()).collect()
    }
}

#[test]
fn a_slow_client_slows_the_source_down() {
    let app = app(STREAMS);
    assert_eq!(app.send(get("/slow-reader")).unwrap().body.len(), 50_000);
    // The client takes 10 ms for each chunk, so that the last ones are pulled half a second after the first.
    let times: Vec<f64> = serde_json::from_str(app.logged()[0].strip_prefix("Info ").unwrap()).unwrap();
    assert!(times[49] - times[0] > 400.0, "{times:?}");
}

#[test]
fn a_large_chunk_is_written_in_pieces_that_the_host_takes() {
    let app = app(STREAMS);
    assert_eq!(app.send(get("/huge")).unwrap().body.len(), (3 << 20) + 5);
}

#[test]
fn a_stream_that_fails_breaks_the_response_off_and_says_why() {
    for (path, message, sent) in [
        ("/fails", "RangeError: in the middle", "some"),
        ("/wrong", "a body's stream must give Uint8Arrays; it gave a value of type object", ""),
        ("/hangs", "the response never finishes", "x"),
    ] {
        let app = app(STREAMS);
        let failure = app.send(get(path)).unwrap_err();
        assert!(failure.message.contains(message), "{path}: {failure:?}");
        let network = app.host.network.lock().unwrap();
        let sink = network.response_body();
        assert_eq!((sink.text().as_str(), sink.finished), (sent, false), "{path}");
    }
    let failure = app(STREAMS).send(get("/locked")).unwrap_err();
    assert!(failure.message.contains("locked"), "{failure:?}");
}

#[test]
fn a_client_that_leaves_cancels_the_source() {
    let app = app(STREAMS);
    app.host.network.lock().unwrap().client_leaves_after = Some(3);
    app.send(get("/leaves")).unwrap();
    assert_eq!(app.logged(), ["Info cancelled true"]);
}

#[test]
fn a_body_that_is_whole_all_the_same_is_returned() {
    let app = app(STREAMS);
    for (path, body) in [("/changed", "whole"), ("/settled", "direct")] {
        assert_eq!(app.get(path), body);
        assert!(app.host.network.lock().unwrap().head.is_none(), "{path}");
    }
}

#[test]
fn work_goes_on_after_the_response() {
    let app = app(STREAMS);
    assert_eq!(app.get("/later"), "at once");
    assert!(app.host.network.lock().unwrap().response_body().finished);
    let log = app.logged();
    assert!(log[0].starts_with("Error waitUntil: Error: in the background"), "{log:?}");
    assert_eq!(log[1..], ["Info first", "Info second"]);
}

#[test]
fn work_that_never_ends_is_named() {
    let app = app(STREAMS);
    let failure = app.send(get("/never")).unwrap_err();
    assert!(failure.message.contains("never finishes"), "{failure:?}");
    assert!(app.host.network.lock().unwrap().response_body().finished);
}

#[test]
fn work_is_done_when_the_handler_fails_too() {
    let app = app(STREAMS);
    assert!(app.send(get("/throws")).unwrap_err().message.contains("after all"));
    assert_eq!(app.logged(), ["Info reported"]);
}
