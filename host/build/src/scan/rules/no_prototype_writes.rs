//! Writes that change objects behind everybody's back: `__proto__`, `setPrototypeOf`, a built-in's prototype.

use atoll_model::Severity;
use oxc::{
    ast::{
        AstKind,
        ast::{CallExpression, Expression, ObjectProperty, PropertyKind},
    },
    semantic::AstNode,
    span::GetSpan,
};

use crate::{
    project::Sides,
    scan::{Rule, Scan, Sink, context, values::Member},
};

pub(super) static RULE: Rule =
    Rule { id: "scan/no-prototype-writes", severity: Severity::Error, sides: Sides::ALL, visit };

const HINT: &str =
    "make a new object or a class, or use a Map; Object.create(null) makes one without a prototype";

fn visit<'a>(scan: &Scan<'a>, node: &'a AstNode<'a>, sink: &mut Sink<'_>) {
    match node.kind() {
        kind @ (AstKind::StaticMemberExpression(_) | AstKind::ComputedMemberExpression(_)) => {
            if let Some(target) = scan.member_of_kind(kind).filter(|_| scan.is_written(node.id())) {
                written(scan, &target, sink);
            }
        }
        AstKind::ObjectProperty(property) => literal(property, sink),
        AstKind::CallExpression(call) => called(scan, call, sink),
        _ => {}
    }
}

/// How many property accesses of one target are looked at.
const CHAIN_MAX: usize = 32;

fn written<'a>(scan: &Scan<'a>, target: &Member<'a>, sink: &mut Sink<'_>) {
    let mut names = Vec::new();
    let mut link = Some(target.clone());
    while let Some(member) = link.take_if(|_| names.len() < CHAIN_MAX) {
        let name = member.property.clone().unwrap_or_default();
        if name == "__proto__" {
            return sink.flag(target.span, "this writes __proto__, which changes what an object is", HINT);
        }
        if is_prototype(scan, member.object) {
            return sink.flag(target.span, "this changes a built-in for all code that uses it", HINT);
        }
        names.push(name);
        link = scan.member(member.object);
    }
    if names.windows(2).any(|pair| matches!(pair, [a, b] if a == "prototype" && b == "constructor")) {
        sink.flag(target.span, "this writes to the prototype of whatever this object is", HINT);
    }
}

/// `{ __proto__: x }` sets the prototype; `{ __proto__: null }` is the usual way to have none.
fn literal(property: &ObjectProperty<'_>, sink: &mut Sink<'_>) {
    let sets =
        !property.computed && !property.shorthand && !property.method && property.kind == PropertyKind::Init;
    if sets && property.key.is_specific_static_name("__proto__") && !property.value.is_null() {
        sink.flag(property.key.span(), "__proto__ in a literal sets the object's prototype", HINT);
    }
}

fn called<'a>(scan: &Scan<'a>, call: &'a CallExpression<'a>, sink: &mut Sink<'_>) {
    if let Some(member) = scan.member(&call.callee)
        && matches!(member.property.as_deref(), Some("__defineGetter__" | "__defineSetter__"))
    {
        return sink.flag(
            member.span,
            "__defineGetter__ and __defineSetter__ change an object in place",
            HINT,
        );
    }
    let Some(path) = scan.path(&call.callee) else { return };
    let Some((owner, method)) = path.first().zip(path.get(1)).filter(|_| path.len() == 2) else { return };
    if !matches!(owner.as_ref(), "Object" | "Reflect") {
        return;
    }
    match method.as_ref() {
        "setPrototypeOf" => {
            sink.flag(call.span, format!("{owner}.setPrototypeOf changes what an object is"), HINT);
        }
        "defineProperty" | "defineProperties" | "assign" | "set" | "deleteProperty" => {
            let on_built_in = context::argument(call, 0).is_some_and(|object| is_prototype(scan, object));
            let of_proto = context::argument(call, 1)
                .and_then(|name| scan.whole_text(name))
                .is_some_and(|name| name == "__proto__");
            if on_built_in || of_proto {
                let what = if of_proto { "__proto__" } else { "a built-in's prototype" };
                sink.flag(call.span, format!("{owner}.{method} on {what} changes it for all code"), HINT);
            }
        }
        _ => {}
    }
}

/// The prototype of a global: nothing of the app's own, so a built-in.
fn is_prototype<'a>(scan: &Scan<'a>, object: &'a Expression<'a>) -> bool {
    scan.path(object).is_some_and(|path| {
        matches!(path.as_slice(), [owner, prototype]
            if prototype == "prototype" && owner.starts_with(|c: char| c.is_ascii_uppercase()))
    })
}

#[cfg(test)]
mod tests {
    use crate::scan::testing::{finds, in_backend, in_frontend, spares};

    const ID: &str = "scan/no-prototype-writes";

    #[test]
    fn finds_writes_to_prototypes() {
        let texts = [
            "declare const x: any; x.__proto__ = {};",
            "declare const x: any; x['__proto__'] = {};",
            "declare const x: any; x['__pro' + 'to__'].admin = true;",
            "declare const x: any; x.__proto__.admin = true;",
            "declare const x: any; x.a.constructor.prototype.admin = true;",
            "declare const x: any; delete x.__proto__.toString;",
            "const x = { __proto__: { admin: true } };",
            "const x = { '__proto__': base }; declare const base: object;",
            "Object.setPrototypeOf({}, null);",
            "Reflect.setPrototypeOf({}, null);",
            "const set = Object.setPrototypeOf; set({}, null);",
            "Object.defineProperty({}, '__proto__', { value: 1 });",
            "(Array.prototype as any).last = function () {};",
            "globalThis.Array.prototype.push = () => 1;",
            "const p = Object.prototype as any; p.admin = true;",
            "Object.assign(String.prototype, { a: 1 });",
            "Object.defineProperty(Object.prototype, 'admin', { value: 1 });",
            "declare const x: any; x.__defineGetter__('a', () => 1);",
            "declare const x: any; x.__proto__.count++;",
            "declare const x: any; [x.__proto__] = [{}];",
            "declare const x: any; ({ a: x.__proto__ } = { a: {} });",
            "declare const x: any; for (x.__proto__ of [{}]) {}",
            "(Iterator as any).prototype.last = 1;",
        ];
        finds(ID, in_backend, &texts);
        finds(ID, in_frontend, &texts[..1]);
    }

    #[test]
    fn spares_reads_own_classes_and_null() {
        let texts = [
            "const x = { __proto__: null, a: 1 };",
            "const has = Object.prototype.hasOwnProperty.call({}, 'a');",
            "function Animal() {} (Animal as any).prototype.speak = function () {};",
            "class Map { static prototype2 = 1 } (Map as any).prototype.x = 1;",
            "Object.assign({}, { a: 1 }); Object.defineProperty({}, 'a', { value: 1 });",
            "const p = Object.getPrototypeOf({});",
            "const key = '__proto__'; const safe = key === '__proto__';",
            "const x = { ['__proto__']: 1 };",
            "declare const x: any; const p = x.__proto__;",
        ];
        spares(ID, in_backend, &texts);
    }
}
