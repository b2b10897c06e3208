//! Storage that a frame has not: its origin is opaque, so every access to `localStorage` and its kin throws.

use atoll_model::Severity;
use oxc::{ast::AstKind, semantic::AstNode, span::GetSpan};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/browser-storage", severity: Severity::Warning, sides: Sides::FRONTEND, visit };

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let name = match node.kind() {
        AstKind::IdentifierReference(ident) if scan.is_global(ident) => {
            storage(&[ident.name.as_str()]).map(str::to_owned)
        }
        kind @ (AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_)) => {
            let path = scan.member_of_kind(kind).and_then(|member| scan.member_path(&member));
            path.and_then(|path| {
                let names: Vec<&str> = path.iter().map(|name| name.as_ref()).collect();
                storage(&names).map(str::to_owned)
            })
        }
        _ => None,
    };
    let asked = matches!(scan.parent(node.id()).kind(),
        AstKind::UnaryExpression(unary) if unary.operator.is_typeof());
    if let Some(name) = name.filter(|_| !asked)
        && sink.first(&name)
    {
        let hint =
            "keep it in the backend: fetch(\"/api/…\") and env.KV there; what may be lost goes into useState";
        sink.flag(node.kind().span(), format!("{name} throws in a frame"), hint);
    }
}

fn storage<'n>(path: &[&'n str]) -> Option<&'n str> {
    match path {
        [name @ ("localStorage" | "sessionStorage" | "indexedDB" | "caches")] => Some(name),
        ["document", name @ "cookie"] => Some(name),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/browser-storage";

    #[test]
    fn finds_storage_once_a_file() {
        let texts = [
            "localStorage.setItem('a', 'b'); localStorage.getItem('a');",
            "window.sessionStorage.getItem('a');",
            "document.cookie = 'a=b';",
            "const s = window['localStorage'];",
            "indexedDB.open('x');",
        ];
        finds(ID, in_frontend, &texts);
    }

    #[test]
    fn spares_namesakes_and_questions() {
        let texts = [
            "const localStorage = new Map(); localStorage.get('a');",
            "const has = typeof localStorage !== 'undefined';",
            "recipe.cookie; declare const recipe: any;",
        ];
        spares(ID, in_frontend, &texts);
        spares(ID, in_backend, &["localStorage.getItem('a');"]);
    }
}
