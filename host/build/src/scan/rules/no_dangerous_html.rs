//! `dangerouslySetInnerHTML`, as an attribute, in a literal, and assigned.

use atoll_model::Severity;
use oxc::{ast::AstKind, semantic::AstNode, span::GetSpan};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-dangerous-html", severity: Severity::Error, sides: Sides::FRONTEND, visit };

const NAME: &str = "dangerouslySetInnerHTML";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    let span = match node.kind() {
        AstKind::JSXAttribute(attribute) if attribute.is_identifier(NAME) => attribute.span,
        AstKind::ObjectProperty(property) => {
            let computed = || property.key.as_expression().and_then(|key| scan.whole_text(key));
            let named = property.key.is_specific_static_name(NAME)
                || property.computed && computed().is_some_and(|name| name == NAME);
            if !named {
                return;
            }
            property.key.span()
        }
        AstKind::AssignmentExpression(assignment) => {
            let target = assignment.left.as_simple_assignment_target().and_then(|t| scan.target_member(t));
            match target.filter(|member| member.property.as_deref() == Some(NAME)) {
                Some(member) => member.span,
                None => return,
            }
        }
        _ => return,
    };
    let hint =
        "render the text as {text}: React escapes it. For line breaks use className=\"whitespace-pre-wrap\"";
    sink.flag(span, format!("{NAME} makes markup of text"), hint);
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_frontend, spares};

    #[test]
    fn finds_it_in_jsx_and_in_props() {
        let texts = [
            "export default () => <p dangerouslySetInnerHTML={{ __html: '<b>' }} />;",
            "const props = { dangerouslySetInnerHTML: { __html: 'x' } };",
            "const props = { ['dangerouslySetInnerHTML']: { __html: 'x' } };",
            "const props = { ['dangerouslySet' + 'InnerHTML']: { __html: 'x' } };",
            "const props: any = {}; props.dangerouslySetInnerHTML = { __html: 'x' };",
        ];
        finds("scan/no-dangerous-html", in_frontend, &texts);
    }

    #[test]
    fn spares_text_about_it() {
        let texts = ["const note = 'dangerouslySetInnerHTML'; // dangerouslySetInnerHTML"];
        spares("scan/no-dangerous-html", in_frontend, &texts);
    }
}
