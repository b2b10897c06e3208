//! What is an app's is no other app's, however it is asked for: through its bindings, through the host's own API, or
//! from its page.

use std::collections::BTreeMap;

use hostile_tests::{Failure, Server, ServerOptions, javascript};

/// Keeps a secret everywhere that an app can keep one.
const OWNER: &str = r#"
type Env = { KV: any; DB: any };
export default {
  async fetch(_request: Request, env: Env) {
    await env.KV.put("secret", "s3cr3t-kv");
    await env.DB.exec("CREATE TABLE IF NOT EXISTS secrets (text TEXT)");
    await env.DB.prepare("INSERT INTO secrets VALUES (?)").bind("s3cr3t-sql").run();
    console.log("s3cr3t-log");
    return new Response("kept");
  },
};
// s3cr3t-source
"#;

/// Tries what the request's body says, and answers with whatever came of it.
const THIEF: &str = r#"
export default {
  async fetch(request: Request, env: any) {
    const { way, what } = await request.json() as any;
    try {
      if (way === "get") return Response.json(await env.KV.get(what));
      if (way === "list") return Response.json(await env.KV.list(what));
      if (way === "sql") return Response.json(await env.DB.prepare(what).all());
      if (way === "fetch") return new Response(await (await fetch(what)).text());
      if (way === "env") return Response.json([Object.keys(env), Object.keys(globalThis).filter((key) => /secret|atoll/i.test(key))]);
    } catch (error) {
      return new Response(`${(error as Error).name}: ${(error as Error).message}`, { status: 403 });
    }
    return new Response("no such way");
  },
};
"#;

const PAGE: &str = "export default function App() { return <p>thief</p>; }\n";

async fn owner_and_thief() -> Result<Server, Failure> {
    let server = Server::start(ServerOptions::default())?;
    let grants = "[grants]\nkv = true\nsql = true\n";
    assert_eq!(server.deploy("owner", &javascript("owner", grants, OWNER)).await?.status, 201);
    let more = format!(
        "{grants}http = [\"{}\", \"http://owner.localhost\"]\n[frontend]\nentry = \"frontend/App.tsx\"\n",
        server.address()
    );
    let mut thief = javascript("thief", &more, THIEF);
    thief.push(("frontend/App.tsx".into(), PAGE.into()));
    let deployed = server.deploy("thief", &thief).await?;
    assert_eq!(deployed.status, 201, "{deployed:?}");
    assert_eq!(server.get("/apps/owner/api/").await?.text, "kept");
    Ok(server)
}

#[tokio::test]
async fn a_guest_reaches_nothing_of_another_app() -> Result<(), Failure> {
    let server = owner_and_thief().await?;
    let address = server.address();
    let ways = [
        ("get", "secret".to_owned()),
        ("get", "owner/secret".into()),
        ("get", "../owner/secret".into()),
        ("get", "owner\u{0}secret".into()),
        ("list", r#"{"prefix":""}"#.into()),
        ("list", r#"{"prefix":"owner"}"#.into()),
        ("list", r#"{"cursor":"b3duZXI6c2VjcmV0"}"#.into()),
        ("list", r#"{"cursor":"owner"}"#.into()),
        ("sql", "SELECT * FROM secrets".into()),
        ("sql", "SELECT * FROM owner.secrets".into()),
        ("sql", "SELECT name, sql FROM sqlite_master".into()),
        ("sql", "ATTACH DATABASE 'owner.db' AS owner".into()),
        ("sql", "ATTACH DATABASE 'file:../owner/data.db?mode=ro' AS owner".into()),
        ("sql", "SELECT readfile('../owner/data.db')".into()),
        ("sql", "SELECT * FROM pragma_database_list".into()),
        ("sql", "CREATE VIRTUAL TABLE t USING csv(filename='/etc/passwd')".into()),
        ("fetch", format!("{address}/api/v1/apps/owner/source")),
        ("fetch", format!("{address}/api/v1/apps/owner/logs")),
        ("fetch", format!("{address}/apps/owner/api/")),
        ("fetch", "http://owner.localhost/".into()),
        ("env", String::new()),
    ];
    for (way, what) in ways {
        let what = match way {
            "list" => serde_json::from_str(&what)?,
            _ => serde_json::Value::String(what),
        };
        let body = serde_json::json!({ "way": way, "what": what }).to_string();
        let answer = server.send("POST", "/apps/thief/api/", body).await?;
        assert!(matches!(answer.status, 200 | 403), "{way} {what}: {answer:?}");
        assert!(
            !answer.text.contains("s3cr3t") && !answer.text.contains("root:"),
            "{way} {what}: {answer:?}"
        );
        if way == "fetch" {
            assert_eq!(answer.status, 403, "{what}: {answer:?}");
        }
    }
    server.has_not_panicked()
}

/// Everything that the host tells or does, asked by a page that is not the host's own.
const CONTROL: &[(&str, &str)] = &[
    ("GET", "/api/v1/apps"),
    ("GET", "/api/v1/apps/owner"),
    ("PUT", "/api/v1/apps/owner"),
    ("DELETE", "/api/v1/apps/owner"),
    ("GET", "/api/v1/apps/owner/source"),
    ("GET", "/api/v1/apps/owner/revisions"),
    ("GET", "/api/v1/apps/owner/logs"),
    ("GET", "/api/v1/apps/owner/logs?follow=1"),
    ("GET", "/api/v1/apps/owner/metrics"),
    ("GET", "/api/v1/apps/owner/schedules"),
    ("POST", "/api/v1/apps/owner/schedules/0/run"),
    ("GET", "/api/v1/apps/owner/secrets"),
    ("PUT", "/api/v1/apps/owner/secrets/API_KEY"),
    ("DELETE", "/api/v1/apps/owner/secrets/API_KEY"),
    ("POST", "/api/v1/generations"),
    ("GET", "/api/v1/generations/1/events"),
    ("POST", "/api/v1/events"),
    ("GET", "/api/v1/events"),
    ("GET", "/api/v1/events/asyncapi.json"),
    ("GET", "/api/v1/dead-letters"),
    ("GET", "/api/v1/dead-letters/1"),
    ("DELETE", "/api/v1/dead-letters/1"),
    ("POST", "/api/v1/dead-letters/1/retry"),
    ("GET", "/api/v1/layout"),
    ("PUT", "/api/v1/layout"),
    ("GET", "/api/v1/bus"),
    ("GET", "/apps/owner/events"),
    ("GET", "/apps/owner/api/"),
    ("POST", "/apps/owner/api/"),
];

#[tokio::test]
async fn no_page_of_another_origin_uses_the_hosts_api() -> Result<(), Failure> {
    let server = owner_and_thief().await?;
    let page = server.get("/apps/thief/").await?.text;
    let token =
        page.split_once("\"token\":\"").and_then(|(_, rest)| rest.split_once('"')).map(|(token, _)| token);
    let token = token.ok_or_else(|| format!("the page has no token: {page}"))?;
    let senders: &[&[(&str, &str)]] = &[
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        // An app's own page, with the token that is good for that app.
        &[("origin", "null"), ("x-atoll-frame", token)],
        &[("origin", "http://thief.localhost")],
        &[("origin", "https://evil.example"), ("x-atoll-frame", token)],
        &[("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
        &[("sec-fetch-site", "same-site")],
        // Names that an attacker points at this host (DNS rebinding).
        &[("host", "evil.example")],
        &[("host", "127.0.0.1.nip.io")],
        &[("host", "localhost.evil.example")],
        &[("host", "evil@localhost")],
    ];
    for sender in senders {
        let headers: BTreeMap<String, String> =
            sender.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        for (method, path) in CONTROL {
            let answer = server.send_with(method, path, &headers, "").await?;
            assert!(matches!(answer.status, 400 | 403 | 404 | 421), "{sender:?} {method} {path}: {answer:?}");
            assert!(
                !answer.text.contains("s3cr3t") && !answer.text.contains("kept"),
                "{sender:?} {path}: {answer:?}"
            );
        }
    }
    // Under an app's own host name there is nothing of the host.
    let headers = BTreeMap::from([("host".to_owned(), "thief.localhost".to_owned())]);
    for (method, path) in CONTROL {
        let answer = server.send_with(method, path, &headers, "{\"way\":\"\"}").await?;
        assert!(
            answer.text.is_empty() || !answer.text.contains("s3cr3t") && !answer.text.contains("kept"),
            "{answer:?}"
        );
    }
    assert_eq!(server.get("/api/v1/apps/owner").await?.status, 200, "it is still there");
    assert!(server.get("/api/v1/apps/owner/logs").await?.text.contains("s3cr3t-log"));
    server.has_not_panicked()
}
