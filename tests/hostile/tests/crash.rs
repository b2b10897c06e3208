//! kill -9 during a stream of writes and publishes: after a restart every acknowledged one is there.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
};

use hostile_tests::{Failure, Server, ServerOptions};

const FILES: &[(&str, &str)] = &[
    (
        "atoll.toml",
        "name = \"ledger\"\n[backend]\nentry = \"backend/index.ts\"\n[grants]\nkv = true\nsql = true\n\
         [[events.publishes]]\ntype = \"ledger.entered\"\n",
    ),
    ("migrations/0001_create.sql", "CREATE TABLE entries (id TEXT PRIMARY KEY);\n"),
    (
        "backend/index.ts",
        r#"
type Env = {
  KV: { put(key: string, value: string): Promise<void>; get(key: string): Promise<string | null> };
  DB: { prepare(sql: string): { bind(...values: unknown[]): { run(): Promise<unknown>; first(): Promise<unknown> } } };
  BUS: { publish(type: string, data: unknown, options?: { id?: string }): Promise<string> };
};
export default {
  async fetch(request: Request, env: Env) {
    const id = new URL(request.url).pathname.slice(1);
    if (request.method === "POST") {
      await env.KV.put(id, id);
      await env.DB.prepare("INSERT INTO entries (id) VALUES (?)").bind(id).run();
      await env.BUS.publish("ledger.entered", { id }, { id });
      return new Response("acknowledged");
    }
    const row = await env.DB.prepare("SELECT id FROM entries WHERE id = ?").bind(id).first();
    return Response.json({ kv: (await env.KV.get(id)) === id, sql: row !== null });
  },
};
"#,
    ),
];

/// Writers at the same time, so that group commits are cut in the middle.
const WRITERS: usize = 6;
/// Acknowledged writes before each kill.
const WRITES_BEFORE_KILL: usize = 40;
const KILLS: usize = 5;

async fn writes_until_killed(server: &Arc<Server>, round: usize) -> BTreeSet<String> {
    let acknowledged = Arc::new(Mutex::new(BTreeSet::new()));
    let enough = Arc::new(tokio::sync::Notify::new());
    let mut writers = tokio::task::JoinSet::new();
    for writer in 0..WRITERS {
        let (server, acknowledged, enough) =
            (Arc::clone(server), Arc::clone(&acknowledged), Arc::clone(&enough));
        writers.spawn(async move {
            for number in 0.. {
                let id = format!("{round}-{writer}-{number}");
                match server.send("POST", &format!("/apps/ledger/api/{id}"), "").await {
                    Ok(answer) if answer.status == 200 => {
                        let mut set = acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
                        set.insert(id);
                        if set.len() >= WRITES_BEFORE_KILL {
                            enough.notify_one();
                        }
                    }
                    // The server is gone, which is the point.
                    _ => break,
                }
            }
        });
    }
    enough.notified().await;
    // The writers go on while the process dies.
    let killed = std::process::Command::new("kill").args(["-9", &server.process_id().to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()), "kill could not be run");
    while writers.join_next().await.is_some() {}
    std::mem::take(&mut *acknowledged.lock().unwrap_or_else(PoisonError::into_inner))
}

#[tokio::test]
async fn what_was_acknowledged_survives_kill_9() -> Result<(), Failure> {
    let folder = tempfile::tempdir()?;
    let start = || {
        Server::start(ServerOptions { data: Some(folder.path().join("data")), ..ServerOptions::default() })
    };
    let mut server = Arc::new(start()?);
    let files: Vec<_> =
        FILES.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec())).collect();
    let answer = server.deploy("ledger", &files).await?;
    assert!(answer.status < 300, "{answer:?}");

    let mut acknowledged = BTreeSet::new();
    for round in 0..KILLS {
        acknowledged.extend(writes_until_killed(&server, round).await);
        drop(server);
        server = Arc::new(start()?);
    }
    assert!(acknowledged.len() >= KILLS * WRITES_BEFORE_KILL);

    for id in &acknowledged {
        let answer = server.get(&format!("/apps/ledger/api/{id}")).await?;
        assert_eq!(answer.text, r#"{"kv":true,"sql":true}"#, "{id} was acknowledged");
    }
    // Published and not acknowledged may be there as well: read until nothing is missing.
    let mut missing = acknowledged;
    let read = server.read_events("ledger.*", 0, |event| {
        missing.remove(event["id"].as_str().unwrap_or_default());
        !missing.is_empty()
    });
    let outcome = read.await;
    assert!(outcome.is_ok(), "acknowledged and lost: {missing:?}");
    Ok(())
}
