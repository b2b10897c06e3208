//! Text that becomes markup or script: `document.write`, `innerHTML` and friends, `<script>`, `javascript:`.

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{
            AssignmentExpression, CallExpression, Expression, JSXAttribute, JSXAttributeName,
            JSXAttributeValue, JSXElementName, JSXOpeningElement,
        },
    },
    semantic::AstNode,
    span::{GetSpan, Span},
};

use crate::{
    project::Sides,
    scan::{
        Rule, Scan, Sink, context,
        values::{Text, is},
    },
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-script-injection", severity: Severity::Error, sides: Sides::FRONTEND, visit };

const MARKUP: &str = "write JSX: React escapes text in it. To empty an element, render nothing";
const SCRIPT: &str = "put the code into a module of the app and import it";
const ADDRESS: &str = "use an onClick handler";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        AstKind::AssignmentExpression(assignment) => assigned(scan, assignment, sink),
        AstKind::CallExpression(call) => called(scan, call, sink),
        AstKind::JSXOpeningElement(element) if element_name(element) == Some("script") => {
            sink.flag(element.span, "<script> does not run where React puts it, and must not", SCRIPT);
        }
        AstKind::JSXAttribute(attribute) => {
            let script = is_address(&attribute_name(attribute))
                && attribute_text(scan, attribute).is_some_and(|text| is_script_address(&text.text));
            if attribute.is_identifier("srcDoc") {
                sink.flag(attribute.span, "srcDoc makes a page of text", MARKUP);
            } else if script {
                sink.flag(attribute.span, "a javascript: address runs text as code", ADDRESS);
            }
        }
        AstKind::ObjectProperty(property) => {
            if let Some(name) = property.key.static_name() {
                given(scan, &name, &property.value, property.key.span(), sink);
            }
        }
        _ => {}
    }
}

/// A property of a literal, which `createElement`, a spread or `Object.assign` puts on an element.
fn given<'a>(scan: &Scan<'a>, name: &str, value: &'a Expression<'a>, span: Span, sink: &mut Sink<'_>) {
    if is_markup(name) {
        if makes_markup(scan, value) {
            sink.flag(span, format!("{name} makes markup of text"), MARKUP);
        }
    } else if is_address(name) && scan.text(value).is_some_and(|text| is_script_address(&text.text)) {
        sink.flag(value.span(), "a javascript: address runs text as code", ADDRESS);
    }
}

fn is_markup(name: &str) -> bool {
    matches!(name, "innerHTML" | "outerHTML" | "srcdoc" | "srcDoc")
}

/// Emptying an element injects nothing.
fn makes_markup<'a>(scan: &Scan<'a>, value: &'a Expression<'a>) -> bool {
    scan.text(value).is_none_or(|text| !text.complete || !text.text.trim().is_empty())
}

/// Whether a property or attribute leads somewhere. In a title, `javascript:` is a word.
fn is_address(name: &str) -> bool {
    const NAMES: [&str; 8] = ["href", "src", "action", "formAction", "xlinkHref", "xlink:href", "data", "to"];
    NAMES.iter().any(|address| address.eq_ignore_ascii_case(name))
}

fn attribute_name(attribute: &JSXAttribute<'_>) -> String {
    match &attribute.name {
        JSXAttributeName::Identifier(name) => name.name.to_string(),
        JSXAttributeName::NamespacedName(name) => format!("{}:{}", name.namespace.name, name.name.name),
    }
}

fn assigned<'a>(scan: &Scan<'a>, assignment: &'a AssignmentExpression<'a>, sink: &mut Sink<'_>) {
    let Some(target) = assignment.left.as_simple_assignment_target() else { return };
    let Some(name) = scan.target_member(target).and_then(|member| member.property) else { return };
    given(scan, &name, &assignment.right, assignment.span, sink);
}

fn called<'a>(scan: &Scan<'a>, call: &'a CallExpression<'a>, sink: &mut Sink<'_>) {
    let Some(member) = scan.member(&call.callee) else { return };
    let Some(name) = member.property.as_deref() else { return };
    let text = |position| context::argument(call, position).and_then(|argument| scan.text(argument));
    let on_document = || scan.path(member.object).is_some_and(|path| is(&path, &["document"]));
    match name {
        "write" | "writeln" if on_document() => {
            sink.flag(call.span, format!("document.{name} replaces the page with text"), MARKUP);
        }
        "insertAdjacentHTML" | "createContextualFragment" | "setHTMLUnsafe" => {
            sink.flag(call.span, format!("{name} makes markup of text"), MARKUP);
        }
        "createElementNS" if text(1).is_some_and(|t| t.text.eq_ignore_ascii_case("script")) => {
            sink.flag(call.span, "this makes a <script> element", SCRIPT);
        }
        "createElement" if text(0).is_some_and(|t| t.text.eq_ignore_ascii_case("script")) => {
            sink.flag(call.span, "this makes a <script> element", SCRIPT);
        }
        "setAttribute"
            if text(0).is_none_or(|name| is_address(&name.text))
                && text(1).is_some_and(|t| is_script_address(&t.text)) =>
        {
            sink.flag(call.span, "a javascript: address runs text as code", ADDRESS);
        }
        "setAttribute" if text(0).is_some_and(|t| t.text.to_ascii_lowercase().starts_with("on")) => {
            sink.flag(call.span, "an on… attribute runs text as code", ADDRESS);
        }
        _ => {}
    }
}

/// Browsers ignore white space and control characters inside the scheme.
fn is_script_address(text: &str) -> bool {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !c.is_control())
        .take(11)
        .collect::<String>()
        .to_ascii_lowercase();
    plain == "javascript:"
}

/// The tag of a JSX element that is no component.
pub(super) fn element_name<'a>(element: &'a JSXOpeningElement<'a>) -> Option<&'a str> {
    match &element.name {
        JSXElementName::Identifier(ident) => Some(ident.name.as_str()),
        _ => None,
    }
}

/// The plain text of a JSX attribute's value, or its start.
pub(super) fn attribute_text<'a>(scan: &Scan<'a>, attribute: &'a JSXAttribute<'a>) -> Option<Text> {
    match attribute.value.as_ref()? {
        JSXAttributeValue::StringLiteral(text) => Some(Text { text: text.value.to_string(), complete: true }),
        JSXAttributeValue::ExpressionContainer(container) => scan.text(container.expression.as_expression()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/no-script-injection";

    #[test]
    fn finds_text_that_becomes_markup_or_script() {
        let texts = [
            "document.write('<b>');",
            "window.document.writeln('<b>');",
            "el.innerHTML = name; declare const el: any, name: string;",
            "el.innerHTML += '<b>x</b>'; declare const el: any;",
            "el['outer' + 'HTML'] = '<b>x</b>'; declare const el: any;",
            "ref.current!.innerHTML = `<b>${1}</b>`; declare const ref: any;",
            "el.insertAdjacentHTML('beforeend', x); declare const el: any, x: string;",
            "document.createElement('script');",
            "React.createElement('SCRIPT', { src: 'x' }); declare const React: any;",
            "const d = document; d.createElement('scr' + 'ipt');",
            "export default () => <script src='x' />;",
            "export default () => <a href='javascript:alert(1)'>x</a>;",
            "export default () => <a href={`java\\nscript:${1}`}>x</a>;",
            "export default () => <iframe srcDoc='x' />;",
            "el.href = ' JavaScript:alert(1)'; declare const el: any;",
            "el.setAttribute('href', 'javascript:1'); declare const el: any;",
            "el.setAttribute('onclick', x); declare const el: any, x: string;",
            "document.createElementNS('http://www.w3.org/2000/svg', 'script');",
            "Object.assign(el, { innerHTML: x }); declare const el: any, x: string;",
            "const link = { href: 'javascript:1' }; export default () => <a {...link}>x</a>;",
        ];
        finds(ID, in_frontend, &texts);
    }

    #[test]
    fn spares_text_and_other_elements() {
        let texts = [
            "el.innerHTML = ''; declare const el: any;",
            "el.textContent = '<b>'; declare const el: any;",
            "const html = el.innerHTML; declare const el: any;",
            "document.createElement('canvas');",
            "const document = { write(x: string) {} }; document.write('x');",
            "stream.write('x'); declare const stream: any;",
            "const note = 'javascript: the good parts';",
            "export default () => <a href='https://example.com'>javascript:</a>;",
            "el.setAttribute('title', 'javascript is fun'); declare const el: any;",
            "el.setAttribute('title', 'JavaScript: the good parts'); declare const el: any;",
            "export default () => <input placeholder='JavaScript: the good parts' />;",
            "const book = { title: 'JavaScript: the good parts', innerHTML: '' };",
            "const { innerHTML } = el; declare const el: any;",
        ];
        spares(ID, in_frontend, &texts);
        spares(ID, in_backend, &["const page: any = {}; page.innerHTML = '<b>';"]);
    }
}
