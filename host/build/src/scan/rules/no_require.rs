//! CommonJS: `require`, `module.exports`, `exports.x`.

use atoll_model::Severity;
use oxc::{
    ast::{AstKind, ast::TSModuleReference},
    semantic::AstNode,
};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-require", severity: Severity::Error, sides: Sides::ALL, visit };

const IMPORT: &str = "write import … from \"…\" at the top of the file";
const EXPORT: &str = "write export default … or export const name = …";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        AstKind::IdentifierReference(ident) if scan.is_global(ident) => {
            let parent = scan.parent(node.id()).kind();
            let asked = matches!(parent, AstKind::UnaryExpression(unary) if unary.operator.is_typeof());
            let used =
                matches!(parent, AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_));
            match ident.name.as_str() {
                "require" if !asked => {
                    sink.flag(ident.span, "there is no require: modules are ES modules", IMPORT)
                }
                "module" | "exports" if used => {
                    sink.flag(
                        ident.span,
                        format!("there is no {}: modules are ES modules", ident.name),
                        EXPORT,
                    );
                }
                _ => {}
            }
        }
        AstKind::TSImportEqualsDeclaration(import)
            if matches!(import.module_reference, TSModuleReference::ExternalModuleReference(_)) =>
        {
            sink.flag(import.span, "import … = require(…) is CommonJS", IMPORT);
        }
        AstKind::TSExportAssignment(export) => sink.flag(export.span, "export = is CommonJS", EXPORT),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, spares};

    #[test]
    fn finds_commonjs() {
        let texts = [
            "const fs = require('fs');",
            "const load = require; load('fs');",
            "module.exports = {};",
            "exports.a = 1;",
            "require.resolve('x');",
            "import fs = require('fs'); fs;",
        ];
        finds("scan/no-require", in_backend, &texts);
    }

    #[test]
    fn spares_namesakes() {
        let texts = [
            "function f(require: (x: string) => void) { require('a'); }",
            "const module = { exports: 1 }; module.exports;",
            "const form = { require: true, module: 'x' }; form.require;",
            "if (typeof require === 'undefined') {}",
        ];
        spares("scan/no-require", in_backend, &texts);
    }
}
