//! What an app's `fetch` may not reach, and what it may meet where it is let.

use std::collections::BTreeMap;

use hostile_tests::{Failure, Origin, Server, ServerOptions, javascript};

/// Fetches what the request's body says, and answers with what came or why nothing did.
const FETCHER: &str = r#"
export default {
  async fetch(request: Request, env: Record<string, string>) {
    const { url, method = "GET", headers = {}, body, times = 1, secret } = await request.json() as any;
    if (secret) headers[secret] = env.API_KEY;
    let last = "";
    try {
      for (let i = 0; i < times; i++) {
        const response = await fetch(url, { method, headers, body });
        last = `${response.status} ${response.url} ${(await response.text()).slice(0, 100)}`;
      }
      return new Response(last);
    } catch (error) {
      return new Response(`${(error as Error).name}: ${(error as Error).message}`, { status: 400 });
    }
  },
};
"#;

async fn server(config: &str, grants: &str) -> Result<Server, Failure> {
    let server = Server::start(ServerOptions { config: Some(config.into()), ..ServerOptions::default() })?;
    let manifest = format!("[backend.limits]\ncpu_ms = 1000\nfuel = 10000000000\n[grants]\n{grants}");
    let deployed = server.deploy("app", &javascript("app", &manifest, FETCHER)).await?;
    assert_eq!(deployed.status, 201, "{deployed:?}");
    Ok(server)
}

async fn fetch(server: &Server, request: serde_json::Value) -> Result<(u16, String), Failure> {
    let answer = server.send_with("POST", "/apps/app/api/", &BTreeMap::new(), request.to_string()).await?;
    Ok((answer.status, answer.text))
}

const LOOPBACK: &str = "[outbound]\nallow = [\"127.0.0.0/8\"]\n";

/// Granted in the manifest, and still refused: the operator has allowed no range.
#[tokio::test]
async fn no_spelling_of_an_inner_address_is_reached() -> Result<(), Failure> {
    let origin = Origin::start().await?;
    let port = origin.port();
    let hosts = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0.0.1",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "localhost",
        "localhost.",
        "LOCALHOST",
        "%6cocalhost",
        "１２７.0.0.1",
        "0.0.0.0",
        "0",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    // What a manifest can name is granted; the other spellings are the same addresses.
    let plain = [
        "127.0.0.1",
        "0.0.0.0",
        "localhost",
        "[::]",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fd00::1]",
        "[fec0::1]",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.0.1",
        "100.64.0.1",
        "169.254.169.254",
        "[fd00:ec2::254]",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
    ];
    let grants: Vec<String> = plain.iter().map(|host| format!("\"http://{host}:{port}\"")).collect();
    let server = server("", &format!("http = [{}]\n", grants.join(", "))).await?;
    for host in hosts {
        let url = format!("http://{host}:{port}/ok");
        let (status, text) = fetch(&server, serde_json::json!({ "url": url })).await?;
        assert_eq!(status, 400, "{host}: {text}");
        // Refused, not tried: none of them failed to connect.
        let refused = ["address", "not granted", "URL"].iter().any(|word| text.contains(word));
        assert!(refused && !text.contains("refused the connection"), "{host}: {text}");
    }
    assert_eq!(origin.heads(), Vec::<String>::new());
    server.has_not_panicked()
}

#[tokio::test]
async fn what_the_operator_allows_is_reached_by_grant_only_and_redirects_stay_inside() -> Result<(), Failure>
{
    let (granted, inner) = (Origin::start().await?, Origin::start().await?);
    let server = server(LOOPBACK, &format!("http = [\"{}\"]\n", granted.url())).await?;
    let (status, text) =
        fetch(&server, serde_json::json!({ "url": format!("{}/ok", granted.url()) })).await?;
    assert_eq!((status, text.ends_with("/ok ok")), (200, true), "{text}");

    let authority = granted.url().replace("http://", "");
    for url in [
        format!("{}/ok", inner.url()),
        format!("{}/to?{}/ok", granted.url(), inner.url()),
        format!("{}/to?//127.0.0.1:{}/ok", granted.url(), inner.port()),
        format!("{}/to?http://localhost:{}/ok", granted.url(), granted.port()),
        format!("{}/to?http://{authority}@127.0.0.1:{}/ok", granted.url(), inner.port()),
        format!("{}/to?https://{authority}/ok", granted.url()),
        format!("{}/to?file:///etc/passwd", granted.url()),
        format!("{}/to?javascript:1", granted.url()),
        format!("http://{authority}@127.0.0.1:{}/ok", inner.port()),
        format!("http://127.0.0.1:{}\\@{authority}/ok", inner.port()),
        format!("http://127.0.0.1:{}#@{authority}/ok", inner.port()),
        format!("http://{authority}.evil.example/ok"),
        "file:///etc/passwd".into(),
        "data:text/plain,x".into(),
        "/ok".into(),
    ] {
        let (status, text) = fetch(&server, serde_json::json!({ "url": url })).await?;
        assert_eq!(status, 400, "{url}: {text}");
    }
    assert_eq!(inner.heads(), Vec::<String>::new());
    server.has_not_panicked()
}

#[tokio::test]
async fn a_guest_cannot_write_a_second_request_into_its_first() -> Result<(), Failure> {
    let origin = Origin::start().await?;
    let server = server(LOOPBACK, &format!("http = [\"{}\"]\n", origin.url())).await?;
    let url = format!("{}/ok", origin.url());
    let smuggled = "x\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: evil";
    for request in [
        serde_json::json!({ "url": url, "headers": { "x-a": smuggled } }),
        serde_json::json!({ "url": url, "headers": { "x-a\r\nx-b": "1" } }),
        serde_json::json!({ "url": url, "headers": { "x-a": "nul\u{0}" } }),
        serde_json::json!({ "url": url, "method": "GET /smuggled HTTP/1.1\r\nhost: evil\r\n\r\nGET" }),
        serde_json::json!({ "url": url, "method": "CONNECT" }),
        serde_json::json!({ "url": url, "method": "TRACE" }),
    ] {
        let (status, text) = fetch(&server, request.clone()).await?;
        assert_eq!(status, 400, "{request}: {text}");
    }
    assert_eq!(origin.heads(), Vec::<String>::new());
    // These are sent, as one harmless request each.
    for request in [
        serde_json::json!({ "url": format!("{url} HTTP/1.1\r\nhost: evil\r\n\r\n") }),
        serde_json::json!({ "url": url, "method": "POST", "body": smuggled,
            "headers": { "content-length": "1", "transfer-encoding": "chunked", "host": "evil.example",
                "connection": "x-kept", "x-kept": "1", "expect": "100-continue", "upgrade": "h2c" } }),
    ] {
        let (status, text) = fetch(&server, request.clone()).await?;
        assert_eq!(status, 200, "{request}: {text}");
    }
    let heads = origin.heads();
    assert_eq!(heads.len(), 2, "{heads:?}");
    for head in &heads {
        let head = head.to_ascii_lowercase();
        assert!(head.contains(&format!("host: 127.0.0.1:{}\r\n", origin.port())), "{head}");
        assert!(
            !head.contains("evil\r\n") && !head.contains("chunked") && !head.contains("upgrade"),
            "{head}"
        );
    }
    server.has_not_panicked()
}

#[tokio::test]
async fn a_hostile_server_is_cut() -> Result<(), Failure> {
    let origin = Origin::start().await?;
    let config = format!("{LOOPBACK}[limits]\noutbound_head_ms = 500\noutbound_idle_ms = 500\n");
    let server = server(&config, &format!("http = [\"{}\"]\n", origin.url())).await?;
    for (path, says) in [
        ("/bomb", "outbound_decode_ratio_max"),
        ("/headers", ""),
        ("/many", ""),
        ("/silent", "outbound_head_ms"),
        ("/garbage", ""),
    ] {
        let (status, text) =
            fetch(&server, serde_json::json!({ "url": format!("{}{path}", origin.url()) })).await?;
        assert!(status == 400 && text.contains(says), "{path}: {status} {text}");
    }
    // More than the guest's memory holds, or its CPU time lets it read.
    let (status, text) =
        fetch(&server, serde_json::json!({ "url": format!("{}/endless", origin.url()) })).await?;
    assert!(status >= 400, "{status} {text}");
    let resident_mib = server.resident_bytes_max()? >> 20;
    assert!(resident_mib < 800, "{resident_mib} MiB");
    server.has_not_panicked()
}

#[tokio::test]
async fn the_fifty_first_request_of_a_call_is_refused() -> Result<(), Failure> {
    let origin = Origin::start().await?;
    let server = server(LOOPBACK, &format!("http = [\"{}\"]\n", origin.url())).await?;
    let url = format!("{}/ok", origin.url());
    let (status, _) = fetch(&server, serde_json::json!({ "url": url, "times": 50 })).await?;
    assert_eq!(status, 200);
    let (status, text) = fetch(&server, serde_json::json!({ "url": url, "times": 51 })).await?;
    assert!(status == 400 && text.contains("outbound_requests_per_call_max"), "{text}");
    assert_eq!(origin.heads().len(), 100);
    Ok(())
}

#[tokio::test]
async fn a_placeholder_is_all_that_a_guest_has_and_it_goes_nowhere_else() -> Result<(), Failure> {
    let (granted, other) = (Origin::start().await?, Origin::start().await?);
    let grants = format!(
        "http = [\"{granted}\", \"{other}\"]\nsecrets = [{{ name = \"API_KEY\", placeholder = true, origins = [\"{granted}\"] }}]\n",
        granted = granted.url(),
        other = other.url(),
    );
    let server = server(LOOPBACK, &grants).await?;
    let (status, text) =
        fetch(&server, serde_json::json!({ "url": format!("{}/ok", other.url()), "secret": "x-key" }))
            .await?;
    assert!(status == 400 && text.contains("API_KEY") && text.contains("may not be sent"), "{text}");
    // Nobody has set it: towards its own origin the request fails too, and the placeholder does not go out for it.
    let (status, text) =
        fetch(&server, serde_json::json!({ "url": format!("{}/ok", granted.url()), "secret": "x-key" }))
            .await?;
    assert!(status == 400 && text.contains("has no value"), "{text}");
    let forged = serde_json::json!({ "url": format!("{}/ok", granted.url()), "headers": { "x-key": "atoll-secret:API_KEY" } });
    let (status, text) = fetch(&server, forged).await?;
    assert!(status == 400 && text.contains("is not a placeholder"), "{text}");
    assert_eq!([granted.heads(), other.heads()].concat(), Vec::<String>::new());
    Ok(())
}
