//! Published event types that the manifest does not declare. Neighbours on the canvas learn from the manifest
//! what an app says, and the host refuses the rest.

use atoll_model::{EventType, Severity};
use oxc::{ast::AstKind, semantic::AstNode, span::GetSpan};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink, context},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/undeclared-event", severity: Severity::Error, sides: Sides::BACKEND, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let AstKind::CallExpression(call) = node.kind() else { return };
    let Some(member) = scan.member(&call.callee).filter(|m| m.property.as_deref() == Some("publish")) else {
        return;
    };
    if !scan.is_bus(member.object) {
        return;
    }
    let Some(first) = context::argument(call, 0) else { return };
    let Some(text) = scan.whole_text(first) else { return };
    match EventType::parse(&text) {
        Err(error) => {
            let hint = "write it as todo.created: lower case, words joined by dots";
            sink.flag(first.span(), error.to_string(), hint);
        }
        Ok(event_type) if !scan.manifest.may_publish(&event_type) => {
            let hint =
                format!("add to atoll.toml: [[events.publishes]] and below it type = \"{event_type}\"");
            sink.flag(first.span(), format!("the manifest does not declare the event {event_type}"), hint);
        }
        Ok(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_files, spares};

    const ID: &str = "scan/undeclared-event";

    #[test]
    fn finds_types_that_are_not_declared() {
        let texts = [
            "export default { async fetch(r, env) { await env.BUS.publish('todo.created', {}); } };",
            "app.post('/', async (c) => { await c.env.BUS.publish(`todo.${'created'}`, {}); }); declare const app: any;",
            "export default { async event(e, { BUS }) { await BUS.publish('todo.created', {}); } };",
            "const say = (env: any) => { const bus = env.BUS; bus.publish('todo.created', {}); };",
            "const TYPE = 'todo.created'; const say = (env: any) => env.BUS.publish(TYPE, {});",
            "const say = (env: any) => env.BUS.publish('Todo Created', {});",
        ];
        finds(ID, in_backend, &texts);
        let found = in_backend(ID, texts[0]);
        assert!(found[0].starts_with("1:62") && found[0].contains("type = \"todo.created\""), "{found:?}");
    }

    #[test]
    fn one_missing_declaration_is_one_finding() {
        let text = "export default { async fetch(r, env) { await env.BUS.publish('a.b', {}); } };";
        assert!(in_files("scan/missing-grant", "", &[("backend/index.ts", text)]).is_empty());
    }

    #[test]
    fn spares_declared_types_and_other_buses() {
        let declared = "[[events.publishes]]\ntype = \"todo.created\"\n";
        let text = "export default { async fetch(r, env) { env.BUS.publish('todo.created', {}); env.BUS.publish(r.url, {}); } };";
        assert!(in_files(ID, declared, &[("backend/index.ts", text)]).is_empty());
        spares(ID, in_backend, &["const bus = { publish(x: string) {} }; bus.publish('todo.created');"]);
    }
}
