//! Leaving the frame. A page that navigates takes its data with it, past its own content policy, so the canvas
//! blocks it; the app is then gone from the canvas.

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{JSXAttributeItem, JSXOpeningElement, SimpleAssignmentTarget},
    },
    semantic::AstNode,
    span::Span,
};

use super::no_script_injection::{attribute_text, element_name};
use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink, values::Path},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-navigation", severity: Severity::Error, sides: Sides::FRONTEND, visit };

const HINT: &str = "keep the current view in useState; for a link to another site write <a href=\"https://…\" target=\"_blank\" rel=\"noreferrer\">";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        AstKind::AssignmentExpression(assignment) => {
            let Some(target) = assignment.left.as_simple_assignment_target() else { return };
            let path = match target {
                SimpleAssignmentTarget::AssignmentTargetIdentifier(ident) => {
                    scan.is_global(ident).then(|| vec![ident.name.as_str().into()])
                }
                _ => scan.target_member(target).and_then(|member| scan.member_path(&member)),
            };
            if path.is_some_and(|path| is_location(&path)) {
                flag(assignment.span, "assigning location leaves the frame", sink);
            }
        }
        AstKind::CallExpression(call) => {
            let Some(path) = scan.path(&call.callee) else { return };
            let path: Vec<&str> = without_document(&path);
            match path[..] {
                ["location", "assign" | "replace" | "reload"] => {
                    flag(call.span, &format!("location.{} leaves the frame", path[1]), sink);
                }
                ["open"] => flag(call.span, "window.open leaves the frame", sink),
                ["history", "pushState" | "replaceState" | "back" | "forward" | "go"] => {
                    flag(call.span, "a frame has no history of its own", sink);
                }
                ["navigation", "navigate" | "back" | "forward" | "reload" | "traverseTo"] => {
                    flag(call.span, "navigation leaves the frame", sink);
                }
                _ => {}
            }
        }
        AstKind::JSXOpeningElement(element) => refreshing(scan, element, sink),
        _ => {}
    }
}

fn flag(span: Span, message: &str, sink: &mut Sink<'_>) {
    sink.flag(span, message, HINT);
}

fn without_document<'p>(path: &'p Path<'_>) -> Vec<&'p str> {
    let names: Vec<&str> = path.iter().map(|name| name.as_ref()).collect();
    match names.split_first() {
        Some((&"document", rest)) if rest.first() == Some(&"location") => rest.to_vec(),
        _ => names,
    }
}

/// Setting the fragment stays on the page.
fn is_location(path: &Path<'_>) -> bool {
    matches!(
        without_document(path)[..],
        ["location"]
            | ["location", "href" | "pathname" | "search" | "host" | "hostname" | "port" | "protocol"]
    )
}

/// `<meta http-equiv="refresh">` and `<base>`.
fn refreshing<'a>(scan: &Scan<'a>, element: &'a JSXOpeningElement<'a>, sink: &mut Sink<'_>) {
    match element_name(element) {
        Some("base") => flag(element.span, "<base> changes where every link leads", sink),
        Some("meta") => {
            let refreshes = element.attributes.iter().any(|item| match item {
                JSXAttributeItem::Attribute(attribute) => {
                    attribute.is_identifier("httpEquiv")
                        && attribute_text(scan, attribute)
                            .is_some_and(|t| t.text.eq_ignore_ascii_case("refresh"))
                }
                JSXAttributeItem::SpreadAttribute(_) => false,
            });
            if refreshes {
                flag(element.span, "a refreshing <meta> leaves the frame", sink);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/no-navigation";

    #[test]
    fn finds_ways_out_of_the_frame() {
        let texts = [
            "window.location = 'https://evil.example';",
            "location = '/x' as any;",
            "location.href = 'https://evil.example/?' + 1;",
            "window['loc' + 'ation'].href = '/x';",
            "document.location.href = '/x';",
            "top!.location = '/x' as any;",
            "const l = window.location; l.href = '/x';",
            "window.location.assign('/x');",
            "location.replace('/x');",
            "location.reload();",
            "window.open('https://example.com');",
            "open('/x');",
            "history.pushState({}, '', '/x');",
            "(window as any).navigation.navigate('/x');",
            "export default () => <meta httpEquiv='refresh' content='0;url=/x' />;",
            "export default () => <base href='/x' />;",
        ];
        finds(ID, in_frontend, &texts);
    }

    #[test]
    fn spares_namesakes_reads_and_fragments() {
        let texts = [
            "const [location, setLocation] = useState(''); setLocation('x'); declare function useState(x: string): any;",
            "function move(location: { href: string }) { location.href = '/x'; }",
            "let location = 'Berlin'; location = 'Rome';",
            "const query = window.location.search;",
            "window.location.hash = '#a';",
            "const dialog = { open() {} }; dialog.open();",
            "function open() {} open();",
            "event.location = 'Berlin'; declare const event: any;",
            "const history = [1]; history.push(2);",
            "export default () => <meta name='x' content='y' />;",
        ];
        spares(ID, in_frontend, &texts);
        spares(ID, in_backend, &["location.href = '/x';"]);
    }
}
