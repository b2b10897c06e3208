//! Globals of Node that are written from memory: `process`, `Buffer`, `__dirname` and the like. They would be
//! `undefined` at run time; here they come with what to write instead.

use atoll_model::Severity;
use oxc::{ast::AstKind, ast::ast::Expression, semantic::AstNode, span::Span};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-process", severity: Severity::Error, sides: Sides::ALL, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        AstKind::IdentifierReference(ident) if scan.is_global(ident) => {
            named(scan, node, ident.name.as_str(), ident.span, sink);
        }
        AstKind::StaticMemberExpression(member) => {
            if matches!(member.object.get_inner_expression(), Expression::ImportMeta(_))
                && member.property.name == "env"
            {
                sink.flag(member.span, "there is no import.meta.env here", hint_for_env(scan, node));
            } else if scan.path(&member.object).is_some_and(|path| path.is_empty()) {
                named(scan, node, member.property.name.as_str(), member.span, sink);
            }
        }
        _ => {}
    }
}

fn named<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, name: &str, span: Span, sink: &mut Sink<'_>) {
    let asked = matches!(scan.parent(node.id()).kind(),
        AstKind::UnaryExpression(unary) if unary.operator.is_typeof());
    let hint = match name {
        _ if asked => return,
        "process" => hint_for_env(scan, node),
        "Buffer" => "use Uint8Array, TextEncoder and TextDecoder, btoa and atob".to_owned(),
        "__dirname" | "__filename" => {
            "there is no file system: put data into a JSON file and import it".to_owned()
        }
        "setImmediate" => "use queueMicrotask(…) or setTimeout(…, 0)".to_owned(),
        "Deno" | "Bun" => "use the web platform's functions, and env for bindings".to_owned(),
        _ => return,
    };
    sink.flag(span, format!("there is no {name} in the sandbox: this is not Node"), hint);
}

/// `process.env.API_KEY` → `env.API_KEY`, with what to declare.
fn hint_for_env<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>) -> String {
    if !scan.file().sides.meets(Sides::BACKEND.and(Sides::TESTS)) {
        return "a page has no variables: let the backend answer what the page needs (fetch(\"/api/…\"))"
            .into();
    }
    let name_above = |node: &'a AstNode<'a>| {
        let parent = scan.parent(node.id());
        scan.member_of_kind(parent.kind()).and_then(|m| m.property).map(|name| (parent, name))
    };
    let is_meta = matches!(node.kind(), AstKind::StaticMemberExpression(m) if m.property.name == "env");
    let env =
        if is_meta { Some(node) } else { name_above(node).filter(|(_, name)| name == "env").map(|(n, _)| n) };
    match env.and_then(name_above) {
        Some((_, name)) => {
            let name: String = name.chars().take(64).collect();
            format!(
                "use env.{name} (env is the second argument of a handler, c.env in Hono), and declare it in \
                 atoll.toml: under [grants] secrets = [\"{name}\"], or under [backend.vars]"
            )
        }
        None => "use env.NAME (env is the second argument of a handler, c.env in Hono)".into(),
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    #[test]
    fn finds_node_globals_and_says_what_to_write() {
        let texts = [
            "const key = process.env.API_KEY;",
            "globalThis.process.exit(1);",
            "const p = process; p.exit();",
            "const b = Buffer.from('a');",
            "const d = __dirname + '/x';",
            "setImmediate(() => 1);",
            "const k = import.meta.env.VITE_KEY;",
        ];
        finds("scan/no-process", in_backend, &texts);
        let found = in_backend("scan/no-process", "const key = process.env.API_KEY;");
        assert!(
            found[0].contains("use env.API_KEY") && found[0].contains("secrets = [\"API_KEY\"]"),
            "{found:?}"
        );
        let found = in_backend("scan/no-process", "const { API_KEY } = process.env;");
        assert!(found[0].contains("use env.NAME"), "{found:?}");
        let found = in_frontend("scan/no-process", "const key = import.meta.env.VITE_URL;");
        assert!(found[0].contains("backend"), "{found:?}");
    }

    #[test]
    fn spares_namesakes() {
        let texts = [
            "function run(process: { env: string }) { return process.env; }",
            "const process = { env: {} }; process.env;",
            "const order = { process: 1 }; order.process;",
            "const url = import.meta.url;",
            "if (typeof process === 'undefined') {}",
            "function process2() {} const text = 'process.env.X'; // process.env",
        ];
        spares("scan/no-process", in_backend, &texts);
    }
}
