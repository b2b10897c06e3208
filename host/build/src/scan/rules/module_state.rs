//! Module-level state that a handler changes. Every request starts from the same fresh copy of the module, so
//! the change is gone with the request: the most common surprise for people who know servers that stay up.

use std::collections::HashSet;

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{BindingPattern, ExportDefaultDeclarationKind, Expression},
    },
    semantic::{AstNode, NodeId, SymbolFlags, SymbolId},
    span::GetSpan,
};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink, mutation::Container},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/module-state", severity: Severity::Error, sides: Sides::BACKEND, visit };

const HINT: &str = "keep it in env.KV (await env.KV.put(key, value)) or in env.DB; what belongs to one request goes into a local variable";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        // Once a file: the whole of it, from its symbols.
        AstKind::Program(_) => {
            // A change through a module-level name for another variable is one change of two symbols.
            let mut said = HashSet::new();
            for symbol in scan.scoping().get_bindings(scan.scoping().root_scope_id()).values() {
                changed(scan, *symbol, &mut said, sink);
            }
        }
        AstKind::AssignmentExpression(assignment) => {
            let target = assignment.left.as_simple_assignment_target().and_then(|t| scan.target_member(t));
            let Some(path) = target.and_then(|member| scan.member_path(&member)) else { return };
            if let [name] = path.as_slice()
                && scan.at_request_time(node.id())
            {
                let message = format!("a handler sets the global {name}: the next request does not see it");
                sink.flag(assignment.span, message, HINT);
            }
        }
        _ => {}
    }
}

fn changed<'a>(scan: &Scan<'a>, symbol: SymbolId, said: &mut HashSet<NodeId>, sink: &mut Sink<'_>) {
    let flags = scan.scoping().symbol_flags(symbol);
    if !flags
        .intersects(SymbolFlags::Variable | SymbolFlags::Class | SymbolFlags::Function | SymbolFlags::Import)
    {
        return;
    }
    let Some(container) = container(scan, symbol, flags) else { return };
    let name: String = scan.scoping().symbol_name(symbol).chars().take(64).collect();
    for change in scan.changes(symbol, container) {
        if scan.at_request_time(change.node) && said.insert(change.node) {
            let message =
                format!("a handler changes {name} ({}): the next request does not see it", change.how);
            sink.flag(scan.nodes().kind(change.node).span(), message, HINT);
        }
    }
}

/// What a module-level symbol holds; `None` when it is an import of something else than a variable of the app.
fn container<'a>(scan: &Scan<'a>, symbol: SymbolId, flags: SymbolFlags) -> Option<Container<'a>> {
    if flags.contains(SymbolFlags::Import) {
        let (file, name) = scan.project.origin_of(scan.index, symbol)?;
        let there = Scan::new(scan.project, file, scan.manifest);
        return exported(&there, name);
    }
    match scan.nodes().kind(scan.scoping().symbol_declaration(symbol)) {
        AstKind::VariableDeclarator(declarator) => match declarator.id {
            BindingPattern::BindingIdentifier(_) => Some(scan.container(declarator.init.as_ref())),
            _ => Some(Container::Other),
        },
        _ => Some(Container::Other),
    }
}

/// What an exported name of a file holds.
fn exported<'a>(scan: &Scan<'a>, name: &str) -> Option<Container<'a>> {
    if name == "default" {
        let program = scan.nodes().program();
        return program.body.iter().find_map(|statement| match statement {
            oxc::ast::ast::Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::Identifier(ident) => {
                    let symbol = scan.symbol(ident)?;
                    container(
                        scan,
                        symbol,
                        scan.scoping().symbol_flags(symbol).difference(SymbolFlags::Import),
                    )
                }
                other => other.as_expression().map(|value: &Expression<'a>| scan.container(Some(value))),
            },
            _ => None,
        });
    }
    let root = scan.scoping().root_scope_id();
    let (_, symbol) = scan.scoping().get_bindings(root).iter().find(|(bound, _)| bound.as_str() == name)?;
    let flags = scan.scoping().symbol_flags(*symbol);
    (!flags.contains(SymbolFlags::Import)).then(|| container(scan, *symbol, flags)).flatten()
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_files, in_frontend, spares};

    const ID: &str = "scan/module-state";

    /// `body` inside a handler, after `top` at module level.
    fn handler(top: &str, body: &str) -> String {
        format!(
            "{top}\nexport default {{ async fetch(request: Request, env: any) {{ {body}; return new Response(); }} }};"
        )
    }

    #[test]
    fn finds_every_kind_of_change() {
        for (top, body) in [
            ("let count = 0;", "count++"),
            ("let count = 0;", "count += 1"),
            ("let user: string;", "user = 'x'"),
            ("let a = 1, b = 2;", "[a] = [b]"),
            ("const items: string[] = [];", "items.push('x')"),
            ("const items = new Array<string>();", "items.splice(0, 1)"),
            ("const cache = new Map<string, string>();", "cache.set('a', 'b')"),
            ("const seen = new Set<string>();", "seen.add('a')"),
            ("const state = { count: 0 };", "state.count = 1"),
            ("const state = { count: 0 };", "state.count++"),
            ("const state = { items: [] as string[] };", "state.items.push('x')"),
            ("const state = { byId: new Map() };", "state.byId.set('a', 1)"),
            ("const byUser: any = {};", "byUser['a'] = 1"),
            ("const byUser: any = {};", "byUser[env.id].push(1)"),
            ("const byUser: any = {};", "delete byUser.a"),
            ("const state = { a: 1 };", "Object.assign(state, { a: 2 })"),
            (
                "const state = { items: [1] };",
                "const { length } = state.items; const list = state.items; list.push(length)",
            ),
            ("const state: any = {};", "(state as any).x = 1"),
            ("const items = [1] as number[];", "items?.push(1)"),
            ("const state = { n: 0 }; const same = state;", "same.n = 1"),
            ("class Counter { static total = 0; }", "Counter.total++"),
            ("function tag() {}", "(tag as any).last = 1"),
            ("", "(globalThis as any).cache = 1"),
            ("let n = 0; const bump = () => { n++; };", "bump()"),
            ("let n = 0; function bump() { n++; } bump();", "bump()"),
        ] {
            finds(ID, in_backend, &[&handler(top, body)]);
        }
    }

    #[test]
    fn finds_it_in_the_shapes_apps_have() {
        let hono = "import { Hono } from 'hono';\nconst app = new Hono();\nconst todos: string[] = [];\n\
                    app.post('/todos', async (c) => {\n  todos.push(await c.req.text());\n  return c.json(todos);\n});\n\
                    export default app;";
        let found = in_backend(ID, hono);
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with("5:3 a handler changes todos (push)") && found[0].contains("env.KV"));
        let across = in_files(
            ID,
            "",
            &[
                (
                    "backend/index.ts",
                    "import { todos } from './state';\nexport default { async event() { todos.push('x'); } };",
                ),
                ("backend/state.ts", "export const todos: string[] = [];"),
            ],
        );
        assert_eq!(across.len(), 1, "{across:?}");
    }

    #[test]
    fn spares_what_happens_while_the_module_loads() {
        let texts = [
            "import { Hono } from 'hono'; const app = new Hono(); app.get('/', (c) => c.text('x')); export default app;",
            "const routes: string[] = []; routes.push('a'); export default { fetch() { return new Response(routes[0]); } };",
            "const table = new Map<string, number>(); for (const x of ['a']) { table.set(x, 1); } export { table };",
            "const table: any = {}; ['a'].forEach((x) => { table[x] = 1; }); export { table };",
            "const list: number[] = []; function add(x: number) { list.push(x); } add(1); add(2); export { list };",
            "const list: number[] = []; const add = (x: number) => { deep(x); }; function deep(x: number) { list.push(x); } add(1); export { list };",
            "let n = 0; (() => { n = 1; })(); export { n };",
        ];
        spares(ID, in_backend, &texts);
        let across = in_files(
            ID,
            "",
            &[
                (
                    "backend/index.ts",
                    "import { register, all } from './registry'; register('a'); export default { fetch() { return Response.json(all); } };",
                ),
                (
                    "backend/registry.ts",
                    "export const all: string[] = []; export function register(x: string) { all.push(x); }",
                ),
            ],
        );
        assert!(across.is_empty(), "{across:?}");
    }

    #[test]
    fn a_helper_that_a_handler_calls_in_another_file_is_found() {
        let across = in_files(
            ID,
            "",
            &[
                (
                    "backend/index.ts",
                    "import { register } from './registry'; export default { fetch() { register('a'); } };",
                ),
                (
                    "backend/registry.ts",
                    "export const all: string[] = []; export function register(x: string) { all.push(x); }",
                ),
            ],
        );
        assert_eq!(across.len(), 1, "{across:?}");
    }

    #[test]
    fn spares_locals_reads_and_other_methods() {
        for (top, body) in [
            ("const items = [1, 2];", "const copy = [...items]; copy.push(3)"),
            ("const items = [1, 2];", "items.map((x) => x + 1).sort()"),
            ("const items = [1, 2];", "let items: number[] = []; items.push(1); items = []"),
            ("const limits = { max: 5 };", "const o = { ...limits }; o.max = 6"),
            ("const app = { set(k: string) {}, get(k: string) {} };", "app.set('a'); app.get('a')"),
            ("import { store } from './store';", "await store.set('a', 1)"),
            ("const cache = new Map([['a', 1]]);", "cache.get('a'); cache.has('b')"),
            ("const re = /x/g;", "re.test('x')"),
            ("", "let count = 0; count++; const m = new Map(); m.set('a', 1)"),
            ("type State = { n: number };", "const s: State = { n: 1 }; s.n = 2"),
            ("const config = load(); function load() { return { a: 1 }; }", "config.a"),
        ] {
            spares(ID, in_backend, &[&handler(top, body)]);
        }
        spares(ID, in_frontend, &["let n = 0; export default function App() { n++; return n; }"]);
    }

    #[test]
    fn tests_may_count() {
        let found = in_files(
            ID,
            "",
            &[(
                "tests/a.test.ts",
                "import { test } from '@atoll/sdk/test'; let n = 0; test('a', () => { n++; });",
            )],
        );
        assert!(found.is_empty(), "{found:?}");
    }
}
