//! Bindings of `env` that the manifest does not grant. They are `undefined` at run time; here they come with
//! the lines to add.

use atoll_model::{Capability, Severity};
use oxc::{ast::AstKind, semantic::AstNode};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink, context, env::Use},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/missing-grant", severity: Severity::Error, sides: Sides::BACKEND, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    for used in scan.env_uses(node.id()) {
        let (capability, lines) = match used.name.as_str() {
            "KV" => (Capability::Kv, "add to atoll.toml under [grants]: kv = true"),
            "DB" => (Capability::Sql, "add to atoll.toml under [grants]: sql = true"),
            "BUS" if publishes_plainly(scan, &used) => continue,
            "BUS" => (
                Capability::Bus,
                "add to atoll.toml: [[events.publishes]] and below it type = \"app.happened\"",
            ),
            _ => {
                undeclared(scan, &used, sink);
                continue;
            }
        };
        if !scan.manifest.grants_capability(capability) && sink.first(&used.name) {
            sink.flag(used.span, format!("env.{} is not granted by the manifest", used.name), lines);
        }
    }
}

/// `env.BUS.publish("type")` is `undeclared-event`'s, which knows the type.
fn publishes_plainly<'a>(scan: &Scan<'a>, used: &Use) -> bool {
    let Some(node) = used.node else { return false };
    let access = scan.parent(node);
    let publish =
        scan.member_of_kind(access.kind()).is_some_and(|m| m.property.as_deref() == Some("publish"));
    let AstKind::CallExpression(call) = scan.parent(access.id()).kind() else { return false };
    publish && context::argument(call, 0).is_some_and(|first| scan.whole_text(first).is_some())
}

/// A variable or secret that nobody declared.
fn undeclared(scan: &Scan<'_>, used: &Use, sink: &mut Sink<'_>) {
    let name = used.name.as_str();
    let is_binding = name.len() <= 64
        && name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let declared = scan.manifest.grants.secrets.iter().any(|secret| secret.name == name)
        || scan.manifest.backend.as_ref().is_some_and(|backend| backend.vars.contains_key(name));
    if is_binding && !declared && sink.first(name) {
        let hint = format!(
            "add to atoll.toml {name} = \"…\" under [backend.vars], or under [grants] secrets = [\"{name}\"]"
        );
        sink.flag_as(
            Severity::Warning,
            used.span,
            format!("env.{name} is declared nowhere and will be undefined"),
            hint,
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_files, in_frontend, spares};

    const ID: &str = "scan/missing-grant";

    #[test]
    fn finds_bindings_without_a_grant() {
        let texts = [
            "export default { async fetch(request, env) { return Response.json(await env.KV.get('a')); } };",
            "export default { async fetch(request, bindings) { await bindings.DB.prepare('x').all(); } };",
            "export default { async event(event, { KV }) { await KV.get('a'); } };",
            "export default { async scheduled(controller, env) { const { DB } = env; DB; } };",
            "import { Hono } from 'hono'; const app = new Hono(); app.get('/', (c) => c.env.KV.get('a')); export default app;",
            "app.get('/', ({ env }) => env.DB); declare const app: any;",
            "const all = async (env: any) => { const e = env; return e['DB']; };",
            "app.get('/', async (c) => { const { KV } = c.env; return KV; }); declare const app: any;",
            "export default { async fetch(r, env) { env.BUS.publish(r.url, {}); } };",
            "export default { async fetch(r, env) { env.KV.get('a'); env.KV.get('b'); } };",
            "export default { async fetch(r, env) { return env.API_KEY; } };",
        ];
        finds(ID, in_backend, &texts);
    }

    #[test]
    fn the_line_to_add_is_in_the_hint() {
        let found = in_backend(ID, "export default { fetch(r, env) { return env.DB; } };");
        assert!(found[0].starts_with("1:41 env.DB") && found[0].contains("sql = true"), "{found:?}");
    }

    #[test]
    fn spares_what_is_granted_and_what_is_no_env() {
        let granted = "[grants]\nkv = true\nsql = true\nsecrets = [\"API_KEY\"]\n[[events.publishes]]\ntype = \"a.b\"\n";
        let text = "export default { async fetch(r, env) { env.KV; env.DB; env.BUS; env.API_KEY; } };";
        assert!(in_files(ID, granted, &[("backend/index.ts", text)]).is_empty());
        let texts = [
            "const settings = { KV: 1 }; settings.KV;",
            "const DB = 'x'; DB;",
            "export default { fetch(r, env) { const key = 'KV'; env[r.url]; env.lower; } };",
            "const text = 'env.KV'; // env.DB",
        ];
        spares(ID, in_backend, &texts);
        spares(ID, in_frontend, &["const f = (env: any) => env.KV;"]);
    }
}
