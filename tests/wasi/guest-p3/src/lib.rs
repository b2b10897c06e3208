//! A component that knows only WASI 0.3: each path does one thing that the host's tests look at.

wit_bindgen::generate!({
    path: "../../../wit",
    inline: "
        package atoll:wasi-tests;
        world guest {
            import wasi:cli/environment@0.3.0;
            import wasi:cli/stdout@0.3.0;
            import wasi:clocks/monotonic-clock@0.3.0;
            import wasi:http/client@0.3.0;
            import wasi:config/store@0.2.0-rc.1;
            export wasi:http/handler@0.3.0;
        }
    ",
    world: "atoll:wasi-tests/guest",
    generate_all,
});

use exports::wasi::http0_3_0::handler::Guest;
use wasi::{
    cli0_3_0::{environment, stdout},
    clocks0_3_0::monotonic_clock,
    http0_3_0::{
        client,
        types::{ErrorCode, Fields, Method, Request, Response, Scheme},
    },
};

struct Component;
export!(Component);

const CHUNK_BYTES: usize = 1 << 20;

impl Guest for Component {
    async fn handle(request: Request) -> Result<Response, ErrorCode> {
        let target = request.get_path_with_query().unwrap_or_default();
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        match path {
            "/" => whole(200, greeting(&request)),
            "/echo" => echo(request),
            "/stream" => stream(query.parse().unwrap_or(0)),
            "/forward" => Ok(forward(query).await),
            "/config" => whole(200, format!("{:?}", wasi::config::store::get(query).unwrap())),
            "/print" => {
                print("to standard output\n").await;
                whole(200, String::new())
            }
            "/later" => {
                wit_bindgen::spawn_local(async {
                    monotonic_clock::wait_for(1_000_000).await;
                    print("after the response\n").await;
                });
                whole(200, "early".into())
            }
            "/broken" => {
                let (mut writer, reader) = wit_stream::new();
                wit_bindgen::spawn_local(async move {
                    writer.write_all(b"the first half".to_vec()).await;
                    panic!("in the middle");
                });
                respond(200, Some(reader))
            }
            "/spin" => loop {
                std::hint::black_box(0);
            },
            "/error" => Err(ErrorCode::InternalError(Some("on purpose".into()))),
            _ => whole(404, String::new()),
        }
    }
}

fn greeting(request: &Request) -> String {
    let name = environment::get_environment().into_iter().find(|(key, _)| key == "NAME");
    let name = name.map_or_else(|| "world".into(), |(_, name)| name);
    let scheme = match request.get_scheme() {
        Some(Scheme::Http) => "http",
        _ => "another scheme",
    };
    format!("Hello, {name}, from {scheme}://{}", request.get_authority().unwrap_or_default())
}

fn respond(status: u16, body: Option<wit_bindgen::StreamReader<u8>>) -> Result<Response, ErrorCode> {
    let (trailers, none) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (response, _sent) = Response::new(Fields::new(), body, none);
    response.set_status_code(status).unwrap();
    Ok(response)
}

fn whole(status: u16, text: String) -> Result<Response, ErrorCode> {
    let (mut writer, reader) = wit_stream::new();
    wit_bindgen::spawn_local(async move {
        writer.write_all(text.into_bytes()).await;
    });
    respond(status, Some(reader))
}

async fn print(text: &str) {
    let (mut writer, reader) = wit_stream::new();
    let printed = stdout::write_via_stream(reader);
    writer.write_all(text.as_bytes().to_vec()).await;
    drop(writer);
    printed.await.unwrap();
}

/// Sends the request's body back, and its trailers.
fn echo(request: Request) -> Result<Response, ErrorCode> {
    let (_, done) = wit_future::new(|| Ok(()));
    let (body, trailers) = Request::consume_body(request, done);
    let (response, _sent) = Response::new(Fields::new(), Some(body), trailers);
    Ok(response)
}

/// Writes so many bytes, as fast as they are taken.
fn stream(mut left: usize) -> Result<Response, ErrorCode> {
    let (mut writer, reader) = wit_stream::new();
    wit_bindgen::spawn_local(async move {
        while left > 0 {
            let length = left.min(CHUNK_BYTES);
            if !writer.write_all(vec![b'x'; length]).await.is_empty() {
                break;
            }
            left -= length;
        }
        print(&format!("{left} bytes were not wanted\n")).await;
    });
    respond(200, Some(reader))
}

/// Gets `http://{target}`, and passes the response on.
async fn forward(target: &str) -> Response {
    let (authority, path) = target.split_once('/').unwrap_or((target, ""));
    let (trailers, none) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _sent) = Request::new(Fields::new(), None, none, None);
    request.set_method(&Method::Get).unwrap();
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some(&format!("/{path}"))).unwrap();
    match client::send(request).await {
        Ok(response) => response,
        Err(code) => whole(502, format!("{code:?}")).unwrap(),
    }
}
