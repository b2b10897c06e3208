//! A command that knows only WASI 0.3: its first argument says what it does.

wit_bindgen::generate!({
    path: "../../../wit",
    inline: "
        package atoll:wasi-tests;
        world command {
            import wasi:cli/environment@0.3.0;
            import wasi:cli/exit@0.3.0;
            import wasi:cli/stderr@0.3.0;
            import wasi:cli/stdout@0.3.0;
            import wasi:http/client@0.3.0;
            export wasi:cli/run@0.3.0;
        }
    ",
    world: "atoll:wasi-tests/command",
    generate_all,
});

use exports::wasi::cli0_3_0::run::Guest;
use wasi::{
    cli0_3_0::{environment, exit, stderr, stdout},
    http0_3_0::{
        client,
        types::{ErrorCode, Fields, Request, Response, Scheme},
    },
};

struct Component;
export!(Component);

impl Guest for Component {
    async fn run() -> Result<(), ()> {
        let args = environment::get_arguments();
        let (what, more) = (args.get(1).map_or("", String::as_str), args.get(2).map_or("", String::as_str));
        match what {
            "greet" => {
                print(greeting(&args[0])).await;
                let (mut writer, reader) = wit_stream::new();
                let printed = stderr::write_via_stream(reader);
                writer.write_all(b"to standard error\n".to_vec()).await;
                drop(writer);
                printed.await.unwrap();
                Ok(())
            }
            // In one piece, larger than what lies between.
            "much" => {
                print("x".repeat(more.parse().unwrap())).await;
                Ok(())
            }
            "forward" => {
                let (authority, path) = more.split_at(more.find('/').unwrap_or(more.len()));
                let answer = forward(authority, path).await;
                print(answer.unwrap_or_else(|code| format!("{code:?}"))).await;
                Ok(())
            }
            "relative" => {
                let answer = forward("api.example", more).await;
                print(answer.unwrap_or_else(|code| format!("{code:?}"))).await;
                Ok(())
            }
            "exit" => {
                exit::exit_with_code(more.parse().unwrap());
                Ok(())
            }
            "spin" => loop {
                std::hint::black_box(0);
            },
            "trap" => panic!("on purpose"),
            _ => Err(()),
        }
    }
}

fn greeting(program: &str) -> String {
    let name = environment::get_environment().into_iter().find(|(key, _)| key == "NAME");
    let name = name.map_or_else(|| "world".into(), |(_, name)| name);
    format!("Hello, {name}, from {program}\n")
}

/// Ends when nobody takes more.
async fn print(text: String) {
    let (mut writer, reader) = wit_stream::new();
    let printed = stdout::write_via_stream(reader);
    writer.write_all(text.into_bytes()).await;
    drop(writer);
    let _ = printed.await;
}

/// Gets `http://{authority}{path}`.
async fn forward(authority: &str, path: &str) -> Result<String, ErrorCode> {
    let (trailers, none) = wit_future::new(|| Ok(None));
    drop(trailers);
    let (request, _sent) = Request::new(Fields::new(), None, none, None);
    request.set_scheme(Some(&Scheme::Http)).unwrap();
    request.set_authority(Some(authority)).unwrap();
    request.set_path_with_query(Some(path)).unwrap();
    let response = client::send(request).await?;
    let (_, done) = wit_future::new(|| Ok(()));
    let (body, _trailers) = Response::consume_body(response, done);
    Ok(String::from_utf8(body.collect().await).unwrap())
}
