//! A disk on which nothing can be written any more: what writes is refused with 507, what reads goes on, nothing is
//! half written, and all is well again when there is room.

use std::path::PathBuf;

use hostile_tests::{
    Answer, Failure, Random, Server, ServerOptions, SmallDisk, copy_folder, fill, free, javascript,
};
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};
use serde_json::json;

const MANIFEST: &str = "[grants]\nkv = true\nsql = true\n[[events.publishes]]\ntype = \"notes.kept\"\n";

/// Keeps what it is sent, in one of three places, and says what is there.
const KEEPER: &str = r#"
type Env = { KV: any; DB: any; BUS: any };
export default {
  async fetch(request: Request, env: Env) {
    const path = new URL(request.url).pathname;
    if (request.method === "GET") {
      const value = await env.KV.get("note");
      const row = await env.DB.prepare("SELECT count(*) AS count FROM notes").first();
      return Response.json({ kv: value === null ? null : value.length, sql: row.count });
    }
    const text = await request.text();
    if (path === "/kv") await env.KV.put("note", text);
    if (path === "/sql") await env.DB.prepare("INSERT INTO notes (text) VALUES (?)").bind(text).run();
    if (path === "/bus") await env.BUS.publish("notes.kept", { text });
    return new Response("kept");
  },
};
"#;

/// More than what lies free in the files that are there already.
const NOTE_BYTES: usize = 200_000;

/// Text that does not compress.
fn noise(length: usize) -> String {
    Random(7).bytes(length).iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}

fn keeper(name: &str, version: &str) -> Vec<(String, Vec<u8>)> {
    let mut files = javascript(name, MANIFEST, KEEPER);
    files.push(("migrations/0001_notes.sql".into(), b"CREATE TABLE notes (text TEXT);\n".to_vec()));
    files.push(("NOTES.md".into(), version.as_bytes().to_vec()));
    files
}

async fn kept(server: &Server) -> Result<serde_json::Value, Failure> {
    Ok(server.get("/apps/notes/api/").await?.json())
}

async fn keep(server: &Server, place: &str) -> Result<Answer, Failure> {
    server.send("POST", &format!("/apps/notes/api/{place}"), noise(NOTE_BYTES)).await
}

/// Everything that writes.
async fn writes(server: &Server) -> Result<Vec<(&'static str, Answer)>, Failure> {
    let event = json!({
        "specversion": "1.0", "type": "notes.sent", "source": "/external/test", "id": "1",
        "data": noise(NOTE_BYTES),
    });
    Ok(vec![
        ("deploy", server.deploy("notes", &keeper("notes", &noise(800_000))).await?),
        ("another app", server.deploy("other", &keeper("other", &noise(800_000))).await?),
        ("event", server.post_cloud_event(&event).await?),
        (
            "layout",
            server
                .send("PUT", "/api/v1/layout", json!({ "nodes": { "x": noise(NOTE_BYTES) } }).to_string())
                .await?,
        ),
        ("kv", keep(server, "kv").await?),
        ("sql", keep(server, "sql").await?),
        ("bus", keep(server, "bus").await?),
    ])
}

async fn refused_and_reads_go_on(server: &Server, revision: u64) -> Result<(), Failure> {
    for (what, answer) in writes(server).await? {
        assert_eq!(answer.status, 507, "{what}: {}", answer.text);
    }
    assert_eq!(kept(server).await?, json!({ "kv": 3, "sql": 1 }));
    assert_eq!(server.get("/api/v1/apps/notes").await?.json()["revision"], revision);
    assert_eq!(server.get("/api/v1/apps/notes/source").await?.status, 200);
    assert_eq!(server.get("/api/v1/apps/other").await?.status, 404);
    assert_eq!(server.get("/healthz").await?.status, 200);
    Ok(())
}

async fn with_something_kept(options: ServerOptions) -> Result<Server, Failure> {
    let server = Server::start(options)?;
    let deployed = server.deploy("notes", &keeper("notes", "one")).await?;
    assert_eq!(deployed.status, 201, "{deployed:?}");
    for place in ["kv", "sql"] {
        assert_eq!(server.send("POST", &format!("/apps/notes/api/{place}"), "one").await?.text, "kept");
    }
    Ok(server)
}

async fn all_is_well(server: &Server) -> Result<(), Failure> {
    for (what, answer) in writes(server).await? {
        assert!(answer.status < 300, "{what}: {} {}", answer.status, answer.text);
    }
    assert_eq!(kept(server).await?, json!({ "kv": NOTE_BYTES, "sql": 2 }));
    assert_eq!(server.get("/api/v1/apps/notes").await?.json()["revision"], 2);
    server.has_not_panicked()
}

#[tokio::test]
async fn on_a_full_disk_writes_are_refused_reads_go_on_and_room_heals() -> Result<(), Failure> {
    let Some(disk) = SmallDisk::of_mib(32)? else {
        println!("skipped: this user may mount no disk, not even in a namespace of its own");
        return Ok(());
    };
    let server = with_something_kept(ServerOptions { disk: Some(disk), ..ServerOptions::default() }).await?;
    let disk = server.disk()?;
    fill(&disk)?;
    refused_and_reads_go_on(&server, 1).await?;

    // What lies on the disk now is whole, for a server that starts from it.
    let copy = tempfile::tempdir()?;
    let data = copy.path().join("data");
    copy_folder(&disk.join("data"), &data)?;
    let second = Server::start(ServerOptions { data: Some(data), ..ServerOptions::default() })?;
    assert_eq!(kept(&second).await?, json!({ "kv": 3, "sql": 1 }));
    assert_eq!(second.get("/api/v1/apps/notes").await?.json()["revision"], 1);
    assert_eq!(second.get("/api/v1/apps/other").await?.status, 404);
    all_is_well(&second).await?;

    free(&disk)?;
    all_is_well(&server).await
}

/// The same where the system refuses: no file may grow (`ulimit -f`). Quotas and broken disks look like this as well.
#[tokio::test]
async fn where_no_file_may_grow_writes_are_refused_and_the_server_lives() -> Result<(), Failure> {
    let server = with_something_kept(ServerOptions::default()).await?;
    let process = i32::try_from(server.process_id()).ok().and_then(Pid::from_raw);
    // The server's is as ours. Some room for its log, which is a file too.
    let before = getrlimit(Resource::Fsize);
    prlimit(process, Resource::Fsize, Rlimit { current: Some(128 << 10), ..before })?;
    refused_and_reads_go_on(&server, 1).await?;
    prlimit(process, Resource::Fsize, before)?;
    all_is_well(&server).await
}

#[tokio::test]
async fn a_log_that_cannot_be_written_is_nobodys_end() -> Result<(), Failure> {
    let stderr = Some(PathBuf::from("/dev/full"));
    let server = with_something_kept(ServerOptions { stderr, ..ServerOptions::default() }).await?;
    // Each of these is worth a line in the log.
    let bad = "export default { fetch() { throw new Error('no'); } };";
    assert_eq!(server.deploy("bad", &javascript("bad", "", bad)).await?.status, 201);
    for _ in 0..20 {
        assert_eq!(server.get("/apps/bad/api/").await?.status, 500);
        assert_eq!(server.get("/apps/none/api/").await?.status, 404);
    }
    assert_eq!(kept(&server).await?, json!({ "kv": 3, "sql": 1 }));
    Ok(())
}
