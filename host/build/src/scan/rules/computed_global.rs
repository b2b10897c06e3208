//! `globalThis[expression]`: a global whose name is made at run time is there to hide which one it is.

use atoll_model::Severity;
use oxc::{ast::AstKind, semantic::AstNode};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/computed-global", severity: Severity::Warning, sides: Sides::ALL, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let AstKind::ComputedMemberExpression(access) = node.kind() else { return };
    let Some(member) = scan.member_of_kind(node.kind()) else { return };
    if member.property.is_none() && scan.path(member.object).is_some_and(|path| path.is_empty()) {
        let hint = "write the name of the global, or put the candidates into an object of your own";
        sink.flag(access.span, "which global this is cannot be seen", hint);
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/computed-global";

    #[test]
    fn finds_names_made_at_run_time() {
        let texts = [
            "globalThis[name]; declare const name: string;",
            "window[atob('ZXZhbA==')]('1')",
            "const g = self; g[['e', 'val'].join('')]",
        ];
        finds(ID, in_backend, &texts);
        finds(ID, in_frontend, &texts);
    }

    #[test]
    fn spares_plain_names_and_own_objects() {
        let texts = [
            "globalThis['fetch'];",
            "const table: any = {}; table[name]; declare const name: string;",
            "function f(window: any, k: string) { return window[k]; }",
        ];
        spares(ID, in_backend, &texts);
    }
}
