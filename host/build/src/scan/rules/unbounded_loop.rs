//! Loops that visibly never end. The CPU limit ends them at run time; here the author learns it before.

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{
            ArrowFunctionExpression, AwaitExpression, BreakStatement, Class, ContinueStatement, Expression,
            ForOfStatement, Function, LabeledStatement, ReturnStatement, Statement, SwitchStatement,
            ThrowStatement, YieldExpression,
        },
    },
    ast_visit::{Visit, walk},
    semantic::AstNode,
    syntax::scope::ScopeFlags,
};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/unbounded-loop", severity: Severity::Warning, sides: Sides::ALL, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let (body, span) = match node.kind() {
        AstKind::WhileStatement(it) if is_always_true(&it.test) => (&it.body, it.span),
        AstKind::DoWhileStatement(it) if is_always_true(&it.test) => (&it.body, it.span),
        AstKind::ForStatement(it) if it.test.as_ref().is_none_or(is_always_true) => (&it.body, it.span),
        _ => return,
    };
    let mut exits = Exits { own: own_labels(scan, node), ..Exits::default() };
    exits.visit_statement(body);
    if !exits.found {
        let hint = "give it a condition or a break; the host stops a request after its CPU time (cpu_ms)";
        sink.flag(span, "nothing ends this loop", hint);
    }
}

/// The labels that stand before a loop.
fn own_labels<'a>(scan: &Scan<'a>, node: &AstNode<'a>) -> Vec<String> {
    let nodes = scan.nodes();
    let labels = nodes.ancestor_ids(node.id()).map_while(|id| match nodes.kind(id) {
        AstKind::LabeledStatement(labelled) => Some(labelled.label.name.to_string()),
        _ => None,
    });
    labels.collect()
}

fn is_always_true(test: &Expression<'_>) -> bool {
    match test.get_inner_expression() {
        Expression::BooleanLiteral(literal) => literal.value,
        Expression::NumericLiteral(literal) => literal.value != 0.0,
        Expression::StringLiteral(literal) => !literal.value.is_empty(),
        Expression::UnaryExpression(unary) => {
            unary.operator.is_not()
                && matches!(&unary.argument, Expression::NumericLiteral(n) if n.value == 0.0)
        }
        _ => false,
    }
}

/// Looks for what leaves a loop, outside of functions in it.
#[derive(Default)]
struct Exits {
    found: bool,
    /// Loops and switches inside, which take a plain `break` for themselves.
    nested: usize,
    /// Labels inside; a `break` to any other leaves.
    labels: Vec<String>,
    /// Labels of the loop itself: a `continue` to any that is neither this nor inside leaves.
    own: Vec<String>,
}

impl Exits {
    fn nested<'a>(&mut self, body: impl FnOnce(&mut Self) + 'a) {
        self.nested += 1;
        body(self);
        self.nested -= 1;
    }
}

impl<'a> Visit<'a> for Exits {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        match it {
            _ if self.found => {}
            Statement::WhileStatement(_)
            | Statement::DoWhileStatement(_)
            | Statement::ForStatement(_)
            | Statement::ForInStatement(_) => self.nested(|exits| walk::walk_statement(exits, it)),
            _ => walk::walk_statement(self, it),
        }
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.found |= it.r#await;
        self.nested(|exits| walk::walk_for_of_statement(exits, it));
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.nested(|exits| walk::walk_switch_statement(exits, it));
    }

    fn visit_labeled_statement(&mut self, it: &LabeledStatement<'a>) {
        self.labels.push(it.label.name.to_string());
        walk::walk_labeled_statement(self, it);
        self.labels.pop();
    }

    fn visit_break_statement(&mut self, it: &BreakStatement<'a>) {
        self.found |= match &it.label {
            Some(label) => !self.labels.iter().any(|inside| label.name == inside.as_str()),
            None => self.nested == 0,
        };
    }

    fn visit_continue_statement(&mut self, it: &ContinueStatement<'a>) {
        let mut known = self.labels.iter().chain(&self.own);
        self.found |= it.label.as_ref().is_some_and(|label| known.all(|name| label.name != name.as_str()));
    }

    fn visit_return_statement(&mut self, _: &ReturnStatement<'a>) {
        self.found = true;
    }

    fn visit_throw_statement(&mut self, _: &ThrowStatement<'a>) {
        self.found = true;
    }

    fn visit_await_expression(&mut self, _: &AwaitExpression<'a>) {
        self.found = true;
    }

    fn visit_yield_expression(&mut self, _: &YieldExpression<'a>) {
        self.found = true;
    }

    // What a function inside does does not end the loop around it.
    fn visit_function(&mut self, _: &Function<'a>, _: ScopeFlags) {}
    fn visit_arrow_function_expression(&mut self, _: &ArrowFunctionExpression<'a>) {}
    fn visit_class(&mut self, _: &Class<'a>) {}
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/unbounded-loop";

    #[test]
    fn finds_loops_without_an_end() {
        let texts = [
            "while (true) { work(); } declare function work(): void;",
            "for (;;) {}",
            "for (let i = 0; ; i++) { i; }",
            "do { work(); } while (1); declare function work(): void;",
            "while (!0) { for (const x of [1]) { break; } }",
            "while (true) { switch (x) { case 1: break; } } declare const x: number;",
            "while (true) { [1].map(() => { return 1; }); }",
            "while (true) { a: for (const x of [1]) { break a; } }",
            "a: while (true) { b: for (const x of [1]) { if (x) continue b; continue a; } }",
        ];
        finds(ID, in_backend, &texts);
        finds(ID, in_frontend, &texts[..2]);
    }

    #[test]
    fn spares_loops_with_a_way_out() {
        let texts = [
            "while (true) { if (x) break; } declare const x: boolean;",
            "function f() { for (;;) { return 1; } }",
            "for (;;) { throw new Error('x'); }",
            "async function f() { while (true) { await g(); } } declare function g(): Promise<void>;",
            "function* f() { while (true) { yield 1; } }",
            "out: while (true) { for (;;) { break out; } }",
            "next: for (const x of [1]) { while (true) { if (x) continue next; } }",
            "while (more()) {} declare function more(): boolean;",
            "for (let i = 0; i < 3; i++) {}",
            "while (false) {}",
            "async function f(s: any) { while (true) { for await (const x of s) { x; } } }",
        ];
        spares(ID, in_backend, &texts);
    }
}
