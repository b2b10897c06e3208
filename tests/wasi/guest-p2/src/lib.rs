//! A component that knows only WASI 0.2: each path does one thing that the host's tests look at.

wit_bindgen::generate!({
    path: "../../../wit",
    inline: "
        package atoll:wasi-tests;
        world guest {
            import wasi:cli/environment@0.2.12;
            import wasi:cli/stdout@0.2.12;
            import wasi:cli/stderr@0.2.12;
            import wasi:http/outgoing-handler@0.2.12;
            import wasi:config/store@0.2.0-rc.1;
            import wasi:keyvalue/store@0.2.0-draft;
            import wasi:keyvalue/batch@0.2.0-draft;
            import wasi:logging/logging@0.1.0-draft;
            export wasi:http/incoming-handler@0.2.12;
        }
    ",
    world: "atoll:wasi-tests/guest",
    generate_all,
});

use exports::wasi::http0_2_12::incoming_handler::Guest;
use wasi::{
    cli0_2_12::{environment, stderr, stdout},
    http0_2_12::{
        outgoing_handler,
        types::{
            Fields, IncomingBody, IncomingRequest, IncomingResponse, Method, OutgoingBody, OutgoingRequest,
            OutgoingResponse, ResponseOutparam, Scheme,
        },
    },
    io::streams::{InputStream, OutputStream, StreamError},
    logging::logging,
};

struct Component;
export!(Component);

const CHUNK_BYTES: u64 = 1 << 20;

impl Guest for Component {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let target = request.path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/" => whole(out, 200, &greeting(&request)),
            "/echo" => echo(request, out),
            "/stream" => stream(out, query.parse().unwrap_or(0)),
            "/forward" => forward(out, query),
            "/config" => whole(out, 200, &config(query)),
            "/kv" => whole(out, 200, &key_value()),
            "/log" => {
                logging::log(logging::Level::Warn, "guest", "through wasi:logging");
                whole(out, 200, "");
            }
            "/print" => {
                print(&stdout::get_stdout(), "to standard output\nin two lines\n");
                print(&stderr::get_stderr(), "to standard error");
                whole(out, 200, "");
            }
            "/later" => {
                whole(out, 200, "early");
                print(&stdout::get_stdout(), "after the response\n");
            }
            "/broken" => {
                let (body, stream) = begin(out, 200);
                print(&stream, "the first half");
                std::mem::forget((body, stream));
                panic!("in the middle");
            }
            "/spin" => loop {
                std::hint::black_box(0);
            },
            "/grow" => {
                let mut all = Vec::new();
                loop {
                    all.push(std::hint::black_box(vec![1u8; 1 << 20]));
                }
            }
            "/handles" => {
                let all: Vec<Fields> = (0..1_000_000).map(|_| Fields::new()).collect();
                whole(out, 200, &all.len().to_string());
            }
            "/none" => {}
            _ => whole(out, 404, ""),
        }
    }
}

fn greeting(request: &IncomingRequest) -> String {
    let name = environment::get_environment().into_iter().find(|(key, _)| key == "NAME");
    let name = name.map_or_else(|| "world".into(), |(_, name)| name);
    let scheme = match request.scheme() {
        Some(Scheme::Http) => "http",
        _ => "another scheme",
    };
    format!("Hello, {name}, from {scheme}://{}", request.authority().unwrap_or_default())
}

fn begin(out: ResponseOutparam, status: u16) -> (OutgoingBody, OutputStream) {
    let response = OutgoingResponse::new(Fields::new());
    response.set_status_code(status).unwrap();
    let body = response.body().unwrap();
    ResponseOutparam::set(out, Ok(response));
    let stream = body.write().unwrap();
    (body, stream)
}

fn finish(body: OutgoingBody, stream: OutputStream) {
    drop(stream);
    OutgoingBody::finish(body, None).unwrap();
}

fn print(stream: &OutputStream, text: &str) {
    // Whoever should read it may have gone.
    let _ = stream.blocking_write_and_flush(text.as_bytes());
}

fn whole(out: ResponseOutparam, status: u16, text: &str) {
    let (body, stream) = begin(out, status);
    if !text.is_empty() {
        print(&stream, text);
    }
    finish(body, stream);
}

/// Passes bytes on as they come. Answers whether the other side took all of them.
fn pass(from: &InputStream, to: &OutputStream) -> bool {
    loop {
        match to.blocking_splice(from, CHUNK_BYTES) {
            Ok(_) => {}
            Err(StreamError::Closed) => return true,
            Err(StreamError::LastOperationFailed(_)) => return false,
        }
    }
}

/// Sends the request's body back, and its trailers.
fn echo(request: IncomingRequest, out: ResponseOutparam) {
    let incoming = request.consume().unwrap();
    let from = incoming.stream().unwrap();
    let (body, to) = begin(out, 200);
    let is_whole = pass(&from, &to);
    drop((from, to));
    if !is_whole {
        return;
    }
    let trailers = IncomingBody::finish(incoming);
    trailers.subscribe().block();
    let trailers = trailers.get().unwrap().unwrap().unwrap_or_default();
    let trailers = trailers.map(|trailers| Fields::from_list(&trailers.entries()).unwrap());
    OutgoingBody::finish(body, trailers).unwrap();
}

/// Writes so many bytes, as fast as they are taken.
fn stream(out: ResponseOutparam, mut left: u64) {
    let (body, stream) = begin(out, 200);
    let ready = stream.subscribe();
    while left > 0 {
        ready.block();
        let Ok(room) = stream.check_write() else { break };
        let length = room.min(left).min(CHUNK_BYTES);
        if stream.write(&vec![b'x'; length as usize]).is_err() {
            break;
        }
        left -= length;
    }
    drop(ready);
    print(&stdout::get_stdout(), &format!("{left} bytes were not wanted\n"));
    if left == 0 {
        let _ = stream.blocking_flush();
        finish(body, stream);
    }
}

/// Gets `http://{target}`, and passes the response on.
fn forward(out: ResponseOutparam, target: &str) {
    let (authority, path) = target.split_once('/').unwrap_or((target, ""));
    let request = OutgoingRequest::new(Fields::new());
    request.set_method(&Method::Get).unwrap();
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some(&format!("/{path}"))).unwrap();
    let response = outgoing_handler::handle(request, None).and_then(|future| {
        future.subscribe().block();
        future.get().unwrap().unwrap()
    });
    match response {
        Err(code) => whole(out, 502, &format!("{code:?}")),
        Ok(response) => forward_body(out, &response),
    }
}

fn forward_body(out: ResponseOutparam, response: &IncomingResponse) {
    let incoming = response.consume().unwrap();
    let from = incoming.stream().unwrap();
    let (body, to) = begin(out, response.status());
    pass(&from, &to);
    finish(body, to);
}

fn config(name: &str) -> String {
    use wasi::config::store;
    let all = store::get_all().unwrap().len();
    format!("{:?} of {all}", store::get(name).unwrap())
}

fn key_value() -> String {
    use wasi::keyvalue::{batch, store};
    let bucket = store::open("").unwrap();
    bucket.set("a", b"1").unwrap();
    batch::set_many(&bucket, &[("b".into(), b"2".into()), ("c".into(), b"3".into())]).unwrap();
    bucket.delete("b").unwrap();
    let keys = bucket.list_keys(None).unwrap().keys.join(" ");
    let found = batch::get_many(&bucket, &["a".into(), "b".into()]).unwrap();
    let found: Vec<bool> = found.iter().map(Option::is_some).collect();
    let other = store::open("another").is_err();
    format!("{keys} {found:?} {:?} {other}", bucket.exists("c").unwrap())
}
