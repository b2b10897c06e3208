//! Code made of text at run time: `eval`, the `Function` constructor under any name, timers with a string.

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{Argument, BindingPattern, Expression},
    },
    semantic::{AstNode, SymbolFlags},
    span::{GetSpan, Span},
};

use crate::{
    project::Sides,
    scan::{
        Rule, Scan, Sink, context,
        values::{Member, Origin, is},
    },
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-eval", severity: Severity::Error, sides: Sides::ALL, visit };

const HINT: &str = "write the code out as a function; to read data use JSON.parse, to choose by name use an object of functions";

const CONSTRUCTOR: &str = "the constructor of a function makes code of text at run time";

/// How many names for a function are followed.
const HOPS_MAX: u8 = 8;

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        AstKind::IdentifierReference(ident) if scan.is_global(ident) => {
            named(scan, node, ident.name.as_str(), ident.span, sink);
        }
        AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_) => {
            let Some(member) = scan.member_of_kind(node.kind()) else { return };
            if let Some([name]) = scan.member_path(&member).as_deref() {
                named(scan, node, name, member.span, sink);
            } else {
                constructor(scan, node, &member, sink);
            }
        }
        AstKind::VariableDeclarator(declarator) => {
            let (BindingPattern::ObjectPattern(pattern), Some(init)) = (&declarator.id, &declarator.init)
            else {
                return;
            };
            let of_globals = scan.path(init).is_some_and(|path| path.is_empty());
            let of_function = is_function(scan, init, HOPS_MAX);
            for property in &pattern.properties {
                let Some(name) = property.key.static_name() else { continue };
                if of_globals && is_maker(&name) {
                    sink.flag(property.key.span(), said(&name), HINT);
                } else if of_function && name == "constructor" {
                    sink.flag(property.key.span(), CONSTRUCTOR, HINT);
                }
            }
        }
        AstKind::CallExpression(call) => {
            called(scan, &call.callee, &call.arguments, call.span, sink);
            timer(scan, call, sink);
        }
        AstKind::NewExpression(new) => called(scan, &new.callee, &new.arguments, new.span, sink),
        _ => {}
    }
}

fn is_maker(name: &str) -> bool {
    matches!(name, "eval" | "Function")
}

fn said(name: &str) -> String {
    format!("{name} makes code of text at run time")
}

/// A use of a global by name, unless it only asks about it: `typeof eval`, `x instanceof Function`.
fn named<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, name: &str, span: Span, sink: &mut Sink<'_>) {
    if !is_maker(name) {
        return;
    }
    let properties: &[&str] = if name == "Function" { &["prototype", "name", "length"] } else { &[] };
    if !only_asks(scan, node, properties) {
        sink.flag(span, said(name), HINT);
    }
}

/// Whether what stands around a node only asks about it: `typeof`, a comparison, one of some properties.
fn only_asks<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, properties: &[&str]) -> bool {
    match scan.parent(node.id()).kind() {
        AstKind::UnaryExpression(unary) => unary.operator.is_typeof(),
        AstKind::BinaryExpression(binary) => {
            binary.operator.is_instance_of() || binary.operator.is_equality()
        }
        AstKind::StaticMemberExpression(member) => properties.contains(&member.property.name.as_str()),
        _ => false,
    }
}

/// The constructor of a function under its own name: `x.constructor.constructor`, `(() => {}).constructor`,
/// `Object.getPrototypeOf(async function () {}).constructor`.
fn makes_functions<'a>(scan: &Scan<'a>, member: &Member<'a>) -> bool {
    member.property.as_deref() == Some("constructor") && {
        let twice = scan.member(member.object).is_some_and(|m| m.property.as_deref() == Some("constructor"));
        twice || is_function(scan, member.object, HOPS_MAX)
    }
}

/// Whether an expression is plainly a function or a class, or the prototype of one.
fn is_function<'a>(scan: &Scan<'a>, expression: &'a Expression<'a>, hops: u8) -> bool {
    let Some(hops) = hops.checked_sub(1) else { return false };
    match expression.get_inner_expression() {
        Expression::FunctionExpression(_)
        | Expression::ArrowFunctionExpression(_)
        | Expression::ClassExpression(_) => true,
        Expression::Identifier(ident) => scan.symbol(ident).is_some_and(|symbol| match scan.origin(symbol) {
            Origin::Value(value) => is_function(scan, value, hops),
            _ => scan.scoping().symbol_flags(symbol).intersects(SymbolFlags::Function | SymbolFlags::Class),
        }),
        Expression::CallExpression(call) => {
            let asked = scan.path(&call.callee).is_some_and(|path| {
                is(&path, &["Object", "getPrototypeOf"]) || is(&path, &["Reflect", "getPrototypeOf"])
            });
            asked && context::argument(call, 0).is_some_and(|object| is_function(scan, object, hops))
        }
        other => scan
            .member(other)
            .filter(|member| member.property.as_deref() == Some("__proto__"))
            .is_some_and(|member| is_function(scan, member.object, hops)),
    }
}

/// A use of such a constructor, unless it only asks about it.
fn constructor<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, member: &Member<'a>, sink: &mut Sink<'_>) {
    if makes_functions(scan, member) && !only_asks(scan, node, &["prototype", "name", "length"]) {
        sink.flag(member.span, CONSTRUCTOR, HINT);
    }
}

/// `[].filter.constructor("…")`, `f["constructor"]("…")`: what it is the constructor of is not plain, but the text
/// is.
fn called<'a>(
    scan: &Scan<'a>,
    callee: &'a Expression<'a>,
    arguments: &'a [Argument<'a>],
    span: Span,
    sink: &mut Sink<'_>,
) {
    let Some(member) = scan.member(callee).filter(|m| m.property.as_deref() == Some("constructor")) else {
        return;
    };
    let object = member.object.get_inner_expression();
    let with_text = context::nth(arguments, 0).is_some_and(|first| scan.text(first).is_some())
        && !matches!(object, Expression::ThisExpression(_) | Expression::Super(_));
    if with_text && !makes_functions(scan, &member) {
        sink.flag(span, CONSTRUCTOR, HINT);
    }
}

/// `setTimeout("…")`.
fn timer<'a>(scan: &Scan<'a>, call: &'a oxc::ast::ast::CallExpression<'a>, sink: &mut Sink<'_>) {
    let Some(first) = context::argument(call, 0).filter(|first| scan.text(first).is_some()) else { return };
    let Some(path) = scan.path(&call.callee) else { return };
    if let Some(name) = ["setTimeout", "setInterval"].iter().find(|name| is(&path, &[name])) {
        sink.flag(
            first.span(),
            format!("{name} with a text makes code of it"),
            "pass a function: setTimeout(() => …, ms)",
        );
    }
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    #[test]
    fn finds_every_way_to_make_code() {
        let texts = [
            "eval('1')",
            "(0, eval)('1')",
            "const e = eval; e('1')",
            "globalThis.eval('1')",
            "globalThis?.eval?.('1')",
            "window['eval']('1')",
            "window['ev' + 'al']('1')",
            "const name = `ev${'al'}`; self[name]('1')",
            "const w = globalThis; w.eval('1')",
            "const { eval: run } = globalThis; run('1')",
            "new Function('return 1')",
            "Function('return 1')()",
            "const F = Function; new F('a')",
            "class X extends Function {}",
            "globalThis.window.self.Function('a')",
            "[].constructor.constructor('return 1')()",
            "const x: any = {}; x.constructor['constructor']('return 1')",
            "(() => {}).constructor('return 1')()",
            "(async function () {}).constructor('return 1')()",
            "[].filter.constructor('return 1')()",
            "const AsyncFunction = (async () => {}).constructor; new (AsyncFunction as any)('return 1')",
            "const F = Object.getPrototypeOf(async function () {}).constructor; new F('return 1')",
            "const F = ((() => {}) as any).__proto__.constructor; F(code); declare const code: string;",
            "function f() {} f.constructor(code); declare const code: string;",
            "const { constructor: F } = () => {}; F('return 1')",
            "const F = ''.constructor.constructor; F(code); declare const code: string;",
            "setTimeout('run()', 1)",
            "window.setInterval(`run(${1})`, 1)",
            "(eval as any)('1')",
            "const list = [eval]",
        ];
        finds("scan/no-eval", in_backend, &texts);
    }

    #[test]
    fn the_place_is_the_name() {
        let found = in_frontend("scan/no-eval", "export default function App() {\n  return eval('1');\n}");
        assert!(found[0].starts_with("2:10 eval makes code"), "{found:?}");
    }

    #[test]
    fn spares_namesakes_types_and_questions() {
        let texts = [
            "function run(eval: (x: string) => void) { eval('1'); }",
            "const Function = (x: string) => x; Function('a')",
            "const text = \"eval('1')\"; // eval('2')",
            "type F = Function; const f: Function = () => 1; f()",
            "if (f instanceof Function) f(); declare const f: unknown;",
            "const has = typeof eval === 'function';",
            "Function.prototype.call.call(f); declare const f: () => void;",
            "const model = { eval: (x: string) => x }; model.eval('1')",
            "setTimeout(() => 1, 10); setTimeout(run, 1); function run() {}",
            "class A { copy() { return new (this.constructor as any)('x'); } }",
            "const same = x.constructor === Object; declare const x: object;",
            "const name = x.constructor.name; const made = new x.constructor(1); declare const x: any;",
            "const is = f.constructor.name === 'AsyncFunction'; function f() {}",
            "class A { constructor() {} } class B extends A { constructor() { super(); } }",
            "regex.exec('eval'); declare const regex: RegExp;",
        ];
        spares("scan/no-eval", in_backend, &texts);
    }
}
