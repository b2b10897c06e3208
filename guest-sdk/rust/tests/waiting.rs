//! Waiting: for others, for time, for whoever reads; and work after the response.

use std::time::Duration;

use atoll_sdk::{
    BodyWriter, CapabilityError, Error, Request, Response, block_on, clock, http, join_all, kv, log, sleep,
    testing::{Answer, TestHost},
    wait_until,
};

const SECOND: Duration = Duration::from_secs(1);

fn get(path: &str) -> Request {
    Request::new("GET", path)
}

/// Every answer takes a second.
fn slow_network() -> TestHost {
    let host = TestHost::new();
    host.network(|sent| match sent.url.rsplit('/').next() {
        Some("missing") => Answer::new(404, "no").after(SECOND),
        Some("down") => Answer::unreachable("connection refused"),
        Some("bits") => Answer::chunks(["a", "bc", "def"]),
        _ => Answer::json(&sent.url).after(SECOND),
    });
    host
}

#[test]
fn requests_that_were_sent_overlap_whichever_is_awaited_first() {
    async fn both(_: Request) -> Result<String, CapabilityError> {
        let a = http::get("https://x.test/a").send();
        let b = http::get("https://x.test/b").send();
        let (mut b, mut a) = (b.await?, a.await?);
        Ok(format!("{} {}", a.text().await?, b.json::<String>().await?))
    }
    let host = slow_network();
    assert_eq!(host.fetch(both, get("/")).text(), "\"https://x.test/a\" https://x.test/b");
    assert!(host.elapsed() < SECOND + Duration::from_millis(1), "{:?}", host.elapsed());
}

#[test]
fn many_requests_are_joined_in_their_order_in_the_time_of_one() {
    fn all(_: Request) -> Result<String, Error> {
        let sent = (0..5).map(|number| async move {
            let answer = http::get(&format!("https://x.test/{number}")).send().await?;
            // Work between two waits of one of them holds none of the others up.
            sleep(SECOND).await;
            answer.error_for_status()?.json::<String>().await.map_err(Error::from)
        });
        let answers: Result<Vec<String>, Error> = block_on(join_all(sent)).into_iter().collect();
        Ok(answers?.join(" "))
    }
    let host = slow_network();
    let text = host.fetch(all, get("/")).text().to_owned();
    assert_eq!(text.split(' ').count(), 5);
    assert!(text.starts_with("https://x.test/0 https://x.test/1"), "{text}");
    assert!(host.elapsed() < 2 * SECOND + Duration::from_millis(1), "{:?}", host.elapsed());
}

#[test]
fn what_goes_wrong_with_a_request_is_an_error_of_its_own_kind() {
    async fn ask(request: Request) -> Result<String, Error> {
        let url = format!("https://x.test{}?key=secret", request.path());
        let sent = http::get(&url).timeout(SECOND / 2).send().await;
        match sent {
            Err(CapabilityError::Unavailable(why)) => Ok(why),
            other => Ok(other?.error_for_status()?.status().to_string()),
        }
    }
    let host = TestHost::new();
    assert!(host.fetch(ask, get("/")).text().contains("has no network"));
    host.network(|sent| match sent.url.split(['/', '?']).nth(3) {
        Some("late") => Answer::new(200, "").after(SECOND),
        Some("down") => Answer::unreachable("connection refused"),
        _ => Answer::new(503, ""),
    });
    assert_eq!(host.fetch(ask, get("/late")).text(), "there was no answer within 500 ms");
    assert_eq!(host.fetch(ask, get("/down")).text(), "connection refused");
    let error = host.fetch(ask, get("/busy")).error.unwrap().to_string();
    assert_eq!(error, "https://x.test/busy answered 503");
    let bad = |_: Request| block_on(http::get("nowhere").send()).map(|answer| answer.status().to_string());
    let error = host.fetch(bad, get("/")).error.unwrap();
    assert!(matches!(error.downcast_ref(), Some(CapabilityError::Invalid(_))), "{error}");
}

#[test]
fn a_request_says_what_the_app_says() {
    async fn ask(_: Request) -> Result<(), CapabilityError> {
        let body = vec![1, 2];
        http::post("https://x.test/").bearer("t").header("X-A", "b").json(&body).send().await?;
        let upload = |mut writer: BodyWriter| async move {
            for _ in 0..3 {
                writer.write([b'x'; 50_000]).await?;
            }
            Ok::<_, CapabilityError>(())
        };
        http::put("https://x.test/").streamed(upload).send().await?;
        Ok(())
    }
    let host = slow_network();
    assert_eq!(host.fetch(ask, get("/")).status, 204);
    let sent = host.sent();
    assert_eq!((sent[0].method.as_str(), &sent[0].body[..]), ("POST", &b"[1,2]"[..]));
    assert_eq!(sent[0].header("authorization"), Some("Bearer t"));
    assert_eq!(
        (sent[0].header("x-a"), sent[0].header("content-type")),
        (Some("b"), Some("application/json"))
    );
    assert_eq!((sent[1].method.as_str(), sent[1].body.len()), ("PUT", 150_000));
}

#[test]
fn a_body_that_is_too_large_for_one_call_is_handed_over_bit_by_bit() {
    async fn ask(_: Request) -> Result<(), CapabilityError> {
        http::post("https://x.test/").body(vec![7; 20 << 20]).send().await?;
        Ok(())
    }
    let host = slow_network();
    assert_eq!(host.fetch(ask, get("/")).status, 204);
    let sent = host.sent();
    assert_eq!((sent[0].body.len(), sent[0].body.last()), (20 << 20, Some(&7)));
}

#[test]
fn a_streamed_response_is_written_bit_by_bit_and_breaks_off_when_its_writer_fails() {
    fn lines(request: Request) -> Response {
        let count = request.query("count").unwrap().parse::<u32>().unwrap();
        let write = async move |mut body: BodyWriter| {
            for line in 0..count {
                body.write(format!("{line}\n")).await?;
                sleep(SECOND).await;
            }
            if count == 2 { Err(Error::new("no third line")) } else { Ok(()) }
        };
        Response::streamed(write).with_header("x-lines", "yes")
    }
    let host = TestHost::new();
    let answer = host.fetch(lines, get("/?count=3"));
    assert_eq!((answer.status, answer.text(), answer.is_complete), (200, "0\n1\n2\n", true));
    assert_eq!(answer.header("x-lines"), Some("yes"));
    assert!(host.elapsed() >= 3 * SECOND);
    let broken = host.fetch(lines, get("/?count=2"));
    assert_eq!((broken.text(), broken.is_complete), ("0\n1\n", false));
    assert_eq!(broken.error.unwrap().to_string(), "no third line");
}

#[test]
fn what_was_fetched_is_passed_on_as_it_comes() {
    async fn relay(request: Request) -> Result<Response, CapabilityError> {
        let url = format!("https://x.test{}", request.path());
        Ok(Response::relayed(http::get(&url).send().await?).with_header("via", "app"))
    }
    let host = slow_network();
    let answer = host.fetch(relay, get("/bits"));
    assert_eq!((answer.text(), answer.is_complete, answer.header("via")), ("abcdef", true, Some("app")));
    assert_eq!(host.fetch(relay, get("/missing")).status, 404);
}

#[test]
fn an_upload_is_read_and_answered_bit_by_bit() {
    fn shout(request: Request) -> Response {
        let mut body = request.into_body();
        Response::streamed(async move |mut writer: BodyWriter| {
            while let Some(bytes) = body.chunk().await? {
                writer.write(bytes.to_ascii_uppercase()).await?;
            }
            Ok::<_, CapabilityError>(())
        })
    }
    let host = TestHost::new();
    let request = Request::new("POST", "/").with_body(host.streamed_body(["ab", "cd"]));
    assert_eq!(host.fetch(shout, request).text(), "ABCD");
}

#[test]
fn a_body_larger_than_it_may_be_is_not_kept() {
    let host = TestHost::new();
    let mut body = host.streamed_body(["ab", "cd"]);
    assert!(matches!(block_on(body.bytes_at_most(3)), Err(CapabilityError::Data(_))));
    assert_eq!(block_on(host.streamed_body(["ab", "cd"]).bytes_at_most(4)).unwrap(), b"abcd");
}

#[test]
fn work_goes_on_after_the_response_and_what_fails_in_it_is_logged() {
    fn later(_: Request) -> (u16, &'static str) {
        wait_until(async {
            sleep(SECOND).await;
            kv::put("after", "yes")?;
            wait_until(async {
                sleep(SECOND).await;
                log::info!("the end");
            });
            Err::<(), Error>(Error::new("half of it failed"))
        });
        (202, "soon")
    }
    let host = TestHost::new();
    let answer = host.fetch(later, get("/"));
    assert_eq!((answer.status, answer.text(), answer.is_complete), (202, "soon", true));
    assert_eq!(kv::get_text("after").unwrap().as_deref(), Some("yes"));
    let logged: Vec<String> = host.logged().into_iter().map(|(_, line)| line).collect();
    assert_eq!(logged, ["wait_until: half of it failed", "the end"]);
}

#[test]
fn time_passes_only_where_the_app_waits() {
    fn nap(_: Request) -> String {
        let (start, from) = (clock::Instant::now(), clock::now_ms());
        block_on(sleep(SECOND));
        format!("{} {}", start.elapsed().as_millis(), clock::now_ms() - from)
    }
    assert_eq!(TestHost::new().fetch(nap, get("/")).text(), "1000 1000");
}

#[test]
#[should_panic(expected = "waits for something that nothing will bring")]
fn waiting_for_nothing_does_not_hang() {
    let _host = TestHost::new();
    block_on(std::future::pending::<()>());
}
