//! Node.js with the same handler, where it is installed: no sandbox, no limits, one process for all requests.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use crate::{
    Failure, app,
    http_load::{Peer, announced},
};

const SERVER: &str = r#"
import { createServer } from "node:http";
const server = createServer((request, response) => {
  const body = answer(request.method, new URL(request.url, "http://localhost").pathname);
  response.writeHead(body === undefined ? 404 : 200, { "content-type": "application/json" });
  response.end(JSON.stringify(body));
});
server.listen(0, "127.0.0.1", () => console.log("listening on http://127.0.0.1:" + server.address().port));
"#;

pub(crate) fn start(folder: &Path) -> Result<Option<Peer>, Failure> {
    if Command::new("node").arg("--version").stdout(Stdio::null()).status().is_err() {
        return Ok(None);
    }
    let file = folder.join("peer.mjs");
    fs::write(&file, format!("{}{SERVER}", app::HANDLER))?;
    let mut child = Command::new("node").arg(&file).stdin(Stdio::null()).stdout(Stdio::piped()).spawn()?;
    let authority = announced(&mut child, "listening on http://")?;
    Ok(Some(Peer { child, authority, path: "/todos".into() }))
}
