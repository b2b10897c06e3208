//! What apps say of themselves on the bus is what the host knows of them.

use hostile_tests::{Failure, Server, ServerOptions};

const FORGER: &[(&str, &str)] = &[
    (
        "atoll.toml",
        "name = \"forger\"\n[backend]\nentry = \"backend/index.ts\"\n[[events.publishes]]\ntype = \"forger.said\"\n",
    ),
    (
        "backend/index.ts",
        r#"
export default {
  async fetch(_request: Request, env: { BUS: { publish(type: string, data: unknown, options?: object): Promise<string> } }) {
    const forged = { id: "mine", source: "/apps/quiet", time: "1999-01-01T00:00:00Z", hops: 99, sequence: 7 };
    await env.BUS.publish("forger.said", forged, forged);
    return new Response("published");
  },
};
"#,
    ),
];

/// Two apps that answer each other for ever, if the host lets them.
fn echo(name: &str, hears: &str) -> Vec<(String, Vec<u8>)> {
    let manifest = format!(
        "name = \"{name}\"\n[backend]\nentry = \"backend/index.ts\"\n[[events.publishes]]\ntype = \"{name}.said\"\n\
         [[events.subscribes]]\ntype = \"{hears}.said\"\n"
    );
    let backend = format!(
        r#"
type Env = {{ BUS: {{ publish(type: string, data: unknown): Promise<string> }} }};
export default {{
  async fetch(_request: Request, env: Env) {{
    await env.BUS.publish("{name}.said", {{ from: "{name}" }});
    return new Response("started");
  }},
  async event(_event: unknown, env: Env) {{
    await env.BUS.publish("{name}.said", {{ from: "{name}" }});
  }},
}};
"#
    );
    vec![("atoll.toml".into(), manifest.into_bytes()), ("backend/index.ts".into(), backend.into_bytes())]
}

#[tokio::test]
async fn a_guest_cannot_forge_source_time_or_hops() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let files: Vec<_> =
        FORGER.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    assert!(server.deploy("forger", &files).await?.status < 300);
    assert_eq!(server.get("/apps/forger/api/").await?.text, "published");
    let events = server.events("forger.*", 0, 1).await?;
    let event = &events[0];
    assert_eq!(event["source"], "/apps/forger");
    assert_eq!(event["id"], "mine");
    assert_eq!(event["hops"], 0);
    assert!(event["time"].as_str().is_some_and(|time| !time.starts_with("1999")), "{event}");
    assert_eq!(event["data"]["source"], "/apps/quiet", "the data is the guest's own");
    Ok(())
}

#[tokio::test]
async fn a_client_cannot_speak_in_the_name_of_an_app() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    let forged = serde_json::json!({
        "specversion": "1.0", "type": "todo.created", "source": "/apps/todo", "id": "1", "data": {}
    });
    let answer = server.post_cloud_event(&forged).await?;
    assert!(answer.status < 300, "{answer:?}");
    let events = server.events("todo.*", 0, 1).await?;
    let source = events[0]["source"].as_str().unwrap_or_default();
    assert!(source.starts_with("/external/"), "{source}");
    Ok(())
}

#[tokio::test]
async fn a_cycle_between_apps_ends_in_the_dead_letters() -> Result<(), Failure> {
    let server = Server::start(ServerOptions::default())?;
    for (name, hears) in [("ping", "pong"), ("pong", "ping")] {
        let answer = server.deploy(name, &echo(name, hears)).await?;
        assert!(answer.status < 300, "{answer:?}");
    }
    assert_eq!(server.get("/apps/ping/api/").await?.text, "started");
    // The first event and one for each hop that is allowed.
    let events = server.events("*", 0, 9).await?;
    assert_eq!(events.last().map(|event| event["hops"].clone()), Some(8.into()));
    let letters = server.dead_letters_until(1).await?;
    assert!(letters[0].to_string().contains("event_hops_max"), "{letters:?}");
    Ok(())
}
