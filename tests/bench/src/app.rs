//! The app under test: a JSON router over fifty items, as in the engine's design figures.

use atoll::{Limits, SourcePath, SourceTree};

use crate::Failure;

/// The handler, shared with the peers that run JavaScript.
pub(crate) const HANDLER: &str = r#"
const todos = [];
for (let i = 0; i < 50; i++) todos.push({ id: i, title: "todo " + i, done: i % 2 === 0 });
const routes = [
  ["GET", /^\/todos$/, () => todos.slice(0, 10)],
  ["GET", /^\/todos\/(\d+)$/, (match) => todos[Number(match[1])]],
];
function answer(method, path) {
  for (const [wanted, pattern, handle] of routes) {
    const match = wanted === method ? pattern.exec(path) : null;
    if (match) return handle(match);
  }
  return undefined;
}
"#;

const ADAPTER: &str = r#"
export default {
  fetch(request) {
    const body = answer(request.method, new URL(request.url).pathname);
    return body === undefined ? new Response("not found", { status: 404 }) : Response.json(body);
  },
};
"#;

const MANIFEST: &str = "name = \"bench\"\n\n[backend]\nentry = \"backend/index.js\"\n";

/// The app's folder. `salt` makes each different, so that no cache answers a deploy.
pub(crate) fn source(salt: usize) -> Result<SourceTree, Failure> {
    let limits = Limits::default();
    let mut tree = SourceTree::new();
    tree.insert(SourcePath::parse("atoll.toml")?, MANIFEST, &limits)?;
    let backend = format!("{HANDLER}{ADAPTER}export const salt = {salt};\n");
    tree.insert(SourcePath::parse("backend/index.js")?, backend, &limits)?;
    Ok(tree)
}
