//! `import(…)`: what an app loads is known when it is built.

use atoll_model::Severity;
use oxc::{ast::AstKind, semantic::AstNode};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-dynamic-import", severity: Severity::Error, sides: Sides::ALL, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let AstKind::ImportExpression(import) = node.kind() else { return };
    let hint = match scan.whole_text(&import.source) {
        Some(source) => {
            let source: String = source.chars().take(80).collect();
            format!("write it at the top of the file: import … from {source:?}")
        }
        None => "import all candidates at the top of the file and choose among them".to_owned(),
    };
    sink.flag(import.span, "import(…) loads code at run time; an app's code is fixed when it is built", hint);
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    #[test]
    fn finds_dynamic_imports() {
        let texts = ["const m = await import('./a')", "declare const n: string; import(n).then(() => 1)"];
        finds("scan/no-dynamic-import", in_backend, &texts);
        let found = in_frontend("scan/no-dynamic-import", "const x = import('./a' + '.ts');");
        assert!(found[0].contains("1:11") && found[0].contains("\"./a.ts\""), "{found:?}");
    }

    #[test]
    fn spares_static_imports_types_and_meta() {
        let texts = [
            "import type { A } from './a'; type B = import('./b').B; const u = import.meta.url;",
            "const text = \"import('./a')\";",
        ];
        spares("scan/no-dynamic-import", in_backend, &texts);
    }
}
